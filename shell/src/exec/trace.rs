//! `set -x`: commands as they run, on standard error, behind PS4.

use bstr::BString;
use wasmsand_wasi::Fd;

use super::Shell;
use crate::expand::{ArrayLiteral, xtrace_word};
use crate::syntax::ast::{Arithmetic, Assignment, Word};

/// `(a [3]=b)`, as a trace shows an array literal.
pub(crate) fn array_source(literal: &ArrayLiteral) -> BString {
    let mut text = BString::from("(");
    for (at, element) in literal.iter().enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        if let Some(subscript) = &element.subscript {
            text.push(b'[');
            text.extend_from_slice(subscript);
            text.push(b']');
            text.extend_from_slice(if element.append { b"+=" } else { b"=" });
        }
        text.extend_from_slice(&xtrace_word(&element.value));
    }
    text.push(b')');
    text
}

impl Shell {
    /// A line behind PS4.
    pub(crate) async fn trace_line(&mut self, text: &[u8]) {
        let mut line = self.trace_prefix().await;
        line.extend_from_slice(text);
        line.push(b'\n');
        let fd = self.trace_fd();
        let _ = self.sys.write_all(fd, &line).await;
    }

    fn trace_fd(&self) -> Fd {
        let text = self.state.variables.text(b"BASH_XTRACEFD");
        let number = text.and_then(|text| std::str::from_utf8(text).ok()).and_then(|text| text.parse().ok());
        number.map_or(Fd::STDERR, Fd)
    }

    /// PS4 after expansion, its first character once more for every level of substitution.
    async fn trace_prefix(&mut self) -> BString {
        let Some(format) = self.state.variables.text(b"PS4").map(ToOwned::to_owned) else {
            return BString::default();
        };
        let traced = self.state.options.on(crate::state::SetOption::Xtrace);
        self.state.options.change(crate::state::SetOption::Xtrace, false);
        let prefix = Box::pin(self.expand_prompt(&format)).await;
        self.state.options.change(crate::state::SetOption::Xtrace, traced);
        let Some(first) = crate::expand::characters(&prefix).next() else { return prefix };
        let mut repeated = BString::default();
        for _ in 0..self.state.trace_level {
            repeated.extend_from_slice(first);
        }
        repeated.extend_from_slice(&prefix);
        repeated
    }

    /// A command's words.
    pub(crate) async fn trace_call(&mut self, argv: &[BString]) {
        let words: Vec<BString> = argv.iter().map(|word| xtrace_word(word)).collect();
        self.trace_line(&bstr::join(" ", &words)).await;
    }

    /// `name=value`
    pub(crate) async fn trace_assignment(&mut self, assignment: &Assignment, value: &[u8]) {
        let mut line = self.assigned_name(assignment);
        if !value.is_empty() {
            line.extend_from_slice(&xtrace_word(value));
        }
        self.trace_line(&line).await;
    }

    /// `name=( … )`
    pub(crate) async fn trace_array(&mut self, assignment: &Assignment, literal: &ArrayLiteral) {
        if !self.state.options.on(crate::state::SetOption::Xtrace) {
            return;
        }
        let mut line = self.assigned_name(assignment);
        line.extend_from_slice(&array_source(literal));
        Box::pin(self.trace_line(&line)).await;
    }

    fn assigned_name(&self, assignment: &Assignment) -> BString {
        let mut name = assignment.name.clone();
        if let Some(subscript) = &assignment.subscript {
            name.push(b'[');
            name.extend_from_slice(&super::source_text::word_source(subscript));
            name.push(b']');
        }
        name.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
        name
    }

    /// `(( expression ))`
    pub(crate) async fn trace_arithmetic(&mut self, expression: &Arithmetic) {
        let Ok(text) = self.expand_quoted_text(&expression.text).await else { return };
        let mut line = BString::from("((");
        line.extend_from_slice(b" ");
        line.extend_from_slice(text.trim_ascii());
        line.extend_from_slice(b" ))");
        self.trace_line(&line).await;
    }

    /// `for name in words`, `select name in words`
    pub(crate) async fn trace_for(&mut self, keyword: &str, name: &[u8], words: Option<&[Word]>) {
        let mut line = BString::from(keyword);
        line.extend_from_slice(name);
        line.extend_from_slice(b" in");
        match words {
            Some(words) => {
                for word in words {
                    line.push(b' ');
                    line.extend_from_slice(&super::source_text::word_source(word));
                }
            }
            None => line.extend_from_slice(b" \"$@\""),
        }
        self.trace_line(&line).await;
    }
}
