//! The jq program: the language and the command line of jq 1.7; and yq, tomlq and xq, which are jq over YAML, TOML and XML.
//!
//! This file owns the order of work and the exit status. [`options`] reads the command line, [`inputs`] the values,
//! [`output`] writes them. The language: [`token`] and [`parser`] make a syntax tree, [`compile`] resolves its names,
//! [`machine`] runs it, and [`builtins`] and [`definitions`] are its filters. [`yq`] is the command line of the others.

mod builtins;
mod compile;
mod decimal;
mod definitions;
mod inputs;
mod json;
mod machine;
mod map;
mod mathematics;
mod modules;
mod node;
mod options;
mod output;
mod parser;
mod paths;
mod patterns;
mod report;
mod strings;
mod syntax;
mod time;
mod token;
mod toml_reader;
mod value;
mod xml_reader;
mod xml_writer;
mod yaml_grammar;
mod yaml_reader;
mod yaml_writer;
mod yq;

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use builtins::Host;
use inputs::{Reader, Shared};
use machine::{Machine, Raise};
use modules::Modules;
use node::Node;
use options::{Options, Request};
use output::Output;
use value::Value;
use yq::Language;

/// Exit statuses, as the manual of jq has them.
mod status {
    /// The last output was false or null, and `-e` asks about that.
    pub const FALSE: i32 = 1;
    /// The command line or an input made no sense.
    pub const USAGE: i32 = 2;
    /// The program could not be compiled.
    pub const COMPILE: i32 = 3;
    /// There was no output, and `-e` asks about that.
    pub const EMPTY: i32 = 4;
    /// The program failed on an input.
    pub const ERROR: i32 = 5;
}

/// Runs jq, yq or tomlq on the words of a command line, the name of the command first; answers the exit status.
pub fn main(argv: Vec<OsString>) -> i32 {
    let mut words = argv.into_iter();
    let typed = words.next().unwrap_or_default().to_string_lossy().into_owned();
    let text = |word: OsString| word.to_string_lossy().into_owned();
    match typed.rsplit('/').next().unwrap_or_default() {
        "yq" => yq::main("yq", Language::Yaml, words.map(text)),
        "tomlq" => yq::main("tomlq", Language::Toml, words.map(text)),
        "xq" => yq::main("xq", Language::Xml, words.map(text)),
        _ => jq(words),
    }
}

/// Runs jq and answers with its status.
fn jq(words: impl Iterator<Item = OsString>) -> i32 {
    let options = match options::parse(words) {
        Ok(Request::Run(options)) => options,
        Ok(Request::Show(text)) => {
            let written = std::io::stdout().write_all(text.as_bytes());
            return if written.is_ok() { 0 } else { status::USAGE };
        }
        Ok(Request::Fail(what)) => {
            eprintln!("jq: {what}");
            return status::USAGE;
        }
        Ok(Request::Usage) => {
            eprintln!("{}For listing all options, use jq --help.", options::USAGE);
            return status::USAGE;
        }
        Err(what) => {
            eprintln!("jq: {what}");
            eprintln!("Use jq --help for help with command-line options,");
            eprintln!("or see the jq manpage, or online docs  at https://jqlang.github.io/jq");
            return status::USAGE;
        }
    };
    start(&options, None, None)
}

/// Compiles the program and runs it, on a text in place of files, into a file in place of standard output.
fn start(options: &Options, text: Option<Box<dyn Read>>, target: Option<PathBuf>) -> i32 {
    let mut modules = Modules::new(options.directories.clone());
    match compile(options, &mut modules) {
        Ok(program) => {
            let output = Rc::new(RefCell::new(Output::new(options.form.clone(), target)));
            let reader = Reader::new(options.manner, options.files.clone(), text, output.clone());
            run(options, program, modules, output, Rc::new(RefCell::new(reader)))
        }
        Err((report, code)) => {
            eprint!("{report}");
            code
        }
    }
}

/// Compiles the program; the error is the text to show, and the status.
fn compile(options: &Options, modules: &mut Modules) -> Result<&'static Node, (String, i32)> {
    let text = &options.program;
    let failed = |errors: &[(String, usize)]| {
        let mut report = String::new();
        for (message, at) in errors {
            report.push_str(&format!("jq: error: {}\n", report::located(message, text, *at, "<top-level>")));
        }
        let plural = if errors.len() == 1 { "" } else { "s" };
        report.push_str(&format!("jq: {} compile error{plural}\n", errors.len()));
        (report, status::COMPILE)
    };
    let mut source = parser::parse(text).map_err(|error| {
        let mut errors = vec![(error.message, error.at)];
        if let Some((word, at)) = error.unterminated {
            errors.push((format!("Possibly unterminated '{word}' statement"), at));
        }
        failed(&errors)
    })?;
    if source.body.is_none() {
        return Err((
            "jq: error: Top-level program not given (try \".\")\njq: 1 compile error\n".to_owned(),
            status::COMPILE,
        ));
    }
    include_home(&mut source);
    let unusable =
        |message: String| (format!("jq: error: {message}\njq: 1 compile error\n"), status::COMPILE);
    let mut shared = modules.clone();
    let mut compiler = compile::Compiler::new(&mut shared, options.variables());
    // Taking a long row apart again would be of no use to anybody.
    let source = Box::leak(Box::new(source));
    let program = compiler.program(source, Path::new("")).map_err(unusable)?;
    if compiler.errors.is_empty() {
        return Ok(program);
    }
    let errors: Vec<(String, usize)> =
        compiler.errors.iter().map(|error| (error.message.clone(), error.at)).collect();
    Err(failed(&errors))
}

/// The definitions of `~/.jq`, where that is a file, come before the program's own.
fn include_home(source: &mut syntax::Source) {
    let Some(home) = std::env::var_os("HOME") else { return };
    let path = Path::new(&home).join(".jq");
    if !path.is_file() {
        return;
    }
    let Ok(text) = std::fs::read_to_string(path) else { return };
    if let Ok(own) = parser::parse(&text) {
        source.definitions.splice(0..0, own.definitions);
    }
}

/// What has come of a run so far.
struct Run {
    output: Rc<RefCell<Output>>,
    reader: Rc<RefCell<Reader>>,
    /// The status of the last input.
    status: i32,
    /// Whether the last output of an input without errors was neither false nor null.
    last: Option<bool>,
}

/// Runs the program on every input and answers with the exit status.
fn run(
    options: &Options,
    program: &'static Node,
    modules: Modules,
    output: Rc<RefCell<Output>>,
    reader: Rc<RefCell<Reader>>,
) -> i32 {
    let has_failed = reader.borrow().has_failed.clone();
    let mut host = Host { inputs: Box::new(Shared(reader.clone())), modules };
    let mut run = Run { output: output.clone(), reader, status: 0, last: None };
    let halted = if options.null_input {
        run.on(program, Value::Null, &mut host)
    } else {
        loop {
            match host.inputs.next() {
                None => break None,
                Some(Ok(input)) => {
                    if let Some(status) = run.on(program, input, &mut host) {
                        break Some(status);
                    }
                }
                Some(Err(message)) => {
                    let _ = output.borrow_mut().flush();
                    eprintln!("jq: parse error: {message}");
                    run.status = status::ERROR;
                    break None;
                }
            }
        }
    };
    output.borrow_mut().end();
    let failure = output.borrow_mut().flush().map_err(report::words).err();
    if let Some(error) = failure {
        eprintln!("jq: error: writing output failed: {error}");
        return status::USAGE;
    }
    if let Some(status) = halted {
        return status;
    }
    if has_failed.get() {
        return status::USAGE;
    }
    match (run.status, run.last) {
        (0, None) if options.exit_status => status::EMPTY,
        (0, Some(false)) if options.exit_status => status::FALSE,
        (status, _) => status,
    }
}

impl Run {
    /// Runs the program on one input; answers the status if it ends the run.
    fn on(&mut self, program: &'static Node, input: Value, host: &mut Host) -> Option<i32> {
        let mut machine = Machine::new(program, input);
        let mut last = None;
        self.status = 0;
        loop {
            match machine.next(host) {
                None => {
                    self.last = last.or(self.last);
                    return None;
                }
                Some(Ok(value)) => {
                    last = Some(value.is_true());
                    let written = self.output.borrow_mut().write(&value);
                    if let Err(message) = written {
                        self.report(&Value::string(message));
                        return None;
                    }
                }
                Some(Err(Raise::Halt(status))) => return Some(status),
                Some(Err(Raise::Break(_))) => {
                    self.report(&"break".into());
                    return None;
                }
                Some(Err(Raise::Error(error))) => {
                    self.report(&error);
                    return None;
                }
            }
        }
    }

    /// Shows the value of an error that nobody caught, after the outputs before it.
    fn report(&mut self, error: &Value) {
        self.status = status::ERROR;
        let _ = self.output.borrow_mut().flush();
        let place = self.reader.borrow().place();
        match error {
            Value::String(text) => eprintln!("jq: error (at {place}): {text}"),
            other => eprintln!("jq: error (at {place}) (not a string): {}", json::compact(other)),
        }
    }
}
