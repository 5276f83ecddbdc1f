//! csvstack: the rows of several files under one another, their columns by name.

use cli::getopt::Syntax;

use super::options::{Options, syntax};
use super::output::Output;
use super::{Failure, finish, table};

static SYNTAX: Syntax<&str> = syntax![
    b'g' "groups" Value, b'n' "group-name" Value; "filenames" Nothing
];

const HELP: &str = "\
Usage: csvstack [OPTION]... [FILE]...
Print the rows of CSV files under one another; a column is where any file has one of its name.

  -g, --groups LIST       put a column in front: for each FILE its word of LIST
  -n, --group-name NAME   the name of that column, `group` if not said
      --filenames         put a column with the files' names in front
";

/// Runs csvstack: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let mut options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.operands.is_empty() {
        options.operands.push("-".to_owned());
    }
    let groups: Option<Vec<String>> = if options.has("filenames") {
        let base = |path: &String| match path.as_str() {
            "-" => "<stdin>".to_owned(),
            path => path.rsplit('/').next().unwrap_or(path).to_owned(),
        };
        Some(options.operands.iter().map(base).collect())
    } else {
        options.value("groups").map(|groups| groups.split(',').map(str::to_owned).collect())
    };
    if groups.as_ref().is_some_and(|groups| groups.len() != options.operands.len()) {
        let what = "The number of grouping values must be equal to the number of CSV files being stacked.";
        return Err(Failure::Usage(what.to_owned()));
    }
    let by_name = !options.has("no-header-row");
    let mut texts = Vec::new();
    for path in &options.operands {
        texts.push(table::read(&options, Some(path))?);
    }
    let mut names: Vec<String> = Vec::new();
    for text in &texts {
        for name in table::named_rows(&options, text)?.0 {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if !by_name {
            break;
        }
    }
    let mut output = Output::new(&options)?;
    let group_name = options.value("group-name").filter(|name| !name.is_empty()).unwrap_or("group");
    output.row(groups.iter().map(|_| group_name).chain(names.iter().map(String::as_str)))?;
    for (index, text) in texts.iter().enumerate() {
        let group = groups.as_ref().and_then(|groups| groups.get(index)).map(String::as_str);
        let (own, rows) = table::named_rows(&options, text)?;
        let places: Vec<Option<usize>> =
            names.iter().map(|name| own.iter().rposition(|other| other == name)).collect();
        for row in rows {
            if !by_name {
                output.row(group.into_iter().chain(row.iter().map(String::as_str)))?;
                continue;
            }
            if row.is_empty() {
                continue;
            }
            if row.len() > own.len() {
                let what = "dict contains fields not in fieldnames: None";
                return Err(Failure::Error("ValueError", what.to_owned()));
            }
            let cells =
                places.iter().map(|place| place.and_then(|place| row.get(place)).map_or("", String::as_str));
            output.row(group.into_iter().chain(cells))?;
        }
    }
    output.finish()
}
