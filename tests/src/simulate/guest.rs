//! Guests made by chance: programs that only copy, in ever other ways, and programs that call anything with anything.

use std::fmt::Write as _;

use crate::Chance;

/// Every function of preview1 with what its arguments are: `f` descriptor, `v` and `n` vector of buffers and its length,
/// `s` a path and its length, `o` a place for results, `b` and `l` a buffer and its length, `u` subscriptions and their
/// count, `i` and `q` any 32 and 64 bits, `g` flags, `w` a place where the new descriptor is kept.
const FUNCTIONS: [(&str, &str); 44] = [
    ("args_get", "oo"),
    ("args_sizes_get", "oo"),
    ("environ_get", "oo"),
    ("environ_sizes_get", "oo"),
    ("clock_res_get", "go"),
    ("clock_time_get", "gqo"),
    ("fd_advise", "fqqg"),
    ("fd_allocate", "fqq"),
    ("fd_close", "f"),
    ("fd_datasync", "f"),
    ("fd_fdstat_get", "fo"),
    ("fd_fdstat_set_flags", "fg"),
    ("fd_fdstat_set_rights", "fqq"),
    ("fd_filestat_get", "fo"),
    ("fd_filestat_set_size", "fq"),
    ("fd_filestat_set_times", "fqqg"),
    ("fd_pread", "fvnqo"),
    ("fd_prestat_get", "fo"),
    ("fd_prestat_dir_name", "fbl"),
    ("fd_pwrite", "fvnqo"),
    ("fd_read", "fvno"),
    ("fd_readdir", "fblqo"),
    ("fd_renumber", "ff"),
    ("fd_seek", "fqgo"),
    ("fd_sync", "f"),
    ("fd_tell", "fo"),
    ("fd_write", "fvno"),
    ("path_create_directory", "fs"),
    ("path_filestat_get", "fgso"),
    ("path_filestat_set_times", "fgsqqg"),
    ("path_link", "fgsfs"),
    ("path_open", "fgsgqqgw"),
    ("path_readlink", "fsblo"),
    ("path_remove_directory", "fs"),
    ("path_rename", "fsfs"),
    ("path_symlink", "sfs"),
    ("path_unlink_file", "fs"),
    ("poll_oneoff", "uxno"),
    ("proc_raise", "g"),
    ("sched_yield", ""),
    ("random_get", "bl"),
    ("sock_recv", "fvngoo"),
    ("sock_send", "fvngo"),
    ("sock_shutdown", "fg"),
];

/// Where things lie in a guest's memory.
const SUBSCRIPTIONS: usize = 256;
const PATHS: usize = 1024;
const PATH_BYTES: usize = 32;
const NEW_FD: usize = 2040;
const RESULTS: usize = 2048;
const BUFFERS: usize = 4096;

/// Names that the guests and the scripts have in common, and some that lead astray.
const NAMES: [&str; 12] =
    ["a", "b", "d", "d/a", "home/user/a", "tmp/x", "../a", "home/user", ".", "link", "d/../b", "nul"];

/// A program that copies standard input to standard output: buffers of other sizes, with or without polls and yields.
#[must_use]
pub(super) fn copier(chance: &mut Chance) -> String {
    let (first, second) = (chance.between(1, 3_000), chance.between(1, 8_000));
    let poll = if chance.one_in(2) {
        // One subscription: fd_read of descriptor 0.
        "(i32.store8 (i32.const 264) (i32.const 1)) (i32.store (i32.const 272) (i32.const 0))
         (if (call $poll_oneoff (i32.const 256) (i32.const 320) (i32.const 1) (i32.const 316)) (then unreachable))"
    } else {
        ""
    };
    let pause = if chance.one_in(2) { "(drop (call $sched_yield))" } else { "" };
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $done i32) (local $length i32)
    (loop $next
      {poll}
      ;; Two buffers that adjoin, so that what was read lies in one piece.
      (i32.store (i32.const 0) (i32.const {BUFFERS})) (i32.store (i32.const 4) (i32.const {first}))
      (i32.store (i32.const 8) (i32.const {middle})) (i32.store (i32.const 12) (i32.const {second}))
      (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 32))
        (then (call $proc_exit (i32.const 1))))
      (local.set $length (i32.load (i32.const 32)))
      (if (i32.eqz (local.get $length)) (then (call $proc_exit (i32.const 0))))
      (local.set $done (i32.const 0))
      (loop $rest
        {pause}
        (i32.store (i32.const 0) (i32.add (i32.const {BUFFERS}) (local.get $done)))
        (i32.store (i32.const 4) (i32.sub (local.get $length) (local.get $done)))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32))
          (then (call $proc_exit (i32.const 2))))
        (local.set $done (i32.add (local.get $done) (i32.load (i32.const 32))))
        (br_if $rest (i32.lt_u (local.get $done) (local.get $length))))
      (br $next))))"#,
        middle = BUFFERS + first,
    )
}

/// A program that makes calls with arguments that mean something often enough, in a loop that may never end.
#[must_use]
pub(super) fn caller(chance: &mut Chance) -> String {
    let mut text = String::from("(module\n");
    for (name, arguments) in FUNCTIONS {
        let types: String = arguments.chars().map(wasm_types).collect();
        let _ = writeln!(
            text,
            "(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} (param{types}) (result i32)))"
        );
    }
    text.push_str("(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $proc_exit (param i32)))\n");
    let _ = writeln!(text, "(memory (export \"memory\") {})", chance.between(1, 3));
    for (i, name) in NAMES.iter().enumerate() {
        let _ = writeln!(text, "(data (i32.const {}) \"{name}\")", PATHS + i * PATH_BYTES);
    }
    text.push_str("(func (export \"_start\") (local $again i32)\n");
    buffers(chance, &mut text);
    subscriptions(chance, &mut text);
    // Descriptor 3 is `/`; until something is opened, that is what `NEW_FD` holds.
    let _ = writeln!(text, "(i32.store (i32.const {NEW_FD}) (i32.const 3))");
    text.push_str("(loop $loop\n");
    for _ in 0..chance.between(1, 40) {
        step(chance, &mut text);
    }
    let times = if chance.one_in(8) { 1_000_000_000 } else { chance.between(1, 30) };
    let _ = writeln!(
        text,
        "(br_if $loop (i32.lt_u (local.tee $again (i32.add (local.get $again) (i32.const 1))) (i32.const {times}))))"
    );
    text.push_str(chance.pick(&[
        "",
        "(call $proc_exit (i32.const 7))",
        "unreachable",
        "(drop (i32.load (i32.const -1)))",
    ]));
    text.push_str("))\n");
    text
}

fn wasm_types(argument: char) -> &'static str {
    match argument {
        'q' => " i64",
        's' => " i32 i32",
        _ => " i32",
    }
}

fn buffers(chance: &mut Chance, text: &mut String) {
    for i in 0..8 {
        let at = BUFFERS + chance.below(20_000);
        let length = chance.pick(&[&0_usize, &1, &16, &1_000, &10_000, &100_000]);
        let _ = writeln!(text, "(i32.store (i32.const {}) (i32.const {at}))", i * 8);
        let _ = writeln!(text, "(i32.store (i32.const {}) (i32.const {length}))", i * 8 + 4);
    }
}

fn subscriptions(chance: &mut Chance, text: &mut String) {
    for i in 0..8 {
        let at = SUBSCRIPTIONS + i * 48;
        let kind = chance.below(4);
        let _ = writeln!(text, "(i64.store (i32.const {at}) (i64.const {i}))");
        let _ = writeln!(text, "(i32.store8 (i32.const {}) (i32.const {kind}))", at + 8);
        let what = if kind == 0 { chance.below(3) } else { chance.below(6) };
        let _ = writeln!(text, "(i32.store (i32.const {}) (i32.const {what}))", at + 16);
        let time = chance.pick(&[&0_u64, &1, &1_000_000, &u64::MAX]);
        let _ = writeln!(text, "(i64.store (i32.const {}) (i64.const {time}))", at + 24);
        let _ = writeln!(text, "(i32.store16 (i32.const {}) (i32.const {}))", at + 40, chance.below(3));
    }
}

fn step(chance: &mut Chance, text: &mut String) {
    if chance.one_in(25) {
        let pages = chance.below(40);
        let _ = writeln!(text, "(drop (memory.grow (i32.const {pages})))");
        return;
    }
    let Some((name, arguments)) = FUNCTIONS.get(chance.below(FUNCTIONS.len())) else { return };
    let arguments: String = arguments.chars().map(|kind| argument(chance, kind)).collect();
    let _ = writeln!(text, "(drop (call ${name}{arguments}))");
}

fn argument(chance: &mut Chance, kind: char) -> String {
    if kind != 's' && kind != 'q' && chance.one_in(40) {
        return format!(" (i32.const {})", chance.draw() as u32);
    }
    let number = match kind {
        'f' if chance.one_in(2) => return format!(" (i32.load (i32.const {NEW_FD}))"),
        'f' => chance.below(9),
        'v' => chance.below(4) * 8,
        'n' => chance.below(5),
        's' => {
            let at = chance.below(NAMES.len());
            let length = NAMES.get(at).map_or(0, |name| name.len());
            return format!(" (i32.const {}) (i32.const {length})", PATHS + at * PATH_BYTES);
        }
        'o' | 'x' => RESULTS + chance.below(1_000),
        'b' => BUFFERS + chance.below(1_000),
        'l' => chance.below(10_000),
        'u' => SUBSCRIPTIONS,
        'w' => NEW_FD,
        'q' => {
            let number = chance.pick(&[&0_u64, &1, &100, &5_000, &100_000, &(1 << 40), &u64::MAX]);
            return format!(" (i64.const {number})");
        }
        _ => chance.below(16),
    };
    format!(" (i32.const {number})")
}
