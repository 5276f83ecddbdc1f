//! csvclean: rows that are too long or too short, and columns without anything, told and mended.

use cli::getopt::Syntax;

use super::options::{Options, syntax};
use super::output::Output;
use super::{Failure, columns, finish, table};

static SYNTAX: Syntax<&str> = syntax![
    b'a' "enable-all-checks" Nothing;
    "length-mismatch" Nothing, "empty-columns" Nothing, "omit-error-rows" Nothing, "label" Value,
    "header-normalize-space" Nothing, "join-short-rows" Nothing, "separator" Value, "fill-short-rows" Nothing,
    "fillvalue" Value
];

const HELP: &str = "\
Usage: csvclean [OPTION]... [FILE]
Print a CSV file, and to standard error what is wrong with it.

      --length-mismatch          tell of rows that are shorter or longer than the first
      --empty-columns            tell of columns without anything
  -a, --enable-all-checks        tell of both
      --omit-error-rows          leave out rows of a wrong length
      --label TEXT               put a column with TEXT before the errors; -: with the file's name
      --header-normalize-space   one blank between the words of names
      --join-short-rows          make one row of several short ones
      --separator TEXT           with TEXT between the cells that are joined, not a newline
      --fill-short-rows          add cells to short rows
      --fillvalue TEXT           which hold TEXT
";

/// What is wrong with a row.
#[derive(Clone, PartialEq)]
struct Wrong {
    line: usize,
    row: Vec<String>,
    what: String,
}

/// Runs csvclean: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    let all = options.has("enable-all-checks");
    let checks_length = all || options.has("length-mismatch");
    let checks_columns = all || options.has("empty-columns");
    let (joins, fills) = (options.has("join-short-rows"), options.has("fill-short-rows"));
    if !checks_length && !checks_columns && !joins && !fills && !options.has("header-normalize-space") {
        let what = "No checks or fixes were enabled. See available options with: csvclean --help";
        return Err(Failure::Usage(what.to_owned()));
    }
    if joins && fills {
        let what = "The --join-short-rows and --fill-short-rows options are mutually exclusive.";
        return Err(Failure::Usage(what.to_owned()));
    }
    let text = table::read(&options, options.file()?)?;
    let mut rows = table::rows(&options, &text)?;
    let mut names = rows.next().unwrap_or_default();
    if options.has("header-normalize-space") {
        names = names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    }
    let width = names.len();
    let mut output = Output::new(&options)?;
    output.row(&names)?;
    let (mut errors, mut joinable): (Vec<Wrong>, Vec<Wrong>) = (Vec::new(), Vec::new());
    let (mut count, mut empty) = (0, vec![0; width]);
    while let Some(mut row) = rows.next() {
        count += 1;
        let what = format!("Expected {width} columns, found {} columns", row.len());
        let wrong = Wrong { line: rows.line - 1, row: row.clone(), what };
        if fills {
            while row.len() < width {
                row.push(options.value("fillvalue").unwrap_or_default().to_owned());
            }
        } else if joins {
            if row.len() >= width {
                joinable.clear();
            } else {
                joinable.push(wrong.clone());
                if let Some(joined) = join(&mut joinable, width, options.value("separator").unwrap_or("\n")) {
                    row = joined;
                    errors.retain(|error| !joinable.contains(error));
                    joinable.clear();
                }
            }
        }
        if checks_length && row.len() != width {
            errors.push(wrong);
        }
        for (index, empty) in empty.iter_mut().enumerate() {
            *empty += usize::from(row.get(index).is_none_or(String::is_empty));
        }
        if !options.has("omit-error-rows") || row.len() == width {
            output.row(&row)?;
        }
    }
    output.finish()?;
    let unused: Vec<usize> =
        empty.iter().enumerate().filter(|(_, empty)| **empty == count).map(|(index, _)| index).collect();
    if checks_columns && count > 0 && !unused.is_empty() {
        let shown: Vec<String> =
            unused.iter().filter_map(|index| names.get(*index)).map(|name| columns::quoted(name)).collect();
        let numbers: Vec<String> =
            unused.iter().map(|index| (index + options.offset()).to_string()).collect();
        let what = format!("Empty columns named {}! Try: csvcut -C {}", shown.join(", "), numbers.join(","));
        errors.push(Wrong { line: 1, row: vec![String::new(); width], what });
    }
    tell(&options, &names, &errors)
}

/// Joins rows that are too short, from the last ones on, where they make one of the right width.
fn join(rows: &mut Vec<Wrong>, width: usize, separator: &str) -> Option<Vec<String>> {
    if rows.len() < 2 {
        return None;
    }
    while !rows.is_empty() {
        let mut joined: Vec<String> = Vec::new();
        for wrong in rows.iter() {
            let mut cells = wrong.row.iter().cloned();
            match joined.last_mut() {
                None => joined = cells.collect(),
                Some(last) => {
                    last.push_str(separator);
                    last.push_str(&cells.next().unwrap_or_default());
                    joined.extend(cells);
                }
            }
        }
        match joined.len().cmp(&width) {
            std::cmp::Ordering::Less => return None,
            std::cmp::Ordering::Equal => return Some(joined),
            std::cmp::Ordering::Greater => {
                rows.remove(0);
            }
        }
    }
    None
}

/// Writes the errors as CSV to standard error; they make the status 1.
fn tell(options: &Options, names: &[String], errors: &[Wrong]) -> Result<(), Failure> {
    if errors.is_empty() {
        return Ok(());
    }
    let label = options.value("label").map(|label| match label {
        "-" => options.operands.first().map_or("stdin", String::as_str),
        label => label,
    });
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let head = label.map(|_| "label").into_iter().chain(["line_number", "msg"]);
    let head = head.map(str::to_owned).chain(names.iter().cloned());
    writer.write_record(head).map_err(std::io::Error::from)?;
    for error in errors {
        let cells = label.map(str::to_owned).into_iter().chain([error.line.to_string(), error.what.clone()]);
        writer.write_record(cells.chain(error.row.iter().cloned())).map_err(std::io::Error::from)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::Output(error.into_error()))?;
    // Nobody is left to tell when standard error cannot be written.
    let _ = cli::stdio::write_all(rustix::stdio::stderr(), &bytes);
    Err(Failure::Done(1))
}
