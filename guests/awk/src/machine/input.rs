//! The input of the program: the files among the operands, one after another, and `getline`.

use std::io;
use std::rc::Rc;

use super::{Flow, Machine, Outcome, Phase, Trouble};
use crate::code::Code;
use crate::lexer;
use crate::pattern::Patterns;
use crate::process::Environment;
use crate::random::Random;
use crate::reader::{Input, Reader, Separator};
use crate::record::Record;
use crate::streams::{self, Streams};
use crate::table::{Key, KeyRef, Table};
use crate::value::{Collation, NumberFormat, Value};
use crate::variables as known;

/// Where the program is in its operands.
#[derive(Default)]
pub struct MainInput {
    reader: Option<Reader>,
    next_argument: usize,
    /// A file was found among the operands, so that standard input is not read.
    had_file: bool,
    ended: bool,
}

/// Why there is no more of a file.
pub fn reason(error: &io::Error) -> String {
    rustix::io::Errno::from_io_error(error).map_or_else(|| error.to_string(), cli::wording::reason)
}

impl Machine {
    /// A machine for a program; `operands` begins with the name by which awk was called.
    pub fn new(called: &str, code: Code, operands: &[Vec<u8>], in_bytes: bool) -> Machine {
        let usual = NumberFormat::new(b"%.6g");
        let ranges = vec![false; code.ranges as usize];
        let mut machine = Machine {
            called: called.to_owned(),
            globals: vec![Value::Unset; code.globals.len()],
            code: Rc::new(code),
            stack: Vec::with_capacity(256),
            frames: Vec::new(),
            base: 0,
            loops: Vec::new(),
            ranges,
            record: Record::new(in_bytes),
            line: Vec::new(),
            rt: Vec::new(),
            nr: 0.0,
            fnr: 0.0,
            compiled: Vec::new(),
            patterns: Patterns::new(in_bytes),
            convfmt: usual.clone(),
            ofmt: usual,
            ofs: Rc::from(&b" "[..]),
            ors: Rc::from(&b"\n"[..]),
            subsep: Rc::from(&b"\x1c"[..]),
            separator: Separator::Byte(b'\n'),
            split_by: known::FS,
            collation: Collation { ignore_case: false, bytes: in_bytes },
            streams: Streams::new(),
            input: MainInput { next_argument: 1, ..MainInput::default() },
            phase: Phase::Begin,
            runs: 0,
            last: 0,
            random: Random::new(1),
            status: 0,
            scratch: Vec::new(),
            characters: super::strings::Characters::default(),
        };
        machine.set_initial_variables(operands);
        machine
    }

    fn set_initial_variables(&mut self, operands: &[Vec<u8>]) {
        let texts: [(u32, &[u8]); 10] = [
            (known::FS, b" "),
            (known::OFS, b" "),
            (known::ORS, b"\n"),
            (known::RS, b"\n"),
            (known::SUBSEP, b"\x1c"),
            (known::CONVFMT, b"%.6g"),
            (known::OFMT, b"%.6g"),
            (known::FPAT, b"[^[:space:]]+"),
            (known::FIELDWIDTHS, b""),
            (known::TEXTDOMAIN, b"messages"),
        ];
        for (number, text) in texts {
            self.globals[number as usize] = Value::text(text);
        }
        for number in [known::FILENAME, known::ERRNO, known::RT] {
            self.globals[number as usize] = Value::text(b"");
        }
        for number in [known::IGNORECASE, known::RSTART, known::BINMODE, known::LINT, known::ARGIND] {
            self.globals[number as usize] = Value::Number(0.0);
        }
        self.globals[known::RLENGTH as usize] = Value::Number(-1.0);
        self.globals[known::ARGC as usize] = Value::Number(operands.len() as f64);
        let mut arguments = Table::default();
        for (index, operand) in operands.iter().enumerate() {
            arguments.insert(KeyRef::Integer(index as i64), Value::input(operand));
        }
        self.set_array(known::ARGV, arguments);
        let mut environment = Table::default();
        for (name, value) in std::env::vars_os() {
            environment.insert(KeyRef::of(name.as_encoded_bytes()), Value::input(value.as_encoded_bytes()));
        }
        self.set_array(known::ENVIRON, environment);
        self.set_array(known::PROCINFO, self.process_information());
    }

    fn set_array(&mut self, number: u32, table: Table) {
        self.globals[number as usize] = Value::Array(Rc::new(table.into()));
    }

    fn process_information(&self) -> Table {
        let mut table = Table::default();
        let mut add = |name: &str, value: Value| table.insert(KeyRef::of(name.as_bytes()), value);
        add("version", Value::text(b"5.2.1"));
        add("strftime", Value::text(b"%a %b %e %H:%M:%S %Z %Y"));
        add("FS", Value::text(b"FS"));
        add("platform", Value::text(b"posix"));
        for name in ["uid", "euid", "gid", "egid"] {
            add(name, Value::Number(1000.0));
        }
        if let Ok(ids) = wasmsand_sys::process::ids() {
            add("pid", Value::Number(f64::from(ids.pid)));
            add("ppid", Value::Number(f64::from(ids.parent)));
            add("pgrpid", Value::Number(f64::from(ids.group)));
        }
        table
    }

    /// The environment that commands are run with: `ENVIRON`.
    pub(super) fn environment(&self) -> Option<Environment> {
        let Value::Array(array) = &self.globals[known::ENVIRON as usize] else { return None };
        let table = array.borrow();
        let entry = |(name, value): (&Key, &Value)| {
            let mut text = Vec::new();
            value.append_to(&mut text, &self.convfmt);
            (name.to_bytes(), text)
        };
        Some(table.iter().map(entry).collect())
    }

    /// Runs the program; answers its exit status.
    pub fn main(&mut self) -> i32 {
        let result = self.run_all();
        let finished = self.streams.finish();
        if let Err(trouble) = result {
            self.status = 2;
            if let Trouble::Placed(line) = trouble {
                cli::stdio::note(&line);
            }
        } else if let Err(error) = finished {
            let what = format!("{}: fatal: cannot close standard output: {}", self.called, reason(&error));
            cli::stdio::note(&what);
            self.status = 2;
        }
        self.status
    }

    fn run_all(&mut self) -> Outcome<()> {
        let code = self.code.clone();
        let flow = match self.start() {
            Ok(()) => self.run(code.begin)?,
            Err(trouble) => return Err(self.with_place(trouble)),
        };
        if flow == Flow::Exit {
            return self.run_end(&code, false);
        }
        if code.reads {
            self.phase = Phase::Main;
            if self.read_all(&code)? == Flow::Exit {
                return self.run_end(&code, true);
            }
        }
        self.run_end(&code, true)
    }

    fn start(&mut self) -> Outcome<()> {
        self.compile_patterns()?;
        self.update_splitter()
    }

    fn with_place(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Fatal(what) => {
                if self.nr > 0.0 {
                    return Trouble::Placed(self.placed(&self.code, self.last, &what));
                }
                Trouble::Placed(format!("{}: {}fatal: {what}", self.called, self.input_place()))
            }
            other => other,
        }
    }

    /// `exit` in `BEGIN` goes past the input to the `END` rules, too.
    fn run_end(&mut self, code: &Code, _after_input: bool) -> Outcome<()> {
        self.phase = Phase::End;
        self.loops.clear();
        self.stack.clear();
        self.run(code.end)?;
        Ok(())
    }

    fn read_all(&mut self, code: &Code) -> Outcome<Flow> {
        while self.read_record(true)? {
            match self.run(code.main)? {
                Flow::Done | Flow::Next => {}
                Flow::NextFile => self.end_file()?,
                Flow::Exit => return Ok(Flow::Exit),
            }
            // A `next` may leave loops and calls behind.
            self.stack.clear();
            self.loops.clear();
        }
        Ok(Flow::Done)
    }

    /// Reads the next record of the input, as the record or into `line`; false at the end of the last file.
    fn read_record(&mut self, as_record: bool) -> Outcome<bool> {
        loop {
            let Some(reader) = &mut self.input.reader else {
                if !self.next_file()? {
                    return Ok(false);
                }
                continue;
            };
            self.line.clear();
            match reader.next(&self.separator, &mut self.line, &mut self.rt) {
                Ok(true) => {
                    self.nr += 1.0;
                    self.fnr += 1.0;
                    if as_record {
                        std::mem::swap(self.record.begin(), &mut self.line);
                    }
                    return Ok(true);
                }
                Ok(false) => self.end_file()?,
                Err(error) => {
                    let name = self.file_name();
                    let what = if error.kind() == io::ErrorKind::IsADirectory {
                        format!(
                            "{}: warning: command line argument `{name}' is a directory: skipped",
                            self.called
                        )
                    } else {
                        format!(
                            "{}: warning: error reading input file `{name}': {}",
                            self.called,
                            reason(&error)
                        )
                    };
                    if error.kind() != io::ErrorKind::IsADirectory {
                        self.status = 2;
                    }
                    drop(self.streams.flush());
                    cli::stdio::note(&what);
                    self.input.reader = None;
                }
            }
        }
    }

    fn file_name(&self) -> String {
        String::from_utf8_lossy(self.globals[known::FILENAME as usize].plain_bytes()).into_owned()
    }

    /// Leaves the file that is being read.
    fn end_file(&mut self) -> Outcome<()> {
        if self.input.reader.take().is_some() {
            self.run_file_rule(Phase::EndFile)?;
        }
        Ok(())
    }

    fn run_file_rule(&mut self, phase: Phase) -> Outcome<Flow> {
        let code = self.code.clone();
        let start = if phase == Phase::BeginFile { code.begin_file } else { code.end_file };
        if matches!(code.ops.get(start as usize), Some(crate::code::Op::Stop)) {
            return Ok(Flow::Done);
        }
        let before = std::mem::replace(&mut self.phase, phase);
        let flow = self.run(start)?;
        self.phase = before;
        if flow == Flow::Exit { Err(Trouble::Leave(Flow::Exit)) } else { Ok(flow) }
    }

    /// Opens the next file among the operands; false: there is none.
    fn next_file(&mut self) -> Outcome<bool> {
        while !self.input.ended {
            let index = self.input.next_argument;
            let count = self.globals[known::ARGC as usize].number();
            if index as f64 >= count {
                self.input.ended = true;
                if self.input.had_file {
                    return Ok(false);
                }
                self.input.had_file = true;
                self.set_global(known::FILENAME, Value::text(b""))?;
                return self.begin_file(Ok(Input::Stdin), "");
            }
            self.input.next_argument += 1;
            let operand = match &self.globals[known::ARGV as usize] {
                Value::Array(array) => array.borrow().get(KeyRef::Integer(index as i64)).cloned(),
                _ => None,
            };
            let Some(operand) = operand else { continue };
            let text = operand.to_text(&self.convfmt);
            if text.is_empty() || self.assign(&text)? {
                continue;
            }
            self.input.had_file = true;
            self.set_global(known::ARGIND, Value::Number(index as f64))?;
            self.set_global(known::FILENAME, Value::input(&text))?;
            let name = String::from_utf8_lossy(&text).into_owned();
            if self.begin_file(open(&text), &name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn begin_file(&mut self, input: io::Result<Input>, name: &str) -> Outcome<bool> {
        self.fnr = 0.0;
        let error = match input {
            Ok(input) => {
                self.set_global(known::ERRNO, Value::text(b""))?;
                self.input.reader = Some(Reader::new(input));
                if self.run_file_rule(Phase::BeginFile)? == Flow::NextFile {
                    self.input.reader = None;
                    return Ok(false);
                }
                return Ok(true);
            }
            Err(error) => error,
        };
        let why = reason(&error);
        let code = self.code.clone();
        if !matches!(code.ops.get(code.begin_file as usize), Some(crate::code::Op::Stop)) {
            self.set_global(known::ERRNO, Value::text(why.as_bytes()))?;
            if self.run_file_rule(Phase::BeginFile)? == Flow::NextFile {
                return Ok(false);
            }
            let what = format!("cannot open file `{name}' for reading: {why}");
            return Err(self.with_place(Trouble::Fatal(what)));
        }
        if error.kind() == io::ErrorKind::IsADirectory {
            drop(self.streams.flush());
            let what = format!("warning: command line argument `{name}' is a directory: skipped");
            cli::stdio::note(&format!("{}: {what}", self.called));
            return Ok(false);
        }
        Err(self.with_place(Trouble::Fatal(format!("cannot open file `{name}' for reading: {why}"))))
    }

    /// Sets `FS`, as `-F` does.
    pub fn set_field_separator(&mut self, separator: Value) -> Outcome<()> {
        self.set_global(known::FS, separator)
    }

    /// Makes an assignment of an operand `name=value`; false: it is none.
    pub fn assign(&mut self, operand: &[u8]) -> Outcome<bool> {
        let Some(equals) = memchr::memchr(b'=', operand) else { return Ok(false) };
        let name = &operand[..equals];
        let is_name = name.first().is_some_and(|first| !first.is_ascii_digit())
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !is_name {
            return Ok(false);
        }
        let shown = String::from_utf8_lossy(name).into_owned();
        if self.code.procedures.iter().any(|procedure| *procedure.name == *shown) {
            let what = format!("cannot use function `{shown}' as variable name");
            return Err(self.with_place(Trouble::Fatal(what)));
        }
        let value = Value::input(&lexer::unescaped(&operand[equals + 1..]));
        if let Some(number) = self.code.globals.iter().position(|known| **known == *shown) {
            let result = self.set_global(number as u32, value);
            result.map_err(|trouble| self.with_place(trouble))?;
        }
        Ok(true)
    }

    /// `getline` and `getline variable`: the status. What was read is in `line`.
    pub(super) fn getline_main(&mut self) -> Outcome<f64> {
        if self.input.ended && self.input.reader.is_none() {
            return Ok(0.0);
        }
        match self.read_record(false) {
            Ok(true) => Ok(1.0),
            Ok(false) => Ok(0.0),
            Err(trouble) => Err(trouble),
        }
    }

    /// `getline < file` and `command | getline`, whose name is on the stack: the status.
    pub(super) fn getline_from(&mut self, is_command: bool) -> Outcome<f64> {
        let name = self.pop().to_text(&self.convfmt);
        if name.is_empty() {
            let sign = if is_command { "|" } else { "<" };
            return Err(Trouble::Fatal(format!("expression for `{sign}' redirection has null string value")));
        }
        let environment = if is_command { self.environment() } else { None };
        let result = match self.streams.input(is_command, &name, || environment) {
            Ok(source) => {
                self.line.clear();
                source.reader.next(&self.separator, &mut self.line, &mut self.rt)
            }
            Err(error) => Err(error),
        };
        match result {
            Ok(true) => Ok(1.0),
            Ok(false) => Ok(0.0),
            Err(error) => {
                self.set_global(known::ERRNO, Value::text(reason(&error).as_bytes()))?;
                Ok(-1.0)
            }
        }
    }

    /// The keys of an array in the order that `PROCINFO["sorted_in"]` wants.
    pub(super) fn keys_in_order(&mut self, array: &crate::value::Array) -> Outcome<Vec<Key>> {
        let how = match &self.globals[known::PROCINFO as usize] {
            Value::Array(information) => information.borrow().get(KeyRef::Text(b"sorted_in")).cloned(),
            _ => None,
        };
        let keys = array.borrow().keys();
        match how {
            Some(how) if !matches!(how, Value::Unset) => {
                let how = how.to_text(&self.convfmt);
                self.sorted_keys(array, keys, &how)
            }
            _ => Ok(keys),
        }
    }
}

fn open(name: &[u8]) -> io::Result<Input> {
    if name != b"-" && std::fs::metadata(streams::path(name)).is_ok_and(|metadata| metadata.is_dir()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    streams::open_input(name)
}
