//! unexpand: tabs in the place of blanks. Characters are bytes, as they are to GNU's.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use memchr::memchr;
use rustix::io::Errno;

use crate::input::Input;
use crate::line::{self, Tool, fail_file, flag, valued};
use crate::output::Output;
use crate::tabs::Stops;

const HELP: &str = "\
Usage: unexpand [OPTION]... [FILE]...
Print each FILE with tabs in the place of the blanks that its lines begin with.

Without a FILE, and for a FILE that is -, read standard input.

  -a, --all         put tabs in the place of all blanks
      --first-only  only of those that lines begin with, whatever else is asked for
  -t, --tabs=N      tabs are N columns apart, not 8; means -a
  -t, --tabs=LIST   tabs end at these columns, with commas between them; behind them, none, or with a last /N at the
                    multiples of N, or with a last +N every N columns; means -a
      --help        print this text
      --version     print the version
";

const FIRST_ONLY: char = 'f';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        flag(b'a'),
        valued(b't'),
        flag(b','),
        flag(b'0'),
        flag(b'1'),
        flag(b'2'),
        flag(b'3'),
        flag(b'4'),
        flag(b'5'),
        flag(b'6'),
        flag(b'7'),
        flag(b'8'),
        flag(b'9'),
    ],
    long: &[
        ("tabs", Takes::Value, 't'),
        ("all", Takes::Nothing, 'a'),
        ("first-only", Takes::Nothing, FIRST_ONLY),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "unexpand", help: HELP, syntax: &SYNTAX };

struct Unexpand {
    stops: Stops,
    all: bool,
    output: Output,
    column: u64,
    /// The rest of the line stays as it is.
    is_done: bool,
    /// The blanks that have been read: where they begin, and how many bytes they are.
    run: Option<Run>,
}

#[derive(Clone, Copy)]
struct Run {
    start: u64,
    is_one_space: bool,
}

/// Runs unexpand: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut stops, mut all, mut first_only) = (Stops::default(), false, false);
    let mut number: Option<u64> = None;
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        match option {
            'a' => all = true,
            't' => {
                all = true;
                stops.add_list(frame, &value.unwrap_or_default())?;
            }
            FIRST_ONLY => first_only = true,
            ',' => number.take().into_iter().for_each(|number| stops.add(number)),
            digit => {
                let digit = u64::from(digit.to_digit(10).unwrap_or(0));
                let grown = number.unwrap_or(0).checked_mul(10).and_then(|sum| sum.checked_add(digit));
                number = Some(grown.ok_or_else(|| line::fail(frame, "tab stop value is too large"))?);
            }
        }
        Ok(())
    });
    number.into_iter().for_each(|number| stops.add(number));
    let files = match files.and_then(|files| stops.check(frame).map(|()| files)) {
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    let output = Output::new(program);
    let all = all && !first_only;
    let mut unexpand = Unexpand { stops, all, output, column: 0, is_done: false, run: None };
    let mut status = 0;
    for file in &files {
        let done = Input::open(file).and_then(|mut input| unexpand.file(&mut input));
        if let Err(errno) = done {
            status = fail_file(frame, &mut unexpand.output, file, errno);
        }
    }
    unexpand.end_run();
    status
}

impl Unexpand {
    fn file(&mut self, input: &mut Input) -> Result<(), Errno> {
        loop {
            match input.chunk()? {
                [] => return Ok(()),
                chunk => self.chunk(chunk),
            }
        }
    }

    fn chunk(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while let Some((first, others)) = rest.split_first() {
            if self.is_done {
                let Some(newline) = memchr(b'\n', rest) else {
                    self.output.write(rest);
                    return;
                };
                self.output.write(&rest[..=newline]);
                self.new_line();
                rest = &rest[newline + 1..];
            } else if matches!(first, b' ' | b'\t') {
                // One behind the last stop stays, as all of the line does then.
                if self.blank(*first) {
                    rest = others;
                }
            } else {
                self.end_run();
                let end = rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | 8));
                let (text, others) = rest.split_at(end.unwrap_or(rest.len()).max(1));
                self.output.write(text);
                rest = others;
                match first {
                    b'\n' => self.new_line(),
                    8 => self.column = self.column.saturating_sub(1),
                    _ => self.column += text.len() as u64,
                }
                self.is_done |= !self.all && *first != b'\n';
            }
        }
    }

    fn new_line(&mut self) {
        (self.column, self.is_done, self.run) = (0, false, None);
    }

    /// Takes a blank; answers no where there is no stop for it.
    fn blank(&mut self, blank: u8) -> bool {
        let Some(stop) = self.stops.after(self.column) else {
            self.end_run();
            self.is_done = true;
            return false;
        };
        self.run = Some(match self.run {
            Some(run) => Run { is_one_space: false, ..run },
            None => Run { start: self.column, is_one_space: blank == b' ' },
        });
        self.column = if blank == b' ' { self.column + 1 } else { stop };
        true
    }

    /// Writes the blanks that have been read.
    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        if run.is_one_space {
            return self.output.byte(b' ');
        }
        let mut column = run.start;
        while let Some(stop) = self.stops.after(column).filter(|stop| *stop <= self.column) {
            self.output.byte(b'\t');
            column = stop;
        }
        for _ in column..self.column {
            self.output.byte(b' ');
        }
    }
}
