//! Tokens: the words of a program's text. The lexer owns the position in one source; what a `/` begins, the parser
//! tells it.

use std::rc::Rc;

use crate::ast::{Arithmetic, Redirection, Relation};
use crate::function::Function;
use crate::number;

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Number(f64),
    Text(Rc<[u8]>),
    Name(Rc<str>),
    /// A name with a `(` right behind it.
    CallName(Rc<str>),
    Builtin(Function),
    Keyword(Keyword),
    Newline,
    Semicolon,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    Comma,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Not,
    Greater,
    Less,
    /// `<= == != >=`
    Relation(Relation),
    Append,
    Pipe,
    TwoWayPipe,
    Question,
    Colon,
    Tilde,
    NotTilde,
    Dollar,
    Assign,
    Augment(Arithmetic),
    Increment,
    Decrement,
    And,
    Or,
    At,
    /// The newline that a source without one at its end is given.
    LastNewline,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Begin,
    BeginFile,
    Break,
    Case,
    Continue,
    Default,
    Delete,
    Do,
    Else,
    End,
    EndFile,
    Exit,
    For,
    Function,
    Getline,
    If,
    In,
    Next,
    NextFile,
    Print,
    Printf,
    Return,
    Switch,
    While,
}

const KEYWORDS: [(&str, Keyword); 25] = [
    ("BEGIN", Keyword::Begin),
    ("BEGINFILE", Keyword::BeginFile),
    ("END", Keyword::End),
    ("ENDFILE", Keyword::EndFile),
    ("break", Keyword::Break),
    ("case", Keyword::Case),
    ("continue", Keyword::Continue),
    ("default", Keyword::Default),
    ("delete", Keyword::Delete),
    ("do", Keyword::Do),
    ("else", Keyword::Else),
    ("exit", Keyword::Exit),
    ("for", Keyword::For),
    ("func", Keyword::Function),
    ("function", Keyword::Function),
    ("getline", Keyword::Getline),
    ("if", Keyword::If),
    ("in", Keyword::In),
    ("next", Keyword::Next),
    ("nextfile", Keyword::NextFile),
    ("print", Keyword::Print),
    ("printf", Keyword::Printf),
    ("return", Keyword::Return),
    ("switch", Keyword::Switch),
    ("while", Keyword::While),
];

impl Token {
    pub fn redirection(&self) -> Option<Redirection> {
        match self {
            Token::Greater => Some(Redirection::Truncate),
            Token::Append => Some(Redirection::Append),
            Token::Pipe => Some(Redirection::Pipe),
            _ => None,
        }
    }

    pub fn relation(&self) -> Option<Relation> {
        match self {
            Token::Less => Some(Relation::Less),
            Token::Greater => Some(Relation::Greater),
            Token::Relation(relation) => Some(*relation),
            _ => None,
        }
    }
}

/// What is wrong at a place of the text.
#[derive(Debug)]
pub struct Wrong {
    pub message: String,
    /// The byte that the mark stands below.
    pub at: usize,
}

/// Where a lexer was.
pub struct Mark {
    at: usize,
    line: u32,
    start: usize,
    ended: bool,
    warnings: usize,
}

pub struct Lexer {
    text: Rc<[u8]>,
    at: usize,
    line: u32,
    /// Where the token that was read last begins.
    start: usize,
    ended: bool,
    /// What to tell though the program goes on.
    pub warnings: Vec<(u32, String)>,
}

impl Lexer {
    pub fn new(text: &[u8]) -> Lexer {
        let at = if text.starts_with(b"#!") { memchr::memchr(b'\n', text).unwrap_or(text.len()) } else { 0 };
        Lexer { text: Rc::from(text), at, line: 1, start: at, ended: false, warnings: Vec::new() }
    }

    pub fn line(&self) -> u32 {
        self.line
    }

    pub fn start(&self) -> usize {
        self.start
    }

    pub fn source(&self) -> &[u8] {
        &self.text
    }

    /// The state of the lexer, to come back to.
    pub fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            line: self.line,
            start: self.start,
            ended: self.ended,
            warnings: self.warnings.len(),
        }
    }

    pub fn go_back(&mut self, mark: Mark) {
        (self.at, self.line, self.start, self.ended) = (mark.at, mark.line, mark.start, mark.ended);
        self.warnings.truncate(mark.warnings);
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_blanks(&mut self) -> Result<(), Wrong> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' => {
                    let length = match (self.peek(1), self.peek(2)) {
                        (b'\n', _) => 2,
                        (b'\r', b'\n') => 3,
                        _ => {
                            let message = "backslash not last character on line".to_owned();
                            return Err(Wrong { message, at: self.at });
                        }
                    };
                    self.at += length;
                    self.line += 1;
                }
                b'#' => {
                    let rest = &self.text[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => return Ok(()),
            }
        }
    }

    pub fn next(&mut self) -> Result<Token, Wrong> {
        self.skip_blanks()?;
        self.start = self.at;
        if self.at >= self.text.len() {
            if !self.ended {
                self.ended = true;
                return Ok(Token::LastNewline);
            }
            return Ok(Token::End);
        }
        let byte = self.peek(0);
        match byte {
            b'"' => self.string(),
            b'0'..=b'9' => Ok(self.number()),
            b'.' if self.peek(1).is_ascii_digit() => Ok(self.number()),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Ok(self.word()),
            _ => self.sign(byte),
        }
    }

    fn sign(&mut self, byte: u8) -> Result<Token, Wrong> {
        let (token, length) = match (byte, self.peek(1), self.peek(2)) {
            (b'\n', ..) => {
                self.line += 1;
                (Token::Newline, 1)
            }
            (b';', ..) => (Token::Semicolon, 1),
            (b'{', ..) => (Token::LeftBrace, 1),
            (b'}', ..) => (Token::RightBrace, 1),
            (b'(', ..) => (Token::LeftParen, 1),
            (b')', ..) => (Token::RightParen, 1),
            (b'[', ..) => (Token::LeftBracket, 1),
            (b']', ..) => (Token::RightBracket, 1),
            (b',', ..) => (Token::Comma, 1),
            (b'+', b'+', _) => (Token::Increment, 2),
            (b'+', b'=', _) => (Token::Augment(Arithmetic::Add), 2),
            (b'+', ..) => (Token::Plus, 1),
            (b'-', b'-', _) => (Token::Decrement, 2),
            (b'-', b'=', _) => (Token::Augment(Arithmetic::Subtract), 2),
            (b'-', ..) => (Token::Minus, 1),
            (b'*', b'*', b'=') => (Token::Augment(Arithmetic::Power), 3),
            (b'*', b'*', _) => (Token::Caret, 2),
            (b'*', b'=', _) => (Token::Augment(Arithmetic::Multiply), 2),
            (b'*', ..) => (Token::Star, 1),
            (b'/', b'=', _) => (Token::Augment(Arithmetic::Divide), 2),
            (b'/', ..) => (Token::Slash, 1),
            (b'%', b'=', _) => (Token::Augment(Arithmetic::Modulo), 2),
            (b'%', ..) => (Token::Percent, 1),
            (b'^', b'=', _) => (Token::Augment(Arithmetic::Power), 2),
            (b'^', ..) => (Token::Caret, 1),
            (b'!', b'=', _) => (Token::Relation(Relation::NotEqual), 2),
            (b'!', b'~', _) => (Token::NotTilde, 2),
            (b'!', ..) => (Token::Not, 1),
            (b'>', b'=', _) => (Token::Relation(Relation::GreaterEqual), 2),
            (b'>', b'>', _) => (Token::Append, 2),
            (b'>', ..) => (Token::Greater, 1),
            (b'<', b'=', _) => (Token::Relation(Relation::LessEqual), 2),
            (b'<', ..) => (Token::Less, 1),
            (b'=', b'=', _) => (Token::Relation(Relation::Equal), 2),
            (b'=', ..) => (Token::Assign, 1),
            (b'|', b'|', _) => (Token::Or, 2),
            (b'|', b'&', _) => (Token::TwoWayPipe, 2),
            (b'|', ..) => (Token::Pipe, 1),
            (b'&', b'&', _) => (Token::And, 2),
            (b'?', ..) => (Token::Question, 1),
            (b':', ..) => (Token::Colon, 1),
            (b'~', ..) => (Token::Tilde, 1),
            (b'$', ..) => (Token::Dollar, 1),
            (b'@', ..) => (Token::At, 1),
            _ => {
                let shown = String::from_utf8_lossy(&self.text[self.at..=self.at]).into_owned();
                return Err(Wrong { message: format!("invalid char '{shown}' in expression"), at: self.at });
            }
        };
        self.at += length;
        Ok(token)
    }

    fn word(&mut self) -> Token {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let name = String::from_utf8_lossy(&rest[..length]);
        if let Ok(index) = KEYWORDS.binary_search_by(|(known, _)| (*known).cmp(&name)) {
            self.at += length;
            return Token::Keyword(KEYWORDS[index].1);
        }
        let token = match Function::find(&name) {
            Some(function) => Token::Builtin(function),
            None if rest.get(length) == Some(&b'(') => Token::CallName(Rc::from(&*name)),
            None => Token::Name(Rc::from(&*name)),
        };
        self.at += length;
        token
    }

    fn number(&mut self) -> Token {
        let rest = &self.text[self.at..];
        let (value, length) = match rest {
            [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => {
                let digits = rest[2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                (number::of_any_base(&rest[..2 + digits]), 2 + digits)
            }
            _ => {
                let (value, end) = number::scan(rest, 0).unwrap_or((0.0, 1));
                let is_octal = end > 1 && rest[0] == b'0' && rest[..end].iter().all(u8::is_ascii_digit);
                (if is_octal { number::of_any_base(&rest[..end]) } else { value }, end)
            }
        };
        self.at += length;
        Token::Number(value)
    }

    /// Reads a string, of which the opening quote comes next.
    fn string(&mut self) -> Result<Token, Wrong> {
        let opening = self.at;
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.text.get(self.at) {
                None | Some(b'\n') => {
                    return Err(Wrong { message: "unterminated string".to_owned(), at: opening });
                }
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Token::Text(Rc::from(out)));
                }
                Some(b'\\') => self.escape(&mut out),
                Some(byte) => {
                    out.push(*byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let rest = &self.text[self.at..];
        if let [_, b'\r', b'\n', ..] | [_, b'\n', ..] = rest {
            self.at += if rest[1] == b'\r' { 3 } else { 2 };
            self.line += 1;
            return;
        }
        let (length, unknown) = unescape(rest, out);
        if let Some(warning) = unknown {
            self.warnings.push((self.line, warning));
        }
        self.at += length;
    }

    /// Reads a regular expression, of which the opening slash was the last token, or the start of it.
    pub fn regex(&mut self) -> Result<Rc<[u8]>, Wrong> {
        self.at = self.start + 1;
        let mut out = Vec::new();
        // In a bracket expression a slash is a slash, and so is a `]` right at its start.
        let (mut in_brackets, mut bracket_start) = (false, 0);
        loop {
            let byte = match self.text.get(self.at) {
                None | Some(b'\n') => {
                    return Err(Wrong { message: "unterminated regexp".to_owned(), at: self.start + 1 });
                }
                Some(byte) => *byte,
            };
            match byte {
                b'/' if !in_brackets => {
                    self.at += 1;
                    return Ok(Rc::from(out));
                }
                b'\\' => {
                    match self.peek(1) {
                        b'/' => out.push(b'/'),
                        b'\n' => self.line += 1,
                        0 => out.push(b'\\'),
                        other => {
                            if !is_known_escape(other) {
                                let shown = String::from_utf8_lossy(&[other]).into_owned();
                                let what = format!(
                                    "regexp escape sequence `\\{shown}' is not a known regexp operator"
                                );
                                self.warnings.push((self.line, what));
                            }
                            out.extend([b'\\', other]);
                        }
                    }
                    self.at += 2;
                    continue;
                }
                b'[' if !in_brackets => {
                    in_brackets = true;
                    bracket_start = out.len() + 1;
                    if self.peek(1) == b'^' {
                        out.push(b'[');
                        self.at += 1;
                        bracket_start = out.len() + 1;
                    }
                }
                b'[' if self.peek(1) == b':' => {
                    // A class, as `[:alpha:]`, ends with a bracket of its own.
                    let rest = &self.text[self.at..];
                    let end = rest.windows(2).position(|pair| pair == b":]" || pair[0] == b'\n');
                    if let Some(end) = end.filter(|end| rest[*end] == b':') {
                        out.extend_from_slice(&rest[..end + 2]);
                        self.at += end + 2;
                        continue;
                    }
                }
                b']' if in_brackets && out.len() > bracket_start => in_brackets = false,
                _ => {}
            }
            let byte = self.peek(0);
            out.push(byte);
            self.at += 1;
        }
    }
}

/// Whether a backslash in front of the byte means something in a regular expression.
fn is_known_escape(byte: u8) -> bool {
    b"\\/-.[]()*+?{}|^$<>`'yBwWsSabfnrtvx".contains(&byte) || byte.is_ascii_digit() || byte >= 0x80
}

/// Writes what an escape stands for, which `rest` begins with; answers its length, and a warning where it is unknown.
pub fn unescape(rest: &[u8], out: &mut Vec<u8>) -> (usize, Option<String>) {
    let Some(&letter) = rest.get(1) else {
        out.push(b'\\');
        return (1, Some("backslash at end of string".to_owned()));
    };
    let plain = match letter {
        b'"' | b'\\' => letter,
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => {
            let digits = rest[1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let code = rest[1..=digits].iter().fold(0u32, |code, digit| code * 8 + u32::from(digit - b'0'));
            out.push(code as u8);
            return (1 + digits, None);
        }
        b'x' => {
            let digits = rest[2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits == 0 {
                out.push(b'x');
                return (2, Some("no hex digits in `\\x' escape sequence".to_owned()));
            }
            let code = rest[2..2 + digits]
                .iter()
                .fold(0, |code, digit| code * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
            out.push(code as u8);
            return (2 + digits, None);
        }
        _ => {
            // The bytes of a character stay together by themselves.
            out.push(letter);
            let shown = String::from_utf8_lossy(&[letter]).into_owned();
            return (2, Some(format!("escape sequence `\\{shown}' treated as plain `{shown}'")));
        }
    };
    out.push(plain);
    (2, None)
}

/// What a text from the command line means, with its escapes.
pub fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'\\' {
            at += unescape(&text[at..], &mut out).0;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}
