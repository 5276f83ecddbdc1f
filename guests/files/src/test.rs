//! test and `[`: what is true of files, texts and numbers.
//!
//! It owns the grammar: by the number of arguments as POSIX has it up to four, and by precedence beyond.

use cli::stdio;
use cli::wording::quoted;
use std::cmp::Ordering;

use crate::path;
use crate::system::{self, BLOCKS, CHARACTERS, DIRECTORY, FIFO, LINK, REGULAR, SOCKET, Stat};

/// The deepest that parentheses and negations may be nested.
const DEPTH_MAX: usize = 1000;

const HELP: &str = "\
Usage: test EXPRESSION
  or:  [ EXPRESSION ]
Leaves with status 0 when EXPRESSION is true, 1 when it is false, 2 when it makes no sense.

  ( E )  ! E  E1 -a E2  E1 -o E2
  -n TEXT  -z TEXT  TEXT1 = TEXT2  TEXT1 != TEXT2
  N1 -eq N2  -ne  -lt  -le  -gt  -ge    (-l TEXT is the length of TEXT)
  F1 -nt F2  F1 -ot F2  F1 -ef F2
  -e FILE  -f -d -b -c -p -S -h -L    it is there, of that type
  -r -w -x -s -O -G -u -g -k -N       it may be read, written, executed; is not empty; is mine, my group's; has
                                      set-uid, set-gid, sticky; was written since it was read
  -t FD                               the descriptor is a terminal
";

/// Runs test or `[`: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    if path::base_name(program.as_bytes()) == b"[" {
        if let [only] = arguments.as_slice()
            && let Some(text) = match only.as_slice() {
                b"--help" => Some(HELP),
                b"--version" => Some("[ (wasmsand) 0.1.0\n"),
                _ => None,
            }
        {
            return i32::from(stdio::print(text.as_bytes()).is_err());
        }
        if arguments.pop().as_deref() != Some(b"]") {
            stdio::complain(program, "missing ']'");
            return 2;
        }
    }
    let mut reader = Reader { words: &arguments, at: 0, depth: 0 };
    match reader.whole() {
        Ok(is_true) => i32::from(!is_true),
        Err(what) => {
            stdio::complain(program, &what);
            2
        }
    }
}

/// An expression that is being read.
struct Reader<'a> {
    words: &'a [Vec<u8>],
    at: usize,
    depth: usize,
}

type Answer = Result<bool, String>;

impl Reader<'_> {
    fn whole(&mut self) -> Answer {
        if self.words.is_empty() {
            return Ok(false);
        }
        let answer = self.by_count(self.words.len())?;
        match self.words.get(self.at) {
            Some(word) => Err(format!("extra argument {}", quoted(word))),
            None => Ok(answer),
        }
    }

    fn word(&self, offset: usize) -> Option<&[u8]> {
        self.words.get(self.at + offset).map(Vec::as_slice)
    }

    /// The next `count` words, by the rules for so many.
    fn by_count(&mut self, count: usize) -> Answer {
        match count {
            1 => self.one(),
            2 => self.two(),
            3 => self.three(),
            4 if self.word(0) == Some(b"!") => {
                self.at += 1;
                self.three().map(|answer| !answer)
            }
            4 if self.word(0) == Some(b"(") && self.word(3) == Some(b")") => {
                self.at += 1;
                let answer = self.two()?;
                self.at += 1;
                Ok(answer)
            }
            _ => self.or(),
        }
    }

    fn one(&mut self) -> Answer {
        let is_true = self.word(0).is_some_and(|word| !word.is_empty());
        self.at += 1;
        Ok(is_true)
    }

    fn two(&mut self) -> Answer {
        match self.word(0) {
            Some(b"!") => {
                self.at += 1;
                self.one().map(|answer| !answer)
            }
            Some([b'-', _]) => match self.unary()? {
                Some(answer) => Ok(answer),
                None => Err(format!("{}: unary operator expected", quoted(self.word(0).unwrap_or_default()))),
            },
            _ => Err(self.missing()),
        }
    }

    fn three(&mut self) -> Answer {
        let middle = self.word(1).unwrap_or_default().to_vec();
        if is_binary(&middle) {
            return self.binary(false);
        }
        match (self.word(0), self.word(2)) {
            (Some(b"!"), _) => {
                self.at += 1;
                self.two().map(|answer| !answer)
            }
            (Some(b"("), Some(b")")) => {
                self.at += 1;
                let answer = self.one()?;
                self.at += 1;
                Ok(answer)
            }
            _ if matches!(middle.as_slice(), b"-a" | b"-o") => self.or(),
            _ => Err(format!("{}: binary operator expected", quoted(&middle))),
        }
    }

    fn or(&mut self) -> Answer {
        let mut answer = self.and()?;
        while self.word(0) == Some(b"-o") {
            self.at += 1;
            answer |= self.and()?;
        }
        Ok(answer)
    }

    fn and(&mut self) -> Answer {
        let mut answer = self.term()?;
        while self.word(0) == Some(b"-a") {
            self.at += 1;
            answer &= self.term()?;
        }
        Ok(answer)
    }

    fn term(&mut self) -> Answer {
        let mut is_negated = false;
        while self.word(0) == Some(b"!") {
            self.at += 1;
            is_negated = !is_negated;
        }
        self.positive_term().map(|answer| answer != is_negated)
    }

    fn positive_term(&mut self) -> Answer {
        let Some(word) = self.word(0) else { return Err(self.missing()) };
        if word == b"(" {
            return self.parenthesis();
        }
        let left = self.words.len() - self.at;
        if left >= 4 && word == b"-l" && self.word(2).is_some_and(is_binary) {
            return self.binary(true);
        }
        if left >= 3 && self.word(1).is_some_and(is_binary) {
            return self.binary(false);
        }
        if word.len() == 2 && word[0] == b'-' {
            match self.unary()? {
                Some(answer) => return Ok(answer),
                None => {
                    return Err(format!(
                        "{}: unary operator expected",
                        quoted(self.word(0).unwrap_or_default())
                    ));
                }
            }
        }
        self.one()
    }

    fn parenthesis(&mut self) -> Answer {
        self.at += 1;
        if self.word(0).is_none() {
            return Err(self.missing());
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("expression is nested too deeply".to_owned());
        }
        // Up to four words in parentheses count as an expression of their own.
        let inside = (1..5).find(|offset| self.word(*offset) == Some(b")"));
        let answer = match inside {
            Some(count) => self.by_count(count)?,
            None => self.or()?,
        };
        self.depth -= 1;
        match self.word(0) {
            Some(b")") => {
                self.at += 1;
                Ok(answer)
            }
            Some(word) => Err(format!("')' expected, found {}", String::from_utf8_lossy(word))),
            None => Err("')' expected".to_owned()),
        }
    }

    fn missing(&self) -> String {
        let last = self.words.last().map_or(b"".as_slice(), Vec::as_slice);
        format!("missing argument after {}", quoted(last))
    }

    /// A unary operator and its operand; `None` where the word is no operator.
    fn unary(&mut self) -> Result<Option<bool>, String> {
        let letter = self.word(0).and_then(|word| word.get(1)).copied().unwrap_or(0);
        if !b"bcdefgGhkLnNOprsStuwxz".contains(&letter) {
            return Ok(None);
        }
        let Some(operand) = self.word(1) else { return Err(self.missing()) };
        let followed = || system::stat(operand).ok();
        let is_kind = |kind: u32| followed().is_some_and(|stat| stat.kind() == kind);
        let has_bit = |bit: u32| followed().is_some_and(|stat| stat.mode & bit != 0);
        let answer = match letter {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b't' => is_terminal(operand)?,
            b'e' => followed().is_some(),
            b'f' => is_kind(REGULAR),
            b'd' => is_kind(DIRECTORY),
            b'b' => is_kind(BLOCKS),
            b'c' => is_kind(CHARACTERS),
            b'p' => is_kind(FIFO),
            b'S' => is_kind(SOCKET),
            b'h' | b'L' => system::lstat(operand).is_ok_and(|stat| stat.kind() == LINK),
            b'r' => system::access(operand, 4).is_ok(),
            b'w' => system::access(operand, 2).is_ok(),
            b'x' => system::access(operand, 1).is_ok(),
            b's' => followed().is_some_and(|stat| stat.size > 0),
            b'u' => has_bit(0o4000),
            b'g' => has_bit(0o2000),
            b'k' => has_bit(0o1000),
            b'O' => followed().is_some_and(|stat| stat.uid == system::user().0),
            b'G' => followed().is_some_and(|stat| stat.gid == system::user().1),
            _ => followed().is_some_and(|stat| stat.mtime > stat.atime),
        };
        self.at += 2;
        Ok(Some(answer))
    }

    fn binary(&mut self, is_left_length: bool) -> Answer {
        let offset = usize::from(is_left_length);
        let left = self.word(offset).unwrap_or_default();
        let operator = self.word(offset + 1).unwrap_or_default();
        let right = self.word(offset + 2).unwrap_or_default();
        let is_right_length = right == b"-l" && self.word(offset + 3).is_some();
        let answer = match operator {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"-nt" => by_time(left, right).is_gt(),
            b"-ot" => by_time(left, right).is_lt(),
            b"-ef" => match (system::stat(left), system::stat(right)) {
                (Ok(left), Ok(right)) => left.identity() == right.identity(),
                _ => false,
            },
            _ => {
                let left = Number::read(left, is_left_length)?;
                let right = match is_right_length {
                    true => Number::read(self.word(offset + 3).unwrap_or_default(), true)?,
                    false => Number::read(right, false)?,
                };
                let order = left.compare(&right);
                match operator {
                    b"-eq" => order.is_eq(),
                    b"-ne" => order.is_ne(),
                    b"-lt" => order.is_lt(),
                    b"-le" => order.is_le(),
                    b"-gt" => order.is_gt(),
                    _ => order.is_ge(),
                }
            }
        };
        let is_numeric = matches!(operator, b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge");
        self.at += offset + 3 + usize::from(is_right_length && is_numeric);
        Ok(answer)
    }
}

fn is_binary(word: &[u8]) -> bool {
    const OPERATORS: [&[u8]; 12] =
        [b"=", b"==", b"!=", b"-nt", b"-ot", b"-ef", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge"];
    OPERATORS.contains(&word)
}

fn is_terminal(operand: &[u8]) -> Answer {
    use std::io::IsTerminal;
    let number = Number::read(operand, false)?;
    Ok(match number.digits.as_slice() {
        _ if number.is_negative => false,
        b"" => std::io::stdin().is_terminal(),
        b"1" => std::io::stdout().is_terminal(),
        b"2" => std::io::stderr().is_terminal(),
        _ => false,
    })
}

/// Which of two files was written later; one that is not there comes before all others.
fn by_time(left: &[u8], right: &[u8]) -> Ordering {
    let time = |path| system::stat(path).ok().map(|stat: Stat| stat.mtime);
    time(left).cmp(&time(right))
}

/// A whole number of any length.
struct Number {
    is_negative: bool,
    /// Without zeros in front: nothing of zero.
    digits: Vec<u8>,
}

impl Number {
    fn read(text: &[u8], is_length: bool) -> Result<Number, String> {
        if is_length {
            return Number::read(text.len().to_string().as_bytes(), false);
        }
        let trimmed = text.trim_ascii();
        let (is_negative, digits) = match trimmed {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(format!("invalid integer {}", quoted(text)));
        }
        let digits: Vec<u8> = digits.iter().copied().skip_while(|digit| *digit == b'0').collect();
        Ok(Number { is_negative: is_negative && !digits.is_empty(), digits })
    }

    fn compare(&self, other: &Number) -> Ordering {
        let size = self.digits.len().cmp(&other.digits.len()).then_with(|| self.digits.cmp(&other.digits));
        match (self.is_negative, other.is_negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}
