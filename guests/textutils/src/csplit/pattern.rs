//! The patterns: `NUMBER`, `/REGEXP/OFFSET`, `%REGEXP%OFFSET`, each with a `{COUNT}` behind it.

use cli::frame::Frame;
use cli::wording::quoted;
use posix_regex::{Options as Grammar, Regex};

use crate::line::fail;

/// How often a pattern counts once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    Times(u64),
    Always,
}

/// Where the next piece begins.
pub enum Target {
    /// A line, from 1; its multiples when the pattern is repeated.
    Line(usize),
    Match {
        regex: Box<Regex>,
        offset: i64,
        /// What stands before is no piece.
        skips: bool,
    },
}

/// A pattern.
pub struct Pattern {
    pub text: Vec<u8>,
    pub target: Target,
    pub repeat: Repeat,
}

/// Reads patterns; the error is the status, with the complaint made.
pub fn parse(frame: Frame<'_>, texts: &[Vec<u8>]) -> Result<Vec<Pattern>, i32> {
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut before = 0_usize;
    let mut texts = texts.iter().peekable();
    while let Some(text) = texts.next() {
        let target = match text.first() {
            Some(delimiter @ (b'/' | b'%')) => matching(frame, text, *delimiter)?,
            _ => Target::Line(number(frame, text, &mut before)?),
        };
        let repeat = match texts.next_if(|next| next.starts_with(b"{")) {
            Some(count) => repeat(frame, count)?,
            None => Repeat::Times(0),
        };
        patterns.push(Pattern { text: text.clone(), target, repeat });
    }
    Ok(patterns)
}

fn number(frame: Frame<'_>, text: &[u8], before: &mut usize) -> Result<usize, i32> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let parsed = String::from_utf8_lossy(digits).parse::<usize>().ok().filter(|_| is_number);
    let Some(number) = parsed else {
        return Err(fail(frame, &format!("{}: invalid pattern", quoted(text))));
    };
    let shown = String::from_utf8_lossy(text);
    if number == 0 {
        return Err(fail(frame, &format!("{shown}: line number must be greater than zero")));
    }
    if number < *before {
        let what = format!("line number {} is smaller than preceding line number, {before}", quoted(text));
        return Err(fail(frame, &what));
    }
    if number == *before {
        let line = quoted(text);
        frame.complain(&format!("warning: line number {line} is the same as preceding line number"));
    }
    *before = number;
    Ok(number)
}

fn matching(frame: Frame<'_>, text: &[u8], delimiter: u8) -> Result<Target, i32> {
    let rest = &text[1..];
    let Some(end) = memchr::memrchr(delimiter, rest) else {
        let (shown, letter) = (String::from_utf8_lossy(text), char::from(delimiter));
        return Err(fail(frame, &format!("{shown}: closing delimiter '{letter}' missing")));
    };
    let (pattern, offset) = (&rest[..end], &rest[end + 1..]);
    let offset = if offset.is_empty() {
        0
    } else {
        let parsed = String::from_utf8_lossy(offset).trim_start().parse::<i64>();
        parsed.map_err(|_| fail(frame, &format!("{}: integer expected after delimiter", quoted(text))))?
    };
    let regex = Regex::new(pattern, Grammar { lenient: true, ..Grammar::default() })
        .map_err(|error| fail(frame, &format!("{}: invalid regular expression: {error}", quoted(text))))?;
    Ok(Target::Match { regex: Box::new(regex), offset, skips: delimiter == b'%' })
}

fn repeat(frame: Frame<'_>, text: &[u8]) -> Result<Repeat, i32> {
    let inner = &text[1..];
    let Some(inner) = inner.strip_suffix(b"}") else {
        return Err(fail(frame, &format!("{}: '}}' is required in repeat count", quoted(text))));
    };
    if inner == b"*" {
        return Ok(Repeat::Always);
    }
    let parsed = String::from_utf8_lossy(inner).parse().ok().filter(|_| inner.iter().all(u8::is_ascii_digit));
    parsed.map(Repeat::Times).ok_or_else(|| {
        let shown = quoted(&text[..text.len() - 1]);
        fail(frame, &format!("{shown}}}: integer required between '{{' and '}}'"))
    })
}
