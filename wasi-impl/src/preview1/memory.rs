//! A guest's linear memory, as a call sees it: the only file that follows guest pointers.
//!
//! Every access is checked against the memory's length; what lies outside is `Fault`. Integers are little-endian and
//! may be unaligned.

use std::ops::Range;

use wasmsand_vfs::Errno;

/// Linear memory lent to one call.
pub struct Memory<'a> {
    bytes: &'a mut [u8],
}

/// A buffer in guest memory that was checked to lie inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Buffer(Range<usize>);

impl Buffer {
    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes its end away, if it is longer than this.
    pub(crate) fn cut(&mut self, length: usize) {
        self.0.end = self.0.end.min(self.0.start.saturating_add(length));
    }
}

impl<'a> Memory<'a> {
    /// Lends linear memory.
    pub fn new(bytes: &'a mut [u8]) -> Memory<'a> {
        Memory { bytes }
    }

    fn range(&self, pointer: u32, length: u32) -> Result<Range<usize>, Errno> {
        let start = usize::try_from(pointer).map_err(|_| Errno::Fault)?;
        let length = usize::try_from(length).map_err(|_| Errno::Fault)?;
        let end = start.checked_add(length).ok_or(Errno::Fault)?;
        if end > self.bytes.len() { Err(Errno::Fault) } else { Ok(start..end) }
    }

    /// The bytes of a buffer.
    pub(crate) fn slice(&self, pointer: u32, length: u32) -> Result<&[u8], Errno> {
        let range = self.range(pointer, length)?;
        self.bytes.get(range).ok_or(Errno::Fault)
    }

    /// The bytes of a buffer, to be written.
    pub(crate) fn slice_mut(&mut self, pointer: u32, length: u32) -> Result<&mut [u8], Errno> {
        let range = self.range(pointer, length)?;
        self.bytes.get_mut(range).ok_or(Errno::Fault)
    }

    /// The bytes of a checked buffer.
    pub(crate) fn buffer(&self, buffer: &Buffer) -> &[u8] {
        self.bytes.get(buffer.0.clone()).unwrap_or_default()
    }

    /// The bytes of a checked buffer, to be written.
    pub(crate) fn buffer_mut(&mut self, buffer: &Buffer) -> &mut [u8] {
        self.bytes.get_mut(buffer.0.clone()).unwrap_or_default()
    }

    fn array<const N: usize>(&self, pointer: u32) -> Result<[u8; N], Errno> {
        let length = u32::try_from(N).map_err(|_| Errno::Fault)?;
        self.slice(pointer, length)?.try_into().map_err(|_| Errno::Fault)
    }

    /// A byte.
    pub(crate) fn read_u8(&self, pointer: u32) -> Result<u8, Errno> {
        self.array::<1>(pointer).map(u8::from_le_bytes)
    }

    /// Two bytes.
    pub(crate) fn read_u16(&self, pointer: u32) -> Result<u16, Errno> {
        self.array(pointer).map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub(crate) fn read_u32(&self, pointer: u32) -> Result<u32, Errno> {
        self.array(pointer).map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub(crate) fn read_u64(&self, pointer: u32) -> Result<u64, Errno> {
        self.array(pointer).map(u64::from_le_bytes)
    }

    /// Copies bytes in.
    pub(crate) fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.slice_mut(pointer, length)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Four bytes.
    pub(crate) fn write_u32(&mut self, pointer: u32, value: u32) -> Result<(), Errno> {
        self.write(pointer, &value.to_le_bytes())
    }

    /// Eight bytes.
    pub(crate) fn write_u64(&mut self, pointer: u32, value: u64) -> Result<(), Errno> {
        self.write(pointer, &value.to_le_bytes())
    }

    /// A path: at most `bytes_max` long, UTF-8, without NUL.
    ///
    /// # Errors
    /// `Fault`, `NameTooLong`, `IlSeq`, `Inval`.
    pub(crate) fn path(&self, pointer: u32, length: u32, bytes_max: usize) -> Result<Vec<u8>, Errno> {
        let bytes = self.slice(pointer, length)?;
        if bytes.len() >= bytes_max {
            return Err(Errno::NameTooLong);
        }
        if std::str::from_utf8(bytes).is_err() {
            return Err(Errno::IlSeq);
        }
        if bytes.contains(&0) {
            return Err(Errno::Inval);
        }
        Ok(bytes.to_vec())
    }

    /// The buffers of a vectored read or write, the whole array checked before anything happens.
    ///
    /// # Errors
    /// `Inval` for more than `count_max` buffers or more than 4 GiB in all; `Fault` for one that lies outside.
    pub(crate) fn buffers(&self, array: u32, count: u32, count_max: u32) -> Result<Vec<Buffer>, Errno> {
        if count > count_max {
            return Err(Errno::Inval);
        }
        let mut buffers = Vec::new();
        let mut total: u32 = 0;
        for i in 0..count {
            let at = array.checked_add(i.saturating_mul(8)).ok_or(Errno::Fault)?;
            let pointer = self.read_u32(at)?;
            let length = self.read_u32(at.checked_add(4).ok_or(Errno::Fault)?)?;
            total = total.checked_add(length).ok_or(Errno::Inval)?;
            buffers.push(Buffer(self.range(pointer, length)?));
        }
        Ok(buffers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_is_fault() {
        let mut bytes = [0_u8; 16];
        let mut memory = Memory::new(&mut bytes);
        assert_eq!(memory.slice(8, 8).map(<[u8]>::len), Ok(8));
        assert_eq!(memory.slice(9, 8), Err(Errno::Fault));
        assert_eq!(memory.slice(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(memory.write_u64(12, 1), Err(Errno::Fault));
        assert_eq!(memory.read_u32(13), Err(Errno::Fault));
    }

    #[test]
    fn buffers_are_checked_before_any_is_used() {
        let mut bytes = [0_u8; 32];
        let mut memory = Memory::new(&mut bytes);
        for (at, value) in [(0, 16), (4, 4), (8, 20), (12, 100)] {
            memory.write_u32(at, value).unwrap();
        }
        assert_eq!(memory.buffers(0, 1, 8).map(|b| b.len()), Ok(1));
        assert_eq!(memory.buffers(0, 2, 8), Err(Errno::Fault));
        assert_eq!(memory.buffers(0, 9, 8), Err(Errno::Inval));
    }

    #[test]
    fn a_path_is_utf_8_without_nul() {
        let mut bytes = *b"ab\0\xff";
        let memory = Memory::new(&mut bytes);
        assert_eq!(memory.path(0, 2, 10), Ok(b"ab".to_vec()));
        assert_eq!(memory.path(0, 3, 10), Err(Errno::Inval));
        assert_eq!(memory.path(3, 1, 10), Err(Errno::IlSeq));
        assert_eq!(memory.path(0, 2, 2), Err(Errno::NameTooLong));
    }
}
