//! python3 at the prompt of a terminal: lines are edited there, and statements run between them.

use wasmsand_tests::Terminal;

/// The prompt of python3, which was started with a history of two lines.
fn at_prompt() -> Terminal {
    let mut terminal = Terminal::start(&[]);
    terminal.expect("$ ");
    terminal
        .keys("printf 'old = 1\\nprint(\"older\" \"one\")\\n' > ~/.python_history; NO_COLOR=1 python3 -q\r");
    terminal.expect(">>> ");
    terminal
}

/// Types keys and waits for what they do, then for the next prompt.
fn answers(terminal: &mut Terminal, keys: &str, expected: &str) {
    let from = terminal.screen().len();
    terminal.keys(keys);
    let from = terminal.behind(from, expected);
    terminal.expect_after(from, ">>> ");
}

#[test]
fn statements_run_and_ctrl_d_leaves() {
    let mut terminal = Terminal::start(&["-c", "NO_COLOR=1 python3"]);
    terminal.expect("Type \"help\"");
    terminal.expect(">>> ");
    answers(&mut terminal, "6*7\r", "\n42\r\n");
    answers(&mut terminal, "def f():\r    return 'in' + ' f'\r\rf()\r", "\n'in f'\r\n");
    answers(&mut terminal, "1/0\r", "\nZeroDivisionError: division by zero\r\n");
    answers(&mut terminal, "_ + ' again'\r", "\n'in f again'\r\n");
    answers(&mut terminal, "print('o' + 'pen', end='')\r", "\nopen ");
    terminal.keys("\x04");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn a_line_is_edited() {
    let mut terminal = at_prompt();
    for (keys, expected) in [
        // The arrows, and the ends of a line.
        ("234\x1b[D\x1b[D\x1b[D1\r", "\n1234\r\n"),
        ("34\x0112\x05 + 0\r", "\n1234\r\n"),
        ("x12\x1b[H\x1b[3~\x1b[F3\r", "\n123\r\n"),
        // A character, a word and the rest are cut; what was cut comes back.
        ("129\x7f3\r", "\n123\r\n"),
        ("100 + wrong\x1723\r", "\n123\r\n"),
        ("77\x1588\x19\r", "\n8877\r\n"),
        ("55 66\x1b[D\x1b[D\x0b\r", "\n55\r\n"),
        // Characters of two bytes and of two columns.
        ("ascii('\u{e9}\u{4e2d}x\x7f')\x1b[D\x1b[D\x1b[D\x7f\r", "\n\"'\\\\u4e2d'\"\r\n"),
    ] {
        answers(&mut terminal, keys, expected);
    }
    terminal.keys("raise SystemExit(3)\rexit $?\r");
    assert_eq!(terminal.wait(), 3);
}

#[test]
fn lines_come_back() {
    let mut terminal = at_prompt();
    answers(&mut terminal, "\x1b[A\r", "\nolderone\r\n");
    answers(&mut terminal, "print('a' 'b')\r", "\nab\r\n");
    answers(&mut terminal, "\x10\x10\r", "\nolderone\r\n");
    answers(&mut terminal, "\x12'a' \r", "\nab\r\n");
    answers(&mut terminal, "\x1b[A\x1b[Bprint('n' 'ew')\r", "\nnew\r\n");
    let from = terminal.screen().len();
    terminal.keys("\x04");
    terminal.expect_after(from, "$ ");
    let from = terminal.screen().len();
    terminal.keys("tail -n 1 ~/.python_history | rev\r");
    terminal.expect_after(from, ")'we' 'n'(tnirp");
}

#[test]
fn names_are_completed() {
    let mut terminal = at_prompt();
    answers(&mut terminal, "import math; xyloph = 'one'; 'im' 'ported'\r", "\n'imported'\r\n");
    answers(&mut terminal, "math.facto\t(5)\r", "\n120\r\n");
    answers(&mut terminal, "xyl\t.upp\t()\r", "\n'ONE'\r\n");
    let from = terminal.screen().len();
    terminal.keys("math.is\t\t");
    let from = terminal.behind(from, "isqrt");
    terminal.expect_after(from, ">>> math.is");
    answers(&mut terminal, "inf(1)\r", "\nFalse\r\n");
    answers(&mut terminal, "if 1:\r\tprint('block' 'ed')\r\r", "\nblocked\r\n");
}

#[test]
fn ctrl_c_forgets_a_line() {
    let mut terminal = at_prompt();
    answers(&mut terminal, "wrong wrong\x03", "\nKeyboardInterrupt\r\n");
    answers(&mut terminal, "if 1:\r  wrong\x03", "\nKeyboardInterrupt\r\n");
    answers(&mut terminal, "'f' 'ine'\r", "\n'fine'\r\n");
}

#[test]
fn input_reads_a_line_of_the_terminal() {
    let mut terminal = at_prompt();
    let from = terminal.screen().len();
    terminal.keys("x = input('name? ')\r");
    let from = terminal.behind(from, "\nname? ");
    terminal.keys("me\x7fy\r");
    terminal.expect_after(from, ">>> ");
    answers(&mut terminal, "x\r", "\n'my'\r\n");
}
