//! The options of tree.

use crate::glob::Glob;

/// What entries are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Name,
    Version,
    Modification,
    Change,
    Size,
    None,
}

/// What comes first among siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    Directories,
    Files,
}

/// Alternatives, one of which a name must match; behind a slash only directories do.
#[derive(Debug)]
pub struct Pattern(Vec<(Glob, bool)>);

impl Pattern {
    fn read(text: &[u8], ignore_case: bool) -> Pattern {
        let parts = text.split(|byte| *byte == b'|');
        Pattern(
            parts
                .map(|part| match part.strip_suffix(b"/") {
                    Some(name) => (Glob::new(name, ignore_case), true),
                    None => (Glob::new(part, ignore_case), false),
                })
                .collect(),
        )
    }

    pub fn matches(&self, name: &[u8], is_directory: bool) -> bool {
        self.0
            .iter()
            .any(|(glob, only_directories)| (is_directory || !only_directories) && glob.matches(name))
    }
}

/// What is asked for.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are the switches of the command")]
pub struct Options {
    pub starts: Vec<Vec<u8>>,
    pub all: bool,
    pub directories_only: bool,
    pub follow: bool,
    pub full_paths: bool,
    pub one_device: bool,
    pub level_max: Option<usize>,
    pub only: Vec<Pattern>,
    pub without: Vec<Pattern>,
    pub match_directories: bool,
    pub prunes: bool,
    pub sums: bool,
    pub entries_max: Option<usize>,
    pub no_report: bool,
    pub no_indent: bool,
    pub meta_first: bool,
    pub marks: bool,
    pub quotes: bool,
    pub raw_names: bool,
    pub question_marks: bool,
    pub modes: bool,
    pub users: bool,
    pub groups: bool,
    pub sizes: bool,
    /// Sizes in units of 1024, or of 1000.
    pub unit: Option<u32>,
    pub dates: bool,
    pub date_format: Option<Vec<u8>>,
    pub inodes: bool,
    pub devices: bool,
    pub order: Order,
    pub is_change_time: bool,
    pub reverse: bool,
    pub first: Option<First>,
    pub json: bool,
    /// Colours always, never, or where it is a terminal.
    pub colours: Option<bool>,
    pub charset: Option<Vec<u8>>,
    pub ansi_lines: bool,
    pub file: Option<Vec<u8>>,
}

/// Why the options were not read to their end.
#[derive(Debug)]
pub enum Stop {
    Complaint(String),
    Text(String),
}

struct Words {
    left: std::collections::VecDeque<Vec<u8>>,
}

impl Words {
    /// The value of an option: behind an equals sign, or the next word.
    fn value(&mut self, name: &str, attached: Option<Vec<u8>>) -> Result<Vec<u8>, Stop> {
        attached.or_else(|| self.left.pop_front()).ok_or_else(|| {
            let option = if name.len() == 1 { format!("-{name} option.") } else { format!("--{name}") };
            Stop::Complaint(format!("tree: Missing argument to {option}"))
        })
    }
}

impl Options {
    pub fn read(argv: Vec<Vec<u8>>) -> Result<Options, Stop> {
        let mut options = Options::none();
        // Patterns are read last, for `--ignore-case` may follow them.
        let (mut only, mut without) = (Vec::new(), Vec::new());
        let mut ignore_case = false;
        let mut words = Words { left: argv.into() };
        let mut only_operands = false;
        while let Some(word) = words.left.pop_front() {
            if only_operands || !word.starts_with(b"-") || word.len() == 1 {
                options.starts.push(word);
            } else if word == b"--" {
                only_operands = true;
            } else if let Some(long) = word.strip_prefix(b"--") {
                if long == b"ignore-case" {
                    ignore_case = true;
                } else {
                    options.long(long, &mut words)?;
                }
            } else {
                for letter in word.iter().skip(1) {
                    match letter {
                        b'P' => only.push(words.value("P", None)?),
                        b'I' => without.push(words.value("I", None)?),
                        letter => options.short(*letter, &mut words)?,
                    }
                }
            }
        }
        options.only = only.iter().map(|text| Pattern::read(text, ignore_case)).collect();
        options.without = without.iter().map(|text| Pattern::read(text, ignore_case)).collect();
        if options.starts.is_empty() {
            options.starts.push(b".".to_vec());
        }
        Ok(options)
    }

    fn none() -> Options {
        Options {
            starts: Vec::new(),
            all: false,
            directories_only: false,
            follow: false,
            full_paths: false,
            one_device: false,
            level_max: None,
            only: Vec::new(),
            without: Vec::new(),
            match_directories: false,
            prunes: false,
            sums: false,
            entries_max: None,
            no_report: false,
            no_indent: false,
            meta_first: false,
            marks: false,
            quotes: false,
            raw_names: false,
            question_marks: false,
            modes: false,
            users: false,
            groups: false,
            sizes: false,
            unit: None,
            dates: false,
            date_format: None,
            inodes: false,
            devices: false,
            order: Order::Name,
            is_change_time: false,
            reverse: false,
            first: None,
            json: false,
            colours: None,
            charset: None,
            ansi_lines: false,
            file: None,
        }
    }

    /// Whether the whole tree is read before any of it is shown.
    pub fn gathers(&self) -> bool {
        self.prunes || self.sums
    }

    fn short(&mut self, letter: u8, words: &mut Words) -> Result<(), Stop> {
        match letter {
            b'a' => self.all = true,
            b'd' => self.directories_only = true,
            b'l' => self.follow = true,
            b'f' => self.full_paths = true,
            b'x' => self.one_device = true,
            b'L' => {
                let text = words.value("L", None)?;
                let level = std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok());
                self.level_max = level.filter(|level| *level > 0);
                if self.level_max.is_none() {
                    return Err(Stop::Complaint("tree: Invalid level, must be greater than 0.".to_owned()));
                }
            }
            b'q' => self.question_marks = true,
            b'N' => self.raw_names = true,
            b'Q' => self.quotes = true,
            b'p' => self.modes = true,
            b'u' => self.users = true,
            b'g' => self.groups = true,
            b's' => self.sizes = true,
            b'h' => (self.sizes, self.unit) = (true, Some(1024)),
            b'D' => self.dates = true,
            b'F' => self.marks = true,
            b'v' => self.order = Order::Version,
            b't' => self.order = Order::Modification,
            b'c' => (self.order, self.is_change_time) = (Order::Change, true),
            b'U' => self.order = Order::None,
            b'r' => self.reverse = true,
            b'i' => self.no_indent = true,
            b'A' => self.ansi_lines = true,
            b'S' => self.charset = Some(b"IBM437".to_vec()),
            b'n' => self.colours = self.colours.or(Some(false)),
            b'C' => self.colours = Some(true),
            b'J' => self.json = true,
            b'o' => self.file = Some(words.value("o", None)?),
            letter => {
                let letter = String::from_utf8_lossy(&[letter]).into_owned();
                return Err(Stop::Complaint(format!(
                    "tree: Invalid argument -`{letter}'.\n{}",
                    USAGE.trim_end()
                )));
            }
        }
        Ok(())
    }

    fn long(&mut self, word: &[u8], words: &mut Words) -> Result<(), Stop> {
        let (name, attached) = match word.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&word[..equals], Some(word[equals + 1..].to_vec())),
            None => (word, None),
        };
        match (name, attached) {
            (b"sort", attached) => self.sort(&words.value("sort", attached)?)?,
            (b"timefmt", attached) => {
                self.date_format = Some(words.value("timefmt", attached)?);
                self.dates = true;
            }
            (b"charset", attached) => self.charset = Some(words.value("charset", attached)?),
            (b"filelimit", attached) => {
                let text = words.value("filelimit", attached)?;
                let most = std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok());
                self.entries_max = most.filter(|most| *most > 0);
            }
            (_, Some(_)) => return Err(invalid_long(word)),
            (b"matchdirs", None) => self.match_directories = true,
            (b"metafirst", None) => self.meta_first = true,
            (b"prune", None) => self.prunes = true,
            (b"noreport", None) => self.no_report = true,
            (b"si", None) => (self.sizes, self.unit) = (true, Some(1000)),
            (b"du", None) => (self.sizes, self.sums) = (true, true),
            (b"inodes", None) => self.inodes = true,
            (b"device", None) => self.devices = true,
            (b"dirsfirst", None) => self.first = Some(First::Directories),
            (b"filesfirst", None) => self.first = Some(First::Files),
            (b"help", None) => return Err(Stop::Text(format!("{USAGE}{HELP}"))),
            (b"version", None) => return Err(Stop::Text("tree (wasmsand) 0.1.0\n".to_owned())),
            _ => return Err(invalid_long(word)),
        }
        Ok(())
    }

    fn sort(&mut self, name: &[u8]) -> Result<(), Stop> {
        self.order = match name {
            b"name" => Order::Name,
            b"version" => Order::Version,
            b"size" => Order::Size,
            b"mtime" => Order::Modification,
            b"ctime" => Order::Change,
            other => {
                let other = String::from_utf8_lossy(other);
                return Err(Stop::Complaint(format!(
                    "tree: Sort type '{other}' not valid, should be one of: name,version,size,mtime,ctime"
                )));
            }
        };
        Ok(())
    }
}

fn invalid_long(word: &[u8]) -> Stop {
    let word = String::from_utf8_lossy(word);
    Stop::Complaint(format!("tree: Invalid argument `--{word}'.\n{}", USAGE.trim_end()))
}

const USAGE: &str = "\
usage: tree [-acdfghilnpqrstuvxACDFJNQSU] [-L level] [-o file] [-P pattern] [-I pattern]
\t[--ignore-case] [--matchdirs] [--metafirst] [--prune] [--noreport] [--filelimit #]
\t[--inodes] [--device] [--si] [--du] [--sort[=]name] [--dirsfirst] [--filesfirst]
\t[--timefmt[=]format] [--charset[=]name] [--version] [--help] [--] [directory ...]
";

const HELP: &str = "
What is shown:
  -a            hidden files too
  -d            only directories
  -l            what links to directories lead to
  -f            the path of each file
  -x            only what is on one file system
  -L level      only so many levels
  -P pattern    only files that match; alternatives are parted by |
  -I pattern    no files that match
  --ignore-case upper and lower case match each other
  --matchdirs   directories that match -P are shown whole
  --prune       no empty directories
  --filelimit # no contents of directories with more than # entries
  --noreport    no counts at the end
  -o file       write to a file

Of each file:
  -p -u -g -s -D  mode, user, group, size, date; -c: the date of the last change
  -h, --si      sizes in units of 1024, of 1000
  --du          the sizes of directories with what is in them
  --timefmt fmt dates in a format of strftime
  -F            a mark for its type
  --inodes, --device
  -q -N -Q      names with ? for what cannot be printed, as they are, in quotes
  --metafirst   all this before the lines

Order:
  -v -t -c -U   by version, date, date of the last change, not at all
  --sort name   by name, version, size, mtime or ctime
  -r            reversed
  --dirsfirst, --filesfirst

Form:
  -i            no lines
  -A -S         lines of ANSI or CP437
  --charset n   lines in that character set
  -n -C         colours never, always
  -J            JSON
";
