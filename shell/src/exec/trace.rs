//! `set -x`: commands as they run, on standard error, behind PS4.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::Fd;

use super::source_text::{array_text, assigned_name, word_source};
use super::{Call, Shell, single_quoted};
use crate::expand::{ArrayLiteral, xtrace_word};
use crate::syntax::ast::{Assignment, Word};

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

/// The same with everything in quotes, as the trace of a declaration shows it.
fn quoted_array(literal: &ArrayLiteral) -> BString {
    let elements: Vec<BString> = literal
        .iter()
        .map(|element| {
            let value = single_quoted(&element.value);
            match &element.subscript {
                Some(subscript) => {
                    let equals: &[u8] = if element.append { b"+=" } else { b"=" };
                    bstr::concat([b"[", single_quoted(subscript).as_slice(), b"]", equals, &value]).into()
                }
                None => value,
            }
        })
        .collect();
    bstr::concat([b"(".as_slice(), &bstr::join(" ", &elements), b")"]).into()
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

    /// A command's words. The arrays of a declaration come first, each on a line of its own.
    pub(crate) async fn trace_call(&mut self, call: &Call) {
        let mut words: Vec<BString> = call.argv.iter().map(|word| xtrace_word(word)).collect();
        for (at, literal) in &call.arrays {
            let Some(word) = call.argv.get(*at) else { continue };
            let value = word.find_byte(b'=').map_or(word.len(), |equals| equals + 1);
            let (target, _) = word.split_at(value);
            let line = bstr::concat([target, &quoted_array(literal)]);
            self.trace_line(&line).await;
            if let Some(word) = words.get_mut(*at) {
                *word = target.trim_end_with(|end| matches!(end, '=' | '+')).into();
            }
        }
        self.trace_line(&bstr::join(" ", &words)).await;
    }

    /// `name=value`
    pub(crate) async fn trace_assignment(&mut self, assignment: &Assignment, value: &[u8]) {
        let mut line = traced_name(assignment);
        if !value.is_empty() {
            line.extend_from_slice(&xtrace_word(value));
        }
        self.trace_line(&line).await;
    }

    /// `name=( … )`, as it is written.
    pub(crate) async fn trace_array(&mut self, assignment: &Assignment) {
        if !self.state.options.on(crate::state::SetOption::Xtrace) {
            return;
        }
        let mut line = traced_name(assignment);
        line.extend_from_slice(&array_text(assignment));
        Box::pin(self.trace_line(&line)).await;
    }

    /// `(( expression ))`, with the blanks that are written; in `for ((` nothing stands for 1.
    pub(crate) async fn trace_arithmetic(&mut self, text: &[u8], clause: bool) {
        let text = if clause { text.trim_ascii_start() } else { text };
        let text = if clause && text.is_empty() { b"1" } else { text };
        self.trace_line(&bstr::concat([b"(( ".as_slice(), text, b" ))"])).await;
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
                    line.extend_from_slice(&word_source(word));
                }
            }
            None => line.extend_from_slice(b" \"$@\""),
        }
        self.trace_line(&line).await;
    }
}

/// What stands before the value.
fn traced_name(assignment: &Assignment) -> BString {
    let mut name = assigned_name(assignment);
    name.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
    name
}
