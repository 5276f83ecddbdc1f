//! `wasmsand-vfs`: everything a file descriptor can point at, in memory.
//!
//! It owns inodes, names, open file descriptions, pipes and the count of what they use. It knows no process,
//! no wasm, no clock and no host: time is an argument, and the host is a [`Folder`] that somebody mounts.
//! Nothing here waits: an operation that would have to is `EAGAIN`, and [`Vfs::readiness`] tells when to retry.

mod archive;
mod attributes;
mod body;
mod check;
mod content;
mod device;
mod directory;
mod embed;
mod errno;
mod folder;
mod image;
mod inode;
mod inode_table;
mod limits;
mod line;
mod mount;
mod mounted;
mod names;
mod open;
mod open_file;
mod overlay;
mod path;
mod pipe;
mod read_dir;
mod rename;
mod resolve;
mod stat;
mod statvfs;
mod transfer;
mod trie;
mod vfs;

pub use archive::{TarError, TarFault};
pub use content::Content;
pub use device::Device;
pub use errno::Errno;
pub use folder::{Folder, FolderHandle, FolderStat};
pub use image::Image;
pub use inode::{Access, GROUP as GID, USER as UID};
pub use limits::{Limits, Usage};
pub use open::{Open, Opened};
pub use open_file::{DirEntry, OpenFlags, OpenId, Readiness, Target, Whence};
pub use overlay::Overlay;
pub use path::{At, Scope};
pub use stat::{Ino, Kind, Stat, Time};
pub use statvfs::FileSystemStat;
pub use vfs::Vfs;
