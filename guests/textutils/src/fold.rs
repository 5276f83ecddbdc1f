//! fold: lines that are too wide, in several. Characters are bytes, as they are to GNU's.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use memchr::{memchr, memchr3, memrchr2};
use rustix::io::Errno;

use crate::input::Input;
use crate::line::{self, Tool, fail_file, flag, valued};
use crate::output::Output;
use crate::{integer, tabs};

const HELP: &str = "\
Usage: fold [OPTION]... [FILE]...
Break the lines of each FILE that are too wide.

Without a FILE, and for a FILE that is -, read standard input.

  -b, --bytes         count bytes, whatever they are; not the columns of tabs and backspaces
  -s, --spaces        break behind blanks
  -w, --width=WIDTH   lines are at most WIDTH columns wide, not 80
      --help          print this text
      --version       print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        flag(b'b'),
        flag(b's'),
        valued(b'w'),
        (b'0', Takes::MaybeValue, '0'),
        (b'1', Takes::MaybeValue, '1'),
        (b'2', Takes::MaybeValue, '2'),
        (b'3', Takes::MaybeValue, '3'),
        (b'4', Takes::MaybeValue, '4'),
        (b'5', Takes::MaybeValue, '5'),
        (b'6', Takes::MaybeValue, '6'),
        (b'7', Takes::MaybeValue, '7'),
        (b'8', Takes::MaybeValue, '8'),
        (b'9', Takes::MaybeValue, '9'),
    ],
    long: &[
        ("bytes", Takes::Nothing, 'b'),
        ("spaces", Takes::Nothing, 's'),
        ("width", Takes::Value, 'w'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "fold", help: HELP, syntax: &SYNTAX };

struct Fold {
    width: usize,
    by_bytes: bool,
    at_blanks: bool,
    output: Output,
    /// The line that is being filled, where it came in pieces.
    held: Vec<u8>,
    column: usize,
}

/// Runs fold: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut width, mut by_bytes, mut at_blanks) = (80, false, false);
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        match option {
            'b' => by_bytes = true,
            's' => at_blanks = true,
            _ => {
                let text = tabs::with_digit(option, value);
                width = integer::unsigned(frame, "invalid number of columns", &text, 1, i64::MAX - 9)?;
            }
        }
        Ok(())
    });
    let files = match files {
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let output = Output::new(program);
    let mut fold = Fold { width, by_bytes, at_blanks, output, held: Vec::new(), column: 0 };
    let mut status = 0;
    for file in &files {
        let folded = Input::open(file).and_then(|mut input| fold.file(&mut input));
        if let Err(errno) = folded {
            status = fail_file(frame, &mut fold.output, file, errno);
        }
    }
    status
}

impl Fold {
    fn file(&mut self, input: &mut Input) -> Result<(), Errno> {
        let read = loop {
            match input.chunk() {
                Ok([]) => break Ok(()),
                Ok(chunk) => self.chunk(chunk),
                Err(errno) => break Err(errno),
            }
        };
        self.output.write(&self.held);
        self.held.clear();
        self.column = 0;
        read
    }

    fn chunk(&mut self, chunk: &[u8]) {
        let is_plain = self.by_bytes || memchr3(b'\t', 8, b'\r', chunk).is_none();
        if is_plain && !self.at_blanks && self.held.is_empty() {
            return self.plain(chunk);
        }
        let mut rest = chunk;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, others) = rest.split_at(end + 1);
            rest = others;
            if is_plain && self.held.is_empty() && end <= self.width {
                self.output.write(line);
                continue;
            }
            self.part(line.get(..end).unwrap_or_default(), is_plain);
            self.held.push(b'\n');
            self.output.write(&self.held);
            self.held.clear();
            self.column = 0;
        }
        self.part(rest, is_plain);
    }

    /// Folds bytes that are a column each, from the beginning of a line: what need not be touched is written at once.
    fn plain(&mut self, chunk: &[u8]) {
        let (mut written, mut start) = (0, 0);
        while let Some(end) = memchr(b'\n', &chunk[start..]) {
            if end > self.width {
                self.output.write(&chunk[written..start]);
                let mut pieces = chunk[start..start + end].chunks(self.width).peekable();
                while let Some(piece) = pieces.next() {
                    self.output.write(piece);
                    if pieces.peek().is_some() {
                        self.output.byte(b'\n');
                    }
                }
                written = start + end;
            }
            start += end + 1;
        }
        self.output.write(&chunk[written..start]);
        self.part(&chunk[start..], true);
    }

    /// Adds a part of a line.
    fn part(&mut self, part: &[u8], is_plain: bool) {
        if is_plain && self.column == self.held.len() {
            return self.plain_part(part);
        }
        for byte in part {
            self.byte(*byte);
        }
    }

    /// The same for bytes that are a column each, behind such.
    fn plain_part(&mut self, mut part: &[u8]) {
        while self.held.len() + part.len() > self.width {
            let (piece, rest) = part.split_at(self.width.saturating_sub(self.held.len()));
            self.held.extend_from_slice(piece);
            part = rest;
            self.break_line();
        }
        self.held.extend_from_slice(part);
        self.column = self.held.len();
    }

    /// Writes a line of what is held, which is as wide as may be.
    fn break_line(&mut self) {
        let blank = if self.at_blanks { memrchr2(b' ', b'\t', &self.held) } else { None };
        let length = blank.map_or(self.held.len(), |blank| blank + 1);
        self.output.write(&self.held[..length]);
        self.output.byte(b'\n');
        self.held.drain(..length);
        self.column = self.held.iter().fold(0, |column, byte| self.after(column, *byte));
    }

    fn byte(&mut self, byte: u8) {
        loop {
            let column = self.after(self.column, byte);
            if column <= self.width || self.held.is_empty() {
                self.held.push(byte);
                self.column = column;
                return;
            }
            self.break_line();
        }
    }

    /// The column behind a byte.
    fn after(&self, column: usize, byte: u8) -> usize {
        match byte {
            _ if self.by_bytes => column + 1,
            8 => column.saturating_sub(1),
            b'\r' => 0,
            b'\t' => column + 8 - column % 8,
            _ => column + 1,
        }
    }
}
