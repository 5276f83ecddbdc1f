//! The prompt on a real terminal: editing, history, completion, Ctrl-C, Ctrl-D, Ctrl-Z, jobs, traps.

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
fn a_shell_within_the_shell_has_a_prompt_of_its_own() {
    let mut terminal = at_prompt();
    terminal.keys("PS1='outer> '; bash --norc\r");
    let from = terminal.expect("$ ");
    terminal.keys("PS1=inn''er:\r");
    let from = terminal.expect_after(from, "inner:");
    terminal.keys("for i in 1 2; do\r");
    terminal.keys("echo level $SHLVL-$i; done\r");
    let from = terminal.expect_after(from, "level 2-2");
    terminal.keys("sleep 100\r");
    let from = terminal.expect_after(from, "sleep 100");
    terminal.keys("\x03");
    let from = terminal.expect_after(from, "inner:");
    terminal.keys("\x04");
    let from = terminal.expect_after(from, "outer> ");
    terminal.keys("bash & wait; jobs\r");
    terminal.expect_after(from, "Stopped");
    terminal.keys("kill -9 %1; echo level $SHLVL\r");
    terminal.expect_after(from, "level 1");
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

/// Types a line, waits for a text that comes of it, and for the prompt behind that. The text must not stand in the line
/// itself, whose echo is on the screen too.
fn line(terminal: &mut Terminal, keys: &str, expected: &str) {
    assert!(!keys.contains(expected), "the echo of {keys:?} is no answer");
    let from = terminal.screen().len();
    terminal.keys(keys);
    terminal.keys("\r");
    let from = terminal.behind(from, expected);
    terminal.expect_after(from, "$ ");
}

/// Types a line that gives nothing to wait for but the next prompt.
fn quiet_line(terminal: &mut Terminal, keys: &str) {
    line(terminal, &format!("{keys}; echo t''old"), "told");
}

#[test]
fn a_stopped_job_goes_on_in_the_foreground_and_in_the_background() {
    let mut terminal = at_prompt();
    line(&mut terminal, "sleep 100 &", "[1] ");
    line(&mut terminal, "jobs", "[1]+  Running                 sleep 100 &");
    let from = terminal.screen().len();
    terminal.keys("fg %1; echo stopped-wi''th $?\r");
    let from = terminal.behind(from, "\nsleep 100");
    terminal.keys("\x1a");
    let from = terminal.behind(from, "[1]+  Stopped                 sleep 100");
    terminal.expect_after(from, "stopped-with 148");
    line(&mut terminal, "bg", "[1]+ sleep 100 &");
    line(&mut terminal, "kill %1; wait %1; echo kill''ed $?", "killed 143");
    line(&mut terminal, "jobs; sleep 100 & jobs -p | wc -l | sed 's/^ */jobs: /'", "jobs: 1");
}

#[test]
fn a_pipeline_is_stopped_as_a_whole_and_killed_as_a_whole() {
    let mut terminal = at_prompt();
    terminal.keys("echo beg''un; sleep 100 | cat\r");
    let from = terminal.expect("begun");
    terminal.keys("\x1a");
    terminal.expect_after(from, "[1]+  Stopped                 sleep 100 | cat");
    line(&mut terminal, "jobs -l | grep -c '| cat'", "1");
    line(&mut terminal, "kill -9 %%; wait; echo wait''ed", "waited");
    line(&mut terminal, "jobs; echo d''one", "done");
}

#[test]
fn ctrl_z_in_a_loop_ends_the_loop_and_in_a_function_the_function_goes_on() {
    let mut terminal = at_prompt();
    terminal.keys("for i in 1 2; do echo rou''nd; sleep 100; echo af''ter; done\r");
    let from = terminal.expect("round");
    terminal.keys("\x1a");
    terminal.expect_after(from, "[1]+  Stopped                 sleep 100");
    line(&mut terminal, "echo sta''tus $?", "status 148");
    assert!(!terminal.screen().contains("\nafter"));
    terminal.keys("f() { echo in-''f; sleep 100; echo end-''of-f $?; }; f\r");
    let from = terminal.expect("in-f");
    terminal.keys("\x1a");
    terminal.expect_after(from, "end-of-f 148");
    line(&mut terminal, "kill -9 %1 %2; echo kill''ed", "killed");
}

#[test]
fn whoever_leaves_stopped_jobs_is_warned_once() {
    let mut terminal = at_prompt();
    terminal.keys("echo beg''un; sleep 100\r");
    let from = terminal.expect("begun");
    terminal.keys("\x1a");
    terminal.expect_after(from, "Stopped");
    line(&mut terminal, "exit", "There are stopped jobs.");
    terminal.keys("exit 3\r");
    assert_eq!(terminal.wait(), 3);
}

#[test]
fn the_end_of_a_background_job_is_told_before_the_next_prompt() {
    let mut terminal = at_prompt();
    line(&mut terminal, "(exit 3) & wait", "[1]+  Exit 3                  ( exit 3 )");
    line(&mut terminal, "true & wait", "[1]+  Done                    true");
    line(&mut terminal, "sleep 100 & kill %1; wait", "[1]+  Terminated              sleep 100");
    line(&mut terminal, "sh -c 'kill -9 $$'", "Killed");
}

#[test]
fn ctrl_c_ends_read_and_wait() {
    let mut terminal = at_prompt();
    for command in ["read x", "sleep 100 & wait", "read -s x", "read -t 100 x"] {
        let from = terminal.screen().len();
        terminal.keys(&format!("echo beg''un; {command}\r"));
        let from = terminal.expect_after(from, "begun");
        terminal.keys("\x03");
        terminal.expect_after(from, "$ ");
        line(&mut terminal, "echo sta''tus $?", "status 130");
    }
}

#[test]
fn read_prompts_and_hides_what_is_typed() {
    let mut terminal = at_prompt();
    terminal.keys("read -p 'na''me: ' x\r");
    let from = terminal.behind(0, "name: ");
    terminal.keys("Bo\x7fob\r");
    terminal.expect_after(from, "$ ");
    line(&mut terminal, "echo \"<$x>\"", "<Bob>");
    terminal.keys("read -s -p 'pass''word: ' z\r");
    let from = terminal.behind(0, "password: ");
    terminal.keys("hidden\r");
    terminal.expect_after(from, "$ ");
    assert!(!terminal.screen().get(from..).is_some_and(|new| new.contains("hidden")));
    line(&mut terminal, "echo ${#z}-le''tters", "6-letters");
    line(&mut terminal, "read -t 0.01 x; echo sta''tus $?", "status 142");
}

#[test]
fn a_trap_of_int_runs_at_the_prompt_and_after_a_builtin() {
    let mut terminal = at_prompt();
    quiet_line(&mut terminal, "trap 'echo got-''it' INT");
    let from = terminal.screen().len();
    terminal.keys("\x03");
    terminal.expect_after(from, "got-it");
    line(&mut terminal, "trap 'echo us''r' USR1; kill -USR1 $$", "usr");
    quiet_line(&mut terminal, "trap 'echo by''e' EXIT");
    let from = terminal.screen().len();
    terminal.keys("exit\r");
    terminal.expect_after(from, "bye");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn the_history_is_expanded_shown_and_gone_back_to() {
    let mut terminal = at_prompt();
    line(&mut terminal, "echo one-''a two", "one-a two");
    line(&mut terminal, "!!", "echo one-''a two");
    line(&mut terminal, "^two^three", "one-a three");
    line(&mut terminal, "echo la''st !$", "last three");
    line(&mut terminal, "!nosuch", "!nosuch: event not found");
    line(&mut terminal, "history 2", "    5  history 2");
    quiet_line(&mut terminal, " HISTCONTROL=ignorespace");
    line(&mut terminal, " echo spa''ced", "spaced");
    line(&mut terminal, "history -s 'echo pushed-''line'; echo p''ut", "put");
    // Up is the pushed line, which stands for the command that pushed it.
    line(&mut terminal, "\x1b[A", "pushed-line");
    line(&mut terminal, "history -c; echo cle''ared", "cleared");
    line(&mut terminal, "history", "    1  history");
}

#[test]
fn a_command_of_several_lines_is_one_entry() {
    let mut terminal = at_prompt();
    terminal.keys("for i in a\r");
    terminal.expect("> ");
    terminal.keys("do echo got-$i\r");
    line(&mut terminal, "done", "got-a");
    line(&mut terminal, "history 2", "  for i in a; do echo got-$i; done");
}

#[test]
fn tab_completes_commands_variables_files_and_what_functions_say() {
    let mut terminal = at_prompt();
    line(&mut terminal, "mkdir -p dir-x; touch 'dir-x/a file'; echo ma''de", "made");
    line(&mut terminal, "ls dir\ta\t | sed 's/^/-/'", "-dir-x/a file");
    quiet_line(&mut terminal, "my_variable=fo''und");
    line(&mut terminal, "echo $my_v\t", "found");
    line(&mut terminal, "typese\t -p my_variable", "declare -- my_variable");
    quiet_line(
        &mut terminal,
        "f() { COMPREPLY=(\"word-$COMP_CWORD-${#COMP_WORDS[@]}-$2-$3\"); }; complete -F f c",
    );
    quiet_line(&mut terminal, "c() { echo \"<$*>\"; }");
    line(&mut terminal, "c a b\t", "<a word-2-3-b-a>");
    quiet_line(&mut terminal, "complete -W 'alpha beta' -S / -o nospace c");
    line(&mut terminal, "c al\tx", "<alpha/x>");
    quiet_line(
        &mut terminal,
        "g() { complete -W 'late' d; return 124; }; complete -D -F g; d() { c \"$@\"; }",
    );
    line(&mut terminal, "d l\t", "<late>");
}

#[test]
fn ctrl_c_ends_a_completion_that_hangs() {
    let mut terminal = at_prompt();
    quiet_line(&mut terminal, "f() { echo han''gs; while :; do :; done; }; complete -F f c");
    for function in ["while :; do :; done", "sleep 100"] {
        quiet_line(&mut terminal, &format!("f() {{ echo han''gs; {function}; }}"));
        let from = terminal.screen().len();
        terminal.keys("c a\t");
        let from = terminal.behind(from, "hangs");
        terminal.keys("\x03");
        terminal.keys("\x15echo go''es-on\r");
        let from = terminal.behind(from, "goes-on");
        terminal.expect_after(from, "$ ");
    }
}

#[test]
fn prompts_have_their_escapes_and_hooks() {
    let mut terminal = at_prompt();
    line(&mut terminal, "PS1='<\\!:\\j:\\W>$ '", "<2:0:~>");
    line(&mut terminal, "PS0='run''s:'; PROMPT_COMMAND='echo ho''ok'", "hook");
    line(&mut terminal, "echo o''n", "runs:on");
    quiet_line(&mut terminal, "PS2='mo''re> '");
    terminal.keys("echo 'a\r");
    terminal.expect("more> ");
    line(&mut terminal, "b'", "b\r\n");
    line(&mut terminal, "set -o vi; set -o | grep '^vi' | tr '\\t' ' '", "vi              on");
    line(&mut terminal, "echo wro\x1bbcwright-''on", "$ ");
}

#[test]
fn a_line_that_was_not_ended_stays_above_the_prompt() {
    let mut terminal = at_prompt();
    let from = terminal.screen().len();
    terminal.keys("printf 'o''pen'\r");
    let from = terminal.behind(from, "\nopen\x1b[2m\u{23ce}\x1b[22m ");
    terminal.expect_after(from, " \r\x1b[K");
}
