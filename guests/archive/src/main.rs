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

use std::ffi::OsString;
use std::process::exit;

use cli::{stdio, wording};

/// A program's entry point: its name as typed and its arguments, to an exit status.
type Program = fn(&str, Vec<Vec<u8>>) -> i32;

/// Every program under the names that it answers to, sorted.
const PROGRAMS: [(&str, Program); 19] = [
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

fn main() {
    host::enter();
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(host_bytes).collect();
    if argv.first().is_some_and(|name| base_name(name) == b"archive") {
        argv.remove(0);
    }
    if argv.is_empty() {
        list();
    }
    let typed = argv.remove(0);
    let name = base_name(&typed);
    match PROGRAMS.iter().find(|(known, _)| name == known.as_bytes()) {
        Some((known, program)) => exit(program(known, argv)),
        None if name == b"--list" || name == b"--help" => list(),
        None => {
            stdio::complain("archive", &format!("{}: no such program", wording::name(name)));
            exit(127);
        }
    }
}

fn host_bytes(word: OsString) -> Vec<u8> {
    host::bytes(word)
}

/// Prints the name of every program, one a line, and leaves.
fn list() -> ! {
    let names: String = PROGRAMS.iter().map(|(name, _)| format!("{name}\n")).collect();
    exit(i32::from(stdio::print(names.as_bytes()).is_err()))
}

/// The last component of a path.
fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
