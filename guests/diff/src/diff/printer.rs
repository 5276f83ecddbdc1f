//! Lines on their way to the output: prefixes, tabs, colours, names.

use super::lines::Lines;
use super::options::{Job, Style};
use super::script::Change;
use crate::output::Output;

/// What a colour is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Header,
    Hunk,
    Old,
    New,
}

/// The sequences that switch colours on and off.
pub struct Palette([Vec<u8>; 5]);

impl Palette {
    /// GNU's colours, changed by a list like `hd=1:ad=32`.
    pub fn new(list: &[u8]) -> Palette {
        let mut colors: [Vec<u8>; 5] = ["1", "36", "31", "32", "0"].map(|color| color.as_bytes().to_vec());
        for entry in list.split(|byte| *byte == b':') {
            let Some(equals) = entry.iter().position(|byte| *byte == b'=') else { continue };
            let slot = match &entry[..equals] {
                b"hd" => 0,
                b"ln" => 1,
                b"de" => 2,
                b"ad" => 3,
                b"rs" => 4,
                _ => continue,
            };
            colors[slot] = entry[equals + 1..].to_vec();
        }
        Palette(colors)
    }
}

/// Two files and the way to the output.
pub struct Printer<'a> {
    pub out: &'a mut Output,
    pub job: &'a Job,
    pub files: [&'a Lines; 2],
    /// The names as heads show them.
    pub names: [&'a [u8]; 2],
    /// The times as heads show them.
    pub times: [&'a str; 2],
    pub palette: Option<&'a Palette>,
}

impl Printer<'_> {
    /// Writes the changes, in the style that was asked for.
    pub fn print(&mut self, changes: &[Change], shown: &[bool]) {
        match self.job.style {
            Style::Normal => self.normal(changes, shown),
            Style::Context | Style::Unified => self.with_context(changes, shown),
            Style::Ed => self.ed(changes, shown),
            Style::ForwardEd => self.forward_ed(changes, shown),
            Style::Rcs => self.rcs(changes, shown),
            Style::SideBySide => self.side_by_side(changes, shown),
            Style::Formats => self.by_formats(changes, shown),
        }
    }

    pub fn put(&mut self, bytes: &[u8]) {
        self.out.put(bytes);
    }

    pub fn begin(&mut self, paint: Paint) {
        if let Some(palette) = self.palette {
            let slot = match paint {
                Paint::Header => 0,
                Paint::Hunk => 1,
                Paint::Old => 2,
                Paint::New => 3,
            };
            self.out.put(b"\x1b[");
            self.out.put(&palette.0[slot]);
            self.out.put(b"m");
        }
    }

    pub fn end(&mut self) {
        if let Some(palette) = self.palette {
            self.out.put(b"\x1b[");
            self.out.put(&palette.0[4]);
            self.out.put(b"m");
        }
    }

    /// Writes a line with a prefix, and says so where it has no newline.
    pub fn line(&mut self, prefix: &[u8], line: &[u8], paint: Option<Paint>) {
        if let Some(paint) = paint {
            self.begin(paint);
        }
        self.put(prefix);
        // The newline is behind the colour's end.
        self.text(super::lines::content(line));
        if paint.is_some() {
            self.end();
        }
        self.put(b"\n");
        if !line.ends_with(b"\n") {
            self.put(b"\\ No newline at end of file\n");
        }
    }

    /// Writes text, with blanks for tabs where they were asked for.
    pub fn text(&mut self, text: &[u8]) {
        if !self.job.expand_tabs {
            self.out.put(text);
            return;
        }
        let mut column = 0;
        for byte in text {
            match byte {
                b'\t' => {
                    let next = (column / self.job.tab_size + 1) * self.job.tab_size;
                    self.blanks(next - column);
                    column = next;
                    continue;
                }
                b'\r' => column = 0,
                b'\x08' if column == 0 => continue,
                b'\x08' => column -= 1,
                byte => column += usize::from(!byte.is_ascii_control()),
            }
            self.out.put(&[*byte]);
        }
    }

    pub fn blanks(&mut self, mut count: usize) {
        const BLANKS: &[u8] = &[b' '; 64];
        while count > 0 {
            let some = count.min(BLANKS.len());
            self.out.put(&BLANKS[..some]);
            count -= some;
        }
    }
}

/// A name within a head: in quotes with the escapes of C where it could not be read otherwise.
pub fn head_name(name: &[u8]) -> Vec<u8> {
    let needs = |byte: &u8| byte.is_ascii_control() || matches!(byte, b' ' | b'"' | b'\\');
    if !name.iter().any(needs) {
        return name.to_vec();
    }
    let mut text = vec![b'"'];
    for byte in name {
        match byte {
            7 => text.extend(b"\\a"),
            8 => text.extend(b"\\b"),
            b'\t' => text.extend(b"\\t"),
            b'\n' => text.extend(b"\\n"),
            11 => text.extend(b"\\v"),
            12 => text.extend(b"\\f"),
            b'\r' => text.extend(b"\\r"),
            b'"' | b'\\' => text.extend([b'\\', *byte]),
            byte if byte.is_ascii_control() => text.extend(format!("\\{byte:03o}").into_bytes()),
            byte => text.push(*byte),
        }
    }
    text.push(b'"');
    text
}
