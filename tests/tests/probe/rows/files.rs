//! Rows about a file's bytes, position, length and times.

use crate::row::{Row, row, why};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = transfers();
    rows.extend(positions());
    rows.extend(lengths());
    rows.extend(times());
    rows
}

fn transfers() -> Vec<Row> {
    let many = "'' ".repeat(1024);
    let too_many = "'' ".repeat(1025);
    vec![
        row("read", "open A f r; > read A 3; > read A 9; read A 9", "ok hel; ok lo; ok"),
        row("read: two iovecs", "open A f r; read A 2 9", "ok hello").wasmtime("ok he", why::FIRST_BUFFER),
        row("read: an empty iovec first", "open A f r; read A 0 9", "ok hello"),
        row("read: zero iovecs", "open A f r; read A", "ok"),
        row("read: zero iovecs of a directory", "open A d rd; read A", "ISDIR").wasmtime("BADF", why::ISDIR).node("NOTCAPABLE"),
        row("read: zero iovecs, write-only", "open A f w; read A", "BADF").node("NOTCAPABLE"),
        row("read: no bytes", "open A f r; read A 0; tell A", "ok 0"),
        row("read: directory", "open A d rd; read A 9", "ISDIR").wasmtime("BADF", why::ISDIR).node("NOTCAPABLE"),
        row("read: closed descriptor", "read 99 9", "BADF"),
        row("read: standard input", "> read 0 4; > read 0 20; read 0 9", "ok some; ok  input; ok"),
        row("read: stdout", "read 1 9", "BADF"),
        row("write: stdin", "write 0 x", "BADF"),
        row("write: stdout", "write 1 hi", "ok 2"),
        row("write: stdout, two iovecs", "write 1 hi there", "ok 7").wasmtime("ok 2", why::FIRST_BUFFER),
        row("write: zero iovecs", "open A f w; write A", "ok 0"),
        row("write: zero iovecs, read-only", "open A f r; write A", "BADF").node("NOTCAPABLE"),
        row("write: two iovecs", "open A f w; write A xy zw; stat f -> size", "ok 5"),
        row("write: two iovecs, count", "open A f w; write A xy zw", "ok 4").wasmtime("ok 2", why::FIRST_BUFFER),
        row("write: an empty iovec first", "open A f w; write A '' xy", "ok 2"),
        row("write: directory", "open A d rd; write A x", "ISDIR").wasmtime("BADF", why::ISDIR).node("NOTCAPABLE"),
        row("write: 1,024 iovecs", format!("open A f w; write A {many}"), "ok 0"),
        row("write: 1,023 empty iovecs and one", format!("open A f w; write A {} x", "'' ".repeat(1023)), "ok 1"),
        row("write: 1,025 iovecs", format!("open A f w; write A {too_many}"), "INVAL").wasmtime("ok 0", "Linux: more than IOV_MAX is INVAL").node("ok 0"),
        row("write: closed descriptor", "write 99 x", "BADF"),
        row("write: iovec pointer out of bounds", "fd_write 1 -8 1 out", "FAULT").wasmtime("trap", why::TRAP).node("OVERFLOW"),
        row("write: count pointer out of bounds", "open A f w; > fd_write A @'\\0\\x10\\0\\0\\x01\\0\\0\\0' 1 -4; open B f r; read B 9", "FAULT; ok hello").wasmtime("trap", why::TRAP).node("OVERFLOW; ok hello"),
        row("write: misaligned iovec array", "open A f w; fd_write A 1201 0 out", "ok"),
        row("read: a later iovec out of bounds", "open A f r; > fd_read A @'\\0\\0\\x01\\0\\x01\\0\\0\\0\\xff\\xff\\xff\\xff\\x09\\0\\0\\0' 2 out; tell A", "FAULT; ok 0").wasmtime("ok; ok 1", "the whole array is checked before anything is done").node("OVERFLOW; ok 0"),
        row("read: overlapping iovecs", "open A f r; fd_read A @'\\0\\0\\x01\\0\\x03\\0\\0\\0\\0\\0\\x01\\0\\x03\\0\\0\\0' 2 out -> buffer 3", "ok lol").wasmtime("ok hel", why::FIRST_BUFFER),
        row("write: a later iovec out of bounds", "open A f w; > fd_write A @'\\0\\x10\\0\\0\\x01\\0\\0\\0\\xff\\xff\\xff\\xff\\x09\\0\\0\\0' 2 out; open B f r; read B 9", "FAULT; ok hello").wasmtime("ok; ok fello", "the whole array is checked before anything is done").node("OVERFLOW; ok hello"),
        row("pread", "open A f r; > pread A 1 3; tell A", "ok ell; ok 0"),
        row("pread: two iovecs", "open A f r; pread A 1 2 9", "ok ello").wasmtime("ok el", why::FIRST_BUFFER),
        row("pread: at the end", "open A f r; pread A 5 9", "ok"),
        row("pread: past the end", "open A f r; pread A 99 9", "ok"),
        row("pread at u64::MAX", "open A f r; pread A -1 9", "INVAL"),
        row("pread at i64::MAX", "open A f r; pread A 0x7fffffffffffffff 9", "INVAL"),
        row("pread at i64::MAX + 1", "open A f r; pread A 0x8000000000000000 9", "INVAL"),
        row("pread: directory", "open A d rd; pread A 0 9", "ISDIR").wasmtime("BADF", why::ISDIR).node("NOTCAPABLE"),
        row("pread: stdin", "pread 0 0 9", "SPIPE").node("ok some inpu"),
        row("pwrite", "open A f rw; > pwrite A 1 E; > tell A; read A 9", "ok 1; ok 0; ok hEllo"),
        row("pwrite: two iovecs", "open A f rw; > pwrite A 1 E L; pread A 0 9", "ok 2; ok hELlo").wasmtime("ok 1; ok hEllo", why::FIRST_BUFFER),
        row("pwrite: past the end", "open A f rw; pwrite A 7 x; pread A 0 20", "ok hello\\x00\\x00x"),
        row("pwrite at u64::MAX", "open A f w; pwrite A -1 x", "INVAL"),
        row("pwrite at i64::MAX", "open A f w; pwrite A 0x7fffffffffffffff x", "INVAL"),
        row("pwrite at 2^62", "open A f w; pwrite A 0x4000000000000000 x", "FBIG"),
        row("pwrite: stdout", "pwrite 1 0 x", "SPIPE").node("ok 1"),
        row("pwrite: directory", "open A d rd; pwrite A 0 x", "ISDIR").wasmtime("BADF", why::ISDIR).node("NOTCAPABLE"),
        row("pwrite: count pointer out of bounds", "open A f w; > fd_pwrite A @'\\0\\x10\\0\\0\\x01\\0\\0\\0' 1 0 -4; open B f r; read B 9", "FAULT; ok hello").wasmtime("trap", why::TRAP).node("OVERFLOW; ok hello"),
        row("append: every write at the end", "open A f wa; write A !; seek A 0 set; write A ?; open B f r; read B 9", "ok hello!?"),
        row("append: tell after write", "open A f wa; write A abcd; tell A", "ok 9"),
        row("append: pwrite at 0", "open A n rwca; write A abcd; pwrite A 0 EF", "ok 2"),
        row("  content", "open A n rwca; write A abcd; pwrite A 0 EF; pread A 0 9", "ok abcdEF"),
        row("  tell", "open A n rwca; write A abcd; pwrite A 0 EF; tell A", "ok 4"),
        row("append: switched on", "open A f rw; setflags A 1; write A !; pread A 0 9", "ok hello!"),
        row("append: switched off", "open A f rwa; setflags A 0; write A J; pread A 0 9", "ok Jello"),
        row("append: two handles", "open A f wa; open B f wa; write A 1; write B 2; write A 3; open C f r; read C 9", "ok hello123"),
        row("read after unlink", "open A f rw; unlink f; read A 4", "ok hell"),
        row("write after unlink", "open A f rw; unlink f; seek A 0 end; > write A !; pread A 0 9", "ok 1; ok hello!"),
        row("  fstat after unlink", "open A f rw; unlink f; fstat A", "ok file 5 0"),
        row("  old handle, new file of same name", "open A f r; unlink f; open B f wc; write B new; > read A 9; stat f", "ok hello; ok file 3 1"),
        row("  which is another inode", "open A f r; unlink f; open B f wc; > fstat A -> ino; fstat B -> ino", "ok #1; ok #2"),
        row("close keeps other handles", "open A f r; open B f r; close A; read B 9", "ok hello"),
    ]
}

fn positions() -> Vec<Row> {
    vec![
        row("seek: SET", "open A f r; > seek A 2 set; read A 9", "ok 2; ok llo"),
        row("seek: CUR", "open A f r; seek A 2 set; > seek A 1 cur; seek A -2 cur", "ok 3; ok 1"),
        row("seek: SET -1", "open A f r; seek A -1 set", "INVAL"),
        row("seek: CUR -1 at the start", "open A f r; seek A -1 cur", "INVAL"),
        row("seek: SET i64::MAX", "open A f r; seek A 0x7fffffffffffffff set", "ok 9223372036854775807")
            .node("INVAL"),
        row("seek: then CUR +1", "open A f r; ? seek A 0x7fffffffffffffff set; seek A 1 cur", "INVAL")
            .wasmtime("ok 9223372036854775808", why::LINUX)
            .node("ok 1"),
        row("write at i64::MAX", "open A f w; ? seek A 0x7fffffffffffffff set; write A x", "INVAL")
            .node("ok 1"),
        row("seek: END -3", "open A f r; seek A -3 end", "ok 2"),
        row("seek: END -99", "open A f r; seek A -99 end", "INVAL"),
        row("  tell unchanged", "open A f r; seek A -3 end; ? seek A -99 end; tell A", "ok 2"),
        row("seek: whence 7", "open A f r; seek A 0 7", "INVAL").wasmtime("trap", why::TRAP),
        row("seek: result out of bounds", "open A f r; > fd_seek A 2 0 -4; tell A", "FAULT; ok 0")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW; ok 0"),
        row("seek: directory", "open A d rd; seek A 0 set", "BADF").node("NOTCAPABLE"),
        row("seek: preopen", "seek 3 0 cur", "BADF").node("NOTCAPABLE"),
        row("seek: stdin", "seek 0 0 cur", "SPIPE").node("ok 0"),
        row("seek: stdout", "seek 1 0 cur", "SPIPE").node("ok 0"),
        row("seek: closed descriptor", "seek 99 0 cur", "BADF"),
        row("tell: stdin", "tell 0", "SPIPE").node("ok 0"),
        row("tell: stdout", "tell 1", "SPIPE").node("ok 0"),
        row("tell: directory", "open A d rd; tell A", "BADF").node("NOTCAPABLE"),
        row("tell: after read", "open A f r; read A 3; tell A", "ok 3"),
        row("seek past end, read", "open A f r; seek A 99 set; read A 9", "ok"),
        row("write past end", "open A f w; seek A 99 set; write A x", "ok 1"),
        row("  size", "open A f w; seek A 99 set; write A x; fstat A -> size", "ok 100"),
        row(
            "  zeros between",
            "open A f rw; seek A 8 set; write A x; pread A 0 20",
            "ok hello\\x00\\x00\\x00x",
        ),
    ]
}

fn lengths() -> Vec<Row> {
    vec![
        row("set_size shrink", "open A f w; setlen A 2; fstat A", "ok file 2 1"),
        row("  tell after shrink", "open A f rw; seek A 4 set; setlen A 2; tell A", "ok 4"),
        row("set_size grows with zeros", "open A f rw; setlen A 7; read A 9", "ok hello\\x00\\x00"),
        row("set_size 2^62", "open A f w; setlen A 0x4000000000000000", "FBIG"),
        row("set_size i64::MAX", "open A f w; setlen A 0x7fffffffffffffff", "FBIG"),
        row("set_size i64::MAX + 1", "open A f w; setlen A 0x8000000000000000", "INVAL"),
        row("set_size u64::MAX", "open A f w; setlen A -1", "INVAL"),
        row("set_size on read-only fd", "open A f r; setlen A 1", "INVAL").node("NOTCAPABLE"),
        row("set_size: directory", "open A d rd; setlen A 1", "ISDIR")
            .wasmtime("BADF", why::ISDIR)
            .node("NOTCAPABLE"),
        row("set_size: stdout", "setlen 1 1", "INVAL")
            .wasmtime("BADF", "ftruncate(2): what is no file is INVAL")
            .node("ok"),
        row("set_size: closed descriptor", "setlen 99 1", "BADF"),
        row("allocate grows", "open A f rw; allocate A 4 6; read A 20", "ok hello\\x00\\x00\\x00\\x00\\x00")
            .wasmtime("`allocate A 4 6`: NOTSUP", why::ALLOCATE),
        row("allocate never shrinks", "open A f w; allocate A 0 2; fstat A -> size", "ok 5")
            .wasmtime("`allocate A 0 2`: NOTSUP", why::ALLOCATE),
        row("allocate len 0", "open A f w; allocate A 0 0", "INVAL")
            .wasmtime("NOTSUP", why::ALLOCATE)
            .node("ok"),
        row("allocate overflow", "open A f w; allocate A 0x7fffffffffffffff 1", "FBIG")
            .wasmtime("NOTSUP", why::ALLOCATE)
            .node("INVAL"),
        row("allocate u64 overflow", "open A f w; allocate A -1 -1", "INVAL")
            .wasmtime("NOTSUP", why::ALLOCATE),
        row("allocate 2^62", "open A f w; allocate A 0 0x4000000000000000", "FBIG")
            .wasmtime("NOTSUP", why::ALLOCATE),
        row("allocate: read-only fd", "open A f r; allocate A 0 10", "BADF")
            .wasmtime("NOTSUP", why::ALLOCATE)
            .node("NOTCAPABLE"),
        row("allocate: directory", "open A d rd; allocate A 0 10", "ISDIR")
            .wasmtime("BADF", why::ISDIR)
            .node("NOTCAPABLE"),
        row("allocate: stdout", "allocate 1 0 10", "INVAL").wasmtime("BADF", why::ALLOCATE).node("ok"),
        row("allocate: closed descriptor", "allocate 99 0 10", "BADF"),
        row("advise", "open A f r; > advise A 0 3 0; > advise A 0 0 5; fstat A", "ok; ok; ok file 5 1"),
        row("advise: beyond the end", "open A f r; > advise A 0 1000 3; fstat A -> size", "ok; ok 5"),
        row("advise: advice 9", "open A f r; advise A 0 0 9", "INVAL").wasmtime("trap", why::TRAP),
        row("advise: overflow", "open A f r; advise A -1 -1 0", "INVAL"),
        row("advise: directory", "open A d rd; advise A 0 0 0", "BADF"),
        row("advise: stdin", "advise 0 0 0 0", "BADF").node("ok"),
        row("advise: closed descriptor", "advise 99 0 0 0", "BADF"),
    ]
}

fn times() -> Vec<Row> {
    vec![
        row("times are real", "stat f -> recent", "ok true true true"),
        row("times are real of links", "lstat lf -> recent", "ok true true true"),
        row(
            "set_times: both",
            "times f 5 1234567890123456789 1500000000999999999; stat f -> times",
            "ok 1234567890123456789 1500000000999999999",
        )
        .node("ok 1234567890000000000 1500000000000000000"),
        row("set_times: mtim 1.5s", "times f 4 0 1500000000; stat f -> mtim", "ok 1500000000")
            .node("ok 1000000000"),
        row(
            "set_times: mtim only leaves atim",
            "times f 5 7000000000 8000000000; times f 4 1 9000000000; stat f -> times",
            "ok 7000000000 9000000000",
        ),
        row(
            "set_times: atim only leaves mtim",
            "times f 5 7000000000 8000000000; times f 1 9000000000 1; stat f -> times",
            "ok 9000000000 8000000000",
        ),
        row(
            "set_times: no flags",
            "times f 5 7000000000 8000000000; times f 0 1 2; stat f -> times",
            "ok 7000000000 8000000000",
        ),
        row("set_times: zero", "times f 5 0 0; stat f -> times", "ok 0 0"),
        row("set_times: now", "times f 5 7 8; times f 10 1 1; stat f -> recent", "ok true true true"),
        row("set_times: both flags", "times f 12 1 1", "INVAL"),
        row("set_times: both flags of atim", "times f 3 1 1", "INVAL"),
        row(
            "set_times: both flags change nothing",
            "times f 5 7000000000 8000000000; > times f 13 1 1; stat f -> times",
            "INVAL; ok 7000000000 8000000000",
        )
        .node("hangs"),
        row("set_times: unknown flags", "times f 16 1 1", "INVAL").wasmtime("trap", why::TRAP),
        row("set_times: mtim u64::MAX", "times f 4 0 -1", "ok"),
        row("set_times: missing", "times nope 4 0 1", "NOENT"),
        row(
            "set_times: directory",
            "times d 5 7000000000 8000000000; stat d -> times",
            "ok 7000000000 8000000000",
        ),
        row(
            "fset_times: both",
            "open A f r; ftimes A 5 1234567890123456789 1500000000999999999; fstat A -> times",
            "ok 1234567890123456789 1500000000999999999",
        )
        .node("ok 1234567890000000000 1500000000000000000"),
        row("fset_times: both flags", "open A f r; ftimes A 12 1 1", "INVAL"),
        row(
            "fset_times: directory",
            "open A d rd; ftimes A 5 7000000000 8000000000; stat d -> times",
            "ok 7000000000 8000000000",
        ),
        row("fset_times: stdout", "ftimes 1 4 0 1", "ok")
            .wasmtime("BADF", "futimens(2) of a stream is no error"),
        row("fset_times: closed descriptor", "ftimes 99 4 0 1", "BADF"),
        row(
            "write moves mtim",
            "open A f w; ftimes A 5 1000 1000; write A x; fstat A -> recent",
            "ok false true true",
        ),
        row("reading moves no mtim", "open A f r; ftimes A 4 0 1000; read A 9; fstat A -> mtim", "ok 1000")
            .node("ok 0"),
        row("filestat: padding is zero", "stat f -> zero 17 7", "ok true")
            .wasmtime("ok false", "wasmtime leaves padding as it was")
            .node("ok false"),
        row("filestat: inode is not zero", "stat f -> ino", "ok #1"),
    ]
}
