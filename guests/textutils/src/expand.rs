//! expand: spaces in the place of tabs. Characters are bytes, as they are to GNU's.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use memchr::{memchr, memrchr};
use rustix::io::Errno;

use crate::input::Input;
use crate::line::{self, Tool, fail_file, flag, valued};
use crate::output::Output;
use crate::tabs::{self, Stops};

const HELP: &str = "\
Usage: expand [OPTION]... [FILE]...
Print each FILE with spaces in the place of its tabs.

Without a FILE, and for a FILE that is -, read standard input.

  -i, --initial     leave tabs behind other characters than blanks
  -t, --tabs=N      tabs are N columns apart, not 8
  -t, --tabs=LIST   tabs end at these columns, with commas between them; behind them, one column each, or with a last
                    /N at the multiples of N, or with a last +N every N columns
      --help        print this text
      --version     print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        flag(b'i'),
        valued(b't'),
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
    long: &[("tabs", Takes::Value, 't'), ("initial", Takes::Nothing, 'i'), line::HELP, line::VERSION],
};

static TOOL: Tool = Tool { name: "expand", help: HELP, syntax: &SYNTAX };

struct Expand {
    stops: Stops,
    only_initial: bool,
    output: Output,
    column: u64,
    /// Only blanks have been in the line.
    is_initial: bool,
}

/// Runs expand: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut stops, mut only_initial) = (Stops::default(), false);
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        match option {
            'i' => only_initial = true,
            _ => stops.add_list(frame, &tabs::with_digit(option, value))?,
        }
        Ok(())
    });
    let files = match files.and_then(|files| stops.check(frame).map(|()| files)) {
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    let output = Output::new(program);
    let mut expand = Expand { stops, only_initial, output, column: 0, is_initial: true };
    let mut status = 0;
    for file in &files {
        let expanded = Input::open(file).and_then(|mut input| expand.file(&mut input));
        if let Err(errno) = expanded {
            status = fail_file(frame, &mut expand.output, file, errno);
        }
    }
    status
}

/// What tabs are written from.
const SPACES: [u8; 64] = [b' '; 64];

impl Expand {
    fn file(&mut self, input: &mut Input) -> Result<(), Errno> {
        loop {
            match input.chunk()? {
                [] => return Ok(()),
                chunk if self.only_initial => self.initial(chunk),
                chunk => self.chunk(chunk),
            }
        }
    }

    fn chunk(&mut self, chunk: &[u8]) {
        let has_backspaces = memchr(8, chunk).is_some();
        let mut rest = chunk;
        while let Some(tab) = memchr(b'\t', rest) {
            self.text(&rest[..tab], has_backspaces);
            self.tab();
            rest = &rest[tab + 1..];
        }
        self.text(rest, has_backspaces);
    }

    /// Writes bytes without tabs.
    #[inline]
    fn text(&mut self, text: &[u8], has_backspaces: bool) {
        self.output.write(text);
        let line = match memrchr(b'\n', text) {
            Some(newline) => {
                self.column = 0;
                &text[newline + 1..]
            }
            None => text,
        };
        if has_backspaces {
            for byte in line {
                self.column = if *byte == 8 { self.column.saturating_sub(1) } else { self.column + 1 };
            }
        } else {
            self.column += line.len() as u64;
        }
    }

    #[inline]
    fn tab(&mut self) {
        let stop = self.stops.after(self.column).unwrap_or(self.column + 1);
        let mut left = stop - self.column;
        while left > 0 {
            let piece = left.min(SPACES.len() as u64);
            self.output.write(&SPACES[..piece as usize]);
            left -= piece;
        }
        self.column = stop;
    }

    /// Expands only the tabs at the beginnings of lines.
    fn initial(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while let Some((first, others)) = rest.split_first() {
            if !self.is_initial {
                let end = memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
                self.output.write(&rest[..end]);
                self.is_initial = rest[..end].last() == Some(&b'\n');
                self.column = 0;
                rest = &rest[end..];
                continue;
            }
            match first {
                b'\t' => self.tab(),
                _ => {
                    self.output.byte(*first);
                    self.column = if *first == b'\n' { 0 } else { self.column + 1 };
                    self.is_initial = matches!(first, b' ' | b'\n');
                }
            }
            rest = others;
        }
    }
}
