//! A file of CSV, as rows of texts or as a table whose columns have kinds.

use std::collections::HashSet;
use std::io::Read;

use super::Failure;
use super::columns::letters;
use super::dialect::{Dialect, Rows};
use super::kind::{Casts, Kind, Value};
use super::options::Options;
use super::sniff;

/// Columns with names and kinds, and rows of as many values.
pub struct Table {
    pub names: Vec<String>,
    pub kinds: Vec<Kind>,
    pub rows: Vec<Vec<Value>>,
}

/// Reads a file as text: line ends are newlines, and a byte-order mark is left out.
pub fn read(options: &Options, path: Option<&str>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = crate::file::reader(path).and_then(|mut reader| reader.read_to_end(&mut bytes));
    if let Err(error) = read {
        let (why, number) = crate::file::reason(&error);
        let kind = match number {
            Some(2) => "FileNotFoundError",
            Some(13) => "PermissionError",
            Some(21) => "IsADirectoryError",
            _ => "OSError",
        };
        let number = number.map_or(String::new(), |number| format!("[Errno {number}] "));
        let name = super::columns::quoted(path.unwrap_or("<stdin>"));
        return Err(Failure::Error(kind, format!("{number}{why}: {name}")));
    }
    let encoding = options.value("encoding").unwrap_or("utf-8-sig");
    let text = match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8(bytes).map_err(|_| {
            cli::stdio::note(&format!(
                "Your file is not \"{encoding}\" encoded. Please specify the correct encoding with the --encoding flag. \
                 Use the -v flag to see the complete error."
            ));
            Failure::Done(1)
        })?,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if !text.contains(['\r', '\0']) {
        return Ok(text.to_owned());
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""))
}

/// The rows of a text behind the lines that are left out.
pub fn rows<'a>(options: &Options, text: &'a str) -> Result<Rows<'a>, Failure> {
    rows_of(options, text, Dialect::PLAIN)
}

fn rows_of<'a>(options: &Options, text: &'a str, guessed: Dialect) -> Result<Rows<'a>, Failure> {
    Ok(Rows::new(skipped(options, text)?, options.dialect(guessed)?))
}

/// The text behind the lines that are left out.
fn skipped<'a>(options: &Options, mut text: &'a str) -> Result<&'a str, Failure> {
    for _ in 0..options.number("skip-lines")?.unwrap_or(0).max(0) {
        text = text.split_once('\n').map_or("", |(_, rest)| rest);
    }
    Ok(text)
}

/// Rows of texts.
pub type Boxed<'a> = Box<dyn Iterator<Item = Vec<String>> + 'a>;

/// The names of the columns and the rows behind; without a row of names they are letters.
pub fn named_rows<'a>(options: &Options, text: &'a str) -> Result<(Vec<String>, Boxed<'a>), Failure> {
    let mut rows = rows(options, text)?;
    let Some(first) = rows.next() else { return Ok((Vec::new(), Box::new(rows))) };
    if options.has("no-header-row") {
        let names = (0..first.len()).map(letters).collect();
        return Ok((names, Box::new(std::iter::once(first).chain(rows))));
    }
    Ok((first, Box::new(rows)))
}

impl Table {
    /// Reads a file, guesses how its cells are delimited and what its columns are.
    pub fn read(options: &Options, path: Option<&str>) -> Result<Self, Failure> {
        Self::read_limited(options, path, None)
    }

    /// As `read`, but so many rows at most.
    pub fn read_limited(
        options: &Options,
        path: Option<&str>,
        limit: Option<usize>,
    ) -> Result<Self, Failure> {
        let text = read(options, path)?;
        let text = skipped(options, &text)?;
        let sample = match options.number("snifflimit")?.unwrap_or(1024) {
            limit if limit < 0 => text,
            limit => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end])
            }
        };
        let guessed = sniff::sniff(sample).unwrap_or(Dialect::PLAIN);
        let mut rows = Rows::new(text, options.dialect(guessed)?);
        let names = if options.has("no-header-row") { Vec::new() } else { rows.next().unwrap_or_default() };
        let rows: Vec<Vec<String>> = rows.take(limit.unwrap_or(usize::MAX)).collect();
        Self::of_texts(&Casts::new(options), names, &rows)
    }

    /// A table of texts.
    pub fn of_texts(casts: &Casts, names: Vec<String>, rows: &[Vec<String>]) -> Result<Self, Failure> {
        let names = if names.is_empty() {
            (0..rows.first().map_or(0, Vec::len)).map(letters).collect()
        } else {
            distinct(&names)
        };
        let kinds: Vec<Kind> = (0..names.len())
            .map(|column| {
                let is = |kind: &Kind| {
                    rows.iter()
                        .filter_map(|row| row.get(column))
                        .all(|text| casts.cast(*kind, text).is_some())
                };
                casts.kinds().into_iter().find(is).unwrap_or(Kind::Text)
            })
            .collect();
        let mut values = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            if row.len() > names.len() {
                return Err(Failure::Error(
                    "ValueError",
                    format!(
                        "Row {index} has {} values, but Table only has {} columns.",
                        row.len(),
                        names.len()
                    ),
                ));
            }
            let cells = kinds.iter().enumerate().map(|(column, kind)| match row.get(column) {
                Some(text) => casts.cast(*kind, text).unwrap_or(Value::Null),
                None => Value::Null,
            });
            values.push(cells.collect());
        }
        Ok(Self { names, kinds, rows: values })
    }

    /// Writes the table as CSV.
    pub fn write(&self, options: &Options) -> Result<(), Failure> {
        let mut output = super::output::Output::new(options)?;
        output.row(&self.names)?;
        for row in &self.rows {
            output.row(row.iter().map(Value::text))?;
        }
        output.finish()
    }
}

/// Names of which no two are the same, and none is empty.
pub fn distinct(names: &[String]) -> Vec<String> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut result = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let name = if name.is_empty() { letters(index) } else { name.clone() };
        let mut unique = name.clone();
        let mut number = 2;
        while seen.contains(&unique) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        seen.insert(unique.clone());
        result.push(unique);
    }
    result
}
