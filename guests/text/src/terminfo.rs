//! tput, clear and reset: what a terminal is told to make it do something.
//!
//! It owns one description, that of xterm-256color in `terminfo.txt`, as infocmp of ncurses prints it; terminals of the
//! same kind have less of it. Held against ncurses 6.4.

use std::io::BufRead;

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::stream;

const DESCRIPTION: &str = include_str!("terminfo.txt");

const TPUT_HELP: &str = "\
Usage: tput [-T TERM] [-S] CAPABILITY [PARAMETER]...
Write what makes the terminal do something, or what is known of it.

  -S        read commands from standard input, one a line
  -T TERM   a terminal of that kind instead of $TERM
  -V        show the version
  -x        do not clear what was scrolled away

CAPABILITY may also be clear, init, reset or longname.
";

/// Columns and rows of the terminal; `None` without one.
pub fn terminal_size() -> Option<(usize, usize)> {
    #[cfg(target_os = "wasi")]
    {
        let (columns, rows) = wasmsand_sys::terminal::size().ok()?;
        Some((columns as usize, rows as usize)).filter(|(columns, rows)| *columns > 0 && *rows > 0)
    }
    #[cfg(unix)]
    None
}

/// What is known of a capability.
enum Value {
    /// It has it.
    Flag,
    Number(i64),
    Text(Vec<u8>),
}

/// A kind of terminal.
struct Kind {
    name: String,
    colors: i64,
    is_dumb: bool,
}

impl Kind {
    /// A kind by its name.
    fn named(name: &str) -> Option<Kind> {
        let family = name.split(['-', '.', '+']).next().unwrap_or(name);
        let colors = match () {
            () if name.contains("256color") || name.contains("direct") => 256,
            () if name.contains("88color") => 88,
            () if name.contains("16color") => 16,
            () if family.starts_with("vt") => -1,
            () => 8,
        };
        let known = [
            "xterm",
            "screen",
            "tmux",
            "linux",
            "rxvt",
            "vt100",
            "vt102",
            "vt220",
            "vt320",
            "ansi",
            "alacritty",
            "kitty",
            "gnome",
            "konsole",
            "foot",
            "wezterm",
            "ghostty",
            "putty",
            "iterm2",
            "cygwin",
            "eterm",
            "vte",
            "st",
            "Eterm",
            "nsterm",
            "mintty",
            "contour",
        ];
        match family {
            "dumb" => Some(Kind { name: name.to_owned(), colors: -1, is_dumb: true }),
            family if known.contains(&family) => Some(Kind { name: name.to_owned(), colors, is_dumb: false }),
            _ => None,
        }
    }

    fn capability(&self, name: &str) -> Option<Value> {
        if self.is_dumb && !matches!(name, "am" | "cols" | "bel" | "cr" | "cud1" | "ind") {
            return None;
        }
        match name {
            "colors" => return (self.colors >= 0).then_some(Value::Number(self.colors)),
            "pairs" => {
                return (self.colors >= 0).then(|| Value::Number((self.colors * self.colors).min(65536)));
            }
            "longname" if self.name == "xterm-256color" => {
                return Some(Value::Text(b"xterm with 256 colors".to_vec()));
            }
            "longname" => return Some(Value::Text(self.name.clone().into_bytes())),
            _ => {}
        }
        for entry in DESCRIPTION.lines().skip(1) {
            if entry == name {
                return Some(Value::Flag);
            }
            let Some(rest) = entry.strip_prefix(name) else { continue };
            if let Some(text) = rest.strip_prefix('=') {
                return Some(Value::Text(unescaped(text)));
            }
            if let Some(number) = rest.strip_prefix('#') {
                let number = match number.strip_prefix("0x") {
                    Some(digits) => i64::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                return number.ok().map(Value::Number);
            }
        }
        None
    }

    fn text(&self, name: &str) -> Vec<u8> {
        match self.capability(name) {
            Some(Value::Text(text)) => evaluated(&text, &[]),
            _ => Vec::new(),
        }
    }
}

/// The notation of terminfo as bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match (byte, behind) {
            (b'\\', [b'E' | b'e', behind @ ..]) => {
                bytes.push(0x1b);
                rest = behind;
            }
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', behind @ ..]) => {
                bytes.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = behind;
            }
            (b'\\', [escaped, behind @ ..]) => {
                bytes.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    b's' => b' ',
                    byte => *byte,
                });
                rest = behind;
            }
            (b'^', [b'?', behind @ ..]) => {
                bytes.push(127);
                rest = behind;
            }
            (b'^', [control, behind @ ..]) => {
                bytes.push(control & 31);
                rest = behind;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    bytes
}

/// A parameter, or what is on the stack.
#[derive(Clone)]
enum Parameter {
    Number(i64),
    Text(Vec<u8>),
}

impl Parameter {
    fn number(&self) -> i64 {
        match self {
            Parameter::Number(number) => *number,
            Parameter::Text(_) => 0,
        }
    }
}

/// A capability with its parameters put in: terminfo(5), "Parameterized Strings". Delays are left out.
fn evaluated(text: &[u8], parameters: &[Parameter]) -> Vec<u8> {
    let mut parameters: Vec<Parameter> = parameters.to_vec();
    parameters.resize(9, Parameter::Number(0));
    let mut stack: Vec<Parameter> = Vec::new();
    let mut out = Vec::new();
    let mut at = 0;
    let pop = |stack: &mut Vec<Parameter>| stack.pop().unwrap_or(Parameter::Number(0));
    while let Some(byte) = text.get(at) {
        at += 1;
        if *byte == b'$' && text.get(at) == Some(&b'<') {
            at += text[at..].iter().position(|byte| *byte == b'>').map_or(0, |end| end + 1);
            continue;
        }
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let Some(code) = text.get(at) else { break };
        at += 1;
        match code {
            b'%' => out.push(b'%'),
            b'i' => {
                for parameter in parameters.iter_mut().take(2) {
                    if let Parameter::Number(number) = parameter {
                        *number += 1;
                    }
                }
            }
            b'p' => {
                let index = text.get(at).map_or(0, |digit| usize::from(digit.wrapping_sub(b'1')));
                at += 1;
                stack.push(parameters.get(index).cloned().unwrap_or(Parameter::Number(0)));
            }
            b'{' => {
                let end = text[at..].iter().position(|byte| *byte == b'}').unwrap_or(0);
                let number = std::str::from_utf8(&text[at..at + end]).ok().and_then(|text| text.parse().ok());
                stack.push(Parameter::Number(number.unwrap_or(0)));
                at += end + 1;
            }
            b'\'' => {
                stack.push(Parameter::Number(text.get(at).map_or(0, |byte| i64::from(*byte))));
                at += 2;
            }
            b'd' => out.extend(pop(&mut stack).number().to_string().into_bytes()),
            b'c' => out.push(pop(&mut stack).number().to_le_bytes()[0]),
            b's' => match pop(&mut stack) {
                Parameter::Text(text) => out.extend(text),
                Parameter::Number(number) => out.extend(number.to_string().into_bytes()),
            },
            b'+' | b'-' | b'*' | b'/' | b'm' | b'&' | b'|' | b'^' | b'=' | b'<' | b'>' | b'A' | b'O' => {
                let (right, left) = (pop(&mut stack).number(), pop(&mut stack).number());
                stack.push(Parameter::Number(match code {
                    b'+' => left.wrapping_add(right),
                    b'-' => left.wrapping_sub(right),
                    b'*' => left.wrapping_mul(right),
                    b'/' => left.checked_div(right).unwrap_or(0),
                    b'm' => left.checked_rem(right).unwrap_or(0),
                    b'&' => left & right,
                    b'|' => left | right,
                    b'^' => left ^ right,
                    b'=' => i64::from(left == right),
                    b'<' => i64::from(left < right),
                    b'>' => i64::from(left > right),
                    b'A' => i64::from(left != 0 && right != 0),
                    _ => i64::from(left != 0 || right != 0),
                }));
            }
            b'!' => {
                let value = pop(&mut stack).number();
                stack.push(Parameter::Number(i64::from(value == 0)));
            }
            b't' if pop(&mut stack).number() == 0 => at = skip(text, at, true),
            b'e' => at = skip(text, at, false),
            _ => {}
        }
    }
    out
}

/// Passes over a branch that is not taken: to its `%e` (where that counts) or `%;`.
fn skip(text: &[u8], mut at: usize, to_else: bool) -> usize {
    let mut depth = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        if *byte != b'%' {
            continue;
        }
        let code = text.get(at).copied();
        at += 1;
        match code {
            Some(b'?') => depth += 1,
            Some(b';') if depth == 0 => return at,
            Some(b';') => depth -= 1,
            Some(b'e') if depth == 0 && to_else => return at,
            _ => {}
        }
    }
    at
}

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Input,
    Term,
    Keep,
    Help,
    Version,
    Ignored,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'S', Takes::Nothing, Opt::Input),
        (b'T', Takes::Value, Opt::Term),
        (b'x', Takes::Nothing, Opt::Keep),
        (b'V', Takes::Nothing, Opt::Version),
        (b'c', Takes::Nothing, Opt::Ignored),
        (b'I', Takes::Nothing, Opt::Ignored),
        (b'Q', Takes::Nothing, Opt::Ignored),
        (b'q', Takes::Nothing, Opt::Ignored),
        (b'r', Takes::Nothing, Opt::Ignored),
        (b's', Takes::Nothing, Opt::Ignored),
        (b'w', Takes::Nothing, Opt::Ignored),
    ],
    long: &[("help", Takes::Nothing, Opt::Help), ("version", Takes::Nothing, Opt::Version)],
};

/// A command line of one of the three.
struct Line {
    kind: Result<Kind, (String, i32)>,
    reads_input: bool,
    keeps: bool,
    operands: Vec<Vec<u8>>,
}

/// Reads a command line; an error is the status to leave with.
fn read_line(program: &str, help: &str, arguments: Vec<Vec<u8>>) -> Result<Line, i32> {
    let mut words = Words::new(&SYNTAX, arguments);
    let mut line =
        Line { kind: Err((String::new(), 2)), reads_input: false, keeps: false, operands: Vec::new() };
    let mut term = None;
    let mut only_operands = false;
    loop {
        // What follows the capability may be negative.
        if !line.operands.is_empty() {
            only_operands = true;
        }
        if only_operands {
            line.operands.extend(words.into_rest());
            break;
        }
        match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => line.operands.push(word),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                Opt::Input => line.reads_input = true,
                Opt::Term => term = value.map(|value| String::from_utf8_lossy(&value).into_owned()),
                Opt::Keep => line.keeps = true,
                Opt::Ignored => {}
                Opt::Help => return Err(stream::show(program, help)),
                Opt::Version => return Err(stream::show(program, &format!("{program} (wasmsand) 0.1.0\n"))),
            },
            Err(what) => {
                cli::stdio::complain(program, &what);
                cli::stdio::note(help.trim_end());
                return Err(2);
            }
        }
    }
    let term = term.or_else(|| std::env::var("TERM").ok()).filter(|term| !term.is_empty());
    line.kind = match term {
        None => Err(("No value for $TERM and no -T specified".to_owned(), 2)),
        Some(term) => Kind::named(&term).ok_or_else(|| (format!("unknown terminal \"{term}\""), 3)),
    };
    Ok(line)
}

/// Runs tput: its name and its arguments, to an exit status.
pub fn tput(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let line = match read_line(program, TPUT_HELP, arguments) {
        Ok(line) => line,
        Err(status) => return status,
    };
    let kind = match line.kind {
        Ok(kind) => kind,
        Err((what, status)) => {
            cli::stdio::complain(program, &what);
            return status;
        }
    };
    if line.reads_input {
        let mut status = 0;
        for text in std::io::stdin().lock().split(b'\n').map_while(Result::ok) {
            let words: Vec<Vec<u8>> = text
                .split(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty())
                .map(<[u8]>::to_vec)
                .collect();
            if !words.is_empty() {
                status = status.max(command(program, &kind, &words, line.keeps));
            }
        }
        return status;
    }
    if line.operands.is_empty() {
        cli::stdio::note(TPUT_HELP.trim_end());
        return 2;
    }
    command(program, &kind, &line.operands, line.keeps)
}

fn command(program: &str, kind: &Kind, words: &[Vec<u8>], keeps: bool) -> i32 {
    let name = String::from_utf8_lossy(&words[0]).into_owned();
    let bytes = match name.as_str() {
        "clear" => clearing(kind, keeps),
        "init" => [kind.text("is2")].concat(),
        "reset" => resetting(kind),
        "cols" | "lines" => {
            let (columns, rows) = size(kind);
            format!("{}\n", if name == "cols" { columns } else { rows }).into_bytes()
        }
        _ => match kind.capability(&name) {
            Some(Value::Flag) => Vec::new(),
            Some(Value::Number(number)) => format!("{number}\n").into_bytes(),
            Some(Value::Text(text)) => {
                let parameters: Vec<Parameter> = words[1..]
                    .iter()
                    .map(|word| {
                        let number = std::str::from_utf8(word).ok().and_then(|text| text.parse().ok());
                        number.map_or_else(|| Parameter::Text(word.clone()), Parameter::Number)
                    })
                    .collect();
                // Without parameters the text is shown as it is.
                if parameters.is_empty() && text.windows(2).any(|pair| pair == b"%p") {
                    text
                } else {
                    evaluated(&text, &parameters)
                }
            }
            None if matches!(name.as_str(), "colors" | "pairs" | "it" | "xmc" | "ncv") => b"-1\n".to_vec(),
            None if is_known(&name) => return 1,
            None => {
                cli::stdio::complain(program, &format!("unknown terminfo capability '{name}'"));
                return 4;
            }
        },
    };
    write(program, &bytes)
}

/// Is it the name of a capability that this kind does not have?
fn is_known(name: &str) -> bool {
    const OTHERS: &str = "bw hs eo gn hc km eslok da db mir in nxon os ul xon hz nrrmc xsb xhp xhpa xvpa sam cpix lpix daisy \
        chts ndscr lm pb vt wsl nlab lh lw ma wnum ncv bufsz spinv spinh maddr mjump mcs mls npins orc orhi orl orvi cps \
        widcs btns bitwin bitype csr cbt tbc clear el1 ed hpa cmdch cup cud1 home civis cub1 mrcup cnorm cuf1 ll cuu1 \
        cvvis dch1 dl1 dsl hd smacs blink bold smcup smdc dim smir invis prot rev smso smul ech rmacs sgr0 rmcup rmdc \
        rmir rmso rmul flash ff fsl is1 is2 is3 if ich1 il1 ip nel pad rs1 rs2 rs3 rf rc vpa sc ind ri sgr hts wind ht \
        tsl uc hu iprog rmkx smkx smxon rmxon smam rmam enacs rfi rmp sitm ritm acsc pfkey pfloc pfx pln rep rmln smln \
        setaf setab setf setb op oc initc initp scp colors pairs kf1 kf2 kf3 kf4 kf5 kf6 kf7 kf8 kf9 kf10 kf11 kf12";
    OTHERS.split_whitespace().any(|known| known == name)
        || DESCRIPTION.lines().any(|entry| {
            entry.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', '#']))
        })
}

/// Columns and rows: what the environment says, else what the terminal has.
fn size(kind: &Kind) -> (usize, usize) {
    let set =
        |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    let (columns, rows) = terminal_size().unwrap_or((80, 24));
    let _ = kind;
    (set("COLUMNS").unwrap_or(columns), set("LINES").unwrap_or(rows))
}

fn clearing(kind: &Kind, keeps: bool) -> Vec<u8> {
    let mut bytes = kind.text("clear");
    if !keeps {
        bytes.extend(kind.text("E3"));
    }
    bytes
}

fn resetting(kind: &Kind) -> Vec<u8> {
    [kind.text("rs1"), kind.text("rs2")].concat()
}

fn write(program: &str, bytes: &[u8]) -> i32 {
    match cli::stdio::print(bytes) {
        Ok(()) => 0,
        Err(errno) => {
            cli::stdio::complain(program, &format!("write error: {}", cli::wording::reason(errno)));
            4
        }
    }
}

/// Runs clear: its name and its arguments, to an exit status.
pub fn clear(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    const HELP: &str = "\
Usage: clear [-T TERM] [-x]
Clear the terminal's screen.

  -T TERM   a terminal of that kind instead of $TERM
  -V        show the version
  -x        keep what was scrolled away
";
    match read_line(program, HELP, arguments) {
        Err(status) => i32::from(status != 0),
        Ok(Line { kind: Ok(kind), keeps, .. }) => write(program, &clearing(&kind, keeps)),
        Ok(Line { kind: Err((what, _)), .. }) => {
            let name = what.split('"').nth(1).unwrap_or_default();
            cli::stdio::note(&format!("'{name}': unknown terminal type."));
            1
        }
    }
}

/// Runs reset: its name and its arguments, to an exit status.
pub fn reset(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    const HELP: &str = "\
Usage: reset [-T TERM]
Make the terminal what it was in the beginning.

  -T TERM   a terminal of that kind instead of $TERM
  -V        show the version
";
    let line = match read_line(program, HELP, arguments) {
        Err(status) => return i32::from(status != 0),
        Ok(line) => line,
    };
    #[cfg(target_os = "wasi")]
    if let Ok(terminal) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty") {
        use wasmsand_sys::terminal::{Mode, set_lasting_mode};
        if let Err(error) = set_lasting_mode(&terminal, Mode::COOKED) {
            cli::stdio::complain(program, &format!("terminal attributes: {}", stream::reason(&error)));
            return 1;
        }
    } else {
        cli::stdio::complain(program, "terminal attributes: No such device or address");
        return 1;
    }
    // The kind may be an operand here.
    let named = line.operands.first().map(|name| String::from_utf8_lossy(name).into_owned());
    let kind = named.as_deref().and_then(Kind::named).or(line.kind.ok());
    kind.map_or(1, |kind| write(program, &resetting(&kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, parameters: &[i64]) -> String {
        let kind = Kind::named("xterm-256color").unwrap();
        let Some(Value::Text(text)) = kind.capability(name) else { panic!("{name} is a text") };
        let parameters: Vec<Parameter> = parameters.iter().map(|number| Parameter::Number(*number)).collect();
        String::from_utf8(evaluated(&text, &parameters)).unwrap()
    }

    #[test]
    fn parameters_are_put_in() {
        assert_eq!(shown("cup", &[3, 4]), "\x1b[4;5H");
        assert_eq!(shown("setaf", &[1]), "\x1b[31m");
        assert_eq!(shown("setaf", &[9]), "\x1b[91m");
        assert_eq!(shown("setaf", &[200]), "\x1b[38;5;200m");
        assert_eq!(shown("sgr", &[1]), "\x1b(B\x1b[0;7m");
        assert_eq!(shown("rep", &[65, 5]), "A\x1b[4b");
        assert_eq!(shown("flash", &[]), "\x1b[?5h\x1b[?5l");
    }
}
