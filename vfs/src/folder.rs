//! `Folder`: a directory that lives elsewhere, as the file system sees it through a mount. Owns only the door.

use crate::{Errno, Kind, Open, Time};

/// A folder that lives elsewhere (a directory of the host).
///
/// Paths are relative to it, `/`-separated and already resolved component by component: they hold no `..`
/// and no empty component, `b""` is the folder itself, and no symbolic link is ever to be followed.
/// Whatever the host changes underneath is an error here, never a surprise: nothing is remembered but names.
pub trait Folder: Send {
    /// Says what time it is for the calls that follow. A folder with a clock of its own, as the host's, ignores it.
    fn set_now(&mut self, _now: Time) {}
    /// What `path` is, a symbolic link itself included.
    fn stat(&mut self, path: &[u8]) -> Result<FolderStat, Errno>;
    /// The names in a directory, without `.` and `..`.
    fn list(&mut self, path: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno>;
    /// Where a symbolic link points.
    fn read_link(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// Opens a regular file, creating or truncating it as `how` says.
    fn open(&mut self, path: &[u8], how: &Open) -> Result<FolderHandle, Errno>;
    /// Gives up a handle.
    fn close(&mut self, handle: FolderHandle);
    /// Reads at an offset; 0 is the end of the file.
    fn read_at(&mut self, handle: FolderHandle, buf: &mut [u8], offset: u64) -> Result<usize, Errno>;
    /// Writes at an offset.
    fn write_at(&mut self, handle: FolderHandle, buf: &[u8], offset: u64) -> Result<usize, Errno>;
    /// What the opened file is, also when it has lost its name.
    fn handle_stat(&mut self, handle: FolderHandle) -> Result<FolderStat, Errno>;
    /// Cuts or extends the opened file.
    fn set_len(&mut self, handle: FolderHandle, len: u64) -> Result<(), Errno>;
    /// Makes the opened file durable.
    fn sync(&mut self, handle: FolderHandle) -> Result<(), Errno>;
    /// Creates a directory.
    fn mkdir(&mut self, path: &[u8], mode: u16) -> Result<(), Errno>;
    /// Removes an empty directory.
    fn rmdir(&mut self, path: &[u8]) -> Result<(), Errno>;
    /// Removes a name that is not a directory's.
    fn unlink(&mut self, path: &[u8]) -> Result<(), Errno>;
    /// Moves a name, replacing what was there.
    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno>;
    /// Creates a symbolic link.
    fn symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno>;
    /// Gives a file another name; a symbolic link is linked itself.
    fn link(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno>;
    /// Sets times, of a symbolic link itself; None leaves a time as it is.
    fn set_times(&mut self, path: &[u8], atime: Option<Time>, mtime: Option<Time>) -> Result<(), Errno>;
    /// Sets permission bits.
    fn chmod(&mut self, path: &[u8], mode: u16) -> Result<(), Errno>;
}

/// A file that a [`Folder`] has opened; the folder chooses the number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FolderHandle(pub u64);

/// What a [`Folder`] tells of one of its files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FolderStat {
    /// The host's number, unique in the folder; 0 where the host has none.
    pub ino: u64,
    /// What it is.
    pub kind: Kind,
    /// The permission bits, 07777.
    pub mode: u16,
    /// Names.
    pub nlink: u64,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
    /// When it was last read.
    pub atime: Time,
    /// When its bytes last changed.
    pub mtime: Time,
    /// When it last changed in any way.
    pub ctime: Time,
    /// Units of 512 bytes that are allocated.
    pub blocks: u64,
}
