//! The program archive: the commands of the library. The library is apart for the fuzz targets, which run them too.

fn main() {
    archive_guest::enter();
    cli::multicall::run("archive", &archive_guest::PROGRAMS)
}
