//! Starting a shell: from the session's wishes, or from the arguments of `bash` run as a program.

use std::sync::Arc;

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{CoroutineFuture, CoroutineStart, Fd, Open, SignalAction, Sys};

use super::hop::{Driver, Hops};
use super::read_commands::ended_line;
use super::startup::StartupFiles;
use super::{Outcome, Shell, Unwind};
use crate::state::{Options, SetOption, ShoptOption, State, Variable, is_name};

/// The largest script that is read.
const SCRIPT_BYTES_MAX: usize = 1 << 28;

/// Our own version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The `shopt` option of a login shell.
const LOGIN: &str = "login_shell";

/// Is it a file that bash refuses to read commands from: ELF, or a NUL in what it looks at of the first line?
fn is_binary(text: &[u8]) -> bool {
    text.starts_with(b"\x7fELF")
        || text.iter().take(80).take_while(|byte| **byte != b'\n').any(|byte| *byte == 0)
}

/// Where a shell's commands come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A text: `-c`.
    Text(BString),
    /// A file of the sandbox.
    File(BString),
    /// Standard input.
    StandardInput,
    /// A person at the session's prompt.
    Prompt,
}

/// What a shell begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// `$0`.
    pub name: BString,
    /// `$1` and on.
    pub arguments: Vec<BString>,
    /// `NAME=value`.
    pub environment: Vec<BString>,
    /// Where its commands come from.
    pub source: Source,
    /// Job control and messages as at a prompt.
    pub interactive: bool,
    /// Lines that the history begins with at a prompt, where there is no history file.
    pub history: Vec<BString>,
    /// Options that are on or off from the start, by their names for `set -o` or `shopt`.
    pub options: Vec<(BString, bool)>,
    /// What it reads before its commands.
    pub startup_files: StartupFiles,
}

/// The body of a shell process.
pub(crate) fn start(start: Start) -> CoroutineStart {
    Box::new(move |sys| run(sys, start))
}

/// The body of `bash`, `sh` or `wasmsand` run as a program, or of a text file executed without `#!`: its arguments
/// are the invocation, `executed_script` the file.
pub(crate) fn start_from_argv(
    argv: Vec<BString>,
    environment: Vec<BString>,
    executed_script: Option<BString>,
) -> CoroutineStart {
    Box::new(move |sys| {
        Box::pin(async move {
            let mut sys = sys;
            match Invocation::parse(argv, executed_script) {
                Ok(invocation) => run(sys, invocation.into_start(environment)).await,
                Err(answer) => {
                    let fd = if answer.status == 0 { Fd::STDOUT } else { Fd::STDERR };
                    let _ = sys.write_all(fd, &answer.text).await;
                    answer.status
                }
            }
        })
    })
}

/// What an invocation is answered with instead of a shell.
struct Answer {
    text: BString,
    status: u8,
}

/// The command line of a shell, taken apart.
#[derive(Default)]
struct Invocation {
    name: BString,
    options: Vec<(BString, bool)>,
    command: bool,
    standard_input: bool,
    interactive: bool,
    operands: Vec<BString>,
    executed: Option<BString>,
    startup_files: StartupFiles,
}

impl Invocation {
    fn parse(argv: Vec<BString>, executed: Option<BString>) -> Result<Invocation, Answer> {
        let mut words = argv.into_iter();
        let name = words.next().unwrap_or_else(|| "bash".into());
        let mut invocation = Invocation { name, executed, ..Invocation::default() };
        if invocation.executed.is_some() {
            invocation.operands = words.collect();
            return Ok(invocation);
        }
        if invocation.name.first() == Some(&b'-') {
            invocation.options.push((LOGIN.into(), true));
        }
        if invocation.name.rsplit(|byte| *byte == b'/').next() == Some(b"sh") {
            invocation.options.push(("posix".into(), true));
        }
        while let Some(word) = words.next() {
            match word.as_slice() {
                b"--" | b"-" => break,
                b"--version" => return Err(version()),
                b"--help" => return Err(usage()),
                b"--posix" => invocation.options.push(("posix".into(), true)),
                b"--login" => invocation.options.push((LOGIN.into(), true)),
                b"--verbose" => invocation.options.push(("verbose".into(), true)),
                b"--norc" => invocation.startup_files.rc = false,
                b"--noprofile" => invocation.startup_files.profile = false,
                b"--noediting" | b"--restricted" => {}
                b"--rcfile" | b"--init-file" => invocation.startup_files.rc_file = words.next(),
                [b'-', b'-', ..] => return Err(invocation.refuse(&word)),
                [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => {
                    let (on, letters) = (*sign == b'-', letters.to_vec());
                    for letter in letters {
                        invocation.letter(letter, on, &mut words)?;
                    }
                }
                _ => {
                    invocation.operands.push(word);
                    break;
                }
            }
        }
        invocation.operands.extend(words);
        if invocation.command && invocation.operands.is_empty() {
            return Err(invocation.refuse_name(&"-c".into(), "option requires an argument"));
        }
        Ok(invocation)
    }

    fn letter(
        &mut self,
        letter: u8,
        on: bool,
        words: &mut impl Iterator<Item = BString>,
    ) -> Result<(), Answer> {
        match letter {
            b'c' => self.command = true,
            b's' => self.standard_input = true,
            b'i' => self.interactive = true,
            b'l' => self.options.push((LOGIN.into(), on)),
            b'r' => {}
            b'o' => {
                let name = words.next().unwrap_or_default();
                if Options::named(&name).is_none() {
                    // bash says this as its `set` would.
                    let named = bstr::concat([b"line 0: ", self.name.as_slice(), b": ", &name]).into();
                    return Err(self.refuse_name(&named, "invalid option name"));
                }
                self.options.push((name, on));
            }
            b'O' => {
                let name = words.next().unwrap_or_default();
                if Options::shopt_named(&name).is_none() {
                    let named = bstr::concat([b"line 0: ".as_slice(), &name]).into();
                    return Err(self.refuse_name(&named, "invalid shell option name"));
                }
                self.options.push((name, on));
            }
            _ => match Options::lettered(letter) {
                Some(option) => self.options.push((Options::name_of(option).into(), on)),
                None => {
                    let mut word = BString::from("-");
                    word.push(letter);
                    return Err(self.refuse(&word));
                }
            },
        }
        Ok(())
    }

    fn refuse(&self, word: &BString) -> Answer {
        self.refuse_name(word, "invalid option")
    }

    fn refuse_name(&self, word: &BString, why: &str) -> Answer {
        refusal(&self.name, word, why)
    }

    fn into_start(self, environment: Vec<BString>) -> Start {
        let mut operands = self.operands.into_iter();
        let (name, source) = if let Some(script) = self.executed {
            (script.clone(), Source::File(script))
        } else if self.command {
            let text = operands.next().unwrap_or_default();
            (operands.next().unwrap_or(self.name), Source::Text(text))
        } else if self.standard_input {
            (self.name, Source::StandardInput)
        } else {
            match operands.next() {
                Some(script) => (script.clone(), Source::File(script)),
                None => (self.name, Source::StandardInput),
            }
        };
        Start {
            name,
            arguments: operands.collect(),
            environment,
            source,
            interactive: self.interactive,
            history: Vec::new(),
            options: self.options,
            startup_files: self.startup_files,
        }
    }
}

fn refusal(name: &[u8], what: &[u8], why: &str) -> Answer {
    Answer { text: bstr::concat([name, b": ", what, b": ", why.as_bytes(), b"\n"]).into(), status: 2 }
}

fn usage() -> Answer {
    let text = "Usage: bash [OPTION]... [-c TEXT [NAME [ARGUMENT]...] | FILE [ARGUMENT]... | -s [ARGUMENT]...]\n\
                Runs the commands of a text, a file, or standard input.\n\n\
                \x20 -c              the first operand is the commands\n\
                \x20 -s              commands come from standard input\n\
                \x20 -i              interactive\n\
                \x20 -l, --login     a login shell\n\
                \x20 -o, -O OPTION   turn on an option of set or of shopt (+o, +O: off)\n\
                \x20 --norc, --noprofile, --rcfile FILE, --posix, --verbose, --version\n\n\
                `help' within the shell tells of its builtins.\n";
    Answer { text: text.into(), status: 0 }
}

fn version() -> Answer {
    let text = format!("wasmsand {VERSION}, a shell compatible with GNU bash, version 5.2\n");
    Answer { text: text.into(), status: 0 }
}

fn run(sys: Sys, start: Start) -> CoroutineFuture {
    let hops = Hops::default();
    let body = Box::pin(run_shell(sys, start, hops.clone()));
    Box::pin(Driver::new(body, hops))
}

/// Where the commands of a shell come from that may have a person to ask: without other wishes it asks, as bash does.
async fn asked_or(source: Source, sys: &mut Sys) -> Source {
    let asks = source == Source::StandardInput
        && sys.may_prompt().await.unwrap_or(false)
        && sys.is_terminal(Fd::STDIN).await.unwrap_or(false)
        && sys.is_terminal(Fd::STDERR).await.unwrap_or(false);
    if asks { Source::Prompt } else { source }
}

async fn run_shell(mut sys: Sys, mut start: Start, hops: Hops) -> u8 {
    start.source = asked_or(start.source, &mut sys).await;
    let mut state = State::new(start.name.clone(), sys.pid());
    let parent = sys.parent().map_or(0, |parent| parent.0);
    state.interactive = start.interactive || start.source == Source::Prompt;
    state.positional = Arc::new(start.arguments);
    state.command_string = matches!(start.source, Source::Text(_));
    state.input_name = if state.command_string { "-c" } else { "" };
    state.reads_stdin = start.source == Source::StandardInput;
    if let Source::Text(text) = &start.source {
        state.set_own("BASH_EXECUTION_STRING", text.clone());
    }
    let mut shell = Shell::new(sys, state, hops);
    if !shell.state.interactive {
        let ignored = shell.sys.ignored();
        if !ignored.is_empty() {
            shell.state.traps.fix(ignored);
        }
    }
    if let Err(name) = shell.set_options(&start.options) {
        // bash says this as its `set` would.
        let what = bstr::concat([b"line 0: ".as_slice(), &start.name, b": ", &name]);
        let answer = refusal(&start.name, &what, "invalid option name");
        let _ = shell.sys.write_all(Fd::STDERR, &answer.text).await;
        return answer.status;
    }
    shell.set_up(&start.environment, parent).await;
    let outcome = match shell.run_startup_files(&start.startup_files, &start.source).await {
        Ok(()) => shell.run_source(start.source, start.history).await,
        Err(unwind) => Err(unwind),
    };
    let status = match outcome {
        Ok(status) => status,
        Err(unwind) => unwind.status(),
    };
    shell.finish(status).await
}

impl Shell {
    /// Sets the options to begin with; a name that is none is the error.
    fn set_options(&mut self, options: &[(BString, bool)]) -> Result<(), BString> {
        if self.state.interactive {
            self.state.options.change(SetOption::Monitor, true);
            self.state.options.change(SetOption::History, true);
            self.state.options.change(SetOption::Histexpand, true);
            self.state.options.change(SetOption::Emacs, true);
            self.state.options.change_shopt(ShoptOption::ExpandAliases, true);
        }
        for (name, on) in options {
            if let Some(option) = Options::named(name) {
                self.state.options.change(option, *on);
            } else if let Some(option) = Options::shopt_named(name) {
                self.state.options.change_shopt(option, *on);
            } else {
                return Err(name.clone());
            }
        }
        if self.state.options.on(SetOption::Posix) {
            self.state.options.change_shopt(ShoptOption::ExpandAliases, true);
            self.state.options.change_shopt(ShoptOption::InheritErrexit, true);
        }
        Ok(())
    }

    async fn set_up(&mut self, environment: &[BString], parent: u32) {
        self.import(environment).await;
        self.refresh_clock().await;
        self.state.seconds_origin = i64::try_from(self.state.now / 1_000_000_000).unwrap_or(0);
        if let Ok(bytes) = self.sys.random(4).await {
            let seed = bytes.iter().fold(0u32, |seed, byte| (seed << 8) | u32::from(*byte));
            self.state.random = crate::state::Random::new(seed);
        }
        self.set_constants(parent);
        let posix = self.state.options.on(SetOption::Posix);
        if posix || self.state.variables.get(b"POSIXLY_CORRECT").is_some() {
            self.state.set_option(SetOption::Posix, true);
        }
        self.set_directory().await;
        if self.state.interactive {
            for signal in super::steps::PROMPT_SIGNALS {
                let _ = self.sys.set_action(signal, SignalAction::Catch).await;
            }
        }
    }

    /// Variables and functions of the environment.
    async fn import(&mut self, environment: &[BString]) {
        for row in environment {
            let Some((name, value)) = row.split_once_str("=") else { continue };
            if let Some(function) = name.strip_prefix(b"BASH_FUNC_").and_then(|name| name.strip_suffix(b"%%"))
            {
                let mut text = BString::from(function);
                text.push(b' ');
                text.extend_from_slice(value);
                if value.starts_with(b"() {") {
                    let _ = self.run_text(&text, 1, "").await;
                    self.mark_exported_function(function);
                }
                continue;
            }
            if !is_name(name) || matches!(name, b"SHELLOPTS" | b"BASHOPTS" | b"UID" | b"EUID" | b"PPID") {
                continue;
            }
            if name == b"_" {
                self.state.set_last_argument(value);
                continue;
            }
            let mut variable = Variable::scalar(value);
            variable.attributes.export = true;
            self.state.variables.insert(name.into(), variable);
        }
    }

    fn set_constants(&mut self, parent: u32) {
        let state = &mut self.state;
        let level = state
            .variables
            .text(b"SHLVL")
            .and_then(|text| std::str::from_utf8(text).ok()?.parse::<i64>().ok());
        state.set_own("SHLVL", level.unwrap_or(0).saturating_add(1).max(0).to_string());
        state.variables.entry(b"SHLVL").attributes.export = true;
        state.set_own("IFS", " \t\n");
        state.set_own("PS4", "+ ");
        state.set_own("OPTIND", "1");
        state.set_own("OPTERR", "1");
        state.set_own("BASH", "/bin/bash");
        state.set_own("BASH_VERSION", "5.2.15(1)-release");
        state.set_own("WASMSAND_VERSION", VERSION);
        state.set_own("OSTYPE", "linux-gnu");
        state.set_own("HOSTTYPE", "wasm32");
        state.set_own("MACHTYPE", "wasm32-wasi");
        for (name, default) in [("HOSTNAME", "wasmsand"), ("PATH", "/usr/local/bin:/usr/bin:/bin")] {
            if state.variables.get(name.as_bytes()).is_none() {
                state.set_own(name, default);
            }
        }
        if state.interactive {
            for (name, default) in [("PS1", "\\w \\? \\$ "), ("PS2", "> ")] {
                if state.variables.get(name.as_bytes()).is_none() {
                    state.set_own(name, default);
                }
            }
        }
        let versions = ["5", "2", "15", "1", "release", "wasm32-wasi"];
        state.set_own_array("BASH_VERSINFO", versions.map(BString::from));
        for (name, value) in [("UID", 1000), ("EUID", 1000), ("PPID", parent)] {
            state.set_own(name, value.to_string());
            let attributes = &mut state.variables.entry(name.as_bytes()).attributes;
            attributes.readonly = true;
            attributes.integer = true;
        }
        state.variables.entry(b"BASH_VERSINFO").attributes.readonly = true;
    }

    /// PWD is taken over when it names the current directory, else found out.
    async fn set_directory(&mut self) {
        let given = self.state.variables.text(b"PWD").map(ToOwned::to_owned);
        let inherited = match given.filter(|path| path.starts_with(b"/")) {
            None => None,
            Some(path) => {
                let same = match (self.sys.stat(path.clone(), true).await, self.sys.stat(".", true).await) {
                    (Ok(left), Ok(right)) => (left.dev, left.ino) == (right.dev, right.ino),
                    _ => false,
                };
                same.then_some(path)
            }
        };
        let path = match inherited {
            Some(path) => Some(path),
            None => self.sys.current_directory().await.ok(),
        };
        if let Some(path) = path {
            self.state.set_own("PWD", path);
            self.state.variables.entry(b"PWD").attributes.export = true;
        }
    }

    async fn run_source(&mut self, source: Source, history: Vec<BString>) -> Outcome {
        match source {
            Source::Text(text) => self.run_text_last(&text).await,
            Source::StandardInput => self.run_standard_input().await,
            Source::Prompt => self.run_prompt(history).await,
            Source::File(path) => self.run_script(path).await,
        }
    }

    async fn run_script(&mut self, path: BString) -> Outcome {
        let name = self.state.name.clone();
        match self.read_file(&path).await {
            Ok(text) if is_binary(&text) => {
                let mut message = name.clone();
                message.extend_from_slice(b": ");
                message.extend_from_slice(&path);
                message.extend_from_slice(b": cannot execute binary file\n");
                self.write_error(&message).await;
                Err(Unwind::Exit(126))
            }
            Ok(text) => {
                self.state.script = Some(Arc::new(path));
                self.run_text_last(&ended_line(text)).await
            }
            Err(errno) => {
                let directory = errno == wasmsand_wasi::Errno::IsDir;
                let mut message = if directory { path.clone() } else { BString::from("bash") };
                message.extend_from_slice(b": ");
                message.extend_from_slice(&path);
                message.extend_from_slice(b": ");
                message.extend_from_slice(errno.message().as_bytes());
                message.push(b'\n');
                self.write_error(&message).await;
                Err(Unwind::Exit(if errno == wasmsand_wasi::Errno::NoEnt { 127 } else { 126 }))
            }
        }
    }

    /// A whole file.
    pub(crate) async fn read_file(&mut self, path: &BString) -> Result<BString, wasmsand_wasi::Errno> {
        let how = Open { read: true, ..Open::default() };
        let fd = self.sys.open(path.clone(), how, Fd(10)).await?;
        let mut text = BString::default();
        let result = loop {
            match self.sys.read(fd, 65_536).await {
                Ok(bytes) if bytes.is_empty() => break Ok(text),
                Ok(bytes) => text.extend_from_slice(&bytes),
                Err(wasmsand_wasi::Errno::Intr) => {}
                Err(errno) => break Err(errno),
            }
            if text.len() > SCRIPT_BYTES_MAX {
                break Err(wasmsand_wasi::Errno::FBig);
            }
        };
        let _ = self.sys.close(fd).await;
        result
    }
}
