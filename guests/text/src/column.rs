//! column: lists in columns, tables, and tables as JSON. Written from the manual of util-linux, and held against 2.38.1.

use std::io::Read;

use cli::getopt::{Next, Syntax, Takes, Words};
use unicode_width::UnicodeWidthChar;

use crate::stream::{self, Lines, Output, Stdin};

const HELP: &str = "\
Usage: column [OPTION]... [FILE]...
Set lists out in columns.

 -t, --table                       make a table
 -n, --table-name NAME             the table's name in JSON
 -O, --table-order COLUMNS         the order of the columns
 -N, --table-columns NAMES         the names of the columns, with commas between
 -l, --table-columns-limit NUM     at most NUM columns; the last one takes the rest
 -E, --table-noextreme COLUMNS     accepted
 -d, --table-noheadings            no head
 -e, --table-header-repeat         accepted
 -H, --table-hide COLUMNS          leave columns out; '-' is all without a name
 -R, --table-right COLUMNS         align columns to the right
 -T, --table-truncate COLUMNS      cut what is too wide
 -W, --table-wrap COLUMNS          accepted
 -L, --keep-empty-lines            empty lines count
 -J, --json                        the table as JSON
 -c, --output-width WIDTH          width of the output in columns
 -o, --output-separator TEXT       between the columns of a table; two blanks unless given
 -s, --separator CHARACTERS        between the columns of the input
 -x, --fillrows                    fill rows before columns
 -h, --help                        show this text
 -V, --version                     show the version

COLUMNS are names or numbers with commas between; 0 is all of them.
";

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Table,
    Name,
    Order,
    Columns,
    Limit,
    Ignored,
    NoHeadings,
    Hide,
    Right,
    Truncate,
    KeepEmpty,
    Json,
    Width,
    OutputSeparator,
    Separator,
    FillRows,
    Help,
    Version,
}

use Takes::{Nothing, Value};

#[rustfmt::skip]
const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b't', Nothing, Opt::Table), (b'n', Value, Opt::Name), (b'O', Value, Opt::Order),
        (b'N', Value, Opt::Columns), (b'l', Value, Opt::Limit), (b'E', Value, Opt::Ignored),
        (b'd', Nothing, Opt::NoHeadings), (b'e', Nothing, Opt::Ignored), (b'H', Value, Opt::Hide),
        (b'R', Value, Opt::Right), (b'T', Value, Opt::Truncate), (b'W', Value, Opt::Ignored),
        (b'L', Nothing, Opt::KeepEmpty), (b'J', Nothing, Opt::Json), (b'r', Value, Opt::Ignored),
        (b'i', Value, Opt::Ignored), (b'p', Value, Opt::Ignored), (b'c', Value, Opt::Width),
        (b'o', Value, Opt::OutputSeparator), (b's', Value, Opt::Separator), (b'x', Nothing, Opt::FillRows),
        (b'h', Nothing, Opt::Help), (b'V', Nothing, Opt::Version),
    ],
    long: &[
        ("columns", Value, Opt::Width),
        ("fillrows", Nothing, Opt::FillRows),
        ("help", Nothing, Opt::Help),
        ("json", Nothing, Opt::Json),
        ("keep-empty-lines", Nothing, Opt::KeepEmpty),
        ("output-separator", Value, Opt::OutputSeparator),
        ("output-width", Value, Opt::Width),
        ("separator", Value, Opt::Separator),
        ("table", Nothing, Opt::Table),
        ("table-columns", Value, Opt::Columns),
        ("table-columns-limit", Value, Opt::Limit),
        ("table-header-repeat", Nothing, Opt::Ignored),
        ("table-hide", Value, Opt::Hide),
        ("table-name", Value, Opt::Name),
        ("table-noextreme", Value, Opt::Ignored),
        ("table-noheadings", Nothing, Opt::NoHeadings),
        ("table-order", Value, Opt::Order),
        ("table-right", Value, Opt::Right),
        ("table-truncate", Value, Opt::Truncate),
        ("table-wrap", Value, Opt::Ignored),
        ("tree", Value, Opt::Ignored),
        ("tree-id", Value, Opt::Ignored),
        ("tree-parent", Value, Opt::Ignored),
        ("version", Nothing, Opt::Version),
    ],
};

#[derive(Default)]
struct Job {
    table: bool,
    name: Vec<u8>,
    order: Option<Vec<u8>>,
    columns: Option<Vec<Vec<u8>>>,
    limit: usize,
    no_headings: bool,
    hide: Option<Vec<u8>>,
    right: Option<Vec<u8>>,
    truncate: Option<Vec<u8>>,
    keep_empty: bool,
    json: bool,
    width: Option<usize>,
    output_separator: Option<Vec<u8>>,
    separator: Option<Vec<u8>>,
    fill_rows: bool,
    files: Vec<Vec<u8>>,
}

/// Runs column: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut job = Job::default();
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let (option, value) = match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                job.files.push(word);
                continue;
            }
            Ok(Some(Next::Option { option, value, .. })) => (option, value.unwrap_or_default()),
            Err(what) => return stream::wrong(program, &what),
        };
        let number = |what: &str| -> Result<usize, i32> {
            let text = String::from_utf8_lossy(&value);
            text.trim().parse().map_err(|_| {
                cli::stdio::complain(program, &format!("invalid {what} argument: '{text}'"));
                1
            })
        };
        match option {
            Opt::Table => job.table = true,
            Opt::Name => job.name = value,
            Opt::Order => job.order = Some(value),
            Opt::Columns => {
                job.columns = Some(value.split(|byte| *byte == b',').map(<[u8]>::to_vec).collect());
            }
            Opt::Limit => match number("columns limit") {
                Ok(limit) => job.limit = limit,
                Err(status) => return status,
            },
            Opt::Ignored => {}
            Opt::NoHeadings => job.no_headings = true,
            Opt::Hide => job.hide = Some(value),
            Opt::Right => job.right = Some(value),
            Opt::Truncate => job.truncate = Some(value),
            Opt::KeepEmpty => job.keep_empty = true,
            Opt::Json => {
                job.json = true;
                job.table = true;
            }
            Opt::Width => match value.as_slice() {
                b"unlimited" => job.width = Some(0),
                _ => match number("columns") {
                    Ok(width) => job.width = Some(width),
                    Err(status) => return status,
                },
            },
            Opt::OutputSeparator => job.output_separator = Some(value),
            Opt::Separator => job.separator = Some(value),
            Opt::FillRows => job.fill_rows = true,
            Opt::Help => return stream::show(program, HELP),
            Opt::Version => return stream::show(program, "column (wasmsand) 0.1.0\n"),
        }
    }
    if job.json && job.columns.is_none() {
        cli::stdio::complain(program, "option --table-columns required for --json");
        return 1;
    }
    let has_table_option = job.order.is_some()
        || job.columns.is_some()
        || job.hide.is_some()
        || job.right.is_some()
        || job.truncate.is_some();
    if !job.table && has_table_option {
        cli::stdio::complain(program, "option --table required for all --table-*");
        return 1;
    }
    let mut status = 0;
    let mut lines = Vec::new();
    let mut read = |reader: Box<dyn Read>, name: &str| {
        let mut reader = Lines::new(reader);
        loop {
            match reader.next() {
                Ok(Some(line)) => {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    let is_empty = line.iter().all(|byte| matches!(byte, b' ' | b'\t'));
                    if !is_empty || job.keep_empty {
                        lines.push(line.to_vec());
                    }
                }
                Ok(None) => return 0,
                Err(error) => {
                    cli::stdio::complain(program, &format!("{name}: {}", stream::reason(&error)));
                    return 1;
                }
            }
        }
    };
    if job.files.is_empty() {
        status = read(Box::new(Stdin), "stdin");
    }
    for file in &job.files {
        let name = String::from_utf8_lossy(file).into_owned();
        status |= match stream::open(file) {
            Ok(reader) => read(reader, &name),
            Err(error) => {
                cli::stdio::complain(program, &format!("{name}: {}", stream::reason(&error)));
                1
            }
        };
    }
    let mut out = Output::new();
    if lines.is_empty() {
        return out.end(program, status);
    }
    if job.table {
        let table = match Table::new(&job, &lines) {
            Ok(table) => table,
            Err(what) => {
                cli::stdio::complain(program, &what);
                return 1;
            }
        };
        if job.json { table.json(&mut out) } else { table.print(&mut out) }
    } else {
        fill(&job, &lines, &mut out);
    }
    out.end(program, status)
}

/// How wide the output may be.
fn output_width(job: &Job) -> usize {
    if let Some(width) = job.width {
        return width;
    }
    if let Some(width) =
        std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|width| *width > 0)
    {
        return width;
    }
    crate::terminfo::terminal_size().map_or(80, |(columns, _)| columns)
}

/// Columns that a text takes on the terminal.
fn width(text: &[u8]) -> usize {
    text.utf8_chunks()
        .map(|chunk| {
            let valid: usize = chunk.valid().chars().map(|c| c.width().unwrap_or(0)).sum();
            // What cannot be shown is shown as `\xHH`.
            valid + chunk.invalid().len() * 4
        })
        .sum()
}

/// A text with what cannot be shown as `\xHH`.
fn safe(text: &[u8]) -> Vec<u8> {
    if std::str::from_utf8(text).is_ok() {
        return text.to_vec();
    }
    let mut shown = Vec::new();
    for chunk in text.utf8_chunks() {
        shown.extend(chunk.valid().as_bytes());
        shown.extend(chunk.invalid().iter().flat_map(|byte| format!("\\x{byte:02x}").into_bytes()));
    }
    shown
}

/// Sets entries out in columns, with tabs between them.
fn fill(job: &Job, lines: &[Vec<u8>], out: &mut Output) {
    const TAB: usize = 8;
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    let available = output_width(job);
    let column = (widest + TAB) / TAB * TAB;
    if widest >= available {
        for line in lines {
            out.put(&safe(line));
            out.put(b"\n");
        }
        return;
    }
    let across = (available / column).max(1);
    let rows = lines.len().div_ceil(across);
    let put = |out: &mut Output, line: &[u8], is_last: bool| {
        out.put(&safe(line));
        if is_last {
            out.put(b"\n");
            return;
        }
        let mut at = width(line);
        while at < column {
            out.put(b"\t");
            at = (at / TAB + 1) * TAB;
        }
    };
    if job.fill_rows {
        for row in lines.chunks(across) {
            for (index, line) in row.iter().enumerate() {
                put(out, line, index + 1 == row.len());
            }
        }
    } else {
        for row in 0..rows {
            let indices: Vec<usize> = (row..lines.len()).step_by(rows).collect();
            for (position, index) in indices.iter().enumerate() {
                put(out, &lines[*index], position + 1 == indices.len());
            }
        }
    }
}

struct Column {
    name: Vec<u8>,
    right: bool,
    truncate: bool,
    hidden: bool,
}

/// A table with its columns in the order of the output.
struct Table<'a> {
    job: &'a Job,
    columns: Vec<Column>,
    order: Vec<usize>,
    rows: Vec<Vec<Vec<u8>>>,
    has_head: bool,
}

impl<'a> Table<'a> {
    fn new(job: &'a Job, lines: &[Vec<u8>]) -> Result<Table<'a>, String> {
        let rows: Vec<Vec<Vec<u8>>> = lines.iter().map(|line| split(job, line)).collect();
        let names = job.columns.clone().unwrap_or_default();
        let count = rows.iter().map(Vec::len).max().unwrap_or(0).max(names.len());
        let mut columns: Vec<Column> = (0..count)
            .map(|index| Column {
                name: names.get(index).cloned().unwrap_or_default(),
                right: false,
                truncate: false,
                hidden: false,
            })
            .collect();
        for index in selected(&columns, job.right.as_deref())? {
            columns[index].right = true;
        }
        for index in selected(&columns, job.truncate.as_deref())? {
            columns[index].truncate = true;
        }
        for index in selected(&columns, job.hide.as_deref())? {
            columns[index].hidden = true;
        }
        let mut order = selected(&columns, job.order.as_deref())?;
        order.extend((0..count).filter(|index| !order.contains(index)).collect::<Vec<_>>());
        order.retain(|index| !columns[*index].hidden);
        let has_head = job.columns.is_some() && !job.no_headings;
        Ok(Table { job, columns, order, rows, has_head })
    }

    /// What a row has in a column.
    fn cell(row: &[Vec<u8>], index: usize) -> &[u8] {
        row.get(index).map_or(b"", Vec::as_slice)
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .order
            .iter()
            .map(|index| {
                let cells = self.rows.iter().map(|row| width(Self::cell(row, *index)));
                let head = if self.has_head { width(&self.columns[*index].name) } else { 0 };
                cells.max().unwrap_or(0).max(head)
            })
            .collect();
        // Columns that may be cut give up what the output has no room for.
        let available = output_width(self.job);
        let separators = self.separator().len() * widths.len().saturating_sub(1);
        let mut excess = (widths.iter().sum::<usize>() + separators).saturating_sub(available);
        if available > 0 {
            for (slot, index) in self.order.iter().enumerate().rev() {
                if self.columns[*index].truncate && excess > 0 {
                    let least = 1.max(if self.has_head { width(&self.columns[*index].name) } else { 1 });
                    let cut = widths[slot].saturating_sub(least).min(excess);
                    widths[slot] -= cut;
                    excess -= cut;
                }
            }
        }
        widths
    }

    fn separator(&self) -> &[u8] {
        self.job.output_separator.as_deref().unwrap_or(b"  ")
    }

    fn print(&self, out: &mut Output) {
        let widths = self.widths();
        if self.has_head {
            let names: Vec<Vec<u8>> = self.columns.iter().map(|column| column.name.clone()).collect();
            self.row(&names, &widths, out);
        }
        for row in &self.rows {
            self.row(row, &widths, out);
            if out.has_failed() {
                break;
            }
        }
    }

    fn row(&self, row: &[Vec<u8>], widths: &[usize], out: &mut Output) {
        for (slot, (index, room)) in self.order.iter().zip(widths).enumerate() {
            if slot > 0 {
                out.put(self.separator());
            }
            let is_last = slot + 1 == self.order.len();
            let column = &self.columns[*index];
            let mut text = safe(Self::cell(row, *index));
            if width(&text) > *room {
                text = cut(&text, *room);
            }
            let blanks = vec![b' '; room.saturating_sub(width(&text))];
            if column.right && !(is_last && text.is_empty()) {
                out.put(&blanks);
                out.put(&text);
            } else {
                out.put(&text);
                if !is_last {
                    out.put(&blanks);
                }
            }
        }
        out.put(b"\n");
    }

    fn json(&self, out: &mut Output) {
        let name: &[u8] = if self.job.name.is_empty() { b"table" } else { &self.job.name };
        out.put(b"{\n   ");
        quoted(name, out);
        out.put(b": [\n      ");
        for (number, row) in self.rows.iter().enumerate() {
            out.put(if number == 0 { b"{" } else { b",{" });
            for (slot, index) in self.order.iter().enumerate() {
                out.put(if slot == 0 { b"\n         " } else { b",\n         " });
                quoted(&self.columns[*index].name.to_ascii_lowercase(), out);
                out.put(b": ");
                match Self::cell(row, *index) {
                    b"" => out.put(b"null"),
                    text => quoted(text, out),
                }
            }
            out.put(b"\n      }");
        }
        out.put(b"\n   ]\n}\n");
    }
}

/// A text as JSON has it.
fn quoted(text: &[u8], out: &mut Output) {
    out.put(b"\"");
    for c in String::from_utf8_lossy(text).chars() {
        match c {
            '"' => out.put(b"\\\""),
            '\\' => out.put(b"\\\\"),
            '\n' => out.put(b"\\n"),
            '\t' => out.put(b"\\t"),
            '\r' => out.put(b"\\r"),
            '\x08' => out.put(b"\\b"),
            '\x0c' => out.put(b"\\f"),
            c if (c as u32) < 0x20 => out.put(format!("\\u{:04x}", c as u32).as_bytes()),
            c => out.put(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.put(b"\"");
}

/// As much of a text as fits.
fn cut(text: &[u8], room: usize) -> Vec<u8> {
    let mut kept = String::new();
    let mut used = 0;
    for c in String::from_utf8_lossy(text).chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.into_bytes()
}

/// The columns that a list of names and numbers means.
fn selected(columns: &[Column], list: Option<&[u8]>) -> Result<Vec<usize>, String> {
    let mut indices = Vec::new();
    for word in list.unwrap_or_default().split(|byte| *byte == b',').filter(|word| !word.is_empty()) {
        if word == b"-" {
            indices.extend((0..columns.len()).filter(|index| columns[*index].name.is_empty()));
            continue;
        }
        if let Some(index) = columns.iter().position(|column| column.name == word) {
            indices.push(index);
            continue;
        }
        let text = String::from_utf8_lossy(word);
        match text.parse::<usize>() {
            Ok(0) => indices.extend(0..columns.len()),
            Ok(number) if number <= columns.len() => indices.push(number - 1),
            // A number beyond the last column means none.
            Ok(_) => {}
            Err(_) => return Err(format!("undefined column name '{text}'")),
        }
    }
    Ok(indices)
}

/// The cells of a line.
fn split(job: &Job, line: &[u8]) -> Vec<Vec<u8>> {
    let mut cells = Vec::new();
    let mut rest = line;
    let is_separator = |byte: &u8| match &job.separator {
        Some(separators) => separators.contains(byte),
        None => matches!(byte, b' ' | b'\t'),
    };
    loop {
        // A table of one column has its lines as they are.
        if job.separator.is_none() && job.limit != 1 {
            let blanks = rest.iter().take_while(|byte| is_separator(byte)).count();
            rest = &rest[blanks..];
            if rest.is_empty() {
                break;
            }
        }
        if job.limit > 0 && cells.len() + 1 == job.limit {
            cells.push(rest.to_vec());
            break;
        }
        match rest.iter().position(is_separator) {
            Some(end) => {
                cells.push(rest[..end].to_vec());
                rest = &rest[end + 1..];
            }
            None => {
                cells.push(rest.to_vec());
                break;
            }
        }
    }
    cells
}
