//! rev: the characters of each line from the last to the first. Held against util-linux 2.38.1.

use std::io::Read;

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::stream::{self, Lines, Output, Stdin};

const HELP: &str = "\
Usage: rev [OPTION] [FILE...]
Write the characters of each line of FILE, or of standard input, from the last to the first.

 -h, --help     show this text
 -V, --version  show the version
";

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Help,
    Version,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[(b'h', Takes::Nothing, Opt::Help), (b'V', Takes::Nothing, Opt::Version)],
    long: &[("help", Takes::Nothing, Opt::Help), ("version", Takes::Nothing, Opt::Version)],
};

/// Runs rev: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut files = Vec::new();
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => files.push(word),
            Ok(Some(Next::Option { option: Opt::Help, .. })) => return stream::show(program, HELP),
            Ok(Some(Next::Option { option: Opt::Version, .. })) => {
                return stream::show(program, "rev (wasmsand) 0.1.0\n");
            }
            Err(what) => return stream::wrong(program, &what),
        }
    }
    let mut out = Output::new();
    let mut status = 0;
    let mut reversed = Vec::new();
    let mut copy = |reader: Box<dyn Read>, name: &str, out: &mut Output| {
        let mut lines = Lines::new(reader);
        loop {
            match lines.next() {
                Ok(Some(line)) => {
                    reverse(line, &mut reversed);
                    out.put(&reversed);
                }
                Ok(None) => return true,
                Err(error) => {
                    out.flush();
                    cli::stdio::complain(program, &format!("{name}: {}", stream::reason(&error)));
                    return false;
                }
            }
            if out.has_failed() {
                return false;
            }
        }
    };
    if files.is_empty() && !copy(Box::new(Stdin), "stdin", &mut out) {
        status = 1;
    }
    for file in &files {
        let name = String::from_utf8_lossy(file);
        let copied = match stream::open(file) {
            Ok(reader) => copy(reader, &name, &mut out),
            Err(error) => {
                out.flush();
                cli::stdio::complain(program, &format!("cannot open {name}: {}", stream::reason(&error)));
                false
            }
        };
        status |= i32::from(!copied);
    }
    out.end(program, status)
}

/// Writes the characters of a line from behind; bytes that are no character count each as one.
fn reverse(line: &[u8], reversed: &mut Vec<u8>) {
    reversed.clear();
    let (text, newline) = match line.strip_suffix(b"\n") {
        Some(text) => (text, true),
        None => (line, false),
    };
    if text.is_ascii() {
        reversed.extend(text.iter().rev());
    } else {
        let mut units: Vec<&[u8]> = Vec::with_capacity(text.len());
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            units.extend(valid.char_indices().map(|(at, c)| &valid.as_bytes()[at..at + c.len_utf8()]));
            units.extend(chunk.invalid().chunks(1));
        }
        reversed.extend(units.into_iter().rev().flatten());
    }
    if newline {
        reversed.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn characters_stay_whole_and_bytes_stay_bytes() {
        let mut reversed = Vec::new();
        for (line, wanted) in [
            (b"abc\n".as_slice(), b"cba\n".as_slice()),
            ("é日x".as_bytes(), "x日é".as_bytes()),
            (b"a\xffb\n", b"b\xffa\n"),
            (b"\n", b"\n"),
        ] {
            super::reverse(line, &mut reversed);
            assert_eq!(reversed, wanted);
        }
    }
}
