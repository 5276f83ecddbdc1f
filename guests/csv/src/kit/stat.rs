//! csvstat: what the columns of a file hold: kinds, sums, means, the most frequent values.

use std::collections::HashMap;

use cli::getopt::Syntax;

use super::decimal::{self, Decimal};
use super::json::Json;
use super::kind::{Kind, Value, json_text};
use super::moment::Span;
use super::options::{Options, syntax};
use super::table::{self, Table};
use super::{Failure, columns, cut, finish, look};

static SYNTAX: Syntax<&str> = syntax![
    b'i' "indent" Value, b'n' "names" Nothing, b'c' "columns" Value, b'G' "no-grouping-separator" Nothing;
    "csv" Nothing, "json" Nothing, "type" Nothing, "nulls" Nothing, "non-nulls" Nothing, "unique" Nothing,
    "min" Nothing, "max" Nothing, "sum" Nothing, "mean" Nothing, "median" Nothing, "stdev" Nothing,
    "len" Nothing, "max-precision" Nothing, "freq" Nothing, "freq-count" Value, "count" Nothing,
    "decimal-format" Value
];

const HELP: &str = "\
Usage: csvstat [OPTION]... [FILE]
Print what is in the columns of a CSV file.

  -c, --columns LIST     these columns, not all
  -n, --names            print the names of the columns with their numbers
      --csv, --json      print the result as CSV or JSON; -i, --indent N: JSON indented
      --count            print the number of rows alone
      --type, --nulls, --non-nulls, --unique, --min, --max, --sum, --mean, --median, --stdev, --len,
      --max-precision, --freq
                         print this alone
      --freq-count N     print N frequent values, not 5
      --decimal-format FORMAT
                         print numbers as FORMAT says, not %.3f
  -G, --no-grouping-separator
                         put nothing between thousands
";

/// The statistics: the option that asks for one, its name in CSV, its label.
const OPERATIONS: [(&str, &str, &str); 13] = [
    ("type", "type", "Type of data: "),
    ("nulls", "nulls", "Contains null values: "),
    ("non-nulls", "nonnulls", "Non-null values: "),
    ("unique", "unique", "Unique values: "),
    ("min", "min", "Smallest value: "),
    ("max", "max", "Largest value: "),
    ("sum", "sum", "Sum: "),
    ("mean", "mean", "Mean: "),
    ("median", "median", "Median: "),
    ("stdev", "stdev", "StDev: "),
    ("len", "len", "Longest value: "),
    ("max-precision", "maxprecision", "Most decimal places: "),
    ("freq", "freq", "Most common values: "),
];

/// A statistic.
enum Stat {
    Word(&'static str),
    Flag(bool),
    Count(usize),
    Number(f64),
    Value(Value),
    Frequent(Vec<(Value, usize)>),
}

/// Runs csvstat: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.has("names") {
        return cut::names(&options);
    }
    let asked: Vec<&str> =
        OPERATIONS.iter().map(|(option, ..)| *option).filter(|option| options.has(option)).collect();
    check(&options, &asked)?;
    if options.has("count") {
        let text = table::read(&options, options.file()?)?;
        let rows = table::rows(&options, &text)?.count();
        let rows = i64::try_from(rows).unwrap_or(i64::MAX) - i64::from(!options.has("no-header-row"));
        return print(&format!("{rows}\n"));
    }
    let table = Table::read(&options, options.file()?)?;
    let chosen = columns::choose(&table.names, options.value("columns"), None, options.offset())?;
    let report = Report { options: &options, table: &table };
    if let [asked] = asked.as_slice() {
        let mut text = String::new();
        for column in &chosen {
            let stat = report.stat(*column, asked)?;
            let shown = report.alone(stat.as_ref());
            let name = table.names.get(*column).map_or("", String::as_str);
            text.push_str(&match chosen.len() {
                1 => format!("{shown}\n"),
                _ => format!("{:3}. {name}: {shown}\n", column + 1),
            });
        }
        return print(&text);
    }
    if options.has("csv") {
        report.csv(&chosen)
    } else if options.has("json") {
        report.json(&chosen)
    } else {
        report.plain(&chosen)
    }
}

fn check(options: &Options, asked: &[&str]) -> Result<(), Failure> {
    if asked.len() > 1 {
        let what = "Only one operation argument may be specified (--mean, --median, etc).";
        return Err(Failure::Usage(what.to_owned()));
    }
    for other in ["csv", "json", "count"] {
        if !asked.is_empty() && options.has(other) {
            let what = format!(
                "You may not specify --{other} and an operation (--mean, --median, etc) at the same time."
            );
            return Err(Failure::Usage(what));
        }
    }
    Ok(())
}

fn print(text: &str) -> Result<(), Failure> {
    cli::stdio::print(text.as_bytes()).map_err(|errno| Failure::Output(errno.into()))
}

/// The statistics of a table.
struct Report<'a> {
    options: &'a Options,
    table: &'a Table,
}

impl Report<'_> {
    /// One statistic of a column; none where its kind has none.
    fn stat(&self, column: usize, operation: &str) -> Result<Option<Stat>, Failure> {
        let kind = self.table.kinds.get(column).copied().unwrap_or(Kind::Text);
        let values: Vec<&Value> = self.table.rows.iter().filter_map(|row| row.get(column)).collect();
        let known: Vec<&Value> = values.iter().copied().filter(|value| !value.is_null()).collect();
        let is_ordered = !matches!(kind, Kind::Boolean | Kind::Text);
        let numbers: Vec<Decimal> = known
            .iter()
            .filter_map(|value| if let Value::Number(n) = value { Some(*n) } else { None })
            .collect();
        let spans: Vec<i64> = known
            .iter()
            .filter_map(|value| if let Value::Span(span) = value { Some(span.0) } else { None })
            .collect();
        let is_number = kind == Kind::Number;
        let span = |micros| Some(Stat::Value(Value::Span(Span(micros))));
        Ok(match operation {
            "type" => Some(Stat::Word(kind.name())),
            "nulls" => Some(Stat::Flag(known.len() < values.len())),
            "non-nulls" => Some(Stat::Count(known.len())),
            "unique" => Some(Stat::Count(counted(&values).len())),
            "min" if is_ordered => {
                known.iter().min_by(|a, b| a.order(b)).map(|value| Stat::Value((*value).clone()))
            }
            "max" if is_ordered => {
                known.iter().rev().max_by(|a, b| a.order(b)).map(|value| Stat::Value((*value).clone()))
            }
            "sum" if is_number => {
                Some(if numbers.is_empty() { Stat::Count(0) } else { Stat::Number(sum(&numbers)) })
            }
            "sum" if kind == Kind::TimeDelta => span(spans.iter().sum()),
            "mean" if is_number && !numbers.is_empty() => {
                Some(Stat::Number(sum(&numbers) / count(numbers.len())))
            }
            "mean" if kind == Kind::TimeDelta && !spans.is_empty() =>
            {
                #[allow(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    reason = "as Python divides"
                )]
                span((spans.iter().sum::<i64>() as f64 / count(spans.len())).round_ties_even() as i64)
            }
            "median" if is_number => median(numbers).map(Stat::Number),
            "stdev" if is_number => deviation(&numbers).map(Stat::Number),
            "len" if kind == Kind::Text => {
                let longest = known.iter().map(|value| value.text().chars().count()).max().unwrap_or(0);
                Some(Stat::Number(count(longest)))
            }
            "max-precision" if is_number => Some(Stat::Count(look::precision(known.into_iter()))),
            "freq" => {
                let limit = self.options.number("freq-count")?.filter(|limit| *limit != 0).unwrap_or(5);
                let mut counted = counted(&values);
                counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                counted.truncate(usize::try_from(limit).unwrap_or(0));
                Some(Stat::Frequent(counted))
            }
            _ => None,
        })
    }

    /// A number as the format says, without zeros at its end.
    fn number(&self, value: f64) -> String {
        let format = self.options.value("decimal-format").unwrap_or("%.3f");
        let places = format.trim_start_matches("%.").trim_end_matches('f');
        let text = match (format, places.parse::<usize>()) {
            (_, Ok(places)) => format!("{value:.places$}"),
            ("%d" | "%i", _) => format!("{:.0}", value.trunc()),
            ("%e", _) => decimal::float(value),
            _ => format!("{value:.6}"),
        };
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// A statistic as it stands beside its label.
    fn shown(&self, stat: &Stat) -> String {
        match stat {
            Stat::Word(word) => (*word).to_owned(),
            Stat::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
            Stat::Count(count) => count.to_string(),
            Stat::Number(number) => self.number(*number),
            Stat::Value(Value::Number(number)) if number.is_finite() => self.number(number.to_f64()),
            Stat::Value(value) => value.shown(),
            Stat::Frequent(values) => {
                let values: Vec<String> = values.iter().map(|(value, _)| value.shown()).collect();
                values.join(", ")
            }
        }
    }

    /// A statistic that alone was asked for.
    fn alone(&self, stat: Option<&Stat>) -> String {
        match stat {
            None => "None".to_owned(),
            Some(Stat::Frequent(values)) => {
                let items: Vec<String> =
                    values.iter().map(|(value, count)| format!("\"{}\": {count}", value.shown())).collect();
                format!("{{ {} }}", items.join(", "))
            }
            Some(stat) => self.shown(stat),
        }
    }

    fn plain(&self, chosen: &[usize]) -> Result<(), Failure> {
        let mut text = String::new();
        for column in chosen {
            let name = self.table.names.get(*column).map_or("", String::as_str);
            text.push_str(&format!("{:3}. \"{name}\"\n\n", column + 1));
            for (option, _, label) in OPERATIONS {
                let Some(stat) = self.stat(*column, option)? else { continue };
                match &stat {
                    Stat::Frequent(values) => {
                        for (index, (value, count)) in values.iter().enumerate() {
                            let label = if index == 0 { label } else { "" };
                            let shown = self.shown(&Stat::Value(value.clone()));
                            text.push_str(&format!("\t{label:22} {shown} ({count}x)\n"));
                        }
                    }
                    stat => {
                        let shown = self.shown(stat);
                        let behind = match (option, stat) {
                            ("nulls", Stat::Flag(true)) => " (excluded from calculations)",
                            ("len", _) => " characters",
                            _ => "",
                        };
                        text.push_str(&format!("\t{label:22} {shown}{behind}\n"));
                    }
                }
            }
            text.push('\n');
        }
        text.push_str(&format!("Row count: {}\n", self.table.rows.len()));
        print(&text)
    }

    fn csv(&self, chosen: &[usize]) -> Result<(), Failure> {
        let mut output = super::output::Output::numbered(self.options, false)?;
        output.row(["column_id", "column_name"].into_iter().chain(OPERATIONS.map(|(_, name, _)| name)))?;
        for column in chosen {
            let name = self.table.names.get(*column).cloned().unwrap_or_default();
            let mut cells = vec![(column + 1).to_string(), name];
            for (option, ..) in OPERATIONS {
                cells.push(self.stat(*column, option)?.map_or(String::new(), |stat| self.shown(&stat)));
            }
            output.row(&cells)?;
        }
        output.finish()
    }

    fn json(&self, chosen: &[usize]) -> Result<(), Failure> {
        let mut rows = Vec::new();
        for column in chosen {
            let name = self.table.names.get(*column).map_or("", String::as_str);
            let mut items = vec![
                ("column_id".to_owned(), Json::Plain((column + 1).to_string())),
                ("column_name".to_owned(), Json::Plain(json_text(name))),
            ];
            for (option, name, _) in OPERATIONS {
                if let Some(stat) = self.stat(*column, option)? {
                    items.push((name.to_owned(), of_stat(&stat)));
                }
            }
            rows.push(Json::Object(items));
        }
        let indent = self.options.number("indent")?.map(|indent| usize::try_from(indent).unwrap_or(0));
        print(&Json::List(rows).text(indent))
    }
}

/// A statistic in JSON.
fn of_stat(stat: &Stat) -> Json {
    Json::Plain(match stat {
        Stat::Word(word) => json_text(word),
        Stat::Flag(flag) => flag.to_string(),
        Stat::Count(count) => count.to_string(),
        Stat::Number(number) => decimal::float(*number),
        #[allow(clippy::cast_precision_loss, reason = "as Python divides")]
        Stat::Value(Value::Span(span)) => decimal::float(span.0 as f64 / 1e6),
        Stat::Value(value) => value.json(),
        Stat::Frequent(values) => {
            let items = values.iter().map(|(value, count)| {
                let value = match value {
                    Value::Span(_) => of_stat(&Stat::Value(value.clone())),
                    value => Json::Plain(value.json()),
                };
                let count = Json::Plain(count.to_string());
                Json::Object(vec![("value".to_owned(), value), ("count".to_owned(), count)])
            });
            return Json::List(items.collect());
        }
    })
}

/// Each value and how often it is there, in the order in which they come.
fn counted(values: &[&Value]) -> Vec<(Value, usize)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut counted: Vec<(Value, usize)> = Vec::new();
    for value in values {
        let place = *places.entry(value.key()).or_insert(counted.len());
        match counted.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => counted.push(((*value).clone(), 1)),
        }
    }
    counted
}

#[allow(clippy::cast_precision_loss, reason = "numbers of rows are small")]
fn count(count: usize) -> f64 {
    count as f64
}

/// The sum, exact where it can be.
fn sum(numbers: &[Decimal]) -> f64 {
    let exact =
        numbers.iter().skip(1).try_fold(numbers.first().copied(), |sum, number| sum?.plus(*number).map(Some));
    match exact.flatten() {
        Some(sum) => sum.to_f64(),
        None => numbers.iter().map(|number| number.to_f64()).sum(),
    }
}

fn median(mut numbers: Vec<Decimal>) -> Option<f64> {
    numbers.sort();
    let half = numbers.len() / 2;
    let upper = *numbers.get(half)?;
    if numbers.len() % 2 == 1 {
        return Some(upper.to_f64());
    }
    let lower = *numbers.get(half.checked_sub(1)?)?;
    Some(sum(&[lower, upper]) / 2.0)
}

/// The standard deviation of a sample.
fn deviation(numbers: &[Decimal]) -> Option<f64> {
    if numbers.len() < 2 {
        return None;
    }
    Some(exact_variance(numbers).unwrap_or_else(|| variance(numbers)).sqrt())
}

/// The variance by whole numbers: n times the sum of squares less the square of the sum.
fn exact_variance(numbers: &[Decimal]) -> Option<f64> {
    let exponent = numbers.iter().map(|number| number.exponent()).min()??;
    let (mut sum, mut squares) = (0_i128, 0_i128);
    for number in numbers {
        let whole = number.scaled(exponent)?;
        sum = sum.checked_add(whole)?;
        squares = squares.checked_add(whole.checked_mul(whole)?)?;
    }
    let length = i128::try_from(numbers.len()).ok()?;
    let above = length.checked_mul(squares)?.checked_sub(sum.checked_mul(sum)?)?;
    let below = length.checked_mul(length - 1)?;
    #[allow(clippy::cast_precision_loss, reason = "the quotient is rounded once")]
    Some(above as f64 / below as f64 * 10_f64.powi(exponent * 2))
}

fn variance(numbers: &[Decimal]) -> f64 {
    let mean = sum(numbers) / count(numbers.len());
    let squares: f64 = numbers.iter().map(|number| (number.to_f64() - mean).powi(2)).sum();
    squares / count(numbers.len() - 1)
}
