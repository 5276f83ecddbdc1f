//! less and more on a real terminal: pages, searches, the end, keys while input still comes, Ctrl-C, Ctrl-Z.

use wasmsand_tests::Terminal;

fn at_prompt() -> Terminal {
    let mut terminal = Terminal::start(&[]);
    terminal.expect("$ ");
    // Numbers in words that no command line has.
    let from = terminal.screen().len();
    terminal.keys("for i in $(seq 1 200); do echo \"row <$i>\"; done > /tmp/rows; echo ma''de\r");
    let from = terminal.behind(from, "made");
    terminal.expect_after(from, "$ ");
    terminal
}

/// Types keys and waits for a text that comes of them.
fn press(terminal: &mut Terminal, keys: &str, expected: &str) {
    let from = terminal.screen().len();
    terminal.keys(keys);
    terminal.expect_after(from, expected);
}

/// Leaves the pager and sees the prompt again.
fn leave(terminal: &mut Terminal, keys: &str) {
    press(terminal, keys, "$ ");
    press(terminal, "echo ba''ck\r", "back");
}

#[test]
fn less_shows_a_page_and_space_the_next_one() {
    let mut terminal = at_prompt();
    press(&mut terminal, "less /tmp/rows\r", "row <23>");
    terminal.expect("\x1b[?1049h");
    assert!(!terminal.screen().contains("row <24>"), "more than a page");
    press(&mut terminal, " ", "row <46>");
    press(&mut terminal, "j", "row <47>");
    press(&mut terminal, "b", "row <2>");
    press(&mut terminal, "\x1b[6~", "row <47>");
    press(&mut terminal, "\x1b[B", "row <48>");
    press(&mut terminal, "50g", "row <50>");
    press(&mut terminal, "G", "row <200>");
    terminal.expect("(END)");
    press(&mut terminal, "k", "row <177>");
    press(&mut terminal, "g", "row <1>");
    leave(&mut terminal, "q");
    terminal.expect("\x1b[?1049l");
}

#[test]
fn less_finds_patterns_in_both_directions() {
    let mut terminal = at_prompt();
    press(&mut terminal, "less /tmp/rows\r", "row <23>");
    press(&mut terminal, "/<1[0-9]5>\r", "row \x1b[m\x1b[7m<105>");
    press(&mut terminal, "n", "row \x1b[m\x1b[7m<115>");
    press(&mut terminal, "N", "row \x1b[m\x1b[7m<105>");
    press(&mut terminal, "?<7>\r", "row \x1b[m\x1b[7m<7>");
    press(&mut terminal, "/nowhere\r", "Pattern not found");
    leave(&mut terminal, "q");
}

#[test]
fn less_numbers_lines_cuts_them_and_begins_where_it_is_told() {
    let mut terminal = at_prompt();
    press(&mut terminal, "less -N +/'<99>' /tmp/rows\r", "     99 row ");
    leave(&mut terminal, "q");
    press(&mut terminal, "less +G /tmp/rows\r", "row <200>");
    leave(&mut terminal, "q");
    press(&mut terminal, "printf '%0100d|%0100d\\n' 1 2 | less -S\r", "(END)");
    assert!(!terminal.screen().contains('|') || !terminal.screen().contains("002\r\n"), "it is not cut");
    press(&mut terminal, "\x1b[C\x1b[C", "1|00000");
    leave(&mut terminal, "q");
}

#[test]
fn less_leaves_at_once_when_all_is_on_the_screen() {
    let mut terminal = at_prompt();
    let from = terminal.screen().len();
    terminal.keys("seq 3 | sed 's/^/short /' | less -F\r");
    let from = terminal.behind(from, "short 3");
    terminal.expect_after(from, "$ ");
    assert!(!terminal.screen().contains("\x1b[?1049h"), "the screen was cleared");
}

#[test]
fn less_shows_what_has_come_while_more_is_on_its_way() {
    let mut terminal = at_prompt();
    let begin = std::time::Instant::now();
    press(&mut terminal, "(echo fir''st; sleep 4; echo sec''ond; sleep 4) | less\r", "first");
    press(&mut terminal, "", "second");
    assert!(begin.elapsed() < std::time::Duration::from_secs(8), "it came when all was read");
    leave(&mut terminal, "q");
}

#[test]
fn ctrl_c_stops_the_reading_and_not_less() {
    let mut terminal = at_prompt();
    press(&mut terminal, "seq 1 100000000 | less\r", "23");
    press(&mut terminal, "G", "interrupt to abort");
    press(&mut terminal, "\x03", "interrupted");
    leave(&mut terminal, "q");
}

#[test]
fn less_comes_back_after_ctrl_z() {
    let mut terminal = at_prompt();
    press(&mut terminal, "less /tmp/rows\r", "row <23>");
    press(&mut terminal, "\x1a", "Stopped");
    press(&mut terminal, "echo betw''een\r", "between");
    press(&mut terminal, "fg\r", "row <23>");
    press(&mut terminal, " ", "row <46>");
    leave(&mut terminal, "q");
}

#[test]
fn colours_are_shown_with_r_only() {
    let mut terminal = at_prompt();
    terminal.keys("printf '\\033[31mre''d\\033[0m\\n' > /tmp/color\r");
    press(&mut terminal, "less /tmp/color\r", "\x1b[7mESC\x1b[m[31mred");
    leave(&mut terminal, "q");
    press(&mut terminal, "less -R /tmp/color\r", "\x1b[31mred\x1b[0m");
    leave(&mut terminal, "q");
}

#[test]
fn more_tells_how_much_is_left_and_leaves_at_the_end() {
    let mut terminal = at_prompt();
    press(&mut terminal, "more /tmp/rows\r", "--More--(1");
    assert!(!terminal.screen().contains("row <24>"), "more than a page");
    press(&mut terminal, "\r", "row <24>");
    press(&mut terminal, " ", "row <47>");
    let from = terminal.screen().len();
    terminal.keys("       ");
    let from = terminal.behind(from, "row <200>");
    terminal.expect_after(from, "$ ");
}
