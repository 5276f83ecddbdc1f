//! The machine with guests written by hand: traps of the engine, traps of the guest, time, signals and statuses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::sync::Arc;

use bstr::{BString, ByteSlice};
use proptest::prelude::*;
use wasmsand_vfs::{At, Content, Device, Open, Scope, Time};
use wasmsand_wasi::kernel::Kernel;
use wasmsand_wasi::preview1::{self, Memory};
use wasmsand_wasi::{
    CoroutineStart, Limits, Machine, Pid, ShellRequest, Signal, Simulated, Spawned, Status, Turn,
};

/// Prelude of every module: the imports that the tests use, and 64 KiB of memory.
const IMPORTS: &str = r#"
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (memory (export "memory") 1)
"#;

struct Ran {
    status: Status,
    output: BString,
    error: BString,
}

fn machine(limits: Limits) -> Machine {
    let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
    Machine::new(limits, Box::new(Simulated::new(1, b"some input")), no_shell)
}

fn start(machine: &mut Machine, module: Vec<u8>) {
    let kernel = machine.kernel();
    let root = kernel.vfs.root();
    let at = At { dir: root, path: b"/program", scope: Scope::Anywhere };
    kernel.vfs.add_file(at, Content::owned(module), 0o755, Time(0)).unwrap();
    let program = Spawned::Executable { path: "/program".into(), argv: vec!["program".into()], env: vec![] };
    machine.start(program, 0o022, b"/").unwrap();
}

fn run_with(limits: Limits, body: &str) -> Ran {
    let module = wat::parse_str(format!("(module {IMPORTS} {body})")).unwrap();
    let mut machine = machine(limits);
    start(&mut machine, module);
    let Turn::Ended(status) = machine.run() else { panic!("did not end") };
    let host: &Simulated = machine.kernel().host_as().unwrap();
    Ran { status, output: host.output.clone().into(), error: host.error.clone().into() }
}

fn run(body: &str) -> Ran {
    run_with(Limits::default(), body)
}

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(test).unwrap().join().unwrap();
}

#[test]
fn failing_grows_do_not_fill_the_native_stack() {
    on_a_small_stack(|| {
        let ran = run_with(
            Limits { guest_memory_bytes_max: 1 << 20, ..Limits::default() },
            r#"(func (export "_start") (local $i i32)
                 (loop $again
                   (if (i32.ne (memory.grow (i32.const 1000)) (i32.const -1)) (then unreachable))
                   (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200000))))
                 (call $exit (i32.const 7)))"#,
        );
        assert_eq!(ran.status, Status::Exited(7), "{}", ran.error);
    });
}

#[test]
fn running_out_of_fuel_while_a_callee_is_translated_is_resumed() {
    let functions: String = (0..300)
        .map(|i| {
            let body = "(local.set $x (i32.add (local.get $x) (i32.const 1)))".repeat(40);
            format!("(func $f{i} (param $x i32) (result i32) {body} (local.get $x))")
        })
        .collect();
    let calls: String = (0..300)
        .map(|i| format!("(local.set $sum (i32.and (i32.const 127) (call $f{i} (local.get $sum))))"))
        .collect();
    let body = format!(
        r#"{functions} (func (export "_start") (local $sum i32) {calls} (call $exit (local.get $sum)))"#
    );
    // 300 functions add 40 each, modulo 128.
    for slice_fuel in [37, 100, 1_000, 1_000_000] {
        let ran = run_with(Limits { slice_fuel, ..Limits::default() }, &body);
        assert_eq!(ran.status, Status::Exited(96), "{slice_fuel}: {}", ran.error);
    }
}

#[test]
fn a_fill_larger_than_a_slice_is_done() {
    let ran = run_with(
        Limits { slice_fuel: 1_000, ..Limits::default() },
        r#"(func (export "_start")
             (drop (memory.grow (i32.const 256)))
             (memory.fill (i32.const 0) (i32.const 5) (i32.const 16777216))
             (call $exit (i32.load8_u (i32.const 16777215))))"#,
    );
    assert_eq!(ran.status, Status::Exited(5), "{}", ran.error);
}

#[test]
fn a_trap_ends_its_process_like_the_signal_of_a_native_program() {
    for (body, status, words) in [
        ("unreachable", 134, "unreachable"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", 136, "divide by zero"),
        ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", 136, "integer overflow"),
        ("(drop (i32.load (i32.const -4)))", 139, "out of bounds memory access"),
        ("(drop (i32.load (i32.const 65533)))", 139, "out of bounds memory access"),
        ("(call $recurse)", 139, "call stack exhausted"),
    ] {
        let ran = run(&format!(r#"(func $recurse (call $recurse)) (func (export "_start") {body})"#));
        assert_eq!(ran.status.code(), status, "{body}");
        assert!(ran.error.starts_with(b"wasmsand: program: "), "{body}: {}", ran.error);
        assert!(ran.error.contains_str(words), "{body}: {}", ran.error);
    }
}

#[test]
fn exit_statuses_from_0_to_255_pass_through() {
    for code in 0..258 {
        let ran = run(&format!(r#"(func (export "_start") (call $exit (i32.const {code})))"#));
        assert_eq!(ran.status, Status::Exited(u8::try_from(code % 256).unwrap()));
    }
    assert_eq!(run(r#"(func (export "_start"))"#).status, Status::Exited(0));
}

#[test]
fn wild_pointers_are_fault_and_nothing_is_written() {
    // 21 is FAULT, 28 is INVAL.
    for (call, errno) in [
        ("(call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 0))", 21),
        ("(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const -1))", 21),
        ("(call $fd_write (i32.const 1) (i32.const 0) (i32.const 2000000) (i32.const 0))", 28),
        ("(call $random_get (i32.const 65530) (i32.const 100))", 21),
        ("(call $random_get (i32.const 0) (i32.const -1))", 28),
        ("(call $poll (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))", 28),
        ("(call $poll (i32.const 65000) (i32.const 0) (i32.const 100) (i32.const 0))", 21),
        ("(call $clock (i32.const 1) (i64.const 0) (i32.const 65532))", 21),
        ("(call $clock (i32.const 9) (i64.const 0) (i32.const 0))", 28),
    ] {
        let ran = run(&format!(r#"(func (export "_start") (call $exit {call}))"#));
        assert_eq!(ran.status, Status::Exited(errno), "{call}: {}", ran.error);
        assert_eq!(ran.output, "");
    }
}

#[test]
fn bytes_read_are_written() {
    let ran = run(r#"(func (export "_start")
             (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 4))
             (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
             (i32.store (i32.const 4) (i32.load (i32.const 16)))
             (call $exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))"#);
    assert_eq!((ran.status, ran.output.to_str_lossy().as_ref()), (Status::Exited(0), "some"));
}

#[test]
fn a_relative_time_out_is_waited_for_once() {
    // A clock subscription of one hour; the virtual clock jumps there.
    let ran = run(r#"(func (export "_start") (local $before i64)
             (i32.store (i32.const 16) (i32.const 1))
             (i64.store (i32.const 24) (i64.const 3600000000000))
             (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 200)))
             (local.set $before (i64.load (i32.const 200)))
             (if (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 160)) (then unreachable))
             (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 200)))
             (call $exit (i32.wrap_i64 (i64.div_u
               (i64.sub (i64.load (i32.const 200)) (local.get $before)) (i64.const 60000000000)))))"#);
    assert_eq!(ran.status, Status::Exited(60), "{}", ran.error);
}

#[test]
fn an_endless_loop_ends_by_an_interrupt_within_a_slice() {
    let module =
        wat::parse_str(format!(r#"(module {IMPORTS} (func (export "_start") (loop $again (br $again))))"#))
            .unwrap();
    let mut machine = machine(Limits::default());
    start(&mut machine, module);
    for _ in 0..5 {
        assert_eq!(machine.turn(), Turn::Progress);
    }
    machine.interrupt().raise(Signal::INT);
    assert_eq!(machine.turn(), Turn::Ended(Status::Signaled(Signal::INT)));
}

#[test]
fn the_wall_clock_ends_a_session() {
    let module = wat::parse_str(format!(
        r#"(module {IMPORTS} (func (export "_start") (loop $again (drop (call $yield)) (br $again))))"#
    ))
    .unwrap();
    let mut machine = machine(Limits { wall_clock_ns_max: Some(10_000_000), ..Limits::default() });
    start(&mut machine, module);
    assert_eq!(machine.run(), Turn::TimedOut);
}

#[test]
fn fuel_bounds_a_process() {
    let ran = run_with(
        Limits { process_fuel_max: Some(1_000_000), ..Limits::default() },
        r#"(func (export "_start") (loop $again (br $again)))"#,
    );
    assert_eq!(ran.status, Status::Signaled(Signal::KILL));
    assert_eq!(ran.error, "wasmsand: program: out of fuel\n");
}

#[test]
fn memory_is_bounded_and_given_back() {
    let limits = Limits { guest_memory_bytes_max: 10 << 16, ..Limits::default() };
    let ran = run_with(
        limits,
        r#"(func (export "_start")
             (if (i32.ne (memory.grow (i32.const 9)) (i32.const 1)) (then unreachable))
             (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)))"#,
    );
    assert_eq!(ran.status, Status::Exited(0), "{}", ran.error);
}

#[test]
fn what_cannot_run_says_why_and_is_126() {
    let missing = r#"(module (import "wasi_snapshot_preview1" "fd_fly" (func)) (func (export "_start")))"#;
    let elsewhere = r#"(module (import "env" "f" (func)) (func (export "_start")))"#;
    let library = "(module)";
    for (text, words) in [
        (missing, "imports `wasi_snapshot_preview1.fd_fly', which does not exist"),
        (elsewhere, "imports `env.f', which does not exist"),
        (library, "exports no function `_start'"),
    ] {
        let mut machine = machine(Limits::default());
        start(&mut machine, wat::parse_str(text).unwrap());
        assert_eq!(machine.run(), Turn::Ended(Status::Exited(126)), "{text}");
        let host: &Simulated = machine.kernel().host_as().unwrap();
        assert!(host.error.contains_str(words), "{}", host.error.as_bstr());
    }
}

#[test]
fn every_function_of_the_document_is_linked() {
    assert_eq!(preview1::NAMES.len(), 46);
    let i32s = ["proc_exit", "sched_yield", "fd_close"];
    for name in i32s {
        assert!(preview1::NAMES.contains(&name), "{name}");
    }
}

/// A kernel with one process that has streams, a pipe, a file and the root open.
fn kernel() -> Kernel {
    let mut machine = machine(Limits::default());
    start(&mut machine, wat::parse_str(r#"(module (func (export "_start")))"#).unwrap());
    let mut kernel = Kernel::new(Limits::default(), Box::new(Simulated::new(3, b"input")));
    std::mem::swap(machine.kernel(), &mut kernel);
    let (read, write) = kernel.vfs.pipe().unwrap();
    let root = kernel.vfs.root();
    let how = Open { read: true, write: true, create: true, ..Open::default() };
    let at = At { dir: root, path: b"/file", scope: Scope::Anywhere };
    let wasmsand_vfs::Opened::File(file) = kernel.vfs.open(at, &how, Time(0)).unwrap() else {
        panic!("not a file")
    };
    let null = kernel.vfs.open_device(Device::Null, &how).unwrap();
    for (fd, open) in (4..).zip([read, write, file, null]) {
        let slot = wasmsand_wasi::kernel::fd_table::Slot::new(open);
        kernel.process_mut(Pid(1)).unwrap().fds.replace(wasmsand_wasi::Fd(fd), slot);
    }
    kernel
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0..12_u32, 0..4096_u32, Just(u32::MAX), Just(65_535), any::<u32>()]
}

fn long() -> impl Strategy<Value = u64> {
    prop_oneof![0..100_u64, Just(u64::MAX), Just(1 << 62), Just(i64::MAX.cast_unsigned()), any::<u64>()]
}

/// Any of the 46 calls with any arguments.
fn any_call() -> impl Strategy<Value = preview1::Call> {
    prop_oneof![3 => common_call(), 1 => rarer_call()]
}

fn rarer_call() -> impl Strategy<Value = preview1::Call> {
    use preview1::Call as C;
    let n = number;
    prop_oneof![
        (n(), n()).prop_map(|(argc, argv_buf_size)| C::ArgsSizesGet { argc, argv_buf_size }),
        (n(), n()).prop_map(|(environ, environ_buf)| C::EnvironGet { environ, environ_buf }),
        (n(), n()).prop_map(|(id, resolution)| C::ClockResGet { id, resolution }),
        n().prop_map(|fd| C::FdDatasync { fd }),
        (n(), long(), long()).prop_map(|(fd, base, inheriting)| C::FdFdstatSetRights {
            fd,
            base,
            inheriting
        }),
        (n(), n()).prop_map(|(fd, offset)| C::FdTell { fd, offset }),
        (n(), n(), n(), n(), long(), long(), n()).prop_map(
            |(fd, flags, path, path_len, atim, mtim, fst_flags)| C::PathFilestatSetTimes {
                fd,
                flags,
                path,
                path_len,
                atim,
                mtim,
                fst_flags
            }
        ),
        (n(), n(), n(), n(), n(), n(), n()).prop_map(
            |(old_fd, old_flags, old_path, old_path_len, new_fd, new_path, new_path_len)| C::PathLink {
                old_fd,
                old_flags,
                old_path,
                old_path_len,
                new_fd,
                new_path,
                new_path_len
            }
        ),
        (n(), n(), n()).prop_map(|(fd, path, path_len)| C::PathRemoveDirectory { fd, path, path_len }),
        n().prop_map(|code| C::ProcExit { code }),
        n().prop_map(|signal| C::ProcRaise { signal }),
        Just(C::SchedYield {}),
        (n(), n(), n()).prop_map(|(fd, flags, opened_fd)| C::SockAccept { fd, flags, opened_fd }),
        (n(), n(), n(), n(), n(), n()).prop_map(
            |(fd, ri_data, ri_data_len, ri_flags, ro_datalen, ro_flags)| C::SockRecv {
                fd,
                ri_data,
                ri_data_len,
                ri_flags,
                ro_datalen,
                ro_flags
            }
        ),
        (n(), n(), n(), n(), n()).prop_map(|(fd, si_data, si_data_len, si_flags, so_datalen)| C::SockSend {
            fd,
            si_data,
            si_data_len,
            si_flags,
            so_datalen
        }),
    ]
}

fn common_call() -> impl Strategy<Value = preview1::Call> {
    use preview1::Call as C;
    let n = number;
    prop_oneof![
        (n(), n()).prop_map(|(argv, argv_buf)| C::ArgsGet { argv, argv_buf }),
        (n(), n()).prop_map(|(count, buf_size)| C::EnvironSizesGet { count, buf_size }),
        (n(), long(), n()).prop_map(|(id, precision, time)| C::ClockTimeGet { id, precision, time }),
        (n(), long(), long(), n()).prop_map(|(fd, offset, len, advice)| C::FdAdvise {
            fd,
            offset,
            len,
            advice
        }),
        (n(), long(), long()).prop_map(|(fd, offset, len)| C::FdAllocate { fd, offset, len }),
        n().prop_map(|fd| C::FdClose { fd }),
        n().prop_map(|fd| C::FdSync { fd }),
        (n(), n()).prop_map(|(fd, stat)| C::FdFdstatGet { fd, stat }),
        (n(), n()).prop_map(|(fd, flags)| C::FdFdstatSetFlags { fd, flags }),
        (n(), n()).prop_map(|(fd, buf)| C::FdFilestatGet { fd, buf }),
        (n(), long()).prop_map(|(fd, size)| C::FdFilestatSetSize { fd, size }),
        (n(), long(), long(), n()).prop_map(|(fd, atim, mtim, fst_flags)| C::FdFilestatSetTimes {
            fd,
            atim,
            mtim,
            fst_flags
        }),
        (n(), n(), n(), long(), n()).prop_map(|(fd, iovs, iovs_len, offset, nread)| C::FdPread {
            fd,
            iovs,
            iovs_len,
            offset,
            nread
        }),
        (n(), n(), n(), long(), n()).prop_map(|(fd, iovs, iovs_len, offset, nwritten)| C::FdPwrite {
            fd,
            iovs,
            iovs_len,
            offset,
            nwritten
        }),
        (n(), n()).prop_map(|(fd, buf)| C::FdPrestatGet { fd, buf }),
        (n(), n(), n()).prop_map(|(fd, path, path_len)| C::FdPrestatDirName { fd, path, path_len }),
        (n(), n(), n(), n()).prop_map(|(fd, iovs, iovs_len, nread)| C::FdRead { fd, iovs, iovs_len, nread }),
        (n(), n(), n(), n()).prop_map(|(fd, iovs, iovs_len, nwritten)| C::FdWrite {
            fd,
            iovs,
            iovs_len,
            nwritten
        }),
        (n(), n(), n(), long(), n()).prop_map(|(fd, buf, buf_len, cookie, bufused)| C::FdReaddir {
            fd,
            buf,
            buf_len,
            cookie,
            bufused
        }),
        (n(), n()).prop_map(|(fd, to)| C::FdRenumber { fd, to }),
        (n(), any::<i64>(), n(), n()).prop_map(|(fd, offset, whence, newoffset)| C::FdSeek {
            fd,
            offset,
            whence,
            newoffset
        }),
        (n(), n(), n()).prop_map(|(fd, path, path_len)| C::PathCreateDirectory { fd, path, path_len }),
        (n(), n(), n(), n(), n()).prop_map(|(fd, flags, path, path_len, buf)| C::PathFilestatGet {
            fd,
            flags,
            path,
            path_len,
            buf
        }),
        (n(), n(), n(), n(), n(), (long(), long(), n(), n())).prop_map(
            |(fd, dirflags, path, path_len, oflags, (rights_base, rights_inheriting, fdflags, opened_fd))| {
                C::PathOpen {
                    fd,
                    dirflags,
                    path,
                    path_len,
                    oflags,
                    rights_base,
                    rights_inheriting,
                    fdflags,
                    opened_fd,
                }
            }
        ),
        (n(), n(), n(), n(), n(), n()).prop_map(|(fd, path, path_len, buf, buf_len, bufused)| {
            C::PathReadlink { fd, path, path_len, buf, buf_len, bufused }
        }),
        (n(), n(), n(), n(), n(), n()).prop_map(
            |(fd, old_path, old_path_len, new_fd, new_path, new_path_len)| C::PathRename {
                fd,
                old_path,
                old_path_len,
                new_fd,
                new_path,
                new_path_len
            }
        ),
        (n(), n(), n(), n(), n()).prop_map(|(old_path, old_path_len, fd, new_path, new_path_len)| {
            C::PathSymlink { old_path, old_path_len, fd, new_path, new_path_len }
        }),
        (n(), n(), n()).prop_map(|(fd, path, path_len)| C::PathUnlinkFile { fd, path, path_len }),
        (n(), n(), n(), n()).prop_map(|(subscriptions, events, nsubscriptions, nevents)| C::PollOneoff {
            subscriptions,
            events,
            nsubscriptions,
            nevents
        }),
        (n(), n()).prop_map(|(buf, buf_len)| C::RandomGet { buf, buf_len }),
        (n(), n()).prop_map(|(fd, how)| C::SockShutdown { fd, how }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_calls_on_any_memory_never_panic(
        calls in proptest::collection::vec(any_call(), 1..40),
        seed in proptest::collection::vec(any::<u8>(), 64),
    ) {
        let mut kernel = kernel();
        let mut memory: Vec<u8> = seed.iter().copied().cycle().take(65_536).collect();
        for call in calls {
            let _ = preview1::perform(&call, &mut kernel, Pid(1), Memory::new(&mut memory), 0);
        }
    }
}
