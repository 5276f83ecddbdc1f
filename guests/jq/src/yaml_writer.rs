//! YAML as text: values written in block style, as yq has them written: strings plain where that is unambiguous, else in
//! single quotes, else in double ones, and long ones folded.

use crate::json;
use crate::value::Value;
use crate::yaml_grammar::{Grammar, Kind, Version};

/// How documents are written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub width: usize,
    /// Whether the items of a sequence in a mapping stand below the key, and not to its right.
    pub indentless: bool,
    pub explicit_start: bool,
    pub explicit_end: bool,
    pub version: Version,
}

impl Default for Style {
    fn default() -> Style {
        let version = Version::V11;
        Style { width: WIDTH, indentless: false, explicit_start: false, explicit_end: false, version }
    }
}

const WIDTH: usize = 80;
const STEP: usize = 2;
/// A key that is longer is announced by `?`.
const SIMPLE_KEY_MAX: usize = 128;

/// A writer of documents, which go one after another into the same text.
pub struct Writer {
    style: Style,
    grammar: Grammar,
    out: String,
    column: usize,
    /// Whether a blank, or the line's beginning, stands in front.
    is_blank: bool,
    /// Whether only indentation and indicators stand in front.
    is_indention: bool,
    /// Whether the text ends with a plain scalar, which could go on.
    is_open_ended: bool,
    is_later: bool,
}

/// A container that is being written, and how far it is indented.
enum Level<'v> {
    Sequence(std::slice::Iter<'v, Value>, usize),
    Mapping(crate::map::Iter<'v>, usize),
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    Member,
    SimpleKey,
}

/// What may be done with a text.
#[derive(Default)]
struct Analysis {
    is_empty: bool,
    is_multiline: bool,
    may_be_plain: bool,
    may_be_single: bool,
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank_or_break(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c)
}

/// Whether a character is written as it is, outside of ASCII and line breaks.
fn is_printable(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

impl Writer {
    pub fn new(style: Style) -> Writer {
        Writer {
            style,
            grammar: Grammar::new(style.version),
            out: String::new(),
            column: 0,
            is_blank: true,
            is_indention: true,
            is_open_ended: false,
            is_later: false,
        }
    }

    /// Takes what was written so far.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// What stands behind the last document.
    pub fn end(&mut self) -> String {
        if self.is_open_ended {
            self.indicator("...", true, false);
            self.indent(0);
        }
        self.take()
    }

    pub fn document(&mut self, value: &Value) {
        if self.is_later || self.style.explicit_start {
            self.indent(0);
            self.indicator("---", true, false);
        }
        self.is_later = true;
        let mut levels: Vec<Level<'_>> = Vec::new();
        levels.extend(self.node(value, Place::Root, None));
        while let Some(level) = levels.last_mut() {
            let (inner, indent) = match level {
                Level::Sequence(items, indent) => {
                    let indent = *indent;
                    let item = items.next();
                    if item.is_some() {
                        self.indent(indent);
                        self.indicator("-", true, true);
                    }
                    (item.map(|item| (item, Place::Item)), indent)
                }
                Level::Mapping(members, indent) => {
                    let indent = *indent;
                    let member = members.next();
                    if let Some((key, _)) = member {
                        self.key(key, indent);
                    }
                    (member.map(|(_, value)| (value, Place::Member)), indent)
                }
            };
            match inner {
                Some((value, place)) => levels.extend(self.node(value, place, Some(indent))),
                None => drop(levels.pop()),
            }
        }
        self.indent(0);
        if self.style.explicit_end {
            self.indicator("...", true, false);
            self.indent(0);
        }
    }

    fn key(&mut self, key: &str, indent: usize) {
        self.indent(indent);
        let analysis = analyse(key);
        if !analysis.is_empty && !analysis.is_multiline && key.chars().count() < SIMPLE_KEY_MAX {
            self.text(key, Place::SimpleKey, indent);
            self.indicator(":", false, false);
        } else {
            self.indicator("?", true, true);
            self.text(key, Place::Member, indent);
            self.indent(indent);
            self.indicator(":", true, true);
        }
    }

    /// Writes a scalar or an empty container; any other container is given back.
    fn node<'v>(&mut self, value: &'v Value, place: Place, indent: Option<usize>) -> Option<Level<'v>> {
        let inner = |is_indentless: bool| match indent {
            None => 0,
            Some(indent) if is_indentless => indent,
            Some(indent) => indent + STEP,
        };
        match value {
            Value::Array(items) if !items.0.is_empty() => {
                let is_indentless = self.style.indentless && place == Place::Member && !self.is_indention;
                return Some(Level::Sequence(items.0.iter(), inner(is_indentless)));
            }
            Value::Object(members) if !members.0.is_empty() => {
                return Some(Level::Mapping(members.0.iter(), inner(false)));
            }
            Value::Array(_) => self.flow("[", "]"),
            Value::Object(_) => self.flow("{", "}"),
            Value::String(text) => self.text(text, place, indent.map_or(0, |indent| indent)),
            Value::Number(number) => {
                let text = match &number.literal {
                    None if !number.double.is_finite() => number.double.to_string(),
                    _ => json::compact(value),
                };
                let text = if text.contains(['.', 'e', 'E', 'i', 'N']) { float(&text) } else { text };
                self.plain(&text, place);
            }
            Value::Null => self.plain("null", place),
            Value::Bool(truth) => self.plain(if *truth { "true" } else { "false" }, place),
        }
        None
    }

    fn flow(&mut self, open: &str, close: &str) {
        self.indicator(open, true, false);
        // Nothing is between them, not even a blank.
        self.indicator_behind(close);
    }

    fn indicator_behind(&mut self, text: &str) {
        self.write(text);
        self.is_blank = false;
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        (self.is_blank, self.is_indention, self.column) = (true, true, 0);
    }

    /// Goes to a column, in a new line unless only indentation is in front of it.
    fn indent(&mut self, indent: usize) {
        if !self.is_indention || self.column > indent || self.column == indent && !self.is_blank {
            self.line_break();
        }
        if self.column < indent {
            self.is_blank = true;
            let blanks = " ".repeat(indent - self.column);
            self.write(&blanks);
        }
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, is_indention: bool) {
        if needs_blank && !self.is_blank {
            self.write(" ");
        }
        self.write(text);
        self.is_blank = false;
        self.is_indention &= is_indention;
        self.is_open_ended = false;
    }

    /// A string in the plainest style that reads back as the same string.
    fn text(&mut self, text: &str, place: Place, indent: usize) {
        let analysis = analyse(text);
        let is_key = place == Place::SimpleKey;
        let indent = if place == Place::Root { STEP } else { indent + STEP };
        let is_hard_key = is_key && (analysis.is_empty || analysis.is_multiline);
        if analysis.may_be_plain && !is_hard_key && self.grammar.kind(text) == Kind::Text {
            self.folded_plain(text, place, indent);
        } else if analysis.may_be_single && !(is_key && analysis.is_multiline) {
            self.single(text, !is_key, indent);
        } else {
            self.double(text, !is_key, indent);
        }
    }

    /// A scalar that is no string.
    fn plain(&mut self, text: &str, place: Place) {
        self.folded_plain(text, place, 0);
    }

    fn folded_plain(&mut self, text: &str, place: Place, indent: usize) {
        if place == Place::Root {
            self.is_open_ended = true;
        }
        if text.is_empty() {
            return;
        }
        if !self.is_blank {
            self.write(" ");
        }
        (self.is_blank, self.is_indention) = (false, false);
        for (word, blanks) in words(text) {
            self.write(word);
            if blanks.len() == 1 && self.column > self.style.width && place != Place::SimpleKey {
                self.indent(indent);
                (self.is_blank, self.is_indention) = (false, false);
            } else {
                self.write(blanks);
            }
        }
    }

    fn single(&mut self, text: &str, may_fold: bool, indent: usize) {
        self.indicator("'", true, false);
        let mut at = 0;
        for line in text.split_inclusive(is_break) {
            let content = line.trim_end_matches(is_break);
            for (word, blanks) in words(content) {
                at += word.len();
                self.write(&word.replace('\'', "''"));
                let is_inner = at > 0 && at + blanks.len() < text.len();
                at += blanks.len();
                if blanks.len() == 1 && self.column > self.style.width && may_fold && is_inner {
                    self.indent(indent);
                } else {
                    self.write(blanks);
                }
            }
            let breaks = &line[content.len()..];
            if breaks.is_empty() {
                continue;
            }
            // The first of several newlines is written twice: one alone is a blank.
            let is_first = !text[..at].ends_with(is_break);
            if is_first && breaks == "\n" {
                self.line_break();
            }
            if breaks == "\n" {
                self.line_break();
            } else {
                self.out.push_str(breaks);
                (self.is_blank, self.is_indention, self.column) = (true, true, 0);
            }
            at += breaks.len();
            if !text[at..].starts_with(is_break) {
                self.indent(indent);
            }
        }
        self.indicator("'", false, false);
    }

    fn double(&mut self, text: &str, may_fold: bool, indent: usize) {
        self.indicator("\"", true, false);
        let characters: Vec<char> = text.chars().collect();
        // What was read, but not written.
        let mut waiting = String::new();
        for (index, c) in characters.iter().copied().enumerate() {
            let is_plain = (' '..='~').contains(&c) && c != '"' && c != '\\'
                || is_printable(c) && !matches!(c, '\u{2028}' | '\u{2029}');
            let mut may_fold = may_fold && index > 0 && index + 1 < characters.len();
            if is_plain {
                may_fold &= c == ' ' || waiting.is_empty();
                may_fold &= self.column + waiting.chars().count() > self.style.width;
            } else {
                self.write(&waiting);
                waiting.clear();
                self.write(&escape(c));
                may_fold &= self.column > self.style.width + 1;
            }
            if may_fold {
                self.write(&waiting);
                waiting.clear();
                self.write("\\");
                self.indent(indent);
                (self.is_blank, self.is_indention) = (false, false);
                let next = if is_plain { Some(&c) } else { characters.get(index + 1) };
                if next == Some(&' ') {
                    self.write("\\");
                }
            }
            if is_plain {
                waiting.push(c);
            }
        }
        self.write(&waiting);
        self.indicator("\"", false, false);
    }
}

/// The words of a text, each with the blanks behind it; the first word is empty if blanks stand in front.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(' ').unwrap_or(rest.len());
        let next = rest[end..].find(|c| c != ' ').map_or(rest.len(), |length| end + length);
        let found = (&rest[..end], &rest[end..next]);
        rest = &rest[next..];
        Some(found)
    })
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

/// A number with a fraction or an exponent.
fn float(text: &str) -> String {
    let double: f64 = text.to_ascii_lowercase().parse().unwrap_or(f64::NAN);
    if double.is_nan() {
        return ".nan".to_owned();
    }
    if double.is_infinite() {
        return if double > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    if double == 0.0 || (1e-4..1e16).contains(&double.abs()) {
        return format!("{double:?}");
    }
    let scientific = format!("{double:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}{point}e{sign}{digits:0>2}")
}

/// What a text has that a style may not have.
#[derive(Default)]
struct Traits {
    has_indicator: bool,
    has_break: bool,
    is_special: bool,
    /// Blanks or breaks at either end.
    has_loose_end: bool,
    /// A blank behind a break, and a break behind a blank.
    has_break_blank: bool,
    has_blank_break: bool,
}

fn analyse(text: &str) -> Analysis {
    if text.is_empty() {
        return Analysis { is_empty: true, may_be_plain: true, may_be_single: true, ..Analysis::default() };
    }
    let traits = traits(text);
    let is_odd = traits.has_blank_break || traits.is_special;
    Analysis {
        is_empty: false,
        is_multiline: traits.has_break,
        may_be_plain: !(traits.has_loose_end
            || traits.has_break_blank
            || is_odd
            || traits.has_break
            || traits.has_indicator),
        may_be_single: !(traits.has_break_blank || is_odd),
    }
}

fn traits(text: &str) -> Traits {
    let mut traits =
        Traits { has_indicator: text.starts_with("---") || text.starts_with("..."), ..Traits::default() };
    let mut before: Option<char> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let is_blank_behind = next.is_none_or(is_blank_or_break);
        let is_blank_before = before.is_none_or(is_blank_or_break);
        traits.has_indicator |= match c {
            '#' => is_blank_before,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                before.is_none()
            }
            '-' | '?' => before.is_none() && is_blank_behind,
            ':' => is_blank_behind,
            _ => false,
        };
        traits.has_break |= is_break(c);
        let is_plain =
            c == '\n' || (' '..='~').contains(&c) || c == '\u{85}' || is_printable(c) || c > '\u{ffff}';
        traits.is_special |= !is_plain;
        if c == ' ' || is_break(c) {
            traits.has_loose_end |= before.is_none() || next.is_none();
            traits.has_break_blank |= c == ' ' && before.is_some_and(is_break);
            traits.has_blank_break |= c != ' ' && before == Some(' ');
        }
        before = Some(c);
    }
    traits
}
