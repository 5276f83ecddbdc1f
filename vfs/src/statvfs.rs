//! `FileSystemStat`: what `statvfs(3)` tells of a file system; owns how limits and usage become blocks for `df`.

use crate::Vfs;

/// What `statvfs(3)` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileSystemStat {
    /// The unit in which space is told (`f_frsize`).
    pub block_bytes: u64,
    /// Bytes of files and symbolic links that there may be (`f_blocks`, in bytes).
    pub bytes: u64,
    /// Bytes that may still be written (`f_bfree` and `f_bavail`, in bytes).
    pub bytes_free: u64,
    /// Inodes that there may be (`f_files`).
    pub inodes: u64,
    /// Inodes that may still be made (`f_ffree` and `f_favail`).
    pub inodes_free: u64,
    /// The length of the longest name (`f_namemax`).
    pub name_bytes_max: u64,
}

/// The unit in which space is told, as of most file systems of Linux.
const BLOCK_BYTES: u64 = 4096;

impl Vfs {
    /// How much there may be, and how much more. Of mounted folders nothing is told.
    #[must_use]
    pub fn statvfs(&self) -> FileSystemStat {
        FileSystemStat {
            block_bytes: BLOCK_BYTES,
            bytes: self.limits.content_bytes_max,
            bytes_free: self.room(),
            inodes: self.limits.inodes_max,
            inodes_free: self.limits.inodes_max.saturating_sub(self.usage.inodes),
            name_bytes_max: u64::try_from(self.limits.name_bytes_max).unwrap_or(u64::MAX),
        }
    }
}

impl FileSystemStat {
    /// The blocks that there may be (`f_blocks`), whole ones.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.bytes.checked_div(self.block_bytes).unwrap_or(0)
    }

    /// The blocks that are free (`f_bfree`), whole ones.
    #[must_use]
    pub fn blocks_free(&self) -> u64 {
        self.bytes_free.checked_div(self.block_bytes).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::FileSystemStat;
    use crate::{At, Content, Limits, Scope, Time, Vfs};

    #[test]
    fn what_is_used_is_no_longer_free() {
        let limits = Limits { content_bytes_max: 10_000, inodes_max: 10, ..Limits::default() };
        let mut vfs = Vfs::new(limits, Time(1));
        let at = At { dir: vfs.root(), path: b"f", scope: Scope::Anywhere };
        vfs.add_file(at, Content::owned(vec![0; 5000]), 0o644, Time(1)).unwrap();
        let stat = vfs.statvfs();
        let expected = FileSystemStat {
            block_bytes: 4096,
            bytes: 10_000,
            bytes_free: 5000,
            inodes: 10,
            inodes_free: 8,
            name_bytes_max: 255,
        };
        assert_eq!(stat, expected);
        assert_eq!((stat.blocks(), stat.blocks_free()), (2, 1));
    }
}
