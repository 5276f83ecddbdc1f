//! Programs that are hostile by their system calls: what they point at, how much they ask for, how often they ask.

use super::*;

#[test]
fn buffers_that_lie_outside_overlap_or_wrap_are_answered() {
    on_a_small_stack(|| {
        let store = |words: &[(u32, u32)]| -> String {
            words
                .iter()
                .map(|(at, word)| format!("(i32.store (i32.const {at}) (i32.const {word}))"))
                .collect()
        };
        let write = |iovs: u32, count: u32| {
            format!("(call $fd_write (i32.const 1) (i32.const {iovs}) (i32.const {count}) (i32.const 1000))")
        };
        for (name, prepare, call, errno) in [
            ("the array beyond the end", vec![], write(65_530, 1), FAULT),
            ("the array wraps", vec![], write(u32::MAX - 3, 2), FAULT),
            ("a buffer beyond the end", vec![(0, 65_000), (4, 1_000)], write(0, 1), FAULT),
            ("a buffer wraps", vec![(0, u32::MAX), (4, 2)], write(0, 1), FAULT),
            ("lengths wrap", vec![(0, 0), (4, 60_000), (8, 0), (12, u32::MAX)], write(0, 2), INVAL),
            ("1025 buffers", vec![], write(0, 1_025), INVAL),
            ("1024 empty buffers", vec![], write(2_000, 1_024), 0),
            ("2^32 buffers", vec![], write(0, u32::MAX), INVAL),
            ("the same buffer twice", vec![(0, 500), (4, 4), (8, 500), (12, 4)], write(0, 2), 0),
            ("the array as its own data", vec![(0, 0), (4, 16), (8, 4), (12, 12)], write(0, 2), 0),
        ] {
            check(name, &answers(&store(&prepare), &call), errno, "");
        }
        // Reading over the array itself: it was taken whole before the first byte came.
        let read = "(call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 1000))";
        let over = store(&[(0, 0), (4, 4), (8, 600), (12, 4)]);
        let body = format!(
            r#"(func (export "_start") {over} (if {read} (then unreachable))
                 (call $exit (i32.load8_u (i32.const 603))))"#
        );
        check("over its own array", &body, b'p', "");
        for call in [
            "(call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 65533))",
            "(call $random_get (i32.const 65535) (i32.const 2))",
            "(call $args_get (i32.const 65533) (i32.const 0))",
            "(call $path_open (i32.const 3) (i32.const 0) (i32.const 65530) (i32.const 9) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0))",
            "(call $poll (i32.const 0) (i32.const 65500) (i32.const 2) (i32.const 0))",
        ] {
            check(call, &answers("", call), FAULT, "");
        }
    });
}

#[test]
fn polls_of_millions_are_refused_and_of_thousands_answered() {
    on_a_small_stack(|| {
        let poll = |count: u32| {
            format!("(call $poll (i32.const 0) (i32.const 400000) (i32.const {count}) (i32.const 600000))")
        };
        let grow = "(drop (memory.grow (i32.const 40)))";
        check("a million", &answers(grow, &poll(1_000_000)), INVAL, "");
        check("2^32", &answers(grow, &poll(u32::MAX)), INVAL, "");
        check("none", &answers(grow, &poll(0)), INVAL, "");
        // 4,096 clocks that have come already.
        check("4,096", &answers(grow, &poll(4_096)), 0, "");
        check("4,097", &answers(grow, &poll(4_097)), INVAL, "");
        let for_ever = format!(r#"(func (export "_start") {grow} (loop (drop {}) (br 0)))"#, poll(4_096));
        check_interrupt("polls for ever", &for_ever);
    });
}

/// Opens the file named at 0 (`f`), creating it, for reading and writing; the descriptor goes to 100.
const OPEN: &str = "(call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)
    (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 100))";

#[test]
fn descriptors_run_out_in_an_errno() {
    on_a_small_stack(|| {
        let body = format!(
            r#"(data (i32.const 0) "f") (func (export "_start") (local $e i32) (loop $again
                 (br_if $again (i32.eqz (local.tee $e {OPEN})))) (call $exit (local.get $e)))"#
        );
        let limits = Limits { fds_max: 200, ..small() };
        check_module("of a process", limits, &parse(&body), MFILE, "");
        let mut limits = small();
        limits.files.open_files_max = 200;
        check_module("of all", limits, &parse(&body), NFILE, "");
        check_module("millions", Limits::default(), &parse(&body), MFILE, "");
        let renumber = |to: i64| {
            answers(&format!("(drop {OPEN})"), &format!("(call $fd_renumber (i32.const 4) (i32.const {to}))"))
        };
        let body = |to| format!(r#"(data (i32.const 0) "f") {}"#, renumber(to));
        for to in [2_147_483_648_i64, 4_294_967_295, 1_000_000, 70_000] {
            check(&to.to_string(), &body(to), 8, "");
        }
        check("onto itself", &body(4), 0, "");
    });
}

#[test]
fn sizes_of_files_are_bounded() {
    on_a_small_stack(|| {
        let open = format!(
            "(drop {OPEN}) (i32.store (i32.const 200) (i32.const 0)) (i32.store (i32.const 204) (i32.const 9))"
        );
        for (call, errno) in [
            ("(call $set_size (i32.const 4) (i64.const 4611686018427387904))", FBIG),
            ("(call $set_size (i32.const 4) (i64.const -1))", INVAL),
            ("(call $fd_allocate (i32.const 4) (i64.const 4611686018427387904) (i64.const 1))", FBIG),
            ("(call $fd_allocate (i32.const 4) (i64.const 0) (i64.const 4611686018427387904))", FBIG),
            ("(call $fd_allocate (i32.const 4) (i64.const -1) (i64.const 1))", INVAL),
            (
                "(call $fd_allocate (i32.const 4) (i64.const 9223372036854775807) (i64.const 9223372036854775807))",
                FBIG,
            ),
            (
                "(call $fd_pwrite (i32.const 4) (i32.const 200) (i32.const 1) (i64.const 4611686018427387904) (i32.const 300))",
                FBIG,
            ),
            (
                "(call $fd_pwrite (i32.const 4) (i32.const 200) (i32.const 1) (i64.const -1) (i32.const 300))",
                INVAL,
            ),
            (
                "(call $fd_pread (i32.const 4) (i32.const 200) (i32.const 1) (i64.const 4611686018427387904) (i32.const 300))",
                0,
            ),
        ] {
            check(call, &format!(r#"(data (i32.const 0) "f") {}"#, answers(&open, call)), errno, "");
        }
        // Files of 2 MB until the 32 MiB of all are full.
        let fill = format!(
            r#"(data (i32.const 0) "a") (func (export "_start") (local $e i32) (loop $again
                 (drop {OPEN})
                 (local.set $e (call $fd_allocate (i32.load (i32.const 100)) (i64.const 0) (i64.const 2000000)))
                 (i32.store8 (i32.const 0) (i32.add (i32.const 1) (i32.load8_u (i32.const 0))))
                 (br_if $again (i32.eqz (local.get $e)))) (call $exit (local.get $e)))"#
        );
        check("until full", &fill, NOSPC, "");
        let over_and_over = format!(
            r#"(data (i32.const 0) "a") (func (export "_start") (drop {OPEN}) (loop
                 (drop (call $fd_allocate (i32.const 4) (i64.const 0) (i64.const 2000000)))
                 (drop (call $set_size (i32.const 4) (i64.const 0))) (br 0)))"#
        );
        check_interrupt("allocates for ever", &over_and_over);
    });
}

#[test]
fn names_and_links_of_every_kind_are_answered() {
    on_a_small_stack(|| {
        for (name, length, errno) in [
            ("a\\00b", 3, INVAL),
            ("\\ff\\fe", 2, ILSEQ),
            ("two\\0alines", 9, 0),
            ("\\e2\\80\\ae", 3, 0),
            ("-rf", 3, 0),
            (" ", 1, 0),
            ("", 0, 44),
        ] {
            let body =
                answers("", &format!("(call $mkdir (i32.const 3) (i32.const 0) (i32.const {length}))"));
            check(name, &format!(r#"(data (i32.const 0) "{name}") {body}"#), errno, "");
        }
        let long = |length: u32| {
            let fill = "(memory.fill (i32.const 0) (i32.const 97) (i32.const 60000))";
            answers(fill, &format!("(call $mkdir (i32.const 3) (i32.const 0) (i32.const {length}))"))
        };
        for (length, errno) in [(255, 0), (256, NAMETOOLONG), (4_096, NAMETOOLONG), (60_000, NAMETOOLONG)] {
            check(&length.to_string(), &long(length), errno, "");
        }
        // l -> m -> l; opened through.
        let circle = answers(
            "(drop (call $symlink (i32.const 1) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 1)))
             (drop (call $symlink (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 1) (i32.const 1)))",
            "(call $path_open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i64.const 2) (i64.const 0)
               (i32.const 0) (i32.const 100))",
        );
        check("a circle of links", &format!(r#"(data (i32.const 0) "lm") {circle}"#), LOOP, "");
    });
}

#[test]
fn a_tree_as_deep_as_there_are_inodes_is_made_and_dropped() {
    on_a_small_stack(|| {
        // mkdir d; open it; go on in it, until no inode is left.
        let body = r#"(data (i32.const 0) "d") (func (export "_start") (local $dir i32) (local $e i32)
             (local.set $dir (i32.const 3))
             (loop $again
               (local.set $e (call $mkdir (local.get $dir) (i32.const 0) (i32.const 1)))
               (if (local.get $e) (then (call $exit (local.get $e))))
               (if (call $path_open (local.get $dir) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2) (i64.const 2)
                     (i64.const 0) (i32.const 0) (i32.const 100)) (then unreachable))
               (if (i32.ne (local.get $dir) (i32.const 3)) (then (drop (call $fd_close (local.get $dir)))))
               (local.set $dir (i32.load (i32.const 100)))
               (br $again)))"#;
        let mut limits = small();
        limits.files.inodes_max = 200_000;
        check_module("deep", limits, &parse(body), NOSPC, "");
    });
}

#[test]
fn arguments_and_environment_of_any_size_are_bounded() {
    on_a_small_stack(|| {
        let sizes = answers(
            "(drop (memory.grow (i32.const 60)))
             (if (call $args_sizes_get (i32.const 0) (i32.const 4)) (then unreachable))
             (if (call $args_get (i32.const 16) (i32.const 1000000)) (then unreachable))
             (if (call $environ_get (i32.const 16) (i32.const 1000000)) (then unreachable))",
            "(i32.rem_u (i32.load (i32.const 4)) (i32.const 251))",
        );
        let module = parse(&sizes);
        let argv = |argument: Vec<u8>| vec![BString::from("/hostile"), argument.into()];
        let ran = run_as(small(), &module, argv(vec![b'x'; 10 << 20]), vec![]);
        assert_eq!((ran.status, ran.error.to_str_lossy().as_ref()), (Status::Exited(127), "E2BIG"));
        let ran = run_as(small(), &module, argv(vec![]), vec![vec![b'x'; 2 << 20].into()]);
        assert_eq!((ran.status, ran.error.to_str_lossy().as_ref()), (Status::Exited(127), "E2BIG"));
        let ran = run_as(small(), &module, argv(b"a\0b\xff\n".to_vec()), vec![vec![b'x'; 2_000_000].into()]);
        assert_eq!(ran.status, Status::Exited(15), "{}", ran.error);
        // 200,000 empty arguments, asked for again and again.
        let for_ever = r#"(func (export "_start") (drop (memory.grow (i32.const 60)))
             (loop (drop (call $args_get (i32.const 16) (i32.const 2000000))) (br 0)))"#;
        let mut machine = machine(small());
        add(&mut machine, "/hostile", &parse(for_ever));
        let argv = vec![BString::from(""); 200_000];
        let program = Spawned::Executable { path: "/hostile".into(), argv, env: vec![] };
        machine.start(program, 0o022, b"/").unwrap();
        for _ in 0..3 {
            assert_eq!(machine.turn(), Turn::Progress);
        }
        machine.interrupt().raise(Signal::INT);
        assert_eq!(machine.turn(), Turn::Ended(Status::Signaled(Signal::INT)));
    });
}

#[test]
fn a_call_that_does_much_ends_its_slice() {
    on_a_small_stack(|| {
        // Each of these does more than a slice is for, so that one turn is one call: the tenth turn is still busy.
        for (name, call) in [
            ("random", "(call $random_get (i32.const 0) (i32.const 3900000))"),
            ("zeros", "(call $fd_read (i32.const 4) (i32.const 4000000) (i32.const 1) (i32.const 4000008))"),
        ] {
            let body = format!(
                r#"(data (i32.const 0) "dev/zero") (global $i (mut i32) (i32.const 0)) (func (export "_start")
                     (drop (memory.grow (i32.const 63)))
                     (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 0)
                       (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100)))
                     (i32.store (i32.const 4000000) (i32.const 1000)) (i32.store (i32.const 4000004) (i32.const 3900000))
                     (loop $again (drop {call})
                       (global.set $i (i32.add (global.get $i) (i32.const 1)))
                       (br_if $again (i32.lt_u (global.get $i) (i32.const 20))))
                     (call $exit (i32.const 7)))"#
            );
            let mut machine = machine(small());
            add(&mut machine, "/hostile", &parse(&body));
            let device = At { dir: machine.kernel().vfs.root(), path: b"/dev", scope: Scope::Anywhere };
            machine.kernel().vfs.mkdir(device, 0o755, Time(0)).unwrap();
            let zero = At { path: b"/dev/zero", ..device };
            machine.kernel().vfs.make_device(zero, wasmsand_vfs::Device::Zero, 0o666, Time(0)).unwrap();
            let program =
                Spawned::Executable { path: "/hostile".into(), argv: vec!["h".into()], env: vec![] };
            machine.start(program, 0o022, b"/").unwrap();
            let mut turns = 0;
            let end = loop {
                match machine.turn() {
                    Turn::Progress => turns += 1,
                    end => break end,
                }
            };
            assert_eq!(end, Turn::Ended(Status::Exited(7)), "{name}");
            assert!(turns >= 18, "{name}: {turns} turns");
        }
    });
}

#[test]
fn sockets_are_nowhere() {
    on_a_small_stack(|| {
        for fd in [0, 1, 2, 3] {
            for call in [
                format!("(call $sock_accept (i32.const {fd}) (i32.const -1) (i32.const -1))"),
                format!(
                    "(call $sock_recv (i32.const {fd}) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1))"
                ),
                format!(
                    "(call $sock_send (i32.const {fd}) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1))"
                ),
                format!("(call $sock_shutdown (i32.const {fd}) (i32.const -1))"),
            ] {
                // NOTSOCK.
                check(&call, &answers("", &call), 57, "");
            }
        }
        check("not open", &answers("", "(call $sock_shutdown (i32.const 99) (i32.const 0))"), 8, "");
    });
}

#[test]
fn loops_of_calls_are_interrupted_within_a_turn() {
    on_a_small_stack(|| {
        let path = "a/".repeat(2_000);
        for call in [
            "(call $yield)".to_owned(),
            "(call $random_get (i32.const 0) (i32.const 60000))".to_owned(),
            format!("(call $mkdir (i32.const 3) (i32.const 1000) (i32.const {}))", path.len()),
            "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 500))".to_owned(),
            "(call $unlink (i32.const 3) (i32.const 1000) (i32.const 1))".to_owned(),
        ] {
            let body = format!(
                r#"(data (i32.const 1000) "{path}") (func (export "_start")
                     (i32.store (i32.const 4) (i32.const 100)) (loop (drop {call}) (br 0)))"#
            );
            check_interrupt(&call, &body);
        }
    });
}
