//! The command line: options, starting points, and the words of the expression, each primary with its argument read.

use cli::wording::{quoted, reason};
use rustix::io::Errno;

use super::evaluate::State;
use super::expression::{self, Expression, Word};
use super::format::{Format, Remarks};
use super::help;
use super::number::{Number, Relation, Span, digits};
use super::pattern::{Dialect, Pattern};
use super::permission::Permission;
use super::primary::{Age, Primary, Stamp};
use super::run::{Batch, Program};
use super::streams::{STDOUT, StreamId};
use super::walk::{Follow, Walk};
use crate::calendar::{self, DAY_NS, SECOND_NS};
use crate::glob::Glob;
use crate::stat::Stat;
use crate::system;

/// Why the command line was not read to its end.
#[derive(Debug)]
pub enum Stop {
    /// What to complain about.
    Complaint(Vec<u8>),
    /// A text that was asked for: help, the version.
    Text(String),
}

impl From<String> for Stop {
    fn from(text: String) -> Stop {
        Stop::Complaint(text.into_bytes())
    }
}

/// What the command line says.
pub struct Arguments {
    pub walk: Walk,
    pub starts: Vec<Vec<u8>>,
    pub files_from: Option<Vec<u8>>,
    pub expression: Expression,
}

/// Options that count for the whole expression, wherever they stand.
#[rustfmt::skip]
const GLOBAL: [&str; 10] = [
    "-d", "-depth", "-files0-from", "-ignore_readdir_race", "-maxdepth", "-mindepth", "-mount", "-noignore_readdir_race",
    "-noleaf", "-xdev",
];

/// Options that count for what follows them.
const POSITIONAL: [&str; 5] = ["-daystart", "-follow", "-nowarn", "-regextype", "-warn"];

struct Reader<'s> {
    left: std::collections::VecDeque<Vec<u8>>,
    state: &'s mut State,
    walk: Walk,
    files_from: Option<Vec<u8>>,
    words: Vec<Word>,
    warns: bool,
    from_day_start: bool,
    dialect: Dialect,
    /// The first test or action, or parenthesis or negation: global options should stand before it.
    first_test: Option<String>,
    /// The primary before this word.
    before: Option<String>,
    is_depth_asked: bool,
    deletes: bool,
    prunes: bool,
    asks: bool,
}

/// Reads a command line. Files that actions write to are opened, and files that tests compare with are looked at.
pub fn read(argv: Vec<Vec<u8>>, state: &mut State) -> Result<Arguments, Stop> {
    let walk = Walk {
        follow: Follow::Never,
        depth_min: 0,
        depth_max: usize::MAX,
        contents_first: false,
        one_device: false,
    };
    let mut reader = Reader {
        left: argv.into(),
        state,
        walk,
        files_from: None,
        words: Vec::new(),
        warns: std::io::IsTerminal::is_terminal(&std::io::stdin()),
        from_day_start: false,
        dialect: Dialect::Emacs,
        first_test: None,
        before: None,
        is_depth_asked: false,
        deletes: false,
        prunes: false,
        asks: false,
    };
    reader.leading_options()?;
    let mut starts = reader.starting_points();
    while let Some(word) = reader.left.pop_front() {
        reader.word(word)?;
    }
    reader.check()?;
    if let Some(file) = &reader.files_from {
        if let Some(extra) = starts.first() {
            let extra = quoted(extra);
            let both =
                format!("extra operand {extra}\nfind: file operands cannot be combined with -files0-from");
            return Err(both.into());
        }
        if reader.asks && file == b"-" {
            let both =
                "option -files0-from reading from standard input cannot be combined with -ok, -okdir\n";
            return Err(both.to_owned().into());
        }
    } else if starts.is_empty() {
        starts.push(b".".to_vec());
    }
    let has_action =
        reader.words.iter().any(|word| matches!(word, Word::Primary(primary) if primary.is_action()));
    let print = Primary::Print { stream: STDOUT, end: b'\n' };
    let expression = if reader.words.is_empty() {
        Expression::Primary(print)
    } else {
        let read = expression::read(std::mem::take(&mut reader.words))?;
        if has_action { read } else { Expression::And(vec![read, Expression::Primary(print)]) }
    };
    Ok(Arguments { walk: reader.walk, starts, files_from: reader.files_from, expression })
}

/// Whether a word begins the expression.
fn begins_expression(word: &[u8]) -> bool {
    matches!(word, b"(" | b"!") || (word.starts_with(b"-") && word.len() > 1)
}

impl Reader<'_> {
    /// `-H -L -P -D -O`, in front of everything.
    fn leading_options(&mut self) -> Result<(), Stop> {
        while let Some(word) = self.left.front() {
            match word.as_slice() {
                b"-H" => self.walk.follow = Follow::Starts,
                b"-L" => self.walk.follow = Follow::Always,
                b"-P" => self.walk.follow = Follow::Never,
                b"--" => {
                    self.left.pop_front();
                    return Ok(());
                }
                b"-D" => {
                    let Some(flags) = self.left.get(1).cloned() else {
                        let missing = "Missing argument after the -D option.";
                        return Err(format!("{missing}\nTry 'find --help' for more information.").into());
                    };
                    self.debug_flags(&flags)?;
                    self.left.pop_front();
                }
                [b'-', b'O', level @ ..] => {
                    let problem = match level {
                        [] => Some("The -O option must be immediately followed by a decimal integer"),
                        [first, ..] if !first.is_ascii_digit() => {
                            Some("Please specify a decimal number immediately after -O")
                        }
                        _ => None,
                    };
                    if let Some(problem) = problem {
                        return Err(problem.to_owned().into());
                    }
                }
                _ => return Ok(()),
            }
            self.left.pop_front();
        }
        Ok(())
    }

    /// The flags of `-D`, none of which shows anything here.
    fn debug_flags(&self, flags: &[u8]) -> Result<(), Stop> {
        for flag in flags.split(|byte| *byte == b',') {
            match flag {
                b"help" => return Err(Stop::Text(help::DEBUG.to_owned())),
                b"exec" | b"opt" | b"rates" | b"search" | b"stat" | b"time" | b"tree" | b"all" | b"" => {}
                other => {
                    cli::stdio::complain(
                        "find",
                        &format!("Ignoring unrecognised debug flag {}", quoted(other)),
                    );
                }
            }
        }
        Ok(())
    }

    fn starting_points(&mut self) -> Vec<Vec<u8>> {
        let count = self.left.iter().take_while(|word| !begins_expression(word)).count();
        self.left.drain(..count).collect()
    }

    fn warn(&self, what: &str) {
        if self.warns {
            cli::stdio::complain("find", &format!("warning: {what}"));
        }
    }

    /// Reads a word of the expression.
    fn word(&mut self, word: Vec<u8>) -> Result<(), Stop> {
        let text = String::from_utf8_lossy(&word).into_owned();
        let operator = match text.as_str() {
            "(" => Word::Open,
            ")" => Word::Close,
            "," => Word::Comma,
            "!" | "-not" => Word::Not(text.clone()),
            "-a" | "-and" => Word::And(text.clone()),
            "-o" | "-or" => Word::Or(text.clone()),
            _ => {
                if !word.starts_with(b"-") {
                    return Err(self.misplaced_path(&word));
                }
                if !POSITIONAL.contains(&text.as_str()) {
                    if GLOBAL.contains(&text.as_str()) {
                        self.warn_of_global(&text);
                    } else {
                        self.first_test.get_or_insert_with(|| text.clone());
                    }
                }
                let primary = self.primary(&text)?;
                self.before = Some(text);
                self.words.push(Word::Primary(primary));
                return Ok(());
            }
        };
        self.first_test.get_or_insert_with(|| text.clone());
        self.words.push(operator);
        Ok(())
    }

    fn misplaced_path(&self, word: &[u8]) -> Stop {
        let mut text = [b"paths must precede expression: `", word, b"'"].concat();
        if let Some(before) = self.before.as_ref().filter(|_| system::stat(word, false).is_ok()) {
            text.extend(format!("\nfind: possible unquoted pattern after predicate `{before}'?").bytes());
        }
        Stop::Complaint(text)
    }

    fn warn_of_global(&self, option: &str) {
        if let Some(first) = &self.first_test {
            self.warn(&format!(
                "you have specified the global option {option} after the argument {first}, but global options are \
                 not positional, i.e., {option} affects tests specified before it as well as those specified after \
                 it.  Please specify global options before other arguments."
            ));
        }
    }

    /// What the whole line must keep.
    fn check(&mut self) -> Result<(), Stop> {
        if self.deletes && self.prunes && !self.is_depth_asked {
            let both = "The -delete action automatically turns on -depth, but -prune does nothing when -depth is in \
                        effect.  If you want to carry on anyway, just explicitly use the -depth option.";
            return Err(both.to_owned().into());
        }
        Ok(())
    }

    fn argument(&mut self, name: &str) -> Result<Vec<u8>, Stop> {
        self.left.pop_front().ok_or_else(|| format!("missing argument to `{name}'").into())
    }

    /// Reads a primary with its arguments.
    fn primary(&mut self, name: &str) -> Result<Primary, Stop> {
        if let Some(option) = self.option(name)? {
            return Ok(option);
        }
        Ok(match name {
            "-true" => Primary::Always(true),
            "-false" => Primary::Always(false),
            "-name" | "-iname" => {
                let pattern = self.argument(name)?;
                if pattern.contains(&b'/') && pattern != b"/" {
                    let whole = name.replace("name", "wholename");
                    self.warn(&format!(
                        "'{name}' matches against basenames only, but the given pattern contains a directory \
                         separator ('/'), thus the expression will evaluate to false all the time.  Did you mean \
                         '{whole}'?"
                    ));
                }
                Primary::Name(Glob::new(&pattern, name == "-iname"))
            }
            "-path" | "-wholename" | "-ipath" | "-iwholename" => {
                let pattern = self.argument(name)?;
                if pattern.ends_with(b"/") {
                    let shown = String::from_utf8_lossy(&pattern);
                    self.warn(&format!("{name} {shown} will not match anything because it ends with /."));
                }
                Primary::Path(Glob::new(&pattern, name.starts_with("-i")))
            }
            "-lname" | "-ilname" => Primary::LinkName(Glob::new(&self.argument(name)?, name == "-ilname")),
            "-regex" | "-iregex" => {
                let text = self.argument(name)?;
                let pattern = Pattern::new(&text, self.dialect, name == "-iregex").map_err(|why| {
                    let text = String::from_utf8_lossy(&text);
                    format!("failed to compile regular expression '{text}': {why}")
                })?;
                Primary::Regex(Box::new(pattern))
            }
            "-type" => Primary::Type(types(name, &self.argument(name)?)?),
            "-xtype" => Primary::OtherType(types(name, &self.argument(name)?)?),
            "-size" => size(&self.argument(name)?)?,
            "-empty" => Primary::Empty,
            "-perm" => self.permission(name)?,
            "-user" | "-uid" | "-group" | "-gid" => self.owner(name)?,
            "-nouser" => Primary::NoUser,
            "-nogroup" => Primary::NoGroup,
            "-links" => Primary::Links(self.number(name)?),
            "-inum" => Primary::Inode(self.number(name)?),
            "-samefile" => Primary::SameFile(self.reference(name)?.identity()),
            "-readable" => Primary::Access(4),
            "-writable" => Primary::Access(2),
            "-executable" => Primary::Access(1),
            "-fstype" => Primary::FileSystem(self.argument(name)?),
            "-context" => {
                self.argument(name)?;
                return Err("invalid predicate -context: SELinux is not enabled.".to_owned().into());
            }
            "-prune" => {
                self.prunes = true;
                Primary::Prune
            }
            "-quit" => Primary::Quit,
            _ => match self.time(name)? {
                Some(primary) => primary,
                None => self.action(name)?,
            },
        })
    }

    /// Options, which are true.
    fn option(&mut self, name: &str) -> Result<Option<Primary>, Stop> {
        match name {
            "-daystart" => self.from_day_start = true,
            "-follow" => self.walk.follow = Follow::Always,
            "-warn" => self.warns = true,
            "-nowarn" => self.warns = false,
            "-regextype" => self.dialect = Dialect::named(&self.argument(name)?)?,
            "-d" | "-depth" => {
                if name == "-d" {
                    self.warn(
                        "the -d option is deprecated; please use -depth instead, because the latter is a \
                         POSIX-compliant feature.",
                    );
                }
                self.walk.contents_first = true;
                self.is_depth_asked = true;
            }
            "-maxdepth" => self.walk.depth_max = self.depth(name)?,
            "-mindepth" => self.walk.depth_min = self.depth(name)?,
            "-mount" | "-xdev" => self.walk.one_device = true,
            "-ignore_readdir_race" => self.state.ignores_races = true,
            "-noignore_readdir_race" => self.state.ignores_races = false,
            "-noleaf" => {}
            "-files0-from" => self.files_from = Some(self.argument(name)?),
            "-help" | "--help" => return Err(Stop::Text(help::HELP.to_owned())),
            "-version" | "--version" => return Err(Stop::Text(help::VERSION.to_owned())),
            _ => return Ok(None),
        }
        Ok(Some(Primary::Always(true)))
    }

    fn depth(&mut self, name: &str) -> Result<usize, Stop> {
        let text = self.argument(name)?;
        let depth = digits(&text).and_then(|depth| usize::try_from(depth).ok());
        depth.ok_or_else(|| {
            let got = quoted(&text);
            format!("Expected a positive decimal integer argument to {name}, but got {got}").into()
        })
    }

    fn number(&mut self, name: &str) -> Result<Number, Stop> {
        let text = self.argument(name)?;
        Number::read(&text).ok_or_else(|| invalid(&text, name))
    }

    /// What is known of the file that an argument names.
    fn reference(&mut self, name: &str) -> Result<Stat, Stop> {
        let path = self.argument(name)?;
        let follow = self.walk.follow != Follow::Never;
        let found = match system::stat(&path, follow) {
            Err(errno) if follow && errno != Errno::LOOP => system::stat(&path, false),
            other => other,
        };
        found.map_err(|errno| format!("{}: {}", quoted(&path), reason(errno)).into())
    }

    fn permission(&mut self, name: &str) -> Result<Primary, Stop> {
        let text = self.argument(name)?;
        let permission =
            Permission::read(&text).ok_or_else(|| Stop::from(format!("invalid mode {}", quoted(&text))))?;
        if permission.is_any_of_none() {
            let shown = String::from_utf8_lossy(&text);
            cli::stdio::complain(
                "find",
                &format!(
                    "warning: you have specified a mode pattern {shown} (which is equivalent to /000). The meaning of \
                     -perm /000 has now been changed to be consistent with -perm -000; that is, while it used to match \
                     no files, it now matches all files."
                ),
            );
        }
        Ok(Primary::Permission(permission))
    }

    fn owner(&mut self, name: &str) -> Result<Primary, Stop> {
        let is_user = matches!(name, "-user" | "-uid");
        let of = |number| if is_user { Primary::Uid(number) } else { Primary::Gid(number) };
        if matches!(name, "-uid" | "-gid") {
            return self.number(name).map(of);
        }
        let text = self.argument(name)?;
        let known = if is_user {
            self.state.accounts.user_number(&text)
        } else {
            self.state.accounts.group_number(&text)
        };
        let value = known.map(u64::from).or_else(|| digits(&text));
        value.map(|value| of(Number { relation: Relation::Exactly, value })).ok_or_else(|| {
            match (is_user, text.is_empty()) {
                (true, true) => "The argument to -user should not be empty".to_owned(),
                (false, true) => "argument to -group is empty, but should be a group name".to_owned(),
                (true, false) => format!("{} is not the name of a known user", quoted(&text)),
                (false, false) => format!("{} is not the name of an existing group", quoted(&text)),
            }
            .into()
        })
    }

    /// Tests of times.
    fn time(&mut self, name: &str) -> Result<Option<Primary>, Stop> {
        let newer = |stamp, than| Some(Primary::Newer { stamp, than });
        Ok(match name {
            "-newer" => newer(Stamp::Modification, self.reference(name)?.mtime),
            "-anewer" => newer(Stamp::Access, self.reference(name)?.mtime),
            "-cnewer" => newer(Stamp::Change, self.reference(name)?.mtime),
            "-amin" | "-cmin" | "-mmin" => {
                let span = self.span(name)?;
                let begins = |more| self.origin().saturating_sub(span.nanoseconds(more, 60 * SECOND_NS));
                let age = match span.relation {
                    Relation::Exactly => Age::Within { begins: begins(0.0), length: 60 * SECOND_NS },
                    Relation::More => Age::Before(begins(0.0)),
                    Relation::Less => Age::After(begins(0.0)),
                };
                Some(Primary::Age { stamp: stamp_of(name), age })
            }
            "-atime" | "-ctime" | "-mtime" => {
                let span = self.span(name)?;
                let begins = |more| self.origin().saturating_sub(span.nanoseconds(more, DAY_NS));
                let age = match span.relation {
                    Relation::Exactly => Age::Within { begins: begins(1.0), length: DAY_NS },
                    Relation::More => Age::Before(begins(1.0)),
                    // GNU find counts a second more here.
                    Relation::Less => Age::After(begins(0.0).saturating_sub(SECOND_NS)),
                };
                Some(Primary::Age { stamp: stamp_of(name), age })
            }
            "-used" => {
                let text = self.argument(name)?;
                let span = Span::read(&text).ok_or_else(|| {
                    Stop::from(format!("Invalid argument {} to -used", String::from_utf8_lossy(&text)))
                })?;
                Some(Primary::Used(span))
            }
            _ => match name.strip_prefix("-newer").map(str::as_bytes) {
                Some([x, y]) => Some(self.newer_than(name, *x, *y)?),
                _ => None,
            },
        })
    }

    /// The moment that ages are counted from: now, or with `-daystart` the end of today.
    fn origin(&self) -> i64 {
        if self.from_day_start {
            calendar::day_start(self.state.now, &self.state.zone).saturating_add(DAY_NS)
        } else {
            self.state.now
        }
    }

    fn span(&mut self, name: &str) -> Result<Span, Stop> {
        let text = self.argument(name)?;
        Span::read(&text).ok_or_else(|| invalid(&text, name))
    }

    /// `-newerXY`.
    fn newer_than(&mut self, name: &str, x: u8, y: u8) -> Result<Primary, Stop> {
        let is_known = Stamp::of_letter(x).is_some() || x == b'B';
        if !is_known || !(Stamp::of_letter(y).is_some() || matches!(y, b'B' | b't')) {
            return Err(format!("invalid predicate `{name}'").into());
        }
        if self.left.is_empty() {
            return Err(format!("The '{name}' test needs an argument").into());
        }
        let Some(stamp) = Stamp::of_letter(x).filter(|_| y != b'B') else {
            let unknown = "This system does not provide a way to find the birth time of a file.";
            return Err(format!("{unknown}\nfind: invalid predicate `{name}'").into());
        };
        let than = match Stamp::of_letter(y) {
            Some(other) => other.of(&self.reference(name)?),
            None => {
                let text = self.argument(name)?;
                calendar::read(&text, self.state.now, &self.state.zone).ok_or_else(|| {
                    Stop::from(format!(
                        "I cannot figure out how to interpret {} as a date or time",
                        quoted(&text)
                    ))
                })?
            }
        };
        Ok(Primary::Newer { stamp, than })
    }

    fn action(&mut self, name: &str) -> Result<Primary, Stop> {
        Ok(match name {
            "-delete" => {
                self.deletes = true;
                self.walk.contents_first = true;
                Primary::Delete
            }
            "-print" => Primary::Print { stream: STDOUT, end: b'\n' },
            "-print0" => Primary::Print { stream: STDOUT, end: 0 },
            "-fprint" => Primary::Print { stream: self.stream(name)?, end: b'\n' },
            "-fprint0" => Primary::Print { stream: self.stream(name)?, end: 0 },
            "-ls" => Primary::List(STDOUT),
            "-fls" => Primary::List(self.stream(name)?),
            "-printf" => Primary::Format { stream: STDOUT, format: self.format(name)? },
            "-fprintf" => {
                // The format is asked for before the file is made.
                if let [only] = self.left.make_contiguous() {
                    return Err(invalid(only, name));
                }
                Primary::Format { stream: self.stream(name)?, format: self.format(name)? }
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" => Primary::Run(self.program(name)?),
            _ => return Err(Stop::Complaint([b"unknown predicate `", name.as_bytes(), b"'"].concat())),
        })
    }

    fn stream(&mut self, name: &str) -> Result<StreamId, Stop> {
        let file = self.argument(name)?;
        let opened = self.state.streams.open(&file);
        opened.map_err(|errno| format!("{}: {}", quoted(&file), reason(errno)).into())
    }

    fn format(&mut self, name: &str) -> Result<Format, Stop> {
        let text = self.argument(name)?;
        let mut remarks = Remarks::default();
        let format = Format::read(&text, &mut remarks);
        for warning in remarks.warnings {
            help::complain_bytes(&[b"warning: ", warning.as_slice()].concat());
        }
        format.map_err(Stop::Complaint)
    }

    /// Reads the program of `-exec` and its kin, up to its `;` or `{} +`.
    fn program(&mut self, name: &str) -> Result<usize, Stop> {
        let asks = name.starts_with("-ok");
        let in_parent = name.ends_with("dir");
        if in_parent {
            check_path_variable(name)?;
        }
        self.asks |= asks;
        let missing = || Stop::from(format!("missing argument to `{name}'"));
        let mut words: Vec<Vec<u8>> = Vec::new();
        let is_batch = loop {
            let word = self.left.pop_front().ok_or_else(missing)?;
            match word.as_slice() {
                b";" => break false,
                b"+" if !asks && words.last().is_some_and(|last| holds_braces(last)) => break true,
                _ => words.push(word),
            }
        };
        if is_batch {
            check_braces(name, &words)?;
            words.pop();
        } else if words.is_empty() {
            return Err(invalid(b";", name));
        }
        let batch = is_batch.then(Batch::default);
        self.state.programs.push(Program { words, in_parent, asks, batch });
        Ok(self.state.programs.len() - 1)
    }
}

fn holds_braces(word: &[u8]) -> bool {
    word.windows(2).any(|pair| pair == b"{}")
}

/// In front of a `+` there is one `{}`, by itself.
fn check_braces(name: &str, words: &[Vec<u8>]) -> Result<(), Stop> {
    if words.iter().filter(|word| holds_braces(word)).count() > 1 {
        return Err(format!("Only one instance of {{}} is supported with {name} ... +").into());
    }
    match words.last() {
        Some(last) if last != b"{}" => {
            let last = quoted(last);
            Err(format!("In '{name} ... {{}} +' the '{{}}' must appear by itself, but you specified {last}")
                .into())
        }
        _ => Ok(()),
    }
}

/// `-execdir` would run whatever lies in the directories that it comes to, if `PATH` named the current one.
fn check_path_variable(name: &str) -> Result<(), Stop> {
    let path = system::variable("PATH").unwrap_or_default();
    for directory in path.split(|byte| *byte == b':') {
        let with = format!(
            "is included in the PATH environment variable, which is insecure in combination with the {name} action of \
             find.  Please remove"
        );
        if matches!(directory, b"" | b".") {
            return Err(format!(
                "The current directory {with} the current directory from your $PATH (that is, remove \".\", doubled \
                 colons, or leading or trailing colons)"
            )
            .into());
        }
        if !directory.starts_with(b"/") {
            return Err(
                format!("The relative path {} {with} that entry from $PATH", quoted(directory)).into()
            );
        }
    }
    Ok(())
}

fn invalid(text: &[u8], name: &str) -> Stop {
    Stop::Complaint([b"invalid argument `", text, b"' to `", name.as_bytes(), b"'"].concat())
}

/// The time that a test such as `-amin` asks for.
fn stamp_of(name: &str) -> Stamp {
    name.as_bytes().get(1).copied().and_then(Stamp::of_letter).unwrap_or(Stamp::Modification)
}

/// Reads the letters of `-type`, with commas between.
fn types(name: &str, text: &[u8]) -> Result<Vec<u8>, Stop> {
    let mut letters = Vec::new();
    let mut rest = text;
    if text.is_empty() {
        return Err(format!("Arguments to {name} should contain at least one letter").into());
    }
    while let Some((letter, after)) = rest.split_first() {
        let shown = String::from_utf8_lossy(std::slice::from_ref(letter)).into_owned();
        match letter {
            b'b' | b'c' | b'd' | b'f' | b'l' | b'p' | b's' => {}
            b'D' => {
                return Err(format!(
                    "{name} D is not supported because Solaris doors are not supported on the platform find was \
                     compiled on."
                )
                .into());
            }
            _ => return Err(format!("Unknown argument to {name}: {shown}").into()),
        }
        if letters.contains(letter) {
            return Err(format!("Duplicate file type '{shown}' in the argument list to {name}.").into());
        }
        letters.push(*letter);
        rest = match after {
            [] => after,
            [b','] => {
                return Err(format!(
                    "Last file type in list argument to {name} is missing, i.e., list is ending on: ','"
                )
                .into());
            }
            [b',', more @ ..] => more,
            _ => return Err(format!("Must separate multiple arguments to {name} using: ','").into()),
        };
    }
    Ok(letters)
}

/// Reads the argument of `-size`.
fn size(text: &[u8]) -> Result<Primary, Stop> {
    let Some((last, before)) = text.split_last() else {
        return Err("invalid null argument to -size".to_owned().into());
    };
    let (unit, count) = match last {
        b'b' => (512, before),
        b'c' => (1, before),
        b'w' => (2, before),
        b'k' => (1 << 10, before),
        b'M' => (1 << 20, before),
        b'G' => (1 << 30, before),
        b'0'..=b'9' => (512, text),
        other => return Err(Stop::Complaint([b"invalid -size type `".as_slice(), &[*other], b"'"].concat())),
    };
    match Number::read(count) {
        Some(number) => Ok(Primary::Size { unit, number }),
        None => Err(Stop::Complaint([b"Invalid argument `", text, b"' to -size"].concat())),
    }
}
