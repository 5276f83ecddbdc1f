//! `fixlengths`, `fmt`, `input`: records as they are, written or read in another way.

use csv::{ByteRecord, QuoteStyle, Terminator, WriterBuilder};

use super::options::{Input, Options, open};
use super::{Failure, Outcome};

/// A reader without headers of the first operand.
fn plain(options: &Options, flexible: bool) -> Result<Input, Failure> {
    let path = options.operands.first().map(String::as_str);
    let mut builder = options.builder(path)?;
    builder.has_headers(false).flexible(flexible);
    Ok(builder.from_reader(open(path)?))
}

pub fn fixlengths(options: &Options) -> Outcome {
    let length = match options.number("length")? {
        Some(0) => return Err("Length must be greater than 0.".into()),
        Some(length) => length,
        None => longest(options)?,
    };
    let mut reader = plain(options, true)?;
    let mut writer = options.writer()?;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        while record.len() < length {
            record.push_field(b"");
        }
        record.truncate(length);
        writer.write_byte_record(&record)?;
    }
    Ok(writer.flush()?)
}

/// The length of the longest record; empty fields at its end do not count.
fn longest(options: &Options) -> Result<usize, Failure> {
    if options.operands.first().is_none_or(|path| path == "-") {
        return Err("<stdin> cannot be used in this command. Please specify a file path.".into());
    }
    let mut reader = plain(options, true)?;
    let (mut longest, mut record) = (0, ByteRecord::new());
    while reader.read_byte_record(&mut record)? {
        let length = record.iter().rposition(|field| !field.is_empty()).map_or(1, |last| last + 1);
        longest = longest.max(length);
    }
    Ok(longest)
}

pub fn fmt(options: &Options) -> Outcome {
    let mut builder = WriterBuilder::new();
    builder.delimiter(options.byte("out-delimiter")?.unwrap_or(b','));
    builder.terminator(if options.has("crlf") { Terminator::CRLF } else { Terminator::Any(b'\n') });
    if options.has("ascii") {
        builder.delimiter(0x1f).terminator(Terminator::Any(0x1e));
    }
    if options.has("quote-always") {
        builder.quote_style(QuoteStyle::Always);
    }
    if let Some(escape) = options.byte("escape")? {
        builder.escape(escape).double_quote(false);
    }
    builder.quote(options.byte("quote")?.unwrap_or(b'"'));
    let mut reader = plain(options, false)?;
    let mut writer = builder.from_writer(crate::file::writer(options.value("output"))?);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_byte_record(&record)?;
    }
    Ok(writer.flush()?)
}

pub fn input(options: &Options) -> Outcome {
    let path = options.operands.first().map(String::as_str);
    let mut builder = options.builder(path)?;
    builder.has_headers(false).quote(options.byte("quote")?.unwrap_or(b'"'));
    if let Some(escape) = options.byte("escape")? {
        builder.escape(Some(escape)).double_quote(false);
    }
    builder.quoting(!options.has("no-quoting"));
    let mut reader = builder.from_reader(open(path)?);
    let mut writer = options.writer()?;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_byte_record(&record)?;
    }
    Ok(writer.flush()?)
}
