//! `[[ expression ]]`: words without splitting, patterns, regular expressions.

use bstr::{BStr, BString};

use super::{Outcome, Shell, Unwind};
use crate::expand::ArithmeticError;
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::{TestExpr, Word};

/// The value of a condition: true, false, or an error that was complained of (status 2).
pub(crate) type Verdict = Result<Option<bool>, Unwind>;

impl Shell {
    /// Runs `[[ ]]`.
    pub(crate) async fn run_test(&mut self, expression: &TestExpr) -> Outcome {
        Ok(match self.decide(expression).await? {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        })
    }

    fn decide<'a>(
        &'a mut self,
        expression: &'a TestExpr,
    ) -> std::pin::Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        Box::pin(async move {
            match expression {
                TestExpr::Group(inner) => self.decide(inner).await,
                TestExpr::Not(inner) => Ok(self.decide(inner).await?.map(|truth| !truth)),
                TestExpr::And(left, right) => match self.decide(left).await? {
                    Some(true) => self.decide(right).await,
                    other => Ok(other),
                },
                TestExpr::Or(left, right) => match self.decide(left).await? {
                    Some(false) => self.decide(right).await,
                    other => Ok(other),
                },
                TestExpr::Word(word) => {
                    let text = self.expand_text(word).await?;
                    self.trace_condition(&[b"-n", &text]).await;
                    Ok(Some(!text.is_empty()))
                }
                TestExpr::Unary(operator, word) => {
                    let text = self.expand_text(word).await?;
                    self.trace_condition(&[operator, &text]).await;
                    self.unary_test(operator, &text).await
                }
                TestExpr::Binary(operator, left, right) => self.decide_binary(operator, left, right).await,
            }
        })
    }

    async fn decide_binary(&mut self, operator: &BString, left: &Word, right: &Word) -> Verdict {
        let text = self.expand_text(left).await?;
        match operator.as_slice() {
            b"=" | b"==" | b"!=" => {
                let pattern = self.expand_pattern(right, true).await?;
                if self.state.options.on(SetOption::Xtrace) {
                    let shown = self.expand_text(right).await?;
                    self.trace_condition(&[&text, operator, &shown]).await;
                }
                Ok(Some(pattern.matches(&text) == (operator != "!=")))
            }
            b"=~" => self.match_regex(&text, right).await,
            b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge" => {
                let right = self.expand_text(right).await?;
                self.trace_condition(&[&text, operator, &right]).await;
                let left = self.test_number(&text).await?;
                let right = self.test_number(&right).await?;
                let (Some(left), Some(right)) = (left, right) else { return Ok(Some(false)) };
                Ok(super::file_test::compare_numbers(operator, left, right))
            }
            _ => {
                let right = self.expand_text(right).await?;
                self.trace_condition(&[&text, operator, &right]).await;
                self.binary_test(operator, &text, &right).await
            }
        }
    }

    /// An operand of `-eq` and kin within `[[ ]]` is an expression.
    async fn test_number(&mut self, text: &[u8]) -> Result<Option<i64>, Unwind> {
        match self.evaluate_text(text).await {
            Ok(number) => Ok(Some(number)),
            Err(error @ ArithmeticError::Subscript(_)) => Err(self.fail_expansion(&error.to_string()).await),
            Err(error) => {
                self.complain_of(b"[[", &error.to_string()).await;
                Ok(None)
            }
        }
    }

    /// `=~`: the longest leftmost match; BASH_REMATCH gets the groups.
    async fn match_regex(&mut self, text: &[u8], word: &Word) -> Verdict {
        let field = self.expand_field(word).await?;
        let mut pattern = BString::default();
        for piece in field.pieces(0..field.bytes.len()) {
            if piece.quoted {
                super::regex_text::escape(piece.bytes, &mut pattern);
            } else {
                pattern.extend_from_slice(piece.bytes);
            }
        }
        self.trace_condition(&[text, b"=~", &field.bytes]).await;
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

    async fn trace_condition(&mut self, words: &[&[u8]]) {
        if !self.state.options.on(SetOption::Xtrace) {
            return;
        }
        let mut line = BString::from("[[");
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
            subscript => self.state.lookup(&target.name, subscript).is_ok_and(|found| found.is_some()),
        })
    }
}
