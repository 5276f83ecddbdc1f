//! The tree of a parsed command: what the parser builds, the printer writes and the evaluator walks.
//!
//! Nodes own their text as bytes and never refer to the source; spans are byte offsets into it. What a process
//! of its own may take away (a pipeline stage, a subshell, a function body, a substitution) stands behind an
//! `Arc`, so that starting one copies a pointer and not a tree.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bstr::{BStr, BString};
use smallvec::SmallVec;

/// A range of bytes of the source that a node was parsed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

/// A sequence of and-or lists: a whole complete command, or the body of a compound command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In source order; empty only for an empty line or comment.
    pub items: SmallVec<[ListItem; 1]>,
}

/// One and-or list and how it is ended: `;`, newline or `&`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// What is run.
    pub and_or: Arc<AndOr>,
    /// Ended by `&`: run asynchronously.
    pub background: bool,
    /// Ended by a newline, and not by `;`.
    pub own_line: bool,
}

/// Pipelines joined by `&&` and `||`, evaluated left to right with equal precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// The pipeline that always runs.
    pub first: Pipeline,
    /// The pipelines that run depending on the status so far.
    pub rest: Vec<(Connector, Pipeline)>,
}

/// What joins two pipelines of an and-or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|` or `|&`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The reserved word `time` before it.
    pub time: Option<TimeFormat>,
    /// An odd number of `!` before it.
    pub negated: bool,
    /// One or more; none only for a bare `time` or `!`.
    pub stages: SmallVec<[Stage; 1]>,
}

/// `time` or `time -p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// As TIMEFORMAT says.
    Default,
    /// `-p`: the POSIX format.
    Posix,
}

/// One command of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What runs.
    pub command: Arc<Command>,
    /// Followed by `|&`: standard error goes into the pipe too, after the stage's own redirections.
    pub stderr_too: bool,
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// In source order, wherever they stood. A function definition's own stand in [`FunctionDef::body`].
    pub redirects: Vec<Redirect>,
    /// Where it stands.
    pub span: Span,
    /// Its first line, from 1, for `$LINENO` and messages.
    pub line: u32,
}

/// Every kind of command of the bash grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Assignments and words.
    Simple(Simple),
    /// `{ list; }`
    Group(List),
    /// `( list )`
    Subshell(Arc<List>),
    /// `if … then … elif … else … fi`
    If {
        /// Condition and body of `if` and of each `elif`.
        arms: Vec<(List, List)>,
        /// The body of `else`.
        otherwise: Option<List>,
    },
    /// `while … do … done`, `until … do … done`
    Loop {
        /// `until`: goes on while the condition fails.
        until: bool,
        /// The condition.
        condition: List,
        /// What is repeated.
        body: List,
    },
    /// `for name in words; do … done`
    For {
        /// The variable.
        name: BString,
        /// The words after `in`; absent means `"$@"`.
        words: Option<Vec<Word>>,
        /// What is repeated.
        body: List,
    },
    /// `for (( init; condition; step )) do … done`; an absent expression is empty text.
    ForArithmetic {
        /// Evaluated once; before each round, where empty is true; after each round.
        clauses: Box<[Arithmetic; 3]>,
        /// What is repeated.
        body: List,
    },
    /// `select name in words; do … done`
    Select {
        /// The variable.
        name: BString,
        /// The words after `in`; absent means `"$@"`.
        words: Option<Vec<Word>>,
        /// What is repeated.
        body: List,
    },
    /// `case word in pattern) … esac`
    Case {
        /// What is matched.
        word: Word,
        /// In source order.
        arms: Vec<CaseArm>,
    },
    /// `name() body`, `function name body`
    Function(Arc<FunctionDef>),
    /// `[[ expression ]]`
    Test(Box<TestExpr>),
    /// `(( expression ))`
    Arithmetic(Arithmetic),
    /// `coproc [name] command`
    Coprocess {
        /// `COPROC` when absent in the source.
        name: BString,
        /// What runs.
        command: Arc<Command>,
    },
    /// The text of a substitution that is no command. As in bash, it fails when its time comes, and what stands
    /// before the first error has run.
    Text(BString),
}

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// The assignments before the first word.
    pub assignments: Vec<Assignment>,
    /// The command word and its arguments.
    pub words: Vec<Argument>,
}

/// A word of a simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An ordinary word.
    Word(Word),
    /// An assignment behind a declaration builtin (`declare export local readonly typeset alias`-like), which is
    /// not split or globbed, and whose value may be an array literal.
    Assignment(Box<Assignment>),
}

/// `name=value`, `name+=value`, `name[subscript]=value`, `name=(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: BString,
    /// The text between `[` and `]`.
    pub subscript: Option<Word>,
    /// `+=`
    pub append: bool,
    /// The right-hand side.
    pub value: AssignedValue,
    /// Where it stands.
    pub span: Span,
}

/// The right-hand side of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignedValue {
    /// A single word, possibly empty.
    Scalar(Word),
    /// `( … )`
    Array(Vec<ArrayElement>),
}

/// An element of an array literal: `word` or `[subscript]=word` or `[subscript]+=word`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayElement {
    /// The text between `[` and `]`.
    pub subscript: Option<Word>,
    /// `+=`
    pub append: bool,
    /// The value; split and globbed only without a subscript.
    pub value: Word,
}

/// The parts of a word. Most have one, which stands in the node itself.
pub type Parts = SmallVec<[Part; 1]>;

/// Literal text. Most is short, and stands in the node itself: a tree is mostly words, and they cost no memory of
/// their own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(SmallVec<[u8; 16]>);

impl Text {
    /// These bytes.
    pub fn from_slice(bytes: &[u8]) -> Text {
        Text(SmallVec::from_slice(bytes))
    }
}

impl Deref for Text {
    type Target = SmallVec<[u8; 16]>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Text {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BStr::new(self.as_slice()).fmt(f)
    }
}

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Pieces in order; none for an empty word that was not quoted (`x=`).
    pub parts: Parts,
    /// Where it stands.
    pub span: Span,
    /// How it was written, where its parts do not say it; for whoever prints it.
    pub written: Option<Box<Written>>,
}

/// How a word was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// In order.
    pub pieces: Vec<WrittenPiece>,
}

/// A piece of a word as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenPiece {
    /// Source text.
    Text(BString),
    /// A substitution, which bash prints anew.
    Substitution {
        /// What it begins with: `$(`, `<(` or `>(`.
        opening: &'static str,
        /// What runs; the same as in the part.
        list: Arc<List>,
    },
}

impl Word {
    /// A word of one part.
    pub fn of(part: Part, span: Span) -> Word {
        Word { parts: smallvec::smallvec![part], span, written: None }
    }
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Unquoted text (in [`Part::DoubleQuoted`]: quoted text). Outside quotes its `* ? [ { ,` and extended
    /// patterns are active; it holds no quoting characters of its own.
    Literal(Text),
    /// Text that was single-quoted, `$'…'` (already decoded) or escaped by a backslash: stands for itself.
    Quoted(Text),
    /// `"…"` or `$"…"`. An empty one still makes a field.
    DoubleQuoted(Vec<Part>),
    /// `$name`, `${…}`
    Parameter(Box<Parameter>),
    /// `$( list )` and backticks.
    CommandSubstitution(Arc<List>),
    /// `$(( expression ))`, `$[ expression ]`
    Arithmetic(Box<Arithmetic>),
    /// `<( list )`, `>( list )`
    ProcessSubstitution {
        /// `>( )`: the command reads what is written to the name.
        output: bool,
        /// What runs.
        list: Arc<List>,
    },
    /// An unquoted `~`, `~user`, `~+`, `~-` where bash expands one: the text after `~`.
    Tilde(BString),
}

impl Part {
    /// A [`Part::Literal`].
    pub fn literal(text: impl AsRef<[u8]>) -> Part {
        Part::Literal(Text::from_slice(text.as_ref()))
    }

    /// A [`Part::Quoted`].
    pub fn quoted(text: impl AsRef<[u8]>) -> Part {
        Part::Quoted(Text::from_slice(text.as_ref()))
    }

    /// Is it text in quotes, even if there is none in them?
    pub fn is_quote(&self) -> bool {
        matches!(self, Part::Quoted(_) | Part::DoubleQuoted(_))
    }
}

/// An arithmetic expression as text: its `$` expansions happen first, then the result is parsed and evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// The text, read as if double-quoted (but `"` is dropped).
    pub text: Word,
}

/// A parameter expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Whose value is wanted.
    pub name: ParameterName,
    /// `[…]` after the name.
    pub subscript: Option<Subscript>,
    /// `${!name…}`: the value of the variable named by the value. (`${!x*}` and `${!a[@]}` are operators.)
    pub indirect: bool,
    /// What is done with the value.
    pub operator: ParameterOperator,
    /// Where it stands.
    pub span: Span,
}

/// What a parameter expansion names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterName {
    /// A variable.
    Variable(BString),
    /// `$1`, `${10}`; `$0` is 0.
    Positional(u32),
    /// One of `@ * # ? - $ !`.
    Special(u8),
}

/// The subscript of a parameter expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscript {
    /// `[@]`
    At,
    /// `[*]`
    Star,
    /// `[expression]`: arithmetic for an indexed array, a string for an associative one.
    Index(Box<Word>),
}

/// What a parameter expansion does with the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterOperator {
    /// `$x`, `${x}`
    Value,
    /// `${#x}`
    Length,
    /// `${x:-word}`, `${x-word}`
    Default {
        /// With `:`, null counts as unset.
        null_too: bool,
        /// The alternative.
        word: Word,
    },
    /// `${x:=word}`, `${x=word}`
    Assign {
        /// With `:`, null counts as unset.
        null_too: bool,
        /// What is assigned.
        word: Word,
    },
    /// `${x:?word}`, `${x?word}`
    Require {
        /// With `:`, null counts as unset.
        null_too: bool,
        /// The message.
        word: Word,
    },
    /// `${x:+word}`, `${x+word}`
    Alternative {
        /// With `:`, null counts as unset.
        null_too: bool,
        /// What stands instead.
        word: Word,
    },
    /// `${x#pattern}`, `${x##pattern}`
    RemovePrefix {
        /// `##`
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${x%pattern}`, `${x%%pattern}`
    RemoveSuffix {
        /// `%%`
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${x/pattern/with}` and its kin.
    Replace {
        /// Which matches.
        which: Replace,
        /// The pattern.
        pattern: Word,
        /// The replacement; absent in `${x/pattern}`.
        with: Option<Box<Word>>,
    },
    /// `${x^pattern}`, `${x,,pattern}`, `${x~~}`
    ChangeCase {
        /// To what.
        to: Case,
        /// Doubled operator: every character.
        all: bool,
        /// Which characters; absent means any.
        pattern: Option<Word>,
    },
    /// `${x:offset}`, `${x:offset:length}`
    Substring {
        /// Arithmetic.
        offset: Arithmetic,
        /// Arithmetic.
        length: Option<Box<Arithmetic>>,
    },
    /// `${x@Q}`: the letter.
    Transform(u8),
    /// `${!prefix*}`, `${!prefix@}`: names of variables.
    Names {
        /// `@`: separate fields in double quotes.
        at: bool,
    },
    /// `${!name[@]}`, `${!name[*]}`: keys of an array.
    Keys {
        /// `@`: separate fields in double quotes.
        at: bool,
    },
    /// Text between braces that bash refuses only when the expansion is evaluated (`${x!}`, `${}`): the source
    /// text, for «bad substitution».
    Bad {
        /// The expansion.
        text: BString,
        /// The word or quoted text that it stands in, which bash's message names.
        within: Option<BString>,
    },
}

/// Which matches `${x/…}` replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// `/`
    First,
    /// `//`
    All,
    /// `/#`
    Prefix,
    /// `/%`
    Suffix,
}

/// What `${x^}` and its kin change characters to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor before the operator.
    pub fd: RedirectFd,
    /// What is done.
    pub operation: RedirectOperation,
    /// Where it stands.
    pub span: Span,
}

/// The descriptor a redirection changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectFd {
    /// 0 or 1, by the operator.
    Default,
    /// `2>`
    Number(u32),
    /// `{name}>`: a new descriptor of 10 or more, assigned to the variable. May carry a subscript: `{a[1]}>`.
    Variable(BString),
}

/// What a redirection does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectOperation {
    /// `< word`
    Read(Word),
    /// `> word`
    Write(Word),
    /// `>| word`
    Clobber(Word),
    /// `>> word`
    Append(Word),
    /// `<> word`
    ReadWrite(Word),
    /// `&> word`, and `>& word` where word is not a number
    WriteBoth(Word),
    /// `&>> word`
    AppendBoth(Word),
    /// `<& word`: duplicate, move (`1-`) or close (`-`), decided after expansion.
    DuplicateInput(Word),
    /// `>& word`
    DuplicateOutput(Word),
    /// `<< end`, `<<- end`: the body.
    HereDocument(Box<HereDocument>),
    /// `<<< word`
    HereString(Word),
}

/// The body of a here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HereDocument {
    /// The delimiter after quote removal.
    pub delimiter: BString,
    /// The delimiter was quoted: the body is one [`Part::Quoted`].
    pub quoted: bool,
    /// `<<-`: leading tabs were stripped.
    pub strip_tabs: bool,
    /// The text, with a final newline unless empty; expanded as in double quotes.
    pub body: Word,
}

/// One `pattern | pattern) list ;;` of a case command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseArm {
    /// Any may match.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: List,
    /// What happens afterwards.
    pub end: CaseEnd,
}

/// How an arm of a case command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseEnd {
    /// `;;`
    Break,
    /// `;&`
    FallThrough,
    /// `;;&`
    TestNext,
}

/// A function definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDef {
    /// Its name.
    pub name: BString,
    /// A compound command, with the redirections that happen at each call.
    pub body: Command,
}

/// An expression of `[[ ]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestExpr {
    /// `a && b`
    And(Box<TestExpr>, Box<TestExpr>),
    /// `a || b`
    Or(Box<TestExpr>, Box<TestExpr>),
    /// `! a`
    Not(Box<TestExpr>),
    /// `( a )`
    Group(Box<TestExpr>),
    /// `-f word` and its kin: the operator without the dash may be several letters, so it is kept whole (`-f`).
    /// A word alone is `-n word`, as in bash.
    Unary(BString, Word),
    /// `a == b`, `a -nt b`, `a < b`, `a =~ b` …: the operator as written.
    Binary(BString, Word, Word),
}
