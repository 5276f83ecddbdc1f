//! `split`, `partition`, `sample`: records in several files, or some of them at random.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use csv::ByteRecord;

use super::columns;
use super::options::{Options, Output, copy_headers, number, to_path};
use super::{Failure, Outcome};

/// The name of a file with a part that is its own.
fn file_name(options: &Options, own: &str) -> Result<String, Failure> {
    let template = options.value("filename").unwrap_or("{}.csv");
    let mut parts = template.split("{}");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(behind), None) => Ok(format!("{before}{own}{behind}")),
        _ => Err("The --filename argument must contain one '{}'.".into()),
    }
}

/// A writer to a file in a folder, which begins with the names of the columns.
fn create(options: &Options, folder: &str, own: &str, headers: &ByteRecord) -> Result<Output, Failure> {
    let path = format!("{}/{}", folder.trim_end_matches('/'), file_name(options, own)?);
    if let Some(parent) = std::path::Path::new(&path).parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut writer = to_path(Some(&path))?;
    if options.has_headers() {
        writer.write_byte_record(headers)?;
    }
    Ok(writer)
}

pub fn split(options: &Options) -> Outcome {
    let size = options.number("size")?.unwrap_or(500);
    if size == 0 {
        return Err("--size must be greater than 0.".into());
    }
    let folder = options.operands.first().map_or(".", String::as_str);
    std::fs::create_dir_all(folder)?;
    let mut reader = options.reader(1)?;
    let headers = reader.byte_headers()?.clone();
    let mut writer = create(options, folder, "0", &headers)?;
    let (mut count, mut record) = (0_usize, ByteRecord::new());
    while reader.read_byte_record(&mut record)? {
        if count > 0 && count.is_multiple_of(size) {
            writer.flush()?;
            writer = create(options, folder, &count.to_string(), &headers)?;
        }
        writer.write_byte_record(&record)?;
        count += 1;
    }
    Ok(writer.flush()?)
}

pub fn partition(options: &Options) -> Outcome {
    let column = options.operands.first().map_or("", String::as_str);
    let folder = options.operands.get(1).map_or(".", String::as_str);
    let prefix = options.number("prefix-length")?;
    file_name(options, "")?;
    std::fs::create_dir_all(folder)?;
    let mut reader = options.reader(2)?;
    let (headers, indices) = columns::chosen(options, &mut reader, column)?;
    let [column] = indices.as_slice() else { return Err("can only partition on one column".into()) };
    // The records of each value are held back, so that no more than one file is open at a time.
    let mut parts: Vec<(String, Vec<ByteRecord>)> = Vec::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let (mut names, mut counter) = (HashSet::new(), 1_usize);
    for record in reader.byte_records() {
        let record = record?;
        let field = record.get(*column).unwrap_or_default();
        let key = prefix.and_then(|length| field.get(..length)).unwrap_or(field).to_vec();
        let place = *places.entry(key.clone()).or_insert(parts.len());
        if place == parts.len() {
            parts.push((own_name(&key, &mut names, &mut counter), Vec::new()));
        }
        if let Some((_, records)) = parts.get_mut(place) {
            records.push(record);
        }
    }
    for (name, records) in &parts {
        let mut writer = create(options, folder, name, &headers)?;
        for record in records {
            writer.write_byte_record(record)?;
        }
        writer.flush()?;
    }
    Ok(())
}

/// A name for a value: its letters and digits, with a number where that is taken.
fn own_name(value: &[u8], names: &mut HashSet<String>, counter: &mut usize) -> String {
    let text = String::from_utf8_lossy(value);
    let mut base: String = text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    if base.is_empty() {
        base = "empty".to_owned();
    }
    let mut name = base.clone();
    while !names.insert(name.clone()) {
        name = format!("{base}_{counter}");
        *counter += 1;
    }
    name
}

pub fn sample(options: &Options) -> Outcome {
    let size = number(options.operands.first().map_or("", String::as_str), "sample-size")?;
    let mut reader = options.reader(1)?;
    let mut writer = options.writer()?;
    copy_headers(options, &mut reader, &mut writer)?;
    let mut kept: Vec<ByteRecord> = Vec::new();
    let random = RandomState::new();
    for (index, record) in reader.byte_records().enumerate() {
        let record = record?;
        if kept.len() < size {
            kept.push(record);
            continue;
        }
        // Each record that was seen has the same chance to be among those that are kept.
        let mut hasher = random.build_hasher();
        hasher.write_usize(index);
        let place = usize::try_from(hasher.finish() % (index as u64 + 1)).unwrap_or(usize::MAX);
        if let Some(old) = kept.get_mut(place) {
            *old = record;
        }
    }
    for record in &kept {
        writer.write_byte_record(record)?;
    }
    Ok(writer.flush()?)
}
