//! comm: which lines two sorted files have in common.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::wording::quoted;
use rustix::io::Errno;
use std::cmp::Ordering;

use crate::input::Input;
use crate::line::{self, Tool, fail, fail_file, flag};
use crate::output::Output;

const HELP: &str = "\
Usage: comm [OPTION]... FILE1 FILE2
Compare two sorted files, line by line. A FILE that is - is standard input.

Print three columns: lines only in FILE1, lines only in FILE2, lines in both.

  -1                        leave out the first column
  -2                        leave out the second column
  -3                        leave out the third column
      --check-order         fail when a file is not sorted, even where all lines have partners
      --nocheck-order       do not look whether the files are sorted
      --output-delimiter=TEXT  put TEXT before the second and third columns, not tabs
      --total               print how many lines each column has
  -z, --zero-terminated     lines end with NUL, not newline
      --help                print this text
      --version             print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'1'), flag(b'2'), flag(b'3'), flag(b'z')],
    long: &[
        ("check-order", Takes::Nothing, 'c'),
        ("nocheck-order", Takes::Nothing, 'n'),
        ("output-delimiter", Takes::Value, 'o'),
        ("total", Takes::Nothing, 't'),
        ("zero-terminated", Takes::Nothing, 'z'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "comm", help: HELP, syntax: &SYNTAX };

/// When the order of the lines is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Never,
    /// Once a line was found without a partner.
    Unpaired,
    Always,
}

struct Options {
    shown: [bool; 3],
    check: Check,
    delimiter: Vec<u8>,
    total: bool,
    ending: u8,
}

/// Runs comm: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options {
        shown: [true; 3],
        check: Check::Unpaired,
        delimiter: b"\t".to_vec(),
        total: false,
        ending: b'\n',
    };
    let mut given: Option<Vec<u8>> = None;
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        match option {
            '1' => options.shown[0] = false,
            '2' => options.shown[1] = false,
            '3' => options.shown[2] = false,
            'c' => options.check = Check::Always,
            'n' => options.check = Check::Never,
            'o' => {
                let value = value.unwrap_or_default();
                if given.as_ref().is_some_and(|given| *given != value) {
                    return Err(fail(frame, "multiple output delimiters specified"));
                }
                options.delimiter = if value.is_empty() { vec![0] } else { value.clone() };
                given = Some(value);
            }
            't' => options.total = true,
            _ => options.ending = 0,
        }
        Ok(())
    });
    match files.as_deref() {
        Err(status) => *status,
        Ok([]) => frame.misused("missing operand"),
        Ok([one]) => frame.misused(&format!("missing operand after {}", quoted(one))),
        Ok([one, two]) => run(frame, &options, [one, two]),
        Ok([_, _, extra, ..]) => frame.extra_operand(extra),
    }
}

/// One of the files, and its lines of late.
struct Side<'a> {
    name: &'a [u8],
    input: Input,
    /// The line that is compared; None: the end.
    line: Option<Vec<u8>>,
    /// The one before it.
    before: Option<Vec<u8>>,
    is_disordered: bool,
}

/// Why the comparing ends.
enum Stop<'a> {
    Failed(&'a [u8], Errno),
    Disordered,
}

struct Comm<'a> {
    frame: Frame<'a>,
    options: &'a Options,
    output: Output,
    counts: [u64; 3],
    is_unpaired_seen: bool,
}

fn run(frame: Frame<'_>, options: &Options, files: [&Vec<u8>; 2]) -> i32 {
    let mut output = Output::new(frame.program);
    let mut sides = Vec::new();
    for file in files {
        match Input::open(file) {
            Ok(input) => {
                sides.push(Side { name: file, input, line: None, before: None, is_disordered: false })
            }
            Err(errno) => return fail_file(frame, &mut output, file, errno),
        }
    }
    let [one, two] = sides.as_mut_slice() else { return 1 };
    let mut comm = Comm { frame, options, output, counts: [0; 3], is_unpaired_seen: false };
    match comm.compare(one, two) {
        Err(Stop::Failed(file, errno)) => return fail_file(frame, &mut comm.output, file, errno),
        Err(Stop::Disordered) => return 1,
        Ok(()) => {}
    }
    if options.total {
        let delimiter = &options.delimiter;
        for count in comm.counts {
            comm.output.write(count.to_string().as_bytes());
            comm.output.write(delimiter);
        }
        comm.output.write(b"total");
        comm.output.byte(options.ending);
    }
    comm.output.flush();
    if one.is_disordered || two.is_disordered { fail(frame, "input is not in sorted order") } else { 0 }
}

impl Comm<'_> {
    fn compare<'s>(&mut self, one: &mut Side<'s>, two: &mut Side<'s>) -> Result<(), Stop<'s>> {
        self.advance(one, 1)?;
        self.advance(two, 2)?;
        loop {
            let order = match (&one.line, &two.line) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.cmp(b),
            };
            match order {
                Ordering::Less => self.show(0, &one.line),
                Ordering::Greater => self.show(1, &two.line),
                Ordering::Equal => self.show(2, &one.line),
            }
            self.is_unpaired_seen |= order != Ordering::Equal;
            if order != Ordering::Greater {
                self.advance(one, 1)?;
            }
            if order != Ordering::Less {
                self.advance(two, 2)?;
            }
        }
    }

    /// Goes to the next line of a file.
    fn advance<'s>(&mut self, side: &mut Side<'s>, number: u8) -> Result<(), Stop<'s>> {
        let ending = self.options.ending;
        let line = side.input.line(ending).map_err(|errno| Stop::Failed(side.name, errno))?;
        let checks = match self.options.check {
            Check::Never => false,
            Check::Unpaired => self.is_unpaired_seen,
            Check::Always => true,
        };
        let is_end = line.is_none();
        let mut disordered = false;
        if let Some(line) = line {
            let line = line.strip_suffix(&[ending]).unwrap_or(line);
            disordered = checks && side.line.as_deref().is_some_and(|before| before > line);
            // The line before takes the new one's place: no allocation for each line.
            let mut room = side.before.take().unwrap_or_default();
            room.clear();
            room.extend_from_slice(line);
            side.before = side.line.replace(room);
        } else if let (Some(before), Some(line)) = (&side.before, &side.line) {
            // The last two lines may have been read before a line without a partner was seen.
            disordered = checks && before > line;
        }
        if is_end {
            side.line = None;
        }
        if disordered && !side.is_disordered {
            side.is_disordered = true;
            self.output.flush();
            self.frame.complain(&format!("file {number} is not in sorted order"));
            if self.options.check == Check::Always {
                return Err(Stop::Disordered);
            }
        }
        Ok(())
    }

    fn show(&mut self, column: usize, line: &Option<Vec<u8>>) {
        let shown = self.options.shown;
        if let Some(count) = self.counts.get_mut(column) {
            *count += 1;
        }
        if !shown.get(column).copied().unwrap_or(false) {
            return;
        }
        for before in shown.iter().take(column) {
            if *before {
                self.output.write(&self.options.delimiter);
            }
        }
        self.output.write(line.as_deref().unwrap_or_default());
        self.output.byte(self.options.ending);
    }
}
