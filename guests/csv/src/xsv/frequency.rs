//! `frequency`: how often each column has each value.

use std::collections::HashMap;

use csv::ByteRecord;

use super::Outcome;
use super::columns;
use super::options::Options;

pub fn run(options: &Options) -> Outcome {
    let limit = options.number("limit")?.unwrap_or(10);
    let mut reader = options.reader(0)?;
    let (headers, mut indices) =
        columns::chosen(options, &mut reader, options.value("select").unwrap_or(""))?;
    let names: Vec<Vec<u8>> =
        indices.iter().filter_map(|index| headers.get(*index)).map(<[u8]>::to_vec).collect();
    // Values are counted in the order of the columns, each once, whatever the order of the selection.
    indices.sort_unstable();
    indices.dedup();
    // The place of a value is where it was seen first.
    let mut tables: Vec<HashMap<Vec<u8>, (usize, u64)>> = indices.iter().map(|_| HashMap::new()).collect();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        for (table, index) in tables.iter_mut().zip(&indices) {
            let field = trimmed(record.get(*index).unwrap_or_default());
            if field.is_empty() && options.has("no-nulls") {
                continue;
            }
            let place = table.len();
            table.entry(field.to_vec()).or_insert((place, 0)).1 += 1;
        }
    }
    let mut writer = options.writer()?;
    writer.write_record(["field", "value", "count"])?;
    for (number, (name, table)) in names.iter().zip(&tables).enumerate() {
        let name = if options.has_headers() { name.clone() } else { (number + 1).to_string().into_bytes() };
        let mut counts: Vec<(&Vec<u8>, &(usize, u64))> = table.iter().collect();
        counts.sort_by_key(|(_, (place, count))| {
            (if options.has("asc") { *count } else { u64::MAX - count }, *place)
        });
        if limit > 0 {
            counts.truncate(limit);
        }
        for (value, (_, count)) in counts {
            let value: &[u8] = if value.is_empty() { b"(NULL)" } else { value };
            writer.write_record([&name, value, count.to_string().as_bytes()])?;
        }
    }
    Ok(writer.flush()?)
}

/// A field without blanks around, where it is text.
fn trimmed(field: &[u8]) -> &[u8] {
    std::str::from_utf8(field).map_or(field, |text| text.trim().as_bytes())
}
