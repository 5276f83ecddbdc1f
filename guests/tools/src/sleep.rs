//! sleep: nothing, for a time.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;
use std::time::Duration;

use crate::duration;

const HELP: &str = "\
Usage: sleep NUMBER[UNIT]...
Wait for the sum of the NUMBERs: of seconds, or of the UNIT s, m (minutes), h (hours) or d (days).

      --help               print this text
      --version            print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[],
    long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
};

/// Runs sleep: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut sum, mut count, mut is_wrong) = (Some(Duration::ZERO), 0, false);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                count += 1;
                match duration::parse(&word) {
                    // For ever and something is for ever.
                    Ok(time) => sum = sum.and_then(|sum| sum.checked_add(time?)),
                    Err(()) => {
                        frame.complain(&format!("invalid time interval {}", quoted(&word)));
                        is_wrong = true;
                    }
                }
            }
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return frame.show(HELP),
            Ok(Some(Next::Option { .. })) => return frame.show(&version("sleep")),
        }
    }
    if count == 0 {
        return frame.misused("missing operand");
    }
    if is_wrong {
        return frame.try_help();
    }
    match sum {
        Some(sum) => std::thread::sleep(sum),
        None => loop {
            std::thread::sleep(Duration::from_secs(1 << 30));
        },
    }
    0
}
