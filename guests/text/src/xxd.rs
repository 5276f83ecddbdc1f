//! xxd: bytes as hexadecimal, and back. Written from its manual, and held against version 2022-01-14.

use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};

use crate::stream::{self, BUFFER_BYTES, Output, Stdin};

const HELP: &str = "\
Usage: xxd [OPTION]... [INFILE [OUTFILE]]
   or  xxd -r [-s OFFSET] [-c COLUMNS] [-ps] [INFILE [OUTFILE]]
    -a          rows of zeros as one '*'
    -b          binary digits instead of hexadecimal ones
    -C          names in capital letters (-i)
    -c COLUMNS  bytes of a row; 16 unless given (-i 12, -ps 30, -b 6)
    -d          where a row begins in decimal
    -E          characters of EBCDIC instead of ASCII
    -e          groups with the last byte first
    -g BYTES    bytes of a group; 2 unless given (-e 4, -b 1)
    -h          show this text
    -i          an array of C
    -l BYTES    no more than BYTES
    -n NAME     the array's name (-i)
    -o OFFSET   add OFFSET to where rows begin
    -ps, -p     hexadecimal digits and nothing else
    -r          bytes of what is hexadecimal
    -s [+][-]OFFSET   begin at OFFSET; -r: add OFFSET to where rows go
    -u          hexadecimal digits in capital letters
    -R WHEN     accepted: never, auto
    -v          show the version
";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Normal,
    Bits,
    Little,
    Plain,
    C,
}

struct Job {
    style: Style,
    autoskip: bool,
    capitals: bool,
    columns: Option<usize>,
    decimal: bool,
    ebcdic: bool,
    group: Option<usize>,
    length: Option<u64>,
    name: Option<Vec<u8>>,
    offset: i64,
    revert: bool,
    /// Where to begin, whether from the end, and whether from where the input stands.
    seek: i64,
    relative: bool,
    upper: bool,
    files: Vec<Vec<u8>>,
}

/// Why xxd gives up: what to say, and the status.
struct Failure(String, i32);

/// Runs xxd: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut job = Job {
        style: Style::Normal,
        autoskip: false,
        capitals: false,
        columns: None,
        decimal: false,
        ebcdic: false,
        group: None,
        length: None,
        name: None,
        offset: 0,
        revert: false,
        seek: 0,
        relative: false,
        upper: false,
        files: Vec::new(),
    };
    match parse(&mut job, arguments) {
        Ok(None) => {}
        Ok(Some(text)) => return stream::show(program, &text),
        Err(Some(what)) => {
            cli::stdio::complain(program, &what);
            return 1;
        }
        Err(None) => {
            cli::stdio::note(HELP.trim_end());
            return 1;
        }
    }
    match run(&job) {
        Ok(status) => status,
        Err(Failure(what, status)) => {
            cli::stdio::complain(program, &what);
            status
        }
    }
}

/// Reads a command line, in xxd's own manner: a value follows its letter or is the next word.
fn parse(job: &mut Job, arguments: Vec<Vec<u8>>) -> Result<Option<String>, Option<String>> {
    let mut words = arguments.into_iter().peekable();
    let mut only_files = false;
    while let Some(word) = words.next() {
        if only_files || !word.starts_with(b"-") || word == b"-" {
            job.files.push(word);
            continue;
        }
        // Two dashes are as good as one, and long names are known by how they begin.
        let text = String::from_utf8_lossy(&word).into_owned();
        let option = if text.len() > 2 && text.starts_with("--") { &text[1..] } else { text.as_str() };
        let mut value = |name: &str, long: &str| -> Result<String, Option<String>> {
            let rest = &option[1 + name.len()..];
            if rest.is_empty() || long.starts_with(&option[1..]) && option.len() > 2 {
                let next = words.next().ok_or(None)?;
                return Ok(String::from_utf8_lossy(&next).into_owned());
            }
            Ok(rest.to_owned())
        };
        let begins = |prefix: &str| option.starts_with(prefix);
        match () {
            () if option == "--" => only_files = true,
            () if begins("-autoskip") || begins("-a") => job.autoskip = true,
            () if begins("-bits") || begins("-b") => job.style = Style::Bits,
            () if begins("-ebcdic") || begins("-E") => job.ebcdic = true,
            () if begins("-e") => job.style = Style::Little,
            () if begins("-u") => job.upper = true,
            () if begins("-ps") || begins("-p") => job.style = Style::Plain,
            () if begins("-include") || begins("-i") => job.style = Style::C,
            () if begins("-C") || begins("-capitalize") => job.capitals = true,
            () if begins("-d") => job.decimal = true,
            () if begins("-revert") || begins("-r") => job.revert = true,
            () if begins("-v") => return Ok(Some("xxd (wasmsand) 0.1.0\n".to_owned())),
            () if begins("-h") => return Ok(Some(HELP.to_owned())),
            () if begins("-c") => job.columns = Some(number(&value("c", "cols")?).max(0) as usize),
            () if begins("-g") => job.group = Some(number(&value("g", "groupsize")?).max(0) as usize),
            () if begins("-l") => job.length = Some(number(&value("l", "len")?).max(0) as u64),
            () if begins("-n") => job.name = Some(value("n", "name")?.into_bytes()),
            () if begins("-o") => job.offset = number(&value("o", "offset")?),
            () if begins("-R") => match value("R", "R")?.as_str() {
                "never" | "auto" => {}
                _ => return Err(None),
            },
            () if begins("-s") => {
                let text = if begins("-skip") { value("s", "skip")? } else { value("s", "seek")? };
                let (relative, text) = match text.strip_prefix('+') {
                    Some(rest) => (true, rest),
                    None => (false, text.as_str()),
                };
                job.relative = relative;
                job.seek = number(text);
            }
            () => return Err(None),
        }
    }
    if job.files.len() > 2 {
        return Err(None);
    }
    if job.columns == Some(0) {
        job.columns = None;
    }
    // No room is made for rows that nobody could read.
    if job.style != Style::Plain && job.columns.is_some_and(|columns| columns > 256) && !job.revert {
        return Err(Some("invalid number of columns (max. 256).".to_owned()));
    }
    Ok(None)
}

/// A number as C's strtol takes it: what does not belong to it ends it.
fn number(text: &str) -> i64 {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None if rest.starts_with('0') => (8, rest),
        None => (10, rest),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    sign * i64::from_str_radix(&digits[..end], radix).unwrap_or(if end == 0 { 0 } else { i64::MAX })
}

fn run(job: &Job) -> Result<i32, Failure> {
    let name = job.files.first().filter(|name| *name != b"-");
    let cannot = |name: &[u8], error: &io::Error, status: i32| {
        Failure(format!("{}: {}", String::from_utf8_lossy(name), stream::reason(error)), status)
    };
    let mut file = match name {
        Some(name) => Some(std::fs::File::open(stream::path(name)).map_err(|error| cannot(name, &error, 2))?),
        None => None,
    };
    let mut reader: Box<dyn Read> = Box::new(Stdin);
    let mut begin = 0;
    if job.seek != 0 && !job.revert {
        let end = match &mut file {
            Some(file) => seek(file, job.seek)?,
            None => skip_input(job.seek, job.relative)?,
        };
        begin = end;
    }
    if let Some(file) = file {
        reader = Box::new(file);
    }
    if let Some(length) = job.length {
        reader = Box::new(reader.take(length));
    }
    if !job.revert {
        // Rows are read one by one.
        reader = Box::new(io::BufReader::with_capacity(BUFFER_BYTES, reader));
    }
    let mut sink: Sink = match job.files.get(1).filter(|name| *name != b"-") {
        Some(name) => {
            let opened = std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(!job.revert)
                .open(stream::path(name));
            Sink::File(io::BufWriter::new(opened.map_err(|error| cannot(name, &error, 3))?))
        }
        None => Sink::Stdout(Output::new()),
    };
    let result =
        if job.revert { revert(job, reader, &mut sink) } else { dump(job, reader, begin, &mut sink) };
    let finished = sink.finish();
    result?;
    finished.map_err(|what| Failure(what, 3))?;
    Ok(0)
}

/// Goes to where the dump begins, from the end where the number is negative.
fn seek(file: &mut std::fs::File, to: i64) -> Result<i64, Failure> {
    let place = if to < 0 { SeekFrom::End(to) } else { SeekFrom::Start(to as u64) };
    match file.seek(place) {
        Ok(at) => Ok(at as i64),
        Err(_) => Err(Failure("Sorry, cannot seek.".to_owned(), 4)),
    }
}

/// Passes over the start of standard input.
fn skip_input(to: i64, relative: bool) -> Result<i64, Failure> {
    if !relative || to >= 0 {
        let place = match (relative, to < 0) {
            (true, _) => rustix::fs::SeekFrom::Current(to),
            (false, true) => rustix::fs::SeekFrom::End(to),
            (false, false) => rustix::fs::SeekFrom::Start(to as u64),
        };
        if let Ok(at) = rustix::fs::seek(rustix::stdio::stdin(), place) {
            return Ok(at as i64);
        }
    }
    if to < 0 {
        return Err(Failure("Sorry, cannot seek.".to_owned(), 4));
    }
    io::copy(&mut Stdin.take(to as u64), &mut io::sink())
        .map_err(|error| Failure(stream::reason(&error), 2))?;
    Ok(to)
}

/// Where the output goes: bytes in a row, or to places in a file.
enum Sink {
    Stdout(Output),
    File(io::BufWriter<std::fs::File>),
}

impl Sink {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Sink::Stdout(out) => out.put(bytes),
            Sink::File(file) => {
                file.write_all(bytes).map_err(|error| Failure(stream::reason(&error), 3))?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), String> {
        match self {
            Sink::Stdout(out) => out.finish().map_err(cli::wording::reason),
            Sink::File(mut file) => file.flush().map_err(|error| stream::reason(&error)),
        }
    }
}

/// Bytes from a reader until there are as many as wanted, or no more.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Failure> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure(stream::reason(&error), 2)),
        }
    }
    Ok(filled)
}

fn dump(job: &Job, mut reader: Box<dyn Read>, begin: i64, sink: &mut Sink) -> Result<(), Failure> {
    match job.style {
        Style::C => return array(job, reader, sink),
        Style::Plain => return plain(job, reader, sink),
        Style::Normal | Style::Bits | Style::Little => {}
    }
    let columns = job.columns.unwrap_or(if job.style == Style::Bits { 6 } else { 16 });
    let default = match job.style {
        Style::Bits => 1,
        Style::Little => 4,
        _ => 2,
    };
    let mut group = job.group.unwrap_or(default);
    if job.style == Style::Little && !group.is_power_of_two() {
        return Err(Failure("number of octets per group must be a power of 2 with -e.".to_owned(), 1));
    }
    if group == 0 || group > columns {
        group = columns;
    }
    let watched = io::stdout().is_terminal();
    let mut row = vec![0; columns];
    let mut at = begin.wrapping_add(job.offset);
    let mut zeros = 0_u64;
    let mut text = Vec::new();
    // The last two rows of zeros: as few as that are not worth a star.
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        let count = fill(reader.as_mut(), &mut row)?;
        if count == 0 {
            break;
        }
        text.clear();
        render(job, &row[..count], columns, group, at, &mut text);
        at = at.wrapping_add(count as i64);
        let is_zero = job.autoskip && count == columns && row.iter().all(|byte| *byte == 0);
        if is_zero {
            zeros += 1;
            match zeros {
                1 => sink.put(&text)?,
                _ => {
                    held.truncate(1);
                    held.insert(0, text.clone());
                }
            }
        } else {
            release(&mut held, zeros, false, sink)?;
            zeros = 0;
            sink.put(&text)?;
        }
        if watched && let Sink::Stdout(out) = sink {
            out.flush();
        }
        if count < columns || matches!(sink, Sink::Stdout(out) if out.has_failed()) {
            break;
        }
    }
    release(&mut held, zeros, true, sink)
}

/// Writes what stands for rows of zeros behind the first; the last row of all is always written.
fn release(held: &mut Vec<Vec<u8>>, zeros: u64, at_end: bool, sink: &mut Sink) -> Result<(), Failure> {
    let mut rows = std::mem::take(held).into_iter();
    let Some(last) = rows.next() else { return Ok(()) };
    let hidden = zeros - 1 - u64::from(at_end);
    match (hidden, rows.next()) {
        (0, _) => {}
        (1, Some(row)) => sink.put(&row)?,
        (1, None) => return sink.put(&last),
        _ => sink.put(b"*\n")?,
    }
    if at_end { sink.put(&last) } else { Ok(()) }
}

/// Writes a row.
fn render(job: &Job, bytes: &[u8], columns: usize, group: usize, at: i64, text: &mut Vec<u8>) {
    match u32::try_from(at) {
        Ok(place) if !job.decimal => {
            place.to_be_bytes().iter().for_each(|byte| text.extend(LOWER[usize::from(*byte)]));
            text.extend(b": ");
        }
        _ => {
            let place = at as u64;
            let head = if job.decimal { format!("{place:08}: ") } else { format!("{place:08x}: ") };
            text.extend(head.as_bytes());
        }
    }
    if bytes.len() == columns && job.style == Style::Normal {
        return render_whole(job, bytes, group, text);
    }
    let digits = if job.style == Style::Bits { 8 } else { 2 };
    let start = text.len();
    for (number, chunk) in (0..columns).step_by(group).enumerate() {
        if number > 0 {
            text.push(b' ');
        }
        let end = (chunk + group).min(columns);
        for slot in chunk..end {
            let index = if job.style == Style::Little { chunk + group - 1 - (slot - chunk) } else { slot };
            match bytes.get(index).filter(|_| index < columns) {
                Some(byte) if job.style == Style::Bits => text.extend(format!("{byte:08b}").as_bytes()),
                Some(byte) => hex(*byte, job.upper, text),
                // Where the rest of a row would be, there is room for it.
                None => text.resize(text.len() + digits, b' '),
            }
        }
    }
    let groups = columns.div_ceil(group);
    let full = columns * digits + groups - 1;
    // A last group that is cut short has its bytes where they would be in a whole one.
    let full = if job.style == Style::Little { groups * group * digits + groups - 1 } else { full };
    text.resize(start + full.max(text.len() - start), b' ');
    text.extend(b"  ");
    text.extend(bytes.iter().map(|byte| readable(*byte, job.ebcdic)));
    text.push(b'\n');
}

/// Writes what is in a row that has all its bytes.
fn render_whole(job: &Job, bytes: &[u8], group: usize, text: &mut Vec<u8>) {
    let start = text.len();
    let width = bytes.len() * 2 + bytes.len().div_ceil(group) + 1;
    text.resize(start + width + bytes.len(), b' ');
    let (digits, characters) = text[start..].split_at_mut(width);
    let pairs = pairs(job.upper);
    for (group, into) in bytes.chunks(group).zip(digits.chunks_mut(group * 2 + 1)) {
        let (into, _) = into.as_chunks_mut::<2>();
        group.iter().zip(into).for_each(|(byte, into)| *into = pairs[usize::from(*byte)]);
    }
    if job.ebcdic {
        bytes.iter().zip(characters).for_each(|(byte, into)| *into = readable(*byte, true));
    } else {
        bytes.iter().zip(characters).for_each(|(byte, into)| *into = readable(*byte, false));
    }
    text.push(b'\n');
}

/// The digits of every byte.
type Pairs = [[u8; 2]; 256];
static LOWER: Pairs = all_pairs(b"0123456789abcdef");
static UPPER: Pairs = all_pairs(b"0123456789ABCDEF");

const fn all_pairs(digits: &[u8; 16]) -> Pairs {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
}

fn pairs(upper: bool) -> &'static Pairs {
    if upper { &UPPER } else { &LOWER }
}

fn hex(byte: u8, upper: bool, text: &mut Vec<u8>) {
    text.extend(pairs(upper)[usize::from(byte)]);
}

/// A byte as a character of the right column.
#[inline]
fn readable(byte: u8, ebcdic: bool) -> u8 {
    if ebcdic {
        // The characters of EBCDIC from 64 on.
        const TABLE: &[u8; 192] = b" ...........<(+|&.........!$*);~-/.........,%_>?.........`:#@'=\".abcdefghi.......jklmnopqr^.......stuvwxyz...[...............]..{ABCDEFGHI......}JKLMNOPQR......\\.STUVWXYZ......0123456789......";
        return if byte >= 64 { TABLE[usize::from(byte) - 64] } else { b'.' };
    }
    if (b' '..=b'~').contains(&byte) { byte } else { b'.' }
}

fn plain(job: &Job, mut reader: Box<dyn Read>, sink: &mut Sink) -> Result<(), Failure> {
    let columns = job.columns.unwrap_or(30);
    let mut row = vec![0; columns.min(BUFFER_BYTES)];
    let mut text = Vec::new();
    let mut in_row = 0;
    loop {
        let room = (columns - in_row).min(row.len());
        let count = fill(reader.as_mut(), &mut row[..room])?;
        text.clear();
        text.resize(count * 2, 0);
        let pairs = pairs(job.upper);
        row.iter()
            .zip(text.as_chunks_mut::<2>().0)
            .for_each(|(byte, into)| *into = pairs[usize::from(*byte)]);
        in_row += count;
        if in_row == columns || count == 0 && in_row > 0 {
            text.push(b'\n');
            in_row = 0;
        }
        sink.put(&text)?;
        if count == 0 || matches!(sink, Sink::Stdout(out) if out.has_failed()) {
            return Ok(());
        }
    }
}

fn array(job: &Job, mut reader: Box<dyn Read>, sink: &mut Sink) -> Result<(), Failure> {
    let columns = job.columns.unwrap_or(12);
    let file = job.files.first().filter(|name| *name != b"-");
    let name = job.name.as_ref().or(file).map(|name| {
        let mut symbol: Vec<u8> =
            name.iter().map(|byte| if byte.is_ascii_alphanumeric() { *byte } else { b'_' }).collect();
        if symbol.first().is_some_and(u8::is_ascii_digit) {
            symbol.splice(0..0, *b"__");
        }
        if job.capitals {
            symbol.make_ascii_uppercase();
        }
        symbol
    });
    if let Some(name) = &name {
        sink.put(&[b"unsigned char ", name.as_slice(), b"[] = {\n"].concat())?;
    }
    let mut row = vec![0; columns];
    let mut total = 0_u64;
    loop {
        let count = fill(reader.as_mut(), &mut row)?;
        let mut text = Vec::new();
        for (index, byte) in row[..count].iter().enumerate() {
            text.extend(match (total, index) {
                (0, 0) => b"  0x".as_slice(),
                (_, 0) => b",\n  0x",
                _ => b", 0x",
            });
            if job.upper {
                text.pop();
                text.push(b'X');
            }
            hex(*byte, job.upper, &mut text);
        }
        total += count as u64;
        sink.put(&text)?;
        if count < columns {
            break;
        }
    }
    if total > 0 {
        sink.put(b"\n")?;
    }
    if let Some(name) = &name {
        let length: &[u8] = if job.capitals { b"_LEN" } else { b"_len" };
        let text =
            [b"};\nunsigned int ", name.as_slice(), length, format!(" = {total};\n").as_bytes()].concat();
        sink.put(&text)?;
    }
    Ok(())
}

/// Makes bytes of a dump.
fn revert(job: &Job, reader: Box<dyn Read>, sink: &mut Sink) -> Result<(), Failure> {
    if !matches!(job.style, Style::Normal | Style::Plain) {
        return Err(Failure("Sorry, cannot revert this type of hexdump".to_owned(), 255));
    }
    let columns = job.columns.unwrap_or(if job.style == Style::Plain { 30 } else { 16 });
    let mut lines = stream::Lines::new(reader);
    let mut written = 0_i64;
    let mut half: Option<u8> = None;
    loop {
        let line = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(()),
            Err(error) => return Err(Failure(stream::reason(&error), 2)),
        };
        if job.style == Style::Plain {
            let mut bytes = Vec::new();
            for byte in line {
                match char::from(*byte).to_digit(16) {
                    Some(digit) => match half.take() {
                        Some(high) => bytes.push(high << 4 | digit as u8),
                        None => half = Some(digit as u8),
                    },
                    None if byte.is_ascii_whitespace() => {}
                    None => {
                        // What is behind something else is no part of the dump.
                        half = None;
                        break;
                    }
                }
            }
            sink.put(&bytes)?;
            continue;
        }
        let Some((place, bytes)) = row(line, columns) else { continue };
        let place = place.wrapping_add(job.seek);
        if place != written && !bytes.is_empty() {
            move_to(sink, &mut written, place)?;
        }
        sink.put(&bytes)?;
        written += bytes.len() as i64;
    }
}

/// The place and the bytes of a row; `None`: it is none.
fn row(line: &[u8], columns: usize) -> Option<(i64, Vec<u8>)> {
    let line = line.trim_ascii_start();
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let place = i64::from_str_radix(std::str::from_utf8(&line[..digits]).ok()?, 16).ok()?;
    let mut rest = line[digits..].strip_prefix(b":").unwrap_or(&line[digits..]);
    let mut bytes = Vec::new();
    while bytes.len() < columns {
        // Two blanks are where the readable column begins.
        rest = match rest {
            [b' ', b' ', ..] if !bytes.is_empty() => break,
            [b' ' | b'\t', ..] => rest.trim_ascii_start(),
            _ => rest,
        };
        let [high, low, behind @ ..] = rest else { break };
        let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16)) else {
            break;
        };
        bytes.push((high << 4 | low) as u8);
        rest = behind;
    }
    Some((place, bytes))
}

/// Goes to a place of the output: forward over zeros, backward only in a file.
fn move_to(sink: &mut Sink, written: &mut i64, place: i64) -> Result<(), Failure> {
    if let Sink::File(file) = sink {
        if let Ok(to) = u64::try_from(place)
            && file.seek(SeekFrom::Start(to)).is_ok()
        {
            *written = place;
            return Ok(());
        }
        return Err(Failure("Sorry, cannot seek.".to_owned(), 5));
    }
    if place < *written {
        return Err(Failure("Sorry, cannot seek backwards.".to_owned(), 5));
    }
    const ZEROS: [u8; 4096] = [0; 4096];
    while *written < place {
        let count = (place - *written).min(ZEROS.len() as i64);
        sink.put(&ZEROS[..count as usize])?;
        *written += count;
        if matches!(sink, Sink::Stdout(out) if out.has_failed()) {
            break;
        }
    }
    Ok(())
}
