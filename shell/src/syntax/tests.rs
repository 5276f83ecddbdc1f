//! What the syntax must do, as tables, laws and attacks.

mod against_bash;
mod fixpoint;
mod hostile;
mod snippets;
mod trees;

use bstr::{BString, ByteSlice};

use super::ast::List;
use super::{Aliases, NoAliases, ParseOptions, Parsed, Parser, SyntaxError};

/// What a whole script parses to.
#[derive(Debug)]
enum Outcome {
    Commands(Vec<List>),
    Incomplete(SyntaxError),
    Error(SyntaxError),
}

fn parse_with(source: &[u8], options: &ParseOptions, aliases: &dyn Aliases) -> Outcome {
    let mut parser = Parser::new(source, 1);
    let mut lists = Vec::new();
    loop {
        let before = parser.position();
        match parser.next(options, aliases) {
            Parsed::Command(list) => lists.push(list),
            Parsed::End => return Outcome::Commands(lists),
            Parsed::Incomplete(incomplete) => return Outcome::Incomplete(incomplete.into_error()),
            Parsed::Error(error) => return Outcome::Error(error),
        }
        assert!(parser.position() > before, "a command takes up text: {:?}", source.as_bstr());
    }
}

fn parse(source: impl AsRef<[u8]>) -> Outcome {
    parse_with(source.as_ref(), &ParseOptions::default(), &NoAliases)
}

/// What is wrong with a script, as bash words it.
fn complaint(source: &[u8]) -> Option<Vec<BString>> {
    match parse(source) {
        Outcome::Commands(_) => None,
        Outcome::Incomplete(error) | Outcome::Error(error) => {
            let worded = |(line, words): (u32, BString)| format!("line {line}: {words}").into();
            Some(error.messages().into_iter().map(worded).collect())
        }
    }
}

/// A tree as text, without how its words were written.
fn unwritten(text: &str) -> String {
    const MARKS: [&str; 2] = [", written: ", ", within: "];
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, mark)) = MARKS.iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min() {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let value = after.strip_prefix(mark).unwrap_or_default();
        rest = value.get(value_length(value)..).unwrap_or_default();
    }
    out + rest
}

/// How long the value is that this text begins with, strings and brackets and all.
fn value_length(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b',' | b' ' | b')' | b']' | b'}' if depth == 0 => return at,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
