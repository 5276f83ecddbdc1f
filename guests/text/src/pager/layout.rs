//! Rows of the screen made of lines: tabs, what cannot be shown, overstriking, colours, matches, wrapping and cutting.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// How lines become rows.
#[derive(Clone, Copy)]
pub struct Shape {
    pub columns: usize,
    pub chop: bool,
    /// Columns that are left out at the left.
    pub shift: usize,
    pub raw: bool,
    pub tab: usize,
}

const STANDOUT: &[u8] = b"\x1b[7m";
const PLAIN: &[u8] = b"\x1b[m";

/// A piece of a line: what is written, how wide it is, and how it looks.
struct Cell {
    text: Vec<u8>,
    width: usize,
    look: Look,
    /// Where it comes from in the line.
    from: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Look {
    standout: bool,
    bold: bool,
    underline: bool,
}

/// The rows of a line; `matches` stand out.
pub fn rows(line: &[u8], shape: &Shape, head: &[u8], matches: &[Range<usize>]) -> Vec<Vec<u8>> {
    let room = shape.columns.saturating_sub(head.len()).max(1);
    let mut cells = cells(line, shape);
    for cell in &mut cells {
        cell.look.standout |= matches.iter().any(|range| range.contains(&cell.from));
    }
    let mut rows = vec![Row::new(head)];
    // The colour that goes on in the next row.
    let mut color: Vec<u8> = Vec::new();
    let mut column = 0;
    let mut passed = 0;
    for cell in cells {
        if cell.width == 0 && cell.text.starts_with(b"\x1b[") {
            if cell.text == b"\x1b[m" || cell.text == b"\x1b[0m" {
                color.clear();
            } else {
                color.extend(&cell.text);
            }
        }
        if shape.chop {
            if passed < shape.shift && cell.width > 0 {
                passed += cell.width;
                continue;
            }
            if column + cell.width > room {
                continue;
            }
        } else if column + cell.width > room {
            if let Some(row) = rows.last_mut() {
                row.end(!color.is_empty());
            }
            rows.push(Row::new(&vec![b' '; head.len()]));
            column = 0;
            if let Some(row) = rows.last_mut() {
                row.text.extend(&color);
            }
        }
        column += cell.width;
        if let Some(row) = rows.last_mut() {
            row.put(&cell);
        }
    }
    if let Some(row) = rows.last_mut() {
        row.end(!color.is_empty());
    }
    rows.into_iter().map(|row| row.text).collect()
}

struct Row {
    text: Vec<u8>,
    look: Look,
}

impl Row {
    fn new(head: &[u8]) -> Row {
        Row { text: head.to_vec(), look: Look::default() }
    }

    fn put(&mut self, cell: &Cell) {
        if cell.look != self.look {
            self.text.extend(PLAIN);
            if cell.look.standout {
                self.text.extend(STANDOUT);
            }
            if cell.look.bold {
                self.text.extend(b"\x1b[1m");
            }
            if cell.look.underline {
                self.text.extend(b"\x1b[4m");
            }
            self.look = cell.look;
        }
        self.text.extend(&cell.text);
    }

    fn end(&mut self, is_colored: bool) {
        if self.look != Look::default() || is_colored {
            self.text.extend(PLAIN);
            self.look = Look::default();
        }
    }
}

/// The pieces of a line.
fn cells(line: &[u8], shape: &Shape) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut column = 0;
    let mut at = 0;
    let mut struck: Option<Cell> = None;
    while at < line.len() {
        let from = at;
        if shape.raw
            && line[at] == 0x1b
            && let Some(length) = color(&line[at..])
        {
            at += length;
            cells.push(Cell { text: line[from..at].to_vec(), width: 0, look: Look::default(), from });
            continue;
        }
        if line[at] == 0x08 && struck.is_none() && cells.last().is_some_and(|cell| cell.width > 0) {
            // What follows is written over what was there.
            struck = cells.pop();
            column -= struck.as_ref().map_or(0, |cell| cell.width);
            at += 1;
            continue;
        }
        let (text, width, standout, length) = unit(&line[at..], column, shape.tab);
        at += length;
        let mut look = Look { standout, ..Look::default() };
        let mut text = text;
        if let Some(under) = struck.take() {
            look.bold = under.look.bold || under.text == text;
            look.underline = under.look.underline || !look.bold && (under.text == b"_" || text == b"_");
            if text == b"_" && look.underline {
                text = under.text;
            }
        }
        column += width;
        cells.push(Cell { text, width, look, from });
    }
    cells.extend(struck);
    cells
}

/// The length of a sequence that only changes colours.
fn color(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"\x1b[")?;
    let end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    matches!(rest.get(end), Some(b'm' | b'K')).then_some(end + 3)
}

/// The first character of a text as it is shown: what is written, its width, whether it stands out, and its bytes.
fn unit(text: &[u8], column: usize, tab: usize) -> (Vec<u8>, usize, bool, usize) {
    match text[0] {
        b'\t' => {
            let width = tab - column % tab;
            return (vec![b' '; width], width, false, 1);
        }
        0x1b => return (b"ESC".to_vec(), 3, true, 1),
        control @ (0..=31 | 127) => return (vec![b'^', control ^ 64], 2, true, 1),
        ascii @ 32..=126 => return (vec![ascii], 1, false, 1),
        _ => {}
    }
    let length = match text[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let decoded =
        text.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|s| s.chars().next());
    match decoded {
        Some(c) => match c.width() {
            Some(width) => (text[..length].to_vec(), width, false, length),
            None => {
                let shown = format!("<U+{:04X}>", u32::from(c)).into_bytes();
                let width = shown.len();
                (shown, width, true, length)
            }
        },
        None => (format!("<{:02X}>", text[0]).into_bytes(), 4, true, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &[u8], columns: usize, chop: bool, raw: bool) -> Vec<String> {
        let shape = Shape { columns, chop, shift: 0, raw, tab: 8 };
        rows(line, &shape, b"", &[]).into_iter().map(|row| String::from_utf8(row).unwrap()).collect()
    }

    #[test]
    fn long_lines_are_wrapped_or_cut() {
        assert_eq!(shown(b"abcdefgh", 3, false, false), ["abc", "def", "gh"]);
        assert_eq!(shown(b"abcdefgh", 3, true, false), ["abc"]);
        assert_eq!(shown("日本語".as_bytes(), 5, false, false), ["日本", "語"]);
        assert_eq!(shown(b"", 3, false, false), [""]);
        assert_eq!(shown(b"a\tb", 20, false, false), ["a       b"]);
    }

    #[test]
    fn what_cannot_be_shown_stands_out() {
        assert_eq!(shown(b"a\x01b", 20, false, false), ["a\x1b[m\x1b[7m^A\x1b[mb"]);
        assert_eq!(shown(b"\xff", 20, false, false), ["\x1b[m\x1b[7m<FF>\x1b[m"]);
        assert_eq!(shown(b"\x1b[1mx", 20, false, false), ["\x1b[m\x1b[7mESC\x1b[m[1mx"]);
    }

    #[test]
    fn colours_are_no_wider_and_go_on_in_the_next_row() {
        assert_eq!(shown(b"\x1b[31mabcd\x1b[0m", 3, false, true), ["\x1b[31mabc\x1b[m", "\x1b[31md\x1b[0m"]);
    }

    #[test]
    fn overstriking_is_bold_or_underlined() {
        assert_eq!(shown(b"a\x08a_\x08b", 20, false, false), ["\x1b[m\x1b[1ma\x1b[m\x1b[4mb\x1b[m"]);
    }

    #[test]
    fn matches_stand_out() {
        let shape = Shape { columns: 20, chop: false, shift: 0, raw: false, tab: 8 };
        assert_eq!(
            rows(b"abc", &shape, b"", std::slice::from_ref(&(1..2))),
            [b"a\x1b[m\x1b[7mb\x1b[mc".to_vec()]
        );
    }
}
