//! zip's command line. It is not getopt's: the lists of `-x` and `-i` go on to the next option, and to `@`.

use crate::codec::read_some;
use crate::host;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Add,
    Update,
    Freshen,
    Delete,
}

/// What was asked for.
pub struct Job {
    pub action: Action,
    pub archive: Vec<u8>,
    pub names: Vec<Vec<u8>>,
    pub included: Vec<Vec<u8>>,
    pub excluded: Vec<Vec<u8>>,
    pub recursive: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub junk: bool,
    pub moves: bool,
    pub tests: bool,
    pub keeps_links: bool,
    pub no_directories: bool,
    pub no_extra: bool,
    pub level: u32,
    /// Suffixes of files that are stored as they are.
    pub stored: Vec<Vec<u8>>,
}

pub enum Request {
    Show(String),
    Run(Job),
}

/// Long options, with the letters that they stand for.
const LONG: &[(&str, u8)] = &[
    ("recurse-paths", b'r'),
    ("quiet", b'q'),
    ("verbose", b'v'),
    ("junk-paths", b'j'),
    ("move", b'm'),
    ("test", b'T'),
    ("symlinks", b'y'),
    ("no-dir-entries", b'D'),
    ("no-extra", b'X'),
    ("exclude", b'x'),
    ("include", b'i'),
    ("update", b'u'),
    ("freshen", b'f'),
    ("delete", b'd'),
    ("names-stdin", b'@'),
    ("suffixes", b'n'),
];

/// Reads the command line; the error is what is wrong with it.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Request, String> {
    let mut job = Job {
        action: Action::Add,
        archive: Vec::new(),
        names: Vec::new(),
        included: Vec::new(),
        excluded: Vec::new(),
        recursive: false,
        quiet: false,
        verbose: false,
        junk: false,
        moves: false,
        tests: false,
        keeps_links: false,
        no_directories: false,
        no_extra: false,
        level: 6,
        stored: [".Z", ".zip", ".zoo", ".arc", ".lzh", ".arj"]
            .map(|suffix| suffix.as_bytes().to_vec())
            .to_vec(),
    };
    if arguments.is_empty() {
        return Ok(Request::Show(HELP.to_owned()));
    }
    let (mut from_stdin, mut only_names) = (false, false);
    let mut words = arguments.into_iter().peekable();
    while let Some(word) = words.next() {
        if only_names || word == b"-" || !word.starts_with(b"-") {
            if job.archive.is_empty() {
                job.archive = word
            } else {
                job.names.push(word)
            }
            continue;
        }
        let mut letters = match word.as_slice() {
            b"--" => {
                only_names = true;
                continue;
            }
            b"--help" | b"-h" | b"-h2" | b"-?" => return Ok(Request::Show(HELP.to_owned())),
            b"--version" => return Ok(Request::Show("zip (wasmsand) 0.1.0\n".to_owned())),
            [b'-', b'-', long @ ..] => {
                let long = String::from_utf8_lossy(long).into_owned();
                let known = LONG.iter().find(|(name, _)| *name == long);
                vec![known.ok_or_else(|| format!("long option '{long}' not supported"))?.1]
            }
            _ => word[1..].to_vec(),
        };
        while !letters.is_empty() {
            let letter = letters.remove(0);
            match letter {
                b'x' | b'i' => {
                    let mut list = Vec::new();
                    if !letters.is_empty() {
                        list.push(std::mem::take(&mut letters));
                    }
                    while let Some(pattern) = words.next_if(|word| !word.starts_with(b"-") && word != b"@") {
                        list.push(pattern);
                    }
                    words.next_if(|word| word == b"@");
                    if letter == b'x' { job.excluded.extend(list) } else { job.included.extend(list) }
                }
                b'n' | b'b' | b't' => {
                    let rest = std::mem::take(&mut letters);
                    let value = if rest.is_empty() { words.next() } else { Some(rest) };
                    let value =
                        value.ok_or_else(|| format!("option '{}' requires a value", char::from(letter)))?;
                    if letter == b'n' {
                        job.stored =
                            value.split(|byte| matches!(byte, b':' | b';')).map(<[u8]>::to_vec).collect();
                    }
                }
                b'@' => from_stdin = true,
                _ => flag(&mut job, letter)?,
            }
        }
    }
    if from_stdin {
        job.names.extend(names_from_stdin());
    }
    if job.archive.is_empty() {
        return Err("nothing to select from".to_owned());
    }
    Ok(Request::Run(job))
}

fn flag(job: &mut Job, letter: u8) -> Result<(), String> {
    match letter {
        b'r' => job.recursive = true,
        b'q' => job.quiet = true,
        b'v' => job.verbose = true,
        b'j' => job.junk = true,
        b'm' => job.moves = true,
        b'T' => job.tests = true,
        b'y' => job.keeps_links = true,
        b'D' => job.no_directories = true,
        b'X' => job.no_extra = true,
        b'u' => job.action = Action::Update,
        b'f' => job.action = Action::Freshen,
        b'd' => job.action = Action::Delete,
        b'0'..=b'9' => job.level = u32::from(letter - b'0'),
        b'g' | b'o' | b'S' | b'w' => {}
        b'e' | b'P' => return Err("encryption not supported".to_owned()),
        _ => return Err(format!("short option '{}' not supported", char::from(letter))),
    }
    Ok(())
}

/// The names on standard input, a line each.
fn names_from_stdin() -> Vec<Vec<u8>> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    let mut stdin = host::stdin();
    while let Ok(count @ 1..) = read_some(&mut stdin, &mut buffer) {
        text.extend_from_slice(&buffer[..count]);
    }
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

impl Job {
    /// The archive's file: a name without a suffix gets one.
    pub fn path(&self) -> Vec<u8> {
        let base = self.archive.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if base.contains(&b'.') || self.archive == b"-" {
            self.archive.clone()
        } else {
            [&self.archive, b".zip".as_slice()].concat()
        }
    }

    /// The name of a file in the archive; `None` where it has none.
    pub fn stored_name(&self, path: &[u8], is_directory: bool) -> Option<Vec<u8>> {
        if is_directory && (self.no_directories || self.junk) {
            return None;
        }
        let mut name = path;
        loop {
            name = match name {
                [b'/', rest @ ..] | [b'.', b'/', rest @ ..] => rest,
                _ => break,
            };
        }
        if self.junk {
            name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        }
        if name.is_empty() || name == b"." {
            return None;
        }
        let slash: &[u8] = if is_directory && !name.ends_with(b"/") { b"/" } else { b"" };
        Some([name, slash].concat())
    }

    /// Whether a file is stored by its suffix.
    pub fn stores(&self, name: &[u8]) -> bool {
        self.stored.iter().any(|suffix| {
            !suffix.is_empty()
                && name.len() >= suffix.len()
                && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
        })
    }
}

const HELP: &str = "\
Usage: zip [-OPTIONS] ARCHIVE[.zip] [FILE]... [-x PATTERN...] [-i PATTERN...]
Put files into a zip archive; - is standard input, or as ARCHIVE standard output.

  -r  everything below folders     -j  without the names of folders
  -u  only files that are newer    -f  the same, and only those in the archive
  -d  remove entries               -m  remove the files afterwards
  -x  not these                    -i  only these
  -@  names from standard input    -y  symbolic links as links
  -D  no entries for folders       -X  no times and owners in extra fields
  -0 ... -9  store, compress faster ... better
  -n  suffixes of files to store   -T  test the archive
  -q  say nothing                  -v  say more
";
