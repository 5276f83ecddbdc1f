//! base64, base32 and basenc: bytes as letters, and letters as bytes.
//!
//! It owns the command lines, and the lines of what is encoded; [`code`] knows the alphabets.

mod code;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::multicall::command_name;
use cli::wording::quoted;
use memchr::{memchr, memchr2};

use crate::input::Input;
use crate::integer;
use crate::line::{self, Tool, fail, fail_file, flag, valued};
use crate::output::Output;
use code::Code;

const HELP: &str = "\
Usage: NAME [OPTION]... [FILE]
Encode FILE in NAME, or decode it.

Without a FILE, and where it is -, read standard input.

  -d, --decode          decode
  -i, --ignore-garbage  when decoding, take no notice of characters that are none of the alphabet
  -w, --wrap=COLS       lines have COLS characters, not 76; with 0, there is one line
      --help            print this text
      --version         print the version
";

const BASENC_HELP: &str = "\
Usage: basenc ENCODING [OPTION]... [FILE]
Encode FILE, or decode it.

Without a FILE, and where it is -, read standard input.

      --base64          the encoding of base64
      --base64url       the same with - and _ for + and /
      --base32          the encoding of base32
      --base32hex       the same with an alphabet that begins with the digits
      --base16          hexadecimal digits
      --base2msbf       bits, the most significant one of a byte first
      --base2lsbf       bits, the least significant one of a byte first
      --z85             letters like those of Ascii85, 5 for 4 bytes, as ZeroMQ has them
  -d, --decode          decode
  -i, --ignore-garbage  when decoding, take no notice of characters that are none of the alphabet
  -w, --wrap=COLS       lines have COLS characters, not 76; with 0, there is one line
      --help            print this text
      --version         print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'd'), flag(b'i'), valued(b'w')],
    long: &[
        ("decode", Takes::Nothing, 'd'),
        ("wrap", Takes::Value, 'w'),
        ("ignore-garbage", Takes::Nothing, 'i'),
        line::HELP,
        line::VERSION,
    ],
};

const fn encoding(name: &'static str, option: char) -> (&'static str, Takes, char) {
    (name, Takes::Nothing, option)
}

static BASENC_SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'd'), flag(b'i'), valued(b'w')],
    long: &[
        ("decode", Takes::Nothing, 'd'),
        ("wrap", Takes::Value, 'w'),
        ("ignore-garbage", Takes::Nothing, 'i'),
        encoding("base64", '6'),
        encoding("base64url", 'u'),
        encoding("base32", '3'),
        encoding("base32hex", 'h'),
        encoding("base16", 'x'),
        encoding("base2msbf", 'm'),
        encoding("base2lsbf", 'l'),
        encoding("z85", '8'),
        line::HELP,
        line::VERSION,
    ],
};

struct Options {
    code: Option<Code>,
    decode: bool,
    ignores_garbage: bool,
    /// 0: one line.
    columns: u64,
}

/// Runs base64 or base32: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let (name, code) = match command_name(program) {
        "base32" => ("base32", Code::base32()),
        _ => ("base64", Code::base64()),
    };
    // The text lives as long as the process, which has one.
    let tool = Tool { name, help: HELP.replace("NAME", name).leak(), syntax: &SYNTAX };
    run(Frame { program }, &tool, Some(code), arguments)
}

/// Runs basenc: its name and its arguments, to an exit status.
pub fn basenc(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let tool = Tool { name: "basenc", help: BASENC_HELP, syntax: &BASENC_SYNTAX };
    run(Frame { program }, &tool, None, arguments)
}

fn run(frame: Frame<'_>, tool: &Tool, code: Option<Code>, arguments: Vec<Vec<u8>>) -> i32 {
    let mut options = Options { code, decode: false, ignores_garbage: false, columns: 76 };
    let files = line::read(frame, tool, arguments, &mut |option, value| {
        match option {
            'd' => options.decode = true,
            'i' => options.ignores_garbage = true,
            'w' => {
                let value = value.unwrap_or_default();
                options.columns = match integer::parse(&value, 0, i64::MAX) {
                    Ok(columns) => columns.unsigned_abs(),
                    Err(_) if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => 0,
                    Err(_) => return Err(fail(frame, &format!("invalid wrap size: {}", quoted(&value)))),
                };
            }
            '6' => options.code = Some(Code::base64()),
            'u' => options.code = Some(Code::base64url()),
            '3' => options.code = Some(Code::base32()),
            'h' => options.code = Some(Code::base32hex()),
            'x' => options.code = Some(Code::base16()),
            'm' => options.code = Some(Code::base2(true)),
            'l' => options.code = Some(Code::base2(false)),
            _ => options.code = Some(Code::z85()),
        }
        Ok(())
    });
    let files = match files {
        Ok(files) => files,
        Err(status) => return status,
    };
    let Some(mut code) = options.code.take() else { return frame.misused("missing encoding type") };
    if let Some(extra) = files.get(1) {
        return frame.extra_operand(extra);
    }
    let file = files.first().map_or(b"-".as_slice(), Vec::as_slice);
    let mut output = Output::new(frame.program);
    let mut input = match Input::open(file) {
        Ok(input) => input,
        Err(errno) => return fail_file(frame, &mut output, file, errno),
    };
    let done = if options.decode {
        decode(&mut code, &options, &mut input, &mut output)
    } else {
        encode(&mut code, options.columns, &mut input, &mut output)
    };
    match done {
        Ok(()) => 0,
        Err(what) => {
            output.flush();
            fail(frame, &what)
        }
    }
}

/// As much at once is worth tables.
const LONG_BYTES: usize = 16 * 1024;
/// Lines up to this length are made as a whole.
const COLUMNS_MAX: usize = 4096;

fn read_error(errno: rustix::io::Errno) -> String {
    format!("read error: {}", cli::wording::reason(errno))
}

fn encode(code: &mut Code, columns: u64, input: &mut Input, output: &mut Output) -> Result<(), String> {
    // What of the bytes makes no whole group yet.
    let mut left: Vec<u8> = Vec::new();
    // What waits to be written until the bytes behind it are known to make groups.
    let mut letters = Vec::new();
    let mut lines = Vec::new();
    let mut column = 0;
    let columns = usize::try_from(columns).unwrap_or(usize::MAX);
    loop {
        let chunk = input.chunk().map_err(read_error)?;
        if chunk.is_empty() {
            break;
        }
        wrap(&letters, columns, &mut column, output);
        letters.clear();
        if chunk.len() >= LONG_BYTES {
            code.widen();
        }
        let mut rest = chunk;
        if !left.is_empty() {
            let missing = (code.group_bytes() - left.len()).min(rest.len());
            left.extend_from_slice(&rest[..missing]);
            rest = &rest[missing..];
            if left.len() < code.group_bytes() {
                continue;
            }
            code.encode(&left, &mut letters);
            left.clear();
        }
        let is_even = columns % 4 == 0 && (1..=COLUMNS_MAX).contains(&columns);
        if is_even && code.group_bytes() == 3 {
            // The line that has begun is finished first.
            let missing = (columns - (column + letters.len()) % columns) / 4 * 3;
            let (begun, others) = rest.split_at(missing.min(rest.len() / 3 * 3));
            code.encode(begun, &mut letters);
            wrap(&letters, columns, &mut column, output);
            letters.clear();
            rest = others;
            if column == columns {
                output.byte(b'\n');
                rest = code.encode_lines(rest, columns, &mut lines);
                output.write(&lines);
                lines.clear();
                column = 0;
            }
        }
        let whole = rest.len() - rest.len() % code.group_bytes();
        code.encode(&rest[..whole], &mut letters);
        left.extend_from_slice(&rest[whole..]);
    }
    if !left.is_empty() {
        code.encode_last(&left, &mut letters)?;
    }
    wrap(&letters, columns, &mut column, output);
    if columns > 0 && column > 0 {
        output.byte(b'\n');
    }
    Ok(())
}

/// Writes letters in lines.
fn wrap(mut letters: &[u8], columns: usize, column: &mut usize, output: &mut Output) {
    if columns == 0 {
        return output.write(letters);
    }
    while !letters.is_empty() {
        if *column == columns {
            output.byte(b'\n');
            *column = 0;
        }
        let (part, rest) = letters.split_at(letters.len().min(columns - *column));
        output.write(part);
        *column += part.len();
        letters = rest;
    }
}

fn decode(code: &mut Code, options: &Options, input: &mut Input, output: &mut Output) -> Result<(), String> {
    let invalid = || "invalid input".to_owned();
    // The letters without newlines that were not decoded yet.
    let mut letters: Vec<u8> = Vec::new();
    let mut bytes = Vec::new();
    loop {
        let chunk = input.chunk().map_err(read_error)?;
        let is_end = chunk.is_empty();
        if code.is_url() && !options.ignores_garbage && memchr2(b'+', b'/', chunk).is_some() {
            return Err(invalid());
        }
        let mut rest = chunk;
        if chunk.len() >= LONG_BYTES && !options.ignores_garbage {
            code.widen();
            rest = decode_lines(code, chunk, &mut letters, &mut bytes);
        }
        if options.ignores_garbage {
            letters.extend(chunk.iter().filter(|byte| code.knows(**byte)));
        } else {
            while let Some(newline) = memchr(b'\n', rest) {
                letters.extend_from_slice(&rest[..newline]);
                rest = &rest[newline + 1..];
            }
            letters.extend_from_slice(rest);
        }
        let whole = letters.len() - letters.len() % code.group_letters();
        let taken = if is_end { letters.len() } else { whole };
        let decoded = code.decode(&letters[..taken], &mut bytes);
        output.write(&bytes);
        bytes.clear();
        if !decoded {
            return Err(invalid());
        }
        if is_end {
            return Ok(());
        }
        letters.drain(..taken);
    }
}

/// Decodes lines that are as long as the first whole one, behind the end of a line that has begun; what is left.
fn decode_lines<'c>(code: &Code, chunk: &'c [u8], letters: &mut Vec<u8>, bytes: &mut Vec<u8>) -> &'c [u8] {
    let Some(end) = memchr(b'\n', chunk).filter(|end| (letters.len() + end).is_multiple_of(4)) else {
        return chunk;
    };
    let begun = letters.len();
    letters.extend_from_slice(&chunk[..end]);
    if code.group_letters() != 4 || !code.decode(letters, bytes) {
        // Whoever decodes what is left finds out again what is wrong.
        letters.truncate(begun);
        bytes.clear();
        return chunk;
    }
    letters.clear();
    let rest = &chunk[end + 1..];
    match memchr(b'\n', rest) {
        Some(columns) if columns > 0 && columns.is_multiple_of(4) => code.decode_lines(rest, columns, bytes),
        _ => rest,
    }
}
