//! The smallest tools: echo, true, false, yes, pwd, basename, dirname.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::reason;

use crate::input::errno_of;
use crate::os::OsStrExt;
use crate::output::Output;
use cli::frame::{self, Frame, version};

/// Options of tools that have none of their own.
static NONE: Syntax<char> = Syntax {
    short: &[],
    long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
};

/// Whether the only argument is the option; these tools know no others.
fn asks(arguments: &[Vec<u8>], option: &str) -> bool {
    matches!(arguments, [only] if only == option.as_bytes())
}

/// Runs true.
pub fn yes_status(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    status(program, &arguments, "true", 0)
}

/// Runs false.
pub fn no_status(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    status(program, &arguments, "false", 1)
}

fn status(program: &str, arguments: &[Vec<u8>], name: &str, status: i32) -> i32 {
    let frame = Frame { program };
    if asks(arguments, "--help") {
        frame.show(&format!("Usage: {name} [ARGUMENT]...\nExit with the status {status}.\n"));
    } else if asks(arguments, "--version") {
        frame.show(&version(name));
    }
    status
}

const ECHO_HELP: &str = "\
Usage: echo [-neE] [TEXT]...
Print the TEXTs with blanks between them, and a newline.

  -n           no newline
  -e           read escapes: \\\\ \\a \\b \\c (no more) \\e \\f \\n \\r \\t \\v \\0NNN (octal) \\xHH
  -E           read no escapes (the default)
      --help       print this text
      --version    print the version
";

/// Runs echo.
pub fn echo(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let is_posix = std::env::var_os("POSIXLY_CORRECT").is_some();
    if !is_posix && asks(&arguments, "--help") {
        return frame.show(ECHO_HELP);
    }
    if !is_posix && asks(&arguments, "--version") {
        return frame.show(&version("echo"));
    }
    let (mut newline, mut escapes) = (true, is_posix);
    let mut words = arguments.as_slice();
    while let Some((word, rest)) = words.split_first()
        && let Some(letters) = word.strip_prefix(b"-")
        && !letters.is_empty()
        && letters.iter().all(|letter| b"neE".contains(letter))
        && (!is_posix || word == b"-n" || !newline)
    {
        for letter in letters {
            match letter {
                b'n' => newline = false,
                letter => escapes = *letter == b'e' || is_posix,
            }
        }
        words = rest;
    }
    let mut text = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        if escapes {
            if !unescape(word, &mut text) {
                newline = false;
                break;
            }
        } else {
            text.extend_from_slice(word);
        }
    }
    if newline {
        text.push(b'\n');
    }
    Output::new(program).write(&text);
    0
}

/// Adds a word with its escapes read; answers whether there is more to come.
fn unescape(word: &[u8], text: &mut Vec<u8>) -> bool {
    let mut rest = word;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let (b'\\', Some((letter, after))) = (*byte, rest.split_first()) else {
            text.push(*byte);
            continue;
        };
        rest = after;
        let digits = |radix: u32, most: usize, rest: &mut &[u8]| {
            let count = rest.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
            let (digits, after) = rest.split_at(count);
            *rest = after;
            let value = |sum: u32, digit: &u8| sum * radix + char::from(*digit).to_digit(radix).unwrap_or(0);
            (count > 0).then(|| (digits.iter().fold(0, value) & 0xff) as u8)
        };
        match letter {
            b'a' => text.push(7),
            b'b' => text.push(8),
            b'c' => return false,
            b'e' => text.push(27),
            b'f' => text.push(12),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'v' => text.push(11),
            b'\\' => text.push(b'\\'),
            b'0' => text.push(digits(8, 3, &mut rest).unwrap_or(0)),
            b'1'..=b'7' => {
                let mut from = &word[word.len() - rest.len() - 1..];
                text.push(digits(8, 3, &mut from).unwrap_or(0));
                rest = from;
            }
            b'x' => match digits(16, 2, &mut rest) {
                Some(byte) => text.push(byte),
                None => text.extend(b"\\x"),
            },
            other => text.extend([b'\\', *other]),
        }
    }
    true
}

/// Runs yes.
pub fn yes(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&NONE, arguments);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(text))) => texts.push(text),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => {
                return frame
                    .show("Usage: yes [TEXT]...\nPrint a line of the TEXTs, or y, again and again.\n");
            }
            Ok(Some(Next::Option { .. })) => return frame.show(&version("yes")),
        }
    }
    if texts.is_empty() {
        texts.push(b"y".to_vec());
    }
    let mut line = texts.join(&b' ');
    line.push(b'\n');
    let mut block = Vec::new();
    while block.len() < 16 * 1024 {
        block.extend_from_slice(&line);
    }
    let mut output = Output::complaining(program, "standard output");
    loop {
        output.write(&block);
    }
}

/// Runs pwd.
pub fn pwd(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[(b'L', Takes::Nothing, 'L'), (b'P', Takes::Nothing, 'P')],
        long: &[
            ("logical", Takes::Nothing, 'L'),
            ("physical", Takes::Nothing, 'P'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut logical = std::env::var_os("POSIXLY_CORRECT").is_some();
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(_))) => {
                frame.complain("ignoring non-option arguments");
                break;
            }
            Ok(Some(Next::Option { option, .. })) => match option {
                'L' => logical = true,
                'P' => logical = false,
                frame::HELP => {
                    return frame.show(
                        "Usage: pwd [-LP]\nPrint the current directory.\n\n  -L, --logical     as PWD has it, with \
                         links\n  -P, --physical    without links (the default)\n",
                    );
                }
                _ => return frame.show(&version("pwd")),
            },
        }
    }
    // The variable counts where it leads here without detours.
    let named = std::env::var_os("PWD").filter(|path| {
        let bytes = path.as_bytes();
        let has_dots = bytes.split(|byte| *byte == b'/').any(|part| matches!(part, b"." | b".."));
        let same = match (rustix::fs::stat(path.as_os_str()), rustix::fs::stat(".")) {
            (Ok(a), Ok(b)) => (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino),
            _ => false,
        };
        logical && bytes.starts_with(b"/") && !has_dots && same
    });
    let directory = match named {
        Some(path) => Ok(path.as_bytes().to_vec()),
        None => crate::current_directory(),
    };
    match directory {
        Ok(mut path) => {
            path.push(b'\n');
            Output::new(program).write(&path);
            0
        }
        Err(error) => {
            frame.complain(&reason(errno_of(&error)));
            1
        }
    }
}

const BASENAME_HELP: &str = "\
Usage: basename NAME [SUFFIX]
  or:  basename OPTION... NAME...
Print NAME without its directories, and without SUFFIX at its end.

  -a, --multiple         every argument is a NAME
  -s, --suffix=SUFFIX    take SUFFIX off each; means -a
  -z, --zero             end lines with NUL, not newline
      --help             print this text
      --version          print the version
";

/// Runs basename.
pub fn basename(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[(b'a', Takes::Nothing, 'a'), (b's', Takes::Value, 's'), (b'z', Takes::Nothing, 'z')],
        long: &[
            ("multiple", Takes::Nothing, 'a'),
            ("suffix", Takes::Value, 's'),
            ("zero", Takes::Nothing, 'z'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let (mut several, mut suffix, mut ending, mut names) = (false, None, b'\n', Vec::new());
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            // The first operand ends the options.
            Ok(Some(Next::Operand(name))) => {
                names.push(name);
                names.extend(words.into_rest());
                break;
            }
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'a' => several = true,
                's' => (several, suffix) = (true, value),
                'z' => ending = 0,
                frame::HELP => return frame.show(BASENAME_HELP),
                _ => return frame.show(&version("basename")),
            },
        }
    }
    if names.is_empty() {
        return frame.misused("missing operand");
    }
    if !several && let Some(extra) = names.get(2) {
        return frame.extra_operand(extra);
    }
    if !several && names.len() == 2 {
        suffix = names.pop();
    }
    let mut output = Output::new(program);
    for name in &names {
        output.write(base(name, suffix.as_deref().unwrap_or_default()));
        output.byte(ending);
    }
    0
}

/// The last part of a path, without the suffix unless it is nothing else.
fn base<'a>(path: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    if end == 0 {
        return &path[..path.len().min(1)];
    }
    let start = path[..end].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let name = &path[start..end];
    match name.strip_suffix(suffix) {
        Some(stem) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// Runs dirname.
pub fn dirname(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[(b'z', Takes::Nothing, 'z')],
        long: &[
            ("zero", Takes::Nothing, 'z'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let (mut ending, mut names) = (b'\n', Vec::new());
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(name))) => names.push(name),
            Ok(Some(Next::Option { option, .. })) => match option {
                'z' => ending = 0,
                frame::HELP => {
                    return frame.show(
                        "Usage: dirname [OPTION] NAME...\nPrint each NAME without its last part and the slashes \
                         before it; . where nothing is left.\n\n  -z, --zero    end lines with NUL, not newline\n",
                    );
                }
                _ => return frame.show(&version("dirname")),
            },
        }
    }
    if names.is_empty() {
        return frame.misused("missing operand");
    }
    let mut output = Output::new(program);
    for name in &names {
        output.write(directory(name));
        output.byte(ending);
    }
    0
}

fn directory(path: &[u8]) -> &[u8] {
    let without = |path: &[u8], is_slash: bool| {
        path.iter().rposition(|byte| (*byte == b'/') != is_slash).map_or(0, |last| last + 1)
    };
    let end = without(path, true);
    let slash = without(&path[..end], false);
    let parent = without(&path[..slash], true);
    match (slash, parent) {
        (0, _) if end == 0 && !path.is_empty() => b"/",
        (0, _) => b".",
        (_, 0) => b"/",
        (_, parent) => &path[..parent],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_last_part_and_the_rest() {
        for (path, last, rest) in [
            ("/usr/lib", "lib", "/usr"),
            ("/usr/", "usr", "/"),
            ("usr", "usr", "."),
            ("/", "/", "/"),
            ("//", "/", "/"),
            ("", "", "."),
            ("a//b//", "b", "a"),
            ("..", "..", "."),
        ] {
            assert_eq!(base(path.as_bytes(), b""), last.as_bytes(), "{path}");
            assert_eq!(directory(path.as_bytes()), rest.as_bytes(), "{path}");
        }
        assert_eq!(base(b"a.c", b".c"), b"a");
        assert_eq!(base(b".c", b".c"), b".c");
    }

    #[test]
    fn escapes_are_read() {
        let read = |word: &str| {
            let mut text = Vec::new();
            unescape(word.as_bytes(), &mut text);
            text
        };
        assert_eq!(read(r"a\tb\0101\x41\101\q\x"), b"a\tbAAA\\q\\x");
        assert_eq!(read(r"a\cb"), b"a");
    }
}
