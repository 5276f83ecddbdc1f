//! Programs that are hostile without a system call: they recurse, grow, loop and trap.

use super::*;

#[test]
fn a_start_section_is_a_part_of_the_program() {
    on_a_small_stack(|| {
        check(
            "exit",
            r#"(start $s) (func $s (call $exit (i32.const 5))) (func (export "_start") unreachable)"#,
            5,
            "",
        );
        check(
            "trap",
            r#"(start $s) (func $s unreachable) (func (export "_start"))"#,
            134,
            "unreachable instruction",
        );
        // Ten million rounds are hundreds of slices.
        let long = r#"(start $s) (global $i (mut i32) (i32.const 0))
            (func $s (loop $again
              (global.set $i (i32.add (global.get $i) (i32.const 1)))
              (br_if $again (i32.lt_u (global.get $i) (i32.const 10000000)))))
            (func (export "_start") (call $exit (i32.div_u (global.get $i) (i32.const 100000))))"#;
        check("long", long, 100, "");
        let blocks = r#"(start $s) (func $s
              (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 1))
              (drop (call $yield))
              (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16))))
            (func (export "_start") (call $exit (i32.load8_u (i32.const 100))))"#;
        check("reads", blocks, b's', "");
        check_interrupt("an endless start", r#"(start $s) (func $s (loop (br 0))) (func (export "_start"))"#);
    });
}

#[test]
fn traps_are_told_in_words_and_by_signal() {
    on_a_small_stack(|| {
        let table = "(type $v (func)) (table 2 funcref) (elem (i32.const 0) $i) (func $i (param i32))";
        for (body, status, words) in [
            ("unreachable", 134, "unreachable instruction executed"),
            ("(drop (i32.load (i32.const 65533)))", 139, "out of bounds memory access"),
            ("(memory.fill (i32.const 1) (i32.const 1) (i32.const -1))", 139, "out of bounds memory access"),
            ("(drop (table.get 0 (i32.const 9)))", 139, "out of bounds table access"),
            ("(call_indirect (type $v) (i32.const 9))", 139, "out of bounds table access"),
            ("(call_indirect (type $v) (i32.const 1))", 139, "call of a null function"),
            ("(call_indirect (type $v) (i32.const 0))", 134, "call of a function of another type"),
            ("(drop (i64.div_s (i64.const 1) (i64.const 0)))", 136, "integer divide by zero"),
            ("(drop (i32.trunc_f32_s (f32.const nan)))", 136, "conversion of a float that is no integer"),
            ("(drop (i32.trunc_f64_u (f64.const 1e20)))", 136, "integer overflow"),
        ] {
            let words = format!("wasmsand: hostile: {words}\n");
            check(body, &format!(r#"{table} (func (export "_start") {body})"#), status, &words);
        }
    });
}

#[test]
fn recursion_ends_in_a_trap_and_not_in_the_host() {
    on_a_small_stack(|| {
        let words = "wasmsand: hostile: call stack exhausted\n";
        check("direct", r#"(func $f (export "_start") (call $f))"#, 139, words);
        check(
            "mutual",
            r#"(func $f (call $g)) (func $g (call $f)) (func (export "_start") (call $f))"#,
            139,
            words,
        );
        check(
            "indirect",
            r#"(table 1 funcref) (elem (i32.const 0) $f) (type $v (func))
               (func $f (export "_start") (call_indirect (type $v) (i32.const 0)))"#,
            139,
            words,
        );
        // 49,990 calls deep and back again.
        let deep = r#"(func $f (param i32) (result i32)
              (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0))))
            (func (export "_start")
              (if (i32.ne (call $f (i32.const 49990)) (i32.const 49990)) (then unreachable)))"#;
        check("deep", deep, 0, "");
        let limits = Limits { frames_max: 100, ..small() };
        check_module("frames", limits, &parse(deep), 139, words);
        let limits = Limits { value_stack_bytes_max: 100_000, ..small() };
        check_module("stack bytes", limits, &parse(deep), 139, words);
        let locals = [&[1], number(30_000).as_slice(), &[0x7f]].concat();
        check_module("wide frames", small(), &binary(&[function(&locals, &[0x10, 0])], &[]), 139, words);
        check(
            "tail calls do not recurse",
            r#"(func $f (param i32) (if (local.get 0) (then (return_call $f (i32.sub (local.get 0) (i32.const 1))))))
               (func (export "_start") (call $f (i32.const 1000000)))"#,
            0,
            "",
        );
        check_interrupt("endless tail calls", r#"(func $f (export "_start") (return_call $f))"#);
    });
}

#[test]
fn value_stacks_of_all_guests_are_bounded() {
    on_a_small_stack(|| {
        let limits = Limits { value_stacks_bytes_max: 1 << 20, ..small() };
        let ran = run_as_single(limits, &parse(r#"(func (export "_start"))"#));
        assert_eq!(ran, Err(wasmsand_wasi::Errno::NoMem));
    });
}

fn run_as_single(limits: Limits, module: &[u8]) -> Result<Turn, wasmsand_wasi::Errno> {
    let mut machine = machine(limits);
    add(&mut machine, "/hostile", module);
    let program = Spawned::Executable { path: "/hostile".into(), argv: vec!["hostile".into()], env: vec![] };
    machine.start(program, 0o022, b"/").map(|_| machine.run())
}

#[test]
fn growth_is_refused_again_and_again_without_harm() {
    on_a_small_stack(|| {
        // A million failing grows: each leaves native stack behind until the slice ends (engine.md).
        for (grow, rounds) in [
            ("(memory.grow (i32.const 1000))", 1_000_000),
            ("(memory.grow (i32.const -1))", 200_000),
            ("(table.grow (ref.null func) (i32.const -1))", 200_000),
            ("(table.grow (ref.null func) (i32.const 10000000))", 200_000),
        ] {
            let body = format!(
                r#"(table 1 funcref) (func (export "_start") (local $i i32) (loop $again
                     (if (i32.ne {grow} (i32.const -1)) (then unreachable))
                     (local.set $i (i32.add (local.get $i) (i32.const 1)))
                     (br_if $again (i32.lt_u (local.get $i) (i32.const {rounds})))))"#
            );
            check(grow, &body, 0, "");
        }
        let forever = r#"(func (export "_start") (loop (drop (memory.grow (i32.const 1))) (br 0)))"#;
        check_interrupt("grow for ever", forever);
    });
}

#[test]
fn growth_is_counted_once_even_when_it_takes_several_slices() {
    on_a_small_stack(|| {
        // 3 MiB cost 49,152 units, more than what is left of such a slice.
        let limits = Limits { slice_fuel: 10_000, ..small() };
        let body = r#"(func (export "_start")
             (if (i32.ne (memory.grow (i32.const 40)) (i32.const 1)) (then unreachable))
             (if (i32.ne (memory.grow (i32.const 23)) (i32.const 41)) (then unreachable))
             (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)))"#;
        check_module("64 pages", limits, &parse(body), 0, "");
    });
}

#[test]
fn a_table_grows_within_its_limits_or_ends_its_program() {
    on_a_small_stack(|| {
        let loops = |step: u32| {
            format!(
                r#"(table 1 funcref) (func (export "_start") (loop $again
                     (if (i32.ne (table.grow (ref.null func) (i32.const {step})) (i32.const -1)) (then (br $again)))))"#
            )
        };
        // 4 MiB of memory hold half a million elements; one page of it is taken.
        check("by seven", &loops(7), 0, "");
        let ran = run(&loops(100_000));
        let trapped = (
            Status::Signaled(Signal::KILL),
            "wasmsand: hostile: a table could not grow within a slice of fuel\n",
        );
        let ended = (ran.status, ran.error.to_str().unwrap());
        assert!(ended == (Status::Exited(0), "") || ended == trapped, "{ended:?}");
        let limits = Limits { slice_fuel: 1_000, ..small() };
        check_module("no fuel", limits, &parse(&loops(100_000)), 137, trapped.1);
    });
}

#[test]
fn every_kind_of_instruction_may_fill_a_slice_on_a_small_stack() {
    on_a_small_stack(|| {
        let bulk = "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))";
        for body in [
            bulk,
            "(memory.copy (i32.const 0) (i32.const 9) (i32.const 0))",
            "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))",
            "(data.drop $d)",
            "(table.fill $t (i32.const 0) (ref.null func) (i32.const 0))",
            "(table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 0))",
            "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0))",
            "(elem.drop $e)",
            "(drop (table.size $t))",
            "(table.set $t (i32.const 0) (table.get $t (i32.const 0)))",
            "(drop (memory.size))",
            "(call_indirect $t (type $v) (i32.const 1))",
            "(call $nothing)",
            "(drop (call $yield))",
            "(drop (ref.func $nothing))",
            "(drop (f64.sqrt (f64.nearest (f64.const 2.5))))",
            "(drop (i64.rem_s (i64.const 7) (i64.const -3)))",
            "(v128.store (i32.const 0) (i8x16.swizzle (v128.load (i32.const 16)) (v128.load (i32.const 32))))",
            "(block (br_table 0 0 0 (i32.const 1)))",
            "(global.set $g (global.get $g))",
        ] {
            let body = format!(
                r#"(data $d "abc") (table $t 2 funcref) (elem $e funcref (ref.func $nothing)) (elem (i32.const 1) $nothing)
                   (global $g (mut i64) (i64.const 0)) (type $v (func)) (func $nothing)
                   (func (export "_start") (local $i i32) (loop $again
                     {body} {body} {body} {body}
                     (local.set $i (i32.add (local.get $i) (i32.const 1)))
                     (br_if $again (i32.lt_u (local.get $i) (i32.const 50000)))))"#
            );
            check(&body, &body, 0, "");
        }
    });
}

#[test]
fn large_moves_are_done_whatever_the_slice() {
    on_a_small_stack(|| {
        let limits = Limits { slice_fuel: 1_000, ..small() };
        let body = r#"(table 2 funcref) (func (export "_start") (local $i i32)
             (drop (memory.grow (i32.const 60)))
             (loop $again
               (memory.fill (i32.const 0) (local.get $i) (i32.const 3900000))
               (memory.copy (i32.const 1) (i32.const 0) (i32.const 3900000))
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (br_if $again (i32.lt_u (local.get $i) (i32.const 20))))
             (call $exit (i32.load8_u (i32.const 3900000))))"#;
        check_module("moves", limits, &parse(body), 19, "");
        check_interrupt(
            "moves for ever",
            r#"(func (export "_start") (drop (memory.grow (i32.const 60)))
                 (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 3900000)) (br 0)))"#,
        );
    });
}

#[test]
fn wide_frames_cost_their_caller_turns() {
    on_a_small_stack(|| {
        let locals = [&[1], number(30_000).as_slice(), &[0x7f]].concat();
        let functions = [function(&[0], &[0x03, 0x40, 0x10, 1, 0x0c, 0, 0x0b]), function(&locals, &[])];
        assert_eq!(turns_until_interrupted(small(), &binary(&functions, &[]), 3), 1);
    });
}

#[test]
fn guests_share_the_memory_of_all_and_give_it_back() {
    on_a_small_stack(|| {
        let limits = Limits { guests_memory_bytes_max: 8 << 20, processes_max: 50, ..small() };
        let mut machine = machine(limits);
        // Each takes as much as it can get a page at a time, and sleeps until it is killed.
        let module = parse(
            r#"(func (export "_start")
                 (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
                 (loop $for_ever (drop (call $yield)) (br $for_ever)))"#,
        );
        add(&mut machine, "/hostile", &module);
        let errors = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&errors);
        let start: CoroutineStart = Box::new(|mut sys| {
            Box::pin(async move {
                for _ in 0..60 {
                    let program =
                        Spawned::Executable { path: "/hostile".into(), argv: vec!["h".into()], env: vec![] };
                    let spawn = Spawn {
                        program,
                        moved: vec![],
                        group: SpawnGroup::New,
                        foreground: false,
                        ignored: wasmsand_wasi::SignalSet::EMPTY,
                    };
                    if let Err(errno) = sys.spawn(spawn).await {
                        seen.lock().unwrap().push(errno);
                    }
                }
                for _ in 0..1_000 {
                    sys.pause().await.unwrap();
                }
                0
            })
        });
        machine.start(Spawned::Coroutine { name: "init", start }, 0o022, b"/").unwrap();
        let mut most = 0;
        loop {
            most = most.max(machine.kernel().guests_memory_bytes);
            match machine.turn() {
                Turn::Progress => {}
                Turn::Ended(status) => break assert_eq!(status, Status::Exited(0)),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(most, 8 << 20);
        // Fifty processes, one of them the parent.
        assert_eq!(*errors.lock().unwrap(), [wasmsand_wasi::Errno::Again; 11]);
    });
}
