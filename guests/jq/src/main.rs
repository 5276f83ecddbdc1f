//! The jq program: the filters of jaq behind the command line of jq.
//!
//! It owns the order of work and the exit status. [`options`] reads the command
//! line, [`inputs`] the values, [`output`] writes them; the language is jaq's.

mod inputs;
mod options;
mod output;

use std::io::Write;
use std::process::exit;

use jaq_all::data::{Ctx, Data, DataKind, Filter, Runner, base_funs};
use jaq_all::jaq_core::native::{Fun, run};
use jaq_all::jaq_core::{Bind, Vars, load};
use jaq_all::jaq_std::input::RcIter;
use jaq_all::json::{Val, ValX};
use jaq_all::load::FileReportsDisp;

use inputs::Inputs;
use options::{Options, Request};
use output::Output;

/// Filters that jq has and jaq has not.
const DEFINITIONS: &str = include_str!("defs.jq");

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

fn main() {
    entry::enter();
    let options = match options::parse(std::env::args_os().skip(1)) {
        Ok(Request::Run(options)) => options,
        Ok(Request::Show(text)) => {
            let written = std::io::stdout().write_all(text.as_bytes());
            exit(if written.is_ok() { 0 } else { status::USAGE });
        }
        Err(what) => {
            eprintln!("jq: error: {what}");
            eprintln!(
                "Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq"
            );
            exit(status::USAGE)
        }
    };
    let (names, values): (Vec<String>, Vec<Val>) = options.variables().into_iter().unzip();
    let filter = match compile(&options.program, &names) {
        Ok(filter) => filter,
        Err(report) => {
            eprint!("{report}");
            eprintln!("jq: 1 compile error");
            exit(status::COMPILE)
        }
    };
    exit(process(&options, &filter, Vars::new(values)))
}

/// Compiles a program; the error is the text to show.
fn compile(program: &str, variables: &[String]) -> Result<Filter, String> {
    // jaq knows one file name for a whole run; jq has one for each value.
    let functions = base_funs().filter(|(name, ..)| *name != "input_filename").chain([input_filename()]);
    let functions = functions.chain(jaq_all::fmts::funs());
    // A later definition hides an earlier one.
    let ours = load::parse(DEFINITIONS, |parser| parser.defs()).unwrap_or_default();
    jaq_all::compile_with(program, jaq_all::defs().chain(ours), functions, variables).map_err(|reports| {
        let reports = reports.iter().map(|report| FileReportsDisp::new(report).to_string());
        reports.flat_map(|report| report.lines().map(headed).collect::<Vec<_>>()).collect()
    })
}

/// A line of a compiler's report, with the program's name where a report begins.
fn headed(line: &str) -> String {
    match line.strip_prefix("Error: ") {
        Some(what) => format!("jq: error: {what}\n"),
        None => format!("{line}\n"),
    }
}

/// The filter `input_filename`: the file that the last input came from, null for standard input.
fn input_filename() -> Fun<DataKind> {
    let arguments: Box<[Bind]> = Box::new([]);
    run(("input_filename", arguments, |_| {
        let name = inputs::current_file().map_or(Val::Null, Val::from);
        Box::new(std::iter::once(Ok(name)))
    }))
}

/// Runs the filter over every input and answers with the exit status.
fn process(options: &Options, filter: &Filter, variables: Vars<Val>) -> i32 {
    let (inputs, failed_opens) = Inputs::open(options);
    let inputs: Box<dyn Iterator<Item = Result<Val, String>>> = Box::new(inputs);
    let inputs = RcIter::new(inputs);
    let runner = Runner { null_input: options.null_input, ..Runner::default() };
    let filename = Val::Null;
    let data = Data { runner: &runner, lut: &filter.lut, inputs: &inputs, input_filename: &filename };
    let context = Ctx::new(&data, variables);

    let mut run = Run { output: Output::new(options), status: 0, last: None };
    let null = options.null_input.then_some(Ok(Val::Null));
    let mut values = null.into_iter().chain((&inputs).take_while(|_| !options.null_input));
    let halted = values.find_map(|input| match input {
        Ok(input) => {
            filter.id.run((context.clone(), input)).find_map(|result| run.take(result)).and_then(Stop::halt)
        }
        Err(message) => {
            eprintln!("jq: error (at {}): {message}", inputs::place());
            // What follows a value that is not JSON cannot be read either.
            run.status = status::USAGE;
            Some(status::USAGE)
        }
    });
    if let Err(error) = run.output.flush() {
        eprintln!("jq: error: writing output failed: {error}");
        return status::USAGE;
    }
    let status = halted.unwrap_or_else(|| run.status(options.exit_status));
    if status == 0 && failed_opens.get() { status::USAGE } else { status }
}

/// What has come of a run so far.
struct Run<'o> {
    output: Output<'o>,
    status: i32,
    /// Whether the last output was neither false nor null.
    last: Option<bool>,
}

/// Why no further outputs are taken for an input.
enum Stop {
    /// The filter failed; the next input has its turn.
    Failed,
    /// The filter ended the whole program.
    Halt(i32),
}

impl Stop {
    fn halt(self) -> Option<i32> {
        match self {
            Self::Failed => None,
            Self::Halt(status) => Some(status),
        }
    }
}

impl Run<'_> {
    /// Takes one output of the filter.
    fn take(&mut self, result: ValX) -> Option<Stop> {
        match result {
            Ok(value) => {
                self.last = Some(!matches!(value, Val::Null | Val::Bool(false)));
                if let Err(error) = self.output.write(&value) {
                    eprintln!("jq: error: writing output failed: {error}");
                    return Some(Stop::Halt(status::USAGE));
                }
                None
            }
            Err(exception) => Some(match exception.get_halt() {
                Ok(status) => Stop::Halt(status),
                Err(exception) => {
                    self.status = status::ERROR;
                    self.report(exception.get_err().map(|error| error.into_val()).unwrap_or_default());
                    Stop::Failed
                }
            }),
        }
    }

    /// Shows the value of an error that nobody caught, after the outputs before it.
    fn report(&mut self, error: Val) {
        let _ = self.output.flush();
        let place = inputs::place();
        match error {
            Val::TStr(text) => eprintln!("jq: error (at {place}): {}", String::from_utf8_lossy(&text)),
            Val::Null => eprintln!("jq: error (at {place}) (not a string): null"),
            other => eprintln!("jq: error (at {place}) (not a string): {other}"),
        }
    }

    /// The exit status of a program that ran to its end.
    fn status(&self, asked: bool) -> i32 {
        match (self.status, asked, self.last) {
            (0, true, Some(false)) => status::FALSE,
            (0, true, None) => status::EMPTY,
            (status, ..) => status,
        }
    }
}
