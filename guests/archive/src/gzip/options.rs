//! gzip's command line.

use cli::getopt::{Next, Syntax, Takes, Words};

/// What is done to each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Compress,
    Decompress,
    Test,
    List,
}

/// What was asked for.
#[derive(Debug)]
pub struct Job {
    pub mode: Mode,
    pub to_stdout: bool,
    pub force: bool,
    pub keep: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub recursive: bool,
    /// `-n` and `-N`, for packing and for unpacking.
    pub saves_name: bool,
    pub restores_name: bool,
    pub suffix: Vec<u8>,
    pub level: u32,
    pub files: Vec<Vec<u8>>,
}

pub enum Request {
    Show(String),
    Run(Job),
}

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Stdout,
    Decompress,
    Force,
    Help,
    Keep,
    List,
    NoName,
    Name,
    Quiet,
    Recursive,
    Suffix,
    Test,
    Verbose,
    Version,
    License,
    Level(u32),
    Ascii,
    Ignored,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'a', Takes::Nothing, Opt::Ascii),
        (b'b', Takes::Value, Opt::Ignored),
        (b'c', Takes::Nothing, Opt::Stdout),
        (b'd', Takes::Nothing, Opt::Decompress),
        (b'f', Takes::Nothing, Opt::Force),
        (b'h', Takes::Nothing, Opt::Help),
        (b'H', Takes::Nothing, Opt::Help),
        (b'k', Takes::Nothing, Opt::Keep),
        (b'l', Takes::Nothing, Opt::List),
        (b'L', Takes::Nothing, Opt::License),
        (b'm', Takes::Nothing, Opt::NoName),
        (b'M', Takes::Nothing, Opt::Name),
        (b'n', Takes::Nothing, Opt::NoName),
        (b'N', Takes::Nothing, Opt::Name),
        (b'q', Takes::Nothing, Opt::Quiet),
        (b'r', Takes::Nothing, Opt::Recursive),
        (b'S', Takes::Value, Opt::Suffix),
        (b't', Takes::Nothing, Opt::Test),
        (b'v', Takes::Nothing, Opt::Verbose),
        (b'V', Takes::Nothing, Opt::Version),
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
        ("ascii", Takes::Nothing, Opt::Ascii),
        ("to-stdout", Takes::Nothing, Opt::Stdout),
        ("stdout", Takes::Nothing, Opt::Stdout),
        ("decompress", Takes::Nothing, Opt::Decompress),
        ("uncompress", Takes::Nothing, Opt::Decompress),
        ("force", Takes::Nothing, Opt::Force),
        ("help", Takes::Nothing, Opt::Help),
        ("keep", Takes::Nothing, Opt::Keep),
        ("list", Takes::Nothing, Opt::List),
        ("license", Takes::Nothing, Opt::License),
        ("no-name", Takes::Nothing, Opt::NoName),
        ("name", Takes::Nothing, Opt::Name),
        ("quiet", Takes::Nothing, Opt::Quiet),
        ("silent", Takes::Nothing, Opt::Quiet),
        ("synchronous", Takes::Nothing, Opt::Ignored),
        ("recursive", Takes::Nothing, Opt::Recursive),
        ("suffix", Takes::Value, Opt::Suffix),
        ("test", Takes::Nothing, Opt::Test),
        ("verbose", Takes::Nothing, Opt::Verbose),
        ("version", Takes::Nothing, Opt::Version),
        ("fast", Takes::Nothing, Opt::Level(1)),
        ("best", Takes::Nothing, Opt::Level(9)),
        ("rsyncable", Takes::Nothing, Opt::Ignored),
    ],
};

/// Reads the command line; the error is what to complain about.
pub fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Request, String> {
    let mut job = Job {
        mode: if program == "gzip" { Mode::Compress } else { Mode::Decompress },
        to_stdout: program == "zcat",
        force: false,
        keep: false,
        quiet: false,
        verbose: false,
        recursive: false,
        saves_name: true,
        restores_name: false,
        suffix: b".gz".to_vec(),
        level: 6,
        files: Vec::new(),
    };
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let next = words.next().map_err(|what| format!("{what}\nTry `gzip --help' for more information."))?;
        match next {
            None => break,
            Some(Next::Operand(file)) => job.files.push(file),
            Some(Next::Option { option, value, .. }) => match option {
                Opt::Stdout => job.to_stdout = true,
                Opt::Decompress => job.mode = Mode::Decompress,
                Opt::Force => job.force = true,
                Opt::Help => return Ok(Request::Show(HELP.to_owned())),
                Opt::Version | Opt::License => {
                    return Ok(Request::Show("gzip (wasmsand) 0.1.0\n".to_owned()));
                }
                Opt::Keep => job.keep = true,
                Opt::List => job.mode = Mode::List,
                Opt::NoName => (job.saves_name, job.restores_name) = (false, false),
                Opt::Name => (job.saves_name, job.restores_name) = (true, true),
                Opt::Quiet => (job.quiet, job.verbose) = (true, false),
                Opt::Verbose => (job.verbose, job.quiet) = (true, false),
                Opt::Recursive => job.recursive = true,
                Opt::Test => job.mode = Mode::Test,
                Opt::Level(level) => job.level = level,
                Opt::Ascii => cli::stdio::complain("gzip", "option --ascii ignored on this system"),
                Opt::Ignored => {}
                Opt::Suffix => {
                    let suffix = value.unwrap_or_default();
                    if suffix.is_empty() || suffix.len() > 30 || suffix.contains(&b'/') {
                        return Err(format!("invalid suffix '{}'", String::from_utf8_lossy(&suffix)));
                    }
                    job.suffix = suffix;
                }
            },
        }
    }
    Ok(Request::Run(job))
}

const HELP: &str = "\
Usage: gzip [OPTION]... [FILE]...
Compress each FILE into FILE.gz, or with -d the other way round; without FILE, or
where it is -, standard input to standard output.

  -c, --stdout       write to standard output, keep the files
  -d, --decompress   decompress
  -f, --force        overwrite outputs, follow links; with -cd pass on what is not compressed
  -h, --help         print this and exit
  -k, --keep         keep the files
  -l, --list         list what compressed files hold
  -n, --no-name      neither save nor restore the name and the time
  -N, --name         save or restore the name and the time
  -q, --quiet        no warnings
  -r, --recursive    everything below directories
  -S, --suffix=SUF   the suffix of compressed files
  -t, --test         check compressed files
  -v, --verbose      say what is done
  -V, --version      print the version and exit
  -1, --fast         compress faster
  -9, --best         compress better
";
