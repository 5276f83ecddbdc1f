//! A module rewritten before wasmi sees it: its start section becomes an export, which the guest calls first, because
//! what wasmi runs while it instantiates cannot be suspended: neither Ctrl-C nor another process would get a turn.

use std::ops::Range;

use bstr::ByteSlice;

/// Bytes before the first section: the magic number and the version.
const HEADER_BYTES: usize = 8;

/// The numbers of sections that are touched here.
const EXPORT_SECTION: u8 = 7;
const START_SECTION: u8 = 8;

/// A module in which the start section is an export.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// The module.
    pub(super) bytes: Vec<u8>,
    /// Under which name it exports its start function.
    pub(super) start: String,
}

/// One section: its number, where it lies as a whole, and where its content does.
struct Section {
    id: u8,
    whole: Range<usize>,
    content: Range<usize>,
}

/// Makes the start section of a well-formed module an export of function `start`; absent when the module is not laid
/// out as the format says.
pub(super) fn start_as_export(bytes: &[u8], start: u32) -> Option<Rewritten> {
    let sections = sections(bytes)?;
    let name = unused_name(bytes);
    let mut export = Vec::new();
    put_number(&mut export, u32::try_from(name.len()).ok()?);
    export.extend_from_slice(name.as_bytes());
    // Zero: a function.
    export.push(0);
    put_number(&mut export, start);
    let mut rewritten = Vec::with_capacity(bytes.len().checked_add(export.len())?.checked_add(32)?);
    rewritten.extend_from_slice(bytes.get(..HEADER_BYTES)?);
    let has_exports = sections.iter().any(|section| section.id == EXPORT_SECTION);
    for section in &sections {
        match section.id {
            EXPORT_SECTION => {
                let content = bytes.get(section.content.clone())?;
                let (count, at) = number(content, 0)?;
                let mut exports = Vec::with_capacity(content.len().checked_add(export.len())?);
                put_number(&mut exports, count.checked_add(1)?);
                exports.extend_from_slice(content.get(at..)?);
                exports.extend_from_slice(&export);
                put_section(&mut rewritten, EXPORT_SECTION, &exports)?;
            }
            START_SECTION if has_exports => {}
            // Exports come right before the start section.
            START_SECTION => {
                put_section(&mut rewritten, EXPORT_SECTION, &[&[1], export.as_slice()].concat())?
            }
            _ => rewritten.extend_from_slice(bytes.get(section.whole.clone())?),
        }
    }
    Some(Rewritten { bytes: rewritten, start: name })
}

/// A name that occurs nowhere in the module, and so is no export of it.
fn unused_name(bytes: &[u8]) -> String {
    let mut name = "wasmsand:start".to_owned();
    while bytes.contains_str(&name) {
        name.push('\'');
    }
    name
}

fn sections(bytes: &[u8]) -> Option<Vec<Section>> {
    let mut sections = Vec::new();
    let mut at = HEADER_BYTES;
    while at < bytes.len() {
        let id = *bytes.get(at)?;
        let (length, content) = number(bytes, at.checked_add(1)?)?;
        let end = content.checked_add(usize::try_from(length).ok()?)?;
        bytes.get(content..end)?;
        sections.push(Section { id, whole: at..end, content: content..end });
        at = end;
    }
    Some(sections)
}

/// An unsigned LEB128 number of 32 bits, and where the bytes after it begin.
fn number(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut value: u32 = 0;
    for i in 0..5_usize {
        let position = at.checked_add(i)?;
        let byte = *bytes.get(position)?;
        let part = u32::from(byte & 0x7f);
        value |= part.checked_shl(u32::try_from(i).ok()?.checked_mul(7)?)?;
        if byte & 0x80 == 0 {
            return Some((value, position.checked_add(1)?));
        }
    }
    None
}

fn put_number(bytes: &mut Vec<u8>, value: u32) {
    let mut rest = value;
    loop {
        let byte = rest.to_le_bytes()[0] & 0x7f;
        rest >>= 7;
        if rest == 0 {
            return bytes.push(byte);
        }
        bytes.push(byte | 0x80);
    }
}

fn put_section(bytes: &mut Vec<u8>, id: u8, content: &[u8]) -> Option<()> {
    bytes.push(id);
    put_number(bytes, u32::try_from(content.len()).ok()?);
    bytes.extend_from_slice(content);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exports(bytes: &[u8]) -> Vec<String> {
        let module = wasmi::Module::new(&wasmi::Engine::default(), bytes).unwrap();
        module.exports().map(|export| export.name().to_owned()).collect()
    }

    #[test]
    fn the_start_function_becomes_the_last_export() {
        for (text, expected) in [
            ("(module (func) (start 0))", vec!["wasmsand:start"]),
            (
                r#"(module (func) (func (export "a") (export "b")) (start 0))"#,
                vec!["a", "b", "wasmsand:start"],
            ),
            (
                r#"(module (func (export "wasmsand:start")) (start 0))"#,
                vec!["wasmsand:start", "wasmsand:start'"],
            ),
        ] {
            let rewritten = start_as_export(&wat::parse_str(text).unwrap(), 0).unwrap();
            assert_eq!(exports(&rewritten.bytes), expected, "{text}");
            assert_eq!(Some(&rewritten.start.as_str()), expected.last());
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 1, 127, 128, 300, 65_535, u32::MAX] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            assert_eq!(number(&bytes, 0), Some((value, bytes.len())));
        }
        assert_eq!(number(&[0x80], 0), None);
    }
}
