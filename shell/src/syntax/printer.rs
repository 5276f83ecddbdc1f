//! The printer: a tree as source text, laid out as bash's `declare -f` does.
//!
//! What is printed means the same again. As bash does, it writes some commands another way than they were read: `elif`
//! as an `if` within `else`, `|&` as `2>&1 |`, `for name` with its words, a function's body in a group.

use bstr::BString;

use super::ast::{
    AndOr, Argument, Arithmetic, ArrayElement, AssignedValue, Assignment, CaseArm, CaseEnd, Command,
    CommandKind, Connector, FunctionDef, HereDocument, List, ListItem, Parameter, Part, Pipeline, Redirect,
    RedirectFd, RedirectOperation, Simple, TestExpr, TimeFormat, Word,
};
use super::dollar::unparsed_text;
use super::reserved::is_reserved_word;
use super::spelling::{Around, single_quoted};

/// The source text of a list, its items on one line as far as they have no lines of their own.
pub fn print(list: &List) -> BString {
    let mut printer = Printer { inline: true, ..Printer::default() };
    printer.list(list, Layout::Lines);
    printer.finish()
}

/// The same, and whether all of it is written as it was read.
#[cfg(test)]
pub(super) fn print_and_tell(list: &List) -> (BString, bool) {
    let mut printer = Printer { inline: true, ..Printer::default() };
    printer.list(list, Layout::Lines);
    let same = !printer.changed;
    (printer.finish(), same)
}

/// The source text of a function definition, as `declare -f` and `type` print it.
pub fn print_function(definition: &FunctionDef) -> BString {
    let mut printer = Printer { inline: true, ..Printer::default() };
    printer.function(definition, false);
    printer.finish()
}

/// What BASH_COMMAND is while a loop or `case` begins: its first line. Absent: the command has no such line.
pub fn print_heading(command: &Command) -> Option<BString> {
    let mut printer = Printer { inline: true, ..Printer::default() };
    match &command.kind {
        CommandKind::For { name, words, .. } => printer.for_heading("for ", name, words.as_deref()),
        CommandKind::Select { name, words, .. } => printer.for_heading("select ", name, words.as_deref()),
        CommandKind::Case { word, .. } => printer.case_heading(word),
        _ => return None,
    }
    Some(printer.finish())
}

/// The source text of a word.
pub fn print_word(word: &Word) -> BString {
    let mut printer = Printer::default();
    printer.word(word, Around::Nothing);
    printer.finish()
}

/// What stands between `${` and the operator of a parameter expansion.
pub fn print_parameter_name(parameter: &Parameter) -> BString {
    let mut printer = Printer::default();
    printer.parameter_head(parameter);
    printer.finish()
}

/// The source text of a single command.
pub fn print_command(command: &Command) -> BString {
    let mut printer = Printer { inline: true, ..Printer::default() };
    printer.command(command);
    printer.finish()
}

/// How the items of a list are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Each on a line of its own, the last without `;`.
    Lines,
    /// The same with `;` behind the last too.
    Body,
}

/// Text being written.
#[derive(Default)]
pub(super) struct Printer {
    pub(super) out: Vec<u8>,
    indent: usize,
    pending: Vec<HereDocument>,
    /// Something was written another way than it was read.
    changed: bool,
    /// Items of lists stand on one line: outside of functions, and in substitutions.
    inline: bool,
    /// The body of a here-document has been written since the last separator.
    behind_body: bool,
}

impl Printer {
    fn finish(mut self) -> BString {
        if !self.pending.is_empty() {
            self.here_documents();
        }
        BString::from(self.out)
    }

    pub(super) fn text(&mut self, text: impl AsRef<[u8]>) {
        self.out.extend_from_slice(text.as_ref());
    }

    fn newline(&mut self) {
        if !self.pending.is_empty() {
            self.here_documents();
        }
        self.text("\n");
        self.out.resize(self.out.len() + self.indent, b' ');
    }

    /// The bodies of the here-documents of the line that ends here.
    fn here_documents(&mut self) {
        self.behind_body = true;
        self.text("\n");
        for document in std::mem::take(&mut self.pending) {
            if document.quoted {
                for part in &document.body.parts {
                    if let Part::Quoted(text) = part {
                        self.text(text);
                    }
                }
            } else if let Some(written) = &document.body.written {
                self.written(written);
            } else {
                self.parts(&document.body.parts, Around::HereDocument);
            }
            if self.out.last() != Some(&b'\n') {
                self.text("\n");
            }
            self.text(&document.delimiter);
            self.text("\n");
        }
    }

    // Lists.

    fn list(&mut self, list: &List, layout: Layout) {
        let last = list.items.len().saturating_sub(1);
        for (index, item) in list.items.iter().enumerate() {
            self.and_or(&item.and_or);
            if index == last {
                self.end_of_list(item, layout);
            } else {
                // What stands behind another command has its bodies right behind it, as in bash.
                let joined = index > 0 || !item.and_or.rest.is_empty() || item.and_or.first.stages.len() > 1;
                if joined && !item.background && !self.pending.is_empty() {
                    self.here_documents();
                }
                self.separator(item);
            }
        }
    }

    fn end_of_list(&mut self, item: &ListItem, layout: Layout) {
        if item.background {
            self.text(" &");
        } else if self.pending.is_empty() && (layout == Layout::Body || is_bare(item)) {
            self.semicolon();
        }
    }

    /// A semicolon where none is in the way.
    fn semicolon(&mut self) {
        if !matches!(self.out.last(), Some(b'\n' | b'&')) {
            self.text(";");
        }
    }

    /// What stands between two items.
    fn separator(&mut self, item: &ListItem) {
        let bodies = !self.pending.is_empty();
        if item.background {
            self.text(" &");
            if bodies {
                self.here_documents();
                self.text(" ");
            }
            return self.text(" ");
        }
        // In bash a body's own line counts as the separator of the item behind it too.
        let behind_body = !bodies && std::mem::take(&mut self.behind_body) && !self.inline;
        if bodies {
            self.here_documents();
        } else if behind_body || self.out.last() == Some(&b'\n') {
            // Nothing more is needed.
        } else if !(self.inline && item.own_line) {
            self.text(";");
        }
        if !self.inline {
            self.newline();
        } else if item.own_line && !bodies {
            self.text("\n");
        } else {
            self.text(" ");
        }
    }

    /// A list and what follows it on the same line: `; then`, `; do`.
    fn condition(&mut self, list: &List, follows: &str) {
        self.list(list, Layout::Lines);
        let ended = list.items.last().is_some_and(|item| item.background || is_bare(item));
        if follows == "do" && !self.pending.is_empty() {
            self.here_documents();
            self.text(" ");
        } else {
            self.text(if ended { " " } else { "; " });
        }
        self.text(follows);
    }

    /// A list on lines of its own, further in.
    fn body(&mut self, list: &List, layout: Layout) {
        self.indent += 4;
        if list.items.is_empty() {
            self.text("\n");
        } else {
            self.newline();
        }
        self.list(list, layout);
        self.indent -= 4;
        self.newline();
    }

    /// `$(list)`, `<(list)`: the here-documents in it end in it.
    pub(super) fn substitution(&mut self, opening: &str, list: &List) {
        if let Some(text) = unparsed_text(list) {
            return self.backquoted(text);
        }
        let outer = std::mem::take(&mut self.pending);
        let indent = std::mem::take(&mut self.indent);
        let inline = std::mem::replace(&mut self.inline, true);
        let behind_body = std::mem::take(&mut self.behind_body);
        self.text(opening);
        let start = self.out.len();
        self.list(list, Layout::Lines);
        match self.out.get(start..) {
            Some([b'(', ..]) => self.out.insert(start, b' '),
            // Redirections without a command follow the parenthesis at once.
            Some([b' ', ..]) => drop(self.out.remove(start)),
            _ => {}
        }
        if !self.pending.is_empty() {
            self.here_documents();
        }
        self.text(")");
        self.pending = outer;
        self.indent = indent;
        self.inline = inline;
        self.behind_body = behind_body;
    }

    /// A text that is no command can stand between backticks only.
    fn backquoted(&mut self, text: &[u8]) {
        self.text("`");
        for byte in text {
            if matches!(byte, b'`' | b'\\' | b'$') {
                self.text("\\");
            }
            self.text([*byte]);
        }
        self.text("`");
    }

    fn and_or(&mut self, and_or: &AndOr) {
        self.pipeline(&and_or.first);
        for (connector, pipeline) in &and_or.rest {
            self.text(match connector {
                Connector::And => " && ",
                Connector::Or => " || ",
            });
            if !self.pending.is_empty() {
                self.here_documents();
                self.text(" ");
            }
            self.pipeline(pipeline);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        match pipeline.time {
            Some(TimeFormat::Default) => self.text("time "),
            Some(TimeFormat::Posix) => self.text("time -p "),
            None => {}
        }
        if pipeline.negated {
            self.text("! ");
        } else if pipeline.time.is_none() && pipeline.stages.is_empty() {
            self.text("! ! ");
        }
        let last = pipeline.stages.len().saturating_sub(1);
        for (index, stage) in pipeline.stages.iter().enumerate() {
            if index < last && stage.stderr_too {
                self.changed = true;
                self.command(&with_stderr_too(&stage.command));
            } else {
                self.command(&stage.command);
            }
            if index < last {
                self.text(" |");
                if !self.pending.is_empty() {
                    self.here_documents();
                    self.text(" ");
                }
                self.text(" ");
            }
        }
    }

    // Commands.

    fn command(&mut self, command: &Command) {
        let redirects_first = match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, &command.redirects),
            other => {
                self.compound(other);
                false
            }
        };
        if !redirects_first {
            self.redirects(&command.redirects);
        }
    }

    fn compound(&mut self, kind: &CommandKind) {
        match kind {
            CommandKind::Simple(simple) => {
                self.simple(simple, &[]);
            }
            CommandKind::Group(list) => self.group(list),
            CommandKind::Subshell(list) => {
                self.text("( ");
                self.list(list, Layout::Lines);
                if !self.pending.is_empty() {
                    self.here_documents();
                }
                self.text(" )");
            }
            CommandKind::If { arms, otherwise } => self.if_command(arms, otherwise.as_ref()),
            CommandKind::Loop { until, condition, body } => {
                self.text(if *until { "until " } else { "while " });
                self.condition(condition, "do");
                self.body(body, Layout::Body);
                self.text("done");
            }
            CommandKind::For { name, words, body } => self.for_in("for ", name, words.as_deref(), body),
            CommandKind::Select { name, words, body } => self.for_in("select ", name, words.as_deref(), body),
            CommandKind::ForArithmetic { clauses, body } => {
                let [init, condition, step] = clauses.as_ref();
                self.text("for ((");
                self.clause(init);
                self.text("; ");
                self.clause(condition);
                self.text("; ");
                self.clause(step);
                self.text("))");
                self.do_body(body);
            }
            CommandKind::Case { word, arms } => self.case(word, arms),
            CommandKind::Function(definition) => self.function(definition, true),
            CommandKind::Test(expression) => {
                self.text("[[ ");
                self.test(expression);
                self.text(" ]]");
            }
            CommandKind::Arithmetic(arithmetic) => {
                self.text("((");
                self.arithmetic(arithmetic);
                self.text("))");
            }
            CommandKind::Text(text) => self.text(text),
            CommandKind::Coprocess { name, command } => {
                self.text("coproc ");
                // bash names a simple command's too, and then reads the name as the command.
                self.changed |= matches!(command.kind, CommandKind::Simple(_));
                self.text(name);
                self.text(" ");
                self.command(command);
            }
        }
    }

    /// A part of `for ((…))`; one that is left out is 1.
    fn clause(&mut self, clause: &Arithmetic) {
        if clause.text.parts.is_empty() {
            self.changed = true;
            self.text("1");
        } else {
            self.arithmetic(clause);
        }
    }

    fn group(&mut self, list: &List) {
        self.text("{ ");
        if self.inline {
            self.list(list, Layout::Body);
            if !self.pending.is_empty() {
                self.here_documents();
            }
            self.text(" }");
        } else {
            self.body(list, Layout::Lines);
            self.text("}");
        }
    }

    fn if_command(&mut self, arms: &[(List, List)], otherwise: Option<&List>) {
        for (index, (condition, body)) in arms.iter().enumerate() {
            if index > 0 {
                self.changed = true;
                self.text("else");
                self.indent += 4;
                self.newline();
            }
            self.text("if ");
            self.condition(condition, "then");
            self.body(body, Layout::Body);
        }
        if let Some(body) = otherwise {
            self.text("else");
            self.body(body, Layout::Body);
        }
        self.text("fi");
        for _ in 1..arms.len() {
            self.text(";");
            self.indent -= 4;
            self.newline();
            self.text("fi");
        }
    }

    fn for_heading(&mut self, keyword: &str, name: &BString, words: Option<&[Word]>) {
        self.text(keyword);
        self.text(name);
        if let Some(words) = words {
            self.text(" in");
            for word in words {
                self.text(" ");
                self.word(word, Around::Nothing);
            }
        } else {
            self.changed = true;
            self.text(" in \"$@\"");
        }
    }

    fn for_in(&mut self, keyword: &str, name: &BString, words: Option<&[Word]>, body: &List) {
        self.for_heading(keyword, name, words);
        self.text(";");
        self.do_body(body);
    }

    fn do_body(&mut self, body: &List) {
        self.newline();
        self.text("do");
        self.body(body, Layout::Body);
        self.text("done");
    }

    fn case_heading(&mut self, word: &Word) {
        self.text("case ");
        self.word(word, Around::Nothing);
        self.text(" in ");
    }

    fn case(&mut self, word: &Word, arms: &[CaseArm]) {
        self.case_heading(word);
        self.indent += 4;
        for arm in arms {
            self.newline();
            if matches!(arm.patterns.first().map(|word| word.parts.as_slice()), Some([Part::Literal(text)]) if text.as_slice() == b"esac")
            {
                self.text("(");
            }
            for (index, pattern) in arm.patterns.iter().enumerate() {
                self.text(if index == 0 { "" } else { " | " });
                self.word(pattern, Around::Nothing);
            }
            self.text(")");
            self.body(&arm.body, Layout::Lines);
            self.text(match arm.end {
                CaseEnd::Break => ";;",
                CaseEnd::FallThrough => ";&",
                CaseEnd::TestNext => ";;&",
            });
        }
        self.indent -= 4;
        self.newline();
        self.text("esac");
    }

    fn function(&mut self, definition: &FunctionDef, nested: bool) {
        if nested || is_reserved_word(&definition.name) || definition.name.contains(&b'=') {
            self.text("function ");
        }
        self.text(&definition.name);
        self.text(" () ");
        self.newline();
        let inline = std::mem::take(&mut self.inline);
        self.function_body(definition);
        self.inline = inline;
        self.behind_body = false;
    }

    fn function_body(&mut self, definition: &FunctionDef) {
        if let CommandKind::Group(_) = definition.body.kind {
            return self.command(&definition.body);
        }
        self.changed = true;
        self.text("{ ");
        self.indent += 4;
        self.newline();
        self.command(&definition.body);
        self.indent -= 4;
        self.newline();
        self.text("}");
    }

    fn test(&mut self, expression: &TestExpr) {
        match expression {
            TestExpr::And(left, right) => self.joined(left, " && ", right),
            TestExpr::Or(left, right) => self.joined(left, " || ", right),
            TestExpr::Not(inner) => {
                self.text("! ");
                self.test(inner);
            }
            TestExpr::Group(inner) => {
                self.text("( ");
                self.test(inner);
                self.text(" )");
            }
            TestExpr::Unary(operator, word) => {
                self.text(operator);
                self.text(" ");
                self.word(word, Around::Nothing);
            }
            TestExpr::Binary(operator, left, right) => {
                self.word(left, Around::Nothing);
                self.text(" ");
                self.text(operator);
                self.text(" ");
                self.word(right, Around::Nothing);
            }
        }
    }

    fn joined(&mut self, left: &TestExpr, operator: &str, right: &TestExpr) {
        self.test(left);
        self.text(operator);
        self.test(right);
    }

    // Simple commands.

    /// Prints a simple command, and says whether its redirections had to come first: behind one `if` is a word.
    fn simple(&mut self, simple: &Simple, redirects: &[Redirect]) -> bool {
        let start = self.out.len();
        for assignment in &simple.assignments {
            self.space_since(start);
            self.assignment(assignment);
        }
        let reserved = match simple.words.first() {
            Some(Argument::Word(Word { parts, .. })) => {
                matches!(parts.as_slice(), [Part::Literal(text)] if is_reserved_word(text))
            }
            _ => false,
        };
        let redirects_first = reserved && simple.assignments.is_empty() && !redirects.is_empty();
        if redirects_first {
            self.redirects(redirects);
        }
        for argument in &simple.words {
            self.space_since(start);
            match argument {
                Argument::Word(word) => self.word(word, Around::Nothing),
                Argument::Assignment(assignment) => self.assignment(assignment),
            }
        }
        redirects_first
    }

    fn space_since(&mut self, start: usize) {
        if self.out.len() > start {
            self.text(" ");
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        self.text(&assignment.name);
        self.subscript(assignment.subscript.as_ref());
        self.text(if assignment.append { "+=" } else { "=" });
        match &assignment.value {
            AssignedValue::Scalar(word) => self.word(word, Around::Nothing),
            AssignedValue::Array(elements) => {
                self.text("(");
                for (index, element) in elements.iter().enumerate() {
                    self.text(if index == 0 { "" } else { " " });
                    self.element(element);
                }
                self.text(")");
            }
        }
    }

    fn element(&mut self, element: &ArrayElement) {
        if element.subscript.is_some() {
            self.subscript(element.subscript.as_ref());
            self.text(if element.append { "+=" } else { "=" });
        }
        self.word(&element.value, Around::Nothing);
    }

    fn subscript(&mut self, subscript: Option<&Word>) {
        if let Some(word) = subscript {
            self.text("[");
            self.word(word, Around::Nothing);
            self.text("]");
        }
    }

    fn redirects(&mut self, redirects: &[Redirect]) {
        self.behind_body &= redirects.is_empty();
        for redirect in redirects {
            if !self.is_apart() {
                self.text(" ");
            }
            self.redirect(redirect);
        }
    }

    /// Whether what follows begins a new word: behind a blank, but not behind one that a backslash makes part of a word.
    fn is_apart(&self) -> bool {
        match self.out.split_last() {
            None | Some((b'\n', _)) => true,
            Some((b' ', before)) => {
                before.iter().rev().take_while(|byte| **byte == b'\\').count().is_multiple_of(2)
            }
            Some(_) => false,
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
        match &redirect.fd {
            RedirectFd::Default => self.text(default_number(&redirect.operation)),
            RedirectFd::Number(number) if *number == meant_number(&redirect.operation) => {
                self.changed = true;
                self.text(default_number(&redirect.operation));
            }
            RedirectFd::Number(number) => self.text(number.to_string()),
            RedirectFd::Variable(name) => {
                self.text("{");
                self.text(name);
                self.text("}");
            }
        }
        let (operator, word) = match &redirect.operation {
            RedirectOperation::Read(word) => ("< ", word),
            RedirectOperation::Write(word) => ("> ", word),
            RedirectOperation::Clobber(word) => (">| ", word),
            RedirectOperation::Append(word) => (">> ", word),
            RedirectOperation::ReadWrite(word) => ("<> ", word),
            RedirectOperation::WriteBoth(word) => ("&> ", word),
            RedirectOperation::AppendBoth(word) => ("&>> ", word),
            RedirectOperation::DuplicateInput(word) if is_close(word) => {
                self.changed = true;
                (">&", word)
            }
            RedirectOperation::DuplicateInput(word) => ("<&", word),
            RedirectOperation::DuplicateOutput(word) => (">&", word),
            RedirectOperation::HereString(word) => ("<<< ", word),
            RedirectOperation::HereDocument(document) => {
                self.text(if document.strip_tabs { "<<-" } else { "<<" });
                if document.quoted {
                    self.text(single_quoted(&document.delimiter));
                } else {
                    // `<<-` would be another operator.
                    self.text(if document.delimiter.starts_with(b"-") { " " } else { "" });
                    self.text(&document.delimiter);
                }
                self.pending.push(document.as_ref().clone());
                return;
            }
        };
        self.text(operator);
        self.word(word, Around::Nothing);
    }
}

/// The command of a stage before `|&`: with `2>&1` behind its own redirections.
fn with_stderr_too(command: &Command) -> Command {
    let mut command = command.clone();
    let operation = RedirectOperation::DuplicateOutput(Word::of(Part::literal("1"), command.span));
    command.redirects.push(Redirect { fd: RedirectFd::Number(2), operation, span: command.span });
    command
}

/// Is it `-`, which closes a descriptor of either kind?
fn is_close(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal(text)] if text.as_slice() == b"-")
}

/// The descriptor that an operator without a number is about.
fn meant_number(operation: &RedirectOperation) -> u32 {
    match operation {
        RedirectOperation::Read(_)
        | RedirectOperation::ReadWrite(_)
        | RedirectOperation::DuplicateInput(_)
        | RedirectOperation::HereString(_)
        | RedirectOperation::HereDocument(_) => 0,
        RedirectOperation::Write(_)
        | RedirectOperation::Clobber(_)
        | RedirectOperation::Append(_)
        | RedirectOperation::WriteBoth(_)
        | RedirectOperation::AppendBoth(_)
        | RedirectOperation::DuplicateOutput(_) => 1,
    }
}

/// The number that bash prints before an operator that was written without one.
fn default_number(operation: &RedirectOperation) -> &'static str {
    let (word, number) = match operation {
        RedirectOperation::DuplicateInput(word) => (word, "0"),
        RedirectOperation::DuplicateOutput(word) => (word, "1"),
        RedirectOperation::ReadWrite(_) => return "0",
        _ => return "",
    };
    match word.parts.as_slice() {
        // Behind a word that is no number, as in `>&file`, it would be another redirection.
        [Part::Literal(text)] if text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') => number,
        _ => "",
    }
}

/// Does the item end in a lone `!` or `time`, which only `;` or a newline may follow?
fn is_bare(item: &ListItem) -> bool {
    let last = item.and_or.rest.last().map_or(&item.and_or.first, |(_, pipeline)| pipeline);
    last.stages.is_empty()
}
