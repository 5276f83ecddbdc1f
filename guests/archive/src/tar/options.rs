//! tar's command line: what is to be done, and the names that it is done to.

use cli::getopt::{Next, Words};

use super::header::Format;
use super::mode::Mode;
use super::syntax::{HELP, Opt, SYNTAX};
use super::transform::{self, Transform};
use crate::codec;
use crate::glob::{self, Rules};
use crate::host::{self, Time};
use crate::{clock, host::reason};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Append,
    Update,
    Concatenate,
    Delete,
    List,
    Extract,
    Compare,
}

/// What becomes of a file that is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    Replace,
    Keep,
    Skip,
    KeepNewer,
    Overwrite,
    UnlinkFirst,
    NoOverwriteDirectory,
}

/// How the archive is compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packing {
    /// By what it says itself.
    Unknown,
    Codec(codec::Format),
    Program(Vec<u8>),
}

/// An item of the command line, in its order.
#[derive(Clone, Debug)]
pub enum Item {
    Directory(Vec<u8>),
    Name(Vec<u8>),
}

/// How patterns are read; options change it for those that follow.
#[derive(Clone, Copy, Debug)]
pub struct Matching {
    pub wildcards: Option<bool>,
    pub anchored: Option<bool>,
    pub slash_too: bool,
    pub ignore_case: bool,
}

/// A pattern of names that are left out.
#[derive(Debug)]
pub struct Exclusion {
    pattern: Vec<u8>,
    matching: Matching,
}

/// A name and a number, or one of them, for owners.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    pub name: Option<Vec<u8>>,
    pub number: Option<u64>,
}

/// What was asked for.
pub struct Job {
    pub action: Action,
    pub file: Vec<u8>,
    pub packing: Packing,
    pub verbosity: u32,
    pub items: Vec<Item>,
    pub permissions: bool,
    pub same_owner: bool,
    pub numeric_owner: bool,
    pub owner: Owner,
    pub group: Owner,
    pub mode: Option<Mode>,
    pub mtime: Option<Time>,
    pub clamp_mtime: bool,
    pub touch: bool,
    pub exclusions: Vec<Exclusion>,
    pub exclude_tags: Vec<Vec<u8>>,
    pub exclude_caches: bool,
    pub strip: usize,
    pub transforms: Vec<Transform>,
    pub to_stdout: bool,
    pub old: Old,
    pub dereference: bool,
    pub hard_dereference: bool,
    pub remove_files: bool,
    pub matching: Matching,
    pub absolute: bool,
    pub format: Format,
    pub sorted: bool,
    pub recursion: bool,
    pub totals: bool,
    pub show_transformed: bool,
    pub ignore_zeros: bool,
    pub full_time: bool,
    pub label: Option<Vec<u8>>,
    pub pax_deleted: Vec<String>,
    pub newer: Option<Time>,
    pub occurrence: Option<u64>,
    pub one_top_level: Option<Vec<u8>>,
    pub one_file_system: bool,
    pub ignore_failed_read: bool,
    pub keep_directory_link: bool,
    pub literal: bool,
    pub block_number: bool,
}

pub enum Request {
    Show(String),
    Run(Box<Job>),
}

/// What is wrong with a command line: what to say, whether the usage is pointed at, and the status.
pub struct Wrong {
    pub what: String,
    pub points: bool,
    pub status: i32,
}

fn wrong(what: impl Into<String>) -> Wrong {
    Wrong { what: what.into(), points: true, status: 2 }
}

fn fatal(what: impl Into<String>) -> Wrong {
    Wrong {
        what: format!("{}\ntar: Error is not recoverable: exiting now", what.into()),
        points: false,
        status: 2,
    }
}

/// A command line while it is read.
struct Parser {
    job: Job,
    action: Option<Action>,
    auto: bool,
    nul: bool,
    verbatim: bool,
    lists: Vec<Vec<u8>>,
    top_level: Option<Option<Vec<u8>>>,
    dates: Vec<(String, Time)>,
}

/// Reads the command line.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Request, Wrong> {
    let arguments = modern(arguments)?;
    let mut parser = Parser::new();
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let next = words.next().map_err(|what| Wrong { what, points: true, status: 64 })?;
        match next {
            None => break,
            Some(Next::Operand(name)) => parser.job.items.push(Item::Name(name)),
            Some(Next::Option { option, value, .. }) => {
                if let Some(text) = parser.option(option, value.unwrap_or_default())? {
                    return Ok(Request::Show(text));
                }
            }
        }
    }
    parser.finish().map(|job| Request::Run(Box::new(job)))
}

/// A first word without a dash is a bundle of letters, whose values are the words that follow it.
fn modern(mut arguments: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Wrong> {
    let Some(first) = arguments.first().filter(|word| !word.starts_with(b"-")).cloned() else {
        return Ok(arguments);
    };
    let mut rest = arguments.split_off(1).into_iter();
    let mut words = Vec::new();
    for letter in first {
        words.push(vec![b'-', letter]);
        let takes = SYNTAX.short.iter().find(|(known, ..)| *known == letter).map(|(_, takes, _)| *takes);
        if takes == Some(cli::getopt::Takes::Value) {
            let value = rest.next();
            words.push(value.ok_or_else(|| {
                wrong(format!("Old option '{}' requires an argument.", char::from(letter)))
            })?);
        }
    }
    words.extend(rest);
    Ok(words)
}

impl Parser {
    fn new() -> Parser {
        let matching = Matching { wildcards: None, anchored: None, slash_too: true, ignore_case: false };
        let job = Job {
            action: Action::List,
            file: std::env::var_os("TAPE").map_or_else(|| b"-".to_vec(), host::bytes),
            packing: Packing::Unknown,
            verbosity: 0,
            items: Vec::new(),
            permissions: false,
            same_owner: false,
            numeric_owner: false,
            owner: Owner::default(),
            group: Owner::default(),
            mode: None,
            mtime: None,
            clamp_mtime: false,
            touch: false,
            exclusions: Vec::new(),
            exclude_tags: Vec::new(),
            exclude_caches: false,
            strip: 0,
            transforms: Vec::new(),
            to_stdout: false,
            old: Old::Replace,
            dereference: false,
            hard_dereference: false,
            remove_files: false,
            matching,
            absolute: false,
            format: Format::Gnu,
            sorted: false,
            recursion: true,
            totals: false,
            show_transformed: false,
            ignore_zeros: false,
            full_time: false,
            label: None,
            pax_deleted: Vec::new(),
            newer: None,
            occurrence: None,
            one_top_level: None,
            one_file_system: false,
            ignore_failed_read: false,
            keep_directory_link: false,
            literal: false,
            block_number: false,
        };
        Parser {
            job,
            action: None,
            auto: false,
            nul: false,
            verbatim: false,
            lists: Vec::new(),
            top_level: None,
            dates: Vec::new(),
        }
    }

    /// Takes an option; answers a text to show instead of a run.
    fn option(&mut self, option: Opt, value: Vec<u8>) -> Result<Option<String>, Wrong> {
        let text = String::from_utf8_lossy(&value).into_owned();
        let job = &mut self.job;
        match option {
            Opt::Mode(action) => match self.action {
                Some(other) if other != action => {
                    return Err(wrong(
                        "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
                    ));
                }
                _ => self.action = Some(action),
            },
            Opt::File => job.file = value,
            Opt::Verbose => job.verbosity += 1,
            Opt::Directory => job.items.push(Item::Directory(value)),
            Opt::Pack(format) => match &job.packing {
                Packing::Codec(other) if *other != format => {
                    return Err(wrong("Conflicting compression options"));
                }
                _ => job.packing = Packing::Codec(format),
            },
            Opt::Program => job.packing = Packing::Program(value),
            Opt::Auto => self.auto = true,
            Opt::NoAuto => self.auto = false,
            Opt::Permissions => job.permissions = true,
            Opt::NoPermissions => job.permissions = false,
            Opt::SameOwner => job.same_owner = true,
            Opt::NoSameOwner => job.same_owner = false,
            Opt::NumericOwner => job.numeric_owner = true,
            Opt::Owner => job.owner = owner(&value, "owner")?,
            Opt::Group => job.group = owner(&value, "group")?,
            Opt::ChangeMode => {
                let mode = Mode::parse(&value);
                job.mode = Some(mode.ok_or_else(|| fatal("Invalid mode given on option"))?);
            }
            Opt::Mtime => {
                let time = date(&value, "--mtime")?;
                if !is_path(&value) {
                    self.dates.push((format!("Option --mtime: Treating date '{text}' as "), time));
                }
                job.mtime = Some(time);
            }
            Opt::ClampMtime => job.clamp_mtime = true,
            Opt::Touch => job.touch = true,
            Opt::Sort => match text.as_str() {
                "name" => job.sorted = true,
                "none" | "inode" => job.sorted = false,
                _ => return Err(choice("--sort", &text, &["none", "name", "inode"])),
            },
            Opt::Format => {
                job.format = match text.as_str() {
                    "v7" => Format::V7,
                    "oldgnu" | "gnu" => Format::Gnu,
                    "ustar" => Format::Ustar,
                    "posix" | "pax" => Format::Pax,
                    _ => return Err(wrong(format!("{text}: Invalid archive format"))),
                };
            }
            Opt::FormatIs(format) => job.format = format,
            Opt::Help => return Ok(Some(HELP.to_owned())),
            Opt::Usage => return Ok(Some("Usage: tar [OPTION...] [FILE]...\n".to_owned())),
            Opt::Version => return Ok(Some("tar (wasmsand) 0.1.0\n".to_owned())),
            _ => self.other(option, value, &text)?,
        }
        Ok(None)
    }

    /// The options about names, patterns and extraction.
    fn other(&mut self, option: Opt, value: Vec<u8>, text: &str) -> Result<(), Wrong> {
        let job = &mut self.job;
        match option {
            Opt::Exclude => job.exclusions.push(Exclusion { pattern: value, matching: job.matching }),
            Opt::ExcludeFrom => {
                let read = read_list(&value).map_err(fatal)?;
                let lines = read.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                job.exclusions
                    .extend(lines.map(|line| Exclusion { pattern: line.to_vec(), matching: job.matching }));
            }
            Opt::ExcludeVcs => exclude(job, VCS),
            Opt::ExcludeBackups => exclude(job, BACKUPS),
            Opt::ExcludeCaches => job.exclude_caches = true,
            Opt::ExcludeTag => job.exclude_tags.push(value),
            Opt::FilesFrom => self.lists_from(value)?,
            Opt::Null => (self.nul, self.verbatim) = (true, true),
            Opt::NoNull => self.nul = false,
            Opt::Verbatim => self.verbatim = true,
            Opt::AddFile => job.items.push(Item::Name(value)),
            Opt::Strip => {
                job.strip = text.parse().map_err(|_| fatal(format!("{text}: Invalid number of elements")))?;
            }
            Opt::Transform => job.transforms.extend(transform::parse(&value).map_err(fatal)?),
            Opt::Stdout => job.to_stdout = true,
            Opt::Old(old) => job.old = old,
            Opt::Dereference => job.dereference = true,
            Opt::HardDereference => job.hard_dereference = true,
            Opt::RemoveFiles => job.remove_files = true,
            Opt::Wildcards => job.matching.wildcards = Some(true),
            Opt::NoWildcards => job.matching.wildcards = Some(false),
            Opt::WildcardsSlash => job.matching.slash_too = true,
            Opt::NoWildcardsSlash => job.matching.slash_too = false,
            Opt::Anchored => job.matching.anchored = Some(true),
            Opt::NoAnchored => job.matching.anchored = Some(false),
            Opt::IgnoreCase => job.matching.ignore_case = true,
            Opt::NoIgnoreCase => job.matching.ignore_case = false,
            Opt::Absolute => job.absolute = true,
            Opt::NoRecursion => job.recursion = false,
            Opt::Recursion => job.recursion = true,
            Opt::Totals => job.totals = true,
            Opt::ShowTransformed => job.show_transformed = true,
            Opt::IgnoreZeros => job.ignore_zeros = true,
            Opt::FullTime => job.full_time = true,
            Opt::Label => job.label = Some(value),
            Opt::PaxOption => {
                let deleted = text.split(',').filter_map(|word| word.strip_prefix("delete="));
                job.pax_deleted.extend(deleted.map(str::to_owned));
            }
            Opt::Newer | Opt::NewerMtime => job.newer = Some(date(&value, "--newer")?),
            Opt::Occurrence => job.occurrence = Some(text.parse().unwrap_or(1)),
            Opt::OneTopLevel => self.top_level = Some(Some(value).filter(|value| !value.is_empty())),
            Opt::OneFileSystem => job.one_file_system = true,
            // Only the members of that name, whatever the manual says.
            Opt::StartingFile => job.items.push(Item::Name(value)),
            Opt::IgnoreFailedRead => job.ignore_failed_read = true,
            Opt::KeepDirectoryLink => job.keep_directory_link = true,
            Opt::Quoting => job.literal = text == "literal",
            Opt::BlockNumber => job.block_number = true,
            Opt::OldOwner => job.same_owner = false,
            _ => {}
        }
        Ok(())
    }

    /// The names in a file: each is what an operand would be, and `-C` changes the directory.
    fn lists_from(&mut self, path: Vec<u8>) -> Result<(), Wrong> {
        if self.lists.contains(&path) {
            return Err(fatal(format!("{}: file list already read", String::from_utf8_lossy(&path))));
        }
        let read = read_list(&path).map_err(fatal)?;
        self.lists.push(path);
        let end = if self.nul { 0 } else { b'\n' };
        let mut is_directory = false;
        for line in read.split(|byte| *byte == end).filter(|line| !line.is_empty()) {
            let item = match line {
                _ if is_directory => Item::Directory(line.to_vec()),
                b"-C" if !self.verbatim => {
                    is_directory = true;
                    continue;
                }
                [b'-', b'C', directory @ ..] if !self.verbatim => {
                    Item::Directory(directory.trim_ascii_start().to_vec())
                }
                _ if !self.verbatim && line.starts_with(b"--add-file=") => Item::Name(line[11..].to_vec()),
                _ => Item::Name(line.to_vec()),
            };
            is_directory = false;
            self.job.items.push(item);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Job, Wrong> {
        let Some(action) = self.action else {
            return Err(wrong(
                "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options",
            ));
        };
        let mut job = self.job;
        job.action = action;
        if self.auto && job.packing == Packing::Unknown && action == Action::Create {
            job.packing = codec::Format::of_name(&job.file).map_or(Packing::Unknown, Packing::Codec);
        }
        if action == Action::Create
            && self.lists.is_empty()
            && job.label.is_none()
            && !job.items.iter().any(|item| matches!(item, Item::Name(_)))
        {
            return Err(wrong("Cowardly refusing to create an empty archive"));
        }
        if matches!(action, Action::Append | Action::Update | Action::Concatenate | Action::Delete)
            && (matches!(job.packing, Packing::Codec(_) | Packing::Program(_)))
        {
            return Err(wrong("Cannot update compressed archives"));
        }
        if let Some(top) = self.top_level.take() {
            job.one_top_level = Some(top.unwrap_or_else(|| stem(&job.file)));
        }
        if job.verbosity > 0 {
            for (what, time) in &self.dates {
                cli::stdio::complain("tar", &format!("{what}{}", super::listing::time_text(*time, true)));
            }
        }
        Ok(job)
    }
}

/// An archive's name without folder and suffixes.
fn stem(file: &[u8]) -> Vec<u8> {
    let base = file.rsplit(|byte| *byte == b'/').next().unwrap_or(file);
    let base = base.iter().rposition(|byte| *byte == b'.').map_or(base, |dot| &base[..dot]);
    base.strip_suffix(b".tar").unwrap_or(base).to_vec()
}

fn choice(option: &str, given: &str, valid: &[&str]) -> Wrong {
    let list: String = valid.iter().map(|word| format!("\n  - '{word}'")).collect();
    wrong(format!("invalid argument '{given}' for '{option}'\nValid arguments are:{list}"))
}

const VCS: &[&str] = &[
    "CVS",
    ".cvsignore",
    "RCS",
    "SCCS",
    ".git",
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".svn",
    ".arch-ids",
    "{arch}",
    "=RELEASE-ID",
    "=meta-update",
    "=update",
    ".bzr",
    ".bzrignore",
    ".bzrtags",
    ".hg",
    ".hgignore",
    ".hgtags",
    "_darcs",
];
const BACKUPS: &[&str] = &[".#*", "*~", "#*#"];

fn exclude(job: &mut Job, patterns: &[&str]) {
    let patterns = patterns.iter().map(|pattern| pattern.as_bytes().to_vec());
    job.exclusions.extend(patterns.map(|pattern| Exclusion { pattern, matching: job.matching }));
}

fn read_list(path: &[u8]) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let read = if path == b"-" {
        std::io::Read::read_to_end(&mut host::stdin(), &mut text)
    } else {
        host::open(path).and_then(|mut file| std::io::Read::read_to_end(&mut file, &mut text))
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(format!("{}: Cannot stat: {}", String::from_utf8_lossy(path), reason(&error))),
    }
}

fn is_path(value: &[u8]) -> bool {
    value.starts_with(b"/") || value.starts_with(b".")
}

/// A date, or the time of a file where it is a path.
fn date(value: &[u8], option: &str) -> Result<Time, Wrong> {
    let text = String::from_utf8_lossy(value);
    if is_path(value) {
        return host::stat(value, true)
            .map(|stat| stat.mtime)
            .map_err(|error| fatal(format!("{text}: Cannot stat: {}", reason(&error))));
    }
    let _ = option;
    clock::parse(value).ok_or_else(|| fatal(format!("Invalid date: '{text}'")))
}

/// `NAME`, `NUMBER` or `NAME:NUMBER`.
fn owner(value: &[u8], what: &str) -> Result<Owner, Wrong> {
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    let invalid = || fatal(format!("{}: Invalid {what}", String::from_utf8_lossy(value)));
    if let Some(colon) = value.iter().position(|byte| *byte == b':') {
        let (name, tail) = (&value[..colon], &value[colon + 1..]);
        let number = number(tail).ok_or_else(invalid)?;
        return Ok(Owner { name: Some(name.to_vec()), number: Some(number) });
    }
    match value.strip_prefix(b"+").and_then(number).or_else(|| number(value)) {
        Some(number) => Ok(Owner { name: None, number: Some(number) }),
        None => Ok(Owner { name: Some(value.to_vec()), number: None }),
    }
}

impl Exclusion {
    /// Whether a name is left out. A pattern that is not anchored may match behind any slash.
    pub fn matches(&self, name: &[u8]) -> bool {
        let rules = Rules {
            ignore_case: self.matching.ignore_case,
            slash_too: self.matching.slash_too,
            leading_folder: true,
        };
        let held = |name: &[u8]| {
            if self.matching.wildcards == Some(false) {
                return name == self.pattern
                    || name.strip_prefix(self.pattern.as_slice()).is_some_and(|rest| rest.starts_with(b"/"));
            }
            glob::matches(&self.pattern, name, rules)
        };
        if held(name) {
            return true;
        }
        self.matching.anchored != Some(true)
            && name.iter().enumerate().any(|(at, byte)| {
                *byte == b'/' && name.get(at + 1).is_some_and(|next| *next != b'/') && held(&name[at + 1..])
            })
    }
}

impl Job {
    pub fn excludes(&self, name: &[u8]) -> bool {
        let name = match name.strip_suffix(b"/") {
            Some(stem) if !stem.is_empty() => stem,
            _ => name,
        };
        self.exclusions.iter().any(|exclusion| exclusion.matches(name))
    }
}
