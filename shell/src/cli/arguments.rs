//! The command line as it is typed, by clap. What it means is the business of the module above.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bstr::BString;
use clap::{Args, Parser, Subcommand};
use wasmsand_wasi::Limits;

/// A Unix userland in one process: a shell whose every program runs in a WebAssembly interpreter, over an in-memory
/// file system. Nothing of this computer is visible inside unless an option gives it.
#[derive(Clone, Debug, Parser)]
#[command(name = "wasmsand", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The first word is a script to run; the next are $0 and its arguments
    #[arg(short = 'c')]
    pub(crate) script_text: bool,

    /// Read commands from standard input even when there are words
    #[arg(short = 's')]
    pub(crate) standard_input: bool,

    /// Prompt for commands when standard input is a terminal
    #[arg(short = 'i')]
    pub(crate) interactive: bool,

    /// Begin with errexit on
    #[arg(short = 'e')]
    errexit: bool,

    /// Begin with nounset on
    #[arg(short = 'u')]
    nounset: bool,

    /// Begin with xtrace on
    #[arg(short = 'x')]
    xtrace: bool,

    /// Begin with noexec on: read commands and do not run them
    #[arg(short = 'n')]
    noexec: bool,

    /// Begin with verbose on
    #[arg(short = 'v')]
    verbose: bool,

    /// Begin with noglob on
    #[arg(short = 'f')]
    noglob: bool,

    /// Begin with allexport on
    #[arg(short = 'a')]
    allexport: bool,

    /// Begin with monitor on: job control
    #[arg(short = 'm')]
    monitor: bool,

    /// Begin with a `set -o` option on (several)
    #[arg(short = 'o', value_name = "OPTION")]
    options: Vec<String>,

    /// Begin with a `shopt` option on (several)
    #[arg(short = 'O', value_name = "OPTION")]
    shopt_options: Vec<String>,

    /// Begin with posix on
    #[arg(long)]
    posix: bool,

    /// Be a login shell: read /etc/profile and ~/.bash_profile of the sandbox
    #[arg(short = 'l', long)]
    login: bool,

    /// Do not read ~/.bashrc of the sandbox at a prompt
    #[arg(long)]
    pub(crate) norc: bool,

    /// Do not read the files of a login shell
    #[arg(long)]
    pub(crate) noprofile: bool,

    /// A file of the sandbox that is read in place of ~/.bashrc
    #[arg(long, value_name = "FILE", alias = "init-file")]
    pub(crate) rcfile: Option<OsString>,

    /// The file that keeps the prompt's history
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) sandbox: Sandbox,

    /// A script of the sandbox or of this computer and its arguments
    #[arg(trailing_var_arg = true, value_name = "SCRIPT")]
    pub(crate) words: Vec<OsString>,
}

impl Arguments {
    /// Names of the `set -o` and `shopt` options to begin with.
    pub(crate) fn shell_options(&self) -> Vec<String> {
        let flags = [
            (self.errexit, "errexit"),
            (self.nounset, "nounset"),
            (self.xtrace, "xtrace"),
            (self.noexec, "noexec"),
            (self.verbose, "verbose"),
            (self.noglob, "noglob"),
            (self.allexport, "allexport"),
            (self.monitor, "monitor"),
            (self.posix, "posix"),
            (self.login, "login_shell"),
        ];
        let mut names: Vec<String> =
            flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect();
        names.extend(self.options.iter().chain(&self.shopt_options).cloned());
        names
    }
}

/// What can be done instead of running the shell.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one WASI preview1 program without a shell
    Run(Box<Run>),
    /// List the limits that `--limit` sets, with their defaults
    Limits,
}

/// The arguments of `run`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) sandbox: Sandbox,

    /// The program: a .wasm file of this computer, or a path of the sandbox
    pub(crate) program: OsString,

    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// What the sandbox is given and bounded by.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Sandbox {
    /// Give a folder, read-write and through: changes are made in it
    #[arg(long, value_name = "HOST::GUEST", value_parser = folder)]
    pub(crate) dir: Vec<Folder>,

    /// Give a folder read-only
    #[arg(long, value_name = "HOST::GUEST", value_parser = folder)]
    pub(crate) ro_dir: Vec<Folder>,

    /// Give a copy of a folder, loaded into memory
    #[arg(long, value_name = "HOST::GUEST", value_parser = folder)]
    pub(crate) copy_dir: Vec<Folder>,

    /// Give a folder, read-write, with every change kept in memory: the folder itself is only read
    #[arg(long, value_name = "HOST::GUEST", value_parser = folder)]
    pub(crate) overlay_dir: Vec<Folder>,

    /// Unpack a tar archive into a directory before the start (`-`: standard input)
    #[arg(long, allow_hyphen_values = true, value_name = "FILE::GUEST", value_parser = folder)]
    pub(crate) load_tar: Vec<Folder>,

    /// Write a directory as a tar archive at the end
    #[arg(long, value_name = "FILE::GUEST", value_parser = folder)]
    pub(crate) save_tar: Vec<Folder>,

    /// Set a variable of the environment
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) env: Vec<OsString>,

    /// Start in this directory of the sandbox [default: /home/user]
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<OsString>,

    /// End everything after this many seconds, with status 124
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<u64>,

    /// Linear memory that all programs together may have; K, M and G are powers of 1024
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub(crate) max_memory: Option<usize>,

    /// Bytes that the files in memory together may have; K, M and G are powers of 1024
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub(crate) max_files_bytes: Option<usize>,

    /// End everything, with status 137, after this much work: about one per wasm instruction; K, M and G as above
    #[arg(long, value_name = "UNITS", value_parser = size)]
    pub(crate) fuel: Option<usize>,

    /// Set any limit by its name (several; `wasmsand limits` lists them); K, M and G as above
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,

    /// Run deterministically: random bytes follow from the seed, and the clock from the work that is done, starting on
    /// 2024-01-01; sleeping takes no time
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,

    /// Let programs make symbolic links with absolute targets in the directories given to `run`, and follow them: they
    /// start at the directory's own root (the shell's programs may anyway)
    #[arg(long)]
    pub(crate) absolute_symlinks: bool,

    /// When a program of yours traps, print the functions it was in, if its module has their names
    #[arg(long)]
    pub(crate) backtrace: bool,

    /// Print every system call to standard error
    #[arg(long)]
    pub(crate) trace: bool,
}

/// A folder of the host and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// On this computer.
    pub(crate) host: PathBuf,
    /// In the sandbox.
    pub(crate) guest: BString,
}

fn folder(text: &str) -> Result<Folder, String> {
    match text.split_once("::") {
        Some((host, guest)) if !host.is_empty() && !guest.is_empty() => {
            Ok(Folder { host: host.into(), guest: guest.into() })
        }
        Some(_) | None => Err("expected HOST::GUEST".to_owned()),
    }
}

fn variable(text: &str) -> Result<OsString, String> {
    match text.split_once('=') {
        Some((name, _)) if !name.is_empty() => Ok(OsStr::from_bytes(text.as_bytes()).to_owned()),
        Some(_) | None => Err("expected NAME=VALUE".to_owned()),
    }
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=NUMBER")?;
    let value = u64::try_from(size(value)?).map_err(|_| "too large".to_owned())?;
    match Limits::default().set(name, value) {
        Ok(()) => Ok((name.to_owned(), value)),
        Err(unknown) => Err(format!("{unknown}: `wasmsand limits' lists them")),
    }
}

/// Seconds as nanoseconds.
fn seconds(text: &str) -> Result<u64, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    let duration = std::time::Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    u64::try_from(duration.as_nanos()).map_err(|_| "too long".to_owned())
}

fn size(text: &str) -> Result<usize, String> {
    let upper = text.to_ascii_uppercase();
    let upper = upper.strip_suffix("IB").or_else(|| upper.strip_suffix('B')).unwrap_or(&upper);
    let (digits, shift) = match upper.char_indices().next_back() {
        Some((at, 'K')) => (upper.get(..at), 10),
        Some((at, 'M')) => (upper.get(..at), 20),
        Some((at, 'G')) => (upper.get(..at), 30),
        Some(_) | None => (Some(upper), 0),
    };
    let number: usize =
        digits.unwrap_or_default().parse().map_err(|_| "expected a number of bytes".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_binary_suffixes() {
        for (text, bytes) in [("64", 64), ("2k", 2048), ("3M", 3 << 20), ("1GiB", 1 << 30), ("5KB", 5120)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "k", "1T", "-1", "99999999999G"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_folder_names_both_sides() {
        let expected = Folder { host: "a/b".into(), guest: "/c".into() };
        assert_eq!(folder("a/b::/c"), Ok(expected));
        assert!(folder("a:/c").is_err());
        assert!(folder("::/c").is_err());
    }

    #[test]
    fn words_after_the_script_are_its_own() {
        let arguments = Arguments::parse_from(["wasmsand", "-euc", "echo $1", "name", "-x", "--trace"]);
        assert!(arguments.script_text && arguments.errexit && arguments.nounset && !arguments.xtrace);
        assert!(!arguments.sandbox.trace);
        assert_eq!(arguments.words, ["echo $1", "name", "-x", "--trace"]);
        let script = Arguments::parse_from(["wasmsand", "--timeout", "1.5", "a.sh", "-v"]);
        assert_eq!(script.sandbox.timeout, Some(1_500_000_000));
        assert_eq!(script.words, ["a.sh", "-v"]);
    }

    #[test]
    fn run_takes_its_options_before_the_program() {
        let arguments =
            Arguments::parse_from(["wasmsand", "run", "--env", "A=b", "p.wasm", "--", "-x", "--", ""]);
        let Some(Command::Run(run)) = arguments.command else { panic!("not run") };
        assert_eq!(run.program, "p.wasm");
        assert_eq!(run.arguments, ["-x", "--", ""]);
        assert_eq!(run.sandbox.env, ["A=b"]);
    }
}
