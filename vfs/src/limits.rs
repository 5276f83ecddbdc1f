//! `Limits`: how much one file system may hold, and `Usage`: how much it holds. Owns the defaults.

/// The bounds of one file system. Each is checked where something is inserted; exceeding one is an
/// [`Errno`](crate::Errno), never an allocation that is tried first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files and symbolic links together (`ENOSPC`). Holes, and bytes shared with the embedder
    /// ([`Content::from_static`](crate::Content::from_static), [`Content::shared`](crate::Content::shared)), are free.
    pub content_bytes_max: u64,
    /// Length of one file, holes included (`EFBIG`).
    pub file_bytes_max: u64,
    /// Inodes (`ENOSPC`), and apart from them as many names, so that hard links are bounded too.
    pub inodes_max: u64,
    /// Length of one name (`ENAMETOOLONG`).
    pub name_bytes_max: usize,
    /// Length of one path with its closing NUL, as in Linux's `PATH_MAX` (`ENAMETOOLONG`).
    pub path_bytes_max: usize,
    /// Symbolic links followed by one look-up (`ELOOP`).
    pub symlink_hops_max: u32,
    /// Open file descriptions (`ENFILE`).
    pub open_files_max: usize,
    /// Pipes and opened FIFOs (`ENFILE`).
    pub pipes_max: usize,
    /// Bytes that wait in one pipe.
    pub pipe_bytes: usize,
    /// Names of one file, or subdirectories of one directory (`EMLINK`).
    pub links_max: u32,
    /// Names in one directory (`ENOSPC`).
    pub directory_entries_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            content_bytes_max: 1 << 30,
            file_bytes_max: 1 << 30,
            inodes_max: 1 << 20,
            name_bytes_max: 255,
            path_bytes_max: 4096,
            symlink_hops_max: 40,
            open_files_max: 1 << 16,
            pipes_max: 4096,
            pipe_bytes: 1 << 16,
            links_max: 65_000,
            directory_entries_max: 1 << 20,
        }
    }
}

/// What one file system holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of files and symbolic links that are this file system's own.
    pub content_bytes: u64,
    /// Inodes, those that have no name any more but are open included.
    pub inodes: u64,
    /// Open file descriptions.
    pub open_files: usize,
    /// Pipes and opened FIFOs.
    pub pipes: usize,
}
