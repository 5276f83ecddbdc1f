//! The C library's `stat`, with the modes, owners and blocks that preview1 does not tell; its `open` and `mkdir`, with
//! the modes of what is new; and how it reads a path, for one that is empty. Everything in RustPython and in Rust's
//! library that looks at a file goes through these; the linker (`build.rs`) puts them in the place of wasi-libc's own.

use std::ffi::{CStr, c_char, c_int};
use std::os::fd::BorrowedFd;

use sys::file::Stat;

/// The caller's current directory, in place of a descriptor.
const AT_FDCWD: c_int = -2;
/// The descriptor of `/`, below which wasi-libc looks for every path.
const ROOT: c_int = 3;
/// Look at a link itself.
const AT_SYMLINK_NOFOLLOW: c_int = 1;
/// Bytes of a block as `st_blksize` has them.
const BLOCK_BYTES: i32 = 4096;
const NS: u64 = 1_000_000_000;

fn filled(stat: &Stat) -> libc::stat {
    // SAFETY: the struct is integers only, for which zeros are values.
    let mut filled: libc::stat = unsafe { std::mem::zeroed() };
    let time = |ns: u64| libc::timespec { tv_sec: (ns / NS) as libc::time_t, tv_nsec: (ns % NS) as _ };
    filled.st_dev = stat.dev;
    filled.st_ino = stat.ino;
    filled.st_nlink = stat.nlink;
    filled.st_mode = stat.mode;
    filled.st_uid = stat.uid;
    filled.st_gid = stat.gid;
    filled.st_rdev = u64::from(stat.rdev_major) << 8 | u64::from(stat.rdev_minor);
    filled.st_size = stat.size.cast_signed();
    filled.st_blksize = BLOCK_BYTES.into();
    filled.st_blocks = stat.blocks.cast_signed();
    filled.st_atim = time(stat.atime);
    filled.st_mtim = time(stat.mtime);
    filled.st_ctim = time(stat.ctime);
    filled
}

/// Writes the answer, or errno.
fn answer(found: std::io::Result<Stat>, buf: *mut libc::stat) -> c_int {
    match found {
        Ok(stat) => {
            // SAFETY: the caller of `stat` gives room for the struct.
            unsafe { buf.write(filled(&stat)) };
            0
        }
        Err(error) => {
            // SAFETY: the C library's own errno.
            unsafe { *libc::__errno_location() = error.raw_os_error().unwrap_or(libc::EIO) };
            -1
        }
    }
}

// SAFETY: it is the C library's `fstat`, with its signature and meaning.
#[unsafe(no_mangle)]
extern "C" fn __wrap_fstat(fd: c_int, buf: *mut libc::stat) -> c_int {
    if fd < 0 {
        return answer(Err(std::io::Error::from_raw_os_error(libc::EBADF)), buf);
    }
    // SAFETY: the number is only handed to the host, which checks it.
    answer(sys::file::stat_fd(unsafe { BorrowedFd::borrow_raw(fd) }), buf)
}

// SAFETY: it is the C library's `fstatat`, with its signature and meaning.
#[unsafe(no_mangle)]
extern "C" fn __wrap_fstatat(fd: c_int, path: *const c_char, buf: *mut libc::stat, flags: c_int) -> c_int {
    // SAFETY: the caller of `fstatat` gives a string that ends with NUL.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    let follow = flags & AT_SYMLINK_NOFOLLOW == 0;
    let directory = match fd {
        _ if path.starts_with(b"/") => String::new(),
        AT_FDCWD => String::new(),
        ROOT => "/".to_owned(),
        // The host finds nothing below `/dev/fd/N`; its link tells where the directory is.
        fd => match std::fs::read_link(format!("/proc/self/fd/{fd}")) {
            Ok(place) => format!("{}/", place.display()),
            Err(_) => return answer(Err(std::io::Error::from_raw_os_error(libc::EBADF)), buf),
        },
    };
    let path = [directory.as_bytes(), path].concat();
    let path = String::from_utf8_lossy(&path);
    answer(sys::file::stat(&*path, follow), buf)
}

// SAFETY: the C library's own, which the linker keeps under these names.
unsafe extern "C" {
    fn __real___wasilibc_find_relpath(
        path: *const c_char,
        prefix: *mut *const c_char,
        relative: *mut *mut c_char,
        relative_len: usize,
    ) -> c_int;
    fn __real___wasilibc_find_relpath_alloc(
        path: *const c_char,
        prefix: *mut *const c_char,
        relative: *mut *mut c_char,
        relative_len: *mut usize,
        can_realloc: c_int,
    ) -> c_int;
    fn __real_open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn __real_mkdirat(fd: c_int, path: *const c_char, mode: libc::mode_t) -> c_int;
}

/// No path: the C library would take it for the directory in use. Sets errno.
fn is_empty(path: *const c_char) -> bool {
    // SAFETY: a path ends with NUL, so it has a first byte, and errno is the C library's own.
    unsafe {
        if path.read() == 0 {
            *libc::__errno_location() = libc::ENOENT;
            return true;
        }
    }
    false
}

// SAFETY: it is the C library's function, with its signature and meaning, through which every path goes.
#[unsafe(no_mangle)]
extern "C" fn __wrap___wasilibc_find_relpath(
    path: *const c_char,
    prefix: *mut *const c_char,
    relative: *mut *mut c_char,
    relative_len: usize,
) -> c_int {
    if is_empty(path) {
        return -1;
    }
    // SAFETY: the arguments are the caller's.
    unsafe { __real___wasilibc_find_relpath(path, prefix, relative, relative_len) }
}

// SAFETY: as above; this is the one of programs that change their directory.
#[unsafe(no_mangle)]
extern "C" fn __wrap___wasilibc_find_relpath_alloc(
    path: *const c_char,
    prefix: *mut *const c_char,
    relative: *mut *mut c_char,
    relative_len: *mut usize,
    can_realloc: c_int,
) -> c_int {
    if is_empty(path) {
        return -1;
    }
    // SAFETY: the arguments are the caller's.
    unsafe { __real___wasilibc_find_relpath_alloc(path, prefix, relative, relative_len, can_realloc) }
}

/// The mode of a file that a program asks for no other.
const FILE_MODE: u32 = 0o666;
const DIRECTORY_MODE: u32 = 0o777;

/// The bits that the umask leaves of a mode.
fn allowed(mode: u32) -> u32 {
    mode & !sys::process::umask().unwrap_or(0)
}

// SAFETY: it is the C library's `open`: behind the flags comes the address of what else the caller gave.
#[unsafe(no_mangle)]
extern "C" fn __wrap_open(path: *const c_char, flags: c_int, more: *const libc::mode_t) -> c_int {
    // SAFETY: with O_CREAT the caller of `open` gives a mode.
    let given = if flags & libc::O_CREAT == 0 { FILE_MODE } else { unsafe { more.read() } };
    let mode = given & 0o7777;
    // SAFETY: the caller of `open` gives a string that ends with NUL.
    let is_new = mode != FILE_MODE && {
        let name = unsafe { CStr::from_ptr(path) }.to_string_lossy();
        sys::file::stat(&*name, true).is_err()
    };
    // SAFETY: the arguments are the caller's.
    let fd = unsafe { __real_open(path, flags, mode) };
    if fd >= 0 && is_new {
        // SAFETY: the descriptor was opened a line above. It is the file's owner who sets the mode.
        let _ = sys::file::set_mode_fd(unsafe { BorrowedFd::borrow_raw(fd) }, allowed(mode));
    }
    fd
}

// SAFETY: it is the C library's `mkdirat`, with its signature and meaning.
#[unsafe(no_mangle)]
extern "C" fn __wrap_mkdirat(fd: c_int, path: *const c_char, mode: libc::mode_t) -> c_int {
    // SAFETY: the arguments are the caller's.
    let made = unsafe { __real_mkdirat(fd, path, mode) };
    let mode = mode & 0o7777;
    if made == 0 && mode != DIRECTORY_MODE && fd == AT_FDCWD {
        // SAFETY: the caller of `mkdirat` gives a string that ends with NUL.
        let name = unsafe { CStr::from_ptr(path) }.to_string_lossy();
        let _ = sys::file::set_mode(&*name, true, allowed(mode));
    }
    made
}
