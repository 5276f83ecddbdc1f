//! pr: files in pages with headers, and in columns.
//!
//! It owns the command line; [`page`] cuts texts into pages, [`sheet`] writes them.

mod page;
mod sheet;

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, reason};
use rustix::io::Errno;

use crate::clock::Zone;
use crate::system;
use page::Pages;
use sheet::Sheet;

const HELP: &str = "\
Usage: pr [OPTION]... [FILE]...
Print each FILE in pages with headers.

Without a FILE, and for a FILE that is -, read standard input.

  +FIRST[:LAST], --pages=FIRST[:LAST]  print from page FIRST to page LAST
  -COLUMNS, --columns=COLUMNS    in columns, filled downwards
  -a, --across                   filled across
  -c, --show-control-chars       show control characters as ^G and \\ooo
  -d, --double-space             an empty line behind each line
  -D, --date-format=FORMAT       the date of the header as FORMAT says
  -e, --expand-tabs[=CHAR[N]]    expand CHAR, a tab if not said, to columns N apart, or 8
  -F, -f, --form-feed            a form feed at the end of each page
  -h, --header=TEXT              TEXT in the header, not the file's name
  -i, --output-tabs[=CHAR[N]]    put CHAR for blanks
  -J, --join-lines               do not cut or align what is in columns
  -l, --length=N                 pages have N lines, not 66; up to 10 without headers
  -m, --merge                    all files beside one another
  -n, --number-lines[=CHAR[N]]   number lines, in N digits, 5 if not said, with CHAR behind, a tab if not said
  -N, --first-line-number=N      from N on
  -o, --indent=N                 begin each line with N blanks
  -r, --no-file-warnings         say nothing of files that cannot be opened
  -s, --separator[=CHAR]         CHAR between columns, a tab if not said; nothing is cut without -w
  -S, --sep-string[=TEXT]        TEXT between columns
  -t, --omit-header              no headers
  -T, --omit-pagination          no headers, and no form feeds
  -v, --show-nonprinting         show control characters as \\ooo
  -w, --width=N                  lines of columns are N wide, not 72
  -W, --page-width=N             all lines are N wide, and cut
      --help                     print this text
      --version                  print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'0', Takes::Nothing, '0'),
        (b'1', Takes::Nothing, '1'),
        (b'2', Takes::Nothing, '2'),
        (b'3', Takes::Nothing, '3'),
        (b'4', Takes::Nothing, '4'),
        (b'5', Takes::Nothing, '5'),
        (b'6', Takes::Nothing, '6'),
        (b'7', Takes::Nothing, '7'),
        (b'8', Takes::Nothing, '8'),
        (b'9', Takes::Nothing, '9'),
        (b'a', Takes::Nothing, 'a'),
        (b'c', Takes::Nothing, 'c'),
        (b'd', Takes::Nothing, 'd'),
        (b'D', Takes::Value, 'D'),
        (b'e', Takes::MaybeValue, 'e'),
        (b'f', Takes::Nothing, 'F'),
        (b'F', Takes::Nothing, 'F'),
        (b'h', Takes::Value, 'h'),
        (b'i', Takes::MaybeValue, 'i'),
        (b'J', Takes::Nothing, 'J'),
        (b'l', Takes::Value, 'l'),
        (b'm', Takes::Nothing, 'm'),
        (b'n', Takes::MaybeValue, 'n'),
        (b'N', Takes::Value, 'N'),
        (b'o', Takes::Value, 'o'),
        (b'r', Takes::Nothing, 'r'),
        (b's', Takes::MaybeValue, 's'),
        (b'S', Takes::MaybeValue, 'S'),
        (b't', Takes::Nothing, 't'),
        (b'T', Takes::Nothing, 'T'),
        (b'v', Takes::Nothing, 'v'),
        (b'w', Takes::Value, 'w'),
        (b'W', Takes::Value, 'W'),
    ],
    long: &[
        ("pages", Takes::Value, '+'),
        ("columns", Takes::Value, 'C'),
        ("across", Takes::Nothing, 'a'),
        ("show-control-chars", Takes::Nothing, 'c'),
        ("double-space", Takes::Nothing, 'd'),
        ("date-format", Takes::Value, 'D'),
        ("expand-tabs", Takes::MaybeValue, 'e'),
        ("form-feed", Takes::Nothing, 'F'),
        ("header", Takes::Value, 'h'),
        ("output-tabs", Takes::MaybeValue, 'i'),
        ("join-lines", Takes::Nothing, 'J'),
        ("length", Takes::Value, 'l'),
        ("merge", Takes::Nothing, 'm'),
        ("number-lines", Takes::MaybeValue, 'n'),
        ("first-line-number", Takes::Value, 'N'),
        ("indent", Takes::Value, 'o'),
        ("no-file-warnings", Takes::Nothing, 'r'),
        ("separator", Takes::MaybeValue, 's'),
        ("sep-string", Takes::MaybeValue, 'S'),
        ("omit-header", Takes::Nothing, 't'),
        ("omit-pagination", Takes::Nothing, 'T'),
        ("show-nonprinting", Takes::Nothing, 'v'),
        ("width", Takes::Value, 'w'),
        ("page-width", Takes::Value, 'W'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// A character and a width that an option names together.
#[derive(Clone, Copy)]
struct Mark {
    byte: u8,
    width: usize,
}

/// What a command line asks for.
struct Pr {
    first_page: usize,
    last_page: usize,
    columns: usize,
    across: bool,
    merged: bool,
    double: bool,
    date_format: Vec<u8>,
    expand: Option<Mark>,
    tabs: Option<Mark>,
    numbers: Option<Mark>,
    first_number: Option<i64>,
    form_feed: bool,
    header: Option<Vec<u8>>,
    joined: bool,
    length: usize,
    has_header: bool,
    keeps_feeds: bool,
    margin: usize,
    quiet: bool,
    /// What stands between columns, where an option says it.
    separator: Option<Vec<u8>>,
    /// Whether cells are cut and filled up to the width of their column.
    aligned: bool,
    shows_carets: bool,
    shows_octal: bool,
    width: usize,
    /// Whether lines of one column are cut as well.
    cut: bool,
}

/// Runs pr: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (pr, files) = match parse(frame, arguments) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let mut sheet = Sheet::new(&pr, frame);
    let mut status = 0;
    let mut merged = Vec::new();
    for file in &files {
        let read = if file == b"-" { from_stdin() } else { system::read_whole(file) };
        match read {
            Err(errno) => {
                status = 1;
                if !pr.quiet {
                    sheet.flush();
                    frame.complain(&format!("{}: {}", name(file), reason(errno)));
                }
            }
            Ok(bytes) if pr.merged => merged.push((file, bytes)),
            Ok(bytes) => {
                let title = if file == b"-" { b"".as_slice() } else { file };
                sheet.file(&date(&pr, Some(file)), title, vec![Pages::new(bytes)]);
            }
        }
    }
    if pr.merged && !merged.is_empty() {
        let (title, file) = match merged.as_slice() {
            [(file, _)] if file.as_slice() != b"-" => (file.as_slice(), Some(file.as_slice())),
            _ => (b"".as_slice(), None),
        };
        let date = date(&pr, file);
        sheet.file(&date, title, merged.into_iter().map(|(_, bytes)| Pages::new(bytes)).collect());
    }
    sheet.flush();
    status
}

fn from_stdin() -> Result<Vec<u8>, Errno> {
    let (mut bytes, mut block) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match system::read(rustix::stdio::stdin(), &mut block)? {
            0 => return Ok(bytes),
            length => bytes.extend_from_slice(block.get(..length).unwrap_or_default()),
        }
    }
}

/// The date of the header: when the file was modified, or now.
fn date(pr: &Pr, file: Option<&[u8]>) -> Vec<u8> {
    let time = match file.filter(|file| *file != b"-") {
        Some(file) => system::stat(file).map_or_else(|_| system::now(), |stat| stat.mtime),
        None => system::now(),
    };
    let mut text = Vec::new();
    Zone::from_environment().local(time).format(&pr.date_format, &mut text);
    text
}

/// Reads a command line; the error is a status.
fn parse(frame: Frame<'_>, mut arguments: Vec<Vec<u8>>) -> Result<(Pr, Vec<Vec<u8>>), i32> {
    let mut pr = Pr {
        first_page: 1,
        last_page: usize::MAX,
        columns: 1,
        across: false,
        merged: false,
        double: false,
        date_format: b"%Y-%m-%d %H:%M".to_vec(),
        expand: None,
        tabs: None,
        numbers: None,
        first_number: None,
        form_feed: false,
        header: None,
        joined: false,
        length: 66,
        has_header: true,
        keeps_feeds: false,
        margin: 0,
        quiet: false,
        separator: None,
        aligned: true,
        shows_carets: false,
        shows_octal: false,
        width: 72,
        cut: false,
    };
    let (mut is_t, mut is_w, mut is_old_s, mut digits) = (false, false, false, Vec::new());
    let (mut has_columns, mut is_m) = (false, false);
    for word in &mut arguments {
        // `+FIRST:LAST` is an option where it can be one.
        if word.first() == Some(&b'+') && pages(word.get(1..).unwrap_or_default()).is_some() {
            let range = word.get(1..).unwrap_or_default().to_vec();
            *word = [b"--pages=".as_slice(), &range].concat();
        }
    }
    let mut words = Words::new(&SYNTAX, arguments);
    let mut files = Vec::new();
    while let Some(next) = words.next().map_err(|what| frame.misused(&what))? {
        let (option, value) = match next {
            Next::Operand(file) => {
                files.push(file);
                continue;
            }
            Next::Option { option, value, .. } => (option, value),
        };
        let is_given = value.is_some();
        let value = value.unwrap_or_default();
        if !option.is_ascii_digit() && !digits.is_empty() {
            pr.columns = columns(frame, &digits)?;
            digits.clear();
        }
        match option {
            '0'..='9' => {
                has_columns = true;
                digits.extend(u8::try_from(option));
            }
            'C' => {
                has_columns = true;
                pr.columns = columns(frame, &value)?;
            }
            '+' => match pages(&value) {
                Some((first, last)) => (pr.first_page, pr.last_page) = (first, last),
                None => {
                    frame.complain(&format!("invalid page range {}", quoted(&value)));
                    return Err(1);
                }
            },
            'a' => pr.across = true,
            'c' => pr.shows_carets = true,
            'd' => pr.double = true,
            'D' => pr.date_format = value,
            'e' => pr.expand = Some(mark(frame, 'e', &value, Mark { byte: b'\t', width: 8 })?),
            'i' => pr.tabs = Some(mark(frame, 'i', &value, Mark { byte: b'\t', width: 8 })?),
            'n' => pr.numbers = Some(mark(frame, 'n', &value, Mark { byte: b'\t', width: 5 })?),
            'F' => pr.form_feed = true,
            'h' => pr.header = Some(value),
            'J' => pr.joined = true,
            'l' => pr.length = number(frame, "'-l PAGE_LENGTH' invalid number of lines", &value, 1)?,
            'm' => (is_m, pr.merged) = (true, true),
            'N' => {
                let text = String::from_utf8_lossy(&value);
                pr.first_number = Some(text.trim().parse().map_err(|_| {
                    let what = format!("'-N NUMBER' invalid starting line number: {}", quoted(&value));
                    frame.complain(&what);
                    1
                })?);
            }
            'o' => pr.margin = number(frame, "'-o MARGIN' invalid line offset", &value, 0)?,
            'r' => pr.quiet = true,
            's' => {
                is_old_s = true;
                if is_given {
                    pr.separator = Some(value);
                } else if pr.separator.is_none() {
                    pr.separator = Some(b"\t".to_vec());
                }
            }
            'S' => {
                is_old_s = false;
                pr.separator = Some(value);
            }
            't' => is_t = true,
            'T' => (is_t, pr.keeps_feeds) = (true, false),
            'v' => pr.shows_octal = true,
            'w' => {
                is_w = true;
                pr.width = number(frame, "'-w PAGE_WIDTH' invalid number of characters", &value, 1)?;
            }
            'W' => {
                pr.cut = true;
                pr.width = number(frame, "'-W PAGE_WIDTH' invalid number of characters", &value, 1)?;
            }
            frame::HELP => return Err(frame.show(HELP)),
            _ => return Err(frame.show(&version("pr"))),
        }
        if option == 't' {
            pr.keeps_feeds = true;
        }
    }
    if !digits.is_empty() {
        pr.columns = columns(frame, &digits)?;
    }
    if pr.merged && has_columns {
        frame.complain("cannot specify number of columns when printing in parallel");
        return Err(1);
    }
    if pr.merged && pr.across {
        frame.complain("cannot specify both printing across and printing in parallel");
        return Err(1);
    }
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    if pr.length <= 10 && !is_t {
        (is_t, pr.keeps_feeds) = (true, true);
    }
    pr.has_header = !is_t;
    pr.cut |= is_w && (has_columns || is_m);
    if pr.merged {
        pr.columns = files.len();
        pr.merged = files.len() > 1;
    }
    if is_old_s && !pr.joined {
        if is_w || pr.cut {
            // With a width, a tab that was not asked for is nothing.
            if pr.separator.as_deref() == Some(b"\t") {
                pr.separator = Some(Vec::new());
            }
        } else {
            pr.aligned = false;
        }
    }
    if pr.joined {
        pr.aligned = false;
        pr.separator.get_or_insert_with(|| b"\t".to_vec());
    }
    Ok((pr, files))
}

fn columns(frame: Frame<'_>, text: &[u8]) -> Result<usize, i32> {
    number(frame, "invalid number of columns", text, 1)
}

/// A number of an option.
fn number(frame: Frame<'_>, what: &str, text: &[u8], least: usize) -> Result<usize, i32> {
    let shown = String::from_utf8_lossy(text);
    let parsed = shown.trim_start().trim_start_matches('+').parse::<i64>();
    match parsed {
        Ok(number)
            if usize::try_from(number).is_ok_and(|number| number >= least)
                && number <= i64::from(i32::MAX) =>
        {
            Ok(usize::try_from(number).unwrap_or(0))
        }
        Ok(_) => {
            frame.complain(&format!("{what}: {}: Numerical result out of range", quoted(text)));
            Err(1)
        }
        Err(_) => {
            frame.complain(&format!("{what}: {}", quoted(text)));
            Err(1)
        }
    }
}

/// `FIRST` or `FIRST:LAST`, from 1, in order.
fn pages(text: &[u8]) -> Option<(usize, usize)> {
    let text = std::str::from_utf8(text).ok()?;
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
        None => (text.parse().ok()?, usize::MAX),
    };
    (first >= 1 && first <= last).then_some((first, last))
}

/// A character that is no digit, and a number, either of which may be missing.
fn mark(frame: Frame<'_>, option: char, text: &[u8], usual: Mark) -> Result<Mark, i32> {
    let mut mark = usual;
    let mut rest = text;
    if let Some((first, others)) = text.split_first()
        && !first.is_ascii_digit()
    {
        mark.byte = *first;
        rest = others;
    }
    if rest.is_empty() {
        return Ok(mark);
    }
    match String::from_utf8_lossy(rest).parse::<usize>() {
        Ok(width) if width > 0 && width < 1 << 20 => {
            mark.width = width;
            Ok(mark)
        }
        _ => {
            let what =
                format!("'-{option}' extra characters or invalid number in the argument: {}", quoted(rest));
            Err(frame.misused(&what))
        }
    }
}
