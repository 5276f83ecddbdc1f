//! `join`: records of two files beside one another where the fields of a selection are equal.

use std::collections::HashMap;

use csv::ByteRecord;

use super::columns;
use super::options::{Input, Options, Output};
use super::select::fields;
use super::{Failure, Outcome};

/// The manners of joining that the options name.
const MANNERS: [&str; 4] = ["left", "right", "full", "cross"];

/// One of the two sides.
struct Side {
    reader: Input,
    indices: Vec<usize>,
    /// What stands for a record that is not there.
    padding: ByteRecord,
    headers: ByteRecord,
}

impl Side {
    fn open(options: &Options, operand: usize) -> Result<Self, Failure> {
        let selection = options.operands.get(operand).map_or("", String::as_str);
        let mut reader = options.reader(operand + 1)?;
        let (headers, indices) = columns::chosen(options, &mut reader, selection)?;
        let padding = std::iter::repeat_n(b"", headers.len()).collect();
        Ok(Self { reader, indices, padding, headers })
    }

    fn records(&mut self) -> Result<Vec<ByteRecord>, Failure> {
        Ok(self.reader.byte_records().collect::<Result<_, _>>()?)
    }
}

type Key = Vec<Vec<u8>>;

pub fn run(options: &Options) -> Outcome {
    let manners: Vec<&str> = MANNERS.into_iter().filter(|manner| options.has(manner)).collect();
    let (mut left, mut right) = (Side::open(options, 0)?, Side::open(options, 2)?);
    if left.indices.len() != right.indices.len() {
        return Err(format!(
            "Column selections must have the same number of columns, but found column selections with {} and {} \
             columns.",
            left.indices.len(),
            right.indices.len()
        )
        .into());
    }
    let mut writer = options.writer()?;
    let manner = match manners.as_slice() {
        [] => "",
        [manner] => manner,
        _ => return Err("Please pick exactly one join operation.".into()),
    };
    if options.has_headers() {
        writer.write_record(left.headers.iter().chain(&right.headers))?;
    }
    match manner {
        "cross" => cross(&mut left, &mut right, &mut writer)?,
        "right" => matching(options, &mut right, &mut left, manner, &mut writer)?,
        _ => matching(options, &mut left, &mut right, manner, &mut writer)?,
    }
    Ok(writer.flush()?)
}

fn cross(left: &mut Side, right: &mut Side, writer: &mut Output) -> Outcome {
    let others = right.records()?;
    let mut record = ByteRecord::new();
    while left.reader.read_byte_record(&mut record)? {
        for other in &others {
            writer.write_record(record.iter().chain(other))?;
        }
    }
    Ok(())
}

/// Looks for each record of the first side those of the second. In a right join the first one is the right one.
fn matching(
    options: &Options,
    first: &mut Side,
    second: &mut Side,
    manner: &str,
    writer: &mut Output,
) -> Outcome {
    let ignores_case = options.has("no-case");
    let others = second.records()?;
    let mut found: HashMap<Key, Vec<usize>> = HashMap::new();
    for (index, other) in others.iter().enumerate() {
        let key = key(other, &second.indices, ignores_case);
        if options.has("nulls") || !key.iter().any(Vec::is_empty) {
            found.entry(key).or_default().push(index);
        }
    }
    let mut is_used = vec![false; others.len()];
    let mut record = ByteRecord::new();
    while first.reader.read_byte_record(&mut record)? {
        let partners = found.get(&key(&record, &first.indices, ignores_case));
        for index in partners.into_iter().flatten() {
            let Some(other) = others.get(*index) else { continue };
            if let Some(used) = is_used.get_mut(*index) {
                *used = true;
            }
            if manner == "right" {
                writer.write_record(other.iter().chain(&record))?;
            } else {
                writer.write_record(record.iter().chain(other))?;
            }
        }
        match (partners, manner) {
            (None, "left" | "full") => writer.write_record(record.iter().chain(&second.padding))?,
            (None, "right") => writer.write_record(second.padding.iter().chain(&record))?,
            _ => {}
        }
    }
    if manner == "full" {
        for (other, _) in others.iter().zip(is_used).filter(|(_, used)| !used) {
            writer.write_record(first.padding.iter().chain(other))?;
        }
    }
    Ok(())
}

/// The fields that are compared: without blanks around.
fn key(record: &ByteRecord, indices: &[usize], ignores_case: bool) -> Key {
    fields(record, indices)
        .map(|field| match std::str::from_utf8(field) {
            Ok(text) if ignores_case => text.trim().to_lowercase().into_bytes(),
            Ok(text) => text.trim().as_bytes().to_vec(),
            Err(_) => field.to_vec(),
        })
        .collect()
}
