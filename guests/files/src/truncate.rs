//! truncate: files are cut or filled up to a size.

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::arguments::{self, About, NO, VALUE};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'c', NO, "no-create"),
            (b'o', NO, "io-blocks"),
            (b'r', VALUE, "reference"),
            (b's', VALUE, "size"),
        ],
        long: &[
            ("no-create", NO, "no-create"),
            ("io-blocks", NO, "io-blocks"),
            ("reference", VALUE, "reference"),
            ("size", VALUE, "size"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} OPTION... FILE...
Cuts files, or fills them up with zeros, to a size. Those that are not there are made.

  -c, --no-create        make no files
  -o, --io-blocks        SIZE counts blocks
  -r, --reference=FILE   to the size of FILE, or counted from it
  -s, --size=SIZE        to SIZE: a number with K, M, G and so on for powers of 1024, KB and so on for those of 1000
      --help, --version  this text, the version

In front of SIZE: + larger by it, - smaller, < at most, > at least, / down to a multiple, % up to one.
",
    trouble: 1,
    operands_end_options: false,
};

/// How a size follows from the one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Exactly,
    Plus,
    AtMost,
    AtLeast,
    DownTo,
    UpTo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    how: How,
    number: i64,
}

/// What a command line asks for.
struct Job {
    size: Option<Size>,
    reference: Option<i64>,
    counts_blocks: bool,
    creates: bool,
}

/// Why a command line cannot be followed.
enum Fault {
    Misuse(String),
    Trouble(String),
}

/// Runs truncate: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    match parse(&arguments) {
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => run.complain(what),
        Ok(job) => {
            for file in &arguments.operands {
                if let Err(what) = truncate(&job, file) {
                    run.complain(what);
                }
            }
        }
    }
    run.finish()
}

fn parse(arguments: &arguments::Arguments) -> Result<Job, Fault> {
    let misuse = |what: &str| Err(Fault::Misuse(what.to_owned()));
    let mut job = Job { size: None, reference: None, counts_blocks: false, creates: true };
    let mut reference = None;
    for (option, value) in &arguments.options {
        match (*option, value) {
            ("no-create", _) => job.creates = false,
            ("io-blocks", _) => job.counts_blocks = true,
            ("reference", value) => reference = value.clone(),
            ("size", Some(value)) => job.size = Some(Size::read(value)?),
            _ => {}
        }
    }
    if job.size.is_none() && reference.is_none() {
        return misuse("you must specify either '--size' or '--reference'");
    }
    if reference.is_some() && job.size.is_some_and(|size| size.how == How::Exactly) {
        return misuse("you must specify a relative '--size' with '--reference'");
    }
    if job.counts_blocks && job.size.is_none() {
        return misuse("'--io-blocks' was specified but '--size' was not");
    }
    if arguments.operands.is_empty() {
        return misuse("missing file operand");
    }
    if let Some(file) = reference {
        let stat = system::stat(&file).map_err(|errno| {
            Fault::Trouble(format!("cannot stat {}: {}", quoted_name(&file), reason(errno)))
        })?;
        job.reference = Some(i64::try_from(stat.size).unwrap_or(i64::MAX));
    }
    Ok(job)
}

impl Size {
    fn read(text: &[u8]) -> Result<Size, Fault> {
        let text = text.trim_ascii_start();
        let (how, digits) = match text.first() {
            Some(b'<') => (How::AtMost, &text[1..]),
            Some(b'>') => (How::AtLeast, &text[1..]),
            Some(b'/') => (How::DownTo, &text[1..]),
            Some(b'%') => (How::UpTo, &text[1..]),
            Some(b'+' | b'-') => (How::Plus, text),
            _ => (How::Exactly, text),
        };
        let digits = digits.trim_ascii_start();
        if !matches!(how, How::Plus | How::Exactly) && matches!(digits.first(), Some(b'+' | b'-')) {
            return Err(Fault::Misuse("multiple relative modifiers specified".to_owned()));
        }
        let invalid = || Fault::Trouble(format!("Invalid number: {}", quoted(digits)));
        let number = number(digits).ok_or_else(invalid)?;
        let number = i64::try_from(number).map_err(|_| {
            Fault::Trouble(format!(
                "Invalid number: {}: Value too large for defined data type",
                quoted(digits)
            ))
        })?;
        if number == 0 && matches!(how, How::DownTo | How::UpTo) {
            return Err(Fault::Trouble("division by zero".to_owned()));
        }
        Ok(Size { how, number })
    }
}

/// Reads a number with a sign and a suffix; where it is too large, some number that is.
fn number(text: &[u8]) -> Option<i128> {
    const TOO_LARGE: i128 = i128::MAX;
    let (sign, text) = match text.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1, text),
    };
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, suffix) = text.split_at(count);
    let number = digits
        .iter()
        .try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
    let number = if digits.is_empty() { Some(1) } else { number };
    let factor = match suffix.split_first() {
        None if digits.is_empty() => return None,
        None => Some(1),
        Some((letter, form)) => {
            let power = match letter {
                b'k' | b'K' => 1,
                b'm' | b'M' => 2,
                b'g' | b'G' => 3,
                b't' | b'T' => 4,
                b'P' => 5,
                b'E' => 6,
                b'Z' => 7,
                b'Y' => 8,
                _ => return None,
            };
            let base: i128 = match form {
                b"" | b"iB" => 1024,
                b"B" => 1000,
                _ => return None,
            };
            base.checked_pow(power)
        }
    };
    let product = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    Some(product.map_or(TOO_LARGE, |product| sign * product))
}

fn truncate(job: &Job, file: &[u8]) -> Result<(), String> {
    let name = quoted_name(file);
    let create = if job.creates { OFlags::CREATE } else { OFlags::empty() };
    let opened = match system::open(file, OFlags::WRONLY | OFlags::NONBLOCK | create, 0o666) {
        Err(Errno::NOENT) if !job.creates => return Ok(()),
        opened => opened.map_err(|errno| format!("cannot open {name} for writing: {}", reason(errno)))?,
    };
    let stat = system::stat_fd(&opened).map_err(|errno| format!("cannot fstat {name}: {}", reason(errno)))?;
    let there = job.reference.unwrap_or_else(|| i64::try_from(stat.size).unwrap_or(i64::MAX));
    let size = match job.size {
        None => there,
        Some(Size { how, number }) => {
            let bytes = if job.counts_blocks { BLOCK_BYTES } else { 1 };
            let number = number
                .checked_mul(bytes)
                .ok_or_else(|| format!("overflow in {number} * {bytes} byte blocks for file {name}"))?;
            match how {
                How::Exactly => number,
                How::AtMost => there.min(number),
                How::AtLeast => there.max(number),
                How::DownTo => there - there % number,
                How::UpTo if there % number == 0 => there,
                How::UpTo => (there - there % number)
                    .checked_add(number)
                    .ok_or_else(|| format!("overflow rounding up size of file {name}"))?,
                How::Plus => there
                    .checked_add(number)
                    .ok_or_else(|| format!("overflow extending size of file {name}"))?,
            }
        }
    };
    let size = u64::try_from(size).unwrap_or(0);
    rustix::io::retry_on_intr(|| rustix::fs::ftruncate(&opened, size))
        .map_err(|errno| format!("failed to truncate {name} at {size} bytes: {}", reason(errno)))
}

/// The bytes of a block that is read at once.
const BLOCK_BYTES: i64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_sign_and_a_suffix() {
        for (text, wanted) in [
            ("5", Some(5)),
            ("-5", Some(-5)),
            ("1K", Some(1024)),
            ("2kB", Some(2000)),
            ("1MiB", Some(1 << 20)),
            ("K", Some(1024)),
            ("", None),
            ("+", None),
            ("5b", None),
            ("1kib", None),
            ("1Q", None),
        ] {
            assert_eq!(number(text.as_bytes()), wanted, "{text}");
        }
        assert!(
            number(b"99999999999999999999999999999999999999999").is_some_and(|it| it > i128::from(i64::MAX))
        );
    }
}
