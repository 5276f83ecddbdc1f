//! The line editor: how lines are typed at a terminal, with readline's usual
//! keys, and the lines that were typed before. It owns the terminal's mode while
//! a line is typed, and gives it back before a statement runs.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use sys::signal::{self, Target};
use sys::terminal::{self, Mode};

use crate::line::{Line, width};

/// How many lines the history keeps.
const HISTORY_MAX: usize = 2000;

/// What Tab types where there is nothing to complete.
const INDENT: &str = "    ";

/// What the user did.
pub enum Typed {
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D, or there is no more.
    End,
}

/// A key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Char(char),
    /// With Ctrl, by its letter.
    Control(u8),
    /// With Alt, or after Escape.
    Alt(char),
    Up,
    Down,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Delete,
    Other,
}

/// What a key asks for.
enum Step {
    Edit,
    Done(Typed),
}

/// The terminal and what was typed at it.
pub struct Editor {
    tty: File,
    mode: Mode,
    history: Vec<String>,
    /// Where the history is kept between sessions.
    file: Option<PathBuf>,
    /// What was cut last.
    cut: String,
    /// The row of the cursor, from that of the prompt.
    row: usize,
    column: usize,
    /// Tab was pressed, and nothing since.
    tabbed: bool,
}

impl Editor {
    /// Takes the terminal; an error: there is none.
    pub fn open() -> io::Result<Editor> {
        let tty = File::options().read(true).write(true).open("/dev/tty")?;
        let mode = terminal::mode(&tty)?;
        let file = match std::env::var_os("PYTHON_HISTORY") {
            Some(path) => Some(PathBuf::from(path)),
            None => std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".python_history")),
        };
        let kept = file.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let history = kept.lines().map(str::to_owned).collect();
        Ok(Editor { tty, mode, history, file, cut: String::new(), row: 0, column: 0, tabbed: false })
    }

    /// Writes the history; where that fails, it is lost.
    pub fn save(&self) {
        if let Some(path) = &self.file {
            let from = self.history.len().saturating_sub(HISTORY_MAX);
            let kept: String = self.history.iter().skip(from).map(|line| format!("{line}\n")).collect();
            let _ = std::fs::write(path, kept);
        }
    }

    /// Reads a line. `complete` tells how many bytes in front of the cursor are
    /// the beginning of a name, and the names that begin so.
    pub fn read(
        &mut self,
        prompt: &str,
        complete: impl Fn(&str) -> (usize, Vec<String>),
    ) -> io::Result<Typed> {
        self.mode = terminal::mode(&self.tty)?;
        let typing =
            self.mode.without(Mode::CANONICAL.with(Mode::ECHO).with(Mode::SIGNALS).with(Mode::INPUT));
        terminal::set_mode(&self.tty, typing)?;
        let typed = self.edit(prompt, typing, complete);
        terminal::set_mode(&self.tty, self.mode)?;
        let typed = typed?;
        if let Typed::Line(line) = &typed
            && !line.trim().is_empty()
            && self.history.last() != Some(line)
        {
            self.history.push(line.clone());
        }
        Ok(typed)
    }

    fn edit(
        &mut self,
        prompt: &str,
        typing: Mode,
        complete: impl Fn(&str) -> (usize, Vec<String>),
    ) -> io::Result<Typed> {
        let mut line = Line::default();
        // Which line of the history is shown; behind the last one it is the new line.
        let (mut shown, mut new) = (self.history.len(), Line::default());
        self.row = 0;
        self.keep_open_line()?;
        self.draw(prompt, &line)?;
        loop {
            let key = self.key()?;
            let Some(key) = key else { return Ok(Typed::End) };
            let was_tabbed = std::mem::replace(&mut self.tabbed, key == Key::Control(b'I'));
            match key {
                Key::Control(b'C') => {
                    self.leave(prompt, &mut line)?;
                    return Ok(Typed::Interrupt);
                }
                Key::Control(b'Z') => {
                    // Stops as it would were the terminal to make signals of keys.
                    terminal::set_mode(&self.tty, self.mode)?;
                    let _ = signal::send(Target::OwnGroup, signal::TSTP);
                    terminal::set_mode(&self.tty, typing)?;
                    self.row = 0;
                }
                Key::Control(b'L') => {
                    self.row = 0;
                    self.tty.write_all(b"\x1b[H\x1b[2J")?;
                }
                Key::Control(b'R') => {
                    if let Some(found) = self.search(prompt, &mut line)? {
                        self.leave(prompt, &mut line)?;
                        return Ok(found);
                    }
                }
                Key::Up | Key::Control(b'P') | Key::Down | Key::Control(b'N') => {
                    let goes_up = matches!(key, Key::Up | Key::Control(_)) && key != Key::Control(b'N');
                    let next = if goes_up { shown.checked_sub(1) } else { Some(shown + 1) };
                    if let Some(next) = next.filter(|&next| next <= self.history.len()) {
                        if shown == self.history.len() {
                            new = line.clone();
                        }
                        shown = next;
                        line = self.history.get(shown).map_or_else(|| new.clone(), |text| Line::new(text));
                    }
                }
                Key::Control(b'I') => self.complete(&mut line, was_tabbed, &complete)?,
                Key::Char(char) if self.appends(char, &line) => {
                    line.insert(char.encode_utf8(&mut [0; 4]));
                    self.column += width(char);
                    self.tty.write_all(char.encode_utf8(&mut [0; 4]).as_bytes())?;
                    continue;
                }
                key => {
                    if let Step::Done(typed) = self.press(key, &mut line) {
                        self.leave(prompt, &mut line)?;
                        return Ok(typed);
                    }
                }
            }
            self.draw(prompt, &line)?;
        }
    }

    /// What the other keys do to the line.
    fn press(&mut self, key: Key, line: &mut Line) -> Step {
        let is_word = |char: char| char.is_alphanumeric() || char == '_';
        match key {
            Key::Control(b'M' | b'J') => return Step::Done(Typed::Line(line.text())),
            Key::Control(b'D') if line.chars.is_empty() => return Step::Done(Typed::End),
            Key::Control(b'D') | Key::Delete => drop(line.cut(line.cursor + 1)),
            Key::Control(b'H') if line.cursor > 0 => drop(line.cut(line.cursor - 1)),
            Key::Control(b'A') | Key::Home => line.cursor = 0,
            Key::Control(b'E') | Key::End => line.cursor = line.chars.len(),
            Key::Control(b'B') | Key::Left => line.left(),
            Key::Control(b'F') | Key::Right => line.right(),
            Key::Alt('b') | Key::WordLeft => line.cursor = line.word_start(is_word),
            Key::Alt('f') | Key::WordRight => line.cursor = line.word_end(is_word),
            Key::Control(b'K') => self.cut = line.cut(line.chars.len()),
            Key::Control(b'U') => self.cut = line.cut(0),
            Key::Control(b'W') => self.cut = line.cut(line.word_start(|char| !char.is_whitespace())),
            Key::Alt('\x7f' | '\x08') => self.cut = line.cut(line.word_start(is_word)),
            Key::Alt('d') => self.cut = line.cut(line.word_end(is_word)),
            Key::Control(b'Y') => line.insert(&self.cut.clone()),
            Key::Control(b'T') => line.transpose(),
            Key::Char(char) => line.insert(char.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Step::Edit
    }

    /// Completes the name in front of the cursor; pressed twice, it shows the choice.
    fn complete(
        &mut self,
        line: &mut Line,
        again: bool,
        complete: impl Fn(&str) -> (usize, Vec<String>),
    ) -> io::Result<()> {
        let before = line.before();
        if before.trim().is_empty() {
            line.insert(INDENT);
            return Ok(());
        }
        let (typed, names) = complete(&before);
        let Some(first) = names.first() else { return self.tty.write_all(b"\x07") };
        let common = names.iter().fold(first.as_str(), |common, name| {
            let same = common.chars().zip(name.chars()).take_while(|(one, other)| one == other);
            common.get(..same.map(|(char, _)| char.len_utf8()).sum()).unwrap_or_default()
        });
        let rest = common.get(typed..).unwrap_or_default();
        if !rest.is_empty() || names.len() == 1 {
            line.insert(rest);
        } else if again {
            self.list(&names)?;
        } else {
            self.tty.write_all(b"\x07")?;
        }
        Ok(())
    }

    /// Shows names in columns below the line.
    fn list(&mut self, names: &[String]) -> io::Result<()> {
        let columns = columns();
        let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or_default() + 2;
        let in_row = (columns / wide).max(1);
        let rows = names.len().div_ceil(in_row);
        let mut text = String::from("\r\n");
        for row in 0..rows {
            let cells: Vec<String> =
                names.iter().skip(row).step_by(rows).map(|name| format!("{name:wide$}")).collect();
            text.push_str(cells.concat().trim_end());
            text.push_str("\r\n");
        }
        self.row = 0;
        self.tty.write_all(text.as_bytes())
    }

    /// Ctrl-R: looks through the history; the line it ends with may be what is typed.
    fn search(&mut self, prompt: &str, line: &mut Line) -> io::Result<Option<Typed>> {
        let (mut wanted, mut at) = (String::new(), self.history.len());
        let before = line.clone();
        loop {
            let shown = format!("(reverse-i-search)`{wanted}': ");
            self.draw(&shown, line)?;
            let key = self.key()?;
            let find = |from: usize, wanted: &str| {
                self.history.iter().take(from).rposition(|text| text.contains(wanted))
            };
            match key {
                Some(Key::Char(char)) => {
                    wanted.push(char);
                    at = find(at.saturating_add(1), &wanted).unwrap_or(at);
                }
                Some(Key::Control(b'H')) => {
                    wanted.pop();
                }
                Some(Key::Control(b'R')) => at = find(at, &wanted).unwrap_or(at),
                Some(Key::Control(b'G' | b'C')) => {
                    *line = before;
                    return Ok(None);
                }
                Some(key) => {
                    self.draw(prompt, line)?;
                    return Ok(match self.press(key, line) {
                        Step::Done(typed) => Some(typed),
                        Step::Edit => None,
                    });
                }
                None => return Ok(Some(Typed::End)),
            }
            if let Some(text) = self.history.get(at) {
                *line = Line::new(text);
                line.cursor = text
                    .find(&wanted)
                    .map_or(line.chars.len(), |at| text.get(..at).unwrap_or_default().chars().count());
            }
        }
    }

    /// Puts the cursor behind the line, on a row of its own.
    fn leave(&mut self, prompt: &str, line: &mut Line) -> io::Result<()> {
        line.cursor = line.chars.len();
        self.draw(prompt, line)?;
        self.tty.write_all(b"\r\n")
    }

    /// Leaves the row to what a program wrote there and did not end. Blanks as wide as the screen end on the next row if
    /// the cursor was not in the first column, and on the same one if it was: nobody has to be asked where it is.
    fn keep_open_line(&mut self) -> io::Result<()> {
        self.tty.write_all(format!("{:1$}\r", "", columns()).as_bytes())
    }

    /// Shows the prompt and the line, over what was shown before.
    fn draw(&mut self, prompt: &str, line: &Line) -> io::Result<()> {
        let columns = columns();
        let mut text = String::new();
        if self.row > 0 {
            text.push_str(&format!("\x1b[{}A", self.row));
        }
        text.push_str("\r\x1b[J");
        text.push_str(&prompt.replace('\n', "\r\n"));
        text.extend(&line.chars);
        let prompt_end = visible(prompt).fold((0, 0), |place, char| moved(place, char, columns));
        let place = |count: usize| {
            line.chars.iter().take(count).fold(prompt_end, |place, &char| moved(place, char, columns))
        };
        let (end, cursor) = (place(line.chars.len()), place(line.cursor));
        // A terminal stays behind the last column until more is written.
        if end.1 == 0 && end.0 > 0 && !line.chars.is_empty() {
            text.push_str("\r\n");
        }
        if end.0 > cursor.0 {
            text.push_str(&format!("\x1b[{}A", end.0 - cursor.0));
        }
        text.push('\r');
        if cursor.1 > 0 {
            text.push_str(&format!("\x1b[{}C", cursor.1));
        }
        (self.row, self.column) = cursor;
        self.tty.write_all(text.as_bytes())
    }

    /// Whether a character only has to be written behind the others.
    fn appends(&self, char: char, line: &Line) -> bool {
        line.cursor == line.chars.len() && self.column + width(char) < columns()
    }

    /// Waits for a key; none: there is no terminal any more.
    fn key(&mut self) -> io::Result<Option<Key>> {
        let Some(first) = self.byte()? else { return Ok(None) };
        Ok(Some(match first {
            0x1b => match self.byte()? {
                Some(b'[' | b'O') => self.sequence()?,
                Some(byte) => Key::Alt(char::from(byte)),
                None => return Ok(None),
            },
            0x7f => Key::Control(b'H'),
            0..=0x1f => Key::Control(first | 0x40),
            0x20..=0x7e => Key::Char(char::from(first)),
            _ => {
                let length = match first {
                    0xc2..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf4 => 4,
                    _ => 1,
                };
                let mut bytes = vec![first];
                while bytes.len() < length
                    && let Some(byte) = self.byte()?
                {
                    bytes.push(byte);
                }
                Key::Char(String::from_utf8_lossy(&bytes).chars().next().unwrap_or('\u{fffd}'))
            }
        }))
    }

    /// The key of a sequence whose beginning was read.
    fn sequence(&mut self) -> io::Result<Key> {
        let mut text = Vec::new();
        while let Some(byte) = self.byte()? {
            text.push(byte);
            if (0x40..=0x7e).contains(&byte) {
                break;
            }
        }
        Ok(match text.as_slice() {
            b"A" => Key::Up,
            b"B" => Key::Down,
            b"C" => Key::Right,
            b"D" => Key::Left,
            b"1;5C" | b"1;3C" => Key::WordRight,
            b"1;5D" | b"1;3D" => Key::WordLeft,
            b"H" | b"1~" | b"7~" => Key::Home,
            b"F" | b"4~" | b"8~" => Key::End,
            b"3~" => Key::Delete,
            _ => Key::Other,
        })
    }

    /// One byte, and no more: what is typed ahead belongs to the program that runs next.
    fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        loop {
            match self.tty.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(byte.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// How wide the terminal is.
fn columns() -> usize {
    match terminal::size() {
        Ok((columns @ 1.., _)) => usize::try_from(columns).unwrap_or(80),
        _ => 80,
    }
}

/// The characters of a prompt that take room: none of a sequence that colours it.
fn visible(prompt: &str) -> impl Iterator<Item = char> {
    let mut in_sequence = false;
    prompt.chars().filter(move |&char| {
        let starts = char == '\x1b';
        let shown = !starts && !in_sequence && !matches!(char, '\x01' | '\x02');
        in_sequence = starts || (in_sequence && !char.is_ascii_alphabetic());
        shown
    })
}

/// The row and column behind a character that is written at one.
fn moved((row, column): (usize, usize), char: char, columns: usize) -> (usize, usize) {
    if char == '\n' {
        return (row + 1, 0);
    }
    match column + width(char) {
        behind if behind > columns => (row + 1, width(char)),
        behind if behind == columns => (row + 1, 0),
        behind => (row, behind),
    }
}
