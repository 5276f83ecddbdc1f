//! csvcut: some columns of a file, in the order in which they are named.

use cli::getopt::Syntax;

use super::options::{Options, syntax};
use super::output::Output;
use super::{Failure, columns, finish, table};

static SYNTAX: Syntax<&str> = syntax![
    b'n' "names" Nothing, b'c' "columns" Value, b'C' "not-columns" Value, b'x' "delete-empty-rows" Nothing;
];

const HELP: &str = "\
Usage: csvcut [OPTION]... [FILE]
Print some columns of a CSV file.

  -n, --names               print the names of the columns with their numbers
  -c, --columns LIST        these columns: numbers, names and ranges like 3-5
  -C, --not-columns LIST    all columns but these
  -x, --delete-empty-rows   leave out rows of which nothing is left
";

/// Runs csvcut: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.has("names") {
        return names(&options);
    }
    let text = table::read(&options, options.file()?)?;
    let (names, rows) = table::named_rows(&options, &text)?;
    let chosen =
        columns::choose(&names, options.value("columns"), options.value("not-columns"), options.offset())?;
    let mut output = Output::new(&options)?;
    output.row(chosen.iter().filter_map(|index| names.get(*index)))?;
    for row in rows {
        let cells: Vec<&str> =
            chosen.iter().map(|index| row.get(*index).map_or("", String::as_str)).collect();
        if !options.has("delete-empty-rows") || cells.iter().any(|cell| !cell.is_empty()) {
            output.row(cells)?;
        }
    }
    output.finish()
}

/// Prints the names of the columns with their numbers.
pub fn names(options: &Options) -> Result<(), Failure> {
    if options.has("no-header-row") {
        let what = "You cannot use --no-header-row with the -n or --names options.";
        return Err(Failure::Error("RequiredHeaderError", what.to_owned()));
    }
    let text = table::read(options, options.file()?)?;
    let names = table::rows(options, &text)?.next();
    let names = names.ok_or_else(|| Failure::Error("StopIteration", String::new()))?;
    let lines: String = names
        .iter()
        .enumerate()
        .map(|(index, name)| format!("{:3}: {name}\n", index + options.offset()))
        .collect();
    cli::stdio::print(lines.as_bytes()).map_err(|errno| Failure::Output(errno.into()))
}
