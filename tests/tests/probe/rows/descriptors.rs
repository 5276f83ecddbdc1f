//! Rows about descriptors: what they tell of themselves, closing, renumbering, flags, rights, preopens.

use crate::row::{Row, row, why};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("close", "open A f r; > close A; close A", "ok; BADF"),
        row("close: 99", "close 99", "BADF"),
        row("close: u32::MAX", "close -1", "BADF"),
        row("close: preopen", "> close 3; stat f", "ok; BADF"),
        row("close: stdin", "> close 0; read 0 9", "ok; BADF"),
        row("close: stdout", "> close 1; write 1 x", "ok; BADF"),
        row(
            "fd numbers after close (reuse)",
            "open A f r; close A; path_open 3 0 'f' 0 2 0 0 out -> u32",
            "ok 4",
        ),
        row(
            "an opened file never takes stdin's number",
            "close 0; path_open 3 0 'f' 0 2 0 0 out -> u32",
            "ok 4",
        )
        .node("ok 0"),
        row("renumber", "open A f r; open B d rd; renumber A B; > read B 9; read A 9", "ok hello; BADF"),
        row("renumber: to unused", "open A f r; renumber A 77", "BADF"),
        row("renumber: to a closed number", "open A f r; open B f r; close B; renumber A B", "BADF"),
        row("renumber: from unused", "open A f r; renumber 77 A", "BADF"),
        row("renumber: from unused keeps the target", "open A f r; ? renumber 77 A; read A 9", "ok hello"),
        row("renumber: to u32::MAX", "open A f r; renumber A -1", "BADF"),
        row("renumber: onto itself", "open A f r; > renumber A A; read A 9", "ok; ok hello"),
        row("renumber: a closed one onto itself", "renumber 77 77", "BADF").node("ok"),
        row(
            "renumber: the number is free again",
            "open A f r; open B f r; renumber B A; path_open 3 0 'f' 0 2 0 0 out -> u32",
            "ok 5",
        ),
        row(
            "renumber: onto preopen",
            "open A d rd; > renumber A 3; > list 3 4096; prestat 3",
            "ok; ok . .. e; BADF",
        )
        .node("ok; ok e; INVAL"),
        row(
            "renumber: preopen onto a directory",
            "open A d rd; renumber 3 A; > stat A:f; prestat A",
            "ok file 5 1; ok 0 1",
        ),
        row("renumber: preopen onto itself", "renumber 3 3; prestat 3", "ok 0 1"),
        row("renumber: onto stdin", "open A f r; > renumber A 0; read 0 9", "ok; ok hello"),
        row("renumber: stdin onto a file", "open A f r; > renumber 0 A; read A 9", "ok; ok some inpu"),
        row(
            "renumber: keeps the position",
            "open A f r; open B d rd; read A 2; renumber A B; read B 9",
            "ok llo",
        ),
        row("open 4000 handles", "open_many 3 4000", "ok 4000"),
        row("2,000 times open and close", "cycle 3 2000", "ok 2000"),
        row("  number afterwards", "cycle 3 2000; path_open 3 0 'f' 0 2 0 0 out -> u32", "ok 4"),
        row("prestat", "prestat 3", "ok 0 1"),
        row("prestat: padding is zero", "fd_prestat_get 3 out -> zero 1 3", "ok true")
            .wasmtime("ok false", "wasmtime leaves padding as it was")
            .node("ok false"),
        row("prestat_dir_name", "prename 3 1", "ok /"),
        row("prestat_dir_name: a larger buffer gets no NUL", "prename 3 3", "ok /\\xaa\\xaa"),
        row("prestat_dir_name: too small", "prename 3 0", "NAMETOOLONG").node("NOBUFS"),
        row("prestat: first number that is no preopen", "prestat 4", "BADF"),
        row("prestat: non-preopen dir", "open A d rd; prestat A", "BADF").node("INVAL"),
        row("prestat: non-preopen file", "open A f r; prestat A", "BADF").node("INVAL"),
        row("prestat: stdin", "prestat 0", "BADF").node("INVAL"),
        row("prestat_dir_name: non-preopen dir", "open A d rd; prename A 4", "BADF")
            .wasmtime("NOTDIR", "what fd_prestat_get answers, by which wasi-libc's scan ends"),
        row("prestat_dir_name: stdin", "prename 0 4", "BADF")
            .wasmtime("NOTDIR", "what fd_prestat_get answers, by which wasi-libc's scan ends"),
        row("fdstat stdin", "fdstat 0", "ok unknown 0 2 2").node("ok file 32768 8e001ff 0"),
        row("fdstat stdout", "fdstat 1", "ok unknown 0 40 40").node("ok file 32769 8e001ff 0"),
        row("fdstat stderr", "fdstat 2", "ok unknown 0 40 40").node("ok file 32769 8e001ff 0"),
        row("fdstat preopen", "fdstat 3", "ok directory 0 7b7fe00 ff7ffff")
            .node("ok directory 32768 fbffe98 fffffff"),
        row("fdstat dir", "open A d rd; fdstat A", "ok directory 0 3fb7ffbb ff7ffff")
            .wasmtime("ok directory 0 3fb7ffbb 3fb7ffbb", why::RIGHTS)
            .node("ok directory 32768 fb7fe98 fffffff"),
        row("fdstat file, read and write", "open A f rw; fdstat A", "ok file 0 3fffffff 3fffffff")
            .node("ok file 32770 8e001ff 0"),
        row("fdstat file, read", "open A f r; fdstat A", "ok file 0 3fffffbf 3fffffbf")
            .node("ok file 32768 8a000be 0"),
        row("fdstat file, write", "open A f w; fdstat A", "ok file 0 3fffbffd 3fffbffd")
            .node("ok file 32769 8e001fd 0"),
        row("fdstat file, rights 0", "open A f -; fdstat A", "ok file 0 3fffbfbd 3fffbfbd")
            .wasmtime("ok file 0 3fffffbf 3fffffbf", why::MODE)
            .node("ok file 32768 0 0"),
        row("fdstat: APPEND", "open A f wa; fdstat A", "ok file 1 3fffbffd 3fffbffd")
            .node("ok file 33793 8e001fd 0"),
        row("fdstat: NONBLOCK", "open A f rb; fdstat A", "ok file 4 3fffffbf 3fffffbf")
            .node("ok file 34816 8a000be 0"),
        row("fdstat: SYNC", "open A f ws; fdstat A", "ok file 16 3fffbffd 3fffbffd")
            .wasmtime("`open A f ws`: NOTSUP", "the suite takes both; we remember them")
            .node("ok file 36865 8e001fd 0"),
        row("fdstat: DSYNC", "open A f wy; fdstat A", "ok file 2 3fffbffd 3fffbffd")
            .wasmtime("`open A f wy`: NOTSUP", "the suite takes both; we remember them")
            .node("ok file 36865 8e001fd 0"),
        row("fdstat: RSYNC", "open A f wz; fdstat A", "ok file 8 3fffbffd 3fffbffd")
            .wasmtime("`open A f wz`: NOTSUP", "the suite takes both; we remember them")
            .node("ok file 36865 8e001fd 0"),
        row(
            "fdstat: TRUNC and CREAT leave no flags",
            "open A f wct; fdstat A",
            "ok file 0 3fffbffd 3fffbffd",
        )
        .node("ok file 32769 8e001fd 0"),
        row(
            "fdstat: padding is zero",
            "> fd_fdstat_get 3 out -> zero 1 1; fd_fdstat_get 3 out -> zero 4 4",
            "ok true; ok true",
        )
        .wasmtime("ok false; ok false", "wasmtime leaves padding as it was")
        .node("ok false; ok false"),
        row("fdstat: closed descriptor", "fdstat 99", "BADF"),
        row("fdstat: result out of bounds", "fd_fdstat_get 3 -8", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row(
            "set_flags: APPEND and NONBLOCK",
            "open A f w; setflags A 5; fdstat A",
            "ok file 5 3fffbffd 3fffbffd",
        )
        .node("ok file 35841 8e001fd 0"),
        row("set_flags: off again", "open A f wab; setflags A 0; fdstat A", "ok file 0 3fffbffd 3fffbffd")
            .node("ok file 32769 8e001fd 0"),
        row("set_flags: SYNC", "open A f w; setflags A 16", "INVAL").node("ok"),
        row("set_flags: DSYNC", "open A f w; setflags A 2", "INVAL").node("ok"),
        row("set_flags: RSYNC", "open A f w; setflags A 8", "INVAL").node("ok"),
        row("set_flags: unknown", "open A f w; setflags A 0x100", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("set_flags: NONBLOCK on stdin", "setflags 0 4", "ok")
            .wasmtime("BADF", "fcntl(2) knows no exception, and Go calls it on the standard streams"),
        row("set_flags: nothing on stdout", "setflags 1 0", "ok")
            .wasmtime("BADF", "fcntl(2) knows no exception, and Go calls it on the standard streams"),
        row("set_flags: directory", "open A d rd; setflags A 4", "ok")
            .wasmtime("BADF", "Linux: fcntl sets it"),
        row("set_flags: closed descriptor", "setflags 99 0", "BADF"),
        row("set_rights: same", "fd_fdstat_set_rights 3 0x7b7fe00 0xff7ffff", "NOTSUP").node("ok"),
        row("set_rights: fewer", "open A f rw; fd_fdstat_set_rights A 2 0", "NOTSUP").node("ok"),
        row("set_rights: more", "open A f r; fd_fdstat_set_rights A -1 -1", "NOTSUP")
            .wasmtime("trap", why::TRAP)
            .node("NOTCAPABLE"),
        row("set_rights: closed descriptor", "fd_fdstat_set_rights 99 0 0", "BADF"),
        row("filestat: stdin", "fstat 0 -> type", "ok unknown").node("ok file"),
        row("filestat: stdout's size", "fstat 1 -> size", "ok 0"),
        row("filestat: stdout's times", "fstat 1 -> recent", "ok false false false")
            .node("ok true true true"),
        row("filestat: file", "open A f r; fstat A", "ok file 5 1"),
        row("filestat: preopen", "fstat 3", "ok directory"),
        row("filestat: closed descriptor", "fstat 99", "BADF"),
        row("sync: file", "open A f w; > sync A; datasync A", "ok; ok"),
        row("sync: read-only file", "open A f r; > sync A; datasync A", "ok; ok").node("ok; NOTCAPABLE"),
        row("sync: directory", "open A d rd; > sync A; datasync A", "ok; ok")
            .wasmtime("BADF; BADF", "fsync(2) of a directory is how programs make names durable")
            .node("ok; NOTCAPABLE"),
        row("sync: stdout", "> sync 1; datasync 1", "BADF; BADF").node("ok; ok"),
        row("sync: closed descriptor", "> sync 99; datasync 99", "BADF; BADF"),
        row("sock_shutdown stdout", "sock_shutdown 1 1", "NOTSOCK").node("NOTSUP"),
        row("sock_shutdown 99", "sock_shutdown 99 1", "BADF").node("NOTSUP"),
        row("sock_shutdown file", "open A f r; sock_shutdown A 1", "NOTSOCK").node("NOTSUP"),
        row("sock_shutdown dir", "sock_shutdown 3 3", "NOTSOCK").node("NOTSUP"),
        row("sock_accept file", "open A f r; sock_accept A 0 out", "NOTSOCK").node("NOTCAPABLE"),
        row("sock_accept 99", "sock_accept 99 0 out", "BADF"),
        row("sock_recv file", "open A f r; sock_recv A 1200 0 0 out 1160", "NOTSOCK").node("INVAL"),
        row("sock_recv 99", "sock_recv 99 1200 0 0 out 1160", "BADF").node("INVAL"),
        row("sock_recv stdin", "sock_recv 0 1200 0 0 out 1160", "NOTSOCK").node("INVAL"),
        row("sock_send stdout", "sock_send 1 1200 0 0 out", "NOTSOCK").node("INVAL"),
        row("sock_send 99", "sock_send 99 1200 0 0 out", "BADF").node("INVAL"),
        row("sock_send file", "open A f w; sock_send A 1200 0 0 out", "NOTSOCK").node("INVAL"),
    ]
}
