//! csvlook: a file as a table of Markdown.

use cli::getopt::Syntax;

use super::kind::{Kind, Value};
use super::options::{Options, syntax};
use super::table::Table;
use super::{Failure, finish};

static SYNTAX: Syntax<&str> = syntax![
    ; "max-rows" Value, "max-columns" Value, "max-column-width" Value, "max-precision" Value,
    "no-number-ellipsis" Nothing
];

const HELP: &str = "\
Usage: csvlook [OPTION]... [FILE]
Print a CSV file as a table of Markdown.

      --max-rows N           N rows at most
      --max-columns N        N columns at most
      --max-column-width N   cut what is wider than N
      --max-precision N      N digits behind the point at most, 3 if not said
      --no-number-ellipsis   do not mark numbers that were cut
";

/// Runs csvlook: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

/// How many digits numbers of a column have behind the point.
pub fn precision<'a>(values: impl Iterator<Item = &'a Value>) -> usize {
    let (mut whole, mut fraction) = (1, 0);
    for value in values {
        if let Value::Number(number) = value
            && let Some((before, behind)) = number.places()
        {
            whole = whole.max(before);
            fraction = fraction.max(behind);
        }
    }
    usize::try_from(fraction.min(28 - whole)).unwrap_or(0)
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    let number = |name| -> Result<Option<usize>, Failure> {
        Ok(options.number(name)?.map(|number| usize::try_from(number).unwrap_or(0)))
    };
    let mut table = Table::read_limited(&options, options.file()?, number("max-rows")?)?;
    if options.has("linenumbers") {
        table.names.insert(0, "line_numbers".to_owned());
        table.kinds.insert(0, Kind::Number);
        for (index, row) in table.rows.iter_mut().enumerate() {
            let number = super::decimal::Decimal::parse(&(index + 1).to_string());
            row.insert(0, number.map_or(Value::Null, Value::Number));
        }
    }
    let columns_max = number("max-columns")?.unwrap_or(table.names.len());
    let precision_max = number("max-precision")?.unwrap_or(3);
    let width_max = number("max-column-width")?;
    let mark = if options.has("no-number-ellipsis") { "" } else { "…" };
    let formats: Vec<(usize, &str)> = (0..table.names.len())
        .map(|column| {
            let places = precision(table.rows.iter().filter_map(|row| row.get(column)));
            if places > precision_max { (precision_max, mark) } else { (places, "") }
        })
        .collect();
    let cut = |text: String| match width_max {
        Some(width) if text.chars().count() > width => {
            let kept: String = text.chars().take(width.saturating_sub(3)).collect();
            format!("{kept}...")
        }
        _ => text,
    };
    let limited = |cells: Vec<String>| {
        let is_cut = cells.len() > columns_max;
        let mut cells: Vec<String> = cells.into_iter().take(columns_max).map(cut).collect();
        if is_cut {
            cells.push("...".to_owned());
        }
        cells
    };
    let names = limited(table.names.clone());
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&formats).map(|(value, (places, mark))| match value {
                Value::Null => String::new(),
                Value::Number(number) if number.is_finite() => format!("{}{mark}", number.grouped(*places)),
                _ => value.shown().replace('\n', "↵"),
            });
            limited(cells.collect())
        })
        .collect();
    let text = drawn(&table.kinds, &names, &rows);
    cli::stdio::print(text.as_bytes()).map_err(|errno| Failure::Output(errno.into()))
}

/// The table: texts to the left, all others to the right.
fn drawn(kinds: &[Kind], names: &[String], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = names.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    let line = |text: &mut String, cells: &[String]| {
        for ((cell, width), kind) in cells.iter().zip(&widths).zip(kinds) {
            text.push_str(&match kind {
                Kind::Text => format!("| {cell:<width$} "),
                _ => format!("| {cell:>width$} "),
            });
        }
        text.push_str("|\n");
    };
    line(&mut text, names);
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    text.push_str(&format!("| {} |\n", rules.join(" | ")));
    for row in rows {
        line(&mut text, row);
    }
    text
}
