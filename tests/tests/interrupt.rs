//! Ctrl-C on a terminal while `wasmsand -c` runs a command: who dies of it, who goes on, and what the caller learns.
//! bash is asked the same where it is found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use wasmsand_tests::Terminal;

/// Signal number 2 as the C library words it.
const INTERRUPTED: &str = "Interrupt";

struct Case {
    script: &'static str,
    /// What is shown after `ready` and the `^C` that the terminal echoes.
    shown: &'static str,
    /// How the program ends: the words for a signal, or a status.
    end: Result<u32, &'static str>,
}

const CASES: &[Case] = &[
    Case { script: "echo ready; sleep 60; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "echo ready; while :; do :; done; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "echo ready; while :; do sleep 0.01; done; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "sleep 0.01; echo ready; read x; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "sleep 0.01; echo ready; mapfile lines; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "sleep 0.01; echo ready; x=$(sleep 60); echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "sleep 60 & echo ready; wait; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "f() { echo ready; sleep 60; }; f; echo after", shown: "", end: Err(INTERRUPTED) },
    Case { script: "echo ready; sleep 60 | cat; echo after", shown: "", end: Err(INTERRUPTED) },
    Case {
        script: "trap 'echo bye' EXIT; echo ready; while :; do :; done",
        shown: "bye\r\n",
        end: Err(INTERRUPTED),
    },
    Case {
        script: "bash -c 'trap \"echo got; exit 3\" INT; echo ready; while :; do :; done'; echo after $?",
        shown: "got\r\nafter 3\r\n",
        end: Ok(0),
    },
    Case {
        script: "(trap 'echo got; exit 0' INT; echo ready; while :; do :; done); echo after $?",
        shown: "got\r\nafter 0\r\n",
        end: Ok(0),
    },
    Case {
        script: "trap 'echo got; n=done' INT; echo ready; while [ \"$n\" != done ]; do :; done; echo after",
        shown: "got\r\nafter\r\n",
        end: Ok(0),
    },
    Case {
        script: "trap 'echo got; trap - INT; kill -INT $$' INT; echo ready; while :; do :; done; echo after",
        shown: "got\r\n",
        end: Err(INTERRUPTED),
    },
    Case {
        script: "trap 'echo E' EXIT; trap 'echo I; exit 9' INT; echo ready; while :; do sleep 0.01; done",
        shown: "I\r\nE\r\n",
        end: Ok(9),
    },
];

fn interrupt(program: &Path, options: &[&str], case: &Case) -> (String, Result<u32, String>) {
    let arguments = [options, &["-c", case.script]].concat();
    let mut terminal = Terminal::start_program(program, &arguments);
    terminal.expect("ready\r\n");
    terminal.keys("\x03");
    let end = terminal.wait_end();
    // What was written last may be read after the end.
    let wanted = format!("ready\r\n^C{}", case.shown);
    wasmsand_tests::eventually(|| terminal.screen() == wanted);
    let end = end.signal().map_or(Ok(end.exit_code()), |signal| Err(signal.to_owned()));
    (terminal.screen(), end)
}

fn check(program: &Path, options: &[&str]) {
    for case in CASES {
        let expected = (format!("ready\r\n^C{}", case.shown), case.end.map_err(str::to_owned));
        assert_eq!(interrupt(program, options, case), expected, "{}", case.script);
    }
}

#[test]
fn an_interrupt_ends_the_command_that_does_not_handle_it_and_the_shell_with_it() {
    check(wasmsand_tests::program(), &[]);
}

#[test]
fn bash_does_the_same_at_an_interrupt() {
    if !wasmsand_tests::has("bash") {
        return eprintln!("no bash on this machine: not compared");
    }
    check(Path::new("bash"), &["--norc"]);
}
