//! The command line.

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::cursor::{Chunk, Origin};
use crate::input::words;
use crate::{BAD_USAGE, PANIC, host};

/// What sed was asked for.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) files: Vec<Vec<u8>>,
    pub(crate) quiet: bool,
    pub(crate) extended: bool,
    pub(crate) separate: bool,
    /// In-place editing, with the names of the backups.
    pub(crate) in_place: Option<Vec<u8>>,
    pub(crate) follow_links: bool,
    pub(crate) null_data: bool,
    pub(crate) unbuffered: bool,
    pub(crate) posix: bool,
    pub(crate) sandbox: bool,
    pub(crate) line_length: usize,
}

/// What comes of a command line.
pub(crate) enum Request {
    Run(Box<Options>),
    Show(String),
    /// A complaint, if there is one, and then the usage.
    Usage(Option<String>),
    /// A complaint, and the status.
    Fail(String, i32),
}

#[derive(Clone, Copy, PartialEq)]
enum Flag {
    Quiet,
    Debug,
    Expression,
    File,
    FollowSymlinks,
    InPlace,
    LineLength,
    Posix,
    Extended,
    Separate,
    Sandbox,
    Unbuffered,
    NullData,
    Binary,
    Help,
    Version,
}

const SYNTAX: Syntax<Flag> = Syntax {
    short: &[
        (b'b', Takes::Nothing, Flag::Binary),
        (b'n', Takes::Nothing, Flag::Quiet),
        (b'e', Takes::Value, Flag::Expression),
        (b'f', Takes::Value, Flag::File),
        (b'i', Takes::MaybeValue, Flag::InPlace),
        (b'l', Takes::Value, Flag::LineLength),
        (b'E', Takes::Nothing, Flag::Extended),
        (b'r', Takes::Nothing, Flag::Extended),
        (b's', Takes::Nothing, Flag::Separate),
        (b'u', Takes::Nothing, Flag::Unbuffered),
        (b'z', Takes::Nothing, Flag::NullData),
    ],
    long: &[
        ("binary", Takes::Nothing, Flag::Binary),
        ("regexp-extended", Takes::Nothing, Flag::Extended),
        ("debug", Takes::Nothing, Flag::Debug),
        ("in-place", Takes::MaybeValue, Flag::InPlace),
        ("expression", Takes::Value, Flag::Expression),
        ("file", Takes::Value, Flag::File),
        ("line-length", Takes::Value, Flag::LineLength),
        ("null-data", Takes::Nothing, Flag::NullData),
        ("zero-terminated", Takes::Nothing, Flag::NullData),
        ("quiet", Takes::Nothing, Flag::Quiet),
        ("posix", Takes::Nothing, Flag::Posix),
        ("silent", Takes::Nothing, Flag::Quiet),
        ("sandbox", Takes::Nothing, Flag::Sandbox),
        ("separate", Takes::Nothing, Flag::Separate),
        ("unbuffered", Takes::Nothing, Flag::Unbuffered),
        ("version", Takes::Nothing, Flag::Version),
        ("help", Takes::Nothing, Flag::Help),
        ("follow-symlinks", Takes::Nothing, Flag::FollowSymlinks),
    ],
};

/// How `l` folds its lines where nothing is said.
const LINE_LENGTH: usize = 70;

pub(crate) const HELP: &str = "\
Usage: sed [OPTION]... SCRIPT [FILE]...
   or: sed [OPTION]... -e SCRIPT|-f FILE... [FILE]...
Edits the lines of the files, or of standard input, as the script says, and prints them.

  -n, --quiet, --silent      print only what the script prints
  -e, --expression=SCRIPT    add a script
  -f, --file=FILE            add the script in a file
  -E, -r, --regexp-extended  regular expressions are extended ones
  -i, --in-place[=SUFFIX]    put the output in the files' place; with SUFFIX keep the old ones
      --follow-symlinks      with -i, edit what links lead to
  -l, --line-length=N        fold the lines of the command l at N columns; 0 or 1: never
  -s, --separate             each file has its own line numbers and last line
  -u, --unbuffered           read no more than needed, and write each line at once
  -z, --null-data            lines end with a NUL
      --posix                without GNU's extensions
      --sandbox              refuse the commands e, r and w
      --help                 show this help
      --version              show the version
";

pub(crate) fn parse(arguments: Vec<Vec<u8>>) -> Request {
    let mut options = Options { line_length: LINE_LENGTH, ..Options::default() };
    let mut words = Words::new(&SYNTAX, arguments);
    let operands_end_options = std::env::var_os("POSIXLY_CORRECT").is_some();
    let mut operands: Vec<Vec<u8>> = Vec::new();
    loop {
        match words.next() {
            Err(what) => return Request::Usage(Some(what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                operands.push(word);
                if operands_end_options {
                    operands.extend(words.into_rest());
                    break;
                }
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                if let Some(request) = take(&mut options, option, value) {
                    return request;
                }
            }
        }
    }
    if options.chunks.is_empty() {
        if operands.is_empty() {
            return Request::Usage(None);
        }
        options.chunks.push(Chunk { text: operands.remove(0), origin: Origin::Expression(1) });
    }
    options.files = operands;
    Request::Run(Box::new(options))
}

fn take(options: &mut Options, flag: Flag, value: Option<Vec<u8>>) -> Option<Request> {
    match flag {
        Flag::Quiet => options.quiet = true,
        Flag::Debug => return Some(Request::Fail("--debug is not supported".to_owned(), BAD_USAGE)),
        Flag::Expression => {
            let number =
                1 + options.chunks.iter().filter(|c| matches!(c.origin, Origin::Expression(_))).count();
            let text = value.unwrap_or_default();
            options.chunks.push(Chunk { text, origin: Origin::Expression(number) });
        }
        Flag::File => {
            let name = value.unwrap_or_default();
            let read = if name == b"-" { read_stdin() } else { std::fs::read(host::path(&name)) };
            match read {
                Ok(text) => options.chunks.push(Chunk { text, origin: Origin::File(name) }),
                Err(error) => {
                    let name = String::from_utf8_lossy(&name);
                    let what = format!("couldn't open file {name}: {}", words(&error));
                    return Some(Request::Fail(what, PANIC));
                }
            }
        }
        Flag::FollowSymlinks => options.follow_links = true,
        Flag::InPlace => {
            options.in_place = Some(value.unwrap_or_default());
            options.separate = true;
        }
        Flag::LineLength => {
            let value = value.unwrap_or_default();
            let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
            options.line_length = digits.fold(0, |number: usize, digit| {
                number.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
            });
        }
        Flag::Posix => options.posix = true,
        Flag::Extended => options.extended = true,
        Flag::Separate => options.separate = true,
        Flag::Sandbox => options.sandbox = true,
        Flag::Unbuffered => options.unbuffered = true,
        Flag::NullData => options.null_data = true,
        Flag::Binary => {}
        Flag::Help => return Some(Request::Show(HELP.to_owned())),
        Flag::Version => return Some(Request::Show("sed (wasmsand) 0.1.0\n".to_owned())),
    }
    None
}

fn read_stdin() -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin(), &mut text)?;
    Ok(text)
}
