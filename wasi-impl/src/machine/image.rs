//! A program's memory image: what its memory holds when it begins, in sections of ours instead of data segments.
//!
//! wasmi copies every data segment of a module and then copies it again into each instance. The image of an
//! interpreter that was prepared at build time has tens of megabytes; here it is copied once, from the program's file.
//! ABI.md describes the sections. Owns their format and where they go; what wrote them is `guests/snapshot`'s.

use std::ops::Range;

use wasmsand_vfs::{Content, Errno};

use super::rewrite;

/// The names of the sections: what is there from the beginning, and what a program must ask for.
const HOT: &[u8] = b"wasmsand.image";
const COLD: &[u8] = b"wasmsand.image.cold";

/// The number of a custom section.
const CUSTOM_SECTION: u8 = 0;

/// A program's image: sections of its file.
#[derive(Debug)]
pub(crate) struct Image {
    content: Content,
    hot: Option<Range<usize>>,
    cold: Option<Range<usize>>,
}

impl Image {
    /// The image in a module, if it has one.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn of(content: &Content) -> Result<Option<Image>, String> {
        let bytes = content.as_slice();
        let mut image = Image { content: content.clone(), hot: None, cold: None };
        // A module that is not laid out as the format says is refused by the engine, in its words.
        for section in rewrite::sections(bytes).flatten().filter(|section| section.id == CUSTOM_SECTION) {
            let Some((name, start)) = name(bytes, &section.content) else { continue };
            let place = match name {
                HOT => &mut image.hot,
                COLD => &mut image.cold,
                _ => continue,
            };
            let pieces = start..section.content.end;
            if !Pieces::of(bytes, &pieces).all(|piece| piece.is_some()) {
                return Err(format!("has a malformed section `{}'", name.escape_ascii()));
            }
            if place.replace(pieces).is_some() {
                return Err(format!("has two sections `{}'", name.escape_ascii()));
            }
        }
        Ok((image.hot.is_some() || image.cold.is_some()).then_some(image))
    }

    /// Writes what is there from the beginning. `Fault`: the memory is too small for it.
    pub(super) fn place(&self, memory: &mut [u8]) -> Result<(), Errno> {
        self.put(self.hot.as_ref(), memory)
    }

    /// Writes what has to be asked for. `Fault`, as above.
    pub(super) fn fetch(&self, memory: &mut [u8]) -> Result<(), Errno> {
        self.put(self.cold.as_ref(), memory)
    }

    /// Bytes that [`Image::fetch`] reads.
    pub(super) fn cold_bytes(&self) -> usize {
        self.cold.as_ref().map_or(0, ExactSizeIterator::len)
    }

    fn put(&self, pieces: Option<&Range<usize>>, memory: &mut [u8]) -> Result<(), Errno> {
        let Some(pieces) = pieces else { return Ok(()) };
        for piece in Pieces::of(self.content.as_slice(), pieces) {
            let (address, bytes) = piece.ok_or(Errno::Fault)?;
            let end = address.checked_add(bytes.len()).ok_or(Errno::Fault)?;
            memory.get_mut(address..end).ok_or(Errno::Fault)?.copy_from_slice(bytes);
        }
        Ok(())
    }
}

/// The pieces of a section: an address in memory and the bytes for it. Absent, and the last, is one that is cut off.
struct Pieces<'a>(&'a [u8]);

impl<'a> Pieces<'a> {
    fn of(bytes: &'a [u8], section: &Range<usize>) -> Pieces<'a> {
        Pieces(bytes.get(section.clone()).unwrap_or_default())
    }

    /// Takes a number of 32 bits off the front.
    fn number(&mut self) -> Option<usize> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    }

    fn piece(&mut self) -> Option<(usize, &'a [u8])> {
        let (address, length) = (self.number()?, self.number()?);
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((address, bytes))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Option<(usize, &'a [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let piece = self.piece();
        if piece.is_none() {
            self.0 = &[];
        }
        Some(piece)
    }
}

/// The name of a custom section, and where what it names begins.
fn name<'a>(bytes: &'a [u8], content: &Range<usize>) -> Option<(&'a [u8], usize)> {
    let (length, start) = rewrite::number(bytes, content.start)?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (end <= content.end).then_some((bytes.get(start..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one section of this name.
    fn module(name: &str, section: &[u8]) -> Content {
        let text: String = section.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let text = format!(r#"(module (memory 1) (@custom "{name}" "{text}"))"#);
        Content::shared(wat::parse_str(text).unwrap().into())
    }

    /// Two pieces: two bytes at 1, one at 5.
    const PIECES: [u8; 19] = [1, 0, 0, 0, 2, 0, 0, 0, 7, 8, 5, 0, 0, 0, 1, 0, 0, 0, 9];

    #[test]
    fn the_pieces_go_where_they_belong() {
        let mut memory = [0; 8];
        let image = Image::of(&module("wasmsand.image", &PIECES)).unwrap().unwrap();
        image.fetch(&mut memory).unwrap();
        assert_eq!(memory, [0; 8]);
        image.place(&mut memory).unwrap();
        assert_eq!(memory, [0, 7, 8, 0, 0, 9, 0, 0]);
        let image = Image::of(&module("wasmsand.image.cold", &PIECES)).unwrap().unwrap();
        memory = [0; 8];
        image.place(&mut memory).unwrap();
        assert_eq!(memory, [0; 8]);
        image.fetch(&mut memory).unwrap();
        assert_eq!(memory, [0, 7, 8, 0, 0, 9, 0, 0]);
    }

    #[test]
    fn a_memory_that_is_too_small_is_a_fault() {
        let image = Image::of(&module("wasmsand.image", &PIECES)).unwrap().unwrap();
        assert_eq!(image.place(&mut [0; 5]), Err(Errno::Fault));
    }

    #[test]
    fn every_cut_but_that_between_two_pieces_is_malformed() {
        for length in 1..PIECES.len() {
            let read = Image::of(&module("wasmsand.image", &PIECES[..length]));
            assert_eq!(read.is_ok(), length == 10, "{length}");
        }
        let words = Image::of(&module("wasmsand.image", &[1])).unwrap_err();
        assert_eq!(words, "has a malformed section `wasmsand.image'");
    }

    #[test]
    fn other_sections_and_what_is_no_module_have_no_image() {
        for content in [module("name", &[0, 1]), Content::from_static(b"\0asm\x01\0\0\0\x00\xff")] {
            assert!(Image::of(&content).unwrap().is_none());
        }
    }
}
