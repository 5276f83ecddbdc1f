//! `Pipe`: bytes on their way from writers to readers; owns the bytes and the count of its ends.

use std::collections::VecDeque;

use crate::content::copy_some;
use crate::{Errno, Time};

/// The number of a pipe.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct PipeId(pub(crate) u64);

/// A write up to this size is whole or not at all (POSIX's `PIPE_BUF`).
const ATOMIC_BYTES: usize = 4096;

/// A pipe with both its ends.
#[derive(Debug)]
pub(crate) struct Pipe {
    bytes: VecDeque<u8>,
    capacity: usize,
    readers: u32,
    writers: u32,
    /// How many ends were ever opened: an end knows by it whether the other has come since.
    readers_ever: u64,
    writers_ever: u64,
    /// When bytes last came in, for `fstat`.
    pub(crate) written: Time,
    /// When bytes last went out.
    pub(crate) read: Time,
}

impl Pipe {
    /// A pipe without ends that holds up to `capacity` bytes (at least one, or nothing could ever pass).
    pub(crate) fn new(capacity: usize) -> Pipe {
        Pipe {
            bytes: VecDeque::new(),
            capacity: capacity.max(1),
            readers: 0,
            writers: 0,
            readers_ever: 0,
            writers_ever: 0,
            written: Time(0),
            read: Time(0),
        }
    }

    /// Adds an end. If its other side is not open, gives how many ends of that side were opened before: when
    /// [`Pipe::peers_ever`] tells more, somebody came.
    pub(crate) fn open_end(&mut self, read: bool, write: bool) -> Option<u64> {
        let has_peer = (read && write) || if read { self.writers > 0 } else { self.readers > 0 };
        let waits_since = (!has_peer).then(|| self.peers_ever(read));
        if read {
            self.readers = self.readers.saturating_add(1);
            self.readers_ever = self.readers_ever.saturating_add(1);
        }
        if write {
            self.writers = self.writers.saturating_add(1);
            self.writers_ever = self.writers_ever.saturating_add(1);
        }
        waits_since
    }

    /// Takes an end away; true when none is left.
    pub(crate) fn close_end(&mut self, read: bool, write: bool) -> bool {
        self.readers = self.readers.saturating_sub(u32::from(read));
        self.writers = self.writers.saturating_sub(u32::from(write));
        self.readers == 0 && self.writers == 0
    }

    pub(crate) fn readers(&self) -> u32 {
        self.readers
    }

    pub(crate) fn writers(&self) -> u32 {
        self.writers
    }

    /// How many ends were ever opened on the other side of a reader, or of a writer.
    pub(crate) fn peers_ever(&self, of_reader: bool) -> u64 {
        if of_reader { self.writers_ever } else { self.readers_ever }
    }

    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes more there is room for.
    pub(crate) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.bytes.len())
    }

    /// Whether any atomic write would find room.
    pub(crate) fn has_atomic_room(&self) -> bool {
        self.room() >= ATOMIC_BYTES.min(self.capacity)
    }

    /// Moves bytes out. 0: nothing waits and nobody can write any more. `EAGAIN`: nothing waits yet.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        if buf.is_empty() {
            return Ok(0);
        }
        if self.bytes.is_empty() {
            return if self.writers == 0 { Ok(0) } else { Err(Errno::Again) };
        }
        let (front, back) = self.bytes.as_slices();
        let first = copy_some(front, buf);
        let second = buf.get_mut(first..).map_or(0, |rest| copy_some(back, rest));
        let count = first.saturating_add(second);
        self.bytes.drain(..count);
        Ok(count)
    }

    /// Moves bytes out up to and with a delimiter, at most `bytes_max`; else as [`Pipe::read`].
    pub(crate) fn read_until(&mut self, delimiter: u8, bytes_max: usize) -> Result<Vec<u8>, Errno> {
        if bytes_max == 0 {
            return Ok(Vec::new());
        }
        if self.bytes.is_empty() {
            return if self.writers == 0 { Ok(Vec::new()) } else { Err(Errno::Again) };
        }
        let (front, back) = self.bytes.as_slices();
        let find = |bytes: &[u8]| bytes.iter().position(|byte| *byte == delimiter);
        let end = match find(front) {
            Some(at) => at.saturating_add(1),
            None => match find(back) {
                Some(at) => front.len().saturating_add(at).saturating_add(1),
                None => self.bytes.len(),
            },
        };
        Ok(self.bytes.drain(..end.min(bytes_max)).collect())
    }

    /// Moves bytes in, part of them when there are more than an atomic write has.
    ///
    /// `EPIPE`: nobody can read any more. `EAGAIN`: no room (for all of an atomic write). `ENOMEM`: no memory.
    pub(crate) fn write(&mut self, buf: &[u8]) -> Result<usize, Errno> {
        if buf.is_empty() {
            return Ok(0);
        }
        if self.readers == 0 {
            return Err(Errno::Pipe);
        }
        let room = self.room();
        let is_atomic = buf.len() <= ATOMIC_BYTES.min(self.capacity);
        if room == 0 || (is_atomic && room < buf.len()) {
            return Err(Errno::Again);
        }
        let part = buf.get(..room.min(buf.len())).unwrap_or(buf);
        self.bytes.try_reserve(part.len()).map_err(|_| Errno::NoMem)?;
        self.bytes.extend(part);
        Ok(part.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(capacity: usize) -> Pipe {
        let mut pipe = Pipe::new(capacity);
        pipe.open_end(true, false);
        pipe.open_end(false, true);
        pipe
    }

    #[test]
    fn an_atomic_write_is_whole_or_not_at_all() {
        let mut pipe = pipe(65_536);
        assert_eq!(pipe.write(&[1; 65_000]), Ok(65_000));
        assert_eq!(pipe.write(&[2; 4096]), Err(Errno::Again));
        assert_eq!(pipe.write(&[2; 4097]), Ok(536));
        assert_eq!(pipe.write(&[2; 1]), Err(Errno::Again));
    }

    #[test]
    fn a_pipe_smaller_than_pipe_buf_still_passes_everything() {
        let mut pipe = pipe(10);
        assert_eq!(pipe.write(&[1; 4096]), Ok(10));
        assert_eq!(pipe.read(&mut [0; 3]), Ok(3));
        assert_eq!(pipe.write(&[1; 4]), Err(Errno::Again));
        assert_eq!(pipe.write(&[1; 11]), Ok(3));
    }

    #[test]
    fn the_end_comes_after_the_bytes() {
        let mut pipe = pipe(100);
        pipe.write(b"ab").unwrap();
        pipe.close_end(false, true);
        assert_eq!(pipe.read(&mut [0; 9]), Ok(2));
        assert_eq!(pipe.read(&mut [0; 9]), Ok(0));
    }

    #[test]
    fn writing_without_a_reader_is_epipe() {
        let mut pipe = pipe(100);
        assert!(!pipe.close_end(true, false));
        assert_eq!(pipe.write(b"x"), Err(Errno::Pipe));
        assert_eq!(pipe.write(b""), Ok(0));
        assert!(pipe.close_end(false, true));
    }
}
