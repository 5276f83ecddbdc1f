//! `[[ expression ]]`: words without splitting, patterns, regular expressions.

use bstr::{BStr, BString};

use super::{Outcome, Shell, Unwind};
use crate::expand::{ArithmeticError, Field};
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::{TestExpr, Word};

/// The value of a condition: true, false, or an error that was complained of (status 2).
pub(crate) type Verdict = Result<Option<bool>, Unwind>;

impl Shell {
    /// Runs `[[ ]]`.
    pub(crate) async fn run_test(&mut self, expression: &TestExpr) -> Outcome {
        Ok(match self.decide(expression, false).await? {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        })
    }

    /// `negated`: a `!` stands right before it, which a trace shows.
    fn decide<'a>(
        &'a mut self,
        expression: &'a TestExpr,
        negated: bool,
    ) -> std::pin::Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        Box::pin(async move {
            match expression {
                TestExpr::Group(inner) => self.decide(inner, false).await,
                TestExpr::Not(inner) => Ok(self.decide(inner, !negated).await?.map(|truth| !truth)),
                TestExpr::And(left, right) => match self.decide(left, false).await? {
                    Some(true) => self.decide(right, false).await,
                    other => Ok(other),
                },
                TestExpr::Or(left, right) => match self.decide(left, false).await? {
                    Some(false) => self.decide(right, false).await,
                    other => Ok(other),
                },
                TestExpr::Unary(operator, word) => {
                    let text = self.expand_text(word).await?;
                    self.trace_condition(negated, &[operator, &text]).await;
                    self.unary_test(operator, &text).await
                }
                TestExpr::Binary(operator, left, right) => {
                    self.decide_binary(negated, operator, left, right).await
                }
            }
        })
    }

    async fn decide_binary(
        &mut self,
        negated: bool,
        operator: &BString,
        left: &Word,
        right: &Word,
    ) -> Verdict {
        let text = self.expand_text(left).await?;
        match operator.as_slice() {
            b"=" | b"==" | b"!=" => {
                let pattern = if self.state.options.on(SetOption::Xtrace) {
                    let field = self.expand_field(right).await?;
                    let shown = shown_pattern(&field);
                    self.trace_condition(negated, &[&text, operator, &shown]).await;
                    self.field_pattern(&field, true)
                } else {
                    self.expand_pattern(right, true).await?
                };
                Ok(Some(pattern.matches(&text) == (operator != "!=")))
            }
            b"=~" => self.match_regex(negated, &text, right).await,
            b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge" => {
                let right = self.expand_text(right).await?;
                self.trace_condition(negated, &[&text, operator, &right]).await;
                let left = self.test_number(&text).await?;
                let right = self.test_number(&right).await?;
                let (Some(left), Some(right)) = (left, right) else { return Ok(Some(false)) };
                Ok(super::file_test::compare_numbers(operator, left, right))
            }
            _ => {
                let right = self.expand_text(right).await?;
                self.trace_condition(negated, &[&text, operator, &right]).await;
                self.binary_test(operator, &text, &right).await
            }
        }
    }

    /// An operand of `-eq` and kin within `[[ ]]` is an expression.
    async fn test_number(&mut self, text: &[u8]) -> Result<Option<i64>, Unwind> {
        match self.evaluate_text(text).await? {
            Ok(number) => Ok(Some(number)),
            Err(error @ ArithmeticError::Subscript(_)) => {
                self.complain(&error.to_string()).await;
                Err(Unwind::Abandon(1))
            }
            Err(error) => {
                self.complain_of(b"[[", &error.to_string()).await;
                Ok(None)
            }
        }
    }

    /// `=~`: the longest leftmost match; BASH_REMATCH gets the groups.
    async fn match_regex(&mut self, negated: bool, text: &[u8], word: &Word) -> Verdict {
        let field = self.expand_field(word).await?;
        let mut pattern = BString::default();
        for piece in field.pieces(0..field.bytes.len()) {
            if piece.quoted {
                super::regex_text::escape(piece.bytes, &mut pattern);
            } else {
                pattern.extend_from_slice(piece.bytes);
            }
        }
        self.trace_condition(negated, &[text, b"=~", &pattern]).await;
        let nocase = self.state.options.shopt(ShoptOption::Nocasematch);
        let Some(regex) = super::regex_text::Regex::new(&pattern, nocase) else { return Ok(None) };
        match regex.matches(text) {
            Some(groups) => {
                let elements: Vec<BString> = groups
                    .into_iter()
                    .map(|range| range.and_then(|range| text.get(range)).unwrap_or_default().into())
                    .collect();
                self.state.set_own_array("BASH_REMATCH", elements);
                Ok(Some(true))
            }
            None => {
                self.state.set_own_array("BASH_REMATCH", Vec::new());
                Ok(Some(false))
            }
        }
    }

    async fn trace_condition(&mut self, negated: bool, words: &[&[u8]]) {
        if !self.state.options.on(SetOption::Xtrace) {
            return;
        }
        let mut line = BString::from(if negated { "[[ !" } else { "[[" });
        for word in words {
            line.push(b' ');
            if word.is_empty() {
                line.extend_from_slice(b"''");
            } else {
                line.extend_from_slice(BStr::new(word));
            }
        }
        line.extend_from_slice(b" ]]");
        Box::pin(self.trace_line(&line)).await;
    }

    /// Is `-v name` set? An element, a whole array, a positional parameter.
    pub(crate) async fn is_variable_set(&mut self, text: &[u8]) -> Result<bool, Unwind> {
        if let Ok(number) = std::str::from_utf8(text).unwrap_or("x").parse::<u32>() {
            return Ok(self.state.positional_value(number).is_some());
        }
        let Some(target) = self.target(text).await? else { return Ok(false) };
        Ok(match target.subscript.as_ref().map(|subscript| subscript.as_slice()) {
            Some(b"@" | b"*") => {
                let name = self.state.variables.follow(&target.name).unwrap_or(target.name);
                !self.state.all_elements(&name).is_empty()
            }
            subscript => match self.state.lookup(&target.name, subscript) {
                Ok(found) => found.is_some(),
                Err(error) if error.abandons() => return Err(self.fail_assignment(error).await),
                Err(_) => false,
            },
        })
    }
}

/// A pattern in a trace: a backslash before every character that stands for itself.
fn shown_pattern(field: &Field) -> BString {
    let mut shown = BString::default();
    for piece in field.pieces(0..field.bytes.len()) {
        if !piece.quoted {
            shown.extend_from_slice(piece.bytes);
            continue;
        }
        for character in crate::expand::characters(piece.bytes) {
            shown.push(b'\\');
            shown.extend_from_slice(character);
        }
    }
    shown
}
