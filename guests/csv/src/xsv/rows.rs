//! `cat`, `count`, `reverse`, `search`, `slice`: records as they are, chosen or put together.

use csv::ByteRecord;

use super::columns;
use super::options::{Input, Options, copy_headers, open};
use super::select;
use super::{Failure, Outcome};

pub fn count(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let (mut count, mut record) = (0_u64, ByteRecord::new());
    while reader.read_byte_record(&mut record)? {
        count += 1;
    }
    cli::stdio::print(format!("{count}\n").as_bytes())
        .map_err(|errno| Failure::from(std::io::Error::from(errno)))
}

pub fn reverse(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let mut writer = options.writer()?;
    copy_headers(options, &mut reader, &mut writer)?;
    let records: Vec<ByteRecord> = reader.byte_records().collect::<Result<_, _>>()?;
    for record in records.iter().rev() {
        writer.write_byte_record(record)?;
    }
    Ok(writer.flush()?)
}

pub fn search(options: &Options) -> Outcome {
    let text = options.operands.first().map_or("", String::as_str);
    let pattern = regex::bytes::RegexBuilder::new(text)
        .case_insensitive(options.has("ignore-case"))
        .build()
        .map_err(|wrong| format!("{wrong}"))?;
    let mut reader = options.reader(1)?;
    let mut writer = options.writer()?;
    let (_, indices) = columns::chosen(options, &mut reader, options.value("select").unwrap_or(""))?;
    copy_headers(options, &mut reader, &mut writer)?;
    let is_inverted = options.has("invert-match");
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let is_found = select::fields(&record, &indices).any(|field| pattern.is_match(field));
        if is_found != is_inverted {
            writer.write_byte_record(&record)?;
        }
    }
    Ok(writer.flush()?)
}

pub fn slice(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let mut writer = options.writer()?;
    copy_headers(options, &mut reader, &mut writer)?;
    let (start, end) = range(options)?;
    for record in reader.byte_records().skip(start).take(end - start) {
        writer.write_byte_record(&record?)?;
    }
    Ok(writer.flush()?)
}

/// The first record that is wanted and the first behind that is not.
fn range(options: &Options) -> Result<(usize, usize), Failure> {
    let (start, end) = (options.number("start")?, options.number("end")?);
    let (length, index) = (options.number("len")?, options.number("index")?);
    let from = start.unwrap_or(0);
    match (end, length, index) {
        (None, None, Some(index)) if start.is_none() => Ok((index, index.saturating_add(1))),
        (_, _, Some(_)) => Err("--index cannot be used with --start, --end or --len".into()),
        (Some(_), Some(_), None) => Err("--end and --len cannot be used at the same time.".into()),
        (None, None, None) => Ok((from, usize::MAX)),
        (Some(end), None, None) if from > end => Err(format!(
            "The end of the range ({end}) must be greater than or\nequal to the start of the range ({from})."
        )
        .into()),
        (Some(end), None, None) => Ok((from, end)),
        (None, Some(length), None) => Ok((from, from.saturating_add(length))),
    }
}

pub fn cat(options: &Options) -> Outcome {
    let mut inputs: Vec<&str> = options.operands.iter().skip(1).map(String::as_str).collect();
    if inputs.is_empty() {
        inputs.push("-");
    }
    match options.operands.first().map(String::as_str) {
        Some("rows") => cat_rows(options, &inputs),
        Some("columns") => cat_columns(options, &inputs),
        _ => Err("Invalid arguments.\n\nUsage:\n    xsv cat rows    [options] [<input>...]\n    \
                  xsv cat columns [options] [<input>...]\n    xsv cat --help"
            .into()),
    }
}

/// Readers of all inputs, of which one may be standard input.
pub fn readers(options: &Options, inputs: &[&str], has_headers: bool) -> Result<Vec<Input>, Failure> {
    if inputs.iter().filter(|input| **input == "-").count() > 1 {
        return Err("At most one <stdin> input is allowed.".into());
    }
    let reader = |path: &&str| {
        let mut builder = options.builder(Some(path))?;
        Ok(builder.has_headers(has_headers).from_reader(open(Some(path))?))
    };
    inputs.iter().map(reader).collect()
}

fn cat_rows(options: &Options, inputs: &[&str]) -> Outcome {
    let mut writer = options.writer()?;
    let mut record = ByteRecord::new();
    for (index, reader) in readers(options, inputs, options.has_headers())?.iter_mut().enumerate() {
        if index == 0 {
            copy_headers(options, reader, &mut writer)?;
        }
        while reader.read_byte_record(&mut record)? {
            writer.write_byte_record(&record)?;
        }
    }
    Ok(writer.flush()?)
}

fn cat_columns(options: &Options, inputs: &[&str]) -> Outcome {
    let mut writer = options.writer()?;
    let mut readers = readers(options, inputs, false)?;
    let mut lengths = Vec::new();
    for reader in &mut readers {
        lengths.push(reader.byte_headers()?.len());
    }
    let (mut record, mut next) = (ByteRecord::new(), ByteRecord::new());
    loop {
        record.clear();
        let mut ended = 0;
        for (reader, length) in readers.iter_mut().zip(&lengths) {
            if reader.read_byte_record(&mut next)? {
                record.extend(&next);
                continue;
            }
            ended += 1;
            record.extend(std::iter::repeat_n(b"", *length));
        }
        if ended >= readers.len() || (ended > 0 && !options.has("pad")) {
            return Ok(writer.flush()?);
        }
        writer.write_byte_record(&record)?;
    }
}
