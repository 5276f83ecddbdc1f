//! csvsort: the rows of a file, sorted as what their columns are.

use std::cmp::Ordering;

use cli::getopt::Syntax;

use super::kind::Value;
use super::options::{Options, syntax};
use super::table::Table;
use super::{Failure, columns, cut, finish};

static SYNTAX: Syntax<&str> = syntax![
    b'n' "names" Nothing, b'c' "columns" Value, b'r' "reverse" Nothing, b'i' "ignore-case" Nothing;
];

const HELP: &str = "\
Usage: csvsort [OPTION]... [FILE]
Print a CSV file with its rows sorted: numbers as numbers, dates as dates.

  -n, --names          print the names of the columns with their numbers
  -c, --columns LIST   sort by these columns, not by all
  -r, --reverse        the largest first
  -i, --ignore-case    case makes no difference
";

/// Runs csvsort: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.has("names") {
        return cut::names(&options);
    }
    let mut table = Table::read(&options, options.file()?)?;
    let chosen = columns::choose(&table.names, options.value("columns"), None, options.offset())?;
    let ignores_case = options.has("ignore-case");
    let order = |a: &[Value], b: &[Value]| {
        let cells = chosen.iter().map(|index| match (a.get(*index), b.get(*index)) {
            (Some(Value::Text(a)), Some(Value::Text(b))) if ignores_case => {
                a.to_uppercase().cmp(&b.to_uppercase())
            }
            (Some(a), Some(b)) => a.order(b),
            _ => Ordering::Equal,
        });
        cells.fold(Ordering::Equal, Ordering::then)
    };
    if options.has("reverse") {
        table.rows.sort_by(|a, b| order(b, a));
    } else {
        table.rows.sort_by(|a, b| order(a, b));
    }
    table.write(&options)
}
