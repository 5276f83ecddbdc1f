//! in2csv: JSON, or CSV in another format, as CSV.

use cli::getopt::Syntax;
use serde_json::Value as Tree;

use super::kind::Casts;
use super::options::{Options, syntax};
use super::table::{self, Table};
use super::{Failure, columns, finish};

static SYNTAX: Syntax<&str> = syntax![
    b'f' "format" Value, b'k' "key" Value, b's' "schema" Value, b'n' "names" Nothing;
];

const HELP: &str = "\
Usage: in2csv [OPTION]... [FILE]
Print a file of JSON or CSV as CSV.

  -f, --format FORMAT   csv, json or ndjson; what the file's name ends with if not said
  -k, --key NAME        the list to take is NAME of an object
";

/// Runs in2csv: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    let path = options.file()?;
    let format = match (options.value("format"), options.value("key"), path) {
        (Some(format), ..) => format.to_owned(),
        (None, Some(_), _) => "json".to_owned(),
        (None, None, None | Some("-")) => {
            let what = "You must specify a format when providing input as piped data via STDIN.";
            return Err(Failure::Usage(what.to_owned()));
        }
        (None, None, Some(path)) => {
            match path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
                Some("js") => "json".to_owned(),
                Some(end @ ("csv" | "json" | "dbf" | "fixed" | "xls" | "xlsx")) => end.to_owned(),
                _ => {
                    let what = "Unable to automatically determine the format of the input file. Try specifying a format with --format.";
                    return Err(Failure::Usage(what.to_owned()));
                }
            }
        }
    };
    match format.as_str() {
        "csv" => Table::read(&options, path)?.write(&options),
        "json" | "ndjson" => from_json(&options, path, format == "ndjson")?.write(&options),
        _ => Err(Failure::Usage(format!("argument -f/--format: {format} is not supported here"))),
    }
}

/// Reads a list of objects, or one object a line.
fn from_json(options: &Options, path: Option<&str>, is_lines: bool) -> Result<Table, Failure> {
    let text = table::read(options, path)?;
    let wrong = |error: serde_json::Error| Failure::Error("JSONDecodeError", error.to_string());
    let mut objects: Vec<Tree> = Vec::new();
    if is_lines {
        for line in text.lines() {
            objects.push(serde_json::from_str(line).map_err(wrong)?);
        }
    } else {
        let mut tree: Tree = serde_json::from_str(&text).map_err(wrong)?;
        if let Tree::Object(fields) = &mut tree {
            let Some(key) = options.value("key") else {
                let what = "When converting a JSON document with a top-level dictionary element, a key must be specified.";
                return Err(Failure::Error("TypeError", what.to_owned()));
            };
            let found = fields.get_mut(key).map(Tree::take);
            tree = found.ok_or_else(|| Failure::Error("KeyError", columns::quoted(key)))?;
        }
        match tree {
            Tree::Array(items) => objects = items,
            other => objects.push(other),
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut flat: Vec<Vec<(String, String)>> = Vec::new();
    for object in &objects {
        let mut cells = Vec::new();
        flatten(object, "", &mut cells);
        for (name, _) in &cells {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        flat.push(cells);
    }
    let rows: Vec<Vec<String>> = flat
        .iter()
        .map(|cells| {
            let cell = |name| cells.iter().rev().find(|(other, _)| other == name);
            names.iter().map(|name| cell(name).map(|(_, text)| text.clone()).unwrap_or_default()).collect()
        })
        .collect();
    Table::of_texts(&Casts::new(options), names, &rows)
}

/// Adds what is in a tree under the path to it: `one/two/0`.
fn flatten(tree: &Tree, path: &str, cells: &mut Vec<(String, String)>) {
    let text = match tree {
        Tree::Object(fields) => {
            for (name, item) in fields {
                flatten(item, &format!("{path}{name}/"), cells);
            }
            return;
        }
        Tree::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(item, &format!("{path}{index}/"), cells);
            }
            return;
        }
        Tree::Null => String::new(),
        Tree::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Tree::Number(number) => number.to_string(),
        Tree::String(text) => text.clone(),
    };
    cells.push((path.trim_matches('/').to_owned(), text));
}
