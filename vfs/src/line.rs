//! Reading up to a delimiter: the line of a file or pipe, and no byte behind it.

use crate::open_file::Object;
use crate::transfer::check_mode;
use crate::{Errno, OpenId, Time, Vfs};

/// How much of a file is looked at first; each look after that doubles what was seen.
const LOOK_BYTES: usize = 256;

impl Vfs {
    /// Reads at the position up to and with the first `delimiter`, at most `bytes_max`, and moves the position behind
    /// what was read. Without the delimiter at its end the line was longer, or there is not more of it yet; nothing at
    /// all is the end.
    ///
    /// Errors as of [`Vfs::read`].
    pub fn read_until(
        &mut self,
        id: OpenId,
        delimiter: u8,
        bytes_max: usize,
        now: Time,
    ) -> Result<Vec<u8>, Errno> {
        let (object, flags, offset) = self.opened(id)?;
        check_mode(object, flags.read)?;
        if let Object::Pipe { pipe, .. } = object {
            let pipe = self.pipes.get_mut(&pipe).ok_or(Errno::BadF)?;
            let line = pipe.read_until(delimiter, bytes_max)?;
            pipe.read = now;
            return Ok(line);
        }
        let mut line = Vec::new();
        while line.len() < bytes_max {
            let seen = line.len();
            let look = seen.max(LOOK_BYTES).min(bytes_max.saturating_sub(seen));
            line.resize(seen.saturating_add(look), 0);
            let unseen = line.get_mut(seen..).unwrap_or_default();
            let at = offset.saturating_add(u64::try_from(seen).unwrap_or(u64::MAX));
            let count = self.read_object(object, unseen, at, now)?;
            line.truncate(seen.saturating_add(count));
            let unseen = line.get(seen..).unwrap_or_default();
            if let Some(end) = unseen.iter().position(|byte| *byte == delimiter) {
                line.truncate(seen.saturating_add(end).saturating_add(1));
                break;
            }
            if count < look {
                break;
            }
        }
        let moved = u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.open_file_mut(id)?.offset = offset.saturating_add(moved);
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, Limits};

    const NOW: Time = Time(0);

    fn file(text: &[u8]) -> (Vfs, OpenId) {
        let mut vfs = Vfs::new(Limits::default(), NOW);
        let open = vfs.open_anonymous(Content::owned(text.to_vec()), NOW).unwrap();
        (vfs, open)
    }

    #[test]
    fn a_file_is_read_line_by_line() {
        let (mut vfs, open) = file(b"one\n\nthree");
        let mut next = || vfs.read_until(open, b'\n', 4096, NOW).unwrap();
        assert_eq!([next(), next(), next(), next()], [&b"one\n"[..], b"\n", b"three", b""]);
    }

    #[test]
    fn a_long_line_is_one_line_and_no_more_than_is_wanted() {
        let mut text = vec![b'x'; 100_000];
        text.extend_from_slice(b"\nrest");
        let (mut vfs, open) = file(&text);
        assert_eq!(vfs.read_until(open, b'\n', 1000, NOW).unwrap().len(), 1000);
        assert_eq!(vfs.read_until(open, b'\n', usize::MAX, NOW).unwrap().len(), 99_001);
        assert_eq!(vfs.tell(open), Ok(100_001));
        assert_eq!(vfs.read_until(open, b'\n', 0, NOW), Ok(Vec::new()));
        assert_eq!(vfs.read_until(open, b'\n', usize::MAX, NOW).unwrap(), b"rest");
    }

    #[test]
    fn a_pipe_gives_a_line_and_keeps_the_rest() {
        let mut vfs = Vfs::new(Limits::default(), NOW);
        let (read, write) = vfs.pipe().unwrap();
        assert_eq!(vfs.read_until(read, b'\n', 99, NOW), Err(Errno::Again));
        vfs.write(write, b"one\ntwo\nthr", NOW).unwrap();
        let mut next = |bytes_max| vfs.read_until(read, b'\n', bytes_max, NOW).unwrap();
        assert_eq!([next(99), next(2), next(99), next(99)], [&b"one\n"[..], b"tw", b"o\n", b"thr"]);
        vfs.close(write);
        assert_eq!(vfs.read_until(read, b'\n', 99, NOW), Ok(Vec::new()));
    }
}
