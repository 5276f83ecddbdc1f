//! The command line.

use std::path::PathBuf;

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::os::OsStringExt;

pub const HELP: &str = "\
Usage: rg [OPTION]... PATTERN [PATH]...
  or:  rg [OPTION]... -e PATTERN ... [-f FILE]... [PATH]...
  or:  rg [OPTION]... --files [PATH]...
  or:  rg --type-list
Search for lines that match a pattern: in files, or in the files of directories but for those that are hidden, binary
or named by .gitignore, .ignore and .rgignore. Without PATH: in the current directory, or in what is piped.

Pattern:
  -e, --regexp=PATTERN     a pattern, one of several
  -f, --file=FILE          patterns, one a line
  -F, --fixed-strings      patterns are strings
  -i, --ignore-case        -s, --case-sensitive        -S, --smart-case (ignored without capitals)
  -w, --word-regexp        whole words                 -x, --line-regexp   whole lines
  -v, --invert-match       lines that do not match
  -U, --multiline          matches may span lines      --multiline-dotall  and a dot matches their ends
  --crlf, --no-unicode, --null-data, --regex-size-limit=N, --dfa-size-limit=N

Files:
  -g, --glob=GLOB          only, or with ! none, of these names; --iglob, --glob-case-insensitive
  -t, --type=TYPE          only files of a type        -T, --type-not=TYPE
  --type-add=TYPE:GLOB, --type-clear=TYPE, --type-list
  -., --hidden             hidden ones too             --no-ignore         ignored ones too
  -u, -uu, -uuu            --no-ignore, with --hidden, with --binary
  --no-ignore-vcs, --no-ignore-dot, --no-ignore-parent, --no-ignore-files, --ignore-file=FILE, --no-require-git
  -L, --follow             follow links                -d, --max-depth=N
  --max-filesize=N[KMG]    -a, --text                  --binary            -E, --encoding=NAME
  --one-file-system        --sort=path, --sortr=path   --files

Output:
  -A, --after-context=N    -B, --before-context=N      -C, --context=N     --passthru
  -c, --count              --count-matches             --include-zero
  -l, --files-with-matches --files-without-match       -q, --quiet
  -o, --only-matching      -r, --replace=TEXT          --trim
  -n, --line-number        -N, --no-line-number        --column            -b, --byte-offset
  -H, --with-filename      -I, --no-filename           --heading, --no-heading
  -m, --max-count=N        -M, --max-columns=N         --max-columns-preview
  -0, --null               --json, --vimgrep           --stats
  --color=WHEN             --colors=SPEC               -p, --pretty
  --context-separator=TEXT, --no-context-separator, --field-match-separator=TEXT, --field-context-separator=TEXT
  --no-messages, --no-ignore-messages
      --help               print this text
      --version            print the version

The status is 0 when something matched, 1 when nothing did, 2 after an error.
";

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Search,
    Files,
    Types,
    Help,
    Version,
}

/// How letters are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Sensitive,
    Ignored,
    Smart,
}

/// What is printed of a search.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    Lines,
    Count,
    CountMatches,
    FilesWith,
    FilesWithout,
    Json,
}

/// What is done with files that hold NUL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// They are left when it is found, unless they were named.
    Left,
    /// They are searched, and said to match.
    Searched,
    Text,
}

/// When colours are used, headings written and so on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    Never,
    Always,
    Ansi,
    Auto,
}

/// The command line, read.
#[allow(clippy::struct_excessive_bools, reason = "each is an option")]
pub struct Options {
    pub action: Action,
    pub patterns: Vec<String>,
    pub paths: Vec<PathBuf>,
    pub show: Show,
    pub case: Case,
    pub binary: Binary,
    pub color: When,
    pub colors: Vec<String>,
    pub fixed: bool,
    pub word: bool,
    pub line: bool,
    pub invert: bool,
    pub multiline: bool,
    pub dot_all: bool,
    pub crlf: bool,
    pub unicode: bool,
    pub null_data: bool,
    pub size_limit: Option<u64>,
    pub dfa_size_limit: Option<u64>,
    pub encoding: Option<String>,
    pub globs: Vec<(String, bool)>,
    pub globs_ignore_case: bool,
    pub types: Vec<TypeChange>,
    pub hidden: bool,
    pub ignore_dot: bool,
    pub ignore_vcs: bool,
    pub ignore_parent: bool,
    pub ignore_files: bool,
    pub ignore_exclude: bool,
    pub require_git: bool,
    pub named_ignore_files: Vec<PathBuf>,
    pub follow: bool,
    pub one_file_system: bool,
    pub max_depth: Option<usize>,
    pub max_file_bytes: Option<u64>,
    pub sort: Option<Sort>,
    pub after: usize,
    pub before: usize,
    pub passthru: bool,
    pub include_zero: bool,
    pub quiet: bool,
    pub only_matching: bool,
    pub replace: Option<String>,
    pub trim: bool,
    pub line_number: Option<bool>,
    pub column: Option<bool>,
    pub byte_offset: bool,
    pub file_name: Option<bool>,
    pub heading: Option<bool>,
    pub max_count: Option<u64>,
    pub max_columns: Option<u64>,
    pub max_columns_preview: bool,
    pub null: bool,
    pub vimgrep: bool,
    pub stats: bool,
    pub context_separator: Option<Vec<u8>>,
    pub field_match_separator: Vec<u8>,
    pub field_context_separator: Vec<u8>,
    pub messages: bool,
    pub ignore_messages: bool,
    unrestricted: u32,
}

/// By what the files come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub reversed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    Path,
    Modified,
    Accessed,
}

/// An option about types of files, in the order of the command line.
pub enum TypeChange {
    Select(String),
    Negate(String),
    Add(String),
    Clear(String),
}

macro_rules! long {
    ($($name:literal $takes:ident),* $(,)?) => {
        &[$(($name, Takes::$takes, $name)),*]
    };
}

static SYNTAX: Syntax<&str> = Syntax {
    short: &[
        (b'0', Takes::Nothing, "null"),
        (b'.', Takes::Nothing, "hidden"),
        (b'A', Takes::Value, "after-context"),
        (b'B', Takes::Value, "before-context"),
        (b'C', Takes::Value, "context"),
        (b'E', Takes::Value, "encoding"),
        (b'F', Takes::Nothing, "fixed-strings"),
        (b'H', Takes::Nothing, "with-filename"),
        (b'I', Takes::Nothing, "no-filename"),
        (b'L', Takes::Nothing, "follow"),
        (b'M', Takes::Value, "max-columns"),
        (b'N', Takes::Nothing, "no-line-number"),
        (b'P', Takes::Nothing, "pcre2"),
        (b'S', Takes::Nothing, "smart-case"),
        (b'T', Takes::Value, "type-not"),
        (b'U', Takes::Nothing, "multiline"),
        (b'V', Takes::Nothing, "version"),
        (b'a', Takes::Nothing, "text"),
        (b'b', Takes::Nothing, "byte-offset"),
        (b'c', Takes::Nothing, "count"),
        (b'd', Takes::Value, "max-depth"),
        (b'e', Takes::Value, "regexp"),
        (b'f', Takes::Value, "file"),
        (b'g', Takes::Value, "glob"),
        (b'h', Takes::Nothing, "help"),
        (b'i', Takes::Nothing, "ignore-case"),
        (b'j', Takes::Value, "threads"),
        (b'l', Takes::Nothing, "files-with-matches"),
        (b'm', Takes::Value, "max-count"),
        (b'n', Takes::Nothing, "line-number"),
        (b'o', Takes::Nothing, "only-matching"),
        (b'p', Takes::Nothing, "pretty"),
        (b'q', Takes::Nothing, "quiet"),
        (b'r', Takes::Value, "replace"),
        (b's', Takes::Nothing, "case-sensitive"),
        (b't', Takes::Value, "type"),
        (b'u', Takes::Nothing, "unrestricted"),
        (b'v', Takes::Nothing, "invert-match"),
        (b'w', Takes::Nothing, "word-regexp"),
        (b'x', Takes::Nothing, "line-regexp"),
        (b'z', Takes::Nothing, "search-zip"),
    ],
    long: long![
        "after-context" Value, "auto-hybrid-regex" Nothing, "before-context" Value, "binary" Nothing,
        "block-buffered" Nothing, "byte-offset" Nothing, "case-sensitive" Nothing, "color" Value, "colors" Value,
        "column" Nothing, "context" Value, "context-separator" Value, "count" Nothing, "count-matches" Nothing,
        "crlf" Nothing, "debug" Nothing, "dfa-size-limit" Value, "encoding" Value, "engine" Value,
        "field-context-separator" Value, "field-match-separator" Value, "file" Value, "files" Nothing,
        "files-with-matches" Nothing, "files-without-match" Nothing, "fixed-strings" Nothing, "follow" Nothing,
        "glob" Value, "glob-case-insensitive" Nothing, "heading" Nothing, "help" Nothing, "hidden" Nothing,
        "iglob" Value, "ignore-case" Nothing, "ignore-file" Value, "include-zero" Nothing, "invert-match" Nothing,
        "json" Nothing, "line-buffered" Nothing, "line-number" Nothing, "line-regexp" Nothing, "max-columns" Value,
        "max-columns-preview" Nothing, "max-count" Value, "max-depth" Value, "max-filesize" Value, "maxdepth" Value,
        "mmap" Nothing, "multiline" Nothing, "multiline-dotall" Nothing, "no-binary" Nothing, "no-column" Nothing,
        "no-config" Nothing, "no-context-separator" Nothing, "no-filename" Nothing, "no-fixed-strings" Nothing,
        "no-follow" Nothing, "no-heading" Nothing, "no-hidden" Nothing, "no-ignore" Nothing, "no-ignore-dot" Nothing,
        "no-ignore-exclude" Nothing, "no-ignore-files" Nothing, "no-ignore-global" Nothing,
        "no-ignore-messages" Nothing, "no-ignore-parent" Nothing, "no-ignore-vcs" Nothing, "no-json" Nothing,
        "no-line-number" Nothing, "no-messages" Nothing, "no-mmap" Nothing, "no-multiline" Nothing,
        "no-require-git" Nothing, "no-text" Nothing, "no-trim" Nothing, "no-unicode" Nothing, "null" Nothing,
        "null-data" Nothing, "one-file-system" Nothing, "only-matching" Nothing, "passthrough" Nothing,
        "passthru" Nothing, "path-separator" Value, "pcre2" Nothing, "pretty" Nothing, "quiet" Nothing,
        "regex-size-limit" Value, "regexp" Value, "replace" Value, "search-zip" Nothing, "smart-case" Nothing,
        "sort" Value, "sort-files" Nothing, "sortr" Value, "stats" Nothing, "stop-on-nonmatch" Nothing,
        "text" Nothing, "threads" Value, "trace" Nothing, "trim" Nothing, "type" Value, "type-add" Value,
        "type-clear" Value, "type-list" Nothing, "type-not" Value, "unicode" Nothing, "unrestricted" Nothing,
        "version" Nothing, "vimgrep" Nothing, "with-filename" Nothing, "word-regexp" Nothing,
    ],
};

impl Options {
    fn new() -> Self {
        Self {
            action: Action::Search,
            patterns: Vec::new(),
            paths: Vec::new(),
            show: Show::Lines,
            case: Case::Sensitive,
            binary: Binary::Left,
            color: When::Auto,
            colors: Vec::new(),
            fixed: false,
            word: false,
            line: false,
            invert: false,
            multiline: false,
            dot_all: false,
            crlf: false,
            unicode: true,
            null_data: false,
            size_limit: None,
            dfa_size_limit: None,
            encoding: None,
            globs: Vec::new(),
            globs_ignore_case: false,
            types: Vec::new(),
            hidden: false,
            ignore_dot: true,
            ignore_vcs: true,
            ignore_parent: true,
            ignore_files: true,
            ignore_exclude: true,
            require_git: true,
            named_ignore_files: Vec::new(),
            follow: false,
            one_file_system: false,
            max_depth: None,
            max_file_bytes: None,
            sort: None,
            after: 0,
            before: 0,
            passthru: false,
            include_zero: false,
            quiet: false,
            only_matching: false,
            replace: None,
            trim: false,
            line_number: None,
            column: None,
            byte_offset: false,
            file_name: None,
            heading: None,
            max_count: None,
            max_columns: None,
            max_columns_preview: false,
            null: false,
            vimgrep: false,
            stats: false,
            context_separator: Some(b"--".to_vec()),
            field_match_separator: b":".to_vec(),
            field_context_separator: b"-".to_vec(),
            messages: true,
            ignore_messages: true,
            unrestricted: 0,
        }
    }
}

/// Reads a command line; the error is what to complain about.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Options, String> {
    let mut options = Options::new();
    let mut operands = Vec::new();
    let mut has_patterns = false;
    let mut words = Words::new(&SYNTAX, arguments);
    while let Some(next) = words.next()? {
        match next {
            Next::Operand(word) => operands.push(word),
            Next::Option { option, value, .. } => {
                has_patterns |= matches!(option, "regexp" | "file");
                options.take(option, value.unwrap_or_default())?;
            }
        }
    }
    if options.action == Action::Search && !has_patterns {
        if operands.is_empty() {
            return Err("the following required arguments were not provided:\n    <PATTERN>".to_owned());
        }
        let pattern = text("pattern", operands.remove(0))?;
        options.patterns.push(pattern);
    }
    options.paths = operands.into_iter().map(path).collect();
    Ok(options)
}

fn text(what: &str, bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| format!("{what}: invalid UTF-8"))
}

fn path(bytes: Vec<u8>) -> PathBuf {
    std::ffi::OsString::from_vec(bytes).into()
}

fn number<T: std::str::FromStr>(option: &str, value: Vec<u8>) -> Result<T, String> {
    let value = text(option, value)?;
    value.parse().map_err(|_| format!("error parsing flag --{option}: value is not a valid number: {value}"))
}

/// A number of bytes with a unit: `K`, `M`, `G`.
fn size(option: &str, value: Vec<u8>) -> Result<u64, String> {
    let value = text(option, value)?;
    let (digits, shift) = match value.as_bytes().last() {
        Some(b'K') => (&value[..value.len() - 1], 10),
        Some(b'M') => (&value[..value.len() - 1], 20),
        Some(b'G') => (&value[..value.len() - 1], 30),
        _ => (value.as_str(), 0),
    };
    digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift)).ok_or_else(|| {
        format!(
            "error parsing flag --{option}: invalid size: '{value}', expected a number with a unit K, M or G"
        )
    })
}

/// A text with `\n`, `\t`, `\\` and `\xHH`.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some((&next, after)) = rest.split_first() else {
            out.push(b'\\');
            break;
        };
        rest = after;
        match next {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'0' => out.push(0),
            b'\\' => out.push(b'\\'),
            b'x' => {
                let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    Some(byte) => {
                        out.push(byte);
                        rest = rest.get(2..).unwrap_or_default();
                    }
                    None => out.extend_from_slice(b"\\x"),
                }
            }
            other => out.extend_from_slice(&[b'\\', other]),
        }
    }
    out
}

impl Options {
    fn take(&mut self, option: &'static str, value: Vec<u8>) -> Result<(), String> {
        match option {
            "help" => self.action = Action::Help,
            "version" => self.action = Action::Version,
            "files" => self.set_action(Action::Files),
            "type-list" => self.set_action(Action::Types),
            "regexp" => self.patterns.push(text("pattern", value)?),
            "file" => self.read_patterns(value)?,
            "fixed-strings" => self.fixed = true,
            "no-fixed-strings" => self.fixed = false,
            "ignore-case" => self.case = Case::Ignored,
            "case-sensitive" => self.case = Case::Sensitive,
            "smart-case" => self.case = Case::Smart,
            "word-regexp" => (self.word, self.line) = (true, false),
            "line-regexp" => (self.line, self.word) = (true, false),
            "invert-match" => self.invert = true,
            "multiline" => self.multiline = true,
            "no-multiline" => self.multiline = false,
            "multiline-dotall" => self.dot_all = true,
            "crlf" => self.crlf = true,
            "no-unicode" => self.unicode = false,
            "unicode" => self.unicode = true,
            "null-data" => self.null_data = true,
            "regex-size-limit" => self.size_limit = Some(size(option, value)?),
            "dfa-size-limit" => self.dfa_size_limit = Some(size(option, value)?),
            "encoding" => self.encoding = Some(text(option, value)?).filter(|name| name != "auto"),
            "pcre2" => return Err("PCRE2 is not available in this build of ripgrep".to_owned()),
            "search-zip" => return Err("--search-zip is not available: use zcat".to_owned()),
            "engine" => match text(option, value)?.as_str() {
                "default" | "auto" => {}
                "pcre2" => return Err("PCRE2 is not available in this build of ripgrep".to_owned()),
                other => {
                    return Err(format!("error parsing flag --engine: unrecognized regex engine '{other}'"));
                }
            },
            _ => return self.take_of_files(option, value),
        }
        Ok(())
    }

    fn take_of_files(&mut self, option: &'static str, value: Vec<u8>) -> Result<(), String> {
        match option {
            "glob" => self.globs.push((text(option, value)?, false)),
            "iglob" => self.globs.push((text(option, value)?, true)),
            "glob-case-insensitive" => self.globs_ignore_case = true,
            "type" => self.types.push(TypeChange::Select(text(option, value)?)),
            "type-not" => self.types.push(TypeChange::Negate(text(option, value)?)),
            "type-add" => self.types.push(TypeChange::Add(text(option, value)?)),
            "type-clear" => self.types.push(TypeChange::Clear(text(option, value)?)),
            "hidden" => self.hidden = true,
            "no-hidden" => self.hidden = false,
            "no-ignore" => self.ignore_nothing(),
            "no-ignore-dot" => self.ignore_dot = false,
            "no-ignore-vcs" => self.ignore_vcs = false,
            "no-ignore-parent" => self.ignore_parent = false,
            "no-ignore-files" => self.ignore_files = false,
            "no-ignore-exclude" => self.ignore_exclude = false,
            "no-require-git" => self.require_git = false,
            "ignore-file" => self.named_ignore_files.push(path(value)),
            "unrestricted" => {
                self.unrestricted += 1;
                match self.unrestricted {
                    1 => self.ignore_nothing(),
                    2 => self.hidden = true,
                    3 => self.binary = Binary::Searched,
                    _ => return Err("flag can only be repeated up to 3 times".to_owned()),
                }
            }
            "follow" => self.follow = true,
            "no-follow" => self.follow = false,
            "one-file-system" => self.one_file_system = true,
            "max-depth" | "maxdepth" => self.max_depth = Some(number(option, value)?),
            "max-filesize" => self.max_file_bytes = Some(size(option, value)?),
            "text" => self.binary = Binary::Text,
            "binary" => self.binary = Binary::Searched,
            "no-text" | "no-binary" => self.binary = Binary::Left,
            "sort-files" => self.sort = Some(Sort { by: SortBy::Path, reversed: false }),
            "sort" | "sortr" => {
                let by = match text(option, value)?.as_str() {
                    "none" => None,
                    "path" => Some(SortBy::Path),
                    "modified" => Some(SortBy::Modified),
                    "accessed" => Some(SortBy::Accessed),
                    "created" => return Err("sorting by creation time isn't supported here".to_owned()),
                    other => {
                        return Err(format!(
                            "error parsing flag --{option}: choice '{other}' is unrecognized"
                        ));
                    }
                };
                self.sort = by.map(|by| Sort { by, reversed: option == "sortr" });
            }
            // Nothing to be chosen here.
            "threads" | "mmap" | "no-mmap" | "no-config" | "no-ignore-global" | "block-buffered"
            | "line-buffered" | "debug" | "trace" | "auto-hybrid-regex" | "path-separator"
            | "stop-on-nonmatch" => {}
            _ => return self.take_of_output(option, value),
        }
        Ok(())
    }

    fn take_of_output(&mut self, option: &'static str, value: Vec<u8>) -> Result<(), String> {
        match option {
            "after-context" => self.after = number(option, value)?,
            "before-context" => self.before = number(option, value)?,
            "context" => {
                self.after = number(option, value)?;
                self.before = self.after;
            }
            "passthru" | "passthrough" => self.passthru = true,
            "count" => self.show = Show::Count,
            "count-matches" => self.show = Show::CountMatches,
            "files-with-matches" => self.show = Show::FilesWith,
            "files-without-match" => self.show = Show::FilesWithout,
            "json" => self.show = Show::Json,
            "no-json" => self.show = Show::Lines,
            "include-zero" => self.include_zero = true,
            "quiet" => self.quiet = true,
            "only-matching" => self.only_matching = true,
            "replace" => self.replace = Some(text(option, value)?),
            "trim" => self.trim = true,
            "no-trim" => self.trim = false,
            "line-number" => self.line_number = Some(true),
            "no-line-number" => self.line_number = Some(false),
            "column" => self.column = Some(true),
            "no-column" => self.column = Some(false),
            "byte-offset" => self.byte_offset = true,
            "with-filename" => self.file_name = Some(true),
            "no-filename" => self.file_name = Some(false),
            "heading" => self.heading = Some(true),
            "no-heading" => self.heading = Some(false),
            "max-count" => self.max_count = Some(number(option, value)?),
            "max-columns" => {
                self.max_columns = Some(number::<u64>(option, value)?).filter(|columns| *columns > 0)
            }
            "max-columns-preview" => self.max_columns_preview = true,
            "null" => self.null = true,
            "vimgrep" => self.vimgrep = true,
            "stats" => self.stats = true,
            "pretty" => {
                (self.color, self.heading, self.line_number) = (When::Always, Some(true), Some(true));
            }
            "color" => {
                self.color = match text(option, value)?.as_str() {
                    "never" => When::Never,
                    "always" => When::Always,
                    "ansi" => When::Ansi,
                    "auto" => When::Auto,
                    other => {
                        return Err(format!("error parsing flag --color: choice '{other}' is unrecognized"));
                    }
                }
            }
            "colors" => self.colors.push(text(option, value)?),
            "context-separator" => self.context_separator = Some(unescaped(&value)),
            "no-context-separator" => self.context_separator = None,
            "field-match-separator" => self.field_match_separator = unescaped(&value),
            "field-context-separator" => self.field_context_separator = unescaped(&value),
            "no-messages" => self.messages = false,
            "no-ignore-messages" => self.ignore_messages = false,
            other => return Err(format!("unrecognized flag --{other}")),
        }
        Ok(())
    }

    fn set_action(&mut self, action: Action) {
        if self.action == Action::Search {
            self.action = action;
        }
    }

    fn ignore_nothing(&mut self) {
        self.ignore_dot = false;
        self.ignore_vcs = false;
        self.ignore_parent = false;
        self.ignore_files = false;
        self.ignore_exclude = false;
    }

    /// Patterns of a file, one a line; `-` is standard input.
    fn read_patterns(&mut self, name: Vec<u8>) -> Result<(), String> {
        let file = if name == b"-" { PathBuf::from("/dev/stdin") } else { path(name) };
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let bytes = std::fs::read(&file).map_err(|error| failed(&crate::walk::reason(&error)))?;
        let read = String::from_utf8(bytes).map_err(|_| failed(&"invalid UTF-8"))?;
        self.patterns.extend(read.lines().map(str::to_owned));
        Ok(())
    }
}
