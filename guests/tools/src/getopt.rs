//! getopt: the options of a script's command line, put in order.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;

const HELP: &str = "
Usage:
 getopt <optstring> <parameters>
 getopt [options] [--] <optstring> <parameters>
 getopt [options] -o|--options <optstring> [options] [--] <parameters>

Put the options of a command line in order, quoted for a shell.

Options:
 -a, --alternative             long options may begin with one -
 -l, --longoptions <longopts>  the long options, with commas between them
 -n, --name <progname>         the name for complaints
 -o, --options <optstring>     the short options
 -q, --quiet                   do not complain about options
 -Q, --quiet-output            print nothing
 -s, --shell <shell>           quote for sh, bash, csh or tcsh
 -T, --test                    exit with 4, as this getopt does
 -u, --unquoted                do not quote
 -h, --help     print this text
 -V, --version  print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'a', Takes::Nothing, 'a'),
        (b'l', Takes::Value, 'l'),
        (b'n', Takes::Value, 'n'),
        (b'o', Takes::Value, 'o'),
        (b'q', Takes::Nothing, 'q'),
        (b'Q', Takes::Nothing, 'Q'),
        (b's', Takes::Value, 's'),
        (b'T', Takes::Nothing, 'T'),
        (b'u', Takes::Nothing, 'u'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("alternative", Takes::Nothing, 'a'),
        ("longoptions", Takes::Value, 'l'),
        ("name", Takes::Value, 'n'),
        ("options", Takes::Value, 'o'),
        ("quiet", Takes::Nothing, 'q'),
        ("quiet-output", Takes::Nothing, 'Q'),
        ("shell", Takes::Value, 's'),
        ("test", Takes::Nothing, 'T'),
        ("unquoted", Takes::Nothing, 'u'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Where operands go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Last,
    /// The first ends the options: a `+` at the start, or `POSIXLY_CORRECT`.
    Ends,
    /// They stay where they are: a `-` at the start.
    Stay,
}

struct Known {
    short: Vec<(u8, Takes)>,
    long: Vec<(String, Takes)>,
    order: Order,
    alternative: bool,
}

/// Runs getopt: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    if std::env::var_os("GETOPT_COMPATIBLE").is_some()
        || arguments.first().is_some_and(|first| !first.starts_with(b"-"))
    {
        return compatible(frame, arguments);
    }
    let (mut short, mut long, mut name) = (None, Vec::new(), program.to_owned());
    let (mut quiet, mut silent, mut unquoted, mut csh, mut alternative) = (false, false, false, false, false);
    let mut words = Words::new(&SYNTAX, arguments);
    let mut rest: Vec<Vec<u8>> = Vec::new();
    loop {
        match words.next() {
            Err(what) => {
                frame.misused(&what);
                return 2;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                rest.push(word);
                rest.extend(words.into_rest());
                break;
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                let value = value.unwrap_or_default();
                match option {
                    'a' => alternative = true,
                    'l' => long.push(String::from_utf8_lossy(&value).into_owned()),
                    'n' => name = String::from_utf8_lossy(&value).into_owned(),
                    'o' => short = Some(value),
                    'q' => quiet = true,
                    'Q' => silent = true,
                    's' => match value.as_slice() {
                        b"sh" | b"bash" => csh = false,
                        b"csh" | b"tcsh" => csh = true,
                        _ => {
                            frame.misused("unknown shell after -s or --shell argument");
                            return 2;
                        }
                    },
                    'T' => return 4,
                    'u' => unquoted = true,
                    frame::HELP => return frame.show(HELP),
                    _ => return frame.show(&version("getopt")),
                }
            }
        }
    }
    let short = match short {
        Some(short) => short,
        None if rest.is_empty() => {
            frame.misused("missing optstring argument");
            return 2;
        }
        None => rest.remove(0),
    };
    let known = Known::new(&short, &long, alternative);
    finish(frame, &known, rest, &name, quiet, silent, |word| {
        if unquoted { word.to_vec() } else { quoted(word, csh) }
    })
}

/// As it was before it had options.
fn compatible(frame: Frame<'_>, mut arguments: Vec<Vec<u8>>) -> i32 {
    if arguments.is_empty() {
        frame.misused("missing optstring argument");
        return 2;
    }
    let short = arguments.remove(0);
    if arguments.first().is_some_and(|first| first == b"--") {
        arguments.remove(0);
    }
    let known = Known::new(&short, &[], false);
    finish(frame, &known, arguments, "getopt", false, false, <[u8]>::to_vec)
}

fn finish(
    frame: Frame<'_>,
    known: &Known,
    words: Vec<Vec<u8>>,
    name: &str,
    quiet: bool,
    silent: bool,
    quote: impl Fn(&[u8]) -> Vec<u8>,
) -> i32 {
    let (text, complaints) = known.arrange(words, quote);
    if !quiet {
        complaints.iter().for_each(|what| stdio::complain(name, what));
    }
    if !silent && let Err(errno) = stdio::print(&text) {
        frame.complain(&format!("write error: {}", cli::wording::reason(errno)));
        return 1;
    }
    i32::from(!complaints.is_empty())
}

impl Known {
    fn new(short: &[u8], long: &[String], alternative: bool) -> Self {
        let mut order = if std::env::var_os("POSIXLY_CORRECT").is_some() { Order::Ends } else { Order::Last };
        let mut letters = short;
        match letters.first() {
            Some(b'+') => (order, letters) = (Order::Ends, &letters[1..]),
            Some(b'-') => (order, letters) = (Order::Stay, &letters[1..]),
            _ => {}
        }
        let mut known = Vec::new();
        let mut at = 0;
        while let Some(letter) = letters.get(at) {
            let colons = letters[at + 1..].iter().take_while(|byte| **byte == b':').count().min(2);
            if *letter != b':' {
                known.push((*letter, takes(colons)));
            }
            at += 1 + colons;
        }
        let names =
            long.iter().flat_map(|list| list.split([',', ' ', '\t', '\n'])).filter(|name| !name.is_empty());
        let long = names
            .map(|name| {
                let stem = name.trim_end_matches(':');
                (stem.to_owned(), takes((name.len() - stem.len()).min(2)))
            })
            .collect();
        Self { short: known, long, order, alternative }
    }

    /// The options, `--` and the operands, each with a blank before it; and what is wrong.
    fn arrange(&self, words: Vec<Vec<u8>>, quote: impl Fn(&[u8]) -> Vec<u8>) -> (Vec<u8>, Vec<String>) {
        let (mut text, mut operands, mut complaints) = (Vec::new(), Vec::new(), Vec::new());
        let mut left = words.into_iter();
        let add = |text: &mut Vec<u8>, word: &[u8]| {
            text.push(b' ');
            text.extend_from_slice(word);
        };
        while let Some(word) = left.next() {
            if word == b"--" {
                break;
            }
            if !word.starts_with(b"-") || word == b"-" {
                match self.order {
                    Order::Last => operands.push(word),
                    Order::Stay => add(&mut text, &quote(&word)),
                    Order::Ends => {
                        operands.push(word);
                        break;
                    }
                }
                continue;
            }
            let is_long = word.starts_with(b"--")
                || (self.alternative
                    && (word.len() > 2 || !self.short.iter().any(|(letter, _)| *letter == word[1])));
            if is_long {
                match self.long(&word, &mut left) {
                    Ok((name, value)) => {
                        add(&mut text, format!("--{name}").as_bytes());
                        if let Some(value) = value {
                            add(&mut text, &quote(&value));
                        }
                        continue;
                    }
                    Err(None) => {}
                    Err(Some(what)) => {
                        complaints.push(what);
                        continue;
                    }
                }
            }
            let mut at = 1;
            while let Some(letter) = word.get(at) {
                at += 1;
                let Some((_, takes)) = self.short.iter().find(|(known, _)| known == letter) else {
                    complaints.push(format!("invalid option -- '{}'", String::from_utf8_lossy(&[*letter])));
                    continue;
                };
                let rest = &word[at..];
                let value = match takes {
                    Takes::Nothing => None,
                    Takes::MaybeValue => Some(rest.to_vec()),
                    Takes::Value if !rest.is_empty() => Some(rest.to_vec()),
                    Takes::Value => match left.next() {
                        Some(value) => Some(value),
                        None => {
                            let letter = String::from_utf8_lossy(&[*letter]).into_owned();
                            complaints.push(format!("option requires an argument -- '{letter}'"));
                            break;
                        }
                    },
                };
                add(&mut text, &[b'-', *letter]);
                if let Some(value) = value {
                    add(&mut text, &quote(&value));
                    break;
                }
            }
        }
        add(&mut text, b"--");
        for operand in operands.into_iter().chain(left) {
            add(&mut text, &quote(&operand));
        }
        text.push(b'\n');
        (text, complaints)
    }

    /// A long option and its value. The error is what is wrong; none: the word is one of short options.
    fn long(
        &self,
        word: &[u8],
        left: &mut impl Iterator<Item = Vec<u8>>,
    ) -> Result<(String, Option<Vec<u8>>), Option<String>> {
        let dashes = if word.starts_with(b"--") { 2 } else { 1 };
        let shown = String::from_utf8_lossy(word).into_owned();
        let typed = &shown[dashes..];
        let (name, value) = match word.iter().position(|byte| *byte == b'=') {
            Some(equals) => (
                String::from_utf8_lossy(&word[dashes..equals]).into_owned(),
                Some(word[equals + 1..].to_vec()),
            ),
            None => (typed.to_owned(), None),
        };
        let found: Vec<_> = match self.long.iter().find(|(known, _)| *known == name) {
            Some(exact) => vec![exact],
            None => self.long.iter().filter(|(known, _)| known.starts_with(&name)).collect(),
        };
        let lead = &shown[..dashes];
        let (known, takes) = match found.as_slice() {
            [] if dashes == 1 && self.short.iter().any(|(letter, _)| Some(letter) == word.get(1)) => {
                return Err(None);
            }
            [] => return Err(Some(format!("unrecognized option '{shown}'"))),
            [only] => only,
            several => {
                let names: String = several.iter().map(|(name, _)| format!(" '{lead}{name}'")).collect();
                return Err(Some(format!("option '{shown}' is ambiguous; possibilities:{names}")));
            }
        };
        let value = match (takes, value) {
            (Takes::Nothing, Some(_)) => {
                return Err(Some(format!("option '{lead}{known}' doesn't allow an argument")));
            }
            (Takes::Nothing, None) => None,
            (Takes::MaybeValue, value) => Some(value.unwrap_or_default()),
            (Takes::Value, Some(value)) => Some(value),
            (Takes::Value, None) => match left.next() {
                Some(value) => Some(value),
                None => return Err(Some(format!("option '{lead}{known}' requires an argument"))),
            },
        };
        Ok((known.clone(), value))
    }
}

fn takes(colons: usize) -> Takes {
    match colons {
        0 => Takes::Nothing,
        1 => Takes::Value,
        _ => Takes::MaybeValue,
    }
}

/// A word as a shell takes it for one.
fn quoted(word: &[u8], csh: bool) -> Vec<u8> {
    let mut text = vec![b'\''];
    for byte in word {
        match byte {
            b'\'' => text.extend(b"'\\''"),
            b'\\' if csh => text.extend(b"\\\\"),
            b'!' if csh => text.extend(b"'\\!'"),
            b'\n' if csh => text.extend(b"\\n"),
            byte if csh && byte.is_ascii_whitespace() => text.extend([b'\'', b'\\', *byte, b'\'']),
            byte => text.push(*byte),
        }
    }
    text.push(b'\'');
    text
}
