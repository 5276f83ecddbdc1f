//! The program jq: the library, on the arguments of the process. The library is apart for the fuzz targets, which run
//! it too.

fn main() {
    entry::enter();
    std::process::exit(jq_guest::main(std::env::args_os().collect()))
}
