//! `sort` and `dedup`: records in the order of some of their columns.

use std::cmp::Ordering;

use csv::ByteRecord;

use super::Outcome;
use super::columns;
use super::options::{Options, copy_headers};
use super::select::fields;

pub fn sort(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let (_, indices) = columns::chosen(options, &mut reader, options.value("select").unwrap_or(""))?;
    let mut records: Vec<ByteRecord> = reader.byte_records().collect::<Result<_, _>>()?;
    let order = |a: &ByteRecord, b: &ByteRecord| {
        let (a, b) = (fields(a, &indices), fields(b, &indices));
        if options.has("numeric") { numeric(a, b) } else { a.cmp(b) }
    };
    if options.has("reverse") {
        records.sort_by(|a, b| order(b, a));
    } else {
        records.sort_by(order);
    }
    let mut writer = options.writer()?;
    copy_headers(options, &mut reader, &mut writer)?;
    for record in &records {
        writer.write_byte_record(record)?;
    }
    Ok(writer.flush()?)
}

/// The order of numbers; a field that is none ends the comparison and comes first.
fn numeric<'a>(mut a: impl Iterator<Item = &'a [u8]>, mut b: impl Iterator<Item = &'a [u8]>) -> Ordering {
    loop {
        match (a.next().and_then(number), b.next().and_then(number)) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match compare(a, b) {
                Ordering::Equal => {}
                order => return order,
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Number {
    Whole(i64),
    Float(f64),
}

fn number(field: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(field).ok()?;
    text.parse().map(Number::Whole).or_else(|_| text.parse().map(Number::Float)).ok()
}

#[allow(clippy::cast_precision_loss, reason = "a whole number beside a float is compared as one")]
fn compare(a: Number, b: Number) -> Ordering {
    let float = |number| match number {
        Number::Whole(whole) => whole as f64,
        Number::Float(float) => float,
    };
    match (a, b) {
        (Number::Whole(a), Number::Whole(b)) => a.cmp(&b),
        (a, b) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

pub fn dedup(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let (_, indices) = columns::chosen(options, &mut reader, options.value("select").unwrap_or(""))?;
    let mut records: Vec<ByteRecord> = reader.byte_records().collect::<Result<_, _>>()?;
    let order = |a: &ByteRecord, b: &ByteRecord| {
        if !options.has("ignore-case") {
            return fields(a, &indices).cmp(fields(b, &indices));
        }
        let lower = |field: &[u8]| String::from_utf8_lossy(field).to_lowercase();
        fields(a, &indices).map(lower).cmp(fields(b, &indices).map(lower))
    };
    records.sort_by(order);
    let all = records.len();
    records.dedup_by(|a, b| order(a, b) == Ordering::Equal);
    let mut writer = options.writer()?;
    copy_headers(options, &mut reader, &mut writer)?;
    for record in &records {
        writer.write_byte_record(record)?;
    }
    writer.flush()?;
    if !options.has("quiet") {
        cli::stdio::note(&(all - records.len()).to_string());
    }
    Ok(())
}
