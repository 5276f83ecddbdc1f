//! `Body`: the bytes of a regular file: a contiguous head, then blocks with holes between them. Owns sparseness.
//!
//! A file without holes is only a head, shared with others until it is written. Blocks come in when a write
//! leaves a gap too large to fill with zeros, so that a hole costs nothing, however long it is.
//! Kept true: the head is not longer than the file, no block lies wholly before the head's end or behind the
//! file's, and the bytes of the last block behind the end of the file are zeros.

use std::sync::Arc;

use crate::Errno;
use crate::content::{Content, copy_some};
use crate::trie::Trie;

/// The size of a block.
const BLOCK_BYTES: usize = 4096;

/// A gap smaller than this is filled with zeros; a larger one becomes a hole.
const HOLE_BYTES_MIN: u64 = 64 << 10;

type Block = [u8; BLOCK_BYTES];

/// The bytes of a regular file.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    head: Content,
    blocks: Trie<Arc<Block>>,
    len: u64,
}

impl Body {
    pub(crate) fn new(content: Content) -> Body {
        let len = bytes(content.len());
        Body { head: content, blocks: Trie::default(), len }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The length that the limit of a file is about. What the embedder lent counts nothing until it is written to.
    pub(crate) fn limited_len(&self) -> u64 {
        if self.head.is_own() || !self.blocks.is_empty() { self.len } else { 0 }
    }

    /// The bytes that count against the limit of the file system.
    pub(crate) fn charge(&self) -> u64 {
        let head = if self.head.is_own() { self.head_len() } else { 0 };
        head.saturating_add(block_bytes(self.blocks.len()))
    }

    /// The bytes that are there, holes left out.
    pub(crate) fn allocated(&self) -> u64 {
        self.head_len().saturating_add(block_bytes(self.blocks.len()))
    }

    /// Copies bytes from `offset` into `buf`, zeros for holes; less than `buf` only at the end.
    pub(crate) fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let left = self.len.saturating_sub(offset);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..count) else { return 0 };
        let mut done = self.head.read_at(offset, buf);
        while let Some(rest) = buf.get_mut(done..)
            && !rest.is_empty()
        {
            let (index, within) = locate(offset.saturating_add(bytes(done)));
            let step = rest.len().min(BLOCK_BYTES.saturating_sub(within));
            let Some(part) = rest.get_mut(..step) else { break };
            match self.blocks.get(index).and_then(|block| block.get(within..)) {
                Some(from) => copy_some(from, part),
                None => {
                    part.fill(0);
                    step
                }
            };
            done = done.saturating_add(step);
        }
        count
    }

    /// Where the bytes are that are there: offsets and lengths, ascending, some touching.
    pub(crate) fn extents(&self) -> impl Iterator<Item = (u64, u64)> {
        let head = Some((0, self.head_len())).filter(|(_, bytes)| *bytes > 0);
        let blocks = self.blocks.iter().map(|(index, _)| {
            let offset = index.saturating_mul(bytes(BLOCK_BYTES));
            let start = offset.max(self.head_len());
            (start, offset.saturating_add(bytes(BLOCK_BYTES)).min(self.len).saturating_sub(start))
        });
        head.into_iter().chain(blocks)
    }

    /// The most by which writing (or allocating) `len` bytes at `offset` can raise the charge.
    pub(crate) fn cost_of_write(&self, offset: u64, len: u64) -> u64 {
        if len == 0 {
            return 0;
        }
        let end = offset.saturating_add(len);
        let head = self.head_len();
        let copied = if self.head.is_own() || offset > head { 0 } else { head };
        if self.head_takes(offset) {
            let copied = if self.head.is_own() { 0 } else { head };
            return copied.saturating_add(end.saturating_sub(head));
        }
        if end <= head {
            return copied;
        }
        let start = offset.max(head);
        copied.saturating_add(self.cost_of_blocks(start, end.saturating_sub(start)))
    }

    /// What the blocks cost that `len` bytes at `offset` need and that are not there.
    fn cost_of_blocks(&self, offset: u64, len: u64) -> u64 {
        let (first, _) = locate(offset);
        let (last, _) = locate(offset.saturating_add(len).saturating_sub(1));
        let needed = last.saturating_sub(first).saturating_add(1);
        let wanted = needed.saturating_sub(self.blocks_within(first, last));
        wanted.saturating_mul(bytes(BLOCK_BYTES))
    }

    /// Writes all of `data` at `offset`; a gap before it becomes zeros or a hole.
    ///
    /// `ENOSPC`: the memory was refused; nothing has changed.
    pub(crate) fn write_at(&mut self, offset: u64, data: &[u8]) -> Result<(), Errno> {
        if data.is_empty() {
            return Ok(());
        }
        let end = offset.saturating_add(bytes(data.len()));
        if self.head_takes(offset) {
            let head = self.head.to_mut(index(end.max(self.head_len()))?)?;
            overwrite(head, index(offset)?, data);
        } else {
            let in_head = index(self.head_len().saturating_sub(offset).min(bytes(data.len())))?;
            let (first, rest) = data.split_at_checked(in_head).unwrap_or((data, &[]));
            if !first.is_empty() {
                let head = self.head.to_mut(self.head.len())?;
                overwrite(head, index(offset)?, first);
            }
            self.write_blocks(offset.saturating_add(bytes(first.len())), rest);
        }
        self.len = self.len.max(end);
        Ok(())
    }

    /// As [`Body::write_at`], but what lies apart from the head stays apart from it, however close.
    pub(crate) fn write_extent(&mut self, offset: u64, data: &[u8]) -> Result<(), Errno> {
        if offset <= self.head_len() {
            return self.write_at(offset, data);
        }
        self.write_blocks(offset, data);
        self.len = self.len.max(offset.saturating_add(bytes(data.len())));
        Ok(())
    }

    /// The most by which [`Body::write_extent`] can raise the charge.
    pub(crate) fn cost_of_extent(&self, offset: u64, len: u64) -> u64 {
        if offset <= self.head_len() {
            self.cost_of_write(offset, len)
        } else {
            self.cost_of_blocks(offset, len)
        }
    }

    /// Cuts the file, or extends it with a hole.
    ///
    /// `ENOSPC`: a shared file is cut and the memory for its copy was refused; nothing has changed.
    pub(crate) fn set_len(&mut self, len: u64) -> Result<(), Errno> {
        if len < self.head_len() {
            self.head.truncate(index(len)?)?;
        }
        if len < self.len {
            self.cut_blocks(len);
        }
        self.len = len;
        Ok(())
    }

    /// What cutting to `len` can raise the charge by: a shared head is copied.
    pub(crate) fn cost_of_len(&self, len: u64) -> u64 {
        if len < self.head_len() && !self.head.is_own() { len } else { 0 }
    }

    /// Makes sure that a later write into the range finds memory; the file grows to hold it.
    ///
    /// `ENOSPC`: the memory was refused; nothing has changed.
    pub(crate) fn allocate(&mut self, offset: u64, len: u64) -> Result<(), Errno> {
        let end = offset.saturating_add(len);
        if self.head_takes(offset) {
            let to = index(end)?;
            if to > self.head.len() {
                self.head.to_mut(to)?.resize(to, 0);
            }
        } else if end > self.head_len() {
            let (first, _) = locate(offset.max(self.head_len()));
            let (last, _) = locate(end.saturating_sub(1));
            for index in first..=last {
                if self.blocks.get(index).is_none() {
                    self.blocks.insert(index, Arc::new([0; BLOCK_BYTES]));
                }
            }
        }
        self.len = self.len.max(end);
        Ok(())
    }

    /// The whole file as one piece: shared when there is no hole, else copied with the holes filled in.
    ///
    /// `ENOMEM`: the copy would be longer than `bytes_max`, or the memory was refused.
    pub(crate) fn content(&self, bytes_max: u64) -> Result<Content, Errno> {
        if self.head_len() == self.len {
            return Ok(self.head.clone());
        }
        if self.len > bytes_max {
            return Err(Errno::NoMem);
        }
        let len = usize::try_from(self.len).map_err(|_| Errno::NoMem)?;
        let mut whole = Vec::new();
        whole.try_reserve_exact(len).map_err(|_| Errno::NoMem)?;
        whole.resize(len, 0);
        self.read_at(0, &mut whole);
        Ok(Content::owned(whole))
    }

    /// What is wrong with the representation, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        if self.head_len() > self.len {
            return Some("the head is longer than the file");
        }
        for (index, block) in self.blocks.iter() {
            let start = index.saturating_mul(bytes(BLOCK_BYTES));
            if start >= self.len {
                return Some("a block lies behind the end of the file");
            }
            if start.saturating_add(bytes(BLOCK_BYTES)) <= self.head_len() {
                return Some("a block lies inside the head");
            }
            let used = usize::try_from(self.len.saturating_sub(start)).unwrap_or(usize::MAX).min(BLOCK_BYTES);
            if block.get(used..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0)) {
                return Some("bytes behind the end of the file are not zeros");
            }
        }
        None
    }

    fn head_len(&self) -> u64 {
        bytes(self.head.len())
    }

    /// Whether a write at `offset` extends the head rather than making or filling blocks.
    fn head_takes(&self, offset: u64) -> bool {
        self.blocks.is_empty() && offset.saturating_sub(self.head_len()) < HOLE_BYTES_MIN
    }

    /// How many of the blocks from `first` to `last` are there.
    fn blocks_within(&self, first: u64, last: u64) -> u64 {
        let mut count: u64 = 0;
        let mut from = first;
        while let Some((index, _)) = self.blocks.first_from(from).filter(|(index, _)| *index <= last) {
            count = count.saturating_add(1);
            from = index.saturating_add(1);
        }
        count
    }

    fn write_blocks(&mut self, mut offset: u64, mut data: &[u8]) {
        while !data.is_empty() {
            let (index, within) = locate(offset);
            if self.blocks.get(index).is_none() {
                self.blocks.insert(index, Arc::new([0; BLOCK_BYTES]));
            }
            let Some(block) = self.blocks.get_mut(index) else { return };
            let step = match Arc::make_mut(block).get_mut(within..) {
                Some(to) => copy_some(data, to),
                None => return,
            };
            data = data.get(step..).unwrap_or_default();
            offset = offset.saturating_add(bytes(step));
        }
    }

    /// Drops the blocks behind `len`, and clears the rest of the block that `len` cuts.
    fn cut_blocks(&mut self, len: u64) {
        let (index, within) = locate(len);
        let first_gone = if within == 0 { index } else { index.saturating_add(1) };
        self.blocks.cut(if len <= self.head_len() { 0 } else { first_gone });
        if within != 0
            && let Some(block) = self.blocks.get_mut(index)
            && let Some(rest) = Arc::make_mut(block).get_mut(within..)
        {
            rest.fill(0);
        }
    }
}

/// Copies `data` over `head` at `offset`, extending it (with zeros first) where it is too short.
fn overwrite(head: &mut Vec<u8>, offset: usize, data: &[u8]) {
    if head.len() < offset {
        head.resize(offset, 0);
    }
    let inside = match head.get_mut(offset..) {
        Some(to) => copy_some(data, to),
        None => 0,
    };
    head.extend_from_slice(data.get(inside..).unwrap_or_default());
}

/// The block that holds `offset`, and the place within it.
fn locate(offset: u64) -> (u64, usize) {
    let size = bytes(BLOCK_BYTES);
    (offset / size, usize::try_from(offset % size).unwrap_or(0))
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn block_bytes(count: usize) -> u64 {
    bytes(count).saturating_mul(bytes(BLOCK_BYTES))
}

/// A length that must be addressable here (`ENOSPC` on a 32-bit host where it is not).
fn index(len: u64) -> Result<usize, Errno> {
    usize::try_from(len).map_err(|_| Errno::NoSpc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: &[u8]) -> Body {
        Body::new(Content::owned(bytes.to_vec()))
    }

    #[test]
    fn a_far_write_costs_one_block() {
        let mut file = body(b"abc");
        assert_eq!(file.cost_of_write(1 << 40, 3), 4096);
        file.write_at(1 << 40, b"xyz").unwrap();
        assert_eq!((file.len(), file.charge()), ((1 << 40) + 3, 3 + 4096));
        let mut buf = [9; 6];
        assert_eq!(file.read_at(1, &mut buf), 6);
        assert_eq!(&buf, b"bc\0\0\0\0");
        assert_eq!(file.read_at((1 << 40) - 1, &mut buf), 4);
        assert_eq!(&buf, b"\0xyz\0\0");
        assert!(file.content(1 << 30).is_err());
    }

    #[test]
    fn a_small_gap_is_filled() {
        let mut file = body(b"abc");
        file.write_at(5, b"x").unwrap();
        assert_eq!(file.content(100).unwrap().as_slice(), b"abc\0\0x");
        assert_eq!(file.charge(), 6);
    }

    #[test]
    fn a_write_across_the_head_and_a_block_is_whole() {
        let mut file = body(b"abc");
        file.write_at(100_000, b"far").unwrap();
        file.write_at(1, &[7; 5000]).unwrap();
        let mut buf = [0; 5002];
        file.read_at(0, &mut buf);
        assert_eq!(buf[0], b'a');
        assert_eq!(buf[1..5001], [7; 5000]);
        assert_eq!(buf[5001], 0);
        assert_eq!(file.flaw(), None);
    }

    #[test]
    fn what_was_cut_reads_as_zeros_when_the_file_grows_again() {
        let mut file = body(b"");
        file.write_at(100_000, &[1; 9000]).unwrap();
        file.set_len(100_010).unwrap();
        file.set_len(200_000).unwrap();
        let mut buf = [9; 20];
        file.read_at(100_000, &mut buf);
        assert_eq!(buf, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(file.flaw(), None);
    }

    #[test]
    fn extending_is_free_and_allocating_is_not() {
        let mut file = body(b"");
        file.set_len(1 << 40).unwrap();
        assert_eq!(file.charge(), 0);
        file.allocate(1 << 30, 10_000).unwrap();
        assert_eq!((file.len(), file.charge()), (1 << 40, 3 * 4096));
    }
}
