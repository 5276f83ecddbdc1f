//! A stream: bytes that go through a file descriptor, a block at a time.
//!
//! It owns the size of a block and the retrying of interrupted calls. It works
//! on descriptors and not on `std`'s readers because those hold bytes back:
//! what was read from a slow pipe must be written before the next read.

use std::os::fd::AsFd;

use rustix::io::Errno;

/// How much is read at once.
pub const BLOCK_BYTES: usize = 64 * 1024;

/// Which side of a copy failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Read(Errno),
    Write(Errno),
}

/// Reads what there is, up to a block; 0 is the end.
pub fn read(input: impl AsFd, block: &mut [u8]) -> Result<usize, Failure> {
    rustix::io::retry_on_intr(|| rustix::io::read(&input, &mut *block)).map_err(Failure::Read)
}

/// Writes all of `bytes`.
pub fn write_all(output: impl AsFd, mut bytes: &[u8]) -> Result<(), Failure> {
    while !bytes.is_empty() {
        let written =
            rustix::io::retry_on_intr(|| rustix::io::write(&output, bytes)).map_err(Failure::Write)?;
        // A device that takes nothing and reports nothing would keep us here for ever.
        bytes = bytes.get(written..).filter(|_| written > 0).ok_or(Failure::Write(Errno::NOSPC))?;
    }
    Ok(())
}

/// Copies `input` to `output` until its end, through `block`.
pub fn copy(input: impl AsFd, output: impl AsFd, block: &mut [u8]) -> Result<(), Failure> {
    loop {
        let length = read(&input, block)?;
        if length == 0 {
            return Ok(());
        }
        write_all(&output, &block[..length])?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn a_full_device_is_a_failure_to_write() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert_eq!(write_all(&full, b"x"), Err(Failure::Write(Errno::NOSPC)));
    }

    #[test]
    fn a_directory_is_a_failure_to_read() {
        let directory = File::open("/").unwrap();
        assert_eq!(read(&directory, &mut [0; 8]), Err(Failure::Read(Errno::ISDIR)));
    }
}
