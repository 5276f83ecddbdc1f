//! Searching the files and printing what is found.

use std::io::{IsTerminal, Read, Write};
use std::time::Instant;

use grep_matcher::LineTerminator;
use grep_printer::{
    ColorSpecs, JSON, JSONBuilder, Standard, StandardBuilder, Stats, Summary, SummaryBuilder, SummaryKind,
    UserColorSpec, default_color_specs,
};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Encoding, Searcher, SearcherBuilder};
use termcolor::{Ansi, ColorSpec, NoColor, WriteColor};

use crate::options::{Binary, Case, Options, Show, When};
use crate::sieve::Sieved;
use crate::walk::{self, Subject};
use crate::{Failure, Outcome, complain};

/// The output is collected in blocks; of each file by itself, so that its heading is above it.
type Output = Box<dyn WriteColor>;

/// What prints.
enum Printer {
    Standard(Box<Standard<Sink>>),
    Summary(Box<Summary<Sink>>),
    Json(Box<JSON<Sink>>),
}

/// Where the printers write: standard output, in colour or not.
pub struct Sink(Output);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl WriteColor for Sink {
    fn supports_color(&self) -> bool {
        self.0.supports_color()
    }

    fn set_color(&mut self, spec: &ColorSpec) -> std::io::Result<()> {
        self.0.set_color(spec)
    }

    fn reset(&mut self) -> std::io::Result<()> {
        self.0.reset()
    }
}

/// How a search of one file ended.
struct Found {
    matched: bool,
    stats: Option<Stats>,
}

struct Search<'a> {
    options: &'a Options,
    matcher: Sieved,
    searcher: Searcher,
    printer: Printer,
    stats: Stats,
}

/// Searches everything.
pub fn run(options: &Options) -> Result<Outcome, Failure> {
    if options.max_count == Some(0) {
        return Ok(Outcome::default());
    }
    let began = Instant::now();
    let is_terminal = std::io::stdout().is_terminal();
    let mut search = Search {
        matcher: Sieved::new(matcher(options)?, options),
        searcher: searcher(options, is_terminal)?,
        printer: printer(options, is_terminal)?,
        options,
        stats: Stats::new(),
    };
    let mut matched = false;
    let mut failed = false;
    let mut outcome = walk::walk(options, |subject| {
        match search.one(subject) {
            Ok(found) => {
                matched |= found.matched;
                if let Some(stats) = &found.stats {
                    search.stats += stats;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Err(error.into()),
            Err(error) => {
                failed = true;
                if options.messages {
                    complain(&format!("{}: {}", subject.path.display(), walk::reason(&error)));
                }
            }
        }
        if is_terminal || subject.is_stdin {
            search.output().flush()?;
        }
        Ok(!(matched && options.quiet && !options.stats))
    })?;
    if options.stats && options.show != Show::Json {
        search.print_stats(began)?;
    }
    if options.show == Show::Json {
        search.print_summary(began)?;
    }
    search.output().flush()?;
    outcome.matched |= matched;
    outcome.failed |= failed;
    Ok(outcome)
}

fn matcher(options: &Options) -> Result<RegexMatcher, Failure> {
    let mut builder = RegexMatcherBuilder::new();
    builder
        .multi_line(true)
        .unicode(options.unicode)
        .octal(false)
        .fixed_strings(options.fixed)
        .whole_line(options.line)
        .word(options.word)
        .case_smart(options.case == Case::Smart)
        .case_insensitive(options.case == Case::Ignored);
    if options.multiline {
        builder.dot_matches_new_line(options.dot_all);
        if options.crlf {
            builder.crlf(true).line_terminator(None);
        }
    } else {
        builder.line_terminator(Some(b'\n')).dot_matches_new_line(false);
        if options.crlf {
            builder.crlf(true);
        }
        if options.null_data {
            builder.line_terminator(Some(0));
        }
    }
    if let Some(bytes) = options.size_limit {
        builder.size_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    if let Some(bytes) = options.dfa_size_limit {
        builder.dfa_size_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    builder.build_many(&options.patterns).map_err(|error| Failure::Said(advised(options, &error.to_string())))
}

/// What is wrong with a pattern, with advice where ripgrep has some.
fn advised(options: &Options, what: &str) -> String {
    if !options.multiline && what.contains("the literal") {
        return format!(
            "{what}\n\nConsider enabling multiline mode with the --multiline flag (or -U for short).\nWhen multiline mode is enabled, new line characters can be matched."
        );
    }
    if what.contains("look-around") || what.contains("backreferences") {
        return format!(
            "{what}\n\nConsider enabling PCRE2 with the --pcre2 flag, which can handle backreferences\nand look-around."
        );
    }
    what.to_owned()
}

fn searcher(options: &Options, is_terminal: bool) -> Result<Searcher, Failure> {
    let terminator = match (options.crlf, options.null_data) {
        (true, _) => LineTerminator::crlf(),
        (false, true) => LineTerminator::byte(0),
        (false, false) => LineTerminator::byte(b'\n'),
    };
    let mut builder = SearcherBuilder::new();
    builder
        .max_matches(options.max_count)
        .line_terminator(terminator)
        .invert_match(options.invert)
        .line_number(line_number(options, is_terminal))
        .multi_line(options.multiline)
        .after_context(options.after)
        .before_context(options.before)
        .passthru(options.passthru);
    match options.encoding.as_deref() {
        None => {}
        Some("none") => {
            builder.bom_sniffing(false);
        }
        Some(label) => {
            builder.encoding(Some(Encoding::new(label).map_err(|error| Failure::said(&error))?));
        }
    }
    Ok(builder.build())
}

/// Line numbers are shown on a terminal, where several files or a named one are searched, and where asked for.
fn line_number(options: &Options, is_terminal: bool) -> bool {
    if matches!(options.show, Show::Count | Show::CountMatches | Show::FilesWith | Show::FilesWithout) {
        return false;
    }
    let is_only_stdin = walk::roots(options).iter().all(|root| root.as_os_str() == "-");
    let otherwise = options.vimgrep
        || options.show == Show::Json
        || options.column == Some(true)
        || (is_terminal && !is_only_stdin);
    options.line_number.unwrap_or(otherwise)
}

fn printer(options: &Options, is_terminal: bool) -> Result<Printer, Failure> {
    let in_color = match options.color {
        When::Never => false,
        When::Always | When::Ansi => true,
        When::Auto => {
            is_terminal
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
                && std::env::var_os("NO_COLOR").is_none()
        }
    };
    let stdout = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout());
    let output: Output = if in_color { Box::new(Ansi::new(stdout)) } else { Box::new(NoColor::new(stdout)) };
    let sink = Sink(output);
    let roots = walk::roots(options);
    let is_one_file = match roots.as_slice() {
        [root] => root.as_os_str() == "-" || !root.is_dir(),
        _ => false,
    };
    let path = options.file_name.unwrap_or(options.vimgrep || !is_one_file);
    let terminator = options.null.then_some(0);
    let kind = match options.show {
        Show::Json => return Ok(Printer::Json(Box::new(JSONBuilder::new().build(sink)))),
        Show::Lines if !options.quiet => {
            return standard(options, sink, path, is_terminal);
        }
        _ if options.quiet => {
            if options.show == Show::FilesWithout {
                SummaryKind::QuietWithoutMatch
            } else {
                SummaryKind::QuietWithMatch
            }
        }
        Show::FilesWith => SummaryKind::PathWithMatch,
        Show::FilesWithout => SummaryKind::PathWithoutMatch,
        Show::CountMatches => SummaryKind::CountMatches,
        // The matches of `-o` are what is counted.
        Show::Count if options.only_matching => SummaryKind::CountMatches,
        Show::Count | Show::Lines => SummaryKind::Count,
    };
    let mut builder = SummaryBuilder::new();
    builder
        .kind(kind)
        .color_specs(colors(options)?)
        .stats(options.stats)
        .path(path)
        .exclude_zero(!options.include_zero)
        .separator_field(b":".to_vec())
        .path_terminator(terminator);
    Ok(Printer::Summary(Box::new(builder.build(sink))))
}

fn standard(options: &Options, sink: Sink, path: bool, is_terminal: bool) -> Result<Printer, Failure> {
    let heading = !options.vimgrep && options.heading.unwrap_or(is_terminal);
    let mut builder = StandardBuilder::new();
    builder
        .color_specs(colors(options)?)
        .stats(options.stats)
        .heading(heading)
        .path(path)
        .only_matching(options.only_matching)
        .per_match(options.vimgrep)
        .per_match_one_line(true)
        .replacement(options.replace.clone().map(String::into_bytes))
        .max_columns(options.max_columns)
        .max_columns_preview(options.max_columns_preview)
        .column(options.column.unwrap_or(options.vimgrep))
        .byte_offset(options.byte_offset)
        .trim_ascii(options.trim)
        .separator_search(None)
        .separator_context(options.context_separator.clone())
        .separator_field_match(options.field_match_separator.clone())
        .separator_field_context(options.field_context_separator.clone())
        .path_terminator(options.null.then_some(0));
    if heading {
        builder.separator_search(Some(Vec::new()));
    } else if options.after > 0 || options.before > 0 {
        builder.separator_search(options.context_separator.clone());
    }
    Ok(Printer::Standard(Box::new(builder.build(sink))))
}

fn colors(options: &Options) -> Result<ColorSpecs, Failure> {
    let mut specs = default_color_specs();
    // The crate knows this one for Unix and Windows only.
    specs.push("path:fg:magenta".parse().map_err(|error: grep_printer::ColorError| Failure::said(&error))?);
    for text in &options.colors {
        specs.push(text.parse::<UserColorSpec>().map_err(|error| Failure::said(&error))?);
    }
    Ok(ColorSpecs::new(&specs))
}

impl Search<'_> {
    fn output(&mut self) -> &mut dyn Write {
        match &mut self.printer {
            Printer::Standard(printer) => printer.get_mut(),
            Printer::Summary(printer) => printer.get_mut(),
            Printer::Json(printer) => printer.get_mut(),
        }
    }

    fn one(&mut self, subject: &Subject) -> std::io::Result<Found> {
        self.searcher.set_binary_detection(match self.options.binary {
            Binary::Text => BinaryDetection::none(),
            // What was named is searched to its end.
            Binary::Left if !subject.is_explicit => BinaryDetection::quit(0),
            Binary::Left | Binary::Searched => BinaryDetection::convert(0),
        });
        if subject.is_stdin {
            return self.read(subject, &mut std::io::stdin().lock());
        }
        let mut file = std::fs::File::open(&subject.path)?;
        self.read(subject, &mut file)
    }

    fn read(&mut self, subject: &Subject, input: &mut dyn Read) -> std::io::Result<Found> {
        let (matcher, searcher, path) = (&self.matcher, &mut self.searcher, &subject.path);
        match &mut self.printer {
            Printer::Standard(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                searcher.search_reader(matcher, input, &mut sink)?;
                Ok(Found { matched: sink.has_match(), stats: sink.stats().cloned() })
            }
            Printer::Summary(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                searcher.search_reader(matcher, input, &mut sink)?;
                Ok(Found { matched: sink.has_match(), stats: sink.stats().cloned() })
            }
            Printer::Json(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                searcher.search_reader(matcher, input, &mut sink)?;
                Ok(Found { matched: sink.has_match(), stats: Some(sink.stats().clone()) })
            }
        }
    }

    fn print_stats(&mut self, began: Instant) -> std::io::Result<()> {
        let stats = &self.stats;
        let text = format!(
            "\n{} matches\n{} matched lines\n{} files contained matches\n{} files searched\n{} bytes printed\n\
             {} bytes searched\n{:.6} seconds spent searching\n{:.6} seconds\n",
            stats.matches(),
            stats.matched_lines(),
            stats.searches_with_match(),
            stats.searches(),
            stats.bytes_printed(),
            stats.bytes_searched(),
            stats.elapsed().as_secs_f64(),
            began.elapsed().as_secs_f64(),
        );
        self.output().write_all(text.as_bytes())
    }

    /// The last object of `--json`.
    fn print_summary(&mut self, began: Instant) -> std::io::Result<()> {
        let stats = &self.stats;
        let elapsed = |time: std::time::Duration| {
            let (seconds, nanoseconds) = (time.as_secs(), time.subsec_nanos());
            let human = time.as_secs_f64();
            format!("{{\"human\":\"{human:.6}s\",\"nanos\":{nanoseconds},\"secs\":{seconds}}}")
        };
        let text = format!(
            "{{\"data\":{{\"elapsed_total\":{},\"stats\":{{\"bytes_printed\":{},\"bytes_searched\":{},\"elapsed\":{},\
             \"matched_lines\":{},\"matches\":{},\"searches\":{},\"searches_with_match\":{}}}}},\"type\":\"summary\"}}\n",
            elapsed(began.elapsed()),
            stats.bytes_printed(),
            stats.bytes_searched(),
            elapsed(stats.elapsed()),
            stats.matched_lines(),
            stats.matches(),
            stats.searches(),
            stats.searches_with_match(),
        );
        self.output().write_all(text.as_bytes())
    }
}
