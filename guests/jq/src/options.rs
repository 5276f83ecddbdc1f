//! The command line of jq.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::rc::Rc;

use crate::inputs::Manner;
use crate::json::{Colors, Style};
use crate::modules;
use crate::output::Form;
use crate::report;
use crate::value::{Map, Value};

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Options {
    pub program: String,
    pub files: Vec<String>,
    pub manner: Manner,
    pub form: Form,
    pub null_input: bool,
    pub exit_status: bool,
    pub directories: Vec<String>,
    named: Vec<(String, Value)>,
    positional: Vec<Value>,
}

#[derive(Debug)]
pub enum Request {
    Run(Box<Options>),
    Show(String),
    /// The usage, as a complaint: there is no program.
    Usage,
    /// A complaint about a file.
    Fail(String),
}

pub const USAGE: &str = "\
Usage:\tjq [OPTIONS] FILTER [FILE...]
\tjq [OPTIONS] -f FILE [FILE...]
\tjq [OPTIONS] --args FILTER [STRING...]
\tjq [OPTIONS] --jsonargs FILTER [JSON...]

jq reads JSON values and writes what FILTER makes of each.
";

const HELP: &str = "
  -n, --null-input          run FILTER once, on null
  -R, --raw-input           each line is an input, as a string
  -s, --slurp               all inputs are one array
  -c, --compact-output      one line for each output
  -r, --raw-output          strings without quotes
      --raw-output0         as -r, with a NUL behind each output
  -j, --join-output         as -r, with nothing behind an output
  -a, --ascii-output        escapes for all that is not ASCII
  -S, --sort-keys           members in the order of their keys
  -C, --color-output        colours, also where the output is no terminal
  -M, --monochrome-output   no colours
      --tab                 indent with tabs
      --indent N            indent with N blanks, at most 7
      --unbuffered          hand on each output at once
      --stream              inputs are events, for documents beyond memory
      --stream-errors       as --stream, with parse errors as events
      --seq                 the texts of RFC 7464, each behind a separator
  -f, --from-file           FILTER is the name of a file that holds it
  -L DIRECTORY              look for modules there
  -e, --exit-status         status 1 if the last output was false or null,
                            4 if there was none
      --arg NAME VALUE      $NAME is a string
      --argjson NAME JSON   $NAME is a value
      --slurpfile NAME FILE $NAME is the array of a file's values
      --rawfile NAME FILE   $NAME is a file's text
      --args                what follows are strings for $ARGS.positional
      --jsonargs            what follows are values for $ARGS.positional
  -h, --help                show this
  -V, --version             show the version

The language is that of jq 1.7.
";

/// How what is no option is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Files,
    Strings,
    Values,
}

struct Reading {
    options: Options,
    program: Option<String>,
    from_file: bool,
    rest: Rest,
    color: Option<bool>,
    indent: usize,
    tab: bool,
    words: std::vec::IntoIter<String>,
}

pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Request, String> {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let mut reading = Reading {
        options: Options::default(),
        program: None,
        from_file: false,
        rest: Rest::Files,
        color: None,
        indent: 2,
        tab: false,
        words: words.into_iter(),
    };
    let mut only_operands = false;
    while let Some(word) = reading.words.next() {
        // `-1` and `-(1)` are filters.
        let is_option = word
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c == '-' || c.is_ascii_alphabetic()));
        if only_operands || !is_option {
            reading.operand(word)?;
        } else if word == "--" {
            only_operands = true;
        } else if let Some(long) = word.strip_prefix("--") {
            if let Some(request) = reading.long(long)? {
                return Ok(request);
            }
        } else if let Some(request) = reading.short(&word)? {
            return Ok(request);
        }
    }
    reading.finish()
}

impl Reading {
    fn operand(&mut self, word: String) -> Result<(), String> {
        if self.program.is_none() {
            self.program = Some(word);
            return Ok(());
        }
        match self.rest {
            Rest::Files => self.options.files.push(word),
            Rest::Strings => self.options.positional.push(Value::string(word)),
            Rest::Values => match crate::json::parse(word.as_bytes()) {
                Ok(Some(value)) => self.options.positional.push(value),
                _ => return Err("invalid JSON text passed to --jsonargs".to_owned()),
            },
        }
        Ok(())
    }

    fn short(&mut self, word: &str) -> Result<Option<Request>, String> {
        let letters = &word[1..];
        for (index, letter) in letters.char_indices() {
            match letter {
                'L' => {
                    let rest = &letters[index + 1..];
                    let directory = if rest.is_empty() { self.words.next() } else { Some(rest.to_owned()) };
                    let directory =
                        directory.ok_or("-L takes a parameter: (e.g. -L /search/path or -L/search/path)")?;
                    self.options.directories.push(directory);
                    return Ok(None);
                }
                's' => self.long("slurp")?,
                'r' => self.long("raw-output")?,
                'j' => self.long("join-output")?,
                'a' => self.long("ascii-output")?,
                'c' => self.long("compact-output")?,
                'C' => self.long("color-output")?,
                'M' => self.long("monochrome-output")?,
                'S' => self.long("sort-keys")?,
                'R' => self.long("raw-input")?,
                'n' => self.long("null-input")?,
                'f' => self.long("from-file")?,
                'b' => self.long("binary")?,
                'e' => self.long("exit-status")?,
                'h' => return self.long("help"),
                'V' => return self.long("version"),
                _ => return Err(format!("Unknown option {word}")),
            };
        }
        Ok(None)
    }

    fn long(&mut self, name: &str) -> Result<Option<Request>, String> {
        let options = &mut self.options;
        match name {
            "slurp" => options.manner.slurp = true,
            "raw-input" => options.manner.raw = true,
            "stream" => options.manner.stream = true,
            "stream-errors" => (options.manner.stream, options.manner.stream_errors) = (true, true),
            "seq" => (options.manner.seq, options.form.seq) = (true, true),
            "raw-output" => options.form.raw = true,
            "raw-output0" => (options.form.raw, options.form.nul) = (true, true),
            "join-output" => (options.form.raw, options.form.join) = (true, true),
            "ascii-output" => options.form.style.ascii = true,
            "sort-keys" => options.form.style.sort_keys = true,
            "unbuffered" => options.form.unbuffered = true,
            "compact-output" => (self.indent, self.tab) = (0, false),
            "tab" => self.tab = true,
            "color-output" => self.color = Some(true),
            "monochrome-output" => self.color = Some(false),
            "null-input" => options.null_input = true,
            "from-file" => self.from_file = true,
            "binary" => {}
            "exit-status" => options.exit_status = true,
            "args" => self.rest = Rest::Strings,
            "jsonargs" => self.rest = Rest::Values,
            "indent" => self.indent()?,
            "arg" | "argjson" | "slurpfile" | "rawfile" => return self.variable(name),
            "library-path" => {
                let directory = self
                    .words
                    .next()
                    .ok_or("-L takes a parameter: (e.g. -L /search/path or -L/search/path)")?;
                options.directories.push(directory);
            }
            "help" => return Ok(Some(Request::Show(format!("{USAGE}{HELP}")))),
            "version" => {
                return Ok(Some(Request::Show(
                    "jq (wasmsand) 0.1.0, of the language of jq-1.7.1\n".to_owned(),
                )));
            }
            "build-configuration" => return Ok(Some(Request::Show("wasmsand\n".to_owned()))),
            _ => return Err(format!("Unknown option --{name}")),
        }
        Ok(None)
    }

    fn indent(&mut self) -> Result<(), String> {
        let Some(count) = self.words.next() else {
            return Err("--indent takes one parameter".to_owned());
        };
        let count: i64 = count.parse().unwrap_or(0);
        if !(-1..=7).contains(&count) {
            return Err("--indent takes a number between -1 and 7".to_owned());
        }
        self.tab = count == -1;
        self.indent = usize::try_from(count).unwrap_or(0);
        Ok(())
    }

    fn variable(&mut self, option: &str) -> Result<Option<Request>, String> {
        let (Some(name), Some(text)) = (self.words.next(), self.words.next()) else {
            let example = match option {
                "argjson" => "varname text",
                "slurpfile" | "rawfile" => "varname filename",
                _ => "varname value",
            };
            return Err(format!("--{option} takes two parameters (e.g. --{option} {example})"));
        };
        let value = match option {
            "arg" => Value::string(text),
            "argjson" => match crate::json::parse(text.as_bytes()) {
                Ok(Some(value)) => value,
                _ => return Err("invalid JSON text passed to --argjson".to_owned()),
            },
            _ => {
                let read = std::fs::read(&text)
                    .map_err(|error| format!("Could not open {text}: {}", report::words(&error)));
                let value = read.and_then(|bytes| match option {
                    "rawfile" => Ok(Value::text(&bytes)),
                    _ => modules::values(&bytes).map(Value::array),
                });
                match value {
                    Ok(value) => value,
                    Err(why) => {
                        return Ok(Some(Request::Fail(format!(
                            "Bad JSON in --{option} {name} {text}: {why}"
                        ))));
                    }
                }
            }
        };
        // The first of a name counts.
        if !self.options.named.iter().any(|(known, _)| *known == name) {
            self.options.named.push((name, value));
        }
        Ok(None)
    }

    fn finish(mut self) -> Result<Request, String> {
        // Between others, jq alone is the identity.
        let is_piped = !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal();
        let Some(program) = self.program.take().or_else(|| is_piped.then(|| ".".to_owned())) else {
            return Ok(Request::Usage);
        };
        self.options.program = program;
        if self.from_file {
            let name = &self.options.program;
            match std::fs::read(name) {
                Ok(text) => self.options.program = String::from_utf8_lossy(&text).into_owned(),
                Err(error) => {
                    return Ok(Request::Fail(format!("Could not open {name}: {}", report::words(&error))));
                }
            }
        }
        let is_colored = self.color.unwrap_or_else(|| {
            let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            std::io::stdout().is_terminal() && !no_color
        });
        let indent = match (self.tab, self.indent) {
            (true, _) => Some("\t".to_owned()),
            (false, 0) => None,
            (false, count) => Some(" ".repeat(count)),
        };
        let style = &mut self.options.form.style;
        *style = Style { indent, colors: is_colored.then(colors), ..style.clone() };
        Ok(Request::Run(Box::new(self.options)))
    }
}

/// The colours of `JQ_COLORS`, and the usual ones where it has none.
fn colors() -> Rc<Colors> {
    let mut codes = ["0;90", "0;39", "0;39", "0;39", "0;32", "1;39", "1;39", "1;34"].map(str::to_owned);
    if let Ok(text) = std::env::var("JQ_COLORS") {
        let is_code =
            |code: &str| code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') && code.len() <= 16;
        if text.split(':').take(8).all(is_code) {
            for (code, chosen) in codes.iter_mut().zip(text.split(':')) {
                chosen.clone_into(code);
            }
        } else {
            eprintln!("Failed to set $JQ_COLORS");
        }
    }
    Rc::new(Colors(codes.map(|code| format!("\x1b[{code}m"))))
}

impl Options {
    /// The variables that the program sees.
    pub fn variables(&self) -> Vec<(String, Value)> {
        let mut members = Map::default();
        let named: Map =
            self.named.iter().map(|(name, value)| (Rc::new(name.clone()), value.clone())).collect();
        members.insert(Rc::new("positional".to_owned()), Value::array(self.positional.clone()));
        members.insert(Rc::new("named".to_owned()), Value::object(named));
        let mut variables = vec![("ARGS".to_owned(), Value::object(members))];
        variables.extend(self.named.iter().cloned());
        variables
    }
}
