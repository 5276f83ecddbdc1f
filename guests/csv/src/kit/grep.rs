//! csvgrep: rows of which some cells match.

use std::collections::HashSet;

use cli::getopt::Syntax;

use super::options::{Options, syntax};
use super::output::Output;
use super::{Failure, columns, cut, finish, table};

static SYNTAX: Syntax<&str> = syntax![
    b'n' "names" Nothing, b'c' "columns" Value, b'm' "match" Value, b'r' "regex" Value, b'f' "file" Value,
    b'i' "invert-match" Nothing, b'a' "any-match" Nothing;
];

const HELP: &str = "\
Usage: csvgrep -c LIST (-m TEXT | -r REGEX | -f FILE) [OPTION]... [FILE]
Print the rows of a CSV file of which all the columns of LIST match.

  -n, --names          print the names of the columns with their numbers
  -c, --columns LIST   these columns: numbers, names and ranges like 3-5
  -m, --match TEXT     cells that have TEXT in them
  -r, --regex REGEX    cells in which REGEX is found
  -f, --file FILE      cells that are a line of FILE
  -i, --invert-match   rows that do not match
  -a, --any-match      rows of which any column matches
";

/// What cells are held against.
enum Pattern {
    Text(String),
    Regex(Box<fancy_regex::Regex>),
    Lines(HashSet<String>),
}

impl Pattern {
    fn matches(&self, cell: &str) -> bool {
        match self {
            Self::Text(text) => cell.contains(text.as_str()),
            // A pattern that needs too many steps matches nothing.
            Self::Regex(regex) => regex.is_match(cell).unwrap_or(false),
            Self::Lines(lines) => lines.contains(cell),
        }
    }
}

/// Runs csvgrep: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.has("names") {
        return cut::names(&options);
    }
    if options.value("columns").is_none_or(str::is_empty) {
        let what = "You must specify at least one column to search using the -c option.";
        return Err(Failure::Usage(what.to_owned()));
    }
    let pattern = pattern(&options)?;
    let text = table::read(&options, options.file()?)?;
    let is_numbered = options.has("linenumbers");
    let mut offset = options.offset();
    let (mut names, rows) = table::named_rows(&options, &text)?;
    if is_numbered {
        names.insert(0, "line_numbers".to_owned());
        offset = offset.saturating_sub(1);
    }
    let chosen = columns::choose(&names, options.value("columns"), None, offset)?;
    let mut output = Output::numbered(&options, false)?;
    output.row(&names)?;
    let (is_any, is_inverted) = (options.has("any-match"), options.has("invert-match"));
    for (index, mut row) in rows.enumerate() {
        if is_numbered {
            row.insert(0, (index + 1).to_string());
        }
        let matches = pattern.as_ref().is_none_or(|pattern| {
            let mut cells = chosen.iter().map(|index| row.get(*index).map_or("", String::as_str));
            if is_any {
                cells.any(|cell| pattern.matches(cell))
            } else {
                cells.all(|cell| pattern.matches(cell))
            }
        });
        // Without a pattern there is nothing that any column could match.
        let matches = if pattern.is_none() && is_any { false } else { matches };
        if matches != is_inverted {
            output.row(&row)?;
        }
    }
    output.finish()
}

/// The pattern of the options; an empty one is none.
fn pattern(options: &Options) -> Result<Option<Pattern>, Failure> {
    if let Some(regex) = options.value("regex").filter(|regex| !regex.is_empty()) {
        let regex =
            fancy_regex::Regex::new(regex).map_err(|wrong| Failure::Error("error", wrong.to_string()))?;
        return Ok(Some(Pattern::Regex(Box::new(regex))));
    }
    if let Some(file) = options.value("file") {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let (why, number) = crate::file::reason(&error);
            let number = number.map_or(String::new(), |number| format!("[Errno {number}] "));
            Failure::Usage(format!("argument -f/--file: can't open '{file}': {number}{why}: '{file}'"))
        })?;
        return Ok(Some(Pattern::Lines(text.lines().map(|line| line.trim_end().to_owned()).collect())));
    }
    match options.value("match") {
        Some("") => Ok(None),
        Some(text) => Ok(Some(Pattern::Text(text.to_owned()))),
        None if options.has("regex") => Ok(None),
        None => {
            let what = "One of -r, -m or -f must be specified, unless using the -n option.";
            Err(Failure::Usage(what.to_owned()))
        }
    }
}
