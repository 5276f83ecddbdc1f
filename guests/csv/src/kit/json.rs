//! csvjson: a file as JSON, an object for each row. And JSON as Python's `json.dump` writes it.

use std::collections::HashSet;

use cli::getopt::Syntax;

use super::kind::{Value, json_text};
use super::options::{Options, syntax};
use super::table::Table;
use super::{Failure, columns, finish};

static SYNTAX: Syntax<&str> = syntax![
    b'i' "indent" Value, b'k' "key" Value; "stream" Nothing
];

const HELP: &str = "\
Usage: csvjson [OPTION]... [FILE]
Print a CSV file as JSON: a list with an object for each row.

  -i, --indent N   indent by N blanks
  -k, --key NAME   an object, not a list: each row under its cell in the column NAME
      --stream     one row a line
";

/// JSON that is to be written.
pub enum Json {
    /// A number, a text, a word: as it is written.
    Plain(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The text, indented or in one line.
    pub fn text(&self, indent: Option<usize>) -> String {
        let mut text = String::new();
        self.write(indent, 0, &mut text);
        text
    }

    fn write(&self, indent: Option<usize>, depth: usize, text: &mut String) {
        let newline = |text: &mut String, depth: usize| {
            if let Some(indent) = indent {
                text.push('\n');
                text.push_str(&" ".repeat(indent * depth));
            }
        };
        let comma = if indent.is_some() { "," } else { ", " };
        match self {
            Self::Plain(plain) => text.push_str(plain),
            Self::List(items) if items.is_empty() => text.push_str("[]"),
            Self::Object(items) if items.is_empty() => text.push_str("{}"),
            Self::List(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { comma });
                    newline(text, depth + 1);
                    item.write(indent, depth + 1, text);
                }
                newline(text, depth);
                text.push(']');
            }
            Self::Object(items) => {
                text.push('{');
                for (index, (name, item)) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { comma });
                    newline(text, depth + 1);
                    text.push_str(&json_text(name));
                    text.push_str(": ");
                    item.write(indent, depth + 1, text);
                }
                newline(text, depth);
                text.push('}');
            }
        }
    }
}

/// Runs csvjson: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    let indent = options.number("indent")?.map(|indent| usize::try_from(indent).unwrap_or(0));
    let key = options.value("key");
    let is_stream = options.has("stream");
    if key.is_some() && is_stream {
        let what = "--key is only allowed with --stream when --lat and --lon are also specified.";
        return Err(Failure::Usage(what.to_owned()));
    }
    if indent.is_some() && is_stream {
        let what = "newline and indent may not be specified together.";
        return Err(Failure::Error("ValueError", what.to_owned()));
    }
    let table = Table::read(&options, options.file()?)?;
    let objects = table.rows.iter().map(|row| {
        let items = table.names.iter().cloned().zip(row.iter().map(|value| Json::Plain(value.json())));
        Json::Object(items.collect())
    });
    let text = if is_stream {
        objects.map(|object| object.text(None) + "\n").collect()
    } else if let Some(key) = key {
        let Some(column) = table.names.iter().position(|name| name == key) else {
            return Err(Failure::Error("KeyError", columns::quoted(key)));
        };
        let mut seen = HashSet::new();
        let mut items = Vec::new();
        for (row, object) in table.rows.iter().zip(objects) {
            let name = match row.get(column) {
                Some(Value::Number(number)) => number.normalized().to_string(),
                Some(value) => value.shown(),
                None => String::new(),
            };
            if !seen.insert(name.clone()) {
                let what = format!("Value {name} is not unique in the key column.");
                return Err(Failure::Error("ValueError", what));
            }
            items.push((name, object));
        }
        Json::Object(items).text(indent)
    } else {
        Json::List(objects.collect()).text(indent)
    };
    cli::stdio::print(text.as_bytes()).map_err(|errno| Failure::Output(errno.into()))
}
