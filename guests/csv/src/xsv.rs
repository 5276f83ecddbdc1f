//! xsv: a command of subcommands over CSV, and qsv, which has the same.
//!
//! It owns the table of subcommands, their usage lines and how they fail: with status 1 and the reason alone.

mod columns;
mod convert;
mod files;
mod frequency;
mod join;
mod options;
mod rows;
mod select;
mod shown;
mod sort;
mod stats;

use std::io;

use cli::getopt::Syntax;
use options::{Options, syntax};

/// Why a subcommand gives up.
enum Failure {
    /// The reason, printed as it is.
    Told(String),
    /// What is wrong with the command line: the usage follows.
    Misused(String),
    /// The reader of the output has gone, or help was printed.
    Done(i32),
}

impl From<String> for Failure {
    fn from(what: String) -> Self {
        Self::Told(what)
    }
}

impl From<&str> for Failure {
    fn from(what: &str) -> Self {
        Self::Told(what.to_owned())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Done(0);
        }
        let (why, number) = crate::file::reason(&error);
        Self::Told(match number {
            Some(number) => format!("{why} (os error {number})"),
            None => why,
        })
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        if error.is_io_error() { io::Error::from(error).into() } else { Self::Told(error.to_string()) }
    }
}

type Outcome = Result<(), Failure>;

/// A subcommand.
struct Subcommand {
    name: &'static str,
    summary: &'static str,
    /// What follows the name in its usage, one form a line.
    usage: &'static [&'static str],
    syntax: &'static Syntax<&'static str>,
    /// How many operands it takes, at least and at most.
    operands: (usize, usize),
    run: fn(&Options) -> Outcome,
}

static PLAIN: Syntax<&str> = syntax![;];
static CAT: Syntax<&str> = syntax![b'p' "pad" Nothing;];
static DEDUP: Syntax<&str> = syntax![b's' "select" Value, b'i' "ignore-case" Nothing, b'q' "quiet" Nothing;];
static FIXLENGTHS: Syntax<&str> = syntax![b'l' "length" Value;];
static FLATTEN: Syntax<&str> = syntax![b'c' "condense" Value, b's' "separator" Value;];
static FMT: Syntax<&str> = syntax![
    b't' "out-delimiter" Value;
    "crlf" Nothing, "ascii" Nothing, "quote" Value, "quote-always" Nothing, "escape" Value
];
static FREQUENCY: Syntax<&str> = syntax![
    b's' "select" Value, b'l' "limit" Value, b'a' "asc" Nothing, b'j' "jobs" Value; "no-nulls" Nothing
];
static HEADERS: Syntax<&str> = syntax![b'j' "just-names" Nothing; "intersect" Nothing];
static INPUT: Syntax<&str> = syntax![; "quote" Value, "escape" Value, "no-quoting" Nothing];
static JOIN: Syntax<&str> = syntax![;
    "no-case" Nothing, "left" Nothing, "right" Nothing, "full" Nothing, "cross" Nothing, "nulls" Nothing
];
static PARTITION: Syntax<&str> = syntax![b'p' "prefix-length" Value; "filename" Value];
static SEARCH: Syntax<&str> =
    syntax![b'i' "ignore-case" Nothing, b's' "select" Value, b'v' "invert-match" Nothing;];
static SLICE: Syntax<&str> =
    syntax![b's' "start" Value, b'e' "end" Value, b'l' "len" Value, b'i' "index" Value;];
static SORT: Syntax<&str> = syntax![b's' "select" Value, b'N' "numeric" Nothing, b'R' "reverse" Nothing;];
static SPLIT: Syntax<&str> = syntax![b's' "size" Value, b'j' "jobs" Value; "filename" Value];
static STATS: Syntax<&str> = syntax![
    b's' "select" Value, b'j' "jobs" Value;
    "everything" Nothing, "mode" Nothing, "cardinality" Nothing, "median" Nothing, "nulls" Nothing
];
static TABLE: Syntax<&str> = syntax![b'w' "width" Value, b'p' "pad" Value, b'c' "condense" Value;];

const ONE: &[&str] = &["[options] [<input>]"];

#[rustfmt::skip]
static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand { name: "cat", summary: "Put files under or beside one another", usage: &["rows    [options] [<input>...]", "columns [options] [<input>...]", "--help"], syntax: &CAT, operands: (1, usize::MAX), run: rows::cat },
    Subcommand { name: "count", summary: "Count records", usage: ONE, syntax: &PLAIN, operands: (0, 1), run: rows::count },
    Subcommand { name: "dedup", summary: "Leave out equal records; sorts", usage: ONE, syntax: &DEDUP, operands: (0, 1), run: sort::dedup },
    Subcommand { name: "fixlengths", summary: "Make all records as long", usage: ONE, syntax: &FIXLENGTHS, operands: (0, 1), run: convert::fixlengths },
    Subcommand { name: "flatten", summary: "Show one field a line", usage: ONE, syntax: &FLATTEN, operands: (0, 1), run: shown::flatten },
    Subcommand { name: "fmt", summary: "Write with another delimiter, other quotes or line ends", usage: ONE, syntax: &FMT, operands: (0, 1), run: convert::fmt },
    Subcommand { name: "frequency", summary: "Count the values of each column", usage: ONE, syntax: &FREQUENCY, operands: (0, 1), run: frequency::run },
    Subcommand { name: "headers", summary: "Show the names of columns", usage: &["[options] [<input>...]"], syntax: &HEADERS, operands: (0, usize::MAX), run: shown::headers },
    Subcommand { name: "input", summary: "Read with other quotes", usage: ONE, syntax: &INPUT, operands: (0, 1), run: convert::input },
    Subcommand { name: "join", summary: "Join files by columns", usage: &["[options] <columns1> <input1> <columns2> <input2>", "--help"], syntax: &JOIN, operands: (4, 4), run: join::run },
    Subcommand { name: "partition", summary: "Write a file for each value of a column", usage: &["[options] <column> <outdir> [<input>]", "--help"], syntax: &PARTITION, operands: (2, 3), run: files::partition },
    Subcommand { name: "reverse", summary: "Turn the order of records", usage: ONE, syntax: &PLAIN, operands: (0, 1), run: rows::reverse },
    Subcommand { name: "sample", summary: "Take records at random", usage: &["[options] <sample-size> [<input>]", "--help"], syntax: &PLAIN, operands: (1, 2), run: files::sample },
    Subcommand { name: "search", summary: "Take records that a regular expression is found in", usage: &["[options] <regex> [<input>]", "--help"], syntax: &SEARCH, operands: (1, 2), run: rows::search },
    Subcommand { name: "select", summary: "Take some columns", usage: &["[options] [--] <selection> [<input>]", "--help"], syntax: &PLAIN, operands: (1, 2), run: columns::select },
    Subcommand { name: "slice", summary: "Take records by their numbers", usage: ONE, syntax: &SLICE, operands: (0, 1), run: rows::slice },
    Subcommand { name: "sort", summary: "Sort records", usage: ONE, syntax: &SORT, operands: (0, 1), run: sort::sort },
    Subcommand { name: "split", summary: "Write files of so many records", usage: &["[options] <outdir> [<input>]", "--help"], syntax: &SPLIT, operands: (1, 2), run: files::split },
    Subcommand { name: "stats", summary: "Compute sums, means and the like of each column", usage: ONE, syntax: &STATS, operands: (0, 1), run: stats::run },
    Subcommand { name: "table", summary: "Show as a table with aligned columns", usage: ONE, syntax: &TABLE, operands: (0, 1), run: shown::table },
];

/// Runs xsv: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let name = cli::multicall::command_name(program);
    if arguments.is_empty() {
        let what = format!(
            "{name} is a suite of CSV command line utilities.\n\nPlease choose one of the following commands:\n{}",
            list()
        );
        cli::stdio::note(&what);
        return 0;
    }
    let first = String::from_utf8_lossy(&arguments.remove(0)).into_owned();
    match first.as_str() {
        "--version" => return print(&cli::frame::version(name)),
        "--list" => return print(&format!("Installed commands:\n{}\n", list())),
        "--help" | "-h" | "help" => return print(&format!("{}\n\nCommands:\n{}\n", usage(name), list())),
        _ => {}
    }
    let Some(subcommand) = SUBCOMMANDS.iter().find(|subcommand| subcommand.name == first) else {
        let names: Vec<&str> = SUBCOMMANDS.iter().map(|subcommand| subcommand.name).collect();
        cli::stdio::note(&format!(
            "Could not match '{first}' with any of the allowed variants: {}\n\n{}",
            names.join(", "),
            usage(name)
        ));
        return 1;
    };
    let result = Options::read(subcommand.syntax, arguments).and_then(|options| {
        if options.has("help") {
            return Err(Failure::Done(print(&help(name, subcommand))));
        }
        let (least, most) = subcommand.operands;
        if !(least..=most).contains(&options.operands.len()) {
            return Err(Failure::Misused("Invalid arguments.".to_owned()));
        }
        (subcommand.run)(&options)
    });
    match result {
        Ok(()) => 0,
        Err(Failure::Done(status)) => status,
        Err(Failure::Misused(what)) => {
            cli::stdio::note(&format!("{what}\n\n{}", forms(name, subcommand)));
            1
        }
        Err(Failure::Told(what)) => {
            cli::stdio::note(&what);
            1
        }
    }
}

fn print(text: &str) -> i32 {
    i32::from(cli::stdio::print(text.as_bytes()).is_err())
}

fn usage(name: &str) -> String {
    format!("Usage:\n    {name} <command> [<args>...]\n    {name} [options]")
}

fn list() -> String {
    let lines =
        SUBCOMMANDS.iter().map(|subcommand| format!("    {:12}{}\n", subcommand.name, subcommand.summary));
    format!("\n{}", lines.collect::<String>())
}

/// The forms of a subcommand's command line.
fn forms(name: &str, subcommand: &Subcommand) -> String {
    let lines: Vec<String> =
        subcommand.usage.iter().map(|form| format!("    {name} {} {form}", subcommand.name)).collect();
    format!("Usage:\n{}", lines.join("\n"))
}

/// What `--help` prints: the forms and the options.
fn help(name: &str, subcommand: &Subcommand) -> String {
    let mut text = format!("{}.\n\n{}\n\nOptions:\n", subcommand.summary, forms(name, subcommand));
    for (long, takes, option) in subcommand.syntax.long {
        let letter = subcommand.syntax.short.iter().find(|(_, _, other)| other == option);
        let letter = letter.map_or("    ".to_owned(), |(letter, ..)| format!("-{}, ", char::from(*letter)));
        let value = if *takes == cli::getopt::Takes::Nothing { "" } else { " <arg>" };
        text.push_str(&format!("    {letter}--{long}{value}\n"));
    }
    text
}
