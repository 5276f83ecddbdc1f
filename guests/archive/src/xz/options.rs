//! xz's command line.

use cli::getopt::{Next, Syntax, Takes, Words};
use lzma_rust2::CheckType;

/// What is done to each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Compress,
    Decompress,
    Test,
    List,
}

/// The format of the compressed side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Auto,
    Xz,
    Lzma,
}

/// What was asked for.
pub struct Job {
    pub program: String,
    pub mode: Mode,
    pub kind: Kind,
    pub to_stdout: bool,
    pub force: bool,
    pub keep: bool,
    pub quiet: u32,
    pub verbose: bool,
    pub no_warn: bool,
    pub robot: bool,
    pub suffix: Option<Vec<u8>>,
    pub level: u32,
    pub extreme: bool,
    pub check: CheckType,
    pub files: Vec<Vec<u8>>,
}

pub enum Request {
    Show(String),
    Run(Job),
}

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Compress,
    Decompress,
    Test,
    List,
    Keep,
    Force,
    Stdout,
    Suffix,
    Format,
    Check,
    Level(u32),
    Extreme,
    Quiet,
    Verbose,
    NoWarn,
    Robot,
    Number,
    Ignored,
    IgnoredValue,
    Files,
    Files0,
    Help,
    Version,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'z', Takes::Nothing, Opt::Compress),
        (b'd', Takes::Nothing, Opt::Decompress),
        (b't', Takes::Nothing, Opt::Test),
        (b'l', Takes::Nothing, Opt::List),
        (b'k', Takes::Nothing, Opt::Keep),
        (b'f', Takes::Nothing, Opt::Force),
        (b'c', Takes::Nothing, Opt::Stdout),
        (b'S', Takes::Value, Opt::Suffix),
        (b'F', Takes::Value, Opt::Format),
        (b'C', Takes::Value, Opt::Check),
        (b'T', Takes::Value, Opt::Number),
        (b'M', Takes::Value, Opt::IgnoredValue),
        (b'e', Takes::Nothing, Opt::Extreme),
        (b'q', Takes::Nothing, Opt::Quiet),
        (b'v', Takes::Nothing, Opt::Verbose),
        (b'Q', Takes::Nothing, Opt::NoWarn),
        (b'h', Takes::Nothing, Opt::Help),
        (b'H', Takes::Nothing, Opt::Help),
        (b'V', Takes::Nothing, Opt::Version),
        (b'0', Takes::Nothing, Opt::Level(0)),
        (b'1', Takes::Nothing, Opt::Level(1)),
        (b'2', Takes::Nothing, Opt::Level(2)),
        (b'3', Takes::Nothing, Opt::Level(3)),
        (b'4', Takes::Nothing, Opt::Level(4)),
        (b'5', Takes::Nothing, Opt::Level(5)),
        (b'6', Takes::Nothing, Opt::Level(6)),
        (b'7', Takes::Nothing, Opt::Level(7)),
        (b'8', Takes::Nothing, Opt::Level(8)),
        (b'9', Takes::Nothing, Opt::Level(9)),
    ],
    long: &[
        ("compress", Takes::Nothing, Opt::Compress),
        ("decompress", Takes::Nothing, Opt::Decompress),
        ("uncompress", Takes::Nothing, Opt::Decompress),
        ("test", Takes::Nothing, Opt::Test),
        ("list", Takes::Nothing, Opt::List),
        ("keep", Takes::Nothing, Opt::Keep),
        ("force", Takes::Nothing, Opt::Force),
        ("stdout", Takes::Nothing, Opt::Stdout),
        ("to-stdout", Takes::Nothing, Opt::Stdout),
        ("single-stream", Takes::Nothing, Opt::Ignored),
        ("no-sparse", Takes::Nothing, Opt::Ignored),
        ("suffix", Takes::Value, Opt::Suffix),
        ("files", Takes::MaybeValue, Opt::Files),
        ("files0", Takes::MaybeValue, Opt::Files0),
        ("format", Takes::Value, Opt::Format),
        ("check", Takes::Value, Opt::Check),
        ("ignore-check", Takes::Nothing, Opt::Ignored),
        ("block-size", Takes::Value, Opt::IgnoredValue),
        ("block-list", Takes::Value, Opt::IgnoredValue),
        ("memlimit-compress", Takes::Value, Opt::IgnoredValue),
        ("memlimit-decompress", Takes::Value, Opt::IgnoredValue),
        ("memlimit", Takes::Value, Opt::IgnoredValue),
        ("memory", Takes::Value, Opt::IgnoredValue),
        ("no-adjust", Takes::Nothing, Opt::Ignored),
        ("threads", Takes::Value, Opt::Number),
        ("flush-timeout", Takes::Value, Opt::Number),
        ("extreme", Takes::Nothing, Opt::Extreme),
        ("fast", Takes::Nothing, Opt::Level(0)),
        ("best", Takes::Nothing, Opt::Level(9)),
        ("quiet", Takes::Nothing, Opt::Quiet),
        ("verbose", Takes::Nothing, Opt::Verbose),
        ("no-warn", Takes::Nothing, Opt::NoWarn),
        ("robot", Takes::Nothing, Opt::Robot),
        ("help", Takes::Nothing, Opt::Help),
        ("long-help", Takes::Nothing, Opt::Help),
        ("version", Takes::Nothing, Opt::Version),
    ],
};

/// Reads the command line; the error is what to complain about.
pub fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Request, String> {
    let is_lzma = matches!(program, "lzma" | "unlzma" | "lzcat");
    let mut job = Job {
        program: program.to_owned(),
        mode: if matches!(program, "xz" | "lzma") { Mode::Compress } else { Mode::Decompress },
        kind: if is_lzma { Kind::Lzma } else { Kind::Auto },
        to_stdout: matches!(program, "xzcat" | "lzcat"),
        force: false,
        keep: false,
        quiet: 0,
        verbose: false,
        no_warn: false,
        robot: false,
        suffix: None,
        level: 6,
        extreme: false,
        check: CheckType::Crc64,
        files: Vec::new(),
    };
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let next = words
            .next()
            .map_err(|what| format!("{what}\n{program}: Try `{program} --help' for more information."))?;
        match next {
            None => break,
            Some(Next::Operand(file)) => job.files.push(file),
            Some(Next::Option { option: Opt::Help, .. }) => return Ok(Request::Show(HELP.to_owned())),
            Some(Next::Option { option: Opt::Version, .. }) => {
                return Ok(Request::Show("xz (wasmsand) 0.1.0\n".to_owned()));
            }
            Some(Next::Option { option, value, .. }) => apply(&mut job, option, value.unwrap_or_default())?,
        }
    }
    Ok(Request::Run(job))
}

fn apply(job: &mut Job, option: Opt, value: Vec<u8>) -> Result<(), String> {
    let text = String::from_utf8_lossy(&value).into_owned();
    match option {
        Opt::Compress => job.mode = Mode::Compress,
        Opt::Decompress => job.mode = Mode::Decompress,
        Opt::Test => job.mode = Mode::Test,
        Opt::List => job.mode = Mode::List,
        Opt::Keep => job.keep = true,
        Opt::Force => job.force = true,
        Opt::Stdout => job.to_stdout = true,
        Opt::Suffix => {
            if value.is_empty() || value.contains(&b'/') {
                return Err(format!("{text}: Invalid filename suffix"));
            }
            job.suffix = Some(value);
        }
        Opt::Format => {
            job.kind = match text.as_str() {
                "auto" => Kind::Auto,
                "xz" => Kind::Xz,
                "lzma" | "alone" => Kind::Lzma,
                _ => return Err(format!("{text}: Unknown file format type")),
            };
        }
        Opt::Check => {
            job.check = match text.as_str() {
                "none" => CheckType::None,
                "crc32" => CheckType::Crc32,
                "crc64" => CheckType::Crc64,
                "sha256" => CheckType::Sha256,
                _ => return Err(format!("{text}: Unsupported integrity check type")),
            };
        }
        Opt::Level(level) => job.level = level,
        Opt::Extreme => job.extreme = true,
        Opt::Quiet => job.quiet += 1,
        Opt::Verbose => job.verbose = true,
        Opt::NoWarn => job.no_warn = true,
        Opt::Robot => job.robot = true,
        Opt::Number => {
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(format!("{text}: Value is not a non-negative decimal integer"));
            }
        }
        Opt::Files | Opt::Files0 => {
            let end = if matches!(option, Opt::Files) { b'\n' } else { 0 };
            let named = if value.is_empty() { b"/dev/stdin".to_vec() } else { value };
            let read = std::fs::read(crate::host::os(&named))
                .map_err(|error| format!("{text}: {}", crate::host::reason(&error)))?;
            job.files
                .extend(read.split(|byte| *byte == end).filter(|name| !name.is_empty()).map(<[u8]>::to_vec));
        }
        Opt::Ignored | Opt::IgnoredValue | Opt::Help | Opt::Version => {}
    }
    Ok(())
}

const HELP: &str = "\
Usage: xz [OPTION]... [FILE]...
Compress or decompress FILEs in the .xz format; without FILE, or where it is -,
standard input to standard output.

  -z, --compress      compress
  -d, --decompress    decompress
  -t, --test          check compressed files
  -l, --list          tell about .xz files
  -k, --keep          keep the input files
  -f, --force         overwrite outputs, follow links
  -c, --stdout        write to standard output, keep the input files
  -F, --format=FMT    auto, xz or lzma
  -C, --check=CHECK   none, crc32, crc64 or sha256
  -S, --suffix=SUF    the suffix of compressed files
  -0 ... -9           faster ... smaller; 6 without
  -e, --extreme       smaller still, slower
  -T, --threads=N     accepted: there is one thread
  -q, --quiet         no warnings; twice: no errors either
  -v, --verbose       say what is done
  -Q, --no-warn       warnings do not count in the status
      --robot         listings for programs
  -h, --help          print this and exit
  -V, --version       print the version and exit
";
