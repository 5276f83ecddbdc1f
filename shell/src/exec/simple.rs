//! Simple commands: expansion of their words, and what the first word names: a function, a builtin or a program.

use bstr::{BStr, BString, ByteSlice};
use wasmsand_wasi::{Errno, SignalSet, Spawn, SpawnGroup, Spawned};

use super::redirect::Saved;
use super::source_text::JobText;
use super::{Found, Outcome, Shell, Unwind};
use crate::builtins::{self, Builtin};
use crate::expand::{ArrayLiteral, AssignError, set_value};
use crate::state::{ScopeKind, SetOption, Value, Variable, is_name};
use crate::syntax::ast::{Argument, AssignedValue, Assignment, Command, Part, Simple, Word};

/// `set -k`: assignments among the arguments are as those before the command.
fn gather_assignments(simple: &Simple) -> Simple {
    let mut gathered = Simple { assignments: simple.assignments.clone(), words: Vec::new() };
    for (at, argument) in simple.words.iter().enumerate() {
        let assignment = match argument {
            Argument::Word(word) if at > 0 => assignment_in(word),
            Argument::Word(_) | Argument::Assignment(_) => None,
        };
        match assignment {
            Some(assignment) => gathered.assignments.push(assignment),
            None => gathered.words.push(argument.clone()),
        }
    }
    gathered
}

/// The assignment that a word is if it begins with a name and `=`.
fn assignment_in(word: &Word) -> Option<Assignment> {
    let (Part::Literal(text), parts) = word.parts.split_first()? else { return None };
    let (name, value) = text.split_once_str("=")?;
    if !is_name(name) {
        return None;
    }
    let mut value_parts = smallvec::smallvec![Part::literal(value)];
    value_parts.extend(parts.iter().cloned());
    let value = AssignedValue::Scalar(Word { parts: value_parts, span: word.span, written: None });
    Some(Assignment { name: name.into(), subscript: None, append: false, value, span: word.span })
}

/// A simple command after expansion.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// The command word and its arguments.
    pub(crate) argv: Vec<BString>,
    /// Array literals behind a declaration builtin, by the index of their argument.
    pub(crate) arrays: Vec<(usize, ArrayLiteral)>,
}

impl Shell {
    /// Runs a simple command.
    pub(crate) async fn run_simple(&mut self, command: &Command, simple: &Simple) -> Outcome {
        let tail = std::mem::take(&mut self.tail);
        self.state.line = self.state.line_of(command.line);
        self.step().await?;
        if self.state.traps.are_used() {
            Box::pin(self.before_command(command)).await?;
        }
        let gathered;
        let simple = if self.state.options.on(SetOption::Keyword) {
            gathered = gather_assignments(simple);
            &gathered
        } else {
            simple
        };
        let kept = self.state.substitution_fds.len();
        self.substituted = None;
        let held = self.state.memory.held();
        let call = self.expand_call(simple).await;
        self.state.expands_stage = false;
        let outcome = match call {
            Ok(call) if call.argv.is_empty() => Box::pin(self.run_assignments(command, simple)).await,
            Ok(call) => self.run_call(command, simple, call, tail).await,
            Err(unwind) => Err(unwind),
        };
        self.state.memory.release_to(held);
        if self.state.substitution_fds.len() > kept {
            self.close_substitutions(kept).await;
        }
        outcome
    }

    /// Closes the descriptors of process substitutions made since there were `kept`.
    pub(crate) async fn close_substitutions(&mut self, kept: usize) {
        while self.state.substitution_fds.len() > kept {
            let Some(fd) = self.state.substitution_fds.pop() else { return };
            let _ = self.sys.close(fd).await;
        }
    }

    async fn expand_call(&mut self, simple: &Simple) -> Result<Call, Unwind> {
        let mut call = Call { argv: Vec::with_capacity(simple.words.len()), arrays: Vec::new() };
        for argument in &simple.words {
            match argument {
                Argument::Word(word) => self.expand_fields(word, &mut call.argv).await?,
                Argument::Assignment(assignment) => {
                    Box::pin(self.expand_assignment(assignment, &mut call)).await?
                }
            }
            self.check_memory().await?;
        }
        Ok(call)
    }

    /// What looks like an assignment. Behind `command export` it is one in POSIX mode only, else a word.
    async fn expand_assignment(&mut self, assignment: &Assignment, call: &mut Call) -> Result<(), Unwind> {
        let indirect = call.argv.first().is_some_and(|name| name == "command");
        if indirect && !self.state.options.on(SetOption::Posix) {
            let word = super::source_text::assignment_word(assignment);
            return self.expand_fields(&word, &mut call.argv).await;
        }
        self.expand_declared(assignment, call).await
    }

    /// An assignment behind a declaration builtin: one argument, whatever is in it but braces, which make several.
    async fn expand_declared(&mut self, assignment: &Assignment, call: &mut Call) -> Result<(), Unwind> {
        let mut text = assignment.name.clone();
        if let Some(subscript) = &assignment.subscript {
            text.push(b'[');
            text.extend_from_slice(&self.expand_text(subscript).await?);
            text.push(b']');
        }
        text.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
        match &assignment.value {
            AssignedValue::Scalar(word) => {
                for word in self.brace_words(word).await? {
                    let mut argument = text.clone();
                    argument.extend_from_slice(&self.expand_text(&word).await?);
                    call.argv.push(argument);
                }
                return Ok(());
            }
            AssignedValue::Array(elements) => {
                let literal = self.expand_array(&assignment.name, elements).await?;
                text.extend_from_slice(&super::trace::array_source(&literal));
                call.arrays.push((call.argv.len(), literal));
            }
        }
        call.argv.push(text);
        Ok(())
    }

    /// A command without words: its redirections happen and are undone, its assignments stay.
    async fn run_assignments(&mut self, command: &Command, simple: &Simple) -> Outcome {
        for assignment in &simple.assignments {
            if let Err(error) = self.assign(assignment).await? {
                return Err(self.fail_assignment(error).await);
            }
            self.check_memory().await?;
        }
        if self.state.history.file_is_long {
            Box::pin(self.limit_history_file()).await;
        }
        let substituted = self.substituted.take();
        if !command.redirects.is_empty() {
            let Some(saved) = self.redirect(&command.redirects).await? else { return Ok(1) };
            self.undo(saved).await;
        }
        self.state.set_last_argument(b"");
        Ok(substituted.unwrap_or(0))
    }

    /// A refused assignment abandons the line; a script in POSIX mode altogether.
    pub(crate) async fn fail_assignment(&mut self, error: AssignError) -> Unwind {
        if let AssignError::TooLong(bytes) = error {
            return self.fail_memory(bytes).await;
        }
        self.complain(&error.to_string()).await;
        if error.abandons() {
            return Unwind::Abandon(1);
        }
        self.refused()
    }

    /// Where an assignment leads whose value or subscript is no expression: out of everything that runs.
    pub(crate) fn abandoned(&self, error: &AssignError) -> Option<Unwind> {
        error.abandons().then_some(Unwind::Abandon(1))
    }

    async fn run_call(&mut self, command: &Command, simple: &Simple, call: Call, tail: bool) -> Outcome {
        let Some(name) = call.argv.first() else { return Ok(0) };
        if !self.state.functions.is_empty()
            && self.state.functions.contains_key(name)
            && !(self.state.options.on(SetOption::Posix) && builtins::find(name).is_some_and(|b| b.special))
        {
            return Box::pin(self.run_function_call(command, simple, call)).await;
        }
        match builtins::find(name).filter(|_| !self.state.disabled.contains(name)) {
            Some(builtin) => self.run_builtin_call(command, simple, call, builtin).await,
            None => Box::pin(self.run_program_call(command, simple, call, tail)).await,
        }
    }

    async fn run_builtin_call(
        &mut self,
        command: &Command,
        simple: &Simple,
        call: Call,
        builtin: &'static Builtin,
    ) -> Outcome {
        if simple.assignments.is_empty() && command.redirects.is_empty() {
            self.trace_words(&call).await;
            return self.run_builtin(builtin, call).await;
        }
        Box::pin(self.run_builtin_dressed(command, simple, call, builtin)).await
    }

    /// A builtin with redirections or assignments around it.
    async fn run_builtin_dressed(
        &mut self,
        command: &Command,
        simple: &Simple,
        call: Call,
        builtin: &'static Builtin,
    ) -> Outcome {
        let keeps_assignments = builtin.special && self.state.options.on(SetOption::Posix);
        let kind = if builtin.special { ScopeKind::Special } else { ScopeKind::Command };
        let Some(saved) = self.dress(command, simple, &call, kind, keeps_assignments).await? else {
            return self.failed_redirect(builtin);
        };
        let keeps_redirections = builtin.name == "exec" && call.argv.len() == 1
            || builtin.name == "exec"
                && call.argv.get(1).is_some_and(|word| word == "--")
                && call.argv.len() == 2;
        let outcome = self.run_builtin(builtin, call).await;
        self.leave_assignments(simple, keeps_assignments);
        if keeps_redirections {
            self.keep(saved).await;
        } else {
            self.undo(saved).await;
        }
        outcome
    }

    fn failed_redirect(&self, builtin: &Builtin) -> Outcome {
        let fatal = builtin.special && self.state.options.on(SetOption::Posix) && !self.state.interactive;
        if fatal { Err(Unwind::Exit(1)) } else { Ok(1) }
    }

    async fn run_builtin(&mut self, builtin: &'static Builtin, mut call: Call) -> Outcome {
        let mut last = call.argv.last().cloned();
        if let (Some(last), Some((at, _))) = (&mut last, call.arrays.last())
            && at + 1 == call.argv.len()
        {
            // `$_` of `declare a=(1 2)` is the name alone.
            let end = last.find_byteset(b"=+").unwrap_or(last.len());
            last.truncate(end);
        }
        let status = builtins::run(self, builtin, &mut call).await?;
        let status = if builtin.special { self.special_outcome(builtin, status)? } else { status };
        self.state.last_status = status;
        if let Some(last) = last {
            self.state.set_last_argument(&last);
        }
        Ok(status)
    }

    async fn run_function_call(&mut self, command: &Command, simple: &Simple, call: Call) -> Outcome {
        let Some(saved) = self.dress(command, simple, &call, ScopeKind::Call, false).await? else {
            return Ok(1);
        };
        let last = call.argv.last().cloned().unwrap_or_default();
        let outcome = self.call_function(call.argv).await;
        self.leave_assignments(simple, false);
        self.undo(saved).await;
        self.state.set_last_argument(&last);
        outcome
    }

    async fn trace_words(&mut self, call: &Call) {
        if self.state.options.on(SetOption::Xtrace) {
            Box::pin(self.trace_call(call)).await;
        }
    }

    /// Makes the assignments before a command and then its redirections, which do not see them. Absent: a
    /// redirection failed, and nothing of either is left.
    async fn dress(
        &mut self,
        command: &Command,
        simple: &Simple,
        call: &Call,
        kind: ScopeKind,
        stay: bool,
    ) -> Result<Option<Saved>, Unwind> {
        self.enter_assignments(simple, kind).await?;
        self.trace_words(call).await;
        if command.redirects.is_empty() {
            return Ok(Some(Saved::default()));
        }
        let scoped = !stay && !simple.assignments.is_empty();
        let assigned = scoped.then(|| self.state.variables.take_scope());
        let saved = self.redirect(&command.redirects).await?;
        if let (Some(assigned), true) = (assigned, saved.is_some()) {
            self.state.variables.put_scope(kind, assigned);
        }
        Ok(saved)
    }

    /// Makes the assignments before a command, in a scope of their own.
    async fn enter_assignments(&mut self, simple: &Simple, kind: ScopeKind) -> Result<(), Unwind> {
        if simple.assignments.is_empty() {
            return Ok(());
        }
        self.state.variables.push_scope(kind);
        for assignment in &simple.assignments {
            match Box::pin(self.assign_temporarily(assignment)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    self.complain(&error.to_string()).await;
                    if self.ends_on_errors() {
                        self.leave_assignments(simple, false);
                        return Err(if kind == ScopeKind::Special {
                            self.refused()
                        } else {
                            Unwind::Discard(1)
                        });
                    }
                }
                Err(unwind) => {
                    self.leave_assignments(simple, false);
                    return Err(unwind);
                }
            }
        }
        Ok(())
    }

    /// Leaves the scope of the assignments before a command. Those that stay become the shell's own.
    fn leave_assignments(&mut self, simple: &Simple, stay: bool) {
        if simple.assignments.is_empty() {
            return;
        }
        if stay {
            self.state.variables.merge_scope();
        } else {
            self.state.variables.pop_scope();
        }
        if simple.assignments.iter().any(|assignment| assignment.name == "PATH") {
            self.state.hash.clear();
        }
    }

    /// `name=value command`: an exported variable of the innermost scope.
    async fn assign_temporarily(
        &mut self,
        assignment: &Assignment,
    ) -> Result<Result<(), AssignError>, Unwind> {
        if assignment.subscript.is_some() {
            let name = super::source_text::assigned_name(assignment);
            return Ok(Err(AssignError::NotIdentifier(name)));
        }
        let text = match &assignment.value {
            AssignedValue::Scalar(word) => self.expand_text(word).await?,
            // An array cannot go into an environment: its source text does.
            AssignedValue::Array(_) => super::source_text::array_text(assignment),
        };
        if let Err(error) = self.state.check_writable(&assignment.name) {
            return Ok(Err(error));
        }
        if self.state.options.on(SetOption::Xtrace) {
            self.trace_assignment(assignment, &text).await;
        }
        if let Some(subscript) = &assignment.subscript {
            // No element goes into an environment.
            let subscript = super::source_text::word_source(subscript);
            let name = crate::expand::element_name(&assignment.name, &subscript);
            return Ok(Err(AssignError::NotIdentifier(name)));
        }
        let old = self.state.variables.text(&assignment.name).map(ToOwned::to_owned);
        let whole = match old.filter(|_| assignment.append) {
            Some(mut old) => {
                old.extend_from_slice(&text);
                old
            }
            None => text,
        };
        let scope = self.state.variables.scope();
        let variable = self.state.variables.declare(&assignment.name, scope);
        *variable = Variable { value: Value::Scalar(whole), ..Variable::default() };
        variable.attributes.export = true;
        Ok(self.state.note_assignment(&assignment.name))
    }

    async fn run_program_call(
        &mut self,
        command: &Command,
        simple: &Simple,
        call: Call,
        tail: bool,
    ) -> Outcome {
        let Some(saved) = self.dress(command, simple, &call, ScopeKind::Command, false).await? else {
            return Ok(1);
        };
        let outcome = self.run_program(command, call.argv, tail).await;
        self.leave_assignments(simple, false);
        self.undo(saved).await;
        outcome
    }

    async fn run_program(&mut self, command: &Command, argv: Vec<BString>, tail: bool) -> Outcome {
        let name = argv.first().cloned().unwrap_or_default();
        let last = argv.last().cloned().unwrap_or_default();
        let path = match self.find_program(&name).await {
            Found::Path(path) => path,
            Found::Missing if self.state.functions.contains_key(BStr::new("command_not_found_handle")) => {
                let mut words = vec![BString::from("command_not_found_handle")];
                words.extend(argv);
                return self.call_function(words).await;
            }
            Found::Missing => {
                let shown = if name.iter().any(u8::is_ascii_control) { set_value(&name) } else { name };
                self.complain_of(&shown, "command not found").await;
                return Ok(127);
            }
        };
        let env = self.state.environment_for(&path);
        self.state.set_last_argument(&last);
        // What reads from `>( )` is waited for.
        if tail && self.readers.is_empty() {
            let failure = self.sys.exec(path.clone(), argv, env).await;
            return Ok(self.tell_exec_failure(&name, &path, failure.err().unwrap_or(Errno::NoExec)).await);
        }
        let group = self.child_group();
        let program = Spawned::Executable { path: path.clone(), argv, env };
        let foreground = group == SpawnGroup::New;
        let spawn = Spawn { program, moved: Vec::new(), group, foreground, ignored: SignalSet::EMPTY };
        match self.sys.spawn(spawn).await {
            Ok(pid) => {
                let job_group = foreground.then_some(pid);
                let statuses = self.wait_foreground(&[pid], job_group, JobText::Command(command)).await;
                self.leave_stopped(statuses.last().copied().unwrap_or(0))
            }
            Err(errno @ (Errno::Again | Errno::NFile)) => Err(self.fail_spawn(errno).await),
            Err(errno) => Ok(self.tell_exec_failure(&name, &path, errno).await),
        }
    }

    /// Says why a program could not be started; the status of that.
    pub(crate) async fn tell_exec_failure(&mut self, name: &BString, path: &BString, errno: Errno) -> u8 {
        if errno == Errno::NoEnt && !name.contains(&b'/') {
            self.state.hash.forget(name);
        }
        let directory = matches!(errno, Errno::Acces | Errno::IsDir)
            && self
                .sys
                .stat(path.clone(), true)
                .await
                .is_ok_and(|stat| stat.kind == wasmsand_wasi::Kind::Directory);
        match errno {
            // The file is there: what is not is the interpreter that its first line names.
            Errno::NoEnt if self.sys.stat(path.clone(), true).await.is_ok() => {
                self.complain_of(name, "cannot execute: required file not found").await;
                127
            }
            Errno::NoEnt => {
                self.complain_of(name, "No such file or directory").await;
                127
            }
            _ if directory => {
                self.complain_of(name, "Is a directory").await;
                126
            }
            Errno::NoExec => {
                self.complain_of(name, "cannot execute binary file: Exec format error").await;
                126
            }
            other => {
                self.complain_of(name, other.message()).await;
                126
            }
        }
    }
}

impl crate::state::State {
    /// What a program is given: exported variables, and exported functions as bash passes them on.
    pub(crate) fn environment(&self) -> Vec<BString> {
        let mut rows = self.variables.environment();
        rows.push(bstr::concat([b"_=", self.last_argument.as_slice()]).into());
        for (name, function) in self.functions.iter().filter(|(_, function)| function.export) {
            let source = super::source_text::function_source(&function.definition);
            let body = source.find(b"()").and_then(|at| source.get(at..)).unwrap_or_default();
            let body = bstr::concat([b"() ", body.get(2..).unwrap_or_default().trim_ascii()]);
            rows.push(bstr::concat([b"BASH_FUNC_", name.as_slice(), b"%%=", &body]).into());
        }
        rows
    }

    /// The same for a program, whose `_` is its path.
    pub(crate) fn environment_for(&self, path: &[u8]) -> Vec<BString> {
        let mut rows = self.environment();
        rows.retain(|row| !row.starts_with(b"_="));
        rows.push(bstr::concat([b"_=", path]).into());
        rows
    }

    /// Sets `$_`.
    pub(crate) fn set_last_argument(&mut self, text: &[u8]) {
        self.last_argument.clear();
        self.last_argument.extend_from_slice(text);
    }
}
