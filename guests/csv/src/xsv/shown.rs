//! `headers`, `flatten`, `table`: CSV for people.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use csv::{ByteRecord, WriterBuilder};
use tabwriter::TabWriter;

use super::Outcome;
use super::options::{Options, open};
use super::rows::readers;

pub fn headers(options: &Options) -> Outcome {
    let mut inputs: Vec<&str> = options.operands.iter().map(String::as_str).collect();
    if inputs.is_empty() {
        inputs.push("-");
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    for reader in &mut readers(options, &inputs, false)? {
        for name in reader.byte_headers()? {
            if !options.has("intersect") || !names.iter().any(|known| known == name) {
                names.push(name.to_vec());
            }
        }
    }
    let is_numbered = inputs.len() == 1 && !options.has("just-names");
    let output = BufWriter::new(crate::file::writer(None)?);
    let mut writer: Box<dyn Write> =
        if options.has("just-names") { Box::new(output) } else { Box::new(TabWriter::new(output)) };
    for (index, name) in names.iter().enumerate() {
        if is_numbered {
            write!(writer, "{}\t", index + 1)?;
        }
        writer.write_all(name)?;
        writer.write_all(b"\n")?;
    }
    Ok(writer.flush()?)
}

/// A field cut to so many characters, or bytes where it is no text.
fn condensed(field: &[u8], limit: Option<usize>) -> Cow<'_, [u8]> {
    let Some(limit) = limit else { return Cow::Borrowed(field) };
    if let Ok(text) = std::str::from_utf8(field) {
        return match text.char_indices().nth(limit) {
            Some((end, _)) => Cow::Owned(format!("{}...", &text[..end]).into_bytes()),
            None => Cow::Borrowed(field),
        };
    }
    match field.get(..limit).filter(|kept| kept.len() < field.len()) {
        Some(kept) => Cow::Owned([kept, b"..."].concat()),
        None => Cow::Borrowed(field),
    }
}

pub fn flatten(options: &Options) -> Outcome {
    let mut reader = options.reader(0)?;
    let limit = options.number("condense")?;
    let separator = options.value("separator").unwrap_or("#");
    let headers = reader.byte_headers()?.clone();
    let mut writer = TabWriter::new(BufWriter::new(crate::file::writer(None)?));
    let (mut is_first, mut record) = (true, ByteRecord::new());
    while reader.read_byte_record(&mut record)? {
        if !is_first && !separator.is_empty() {
            writeln!(writer, "{separator}")?;
        }
        is_first = false;
        for (index, (header, field)) in headers.iter().zip(&record).enumerate() {
            if options.has_headers() {
                writer.write_all(header)?;
            } else {
                write!(writer, "{index}")?;
            }
            writer.write_all(b"\t")?;
            writer.write_all(&condensed(field, limit))?;
            writer.write_all(b"\n")?;
        }
    }
    Ok(writer.flush()?)
}

pub fn table(options: &Options) -> Outcome {
    let limit = options.number("condense")?;
    let path = options.operands.first().map(String::as_str);
    let mut reader = options.builder(path)?.has_headers(false).from_reader(open(path)?);
    let output = BufWriter::new(crate::file::writer(options.value("output"))?);
    let aligned = TabWriter::new(output)
        .minwidth(options.number("width")?.unwrap_or(2))
        .padding(options.number("pad")?.unwrap_or(2));
    let mut writer = WriterBuilder::new().delimiter(b'\t').from_writer(aligned);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_record(record.iter().map(|field| condensed(field, limit)))?;
    }
    Ok(writer.flush()?)
}
