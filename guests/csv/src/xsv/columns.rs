//! `select`: some columns, in the order in which they are named. And the selection of other subcommands.

use super::options::{Input, Options};
use super::select::{self, Selection};
use super::{Failure, Outcome};

/// The first record of a reader, and the indices of the columns of a selection.
pub fn chosen(
    options: &Options,
    reader: &mut Input,
    text: &str,
) -> Result<(csv::ByteRecord, Vec<usize>), Failure> {
    let selection = Selection::parse(text)?;
    let headers = reader.byte_headers()?.clone();
    let indices = selection.indices(&headers, options.has_headers())?;
    Ok((headers, indices))
}

pub fn select(options: &Options) -> Outcome {
    let selection = options.operands.first().map_or("", String::as_str);
    Selection::parse(selection)?;
    let mut reader = options.reader(1)?;
    let mut writer = options.writer()?;
    let (headers, indices) = chosen(options, &mut reader, selection)?;
    if options.has_headers() {
        writer.write_record(select::fields(&headers, &indices))?;
    }
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_record(select::fields(&record, &indices))?;
    }
    Ok(writer.flush()?)
}
