//! The command line: what the options and the `PYTHON*` variables say, in
//! CPython's grammar and with its words. It owns what [`CommandLine`] holds and
//! reads nothing but arguments and variables.

use std::env::var_os;
use std::ffi::OsString;
use std::num::NonZeroI32;
use std::os::wasi::ffi::{OsStrExt, OsStringExt};
use std::str::FromStr;

use rustpython::vm::Settings;
use rustpython::vm::vm::CheckHashPycsMode;

use crate::help;

/// The status of a command line that makes no sense.
const USAGE_STATUS: i32 = 2;

/// The status of a value that the interpreter cannot start with.
const FATAL_STATUS: i32 = 1;

/// Options of one letter; a colon says that an argument follows.
const SHORT_OPTIONS: &[u8] = b"bBc:dEhiIm:OPqRsStuvVW:xX:?";

/// Digits that a conversion between numbers and texts may have at least, where it is limited.
const DIGITS_MIN: i64 = 640;

/// What to run first.
pub enum Program {
    /// `-c`: a text.
    Command(String),
    /// `-m`: a module's name.
    Module(String),
    /// A script, a folder or an archive.
    File(String),
    /// Standard input.
    Input,
}

/// What a process was asked to do.
pub struct CommandLine {
    /// What the interpreter itself wants to know.
    pub settings: Settings,
    pub program: Program,
    /// `sys.argv`.
    pub argv: Vec<OsString>,
    /// `-x`: the first line of a script is none of Python's.
    pub skips_first_line: bool,
    /// PYTHONPYCACHEPREFIX and `-X pycache_prefix`.
    pub cache_prefix: Option<String>,
}

/// Why nothing is to be run.
pub struct Stop {
    pub status: i32,
    pub text: String,
}

/// What the options say, before variables are looked at.
#[derive(Default)]
struct Options {
    bytes_warning: u64,
    bytecode_is_not_written: bool,
    debug: u8,
    ignores_environment: bool,
    interactive: bool,
    is_isolated: bool,
    optimize: u8,
    is_safe: bool,
    quiet: bool,
    has_random_hashes: bool,
    leaves_user_site: bool,
    leaves_site: bool,
    unbuffered: bool,
    verbose: u8,
    version: u8,
    warnings: Vec<String>,
    skips_first_line: bool,
    extensions: Vec<(String, Option<String>)>,
    check_hash_pycs_mode: CheckHashPycsMode,
}

/// Reads the command line of this process.
///
/// # Errors
/// What is to be said instead of running anything.
pub fn read(arguments: Vec<OsString>) -> Result<CommandLine, Stop> {
    let mut arguments = arguments.into_iter();
    let name = arguments.next().unwrap_or_default().to_string_lossy().into_owned();
    let mut options = Options::default();
    let mut words = Words { rest: arguments.collect(), next: 0, letters: Vec::new() };
    if matches!(name.rsplit('/').next(), Some("pip" | "pip3")) {
        // The command `pip` is this program with the module that it runs.
        words.rest.splice(..0, ["-m".into(), "pip".into()]);
    }
    let mut program = None;
    while program.is_none()
        && let Some(option) = words.option().map_err(|text| wrong(&name, &text))?
    {
        program = take(&mut options, option, &mut words, &name)?;
    }
    if options.version > 0 {
        let version =
            if options.version > 1 { rustpython::vm::version::RUSTPYTHON_VERSION } else { help::VERSION };
        return Err(Stop { status: 0, text: format!("Python {version}\n") });
    }
    let mut argv = words.remaining();
    let program = match program {
        Some(program) => {
            argv.insert(0, if matches!(program, Program::Command(_)) { "-c" } else { "-m" }.into());
            program
        }
        None => match argv.first() {
            Some(first) if first != "-" => Program::File(first.to_string_lossy().into_owned()),
            Some(_) => Program::Input,
            None => {
                argv.push(OsString::new());
                Program::Input
            }
        },
    };
    finish(options, program, argv)
}

/// Takes one option; answers with the program, where it names one.
fn take(options: &mut Options, option: u8, words: &mut Words, name: &str) -> Result<Option<Program>, Stop> {
    let shown = |text: String| Err(Stop { status: 0, text });
    let mut argument = |option: u8| {
        words
            .argument()
            .map(|value| value.to_string_lossy().into_owned())
            .ok_or_else(|| wrong(name, &format!("Argument expected for the -{} option", char::from(option))))
    };
    match option {
        b'b' => options.bytes_warning += 1,
        b'B' => options.bytecode_is_not_written = true,
        b'c' => return Ok(Some(Program::Command(dedented(&argument(option)?)))),
        b'd' => options.debug += 1,
        b'E' => options.ignores_environment = true,
        b'h' | b'?' => return shown(help::options(name)),
        b'i' => options.interactive = true,
        b'I' => options.is_isolated = true,
        b'm' => return Ok(Some(Program::Module(argument(option)?))),
        b'O' => options.optimize = options.optimize.saturating_add(1),
        b'P' => options.is_safe = true,
        b'q' => options.quiet = true,
        b'R' => options.has_random_hashes = true,
        b's' => options.leaves_user_site = true,
        b'S' => options.leaves_site = true,
        b'u' => options.unbuffered = true,
        b'v' => options.verbose = options.verbose.saturating_add(1),
        b'V' => options.version = options.version.saturating_add(1),
        b'W' => options.warnings.push(argument(option)?),
        b'x' => options.skips_first_line = true,
        b'X' => {
            let text = argument(option)?;
            let (key, value) =
                text.split_once('=').map_or((text.as_str(), None), |(key, value)| (key, Some(value)));
            options.extensions.push((key.to_owned(), value.map(str::to_owned)));
        }
        Words::HELP_ALL => {
            return shown([help::options(name), help::variables(), help::extensions()].join("\n"));
        }
        Words::HELP_VARIABLES => return shown(help::variables()),
        Words::HELP_EXTENSIONS => return shown(help::extensions()),
        Words::CHECK_PYCS => {
            let Some(value) = words.word() else {
                return Err(wrong(name, "Argument expected for the --check-hash-based-pycs options"));
            };
            options.check_hash_pycs_mode =
                value.to_str().and_then(|value| CheckHashPycsMode::from_str(value).ok()).ok_or_else(
                    || wrong(name, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'"),
                )?;
        }
        // `-t` has meant nothing since Python 3.0.
        _ => {}
    }
    Ok(None)
}

/// The arguments, and how far they have been read.
struct Words {
    rest: Vec<OsString>,
    next: usize,
    /// What is left of a word of letters.
    letters: Vec<u8>,
}

impl Words {
    // Options of many letters, as bytes that no letter is.
    const HELP_ALL: u8 = 0;
    const HELP_VARIABLES: u8 = 1;
    const HELP_EXTENSIONS: u8 = 2;
    const CHECK_PYCS: u8 = 3;

    /// The next option; none at the end of the options.
    fn option(&mut self) -> Result<Option<u8>, String> {
        if self.letters.is_empty() {
            let Some(word) = self.rest.get(self.next) else { return Ok(None) };
            let bytes = word.as_bytes();
            if bytes.first() != Some(&b'-') || bytes == b"-" {
                return Ok(None);
            }
            self.next += 1;
            match bytes {
                b"--" => return Ok(None),
                b"--help" => return Ok(Some(b'h')),
                b"--version" => return Ok(Some(b'V')),
                b"--help-all" => return Ok(Some(Self::HELP_ALL)),
                b"--help-env" => return Ok(Some(Self::HELP_VARIABLES)),
                b"--help-xoptions" => return Ok(Some(Self::HELP_EXTENSIONS)),
                b"--check-hash-based-pycs" => return Ok(Some(Self::CHECK_PYCS)),
                _ if bytes.starts_with(b"--") => {
                    return Err(format!("unknown option {}", word.to_string_lossy()));
                }
                _ => self.letters = bytes.iter().skip(1).rev().copied().collect(),
            }
        }
        let Some(letter) = self.letters.pop() else { return Ok(None) };
        if letter == b'J' {
            return Err("-J is reserved for Jython".to_owned());
        }
        if letter == b':' || !SHORT_OPTIONS.contains(&letter) {
            // The letter may be more than a byte.
            let mut bytes = vec![letter];
            bytes.extend(self.letters.iter().rev());
            let text = String::from_utf8_lossy(&bytes);
            return Err(format!("Unknown option: -{}", text.chars().next().unwrap_or('?')));
        }
        Ok(Some(letter))
    }

    /// The argument of a letter: the rest of its word, else the next word.
    fn argument(&mut self) -> Option<OsString> {
        if self.letters.is_empty() {
            return self.word();
        }
        Some(OsString::from_vec(std::mem::take(&mut self.letters).into_iter().rev().collect()))
    }

    fn word(&mut self) -> Option<OsString> {
        let word = self.rest.get(self.next).cloned();
        self.next += 1;
        word
    }

    fn remaining(mut self) -> Vec<OsString> {
        self.rest.split_off(self.next.min(self.rest.len()))
    }
}

/// The variables, unless they are to be ignored.
struct Variables {
    ignored: bool,
}

impl Variables {
    /// A variable's value; an empty one is none.
    fn get(&self, name: &str) -> Option<String> {
        if self.ignored {
            return None;
        }
        var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    }

    /// A variable that counts: what is no number is 1.
    fn count(&self, name: &str) -> u8 {
        self.get(name).map_or(0, |value| value.parse().unwrap_or(1))
    }

    fn is_set(&self, name: &str) -> bool {
        self.count(name) > 0
    }
}

/// Puts options and variables together.
fn finish(options: Options, program: Program, argv: Vec<OsString>) -> Result<CommandLine, Stop> {
    let mut settings = Settings::default();
    settings.isolated = options.is_isolated;
    settings.ignore_environment = options.is_isolated || options.ignores_environment;
    let variables = Variables { ignored: settings.ignore_environment };
    let extension = |name: &str| options.extensions.iter().rev().find(|(key, _)| key == name);

    settings.bytes_warning = options.bytes_warning;
    settings.import_site = !options.leaves_site;
    settings.optimize = options.optimize.max(variables.count("PYTHONOPTIMIZE"));
    settings.verbose = options.verbose.max(variables.count("PYTHONVERBOSE"));
    settings.debug = options.debug.max(variables.count("PYTHONDEBUG"));
    settings.user_site_directory =
        !(settings.isolated || options.leaves_user_site || variables.is_set("PYTHONNOUSERSITE"));
    settings.quiet = options.quiet;
    settings.write_bytecode =
        !(options.bytecode_is_not_written || variables.is_set("PYTHONDONTWRITEBYTECODE"));
    settings.safe_path = settings.isolated || options.is_safe || variables.get("PYTHONSAFEPATH").is_some();
    settings.inspect = options.interactive || variables.is_set("PYTHONINSPECT");
    settings.interactive = options.interactive;
    settings.buffered_stdio = !(options.unbuffered || variables.is_set("PYTHONUNBUFFERED"));
    settings.check_hash_pycs_mode = options.check_hash_pycs_mode;
    settings.dev_mode = extension("dev").is_some() || variables.is_set("PYTHONDEVMODE");
    settings.faulthandler =
        settings.dev_mode || extension("faulthandler").is_some() || variables.is_set("PYTHONFAULTHANDLER");
    settings.warn_default_encoding =
        extension("warn_default_encoding").is_some() || variables.is_set("PYTHONWARNDEFAULTENCODING");
    settings.code_debug_ranges =
        extension("no_debug_ranges").is_none() && !variables.is_set("PYTHONNODEBUGRANGES");
    if let Some(paths) = variables.get("PYTHONPATH") {
        settings.path_list = paths.split(':').map(str::to_owned).collect();
    }
    let cache_prefix = match extension("pycache_prefix") {
        Some((_, prefix)) => prefix.clone().filter(|prefix| !prefix.is_empty()),
        None => variables.get("PYTHONPYCACHEPREFIX"),
    };

    set_numbers(&mut settings, &variables, extension)?;
    if !options.has_random_hashes
        && let Some(seed) = variables.get("PYTHONHASHSEED").filter(|seed| seed != "random")
    {
        settings.hash_seed = Some(seed.parse().map_err(|_| {
            fatal(
                "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
            )
        })?);
    }
    if let Some(value) = variables.get("PYTHONIOENCODING") {
        let (encoding, errors) = value.split_once(':').unwrap_or((&value, ""));
        settings.stdio_encoding = Some(encoding.to_owned()).filter(|encoding| !encoding.is_empty());
        settings.stdio_errors = Some(errors.to_owned()).filter(|errors| !errors.is_empty());
    }
    settings.warnoptions = warnings(&settings, &variables, options.warnings);
    settings.xoptions = options.extensions;
    settings.argv = argv.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    Ok(CommandLine { settings, program, argv, skips_first_line: options.skips_first_line, cache_prefix })
}

/// The settings that are numbers, which may make no sense.
fn set_numbers<'a>(
    settings: &mut Settings,
    variables: &Variables,
    extension: impl Fn(&str) -> Option<&'a (String, Option<String>)>,
) -> Result<(), Stop> {
    let digits = |value: Option<&str>, whose: &str| {
        value
            .and_then(|value| value.parse().ok())
            .filter(|digits| *digits == 0 || *digits >= DIGITS_MIN)
            .ok_or_else(|| {
                fatal(&format!(
                    "config_init_int_max_str_digits: {whose}: invalid limit; must be >= {DIGITS_MIN} or 0 for unlimited."
                ))
            })
    };
    if let Some(value) = variables.get("PYTHONINTMAXSTRDIGITS") {
        settings.int_max_str_digits = digits(Some(&value), "PYTHONINTMAXSTRDIGITS")?;
    }
    if let Some((_, value)) = extension("int_max_str_digits") {
        settings.int_max_str_digits = digits(value.as_deref(), "-X int_max_str_digits")?;
    }
    // RustPython knows no locale's encoding; all of wasmsand is UTF-8.
    settings.utf8_mode = match extension("utf8").map(|(_, value)| value.as_deref().unwrap_or("1")) {
        Some("1") => 1,
        Some("0") => 0,
        Some(_) => return Err(fatal("preconfig_init_utf8_mode: invalid -X utf8 option value")),
        None => match variables.get("PYTHONUTF8").as_deref() {
            None | Some("1") => 1,
            Some("0") => 0,
            Some(_) => {
                return Err(fatal("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value"));
            }
        },
    };
    let processors = match extension("cpu_count") {
        Some((_, value)) => Some(value.clone().unwrap_or_default()),
        None => variables.get("PYTHON_CPU_COUNT"),
    };
    if let Some(processors) = processors.filter(|processors| processors != "default") {
        let count = processors.parse().ok().filter(|count: &NonZeroI32| count.get() > 0);
        settings.cpu_count = Some(count.ok_or_else(|| {
            fatal(
                "config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
            )
        })?);
    }
    Ok(())
}

/// `sys.warnoptions`: the later ones count more.
fn warnings(settings: &Settings, variables: &Variables, options: Vec<String>) -> Vec<String> {
    let mut warnings = Vec::new();
    if settings.dev_mode {
        warnings.push("default".to_owned());
    }
    if let Some(value) = variables.get("PYTHONWARNINGS") {
        warnings.extend(value.split(',').map(str::to_owned));
    }
    warnings.extend(options);
    if settings.bytes_warning > 0 {
        let action = if settings.bytes_warning > 1 { "error" } else { "default" };
        warnings.push(format!("{action}::BytesWarning"));
    }
    warnings
}

/// What is said of a command line that makes no sense.
fn wrong(name: &str, what: &str) -> Stop {
    let usage = help::usage(name);
    Stop { status: USAGE_STATUS, text: format!("{what}\n{usage}Try `python -h' for more information.\n") }
}

/// What is said of a value that the interpreter cannot start with.
fn fatal(what: &str) -> Stop {
    Stop {
        status: FATAL_STATUS,
        text: format!("Fatal Python error: {what}\nPython runtime state: preinitialized\n"),
    }
}

/// A program without the blanks that all of its lines begin with, as `textwrap.dedent` does it.
fn dedented(source: &str) -> String {
    let is_blank = |line: &str| line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let mut lines = source.split('\n').filter(|line| !is_blank(line));
    let Some(first) = lines.next() else { return source.to_owned() };
    let mut common = first.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    for line in lines {
        let same = line.bytes().zip(first.bytes()).take(common).take_while(|(one, other)| one == other);
        common = same.count();
    }
    if common == 0 {
        return source.to_owned();
    }
    let lines: Vec<&str> = source
        .split('\n')
        .map(|line| if is_blank(line) { "" } else { line.get(common..).unwrap_or(line) })
        .collect();
    lines.join("\n")
}
