//! factor: the primes that numbers are made of.
//!
//! It owns the command line and the numbers' digits; [`prime`] finds the factors.

mod prime;

use cli::frame::Frame;
use cli::getopt::Syntax;
use cli::wording::quoted;

use crate::input::Input;
use crate::line::{self, Tool, fail_file};
use crate::output::Output;

const HELP: &str = "\
Usage: factor [OPTION] [NUMBER]...
Print the prime factors of each NUMBER. Without a NUMBER, read them from standard input.

      --help     print this text
      --version  print the version
";

static SYNTAX: Syntax<char> = Syntax { short: &[], long: &[line::HELP, line::VERSION] };

static TOOL: Tool = Tool { name: "factor", help: HELP, syntax: &SYNTAX };

/// Runs factor: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let numbers = match line::read(frame, &TOOL, arguments, &mut |_, _| Ok(())) {
        Ok(numbers) => numbers,
        Err(status) => return status,
    };
    let mut output = Output::new(program);
    let mut status = 0;
    if !numbers.is_empty() {
        for number in &numbers {
            let start = number.iter().position(|byte| *byte != b' ').unwrap_or(number.len());
            status |= factor(frame, &mut output, &number[start..]);
        }
        return status;
    }
    let mut input = Input::stdin();
    loop {
        match input.line(b'\n') {
            Ok(None) => return status,
            Ok(Some(line)) => {
                let words = line.split(|byte| matches!(byte, b' ' | b'\t' | b'\n'));
                for word in words.filter(|word| !word.is_empty()) {
                    status |= factor(frame, &mut output, word);
                }
            }
            Err(errno) => return fail_file(frame, &mut output, b"-", errno),
        }
    }
}

/// Prints the factors of a number; the status.
fn factor(frame: Frame<'_>, output: &mut Output, text: &[u8]) -> i32 {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        output.flush();
        frame.complain(&format!("{} is not a valid positive integer", quoted(text)));
        return 1;
    }
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count().min(digits.len() - 1);
    let digits = &digits[zeros..];
    let Some(factors) = prime::factors(digits) else {
        output.flush();
        frame.complain(&format!("{} is too large", quoted(text)));
        return 1;
    };
    output.write(digits);
    output.byte(b':');
    for factor in factors {
        output.write(format!(" {factor}").as_bytes());
    }
    output.byte(b'\n');
    0
}
