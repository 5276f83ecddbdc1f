//! The program jq: the library, on the arguments of the process. The library is apart for the fuzz targets, which run
//! it too.

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    std::process::exit(jq_guest::main(std::env::args_os().collect()))
}
