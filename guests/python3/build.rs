//! What the C library says of files and makes of them has modes (`src/kernel/libc.rs`), it compares bytes one by one
//! (`src/bytes.rs`), and it aborts without words (`src/memory.rs`).

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/modules");
    for name in [
        "abort",
        "fstat",
        "fstatat",
        "memcmp",
        "mkdirat",
        "open",
        "__wasilibc_find_relpath",
        "__wasilibc_find_relpath_alloc",
    ] {
        println!("cargo::rustc-link-arg=--wrap={name}");
    }
}
