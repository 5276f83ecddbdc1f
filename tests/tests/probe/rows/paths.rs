//! Rows about paths: how they are read, where they may lead, and what opening, making and removing names answers.

use crate::row::{Row, row, why};

pub(crate) fn rows() -> Vec<Row> {
    let n255 = "n".repeat(255);
    let n256 = "n".repeat(256);
    vec![
        row("open: empty path", "open A '' r", "NOENT").node("INVAL"),
        row("stat: empty path", "stat ''", "NOENT").node("INVAL"),
        row("mkdir: empty path", "mkdir ''", "NOENT").node("INVAL"),
        row("unlink: empty path", "unlink ''", "NOENT").node("INVAL"),
        row("rmdir: empty path", "rmdir ''", "NOENT").node("INVAL"),
        row("rename: empty path", "rename '' n", "NOENT").node("INVAL"),
        row("rename: to an empty path", "rename f ''", "NOENT").node("INVAL"),
        row("link: to an empty path", "link f ''", "NOENT").node("INVAL"),
        row("symlink: at an empty path", "symlink f ''", "NOENT").node("INVAL"),
        row("open: '..'", "open A .. r", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("open: 'd/..' then '..'", "open A d/.. r; open B A:.. r", "PERM").node("NOTCAPABLE"),
        row("open: 'd/../..'", "open A d/../.. r", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("open: 'd/../../d'", "open A d/../../d r", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("stat: '..'", "stat ..", "PERM").world("ok directory", why::WORLD_TOP).node("ok directory"),
        row("mkdir: '../n'", "mkdir ../n", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("rename: to '../n'", "rename f ../n", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("stat: 'd/..'", "stat d/..", "ok directory"),
        row("stat: 'd/../f'", "stat d/../f", "ok file 5 1"),
        row("stat: 'd/e/../../f'", "stat d/e/../../f", "ok file 5 1"),
        row("stat: 'nope/..'", "stat nope/..", "NOENT").node("ok directory"),
        row("stat: 'f/..'", "stat f/..", "NOTDIR").node("ok directory"),
        row("stat: 'f/.'", "stat f/.", "NOTDIR").node("ok file 5 1"),
        row("stat: 'f/'", "stat f/", "NOTDIR"),
        row("stat: slashes", "stat d///e//", "ok directory"),
        row("stat: dots", "stat ./d/./e/.", "ok directory"),
        row("stat: absolute path", "stat /f", "PERM").node("NOTCAPABLE"),
        row("stat: the root itself", "stat /", "PERM").node("NOTCAPABLE"),
        row("open: absolute path", "open A /f r", "PERM").node("NOTCAPABLE"),
        row("mkdir: absolute path", "mkdir /n", "PERM").node("NOTCAPABLE"),
        row("unlink: absolute path", "unlink /f", "PERM").node("NOTCAPABLE"),
        row("rename: absolute path", "rename /f n", "PERM").node("NOTCAPABLE"),
        row("open '..' from sub-dir handle", "open A d rd; open B A:.. r", "PERM").node("NOTCAPABLE"),
        row("stat 'e/../..' from sub-dir handle", "open A d rd; stat A:e/../..", "PERM").node("NOTCAPABLE"),
        row("stat 'e/..' from sub-dir handle", "open A d rd; stat A:e/..", "ok directory"),
        row("open: component of 256 bytes", format!("open A {n256} r"), "NAMETOOLONG"),
        row("open: component of 255 bytes", format!("open A {n255} wc"), "ok"),
        row("mkdir: component of 256 bytes", format!("mkdir {n256}"), "NAMETOOLONG"),
        row("open: 256 bytes in a missing directory", format!("open A nope/{n256} r"), "NOENT"),
        row("open: path of 5000 bytes", format!("open A {}f r", "d/../".repeat(1000)), "NAMETOOLONG")
            .node("ok"),
        row("stat: path of 4095 bytes", format!("stat {}.", "./".repeat(2047)), "ok directory"),
        row("stat: path of 4096 bytes", format!("stat {}", "./".repeat(2048)), "NAMETOOLONG")
            .node("ok directory"),
        row("open: path not UTF-8", "open A '\\xff' r", "ILSEQ").node("NOENT"),
        row("mkdir: path not UTF-8", "mkdir 'a\\xc3'", "ILSEQ").node("ok"),
        row("symlink: target not UTF-8", "symlink '\\xff' n", "ILSEQ").node("ok"),
        row("open: NUL inside", "open A 'f\\0g' r", "INVAL"),
        row("open: NUL behind", "open A 'f\\0' r", "INVAL").node("ok"),
        row("mkdir: NUL behind", "mkdir 'n\\0'", "INVAL").node("ok"),
        row("symlink: NUL in the target", "symlink 'a\\0b' n", "INVAL"),
        row("mkdir: a name of odd bytes", "mkdir 'ü \\n*?'; stat 'ü \\n*?'", "ok directory"),
        row("mkdir: backslash and colon", "mkdir '3:a\\\\b'; stat '3:a\\\\b'", "ok directory"),
        row("mkdir: trailing slash", "mkdir n/; stat n", "ok directory"),
        row("mkdir: trailing slashes and dot", "mkdir n//.", "NOENT").node("ok"),
        row("mkdir: existing", "mkdir d", "EXIST"),
        row("mkdir: over a file", "mkdir f", "EXIST"),
        row("mkdir: 'f/'", "mkdir f/", "EXIST"),
        row("mkdir: '.'", "mkdir .", "EXIST"),
        row("mkdir: 'd/..'", "mkdir d/..", "EXIST"),
        row("mkdir: parent missing", "mkdir nope/x", "NOENT"),
        row("mkdir: parent is a file", "mkdir f/x", "NOTDIR"),
        row("mkdir: beneath a file's descriptor", "open A f r; mkdir A:x", "NOTDIR")
            .wasmtime("BADF", "the suite's list and Linux have NOTDIR, and wasmtime too for path_open")
            .node("NOTCAPABLE"),
        row("mkdir: beneath a closed descriptor", "mkdir 99:x", "BADF"),
        row("mkdir: beneath standard input", "mkdir 0:x", "BADF").node("NOTCAPABLE"),
        row("open: beneath a file's descriptor", "open A f r; open B A:x r", "NOTDIR").node("NOTCAPABLE"),
        row("path_open: base stdin", "open A 0:f r", "BADF").node("NOTCAPABLE"),
        row("open: beneath a closed descriptor", "open A 99:f r", "BADF"),
        row("open: beneath descriptor -31337", "open A -31337:f r", "BADF"),
        row("stat: beneath a file's descriptor", "open A f r; stat A:x", "NOTDIR")
            .wasmtime("BADF", "the suite's list and Linux have NOTDIR, and wasmtime too for path_open")
            .node("NOTCAPABLE"),
        row("open: missing", "open A nope r", "NOENT"),
        row("open: missing parent", "open A nope/x wc", "NOENT"),
        row("open: file as parent", "open A f/x wc", "NOTDIR"),
        row("open: 'f/'", "open A f/ r", "NOTDIR"),
        row("open: CREAT with trailing slash", "open A n/ wc", "ISDIR"),
        row("open: CREAT of an existing file with a slash", "open A f/ wc", "ISDIR").node("NOTDIR"),
        row("open: CREAT of '.'", "open A . rc", "ISDIR"),
        row("open: DIRECTORY on a file", "open A f rd", "NOTDIR"),
        row("open: CREAT+DIRECTORY missing", "open A n rcd", "INVAL"),
        row("open: CREAT+DIRECTORY on a directory", "open A d rcd", "INVAL"),
        row("open: CREAT+DIRECTORY on a file", "open A f rcd", "INVAL"),
        row("open: dir with FD_WRITE", "open A d rw", "ISDIR"),
        row("open: dir with FD_WRITE and DIRECTORY", "open A d rwd", "ISDIR"),
        row("open: dir with TRUNC", "open A d rt", "ISDIR"),
        row("open: dir with CREAT", "open A d rc", "ISDIR"),
        row("open: dir with CREAT+EXCL", "open A d rcx", "EXIST"),
        row("open: dir with APPEND", "open A d ra", "ok"),
        row("open: dir with NONBLOCK", "open A d rb; fdstat A", "ok directory 4 3fb7ffbb ff7ffff")
            .wasmtime("ok directory 0 3fb7ffbb 3fb7ffbb", why::RIGHTS)
            .node("ok directory 34816 8a00098 0"),
        row("open: '.' with rights 0", "open A . -; fstat A", "ok directory").node("NOTCAPABLE"),
        row("open: dir and slashes", "open A d/// r; fstat A", "ok directory"),
        row("open: file with CREAT+EXCL", "open A f rcx", "EXIST"),
        row("open: EXCL alone", "open A f rx; read A 9", "ok hello"),
        row("open: TRUNC", "open A f wt; fstat A", "ok file 0 1"),
        row("open: TRUNC with read right only", "open A f rt", "ok"),
        row("  size afterwards", "open A f rt; stat f", "ok file 0 1"),
        row("  and no writing", "open A f rt; write A x", "BADF")
            .wasmtime("ok 1", why::MODE)
            .node("NOTCAPABLE"),
        row("open: TRUNC+CREAT with rights 0, size", "open A f tc; stat f", "ok file 0 1"),
        row("open: APPEND with TRUNC and CREAT", "open A f wcat; write A x; stat f", "ok file 1 1"),
        row("open: rights 0 then fstat type", "open A f -; fstat A", "ok file 5 1").node("NOTCAPABLE"),
        row("open: rights 0 then read", "open A f -; read A 9", "BADF")
            .wasmtime("ok hello", why::MODE)
            .node("NOTCAPABLE"),
        row("open: rights 0 then write", "open A f -; write A x", "BADF").node("NOTCAPABLE"),
        row("open: CREAT with rights 0", "open A n c; stat n", "ok file 0 1"),
        row("open: read right, then write", "open A f r; write A x", "BADF").node("NOTCAPABLE"),
        row("open: write right, then read", "open A f w; read A 9", "BADF").node("NOTCAPABLE"),
        row("open: read right, then pwrite", "open A f r; pwrite A 0 x", "BADF").node("NOTCAPABLE"),
        row("open: write right, then pread", "open A f w; pread A 0 9", "BADF").node("NOTCAPABLE"),
        row(
            "open: the number is the lowest",
            "open A f r; open B f r; close A; path_open 3 0 'd' 0 0 0 0 out -> u32",
            "ok 4",
        ),
        row("open: two opens are two positions", "open A f r; open B f r; read A 2; read B 9", "ok hello"),
        row("open: unknown oflags", "path_open 3 0 'f' 0x100 2 0 0 out", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("open: unknown fdflags", "path_open 3 0 'f' 0 2 0 0x100 out", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("open: unknown lookupflags", "path_open 3 0x10 'f' 0 2 0 0 out", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("stat: unknown lookupflags", "path_filestat_get 3 0x10 'f' out", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("open: path pointer out of bounds", "path_open 3 0 -8 16 0 2 0 0 out", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("open: result pointer out of bounds", "path_open 3 0 'n' 1 2 0 0 -4", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("  and nothing is made", "> path_open 3 0 'n' 1 2 0 0 -4; stat n", "FAULT; NOENT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW; NOENT"),
        row("stat: result pointer out of bounds", "path_filestat_get 3 0 'f' -8", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("stat: result pointer unaligned", "path_filestat_get 3 0 'f' 1153", "ok")
            .wasmtime("trap", why::TRAP),
        row("unlink: file", "unlink f; stat f", "NOENT"),
        row("unlink: dir", "unlink d", "ISDIR"),
        row("unlink: 'd/'", "unlink d/", "ISDIR"),
        row("unlink: 'f/'", "unlink f/", "NOTDIR"),
        row("unlink: 'f/.'", "unlink f/.", "NOTDIR").node("ok"),
        row("unlink: missing", "unlink nope", "NOENT"),
        row("unlink: 'nope/'", "unlink nope/", "NOENT"),
        row("unlink: '.'", "unlink .", "ISDIR"),
        row("unlink: 'd/..'", "unlink d/..", "ISDIR"),
        row("unlink: a link, not its target", "unlink lf; > stat f; lstat lf", "ok file 5 1; NOENT"),
        row("unlink: a link to a directory", "unlink ld; stat d", "ok directory"),
        row("rmdir: empty", "rmdir d/e; stat d/e", "NOENT"),
        row("rmdir: trailing slash", "rmdir d/e/; stat d/e", "NOENT")
            .wasmtime("`rmdir d/e/`: INVAL", "Linux and the document's test remove it"),
        row("rmdir: '.'", "rmdir .", "INVAL").node("NOTEMPTY"),
        row("rmdir: 'd/e/.'", "rmdir d/e/.", "INVAL").node("ok"),
        row("rmdir: 'd/e/..'", "rmdir d/e/..", "NOTEMPTY").wasmtime("INVAL", why::LINUX),
        row("rmdir: file", "rmdir f", "NOTDIR"),
        row("rmdir: 'f/'", "rmdir f/", "NOTDIR"),
        row("rmdir: non-empty", "rmdir d", "NOTEMPTY"),
        row("rmdir: missing", "rmdir nope", "NOENT"),
        row("rename: file", "rename f n; > stat n; stat f", "ok file 5 1; NOENT"),
        row("rename: file over file", "open A n wc; rename f n; stat n", "ok file 5 1"),
        row(
            "rename: over an open file",
            "open A n rwc; write A old; rename f n; seek A 0 set; > read A 9; fstat A",
            "ok old; ok file 3 0",
        ),
        row("rename: onto hard link of itself", "link f g; rename f g", "ok"),
        row("  both still there", "link f g; rename f g; > stat f; stat g", "ok file 5 2; ok file 5 2"),
        row("rename: onto itself", "rename f f", "ok"),
        row("rename: dir into itself", "rename d d/x", "INVAL"),
        row("rename: dir into its own subtree", "rename d d/e/x", "INVAL"),
        row("rename: dir onto itself", "rename d d", "ok"),
        row("rename: dir onto parent", "rename d/e d", "NOTEMPTY"),
        row("rename: dir over file", "rename d f", "NOTDIR"),
        row("rename: file over dir", "rename f d", "ISDIR"),
        row("rename: file over empty dir", "rename f d/e", "ISDIR"),
        row("rename: dir onto empty dir", "mkdir n; rename d n; stat n/e", "ok directory"),
        row("rename: dir onto non-empty dir", "mkdir n; rename n d", "NOTEMPTY"),
        row("rename: missing", "rename nope n", "NOENT"),
        row("rename: into a missing directory", "rename f nope/n", "NOENT"),
        row("rename: into a file", "rename d f/n", "NOTDIR"),
        row("rename: file with trailing slash source", "rename f/ n", "NOTDIR"),
        row("rename: file to 'n2/'", "rename f n2/", "NOTDIR"),
        row("rename: dir with trailing slash source", "rename d/ n; stat n/e", "ok directory"),
        row("rename: dir to 'n2/'", "rename d n2/; stat n2/e", "ok directory"),
        row("rename: dir with slashes on both sides", "rename d/// n///; stat n/e", "ok directory"),
        row("rename: '.'", "rename . n", "BUSY").node("INVAL"),
        row("rename: 'd/..'", "rename d/.. n", "BUSY").node("INVAL"),
        row("rename: onto '.'", "rename d .", "BUSY").node("NOTEMPTY"),
        row("rename: onto 'd/.'", "rename f d/.", "BUSY").node("ISDIR"),
        row(
            "rename: between directories",
            "open A d rd; rename f A:n; > stat d/n; stat f",
            "ok file 5 1; NOENT",
        ),
        row("rename: from a directory's descriptor", "open A d rd; rename A:e n; stat n", "ok directory"),
        row("rename: a handle keeps its file", "open A f r; rename f n; read A 9", "ok hello"),
    ]
}
