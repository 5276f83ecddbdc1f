//! Files: modes, owners, FIFOs, room. What std's `Metadata` does not tell under WASI.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use crate::imports;

/// Bits of a mode that tell the type.
pub const TYPE_MASK: u32 = 0o170_000;

/// Everything about a file. The mode has the type's bits, as `st_mode` of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of stat(2); times are nanoseconds since 1970")]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub rdev_major: u32,
    pub rdev_minor: u32,
    pub nlink: u64,
    pub size: u64,
    /// Units of 512 bytes.
    pub blocks: u64,
    pub atime: u64,
    pub mtime: u64,
    pub ctime: u64,
}

fn halves(word: u64) -> (u32, u32) {
    let bytes = word.to_le_bytes();
    let [a, b, c, d, e, f, g, h] = bytes;
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

impl Stat {
    fn from_words(words: [u64; 12]) -> Stat {
        let [dev, ino, mode_uid, gid, rdev, nlink, size, blocks, atime, mtime, ctime, _] = words;
        let (mode, uid) = halves(mode_uid);
        let (gid, _) = halves(gid);
        let (rdev_major, rdev_minor) = halves(rdev);
        Stat { dev, ino, mode, uid, gid, rdev_major, rdev_minor, nlink, size, blocks, atime, mtime, ctime }
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Everything about a path; `follow`: about what a link leads to.
///
/// # Errors
/// `NotFound` and its kin.
pub fn stat(path: impl AsRef<Path>, follow: bool) -> io::Result<Stat> {
    imports::stat(bytes(path.as_ref()), follow).map(Stat::from_words)
}

/// Everything about an open file.
///
/// # Errors
/// EBADF.
pub fn stat_fd(fd: impl AsFd) -> io::Result<Stat> {
    imports::stat_fd(fd.as_fd()).map(Stat::from_words)
}

/// Sets the permission bits.
///
/// # Errors
/// EPERM: the file is not the user's.
pub fn set_mode(path: impl AsRef<Path>, follow: bool, mode: u32) -> io::Result<()> {
    imports::mode_set(bytes(path.as_ref()), follow, mode)
}

/// Sets the permission bits of an open file.
///
/// # Errors
/// EPERM: the file is not the user's.
pub fn set_mode_fd(fd: impl AsFd, mode: u32) -> io::Result<()> {
    imports::mode_set_fd(fd.as_fd(), mode)
}

/// Sets owner and group; absent: it stays.
///
/// # Errors
/// EPERM: what only root may.
pub fn set_owner(path: impl AsRef<Path>, follow: bool, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    imports::owner_set(bytes(path.as_ref()), follow, uid.unwrap_or(u32::MAX), gid.unwrap_or(u32::MAX))
}

/// Sets owner and group of an open file.
///
/// # Errors
/// EPERM: what only root may.
pub fn set_owner_fd(fd: impl AsFd, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    imports::owner_set_fd(fd.as_fd(), uid.unwrap_or(u32::MAX), gid.unwrap_or(u32::MAX))
}

/// Makes a FIFO; the umask is taken off the mode.
///
/// # Errors
/// `AlreadyExists`, `NotFound`, `PermissionDenied`.
pub fn make_fifo(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    imports::make_fifo(bytes(path.as_ref()), mode)
}

/// May this process read (4), write (2), execute (1) the file? 0: is it there?
///
/// # Errors
/// `PermissionDenied`, `NotFound`.
pub fn access(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    imports::access(bytes(path.as_ref()), mode)
}

/// Room in the file system of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Which file system.
    pub dev: u64,
    /// Bytes of a block.
    pub block_bytes: u64,
    /// Blocks in all; 0 of a folder of the host, as the next three.
    pub blocks: u64,
    /// Blocks that are free.
    pub blocks_free: u64,
    /// Files in all.
    pub files: u64,
    /// Files that may still be made.
    pub files_free: u64,
    /// Bytes of a name.
    pub name_bytes_max: u64,
    /// Nothing can be changed at this path.
    pub read_only: bool,
}

/// How much room there is where a path lies.
///
/// # Errors
/// `NotFound` and its kin.
pub fn space(path: impl AsRef<Path>) -> io::Result<Space> {
    let words = imports::file_system_stat(bytes(path.as_ref()))?;
    let [dev, block_bytes, blocks, blocks_free, files, files_free, name_bytes_max, flags] = words;
    let read_only = flags & 1 != 0;
    Ok(Space { dev, block_bytes, blocks, blocks_free, files, files_free, name_bytes_max, read_only })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_is_read_as_the_abi_lays_it_out() {
        let word = |low: u64, high: u64| low | high << 32;
        let stat = Stat::from_words([1, 2, word(0o100_644, 1000), 5, word(1, 3), 6, 7, 8, 9, 10, 11, 0]);
        assert_eq!((stat.mode, stat.uid, stat.gid), (0o100_644, 1000, 5));
        assert_eq!((stat.rdev_major, stat.rdev_minor), (1, 3));
        assert_eq!((stat.nlink, stat.size, stat.blocks, stat.ctime), (6, 7, 8, 11));
    }
}
