//! The command line.

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::glob::Filters;
use crate::matcher::Language;

/// What a binary file is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Message,
    Text,
    WithoutMatch,
}

/// What becomes of a folder that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folders {
    Read,
    Skip,
    Recurse,
}

/// What is told of a file instead of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Matching,
    NotMatching,
}

/// What grep was asked for.
pub(crate) struct Options {
    pub(crate) language: Option<Language>,
    pub(crate) patterns: Option<Vec<Vec<u8>>>,
    pub(crate) ignore_case: bool,
    pub(crate) words: bool,
    pub(crate) lines: bool,
    pub(crate) invert: bool,
    pub(crate) null_data: bool,
    pub(crate) no_messages: bool,
    pub(crate) quiet: bool,
    pub(crate) count: bool,
    pub(crate) list: Option<List>,
    pub(crate) only_matching: bool,
    pub(crate) max_count: Option<u64>,
    pub(crate) numbers: bool,
    pub(crate) offsets: bool,
    pub(crate) names: Option<bool>,
    pub(crate) initial_tab: bool,
    pub(crate) null_names: bool,
    pub(crate) label: Option<Vec<u8>>,
    pub(crate) line_buffered: bool,
    pub(crate) before: Option<usize>,
    pub(crate) after: Option<usize>,
    pub(crate) around: Option<usize>,
    pub(crate) separator: Option<Vec<u8>>,
    pub(crate) color: bool,
    pub(crate) binary: Binary,
    pub(crate) folders: Folders,
    /// Links in folders are followed.
    pub(crate) follow: bool,
    pub(crate) skip_devices: bool,
    pub(crate) filters: Filters,
    pub(crate) files: Vec<Vec<u8>>,
}

/// What comes of a command line.
pub(crate) enum Request {
    Run(Box<Options>),
    Show(String),
    /// A complaint, if there is one, and then the usage.
    Usage(Option<String>),
    Fail(String),
    /// A complaint that is more than a line, with status 1.
    BadFolders(String),
}

#[derive(Clone, Copy, PartialEq)]
enum Flag {
    Language(Language),
    Pattern,
    File,
    IgnoreCase(bool),
    Words,
    Lines,
    NullData,
    NoMessages,
    Invert,
    Version,
    Help,
    MaxCount,
    Offsets,
    Numbers,
    LineBuffered,
    Names(bool),
    Label,
    OnlyMatching,
    Quiet,
    BinaryFiles,
    Text,
    WithoutMatch,
    Directories,
    Devices,
    Recursive,
    FollowRecursive,
    Include,
    Exclude,
    ExcludeFrom,
    ExcludeDir,
    List(List),
    Count,
    InitialTab,
    NullNames,
    Before,
    After,
    Context,
    Digit(u8),
    Separator,
    NoSeparator,
    Color,
    Nothing,
}

const SYNTAX: Syntax<Flag> = Syntax {
    short: &[
        (b'E', Takes::Nothing, Flag::Language(Language::Extended)),
        (b'F', Takes::Nothing, Flag::Language(Language::Fixed)),
        (b'G', Takes::Nothing, Flag::Language(Language::Basic)),
        (b'P', Takes::Nothing, Flag::Language(Language::Perl)),
        (b'e', Takes::Value, Flag::Pattern),
        (b'f', Takes::Value, Flag::File),
        (b'i', Takes::Nothing, Flag::IgnoreCase(true)),
        (b'y', Takes::Nothing, Flag::IgnoreCase(true)),
        (b'w', Takes::Nothing, Flag::Words),
        (b'x', Takes::Nothing, Flag::Lines),
        (b'z', Takes::Nothing, Flag::NullData),
        (b's', Takes::Nothing, Flag::NoMessages),
        (b'v', Takes::Nothing, Flag::Invert),
        (b'V', Takes::Nothing, Flag::Version),
        (b'm', Takes::Value, Flag::MaxCount),
        (b'b', Takes::Nothing, Flag::Offsets),
        (b'n', Takes::Nothing, Flag::Numbers),
        (b'u', Takes::Nothing, Flag::Nothing),
        (b'H', Takes::Nothing, Flag::Names(true)),
        (b'h', Takes::Nothing, Flag::Names(false)),
        (b'o', Takes::Nothing, Flag::OnlyMatching),
        (b'q', Takes::Nothing, Flag::Quiet),
        (b'a', Takes::Nothing, Flag::Text),
        (b'I', Takes::Nothing, Flag::WithoutMatch),
        (b'd', Takes::Value, Flag::Directories),
        (b'D', Takes::Value, Flag::Devices),
        (b'r', Takes::Nothing, Flag::Recursive),
        (b'R', Takes::Nothing, Flag::FollowRecursive),
        (b'L', Takes::Nothing, Flag::List(List::NotMatching)),
        (b'l', Takes::Nothing, Flag::List(List::Matching)),
        (b'c', Takes::Nothing, Flag::Count),
        (b'T', Takes::Nothing, Flag::InitialTab),
        (b'Z', Takes::Nothing, Flag::NullNames),
        (b'B', Takes::Value, Flag::Before),
        (b'A', Takes::Value, Flag::After),
        (b'C', Takes::Value, Flag::Context),
        (b'U', Takes::Nothing, Flag::Nothing),
        (b'0', Takes::Nothing, Flag::Digit(0)),
        (b'1', Takes::Nothing, Flag::Digit(1)),
        (b'2', Takes::Nothing, Flag::Digit(2)),
        (b'3', Takes::Nothing, Flag::Digit(3)),
        (b'4', Takes::Nothing, Flag::Digit(4)),
        (b'5', Takes::Nothing, Flag::Digit(5)),
        (b'6', Takes::Nothing, Flag::Digit(6)),
        (b'7', Takes::Nothing, Flag::Digit(7)),
        (b'8', Takes::Nothing, Flag::Digit(8)),
        (b'9', Takes::Nothing, Flag::Digit(9)),
    ],
    long: &[
        ("basic-regexp", Takes::Nothing, Flag::Language(Language::Basic)),
        ("extended-regexp", Takes::Nothing, Flag::Language(Language::Extended)),
        ("fixed-regexp", Takes::Nothing, Flag::Language(Language::Fixed)),
        ("fixed-strings", Takes::Nothing, Flag::Language(Language::Fixed)),
        ("perl-regexp", Takes::Nothing, Flag::Language(Language::Perl)),
        ("after-context", Takes::Value, Flag::After),
        ("before-context", Takes::Value, Flag::Before),
        ("binary-files", Takes::Value, Flag::BinaryFiles),
        ("byte-offset", Takes::Nothing, Flag::Offsets),
        ("context", Takes::Value, Flag::Context),
        ("color", Takes::MaybeValue, Flag::Color),
        ("colour", Takes::MaybeValue, Flag::Color),
        ("count", Takes::Nothing, Flag::Count),
        ("devices", Takes::Value, Flag::Devices),
        ("directories", Takes::Value, Flag::Directories),
        ("exclude", Takes::Value, Flag::Exclude),
        ("exclude-from", Takes::Value, Flag::ExcludeFrom),
        ("exclude-dir", Takes::Value, Flag::ExcludeDir),
        ("file", Takes::Value, Flag::File),
        ("files-with-matches", Takes::Nothing, Flag::List(List::Matching)),
        ("files-without-match", Takes::Nothing, Flag::List(List::NotMatching)),
        ("group-separator", Takes::Value, Flag::Separator),
        ("help", Takes::Nothing, Flag::Help),
        ("include", Takes::Value, Flag::Include),
        ("ignore-case", Takes::Nothing, Flag::IgnoreCase(true)),
        ("no-ignore-case", Takes::Nothing, Flag::IgnoreCase(false)),
        ("initial-tab", Takes::Nothing, Flag::InitialTab),
        ("label", Takes::Value, Flag::Label),
        ("line-buffered", Takes::Nothing, Flag::LineBuffered),
        ("line-number", Takes::Nothing, Flag::Numbers),
        ("line-regexp", Takes::Nothing, Flag::Lines),
        ("max-count", Takes::Value, Flag::MaxCount),
        ("no-filename", Takes::Nothing, Flag::Names(false)),
        ("no-group-separator", Takes::Nothing, Flag::NoSeparator),
        ("no-messages", Takes::Nothing, Flag::NoMessages),
        ("null", Takes::Nothing, Flag::NullNames),
        ("null-data", Takes::Nothing, Flag::NullData),
        ("only-matching", Takes::Nothing, Flag::OnlyMatching),
        ("quiet", Takes::Nothing, Flag::Quiet),
        ("recursive", Takes::Nothing, Flag::Recursive),
        ("dereference-recursive", Takes::Nothing, Flag::FollowRecursive),
        ("regexp", Takes::Value, Flag::Pattern),
        ("invert-match", Takes::Nothing, Flag::Invert),
        ("silent", Takes::Nothing, Flag::Quiet),
        ("text", Takes::Nothing, Flag::Text),
        ("binary", Takes::Nothing, Flag::Nothing),
        ("unix-byte-offsets", Takes::Nothing, Flag::Nothing),
        ("version", Takes::Nothing, Flag::Version),
        ("with-filename", Takes::Nothing, Flag::Names(true)),
        ("word-regexp", Takes::Nothing, Flag::Words),
    ],
};

pub(crate) const USAGE: &str =
    "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";

pub(crate) const HELP: &str = "\
Usage: grep [OPTION]... PATTERNS [FILE]...
Prints the lines of the files, or of standard input, that match one of the patterns; there is one a line.

  -E, --extended-regexp      patterns are extended regular expressions
  -F, --fixed-strings        patterns are strings
  -G, --basic-regexp         patterns are basic regular expressions (as without any)
  -P, --perl-regexp          the pattern is a Perl regular expression
  -e, --regexp=PATTERNS      look for these too
  -f, --file=FILE            look for the patterns in a file too
  -i, --ignore-case          small and capital letters are the same
      --no-ignore-case       they are not
  -w, --word-regexp          a match is of whole words
  -x, --line-regexp          a match is a whole line
  -v, --invert-match         print the lines that do not match
  -z, --null-data            lines end with a NUL

  -c, --count                print how many lines there are
  -l, --files-with-matches   print the names of files with such lines
  -L, --files-without-match  print the names of the others
  -o, --only-matching        print what matches
  -q, --quiet, --silent      print nothing
  -s, --no-messages          say nothing of files that cannot be read
  -m, --max-count=N          stop after so many lines
  -b, --byte-offset          print where lines begin
  -n, --line-number          print their numbers
  -H, --with-filename        print the names of files
  -h, --no-filename          do not
      --label=NAME           the name of standard input
  -T, --initial-tab          line up
  -Z, --null                 a NUL behind names of files
      --line-buffered        write each line at once
      --color[=WHEN]         show matches in color: always, never or auto

  -A, --after-context=N      print N lines behind each too
  -B, --before-context=N     and N lines before
  -C, -N, --context=N        and N lines around
      --group-separator=SEP  print SEP between those that are apart
      --no-group-separator   print nothing between

  -a, --text                 binary files are text
  -I                         binary files do not match
      --binary-files=TYPE    binary, text or without-match
  -d, --directories=ACTION   folders: read, skip or recurse
  -D, --devices=ACTION       devices: read or skip
  -r, --recursive            look in folders, and theirs
  -R, --dereference-recursive  and follow links there
      --include=GLOB         only files that fit
      --exclude=GLOB         no files that fit
      --exclude-from=FILE    no files that fit one of the patterns in a file
      --exclude-dir=GLOB     no folders that fit
  -U, --binary               nothing, on this system
      --help                 show this help
  -V, --version              show the version

The status is 0 when a line was selected, 1 when none was, 2 after an error.
";

impl Options {
    fn new() -> Options {
        Options {
            language: None,
            patterns: None,
            ignore_case: false,
            words: false,
            lines: false,
            invert: false,
            null_data: false,
            no_messages: false,
            quiet: false,
            count: false,
            list: None,
            only_matching: false,
            max_count: None,
            numbers: false,
            offsets: false,
            names: None,
            initial_tab: false,
            null_names: false,
            label: None,
            line_buffered: false,
            before: None,
            after: None,
            around: None,
            separator: Some(b"--".to_vec()),
            color: false,
            binary: Binary::Message,
            folders: Folders::Read,
            follow: false,
            skip_devices: false,
            filters: Filters::default(),
            files: Vec::new(),
        }
    }

    /// Adds patterns, one a line.
    fn add_patterns(&mut self, text: &[u8]) {
        self.patterns.get_or_insert_default().extend(text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    }
}

pub(crate) fn parse(arguments: Vec<Vec<u8>>) -> Request {
    let mut options = Options::new();
    let mut words = Words::new(&SYNTAX, arguments);
    let operands_end_options = std::env::var_os("POSIXLY_CORRECT").is_some();
    let mut operands: Vec<Vec<u8>> = Vec::new();
    // The word in which the last digit was, while digits follow each other.
    let mut digits: Option<Vec<u8>> = None;
    loop {
        match words.next() {
            Err(what) => return Request::Usage(Some(what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                operands.push(word);
                if operands_end_options {
                    operands.extend(words.into_rest());
                    break;
                }
            }
            Ok(Some(Next::Option { option: Flag::Digit(digit), word, .. })) => {
                let before = if digits.as_ref() == Some(&word) { options.around.unwrap_or(0) } else { 0 };
                options.around = Some(before.saturating_mul(10).saturating_add(usize::from(digit)));
                digits = Some(word);
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                digits = None;
                if let Some(request) = take(&mut options, option, value.unwrap_or_default()) {
                    return request;
                }
            }
        }
    }
    if options.patterns.is_none() {
        if operands.is_empty() {
            return Request::Usage(None);
        }
        let text = operands.remove(0);
        options.add_patterns(&text);
    }
    options.files = operands;
    Request::Run(Box::new(options))
}

fn take(options: &mut Options, flag: Flag, value: Vec<u8>) -> Option<Request> {
    match flag {
        Flag::Language(language) => return take_language(options, language),
        Flag::Pattern => options.add_patterns(&value),
        Flag::File => return take_file(options, &value),
        Flag::IgnoreCase(ignored) => options.ignore_case = ignored,
        Flag::Words => options.words = true,
        Flag::Lines => options.lines = true,
        Flag::NullData => options.null_data = true,
        Flag::NoMessages => options.no_messages = true,
        Flag::Invert => options.invert = true,
        Flag::Version => return Some(Request::Show("grep (wasmsand) 0.1.0\n".to_owned())),
        Flag::Help => return Some(Request::Show(HELP.to_owned())),
        Flag::MaxCount => match number(&value) {
            Number::Is(count) => options.max_count = Some(count),
            Number::Negative => options.max_count = None,
            Number::None => return Some(Request::Fail("invalid max count".to_owned())),
        },
        Flag::Offsets => options.offsets = true,
        Flag::Numbers => options.numbers = true,
        Flag::LineBuffered => options.line_buffered = true,
        Flag::Names(names) => options.names = Some(names),
        Flag::Label => options.label = Some(value),
        Flag::OnlyMatching => options.only_matching = true,
        Flag::Quiet => options.quiet = true,
        Flag::BinaryFiles => {
            options.binary = match value.as_slice() {
                b"binary" => Binary::Message,
                b"text" => Binary::Text,
                b"without-match" => Binary::WithoutMatch,
                _ => return Some(Request::Fail("unknown binary-files type".to_owned())),
            }
        }
        Flag::Text => options.binary = Binary::Text,
        Flag::WithoutMatch => options.binary = Binary::WithoutMatch,
        Flag::Directories => match value.as_slice() {
            b"read" => options.folders = Folders::Read,
            b"skip" => options.folders = Folders::Skip,
            b"recurse" => options.folders = Folders::Recurse,
            _ => return Some(Request::BadFolders(String::from_utf8_lossy(&value).into_owned())),
        },
        Flag::Devices => match value.as_slice() {
            b"read" => options.skip_devices = false,
            b"skip" => options.skip_devices = true,
            _ => return Some(Request::Fail("unknown devices method".to_owned())),
        },
        Flag::Recursive => options.folders = Folders::Recurse,
        Flag::FollowRecursive => (options.folders, options.follow) = (Folders::Recurse, true),
        Flag::Include => options.filters.include(&value),
        Flag::Exclude => options.filters.exclude(&value),
        Flag::ExcludeFrom => match std::fs::read(crate::path(&value)) {
            Ok(text) => text
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .for_each(|line| options.filters.exclude(line)),
            Err(error) => return Some(Request::Fail(crate::unreadable(&value, &error))),
        },
        Flag::ExcludeDir => options.filters.exclude_folder(&value),
        Flag::List(list) => options.list = Some(list),
        Flag::Count => options.count = true,
        Flag::InitialTab => options.initial_tab = true,
        Flag::NullNames => options.null_names = true,
        Flag::Before => return take_context(&mut options.before, &value),
        Flag::After => return take_context(&mut options.after, &value),
        Flag::Context => return take_context(&mut options.around, &value),
        Flag::Separator => options.separator = Some(value),
        Flag::NoSeparator => options.separator = None,
        Flag::Color => match value.as_slice() {
            b"always" | b"yes" | b"force" => options.color = true,
            b"never" | b"no" | b"none" => options.color = false,
            b"auto" | b"tty" | b"if-tty" | b"" => {
                let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
                options.color = rustix::termios::isatty(rustix::stdio::stdout()) && !dumb;
            }
            _ => return Some(Request::Show(HELP.to_owned())),
        },
        Flag::Digit(_) | Flag::Nothing => {}
    }
    None
}

fn take_language(options: &mut Options, language: Language) -> Option<Request> {
    if options.language.is_some_and(|known| known != language) {
        return Some(Request::Fail("conflicting matchers specified".to_owned()));
    }
    options.language = Some(language);
    None
}

fn take_file(options: &mut Options, name: &[u8]) -> Option<Request> {
    let read = if name == b"-" {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut text).map(|_| text)
    } else {
        std::fs::read(crate::path(name))
    };
    match read {
        Ok(text) if text.is_empty() => drop(options.patterns.get_or_insert_default()),
        Ok(text) => options.add_patterns(text.strip_suffix(b"\n").unwrap_or(&text)),
        Err(error) => return Some(Request::Fail(crate::unreadable(name, &error))),
    }
    None
}

fn take_context(place: &mut Option<usize>, value: &[u8]) -> Option<Request> {
    match number(value) {
        Number::Is(count) => {
            *place = Some(usize::try_from(count).unwrap_or(usize::MAX));
            None
        }
        Number::Negative | Number::None => {
            let value = String::from_utf8_lossy(value);
            Some(Request::Fail(format!("{value}: invalid context length argument")))
        }
    }
}

enum Number {
    Is(u64),
    Negative,
    None,
}

/// A number, or the highest one where it is higher.
fn number(text: &[u8]) -> Number {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Number::None;
    }
    let value = digits
        .iter()
        .fold(0_u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    if negative && value > 0 { Number::Negative } else { Number::Is(value) }
}
