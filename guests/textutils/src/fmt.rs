//! fmt: paragraphs filled to lines of about the same length.
//!
//! Where lines break is the cheapest of all ways: [`cost`] owns what a way costs. The numbers there were found by
//! asking GNU's fmt 9.1 about texts that were made for the purpose; its manual names only the preferences.

mod cost;
mod paragraph;

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{quoted, quoted_name, reason};

use crate::input::Input;
use crate::output::Output;
use paragraph::Filler;

const HELP: &str = "\
Usage: fmt [-WIDTH] [OPTION]... [FILE]...
Fill the paragraphs of each FILE: join short lines, break long ones.

Without a FILE, and for a FILE that is -, read standard input.

  -c, --crown-margin       keep the indents of a paragraph's first two lines; the others have the second one's
  -p, --prefix=TEXT        fill only lines that begin with TEXT, which is put in front again
  -s, --split-only         break long lines, join none
  -t, --tagged-paragraph   as -c, and a first line indented as the second is a paragraph of its own
  -u, --uniform-spacing    one blank between words, two between sentences
  -w, --width=WIDTH        lines are shorter than WIDTH, 75 if not said; as first option -WIDTH does as well
  -g, --goal=WIDTH         and as near to this as can be, 93% of the width if not said
      --help               print this text
      --version            print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'0', Takes::Nothing, '0'),
        (b'1', Takes::Nothing, '1'),
        (b'2', Takes::Nothing, '2'),
        (b'3', Takes::Nothing, '3'),
        (b'4', Takes::Nothing, '4'),
        (b'5', Takes::Nothing, '5'),
        (b'6', Takes::Nothing, '6'),
        (b'7', Takes::Nothing, '7'),
        (b'8', Takes::Nothing, '8'),
        (b'9', Takes::Nothing, '9'),
        (b'c', Takes::Nothing, 'c'),
        (b's', Takes::Nothing, 's'),
        (b't', Takes::Nothing, 't'),
        (b'u', Takes::Nothing, 'u'),
        (b'p', Takes::Value, 'p'),
        (b'w', Takes::Value, 'w'),
        (b'g', Takes::Value, 'g'),
    ],
    long: &[
        ("crown-margin", Takes::Nothing, 'c'),
        ("prefix", Takes::Value, 'p'),
        ("split-only", Takes::Nothing, 's'),
        ("tagged-paragraph", Takes::Nothing, 't'),
        ("uniform-spacing", Takes::Nothing, 'u'),
        ("width", Takes::Value, 'w'),
        ("goal", Takes::Value, 'g'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// How wide a line may be told to be.
const WIDTH_MAX: usize = 2500;

/// What a command line asks for.
#[derive(Clone, Default)]
struct Fmt {
    crown: bool,
    tagged: bool,
    split: bool,
    uniform: bool,
    width: usize,
    goal: usize,
    /// What stands before lines that are filled, without blanks around, and the blanks before it.
    prefix: Vec<u8>,
    prefix_lead: usize,
    /// The length of the prefix with the blanks behind it.
    prefix_full: usize,
}

/// Runs fmt: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    // `-WIDTH` is the old form of `-w WIDTH`, and only in front.
    if let Some(first) = arguments.first_mut()
        && first.first() == Some(&b'-')
        && first.get(1).is_some_and(u8::is_ascii_digit)
    {
        first.insert(1, b'w');
    }
    let (fmt, files) = match parse(frame, arguments) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let mut output = Output::new(program);
    let mut status = 0;
    for file in &files {
        match Input::open(file) {
            Err(errno) => {
                output.flush();
                frame.complain(&format!("cannot open {} for reading: {}", quoted_name(file), reason(errno)));
                status = 1;
            }
            Ok(mut input) => {
                if Filler::new(&fmt, &mut output).file(&mut input).is_err() {
                    output.flush();
                    frame.complain("read error");
                    status = 1;
                }
            }
        }
    }
    status
}

fn parse(frame: Frame<'_>, arguments: Vec<Vec<u8>>) -> Result<(Fmt, Vec<Vec<u8>>), i32> {
    let mut fmt = Fmt::default();
    let (mut width, mut goal) = (None, None);
    let mut words = Words::new(&SYNTAX, arguments);
    let mut files = Vec::new();
    while let Some(next) = words.next().map_err(|what| frame.misused(&what))? {
        let (option, value) = match next {
            Next::Operand(file) => {
                files.push(file);
                continue;
            }
            Next::Option { option, value, .. } => (option, value.unwrap_or_default()),
        };
        match option {
            'c' => fmt.crown = true,
            's' => fmt.split = true,
            't' => fmt.tagged = true,
            'u' => fmt.uniform = true,
            'w' => width = Some(value),
            'g' => goal = Some(value),
            'p' => {
                let lead = value.iter().take_while(|byte| **byte == b' ').count();
                fmt.prefix_lead = lead;
                fmt.prefix = value.get(lead..).unwrap_or_default().to_vec();
                fmt.prefix_full = fmt.prefix.len();
                while fmt.prefix.last() == Some(&b' ') {
                    fmt.prefix.pop();
                }
            }
            frame::HELP => return Err(frame.show(HELP)),
            frame::VERSION => return Err(frame.show(&version("fmt"))),
            digit => {
                frame.complain(&format!(
                    "invalid option -- {digit}; -WIDTH is recognized only when it is the first\noption; use -w N instead"
                ));
                return Err(frame.try_help());
            }
        }
    }
    let number = |text: &[u8], most: usize| -> Result<usize, i32> {
        let digits = String::from_utf8_lossy(text).trim_start().trim_start_matches('+').to_owned();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let found = digits.parse::<usize>();
        match found {
            Ok(found) if found <= most => Ok(found),
            _ => {
                let why = if is_number { ": Numerical result out of range" } else { "" };
                frame.complain(&format!("invalid width: {}{why}", quoted(text)));
                Err(1)
            }
        }
    };
    let width = width.map(|width| number(&width, WIDTH_MAX)).transpose()?;
    match goal {
        Some(goal) => {
            fmt.goal = number(&goal, width.unwrap_or(75))?;
            fmt.width = width.unwrap_or(fmt.goal + 10);
        }
        None => {
            fmt.width = width.unwrap_or(75);
            fmt.goal = fmt.width * 187 / 200;
        }
    }
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    Ok((fmt, files))
}
