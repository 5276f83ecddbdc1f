//! `Content`: the bytes of a whole file, shared until somebody writes. Owns the choice of who holds them.

use std::fmt;
use std::sync::Arc;

use crate::Errno;

/// The bytes of a whole file. A clone shares them; the first write to shared bytes copies them.
#[derive(Clone)]
pub struct Content(Bytes);

#[derive(Clone)]
enum Bytes {
    /// Part of the program: never freed, so nobody is charged for it.
    Static(&'static [u8]),
    /// The embedder's, perhaps shared by many file systems: not charged either.
    Shared(Arc<[u8]>),
    /// The file system's own. One count means that it may be written in place.
    Owned(Arc<Vec<u8>>),
}

/// Above this size a growing file is given this much more at a time instead of twice its size, so that what
/// is allocated stays close to what is charged.
const GROWTH_BYTES_MAX: usize = 64 << 20;

impl Content {
    /// Bytes that are part of the program.
    #[must_use]
    pub const fn from_static(bytes: &'static [u8]) -> Content {
        Content(Bytes::Static(bytes))
    }

    /// Bytes that the embedder shares, with other file systems too.
    #[must_use]
    pub const fn shared(bytes: Arc<[u8]>) -> Content {
        Content(Bytes::Shared(bytes))
    }

    /// Bytes that are given away.
    #[must_use]
    pub fn owned(bytes: Vec<u8>) -> Content {
        Content(Bytes::Owned(Arc::new(bytes)))
    }

    /// All the bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Bytes::Static(bytes) => bytes,
            Bytes::Shared(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
        }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Copies bytes from `offset` into `buf`; the number copied is 0 at the end.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let Ok(offset) = usize::try_from(offset) else { return 0 };
        let Some(rest) = self.as_slice().get(offset..) else { return 0 };
        copy_some(rest, buf)
    }

    /// Whether the bytes are the file system's own, and so count against its limit.
    pub(crate) fn is_own(&self) -> bool {
        match &self.0 {
            Bytes::Static(_) | Bytes::Shared(_) => false,
            Bytes::Owned(_) => true,
        }
    }

    /// The bytes as a vector that may be written in place, with room for `len` bytes in all.
    ///
    /// `ENOSPC`: the memory was refused; nothing has changed.
    pub(crate) fn to_mut(&mut self, len: usize) -> Result<&mut Vec<u8>, Errno> {
        let in_place = match &mut self.0 {
            Bytes::Static(_) | Bytes::Shared(_) => false,
            Bytes::Owned(bytes) => Arc::get_mut(bytes).is_some(),
        };
        if !in_place {
            let mut copy = Vec::new();
            copy.try_reserve_exact(len.max(self.len())).map_err(|_| Errno::NoSpc)?;
            copy.extend_from_slice(self.as_slice());
            self.0 = Bytes::Owned(Arc::new(copy));
        }
        match &mut self.0 {
            Bytes::Owned(bytes) => {
                let bytes = Arc::get_mut(bytes).ok_or(Errno::NoSpc)?;
                grow(bytes, len)?;
                Ok(bytes)
            }
            Bytes::Static(_) | Bytes::Shared(_) => Err(Errno::NoSpc),
        }
    }

    /// Cuts the bytes down to `len`, copying no more than what is left.
    ///
    /// `ENOSPC`: the memory for a shared file's copy was refused.
    pub(crate) fn truncate(&mut self, len: usize) -> Result<(), Errno> {
        if len >= self.len() {
            return Ok(());
        }
        if let Bytes::Owned(bytes) = &mut self.0
            && let Some(bytes) = Arc::get_mut(bytes)
        {
            bytes.truncate(len);
            // Memory that is no longer charged must not stay allocated.
            if bytes.capacity() / 2 > len {
                bytes.shrink_to_fit();
            }
            return Ok(());
        }
        let mut copy = Vec::new();
        copy.try_reserve_exact(len).map_err(|_| Errno::NoSpc)?;
        copy.extend_from_slice(self.as_slice().get(..len).unwrap_or_default());
        *self = Content::owned(copy);
        Ok(())
    }
}

/// Makes room for `len` bytes in all: twice as much as before, until the file is large.
fn grow(bytes: &mut Vec<u8>, len: usize) -> Result<(), Errno> {
    if len <= bytes.capacity() {
        return Ok(());
    }
    let generous = bytes.capacity().saturating_add(bytes.capacity().min(GROWTH_BYTES_MAX));
    let more = |to: usize| to.saturating_sub(bytes.len());
    let (generous, needed) = (more(generous.max(len)), more(len));
    if bytes.try_reserve_exact(generous).is_ok() {
        return Ok(());
    }
    bytes.try_reserve_exact(needed).map_err(|_| Errno::NoSpc)
}

/// Copies as much of `from` as fits into `to`.
pub(crate) fn copy_some(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..count), to.get_mut(..count)) {
        to.copy_from_slice(from);
    }
    count
}

impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Content({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn a_write_to_shared_bytes_leaves_the_other_holder_alone() {
        let mut one = Content::owned(b"abc".to_vec());
        let other = one.clone();
        one.to_mut(4).unwrap().push(b'd');
        assert_eq!((one.as_slice(), other.as_slice()), (&b"abcd"[..], &b"abc"[..]));
    }

    #[test]
    fn a_cut_gives_memory_back() {
        let mut content = Content::owned(vec![1; 1 << 20]);
        content.truncate(10).unwrap();
        assert!(content.to_mut(10).unwrap().capacity() < 1024);
    }

    #[test]
    fn a_cut_of_static_bytes_copies_only_what_is_left() {
        let mut content = Content::from_static(b"abcdef");
        content.truncate(2).unwrap();
        assert_eq!(content.as_slice(), b"ab");
        assert!(content.is_own());
    }
}
