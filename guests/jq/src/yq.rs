//! yq, tomlq and xq: jq over documents of YAML, TOML and XML, in the manner of the yq that wraps jq.
//!
//! It owns their command lines. The documents become JSON, which is what jq reads; with `-y` what jq writes becomes
//! YAML, with `-x` XML.

use std::io::{self, Cursor, IsTerminal, Read, Write};
use std::path::PathBuf;

use crate::json;
use crate::options::{self, Options, Request};
use crate::report;
use crate::value::Value;
use crate::yaml_grammar::Version;
use crate::yaml_writer::Style;
use crate::{toml_reader, xml_reader, xml_writer, yaml_reader};

/// The language that a program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Yaml,
    Toml,
    Xml,
}

/// What a command line asks for.
struct Wanted {
    /// What of it is for jq, the filter among it.
    words: Vec<String>,
    files: Vec<String>,
    yaml: Option<Style>,
    xml: Option<xml_writer::Style>,
    /// The elements of XML that are always arrays.
    lists: Vec<String>,
    in_place: bool,
    null_input: bool,
}

enum Line {
    Run(Wanted),
    Show(String),
}

/// How much larger than its text the JSON of a document may be: aliases of aliases grow beyond all bounds.
const EXPANSION_MAX: usize = 1024;

/// The status of what is no matter of the command line.
const FAILED: i32 = 1;

const HELP: &str = "
  -y, --yaml-output         write the outputs as YAML
  -Y, --yaml-roundtrip      the same here: styles and tags are not kept
  -w, --width N             fold strings of YAML that reach beyond N columns
      --indentless-lists    items of a list below their key, not to its right
      --yml-out-ver VERSION quote strings as YAML 1.1 (usual) or 1.2 needs it
      --explicit-start      begin the first document of YAML with ---
      --explicit-end        end every document of YAML with ...
  -x, --xml-output          write the outputs as XML
      --xml-root NAME       with an element NAME around each
      --xml-dtd             with a declaration above each
      --xml-force-list NAME read elements NAME into an array, even one alone; may be repeated
  -i, --in-place            write each file again, with -y
      --help                show this
      --version             show the version

All other options are those of jq.
";

/// Runs the program of a name and answers with its status.
pub fn main(name: &str, language: Language, words: impl Iterator<Item = String>) -> i32 {
    let complain = |what: &str| {
        eprintln!("{name}: {what}");
        FAILED
    };
    let wanted = match read(name, words.collect()) {
        Ok(Line::Run(wanted)) => wanted,
        Ok(Line::Show(text)) => return i32::from(io::stdout().write_all(text.as_bytes()).is_err()),
        Err(what) => {
            eprintln!("{name}: error: {what}");
            return crate::status::USAGE;
        }
    };
    if wanted.in_place && wanted.yaml.is_none() {
        return complain("-i/--in-place can only be used with -y/-Y");
    }
    if wanted.in_place && wanted.files.is_empty() {
        return complain("-i/--in-place can only be used with filename arguments, not on standard input");
    }
    if wanted.files.is_empty() && !wanted.null_input && io::stdin().is_terminal() {
        print!("{}{HELP}", usage(name));
        return crate::status::USAGE;
    }
    let mut options = match options::parse(wanted.words.iter().map(Into::into)) {
        Ok(Request::Run(options)) => *options,
        Ok(Request::Show(text) | Request::Fail(text)) => return complain(text.trim_end()),
        Ok(Request::Usage) => return complain("no filter"),
        Err(what) => return complain(&what),
    };
    options.form.yaml = wanted.yaml;
    options.form.xml = wanted.xml;
    let mut texts = Vec::new();
    for file in &wanted.files {
        match text(file) {
            Ok(text) => texts.push((file.as_str(), text)),
            Err(error) => {
                let error = report::words(&error);
                eprintln!("{name}: error: argument files: can't open '{file}': {error}");
                return crate::status::USAGE;
            }
        }
    }
    if wanted.files.is_empty() && !wanted.null_input {
        match text("-") {
            Ok(text) => texts.push(("-", text)),
            Err(error) => return complain(&report::words(&error)),
        }
    }
    // In place, each file is a run of its own.
    let groups = if wanted.in_place { texts.chunks(1) } else { texts.chunks(texts.len().max(1)) };
    let mut status = 0;
    for group in groups {
        match translated(language, group, &wanted.lists) {
            Ok(json) => {
                let target = group.first().filter(|_| wanted.in_place).map(|(file, _)| PathBuf::from(file));
                let ended = run(&options, json, target);
                status = if ended == 0 { status } else { ended };
            }
            Err(what) => return complain(&what),
        }
    }
    if texts.is_empty() { run(&options, Vec::new(), None) } else { status }
}

fn run(options: &Options, json: Vec<u8>, target: Option<PathBuf>) -> i32 {
    crate::start(options, Some(Box::new(Cursor::new(json))), target)
}

fn text(file: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file == "-" {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(file)?;
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// The documents of all texts as JSON, one a line.
fn translated(language: Language, texts: &[(&str, String)], lists: &[String]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for (file, text) in texts {
        let place = |what: String| if *file == "-" { what } else { format!("{file}: {what}") };
        let documents = match language {
            Language::Yaml => yaml_reader::read(text).map_err(place)?,
            Language::Xml => {
                vec![xml_reader::read(text, lists).map_err(|what| format!("Error running jq: {what}."))?]
            }
            Language::Toml => vec![toml_reader::read(text).map_err(place)?],
        };
        let size_max = text.len().saturating_mul(EXPANSION_MAX);
        for document in &documents {
            append(&mut out, document, size_max)
                .map_err(|_| "Error: detected unsafe YAML entity expansion".to_owned())?;
        }
    }
    Ok(out)
}

/// Text that may not grow beyond a size.
struct Bounded<'o> {
    out: &'o mut Vec<u8>,
    size_max: usize,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.out.len().saturating_add(bytes.len()) > self.size_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(out: &mut Vec<u8>, document: &Value, size_max: usize) -> io::Result<()> {
    let size_max = out.len().saturating_add(size_max).saturating_add(1);
    let mut bounded = Bounded { out, size_max };
    json::write(&mut bounded, document, &json::Style::default())?;
    out.push(b'\n');
    Ok(())
}

fn usage(name: &str) -> String {
    format!("usage: {name} [options] <jq filter> [input file...]\n")
}

/// Options of jq that take words behind them, and how many.
const JQ_OPTIONS: [(&str, usize); 9] = [
    ("--indent", 1),
    ("-f", 1),
    ("--from-file", 1),
    ("-L", 1),
    ("--arg", 2),
    ("--argjson", 2),
    ("--slurpfile", 2),
    ("--rawfile", 2),
    ("--library-path", 1),
];

/// Reads a command line; the error is a complaint about it.
fn read(name: &str, words: Vec<String>) -> Result<Line, String> {
    let mut wanted = Wanted {
        words: Vec::new(),
        files: Vec::new(),
        yaml: None,
        xml: None,
        lists: Vec::new(),
        in_place: false,
        null_input: false,
    };
    let (mut is_xml, mut root, mut has_declaration) = (false, None, false);
    let (mut style, mut is_yaml, mut has_filter) = (Style::default(), false, false);
    let (mut behind, mut only_operands) = (Vec::new(), false);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (option, mut value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option.to_owned(), Some(value.to_owned())),
            _ => (word.clone(), None),
        };
        let mut argument = || {
            let value = value.take().or_else(|| words.next());
            value.ok_or_else(|| format!("argument {option}: expected one argument"))
        };
        match option.as_str() {
            _ if only_operands || !word.starts_with('-') || word == "-" => {
                if has_filter {
                    wanted.files.push(word);
                } else {
                    has_filter = true;
                    wanted.words.push(word);
                }
            }
            "--" => only_operands = true,
            "--yaml-output" | "--yml-output" | "--yaml-roundtrip" | "--yml-roundtrip" => is_yaml = true,
            "--xml-output" => is_xml = true,
            "--xml-dtd" => has_declaration = true,
            "--xml-root" => root = Some(argument()?),
            "--xml-force-list" => wanted.lists.push(argument()?),
            "--in-place" => wanted.in_place = true,
            "--indentless-lists" | "--indentless" => style.indentless = true,
            "--explicit-start" => style.explicit_start = true,
            "--explicit-end" => style.explicit_end = true,
            "--null-input" => {
                wanted.null_input = true;
                wanted.words.push(word);
            }
            "--width" | "-w" => {
                let text = argument()?;
                let width: usize =
                    text.parse().map_err(|_| format!("argument --width/-w: invalid int value: '{text}'"))?;
                // What leaves no room for text is not a width.
                if width > 4 {
                    style.width = width;
                }
            }
            "--yaml-output-grammar-version" | "--yml-out-ver" => {
                style.version = match argument()?.as_str() {
                    "1.1" => Version::V11,
                    "1.2" => Version::V12,
                    other => {
                        return Err(format!(
                            "argument {option}: invalid choice: '{other}' (choose from '1.1', '1.2')"
                        ));
                    }
                };
            }
            "--help" | "-h" => return Ok(Line::Show(format!("{}{HELP}", usage(name)))),
            "--version" | "-V" => return Ok(Line::Show(format!("{name} (wasmsand) 0.1.0\n"))),
            "--args" | "--jsonargs" => {
                behind.push(word);
                behind.extend(words.by_ref());
            }
            _ => {
                let found = JQ_OPTIONS.iter().find(|(known, _)| *known == word);
                if matches!(word.as_str(), "-f" | "--from-file") {
                    has_filter = true;
                }
                match found {
                    Some((_, count)) => {
                        wanted.words.push(word);
                        wanted.words.extend(words.by_ref().take(*count));
                    }
                    None if word.starts_with("--") => wanted.words.push(word),
                    None => {
                        // Letters of jq and of ours in one word.
                        wanted.null_input |= word.contains('n');
                        wanted.in_place |= word.contains('i');
                        is_yaml |= word.contains(['y', 'Y']);
                        is_xml |= word.contains('x');
                        let letters: String =
                            word.chars().filter(|letter| !"iyYx".contains(*letter)).collect();
                        if letters != "-" {
                            wanted.words.push(letters);
                        }
                    }
                }
            }
        }
    }
    // With `--args` the filter may be among what is behind it.
    if !has_filter && behind.is_empty() {
        wanted.words.push(".".to_owned());
    }
    wanted.words.extend(behind);
    wanted.yaml = is_yaml.then_some(style);
    wanted.xml =
        (is_xml && !is_yaml).then(|| xml_writer::Style { program: name.to_owned(), root, has_declaration });
    Ok(Line::Run(wanted))
}
