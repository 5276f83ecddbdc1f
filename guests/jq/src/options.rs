//! The options: jq's command line, read into what it means.
//!
//! It owns the reading of files that the command line names as values
//! (`--slurpfile`, `--rawfile`, `-f`), and reads no input.

use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;

use jaq_all::json::{Map, Val, read};

/// The widest indentation that jq takes.
const INDENT_COLUMNS_MAX: usize = 7;

/// What is printed for `--version`.
const VERSION: &str = "jq-1.7 (jaq 3.1)\n";

/// What is printed for `--help`.
const HELP: &str = "\
Usage:\tjq [OPTIONS] FILTER [FILES...]
\tjq [OPTIONS] -f FILE [FILES...]
\tjq [OPTIONS] --args FILTER [ARGUMENTS...]
\tjq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]

jq applies FILTER to its JSON inputs and writes the results as JSON.

  -n, --null-input          use null as the single input value
  -R, --raw-input           read each line as a string
  -s, --slurp               read all inputs into one array
  -c, --compact-output      write each value on one line
  -r, --raw-output          write strings without escapes and quotes
      --raw-output0         like -r, with NUL after each output
  -j, --join-output         like -r, without newlines
  -a, --ascii-output        write strings with ASCII characters only
  -S, --sort-keys           sort the keys of objects
  -C, --color-output        colour the output
  -M, --monochrome-output   do not colour the output
      --tab                 indent with tabs
      --indent N            indent with N spaces, at most 7
      --unbuffered          flush after each output
      --seq                 write the ASCII record separator before each output
  -f, --from-file           read the filter from a file
      --arg NAME VALUE      set $NAME to the string VALUE
      --argjson NAME JSON   set $NAME to the value JSON
      --slurpfile NAME FILE set $NAME to an array of the values in FILE
      --rawfile NAME FILE   set $NAME to the text of FILE
      --args                the remaining arguments are strings, not files
      --jsonargs            the remaining arguments are values, not files
  -e, --exit-status         exit with 1 if the last output was false or null, 4 if there was none
  -V, --version             print the version
  -h, --help                print this help
";

/// What a command line asks for.
pub enum Request {
    /// To run a filter.
    Run(Box<Options>),
    /// To print a text and be done.
    Show(&'static str),
}

/// How one level of output is indented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Indent {
    None,
    Spaces(usize),
    Tab,
}

/// What follows each output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Terminator {
    Newline,
    Nul,
    Nothing,
}

/// A command line, read.
pub struct Options {
    pub program: String,
    pub files: Vec<String>,
    pub null_input: bool,
    pub raw_input: bool,
    pub slurp: bool,
    pub raw_output: bool,
    pub ascii_output: bool,
    pub sort_keys: bool,
    pub exit_status: bool,
    pub unbuffered: bool,
    pub sequence: bool,
    pub indent: Indent,
    pub terminator: Terminator,
    /// `None` where the terminal decides.
    pub color: Option<bool>,
    named: Vec<(String, Val)>,
    positional: Vec<Val>,
}

impl Options {
    /// The global variables and their values: the named arguments, `$ENV`, `$ARGS` and `$__prog_args`.
    pub fn variables(&self) -> Vec<(String, Val)> {
        let mut variables = self.named.clone();
        let named = object(self.named.iter().cloned());
        let arguments =
            [("positional".to_owned(), array(self.positional.clone())), ("named".to_owned(), named)];
        variables.push(("ARGS".to_owned(), object(arguments)));
        let environment = std::env::vars_os().map(|(name, value)| (lossy(name), Val::from(lossy(value))));
        variables.push(("ENV".to_owned(), object(environment)));
        variables
    }
}

/// What the arguments after the filter are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Files,
    Strings,
    Values,
}

/// A command line while it is being read.
struct Parser<A> {
    arguments: A,
    options: Options,
    program: Option<String>,
    from_file: bool,
    rest: Rest,
}

/// Reads a command line without its first word. The error is a sentence for the user.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Request, String> {
    let mut parser = Parser {
        arguments: arguments.map(lossy),
        options: defaults(),
        program: None,
        from_file: false,
        rest: Rest::Files,
    };
    let mut only_words = false;
    while let Some(argument) = parser.arguments.next() {
        if only_words || !argument.starts_with('-') || argument == "-" {
            parser.word(argument)?;
        } else if argument == "--" {
            // jq before 1.7 still took options after it; nobody writes that.
            only_words = true;
        } else if let Some(long) = argument.strip_prefix("--") {
            if let Some(text) = parser.long(long)? {
                return Ok(Request::Show(text));
            }
        } else if let Some(text) = parser.short(argument.trim_start_matches('-'))? {
            return Ok(Request::Show(text));
        }
    }
    parser.finish()
}

impl<A: Iterator<Item = String>> Parser<A> {
    /// A word that is not an option: the filter, then files or values.
    fn word(&mut self, word: String) -> Result<(), String> {
        if self.program.is_none() {
            self.program = Some(word);
            return Ok(());
        }
        match self.rest {
            Rest::Files => self.options.files.push(word),
            Rest::Strings => self.options.positional.push(Val::from(word)),
            Rest::Values => {
                let value = parse_json(&word)
                    .map_err(|_| format!("Invalid JSON text passed to --jsonargs: {word}"))?;
                self.options.positional.push(value);
            }
        }
        Ok(())
    }

    /// A cluster of one-letter options, without its dash.
    fn short(&mut self, letters: &str) -> Result<Option<&'static str>, String> {
        for letter in letters.chars() {
            let long = match letter {
                'n' => "null-input",
                'R' => "raw-input",
                's' => "slurp",
                'c' => "compact-output",
                'r' => "raw-output",
                'j' => "join-output",
                'a' => "ascii-output",
                'S' => "sort-keys",
                'C' => "color-output",
                'M' => "monochrome-output",
                'f' => "from-file",
                'e' => "exit-status",
                'V' => "version",
                'h' => "help",
                'L' => "library-path",
                _ => return Err(format!("Unknown arguments: -{letters}")),
            };
            if let Some(text) = self.long(long)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// An option by its long name; answers with a text to print instead of running.
    fn long(&mut self, name: &str) -> Result<Option<&'static str>, String> {
        match name {
            "version" => return Ok(Some(VERSION)),
            "help" => return Ok(Some(HELP)),
            "from-file" => self.from_file = true,
            "args" => self.rest = Rest::Strings,
            "jsonargs" => self.rest = Rest::Values,
            "arg" | "argjson" | "slurpfile" | "rawfile" => self.variable(name)?,
            "indent" => {
                let columns = self.value("--indent takes one parameter")?;
                let columns = columns.parse().map_err(|_| "Cannot indent less than zero".to_owned())?;
                if columns > INDENT_COLUMNS_MAX {
                    return Err(format!("Cannot indent more than {INDENT_COLUMNS_MAX} characters"));
                }
                self.options.indent = if columns == 0 { Indent::None } else { Indent::Spaces(columns) };
            }
            "library-path" => {
                drop(self.value("-L takes a parameter: (e.g. -L /search/path or -L/search/path)")?)
            }
            _ => self.flag(name)?,
        }
        Ok(None)
    }

    /// An option that stands alone.
    fn flag(&mut self, name: &str) -> Result<(), String> {
        let options = &mut self.options;
        match name {
            "null-input" => options.null_input = true,
            "raw-input" => options.raw_input = true,
            "slurp" => options.slurp = true,
            "compact-output" => options.indent = Indent::None,
            "tab" => options.indent = Indent::Tab,
            "raw-output" => options.raw_output = true,
            "raw-output0" => (options.raw_output, options.terminator) = (true, Terminator::Nul),
            "join-output" => (options.raw_output, options.terminator) = (true, Terminator::Nothing),
            "ascii-output" => options.ascii_output = true,
            "sort-keys" => options.sort_keys = true,
            "color-output" => options.color = Some(true),
            "monochrome-output" => options.color = Some(false),
            "unbuffered" => options.unbuffered = true,
            "seq" => options.sequence = true,
            "exit-status" => options.exit_status = true,
            _ => return Err(format!("Unknown arguments: --{name}")),
        }
        Ok(())
    }

    /// An option that sets a variable from two more words.
    fn variable(&mut self, option: &str) -> Result<(), String> {
        let usage = match option {
            "arg" => "--arg takes two parameters (e.g. --arg varname value)",
            "argjson" => "--argjson takes two parameters (e.g. --argjson varname text)",
            "slurpfile" => "--slurpfile takes two parameters (e.g. --slurpfile varname filename)",
            _ => "--rawfile takes two parameters (e.g. --rawfile varname filename)",
        };
        let name = self.value(usage)?;
        let text = self.value(usage)?;
        let bad_file = |why: String| format!("Bad JSON in --{option} {name} {text}: {why}");
        let value = match option {
            "arg" => Val::from(text),
            "argjson" => {
                parse_json(&text).map_err(|_| format!("Invalid JSON text passed to --argjson: {text}"))?
            }
            "slurpfile" => {
                let bytes = fs::read(&text).map_err(|error| bad_file(describe(&text, &error)))?;
                let values: Result<Vec<Val>, _> = read::parse_many(&bytes).collect();
                array(values.map_err(|error| bad_file(error.to_string()))?)
            }
            _ => {
                let bytes = fs::read(&text).map_err(|error| bad_file(describe(&text, &error)))?;
                Val::from(String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        // The first of two values for a name counts, as in jq.
        if self.options.named.iter().all(|(known, _)| *known != name) {
            self.options.named.push((name, value));
        }
        Ok(())
    }

    /// The next word, which an option needs.
    fn value(&mut self, otherwise: &str) -> Result<String, String> {
        self.arguments.next().ok_or_else(|| otherwise.to_owned())
    }

    /// Makes sense of the whole.
    fn finish(self) -> Result<Request, String> {
        let mut options = self.options;
        options.program = match self.program {
            Some(file) if self.from_file => {
                fs::read_to_string(&file).map_err(|error| describe(&file, &error))?
            }
            Some(program) => program,
            // In a pipeline, jq alone means the identity.
            None if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) => ".".to_owned(),
            None => return Err("no filter is given".to_owned()),
        };
        Ok(Request::Run(Box::new(options)))
    }
}

/// What an empty command line means.
fn defaults() -> Options {
    Options {
        program: String::new(),
        files: Vec::new(),
        null_input: false,
        raw_input: false,
        slurp: false,
        raw_output: false,
        ascii_output: false,
        sort_keys: false,
        exit_status: false,
        unbuffered: false,
        sequence: false,
        indent: Indent::Spaces(2),
        terminator: Terminator::Newline,
        color: None,
        named: Vec::new(),
        positional: Vec::new(),
    }
}

/// Why a file cannot be opened, in jq's words.
pub fn describe(file: &str, error: &std::io::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or(&text);
    format!("Could not open {file}: {reason}")
}

/// One JSON value.
fn parse_json(text: &str) -> Result<Val, read::Error> {
    read::parse_single(text.as_bytes())
}

/// An object from its members.
fn object(members: impl IntoIterator<Item = (String, Val)>) -> Val {
    Val::obj(members.into_iter().map(|(name, value)| (Val::from(name), value)).collect::<Map>())
}

/// An array of values.
fn array(values: Vec<Val>) -> Val {
    values.into_iter().collect()
}

/// A word as text.
fn lossy(word: OsString) -> String {
    word.to_string_lossy().into_owned()
}
