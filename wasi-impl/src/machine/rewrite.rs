//! A module rewritten before wasmi sees it. Owns the way in which things are added to one: behind what is there, so
//! that no index changes.
//!
//! The start section becomes an export, which the guest calls first, because what wasmi runs while it instantiates
//! cannot be suspended: neither Ctrl-C nor another process would get a turn.

use std::ops::Range;

use bstr::ByteSlice;

/// Bytes before the first section: the magic number and the version.
const HEADER_BYTES: usize = 8;

/// The numbers of the sections that are touched.
pub(super) const TYPE_SECTION: u8 = 1;
pub(super) const MEMORY_SECTION: u8 = 5;
pub(super) const GLOBAL_SECTION: u8 = 6;
const EXPORT_SECTION: u8 = 7;
const START_SECTION: u8 = 8;
pub(super) const CODE_SECTION: u8 = 10;

/// The order in which the format wants sections.
const ORDER: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/// What an export is of.
pub(super) const FUNCTION: u8 = 0;
pub(super) const MEMORY: u8 = 2;
pub(super) const GLOBAL: u8 = 3;

/// Things to be added to a module.
#[derive(Debug, Default)]
pub(super) struct Additions {
    /// Entries of sections that are lists, by the section's number.
    entries: Vec<(u8, Vec<u8>)>,
    /// The code section's new content.
    pub(super) code: Option<Vec<u8>>,
}

impl Additions {
    /// An entry at the end of a section's list.
    pub(super) fn add(&mut self, section: u8, entry: Vec<u8>) {
        self.entries.push((section, entry));
    }

    /// An export.
    pub(super) fn export(&mut self, name: &str, what: u8, index: u32) {
        let mut entry = Vec::new();
        // A name of ours has a few bytes.
        put_number(&mut entry, u32::try_from(name.len()).unwrap_or(u32::MAX));
        entry.extend_from_slice(name.as_bytes());
        entry.push(what);
        put_number(&mut entry, index);
        self.add(EXPORT_SECTION, entry);
    }

    /// The start function as an export.
    pub(super) fn start(&mut self, name: &str, function: u32) {
        self.export(name, FUNCTION, function);
    }

    /// The module with the additions, and without its start section if its function is exported; absent when it is
    /// not laid out as the format says.
    pub(super) fn put_into(&self, bytes: &[u8], drop_start: bool) -> Option<Vec<u8>> {
        let mut rewritten = Vec::with_capacity(bytes.len().checked_add(bytes.len() / 8)?);
        rewritten.extend_from_slice(bytes.get(..HEADER_BYTES)?);
        // Sections to be made, because there is none to add to, in their order.
        let is_there = |id: u8| sections(bytes).flatten().any(|section| section.id == id);
        let mut missing = ORDER.iter().copied().filter(|id| self.count(*id) > 0 && !is_there(*id)).peekable();
        for section in sections(bytes) {
            let section = section?;
            while let Some(id) = missing.next_if(|id| section.id != 0 && rank(*id) < rank(section.id)) {
                // A list that was not there has no entries yet.
                self.put_list(&mut rewritten, id, 0, &[])?;
            }
            let content = bytes.get(section.content.clone())?;
            match (section.id, &self.code) {
                (START_SECTION, _) if drop_start => {}
                (CODE_SECTION, Some(code)) => put_section(&mut rewritten, CODE_SECTION, code)?,
                (id, _) if self.count(id) > 0 => {
                    let (count, at) = number(content, 0)?;
                    self.put_list(&mut rewritten, id, count, content.get(at..)?)?;
                }
                _ => rewritten.extend_from_slice(bytes.get(section.whole.clone())?),
            }
        }
        for id in missing {
            self.put_list(&mut rewritten, id, 0, &[])?;
        }
        Some(rewritten)
    }

    fn count(&self, section: u8) -> usize {
        self.entries.iter().filter(|(id, _)| *id == section).count()
    }

    fn put_list(&self, bytes: &mut Vec<u8>, id: u8, count: u32, entries: &[u8]) -> Option<()> {
        let mut content = Vec::with_capacity(entries.len().checked_add(64)?);
        put_number(&mut content, count.checked_add(u32::try_from(self.count(id)).ok()?)?);
        content.extend_from_slice(entries);
        self.entries
            .iter()
            .filter(|(of, _)| *of == id)
            .for_each(|(_, entry)| content.extend_from_slice(entry));
        put_section(bytes, id, &content)
    }
}

fn rank(section: u8) -> usize {
    ORDER.iter().position(|id| *id == section).unwrap_or(ORDER.len())
}

/// One section: its number, where it lies as a whole, and where its content does.
pub(super) struct Section {
    pub(super) id: u8,
    whole: Range<usize>,
    pub(super) content: Range<usize>,
}

/// A name that occurs nowhere in the module, and so is no export of it.
pub(super) fn unused_name(bytes: &[u8], stem: &str) -> String {
    let mut name = stem.to_owned();
    while bytes.contains_str(&name) {
        name.push('\'');
    }
    name
}

/// The sections in their order, each read when it is asked for: a module may have millions. Absent, and the last, is
/// one that is not laid out as the format says.
pub(super) fn sections(bytes: &[u8]) -> impl Iterator<Item = Option<Section>> {
    let mut at = Some(HEADER_BYTES);
    std::iter::from_fn(move || {
        let start = at.filter(|at| *at < bytes.len())?;
        let section = section(bytes, start);
        at = section.as_ref().map(|section| section.whole.end);
        Some(section)
    })
}

fn section(bytes: &[u8], at: usize) -> Option<Section> {
    let id = *bytes.get(at)?;
    let (length, content) = number(bytes, at.checked_add(1)?)?;
    let end = content.checked_add(usize::try_from(length).ok()?)?;
    bytes.get(content..end)?;
    Some(Section { id, whole: at..end, content: content..end })
}

/// An unsigned LEB128 number of 32 bits, and where the bytes after it begin.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
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

/// Writes an unsigned LEB128 number.
pub(super) fn put_number(bytes: &mut Vec<u8>, value: u32) {
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
            let bytes = wat::parse_str(text).unwrap();
            let mut additions = Additions::default();
            additions.start(&unused_name(&bytes, "wasmsand:start"), 0);
            assert_eq!(exports(&additions.put_into(&bytes, true).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn sections_that_are_missing_are_made_in_their_place() {
        let memory = |additions: &mut Additions| additions.add(MEMORY_SECTION, vec![0, 1]);
        for text in [
            "(module)",
            "(module (func))",
            r#"(module (table 1 funcref) (func (export "f")))"#,
            r#"(module (global i32 (i32.const 1)) (func) (elem declare func 0) (@custom "x" "y"))"#,
        ] {
            let mut additions = Additions::default();
            memory(&mut additions);
            // A mutable i32 of zero.
            additions.add(GLOBAL_SECTION, vec![0x7f, 1, 0x41, 0, 0x0b]);
            additions.export("m", MEMORY, 0);
            let rewritten = additions.put_into(&wat::parse_str(text).unwrap(), false).unwrap();
            assert_eq!(exports(&rewritten).last().map(String::as_str), Some("m"), "{text}");
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
