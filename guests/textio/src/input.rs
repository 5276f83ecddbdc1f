//! An input: a file or standard input, read by the block or by the line.
//!
//! It owns the descriptor and the bytes that were read too far. Lines are not copied: one is a slice of the block.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;

use rustix::fs::{FileType, SeekFrom, Stat};
use rustix::io::Errno;

/// How much is read at once.
pub const BLOCK_BYTES: usize = 64 * 1024;

/// A file, or standard input.
pub struct Input {
    /// None: standard input.
    file: Option<File>,
    is_directory: bool,
    block: Vec<u8>,
    /// What of the block was read and not yet taken.
    start: usize,
    end: usize,
    at_end: bool,
}

/// A path of bytes as the system wants it.
pub fn path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    use std::os::unix::ffi::OsStringExt;
    #[cfg(target_os = "wasi")]
    use std::os::wasi::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes.to_vec()))
}

/// The number in an error of `std`.
pub fn errno_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// Whether a stat is one of that type.
pub fn is(stat: &Stat, wanted: FileType) -> bool {
    FileType::from_raw_mode(stat.st_mode as _) == wanted
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub fn open(name: &[u8]) -> Result<Self, Errno> {
        if name == b"-" { Ok(Self::stdin()) } else { Self::open_file(name) }
    }

    /// Opens a file, whatever its name.
    pub fn open_file(name: &[u8]) -> Result<Self, Errno> {
        if name.is_empty() {
            // wasi-libc would open the working directory.
            return Err(Errno::NOENT);
        }
        let file = File::open(path(name)).map_err(|error| errno_of(&error))?;
        Ok(Self::new(Some(file)))
    }

    /// What is open already.
    pub fn from_file(file: File) -> Self {
        Self::new(Some(file))
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::new(None)
    }

    fn new(file: Option<File>) -> Self {
        let mut input =
            Self { file, is_directory: false, block: Vec::new(), start: 0, end: 0, at_end: false };
        input.is_directory = input.stat().is_ok_and(|stat| is(&stat, FileType::Directory));
        input
    }

    /// The descriptor.
    pub fn fd(&self) -> BorrowedFd<'_> {
        match &self.file {
            Some(file) => file.as_fd(),
            None => rustix::stdio::stdin(),
        }
    }

    /// Its type and size.
    pub fn stat(&self) -> Result<Stat, Errno> {
        rustix::fs::fstat(self.fd())
    }

    /// The size of a regular file.
    pub fn regular_size(&self) -> Option<u64> {
        let stat = self.stat().ok().filter(|stat| is(stat, FileType::RegularFile))?;
        u64::try_from(stat.st_size).ok()
    }

    /// Reads past the block, into a buffer of the caller's. 0 is the end.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if self.is_directory {
            return Err(Errno::ISDIR);
        }
        rustix::io::retry_on_intr(|| rustix::io::read(self.fd(), &mut *buffer))
    }

    /// Reads all that is left.
    pub fn read_to_end(&mut self, into: &mut Vec<u8>) -> Result<(), Errno> {
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(());
            }
            into.extend_from_slice(chunk);
        }
    }

    /// The next bytes, as many as are there; none are the end.
    pub fn chunk(&mut self) -> Result<&[u8], Errno> {
        if self.start == self.end {
            self.fill()?;
        }
        let taken = self.start..self.end;
        self.start = self.end;
        Ok(&self.block[taken])
    }

    /// The next line, with the byte that ends it where there is one; None is the end.
    #[inline]
    pub fn line(&mut self, ending: u8) -> Result<Option<&[u8]>, Errno> {
        let mut searched = self.start;
        loop {
            if let Some(found) = swar::position(ending, &self.block[searched..self.end]) {
                let line = self.start..searched + found + 1;
                self.start = line.end;
                return Ok(Some(&self.block[line]));
            }
            if self.at_end {
                let line = self.start..self.end;
                self.start = self.end;
                return Ok((!line.is_empty()).then(|| &self.block[line]));
            }
            let length = self.end - self.start;
            self.fill()?;
            searched = self.start + length;
        }
    }

    /// Reads more behind what is left of the block.
    #[cold]
    fn fill(&mut self) -> Result<(), Errno> {
        self.block.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.block.len() < self.end + BLOCK_BYTES / 2 {
            let wanted = (self.block.len() * 2).max(BLOCK_BYTES);
            self.block.resize(wanted, 0);
        }
        if self.is_directory {
            return Err(Errno::ISDIR);
        }
        let read = rustix::io::retry_on_intr(|| {
            let fd = match &self.file {
                Some(file) => file.as_fd(),
                None => rustix::stdio::stdin(),
            };
            rustix::io::read(fd, &mut self.block[self.end..])
        })?;
        self.at_end = read == 0;
        self.end += read;
        Ok(())
    }

    /// Takes back so many of the bytes that were taken last.
    pub fn put_back(&mut self, count: usize) {
        self.start = self.start.saturating_sub(count);
    }

    /// Goes back to behind the last line that was taken, for whoever reads the descriptor next.
    pub fn give_back(&mut self) {
        if self.end > self.start {
            let excess = i64::try_from(self.end - self.start).unwrap_or(0);
            // A pipe cannot go back, as GNU's tools cannot on one.
            let _ = rustix::fs::seek(self.fd(), SeekFrom::Current(-excess));
        }
        (self.start, self.end) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_across_blocks() {
        let folder = std::env::temp_dir().join(format!("lines-input-{}", std::process::id()));
        let mut text = vec![b'x'; 3 * BLOCK_BYTES];
        text.push(b'\n');
        text.extend(b"short\nlast");
        std::fs::write(&folder, &text).unwrap();
        let mut input = Input::open(folder.as_os_str().as_encoded_bytes()).unwrap();
        assert_eq!(input.line(b'\n').unwrap().unwrap().len(), 3 * BLOCK_BYTES + 1);
        assert_eq!(input.line(b'\n').unwrap(), Some(b"short\n".as_slice()));
        assert_eq!(input.line(b'\n').unwrap(), Some(b"last".as_slice()));
        assert_eq!(input.line(b'\n').unwrap(), None);
        std::fs::remove_file(&folder).unwrap();
    }

    #[test]
    fn a_directory_cannot_be_read() {
        let mut input = Input::open(b"/").unwrap();
        assert_eq!(input.line(b'\n').unwrap_err(), Errno::ISDIR);
    }
}
