//! The `wasmsand` module with guests written by hand: each function's success, and each errno's cause.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::sync::Arc;

use bstr::{BString, ByteSlice};
use proptest::prelude::*;
use wasmsand_wasi::kernel::Kernel;
use wasmsand_wasi::module::{self, Call, Performed};
use wasmsand_wasi::preview1::Memory;
use wasmsand_wasi::vfs::{At, Content, Scope, Time};
use wasmsand_wasi::{
    CoroutineStart, Limits, Machine, Pid, Preopen, ShellRequest, Signal, Simulated, Spawned, Status,
    TerminalMode, Turn,
};

/// The imports that the tests use, and memory: strings at 1024 and up, room for answers at 0, for buffers at 8192.
const PRELUDE: &str = r#"
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasmsand" "version" (func $version (result i32)))
    (import "wasmsand" "spawn" (func $spawn (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "exec" (func $exec (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "wait" (func $wait (param i32 i32 i64 i32 i32) (result i32)))
    (import "wasmsand" "kill" (func $kill (param i32 i32) (result i32)))
    (import "wasmsand" "process_ids" (func $ids (param i32) (result i32)))
    (import "wasmsand" "process_times" (func $times (param i32) (result i32)))
    (import "wasmsand" "processes" (func $processes (param i32 i32 i32) (result i32)))
    (import "wasmsand" "set_group" (func $set_group (param i32 i32) (result i32)))
    (import "wasmsand" "set_foreground" (func $set_foreground (param i32) (result i32)))
    (import "wasmsand" "signal_action" (func $action (param i32 i32) (result i32)))
    (import "wasmsand" "signals_ignored" (func $ignored (param i32) (result i32)))
    (import "wasmsand" "signals_take" (func $take (param i32) (result i32)))
    (import "wasmsand" "signals_watch" (func $watch (param i32) (result i32)))
    (import "wasmsand" "timer_set" (func $timer_set (param i64 i64 i32) (result i32)))
    (import "wasmsand" "timer_get" (func $timer_get (param i32) (result i32)))
    (import "wasmsand" "pipe" (func $pipe (param i32 i32) (result i32)))
    (import "wasmsand" "dup" (func $dup (param i32 i32 i32) (result i32)))
    (import "wasmsand" "cwd_get" (func $cwd_get (param i32 i32 i32) (result i32)))
    (import "wasmsand" "cwd_set" (func $cwd_set (param i32 i32) (result i32)))
    (import "wasmsand" "umask" (func $umask (param i32 i32) (result i32)))
    (import "wasmsand" "access" (func $access (param i32 i32 i32) (result i32)))
    (import "wasmsand" "mode_get" (func $mode_get (param i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "mode_set" (func $mode_set (param i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "mode_set_fd" (func $mode_set_fd (param i32 i32) (result i32)))
    (import "wasmsand" "owner_set" (func $owner_set (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "owner_set_fd" (func $owner_set_fd (param i32 i32 i32) (result i32)))
    (import "wasmsand" "stat" (func $stat (param i32 i32 i32 i32) (result i32)))
    (import "wasmsand" "stat_fd" (func $stat_fd (param i32 i32) (result i32)))
    (import "wasmsand" "make_fifo" (func $make_fifo (param i32 i32 i32) (result i32)))
    (import "wasmsand" "file_system_stat" (func $fs_stat (param i32 i32 i32) (result i32)))
    (import "wasmsand" "terminal_size" (func $size (param i32 i32) (result i32)))
    (import "wasmsand" "terminal_mode_get" (func $tty_get (param i32 i32) (result i32)))
    (import "wasmsand" "terminal_mode_set" (func $tty_set (param i32 i32 i32) (result i32)))
    (import "wasmsand" "image_fetch" (func $fetch (result i32)))
    (memory (export "memory") 2)
    (data (i32.const 1024) "/child")    (data (i32.const 1040) "child\00")
    (data (i32.const 1056) "/other")    (data (i32.const 1072) "other\00two\00")
    (data (i32.const 1088) "/missing")  (data (i32.const 1104) "/plain")
    (data (i32.const 1120) "/dir")      (data (i32.const 1136) "/roots")
    (data (i32.const 1152) "/fifo")     (data (i32.const 1168) "A=1\00")
    (data (i32.const 1184) "/binary")   (data (i32.const 1200) "/pl\00in")
    (data (i32.const 1216) "fifo")      (data (i32.const 1232) "/dev/fd/5")
    ;; Ends with an errno unless it is 0.
    (func $ok (param $errno i32) (if (local.get $errno) (then (call $exit (local.get $errno)))))
    ;; Writes bytes to a descriptor.
    (func $put (param $fd i32) (param $at i32) (param $len i32)
      (i32.store (i32.const 900) (local.get $at)) (i32.store (i32.const 904) (local.get $len))
      (call $ok (call $fd_write (local.get $fd) (i32.const 900) (i32.const 1) (i32.const 908))))
    ;; Reads into 8192; how many bytes, or minus the errno.
    (func $get (param $fd i32) (param $len i32) (result i32) (local $errno i32)
      (i32.store (i32.const 900) (i32.const 8192)) (i32.store (i32.const 904) (local.get $len))
      (local.set $errno (call $fd_read (local.get $fd) (i32.const 900) (i32.const 1) (i32.const 908)))
      (if (result i32) (local.get $errno)
        (then (i32.sub (i32.const 0) (local.get $errno))) (else (i32.load (i32.const 908)))))
    ;; Spawns /child with options at an address; the errno.
    (func $child (param $options i32) (result i32)
      (call $spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)
        (local.get $options) (i32.const 16)))
    ;; Options at 64: flags, group, one action at 128 (child descriptor, source).
    (func $options (param $flags i32) (param $group i32) (param $actions i32)
      (i32.store (i32.const 64) (i32.const 32)) (i32.store (i32.const 68) (local.get $flags))
      (i32.store (i32.const 72) (local.get $group)) (i32.store (i32.const 76) (i32.const 128))
      (i32.store (i32.const 80) (local.get $actions)))
    (func $act (param $index i32) (param $child i32) (param $source i32)
      (i32.store (i32.add (i32.const 128) (i32.mul (local.get $index) (i32.const 8))) (local.get $child))
      (i32.store (i32.add (i32.const 132) (i32.mul (local.get $index) (i32.const 8))) (local.get $source)))
    ;; Waits for ever for a child; its status is then at 8, its number at 12.
    (func $reap (param $target i32) (result i32)
      (call $wait (local.get $target) (i32.const 0) (i64.const -1) (i32.const 8) (i32.const 12)))
"#;

fn compiled(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {PRELUDE} {body})")).unwrap()
}

/// The body of a program that does one thing.
fn main(body: &str) -> String {
    format!(r#"(func (export "_start") {body})"#)
}

/// A machine with programs: the first is run.
struct World {
    machine: Machine,
}

impl World {
    fn with(limits: Limits, host: Simulated, programs: &[(&str, &str)]) -> World {
        let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
        let mut machine = Machine::new(limits, Box::new(host), no_shell);
        let kernel = machine.kernel();
        let root = kernel.vfs.root();
        let at = |path: &'static str| At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
        kernel.vfs.add_file(at("/plain"), Content::owned(b"text\n".to_vec()), 0o644, Time(7)).unwrap();
        kernel.vfs.add_file(at("/binary"), Content::owned(b"\x7fELF\0".to_vec()), 0o755, Time(7)).unwrap();
        kernel.vfs.add_directory(at("/dir"), 0o755, Time(7)).unwrap();
        let roots = kernel.vfs.add_file(at("/roots"), Content::owned(vec![]), 0o604, Time(7)).unwrap();
        kernel.vfs.chown(roots, Some(0), Some(0), Time(7)).unwrap();
        kernel.vfs.add_directory(at("/dev"), 0o755, Time(7)).unwrap();
        kernel.vfs.add_directory(at("/dev/fd"), 0o755, Time(7)).unwrap();
        let fd5 = wasmsand_wasi::vfs::Device::Fd(5);
        kernel.vfs.make_device(at("/dev/fd/5"), fd5, 0o666, Time(7)).unwrap();
        for (path, body) in programs {
            let at = At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
            kernel.vfs.add_file(at, Content::owned(compiled(body)), 0o755, Time(0)).unwrap();
        }
        World { machine }
    }

    fn new(programs: &[(&str, &str)]) -> World {
        World::with(Limits::default(), Simulated::new(1, b""), programs)
    }

    fn start(&mut self) {
        let program =
            Spawned::Executable { path: "/main".into(), argv: vec!["main".into()], env: vec!["B=2".into()] };
        self.machine.start(program, 0o022, b"/").unwrap();
    }

    fn run(&mut self) -> Status {
        self.start();
        self.finish()
    }

    fn finish(&mut self) -> Status {
        for _ in 0..1_000_000 {
            match self.machine.turn() {
                Turn::Progress => {}
                Turn::Idle { sleep, .. } => {
                    assert!(self.machine.kernel().host.wait(sleep), "nobody can go on");
                }
                Turn::Ended(status) => return status,
                Turn::TimedOut | Turn::OutOfFuel => panic!("timed out"),
            }
        }
        panic!("does not end");
    }

    /// Turns until everybody waits for something that only comes from outside.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            if let Turn::Idle { .. } = self.machine.turn() {
                return;
            }
        }
        panic!("somebody runs on");
    }

    fn host(&mut self) -> &Simulated {
        self.machine.kernel().host_as().unwrap()
    }

    fn output(&mut self) -> BString {
        self.host().output.clone().into()
    }
}

/// Runs /main and nobody else; its exit status.
#[track_caller]
fn exits(body: &str) -> u8 {
    exits_with(Limits::default(), body, "")
}

#[track_caller]
fn exits_with(limits: Limits, body: &str, child: &str) -> u8 {
    let (main_body, child_body) = (main(body), main(child));
    let programs: &[(&str, &str)] =
        &[("/main", &main_body), ("/child", &child_body), ("/other", &main("(call $exit (i32.const 44))"))];
    let mut world = World::with(limits, Simulated::new(1, b""), programs);
    match world.run() {
        Status::Exited(code) => code,
        other => panic!("{body}: {other:?}: {}", world.host().error.as_bstr()),
    }
}

#[test]
fn the_version_is_three() {
    assert_eq!(exits("(call $exit (call $version))"), 3);
}

#[test]
fn the_cold_part_of_an_image_comes_when_it_is_asked_for() {
    // Not supported: there is no image.
    assert_eq!(exits("(call $exit (call $fetch))"), 58);
    let sections = r#"(@custom "wasmsand.image" "\00\20\00\00\02\00\00\00\01\02\40\20\00\00\01\00\00\00\03")
        (@custom "wasmsand.image.cold" "\01\20\00\00\01\00\00\00\30")"#;
    let body = main(
        r#"(if (i32.ne (i32.load (i32.const 8192)) (i32.const 0x0201)) (then (call $exit (i32.const 1))))
        (call $ok (call $fetch))
        (if (i32.ne (i32.load (i32.const 8192)) (i32.const 0x3001)) (then (call $exit (i32.const 2))))
        (call $exit (i32.load8_u (i32.const 8256)))"#,
    );
    // A data segment is there first.
    let segment = r#"(data (i32.const 8192) "\09\09")"#;
    let mut world = World::new(&[("/main", &format!("{body} {segment} {sections}"))]);
    assert_eq!(world.run(), Status::Exited(3));
}

#[test]
fn an_image_that_does_not_fit_or_is_malformed_does_not_start() {
    for (section, status, words) in [
        (r"\ff\ff\01\00\02\00\00\00\01\02", Status::Signaled(Signal::ABRT), "image does not fit"),
        (r"\ff\ff\01\00\03\00\00\00\01\02", Status::Exited(126), "malformed section `wasmsand.image'"),
    ] {
        let body = main("(call $exit (i32.const 0))");
        let text = format!(r#"{body} (@custom "wasmsand.image" "{section}")"#);
        let mut world = World::new(&[("/main", &text)]);
        assert_eq!(world.run(), status);
        assert!(world.host().error.contains_str(words), "{}", world.host().error.as_bstr());
    }
}

#[test]
fn each_function_has_its_errnos() {
    // WASI's numbers: 1 2BIG, 2 ACCES, 8 BADF, 12 CHILD, 20 EXIST, 21 FAULT, 28 INVAL, 31 ISDIR, 37 NAMETOOLONG,
    // 44 NOENT, 45 NOEXEC, 54 NOTDIR, 59 NOTTY, 63 PERM, 68 RANGE, 71 SRCH.
    for (call, errno) in [
        // spawn and exec: path, argv, env, options, pid
        (
            "$spawn (i32.const 1088) (i32.const 8) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            44,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 0) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            44,
        ),
        (
            "$spawn (i32.const 1104) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            2,
        ),
        (
            "$spawn (i32.const 1120) (i32.const 4) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            31,
        ),
        (
            "$spawn (i32.const 1184) (i32.const 7) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            45,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            28,
        ),
        (
            "$spawn (i32.const 1200) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            28,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 9000000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            1,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 5000) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            37,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const -8) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            21,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -2)",
            21,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const -2) (i32.const 16)",
            21,
        ),
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 16)",
            28,
        ),
        (
            "$exec (i32.const 1088) (i32.const 8) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)",
            44,
        ),
        (
            "$exec (i32.const 1104) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)",
            2,
        ),
        (
            "$exec (i32.const 1184) (i32.const 7) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)",
            45,
        ),
        ("$exec (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)", 28),
        ("$wait (i32.const -1) (i32.const 0) (i64.const -1) (i32.const 8) (i32.const 12)", 12),
        ("$wait (i32.const 1) (i32.const 1) (i64.const -1) (i32.const 8) (i32.const 12)", 12),
        ("$wait (i32.const -1) (i32.const 8) (i64.const -1) (i32.const 8) (i32.const 12)", 28),
        ("$wait (i32.const -1) (i32.const 0) (i64.const -1) (i32.const -1) (i32.const 12)", 21),
        ("$kill (i32.const 77) (i32.const 15)", 71),
        ("$kill (i32.const -77) (i32.const 0)", 71),
        ("$kill (i32.const -2147483648) (i32.const 0)", 71),
        ("$kill (i32.const 1) (i32.const 32)", 28),
        ("$kill (i32.const 1) (i32.const 0)", 0),
        ("$kill (i32.const 0) (i32.const 0)", 0),
        ("$kill (i32.const -1) (i32.const 15)", 71),
        ("$ids (i32.const -4)", 21),
        ("$times (i32.const -4)", 21),
        ("$processes (i32.const 8192) (i32.const 10) (i32.const 4)", 68),
        ("$processes (i32.const 8192) (i32.const -1) (i32.const 4)", 21),
        ("$set_group (i32.const 77) (i32.const 0)", 71),
        ("$set_group (i32.const 0) (i32.const 77)", 63),
        ("$set_group (i32.const 0) (i32.const 0)", 0),
        ("$set_foreground (i32.const 1)", 59),
        ("$action (i32.const 9) (i32.const 1)", 28),
        ("$action (i32.const 19) (i32.const 2)", 28),
        ("$action (i32.const 32) (i32.const 1)", 28),
        ("$action (i32.const 2) (i32.const 3)", 28),
        ("$action (i32.const 2) (i32.const 2)", 0),
        ("$take (i32.const -1)", 21),
        ("$pipe (i32.const -1) (i32.const 4)", 21),
        ("$pipe (i32.const 0) (i32.const -1)", 21),
        ("$dup (i32.const 9) (i32.const 0) (i32.const 0)", 8),
        ("$dup (i32.const 0) (i32.const -1) (i32.const 0)", 28),
        ("$dup (i32.const 0) (i32.const 0) (i32.const -1)", 21),
        ("$cwd_get (i32.const 8192) (i32.const 0) (i32.const 4)", 68),
        ("$cwd_set (i32.const 1088) (i32.const 8)", 44),
        ("$cwd_set (i32.const 1104) (i32.const 6)", 54),
        ("$umask (i32.const 0) (i32.const -1)", 21),
        ("$access (i32.const 1104) (i32.const 6) (i32.const 6)", 0),
        ("$access (i32.const 1104) (i32.const 6) (i32.const 1)", 2),
        ("$access (i32.const 1136) (i32.const 6) (i32.const 2)", 2),
        ("$access (i32.const 1088) (i32.const 8) (i32.const 0)", 44),
        ("$access (i32.const 1104) (i32.const 6) (i32.const 8)", 28),
        ("$mode_get (i32.const 1088) (i32.const 8) (i32.const 1) (i32.const 0)", 44),
        ("$mode_get (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const -1)", 21),
        ("$mode_set (i32.const 1136) (i32.const 6) (i32.const 1) (i32.const 0x1ff)", 63),
        ("$mode_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 0x1ff)", 0),
        ("$mode_set_fd (i32.const 9) (i32.const 0)", 8),
        ("$mode_set_fd (i32.const 0) (i32.const 0)", 28),
        ("$mode_set_fd (i32.const 3) (i32.const 0x1ed)", 0),
        ("$owner_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 0) (i32.const -1)", 63),
        ("$owner_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const -1) (i32.const 5)", 63),
        ("$owner_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 1000) (i32.const 1000)", 0),
        ("$owner_set (i32.const 1136) (i32.const 6) (i32.const 1) (i32.const 1000) (i32.const -1)", 63),
        ("$owner_set (i32.const 1088) (i32.const 8) (i32.const 1) (i32.const -1) (i32.const -1)", 44),
        ("$owner_set_fd (i32.const 9) (i32.const -1) (i32.const -1)", 8),
        ("$owner_set_fd (i32.const 0) (i32.const -1) (i32.const -1)", 28),
        ("$stat (i32.const 1088) (i32.const 8) (i32.const 1) (i32.const 0)", 44),
        ("$stat (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const -1)", 21),
        ("$stat_fd (i32.const 9) (i32.const 0)", 8),
        ("$make_fifo (i32.const 1104) (i32.const 6) (i32.const 0x1b6)", 20),
        ("$make_fifo (i32.const 1152) (i32.const 5) (i32.const 0x1b6)", 0),
        ("$fs_stat (i32.const 1088) (i32.const 8) (i32.const 8192)", 44),
        ("$fs_stat (i32.const 1104) (i32.const 6) (i32.const -1)", 21),
        ("$size (i32.const 0) (i32.const 4)", 59),
        ("$tty_get (i32.const 9) (i32.const 0)", 8),
        ("$tty_get (i32.const 0) (i32.const 0)", 59),
        ("$tty_set (i32.const 0) (i32.const 0) (i32.const 0)", 59),
    ] {
        assert_eq!(exits(&format!("(call $exit (call {call}))")), errno, "{call}");
    }
}

#[test]
fn spawn_options_are_checked() {
    for (options, errno) in [
        (
            "(call $options (i32.const 0) (i32.const 0) (i32.const 0)) (i32.store (i32.const 64) (i32.const 36))",
            28,
        ),
        ("(call $options (i32.const 16) (i32.const 0) (i32.const 0))", 28),
        ("(call $options (i32.const 0) (i32.const 0) (i32.const 1025))", 28),
        (
            "(call $options (i32.const 0) (i32.const 0) (i32.const 1)) (call $act (i32.const 0) (i32.const 1) (i32.const 9))",
            8,
        ),
        (
            "(call $options (i32.const 0) (i32.const 0) (i32.const 1)) (call $act (i32.const 0) (i32.const -2) (i32.const 1))",
            8,
        ),
        (
            "(call $options (i32.const 0) (i32.const 0) (i32.const 1)) (i32.store (i32.const 76) (i32.const -4))",
            21,
        ),
        ("(call $options (i32.const 1) (i32.const 77) (i32.const 0))", 63),
        // The current directory: a missing one, a file, one that is there.
        (
            "(call $options (i32.const 4) (i32.const 0) (i32.const 0)) (i32.store (i32.const 84) (i32.const 1088)) (i32.store (i32.const 88) (i32.const 8))",
            44,
        ),
        (
            "(call $options (i32.const 4) (i32.const 0) (i32.const 0)) (i32.store (i32.const 84) (i32.const 1104)) (i32.store (i32.const 88) (i32.const 6))",
            54,
        ),
        (
            "(call $options (i32.const 4) (i32.const 0) (i32.const 0)) (i32.store (i32.const 84) (i32.const 1120)) (i32.store (i32.const 88) (i32.const 4))",
            0,
        ),
        ("(call $options (i32.const 3) (i32.const 0) (i32.const 0))", 0),
    ] {
        let body = format!("{options} (call $exit (call $child (i32.const 64)))");
        assert_eq!(exits(&body), errno, "{options}");
    }
}

#[test]
fn a_spawn_that_fails_leaves_nothing_behind() {
    let body = main(
        r#"(local $i i32)
        (call $options (i32.const 0) (i32.const 0) (i32.const 1)) (call $act (i32.const 0) (i32.const 7) (i32.const 1))
        (loop $again
          (if (i32.ne (i32.const 44) (call $spawn (i32.const 1088) (i32.const 8) (i32.const 1040) (i32.const 6)
                (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 16))) (then unreachable))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
        ;; No child is there to be waited for, and none was told of.
        (call $exit (call $reap (i32.const -1)))"#,
    );
    let mut world = World::with(
        Limits { processes_max: 3, ..Limits::default() },
        Simulated::new(1, b""),
        &[("/main", &body)],
    );
    assert_eq!(world.run(), Status::Exited(12));
    let kernel = world.machine.kernel();
    assert_eq!((kernel.vfs.usage().open_files, kernel.processes.len()), (0, 0));
    kernel.vfs.check().unwrap();
}

#[test]
fn the_status_of_a_child_is_linux_s() {
    for (child, status) in [
        ("(call $exit (i32.const 7))", 0x0700),
        ("(call $exit (i32.const 300))", 44 << 8),
        ("", 0),
        ("unreachable", 6),
        ("(call $ok (call $kill (i32.const 2) (i32.const 15))) (call $exit (i32.const 1))", 15),
    ] {
        let body = r#"(call $ok (call $child (i32.const 0)))
            (if (i32.ne (i32.load (i32.const 16)) (i32.const 2)) (then unreachable))
            (call $ok (call $reap (i32.const -1)))
            (if (i32.ne (i32.load (i32.const 12)) (i32.const 2)) (then unreachable))
            (call $put (i32.const 1) (i32.const 8) (i32.const 4))"#;
        let programs: &[(&str, &str)] = &[("/main", &main(body)), ("/child", &main(child))];
        let mut world = World::new(programs);
        assert_eq!(world.run(), Status::Exited(0), "{child}");
        let told = u32::from_le_bytes(world.output().as_slice().try_into().unwrap());
        assert_eq!(told, status, "{child}");
    }
}

#[test]
fn wait_without_hanging_and_with_a_timeout_answers_zero() {
    let body = r#"(local $before i64)
        (call $ok (call $child (i32.const 0)))
        (i32.store (i32.const 12) (i32.const 5))
        (call $ok (call $wait (i32.const 2) (i32.const 1) (i64.const -1) (i32.const 8) (i32.const 12)))
        (if (i32.load (i32.const 12)) (then (call $exit (i32.const 101))))
        (i32.store (i32.const 12) (i32.const 5))
        (call $ok (call $wait (i32.const 2) (i32.const 0) (i64.const 3000000000) (i32.const 8) (i32.const 12)))
        (if (i32.load (i32.const 12)) (then (call $exit (i32.const 102))))
        (call $ok (call $kill (i32.const 2) (i32.const 9)))
        (call $ok (call $wait (i32.const 2) (i32.const 0) (i64.const 3000000000) (i32.const 8) (i32.const 12)))
        (call $exit (i32.load (i32.const 8)))"#;
    assert_eq!(
        exits_with(
            Limits::default(),
            body,
            "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))"
        ),
        9
    );
}

#[test]
fn two_guests_stream_a_mebibyte_through_a_pipe() {
    // /child writes 256 times 4096 bytes, /other counts what comes and says how many KiB.
    let main_body = main(
        r#"(call $ok (call $pipe (i32.const 0) (i32.const 4)))
        (call $options (i32.const 0) (i32.const 0) (i32.const 1))
        (call $act (i32.const 0) (i32.const 1) (i32.load (i32.const 4)))
        (call $ok (call $child (i32.const 64)))
        (call $act (i32.const 0) (i32.const 0) (i32.load (i32.const 0)))
        (call $ok (call $spawn (i32.const 1056) (i32.const 6) (i32.const 1072) (i32.const 10) (i32.const 1168)
          (i32.const 4) (i32.const 64) (i32.const 20)))
        (call $ok (call $close (i32.load (i32.const 0))))
        (call $ok (call $close (i32.load (i32.const 4))))
        (call $ok (call $reap (i32.load (i32.const 16))))
        (if (i32.load (i32.const 8)) (then (call $exit (i32.const 99))))
        (call $ok (call $reap (i32.load (i32.const 20))))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#,
    );
    let writer = main(
        r#"(local $i i32) (local $sent i32)
        (loop $again
          (local.set $sent (i32.const 0))
          (loop $rest
            (i32.store (i32.const 900) (i32.const 8192))
            (i32.store (i32.const 904) (i32.sub (i32.const 4096) (local.get $sent)))
            (call $ok (call $fd_write (i32.const 1) (i32.const 900) (i32.const 1) (i32.const 908)))
            (local.set $sent (i32.add (local.get $sent) (i32.load (i32.const 908))))
            (br_if $rest (i32.lt_u (local.get $sent) (i32.const 4096))))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256))))"#,
    );
    let reader = main(
        r#"(local $total i32) (local $count i32)
        (loop $again
          (local.set $count (call $get (i32.const 0) (i32.const 30000)))
          (if (i32.lt_s (local.get $count) (i32.const 0)) (then unreachable))
          (local.set $total (i32.add (local.get $total) (local.get $count)))
          (br_if $again (local.get $count)))
        (call $exit (i32.shr_u (local.get $total) (i32.const 13)))"#,
    );
    let mut world = World::new(&[("/main", &main_body), ("/child", &writer), ("/other", &reader)]);
    assert_eq!(world.run(), Status::Exited(128), "{}", world.host().error.as_bstr());
    let kernel = world.machine.kernel();
    assert_eq!((kernel.vfs.usage().open_files, kernel.vfs.usage().pipes), (0, 0));
    kernel.vfs.check().unwrap();
}

#[test]
fn a_writer_that_nobody_reads_ends_by_sigpipe_unless_it_is_ignored() {
    for (set_up, status) in [
        ("", 13),
        // What the parent ignores the child ignores: it gets EPIPE (64).
        ("(call $ok (call $action (i32.const 13) (i32.const 1)))", 64 << 8),
        // Unless the parent asks for the default in it.
        (
            "(call $ok (call $action (i32.const 13) (i32.const 1))) (i32.store (i32.const 92) (i32.const 0x2000))",
            13,
        ),
    ] {
        let body = format!(
            r#"(call $ok (call $pipe (i32.const 0) (i32.const 4)))
            (call $options (i32.const 0) (i32.const 0) (i32.const 1))
            {set_up}
            (call $act (i32.const 0) (i32.const 1) (i32.load (i32.const 4)))
            (call $ok (call $close (i32.load (i32.const 0))))
            (call $ok (call $child (i32.const 64)))
            (call $ok (call $reap (i32.const -1)))
            (call $put (i32.const 1) (i32.const 8) (i32.const 4))"#
        );
        let child = main("(call $put (i32.const 1) (i32.const 1024) (i32.const 4))");
        let mut world = World::new(&[("/main", &main(&body)), ("/child", &child)]);
        assert_eq!(world.run(), Status::Exited(0));
        assert_eq!(u32::from_le_bytes(world.output().as_slice().try_into().unwrap()), status, "{set_up}");
    }
}

#[test]
fn file_actions_name_the_parent_s_descriptors_and_others_reach_a_guest_by_name() {
    // Output and error change places; descriptor 5 is a pipe with a byte in it; 0 is closed.
    let body = main(
        r#"(call $ok (call $pipe (i32.const 0) (i32.const 4)))
        (call $put (i32.load (i32.const 4)) (i32.const 1040) (i32.const 5))
        (call $options (i32.const 0) (i32.const 0) (i32.const 4))
        (call $act (i32.const 0) (i32.const 1) (i32.const 2)) (call $act (i32.const 1) (i32.const 2) (i32.const 1))
        (call $act (i32.const 2) (i32.const 5) (i32.load (i32.const 0)))
        (call $act (i32.const 3) (i32.const 0) (i32.const -1))
        (call $ok (call $child (i32.const 64)))
        (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#,
    );
    let child = main(
        r#"(call $put (i32.const 1) (i32.const 1072) (i32.const 5))
        (if (i32.ne (call $get (i32.const 0) (i32.const 1)) (i32.const -8)) (then unreachable))
        ;; What the parent has open beside is not there.
        (if (i32.ne (call $get (i32.const 4) (i32.const 1)) (i32.const -8)) (then unreachable))
        (call $ok (call $path_open (i32.const 3) (i32.const 1) (i32.const 1233) (i32.const 8) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
        (call $put (i32.const 2) (i32.const 8192) (call $get (i32.load (i32.const 32)) (i32.const 100)))
        (call $exit (i32.const 3))"#,
    );
    let mut world = World::new(&[("/main", &body), ("/child", &child)]);
    assert_eq!(world.run(), Status::Exited(3), "{}", world.host().error.as_bstr());
    assert_eq!(world.host().error.as_bstr(), "other");
    assert_eq!(world.output(), "child");
}

#[test]
fn a_child_inherits_what_its_parent_inherited_only_when_asked() {
    // /main gives /child descriptor 5; /child spawns /other, which opens /dev/fd/5.
    for (flags, status) in [(0, 44), (8, 0)] {
        let body = main(
            r#"(call $options (i32.const 0) (i32.const 0) (i32.const 1))
            (call $act (i32.const 0) (i32.const 5) (i32.const 1))
            (call $ok (call $child (i32.const 64)))
            (call $ok (call $reap (i32.const -1)))
            (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#,
        );
        let child = main(&format!(
            r#"(call $options (i32.const {flags}) (i32.const 0) (i32.const 0))
            (call $ok (call $spawn (i32.const 1056) (i32.const 6) (i32.const 1072) (i32.const 10) (i32.const 0)
              (i32.const 0) (i32.const 64) (i32.const 20)))
            (call $ok (call $reap (i32.const -1)))
            (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#
        ));
        let other = main(
            r#"(call $exit (call $path_open (i32.const 3) (i32.const 1) (i32.const 1233) (i32.const 8) (i32.const 0)
              (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)))"#,
        );
        let mut world = World::new(&[("/main", &body), ("/child", &child), ("/other", &other)]);
        assert_eq!(world.run(), Status::Exited(status), "{flags}");
    }
}

#[test]
fn exec_gives_up_what_the_guest_opened_even_without_its_preopen() {
    let body = main(
        r#"(call $ok (call $pipe (i32.const 0) (i32.const 4)))
        (call $ok (call $close (i32.const 3)))
        (call $ok (call $exec (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)))"#,
    );
    let child = main(
        r#"(call $exit (call $path_open (i32.const 3) (i32.const 1) (i32.const 1233) (i32.const 8) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))"#,
    );
    let mut world = World::new(&[("/main", &body), ("/child", &child)]);
    assert_eq!(world.run(), Status::Exited(44));
    assert_eq!(world.machine.kernel().vfs.usage().open_files, 0);
}

#[test]
fn limits_bound_processes_and_descriptors() {
    let spawn_many = r#"(loop $again (call $ok (call $child (i32.const 0))) (br $again))"#;
    let sleeper =
        "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))";
    assert_eq!(exits_with(Limits { processes_max: 5, ..Limits::default() }, spawn_many, sleeper), 6);
    let pipe_many = "(loop $again (call $ok (call $pipe (i32.const 0) (i32.const 4))) (br $again))";
    let few = Limits { fds_max: 11, ..Limits::default() };
    let mut world = World::with(few.clone(), Simulated::new(1, b""), &[("/main", &main(pipe_many))]);
    assert_eq!(world.run(), Status::Exited(33));
    assert_eq!(world.machine.kernel().vfs.usage().open_files, 0);
    let dup_many =
        "(loop $again (call $ok (call $dup (i32.const 0) (i32.const 0) (i32.const 0))) (br $again))";
    assert_eq!(exits_with(few, dup_many, ""), 33);
}

#[test]
fn arguments_count_with_a_pointer_each() {
    // 14 bytes in three strings: 38 with their pointers.
    let spawn = "(call $exit (call $spawn (i32.const 1056) (i32.const 6) (i32.const 1072) (i32.const 10)
        (i32.const 1168) (i32.const 4) (i32.const 0) (i32.const 16)))";
    for (most, errno) in [(38, 0), (37, 1)] {
        let limits = Limits { arguments_bytes_max: most, ..Limits::default() };
        assert_eq!(exits_with(limits, spawn, ""), errno, "{most}");
    }
}

#[test]
fn dup_shares_the_description_and_takes_the_lowest_free_number() {
    let body = r#"(call $ok (call $dup (i32.const 1) (i32.const 0) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 4)) (then (call $exit (i32.const 101))))
        (call $ok (call $dup (i32.const 1) (i32.const 20) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 20)) (then (call $exit (i32.const 102))))
        (call $ok (call $close (i32.const 0)))
        (call $ok (call $dup (i32.const 1) (i32.const 0) (i32.const 0)))
        (call $exit (i32.load (i32.const 0)))"#;
    assert_eq!(exits(body), 0);
}

#[test]
fn an_interrupt_ends_a_guest_that_waits_and_the_child_of_its_group() {
    let body = main("(call $ok (call $child (i32.const 0))) (call $ok (call $reap (i32.const -1)))");
    let child = main(
        "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))",
    );
    let mut world = World::new(&[("/main", &body), ("/child", &child)]);
    world.start();
    world.settle();
    world.machine.interrupt().raise(Signal::INT);
    assert_eq!(world.finish(), Status::Signaled(Signal::INT));
    let kernel = world.machine.kernel();
    assert_eq!((kernel.vfs.usage().open_files, kernel.processes.len()), (0, 0));
}

#[test]
fn a_caught_signal_turns_one_blocking_call_into_eintr() {
    // A read of an empty pipe is interrupted once; the next call waits as ever, though nothing was taken yet.
    let body = main(
        r#"(call $ok (call $action (i32.const 2) (i32.const 2)))
        (call $ok (call $pipe (i32.const 0) (i32.const 4)))
        (if (i32.ne (call $get (i32.load (i32.const 0)) (i32.const 1)) (i32.const -27)) (then (call $exit (i32.const 101))))
        (i32.store (i32.const 1400) (i32.const 0)) (i32.store8 (i32.const 1408) (i32.const 0))
        (i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 1000000))
        (call $ok (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)))
        (call $ok (call $take (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 4)) (then (call $exit (i32.const 102))))
        (call $ok (call $take (i32.const 0)))
        (call $exit (i32.load (i32.const 0)))"#,
    );
    let mut world = World::new(&[("/main", &body)]);
    world.start();
    world.settle();
    world.machine.interrupt().raise(Signal::INT);
    assert_eq!(world.finish(), Status::Exited(0));
}

#[test]
fn a_guest_is_told_what_it_and_its_parent_ignore() {
    let parent = r#"(call $ok (call $action (i32.const 2) (i32.const 1)))
        (call $ok (call $action (i32.const 15) (i32.const 2)))
        (call $ok (call $child (i32.const 0))) (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#;
    let child = r#"(call $ok (call $action (i32.const 1) (i32.const 1)))
        (call $ok (call $ignored (i32.const 0))) (call $exit (i32.load (i32.const 0)))"#;
    assert_eq!(exits_with(Limits::default(), parent, child), 1 << 2 | 1 << 1);
}

#[test]
fn a_guest_that_computes_notices_a_caught_signal_by_asking() {
    let body = main(
        r#"(call $ok (call $action (i32.const 2) (i32.const 2)))
        (loop $again (call $ok (call $take (i32.const 0))) (br_if $again (i32.eqz (i32.load (i32.const 0)))))
        (call $exit (i32.load (i32.const 0)))"#,
    );
    let mut world = World::new(&[("/main", &body)]);
    world.start();
    for _ in 0..5 {
        assert_eq!(world.machine.turn(), Turn::Progress);
    }
    world.machine.interrupt().raise(Signal::INT);
    assert_eq!(world.finish(), Status::Exited(4));
}

#[test]
fn a_guest_that_computes_sees_the_byte_change_that_it_watches() {
    // The second round sees the second signal; the third watches nothing, and takes the signal by asking.
    let body = main(
        r#"(local $round i32)
        (call $ok (call $action (i32.const 2) (i32.const 2)))
        (call $ok (call $watch (i32.const 77)))
        (loop $rounds
          (loop $again (br_if $again (i32.eqz (i32.load8_u (i32.const 77)))))
          (i32.store8 (i32.const 77) (i32.const 0))
          (call $ok (call $take (i32.const 0)))
          (if (i32.ne (i32.load (i32.const 0)) (i32.const 4)) (then (call $exit (i32.const 101))))
          (call $put (i32.const 1) (i32.const 1024) (i32.const 1))
          (br_if $rounds (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 2))))
        (call $ok (call $watch (i32.const 0)))
        (loop $asked (call $ok (call $take (i32.const 0))) (br_if $asked (i32.eqz (i32.load (i32.const 0)))))
        (if (i32.ne (call $watch (i32.const -1)) (i32.const 21)) (then (call $exit (i32.const 102))))
        (call $exit (i32.load8_u (i32.const 77)))"#,
    );
    let mut world = World::new(&[("/main", &body)]);
    world.start();
    for output in ["", "/", "//"] {
        for _ in 0..5 {
            assert_eq!(world.machine.turn(), Turn::Progress);
        }
        assert_eq!(world.output(), output);
        world.machine.interrupt().raise(Signal::INT);
    }
    assert_eq!(world.finish(), Status::Exited(0));
}

#[test]
fn a_timer_ends_a_guest_that_does_not_catch_it() {
    let sleep =
        "(i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 900000000000))
        (drop (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)))";
    for wait in [sleep, "(loop $for_ever (br $for_ever))"] {
        let body = main(&format!(
            "(call $ok (call $timer_set (i64.const 1000000) (i64.const 0) (i32.const 0))) {wait}"
        ));
        assert_eq!(World::new(&[("/main", &body)]).run(), Status::Signaled(Signal::ALRM));
    }
}

#[test]
fn a_timer_comes_again_and_is_told_what_is_left_of_it() {
    let body = main(
        r#"(local $round i32)
        (call $ok (call $action (i32.const 14) (i32.const 2)))
        (call $ok (call $timer_get (i32.const 0)))
        (if (i64.ne (i64.load (i32.const 0)) (i64.const 0)) (then (call $exit (i32.const 101))))
        (call $ok (call $timer_set (i64.const 5000000) (i64.const 3000000) (i32.const 0)))
        (loop $rounds
          (i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 900000000000))
          (if (i32.ne (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)) (i32.const 27))
            (then (call $exit (i32.const 102))))
          (call $ok (call $take (i32.const 0)))
          (if (i32.ne (i32.load (i32.const 0)) (i32.const 0x4000)) (then (call $exit (i32.const 103))))
          (br_if $rounds (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 3))))
        (call $ok (call $timer_set (i64.const 0) (i64.const 0) (i32.const 0)))
        (if (i64.gt_u (i64.load (i32.const 0)) (i64.const 3000000)) (then (call $exit (i32.const 104))))
        (if (i64.ne (i64.load (i32.const 8)) (i64.const 3000000)) (then (call $exit (i32.const 105))))
        (call $ok (call $timer_get (i32.const 0)))
        (call $exit (i32.load (i32.const 0)))"#,
    );
    assert_eq!(World::new(&[("/main", &body)]).run(), Status::Exited(0));
}

#[test]
fn a_caught_sigchld_tells_a_sleeper_and_the_child_is_there_to_be_reaped() {
    let body = r#"(call $ok (call $action (i32.const 17) (i32.const 2)))
        (call $ok (call $child (i32.const 0)))
        (i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 900000000000))
        (if (i32.ne (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)) (i32.const 27))
          (then (call $exit (i32.const 101))))
        (call $ok (call $wait (i32.const -1) (i32.const 1) (i64.const 0) (i32.const 8) (i32.const 12)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#;
    assert_eq!(exits_with(Limits::default(), body, "(call $exit (i32.const 5))"), 5);
}

#[test]
fn a_process_that_signals_itself_does_not_run_on() {
    for (signal, expected) in [(15, Signal::TERM), (9, Signal::KILL), (6, Signal::ABRT)] {
        let body = main(&format!(
            r#"(call $ok (call $kill (i32.const 1) (i32.const {signal})))
            (call $put (i32.const 1) (i32.const 1024) (i32.const 6))"#
        ));
        let mut world = World::new(&[("/main", &body)]);
        assert_eq!(world.run(), Status::Signaled(expected));
        assert_eq!(world.output(), "");
    }
}

#[test]
fn a_child_stops_itself_and_goes_on_when_it_is_told_to() {
    let body = r#"(call $ok (call $child (i32.const 0)))
        (call $ok (call $wait (i32.const -1) (i32.const 2) (i64.const -1) (i32.const 8) (i32.const 12)))
        (if (i32.ne (i32.load (i32.const 8)) (i32.const 0x137f)) (then (call $exit (i32.const 101))))
        (call $ok (call $kill (i32.const 2) (i32.const 18)))
        (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#;
    let child = "(call $ok (call $kill (i32.const 2) (i32.const 19))) (call $exit (i32.const 6))";
    assert_eq!(exits_with(Limits::default(), body, child), 6);
}

#[test]
fn children_outlive_their_parent_and_belong_to_the_first_process() {
    // /main starts /child (2), which starts /other (3) and ends; 3 is not main's to wait for, and is still there.
    let body = main(
        r#"(call $ok (call $child (i32.const 0)))
        (call $ok (call $reap (i32.const -1)))
        (if (i32.ne (call $reap (i32.const -1)) (i32.const 12)) (then (call $exit (i32.const 101))))
        (call $ok (call $kill (i32.const 3) (i32.const 0)))
        (call $ok (call $kill (i32.const 3) (i32.const 9)))
        (i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 1000000))
        (call $ok (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)))
        (call $exit (call $kill (i32.const 3) (i32.const 0)))"#,
    );
    let child = main(
        r#"(call $ok (call $spawn (i32.const 1056) (i32.const 6) (i32.const 1072) (i32.const 10) (i32.const 0)
          (i32.const 0) (i32.const 0) (i32.const 20)))"#,
    );
    let other = main(
        "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))",
    );
    let mut world = World::new(&[("/main", &body), ("/child", &child), ("/other", &other)]);
    assert_eq!(world.run(), Status::Exited(71));
    assert_eq!(world.machine.kernel().vfs.usage().open_files, 0);
}

#[test]
fn groups_are_made_joined_waited_for_and_signalled() {
    let body = r#"(call $options (i32.const 1) (i32.const 0) (i32.const 0))
        (call $ok (call $child (i32.const 64)))
        (call $options (i32.const 1) (i32.load (i32.const 16)) (i32.const 0))
        (call $ok (call $child (i32.const 64)))
        (if (i32.ne (call $reap (i32.const 0)) (i32.const 12)) (then (call $exit (i32.const 101))))
        (call $ok (call $kill (i32.const -2) (i32.const 15)))
        (call $ok (call $reap (i32.const -2))) (call $ok (call $reap (i32.const -2)))
        (if (i32.ne (call $reap (i32.const -2)) (i32.const 12)) (then (call $exit (i32.const 102))))
        (call $ok (call $ids (i32.const 32)))
        (if (i32.load (i32.const 36)) (then (call $exit (i32.const 103))))
        (if (i32.ne (i32.load (i32.const 40)) (i32.const 1)) (then (call $exit (i32.const 104))))
        (call $exit (i32.load (i32.const 44)))"#;
    let child =
        "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))";
    assert_eq!(exits_with(Limits::default(), body, child), 1);
}

#[test]
fn the_current_directory_is_kept_resolved_and_inherited() {
    let body = r#"(call $ok (call $cwd_set (i32.const 1120) (i32.const 4)))
        (call $ok (call $cwd_get (i32.const 8192) (i32.const 100) (i32.const 0)))
        (call $put (i32.const 1) (i32.const 8192) (i32.load (i32.const 0)))
        ;; A relative path means that directory now.
        (call $ok (call $make_fifo (i32.const 1216) (i32.const 4) (i32.const 0x1b6)))
        (call $ok (call $child (i32.const 0))) (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.load (i32.const 8)))"#;
    let child = r#"(call $ok (call $mode_get (i32.const 1216) (i32.const 4) (i32.const 0) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 0x11a4)) (then unreachable))"#;
    let programs: &[(&str, &str)] = &[("/main", &main(body)), ("/child", &main(child))];
    let mut world = World::new(programs);
    // The FIFO's mode is 0666 less the umask 022: 0644 and the type 010000.
    assert_eq!(world.run(), Status::Exited(0), "{}", world.host().error.as_bstr());
    assert_eq!(world.output(), "/dir");
}

#[test]
fn the_umask_is_told_and_set() {
    let body = r#"(call $ok (call $umask (i32.const -1) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 0x12)) (then (call $exit (i32.const 101))))
        (call $ok (call $umask (i32.const 0xfff) (i32.const 0)))
        (call $ok (call $umask (i32.const 0) (i32.const 0)))
        (call $exit (i32.and (i32.load (i32.const 0)) (i32.const 0xff)))"#;
    assert_eq!(exits(body), 0xff);
}

#[test]
fn stat_tells_what_ls_shows() {
    let body = main(
        r#"(call $ok (call $stat (i32.const 1136) (i32.const 6) (i32.const 1) (i32.const 8192)))
        (call $put (i32.const 1) (i32.const 8192) (i32.const 96))"#,
    );
    let mut world = World::new(&[("/main", &body)]);
    assert_eq!(world.run(), Status::Exited(0));
    let bytes = world.output();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!((word(16), word(20), word(24)), (0o100_604, 0, 0));
    assert_eq!((long(40), long(48), long(56), long(72)), (1, 0, 0, 7));
}

#[test]
fn file_system_stat_counts_down_as_files_come() {
    let body = main(
        r#"(call $ok (call $fs_stat (i32.const 1120) (i32.const 4) (i32.const 8192)))
        (call $put (i32.const 1) (i32.const 8192) (i32.const 64))"#,
    );
    let mut limits = Limits::default();
    limits.files.content_bytes_max = 1 << 20;
    limits.files.inodes_max = 100;
    let mut world = World::with(limits, Simulated::new(1, b""), &[("/main", &body)]);
    assert_eq!(world.run(), Status::Exited(0));
    let bytes = world.output();
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let (used, files) = {
        let usage = world.machine.kernel().vfs.usage();
        (usage.content_bytes.div_ceil(4096), usage.inodes)
    };
    assert!(used > 0 && files > 5);
    assert_eq!((long(8), long(16), long(24)), (4096, 256, 256 - used));
    assert_eq!((long(32), long(40), long(48), long(56)), (100, 100 - files, 255, 0));
}

#[test]
fn processes_are_listed_with_their_states() {
    let body = main(
        r#"(call $options (i32.const 1) (i32.const 0) (i32.const 0))
        (call $ok (call $child (i32.const 64)))
        (i32.store (i32.const 1416) (i32.const 1)) (i64.store (i32.const 1424) (i64.const 1000000))
        (call $ok (call $poll (i32.const 1400) (i32.const 1500) (i32.const 1) (i32.const 1600)))
        (call $ok (call $processes (i32.const 8192) (i32.const 4096) (i32.const 0)))
        (call $put (i32.const 1) (i32.const 8192) (i32.load (i32.const 0)))"#,
    );
    let child = main(
        "(drop (call $pipe (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 4) (i32.const 1)))",
    );
    let mut world = World::new(&[("/main", &body), ("/child", &child)]);
    assert_eq!(world.run(), Status::Exited(0));
    let bytes = world.output();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    // main: 64 bytes, "main", "main\0", and 7 zeros.
    assert_eq!([0, 4, 8, 12, 16, 20].map(word), [80, 1, 0, 1, u32::from(b'R'), 1]);
    assert_eq!([48, 52, 56].map(word), [64, 4, 5]);
    assert_eq!(&bytes[64..80], b"mainmain\0\0\0\0\0\0\0\0");
    assert_eq!([80, 84, 88, 92, 96, 100].map(word), [80, 2, 1, 2, u32::from(b'S'), 0]);
    assert_eq!(&bytes[144..160], b"childchild\0\0\0\0\0\0");
    // Two pages of memory, and a start in the simulated year 2024.
    assert_eq!(long(80 + 32), 131_072);
    assert!(long(40) >= 1_704_067_200_000_000_000 && long(80 + 40) > long(40));
    assert_eq!(bytes.len(), 160);
}

#[test]
fn a_fifo_is_open_when_the_other_side_has_come() {
    // /main opens for writing, /child for reading; whichever comes first waits for the other.
    let open = |rights: u32| {
        format!(
            "(call $ok (call $path_open (i32.const 3) (i32.const 1) (i32.const 1153) (i32.const 4) (i32.const 0)
               (i64.const {rights}) (i64.const 0) (i32.const 0) (i32.const 32)))"
        )
    };
    let body = main(&format!(
        r#"(call $ok (call $make_fifo (i32.const 1152) (i32.const 5) (i32.const 0x1b6)))
        (call $ok (call $child (i32.const 0)))
        {}
        (call $put (i32.load (i32.const 32)) (i32.const 1040) (i32.const 5))
        (call $ok (call $close (i32.load (i32.const 32))))
        (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#,
        open(64)
    ));
    let child = main(&format!(
        r#"{}
        (call $put (i32.const 1) (i32.const 8192) (call $get (i32.load (i32.const 32)) (i32.const 100)))
        (call $exit (call $get (i32.load (i32.const 32)) (i32.const 100)))"#,
        open(2)
    ));
    let mut world = World::new(&[("/main", &body), ("/child", &child)]);
    assert_eq!(world.run(), Status::Exited(0), "{}", world.host().error.as_bstr());
    assert_eq!(world.output(), "child");
    assert_eq!(world.machine.kernel().vfs.usage().open_files, 0);
}

#[test]
fn a_fifo_without_a_peer_waits_and_is_let_go_by_a_signal() {
    let open = r#"(call $path_open (i32.const 3) (i32.const 1) (i32.const 1153) (i32.const 4) (i32.const 0)
        (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32))"#;
    let catching = main(&format!(
        r#"(call $ok (call $action (i32.const 2) (i32.const 2)))
        (call $ok (call $make_fifo (i32.const 1152) (i32.const 5) (i32.const 0x1b6)))
        (call $exit (if (result i32) (i32.eq (call $make_fifo (i32.const 1152) (i32.const 5) (i32.const 0)) (i32.const 20))
          (then {open}) (else (i32.const 99))))"#
    ));
    let plain = main(&format!(
        r#"(call $ok (call $make_fifo (i32.const 1152) (i32.const 5) (i32.const 0x1b6))) (call $exit {open})"#
    ));
    for (body, status) in [(catching, Status::Exited(27)), (plain, Status::Signaled(Signal::INT))] {
        let mut world = World::new(&[("/main", &body)]);
        world.start();
        world.settle();
        world.machine.interrupt().raise(Signal::INT);
        assert_eq!(world.finish(), status);
        let usage = world.machine.kernel().vfs.usage();
        assert_eq!((usage.open_files, usage.pipes), (0, 0));
    }
}

fn with_terminal() -> Simulated {
    Simulated::new(1, b"").with_terminal(132, 43)
}

#[test]
fn the_terminal_has_a_size_and_a_mode() {
    let body = main(
        r#"(call $ok (call $size (i32.const 0) (i32.const 4)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 132)) (then (call $exit (i32.const 101))))
        (if (i32.ne (i32.load (i32.const 4)) (i32.const 43)) (then (call $exit (i32.const 102))))
        (call $ok (call $tty_get (i32.const 0) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 31)) (then (call $exit (i32.const 103))))
        (if (i32.ne (call $tty_set (i32.const 0) (i32.const 32) (i32.const 0)) (i32.const 28)) (then (call $exit (i32.const 104))))
        (if (i32.ne (call $tty_set (i32.const 0) (i32.const 0) (i32.const 2)) (i32.const 28)) (then (call $exit (i32.const 105))))
        (call $ok (call $tty_set (i32.const 0) (i32.const 0x14) (i32.const 0)))
        (call $ok (call $tty_get (i32.const 0) (i32.const 0)))
        (call $exit (i32.load (i32.const 0)))"#,
    );
    let mut world = World::with(Limits::default(), with_terminal(), &[("/main", &body)]);
    assert_eq!(world.run(), Status::Exited(0x14));
    assert_eq!(world.machine.kernel().host.terminal_mode(), Some(TerminalMode::COOKED));
}

#[test]
fn a_mode_ends_with_who_set_it_unless_it_is_to_last() {
    for (lasting, mode) in [(0, 31), (1, 0)] {
        let body = main(
            r#"(call $ok (call $child (i32.const 0))) (call $ok (call $reap (i32.const -1)))
            (call $ok (call $tty_get (i32.const 0) (i32.const 0)))
            (call $exit (i32.load (i32.const 0)))"#,
        );
        let child =
            main(&format!(r#"(call $ok (call $tty_set (i32.const 0) (i32.const 0) (i32.const {lasting})))"#));
        let programs: &[(&str, &str)] = &[("/main", &body), ("/child", &child)];
        let mut world = World::with(Limits::default(), with_terminal(), programs);
        assert_eq!(world.run(), Status::Exited(mode), "{lasting}");
        // The session's end restores both.
        assert_eq!(world.machine.kernel().host.terminal_mode(), Some(TerminalMode::COOKED));
    }
}

#[test]
fn the_terminal_goes_to_a_group_and_comes_back_when_nobody_of_it_is_left() {
    let body = main(
        r#"(call $options (i32.const 3) (i32.const 0) (i32.const 0))
        (call $ok (call $child (i32.const 64)))
        (call $ok (call $ids (i32.const 32)))
        (if (i32.ne (i32.load (i32.const 44)) (i32.const 2)) (then (call $exit (i32.const 101))))
        ;; In the background now: it may not take the terminal, nor give it.
        (if (i32.ne (call $set_foreground (i32.const 1)) (i32.const 63)) (then (call $exit (i32.const 102))))
        (if (i32.ne (call $child (i32.const 64)) (i32.const 63)) (then (call $exit (i32.const 103))))
        (call $ok (call $reap (i32.const -1)))
        (call $ok (call $ids (i32.const 32)))
        (if (i32.ne (call $set_foreground (i32.const 77)) (i32.const 63)) (then (call $exit (i32.const 104))))
        (call $ok (call $set_foreground (i32.const 1)))
        (call $exit (i32.load (i32.const 44)))"#,
    );
    let child = main("(call $ok (call $tty_set (i32.const 0) (i32.const 0) (i32.const 0)))");
    let programs: &[(&str, &str)] = &[("/main", &body), ("/child", &child)];
    let mut world = World::with(Limits::default(), with_terminal(), programs);
    assert_eq!(world.run(), Status::Exited(1), "{}", world.host().error.as_bstr());
    assert_eq!(world.machine.kernel().host.terminal_mode(), Some(TerminalMode::COOKED));
}

#[test]
fn a_background_process_that_sets_the_mode_is_stopped() {
    let body = r#"(call $options (i32.const 1) (i32.const 0) (i32.const 0))
        (call $ok (call $child (i32.const 64)))
        (call $ok (call $wait (i32.const -1) (i32.const 2) (i64.const -1) (i32.const 8) (i32.const 12)))
        (call $ok (call $set_foreground (i32.const 2)))
        (call $ok (call $kill (i32.const 2) (i32.const 18)))
        (if (i32.ne (i32.load (i32.const 8)) (i32.const 0x167f)) (then (call $exit (i32.const 101))))
        (call $ok (call $reap (i32.const -1)))
        (call $exit (i32.shr_u (i32.load (i32.const 8)) (i32.const 8)))"#;
    let child =
        "(call $ok (call $tty_set (i32.const 0) (i32.const 0) (i32.const 0))) (call $exit (i32.const 5))";
    let programs: &[(&str, &str)] = &[("/main", &main(body)), ("/child", &main(child))];
    let mut world = World::with(Limits::default(), with_terminal(), programs);
    assert_eq!(world.run(), Status::Exited(5), "{}", world.host().error.as_bstr());
}

#[test]
fn a_confined_guest_gets_nothing_that_leads_out() {
    for (call, errno) in [
        (
            "$spawn (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)",
            76,
        ),
        (
            "$exec (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 6) (i32.const 0) (i32.const 0)",
            76,
        ),
        ("$kill (i32.const 0) (i32.const 0)", 76),
        ("$kill (i32.const -1) (i32.const 0)", 76),
        ("$kill (i32.const 1) (i32.const 0)", 0),
        ("$processes (i32.const 8192) (i32.const 4096) (i32.const 0)", 76),
        ("$set_group (i32.const 0) (i32.const 0)", 76),
        ("$set_foreground (i32.const 1)", 76),
        ("$cwd_get (i32.const 8192) (i32.const 100) (i32.const 0)", 76),
        ("$cwd_set (i32.const 1120) (i32.const 4)", 76),
        ("$access (i32.const 1104) (i32.const 6) (i32.const 4)", 76),
        ("$mode_get (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 0)", 76),
        ("$mode_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 0)", 76),
        ("$owner_set (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const -1) (i32.const -1)", 76),
        ("$stat (i32.const 1104) (i32.const 6) (i32.const 1) (i32.const 0)", 76),
        ("$make_fifo (i32.const 1152) (i32.const 5) (i32.const 0)", 76),
        ("$fs_stat (i32.const 1104) (i32.const 6) (i32.const 0)", 76),
        ("$tty_set (i32.const 0) (i32.const 0) (i32.const 0)", 76),
        ("$wait (i32.const -1) (i32.const 0) (i64.const -1) (i32.const 8) (i32.const 12)", 12),
        ("$ids (i32.const 0)", 0),
        ("$times (i32.const 0)", 0),
        ("$umask (i32.const -1) (i32.const 0)", 0),
        ("$pipe (i32.const 0) (i32.const 4)", 0),
        ("$dup (i32.const 3) (i32.const 0) (i32.const 4)", 0),
        ("$stat_fd (i32.const 3) (i32.const 8192)", 0),
        ("$size (i32.const 0) (i32.const 4)", 0),
        ("$action (i32.const 2) (i32.const 2)", 0),
    ] {
        for closes_its_folder in [false, true] {
            if closes_its_folder && call.contains("(i32.const 3)") {
                continue;
            }
            let first = if closes_its_folder { "(call $ok (call $close (i32.const 3)))" } else { "" };
            let body = main(&format!("{first} (call $exit (call {call}))"));
            let mut world = World::with(Limits::default(), with_terminal(), &[("/main", &body)]);
            let folder = Preopen { path: "/dir".into(), name: "/".into(), absolute_symlinks: false };
            world.machine.set_preopens(vec![folder]);
            assert_eq!(world.run(), Status::Exited(errno), "{call}");
        }
    }
}

#[test]
fn the_module_s_calls_are_traced() {
    let body = main(
        r#"(call $ok (call $child (i32.const 0))) (call $ok (call $reap (i32.const -1)))
        (drop (call $mode_get (i32.const 1088) (i32.const 8) (i32.const 1) (i32.const 0)))"#,
    );
    let mut world = World::new(&[("/main", &body), ("/child", &main("(call $exit (i32.const 7))"))]);
    world.machine.set_trace(true);
    assert_eq!(world.run(), Status::Exited(0));
    let trace = world.host().error.clone();
    for line in [
        "[1 main] spawn(\"/child\", \"child\\0\", env 0x0, 0, options 0x0, pid 0x10) = 2\n",
        "[1 main] wait(-1, options 0x0, timeout 0xffffffffffffffff, status 0x8, pid 0xc) = ? (waits)\n",
        "[1 main] wait(-1, options 0x0, timeout 0xffffffffffffffff, status 0x8, pid 0xc) = 2 status 0x700\n",
        "[1 main] mode_get(\"/missing\", follow 0x1, mode 0o0) = ENOENT\n",
    ] {
        assert!(trace.contains_str(line), "{line}\n{}", trace.as_bstr());
    }
}

#[test]
fn every_function_is_linked() {
    let imports: String = module::NAMES
        .iter()
        .filter(|name| !PRELUDE.contains(&format!("\"wasmsand\" \"{name}\"")))
        .copied()
        .collect();
    assert_eq!(imports, "", "not imported by the tests");
    assert_eq!(module::NAMES.len(), 35);
}

/// A kernel with a guest that has ended its first slice: streams, the root, a pipe, a file, and a child.
fn kernel() -> Kernel {
    let body = main(
        r#"(call $ok (call $pipe (i32.const 0) (i32.const 4))) (call $ok (call $child (i32.const 0)))
        (drop (call $get (i32.const 4) (i32.const 1)))"#,
    );
    let mut world = World::with(Limits::default(), with_terminal(), &[("/main", &body), ("/child", &body)]);
    world.machine.kernel().limits.processes_max = 2;
    world.start();
    for _ in 0..50 {
        world.machine.turn();
    }
    let mut kernel = Kernel::new(Limits::default(), Box::new(Simulated::new(3, b"")));
    std::mem::swap(world.machine.kernel(), &mut kernel);
    kernel
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0..12_u32, 0..4096_u32, Just(u32::MAX), Just(131_071), any::<u32>()]
}

fn target() -> impl Strategy<Value = i32> {
    prop_oneof![-5..5_i32, any::<i32>(), Just(i32::MIN)]
}

fn any_call() -> impl Strategy<Value = Call> {
    let n = number;
    let path = || prop_oneof![Just((1024, 6)), Just((1104, 6)), Just((1120, 4)), (number(), number())];
    prop_oneof![
        Just(Call::Version {}),
        Just(Call::ImageFetch {}),
        n().prop_map(|signals| Call::SignalsIgnored { signals }),
        (path(), n(), n(), n(), n(), n(), n()).prop_map(
            |((path, path_len), argv, argv_len, env, env_len, options, pid)| {
                Call::Spawn { path, path_len, argv, argv_len, env, env_len, options, pid }
            }
        ),
        (path(), n(), n(), n(), n()).prop_map(|((path, path_len), argv, argv_len, env, env_len)| {
            Call::Exec { path, path_len, argv, argv_len, env, env_len }
        }),
        (target(), n(), any::<u64>(), n(), n()).prop_map(|(target, options, timeout, status, pid)| {
            Call::Wait { target, options, timeout, status, pid }
        }),
        (target(), n()).prop_map(|(target, signal)| Call::Kill { target, signal }),
        n().prop_map(|ids| Call::ProcessIds { ids }),
        n().prop_map(|times| Call::ProcessTimes { times }),
        (n(), n(), n()).prop_map(|(buf, buf_len, used)| Call::Processes { buf, buf_len, used }),
        (n(), n()).prop_map(|(pid, group)| Call::SetGroup { pid, group }),
        n().prop_map(|group| Call::SetForeground { group }),
        (n(), n()).prop_map(|(signal, action)| Call::SignalAction { signal, action }),
        n().prop_map(|signals| Call::SignalsTake { signals }),
        (n(), n()).prop_map(|(read_fd, write_fd)| Call::Pipe { read_fd, write_fd }),
        (n(), n(), n()).prop_map(|(fd, at_least, new_fd)| Call::Dup { fd, at_least, new_fd }),
        (n(), n(), n()).prop_map(|(buf, buf_len, used)| Call::CwdGet { buf, buf_len, used }),
        path().prop_map(|(path, path_len)| Call::CwdSet { path, path_len }),
        (n(), n()).prop_map(|(mask, old)| Call::Umask { mask, old }),
        (path(), n()).prop_map(|((path, path_len), mode)| Call::Access { path, path_len, mode }),
        (path(), n(), n()).prop_map(|((path, path_len), follow, mode)| Call::ModeGet {
            path,
            path_len,
            follow,
            mode
        }),
        (path(), n(), n()).prop_map(|((path, path_len), follow, mode)| Call::ModeSet {
            path,
            path_len,
            follow,
            mode
        }),
        (n(), n()).prop_map(|(fd, mode)| Call::ModeSetFd { fd, mode }),
        (path(), n(), n(), n()).prop_map(|((path, path_len), follow, uid, gid)| {
            Call::OwnerSet { path, path_len, follow, uid, gid }
        }),
        (n(), n(), n()).prop_map(|(fd, uid, gid)| Call::OwnerSetFd { fd, uid, gid }),
        (path(), n(), n()).prop_map(|((path, path_len), follow, buf)| Call::Stat {
            path,
            path_len,
            follow,
            buf
        }),
        (n(), n()).prop_map(|(fd, buf)| Call::StatFd { fd, buf }),
        (path(), n()).prop_map(|((path, path_len), mode)| Call::MakeFifo { path, path_len, mode }),
        (path(), n()).prop_map(|((path, path_len), buf)| Call::FileSystemStat { path, path_len, buf }),
        (n(), n()).prop_map(|(columns, rows)| Call::TerminalSize { columns, rows }),
        (n(), n()).prop_map(|(fd, mode)| Call::TerminalModeGet { fd, mode }),
        (n(), n(), n()).prop_map(|(fd, mode, lasting)| Call::TerminalModeSet { fd, mode, lasting }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_calls_on_any_memory_never_panic(
        calls in proptest::collection::vec(any_call(), 1..40),
        seed in proptest::collection::vec(any::<u8>(), 64),
    ) {
        let mut kernel = kernel();
        let mut memory: Vec<u8> = seed.iter().copied().cycle().take(131_072).collect();
        for (at, text) in [(1024, &b"/child"[..]), (1104, b"/plain"), (1120, b"/dir")] {
            memory[at..at + text.len()].copy_from_slice(text);
        }
        for call in calls {
            if let Performed::Start(start) = module::perform(&call, &mut kernel, Pid(1), Memory::new(&mut memory), 0) {
                prop_assert!(matches!(call, Call::Spawn { .. } | Call::Exec { .. }), "{start:?}");
            }
        }
        prop_assert_eq!(kernel.vfs.check(), Ok(()));
    }
}
