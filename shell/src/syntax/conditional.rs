//! `[[ … ]]`

use bstr::BString;

use super::ast::{CommandKind, TestExpr};
use super::error::{ErrorKind, OpenKind};
use super::reader::{Parse, Reader};
use super::word::{End, Rule, Tilde};

/// The right-hand side of `=~`.
const REGEX: Rule = Rule { end: End::Regex, tilde: Tilde::Start };

impl Reader<'_> {
    #[inline(never)]
    pub(super) fn test_command(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::Test)?;
        self.take_word(b"[[");
        let expression = self.test_or()?;
        self.newlines()?;
        if self.peek().is_none() {
            return self.end();
        }
        if !self.at_test_end() {
            let line = self.line_before_newlines();
            let token = if self.at_word() { None } else { Some(self.token_text()?) };
            return self.fail_on(line, ErrorKind::TestEndExpected(token));
        }
        self.take_word(b"]]");
        self.leave();
        Ok(CommandKind::Test(Box::new(expression)))
    }

    fn at_test_end(&mut self) -> bool {
        let (word, _, next) = self.scan(2, |byte| byte == b']');
        word == b"]]" && next.is_none_or(super::reserved::is_meta)
    }

    fn test_or(&mut self) -> Parse<TestExpr> {
        let mut terms = vec![self.test_and()?];
        loop {
            self.newlines()?;
            if !self.eat(b"||") {
                break;
            }
            terms.push(self.test_and()?);
        }
        balanced(terms, TestExpr::Or).map_or_else(|| self.end(), Ok)
    }

    fn test_and(&mut self) -> Parse<TestExpr> {
        let mut terms = vec![self.test_term()?];
        loop {
            self.newlines()?;
            if !self.eat(b"&&") {
                break;
            }
            terms.push(self.test_term()?);
        }
        balanced(terms, TestExpr::And).map_or_else(|| self.end(), Ok)
    }

    fn test_term(&mut self) -> Parse<TestExpr> {
        let mut negated = false;
        loop {
            self.newlines()?;
            let (word, length, next) = self.scan(2, |byte| byte == b'!');
            if word != b"!" || next.is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'(')) {
                break;
            }
            if self.extglob
                && next == Some(b'(')
                && self.cursor.peek_at(length + 1).is_some_and(|byte| byte != b' ')
            {
                break;
            }
            self.take_word(b"!");
            negated = !negated;
        }
        let term = if self.peek() == Some(b'(') { self.test_group()? } else { self.test_primary()? };
        Ok(if negated { TestExpr::Not(Box::new(term)) } else { term })
    }

    fn test_group(&mut self) -> Parse<TestExpr> {
        self.enter(OpenKind::Test)?;
        self.bump();
        let inner = self.test_or()?;
        self.newlines()?;
        if self.peek().is_none() {
            return self.end();
        }
        if !self.eat(b")") {
            let found = self.token_text()?;
            return self.fail(ErrorKind::ParenthesisExpected(found));
        }
        self.leave();
        Ok(TestExpr::Group(Box::new(inner)))
    }

    fn test_primary(&mut self) -> Parse<TestExpr> {
        if self.peek().is_none() {
            return self.end_in(OpenKind::TestTerm, self.cursor.line());
        }
        if !self.at_word() || self.at_test_end() {
            let found = self.token_text()?;
            return self.fail(ErrorKind::UnexpectedInTest(found));
        }
        let start = self.cursor.place();
        let word = self.word()?;
        let raw = BString::from(self.cursor.since(start));
        if is_unary(&raw) {
            self.test_operand(false, false)?;
            return Ok(TestExpr::Unary(raw, self.word()?));
        }
        self.blanks();
        let operator = match self.peek() {
            Some(byte @ (b'<' | b'>')) if !self.at_word() && !self.at_long_operator() => {
                self.bump();
                BString::from(vec![byte])
            }
            Some(_) if self.at_word() && !self.at_test_end() => {
                let start = self.cursor.place();
                let _operator = self.word()?;
                let text = BString::from(self.cursor.since(start));
                if !is_binary(&text) {
                    return self.fail_at(start, ErrorKind::BinaryOperatorExpected(None));
                }
                text
            }
            Some(b'&' | b'|') if self.looking_at(b"&&") || self.looking_at(b"||") => {
                return Ok(TestExpr::Unary("-n".into(), word));
            }
            Some(b')' | b']') => return Ok(TestExpr::Unary("-n".into(), word)),
            None | Some(_) => {
                let found = self.token_text()?;
                return self.fail(ErrorKind::BinaryOperatorExpected(Some(found)));
            }
        };
        self.test_operand(true, operator == "=~")?;
        let right = if operator == "=~" {
            self.written_word(REGEX)?
        } else {
            let extglob = std::mem::replace(&mut self.extglob, true);
            let pattern = self.word()?;
            self.extglob = extglob;
            pattern
        };
        Ok(TestExpr::Binary(operator, word, right))
    }

    /// Does a redirection operator stand here that is longer than `<` or `>`?
    fn at_long_operator(&mut self) -> bool {
        [b"<<", b"<&", b"<>", b">>", b">&", b">|"].into_iter().any(|operator| self.looking_at(operator))
    }

    /// Moves to the operand of an operator, which must be there.
    fn test_operand(&mut self, binary: bool, regex: bool) -> Parse<()> {
        self.blanks();
        let regex_group = regex && self.peek() == Some(b'(');
        if (!self.at_word() && !regex_group) || self.at_test_end() {
            let found = self.token_text()?;
            return self.fail(ErrorKind::UnexpectedOperand { found, binary });
        }
        Ok(())
    }
}

/// Terms joined by one operator, as a tree whose depth is the logarithm of their number.
fn balanced(
    mut terms: Vec<TestExpr>,
    join: fn(Box<TestExpr>, Box<TestExpr>) -> TestExpr,
) -> Option<TestExpr> {
    while terms.len() > 1 {
        let mut joined = Vec::with_capacity(terms.len().div_ceil(2));
        let mut rest = terms.into_iter();
        while let Some(left) = rest.next() {
            joined.push(match rest.next() {
                Some(right) => join(Box::new(left), Box::new(right)),
                None => left,
            });
        }
        terms = joined;
    }
    terms.pop()
}

/// Is this an operator with one operand?
fn is_unary(word: &[u8]) -> bool {
    matches!(word, [b'-', letter] if b"abcdefghknoprstuvwxzGLNORS".contains(letter))
}

/// Is this an operator with two operands?
fn is_binary(word: &[u8]) -> bool {
    matches!(
        word,
        b"=" | b"=="
            | b"!="
            | b"=~"
            | b"-nt"
            | b"-ot"
            | b"-ef"
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
    )
}
