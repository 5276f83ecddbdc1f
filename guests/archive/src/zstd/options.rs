//! zstd's command line. It is not getopt's: a number runs on over its digits, and most long options take `=`.

use crate::codec::Format;

/// What is done to each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Compress,
    Decompress,
    Test,
    List,
}

/// What was asked for.
pub struct Job {
    pub mode: Mode,
    pub format: Format,
    pub to_stdout: bool,
    pub force: bool,
    pub removes: bool,
    pub recursive: bool,
    pub checksum: bool,
    /// 0 says nothing, 1 errors, 2 results, 3 more.
    pub verbosity: i32,
    pub level: i32,
    pub output: Option<Vec<u8>>,
    pub files: Vec<Vec<u8>>,
}

impl Job {
    /// The suffix of what is written.
    pub fn suffix(&self) -> &'static [u8] {
        match self.format {
            Format::Gzip => b".gz",
            Format::Xz => b".xz",
            _ => b".zst",
        }
    }
}

pub enum Request {
    Show(String),
    Run(Job),
}

/// Levels: the highest without `--ultra`, and with it.
const LEVEL_MAX: i32 = 19;
const LEVEL_ULTRA: i32 = 22;

/// Reads the command line; the error is what to complain about.
pub fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Request, String> {
    let mut job = Job {
        mode: if program == "zstd" { Mode::Compress } else { Mode::Decompress },
        format: Format::Zstd,
        to_stdout: false,
        force: false,
        removes: false,
        recursive: false,
        checksum: true,
        verbosity: 2,
        level: 3,
        output: None,
        files: Vec::new(),
    };
    if program == "zstdcat" {
        (job.to_stdout, job.force, job.verbosity) = (true, true, 1);
    }
    let mut ultra = false;
    let mut only_files = false;
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        if only_files || word == b"-" || !word.starts_with(b"-") {
            job.files.push(word);
            continue;
        }
        if word == b"--" {
            only_files = true;
            continue;
        }
        if word.starts_with(b"--") {
            if let Some(text) = long(&mut job, &word, &mut ultra, &mut words)? {
                return Ok(Request::Show(text));
            }
        } else if let Some(text) = short(&mut job, &word[1..], &mut words)? {
            return Ok(Request::Show(text));
        }
    }
    let max = if ultra { LEVEL_ULTRA } else { LEVEL_MAX };
    if job.level > max && job.mode == Mode::Compress {
        if job.verbosity >= 2 {
            cli::stdio::note(&format!("Warning : compression level higher than max, reduced to {max} "));
        }
        job.level = max;
    }
    Ok(Request::Run(job))
}

fn incorrect() -> String {
    format!("Incorrect parameters \n{HELP}")
}

/// Reads a word of letters; answers a text to show instead of a run.
fn short(
    job: &mut Job,
    mut letters: &[u8],
    words: &mut impl Iterator<Item = Vec<u8>>,
) -> Result<Option<String>, String> {
    while let Some((letter, rest)) = letters.split_first() {
        letters = rest;
        match letter {
            b'0'..=b'9' => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number = std::iter::once(letter).chain(&rest[..digits]);
                job.level = number.fold(0, |sum: i32, digit| {
                    sum.saturating_mul(10).saturating_add(i32::from(digit - b'0'))
                });
                letters = &rest[digits..];
            }
            b'z' => job.mode = Mode::Compress,
            b'd' => job.mode = Mode::Decompress,
            b't' => job.mode = Mode::Test,
            b'l' => job.mode = Mode::List,
            b'c' => (job.to_stdout, job.output) = (true, None),
            b'f' => job.force = true,
            b'k' => job.removes = false,
            b'r' => job.recursive = true,
            b'q' => job.verbosity -= 1,
            b'v' => job.verbosity += 1,
            b'C' => job.checksum = true,
            b'T' | b'M' | b'B' => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                letters = &rest[digits..];
            }
            b'o' => {
                let value = if rest.is_empty() { words.next() } else { Some(rest.to_vec()) };
                let value =
                    value.ok_or_else(|| "error : command cannot be followed by nothing ".to_owned())?;
                (job.to_stdout, job.output) = if value == b"-" { (true, None) } else { (false, Some(value)) };
                letters = &[];
            }
            b'h' | b'H' => return Ok(Some(HELP.to_owned())),
            b'V' => return Ok(Some("zstd (wasmsand) 0.1.0\n".to_owned())),
            _ => return Err(incorrect()),
        }
    }
    Ok(None)
}

/// Reads a word with two dashes; answers a text to show instead of a run.
fn long(
    job: &mut Job,
    word: &[u8],
    ultra: &mut bool,
    words: &mut impl Iterator<Item = Vec<u8>>,
) -> Result<Option<String>, String> {
    let word = String::from_utf8_lossy(word).into_owned();
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word.as_str(), None),
    };
    match name {
        "--compress" => job.mode = Mode::Compress,
        "--decompress" | "--uncompress" => job.mode = Mode::Decompress,
        "--test" => job.mode = Mode::Test,
        "--list" => job.mode = Mode::List,
        "--stdout" => (job.to_stdout, job.output) = (true, None),
        "--force" => job.force = true,
        "--keep" => job.removes = false,
        "--rm" => job.removes = true,
        "--quiet" => job.verbosity -= 1,
        "--verbose" => job.verbosity += 1,
        "--ultra" => *ultra = true,
        "--check" => job.checksum = true,
        "--no-check" => job.checksum = false,
        "--max" => (*ultra, job.level) = (true, LEVEL_ULTRA),
        "--fast" => {
            let level = match value {
                None => 1,
                Some(value) => value.parse().ok().filter(|level| *level > 0).ok_or_else(incorrect)?,
            };
            job.level = -level;
        }
        "--format" => {
            job.format = match value {
                Some("zstd") => Format::Zstd,
                Some("gzip") => Format::Gzip,
                Some("xz") => Format::Xz,
                _ => return Err(incorrect()),
            };
        }
        "--filelist" => {
            let named = value
                .map(str::to_owned)
                .or_else(|| words.next().map(|word| String::from_utf8_lossy(&word).into_owned()));
            let named = named.ok_or_else(incorrect)?;
            let read = std::fs::read(&named).map_err(|_| format!("zstd: error reading {named} "))?;
            job.files.extend(
                read.split(|byte| *byte == b'\n').filter(|name| !name.is_empty()).map(<[u8]>::to_vec),
            );
        }
        "--no-progress"
        | "--progress"
        | "--long"
        | "--threads"
        | "--single-thread"
        | "--adapt"
        | "--sparse"
        | "--no-sparse"
        | "--asyncio"
        | "--no-asyncio"
        | "--content-size"
        | "--no-content-size"
        | "--memory"
        | "--stream-size"
        | "--size-hint"
        | "--rsyncable"
        | "--row-match-finder"
        | "--no-row-match-finder"
        | "--auto-threads"
        | "--no-dictID"
        | "--exclude-compressed"
        | "--pass-through"
        | "--no-pass-through" => {}
        "--help" => return Ok(Some(HELP.to_owned())),
        "--version" => return Ok(Some("zstd (wasmsand) 0.1.0\n".to_owned())),
        _ => return Err(incorrect()),
    }
    Ok(None)
}

const HELP: &str = "\
Compress or decompress files; without one, or where it is -, standard input.

Usage: zstd [OPTIONS...] [INPUT... | -] [-o OUTPUT]

  -o OUTPUT          write to OUTPUT
  -k, --keep         keep the input files (the default)
  --rm               remove the input files
  -#                 level 1 to 19, 3 without; --ultra up to 22, --fast[=#] below 1
  -d, --decompress   decompress
  -t, --test         check compressed files
  -l, --list         tell about compressed files
  -c, --stdout       write to standard output
  -f, --force        overwrite outputs, follow links
  -r                 everything below directories
  -q, --quiet        fewer messages
  -v, --verbose      more messages
  --[no-]check       write a checksum (the default) or none
  --format=FORMAT    zstd, gzip or xz
  -h, --help         print this and exit
  -V, --version      print the version and exit
";
