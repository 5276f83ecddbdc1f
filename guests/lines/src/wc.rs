//! wc: how many lines, words, characters and bytes.
//!
//! It owns the command line and the table; [`count`] counts.

mod count;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, quoted_name, reason};
use rustix::fs::FileType;

use crate::input::{Input, is, path};
use crate::output::Output;
use cli::frame::{self, Frame, version};
use count::{Counter, Counts};

const HELP: &str = "\
Usage: wc [OPTION]... [FILE]...
  or:  wc [OPTION]... --files0-from=F
Print how many newlines, words and bytes each FILE has, and the sums of several.

Without a FILE, and for a FILE that is -, read standard input. A word is what stands between white space.

  -c, --bytes            print the bytes
  -m, --chars            print the characters
  -l, --lines            print the newlines
      --files0-from=F    read the names, each with a NUL behind it, from F; - is standard input
  -L, --max-line-length  print how wide the widest line is
  -w, --words            print the words
      --help             print this text
      --version          print the version

The order is always: newlines, words, characters, bytes, widest line.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'c', Takes::Nothing, 'c'),
        (b'm', Takes::Nothing, 'm'),
        (b'l', Takes::Nothing, 'l'),
        (b'L', Takes::Nothing, 'L'),
        (b'w', Takes::Nothing, 'w'),
    ],
    long: &[
        ("bytes", Takes::Nothing, 'c'),
        ("chars", Takes::Nothing, 'm'),
        ("lines", Takes::Nothing, 'l'),
        ("words", Takes::Nothing, 'w'),
        ("files0-from", Takes::Value, '0'),
        ("max-line-length", Takes::Nothing, 'L'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Which columns.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    pub lines: bool,
    pub words: bool,
    pub chars: bool,
    pub bytes: bool,
    pub width: bool,
}

impl Wanted {
    fn count(self) -> usize {
        [self.lines, self.words, self.chars, self.bytes, self.width].iter().filter(|on| **on).count()
    }
}

/// Runs wc: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut wanted, mut files, mut names_from) = (Wanted::default(), Vec::new(), None);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'c' => wanted.bytes = true,
                'm' => wanted.chars = true,
                'l' => wanted.lines = true,
                'L' => wanted.width = true,
                'w' => wanted.words = true,
                '0' => names_from = value,
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("wc")),
            },
        }
    }
    if wanted.count() == 0 {
        wanted = Wanted { lines: true, words: true, bytes: true, ..wanted };
    }
    let mut table = Table { frame, wanted, width: 1, status: 0, total: Counts::default() };
    let Some(list) = names_from else {
        let mut output = Output::new(program).without_reason();
        let is_stdin = files.is_empty();
        if is_stdin {
            files.push(b"-".to_vec());
        }
        table.width = table.width_for(&files);
        for file in &files {
            table.row(&mut output, file, !is_stdin);
        }
        return table.finish(&mut output, files.len());
    };
    if let Some(file) = files.first() {
        frame.complain(&format!("extra operand {}", quoted(file)));
        cli::stdio::note("file operands cannot be combined with --files0-from");
        return frame.try_help();
    }
    table.run_list(&list)
}

/// The rows, as they come.
struct Table<'a> {
    frame: Frame<'a>,
    wanted: Wanted,
    width: usize,
    status: i32,
    total: Counts,
}

impl Table<'_> {
    /// Counts the files whose names a file has.
    fn run_list(&mut self, list: &[u8]) -> i32 {
        let mut bytes = Vec::new();
        let read = Input::open(list)
            .map_err(|errno| (errno, "open"))
            .and_then(|mut input| input.read_to_end(&mut bytes).map_err(|errno| (errno, "read")));
        if let Err((errno, verb)) = read {
            let what = match verb {
                "open" => format!("cannot open {} for reading: {}", quoted_name(list), reason(errno)),
                _ => format!("{}: read error: {}", name(list), reason(errno)),
            };
            self.frame.complain(&what);
            return 1;
        }
        let names: Vec<&[u8]> = match bytes.strip_suffix(b"\0").unwrap_or(&bytes) {
            b"" => Vec::new(),
            names => names.split(|byte| *byte == 0).collect(),
        };
        let mut output = Output::new(self.frame.program).without_reason();
        let owned: Vec<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
        let is_file = Input::open(list).is_ok_and(|input| input.regular_size().is_some());
        if is_file && !owned.is_empty() {
            self.width = self.width_for(&owned);
        }
        for (index, file) in owned.iter().enumerate() {
            if file.is_empty() {
                let at = format!("{}:{}: invalid zero-length file name", name(list), index + 1);
                self.frame.complain(&at);
                self.status = 1;
            } else if list == b"-" && file == b"-" {
                let what =
                    format!("when reading file names from stdin, no file name of {} allowed", quoted(file));
                self.frame.complain(&what);
                self.status = 1;
            } else {
                self.row(&mut output, file, true);
            }
        }
        self.finish(&mut output, owned.len())
    }

    /// How wide the columns are: as wide as the sizes of the files can ask for, known before they are read.
    fn width_for(&self, files: &[Vec<u8>]) -> usize {
        if files.len() == 1 && self.wanted.count() == 1 {
            return 1;
        }
        let (mut sum, mut least, mut is_known) = (0_u64, 1, false);
        for (index, file) in files.iter().enumerate() {
            let stat = if file == b"-" {
                rustix::fs::fstat(rustix::stdio::stdin())
            } else {
                rustix::fs::stat(path(file))
            };
            let Ok(stat) = stat else { continue };
            is_known |= index == 0 || is_known || !files.is_empty();
            if is(&stat, FileType::RegularFile) {
                sum = sum.saturating_add(u64::try_from(stat.st_size).unwrap_or(0));
            } else {
                least = 7;
            }
        }
        if is_known { sum.to_string().len().max(least) } else { 1 }
    }

    fn row(&mut self, output: &mut Output, file: &[u8], is_named: bool) {
        let mut input = match Input::open(file) {
            Ok(input) => input,
            Err(errno) => {
                output.flush();
                self.frame.complain(&format!("{}: {}", name(file), reason(errno)));
                self.status = 1;
                return;
            }
        };
        let mut counter = Counter::new(self.wanted);
        if let Err(errno) = counter.read(&mut input) {
            output.flush();
            let shown = if is_named { name(file) } else { "'standard input'".to_owned() };
            self.frame.complain(&format!("{shown}: {}", reason(errno)));
            self.status = 1;
        }
        let counts = counter.finish();
        self.total.add(&counts);
        self.print(output, &counts, is_named.then_some(file));
    }

    fn print(&self, output: &mut Output, counts: &Counts, file: Option<&[u8]>) {
        let columns = [
            (self.wanted.lines, counts.lines),
            (self.wanted.words, counts.words),
            (self.wanted.chars, counts.chars),
            (self.wanted.bytes, counts.bytes),
            (self.wanted.width, counts.width),
        ];
        let shown: Vec<String> = columns
            .iter()
            .filter(|(is_wanted, _)| *is_wanted)
            .map(|(_, count)| format!("{count:width$}", width = self.width))
            .collect();
        output.write(shown.join(" ").as_bytes());
        if let Some(file) = file {
            output.byte(b' ');
            if file.contains(&b'\n') { output.write(name(file).as_bytes()) } else { output.write(file) }
        }
        output.byte(b'\n');
    }

    fn finish(&self, output: &mut Output, files: usize) -> i32 {
        if files > 1 {
            self.print(output, &self.total, Some(b"total"));
        }
        self.status
    }
}
