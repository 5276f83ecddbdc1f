//! tac: files with their last line first.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted_name, reason};
use memchr::memmem;

use crate::input::Input;
use crate::output::Output;
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: tac [OPTION]... [FILE]...
Print each FILE with its last line first.

Without a FILE, and for a FILE that is -, read standard input.

  -b, --before             what separates stands before a piece, not behind it
  -s, --separator=TEXT     pieces end at TEXT, not at newlines
      --help               print this text
      --version            print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[(b'b', Takes::Nothing, 'b'), (b's', Takes::Value, 's')],
    long: &[
        ("before", Takes::Nothing, 'b'),
        ("separator", Takes::Value, 's'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Runs tac: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut before, mut separator, mut files) = (false, b"\n".to_vec(), Vec::new());
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'b' => before = true,
                's' => separator = value.filter(|text| !text.is_empty()).unwrap_or_else(|| vec![0]),
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("tac")),
            },
        }
    }
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    let mut output = Output::new(program);
    let mut status = 0;
    for file in &files {
        let mut input = match Input::open(file) {
            Ok(input) => input,
            Err(errno) => {
                output.flush();
                let shown = quoted_name(file);
                frame.complain(&format!("failed to open {shown} for reading: {}", reason(errno)));
                status = 1;
                continue;
            }
        };
        let mut text = Vec::new();
        if let Err(errno) = input.read_to_end(&mut text) {
            output.flush();
            let shown: &[u8] = if file == b"-" { b"standard input" } else { file };
            // A folder is what cannot be gone back in.
            let errno = if errno == rustix::io::Errno::ISDIR { rustix::io::Errno::INVAL } else { errno };
            frame.complain(&format!("{}: read error: {}", name(shown), reason(errno)));
            status = 1;
            continue;
        }
        print(&text, &separator, before, &mut output);
    }
    status
}

/// Prints the pieces of a text from the last to the first.
fn print(text: &[u8], separator: &[u8], before: bool, output: &mut Output) {
    let mut end = text.len();
    let finder = memmem::FinderRev::new(separator);
    let mut searched = end;
    while let Some(found) = finder.rfind(&text[..searched]) {
        let start = if before { found } else { found + separator.len() };
        output.write(&text[start..end]);
        end = start;
        searched = found;
    }
    output.write(&text[..end]);
}
