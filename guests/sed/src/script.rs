//! A script: a flat list of commands, each with the lines that it is for.

use std::rc::Rc;

use posix_regex::Regex;

/// A regular expression of the script; `None` is the empty one, which stands for the last that was used.
pub(crate) type Pattern = Option<Rc<Regex>>;

/// A line, or what a line has to be.
pub(crate) enum Address {
    Line(u64),
    /// Every so many lines from the first on; a step of 0 is that line alone.
    Step {
        first: u64,
        step: u64,
    },
    Last,
    Pattern(Pattern),
}

/// Where a range ends.
pub(crate) enum RangeEnd {
    Line(u64),
    Last,
    Pattern(Pattern),
    /// That many lines behind its start.
    After(u64),
    /// The next line whose number is a multiple.
    Multiple(u64),
}

/// The lines that a command is for.
#[derive(Default)]
pub(crate) struct Lines {
    pub(crate) first: Option<Address>,
    pub(crate) last: Option<RangeEnd>,
    pub(crate) negated: bool,
}

/// A file that is written to: its index among the script's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutputIndex(pub(crate) usize);

/// Where a jump goes: the index of a command.
pub(crate) type Target = usize;

pub(crate) enum Action {
    /// `{`: goes on behind the matching `}`, at that index, where the lines are not these.
    Block(Target),
    /// `}`, `:label`, `v` and comments: nothing to be done.
    Nothing,
    Append(Vec<u8>),
    Insert(Vec<u8>),
    Change(Vec<u8>),
    Branch(Target),
    BranchIfChanged(Target),
    BranchUnlessChanged(Target),
    Delete,
    DeleteFirst,
    /// Empty: the pattern space is the command.
    Execute(Vec<u8>),
    FileName,
    Get,
    GetAppended,
    Hold,
    HoldAppended,
    List(Option<usize>),
    Next,
    NextAppended,
    Print,
    PrintFirst,
    Quit(i32),
    QuitSilently(i32),
    Read(Vec<u8>),
    ReadLine(Vec<u8>),
    Substitute(Box<Substitution>),
    Write(OutputIndex),
    WriteFirst(OutputIndex),
    Exchange,
    Transliterate(Box<Transliteration>),
    Zap,
    LineNumber,
}

pub(crate) struct Command {
    pub(crate) lines: Lines,
    pub(crate) action: Action,
}

/// `s`.
pub(crate) struct Substitution {
    pub(crate) pattern: Pattern,
    pub(crate) replacement: Vec<Piece>,
    /// The highest group that the replacement tells.
    pub(crate) group_max: usize,
    /// The first match that is replaced, from 1 on.
    pub(crate) number: u64,
    /// And all behind it.
    pub(crate) global: bool,
    pub(crate) print: bool,
    pub(crate) evaluate: bool,
    /// Is it evaluated after it was printed?
    pub(crate) print_first: bool,
    pub(crate) write: Option<OutputIndex>,
}

/// A piece of a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(Vec<u8>),
    /// 0 is the whole match.
    Group(usize),
    /// What follows is written in other letters.
    Case(Case),
}

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// `\U`, `\L` and `\E`: from here on.
    Upper,
    Lower,
    End,
    /// `\u` and `\l`: the next character.
    UpperNext,
    LowerNext,
}

/// `y`: what each character becomes.
pub(crate) struct Transliteration {
    /// For each byte that is a character its replacement; the byte itself where there is none.
    pub(crate) bytes: [u8; 256],
    /// Other characters, sorted; also bytes that become more than a byte.
    pub(crate) others: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What the whole script says.
pub(crate) struct Script {
    pub(crate) commands: Vec<Command>,
    /// The files that `w` writes to, each once.
    pub(crate) outputs: Vec<Vec<u8>>,
    /// Its first two characters are `#n`.
    pub(crate) quiet: bool,
}
