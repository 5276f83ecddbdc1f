//! less and more: text a page at a time.
//!
//! It owns their command lines, and the plain copying where nobody watches; [`source`] has the lines, [`layout`] makes
//! rows of them, [`session`] follows the keys. Written from the manuals, and held against less 590 and util-linux 2.38.1.

#[cfg_attr(not(target_os = "wasi"), allow(dead_code, reason = "only the sandbox has keys"))]
mod layout;
#[cfg_attr(not(target_os = "wasi"), allow(dead_code, reason = "only the sandbox has keys"))]
mod source;

#[cfg(target_os = "wasi")]
mod screen;
#[cfg(target_os = "wasi")]
mod session;

use std::io::{self, IsTerminal, Read};

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::stream::{self, Output, Stdin};

const LESS_HELP: &str = "\
Usage: less [OPTION]... [+COMMAND] [FILE]...
Show text a page at a time. Options may also be in the variable LESS.

  -N  numbers of lines              -S  cut long lines
  -R  colours as they are           -r  the same
  -F  leave at once if it all fits  -X  do not clear the screen
  -e, -E  leave at the end          -i  letters of either case match, if the pattern has no capital
  -I  letters of either case match  -s  several blank lines as one
  -p PATTERN  begin at PATTERN      -x N  tab stops every N columns
  +G  begin at the end   +N  begin at line N   +/PATTERN  begin at PATTERN

";

const KEYS_HELP: &str = "\
Keys. N in front of one repeats it, or is a line's number.

  space f PgDn     a page on            b PgUp         a page back
  Enter j down     a line on            k y up         a line back
  d                half a page on       u              half a page back
  g < Home         to the first line    G > End        to the last line
  p %              to N percent         right left     half a screen to the side
  /PATTERN         look for it          ?PATTERN       look backwards
  n                again                N              the other way
  mX  'X           mark, and go there   F              wait for more text
  :n :p            next file, previous  = Ctrl-G       where we are
  -N -S -i -R      switch an option     r Ctrl-L       draw anew
  h                this text            q              leave
";

const MORE_HELP: &str = "\
Usage: more [OPTION]... [FILE]...
Show text a page at a time, and leave at its end.

 -d, --silent          accepted
 -e, --exit-on-eof     accepted
 -f, --logical         accepted
 -l, --no-pause        accepted
 -p, --print-over      begin each page on a clear screen
 -c, --clean-print     the same
 -s, --squeeze         several blank lines as one
 -u, --plain           accepted
 -n, --lines NUMBER    NUMBER lines of a page
 -NUMBER               the same
 +NUMBER               begin at line NUMBER
 +/PATTERN             begin at PATTERN
 -h, --help            show this text
 -V, --version         show the version

";

/// Where the view begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Top,
    End,
    Line(usize),
    Pattern(Vec<u8>),
}

/// How text is shown.
#[derive(Clone, Debug)]
pub struct View {
    pub is_more: bool,
    pub numbers: bool,
    pub chop: bool,
    pub raw: bool,
    pub quit_if_one_screen: bool,
    pub keep_screen: bool,
    pub quit_at_end: bool,
    /// Letters of either case match: if the pattern has no capital, or always.
    pub smart_case: bool,
    pub ignore_case: bool,
    pub squeeze: bool,
    pub tab: usize,
    pub page: Option<usize>,
    pub start: Start,
    pub files: Vec<Vec<u8>>,
}

impl View {
    fn new(is_more: bool) -> View {
        View {
            is_more,
            numbers: false,
            chop: false,
            raw: false,
            quit_if_one_screen: false,
            keep_screen: is_more,
            quit_at_end: is_more,
            smart_case: false,
            ignore_case: false,
            squeeze: false,
            tab: 8,
            page: None,
            start: Start::Top,
            files: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opt {
    Numbers,
    Chop,
    Raw,
    OneScreen,
    KeepScreen,
    QuitAtEnd,
    SmartCase,
    IgnoreCase,
    Squeeze,
    Pattern,
    Tab,
    Page,
    Digit(u8),
    Ignored,
    Help,
    Version,
}

use Takes::{MaybeValue, Nothing, Value};

#[rustfmt::skip]
const LESS_SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'N', Nothing, Opt::Numbers), (b'S', Nothing, Opt::Chop), (b'R', Nothing, Opt::Raw),
        (b'r', Nothing, Opt::Raw), (b'F', Nothing, Opt::OneScreen), (b'X', Nothing, Opt::KeepScreen),
        (b'e', Nothing, Opt::QuitAtEnd), (b'E', Nothing, Opt::QuitAtEnd), (b'i', Nothing, Opt::SmartCase),
        (b'I', Nothing, Opt::IgnoreCase), (b's', Nothing, Opt::Squeeze), (b'p', Value, Opt::Pattern),
        (b'x', Value, Opt::Tab), (b'?', Nothing, Opt::Help), (b'V', Nothing, Opt::Version),
        (b'a', Nothing, Opt::Ignored), (b'A', Nothing, Opt::Ignored), (b'B', Nothing, Opt::Ignored),
        (b'b', Value, Opt::Ignored), (b'c', Nothing, Opt::Ignored), (b'C', Nothing, Opt::Ignored),
        (b'd', Nothing, Opt::Ignored), (b'f', Nothing, Opt::Ignored), (b'g', Nothing, Opt::Ignored),
        (b'G', Nothing, Opt::Ignored), (b'h', Value, Opt::Ignored), (b'j', Value, Opt::Ignored),
        (b'J', Nothing, Opt::Ignored), (b'k', Value, Opt::Ignored), (b'K', Nothing, Opt::Ignored),
        (b'L', Nothing, Opt::Ignored), (b'm', Nothing, Opt::Ignored), (b'M', Nothing, Opt::Ignored),
        (b'n', Nothing, Opt::Ignored), (b'o', Value, Opt::Ignored), (b'O', Value, Opt::Ignored),
        (b'P', Value, Opt::Ignored), (b'q', Nothing, Opt::Ignored), (b'Q', Nothing, Opt::Ignored),
        (b't', Value, Opt::Ignored), (b'T', Value, Opt::Ignored), (b'u', Nothing, Opt::Ignored),
        (b'U', Nothing, Opt::Ignored), (b'w', Nothing, Opt::Ignored), (b'W', Nothing, Opt::Ignored),
        (b'y', Value, Opt::Ignored), (b'z', Value, Opt::Ignored), (b'D', Value, Opt::Ignored),
        (b'"', Value, Opt::Ignored), (b'~', Nothing, Opt::Ignored), (b'#', Value, Opt::Ignored),
    ],
    long: &[
        ("LINE-NUMBERS", Nothing, Opt::Numbers),
        ("chop-long-lines", Nothing, Opt::Chop),
        ("RAW-CONTROL-CHARS", Nothing, Opt::Raw),
        ("raw-control-chars", Nothing, Opt::Raw),
        ("quit-if-one-screen", Nothing, Opt::OneScreen),
        ("no-init", Nothing, Opt::KeepScreen),
        ("quit-at-eof", Nothing, Opt::QuitAtEnd),
        ("QUIT-AT-EOF", Nothing, Opt::QuitAtEnd),
        ("ignore-case", Nothing, Opt::SmartCase),
        ("IGNORE-CASE", Nothing, Opt::IgnoreCase),
        ("squeeze-blank-lines", Nothing, Opt::Squeeze),
        ("pattern", Value, Opt::Pattern),
        ("tabs", Value, Opt::Tab),
        ("tilde", Nothing, Opt::Ignored),
        ("quiet", Nothing, Opt::Ignored),
        ("silent", Nothing, Opt::Ignored),
        ("QUIET", Nothing, Opt::Ignored),
        ("SILENT", Nothing, Opt::Ignored),
        ("force", Nothing, Opt::Ignored),
        ("hilite-search", Nothing, Opt::Ignored),
        ("HILITE-SEARCH", Nothing, Opt::Ignored),
        ("long-prompt", Nothing, Opt::Ignored),
        ("LONG-PROMPT", Nothing, Opt::Ignored),
        ("line-numbers", Nothing, Opt::Ignored),
        ("clear-screen", Nothing, Opt::Ignored),
        ("CLEAR-SCREEN", Nothing, Opt::Ignored),
        ("no-lessopen", Nothing, Opt::Ignored),
        ("mouse", Nothing, Opt::Ignored),
        ("MOUSE", Nothing, Opt::Ignored),
        ("incsearch", Nothing, Opt::Ignored),
        ("use-color", Nothing, Opt::Ignored),
        ("follow-name", Nothing, Opt::Ignored),
        ("quit-on-intr", Nothing, Opt::Ignored),
        ("prompt", Value, Opt::Ignored),
        ("shift", Value, Opt::Ignored),
        ("window", Value, Opt::Ignored),
        ("buffers", Value, Opt::Ignored),
        ("jump-target", Value, Opt::Ignored),
        ("color", MaybeValue, Opt::Ignored),
        ("help", Nothing, Opt::Help),
        ("version", Nothing, Opt::Version),
    ],
};

#[rustfmt::skip]
const MORE_SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'd', Nothing, Opt::Ignored), (b'e', Nothing, Opt::Ignored), (b'f', Nothing, Opt::Ignored),
        (b'l', Nothing, Opt::Ignored), (b'p', Nothing, Opt::Ignored), (b'c', Nothing, Opt::Ignored),
        (b's', Nothing, Opt::Squeeze), (b'u', Nothing, Opt::Ignored), (b'n', Value, Opt::Page),
        (b'h', Nothing, Opt::Help), (b'V', Nothing, Opt::Version),
        (b'0', Nothing, Opt::Digit(0)), (b'1', Nothing, Opt::Digit(1)), (b'2', Nothing, Opt::Digit(2)),
        (b'3', Nothing, Opt::Digit(3)), (b'4', Nothing, Opt::Digit(4)), (b'5', Nothing, Opt::Digit(5)),
        (b'6', Nothing, Opt::Digit(6)), (b'7', Nothing, Opt::Digit(7)), (b'8', Nothing, Opt::Digit(8)),
        (b'9', Nothing, Opt::Digit(9)),
    ],
    long: &[
        ("silent", Nothing, Opt::Ignored),
        ("exit-on-eof", Nothing, Opt::Ignored),
        ("logical", Nothing, Opt::Ignored),
        ("no-pause", Nothing, Opt::Ignored),
        ("print-over", Nothing, Opt::Ignored),
        ("clean-print", Nothing, Opt::Ignored),
        ("squeeze", Nothing, Opt::Squeeze),
        ("plain", Nothing, Opt::Ignored),
        ("lines", Value, Opt::Page),
        ("help", Nothing, Opt::Help),
        ("version", Nothing, Opt::Version),
    ],
};

/// Runs less: its name and its arguments, to an exit status.
pub fn less(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut view = View::new(false);
    let set = std::env::var("LESS").unwrap_or_default();
    let mut words: Vec<Vec<u8>> = Vec::new();
    for word in set.split_whitespace() {
        // Dashes may be left out there.
        let dash = if word.starts_with(['-', '+']) { "" } else { "-" };
        words.push(format!("{dash}{word}").into_bytes());
    }
    // What the variable says badly is no reason to fail.
    let _ = read_options(&mut view, &LESS_SYNTAX, words);
    view.files.clear();
    match read_options(&mut view, &LESS_SYNTAX, arguments) {
        Ok(None) => {}
        Ok(Some(Opt::Version)) => return stream::show(program, "less (wasmsand) 0.1.0\n"),
        Ok(Some(_)) => return stream::show(program, &[LESS_HELP, KEYS_HELP].concat()),
        Err(what) => {
            cli::stdio::note(&format!("{what} (\"less --help\" for help)"));
            return 1;
        }
    }
    if view.files.is_empty() && io::stdin().is_terminal() {
        cli::stdio::note("Missing filename (\"less --help\" for help)");
        return 1;
    }
    show(program, view)
}

/// Runs more: its name and its arguments, to an exit status.
pub fn more(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut view = View::new(true);
    match read_options(&mut view, &MORE_SYNTAX, arguments) {
        Ok(None) => {}
        Ok(Some(Opt::Version)) => return stream::show(program, "more (wasmsand) 0.1.0\n"),
        Ok(Some(_)) => return stream::show(program, &[MORE_HELP, KEYS_HELP].concat()),
        Err(what) => return stream::wrong(program, &what),
    }
    if view.files.is_empty() && io::stdin().is_terminal() {
        return stream::wrong(program, "bad usage");
    }
    show(program, view)
}

/// Reads a command line; answers an option that shows a text instead.
fn read_options(
    view: &mut View,
    syntax: &'static Syntax<Opt>,
    arguments: Vec<Vec<u8>>,
) -> Result<Option<Opt>, String> {
    let mut words = Words::new(syntax, arguments);
    let mut digits: Option<usize> = None;
    while let Some(next) = words.next()? {
        let (option, value) = match next {
            Next::Operand(word) => {
                match word.strip_prefix(b"+").filter(|rest| !rest.is_empty()) {
                    Some(command) => view.start = start(command),
                    None => view.files.push(word),
                }
                continue;
            }
            Next::Option { option, value, .. } => (option, value.unwrap_or_default()),
        };
        let number =
            || String::from_utf8_lossy(&value).trim().parse::<usize>().ok().filter(|number| *number > 0);
        match option {
            Opt::Numbers => view.numbers = true,
            Opt::Chop => view.chop = true,
            Opt::Raw => view.raw = true,
            Opt::OneScreen => view.quit_if_one_screen = true,
            Opt::KeepScreen => view.keep_screen = true,
            Opt::QuitAtEnd => view.quit_at_end = true,
            Opt::SmartCase => view.smart_case = true,
            Opt::IgnoreCase => view.ignore_case = true,
            Opt::Squeeze => view.squeeze = true,
            Opt::Pattern => view.start = Start::Pattern(value),
            Opt::Tab => view.tab = number().unwrap_or(8).min(256),
            Opt::Page => view.page = Some(number().ok_or("bad usage")?),
            Opt::Digit(digit) => {
                digits = Some(digits.unwrap_or(0).saturating_mul(10).saturating_add(usize::from(digit)));
            }
            Opt::Ignored => {}
            Opt::Help | Opt::Version => return Ok(Some(option)),
        }
    }
    view.page = digits.filter(|rows| *rows > 0).or(view.page);
    Ok(None)
}

/// The command after a `+`.
fn start(command: &[u8]) -> Start {
    let command = command.strip_prefix(b"+").unwrap_or(command);
    if let Some(pattern) = command.strip_prefix(b"/") {
        return Start::Pattern(pattern.to_vec());
    }
    let text = String::from_utf8_lossy(command);
    match text.trim_end_matches(['g', 'G']).parse() {
        Ok(line) => Start::Line(line),
        Err(_) if text == "G" || text == "F" => Start::End,
        Err(_) => Start::Top,
    }
}

fn show(program: &str, view: View) -> i32 {
    #[cfg(target_os = "wasi")]
    if io::stdout().is_terminal()
        && let Some(status) = session::run(program, &view)
    {
        return status;
    }
    copy(program, &view)
}

/// What is wrong with a file, in the words of the pager.
fn complaint(view: &View, name: &[u8], error: &io::Error) -> String {
    let shown = String::from_utf8_lossy(name);
    if view.is_more {
        return format!("more: cannot open {shown}: {}", stream::reason(error));
    }
    format!("{shown}: {}", stream::reason(error))
}

/// Opens a file that can be shown.
fn open(view: &View, name: &[u8]) -> Result<std::fs::File, String> {
    let shown = String::from_utf8_lossy(name);
    if std::fs::metadata(stream::path(name)).is_ok_and(|metadata| metadata.is_dir()) {
        return Err(if view.is_more {
            format!("\n*** {shown}: directory ***")
        } else {
            format!("{shown} is a directory")
        });
    }
    std::fs::File::open(stream::path(name)).map_err(|error| complaint(view, name, &error))
}

/// Copies everything to an output that nobody watches.
fn copy(program: &str, view: &View) -> i32 {
    let mut out = Output::new();
    let pass = |reader: &mut dyn Read, out: &mut Output| {
        let mut buffer = vec![0; stream::BUFFER_BYTES];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => out.put(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    out.flush();
                    cli::stdio::complain(program, &stream::reason(&error));
                    return;
                }
            }
            // Whoever reads a pipe sees what has come so far.
            out.flush();
            if out.has_failed() {
                return;
            }
        }
    };
    if view.files.is_empty() {
        pass(&mut Stdin, &mut out);
    }
    for name in &view.files {
        if name == b"-" {
            pass(&mut Stdin, &mut out);
            continue;
        }
        match open(view, name) {
            Ok(mut file) => {
                if view.is_more {
                    let rule = b"::::::::::::::\n".as_slice();
                    out.put(&[rule, name, b"\n", rule].concat());
                }
                pass(&mut file, &mut out);
            }
            Err(what) => {
                // Both go on, and less says it where the text goes.
                if view.is_more && !what.starts_with('\n') {
                    out.flush();
                    cli::stdio::note(&what);
                } else {
                    out.put(format!("{what}\n").as_bytes());
                }
            }
        }
    }
    out.end(program, 0)
}
