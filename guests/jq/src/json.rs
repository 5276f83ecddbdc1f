//! JSON as text: values read from bytes as they come, and written, plain, indented or in colours.

use std::io::{self, Write};
use std::rc::Rc;

use crate::decimal;
use crate::value::{Map, Number, Value, sorted};

/// How deep values are read, and written.
pub const DEPTH_MAX: usize = 10_000;
const WRITTEN_DEPTH_MAX: usize = 10_000;

/// How values are written.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// None for all in one line, else the text of one step.
    pub indent: Option<String>,
    pub sort_keys: bool,
    pub ascii: bool,
    pub colors: Option<Rc<Colors>>,
}

/// Escape sequences: null, false, true, numbers, strings, arrays, objects, keys.
#[derive(Clone, Debug)]
pub struct Colors(pub [String; 8]);

const RESET: &str = "\x1b[0m";

/// The value in one line.
pub fn compact(value: &Value) -> String {
    let mut out = Vec::new();
    // Writing to memory does not fail, and what was text is still text.
    let _ = write(&mut out, value, &Style::default());
    String::from_utf8(out).unwrap_or_default()
}

pub fn write(out: &mut impl Write, value: &Value, style: &Style) -> io::Result<()> {
    Writer { out, style }.value(value)
}

struct Writer<'w, W: Write> {
    out: &'w mut W,
    style: &'w Style,
}

/// A container that is being written: what is left of it, and whether anything of it was written.
struct Level<'v> {
    rest: Rest<'v>,
    is_begun: bool,
}

enum Rest<'v> {
    Items(std::slice::Iter<'v, Value>),
    Members(crate::map::Iter<'v>),
    Sorted(std::vec::IntoIter<(&'v Rc<String>, &'v Value)>),
}

impl<'v> Rest<'v> {
    /// The next value, with its key in an object.
    fn next(&mut self) -> Option<(Option<&'v Rc<String>>, &'v Value)> {
        match self {
            Rest::Items(items) => items.next().map(|item| (None, item)),
            Rest::Members(members) => members.next().map(|(key, value)| (Some(key), value)),
            Rest::Sorted(members) => members.next().map(|(key, value)| (Some(key), value)),
        }
    }
}

impl<W: Write> Writer<'_, W> {
    /// Writes a value. Levels are a stack of ours: a value may be nested deeper than the native one bears.
    fn value(&mut self, value: &Value) -> io::Result<()> {
        let mut levels: Vec<Level<'_>> = Vec::new();
        levels.extend(self.begin(value, 0)?);
        loop {
            let depth = levels.len();
            let Some(level) = levels.last_mut() else { return Ok(()) };
            let next = level.rest.next();
            let (is_array, is_begun) = (matches!(level.rest, Rest::Items(_)), level.is_begun);
            level.is_begun = true;
            let color = if is_array { 5 } else { 6 };
            let Some((key, value)) = next else {
                levels.pop();
                if is_begun {
                    self.color(color)?;
                    self.line(depth - 1)?;
                    self.color(color)?;
                }
                self.out.write_all(if is_array { b"]" } else { b"}" })?;
                self.reset()?;
                continue;
            };
            if is_begun {
                self.color(color)?;
                self.out.write_all(b",")?;
            }
            self.line(depth)?;
            if let Some(key) = key {
                self.key(key)?;
            }
            levels.extend(self.begin(value, depth)?);
        }
    }

    /// Writes a scalar, or the bracket that opens a container, which is given back.
    fn begin<'v>(&mut self, value: &'v Value, depth: usize) -> io::Result<Option<Level<'v>>> {
        let (color, rest) = match value {
            Value::Array(_) | Value::Object(_) if depth > WRITTEN_DEPTH_MAX => {
                self.out.write_all(b"<skipped: too deep>")?;
                return Ok(None);
            }
            Value::Array(items) => (5, Some(Rest::Items(items.0.iter()))),
            Value::Object(members) if self.style.sort_keys => {
                (6, Some(Rest::Sorted(sorted(&members.0).into_iter())))
            }
            Value::Object(members) => (6, Some(Rest::Members(members.0.iter()))),
            Value::Null => (0, None),
            Value::Bool(false) => (1, None),
            Value::Bool(true) => (2, None),
            Value::Number(_) => (3, None),
            Value::String(_) => (4, None),
        };
        self.color(color)?;
        match value {
            Value::Null => self.out.write_all(b"null")?,
            Value::Bool(truth) => self.out.write_all(if *truth { b"true" } else { b"false" })?,
            Value::Number(number) => self.number(number)?,
            Value::String(text) => self.string(text)?,
            Value::Array(_) => self.out.write_all(b"[")?,
            Value::Object(_) => self.out.write_all(b"{")?,
        }
        if rest.is_none() {
            self.reset()?;
        }
        Ok(rest.map(|rest| Level { rest, is_begun: false }))
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        self.reset()?;
        self.color(7)?;
        self.string(key)?;
        self.reset()?;
        self.color(6)?;
        self.out.write_all(b":")?;
        if self.style.indent.is_some() {
            self.out.write_all(b" ")?;
        }
        self.reset()
    }

    fn number(&mut self, number: &Number) -> io::Result<()> {
        match &number.literal {
            Some(literal) => self.out.write_all(literal.as_bytes()),
            None => {
                let mut digits = [0; 20];
                match decimal::whole(number.double, &mut digits) {
                    Some(text) => self.out.write_all(text),
                    None => self.out.write_all(decimal::shortest(number.double).as_bytes()),
                }
            }
        }
    }

    fn color(&mut self, index: usize) -> io::Result<()> {
        match &self.style.colors {
            Some(colors) => self.out.write_all(colors.0[index].as_bytes()),
            None => Ok(()),
        }
    }

    fn reset(&mut self) -> io::Result<()> {
        if self.style.colors.is_some() { self.out.write_all(RESET.as_bytes()) } else { Ok(()) }
    }

    fn line(&mut self, depth: usize) -> io::Result<()> {
        if let Some(indent) = &self.style.indent {
            self.out.write_all(b"\n")?;
            for _ in 0..depth {
                self.out.write_all(indent.as_bytes())?;
            }
        }
        Ok(())
    }

    fn string(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(b"\"")?;
        let bytes = text.as_bytes();
        let is_ascii_only = self.style.ascii;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let ends = |byte: &u8| IS_ESCAPED[usize::from(*byte)] || is_ascii_only && *byte >= 0x80;
            let plain = rest.iter().position(ends).unwrap_or(rest.len());
            self.out.write_all(&rest[..plain])?;
            at += plain;
            if let Some(c) = text[at..].chars().next() {
                self.escape(c)?;
                at += c.len_utf8();
            }
        }
        self.out.write_all(b"\"")
    }

    fn escape(&mut self, c: char) -> io::Result<()> {
        let short = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(self.out, "\\u{unit:04x}")?;
                }
                return Ok(());
            }
        };
        self.out.write_all(short.as_bytes())
    }
}

/// What a reader finds: a whole value, or with `--stream` the events of one.
#[derive(Debug)]
pub struct Invalid {
    pub message: String,
    /// How much of the chunk was read, and whether that ends with a record separator, behind which a text begins.
    pub read: usize,
    pub is_separated: bool,
}

impl From<String> for Invalid {
    fn from(message: String) -> Invalid {
        Invalid { message, read: 0, is_separated: false }
    }
}

/// A container that is being read.
enum Open {
    Array(Vec<Value>),
    Object(Map, Option<Rc<String>>),
}

/// A reader of values from chunks of bytes.
pub struct Parser {
    open: Vec<Open>,
    /// The value that was read last, before the comma or bracket behind it; not of a value at the top.
    next: Option<Value>,
    done: std::collections::VecDeque<Value>,
    /// A word or a string whose beginning was in an earlier chunk.
    token: Vec<u8>,
    mode: Mode,
    line: usize,
    /// How many bytes were read, and at which of them the line began.
    read_bytes: usize,
    line_start: usize,
    pub stream: Option<Streaming>,
    is_seq: bool,
    /// How much of a byte order mark was read.
    mark_bytes: usize,
    /// How many members the last object had at each of the outer depths: the next one will be like it.
    sizes: [usize; SIZED_DEPTH_MAX],
    /// The keys that came last, by their hashes: a key is made once, however many objects have it.
    keys: Vec<Option<Rc<String>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Normal,
    String,
    Escape,
    /// With `--seq`, up to the next record separator.
    Skip,
}

/// What `--stream` has to know: the path, and whether anything stands in the innermost container.
#[derive(Default)]
pub struct Streaming {
    path: Vec<Value>,
    /// For each open container: whether it is an array, and whether it has a member.
    open: Vec<(bool, bool)>,
    key_is_next: bool,
}

type Read<T> = Result<T, Invalid>;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const SEPARATOR: u8 = 0x1e;

/// The depths at which the sizes of objects are remembered, and the largest size.
const SIZED_DEPTH_MAX: usize = 8;
const SIZE_MAX: usize = 64;

/// How many keys are kept, and how long they may be.
const KEYS_MAX: usize = 256;
const KEPT_KEY_BYTES_MAX: usize = 64;

/// Whether a byte ends a word.
const fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'[' | b']' | b'{' | b'}' | b',' | b':' | b'"' | SEPARATOR)
}

/// `ends_word` of every byte.
static ENDS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "it is below 256")]
        let ends = ends_word(byte as u8);
        table[byte] = ends;
        byte += 1;
    }
    table
};

/// The bytes of ASCII that are written as escapes.
static IS_ESCAPED: [bool; 256] = {
    let mut table = ENDS_PLAIN;
    table[0x7f] = true;
    table
};

/// The bytes that end the plain part of a string: the quote, the backslash, and those that need an escape.
static ENDS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

impl Parser {
    pub fn new(streaming: bool, is_seq: bool) -> Parser {
        Parser {
            open: Vec::new(),
            next: None,
            done: std::collections::VecDeque::new(),
            token: Vec::new(),
            mode: if is_seq { Mode::Skip } else { Mode::Normal },
            line: 1,
            read_bytes: 0,
            line_start: 0,
            stream: streaming.then(Streaming::default),
            is_seq,
            mark_bytes: 0,
            sizes: [0; SIZED_DEPTH_MAX],
            keys: vec![None; KEYS_MAX],
        }
    }

    /// Takes a value that is complete.
    pub fn pop(&mut self) -> Option<Value> {
        self.done.pop_front()
    }

    fn error<T>(&self, what: &str) -> Read<T> {
        Err(Invalid::from(format!(
            "{what} at line {}, column {}",
            self.line,
            self.read_bytes - self.line_start
        )))
    }

    /// Reads a chunk until a value is complete; answers how many bytes were read.
    pub fn feed(&mut self, chunk: &[u8]) -> Read<usize> {
        let base = self.read_bytes;
        self.read_chunk(chunk).map_err(|invalid| {
            let read = self.read_bytes - base;
            let is_separated = self.is_seq && read > 0 && chunk.get(read - 1) == Some(&SEPARATOR);
            Invalid { read, is_separated, ..invalid }
        })
    }

    fn read_chunk(&mut self, chunk: &[u8]) -> Read<usize> {
        let base = self.read_bytes;
        let mut at = self.skip_mark(chunk)?;
        while at < chunk.len() && self.done.is_empty() {
            at = match self.mode {
                Mode::Normal => self.normal(chunk, at, base)?,
                Mode::String => self.string(chunk, at, base)?,
                Mode::Escape => {
                    self.token.push(chunk[at]);
                    self.mode = Mode::String;
                    if chunk[at] == b'\n' {
                        self.new_line(base + at);
                    }
                    at + 1
                }
                Mode::Skip => self.skip(chunk, at, base),
            };
            self.read_bytes = base + at;
        }
        Ok(at)
    }

    /// Skips a byte order mark in front of everything.
    fn skip_mark(&mut self, chunk: &[u8]) -> Read<usize> {
        let mut at = 0;
        while self.mark_bytes < BYTE_ORDER_MARK.len() && at < chunk.len() {
            if chunk[at] == BYTE_ORDER_MARK[self.mark_bytes] {
                at += 1;
                self.mark_bytes += 1;
            } else if self.mark_bytes == 0 {
                self.mark_bytes = BYTE_ORDER_MARK.len();
            } else if self.is_seq {
                // jq takes half a mark for a record separator.
                self.mark_bytes = BYTE_ORDER_MARK.len();
                self.mode = Mode::Normal;
            } else {
                return Err(Invalid::from("Malformed BOM".to_owned()));
            }
        }
        Ok(at)
    }

    /// Up to the record separator.
    fn skip(&mut self, chunk: &[u8], at: usize, base: usize) -> usize {
        for (index, byte) in chunk.iter().enumerate().skip(at) {
            match *byte {
                b'\n' => self.new_line(base + index),
                SEPARATOR => {
                    self.mode = Mode::Normal;
                    return index + 1;
                }
                _ => {}
            }
        }
        chunk.len()
    }

    fn new_line(&mut self, at: usize) {
        self.line += 1;
        self.line_start = at + 1;
    }

    /// Reads what stands next outside of strings.
    fn normal(&mut self, chunk: &[u8], at: usize, base: usize) -> Read<usize> {
        let byte = chunk[at];
        if !ENDS_WORD[usize::from(byte)] {
            let rest = &chunk[at..];
            let length = rest.iter().position(|byte| ENDS_WORD[usize::from(*byte)]);
            let Some(length) = length else {
                self.token.extend_from_slice(rest);
                return Ok(chunk.len());
            };
            let end = at + length;
            // The place of a complaint is behind the byte that ends the word.
            self.read_bytes = base + end + 1;
            if chunk[end] == b'\n' {
                self.line += 1;
                self.line_start = base + end + 1;
            }
            if self.token.is_empty() {
                self.word_before(&rest[..length], chunk[end])?;
            } else {
                let mut token = std::mem::take(&mut self.token);
                token.extend_from_slice(&rest[..length]);
                self.word_before(&token, chunk[end])?;
            }
            if chunk[end] == b'\n' {
                return Ok(end + 1);
            }
            if self.done.is_empty() {
                return Ok(end);
            }
            self.lose_before(chunk[end])?;
            return Ok(end);
        }
        self.read_bytes = base + at + 1;
        if byte == b'\n' {
            self.new_line(base + at);
        }
        if !self.token.is_empty() {
            let token = std::mem::take(&mut self.token);
            self.word_before(&token, byte)?;
            self.lose_before(byte)?;
            if !self.done.is_empty() && !byte.is_ascii_whitespace() {
                return Ok(at);
            }
        }
        match byte {
            b'"' => self.mode = Mode::String,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            SEPARATOR if self.is_seq => self.separator()?,
            SEPARATOR => self.token.push(byte),
            _ => self.structure(byte)?,
        }
        Ok(at + 1)
    }

    fn word_before(&mut self, word: &[u8], byte: u8) -> Read<()> {
        match self.word(word) {
            Err(_) if self.is_seq && byte == SEPARATOR => self.error("Truncated value"),
            read => read,
        }
    }

    /// A word at the top is lost if what follows it at once makes no sense there; a record separator tells that it may
    /// be cut short.
    fn lose_before(&mut self, byte: u8) -> Read<()> {
        if self.is_unfinished() {
            return Ok(());
        }
        match byte {
            b',' | b':' | b']' | b'}' => self.done.clear(),
            SEPARATOR if self.is_seq => {
                return match self.done.pop_back() {
                    Some(Value::Number(_)) => self.error("Potentially truncated top-level numeric value"),
                    _ => self.error("Truncated value"),
                };
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads on within a string.
    fn string(&mut self, chunk: &[u8], at: usize, base: usize) -> Read<usize> {
        let rest = &chunk[at..];
        let length = rest.iter().position(|byte| ENDS_PLAIN[usize::from(*byte)]);
        let Some(length) = length else {
            self.token.extend_from_slice(rest);
            return Ok(chunk.len());
        };
        let end = at + length;
        self.read_bytes = base + end + 1;
        match rest[length] {
            b'"' => {
                self.mode = Mode::Normal;
                if self.token.is_empty() {
                    self.plain_string(&rest[..length])?;
                } else {
                    self.token.extend_from_slice(&rest[..length]);
                    let token = std::mem::take(&mut self.token);
                    match unescape(&token) {
                        Ok(text) => self.value(Value::string(text))?,
                        Err(what) => return self.error(what),
                    }
                    self.token = token;
                    self.token.clear();
                }
            }
            b'\\' => {
                self.token.extend_from_slice(&rest[..=length]);
                self.mode = Mode::Escape;
            }
            SEPARATOR if self.is_seq => {
                self.mode = Mode::Normal;
                return self.error("Truncated value");
            }
            byte => {
                if byte == b'\n' {
                    self.new_line(base + end);
                }
                // It is refused when the string ends.
                self.token.extend_from_slice(&rest[..=length]);
            }
        }
        Ok(end + 1)
    }

    /// A string without escapes, which may be a key that is known.
    fn plain_string(&mut self, bytes: &[u8]) -> Read<()> {
        let is_key = matches!(self.open.last(), Some(Open::Object(_, None)));
        if !is_key || bytes.len() > KEPT_KEY_BYTES_MAX {
            return self.value(Value::string(utf8(bytes)));
        }
        let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or(0));
        let (first, middle, last) = (byte(0), byte(bytes.len() / 2), byte(bytes.len().wrapping_sub(1)));
        let hash = bytes.len() ^ first << 1 ^ middle << 3 ^ last << 5;
        let kept = &mut self.keys[hash % KEYS_MAX];
        let key = match kept {
            Some(key) if key.as_bytes() == bytes => key.clone(),
            _ => {
                let key = Rc::new(utf8(bytes));
                *kept = Some(key.clone());
                key
            }
        };
        self.value(Value::String(key))
    }

    /// A record separator.
    fn separator(&mut self) -> Read<()> {
        if self.is_unfinished() {
            self.forget();
            return self.error("Truncated value");
        }
        Ok(())
    }

    fn stream_depth(&self) -> usize {
        self.stream.as_ref().map_or(0, |stream| stream.open.len())
    }

    fn is_unfinished(&self) -> bool {
        !self.open.is_empty() || self.stream_depth() > 0
    }

    fn forget(&mut self) {
        self.open.clear();
        self.token.clear();
        self.next = None;
        if let Some(stream) = &mut self.stream {
            *stream = Streaming::default();
        }
    }

    /// With `--seq`: reads on at the next record separator, if it was not read already.
    pub fn resynchronise(&mut self, is_separated: bool) {
        self.forget();
        self.done.clear();
        self.mode = if is_separated { Mode::Normal } else { Mode::Skip };
    }

    /// A word or a number.
    fn word(&mut self, word: &[u8]) -> Read<()> {
        let value = match word {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            b"nan" | b"NaN" | b"-nan" | b"-NaN" => Value::number(f64::NAN),
            _ => {
                if let Some(number) = Number::from_digits(word) {
                    return self.value(Value::Number(number));
                }
                let text = std::str::from_utf8(word).unwrap_or("");
                let text = text.strip_prefix('+').unwrap_or(text);
                if text.eq_ignore_ascii_case("infinity") {
                    return self.value(Value::number(f64::MAX));
                }
                if text.eq_ignore_ascii_case("-infinity") {
                    return self.value(Value::number(f64::MIN));
                }
                match Number::from_literal(text) {
                    Some(number) => Value::Number(number),
                    None if matches!(word[0], b't' | b'f') || word.starts_with(b"nu") => {
                        return self.error("Invalid literal");
                    }
                    None => return self.error("Invalid numeric literal"),
                }
            }
        };
        self.value(value)
    }

    /// A scalar, or a container that was closed.
    fn value(&mut self, value: Value) -> Read<()> {
        if self.stream.is_some() {
            return self.stream_value(value);
        }
        if self.open.is_empty() {
            self.done.push_back(value);
            return Ok(());
        }
        if self.next.is_some() {
            return self.error("Expected separator between values");
        }
        self.next = Some(value);
        Ok(())
    }

    fn structure(&mut self, byte: u8) -> Read<()> {
        if self.stream.is_some() {
            return self.stream_structure(byte);
        }
        match byte {
            b'[' | b'{' => {
                if self.open.len() >= DEPTH_MAX {
                    return self.error("Exceeds depth limit for parsing");
                }
                if self.next.is_some() {
                    return self.error("Expected separator between values");
                }
                let open = if byte == b'[' {
                    Open::Array(Vec::new())
                } else {
                    let expected = self.sizes.get(self.open.len()).copied().unwrap_or(0);
                    Open::Object(Map::with_capacity(expected), None)
                };
                self.open.push(open);
                Ok(())
            }
            b':' => {
                let next = self.next.take();
                match (self.open.last_mut(), next) {
                    (_, None) => self.error("Expected string key before ':'"),
                    (None | Some(Open::Array(_) | Open::Object(_, Some(_))), _) => {
                        self.error("':' not as part of an object")
                    }
                    (Some(Open::Object(_, key)), Some(Value::String(text))) => {
                        *key = Some(text);
                        Ok(())
                    }
                    (Some(Open::Object(..)), Some(_)) => self.error("Object keys must be strings"),
                }
            }
            b',' => {
                let next = self.next.take();
                match (self.open.last_mut(), next) {
                    (_, None) => self.error("Expected value before ','"),
                    (None, _) => self.error("',' not as part of an object or array"),
                    (Some(Open::Array(items)), Some(value)) => {
                        items.push(value);
                        Ok(())
                    }
                    (Some(Open::Object(members, key)), Some(value)) => match key.take() {
                        Some(key) => {
                            members.insert(key, value);
                            Ok(())
                        }
                        None => self.error("Objects must consist of key:value pairs"),
                    },
                }
            }
            _ => self.close(byte),
        }
    }

    fn close(&mut self, byte: u8) -> Read<()> {
        let next = self.next.take();
        match (byte, self.open.pop()) {
            (b']', Some(Open::Array(mut items))) => {
                match next {
                    Some(value) => items.push(value),
                    None if items.is_empty() => {}
                    None => return self.error("Expected another array element"),
                }
                self.value(Value::array(items))
            }
            (b'}', Some(Open::Object(mut members, key))) => {
                match (key, next) {
                    (Some(key), Some(value)) => members.insert(key, value),
                    (None, None) if members.is_empty() => {}
                    (None, Some(_)) => return self.error("Objects must consist of key:value pairs"),
                    (Some(_), None) => return self.error("Unmatched '}'"),
                    (None, None) => return self.error("Expected another key-value pair"),
                }
                if let Some(size) = self.sizes.get_mut(self.open.len()) {
                    *size = members.len().min(SIZE_MAX);
                }
                self.value(Value::object(members))
            }
            (b']', Some(_) | None) => self.error("Unmatched ']'"),
            (_, Some(Open::Array(_))) if next.is_some() => {
                self.error("Objects must consist of key:value pairs")
            }
            _ => self.error("Unmatched '}'"),
        }
    }

    fn emit(&mut self, path: Vec<Value>, value: Option<Value>) {
        let mut event = vec![Value::array(path)];
        event.extend(value);
        self.done.push_back(Value::array(event));
    }

    fn stream_value(&mut self, value: Value) -> Read<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        match stream.open.last_mut() {
            None => self.emit(Vec::new(), Some(value)),
            Some((true, has_member)) => {
                *has_member = true;
                if self.next.is_some() {
                    return self.error("Expected separator between values");
                }
                let path = stream.path.clone();
                self.next = Some(Value::Bool(true));
                self.emit(path, Some(value));
            }
            Some((false, has_member)) => {
                if stream.key_is_next {
                    *has_member = true;
                    stream.key_is_next = false;
                    let path = stream.path.clone();
                    self.next = Some(Value::Bool(true));
                    self.emit(path, Some(value));
                } else {
                    if self.next.is_some() {
                        return self.error("Expected separator between values");
                    }
                    self.next = Some(value);
                }
            }
        }
        Ok(())
    }

    fn stream_structure(&mut self, byte: u8) -> Read<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        match byte {
            b'[' | b'{' => {
                if self.next.is_some() {
                    return self.error("Expected separator between values");
                }
                if stream.open.len() >= DEPTH_MAX {
                    return self.error("Exceeds depth limit for parsing");
                }
                match stream.open.last_mut() {
                    Some((false, _)) if !stream.key_is_next => {
                        return self.error("Expected string key before ':'");
                    }
                    Some((_, has_member)) => *has_member = true,
                    None => {}
                }
                stream.key_is_next = false;
                let is_array = byte == b'[';
                stream.open.push((is_array, false));
                stream.path.push(if is_array { Value::number(0.0) } else { Value::Null });
                Ok(())
            }
            b':' => match (stream.open.last(), self.next.take()) {
                (Some((false, _)), Some(key @ Value::String(_))) => {
                    if let Some(last) = stream.path.last_mut() {
                        *last = key;
                    }
                    stream.key_is_next = true;
                    Ok(())
                }
                (Some((false, _)), None) => self.error("Expected string key before ':'"),
                (Some((false, _)), Some(_)) => self.error("Object keys must be strings"),
                _ => self.error("':' not as part of an object"),
            },
            b',' => {
                if stream.open.is_empty() {
                    return self.error("',' not as part of an object or array");
                }
                if !matches!(self.next.take(), Some(Value::Bool(true))) {
                    return self.error("Expected value before ','");
                }
                if let (Some((true, _)), Some(Value::Number(index))) =
                    (stream.open.last(), stream.path.last_mut())
                {
                    index.double += 1.0;
                }
                Ok(())
            }
            _ => {
                let next = self.next.take();
                let Some((is_array, has_member)) = stream.open.pop() else {
                    return self.error(if byte == b']' { "Unmatched ']'" } else { "Unmatched '}'" });
                };
                if is_array != (byte == b']') {
                    return self.error(if byte == b']' { "Unmatched ']'" } else { "Unmatched '}'" });
                }
                if has_member && next.is_none() {
                    let what = if is_array {
                        "Expected another array element"
                    } else {
                        "Objects must consist of key:value pairs"
                    };
                    return self.error(what);
                }
                let path = stream.path.clone();
                stream.path.pop();
                let outer = stream.path.clone();
                let is_top = stream.open.is_empty();
                if has_member {
                    self.emit(path, None);
                } else {
                    let empty =
                        if is_array { Value::array(Vec::new()) } else { Value::object(Map::default()) };
                    self.emit(outer, Some(empty));
                }
                if !is_top {
                    self.next = Some(Value::Bool(true));
                }
                Ok(())
            }
        }
    }

    /// The input ends.
    pub fn end(&mut self) -> Read<()> {
        let mode = std::mem::replace(&mut self.mode, Mode::Normal);
        match mode {
            Mode::Skip => return Err(self.unfinished("Unfinished abandoned text")),
            Mode::String | Mode::Escape => return Err(self.unfinished("Unfinished string")),
            Mode::Normal => {}
        }
        if self.mark_bytes > 0 && self.mark_bytes < BYTE_ORDER_MARK.len() {
            return Err(Invalid::from("Malformed BOM".to_owned()));
        }
        if !self.token.is_empty() {
            let token = std::mem::take(&mut self.token);
            if let Err(invalid) = self.word(&token) {
                return Err(Invalid::from(invalid.message.replacen(" at line", " at EOF at line", 1)));
            }
            if self.is_seq && matches!(self.done.back(), Some(Value::Number(_))) {
                self.done.clear();
                return Err(self.unfinished("Potentially truncated top-level numeric value"));
            }
        }
        if self.is_unfinished() {
            return Err(self.unfinished("Unfinished JSON term"));
        }
        Ok(())
    }

    fn unfinished(&mut self, what: &str) -> Invalid {
        self.forget();
        let column = self.read_bytes - self.line_start;
        Invalid::from(format!("{what} at EOF at line {}, column {column}", self.line))
    }
}

/// Bytes as text; what is no UTF-8 becomes U+FFFD.
fn utf8(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Four hexadecimal digits.
fn unit(bytes: &[u8], at: usize) -> Result<u32, &'static str> {
    let digits = bytes.get(at..at + 4).ok_or("Invalid \\uXXXX escape")?;
    let digit = |code: u32, digit: &u8| Some(code * 16 + char::from(*digit).to_digit(16)?);
    digits.iter().try_fold(0, digit).ok_or("Invalid characters in \\uXXXX escape")
}

/// The text of a JSON string between its quotes, or what is wrong with it.
fn unescape(bytes: &[u8]) -> Result<String, &'static str> {
    const PAIR: &str = "Invalid \\uXXXX\\uXXXX surrogate pair escape";
    let mut text = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let plain = rest.iter().position(|byte| ENDS_PLAIN[usize::from(*byte)]).unwrap_or(rest.len());
        text.extend_from_slice(&rest[..plain]);
        at += plain;
        match bytes.get(at) {
            None => break,
            Some(b'\\') => {}
            Some(b'"') => {
                text.push(b'"');
                at += 1;
                continue;
            }
            Some(_) => {
                return Err("Invalid string: control characters from U+0000 through U+001F must be escaped");
            }
        }
        let escaped = *bytes.get(at + 1).ok_or("Expected escape character at end of string")?;
        at += 2;
        text.push(match escaped {
            b'"' | b'\\' | b'/' => escaped,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = unit(bytes, at)?;
                at += 4;
                if (0xd800..0xdc00).contains(&code) {
                    if bytes.get(at..at + 2) != Some(b"\\u") {
                        return Err(PAIR);
                    }
                    let low =
                        unit(bytes, at + 2).ok().filter(|low| (0xdc00..0xe000).contains(low)).ok_or(PAIR)?;
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    at += 6;
                }
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return Err("Invalid escape"),
        });
    }
    Ok(match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Reads a text that holds one value; None when it holds none.
pub fn parse(text: &[u8]) -> Result<Option<Value>, String> {
    let mut parser = Parser::new(false, false);
    let mut rest = text;
    let mut found = None;
    loop {
        let read = parser.feed(rest).map_err(|invalid| invalid.message)?;
        rest = &rest[read..];
        if let Some(value) = parser.pop() {
            if found.is_some() {
                return Err("Unexpected extra JSON values".to_owned());
            }
            found = Some(value);
        } else if rest.is_empty() {
            break;
        }
    }
    parser.end().map_err(|invalid| invalid.message)?;
    while let Some(value) = parser.pop() {
        if found.is_some() {
            return Err("Unexpected extra JSON values".to_owned());
        }
        found = Some(value);
    }
    Ok(found)
}
