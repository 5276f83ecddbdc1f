//! `test` and `[`: POSIX's rules by the number of arguments, then bash's grammar.

use bstr::BString;

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind, compare_numbers, is_binary, is_unary};

/// How deep parentheses and negations may nest.
const DEPTH_MAX: usize = 200;

/// `[`
pub(crate) async fn bracket(shell: &mut Shell, call: &mut Call) -> Outcome {
    match call.argv.split_last() {
        Some((last, words)) if last == "]" && !words.is_empty() => {
            decide(shell, "[", words.get(1..).unwrap_or_default()).await
        }
        _ => {
            shell.complain("[: missing `]'").await;
            Ok(2)
        }
    }
}

/// `test`
pub(crate) async fn test(shell: &mut Shell, call: &mut Call) -> Outcome {
    decide(shell, "test", call.argv.get(1..).unwrap_or_default()).await
}

/// Why an expression has no value.
enum Wrong {
    Told,
    Jump(Unwind),
}

impl From<Unwind> for Wrong {
    fn from(unwind: Unwind) -> Wrong {
        Wrong::Jump(unwind)
    }
}

async fn decide(shell: &mut Shell, name: &'static str, words: &[BString]) -> Outcome {
    let mut expression = Expression { name, words, at: 0, depth: 0 };
    match expression.by_count(shell, words).await {
        Ok(truth) => Ok(u8::from(!truth)),
        Err(Wrong::Told) => Ok(2),
        Err(Wrong::Jump(unwind)) => Err(unwind),
    }
}

struct Expression<'a> {
    name: &'static str,
    words: &'a [BString],
    at: usize,
    depth: usize,
}

type Truth = Result<bool, Wrong>;
type Deciding<'a> = std::pin::Pin<Box<dyn Future<Output = Truth> + Send + 'a>>;

impl<'a> Expression<'a> {
    async fn fail(&self, shell: &mut Shell, what: &[u8]) -> Truth {
        let mut message = BString::from(self.name);
        message.extend_from_slice(b": ");
        message.extend_from_slice(what);
        shell.complain(&message).await;
        Err(Wrong::Told)
    }

    async fn fail_at(&self, shell: &mut Shell, word: &[u8], what: &str) -> Truth {
        let mut message = BString::from(word);
        message.extend_from_slice(b": ");
        message.extend_from_slice(what.as_bytes());
        self.fail(shell, &message).await
    }

    /// Up to four arguments are decided by their number alone.
    async fn by_count(&mut self, shell: &mut Shell, words: &'a [BString]) -> Truth {
        match words {
            [] => Ok(false),
            [only] => Ok(!only.is_empty()),
            [bang, word] if bang == "!" => Ok(word.is_empty()),
            [operator, word] if is_unary(operator) => self.unary(shell, operator, word).await,
            [operator, _] => self.fail_at(shell, operator, "unary operator expected").await,
            [left, operator, right] => self.three(shell, left, operator, right).await,
            [bang, rest @ ..] if bang == "!" && rest.len() == 3 => {
                let [left, operator, right] = rest else { return Ok(false) };
                self.three(shell, left, operator, right).await.map(|truth| !truth)
            }
            [open, middle @ .., close] if open == "(" && close == ")" && middle.len() == 2 => {
                Box::pin(self.by_count(shell, middle)).await
            }
            _ => {
                let truth = self.or(shell).await?;
                match self.words.get(self.at) {
                    None => Ok(truth),
                    Some(word) if word.starts_with(b"-") => {
                        let what = [b"syntax error: `", word.as_slice(), b"' unexpected"].concat();
                        self.fail(shell, &what).await
                    }
                    Some(_) => self.fail(shell, b"too many arguments").await,
                }
            }
        }
    }

    async fn three(
        &mut self,
        shell: &mut Shell,
        left: &'a BString,
        operator: &'a BString,
        right: &'a BString,
    ) -> Truth {
        if is_binary(operator) {
            return self.binary(shell, left, operator, right).await;
        }
        match operator.as_slice() {
            b"-a" => return Ok(!left.is_empty() && !right.is_empty()),
            b"-o" => return Ok(!left.is_empty() || !right.is_empty()),
            _ => {}
        }
        if left == "!" {
            return match operator.as_slice() {
                b"!" => Ok(!right.is_empty()),
                _ if is_unary(operator) => Ok(!self.unary(shell, operator, right).await?),
                _ => self.fail_at(shell, operator, "unary operator expected").await,
            };
        }
        if left == "(" && right == ")" {
            return Ok(!operator.is_empty());
        }
        self.fail_at(shell, operator, "binary operator expected").await
    }

    async fn unary(&self, shell: &mut Shell, operator: &[u8], word: &[u8]) -> Truth {
        Ok(shell.unary_test(operator, word).await?.unwrap_or(false))
    }

    async fn binary(&self, shell: &mut Shell, left: &[u8], operator: &[u8], right: &[u8]) -> Truth {
        if compare_numbers(operator, 0, 0).is_some() {
            let Some(first) = number(left) else {
                return self.fail_at(shell, left, "integer expression expected").await;
            };
            let Some(second) = number(right) else {
                return self.fail_at(shell, right, "integer expression expected").await;
            };
            return Ok(compare_numbers(operator, first, second).unwrap_or(false));
        }
        match shell.binary_test(operator, left, right).await? {
            Some(truth) => Ok(truth),
            None => Err(Wrong::Told),
        }
    }

    fn next(&self) -> Option<&'a BString> {
        self.words.get(self.at)
    }

    fn or<'b>(&'b mut self, shell: &'b mut Shell) -> Deciding<'b> {
        Box::pin(async move {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return self.fail(shell, b"expression nested too deeply").await;
            }
            let mut truth = self.and(shell).await?;
            while self.next().is_some_and(|word| word == "-o") {
                self.at += 1;
                let right = self.and(shell).await?;
                truth = truth || right;
            }
            self.depth -= 1;
            Ok(truth)
        })
    }

    async fn and(&mut self, shell: &mut Shell) -> Truth {
        let mut truth = self.term(shell).await?;
        while self.next().is_some_and(|word| word == "-a") {
            self.at += 1;
            let right = self.term(shell).await?;
            truth = truth && right;
        }
        Ok(truth)
    }

    async fn term(&mut self, shell: &mut Shell) -> Truth {
        let mut negated = false;
        while self.next().is_some_and(|word| word == "!") && self.words.len() > self.at + 1 {
            negated = !negated;
            self.at += 1;
        }
        self.primary(shell).await.map(|truth| truth != negated)
    }

    async fn primary(&mut self, shell: &mut Shell) -> Truth {
        let Some(word) = self.next() else { return self.fail(shell, b"argument expected").await };
        let (second, third) = (self.words.get(self.at + 1), self.words.get(self.at + 2));
        if word == "(" {
            self.at += 1;
            let truth = self.or(shell).await?;
            return match self.next() {
                Some(close) if close == ")" => {
                    self.at += 1;
                    Ok(truth)
                }
                Some(other) => {
                    let what = [b"`)' expected, found ", other.as_slice()].concat();
                    self.fail(shell, &what).await
                }
                None => self.fail(shell, b"`)' expected").await,
            };
        }
        if let (Some(operator), Some(right)) = (second, third)
            && is_binary(operator)
        {
            self.at += 3;
            return self.binary(shell, word, operator, right).await;
        }
        if is_unary(word)
            && let Some(operand) = second
        {
            self.at += 2;
            return self.unary(shell, word, operand).await;
        }
        self.at += 1;
        Ok(!word.is_empty())
    }
}
