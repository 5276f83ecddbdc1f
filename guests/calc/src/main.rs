//! The program calc: the commands of the library. The library is apart for the fuzz targets, which run them too.

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    cli::multicall::run("calc", &calc_guest::PROGRAMS)
}
