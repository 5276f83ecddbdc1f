//! csvformat: a file with other delimiters, quotes and line ends.

use cli::getopt::Syntax;
use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::options::{Options, syntax};
use super::output::Output;
use super::{Failure, columns, finish, table};

static SYNTAX: Syntax<&str> = syntax![
    b'E' "skip-header" Nothing, b'D' "out-delimiter" Value, b'T' "out-tabs" Nothing, b'A' "out-asv" Nothing,
    b'Q' "out-quotechar" Value, b'U' "out-quoting" Value, b'B' "out-no-doublequote" Nothing,
    b'P' "out-escapechar" Value, b'M' "out-lineterminator" Value;
];

const HELP: &str = "\
Usage: csvformat [OPTION]... [FILE]
Print a CSV file in another format.

  -E, --skip-header               leave out the names of the columns
  -D, --out-delimiter CHAR        put CHAR between cells; -T, --out-tabs: tabs
  -A, --out-asv                   the separators of ASCII between cells and rows
  -Q, --out-quotechar CHAR        quote with CHAR
  -U, --out-quoting 0|1|2|3       quote where it is needed, all, what is no number, nothing
  -B, --out-no-doublequote        do not double quotes
  -P, --out-escapechar CHAR       escape with CHAR
  -M, --out-lineterminator CHAR   end rows with CHAR
";

/// Runs csvformat: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    finish(program, run(program, arguments))
}

fn run(program: &str, arguments: Vec<Vec<u8>>) -> Result<(), Failure> {
    let options = Options::read(program, &SYNTAX, HELP, arguments)?;
    let byte = |name: &str| options.value(name).and_then(|value| value.bytes().next());
    let mut builder = WriterBuilder::new();
    let delimiter = if options.has("out-tabs") { Some(b'\t') } else { byte("out-delimiter") };
    builder.delimiter(delimiter.unwrap_or(b','));
    builder.quote(byte("out-quotechar").unwrap_or(b'"'));
    if let Some(end) = byte("out-lineterminator") {
        builder.terminator(if options.value("out-lineterminator") == Some("\r\n") {
            Terminator::CRLF
        } else {
            Terminator::Any(end)
        });
    }
    if options.has("out-asv") {
        builder.delimiter(0x1f).terminator(Terminator::Any(0x1e));
    }
    if let Some(escape) = byte("out-escapechar") {
        builder.escape(escape);
    }
    builder.double_quote(!options.has("out-no-doublequote"));
    builder.quote_style(match options.number("out-quoting")? {
        None | Some(0) => QuoteStyle::Necessary,
        Some(1) => QuoteStyle::Always,
        Some(2) => QuoteStyle::NonNumeric,
        Some(_) => QuoteStyle::Never,
    });
    let text = table::read(&options, options.file()?)?;
    let mut rows = table::rows(&options, &text)?.peekable();
    let mut output = Output::built(&options, builder, options.has("linenumbers"))?;
    if options.has("no-header-row")
        && let Some(first) = rows.peek()
        && !options.has("skip-header")
    {
        output.row((0..first.len()).map(columns::letters))?;
    }
    if options.has("skip-header") && !options.has("no-header-row") {
        rows.next();
    }
    for row in rows {
        output.row(&row)?;
    }
    output.finish()
}
