//! Trees as text: for jobs, messages and BASH_COMMAND; and texts as words, for prompts.

use std::sync::Arc;

use bstr::{BStr, BString};

use crate::syntax::ast::{
    AndOr, Argument, Arithmetic, AssignedValue, Assignment, Command, CommandKind, FunctionDef, List,
    ListItem, Part, Pipeline, Simple, Span, Stage, Word,
};
use crate::syntax::{NoAliases, ParseOptions, Parsed, Parser, printer};

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

fn pipeline(stages: impl IntoIterator<Item = Stage>) -> Pipeline {
    Pipeline { time: None, negated: false, stages: stages.into_iter().collect() }
}

fn bare(kind: CommandKind) -> Command {
    Command { kind, redirects: Vec::new(), span: Span::default(), line: 0 }
}

/// The text of an and-or list.
pub(crate) fn and_or_source(and_or: &AndOr) -> BString {
    let item = ListItem { and_or: Arc::new(and_or.clone()), background: false, own_line: false };
    let mut text = printer::print(&List { items: smallvec::smallvec![item] });
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

/// The texts of the stages of a pipeline's text; nothing when it is more than a pipeline.
pub(crate) fn stage_sources(text: &[u8]) -> Vec<BString> {
    let Parsed::Command(list) = Parser::new(text, 1).next(&ParseOptions::default(), &NoAliases) else {
        return Vec::new();
    };
    match list.items.as_slice() {
        [only] if only.and_or.rest.is_empty() => {
            only.and_or.first.stages.iter().map(|stage| command_source(&stage.command)).collect()
        }
        _ => Vec::new(),
    }
}

/// The text of a command as BASH_COMMAND has it: of a loop or `case` only how it begins.
pub(crate) fn heading_source(command: &Command) -> BString {
    printer::print_heading(command).unwrap_or_else(|| command_source(command))
}

/// The text of an expression of `for ((` as BASH_COMMAND has it.
pub(crate) fn arithmetic_source(expression: &Arithmetic) -> BString {
    command_source(&bare(CommandKind::Arithmetic(expression.clone())))
}

/// The text of a word.
pub(crate) fn word_source(word: &Word) -> BString {
    let simple = Simple { assignments: Vec::new(), words: vec![Argument::Word(word.clone())] };
    command_source(&bare(CommandKind::Simple(simple)))
}

/// An assignment of a single value as the word that it looks like.
pub(crate) fn assignment_word(assignment: &Assignment) -> Word {
    let mut parts: crate::syntax::ast::Parts = smallvec::smallvec![Part::literal(&assignment.name)];
    if let Some(subscript) = &assignment.subscript {
        parts.push(Part::literal("["));
        parts.extend(subscript.parts.iter().cloned());
        parts.push(Part::literal("]"));
    }
    parts.push(Part::literal(if assignment.append { "+=" } else { "=" }));
    match &assignment.value {
        AssignedValue::Scalar(word) => parts.extend(word.parts.iter().cloned()),
        AssignedValue::Array(_) => parts.push(Part::quoted(array_text(assignment))),
    }
    Word { parts, span: assignment.span, written: None }
}

/// The text behind the `=` of an array's assignment.
pub(crate) fn array_text(assignment: &Assignment) -> BString {
    let simple = Simple { assignments: vec![assignment.clone()], words: Vec::new() };
    let text = command_source(&bare(CommandKind::Simple(simple)));
    let at = text.iter().position(|byte| *byte == b'(').unwrap_or(text.len());
    text.get(at..).unwrap_or_default().into()
}

/// What is assigned to: `name` or `name[subscript]`.
pub(crate) fn assigned_name(assignment: &Assignment) -> BString {
    let mut name = assignment.name.clone();
    if let Some(subscript) = &assignment.subscript {
        name.push(b'[');
        name.extend_from_slice(&word_source(subscript));
        name.push(b']');
    }
    name
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
