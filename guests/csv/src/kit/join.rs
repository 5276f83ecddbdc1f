//! csvjoin: rows of several files beside one another, where cells of them are equal.

use std::collections::{HashMap, HashSet};

use cli::getopt::Syntax;

use super::kind::Value;
use super::options::{Options, syntax};
use super::table::{Table, distinct};
use super::{Failure, columns, finish};

static SYNTAX: Syntax<&str> = syntax![
    b'c' "columns" Value; "outer" Nothing, "left" Nothing, "right" Nothing
];

const HELP: &str = "\
Usage: csvjoin [OPTION]... [FILE]...
Print rows of CSV files beside one another: those whose cells are equal, or without -c those at the same place.

  -c, --columns LIST   the column to join by: one for all files, or one for each
      --outer          rows without a partner of either side as well
      --left           rows of the first file without a partner as well
      --right          rows of the last file without a partner as well
";

/// Which rows without a partner are there.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Inner,
    Left,
    Full,
}

/// Runs csvjoin: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let mut options = Options::read(program, &SYNTAX, HELP, arguments)?;
    if options.operands.is_empty() {
        options.operands.push("-".to_owned());
    }
    let count = options.operands.len();
    let (left, right, outer) = (options.has("left"), options.has("right"), options.has("outer"));
    let mut wanted: Option<Vec<String>> =
        options.value("columns").map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
    if let Some(names) = &mut wanted {
        if let [name] = names.as_slice() {
            *names = vec![name.clone(); count];
        }
        if names.len() != count {
            let what = "The number of join column names must match the number of files, or be a single column name that exists in all files.";
            return Err(Failure::Usage(what.to_owned()));
        }
    }
    if (left || right || outer) && wanted.is_none() {
        let what = "You must provide join column names when performing an outer join.";
        return Err(Failure::Usage(what.to_owned()));
    }
    if left && right {
        let what = "It is not valid to specify both a left and a right join.";
        return Err(Failure::Usage(what.to_owned()));
    }
    let mut tables = Vec::new();
    for path in &options.operands {
        tables.push(Table::read(&options, Some(path))?);
    }
    let mut keys = Vec::new();
    if let Some(wanted) = &wanted {
        for (table, name) in tables.iter().zip(wanted) {
            keys.push(columns::find(&table.names, name, 1)?);
        }
    }
    let manner = match (left || right, outer) {
        (true, _) => Manner::Left,
        (false, true) => Manner::Full,
        (false, false) if wanted.is_some() => Manner::Inner,
        (false, false) => Manner::Full,
    };
    if right {
        tables.reverse();
        keys.reverse();
    }
    let mut tables = tables.into_iter();
    let Some(mut joined) = tables.next() else { return Ok(()) };
    for (index, table) in tables.enumerate() {
        let pair = keys.first().copied().zip(keys.get(index + 1).copied());
        joined = join(&joined, &table, pair, manner);
    }
    joined.write(&options)
}

/// Joins two tables by a column of each, or row by row. A full join keeps the column of the second one.
fn join(left: &Table, right: &Table, keys: Option<(usize, usize)>, manner: Manner) -> Table {
    let key_of = |row: &[Value], index: usize, key: Option<usize>| match key {
        Some(key) => row.get(key).map(Value::key).unwrap_or_default(),
        None => index.to_string(),
    };
    let left_key = keys.map(|(left, _)| left);
    let right_key = keys.map(|(_, right)| right);
    let kept: Vec<usize> = (0..right.names.len())
        .filter(|column| manner == Manner::Full || Some(*column) != right_key)
        .collect();
    let (mut names, mut kinds) = (left.names.clone(), left.kinds.clone());
    for column in &kept {
        if let (Some(name), Some(kind)) = (right.names.get(*column), right.kinds.get(*column)) {
            names.push(if left.names.contains(name) { format!("{name}2") } else { name.clone() });
            kinds.push(*kind);
        }
    }
    let mut partners: HashMap<String, Vec<&Vec<Value>>> = HashMap::new();
    for (index, row) in right.rows.iter().enumerate() {
        partners.entry(key_of(row, index, right_key)).or_default().push(row);
    }
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    for (index, row) in left.rows.iter().enumerate() {
        let key = key_of(row, index, left_key);
        match partners.get(&key) {
            Some(found) => {
                for partner in found {
                    let cells =
                        kept.iter().map(|column| partner.get(*column).cloned().unwrap_or(Value::Null));
                    rows.push(row.iter().cloned().chain(cells).collect());
                }
            }
            None if manner == Manner::Inner => {}
            None => {
                rows.push(row.iter().cloned().chain(kept.iter().map(|_| Value::Null)).collect());
            }
        }
        seen.insert(key);
    }
    if manner == Manner::Full {
        for (index, row) in right.rows.iter().enumerate() {
            if !seen.contains(&key_of(row, index, right_key)) {
                rows.push(left.names.iter().map(|_| Value::Null).chain(row.iter().cloned()).collect());
            }
        }
    }
    Table { names: distinct(&names), kinds, rows }
}
