//! Rows about links, symbolic and hard.

use crate::row::{Row, row, why};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = symbolic();
    rows.extend(hard());
    for count in [5, 13, 25, 33, 40, 41] {
        let chain: String =
            (2..=count).map(|number| format!("symlink l{} l{number}; ", number - 1)).collect();
        let ours = if count <= 40 { "ok" } else { "LOOP" };
        let chain = row(
            format!("open: chain of {count} symlinks"),
            format!("symlink f l1; {chain} open A l{count} r"),
            ours,
        );
        rows.push(if (33..=40).contains(&count) { chain.node("LOOP") } else { chain });
    }
    rows
}

fn symbolic() -> Vec<Row> {
    vec![
        row("symlink: empty target", "symlink '' n", "NOENT").node("INVAL"),
        row("symlink: absolute target", "symlink /f n", "PERM").world("ok", why::WORLD_LINK),
        row("symlink: absolute target through a sub-directory", "open A d rd; symlink /f A:n", "PERM")
            .world("ok", why::WORLD_LINK),
        row("symlink: absolute target, followed", "? symlink /f n; stat n", "NOENT")
            .world("ok file 5 1", why::WORLD_LINK),
        row("symlink: absolute target, followed as a directory", "? symlink /d n; stat n/e", "NOENT")
            .world("ok directory", why::WORLD_LINK),
        row("symlink: absolute target with '..'", "? symlink /../d/../f n; stat n", "NOENT")
            .world("ok file 5 1", why::WORLD_LINK),
        row(
            "symlink: absolute target, followed through a sub-directory",
            "open A d rd; ? symlink /f A:n; stat A:n",
            "NOENT",
        )
        .world("PERM", why::OWN_DIRECTORY),
        row("symlink: absolute target, read", "? symlink /f n; readlink n 9", "NOENT")
            .world("ok /f", why::WORLD_LINK),
        row("symlink: target above", "symlink ../f n; readlink n 9", "ok ../f"),
        row("symlink: over a file", "symlink x f", "EXIST"),
        row("symlink: over a directory", "symlink x d", "EXIST"),
        row("symlink: over a dangling link", "symlink x dang", "EXIST"),
        row("symlink: 'new/'", "symlink x new/", "NOENT"),
        row("symlink: 'dang/'", "symlink x dang/", "EXIST").wasmtime("NOENT", why::LINUX),
        row("symlink: 'd/'", "symlink x d/", "EXIST"),
        row("symlink: 'f/'", "symlink x f/", "NOTDIR").node("EXIST"),
        row("symlink: '.'", "symlink x .", "EXIST"),
        row("symlink: parent missing", "symlink x nope/n", "NOENT"),
        row("symlink: verbatim", "symlink a//b/../ n; readlink n 20", "ok a//b/../"),
        row("symlink size", "symlink target n; lstat n", "ok symlink 6 1"),
        row(
            "symlink: target of 4095 bytes",
            format!("symlink {} n; lstat n -> size", "t".repeat(4095)),
            "ok 4095",
        ),
        row("symlink: target of 4096 bytes", format!("symlink {} n", "t".repeat(4096)), "NAMETOOLONG"),
        row("readlink", "readlink lf 9", "ok f"),
        row("readlink: truncated", "symlink abcdef n; readlink n 4", "ok abcd").node("NOBUFS"),
        row("readlink: the rest of the buffer is untouched", "readlink lf 9 -> buffer 3", "ok f\\xaa\\xaa")
            .node("ok f\\x00\\xaa"),
        row("readlink: regular file", "readlink f 9", "INVAL"),
        row("readlink: directory", "readlink d 9", "INVAL"),
        row("readlink: '.'", "readlink . 9", "INVAL"),
        row("readlink: 'ld/'", "readlink ld/ 9", "INVAL"),
        row("readlink: buf_len 0", "readlink lf 0", "ok").node("NOBUFS"),
        row("readlink: missing", "readlink nope 9", "NOENT"),
        row("readlink: buffer out of bounds", "path_readlink 3 'lf' -4 9 out", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("open follow: loop", "symlink l2 l1; symlink l1 l2; open A l1 r", "LOOP"),
        row("open nofollow: self-loop before the end", "symlink l l; open A l/x rn", "LOOP"),
        row("open nofollow: self-loop", "symlink l l; open A l rn", "LOOP"),
        row("lstat: self-loop", "symlink l l; lstat l", "ok symlink 1 1"),
        row("open nofollow: symlink", "open A lf rn", "LOOP").node("ok"),
        row("open nofollow: symlink to dir", "open A ld rn", "LOOP").node("ok"),
        row("open nofollow: symlink to dir, DIRECTORY", "open A ld rdn", "LOOP").node("ok"),
        row("open nofollow: symlink to dir, trailing slash", "open A ld/ rn; fstat A", "ok directory"),
        row("open follow: symlink to file, DIRECTORY", "open A lf rd", "NOTDIR"),
        row("open follow: 'lf/'", "open A lf/ r", "NOTDIR"),
        row("stat: through a link", "stat lf", "ok file 5 1"),
        row("stat nofollow: 'ld/'", "lstat ld/", "ok directory"),
        row("stat nofollow: 'ld'", "lstat ld", "ok symlink 1 1"),
        row("stat: 'ld/e'", "lstat ld/e", "ok directory"),
        row("stat: dangling", "stat dang", "NOENT"),
        row("open: through 'ld/x' nofollow", "open A d/x wc; open B ld/x rn", "ok"),
        row("open follow: dangling", "open A dang r", "NOENT"),
        row("open follow: CREAT on dangling", "open A dang wc", "ok"),
        row("  target exists now", "open A dang wc; stat nope", "ok file 0 1"),
        row("open nofollow: CREAT on dangling", "open A dang wcn", "LOOP").node("ok"),
        row("open nofollow: CREAT on a link to a file", "open A lf wcn", "LOOP").node("ok"),
        row("open: CREAT+EXCL on dangling", "open A dang wcx", "EXIST").node("ok"),
        row("open: CREAT+EXCL on a link to a file", "open A lf wcx", "EXIST"),
        row("open: CREAT on a dangling link to 'new/'", "symlink new/ l; open A l wc", "ISDIR"),
        row("open: TRUNC through a link", "open A lf wt; stat f", "ok file 0 1"),
        row("open follow: symlink escaping with ..", "symlink ../f out; open A out r", "PERM")
            .world("ok", why::WORLD_TOP)
            .node("ok"),
        row("open: through escaping symlink", "symlink .. out; open A out/f r", "PERM")
            .world("ok", why::WORLD_TOP)
            .node("NOENT"),
        row("stat nofollow: escaping symlink", "symlink ../f out; lstat out", "ok symlink 4 1"),
        row(
            "open: escaping symlink from sub-dir handle",
            "symlink ../f d/up; open A d rd; open B A:up r",
            "PERM",
        )
        .node("NOTCAPABLE"),
        row("cat: symlink with .. inside", "symlink ../f d/up; open A d/up r; read A 9", "ok hello"),
        row("mkdir: over dangling symlink", "mkdir dang", "EXIST"),
        row("mkdir: over dangling symlink, slash", "mkdir dang/", "EXIST"),
        row("mkdir: in a linked directory", "mkdir ld/n; stat d/n", "ok directory"),
        row("rmdir: symlink to dir", "rmdir ld", "NOTDIR"),
        row("rmdir: 'ld/'", "rmdir ld/", "NOTDIR").wasmtime("INVAL", why::LINUX),
        row("unlink: 'ld/'", "unlink ld/", "NOTDIR").wasmtime("ISDIR", why::LINUX),
        row("unlink: 'lf/'", "unlink lf/", "NOTDIR"),
        row("rename: symlink moves link", "rename ld n", "ok"),
        row("  type", "rename ld n; lstat n", "ok symlink 1 1"),
        row("rename: 'ld/'", "rename ld/ n", "NOTDIR"),
        row("rename: onto a link replaces it", "rename f ld; > stat ld; stat d", "ok file 5 1; ok directory"),
        row(
            "times: of a link itself",
            "ltimes lf 5 1500000001 1600000002; > lstat lf -> times; stat f -> recent",
            "ok 1500000001 1600000002; ok true true true",
        )
        .node("ok 1000000000 1000000000; ok true true true"),
        row(
            "times: through a link",
            "times lf 5 1500000001 1600000002; > stat f -> times; lstat lf -> recent",
            "ok 1500000001 1600000002; ok true true true",
        )
        .node("ok 1000000000 1000000000; ok true true true"),
    ]
}

fn hard() -> Vec<Row> {
    vec![
        row("link: to new name", "link f g", "ok"),
        row("  nlink", "link f g; stat f", "ok file 5 2"),
        row("  one inode", "link f g; > stat f -> ino; stat g -> ino", "ok #1; ok #1"),
        row("  both are written", "link f g; open A g w; write A J; open B f r; read B 9", "ok Jello"),
        row(
            "link: handles agree",
            "link f g; open A f rw; open B g rw; > fdstat A; > fdstat B; > fstat A; fstat B",
            "ok file 0 3fffffff 3fffffff; ok file 0 3fffffff 3fffffff; ok file 5 2; ok file 5 2",
        )
        .node("ok file 32770 8e001ff 0; ok file 32770 8e001ff 0; ok file 5 2; ok file 5 2"),
        row("link: follow flag on symlink", "link_follow lf g", "INVAL").node("ok"),
        row("link: follow flag on a file", "link_follow f g", "INVAL").node("ok"),
        row("link: unknown lookupflags", "path_link 3 0x10 'f' 3 'g'", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("ok"),
        row("link: dir", "link d n", "PERM"),
        row("link: '.'", "link . n", "PERM"),
        row("link: missing", "link nope n", "NOENT"),
        row("link: source 'f/'", "link f/ n", "NOTDIR"),
        row("link: target 'n/'", "link f n/", "NOENT"),
        row("link: target 'd/'", "link f d/", "EXIST"),
        row("link: existing file", "open A n wc; link f n", "EXIST"),
        row("link: existing dir", "link f d", "EXIST"),
        row("link: itself", "link f f", "EXIST"),
        row("link: over dangling symlink", "link f dang", "EXIST"),
        row("link: of a dangling symlink", "link dang n; lstat n", "ok symlink 4 2"),
        row("link: of a looping symlink", "symlink l l; link l n; lstat n", "ok symlink 1 2"),
        row("link: into a sub-directory's descriptor", "open A d rd; link f A:n; stat d/n", "ok file 5 2"),
        row("link: target absolute", "link f /n", "PERM").node("NOTCAPABLE"),
        row("link: target above", "link f ../n", "PERM").world("ok", why::WORLD_TOP).node("ok"),
        row("link: from a closed descriptor", "link 99:f n", "BADF"),
    ]
}
