//! The prompt on a real terminal: editing, continuation, Ctrl-C, Ctrl-D, jobs.

use wasmsand_tests::Terminal;

fn at_prompt() -> Terminal {
    let terminal = Terminal::start(&[]);
    terminal.expect("$ ");
    terminal
}

#[test]
fn a_line_runs_and_ctrl_d_leaves() {
    let mut terminal = at_prompt();
    terminal.keys("echo $((6*7))-ok\r");
    terminal.expect("42-ok");
    terminal.keys("ls /usr/bin | grep -c '^cat$' | sed 's/^/count /'\r");
    terminal.expect("count 1");
    terminal.keys("exit 7\r");
    assert_eq!(terminal.wait(), 7);
    let mut terminal = at_prompt();
    terminal.keys("(exit 5)\r");
    terminal.expect_after(terminal.screen().len(), "$ ");
    terminal.keys("\x04");
    assert_eq!(terminal.wait(), 5);
}

#[test]
fn an_unfinished_command_goes_on_in_the_next_line() {
    let mut terminal = at_prompt();
    terminal.keys("for i in a b\r");
    terminal.expect("> ");
    terminal.keys("do echo \"<$i>\"\r");
    terminal.keys("done\r");
    terminal.expect("<a>");
    terminal.expect("<b>");
    terminal.keys("cat <<E\r");
    terminal.keys("doc $((1+1))\r");
    terminal.keys("E\r");
    terminal.expect("doc 2");
}

#[test]
fn ctrl_c_drops_the_line_at_the_prompt() {
    let mut terminal = at_prompt();
    terminal.keys("echo never");
    let from = terminal.expect("echo never");
    terminal.keys("\x03");
    let from = terminal.expect_after(from, "$ ");
    terminal.keys("echo sta''tus $?\r");
    terminal.expect_after(from, "status 130");
    assert!(!terminal.screen().contains("\nnever"));
}

#[test]
fn ctrl_c_ends_whatever_runs_and_the_session_goes_on() {
    let mut terminal = at_prompt();
    for command in [
        "while :; do :; done",
        "python3 -c 'while True: pass'",
        "yes > /dev/null",
        "cat",
        "sleep 100",
        "yes | cat | cat > /dev/null",
    ] {
        let from = terminal.screen().len();
        terminal.keys(&format!("echo beg''un; {command}\r"));
        let from = terminal.expect_after(from, "begun");
        terminal.keys("\x03");
        terminal.expect_after(from, "$ ");
        let from = terminal.screen().len();
        terminal.keys("echo sta''tus $?\r");
        terminal.expect_after(from, "status 130");
    }
}

#[test]
fn background_jobs_run_while_the_prompt_waits() {
    let mut terminal = at_prompt();
    terminal.keys("(sleep 1; echo from-job > /tmp/j) & echo started\r");
    terminal.expect("started");
    terminal.keys("wait; cat /tmp/j\r");
    terminal.expect("from-job");
}

#[test]
fn a_syntax_error_at_the_prompt_is_told_and_forgotten() {
    let mut terminal = at_prompt();
    let from = terminal.screen().len();
    terminal.keys("echo )\r");
    let from = terminal.expect_after(from, "syntax error near unexpected token `)'");
    terminal.keys("echo still he''re\r");
    terminal.expect_after(from, "still here");
}
