//! The screen of `watch`: cells of characters and styles, which of them changed, and how they are drawn.

use std::fmt::Write as _;
use std::rc::Rc;

use unicode_width::UnicodeWidthChar;

/// The distance of tabs.
const TAB: usize = 8;

/// A place of the screen.
#[derive(Clone, Default)]
struct Cell {
    /// A character with those that combine with it; nothing behind a wide one.
    text: String,
    /// The codes of Select Graphic Rendition that it is drawn with.
    style: Rc<str>,
    is_marked: bool,
}

/// A screen that is being filled.
pub struct Screen {
    columns: usize,
    rows: usize,
    /// Lines that the output does not change.
    header: usize,
    cells: Vec<Cell>,
}

impl Screen {
    pub fn new(columns: usize, rows: usize) -> Self {
        let cell = Cell { text: " ".to_owned(), ..Cell::default() };
        Self { columns, rows, header: 0, cells: vec![cell; columns * rows] }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Puts a header on the screen: one text at the left, cut off before the other at the right, and an empty line.
    pub fn title(&mut self, left: &str, right: &str) {
        self.header = 2.min(self.rows.saturating_sub(1));
        if self.header == 0 {
            return;
        }
        let wide = right.chars().count();
        let style = Rc::from("");
        let room = if wide + 1 < self.columns { self.columns - wide - 1 } else { self.columns };
        let is_cut = left.chars().count() > room;
        for (column, character) in left.chars().take(room).enumerate() {
            let is_dot = is_cut && room > 3 && column >= room - 3;
            self.put(0, column, if is_dot { '.' } else { character }, &style);
        }
        if room < self.columns {
            for (column, character) in right.chars().enumerate() {
                self.put(0, self.columns - wide + column, character, &style);
            }
        }
    }

    fn put(&mut self, row: usize, column: usize, character: char, style: &Rc<str>) {
        let width = character.width().unwrap_or(0);
        let at = row * self.columns + column;
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = Cell { text: character.to_string(), style: Rc::clone(style), is_marked: false };
        }
        if width == 2
            && column + 1 < self.columns
            && let Some(cell) = self.cells.get_mut(at + 1)
        {
            *cell = Cell { text: String::new(), style: Rc::clone(style), is_marked: false };
        }
    }

    /// Puts an output on the screen, as much of it as there is room for.
    pub fn fill(&mut self, output: &str, color: bool, wraps: bool) {
        let (mut row, mut column) = (self.header, 0);
        let mut style: Rc<str> = Rc::from("");
        let mut characters = output.chars().peekable();
        while let Some(character) = characters.next() {
            if row >= self.rows {
                break;
            }
            match character {
                '\n' => (row, column) = (row + 1, 0),
                '\r' => column = 0,
                '\t' => column = (column / TAB + 1) * TAB,
                '\x1b' if characters.peek() == Some(&'[') => {
                    characters.next();
                    let mut codes = String::new();
                    let end = loop {
                        match characters.next() {
                            Some(next) if next.is_ascii_digit() || matches!(next, ';' | ':' | '?') => {
                                codes.push(next)
                            }
                            other => break other,
                        }
                    };
                    if color && end == Some('m') {
                        style = match codes.as_str() {
                            "" | "0" => Rc::from(""),
                            _ if style.is_empty() || codes.starts_with("0;") => Rc::from(codes.as_str()),
                            _ => Rc::from(format!("{style};{codes}")),
                        };
                    }
                }
                _ => match character.width() {
                    None => {}
                    Some(0) => {
                        let before = (row * self.columns + column).checked_sub(1);
                        if let Some(cell) =
                            before.filter(|_| column > 0).and_then(|at| self.cells.get_mut(at))
                        {
                            cell.text.push(character);
                        }
                    }
                    Some(width) => {
                        if column + width > self.columns {
                            if !wraps {
                                continue;
                            }
                            (row, column) = (row + 1, 0);
                            if row >= self.rows {
                                break;
                            }
                        }
                        self.put(row, column, character, &style);
                        column += width;
                    }
                },
            }
        }
    }

    /// Marks what is not as it was on another screen, and with `keeps` what was marked there.
    pub fn mark(&mut self, before: &Screen, keeps: bool) {
        if (self.columns, self.rows) != (before.columns, before.rows) {
            return;
        }
        let from = self.header * self.columns;
        for (cell, old) in self.cells.iter_mut().zip(&before.cells).skip(from) {
            cell.is_marked = cell.text != old.text || (keeps && old.is_marked);
        }
    }

    /// The screen as a terminal is told of it.
    pub fn drawn(&self) -> String {
        let mut text = String::from("\x1b[H");
        for (row, cells) in self.cells.chunks(self.columns).enumerate() {
            if row > 0 {
                text.push_str("\r\n");
            }
            let used = cells
                .iter()
                .rposition(|cell| cell.text != " " || cell.is_marked || !cell.style.is_empty())
                .map_or(0, |last| last + 1);
            let mut now = ("", false);
            for cell in cells.iter().take(used) {
                let wanted = (&*cell.style, cell.is_marked);
                if wanted != now {
                    let mark = if wanted.1 { ";7" } else { "" };
                    let _ = write!(text, "\x1b[0;{}{mark}m", wanted.0);
                    now = wanted;
                }
                text.push_str(&cell.text);
            }
            if now != ("", false) {
                text.push_str("\x1b[0m");
            }
            text.push_str("\x1b[K");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(screen: &Screen) -> Vec<String> {
        let text = |cells: &[Cell]| cells.iter().map(|cell| cell.text.as_str()).collect::<String>();
        screen.cells.chunks(screen.columns).map(|cells| text(cells).trim_end().to_owned()).collect()
    }

    #[test]
    fn lines_are_wrapped_or_cut_and_tabs_go_to_columns() {
        let mut screen = Screen::new(10, 4);
        screen.fill("a\tb\n0123456789ab\nz\nlost\n", false, true);
        assert_eq!(lines(&screen), ["a       b", "0123456789", "ab", "z"]);
        let mut screen = Screen::new(10, 4);
        screen.fill("0123456789ab\n日本語日本語\nz", false, false);
        assert_eq!(lines(&screen), ["0123456789", "日本語日本", "z", ""]);
    }

    #[test]
    fn the_header_leaves_room_for_the_time() {
        let mut screen = Screen::new(20, 4);
        screen.title("Every 2.0s: a long command", "now");
        screen.fill("x", false, true);
        assert_eq!(lines(&screen), ["Every 2.0s: a... now", "", "x", ""]);
    }

    #[test]
    fn what_changed_is_marked_once_or_for_ever() {
        let shown = |text: &str| {
            let mut screen = Screen::new(3, 1);
            screen.fill(text, false, true);
            screen
        };
        let marks = |screen: &Screen| screen.cells.iter().map(|cell| cell.is_marked).collect::<Vec<_>>();
        let first = shown("abc");
        let mut second = shown("aXc");
        second.mark(&first, true);
        assert_eq!(marks(&second), [false, true, false]);
        let mut third = shown("aXd");
        third.mark(&second, true);
        assert_eq!(marks(&third), [false, true, true]);
        let mut third = shown("aXd");
        third.mark(&second, false);
        assert_eq!(marks(&third), [false, false, true]);
    }

    #[test]
    fn styles_are_kept_only_when_asked_for() {
        let mut screen = Screen::new(4, 1);
        screen.fill("\x1b[1;31mab\x1b[0mc", true, true);
        assert_eq!(screen.drawn(), "\x1b[H\x1b[0;1;31mab\x1b[0;mc\x1b[K");
        let mut screen = Screen::new(4, 1);
        screen.fill("\x1b[1;31mab\x1b[0mc", false, true);
        assert_eq!(screen.drawn(), "\x1b[Habc\x1b[K");
    }
}
