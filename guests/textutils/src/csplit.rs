//! csplit: a file in pieces that patterns tell apart.
//!
//! It owns the command line and the pieces; [`pattern`] reads patterns, [`format`] makes names.

mod format;
mod pattern;

use std::fs::File;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::stdio;
use cli::wording::{name, quoted, quoted_name, reason};
use memchr::memchr_iter;

use crate::input::{Input, errno_of, path};
use crate::integer;
use crate::line::{self, Tool, fail, flag, valued};
use format::Names;
use pattern::{Pattern, Repeat, Target};

const HELP: &str = "\
Usage: csplit [OPTION]... FILE PATTERN...
Write the pieces of FILE that begin where PATTERNs say to files xx00, xx01 and so on, and print how long they are.

A FILE that is - is standard input.

  -b, --suffix-format=FORMAT  the suffixes are made by printf's FORMAT, not by %02d
  -f, --prefix=PREFIX         names begin with PREFIX, not with xx
  -k, --keep-files            do not remove the pieces when something goes wrong
      --suppress-matched      leave out the lines at which pieces begin
  -n, --digits=DIGITS         suffixes have DIGITS digits, not 2
  -s, --quiet, --silent       do not print how long the pieces are
  -z, --elide-empty-files     make no empty pieces
      --help                  print this text
      --version               print the version

A PATTERN is NUMBER: up to the line with the number; /REGEXP/[OFFSET]: up to the next line that matches;
%REGEXP%[OFFSET]: the same, but what stands before is left out; {NUMBER}: the PATTERN before it once more so many times;
{*}: as often as possible. OFFSET is so many lines behind the one that matches, or before it with a minus.
";

const SUPPRESS: char = 'S';

static SYNTAX: Syntax<char> = Syntax {
    short: &[valued(b'f'), valued(b'b'), flag(b'k'), valued(b'n'), flag(b's'), flag(b'q'), flag(b'z')],
    long: &[
        ("digits", Takes::Value, 'n'),
        ("quiet", Takes::Nothing, 's'),
        ("silent", Takes::Nothing, 's'),
        ("keep-files", Takes::Nothing, 'k'),
        ("elide-empty-files", Takes::Nothing, 'z'),
        ("prefix", Takes::Value, 'f'),
        ("suffix-format", Takes::Value, 'b'),
        ("suppress-matched", Takes::Nothing, SUPPRESS),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "csplit", help: HELP, syntax: &SYNTAX };

#[derive(Default)]
struct Options {
    prefix: Option<Vec<u8>>,
    format: Option<Vec<u8>>,
    digits: Option<usize>,
    keeps: bool,
    suppresses: bool,
    is_quiet: bool,
    elides: bool,
}

/// Runs csplit: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options::default();
    let operands = line::read(frame, &TOOL, arguments, &mut |option, value| {
        let value = value.unwrap_or_default();
        match option {
            'f' => options.prefix = Some(value),
            'b' => options.format = Some(value),
            'k' => options.keeps = true,
            'n' => {
                let digits = integer::unsigned(frame, "invalid number", &value, 0, i64::from(i32::MAX))?;
                options.digits = usize::try_from(digits).ok();
            }
            'z' => options.elides = true,
            SUPPRESS => options.suppresses = true,
            _ => options.is_quiet = true,
        }
        Ok(())
    });
    match operands.and_then(|operands| run(frame, &options, &operands)) {
        Ok(()) => 0,
        Err(status) => status,
    }
}

fn run(frame: Frame<'_>, options: &Options, operands: &[Vec<u8>]) -> Result<(), i32> {
    let (file, texts) = match operands {
        [] => return Err(frame.misused("missing operand")),
        [only] => return Err(frame.misused(&format!("missing operand after {}", quoted(only)))),
        [file, texts @ ..] => (file, texts),
    };
    let names = Names::new(
        options.prefix.as_deref().unwrap_or(b"xx"),
        options.format.as_deref(),
        options.digits.unwrap_or(2),
    )
    .map_err(|what| fail(frame, &what))?;
    let patterns = pattern::parse(frame, texts)?;
    let cannot =
        |errno| fail(frame, &format!("cannot open {} for reading: {}", quoted_name(file), reason(errno)));
    let mut input = Input::open(file).map_err(cannot)?;
    let mut text = Vec::new();
    input.read_to_end(&mut text).map_err(|errno| fail(frame, &format!("read error: {}", reason(errno))))?;
    let mut starts: Vec<usize> = vec![0];
    starts.extend(memchr_iter(b'\n', &text).map(|end| end + 1));
    if starts.last() == Some(&text.len()) {
        starts.pop();
    }
    let mut split = Split { frame, options, text, starts, names, made: Vec::new(), line: 0, searched: 0 };
    let done = patterns.iter().try_for_each(|pattern| split.pattern(pattern));
    let done = done.and_then(|()| {
        let rest = split.bytes(split.line, split.starts.len()).to_vec();
        split.write(&rest)
    });
    done.map_err(|wrong| match wrong {
        Wrong::Pattern(what, lines) => {
            frame.complain(&what);
            // What was read in vain is a piece all the same.
            if let Some((from, to)) = lines {
                let rest = split.bytes(from, to).to_vec();
                let _ = split.write(&rest);
            }
            split.remove()
        }
        Wrong::Told => split.remove(),
    })
}

/// Why the splitting ends.
enum Wrong {
    /// The complaint, and the lines of the last piece.
    Pattern(String, Option<(usize, usize)>),
    /// The complaint was made.
    Told,
}

struct Split<'a> {
    frame: Frame<'a>,
    options: &'a Options,
    text: Vec<u8>,
    /// Where each line begins.
    starts: Vec<usize>,
    names: Names,
    made: Vec<Vec<u8>>,
    /// The line at which the next piece begins.
    line: usize,
    /// The line from which the next match is looked for.
    searched: usize,
}

impl Split<'_> {
    fn bytes(&self, from: usize, to: usize) -> &[u8] {
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        self.text.get(at(from)..at(to)).unwrap_or_default()
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result<(), Wrong> {
        let mut round = 0;
        loop {
            match pattern.repeat {
                Repeat::Times(times) if round > times => return Ok(()),
                Repeat::Times(_) | Repeat::Always => {}
            }
            let went_on = match &pattern.target {
                Target::Line(number) => self.up_to_line(*number, round)?,
                Target::Match { .. } => self.up_to_match(pattern, round)?,
            };
            if !went_on {
                return Ok(());
            }
            round += 1;
        }
    }

    fn on_repetition(round: u64) -> String {
        if round > 0 { format!(" on repetition {round}") } else { String::new() }
    }

    fn up_to_line(&mut self, number: usize, round: u64) -> Result<bool, Wrong> {
        let factor = usize::try_from(round).unwrap_or(usize::MAX).saturating_add(1);
        let target = number.saturating_mul(factor) - 1;
        let lines = self.starts.len();
        if target >= lines {
            let shown = quoted(number.to_string().as_bytes());
            let what = format!("{shown}: line number out of range{}", Self::on_repetition(round));
            return Err(Wrong::Pattern(what, Some((self.line, lines))));
        }
        let from = self.line;
        self.piece(from, target.max(from))?;
        self.line = target.max(from);
        if self.options.suppresses {
            self.line += 1;
        }
        self.searched = self.line;
        Ok(true)
    }

    fn up_to_match(&mut self, pattern: &Pattern, round: u64) -> Result<bool, Wrong> {
        let Target::Match { regex, offset, skips } = &pattern.target else { return Ok(false) };
        let lines = self.starts.len();
        let found = (self.searched..lines).find(|line| {
            let bytes = self.bytes(*line, line + 1);
            regex.is_match(bytes.strip_suffix(b"\n").unwrap_or(bytes))
        });
        let Some(found) = found else {
            if pattern.repeat == Repeat::Always {
                return Ok(false);
            }
            let what = format!("{}: match not found{}", quoted(&pattern.text), Self::on_repetition(round));
            return Err(Wrong::Pattern(what, (!skips).then_some((self.line, lines))));
        };
        let target = i64::try_from(found).unwrap_or(i64::MAX).saturating_add(*offset);
        let target = usize::try_from(target).ok().filter(|target| *target >= self.line);
        let Some(target) = target.filter(|target| *target <= lines) else {
            let what = format!("{}: line number out of range", quoted(&pattern.text));
            let last = if *offset < 0 { self.line } else { lines };
            return Err(Wrong::Pattern(what, (!skips).then_some((self.line, last))));
        };
        if !skips {
            let from = self.line;
            self.piece(from, target)?;
        }
        self.line = target;
        // The line at which a piece begins matched before.
        self.searched = target.max(found) + 1;
        if self.options.suppresses {
            self.line += 1;
        }
        Ok(true)
    }

    fn piece(&mut self, from: usize, to: usize) -> Result<(), Wrong> {
        let bytes = self.bytes(from, to).to_vec();
        self.write(&bytes)
    }

    /// Writes a piece.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        if bytes.is_empty() && self.options.elides {
            return Ok(());
        }
        let file_name = self.names.name(self.made.len());
        let frame = self.frame;
        let fails = |errno| {
            frame.complain(&format!("{}: {}", name(&file_name), reason(errno)));
            Wrong::Told
        };
        let file = File::create(path(&file_name)).map_err(|error| fails(errno_of(&error)))?;
        self.made.push(file_name.clone());
        stdio::write_all(&file, bytes).map_err(fails)?;
        if !self.options.is_quiet {
            stdio::print(format!("{}\n", bytes.len()).as_bytes()).map_err(|errno| {
                frame.complain(&format!("write error: {}", reason(errno)));
                Wrong::Told
            })?;
        }
        Ok(())
    }

    /// Removes the pieces, unless they are to be kept; the status.
    fn remove(&mut self) -> i32 {
        if !self.options.keeps {
            for file in self.made.drain(..) {
                // What cannot be removed stays.
                let _ = std::fs::remove_file(path(&file));
            }
        }
        1
    }
}
