//! The prompt: statements are read, run and shown one after another. It owns
//! when a statement is whole, and what an exception does; [`editor`](crate::editor)
//! owns how a line is typed at a terminal.

use std::io::{IsTerminal, Write};

use rustpython::vm::builtins::{PyBaseExceptionRef, PyCode};
use rustpython::vm::bytecode::CodeFlags;
use rustpython::vm::compiler::Mode;
use rustpython::vm::scope::Scope;
use rustpython::vm::{AsObject, PyObjectRef, PyRef, PyResult, TryFromObject, VirtualMachine};

use crate::complete;
use crate::editor::{Editor, Typed};

/// What tracebacks call a statement that was typed.
const FILE: &str = "<stdin>";

/// A reader of statements.
struct Prompt<'a> {
    vm: &'a VirtualMachine,
    scope: Scope,
    /// The terminal, where input and output are one that lines can be edited at.
    editor: Option<Editor>,
    /// The lines of a statement that is not whole yet.
    source: String,
    /// `from __future__ import ...` holds for what comes after it.
    future: CodeFlags,
    /// What was run, with its text. It is handed to `linecache` when the first
    /// traceback quotes it, for that module takes long to import.
    unregistered: Vec<(PyRef<PyCode>, String)>,
}

/// What became of a line.
enum Step {
    Ran,
    Incomplete,
}

/// Prints what an interactive interpreter says of itself.
pub fn greet() {
    eprintln!(
        "Python {} on wasi\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
        rustpython::vm::version::RUSTPYTHON_VERSION
    );
}

/// Reads and runs statements until the input ends or the program exits.
pub fn run(vm: &VirtualMachine, scope: Scope) -> PyResult<()> {
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if vm.sys_module.get_attr(name, vm).is_err() {
            vm.sys_module.set_attr(name, vm.ctx.new_str(prompt), vm)?;
        }
    }
    let has_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let is_plain = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let editor = if has_terminal && !is_plain { Editor::open().ok() } else { None };
    let mut prompt = Prompt {
        vm,
        scope,
        editor,
        source: String::new(),
        future: CodeFlags::empty(),
        unregistered: Vec::new(),
    };
    let result = prompt.read_all();
    if let Some(editor) = &prompt.editor {
        editor.save();
    }
    result
}

/// Shows an exception as the prompt does, which goes on after it.
pub fn show(vm: &VirtualMachine, exception: &PyBaseExceptionRef) {
    let (class, value, traceback) = vm.split_exception(exception.clone());
    for (name, object) in [
        ("last_exc", value.clone()),
        ("last_type", class),
        ("last_value", value),
        ("last_traceback", traceback),
    ] {
        let _ = vm.sys_module.set_attr(name, object, vm);
    }
    vm.print_exception(exception);
}

impl Prompt<'_> {
    fn read_all(&mut self) -> PyResult<()> {
        loop {
            let prompt = self.prompt()?;
            let is_last = match self.read_line(&prompt) {
                Ok(Typed::Line(line)) => {
                    self.source.push_str(&line);
                    self.source.push('\n');
                    false
                }
                Ok(Typed::Interrupt) => {
                    self.source.clear();
                    self.flush();
                    eprintln!("KeyboardInterrupt");
                    continue;
                }
                Ok(Typed::End) => true,
                Err(error) => return Err(self.vm.new_os_error(error.to_string())),
            };
            if is_last && self.source.is_empty() {
                return Ok(());
            }
            let step = self.step(is_last);
            if !matches!(step, Ok(Step::Incomplete)) {
                self.source.clear();
            }
            if let Err(exception) = step {
                if exception.fast_isinstance(self.vm.ctx.exceptions.system_exit) {
                    return Err(exception);
                }
                self.register();
                show(self.vm, &exception);
            }
            self.flush();
            if is_last {
                return Ok(());
            }
        }
    }

    /// Runs the statement, if it is whole.
    fn step(&mut self, is_last: bool) -> PyResult<Step> {
        let is_blank = |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
        if self.source.lines().all(is_blank) {
            return Ok(Step::Ran);
        }
        if !is_last && is_open(&self.source) {
            return Ok(Step::Incomplete);
        }
        let last = self.source.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
        // An empty line ends a block.
        let ends = is_last || self.source.ends_with("\n\n") || last.trim().is_empty();
        let mut options = self.vm.compile_opts();
        options.future_features = self.future;
        let vm = self.vm;
        let code = match vm.compile_with_opts(&self.source, Mode::Single, FILE, options) {
            Ok(code) => code,
            Err(error) => {
                let exception = error.into_pyexception_maybe_incomplete(vm, Some(&self.source), !ends);
                if !ends && self.is_unfinished(&exception) {
                    return Ok(Step::Incomplete);
                }
                return Err(self.as_typed(exception));
            }
        };
        if !ends && is_compound(&self.source) {
            return Ok(Step::Incomplete);
        }
        self.future |= code.code.flags & CodeFlags::FUTURE_MASK;
        self.unregistered.push((code.clone(), self.source.clone()));
        vm.run_code_obj(code, self.scope.clone()).map(|_| Step::Ran)
    }

    /// Whether an exception says no more than that lines are missing, in one way
    /// or by finding something wrong behind the last one.
    fn is_unfinished(&self, exception: &PyBaseExceptionRef) -> bool {
        exception.fast_isinstance(self.vm.ctx.exceptions.incomplete_input_error)
            || is_compound(&self.source)
                && self
                    .attribute::<usize>(exception, "lineno")
                    .is_some_and(|line| line > self.source.lines().count())
    }

    /// A line that is not of the block above it is wrong at the prompt, which
    /// takes one statement; the compiler finds two of them.
    fn as_typed(&self, exception: PyBaseExceptionRef) -> PyBaseExceptionRef {
        let vm = self.vm;
        let message = self.attribute::<String>(&exception, "msg").unwrap_or_default();
        if !is_compound(&self.source) || !message.starts_with("multiple statements found") {
            return exception;
        }
        let (line, text) = self.source.lines().enumerate().last().unwrap_or_default();
        let error = vm.new_exception_msg(vm.ctx.exceptions.syntax_error.to_owned(), "invalid syntax".into());
        let number = |number: usize| vm.ctx.new_int(number).into();
        let word = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
        let attributes: [(&str, PyObjectRef); 7] = [
            ("msg", vm.ctx.new_str("invalid syntax").into()),
            ("filename", vm.ctx.new_str(FILE).into()),
            ("lineno", number(line + 1)),
            ("end_lineno", number(line + 1)),
            ("offset", number(1)),
            ("end_offset", number(word.max(1) + 1)),
            ("text", vm.ctx.new_str(text).into()),
        ];
        for (name, value) in attributes {
            let _ = error.as_object().set_attr(&vm.ctx.new_str(name), value, vm);
        }
        error
    }

    fn attribute<T: TryFromObject>(&self, exception: &PyBaseExceptionRef, name: &'static str) -> Option<T> {
        let value = exception.as_object().get_attr(name, self.vm).ok()?;
        T::try_from_object(self.vm, value).ok()
    }

    /// Hands the texts of statements to the module that tracebacks ask for them.
    fn register(&mut self) {
        for (code, source) in self.unregistered.drain(..) {
            let _ = self.vm.register_code_in_linecache(&code, &source);
        }
    }

    /// The prompt's text, which a program may have changed.
    fn prompt(&self) -> PyResult<String> {
        let name = if self.source.is_empty() { "ps1" } else { "ps2" };
        let Ok(prompt) = self.vm.sys_module.get_attr(name, self.vm) else { return Ok(String::new()) };
        // What has no text prompts with nothing.
        Ok(prompt.str(self.vm).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default())
    }

    fn read_line(&mut self, prompt: &str) -> std::io::Result<Typed> {
        self.flush();
        let (vm, globals) = (self.vm, &self.scope.globals);
        if let Some(editor) = &mut self.editor {
            return editor.read(prompt, |text| complete::names(vm, globals, text));
        }
        eprint!("{prompt}");
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line)? == 0 {
            eprintln!();
            return Ok(Typed::End);
        }
        if line.ends_with('\n') {
            line.pop();
        }
        Ok(Typed::Line(line))
    }

    /// Writes out what the program printed.
    fn flush(&self) {
        for name in ["stdout", "stderr"] {
            if let Ok(stream) = self.vm.sys_module.get_attr(name, self.vm)
                && !self.vm.is_none(&stream)
            {
                let _ = self.vm.call_method(&stream, "flush", ());
            }
        }
        let _ = std::io::stderr().flush();
    }
}

/// Whether a statement may have a block, which only an empty line ends.
fn is_compound(source: &str) -> bool {
    const WORDS: [&str; 8] = ["if", "for", "while", "def", "class", "with", "try", "async"];
    let Some(first) = source.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')) else {
        return false;
    };
    let word = first.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
    WORDS.contains(&word) || first.starts_with('@') || (word == "match" && first.trim_end().ends_with(':'))
}

/// Whether lines must follow: within a bracket or a text of three quotes, or after a backslash.
fn is_open(source: &str) -> bool {
    let mut brackets = Vec::new();
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        match next {
            '#' => rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default(),
            '\'' | '"' => match behind_text(next, rest) {
                Text::Closed(behind) => rest = behind,
                Text::Open => return true,
                Text::Wrong => return false,
            },
            '(' => brackets.push(')'),
            '[' => brackets.push(']'),
            '{' => brackets.push('}'),
            ')' | ']' | '}' if brackets.pop() != Some(next) => return false,
            '\\' if rest == "\n" => return true,
            _ => {}
        }
    }
    !brackets.is_empty()
}

/// What is behind a quote.
enum Text<'a> {
    Closed(&'a str),
    Open,
    Wrong,
}

/// Looks for the end of a text whose first quote was read.
fn behind_text(quote: char, rest: &str) -> Text<'_> {
    let three: String = [quote; 3].iter().collect();
    let is_long = rest.starts_with(three.get(1..).unwrap_or_default());
    let mut rest = if is_long { rest.get(2..).unwrap_or_default() } else { rest };
    loop {
        if is_long && let Some(behind) = rest.strip_prefix(three.as_str()) {
            return Text::Closed(behind);
        }
        let mut chars = rest.chars();
        match chars.next() {
            None => return if is_long { Text::Open } else { Text::Wrong },
            Some('\\') => {
                chars.next();
                if chars.as_str().is_empty() {
                    return Text::Open;
                }
            }
            Some('\n') if !is_long => return Text::Wrong,
            Some(next) if next == quote && !is_long => return Text::Closed(chars.as_str()),
            Some(_) => {}
        }
        rest = chars.as_str();
    }
}
