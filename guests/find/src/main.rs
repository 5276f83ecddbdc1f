//! The program find: the library, on the arguments of the process. The library is apart for the fuzz targets, which run
//! it too.

use std::ffi::OsString;

fn main() {
    find_guest::enter();
    let argv = std::env::args_os().map(OsString::into_encoded_bytes).collect();
    std::process::exit(find_guest::main(argv))
}
