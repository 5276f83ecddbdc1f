//! paste: lines of several files side by side, or all lines of a file one after another.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use rustix::io::Errno;

use crate::input::Input;
use crate::line::{self, Tool, fail, fail_file, flag, valued};
use crate::output::Output;

const HELP: &str = "\
Usage: paste [OPTION]... [FILE]...
Write the first line of each FILE in one line with tabs between them, then the second ones, and so on.

Without a FILE, and for a FILE that is -, read standard input.

  -d, --delimiters=LIST   put the characters of LIST between the lines, one after another, not tabs
  -s, --serial            put all lines of a FILE in one line, then those of the next
  -z, --zero-terminated   lines end with NUL, not newline
      --help              print this text
      --version           print the version

In LIST, \\0 is nothing, and \\b \\f \\n \\r \\t \\v \\\\ are what they are in C.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[valued(b'd'), flag(b's'), flag(b'z')],
    long: &[
        ("delimiters", Takes::Value, 'd'),
        ("serial", Takes::Nothing, 's'),
        ("zero-terminated", Takes::Nothing, 'z'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "paste", help: HELP, syntax: &SYNTAX };

/// What stands between lines: a byte, or nothing.
type Delimiters = Vec<Option<u8>>;

struct Paste<'a> {
    frame: Frame<'a>,
    delimiters: Delimiters,
    ending: u8,
    output: Output,
    status: i32,
}

/// Runs paste: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut list, mut serial, mut ending) = (b"\t".to_vec(), false, b'\n');
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        match option {
            'd' => list = value.unwrap_or_default(),
            's' => serial = true,
            _ => ending = 0,
        }
        Ok(())
    });
    let files = match files {
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    let Some(delimiters) = delimiters(&list) else {
        let shown = String::from_utf8_lossy(&list);
        return fail(frame, &format!("delimiter list ends with an unescaped backslash: {shown}"));
    };
    let mut paste = Paste { frame, delimiters, ending, output: Output::new(program), status: 0 };
    if serial {
        paste.serial(&files)
    } else {
        paste.parallel(&files)
    }
    paste.status
}

/// Reads a list; None: it ends within an escape.
fn delimiters(list: &[u8]) -> Option<Delimiters> {
    let mut read = Vec::new();
    let mut bytes = list.iter();
    while let Some(byte) = bytes.next() {
        read.push(match byte {
            b'\\' => match bytes.next()? {
                b'0' => None,
                b'b' => Some(8),
                b'f' => Some(12),
                b'n' => Some(b'\n'),
                b'r' => Some(b'\r'),
                b't' => Some(b'\t'),
                b'v' => Some(11),
                other => Some(*other),
            },
            other => Some(*other),
        });
    }
    if read.is_empty() {
        read.push(None);
    }
    Some(read)
}

impl Paste<'_> {
    fn serial(&mut self, files: &[Vec<u8>]) {
        for file in files {
            let pasted = Input::open(file).and_then(|mut input| self.joined(&mut input));
            match pasted {
                Ok(()) => {}
                Err(errno) => self.status = fail_file(self.frame, &mut self.output, file, errno),
            }
        }
    }

    /// Writes the lines of a file as one.
    fn joined(&mut self, input: &mut Input) -> Result<(), Errno> {
        let ending = self.ending;
        let mut next = self.delimiters.iter().cycle();
        let mut is_first = true;
        let read = loop {
            match input.line(ending) {
                Ok(Some(line)) => {
                    if !is_first && let Some(Some(byte)) = next.next() {
                        self.output.byte(*byte);
                    }
                    is_first = false;
                    self.output.write(line.strip_suffix(&[ending]).unwrap_or(line));
                }
                Ok(None) => break Ok(()),
                Err(errno) => break Err(errno),
            }
        };
        self.output.byte(ending);
        read
    }

    fn parallel(&mut self, files: &[Vec<u8>]) {
        let mut inputs: Vec<Option<Input>> = Vec::new();
        // Which input a column is of: standard input is one, however often it is named.
        let mut columns: Vec<usize> = Vec::new();
        let mut stdin = None;
        for file in files {
            if file == b"-"
                && let Some(index) = stdin
            {
                columns.push(index);
                continue;
            }
            match Input::open(file) {
                Ok(input) => inputs.push(Some(input)),
                Err(errno) => {
                    self.status = fail_file(self.frame, &mut self.output, file, errno);
                    return;
                }
            }
            columns.push(inputs.len() - 1);
            if file == b"-" {
                stdin = Some(inputs.len() - 1);
            }
        }
        let mut row = Vec::new();
        while self.row(files, &columns, &mut inputs, &mut row) {
            self.output.write(&row);
        }
    }

    /// Reads a row; answers whether there is one.
    fn row(
        &mut self,
        files: &[Vec<u8>],
        columns: &[usize],
        inputs: &mut [Option<Input>],
        row: &mut Vec<u8>,
    ) -> bool {
        row.clear();
        let mut any = false;
        let last = columns.len().saturating_sub(1);
        for (place, column) in columns.iter().enumerate() {
            let Some(slot) = inputs.get_mut(*column) else { continue };
            let mut ended = false;
            if let Some(input) = slot {
                match input.line(self.ending) {
                    Ok(Some(line)) => {
                        any = true;
                        row.extend_from_slice(line);
                        if line.last() == Some(&self.ending) {
                            row.pop();
                        }
                    }
                    Ok(None) => ended = true,
                    Err(errno) => {
                        let file = files.get(place).map_or(b"".as_slice(), Vec::as_slice);
                        self.status = fail_file(self.frame, &mut self.output, file, errno);
                        ended = true;
                    }
                }
            }
            if ended {
                *slot = None;
            }
            if place == last {
                row.push(self.ending);
            } else if let Some(Some(byte)) = self.delimiters.get(place % self.delimiters.len()) {
                row.push(*byte);
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_escapes() {
        assert_eq!(delimiters(b"a\\n\\0\\q"), Some(vec![Some(b'a'), Some(b'\n'), None, Some(b'q')]));
        assert_eq!(delimiters(b""), Some(vec![None]));
        assert_eq!(delimiters(b"a\\"), None);
    }
}
