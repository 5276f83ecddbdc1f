//! Expressions: primaries joined by operators, read by their precedence. `( )` and `!` bind first, then and, or, and
//! the comma.

use super::primary::Primary;

/// A word of an expression.
pub enum Word {
    Primary(Primary),
    /// An operator, as it was written.
    Not(String),
    And(String),
    Or(String),
    Comma,
    Open,
    Close,
}

/// An expression that was read. Chains are lists, so that a long line is not a deep tree.
pub enum Expression {
    Primary(Primary),
    Not(Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    /// The value is the last one's.
    List(Vec<Expression>),
}

/// How deeply parentheses and negations may be nested: evaluation goes as deep on the native stack.
const DEPTH_MAX: usize = 200;

struct Reader {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    depth: usize,
    /// The word before this one.
    before: Option<String>,
}

/// Reads the words of a command line; the error is what to complain about.
pub fn read(words: Vec<Word>) -> Result<Expression, String> {
    let mut reader = Reader { words: words.into_iter().peekable(), depth: 0, before: None };
    let expression = reader.list()?;
    match reader.words.peek() {
        None => Ok(expression),
        Some(_) => Err("you have too many ')'".to_owned()),
    }
}

impl Reader {
    fn list(&mut self) -> Result<Expression, String> {
        self.chain(&Reader::or, &|word| matches!(word, Word::Comma), Expression::List)
    }

    fn or(&mut self) -> Result<Expression, String> {
        self.chain(&Reader::and, &|word| matches!(word, Word::Or(_)), Expression::Or)
    }

    fn chain(
        &mut self,
        part: &dyn Fn(&mut Reader) -> Result<Expression, String>,
        joins: &dyn Fn(&Word) -> bool,
        join: fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression, String> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.words.peek().is_some_and(joins) {
            self.take_operator();
            parts.push(part(self)?);
        }
        Ok(joined(parts, join))
    }

    /// A chain with `-a` or nothing between.
    fn and(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.factor()?];
        loop {
            match self.words.peek() {
                Some(Word::And(_)) => self.take_operator(),
                Some(Word::Primary(_) | Word::Not(_) | Word::Open) => {}
                _ => return Ok(joined(parts, Expression::And)),
            }
            parts.push(self.factor()?);
        }
    }

    fn take_operator(&mut self) {
        self.before = self.words.next().map(|word| word.text());
    }

    /// A primary, a negation, or an expression in parentheses.
    fn factor(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("invalid expression; it is nested too deeply".to_owned());
        }
        let expression = match self.words.next() {
            None => Err(match &self.before {
                Some(word) if is_negation(word) => format!("expected an expression after '{word}'"),
                _ => "invalid expression".to_owned(),
            }),
            Some(Word::Primary(primary)) => Ok(Expression::Primary(primary)),
            Some(word @ Word::Not(_)) => {
                self.before = Some(word.text());
                self.factor().map(|inner| match inner {
                    Expression::Not(inner) => *inner,
                    inner => Expression::Not(Box::new(inner)),
                })
            }
            Some(Word::Open) => self.parenthesis(),
            Some(Word::Close) => Err(match &self.before {
                Some(word) => format!("expected an expression between '{word}' and ')'"),
                None => "invalid expression; you have too many ')'".to_owned(),
            }),
            Some(word) => Err(format!(
                "invalid expression; you have used a binary operator '{}' with nothing before it.",
                word.text()
            )),
        };
        self.depth -= 1;
        self.before = None;
        expression
    }

    /// What follows a `(`.
    fn parenthesis(&mut self) -> Result<Expression, String> {
        self.before = None;
        match self.words.peek() {
            None => {
                return Err(
                    "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an \
                            extra predicate after '('"
                        .to_owned(),
                );
            }
            Some(Word::Close) => {
                return Err("invalid expression; empty parentheses are not allowed.".to_owned());
            }
            Some(_) => {}
        }
        let inner = self.list()?;
        match self.words.next() {
            Some(Word::Close) => Ok(inner),
            _ => {
                Err("invalid expression; I was expecting to find a ')' somewhere but did not see one."
                    .to_owned())
            }
        }
    }
}

impl Word {
    /// The word as it was written, where it is an operator.
    fn text(self) -> String {
        match self {
            Word::Not(text) | Word::And(text) | Word::Or(text) => text,
            Word::Comma => ",".to_owned(),
            Word::Open => "(".to_owned(),
            Word::Close => ")".to_owned(),
            Word::Primary(_) => String::new(),
        }
    }
}

fn is_negation(word: &str) -> bool {
    matches!(word, "!" | "-not")
}

fn joined(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => Expression::Primary(Primary::Always(true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words in short: `t` and `f` are primaries.
    fn parse(line: &str) -> Result<Expression, String> {
        let words = line.split_whitespace().map(|word| match word {
            "!" | "-not" => Word::Not(word.to_owned()),
            "-a" => Word::And(word.to_owned()),
            "-o" => Word::Or(word.to_owned()),
            "," => Word::Comma,
            "(" => Word::Open,
            ")" => Word::Close,
            _ => Word::Primary(Primary::Always(word == "t")),
        });
        read(words.collect())
    }

    fn value(expression: &Expression) -> bool {
        match expression {
            Expression::Primary(Primary::Always(value)) => *value,
            Expression::Primary(_) => false,
            Expression::Not(inner) => !value(inner),
            Expression::And(parts) => parts.iter().all(value),
            Expression::Or(parts) => parts.iter().any(value),
            Expression::List(parts) => parts.last().is_none_or(value),
        }
    }

    #[test]
    fn operators_bind_by_their_precedence() {
        for (line, wanted) in [
            ("t", true),
            ("! t", false),
            ("! ! t", true),
            ("f f -o t", true),
            ("t -o f f", true),
            ("( t -o f ) f", false),
            ("! t -o t", true),
            ("! ( t -o t )", false),
            ("t , f", false),
            ("f , t -a t", true),
        ] {
            assert_eq!(parse(line).map(|expression| value(&expression)), Ok(wanted), "{line}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let nothing_before = |word: &str| {
            format!("invalid expression; you have used a binary operator '{word}' with nothing before it.")
        };
        for (line, wanted) in [
            ("-o", nothing_before("-o")),
            ("-o t", nothing_before("-o")),
            ("t -o -o t", nothing_before("-o")),
            ("( , )", nothing_before(",")),
            ("! -a t", nothing_before("-a")),
            ("t -o", "invalid expression".to_owned()),
            ("!", "expected an expression after '!'".to_owned()),
            ("t -not", "expected an expression after '-not'".to_owned()),
            ("! )", "expected an expression between '!' and ')'".to_owned()),
            ("( t -o )", "expected an expression between '-o' and ')'".to_owned()),
            ("t )", "you have too many ')'".to_owned()),
            ("( )", "invalid expression; empty parentheses are not allowed.".to_owned()),
        ] {
            assert_eq!(parse(line).map(|_| ()), Err(wanted), "{line}");
        }
    }

    #[test]
    fn depth_is_bounded_and_length_is_not() {
        assert!(parse(&"( ".repeat(100_000)).is_err());
        assert!(parse(&"! ".repeat(100_000)).is_err());
        assert!(parse(&format!("t{}", " -o t".repeat(100_000))).is_ok());
    }
}
