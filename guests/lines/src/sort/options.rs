//! The options of sort, and the keys that they name.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;

use super::key::{Key, Kind, Manner};
use crate::size;
use cli::frame;

const HELP: &str = "\
Usage: sort [OPTION]... [FILE]...
  or:  sort [OPTION]... --files0-from=F
Write the lines of all FILEs in order.

Without a FILE, and for a FILE that is -, read standard input.

What is compared, of whole lines or of a key:
  -b, --ignore-leading-blanks  blanks at the start do not count
  -d, --dictionary-order       only blanks, letters and digits count
  -f, --ignore-case            lower case is upper case
  -g, --general-numeric-sort   numbers of any form
  -i, --ignore-nonprinting     only what can be printed counts
  -M, --month-sort             months: (none) < JAN < ... < DEC
  -h, --human-numeric-sort     numbers with a unit: 2K 1G
  -n, --numeric-sort           numbers
  -R, --random-sort            any order, but the same keys together
      --random-source=FILE     take the randomness from FILE
  -r, --reverse                the other way round
      --sort=WORD              general-numeric -g, human-numeric -h, month -M, numeric -n, random -R, version -V
  -V, --version-sort           numbers within text

What is done:
      --batch-size=N           merge no more than N files at once
  -c, --check, --check=diagnose-first  only say where the order is wrong
  -C, --check=quiet, --check=silent    only exit with 1 where the order is wrong
      --compress-program=PROG  has no effect: what does not fit into memory is not compressed
      --files0-from=F          read the names of the files, each with a NUL behind it, from F
  -k, --key=KEY                compare a part of the lines: F[.C][LETTERS][,F[.C][LETTERS]]
  -m, --merge                  the files are in order already
  -o, --output=FILE            write to FILE, which may be an input
  -s, --stable                 lines with the same keys stay as they came
  -S, --buffer-size=SIZE       use as much memory
  -t, --field-separator=SEP    fields end at SEP, not between blanks and others
  -T, --temporary-directory=DIR  keep what does not fit into memory in DIR
      --parallel=N             has no effect: one does it
  -u, --unique                 of lines with the same keys write the first only
  -z, --zero-terminated        lines end with NUL, not newline
      --help                   print this text
      --version                print the version

A key goes from field F and byte C of it to the end, or to the field and byte behind the comma. They count from 1. The
letters are those of the options above, for this key alone. SIZE may have a unit: % of memory, b, K (by default), M, G.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'b', Takes::Nothing, 'b'),
        (b'c', Takes::Nothing, 'c'),
        (b'C', Takes::Nothing, 'C'),
        (b'd', Takes::Nothing, 'd'),
        (b'f', Takes::Nothing, 'f'),
        (b'g', Takes::Nothing, 'g'),
        (b'h', Takes::Nothing, 'h'),
        (b'i', Takes::Nothing, 'i'),
        (b'k', Takes::Value, 'k'),
        (b'm', Takes::Nothing, 'm'),
        (b'M', Takes::Nothing, 'M'),
        (b'n', Takes::Nothing, 'n'),
        (b'o', Takes::Value, 'o'),
        (b'r', Takes::Nothing, 'r'),
        (b'R', Takes::Nothing, 'R'),
        (b's', Takes::Nothing, 's'),
        (b'S', Takes::Value, 'S'),
        (b't', Takes::Value, 't'),
        (b'T', Takes::Value, 'T'),
        (b'u', Takes::Nothing, 'u'),
        (b'V', Takes::Nothing, 'V'),
        (b'y', Takes::MaybeValue, 'y'),
        (b'z', Takes::Nothing, 'z'),
    ],
    long: &[
        ("ignore-leading-blanks", Takes::Nothing, 'b'),
        ("check", Takes::MaybeValue, 'K'),
        ("compress-program", Takes::Value, 'y'),
        ("dictionary-order", Takes::Nothing, 'd'),
        ("ignore-case", Takes::Nothing, 'f'),
        ("files0-from", Takes::Value, 'F'),
        ("general-numeric-sort", Takes::Nothing, 'g'),
        ("ignore-nonprinting", Takes::Nothing, 'i'),
        ("key", Takes::Value, 'k'),
        ("merge", Takes::Nothing, 'm'),
        ("month-sort", Takes::Nothing, 'M'),
        ("numeric-sort", Takes::Nothing, 'n'),
        ("human-numeric-sort", Takes::Nothing, 'h'),
        ("version-sort", Takes::Nothing, 'V'),
        ("random-sort", Takes::Nothing, 'R'),
        ("random-source", Takes::Value, 'Q'),
        ("sort", Takes::Value, 'W'),
        ("output", Takes::Value, 'o'),
        ("reverse", Takes::Nothing, 'r'),
        ("stable", Takes::Nothing, 's'),
        ("batch-size", Takes::Value, 'B'),
        ("buffer-size", Takes::Value, 'S'),
        ("field-separator", Takes::Value, 't'),
        ("temporary-directory", Takes::Value, 'T'),
        ("unique", Takes::Nothing, 'u'),
        ("zero-terminated", Takes::Nothing, 'z'),
        ("parallel", Takes::Value, 'P'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// How much is kept in memory unless `-S` says so.
const BUFFER_BYTES: usize = 256 << 20;

/// How a check ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Diagnose,
    Quiet,
}

/// What a command line asks for.
pub enum Request {
    Sort(Box<Options>),
    Show(&'static str),
    Version,
}

pub struct Options {
    pub keys: Vec<Key>,
    /// What counts for keys without letters of their own.
    pub manner: Manner,
    pub separator: Option<u8>,
    pub ending: u8,
    pub unique: bool,
    pub stable: bool,
    pub merge: bool,
    pub check: Option<Check>,
    pub output: Option<Vec<u8>>,
    pub files: Vec<Vec<u8>>,
    pub files0: Option<Vec<u8>>,
    pub random_source: Option<Vec<u8>>,
    pub folder: Option<Vec<u8>>,
    pub buffer_bytes: usize,
}

/// Why a command line is refused.
pub struct Refusal {
    pub what: String,
    pub notes: Vec<String>,
    pub shows_try: bool,
    pub status: i32,
}

impl Refusal {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), notes: Vec::new(), shows_try: false, status: super::FAILED }
    }

    /// A word that is none of a list, for which GNU has another status.
    fn unknown_word(what: String) -> Self {
        Self { status: 1, ..Self::misused(what) }
    }

    fn misused(what: impl Into<String>) -> Self {
        Self { shows_try: true, ..Self::new(what) }
    }
}

/// Reads the arguments after the program's name.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Request, Refusal> {
    let mut options = Options {
        keys: Vec::new(),
        manner: Manner::default(),
        separator: None,
        ending: b'\n',
        unique: false,
        stable: false,
        merge: false,
        check: None,
        output: None,
        files: Vec::new(),
        files0: None,
        random_source: None,
        folder: None,
        buffer_bytes: BUFFER_BYTES,
    };
    let mut words = Words::new(&SYNTAX, obsolete(arguments));
    loop {
        match words.next() {
            Err(what) => return Err(Refusal::misused(what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => options.files.push(file),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return Ok(Request::Show(HELP)),
            Ok(Some(Next::Option { option: frame::VERSION, .. })) => return Ok(Request::Version),
            Ok(Some(Next::Option { option, value, .. })) => options.set(option, value)?,
        }
    }
    options.finish()?;
    Ok(Request::Sort(Box::new(options)))
}

/// Writes keys as they were before there was `-k` (`+F.C -F.C`) as keys of today.
fn obsolete(arguments: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let position = |word: &[u8], sign: u8| -> Option<(usize, usize, String)> {
        let text = std::str::from_utf8(word.strip_prefix(&[sign])?).ok()?;
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let letters = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, letters) = text.split_at(letters);
        let (field, byte) = numbers.split_once('.').unwrap_or((numbers, "0"));
        Some((field.parse().ok()?, byte.parse().ok()?, letters.to_owned()))
    };
    let mut words = Vec::new();
    let mut left = arguments.into_iter().peekable();
    while let Some(word) = left.next() {
        if word == b"--" {
            words.push(word);
            words.extend(left);
            break;
        }
        let Some((field, byte, letters)) = position(&word, b'+') else {
            words.push(word);
            continue;
        };
        let mut key = format!("{}.{}{letters}", field + 1, byte + 1);
        if let Some((field, byte, letters)) = left.peek().and_then(|word| position(word, b'-')) {
            left.next();
            key.push_str(&match byte {
                0 if field > 0 => format!(",{field}{letters}"),
                _ => format!(",{}.{byte}{letters}", field + 1),
            });
        }
        words.push(b"-k".to_vec());
        words.push(key.into_bytes());
    }
    words
}

const ORDERS: [(&str, char); 6] = [
    ("general-numeric", 'g'),
    ("human-numeric", 'h'),
    ("month", 'M'),
    ("numeric", 'n'),
    ("random", 'R'),
    ("version", 'V'),
];

impl Options {
    fn set(&mut self, option: char, value: Option<Vec<u8>>) -> Result<(), Refusal> {
        let text = value.clone().unwrap_or_default();
        match option {
            'b' | 'd' | 'f' | 'g' | 'h' | 'i' | 'M' | 'n' | 'r' | 'R' | 'V' => {
                self.manner.set(option, true, true)
            }
            'c' => self.set_check(Check::Diagnose)?,
            'C' => self.set_check(Check::Quiet)?,
            'K' => match value.as_deref() {
                None | Some(b"diagnose-first") => self.set_check(Check::Diagnose)?,
                Some(b"quiet" | b"silent") => self.set_check(Check::Quiet)?,
                Some(other) => {
                    let list = "Valid arguments are:\n  - 'quiet', 'silent'\n  - 'diagnose-first'";
                    return Err(Refusal::unknown_word(format!(
                        "invalid argument {} for '--check'\n{list}",
                        quoted(other)
                    )));
                }
            },
            'k' => self.keys.push(Key::parse(&text).map_err(Refusal::new)?),
            'm' => self.merge = true,
            'o' if self.output.as_ref().is_some_and(|known| *known != text) => {
                return Err(Refusal::new("multiple output files specified"));
            }
            'o' => self.output = Some(text),
            's' => self.stable = true,
            'S' => self.buffer_bytes = buffer_bytes(&text)?,
            't' => self.set_separator(&text)?,
            'T' => self.folder = Some(text),
            'u' => self.unique = true,
            'z' => self.ending = 0,
            'F' => self.files0 = Some(text),
            'Q' => self.random_source = Some(text),
            'W' => {
                match ORDERS.iter().filter(|(name, _)| name.as_bytes().starts_with(&text)).collect::<Vec<_>>()
                    [..]
                {
                    [(_, letter)] => self.manner.set(*letter, true, true),
                    _ => {
                        let list: String = ORDERS.iter().map(|(name, _)| format!("\n  - '{name}'")).collect();
                        let what = format!(
                            "invalid argument {} for '--sort'\nValid arguments are:{list}",
                            quoted(&text)
                        );
                        return Err(Refusal::unknown_word(what));
                    }
                }
            }
            'B' => check_batch(&text)?,
            'P' => match size::parse(&text) {
                Ok(0) => return Err(Refusal::new("number in parallel must be nonzero")),
                Ok(_) => {}
                Err(_) => return Err(Refusal::new(format!("invalid --parallel argument {}", quoted(&text)))),
            },
            _ => {}
        }
        Ok(())
    }

    fn set_check(&mut self, check: Check) -> Result<(), Refusal> {
        if self.check.is_some_and(|known| known != check) {
            return Err(Refusal::new("options '-cC' are incompatible"));
        }
        self.check = Some(check);
        Ok(())
    }

    fn set_separator(&mut self, text: &[u8]) -> Result<(), Refusal> {
        let separator = match text {
            [] => return Err(Refusal::new("empty tab")),
            [byte] => *byte,
            b"\\0" => 0,
            other => return Err(Refusal::new(format!("multi-character tab {}", quoted(other)))),
        };
        if self.separator.is_some_and(|known| known != separator) {
            return Err(Refusal::new("incompatible tabs"));
        }
        self.separator = Some(separator);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Refusal> {
        if self.files0.is_some() && !self.files.is_empty() {
            let what = format!("extra operand '{}'", String::from_utf8_lossy(&self.files[0]));
            let note = "file operands cannot be combined with --files0-from".to_owned();
            return Err(Refusal { notes: vec![note], ..Refusal::misused(what) });
        }
        // The letters of the options are for keys that have none.
        for key in &mut self.keys {
            if key.manner.is_default() {
                key.manner = self.manner;
            }
        }
        if self.keys.is_empty() && !self.manner.is_only_reverse() {
            self.keys.push(Key::whole_line(self.manner));
        }
        for manner in self.keys.iter().map(|key| key.manner).chain([self.manner]) {
            if let Some(letters) = manner.conflict() {
                return Err(Refusal::new(format!("options '-{letters}' are incompatible")));
            }
        }
        if let Some(check) = self.check {
            let letter = if check == Check::Diagnose { 'c' } else { 'C' };
            if let Some(extra) = self.files.get(1) {
                let extra = String::from_utf8_lossy(extra);
                return Err(Refusal::new(format!("extra operand '{extra}' not allowed with -{letter}")));
            }
            if self.output.is_some() {
                return Err(Refusal::new(format!("options '-{letter}o' are incompatible")));
            }
        }
        if self.files.is_empty() {
            self.files.push(b"-".to_vec());
        }
        Ok(())
    }
}

fn buffer_bytes(text: &[u8]) -> Result<usize, Refusal> {
    let wrong = |why: &str| Refusal::new(format!("{why} -S argument '{}'", String::from_utf8_lossy(text)));
    if let Some(percent) = text.strip_suffix(b"%") {
        let percent = size::parse(percent).map_err(|_| wrong("invalid"))?;
        return Ok(usize::try_from(percent).unwrap_or(100).min(100) * (BUFFER_BYTES / 100).max(1));
    }
    let bytes = match text.split_last() {
        Some((b'b', digits)) => size::parse(digits),
        // A number alone counts KiB.
        Some((b'0'..=b'9', _)) => size::parse(text).map(|number| number.saturating_mul(1024)),
        _ => size::parse(text),
    };
    match bytes {
        Ok(bytes) => Ok(usize::try_from(bytes).unwrap_or(usize::MAX).clamp(64 * 1024, BUFFER_BYTES)),
        Err(size::Wrong::TooLarge) => Ok(BUFFER_BYTES),
        Err(size::Wrong::Invalid) => {
            let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            Err(wrong(if digits > 0 { "invalid suffix in" } else { "invalid" }))
        }
    }
}

fn check_batch(text: &[u8]) -> Result<(), Refusal> {
    match size::parse(text) {
        Ok(0 | 1) => {
            let mut refusal = Refusal::new(format!("invalid --batch-size argument {}", quoted(text)));
            refusal.notes.push("sort: minimum --batch-size argument is '2'".to_owned());
            Err(refusal)
        }
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::new(format!("invalid --batch-size argument {}", quoted(text)))),
    }
}

impl Manner {
    /// Sets what a letter says, for where a key starts, ends, or both.
    pub fn set(&mut self, letter: char, at_start: bool, at_end: bool) {
        match letter {
            'b' => {
                self.skips_start_blanks |= at_start;
                self.skips_end_blanks |= at_end;
            }
            'd' => self.dictionary = true,
            'f' => self.folds_case = true,
            'i' => self.printable = true,
            'r' => self.reverse = true,
            'g' => self.kinds.push(Kind::General),
            'h' => self.kinds.push(Kind::Human),
            'M' => self.kinds.push(Kind::Month),
            'n' => self.kinds.push(Kind::Number),
            'R' => self.kinds.push(Kind::Random),
            _ => self.kinds.push(Kind::Version),
        }
    }
}
