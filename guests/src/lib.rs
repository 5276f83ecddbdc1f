//! The catalogue: the programs that wasmsand bundles, as wasm32-wasip1 bytes.
//!
//! It owns the list of programs and of the command names that each answers to.
//! It does not know how a program is mounted or run; the sources are in the
//! folders beside `src`, and `build.rs` compiles them.
//!
//! The bytes are part of the host's executable file, which the operating system
//! reads by the page: a program that nobody runs costs no reading and no memory.

/// One program file: its wasm bytes and the names it answers to.
#[derive(Clone, Copy)]
pub struct Program {
    /// The name of the file, which no other program has.
    pub name: &'static str,
    /// The command names that run this file. A program tells them apart by `argv[0]`.
    pub links: &'static [&'static str],
    /// The module, a preview1 command.
    pub bytes: &'static [u8],
}

/// Every bundled program, sorted by name.
pub fn catalogue() -> &'static [Program] {
    PROGRAMS
}

/// The wasm file that `build.rs` put in `OUT_DIR`.
macro_rules! wasm {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".wasm"))
    };
}

static PROGRAMS: &[Program] = &[
    Program { name: "archive", links: ARCHIVE, bytes: wasm!("archive") },
    Program { name: "awk", links: &["awk", "gawk"], bytes: wasm!("awk") },
    Program { name: "calc", links: &["calc", "bc", "dc", "expr"], bytes: wasm!("calc") },
    Program { name: "coreutils", links: COREUTILS, bytes: wasm!("coreutils") },
    Program { name: "csv", links: CSV, bytes: wasm!("csv") },
    Program { name: "diff", links: &["diff", "cmp", "patch"], bytes: wasm!("diff") },
    Program { name: "files", links: FILES, bytes: wasm!("files") },
    Program { name: "find", links: &["find", "tree", "xargs"], bytes: wasm!("find") },
    Program { name: "grep", links: &["grep", "egrep", "fgrep"], bytes: wasm!("grep") },
    Program { name: "jq", links: &["jq", "tomlq", "xq", "yq"], bytes: wasm!("jq") },
    Program { name: "lines", links: LINES, bytes: wasm!("lines") },
    Program { name: "python3", links: &["python3", "python", "pip", "pip3"], bytes: wasm!("python3") },
    Program { name: "rg", links: &["rg"], bytes: wasm!("rg") },
    Program { name: "sed", links: &["sed"], bytes: wasm!("sed") },
    Program { name: "text", links: TEXT, bytes: wasm!("text") },
    Program { name: "textutils", links: TEXTUTILS, bytes: wasm!("textutils") },
    Program { name: "tools", links: TOOLS, bytes: wasm!("tools") },
];

/// The programs in `archive/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const ARCHIVE: &[&str] = &[
    "archive", "bunzip2", "bzcat", "bzip2", "gunzip", "gzip", "lzcat", "lzma", "tar", "unlzma", "unxz", "unzip",
    "unzstd", "xz", "xzcat", "zcat", "zip", "zipinfo", "zstd", "zstdcat",
];

/// The utilities in `coreutils/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const COREUTILS: &[&str] = &["coreutils", "dircolors", "hostid", "ptx", "shred"];

/// The commands in `csv/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const CSV: &[&str] = &[
    "csv", "csvclean", "csvcut", "csvformat", "csvgrep", "csvjoin", "csvjson", "csvlook", "csvsort", "csvstack",
    "csvstat", "in2csv", "qsv", "xsv",
];

/// The commands in `files/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const FILES: &[&str] = &[
    "[", "chgrp", "chmod", "chown", "cp", "date", "dd", "df", "dir", "du", "file", "files", "install", "link",
    "ln", "ls", "mkdir", "mkfifo", "mknod", "mktemp", "mv", "pathchk", "pr", "printenv", "readlink", "realpath", "rm",
    "rmdir", "stat", "sync", "test", "touch", "truncate", "unlink", "vdir", "which",
];

/// The tools in `lines/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "lines", "basename", "cat", "cut", "dirname", "echo", "false", "head", "pwd", "seq", "sort", "tac", "tail",
    "tee", "tr", "true", "uniq", "wc", "yes",
];

/// The tools of `text/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const TEXT: &[&str] =
    &["text", "clear", "column", "hd", "hexdump", "less", "more", "reset", "rev", "strings", "tput", "xxd"];

/// The tools in `textutils/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const TEXTUTILS: &[&str] = &[
    "textutils", "b2sum", "base32", "base64", "basenc", "cksum", "comm", "csplit", "expand", "factor", "fmt", "fold", "join",
    "md5sum", "nl", "numfmt", "od", "paste", "printf", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum",
    "shuf", "split", "sum", "tsort", "unexpand",
];

/// The tools in `tools/src/main.rs`, and the program's own name.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "tools", "arch", "cal", "curl", "env", "free", "getopt", "groups", "hostname", "id", "kill", "killall",
    "logname", "nice", "nohup", "nproc", "pgrep", "pidof", "pkill", "ps", "sleep", "stty", "time", "timeout", "tty",
    "uname", "uptime", "users", "uuidgen", "w", "watch", "wget", "who", "whoami",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The commands that the documentation promises.
    const PROMISED: &str = "arch b2sum base32 base64 basename basenc cat cksum comm cp csplit cut date dd dir \
        dircolors dirname echo env expand expr factor false fmt fold head hostid join link ln ls md5sum mkdir mktemp \
        mv nice nl nproc numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum \
        sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split sum tac tail tee test touch tr true \
        truncate tsort tty uname unexpand uniq unlink vdir wc yes \
        grep egrep fgrep jq yq tomlq xq find sed python3 python chmod tree xargs awk gawk cmp diff patch chgrp chown df du file \
        install mkfifo mknod stat sync which clear column hd hexdump less more reset rev strings tput xxd bc dc tar \
        gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat zstd unzstd zstdcat zip unzip cal curl free getopt groups \
        hostname id kill killall logname nohup pgrep pidof pkill ps time timeout uptime users uuidgen w wget who \
        whoami stty watch rg xsv qsv csvcut csvgrep csvsort csvlook csvstat csvjson csvstack csvjoin csvclean csvformat \
        in2csv";

    #[test]
    fn every_program_is_a_wasm_module() {
        for program in catalogue() {
            assert_eq!(program.bytes.get(..8), Some(b"\0asm\x01\0\0\0".as_slice()), "{}", program.name);
        }
    }

    #[test]
    fn no_two_programs_share_a_name() {
        let mut seen = BTreeSet::new();
        for program in catalogue() {
            for link in program.links {
                assert!(seen.insert(*link), "{link} names two programs, or one twice");
            }
        }
    }

    #[test]
    fn every_program_answers_to_its_own_name() {
        for program in catalogue() {
            assert!(program.links.contains(&program.name), "{}", program.name);
        }
    }

    #[test]
    fn every_promised_command_is_there() {
        let links: BTreeSet<&str> = catalogue().iter().flat_map(|program| program.links).copied().collect();
        let missing: Vec<&str> = PROMISED.split_whitespace().filter(|name| !links.contains(name)).collect();
        assert_eq!(missing, [""; 0]);
    }
}
