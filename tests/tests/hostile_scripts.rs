//! Scripts that mean harm, or are merely wrong: each ends in an error or a stop, in bash's words where bash has them, on
//! a native stack of 512 KiB and within the memory that it is allowed. What if a script nests, doubles, forks, holds or
//! loops without end?

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use wasmsand_tests::{Ran, program, run};

/// The program on a small stack, in 4 GiB of address space at most.
fn small(arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -s 512; ulimit -v 4194304; exec \"$0\" \"$@\""]).arg(program());
    command.args(arguments);
    command
}

fn small_script(text: &str) -> Ran {
    run(small(&["--timeout", "100", "-c", text]), b"")
}

/// What it prints, the end of its last complaint (nothing: it complains of nothing), and its status.
fn check(text: &str, out: &str, complaint: &str, status: i32) {
    let ran = small_script(text);
    let last = ran.err.lines().next_back().unwrap_or_default();
    assert_eq!((ran.out.as_str(), ran.status), (out, status), "{text}\n{}", ran.err);
    let as_told = if complaint.is_empty() { last.is_empty() } else { last.ends_with(complaint) };
    assert!(as_told, "{text}\n{last}");
}

/// A script in whose text each `OPEN` and `CLOSE` stands for so many of these.
fn nested(text: &str, open: &str, close: &str, count: usize) -> String {
    text.replace("OPEN", &open.repeat(count)).replace("CLOSE", &close.repeat(count))
}

#[test]
fn calls_without_end_are_an_error_of_the_line() {
    let too_deep = "maximum function nesting level exceeded (2048)";
    check("f() { f; }; f\necho after $?", "after 1\n", too_deep, 0);
    check("f() { if g; then :; fi; }; g() { { f; } }; f\necho after $?", "after 1\n", too_deep, 0);
    check("e='eval \"$e\"'; eval \"$e\"\necho after $?", "after 1\n", too_deep, 0);
    check("echo '. ./s' > s; . ./s\necho after $?", "after 1\n", too_deep, 0);
    check("f() { case $1 in *) while f; do :; done ;; esac; }; f\necho after $?", "after 1\n", too_deep, 0);
}

#[test]
fn deep_but_finite_recursion_has_its_result() {
    check("f() { (($1)) && { f $(($1 - 1)); echo -n x; }; }; f 500 | wc -c", "500\n", "", 0);
    check("f() { (($1)) && echo \"x$(f $(($1 - 1)))\"; }; f 200 | wc -c", "201\n", "", 0);
}

#[test]
fn text_that_nests_too_deep_is_a_syntax_error() {
    let too_deep = "syntax error: nested too deeply";
    for (text, open, close) in [
        ("eval 'echo OPEN:CLOSE'; echo after $?", "$(", ")"),
        ("eval 'OPEN:CLOSE'; echo after $?", "( ", " )"),
        ("eval 'OPEN:; CLOSE'; echo after $?", "{ ", "}; "),
        ("eval '[[ OPENxCLOSE ]]'; echo after $?", "( ", " )"),
        ("eval 'echo OPENxCLOSE'; echo after $?", "\"${x:-", "}\""),
        ("eval 'OPEN:; CLOSE'; echo after $?", "if :; then ", "fi; "),
    ] {
        check(&nested(text, open, close, 5_000), "after 2\n", too_deep, 0);
    }
}

#[test]
fn expressions_that_nest_too_deep_are_errors() {
    let exceeded = "expression recursion level exceeded";
    let ends = |text: &str, status| {
        let ran = small_script(text);
        assert!(ran.err.contains(exceeded) && ran.status == status, "{text}\n{}\n{}", ran.err, ran.status);
    };
    ends(&nested("echo $((OPEN1CLOSE))", "(", ")", 5_000), 1);
    ends(&nested("((x = OPEN1CLOSE))", "(", ")", 5_000), 1);
    ends(&nested("echo $((OPEN1))", "1?1:", "", 5_000), 1);
    ends("a=b b=a; echo $((a))", 1);
    ends("a=a+1; echo $((a))", 1);
    ends("a='a[a]'; echo $((a))", 1);
    check(&nested("echo $((OPEN1))", "-", "", 50_000), "1\n", "", 0);
}

#[test]
fn patterns_and_braces_that_nest_end() {
    check(&nested("shopt -s extglob\n[[ a == OPENaCLOSE ]]; echo $?", "@(", ")", 90), "0\n", "", 0);
    check(&nested("shopt -s extglob\n[[ a == OPENaCLOSE ]]; echo $?", "@(", ")", 5_000), "1\n", "", 0);
    let too_deep = "brace expansion: nested too deeply";
    check(&nested("echo OPENbCLOSE\necho $?", "{a,", "}", 3_000), "1\n", too_deep, 0);
    let told = "brace expansion: failed to allocate memory for 1000000000 elements";
    check("echo {1..1000000000}\necho $?", "1\n", told, 0);
    check("[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa =~ ^(a*)*b$ ]]; echo $?", "1\n", "", 0);
}

#[test]
fn processes_without_end_are_refused() {
    let refused = "fork: Resource temporarily unavailable";
    check(&nested("OPEN:", "true | ", "", 10_000), "", refused, 254);
    check("f() { ( f ); }; f; exit $?", "", refused, 254);
    // Everyone of it ends when it cannot go on, in whatever order.
    let ran = small_script(":() { :|:& }; : 2>/dev/null; wait; echo still here");
    assert_eq!((ran.out.as_str(), ran.status), ("still here\n", 0), "{}", ran.err);
}

#[test]
fn names_that_lead_to_themselves_end() {
    check("shopt -s expand_aliases; alias a=b b=a; eval a; echo $?", "127\n", "a: command not found", 0);
    check("shopt -s expand_aliases; alias c='c c c'; eval c; echo $?", "127\n", "c: command not found", 0);
    let text = "shopt -s expand_aliases\nfor i in {1..60}; do alias a$i=\"a$((i + 1)) ; a$((i + 1)) \"; done\n\
                eval a1; echo $?";
    check(text, "2\n", "syntax error: aliases expand to too much text", 0);
    check("declare -n a=b; declare -n b=a; echo \"[$a]\"", "[]\n", "a: circular name reference", 0);
    check("a=b b=a; echo ${!a} ${!b}", "a b\n", "", 0);
}

#[test]
fn traps_within_traps_end() {
    check("trap f DEBUG; f() { g; }; g() { :; }; :; echo $?", "0\n", "", 0);
    check("set -E; trap false ERR; false; echo $?", "1\n", "", 0);
    check("f() { trap g RETURN; }; g() { trap g RETURN; :; }; f; echo $?", "0\n", "", 0);
    check("trap 'trap \"echo x\" EXIT; exit 4' EXIT; exit 5", "", "", 4);
}

/// A script ends as bash's own allocator would end it: its words, and status 2.
fn check_memory(text: &str, out: &str, status: i32) {
    let ran = run(small(&["--timeout", "100", "--limit", "shells-memory-bytes=48M", "-c", text]), b"");
    assert_eq!((ran.out.as_str(), ran.status), (out, status), "{text}\n{}", ran.err);
    let told =
        ran.err.lines().any(|line| line.contains(": xrealloc: cannot allocate ") && line.ends_with(" bytes"));
    assert!(told, "{text}\n{}", ran.err);
}

#[test]
fn what_a_shell_holds_is_bounded() {
    check_memory("x=aaaaaaaaaa; while :; do x=$x$x; done; echo no", "", 2);
    check_memory("x=aaaaaaaaaa; while :; do x+=$x; done; echo no", "", 2);
    check_memory("a=(1 2 3 4); while :; do a+=(\"${a[@]}\"); done; echo no", "", 2);
    check_memory("i=0; while :; do a[i++]=xxxxxxxxxxxxxxxxxxxxxxxxxxx; done; echo no", "", 2);
    check_memory("declare -A m; for ((;;)); do m[$((i++))]=x; done; echo no", "", 2);
    check_memory("set a b c; while :; do set -- \"$@\" \"$@\"; done; echo no", "", 2);
    check_memory("x=$(printf '%*s' 1000000); for ((;;)); do declare v$((i++))=\"$x\"; done; echo no", "", 2);
    check_memory(
        "b=$(printf 'a b c;%.0s' {1..9999}); for ((;;)); do eval \"f$((i++))() { $b }\"; done",
        "",
        2,
    );
}

#[test]
fn what_running_commands_hold_is_bounded() {
    check_memory("x=$(yes)\necho no", "", 2);
    check_memory("mapfile < /dev/zero\necho no", "", 2);
    check_memory("mapfile < <(yes)\necho no", "", 2);
    check_memory("x=$(printf '%*s' 1000000); f() { local y=$x; f; }; f\necho no", "", 2);
    check_memory("f() { f \"$@\" \"$@\"; }; f a b\necho no", "", 2);
    check_memory("x=$(printf '%*s' 1000000); f() { set -- \"$x\"; f; }; f\necho no", "", 2);
    check_memory("x=$(printf '%*s' 1000000); : {1..1000}\"$x\"\necho no", "", 2);
    check_memory("x=$(printf '%*s' 1000000); for i in {1..1000}\"$x\"; do :; done\necho no", "", 2);
    check_memory("while :; do printf %01000d 1; done | { read x; echo no; }; exit ${PIPESTATUS[1]}", "", 2);
}

#[test]
fn a_subshell_without_memory_ends_alone() {
    check_memory("(x=$(yes)); echo after $?", "after 2\n", 0);
    check_memory("x=$(y=$(yes)); echo after $?", "after 2\n", 0);
}

#[test]
fn subshells_share_what_they_do_not_change() {
    let text = "x=$(printf '%*s' 1000000); x=$x$x$x$x$x$x$x$x; for i in {1..20}; do (: $i; exec sleep 1) & done; \
                wait; echo ${#x}";
    let ran = run(small(&["--timeout", "100", "--limit", "shells-memory-bytes=48M", "-c", text]), b"");
    assert_eq!((ran.out.as_str(), ran.status), ("8000000\n", 0), "{}", ran.err);
}

#[test]
fn loops_without_end_are_stopped_by_the_time_out() {
    for text in
        ["while :; do :; done", "until false; do x=$((x + 1)); done", "for ((;;)); do echo; done >/dev/null"]
    {
        let ran = run(small(&["--timeout", "0.5", "-c", text]), b"");
        assert_eq!(ran.status, 124, "{text}\n{}", ran.err);
    }
}

#[test]
fn loops_without_end_are_stopped_by_ctrl_c() {
    for text in [
        "while :; do :; done",
        "f() { f2; }; f2() { :; }; for ((;;)); do f; done",
        "while x=$(echo); do :; done",
    ] {
        let text = format!("echo ready; {text}");
        let mut child = small(&["-c", &text]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let status = child.wait().unwrap();
        let code = status
            .code()
            .or(std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal));
        assert_eq!((line.as_str(), code), ("ready\n", Some(130)), "{text}");
    }
}
