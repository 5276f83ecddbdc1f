//! The command line of patch.

use cli::getopt::{Next, Syntax, Takes, Words};

use super::parse::Format;

/// How backups are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    None,
    Simple,
    Existing,
    Numbered,
}

/// What patch is asked to do.
#[derive(Clone)]
pub struct Job {
    pub strip: Option<usize>,
    pub fuzz: usize,
    pub ignore_blanks: bool,
    pub format: Option<Format>,
    pub forward: bool,
    pub reverse: bool,
    pub input: Option<Vec<u8>>,
    pub output: Option<Vec<u8>>,
    pub reject_file: Option<Vec<u8>>,
    pub reject_format: Option<Format>,
    pub ifdef: Option<Vec<u8>>,
    pub remove_empty: bool,
    pub set_times: bool,
    pub backup: bool,
    pub backup_if_mismatch: bool,
    pub versions: Versions,
    pub prefix: Vec<u8>,
    pub base_prefix: Vec<u8>,
    pub suffix: Vec<u8>,
    pub batch: bool,
    pub force: bool,
    pub silent: bool,
    pub verbose: bool,
    pub dry_run: bool,
    pub posix: bool,
    pub directory: Option<Vec<u8>>,
    pub binary: bool,
    pub read_only: ReadOnly,
    pub follow_links: bool,
    pub quoting: Quoting,
    pub file: Option<Vec<u8>>,
}

/// What is done with files that may not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    Ignore,
    Warn,
    Fail,
}

/// How names are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    Literal,
    Shell,
    ShellAlways,
    C,
    Escape,
}

/// What a command line comes to.
pub enum Request {
    Patch(Box<Job>),
    Show(String),
}

/// What is wrong with a command line.
pub enum Wrong {
    /// The help is pointed to.
    Usage(String),
    /// Patch gives up.
    Fatal(String),
    /// A message of several lines that stands for itself.
    Whole(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opt {
    Backup,
    Prefix,
    As(Format),
    Directory,
    Ifdef,
    RemoveEmpty,
    Force,
    Fuzz,
    Ignored,
    Input,
    Blanks,
    Forward,
    Output,
    Strip,
    RejectFile,
    Reverse,
    Silent,
    Batch,
    SetTime,
    Versions,
    BasePrefix,
    Suffix,
    DryRun,
    Verbose,
    Binary,
    BackupIfMismatch(bool),
    Posix,
    Quoting,
    RejectFormat,
    ReadOnly,
    FollowLinks,
    Merge,
    Help,
    Version,
}

use Takes::{MaybeValue, Nothing, Value};

#[rustfmt::skip]
const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'b', Nothing, Opt::Backup), (b'B', Value, Opt::Prefix), (b'c', Nothing, Opt::As(Format::Context)),
        (b'd', Value, Opt::Directory), (b'D', Value, Opt::Ifdef), (b'e', Nothing, Opt::As(Format::Ed)),
        (b'E', Nothing, Opt::RemoveEmpty), (b'f', Nothing, Opt::Force), (b'F', Value, Opt::Fuzz),
        (b'g', Value, Opt::Ignored), (b'i', Value, Opt::Input), (b'l', Nothing, Opt::Blanks),
        (b'n', Nothing, Opt::As(Format::Normal)), (b'N', Nothing, Opt::Forward), (b'o', Value, Opt::Output),
        (b'p', Value, Opt::Strip), (b'r', Value, Opt::RejectFile), (b'R', Nothing, Opt::Reverse),
        (b's', Nothing, Opt::Silent), (b't', Nothing, Opt::Batch), (b'T', Nothing, Opt::SetTime),
        (b'u', Nothing, Opt::As(Format::Unified)), (b'v', Nothing, Opt::Version), (b'V', Value, Opt::Versions),
        (b'x', Value, Opt::Ignored), (b'Y', Value, Opt::BasePrefix), (b'z', Value, Opt::Suffix),
        (b'Z', Nothing, Opt::SetTime),
    ],
    long: &[
        ("backup", Nothing, Opt::Backup),
        ("prefix", Value, Opt::Prefix),
        ("context", Nothing, Opt::As(Format::Context)),
        ("directory", Value, Opt::Directory),
        ("ifdef", Value, Opt::Ifdef),
        ("ed", Nothing, Opt::As(Format::Ed)),
        ("remove-empty-files", Nothing, Opt::RemoveEmpty),
        ("force", Nothing, Opt::Force),
        ("fuzz", Value, Opt::Fuzz),
        ("get", Value, Opt::Ignored),
        ("input", Value, Opt::Input),
        ("ignore-whitespace", Nothing, Opt::Blanks),
        ("normal", Nothing, Opt::As(Format::Normal)),
        ("forward", Nothing, Opt::Forward),
        ("output", Value, Opt::Output),
        ("strip", Value, Opt::Strip),
        ("reject-file", Value, Opt::RejectFile),
        ("reverse", Nothing, Opt::Reverse),
        ("quiet", Nothing, Opt::Silent),
        ("silent", Nothing, Opt::Silent),
        ("batch", Nothing, Opt::Batch),
        ("set-time", Nothing, Opt::SetTime),
        ("unified", Nothing, Opt::As(Format::Unified)),
        ("version", Nothing, Opt::Version),
        ("version-control", Value, Opt::Versions),
        ("debug", Value, Opt::Ignored),
        ("basename-prefix", Value, Opt::BasePrefix),
        ("suffix", Value, Opt::Suffix),
        ("set-utc", Nothing, Opt::SetTime),
        ("dry-run", Nothing, Opt::DryRun),
        ("verbose", Nothing, Opt::Verbose),
        ("binary", Nothing, Opt::Binary),
        ("help", Nothing, Opt::Help),
        ("backup-if-mismatch", Nothing, Opt::BackupIfMismatch(true)),
        ("no-backup-if-mismatch", Nothing, Opt::BackupIfMismatch(false)),
        ("posix", Nothing, Opt::Posix),
        ("quoting-style", Value, Opt::Quoting),
        ("reject-format", Value, Opt::RejectFormat),
        ("read-only", Value, Opt::ReadOnly),
        ("follow-symlinks", Nothing, Opt::FollowLinks),
        ("merge", MaybeValue, Opt::Merge),
    ],
};

/// Reads a command line.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Request, Wrong> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let posix = std::env::var_os("POSIXLY_CORRECT").is_some();
    let mut job = Job {
        strip: None,
        fuzz: 2,
        ignore_blanks: false,
        format: None,
        forward: false,
        reverse: false,
        input: None,
        output: None,
        reject_file: None,
        reject_format: None,
        ifdef: None,
        remove_empty: false,
        set_times: false,
        backup: false,
        backup_if_mismatch: !posix,
        versions: Versions::Existing,
        prefix: Vec::new(),
        base_prefix: Vec::new(),
        suffix: variable("SIMPLE_BACKUP_SUFFIX").unwrap_or_else(|| ".orig".to_owned()).into_bytes(),
        batch: false,
        force: false,
        silent: false,
        verbose: false,
        dry_run: false,
        posix,
        directory: None,
        binary: false,
        read_only: ReadOnly::Warn,
        follow_links: false,
        quoting: Quoting::Shell,
        file: None,
    };
    if let Some(style) = variable("QUOTING_STYLE").and_then(|word| quoting(word.as_bytes())) {
        job.quoting = style;
    }
    if let Some(name) = variable("PATCH_VERSION_CONTROL").or_else(|| variable("VERSION_CONTROL")) {
        job.versions = versions(name.as_bytes()).unwrap_or(Versions::Existing);
    }
    let mut simple_is_meant = false;
    let mut versions_are_given = false;
    let mut operands = Vec::new();
    let mut words = Words::new(&SYNTAX, arguments);
    while let Some(next) = words.next().map_err(Wrong::Usage)? {
        let (option, value) = match next {
            Next::Operand(word) => {
                operands.push(word);
                continue;
            }
            Next::Option { option, value, .. } => (option, value.unwrap_or_default()),
        };
        let shown = || String::from_utf8_lossy(&value).into_owned();
        let empty = |what: &str| Err(Wrong::Fatal(format!("{what} is empty")));
        match option {
            Opt::Backup => job.backup = true,
            Opt::Prefix if value.is_empty() => return empty("backup prefix"),
            Opt::Prefix => {
                simple_is_meant = true;
                job.prefix = value;
            }
            Opt::BasePrefix if value.is_empty() => return empty("backup basename prefix"),
            Opt::BasePrefix => {
                simple_is_meant = true;
                job.base_prefix = value;
            }
            Opt::Suffix if value.is_empty() => return empty("backup suffix"),
            Opt::Suffix => {
                simple_is_meant = true;
                job.suffix = value;
            }
            Opt::As(format) => job.format = Some(format),
            Opt::Directory => job.directory = Some(value),
            Opt::Ifdef => job.ifdef = Some(value),
            Opt::RemoveEmpty => job.remove_empty = true,
            Opt::Force => job.force = true,
            Opt::Fuzz => job.fuzz = number(&value, "fuzz factor")?,
            Opt::Ignored => {}
            Opt::Input => job.input = Some(value),
            Opt::Blanks => job.ignore_blanks = true,
            Opt::Forward => job.forward = true,
            Opt::Output => job.output = Some(value),
            Opt::Strip => job.strip = Some(number(&value, "strip count")?),
            Opt::RejectFile => job.reject_file = Some(value),
            Opt::Reverse => job.reverse = true,
            Opt::Silent => job.silent = true,
            Opt::Batch => job.batch = true,
            Opt::SetTime => job.set_times = true,
            Opt::Versions => {
                versions_are_given = true;
                job.versions = versions(&value).ok_or_else(|| {
                    Wrong::Whole(format!(
                        "patch: invalid argument '{}' for '--version-control or -V option'\nValid arguments are:\n  \
                         - 'none', 'off'\n  - 'simple', 'never'\n  - 'existing', 'nil'\n  - 'numbered', 't'",
                        shown()
                    ))
                })?;
            }
            Opt::DryRun => job.dry_run = true,
            Opt::Verbose => job.verbose = true,
            Opt::Binary => job.binary = true,
            Opt::BackupIfMismatch(wanted) => job.backup_if_mismatch = wanted,
            Opt::Posix => job.posix = true,
            Opt::Quoting => {
                job.quoting = quoting(&value).ok_or_else(|| {
                    Wrong::Whole(format!(
                        "patch: invalid argument '{}' for '--quoting-style'\nValid arguments are:\n  - 'literal'\n  - \
                         'shell'\n  - 'shell-always'\n  - 'c'\n  - 'escape'",
                        shown()
                    ))
                })?;
            }
            Opt::RejectFormat => {
                job.reject_format = Some(match value.as_slice() {
                    b"context" => Format::Context,
                    b"unified" => Format::Unified,
                    _ => return Err(Wrong::Usage(format!("{}: unrecognized reject format", shown()))),
                });
            }
            Opt::ReadOnly => {
                job.read_only = match value.as_slice() {
                    b"ignore" => ReadOnly::Ignore,
                    b"warn" => ReadOnly::Warn,
                    b"fail" => ReadOnly::Fail,
                    _ => return Err(Wrong::Usage(format!("{}: unrecognized behavior", shown()))),
                }
            }
            Opt::FollowLinks => job.follow_links = true,
            Opt::Merge => return Err(Wrong::Fatal("--merge is not supported".to_owned())),
            Opt::Help => return Ok(Request::Show(include_str!("help.txt").to_owned())),
            Opt::Version => return Ok(Request::Show("patch (wasmsand) 0.1.0\n".to_owned())),
        }
    }
    if simple_is_meant && !versions_are_given {
        job.versions = Versions::Simple;
    }
    let mut operands = operands.into_iter();
    job.file = operands.next();
    if let Some(input) = operands.next() {
        job.input = Some(input);
    }
    if let Some(extra) = operands.next() {
        return Err(Wrong::Usage(format!("{}: extra operand", String::from_utf8_lossy(&extra))));
    }
    Ok(Request::Patch(Box::new(job)))
}

fn number(value: &[u8], what: &str) -> Result<usize, Wrong> {
    let text = String::from_utf8_lossy(value);
    text.parse().map_err(|_| Wrong::Fatal(format!("{what} {text} is not a number")))
}

fn versions(word: &[u8]) -> Option<Versions> {
    Some(match word {
        b"none" | b"off" => Versions::None,
        b"simple" | b"never" => Versions::Simple,
        b"existing" | b"nil" => Versions::Existing,
        b"numbered" | b"t" => Versions::Numbered,
        _ => return None,
    })
}

fn quoting(word: &[u8]) -> Option<Quoting> {
    Some(match word {
        b"literal" => Quoting::Literal,
        b"shell" => Quoting::Shell,
        b"shell-always" => Quoting::ShellAlways,
        b"c" => Quoting::C,
        b"escape" => Quoting::Escape,
        _ => return None,
    })
}
