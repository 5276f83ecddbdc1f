//! uuidgen: a new UUID, random or by the time.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};

use crate::accounts;

const HELP: &str = "
Usage:
 uuidgen [options]

Print a new UUID.

Options:
 -r, --random        a random one (the default)
 -t, --time          one by the time
 -h, --help     print this text
 -V, --version  print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'r', Takes::Nothing, 'r'),
        (b't', Takes::Nothing, 't'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("random", Takes::Nothing, 'r'),
        ("time", Takes::Nothing, 't'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Runs uuidgen: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut by_time = false;
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(_))) => {}
            Ok(Some(Next::Option { option, .. })) => match option {
                'r' => by_time = false,
                't' => by_time = true,
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("uuidgen")),
            },
        }
    }
    let random = match std::fs::read_to_string("/proc/sys/kernel/random/uuid") {
        Ok(text) => text.trim_end().to_owned(),
        Err(error) => {
            let why = cli::wording::reason(crate::launch::errno_of(&error));
            frame.complain(&format!("/proc/sys/kernel/random/uuid: {why}"));
            return 1;
        }
    };
    let uuid = if by_time { timed(accounts::now_ns(), &random) } else { random };
    frame.show(&format!("{uuid}\n"))
}

/// Version 1 of RFC 9562, with a random node.
fn timed(now_ns: u64, random: &str) -> String {
    // Tenths of microseconds since October 15th, 1582.
    let ticks = now_ns / 100 + 0x01b2_1dd2_1381_4000;
    let node: String = random.chars().rev().filter(|c| *c != '-').take(12).collect();
    // The second bit of a node that is none of a network card is set.
    let first = u8::from_str_radix(node.get(..2).unwrap_or("01"), 16).unwrap_or(1) | 1;
    format!(
        "{:08x}-{:04x}-1{:03x}-{}-{first:02x}{}",
        ticks & 0xffff_ffff,
        ticks >> 32 & 0xffff,
        ticks >> 48 & 0xfff,
        random.get(19..23).unwrap_or("8000"),
        node.get(2..).unwrap_or("0000000000")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timed_one_has_the_time_and_the_version() {
        let uuid = timed(0, "00112233-4455-4677-8899-aabbccddeeff");
        assert_eq!(uuid, "13814000-1dd2-11b2-8899-ffeeddccbbaa");
    }
}
