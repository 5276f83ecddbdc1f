//! What can be wrong with a text, in bash's words.

use std::fmt;

use bstr::{BString, ByteSlice};

use super::ast::Span;

/// A construct that was begun and not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub kind: OpenKind,
    /// The line it began on.
    pub line: u32,
}

/// What can be left open at the end of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenKind {
    /// `'…`, `$'…`
    SingleQuote,
    /// `"…`
    DoubleQuote,
    /// `` `… ``
    Backquote,
    /// `${…`
    Parameter,
    /// `$(…`, `<(…`, `>(…`
    Substitution,
    /// `$((…`, `((…`
    Arithmetic,
    /// `$[…`, `name[…`
    Bracket,
    /// `name=(…`
    Array,
    /// An extended pattern, a group in a regular expression
    Parenthesis,
    /// `( …`
    Subshell,
    /// `{ …`
    Group,
    /// `if …`
    If,
    /// `for …`, and `select`
    For,
    /// `while …`, `until …`
    Loop,
    /// `case …`
    Case,
    /// `function …`, `name() …`
    Function,
    /// `[[ …`
    Test,
    /// What must follow `[[`, `!`, `&&` and `||` in a test.
    TestTerm,
    /// `… &&`, `… ||`, `… |`
    Operator,
    /// `<<end`
    HereDocument,
    /// A backslash at the end of the text.
    Continuation,
}

/// The end of the text came too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// What is open, innermost last.
    pub open: Vec<Open>,
    /// The line bash names in the message for a script that ends so.
    pub line: u32,
    /// Where the text ends.
    pub span: Span,
}

impl Incomplete {
    /// The error that this is when no more text can come.
    pub fn into_error(self) -> SyntaxError {
        let innermost = self.open.iter().rev().find_map(|open| Some((closer(open.kind)?, open)));
        let in_substitution = innermost.as_ref().is_some_and(|(_, open)| open.kind == OpenKind::Substitution);
        let (kind, line) = match innermost {
            Some((kind, open)) if matches!(open.kind, OpenKind::Substitution | OpenKind::TestTerm) => {
                (kind, self.line)
            }
            Some((kind, open)) => (kind, open.line),
            None => (ErrorKind::UnexpectedEnd, self.line),
        };
        let resumes = is_in_array(&self.open);
        // bash goes on to read the array, and stumbles over the end once more.
        let within = in_substitution || kind != ErrorKind::Unterminated(b')');
        let ends_on = (resumes && within).then_some(self.line);
        SyntaxError { span: self.span, line, kind, source_line: BString::default(), resumes, ends_on }
    }
}

/// What bash says it looked for, if it says so.
fn closer(kind: OpenKind) -> Option<ErrorKind> {
    let close = match kind {
        OpenKind::SingleQuote => b'\'',
        OpenKind::DoubleQuote => b'"',
        OpenKind::Backquote => b'`',
        OpenKind::Parameter => b'}',
        OpenKind::Substitution | OpenKind::Arithmetic | OpenKind::Parenthesis | OpenKind::Array => b')',
        OpenKind::Bracket => b']',
        OpenKind::Test => return Some(ErrorKind::UnterminatedTest),
        OpenKind::TestTerm => return Some(ErrorKind::UnexpectedInTest("EOF".into())),
        OpenKind::Subshell
        | OpenKind::Group
        | OpenKind::If
        | OpenKind::For
        | OpenKind::Loop
        | OpenKind::Case
        | OpenKind::Function
        | OpenKind::Operator
        | OpenKind::HereDocument
        | OpenKind::Continuation => return None,
    };
    Some(ErrorKind::Unterminated(close))
}

/// A text that is no command, wherever it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offending bytes.
    pub span: Span,
    /// The line bash names.
    pub line: u32,
    /// What is wrong.
    pub kind: ErrorKind,
    /// The source line, for the second line of bash's message.
    pub source_line: BString,
    /// bash drops no more than the line, and its status is 1: what is wrong stands in an array's value.
    pub resumes: bool,
    /// The line of the end of the text, if bash says of it too that it comes too early.
    pub ends_on: Option<u32>,
}

/// Is what is open the value of an array, and that not within a substitution?
pub(super) fn is_in_array(open: &[Open]) -> bool {
    let first = open.iter().find(|open| matches!(open.kind, OpenKind::Array | OpenKind::Substitution));
    first.is_some_and(|open| open.kind == OpenKind::Array)
}

/// Everything that can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A token where the grammar has none such.
    Unexpected(BString),
    /// The text ended within a compound command.
    UnexpectedEnd,
    /// The text ended before this byte.
    Unterminated(u8),
    /// `[[ a b`: the second word is no operator. A token that is no word is named.
    BinaryOperatorExpected(Option<BString>),
    /// `[[ -f ]]`, `[[ a == ]]`: what stands instead of the operand.
    UnexpectedOperand {
        /// What was found.
        found: BString,
        /// The operator has two operands.
        binary: bool,
    },
    /// The text ended before `]]`.
    UnterminatedTest,
    /// `[[ a == b c ]]`: what stands behind the expression, if it is no word.
    TestEndExpected(Option<BString>),
    /// `[[ ( a ]]`: what stands instead of `)`.
    ParenthesisExpected(BString),
    /// `[[ ]]`, `[[ a && ]]`: what stands instead of an expression.
    UnexpectedInTest(BString),
    /// `for ((a;b))`: the text.
    ForNeedsThree(BString),
    /// `for ((a;b;c;d))`: the text.
    ForHasTooMany(BString),
    /// Nested deeper than [`super::DEPTH_MAX`].
    TooDeep,
    /// Aliases expanded to more than [`super::ALIAS_BYTES_MAX`].
    AliasTooLong,
    /// A complete command of more than [`super::COMMAND_BYTES_MAX`].
    CommandTooLong,
}

impl SyntaxError {
    /// Bash's words, each with the line that they name: `name: line N: words`.
    pub fn messages(&self) -> Vec<(u32, BString)> {
        let mut messages = vec![(self.line, self.to_string().into())];
        match &self.kind {
            ErrorKind::Unexpected(_) => messages.push((self.line, quoted(&self.source_line))),
            ErrorKind::ForNeedsThree(text) | ErrorKind::ForHasTooMany(text) => {
                let mut line = BString::from("syntax error: `((");
                line.extend_from_slice(text);
                line.extend_from_slice(b"))'");
                messages.push((self.line, line));
            }
            ErrorKind::UnexpectedEnd
            | ErrorKind::Unterminated(_)
            | ErrorKind::UnterminatedTest
            | ErrorKind::TestEndExpected(_)
            | ErrorKind::BinaryOperatorExpected(_)
            | ErrorKind::UnexpectedOperand { .. }
            | ErrorKind::ParenthesisExpected(_)
            | ErrorKind::UnexpectedInTest(_)
            | ErrorKind::TooDeep
            | ErrorKind::AliasTooLong
            | ErrorKind::CommandTooLong => {}
        }
        messages.extend(self.ends_on.map(|line| (line, ErrorKind::UnexpectedEnd.to_string().into())));
        messages
    }
}

fn quoted(line: &[u8]) -> BString {
    let mut quoted = BString::from("`");
    quoted.extend_from_slice(line);
    quoted.push(b'\'');
    quoted
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Unexpected(token) => {
                write!(f, "syntax error near unexpected token `{}'", token.as_bstr())
            }
            ErrorKind::UnexpectedEnd => f.write_str("syntax error: unexpected end of file"),
            ErrorKind::Unterminated(close) => {
                write!(f, "unexpected EOF while looking for matching `{}'", char::from(*close))
            }
            ErrorKind::UnterminatedTest => f.write_str("unexpected EOF while looking for `]]'"),
            ErrorKind::TestEndExpected(None) => f.write_str("syntax error in conditional expression"),
            ErrorKind::TestEndExpected(Some(token)) => {
                write!(f, "syntax error in conditional expression: unexpected token `{}'", token.as_bstr())
            }
            ErrorKind::BinaryOperatorExpected(None) => f.write_str("conditional binary operator expected"),
            ErrorKind::BinaryOperatorExpected(Some(token)) => {
                write!(f, "unexpected token `{}', conditional binary operator expected", token.as_bstr())
            }
            ErrorKind::UnexpectedOperand { found, binary } => {
                let arity = if *binary { "binary" } else { "unary" };
                write!(f, "unexpected argument `{}' to conditional {arity} operator", found.as_bstr())
            }
            ErrorKind::ParenthesisExpected(token) => {
                write!(f, "unexpected token `{}', expected `)'", token.as_bstr())
            }
            ErrorKind::UnexpectedInTest(token) => {
                write!(f, "unexpected token `{}' in conditional command", token.as_bstr())
            }
            ErrorKind::ForNeedsThree(_) => f.write_str("syntax error: arithmetic expression required"),
            ErrorKind::ForHasTooMany(_) => f.write_str("syntax error: `;' unexpected"),
            ErrorKind::TooDeep => f.write_str("syntax error: nested too deeply"),
            ErrorKind::CommandTooLong => f.write_str("syntax error: command too long"),
            ErrorKind::AliasTooLong => f.write_str("syntax error: aliases expand to too much text"),
        }
    }
}

impl std::error::Error for SyntaxError {}

/// Something bash remarks on and carries out all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The text ended within the body of a here-document.
    HereDocument {
        /// The line of the `<<`.
        opened: u32,
        /// The line where the text ends.
        line: u32,
        /// The delimiter that never came.
        delimiter: BString,
    },
    /// A command substitution ended before the lines of its here-documents, which are read behind it.
    LeftInSubstitution {
        /// The line where it ends.
        line: u32,
        /// How many.
        count: usize,
    },
}

impl Warning {
    /// The line bash names.
    pub fn line(&self) -> u32 {
        match self {
            Warning::HereDocument { line, .. } | Warning::LeftInSubstitution { line, .. } => *line,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::HereDocument { opened, delimiter, .. } => write!(
                f,
                "warning: here-document at line {opened} delimited by end-of-file (wanted `{}')",
                delimiter.as_bstr()
            ),
            Warning::LeftInSubstitution { count, .. } => {
                let plural = if *count == 1 { "" } else { "s" };
                write!(f, "warning: command substitution: {count} unterminated here-document{plural}")
            }
        }
    }
}
