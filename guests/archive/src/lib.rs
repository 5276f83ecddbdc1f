//! The archive program: tar, zip and unzip, and the compressors gzip, bzip2, xz and zstd with their kin.
//!
//! It owns the table from command name to program and nothing else. The command is the last component of `argv[0]`, or
//! the first argument after `archive`. [`codec`] owns the compressed formats, [`host`] is the way to the files.
//!
//! It also builds for Unix, where it is tested beside the real ones.

mod bzip2;
mod clock;
mod codec;
mod glob;
mod gzip;
mod host;
mod inplace;
mod tar;
mod unzip;
mod xz;
mod zip;
mod zstd;

use cli::multicall::Command;
pub use host::enter;

/// Every program under the names that it answers to, sorted.
pub const PROGRAMS: [(&str, Command); 19] = [
    ("bunzip2", bzip2::main),
    ("bzcat", bzip2::main),
    ("bzip2", bzip2::main),
    ("gunzip", gzip::main),
    ("gzip", gzip::main),
    ("lzcat", xz::main),
    ("lzma", xz::main),
    ("tar", tar::main),
    ("unlzma", xz::main),
    ("unxz", xz::main),
    ("unzstd", zstd::main),
    ("unzip", unzip::main),
    ("xz", xz::main),
    ("xzcat", xz::main),
    ("zcat", gzip::main),
    ("zip", zip::main),
    ("zipinfo", unzip::main),
    ("zstd", zstd::main),
    ("zstdcat", zstd::main),
];
