//! The grep program, under the names grep, egrep and fgrep: held against GNU grep 3.8.
//!
//! [`options`] reads the command line, [`matcher`] compiles the patterns, [`search`] looks in one file. Here is which
//! files are looked in, and the status.

mod color;
mod glob;
mod matcher;
mod options;
mod output;
mod search;

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::stdio::{complain, note};
use os::{OsStrExt, OsStringExt};
use rustix::io::Errno;

use color::Colors;
use matcher::{Language, Matcher, Meaning};
use options::{Folders, Options, Request};
use output::Output;
use search::{Search, Source};

/// The status of an error, as opposed to "no line was selected".
const TROUBLE: i32 = 2;
/// How deep folders may be nested.
const DEPTH_MAX: usize = 512;

/// A name as a path.
pub(crate) fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// Why a call failed, in words.
pub(crate) fn words(error: &io::Error) -> String {
    cli::wording::reason(Errno::from_io_error(error).unwrap_or(Errno::IO))
}

/// A complaint about a file.
pub(crate) fn unreadable(name: &[u8], error: &io::Error) -> String {
    format!("{}: {}", String::from_utf8_lossy(name), words(error))
}

/// Runs grep on the words of a command line, the name of the command first; answers the exit status.
pub fn main(mut arguments: Vec<Vec<u8>>) -> i32 {
    let name = if arguments.is_empty() { Vec::new() } else { arguments.remove(0) };
    let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    match name {
        b"egrep" => arguments.insert(0, b"-E".to_vec()),
        b"fgrep" => arguments.insert(0, b"-F".to_vec()),
        _ => {}
    }
    match options::parse(arguments) {
        Request::Run(options) => run(*options),
        Request::Show(text) => match cli::stdio::print(text.as_bytes()) {
            Ok(()) => 0,
            Err(errno) => {
                complain("grep", &format!("write error: {}", cli::wording::reason(errno)));
                TROUBLE
            }
        },
        Request::Usage(what) => {
            if let Some(what) = what {
                complain("grep", &what);
            }
            note(options::USAGE);
            TROUBLE
        }
        Request::Fail(what) => {
            complain("grep", &what);
            TROUBLE
        }
        Request::BadFolders(value) => {
            complain("grep", &format!("invalid argument '{value}' for '--directories'"));
            note("Valid arguments are:\n  - 'read'\n  - 'recurse'\n  - 'skip'");
            note(options::USAGE);
            1
        }
    }
}

fn run(options: Options) -> i32 {
    let language = options.language.unwrap_or(Language::Basic);
    let patterns = options.patterns.clone().unwrap_or_default();
    for pattern in &patterns {
        if language == Language::Extended {
            for warning in matcher::warnings(pattern) {
                complain("grep", &format!("warning: {warning}"));
            }
        }
        let is_posix = matches!(language, Language::Basic | Language::Extended);
        if is_posix && matcher::has_single_bracket_class(pattern) {
            complain("grep", "character class syntax is [[:space:]], not [:space:]");
            return TROUBLE;
        }
    }
    let meaning = Meaning {
        language,
        ignore_case: options.ignore_case,
        words: options.words,
        lines: options.lines,
        bytes: cli::locale::is_bytes(),
    };
    let matcher = match Matcher::new(&patterns, meaning) {
        Ok(matcher) => matcher,
        Err(what) => {
            complain("grep", &what);
            return TROUBLE;
        }
    };
    let colors = options.color.then(Colors::from_environment);
    let mut grep = Grep {
        options: &options,
        matcher: &matcher,
        out: Output::new(options.line_buffered, colors),
        many: options.files.len() > 1,
        selected: false,
        failed: false,
        stdout: output_identity(&options),
    };
    grep.files();
    grep.out.flush();
    if let Some(reason) = grep.out.reason() {
        complain("grep", &format!("write error: {reason}"));
        return TROUBLE;
    }
    match (grep.failed && !(options.quiet && grep.selected), grep.selected) {
        (true, _) => TROUBLE,
        (false, selected) => i32::from(!selected),
    }
}

/// The run over all files.
struct Grep<'a> {
    options: &'a Options,
    matcher: &'a Matcher,
    out: Output,
    /// There may be more than one file, so lines tell theirs.
    many: bool,
    selected: bool,
    failed: bool,
    /// The file that standard output is, where that is one.
    stdout: Option<(u64, u64)>,
}

impl Grep<'_> {
    fn files(&mut self) {
        let files: &[Vec<u8>] = &self.options.files;
        if files.is_empty() {
            if self.options.folders == Folders::Recurse {
                self.folder(b".", b"", 0);
            } else {
                self.standard_input();
            }
            return;
        }
        for name in files {
            if self.is_done() {
                return;
            }
            if name == b"-" {
                self.standard_input();
            } else {
                self.named(name);
            }
        }
    }

    /// Nothing that is found can change the answer.
    fn is_done(&self) -> bool {
        self.options.quiet && self.selected || self.out.failure.is_some()
    }

    fn standard_input(&mut self) {
        let label = self.options.label.clone().unwrap_or_else(|| b"(standard input)".to_vec());
        self.search(&mut Source::Stdin, &label, None);
    }

    /// A file or folder of the command line.
    fn named(&mut self, name: &[u8]) {
        let metadata = match self.metadata(name) {
            Ok(metadata) => metadata,
            Err(error) => return self.complain(name, &error),
        };
        if metadata.is_dir() {
            match self.options.folders {
                Folders::Recurse => {
                    if self.options.filters.takes_folder(trimmed(name), true) {
                        self.folder(name, name, 0);
                    }
                }
                Folders::Skip => {}
                Folders::Read => {
                    if self.options.filters.takes_folder(trimmed(name), true) {
                        self.complain(name, &io::Error::from(Errno::ISDIR));
                    }
                }
            }
            return;
        }
        if self.options.filters.takes_file(name, true) {
            self.file(name, &metadata);
        }
    }

    fn metadata(&self, name: &[u8]) -> io::Result<Metadata> {
        // wasi-libc takes an empty name for the current directory.
        if name.is_empty() {
            return Err(io::Error::from(Errno::NOENT));
        }
        std::fs::metadata(path(name))
    }

    /// All files in a folder; `shown` is what its name is to be called, empty for the current one unasked.
    fn folder(&mut self, name: &[u8], shown: &[u8], depth: usize) {
        let entries = match std::fs::read_dir(path(name)) {
            Ok(entries) => entries,
            Err(error) => return self.complain(name, &error),
        };
        if depth >= DEPTH_MAX {
            return self.complain(name, &io::Error::from(Errno::NAMETOOLONG));
        }
        let mut names: Vec<Vec<u8>> = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.push(entry.file_name().into_vec()),
                Err(error) => self.complain(name, &error),
            }
        }
        let alone = std::mem::replace(&mut self.many, true);
        for entry in names {
            if self.is_done() {
                break;
            }
            let inside = match shown {
                b"" => entry.clone(),
                shown if shown.ends_with(b"/") => [shown, &entry].concat(),
                shown => [shown, b"/", &entry].concat(),
            };
            self.entry(&inside, depth);
        }
        self.many = alone;
    }

    /// What was found in a folder.
    fn entry(&mut self, name: &[u8], depth: usize) {
        let metadata = match std::fs::symlink_metadata(path(name)) {
            Ok(metadata) if metadata.is_symlink() && !self.options.follow => return,
            Ok(metadata) if metadata.is_symlink() => match std::fs::metadata(path(name)) {
                Ok(metadata) => metadata,
                Err(error) => return self.complain(name, &error),
            },
            Ok(metadata) => metadata,
            Err(error) => return self.complain(name, &error),
        };
        if metadata.is_dir() {
            if self.options.filters.takes_folder(name, false) {
                self.folder(name, name, depth + 1);
            }
            return;
        }
        // Devices that nobody named are not read.
        if metadata.is_file() && self.options.filters.takes_file(name, false) {
            self.file(name, &metadata);
        }
    }

    fn file(&mut self, name: &[u8], metadata: &Metadata) {
        if self.options.skip_devices && !metadata.is_file() {
            return;
        }
        let file = match File::open(path(name)) {
            Ok(file) => file,
            Err(error) => return self.complain(name, &error),
        };
        let stops_early =
            self.options.quiet || self.options.list.is_some() || self.options.max_count == Some(0);
        if self.stdout.is_some() && !stops_early && self.stdout == identity(&file) {
            complain("grep", &format!("{}: input file is also the output", String::from_utf8_lossy(name)));
            self.failed = true;
            return;
        }
        let size = metadata.is_file().then_some(metadata.len());
        self.search(&mut Source::File(file), name, size);
    }

    fn search(&mut self, source: &mut Source, name: &[u8], size: Option<u64>) {
        let with_name = self.options.names.unwrap_or(self.many);
        let search = Search::new(self.options, self.matcher, &mut self.out, name, with_name, size);
        let found = search.run(source);
        self.selected |= found.selected > 0;
        if let Some(error) = found.error {
            self.complain(name, &error);
        }
    }

    fn complain(&mut self, name: &[u8], error: &io::Error) {
        if !self.options.no_messages {
            self.out.flush();
            complain("grep", &unreadable(name, error));
        }
        self.failed = true;
    }
}

/// A folder's name without the slashes at its end.
fn trimmed(name: &[u8]) -> &[u8] {
    let last = name.iter().rposition(|byte| *byte != b'/');
    last.and_then(|last| name.get(..=last)).unwrap_or(name)
}

/// The file that standard output is, if it is one.
fn output_identity(options: &Options) -> Option<(u64, u64)> {
    if options.quiet {
        return None;
    }
    identity(&std::io::stdout())
}

/// What tells a regular file from others.
#[cfg(target_os = "wasi")]
fn identity(fd: &impl std::os::fd::AsFd) -> Option<(u64, u64)> {
    const TYPE: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    let stat = wasmsand_sys::file::stat_fd(fd).ok()?;
    (stat.mode & TYPE == REGULAR).then_some((stat.dev, stat.ino))
}

#[cfg(unix)]
fn identity(fd: &impl std::os::fd::AsFd) -> Option<(u64, u64)> {
    let stat = rustix::fs::fstat(fd).ok()?;
    let is_regular = rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file();
    is_regular.then_some((stat.st_dev, stat.st_ino))
}
