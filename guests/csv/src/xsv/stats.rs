//! `stats`: the kind of each column, sums, bounds, means, and more where it is asked for.

use std::fmt;

use csv::ByteRecord;

use super::Outcome;
use super::columns;
use super::options::Options;
use super::select::fields;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Unknown,
    Null,
    Unicode,
    Float,
    Integer,
}

impl Kind {
    fn of(field: &[u8]) -> Self {
        if field.is_empty() {
            return Self::Null;
        }
        match std::str::from_utf8(field) {
            Err(_) => Self::Unknown,
            Ok(text) if text.parse::<i64>().is_ok() => Self::Integer,
            Ok(text) if text.parse::<f64>().is_ok() => Self::Float,
            Ok(_) => Self::Unicode,
        }
    }

    /// The kind of a column that has values of two.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, any) | (any, Self::Null) => any,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (a, b) if a == b => a,
            (Self::Float, Self::Integer) | (Self::Integer, Self::Float) => Self::Float,
            _ => Self::Unicode,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unknown => "Unknown",
            Self::Null => "NULL",
            Self::Unicode => "Unicode",
            Self::Float => "Float",
            Self::Integer => "Integer",
        })
    }
}

/// The least and the greatest.
struct Bounds<T>(Option<(T, T)>);

impl<T: PartialOrd + Clone> Bounds<T> {
    fn add(&mut self, value: &T) {
        match &mut self.0 {
            None => self.0 = Some((value.clone(), value.clone())),
            Some((least, greatest)) => {
                if value < least {
                    *least = value.clone();
                }
                if value > greatest {
                    *greatest = value.clone();
                }
            }
        }
    }
}

/// What is gathered of a column.
struct Column {
    kind: Kind,
    whole_sum: i64,
    /// The sum since there was a number that is not whole.
    sum: Option<f64>,
    texts: Bounds<Vec<u8>>,
    lengths: Bounds<usize>,
    wholes: Bounds<i64>,
    floats: Bounds<f64>,
    count: f64,
    mean: f64,
    variance: f64,
    /// All fields, where they are wanted.
    fields: Option<Vec<Vec<u8>>>,
    numbers: Vec<f64>,
}

impl Column {
    fn new(keeps_fields: bool) -> Self {
        Self {
            kind: Kind::Null,
            whole_sum: 0,
            sum: None,
            texts: Bounds(None),
            lengths: Bounds(None),
            wholes: Bounds(None),
            floats: Bounds(None),
            count: 0.0,
            mean: 0.0,
            variance: 0.0,
            fields: keeps_fields.then(Vec::new),
            numbers: Vec::new(),
        }
    }

    fn add(&mut self, field: &[u8], counts_nulls: bool) {
        let own = Kind::of(field);
        self.kind = self.kind.with(own);
        self.lengths.add(&field.len());
        if let Some(fields) = &mut self.fields {
            fields.push(field.to_vec());
        }
        if own == Kind::Null {
            if counts_nulls && matches!(self.kind, Kind::Null | Kind::Float | Kind::Integer) {
                self.number(0.0);
            }
            return;
        }
        self.texts.add(&field.to_vec());
        if !matches!(self.kind, Kind::Float | Kind::Integer) {
            return;
        }
        let text = std::str::from_utf8(field).unwrap_or_default();
        let float: f64 = text.parse().unwrap_or(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as xsv counts")]
        if self.kind == Kind::Float {
            self.sum = Some(self.sum.unwrap_or(self.whole_sum as f64) + float);
            self.wholes.add(&(float as i64));
        } else {
            let whole: i64 = text.parse().unwrap_or(0);
            self.whole_sum = self.whole_sum.wrapping_add(whole);
            self.wholes.add(&whole);
        }
        self.floats.add(&float);
        self.numbers.push(float);
        self.number(float);
    }

    /// Counts a number into the mean and the variance.
    fn number(&mut self, value: f64) {
        let (old, squares) = (self.mean, self.variance * self.count);
        self.count += 1.0;
        self.mean += (value - old) / self.count;
        self.variance = (squares + (value - old) * (value - self.mean)) / self.count;
    }

    fn sum(&self) -> String {
        match self.kind {
            Kind::Integer => self.whole_sum.to_string(),
            Kind::Float => self.sum.unwrap_or(0.0).to_string(),
            Kind::Null | Kind::Unicode | Kind::Unknown => String::new(),
        }
    }

    fn bounds(&self) -> (String, String) {
        fn pair<T: Clone>(bounds: &Bounds<T>, show: impl Fn(&T) -> String) -> (String, String) {
            bounds.0.as_ref().map(|(least, greatest)| (show(least), show(greatest))).unwrap_or_default()
        }
        match self.kind {
            Kind::Null => Default::default(),
            Kind::Integer => pair(&self.wholes, i64::to_string),
            Kind::Float => pair(&self.floats, f64::to_string),
            Kind::Unicode | Kind::Unknown => {
                pair(&self.texts, |text| String::from_utf8_lossy(text).into_owned())
            }
        }
    }

    fn median(&mut self) -> String {
        self.numbers.sort_by(f64::total_cmp);
        let half = self.numbers.len() / 2;
        let Some(upper) = self.numbers.get(half) else { return String::new() };
        if self.numbers.len() % 2 == 1 {
            return upper.to_string();
        }
        match half.checked_sub(1).and_then(|lower| self.numbers.get(lower)) {
            Some(lower) => f64::midpoint(*lower, *upper).to_string(),
            None => String::new(),
        }
    }
}

/// The value that is there most often; none where several are.
fn mode(sorted: &[Vec<u8>]) -> String {
    let (mut best, mut count, mut is_tied) = (None, 0, false);
    for run in sorted.chunk_by(|a, b| a == b) {
        if run.len() > count {
            (best, count, is_tied) = (run.first(), run.len(), false);
        } else if run.len() == count {
            is_tied = true;
        }
    }
    match best {
        Some(value) if !is_tied => String::from_utf8_lossy(value).into_owned(),
        _ => "N/A".to_owned(),
    }
}

pub fn run(options: &Options) -> Outcome {
    let all = options.has("everything");
    let [has_median, has_mode, has_cardinality] =
        ["median", "mode", "cardinality"].map(|name| all || options.has(name));
    let mut writer = options.writer()?;
    let mut reader = options.reader(0)?;
    let (headers, indices) = columns::chosen(options, &mut reader, options.value("select").unwrap_or(""))?;
    let mut gathered: Vec<Column> =
        indices.iter().map(|_| Column::new(has_mode || has_cardinality)).collect();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        for (column, field) in gathered.iter_mut().zip(fields(&record, &indices)) {
            column.add(field, options.has("nulls"));
        }
    }
    let mut names = vec!["field", "type", "sum", "min", "max", "min_length", "max_length", "mean", "stddev"];
    let more = [(has_median, "median"), (has_mode, "mode"), (has_cardinality, "cardinality")];
    names.extend(more.iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, name)| *name));
    writer.write_record(&names)?;
    for (number, (name, column)) in fields(&headers, &indices).zip(&mut gathered).enumerate() {
        let name = if options.has_headers() { name.to_vec() } else { number.to_string().into_bytes() };
        let (least, greatest) = column.bounds();
        let (shortest, longest) = column
            .lengths
            .0
            .map(|(least, greatest)| (least.to_string(), greatest.to_string()))
            .unwrap_or_default();
        let mut cells = vec![column.kind.to_string(), column.sum(), least, greatest, shortest, longest];
        if matches!(column.kind, Kind::Float | Kind::Integer) {
            cells.extend([column.mean.to_string(), column.variance.sqrt().to_string()]);
        } else {
            cells.extend([String::new(), String::new()]);
        }
        if has_median {
            let median = column.median();
            cells.push(median);
        }
        let mut sorted = column.fields.take().unwrap_or_default();
        sorted.sort();
        if has_mode {
            cells.push(mode(&sorted));
        }
        if has_cardinality {
            sorted.dedup();
            cells.push(sorted.len().to_string());
        }
        writer.write_field(&name)?;
        writer.write_record(cells.iter().map(String::as_bytes))?;
    }
    Ok(writer.flush()?)
}
