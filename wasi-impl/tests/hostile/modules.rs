//! Modules that are hostile before they run: what they claim, need, hold or are.

use super::*;

fn refused(name: &str, module: &[u8], words: &str) {
    check_module(name, small(), module, 126, words);
}

fn text(name: &str, module: &str, words: &str) {
    refused(name, &wat::parse_str(module).unwrap(), words);
}

#[test]
fn what_is_no_module_of_ours_is_refused_in_a_sentence() {
    on_a_small_stack(|| {
        let start = r#"(func (export "_start"))"#;
        let whole = wat::parse_str(format!("(module {start})")).unwrap();
        refused("magic alone", b"\0asm", "hostile: is a WebAssembly module that is cut off\n");
        refused("half a version", b"\0asm\x01\0", "is a WebAssembly module that is cut off");
        refused("no sections", b"\0asm\x01\0\0\0", "exports no function `_start': it is not a WASI command");
        refused(
            "component",
            b"\0asm\x0d\0\x01\0",
            "is a WebAssembly component; only core modules of WASI preview1",
        );
        refused("version 2", b"\0asm\x02\0\0\0", "is of version 2 of WebAssembly; only version 1 can run");
        for cut in 9..whole.len() {
            let ran = run_module(small(), &whole[..cut]);
            assert_eq!(ran.status, Status::Exited(126), "cut at {cut}: {}", ran.error);
        }
        refused(
            "cut off",
            &whole[..whole.len() - 2],
            "is a WebAssembly module that is cut off: unexpected end",
        );
        refused(
            "garbage",
            &[whole.as_slice(), &[99, 1, 1]].concat(),
            "is not a valid WebAssembly module: malformed",
        );
        refused("bad code", &one(&[0x6a]), "is not a valid WebAssembly module: type mismatch");
        refused("reserved opcode", &one(&[0xff]), "is not a valid WebAssembly module: illegal opcode: 0xff");
    });
}

#[test]
fn a_proposal_that_is_needed_is_named() {
    on_a_small_stack(|| {
        let start = r#"(func (export "_start"))"#;
        for (module, proposal) in [
            ("(memory 1 2 shared)", "threads"),
            ("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))", "threads"),
            (r#"(import "env" "memory" (memory 1 2 shared))"#, "threads"),
            ("(memory i64 1)", "memory64"),
            ("(table i64 1 funcref)", "memory64"),
            ("(tag $e) (func (throw $e))", "exception-handling"),
            ("(func (try_table))", "exception-handling"),
            ("(type $s (struct (field i32))) (func (drop (struct.new_default $s)))", "gc"),
            ("(func (drop (ref.i31 (i32.const 0))))", "gc"),
            ("(func $f (call_ref 0 (ref.func $f))) (elem declare func $f)", "function-references"),
            ("(memory 1 (pagesize 1))", "custom-page-sizes"),
            (
                "(func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) drop)",
                "wide-arithmetic",
            ),
            ("(memory 1) (memory 1)", "multi-memory"),
            ("(type $f (func)) (type $c (cont $f)) (func (drop (ref.null $c)))", "stack-switching"),
        ] {
            text(
                module,
                &format!("(module {module} {start})"),
                &format!("hostile: needs the WebAssembly proposal `{proposal}', which is not supported\n"),
            );
        }
    });
}

#[test]
fn exceptions_of_the_old_kind_are_named() {
    on_a_small_stack(|| {
        // `try end`, which the text format has forgotten.
        let module = one(&[0x06, 0x40, 0x0b]);
        refused("try", &module, "needs the WebAssembly proposal `exception-handling (legacy)'");
    });
}

#[test]
fn proposals_that_are_taken_run() {
    on_a_small_stack(|| {
        for body in [
            "(drop (i32x4.relaxed_trunc_f32x4_s (v128.const i32x4 0 0 0 0)))",
            "(drop (i8x16.splat (i32.const 1)))",
            "(return_call 0)",
            "(drop (i32.extend8_s (i32.const 1))) (drop (i32.trunc_sat_f32_s (f32.const 1)))",
            "(block (result i32 i32) (i32.const 1) (i32.const 2)) drop drop",
        ] {
            let body = format!(r#"(module (func) (func (export "_start") {body}))"#);
            check_module(&body, small(), &wat::parse_str(&body).unwrap(), 0, "");
        }
    });
}

#[test]
fn wrong_imports_and_exports_are_named() {
    on_a_small_stack(|| {
        let start = r#"(func (export "_start"))"#;
        let memory = r#"(memory (export "memory") 1)"#;
        for (module, words) in [
            (
                r#"(import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#,
                "imports `wasi_unstable.fd_write' of WASI's preview0; only preview1 (wasi_snapshot_preview1) can run",
            ),
            (
                r#"(import "wasi:cli/exit@0.2.0" "exit" (func (param i32)))"#,
                "imports `wasi:cli/exit@0.2.0.exit' of WASI 0.2 or later; only preview1 can run",
            ),
            (r#"(import "env" "f" (func))"#, "imports `env.f', which does not exist"),
            (r#"(import "env" "m" (memory 1))"#, "imports the memory `env.m', which is not a function"),
            (r#"(import "env" "g" (global i32))"#, "imports the global `env.g', which is not a function"),
            (r#"(import "env" "t" (table 1 funcref))"#, "imports the table `env.t', which is not a function"),
            (
                r#"(import "wasi_snapshot_preview1" "fd_seek" (func (param i32 i32 i32 i32) (result i32)))
                   (memory (export "memory") 1)"#,
                "imports `wasi_snapshot_preview1.fd_seek' as (i32, i32, i32, i32) -> (i32), but it is (i32, i64, i32, i32) -> (i32)",
            ),
            (
                r#"(import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))"#,
                "exports no memory `memory', which the call `random_get' needs",
            ),
            (
                r#"(import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
                   (func (export "memory"))"#,
                "exports a `memory' that is not a memory",
            ),
        ] {
            text(module, &format!("(module {module} {start})"), words);
        }
        for (module, words) in [
            (
                r#"(func (export "_initialize"))"#,
                "exports no function `_start' but `_initialize': it is a WASI reactor",
            ),
            (r#"(global (export "_start") i32 (i32.const 0))"#, "exports a `_start' that is not a function"),
            (
                r#"(func (export "_start") (param i32))"#,
                "exports a function `_start' that takes arguments or has results",
            ),
            (
                r#"(func (export "_start") (result i32) (i32.const 0))"#,
                "exports a function `_start' that takes arguments or has results",
            ),
        ] {
            text(module, &format!("(module {module} {memory})"), words);
        }
        let without = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
            (func (export "_start") (call 0 (i32.const 3))))"#;
        check_module("proc_exit needs no memory", small(), &wat::parse_str(without).unwrap(), 3, "");
    });
}

#[test]
fn names_of_every_kind_of_bytes_are_said_or_refused() {
    on_a_small_stack(|| {
        let import = |name: &[u8]| {
            let import = [&[1, 3], b"env".as_slice(), &number(name.len()), name, &[0, 0]].concat();
            binary(&[function(&[0], &[])], &[(2, import)])
        };
        refused("NUL", &import(b"a\0b"), "imports `env.a\\0b', which does not exist");
        refused("UTF-8", &import("é\u{202e}".as_bytes()), "which does not exist");
        refused(
            "not UTF-8",
            &import(b"\xff\xfe"),
            "is not a valid WebAssembly module: malformed UTF-8 encoding",
        );
        refused("empty", &import(b""), "imports `env.', which does not exist");
        let long = import(&b"x".repeat(100_001));
        refused("long", &long, "is not a valid WebAssembly module: string size out of bounds");
        refused("lines", &import(b"two\nlines"), "imports `env.two\\nlines', which does not exist");
        refused("cut", &import(&b"x".repeat(90_000)), "xxx...', which does not exist");
    });
}

#[test]
fn what_a_module_claims_is_bounded_before_it_is_made() {
    on_a_small_stack(|| {
        let tables = |elements: &str| {
            wat::parse_str(format!(r#"(module (table {elements} funcref) (func (export "_start")))"#))
                .unwrap()
        };
        refused(
            "2^32 elements",
            &tables("4294967295"),
            "has 4294967295 elements of tables; the limit is 10000000",
        );
        let limits = Limits { table_elements_max: 1_000, ..small() };
        check_module(
            "elements",
            limits,
            &tables("1001"),
            126,
            "has 1001 elements of tables; the limit is 1000",
        );
        // Ten million elements are 80 MB, which is more than all guests may have here.
        check_module(
            "tables count as memory",
            small(),
            &tables("9999999"),
            137,
            "not enough memory for its tables",
        );
        text(
            "4 GiB",
            r#"(module (memory 65536) (func (export "_start")))"#,
            "needs 4294967296 bytes of memory; the limit is 4194304",
        );
        let mut limits = small();
        limits.guests_memory_bytes_max = 1 << 20;
        let two = wat::parse_str(r#"(module (memory 32) (func (export "_start")))"#).unwrap();
        check_module(
            "all guests",
            limits,
            &two,
            137,
            "not enough memory: the limit of all guests together is reached",
        );
    });
}

#[test]
fn what_a_module_holds_is_bounded() {
    on_a_small_stack(|| {
        let items = Limits { module_items_max: 5_000, ..small() };
        let nothing = || vec![function(&[0], &[])];
        let table = (4_u8, vec![1, 0x70, 0, 0]);
        let globals = [number(6_000), [0x7f, 0, 0x41, 0, 0x0b].repeat(6_000)].concat();
        let elements = [vec![1, 1, 0], number(6_000), vec![0; 6_000]].concat();
        let segments = [number(6_000), [1, 0, 0].repeat(6_000)].concat();
        let exports: Vec<u8> =
            (0..6_000).flat_map(|i| [&[4_u8], format!("{i:04}").as_bytes(), &[0, 0]].concat()).collect();
        let types = [number(6_000), [0x60, 0, 0].repeat(6_000)].concat();
        let words = "types, imports, globals, exports and elements; the limit is 5000";
        let module = |section: (u8, Vec<u8>)| binary(&nothing(), &[table.clone(), section]);
        check_module("globals", items.clone(), &module((6, globals)), 126, words);
        check_module("elements", items.clone(), &module((9, elements)), 126, words);
        check_module("segments", items.clone(), &module((9, segments)), 126, words);
        let header = b"\0asm\x01\0\0\0";
        let exports = [header.as_slice(), &section(7, &[number(6_000), exports].concat())].concat();
        check_module("exports", items.clone(), &exports, 126, words);
        check_module("types", items, &[header.as_slice(), &section(1, &types)].concat(), 126, words);

        let few = Limits { module_functions_max: 100, ..small() };
        let many = vec![function(&[0], &[]); 101];
        check_module("functions", few, &binary(&many, &[]), 126, "has 101 functions; the limit is 100");
        let short = Limits { function_bytes_max: 1_000, ..small() };
        check_module(
            "function",
            short,
            &one(&[1; 1_000]),
            126,
            "has a function of 1002 bytes; the limit is 1000",
        );
        let tiny = Limits { module_bytes_max: 500, ..small() };
        check_module("module", tiny, &one(&[1; 1_000]), 126, "is a module of 1038 bytes; the limit is 500");
        let all = Limits { modules_bytes_max: 500, ..small() };
        check_module(
            "modules",
            all,
            &one(&[1; 1_000]),
            126,
            "cannot be compiled: modules that run have 0 bytes",
        );
        refused(
            "a million functions",
            &binary(&vec![function(&[0], &[]); 999_999], &[]),
            "has 999999 functions",
        );
    });
}

#[test]
fn deep_constants_and_grows_in_a_row_do_not_fill_the_native_stack() {
    on_a_small_stack(|| {
        let constant = |depth: usize| {
            let global = [&[1, 0x7f, 0, 0x41, 1], [0x41, 1, 0x6a].repeat(depth).as_slice(), &[0x0b]].concat();
            binary(&[function(&[0], &[])], &[(6, global)])
        };
        check_module("deep", small(), &constant(340), 0, "");
        refused("deeper", &constant(100_000), "has a constant expression of 300003 bytes; the limit is 1024");
        let grows = |count: usize| {
            let code = [&[0x41, 0x7f], [0x40, 0].repeat(count).as_slice(), &[0x1a]].concat();
            binary(&[function(&[0], &code)], &[one_page()])
        };
        check_module("grows", small(), &grows(500), 0, "");
        refused("more grows", &grows(20_000), "has a function that grows memories or tables in 20000 places");
    });
}

#[test]
fn bombs_of_code_are_translated_or_refused() {
    on_a_small_stack(|| {
        let table = [&[0x41, 0, 0x0e], number(1_000_000).as_slice(), &vec![0; 1_000_001]].concat();
        let ran = run_module(small(), &one(&table));
        assert_eq!(ran.status, Status::Exited(126), "{}", ran.error);
        let tables: Vec<u8> = (0..10)
            .flat_map(|_| {
                [&[0x02, 0x40, 0x41, 0, 0x0e], number(100_000).as_slice(), &vec![0; 100_001], &[0x0b]]
                    .concat()
            })
            .collect();
        check_module("br_tables of a million targets", small(), &one(&tables), 0, "");
        let blocks = [[0x02, 0x40].repeat(300_000), vec![0x0b; 300_000]].concat();
        check_module("nested blocks", small(), &one(&blocks), 0, "");
        let conditions = [0x20, 0, 0x0d, 0].repeat(200_000);
        let branches = binary(&[function(&[1, 1, 0x7f], &conditions)], &[]);
        check_module("branches", small(), &branches, 0, "");
        let locals = |count| [&[1], number(count).as_slice(), &[0x7f]].concat();
        check_module("locals", small(), &binary(&[function(&locals(30_000), &[])], &[]), 0, "");
        check_module(
            "more locals than slots",
            small(),
            &binary(&[function(&locals(50_000), &[])], &[]),
            137,
            "a function is beyond what the interpreter can translate",
        );
        refused(
            "a billion locals",
            &binary(&[function(&locals(1_000_000_000), &[])], &[]),
            "is not a valid WebAssembly module: too many locals",
        );
        let many: Vec<Vec<u8>> = vec![function(&[0], &[]); 150_000];
        check_module("many functions", small(), &binary(&many, &[]), 0, "");
    });
}

#[test]
fn a_start_section_that_is_wrong_is_refused() {
    on_a_small_stack(|| {
        let words = "is not a valid WebAssembly module";
        let nothing = [function(&[0], &[])];
        refused("no such function", &binary(&nothing, &[(8, vec![9])]), words);
        refused("twice", &binary(&nothing, &[(8, vec![0]), (8, vec![0])]), words);
        refused("behind the code", &[binary(&nothing, &[]), section(8, &[0])].concat(), words);
        let takes = r#"(module (func $s (param i32)) (start $s) (func (export "_start")))"#;
        text("takes an argument", takes, words);
        check_module("right", small(), &binary(&nothing, &[(8, vec![0])]), 0, "");
    });
}

#[test]
fn segments_that_do_not_fit_are_memory_faults() {
    on_a_small_stack(|| {
        check(
            "data",
            r#"(data (i32.const 65530) "0123456789") (func (export "_start"))"#,
            139,
            "out of bounds memory",
        );
        check(
            "data below",
            r#"(data (i32.const -1) "0") (func (export "_start"))"#,
            139,
            "out of bounds memory",
        );
        check(
            "elements",
            r#"(table 1 funcref) (elem (i32.const 1) $f) (func $f) (func (export "_start"))"#,
            139,
            "out of bounds table access at the start",
        );
        let bytes = 2_000_000;
        let data = [vec![1, 1], number(bytes), vec![7; bytes]].concat();
        let module = binary(&[function(&[0], &[])], &[one_page(), (11, data)]);
        check_module("a huge passive segment", small(), &module, 0, "");
    });
}
