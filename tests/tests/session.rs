//! What a session is for: pipelines of guests, python3, files, streams, statuses. Each run is a whole process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::process::Command;

use wasmsand_tests::{Ran, has, run, script, wasmsand};

fn check(text: &str, out: &str) {
    let ran = script(text);
    assert_eq!((ran.out.as_str(), ran.status), (out, 0), "{text}\n{}", ran.err);
}

/// The pipeline of the README, every stage a guest.
const PIPELINE: &str = "printf 'b,2\\na,1\\nb,3\\n' > d.csv; cat d.csv | grep b | sort -t, -k2 -n | \
     python3 -c 'import sys; print(sum(int(l.split(\",\")[1]) for l in sys.stdin))'";

#[test]
fn a_pipeline_of_four_guests_adds_up() {
    check(PIPELINE, "5\n");
}

#[test]
fn the_pipeline_runs_where_no_executable_memory_can_be_had() {
    // prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN) is kept across exec: any JIT dies there.
    let number = if cfg!(target_arch = "aarch64") { 167 } else { 157 };
    if !has("perl") {
        return eprintln!("no perl to call prctl with: not checked here");
    }
    let mut command = Command::new("perl");
    command.args(["-e", &format!("syscall({number}, 65, 1, 0, 0, 0) == 0 or exit 77; exec @ARGV")]);
    command.arg(wasmsand_tests::program()).args(["-c", PIPELINE]);
    let ran = run(command, b"");
    if ran.status == 77 {
        return eprintln!("the kernel has no PR_SET_MDWE: not checked here");
    }
    assert_eq!((ran.out.as_str(), ran.status), ("5\n", 0), "{}", ran.err);
}

#[test]
fn python_one_liners_print_what_cpython_prints() {
    for (code, out) in [
        ("import json; print(json.dumps({'a': 1}))", "{\"a\": 1}\n"),
        ("import re; print(re.findall(r'\\d+', 'abc123def456'))", "['123', '456']\n"),
        ("import math; print(math.sqrt(144))", "12.0\n"),
        ("from collections import Counter; print(Counter('abracadabra').most_common(1))", "[('a', 5)]\n"),
        ("import sys; print(sys.argv)", "['-c']\n"),
    ] {
        let ran = wasmsand(&["-c", "python3 -c \"$1\"", "sh", code], b"");
        assert_eq!((ran.out.as_str(), ran.status), (out, 0), "{code}\n{}", ran.err);
    }
}

#[test]
fn python_sees_exported_variables_and_arguments() {
    check(
        "export MY_VAR=hello123; python3 -c 'import os, sys; print(os.environ[\"MY_VAR\"], sys.argv)' a 'b c'",
        "hello123 ['-c', 'a', 'b c']\n",
    );
}

#[test]
fn python_scripts_run_from_files() {
    check(
        "cat > /tmp/p.py <<'EOF'\nclass P:\n    def __repr__(self):\n        return 'P()'\nprint([P()])\nEOF\n\
         python3 /tmp/p.py",
        "[P()]\n",
    );
    check(
        "cat > /tmp/s <<'EOF'\n#!/usr/bin/env python3\nimport sys\nprint('got', sys.argv[1])\nEOF\n\
         chmod +x /tmp/s; /tmp/s argument",
        "got argument\n",
    );
}

#[test]
fn python_and_the_shell_share_files() {
    check(
        "echo from-shell > a; python3 -c \"t = open('a').read(); open('b', 'w').write(t.upper())\"; cat b",
        "FROM-SHELL\n",
    );
    check(
        "printf '1\\n2\\n3\\n' > n; cat n | python3 -c 'import sys; print(sum(map(int, sys.stdin)))'",
        "6\n",
    );
    check(
        "echo '{\"k\": [1, 2]}' | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)[\"k\"]))' \
         | jq -c 'map(. + 1)'",
        "[2,3]\n",
    );
}

#[test]
fn python_errors_go_to_standard_error() {
    let missing = script("python3 -c 'import numpy'");
    assert_eq!((missing.status, missing.out.as_str()), (1, ""));
    assert!(missing.err.contains("ModuleNotFoundError: No module named 'numpy'"), "{}", missing.err);
    let syntax = script("python3 -c 'def f(:'");
    assert_eq!((syntax.status, syntax.out.as_str()), (1, ""));
    assert!(syntax.err.contains("SyntaxError"), "{}", syntax.err);
    assert_eq!(script("python3 -c 'import sys; sys.exit(3)'").status, 3);
}

#[test]
fn a_writer_nobody_reads_ends_by_sigpipe() {
    check("yes | head -1; echo \"${PIPESTATUS[@]}\"", "y\n141 0\n");
    check("yes | head -n 100000 | wc -l", "100000\n");
}

#[test]
fn python_gets_epipe_and_not_a_signal() {
    let ran = script(
        "python3 -c 'import sys\ntry:\n  while True: print(\"x\" * 1000)\nexcept BrokenPipeError:\n  \
         sys.stderr.write(\"EPIPE\")\n  sys.stderr.flush()\n  import os; os._exit(3)' | head -1 | wc -l; \
         echo ${PIPESTATUS[0]}",
    );
    assert!(ran.err.contains("EPIPE"), "{ran:?}");
    assert_eq!(ran.out, "1\n3\n");
}

#[test]
fn stages_of_a_pipeline_sleep_at_the_same_time() {
    // SECONDS counts whole seconds, so two sleeps one after another would show as 4.
    let ran = script("SECONDS=0; sleep 2 | sleep 2; test $SECONDS -lt 4");
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn a_big_stream_goes_through_whole() {
    check("head -c 100M /dev/zero | cat | wc -c", "104857600\n");
}

#[test]
fn a_time_out_ends_anything_with_124() {
    for text in [
        "while :; do :; done",
        "python3 -c 'while True: pass'",
        "yes > /dev/null",
        "sleep 100",
        "sleep 100 & wait",
        "cat /dev/zero | cat > /dev/null",
    ] {
        let ran = wasmsand(&["--timeout", "1", "-c", text], b"");
        assert_eq!(ran.status, 124, "{text}: {ran:?}");
    }
}

#[test]
fn standard_input_is_a_script_or_its_input() {
    assert_eq!(wasmsand(&[], b"echo one\necho two | cat\n").out, "one\ntwo\n");
    assert_eq!(wasmsand(&["-c", "read a; echo \"<$a>\"; cat"], b"first\nrest\n").out, "<first>\nrest\n");
    assert_eq!(wasmsand(&["-s", "x", "y"], b"echo $# $1 $2").out, "2 x y\n");
}

#[test]
fn names_and_arguments_follow_a_script() {
    let ran = wasmsand(&["-c", "echo $0 $1 $#", "name", "a b", ""], b"");
    assert_eq!(ran.out, "name a b 2\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.sh");
    std::fs::write(&file, "echo \"$1\"\nexit 4\n").unwrap();
    let ran = wasmsand(&[file.to_str().unwrap(), "x y"], b"");
    assert_eq!((ran.out.as_str(), ran.status), ("x y\n", 4));
}

#[test]
fn statuses_are_bash_s() {
    for (text, status) in [
        ("true", 0),
        ("false", 1),
        ("exit 300", 44),
        ("nosuchprogram", 127),
        ("/nosuch/program", 127),
        ("/tmp", 126),
        ("echo x > f; ./f", 126),
        ("if", 2),
        ("kill -9 $$", 137),
        ("kill -TERM $BASHPID", 143),
        ("set -u; echo $nope", 127),
        ("set -e; false; echo no", 1),
    ] {
        assert_eq!(script(text).status, status, "{text}");
    }
}

#[test]
fn the_host_is_invisible_unless_given() {
    let ran = Ran::from(
        Command::new(wasmsand_tests::program())
            .args(["-c", "echo \"${SECRET-unset}\"; ls /; test -e /proc/1/cmdline || echo none"])
            .env("SECRET", "x")
            .output()
            .unwrap(),
    );
    assert!(ran.out.starts_with("unset\n"), "{ran:?}");
    assert!(ran.out.ends_with("none\n"), "{ran:?}");
    assert_eq!(wasmsand(&["--env", "GIVEN=a b", "-c", "echo $GIVEN"], b"").out, "a b\n");
}

#[test]
fn folders_are_given_through_read_only_or_copied() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    std::fs::write(&file, "host\n").unwrap();
    let given = |kind: &str, text: &str| {
        let mapping = format!("{}::/mnt/d", folder.path().display());
        wasmsand(&[kind, &mapping, "--cwd", "/mnt/d", "-c", text], b"")
    };
    let ran = given("--dir", "cat f; echo new > g; echo more >> f; mkdir sub; ls; mv g sub/h; rm f");
    assert_eq!((ran.out.as_str(), ran.status), ("host\nf\ng\nsub\n", 0), "{}", ran.err);
    assert!(!file.exists());
    assert_eq!(std::fs::read_to_string(folder.path().join("sub/h")).unwrap(), "new\n");
    std::fs::write(&file, "again\n").unwrap();
    let ran = given("--ro-dir", "cat f; echo x > f; rm f; echo $?");
    assert_eq!(ran.out, "again\n1\n", "{}", ran.err);
    assert!(ran.err.contains("Read-only file system"), "{}", ran.err);
    let ran = given("--copy-dir", "cat f sub/h; echo changed > f; cat f");
    assert_eq!(ran.out, "again\nnew\nchanged\n", "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "again\n");
}

#[test]
fn a_mounted_folder_is_not_left() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "secret\n").unwrap();
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), inside.join("absolute")).unwrap();
    std::os::unix::fs::symlink("../secret", inside.join("relative")).unwrap();
    let mapping = format!("{}::/mnt/d", inside.display());
    for path in ["absolute", "relative", "../secret", "/mnt/secret", "/mnt/d/../../secret"] {
        let ran = wasmsand(&["--dir", &mapping, "--cwd", "/mnt/d", "-c", "cat \"$1\"", "sh", path], b"");
        assert_eq!((ran.out.as_str(), ran.status), ("", 1), "{path}");
    }
}

#[test]
fn a_guest_that_misbehaves_ends_alone() {
    let folder = tempfile::tempdir().unwrap();
    let programs = [
        (
            "grow",
            "(loop $l (drop (memory.grow (i32.const 1))) (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 300000))))",
        ),
        ("deep", "(call $start)"),
        ("wild", "(drop (i32.load (i32.const -1)))"),
    ];
    for (name, body) in programs {
        let module = format!(
            "(module (memory (export \"memory\") 1) (func $start (export \"_start\") (local $i i32) {body}))"
        );
        std::fs::write(folder.path().join(name), wat::parse_str(module).unwrap()).unwrap();
    }
    let mapping = format!("{}::/mnt/p", folder.path().display());
    let text = "cp /mnt/p/* /tmp; cd /tmp; chmod +x grow deep wild; \
                for p in grow deep wild; do ./$p; echo $?; done; echo on";
    let ran = wasmsand(&["--copy-dir", &mapping, "-c", text], b"");
    assert_eq!(ran.out, "0\n139\n139\non\n", "{}", ran.err);
    assert!(ran.err.contains("deep: call stack exhausted"), "{}", ran.err);
    assert!(ran.err.contains("wild: out of bounds memory access"), "{}", ran.err);
}

#[test]
fn run_runs_one_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seven.wasm");
    let module = "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32))) \
                  (func (export \"_start\") (call $exit (i32.const 7))))";
    std::fs::write(&file, wat::parse_str(module).unwrap()).unwrap();
    assert_eq!(wasmsand(&["run", file.to_str().unwrap()], b"").status, 7);
    assert_eq!(wasmsand(&["run", "/usr/bin/cat", "--", "-n"], b"x\n").out, "     1\tx\n");
    assert_eq!(wasmsand(&["run", "/nosuch.wasm"], b"").status, 127);
    std::fs::write(&file, "not wasm\0").unwrap();
    assert_eq!(wasmsand(&["run", file.to_str().unwrap()], b"").status, 126);
}

#[test]
fn trace_shows_calls_with_their_arguments() {
    let ran = wasmsand(&["--trace", "-c", "cat /etc/hostname"], b"");
    assert_eq!((ran.out.as_str(), ran.status), ("wasmsand\n", 0));
    assert!(
        ran.err.lines().any(|line| line.contains("path_open(3, ") && line.contains("\"etc/hostname\"")),
        "{}",
        ran.err
    );
}

#[test]
fn the_command_line_explains_itself() {
    let help = wasmsand(&["--help"], b"");
    assert_eq!(help.status, 0);
    for word in
        ["-c", "--dir", "--ro-dir", "--copy-dir", "--env", "--cwd", "--timeout", "--max-memory", "--trace"]
    {
        assert!(help.out.contains(word), "{word}");
    }
    assert_eq!(wasmsand(&["--version"], b"").out, format!("wasmsand {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(wasmsand(&["--nosuch"], b"").status, 2);
    assert_eq!(wasmsand(&["nosuch.sh"], b"").status, 127);
}

#[test]
fn proc_tells_what_programs_ask_for() {
    check("grep -c ^processor /proc/cpuinfo; sed -n 's/^MemTotal: *//p' /proc/meminfo", "1\n4194304 kB\n");
    check(
        "grep ^Name: /proc/self/status; tr '\\0' ' ' < /proc/self/environ | grep -o HOME=",
        "Name:\tgrep\nHOME=\n",
    );
    check("cut -d' ' -f1,2 /proc/self/mounts", "wasmsand /\nproc /proc\n");
    check("cd /proc/self/fd; echo * 7</dev/null; (exec 7</dev/null; echo *)", "0 1 2\n0 1 2 7\n");
    check(
        "echo > f; exec 8<f; readlink /proc/self/fd/8; [ /dev/fd/8 -ef f ] && echo same",
        "/home/user/f\nsame\n",
    );
    let ran = script("echo x > /proc/version; cat /proc/self/fd/99");
    let words = "line 1: /proc/version: Permission denied";
    assert!(ran.err.contains(words) && ran.status == 1, "{} {}", ran.err, ran.status);
}

#[test]
fn a_seed_makes_a_run_deterministic() {
    let text = "echo $RANDOM; head -c 8 /dev/urandom | od -An -tx1; date +%s; sleep 100; date +%s; time sort </dev/null
                cat /proc/sys/kernel/random/uuid; seq 2000 | sort -R | head -3; cat";
    let runs = ["5", "5", "6"].map(|seed| wasmsand(&["--seed", seed, "--trace", "-c", text], b"in"));
    assert_eq!((&runs[0].out, &runs[0].err), (&runs[1].out, &runs[1].err));
    assert!(runs[0].out != runs[2].out && runs[0].out.ends_with("in"), "{}", runs[0].out);
    assert!(runs[0].out.contains("\n1704067200\n1704067300\n"), "{}", runs[0].out);
}

#[test]
fn fuel_and_bytes_of_files_are_bounded() {
    for text in ["while :; do :; done", "yes > /dev/null", "f() { f; }; while :; do (f) 2>/dev/null; done"] {
        let ran = wasmsand(&["--fuel", "20M", "-c", text], b"");
        assert_eq!((ran.status, ran.err.as_str()), (137, "wasmsand: out of fuel\n"), "{text}");
    }
    let ran = wasmsand(&["--max-files-bytes", "64K", "-c", "yes > f; wc -c f"], b"");
    assert_eq!(ran.err, "yes: standard output: No space left on device\n");
}

#[test]
fn run_says_in_one_sentence_why_a_program_cannot_run() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, words) in [
        ("text.wasm", b"echo hi\n".as_slice(), "is not a WebAssembly module"),
        ("empty.wasm", b"", "is not a WebAssembly module"),
        (
            "component.wasm",
            b"\0asm\x0d\0\x01\0",
            "is a WebAssembly component; only core modules of WASI preview1 can run",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let ran = wasmsand(&["run", path.to_str().unwrap()], b"");
        assert!(ran.err.ends_with(&format!("{name}: {words}\n")), "{}", ran.err);
        assert_eq!((ran.status, ran.err.lines().count()), (126, 1), "{name}");
    }
}

#[test]
fn limits_are_set_by_name() {
    let ran =
        wasmsand(&["--limit", "processes=4", "-c", "sleep 1 | sleep 1 | sleep 1 | sleep 1 | sleep 1"], b"");
    assert_eq!(ran.err, "wasmsand: fork: Resource temporarily unavailable\n");
    let ran = wasmsand(
        &[
            "--limit",
            "file-bytes=1M",
            "-c",
            "head -c 5M /dev/zero > f; wc -c < f; stat -c %s /usr/bin/python3 | wc -c",
        ],
        b"",
    );
    assert_eq!(ran.out, "1048576\n9\n", "{}", ran.err);
    let ran = wasmsand(&["--limit", "wings=2", "-c", "true"], b"");
    assert!(
        ran.err.contains("no such limit: `wasmsand limits' lists them") && ran.status == 2,
        "{}",
        ran.err
    );
    let names = wasmsand(&["limits"], b"").out;
    assert!(names.lines().count() > 30 && names.contains("guest-memory-bytes "), "{names}");
}

#[test]
fn archives_and_overlays_keep_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let host = folder.path().join("host");
    std::fs::create_dir(&host).unwrap();
    std::fs::write(host.join("old"), "kept\n").unwrap();
    let archive = folder.path().join("a.tar");
    let overlay = format!("{}::/src", host.display());
    let save = format!("{}::/home/user", archive.display());
    let text = "cd /src; echo new > made; echo more >> old; cat old made; mkdir ~/d; cp old ~/d; ln ~/d/old ~/two; chmod 640 ~/two";
    let ran = wasmsand(&["--overlay-dir", &overlay, "--save-tar", &save, "-c", text], b"");
    assert_eq!((ran.out.as_str(), ran.status), ("kept\nmore\nnew\n", 0), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(host.join("old")).unwrap(), "kept\n");
    assert_eq!(std::fs::read_dir(&host).unwrap().count(), 1);
    let load = format!("{}::/mnt/there", archive.display());
    let text = "cd /mnt/there; cat two; [ two -ef d/old ] && echo linked; cat /proc/mounts | wc -l";
    let ran = wasmsand(&["--load-tar", &load, "-c", text], b"");
    assert_eq!((ran.out.as_str(), ran.status), ("kept\nmore\nlinked\n2\n", 0), "{}", ran.err);
    let damaged = std::fs::read(&archive).unwrap();
    std::fs::write(&archive, &damaged[..700]).unwrap();
    let ran = wasmsand(&["--load-tar", &load, "-c", "echo not run"], b"");
    assert_eq!((ran.out.as_str(), ran.status), ("", 1), "{}", ran.err);
}
