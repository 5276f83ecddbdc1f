//! getopt: a command line read option by option, in the manner and the words of getopt_long.
//!
//! It is ours because the tools need its corners: `env -S` puts words in front
//! of those that are left, and `chmod -rw` takes a whole word for an operand.

use std::collections::VecDeque;

/// Whether an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    Value,
    /// Only in the same word: `-oVALUE`, `--option=VALUE`.
    MaybeValue,
}

/// The options of a tool, each with its meaning.
pub struct Syntax<T: 'static> {
    pub short: &'static [(u8, Takes, T)],
    /// In the order in which getopt_long lists those that a prefix may mean.
    pub long: &'static [(&'static str, Takes, T)],
}

/// What comes next on a command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    Option {
        option: T,
        value: Option<Vec<u8>>,
        /// The whole word in which the option was found.
        word: Vec<u8>,
    },
    Operand(Vec<u8>),
}

/// A command line that is being read.
pub struct Words<T: 'static> {
    syntax: &'static Syntax<T>,
    left: VecDeque<Vec<u8>>,
    /// A word of short options, and the index of the next one in it.
    cluster: Option<(Vec<u8>, usize)>,
    /// Whether `--` was read.
    only_operands: bool,
}

impl<T: Copy + PartialEq> Words<T> {
    /// A command line of which nothing was read, without the program's name.
    pub fn new(syntax: &'static Syntax<T>, words: Vec<Vec<u8>>) -> Self {
        Self { syntax, left: words.into(), cluster: None, only_operands: false }
    }

    /// Puts words in front of those that are left.
    pub fn insert(&mut self, words: Vec<Vec<u8>>) {
        for word in words.into_iter().rev() {
            self.left.push_front(word);
        }
    }

    /// How many words are left: what an option has taken is the difference.
    pub fn left(&self) -> usize {
        self.left.len()
    }

    /// The words that are left, when whatever follows is an operand. A `--` among them is not special.
    pub fn into_rest(self) -> Vec<Vec<u8>> {
        self.left.into()
    }

    /// Reads on; the error is what to complain about.
    pub fn next(&mut self) -> Result<Option<Next<T>>, String> {
        if let Some((word, index)) = self.cluster.take() {
            return self.short(word, index).map(Some);
        }
        let Some(word) = self.left.pop_front() else { return Ok(None) };
        if self.only_operands || !word.starts_with(b"-") || word == b"-" {
            return Ok(Some(Next::Operand(word)));
        }
        if word == b"--" {
            self.only_operands = true;
            return self.next();
        }
        if word.starts_with(b"--") { self.long(word).map(Some) } else { self.short(word, 1).map(Some) }
    }

    /// Reads the short option at `index` of a word.
    fn short(&mut self, word: Vec<u8>, index: usize) -> Result<Next<T>, String> {
        let letter = word[index];
        let Some((_, takes, option)) = self.syntax.short.iter().find(|(known, ..)| *known == letter) else {
            return Err(format!("invalid option -- '{}'", String::from_utf8_lossy(&[letter])));
        };
        let rest = word.get(index + 1..).filter(|rest| !rest.is_empty());
        let value = match takes {
            Takes::Nothing => {
                if rest.is_some() {
                    self.cluster = Some((word.clone(), index + 1));
                }
                None
            }
            Takes::MaybeValue => rest.map(<[u8]>::to_vec),
            Takes::Value => match rest {
                Some(rest) => Some(rest.to_vec()),
                None => Some(self.left.pop_front().ok_or_else(|| {
                    format!("option requires an argument -- '{}'", String::from_utf8_lossy(&[letter]))
                })?),
            },
        };
        Ok(Next::Option { option: *option, value, word })
    }

    /// Reads a word that begins with two dashes; the name may be a prefix of one.
    fn long(&mut self, word: Vec<u8>) -> Result<Next<T>, String> {
        let shown = String::from_utf8_lossy(&word).into_owned();
        let (typed, value) = match word.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&word[2..equals], Some(word[equals + 1..].to_vec())),
            None => (&word[2..], None),
        };
        let candidates: Vec<_> = match self.syntax.long.iter().find(|(name, ..)| name.as_bytes() == typed) {
            Some(exact) => vec![exact],
            None => self.syntax.long.iter().filter(|(name, ..)| name.as_bytes().starts_with(typed)).collect(),
        };
        let (name, takes, option) = match candidates.as_slice() {
            [] => return Err(format!("unrecognized option '{shown}'")),
            [candidate] => candidate,
            // Names that mean the same are no question.
            [first, others @ ..] if others.iter().all(|other| (other.1, other.2) == (first.1, first.2)) => {
                first
            }
            several => {
                let names: String = several.iter().map(|(name, ..)| format!(" '--{name}'")).collect();
                return Err(format!("option '{shown}' is ambiguous; possibilities:{names}"));
            }
        };
        let value = match takes {
            Takes::Nothing if value.is_some() => {
                return Err(format!("option '--{name}' doesn't allow an argument"));
            }
            Takes::Nothing | Takes::MaybeValue => value,
            Takes::Value => match value.or_else(|| self.left.pop_front()) {
                Some(value) => Some(value),
                None => return Err(format!("option '--{name}' requires an argument")),
            },
        };
        Ok(Next::Option { option: *option, value, word })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: Syntax<char> = Syntax {
        short: &[(b'a', Takes::Nothing, 'a'), (b'v', Takes::Value, 'v'), (b'm', Takes::MaybeValue, 'm')],
        long: &[
            ("all", Takes::Nothing, 'a'),
            ("value", Takes::Value, 'v'),
            ("maybe", Takes::MaybeValue, 'm'),
            ("make", Takes::Nothing, 'k'),
        ],
    };

    /// The options and operands in short: `a v=VALUE .OPERAND`, or the complaint.
    fn read(line: &str) -> String {
        let mut words = Words::new(&SYNTAX, line.split_whitespace().map(|word| word.into()).collect());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let mut seen = Vec::new();
        loop {
            match words.next() {
                Ok(None) => return seen.join(" "),
                Ok(Some(Next::Operand(word))) => seen.push(format!(".{}", text(word))),
                Ok(Some(Next::Option { option, value: None, .. })) => seen.push(option.to_string()),
                Ok(Some(Next::Option { option, value: Some(value), .. })) => {
                    seen.push(format!("{option}={}", text(value)));
                }
                Err(what) => return what,
            }
        }
    }

    #[test]
    fn options_and_operands_come_in_order() {
        for (line, wanted) in [
            ("", ""),
            ("-a x -a - -- -a --", "a .x a .- .-a .--"),
            ("-aa -avx -v x -av x", "a a a v=x v=x a v=x"),
            ("-m -mx -am x", "m m=x a m .x"),
            ("--all --al --value=x --va x --maybe=x --maybe x --value=", "a a v=x v=x m=x m .x v="),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said_in_the_words_of_getopt() {
        for (line, wanted) in [
            ("-q", "invalid option -- 'q'"),
            ("-a=", "invalid option -- '='"),
            ("-v", "option requires an argument -- 'v'"),
            ("--value", "option '--value' requires an argument"),
            ("--all=1", "option '--all' doesn't allow an argument"),
            ("--nope=1", "unrecognized option '--nope=1'"),
            ("--ma=1", "option '--ma=1' is ambiguous; possibilities: '--maybe' '--make'"),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
    }

    #[test]
    fn inserted_words_are_read_before_those_that_are_left() {
        let mut words = Words::new(&SYNTAX, vec![b"-vx".to_vec(), b"y".to_vec()]);
        assert!(matches!(words.next(), Ok(Some(Next::Option { option: 'v', .. }))));
        words.insert(vec![b"-a".to_vec(), b"z".to_vec()]);
        assert!(matches!(words.next(), Ok(Some(Next::Option { option: 'a', .. }))));
        assert_eq!(words.into_rest(), [b"z".to_vec(), b"y".to_vec()]);
    }
}
