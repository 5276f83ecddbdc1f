//! WASI preview1's numbers: errno, file types, rights and flags (wasi_snapshot_preview1 `typenames.witx`). Nothing
//! else in the project knows them.

use wasmsand_vfs::{Errno, Kind};

/// Success.
pub(crate) const SUCCESS: u16 = 0;

/// The number of an errno.
pub(crate) fn errno_number(errno: Errno) -> u16 {
    match errno {
        Errno::TooBig => 1,
        Errno::Acces => 2,
        Errno::Again => 6,
        Errno::BadF => 8,
        Errno::Busy => 10,
        Errno::Child => 12,
        Errno::Exist => 20,
        Errno::Fault => 21,
        Errno::FBig => 22,
        Errno::IlSeq => 25,
        Errno::Intr => 27,
        Errno::Inval => 28,
        Errno::Io => 29,
        Errno::IsDir => 31,
        Errno::Loop => 32,
        Errno::MFile => 33,
        Errno::MLink => 34,
        Errno::NameTooLong => 37,
        Errno::NFile => 41,
        Errno::NoBufs => 42,
        Errno::NoEnt => 44,
        Errno::NoExec => 45,
        Errno::NoMem => 48,
        Errno::NoSpc => 51,
        Errno::NoSys => 52,
        Errno::NotDir => 54,
        Errno::NotEmpty => 55,
        Errno::NotSock => 57,
        Errno::NotSup => 58,
        Errno::NoTty => 59,
        Errno::NxIo => 60,
        Errno::Overflow => 61,
        Errno::Perm => 63,
        Errno::Pipe => 64,
        Errno::Range => 68,
        Errno::RoFs => 69,
        Errno::SPipe => 70,
        Errno::Srch => 71,
        Errno::TxtBsy => 74,
        Errno::XDev => 75,
        Errno::NotCapable => 76,
    }
}

/// The name of an errno number, for traces.
pub(crate) fn errno_name(number: u16) -> &'static str {
    ALL_ERRNOS.iter().find(|errno| errno_number(**errno) == number).map_or("SUCCESS", |errno| errno.name())
}

const ALL_ERRNOS: [Errno; 41] = [
    Errno::TooBig,
    Errno::Acces,
    Errno::Again,
    Errno::BadF,
    Errno::Busy,
    Errno::Child,
    Errno::Exist,
    Errno::Fault,
    Errno::FBig,
    Errno::IlSeq,
    Errno::Intr,
    Errno::Inval,
    Errno::Io,
    Errno::IsDir,
    Errno::Loop,
    Errno::MFile,
    Errno::MLink,
    Errno::NameTooLong,
    Errno::NFile,
    Errno::NoBufs,
    Errno::NoEnt,
    Errno::NoExec,
    Errno::NoMem,
    Errno::NoSpc,
    Errno::NoSys,
    Errno::NotDir,
    Errno::NotEmpty,
    Errno::NotSock,
    Errno::NotSup,
    Errno::NoTty,
    Errno::NxIo,
    Errno::Overflow,
    Errno::Perm,
    Errno::Pipe,
    Errno::Range,
    Errno::RoFs,
    Errno::SPipe,
    Errno::Srch,
    Errno::TxtBsy,
    Errno::XDev,
    Errno::NotCapable,
];

/// `filetype`.
pub(crate) mod filetype {
    /// The type is not one of these.
    pub(crate) const UNKNOWN: u8 = 0;
    /// A character device.
    pub(crate) const CHARACTER_DEVICE: u8 = 2;
    /// A directory.
    pub(crate) const DIRECTORY: u8 = 3;
    /// A regular file.
    pub(crate) const REGULAR_FILE: u8 = 4;
    /// What wasi-libc reads as a FIFO.
    pub(crate) const SOCKET_STREAM: u8 = 6;
    /// A symbolic link.
    pub(crate) const SYMBOLIC_LINK: u8 = 7;
}

/// The filetype of an inode.
pub(crate) fn filetype_of(kind: Kind) -> u8 {
    match kind {
        Kind::File => filetype::REGULAR_FILE,
        Kind::Directory => filetype::DIRECTORY,
        Kind::Symlink => filetype::SYMBOLIC_LINK,
        Kind::Fifo => filetype::SOCKET_STREAM,
        Kind::CharDevice => filetype::CHARACTER_DEVICE,
    }
}

/// `rights`, by bit.
pub(crate) mod rights {
    pub(crate) const FD_DATASYNC: u64 = 1;
    pub(crate) const FD_READ: u64 = 1 << 1;
    pub(crate) const FD_SEEK: u64 = 1 << 2;
    pub(crate) const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub(crate) const FD_SYNC: u64 = 1 << 4;
    pub(crate) const FD_TELL: u64 = 1 << 5;
    pub(crate) const FD_WRITE: u64 = 1 << 6;
    pub(crate) const FD_ADVISE: u64 = 1 << 7;
    pub(crate) const FD_ALLOCATE: u64 = 1 << 8;
    pub(crate) const FD_READDIR: u64 = 1 << 14;
    pub(crate) const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;
    pub(crate) const FD_FILESTAT_GET: u64 = 1 << 21;
    pub(crate) const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub(crate) const POLL_FD_READWRITE: u64 = 1 << 27;
    /// Every right there is.
    pub(crate) const ALL: u64 = (1 << 30) - 1;
    /// What wasmtime reports of a preopen: what may be done with it, and with what is opened through it.
    pub(crate) const PREOPEN_BASE: u64 = 0x7b7_fe00;
    pub(crate) const PREOPEN_INHERITING: u64 = PREOPEN_BASE
        | FD_DATASYNC
        | FD_READ
        | FD_SEEK
        | FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_TELL
        | FD_WRITE
        | FD_ADVISE
        | FD_ALLOCATE
        | FD_FILESTAT_SET_SIZE
        | POLL_FD_READWRITE;
    /// What wasmtime reports of a directory that was opened.
    pub(crate) const DIRECTORY: u64 =
        ALL & !(FD_SEEK | FD_WRITE | FD_FILESTAT_SET_SIZE | PATH_FILESTAT_SET_SIZE);
}

/// `lookupflags`.
pub(crate) const LOOKUP_SYMLINK_FOLLOW: u32 = 1;

/// `oflags`.
pub(crate) mod oflags {
    pub(crate) const CREAT: u32 = 1;
    pub(crate) const DIRECTORY: u32 = 2;
    pub(crate) const EXCL: u32 = 4;
    pub(crate) const TRUNC: u32 = 8;
    pub(crate) const ALL: u32 = 15;
}

/// `fdflags`.
pub(crate) mod fdflags {
    pub(crate) const APPEND: u32 = 1;
    pub(crate) const DSYNC: u32 = 2;
    pub(crate) const NONBLOCK: u32 = 4;
    pub(crate) const RSYNC: u32 = 8;
    pub(crate) const SYNC: u32 = 16;
    pub(crate) const ALL: u32 = 31;
}

/// `fstflags`.
pub(crate) mod fstflags {
    pub(crate) const ATIM: u32 = 1;
    pub(crate) const ATIM_NOW: u32 = 2;
    pub(crate) const MTIM: u32 = 4;
    pub(crate) const MTIM_NOW: u32 = 8;
    pub(crate) const ALL: u32 = 15;
}

/// `eventtype`, `subclockflags`, `eventrwflags`.
pub(crate) mod event {
    pub(crate) const CLOCK: u8 = 0;
    pub(crate) const FD_READ: u8 = 1;
    pub(crate) const FD_WRITE: u8 = 2;
    pub(crate) const CLOCK_ABSTIME: u16 = 1;
    pub(crate) const HANGUP: u16 = 1;
}

/// `clockid`.
pub(crate) mod clockid {
    pub(crate) const REALTIME: u32 = 0;
    pub(crate) const MONOTONIC: u32 = 1;
    pub(crate) const PROCESS_CPUTIME: u32 = 2;
    pub(crate) const THREAD_CPUTIME: u32 = 3;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_errno_has_a_number_of_its_own() {
        let mut numbers: Vec<u16> = ALL_ERRNOS.iter().map(|errno| errno_number(*errno)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), ALL_ERRNOS.len());
        assert_eq!(errno_name(44), "ENOENT");
    }

    #[test]
    fn a_directory_s_rights_are_wasmtime_s() {
        assert_eq!(rights::PREOPEN_BASE & (rights::FD_SEEK | rights::FD_FILESTAT_SET_SIZE), 0);
        // All of the first 28 but PATH_FILESTAT_SET_SIZE.
        assert_eq!(rights::PREOPEN_INHERITING, 0xff7_ffff);
        assert_eq!(rights::DIRECTORY, 0x3fb7_ffbb);
    }
}
