//! Back traces: which calls are told, and that noting them changes nothing else.

use super::*;

/// What a trapped program prints with its calls noted.
fn traced(module: &[u8]) -> String {
    let mut machine = machine(small());
    machine.set_backtrace(true);
    run_on(machine, module, vec!["/hostile".into()], vec![]).error.to_string()
}

#[test]
fn a_trap_tells_the_calls_that_led_to_it() {
    on_a_small_stack(|| {
        let error = traced(&parse(
            r#"(func $left (param i32) (result i32) (if (local.get 0) (then (return (i32.const 1)))) (i32.const 2))
               (func $deep (param i32 i64) (drop (call $left (i32.const 1))) (drop (call $left (i32.const 0))) unreachable)
               (func $_ZN4core9panicking5panic17h0123456789abcdefE (result i32)
                 (call $deep (i32.const 1) (i64.const 2)) (i32.const 3))
               (func (export "_start") (drop (call $_ZN4core9panicking5panic17h0123456789abcdefE)))"#,
        ));
        assert_eq!(
            error,
            "wasmsand: hostile: unreachable instruction executed\n\
             \u{20}   at deep\n\
             \u{20}   at core::panicking::panic\n\
             \u{20}   at function 26\n"
        );
    });
}

#[test]
fn a_long_back_trace_leaves_out_its_middle() {
    on_a_small_stack(|| {
        let error =
            traced(&parse(r#"(func $again (call $again)) (func $main (export "_start") (call $again))"#));
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines.len(), 1 + 24 + 1 + 8);
        assert_eq!(lines[0], "wasmsand: hostile: call stack exhausted");
        assert_eq!((lines[1], lines[24]), ("    at again", "    at again"));
        assert_eq!(lines[25], "    ... 49968 more");
        assert_eq!(lines[33], "    at main");
    });
}

#[test]
fn without_names_or_without_asking_there_is_no_back_trace() {
    on_a_small_stack(|| {
        assert_eq!(traced(&one(&[0x00])), "wasmsand: hostile: unreachable instruction executed\n");
        let named = parse(r#"(func $main (export "_start") unreachable)"#);
        let ran = run_module(small(), &named);
        assert_eq!(ran.error, "wasmsand: hostile: unreachable instruction executed\n");
    });
}

#[test]
fn a_function_leaves_by_every_way_with_its_values() {
    on_a_small_stack(|| {
        let body = r#"(type $v (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $return)
            (func $return (param i32) (result i32)
              (block (loop (if (local.get 0) (then (return (i32.const 10)))) (br 1))) (i32.const 20))
            (func $branch (param i32) (result i32)
              (drop (br_if 0 (i32.const 30) (local.get 0))) (i32.const 40))
            (func $table (param i32) (result i32)
              (block (result i32) (br_table 0 1 (i32.const 50) (local.get 0))) (i32.const 1) (i32.add))
            (func $several (param i32) (result i32 i64)
              (if (local.get 0) (then (i32.const 60) (i64.const 61) (return))) (i32.const 62) (i64.const 63))
            (func $more (result i32 i64) (local i64 f32) (i32.const 64) (i64.const 65) (br 0))
            (func $tail (param i32) (result i32) (return_call $branch (local.get 0)))
            (func $indirect (param i32) (result i32)
              (return_call_indirect (type $v) (local.get 0) (i32.const 0)))
            (func $want (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then unreachable)))
            (func $rounds (export "_start") (local $i i32) (local $l i64) (loop $again
              (call $want (i32.const 10) (call $return (i32.const 1)))
              (call $want (i32.const 20) (call $return (i32.const 0)))
              (call $want (i32.const 30) (call $branch (i32.const 1)))
              (call $want (i32.const 40) (call $branch (i32.const 0)))
              (call $want (i32.const 51) (call $table (i32.const 0)))
              (call $want (i32.const 50) (call $table (i32.const 1)))
              (call $several (i32.const 1)) (local.set $l) (call $want (i32.const 60))
              (call $want (i32.wrap_i64 (local.get $l)) (i32.const 61))
              (call $several (i32.const 0)) (local.set $l) (call $want (i32.const 62))
              (call $more) (local.set $l) (call $want (i32.const 64))
              (call $want (i32.const 30) (call $tail (i32.const 1)))
              (call $want (i32.const 10) (call $indirect (i32.const 1)))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $i) (i32.const 100000))))
              (call $trap))
            (func $trap unreachable)"#;
        check("every way", body, 134, "unreachable instruction");
        // A hundred thousand rounds left nothing on the stack of notes.
        assert_eq!(
            traced(&parse(body)),
            "wasmsand: hostile: unreachable instruction executed\n    at trap\n    at rounds\n"
        );
    });
}

#[test]
fn hostile_names_are_harmless() {
    on_a_small_stack(|| {
        let named = |name: &[u8]| {
            let entry = [&[1, 0], number(name.len()).as_slice(), name].concat();
            let section = [&[4], b"name".as_slice(), &[1], &number(entry.len()), &entry].concat();
            binary(&[function(&[0], &[0x00])], &[(0, section)])
        };
        let at = |name: &[u8]| traced(&named(name)).lines().nth(1).unwrap_or_default().to_owned();
        assert_eq!(at(b"\x1b[2J\n"), "    at \\u{1b}[2J\\n");
        assert_eq!(at(b"\xff"), "    at function 0");
        assert_eq!(at(b""), "    at ");
        assert_eq!(at(&b"y".repeat(50_000)), format!("    at {}...", "y".repeat(200)));
        // Types within types, which a demangler follows by recursion.
        let nested =
            |depth: usize| [b"_R".as_slice(), &b"INvC1a1b".repeat(depth), &b"E".repeat(depth)].concat();
        for depth in [1, 10, 100, 1_000] {
            assert!(at(&nested(depth)).starts_with("    at "), "{depth}");
        }
        for name in
            [b"_RYYYYYYYYYYYYYYYYYYYY".repeat(40), b"_ZN999999999999999999999E".to_vec(), b"_RNvB_".to_vec()]
        {
            assert!(at(&name).starts_with("    at "));
        }
    });
}
