//! What python3 owes to its image: an interpreter that was made when the program was built belongs to the process
//! that runs it, in everything that a program can see.

#[cfg(target_os = "linux")]
use std::io::{BufRead, BufReader, Write};
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};

#[cfg(target_os = "linux")]
use wasmsand_tests::program;
use wasmsand_tests::{script, wasmsand};

fn check(text: &str, out: &str) {
    let ran = script(text);
    assert_eq!((ran.out.as_str(), ran.status), (out, 0), "{text}\n{}", ran.err);
}

/// Everything that Python draws: from its own generators and from the kernel's.
const DRAWN: &str = "import os, random, secrets, tempfile, uuid\n\
    print(random.random(), random.Random().random(), random.SystemRandom().random(), os.urandom(8).hex())\n\
    print(secrets.token_hex(8), uuid.uuid4(), uuid.uuid1(), next(tempfile._get_candidate_names()))";

#[test]
fn two_runs_share_no_random_number() {
    let program =
        format!("python3 -c '{DRAWN}' > a; python3 -c '{DRAWN}' > b; tr ' ' '\\n' < a | sort > c; ");
    // In one session and in two.
    check(&format!("{program} tr ' ' '\\n' < b | sort | comm -12 - c"), "");
    let draw = || wasmsand(&["-c", "python3 -c \"$1\"", "sh", DRAWN], b"").out;
    let (first, second) = (draw(), draw());
    for number in first.split_whitespace() {
        assert!(!second.split_whitespace().any(|other| other == number), "{number} was drawn twice");
    }
    assert_eq!(first.split_whitespace().count(), 8);
}

#[test]
fn runs_with_a_seed_draw_the_same() {
    let draw = |seed: &str| wasmsand(&["--seed", seed, "-c", "python3 -c \"$1\"", "sh", DRAWN], b"").out;
    assert_eq!(draw("5"), draw("5"));
    assert_ne!(draw("5"), draw("6"));
}

#[test]
fn preloaded_modules_show_when_they_are_imported() {
    check(
        "python3 -c 'import sys; print([name in sys.modules for name in (\"json\", \"re\", \"random\", \"argparse\")])'",
        "[False, False, False, False]\n",
    );
    check(
        "python3 -c 'import sys, json; print(\"json.decoder\" in sys.modules, \"re\" in sys.modules, \
         \"argparse\" in sys.modules, json.__spec__.name, sys.modules[\"json\"] is json)'",
        "True True False json True\n",
    );
    check(
        "python3 -c 'import collections, sys; print(hasattr(sys.modules[\"os\"], \"path\"))\n\
         import importlib, json; print(importlib.reload(json).loads(\"[1]\"))\n\
         del sys.modules[\"json\"]; import json as other; print(other is json)'",
        "True\n[1]\nFalse\n",
    );
}

#[test]
fn modules_that_are_not_in_the_image_come_from_the_library() {
    check(
        "python3 -c 'import decimal, html, this' | tail -1",
        "Namespaces are one honking great idea -- let's do more of those!\n",
    );
    check("echo '{\"a\":1}' | python3 -m json.tool --compact", "{\"a\":1}\n");
}

#[test]
fn the_process_is_not_the_one_of_the_build() {
    check(
        "mkdir /tmp/d; cd /tmp/d; V=1 python3 -c 'import os, sys; print(os.getcwd(), os.environ[\"V\"], os.getenv(\"V\"), \
         os.environb[b\"V\"], sys.argv, sys.orig_argv[3:], repr(sys.path[0]))' x y",
        "/tmp/d 1 1 b'1' ['-c', 'x', 'y'] ['x', 'y'] ''\n",
    );
    check(
        "echo in | python3 -c 'import sys; print(sys.stdin.read(), sys.stdin.isatty(), sys.stdin.name)'",
        "in\n False <stdin>\n",
    );
    check("echo 'import sys; print(sys.path[0])' > /tmp/s.py; cd /; python3 tmp/s.py", "/tmp\n");
    check("mkdir m; echo 'X = 7' > m/mine.py; PYTHONPATH=m python3 -c 'import mine; print(mine.X)'", "7\n");
    check("python3 -c 'import sys; print(sys.stdin)' <&-", "None\n");
    check(
        "test $(( $(date +%s) - $(python3 -c 'import time; print(int(time.time()))') )) -lt 60; echo $?",
        "0\n",
    );
}

#[test]
fn flags_are_those_of_the_command_line() {
    for (flags, shown, value) in [
        ("-O", "sys.flags.optimize, __debug__", "1 False"),
        ("-I", "sys.flags.isolated, sys.flags.safe_path", "1 True"),
        ("-E", "sys.flags.ignore_environment", "1"),
        ("-B", "sys.dont_write_bytecode, sys.flags.dont_write_bytecode", "True 1"),
        ("-u", "sys.stdout.write_through", "True"),
        ("-S", "sys.flags.no_site", "1"),
        ("-X dev", "sys.flags.dev_mode", "True"),
        ("-X a=b", "sys._xoptions", "{'a': 'b'}"),
        ("-q", "sys.flags.quiet, type(sys.flags).__name__", "1 flags"),
        ("-W error", "sys.warnoptions", "['error']"),
    ] {
        check(&format!("python3 {flags} -c 'import sys; print({shown})'"), &format!("{value}\n"));
    }
    let ran = script("python3 -W error -c 'import warnings; warnings.warn(\"x\")'");
    assert!(ran.status == 1 && ran.err.ends_with("UserWarning: x\n"), "{ran:?}");
}

#[test]
fn twenty_interpreters_run_in_a_pipeline() {
    let stage = "| python3 -c 'import sys\nfor line in sys.stdin: print(int(line) + 1, flush=True)' ";
    check(&format!("seq 3 {}", stage.repeat(20)), "21\n22\n23\n");
}

/// Bytes of a host's process that are in memory.
#[cfg(target_os = "linux")]
#[allow(clippy::expect_used, reason = "a test that cannot look fails")]
fn resident_bytes(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of KiB") * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn a_thousand_interpreters_leave_nothing_behind() {
    let text = "start() { for n in $(seq $1); do python3 -c 'import json, re; x = [0] * 100000'; done; echo $?; read; }
        start 100; start 900";
    let mut child = Command::new(program())
        .args(["-c", text])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut after = || {
        assert_eq!(lines.next().expect("a line").expect("text"), "0");
        let bytes = resident_bytes(child.id());
        input.write_all(b"\n").expect("it reads");
        bytes
    };
    let (hundred, thousand) = (after(), after());
    assert!(child.wait().expect("it ends").success());
    assert!(thousand < hundred + (8 << 20), "{hundred} bytes after 100, {thousand} after 1,000");
}
