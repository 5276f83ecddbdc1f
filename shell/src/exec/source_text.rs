//! Trees as text: for jobs, messages and BASH_COMMAND; and texts as words, for prompts.

use std::sync::Arc;

use bstr::{BStr, BString};

use crate::syntax::ast::{
    AndOr, Argument, Assignment, Command, CommandKind, FunctionDef, List, ListItem, Pipeline, Simple, Span,
    Stage, Word,
};
use crate::syntax::{Parser, printer};

/// What a job is called, written out only when it is wanted.
#[derive(Clone, Copy)]
pub(crate) enum JobText<'a> {
    /// A pipeline.
    Stages(&'a [Stage]),
    /// A command.
    Command(&'a Command),
    /// `( list )`
    Subshell(&'a Arc<List>),
    /// Known from before.
    Known(&'a BString),
}

impl JobText<'_> {
    /// The text.
    pub(crate) fn source(self) -> BString {
        match self {
            JobText::Stages(stages) => {
                and_or_source(&AndOr { first: pipeline(stages.to_vec()), rest: Vec::new() })
            }
            JobText::Command(command) => command_source(command),
            JobText::Subshell(list) => command_source(&bare(CommandKind::Subshell(Arc::clone(list)))),
            JobText::Known(text) => text.clone(),
        }
    }
}

fn pipeline(stages: Vec<Stage>) -> Pipeline {
    Pipeline { time: None, negated: false, stages }
}

fn bare(kind: CommandKind) -> Command {
    Command { kind, redirects: Vec::new(), span: Span::default(), line: 0 }
}

/// The text of an and-or list.
pub(crate) fn and_or_source(and_or: &AndOr) -> BString {
    let item = ListItem { and_or: Arc::new(and_or.clone()), background: false, own_line: false };
    let mut text = printer::print(&List { items: vec![item] });
    while text.last().is_some_and(|byte| matches!(byte, b'\n' | b' ')) {
        text.pop();
    }
    text
}

/// The text of a command.
pub(crate) fn command_source(command: &Command) -> BString {
    let stage = Stage { command: Arc::new(command.clone()), stderr_too: false };
    and_or_source(&AndOr { first: pipeline(vec![stage]), rest: Vec::new() })
}

/// The text of a word.
pub(crate) fn word_source(word: &Word) -> BString {
    let simple = Simple { assignments: Vec::new(), words: vec![Argument::Word(word.clone())] };
    command_source(&bare(CommandKind::Simple(simple)))
}

/// The text behind the `=` of an array's assignment.
pub(crate) fn array_text(assignment: &Assignment) -> BString {
    let simple = Simple { assignments: vec![assignment.clone()], words: Vec::new() };
    let text = command_source(&bare(CommandKind::Simple(simple)));
    let at = text.iter().position(|byte| *byte == b'(').unwrap_or(text.len());
    text.get(at..).unwrap_or_default().into()
}

/// The text of a function, as `declare -f` prints it.
pub(crate) fn function_source(definition: &FunctionDef) -> BString {
    let mut text = printer::print_function(definition);
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    text
}

/// A text as a word in double quotes; absent when it cannot be read as one.
pub(crate) fn parse_quoted_text(text: &[u8]) -> Option<Word> {
    Parser::parse_dollar_text(BStr::new(text)).ok()
}
