//! expr: one expression from the words of a command line, of numbers of any size, texts and patterns.
//!
//! It owns the grammar. Operands that are not needed are read, but what is wrong with their values is no error.

use cli::frame::{Frame, version};
use cli::wording::quoted;
use num_bigint::BigInt;
use num_traits::Zero;
use posix_regex::{Options, Regex};

const HELP: &str = "\
Usage: expr EXPRESSION
Prints the value of EXPRESSION. Leaves with status 1 when it is empty or 0, 2 when it makes no sense.

  A | B                      A, or B where A is empty or 0
  A & B                      A, or 0 where one of them is empty or 0
  A < B  <=  =  !=  >=  >    numbers are compared as such
  A + B  A - B
  A * B  A / B  A % B
  TEXT : PATTERN             the group of a basic pattern at the start of TEXT, or the length of the match
  match TEXT PATTERN         the same
  substr TEXT AT LENGTH      a part; the first character is 1
  index TEXT CHARACTERS      where the first of them is, or 0
  length TEXT
  + WORD                     a text, even where it is one of these words
  ( EXPRESSION )
";

/// The deepest that parentheses may be nested.
const DEPTH_MAX: usize = 100;

/// Runs expr: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    if let [only] = arguments.as_slice() {
        match only.as_slice() {
            b"--help" => return frame.show(HELP),
            b"--version" => return frame.show(&version("expr")),
            _ => {}
        }
    }
    if arguments.first().is_some_and(|first| first == b"--") {
        arguments.remove(0);
    }
    if arguments.is_empty() {
        frame.misused("missing operand");
        return 2;
    }
    let mut reader = Reader { words: &arguments, at: 0, depth: 0, is_bytes: cli::locale::is_bytes() };
    match reader.whole() {
        Ok(value) => {
            let is_null = value.is_null();
            let line = [value.into_text(), b"\n".to_vec()].concat();
            match cli::stdio::print(&line) {
                Ok(()) => i32::from(is_null),
                Err(errno) => {
                    frame.complain(&format!("write error: {}", cli::wording::reason(errno)));
                    3
                }
            }
        }
        Err(what) => {
            frame.complain(&what);
            2
        }
    }
}

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(BigInt),
    Text(Vec<u8>),
}

impl Value {
    fn of(number: usize) -> Value {
        Value::Number(BigInt::from(number))
    }

    fn into_text(self) -> Vec<u8> {
        match self {
            Value::Number(number) => number.to_string().into_bytes(),
            Value::Text(text) => text,
        }
    }

    /// Whether it counts as false.
    fn is_null(&self) -> bool {
        match self {
            Value::Number(number) => number.is_zero(),
            Value::Text(text) if text.is_empty() => true,
            Value::Text(text) => {
                let digits = text.strip_prefix(b"-").unwrap_or(text);
                !digits.is_empty() && digits.iter().all(|byte| *byte == b'0')
            }
        }
    }

    /// The number that it is.
    fn number(&self) -> Option<BigInt> {
        match self {
            Value::Number(number) => Some(number.clone()),
            Value::Text(text) => {
                let digits = text.strip_prefix(b"-").unwrap_or(text);
                let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
                is_number.then(|| BigInt::parse_bytes(text, 10)).flatten()
            }
        }
    }
}

/// An expression that is being read.
struct Reader<'a> {
    words: &'a [Vec<u8>],
    at: usize,
    depth: usize,
    /// Each byte is a character.
    is_bytes: bool,
}

type Answer = Result<Value, String>;

impl Reader<'_> {
    fn whole(&mut self) -> Answer {
        let value = self.alternatives(true)?;
        match self.words.get(self.at) {
            None => Ok(value),
            Some(word) => Err(format!("syntax error: unexpected argument {}", quoted(word))),
        }
    }

    /// Takes the next word if it is that one.
    fn takes(&mut self, wanted: &str) -> bool {
        let is_there = self.words.get(self.at).is_some_and(|word| word == wanted.as_bytes());
        self.at += usize::from(is_there);
        is_there
    }

    /// Takes the next word if it is one of some.
    fn takes_one<'w>(&mut self, wanted: &[&'w str]) -> Option<&'w str> {
        wanted.iter().find(|word| self.takes(word)).copied()
    }

    /// Complains that there is no more.
    fn missing(&self) -> String {
        let last = self.at.checked_sub(1).and_then(|last| self.words.get(last));
        format!("syntax error: missing argument after {}", quoted(last.map_or(b"".as_slice(), Vec::as_slice)))
    }

    /// `|`. Where the value is not `wanted`, nothing is computed.
    fn alternatives(&mut self, wanted: bool) -> Answer {
        let mut value = self.conjunction(wanted)?;
        while self.takes("|") {
            let right = self.conjunction(wanted && value.is_null())?;
            if value.is_null() {
                value = if right.is_null() { Value::of(0) } else { right };
            }
        }
        Ok(value)
    }

    fn conjunction(&mut self, wanted: bool) -> Answer {
        let mut value = self.comparison(wanted)?;
        while self.takes("&") {
            let right = self.comparison(wanted && !value.is_null())?;
            if value.is_null() || right.is_null() {
                value = Value::of(0);
            }
        }
        Ok(value)
    }

    fn comparison(&mut self, wanted: bool) -> Answer {
        let mut value = self.sum(wanted)?;
        while let Some(operator) = self.takes_one(&["<", "<=", "==", "=", "!=", ">=", ">"]) {
            let right = self.sum(wanted)?;
            let order = match (value.number(), right.number()) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => value.into_text().cmp(&right.into_text()),
            };
            let holds = match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            value = Value::of(usize::from(holds));
        }
        Ok(value)
    }

    fn sum(&mut self, wanted: bool) -> Answer {
        let mut value = self.product(wanted)?;
        while let Some(operator) = self.takes_one(&["+", "-"]) {
            let right = self.product(wanted)?;
            if wanted {
                let (left, right) = numbers(&value, &right)?;
                value = Value::Number(if operator == "+" { left + right } else { left - right });
            }
        }
        Ok(value)
    }

    fn product(&mut self, wanted: bool) -> Answer {
        let mut value = self.matching(wanted)?;
        while let Some(operator) = self.takes_one(&["*", "/", "%"]) {
            let right = self.matching(wanted)?;
            if !wanted {
                continue;
            }
            let (left, right) = numbers(&value, &right)?;
            if operator != "*" && right.is_zero() {
                return Err("division by zero".to_owned());
            }
            value = Value::Number(match operator {
                "*" => left * right,
                "/" => left / right,
                _ => left % right,
            });
        }
        Ok(value)
    }

    fn matching(&mut self, wanted: bool) -> Answer {
        let mut value = self.function(wanted)?;
        while self.takes(":") {
            let pattern = self.function(wanted)?;
            if wanted {
                value = self.matched(&value.into_text(), &pattern.into_text())?;
            }
        }
        Ok(value)
    }

    fn function(&mut self, wanted: bool) -> Answer {
        if self.takes("+") {
            let word = self.words.get(self.at).ok_or_else(|| self.missing())?;
            self.at += 1;
            return Ok(Value::Text(word.clone()));
        }
        match self.takes_one(&["length", "match", "index", "substr"]) {
            Some("length") => {
                let text = self.nested(wanted)?.into_text();
                Ok(Value::of(self.characters(&text).len()))
            }
            Some("match") => {
                let text = self.nested(wanted)?.into_text();
                let pattern = self.nested(wanted)?.into_text();
                if wanted { self.matched(&text, &pattern) } else { Ok(Value::of(0)) }
            }
            Some("index") => {
                let text = self.nested(wanted)?.into_text();
                let list = self.nested(wanted)?.into_text();
                let list = self.characters(&list);
                let at = self.characters(&text).iter().position(|character| list.contains(character));
                Ok(Value::of(at.map_or(0, |at| at + 1)))
            }
            Some(_) => {
                let text = self.nested(wanted)?.into_text();
                let start = self.nested(wanted)?;
                let length = self.nested(wanted)?;
                Ok(Value::Text(self.part(&text, &start, &length)))
            }
            None => self.simple(wanted),
        }
    }

    /// The argument of a function, which may be one itself.
    fn nested(&mut self, wanted: bool) -> Answer {
        self.deeper()?;
        let value = self.function(wanted);
        self.depth -= 1;
        value
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err("expression is nested too deeply".to_owned()) } else { Ok(()) }
    }

    fn simple(&mut self, wanted: bool) -> Answer {
        let Some(word) = self.words.get(self.at) else { return Err(self.missing()) };
        self.at += 1;
        match word.as_slice() {
            b"(" => {
                self.deeper()?;
                let value = self.alternatives(wanted)?;
                self.depth -= 1;
                match self.words.get(self.at) {
                    Some(word) if word == b")" => {
                        self.at += 1;
                        Ok(value)
                    }
                    Some(word) => Err(format!("syntax error: expecting ')' instead of {}", quoted(word))),
                    None => {
                        let last = self.at.checked_sub(1).and_then(|last| self.words.get(last));
                        let last = last.map_or(b"".as_slice(), Vec::as_slice);
                        Err(format!("syntax error: expecting ')' after {}", quoted(last)))
                    }
                }
            }
            b")" => Err("syntax error: unexpected ')'".to_owned()),
            _ => Ok(Value::Text(word.clone())),
        }
    }

    /// What of a text a pattern matches at its start.
    fn matched(&self, text: &[u8], pattern: &[u8]) -> Answer {
        let options = Options { bytes: self.is_bytes, lenient: true, ..Options::default() };
        let regex = Regex::new(pattern, options).map_err(|error| error.to_string())?;
        let mut groups = Vec::new();
        // The leftmost match is at the start, or none is.
        let is_match = regex.captures_at(text, 0, &mut groups);
        let whole = groups.first().cloned().flatten().filter(|whole| is_match && whole.start == 0);
        if regex.group_count() > 0 {
            let group = groups.get(1).cloned().flatten().filter(|_| whole.is_some());
            let text = group.and_then(|group| text.get(group)).unwrap_or_default();
            return Ok(Value::Text(text.to_vec()));
        }
        let matched = whole.and_then(|whole| text.get(whole)).unwrap_or_default();
        Ok(Value::of(self.characters(matched).len()))
    }

    /// A part of a text.
    fn part(&self, text: &[u8], start: &Value, length: &Value) -> Vec<u8> {
        let positive = |value: &Value| value.number().filter(|number| *number > BigInt::zero());
        let (Some(start), Some(length)) = (positive(start), positive(length)) else { return Vec::new() };
        let start = usize::try_from(start - 1).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.characters(text).into_iter().skip(start).take(length).flatten().copied().collect()
    }

    /// The characters of a text, each as its bytes. Bytes that are none are so each.
    fn characters<'t>(&self, text: &'t [u8]) -> Vec<&'t [u8]> {
        if self.is_bytes {
            return text.chunks(1).collect();
        }
        let mut characters = Vec::new();
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            let starts = valid.char_indices();
            characters.extend(starts.filter_map(|(at, c)| valid.as_bytes().get(at..at + c.len_utf8())));
            characters.extend(chunk.invalid().chunks(1));
        }
        characters
    }
}

/// The numbers of an operation.
fn numbers(left: &Value, right: &Value) -> Result<(BigInt, BigInt), String> {
    left.number().zip(right.number()).ok_or_else(|| "non-integer argument".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> String {
        let words: Vec<Vec<u8>> = line.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
        let answer = Reader { words: &words, at: 0, depth: 0, is_bytes: false }.whole();
        answer.map_or_else(|what| what, |value| String::from_utf8(value.into_text()).unwrap())
    }

    // Every row is what GNU expr 9.1 prints.

    #[test]
    fn an_expression_has_a_value() {
        for (line, wanted) in [
            ("1 + 2 * 3", "7"),
            ("( 1 + 2 ) * 3", "9"),
            ("-7 / 2", "-3"),
            ("-7 % 2", "-1"),
            ("99999999999999999999 + 1", "100000000000000000000"),
            ("abc : a\\(.\\)", "b"),
            ("abc : b", "0"),
            ("substr abcdef 2 3", "bcd"),
            ("index abc xb", "2"),
            ("+ length", "length"),
            ("0 & a + 1", "0"),
            ("1 | a + 1", "1"),
            ("10 < 9a", "1"),
            ("( 1", "syntax error: expecting ')' after '1'"),
            ("1 2", "syntax error: unexpected argument '2'"),
            ("1 +", "syntax error: missing argument after '+'"),
            ("0 | a + 1", "non-integer argument"),
        ] {
            assert_eq!(value(line), wanted, "{line}");
        }
    }

    #[test]
    fn no_depth_is_too_much() {
        assert_eq!(value(&"( ".repeat(100_000)), "expression is nested too deeply");
    }
}
