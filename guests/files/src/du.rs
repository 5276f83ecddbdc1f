//! du: how much room files take.

use std::collections::HashSet;
use std::io::Read;

use cli::getopt::Syntax;
use cli::wording::{name as shown_name, quoted, quoted_name, reason};

use crate::arguments::{self, About, Arguments, Choices, MAYBE, NO, VALUE, choose};
use crate::clock::Zone;
use crate::numbers::{self, Scale};
use crate::path;
use crate::pattern::{self, Rules};
use crate::run::Run;
use crate::system::{self, Stat, Time};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'0', NO, "null"),
            (b'a', NO, "all"),
            (b'b', NO, "bytes"),
            (b'B', VALUE, "-B"),
            (b'c', NO, "total"),
            (b'd', VALUE, "max-depth"),
            (b'D', NO, "dereference-args"),
            (b'h', NO, "human-readable"),
            (b'H', NO, "dereference-args"),
            (b'k', NO, "k"),
            (b'l', NO, "count-links"),
            (b'L', NO, "dereference"),
            (b'm', NO, "m"),
            (b'P', NO, "no-dereference"),
            (b's', NO, "summarize"),
            (b'S', NO, "separate-dirs"),
            (b't', VALUE, "-t"),
            (b'x', NO, "one-file-system"),
            (b'X', VALUE, "exclude-from"),
        ],
        long: &[
            ("all", NO, "all"),
            ("apparent-size", NO, "apparent-size"),
            ("block-size", VALUE, "block-size"),
            ("bytes", NO, "bytes"),
            ("count-links", NO, "count-links"),
            ("dereference", NO, "dereference"),
            ("dereference-args", NO, "dereference-args"),
            ("exclude", VALUE, "exclude"),
            ("exclude-from", VALUE, "exclude-from"),
            ("files0-from", VALUE, "files0-from"),
            ("human-readable", NO, "human-readable"),
            ("inodes", NO, "inodes"),
            ("si", NO, "si"),
            ("max-depth", VALUE, "max-depth"),
            ("null", NO, "null"),
            ("no-dereference", NO, "no-dereference"),
            ("one-file-system", NO, "one-file-system"),
            ("separate-dirs", NO, "separate-dirs"),
            ("summarize", NO, "summarize"),
            ("total", NO, "total"),
            ("threshold", VALUE, "threshold"),
            ("time", MAYBE, "time"),
            ("time-style", VALUE, "time-style"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [FILE]...
  or:  {} [OPTION]... --files0-from=F
Tells how much room files take, and directories with what is below them.

  -0, --null                 lines end with NUL
  -a, --all                  files too, not only directories
      --apparent-size        sizes in place of room
  -B, --block-size=SIZE      in blocks of SIZE
  -b, --bytes                --apparent-size --block-size=1
  -c, --total                a total at the end
  -D, -H, --dereference-args follow links that are operands
  -d, --max-depth=N          directories down to N below the operands
      --exclude=PATTERN      without what is like PATTERN
  -X, --exclude-from=FILE    without what is like a line of FILE
      --files0-from=F        operands are in F, each with a NUL behind it
  -h, --human-readable       sizes like 1K 234M 2G
      --si                   the same in powers of 1000
      --inodes               how many files, in place of room
  -k, -m                     in blocks of 1 KiB, of 1 MiB
  -L, -P                     follow all links, none
  -l, --count-links          a file with several names each time
  -S, --separate-dirs        directories without those below them
  -s, --summarize            only the operands
  -t, --threshold=SIZE       only what is of SIZE at least, or at most where it is negative
      --time[=WORD]          with the time of the last modification below: atime, access, use, ctime, status
      --time-style=STYLE     full-iso, long-iso, iso, or +FORMAT
  -x, --one-file-system      stay in the file system
      --help, --version      this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

const TIMES: &Choices<u8> = &[(&["atime", "access", "use"], 0), (&["ctime", "status"], 1)];
const STYLES: &Choices<&str> =
    &[(&["full-iso"], "%Y-%m-%d %H:%M:%S.%N %z"), (&["long-iso"], "%Y-%m-%d %H:%M"), (&["iso"], "%Y-%m-%d")];

/// Which links are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    Never,
    Operands,
    Always,
}

struct Options {
    all: bool,
    apparent: bool,
    inodes: bool,
    scale: Scale,
    total: bool,
    depth_max: usize,
    follow: Follow,
    counts_links: bool,
    separate: bool,
    one_file_system: bool,
    threshold: Option<(bool, u64)>,
    excluded: Vec<Vec<u8>>,
    time: Option<u8>,
    time_format: Vec<u8>,
    end: u8,
}

/// What was counted.
#[derive(Clone, Copy, Default)]
struct Sum {
    amount: u64,
    time: Time,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.amount = self.amount.saturating_add(other.amount);
        self.time = self.time.max(other.time);
    }
}

/// Runs du: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    let (options, operands) = match parse(&mut run, arguments) {
        Ok(parsed) => parsed,
        Err(Some(what)) => return arguments::misuse(program, &what, 1),
        Err(None) => return run.finish(),
    };
    let mut du = Du { run, options, zone: Zone::from_environment(), seen: HashSet::new() };
    let mut total = Sum::default();
    for operand in operands {
        if let Some(sum) = du.operand(&operand) {
            total.add(sum);
        }
    }
    if du.options.total {
        du.tell(total, b"total");
    }
    du.run.finish()
}

/// Makes sense of a command line; the error is what to complain about with a hint, or nothing where all is said.
fn parse(run: &mut Run, arguments: Arguments) -> Result<(Options, Vec<Vec<u8>>), Option<String>> {
    let mut options = Options {
        all: false,
        apparent: false,
        inodes: false,
        scale: numbers::scale_from_environment("DU_BLOCK_SIZE").unwrap_or(Scale::of(1024)),
        total: false,
        depth_max: usize::MAX,
        follow: Follow::Never,
        counts_links: false,
        separate: false,
        one_file_system: false,
        threshold: None,
        excluded: Vec::new(),
        time: None,
        time_format: Vec::new(),
        end: b'\n',
    };
    let (mut summarize, mut depth, mut names_from, mut style) = (false, None, None, None);
    let mut operands = arguments.operands;
    for (option, value) in arguments.options {
        let given = value.as_deref().unwrap_or_default();
        match option {
            "null" => options.end = 0,
            "all" => options.all = true,
            "apparent-size" => options.apparent = true,
            "bytes" => (options.apparent, options.scale) = (true, Scale::of(1)),
            "-B" | "block-size" => match numbers::scale(given) {
                Ok(scale) => options.scale = scale,
                Err(fault) => {
                    let typed = if option == "-B" { "-B" } else { "--block-size" };
                    return refused(run, fault.complaint(typed, given));
                }
            },
            "total" => options.total = true,
            "max-depth" => {
                match std::str::from_utf8(given).ok().and_then(|text| text.parse::<usize>().ok()) {
                    Some(number) => depth = Some(number),
                    None => return Err(Some(format!("invalid maximum depth {}", quoted(given)))),
                }
            }
            "dereference-args" => options.follow = Follow::Operands,
            "dereference" => options.follow = Follow::Always,
            "no-dereference" => options.follow = Follow::Never,
            "human-readable" => options.scale = Scale::Human { base: 1024 },
            "si" => options.scale = Scale::Human { base: 1000 },
            "k" => options.scale = Scale::of(1024),
            "m" => options.scale = Scale::of(1024 * 1024),
            "inodes" => options.inodes = true,
            "count-links" => options.counts_links = true,
            "summarize" => summarize = true,
            "separate-dirs" => options.separate = true,
            "-t" | "threshold" => match threshold(given, if option == "-t" { "-t" } else { "--threshold" }) {
                Ok(threshold) => options.threshold = Some(threshold),
                Err(what) => return refused(run, what),
            },
            "one-file-system" => options.one_file_system = true,
            "exclude" => options.excluded.push(given.to_vec()),
            "exclude-from" => match system::read_whole(given) {
                Ok(text) => {
                    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                    options.excluded.extend(lines.map(<[u8]>::to_vec));
                }
                Err(errno) => return Err(Some(format!("{}: {}", shown_name(given), reason(errno)))),
            },
            "files0-from" => names_from = value,
            "time" => {
                options.time = Some(match value {
                    Some(word) => choose(&word, TIMES, "--time").map_err(Some)?,
                    None => 2,
                });
            }
            _ => style = value,
        }
    }
    if options.all && summarize {
        return Err(Some("cannot both summarize and show all entries".to_owned()));
    }
    match (summarize, depth) {
        (true, Some(0)) => run.warn("warning: summarizing is the same as using --max-depth=0"),
        (true, Some(depth)) => {
            return Err(Some(format!("warning: summarizing conflicts with --max-depth={depth}")));
        }
        _ => {}
    }
    options.depth_max = if summarize { 0 } else { depth.unwrap_or(usize::MAX) };
    if options.inodes {
        if options.apparent {
            run.warn("warning: options --apparent-size and -b are ineffective with --inodes");
        }
        options.scale = match options.scale {
            Scale::Human { .. } => options.scale,
            Scale::Blocks { .. } => Scale::of(1),
        };
    }
    if options.time.is_some() {
        let style =
            style.or_else(|| std::env::var_os("TIME_STYLE").map(|style| style.as_encoded_bytes().to_vec()));
        options.time_format = match style.as_deref() {
            None => b"%Y-%m-%d %H:%M".to_vec(),
            Some([b'+', format @ ..]) => format.to_vec(),
            Some(style) => choose(style, STYLES, "time style").map_err(Some)?.as_bytes().to_vec(),
        };
    }
    if let Some(file) = names_from {
        if let Some(extra) = operands.first() {
            let hint = "file operands cannot be combined with --files0-from";
            cli::stdio::complain(&run.program, &format!("extra operand {}", quoted(extra)));
            cli::stdio::note(hint);
            cli::stdio::note(&format!("Try '{} --help' for more information.", run.program));
            run.status = 1;
            return Err(None);
        }
        match names(&file) {
            Ok(names) => operands = names,
            Err(errno) => {
                return refused(
                    run,
                    format!("cannot open {} for reading: {}", quoted_name(&file), reason(errno)),
                );
            }
        }
    } else if operands.is_empty() {
        operands.push(b".".to_vec());
    }
    Ok((options, operands))
}

fn refused<T>(run: &mut Run, what: String) -> Result<T, Option<String>> {
    run.complain(what);
    Err(None)
}

fn names(file: &[u8]) -> Result<Vec<Vec<u8>>, rustix::io::Errno> {
    let text = if file == b"-" {
        let mut text = Vec::new();
        let read = std::io::stdin().read_to_end(&mut text);
        read.map_err(|error| rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::IO))?;
        text
    } else {
        system::read_whole(file)?
    };
    Ok(text.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
}

/// Whether files of at most a size are wanted, and the size.
fn threshold(text: &[u8], typed: &str) -> Result<(bool, u64), String> {
    let (is_most, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    match numbers::size(digits, |letter| b"KMGTPEZYkm".contains(&letter)) {
        Ok(0) if is_most => Err(format!("invalid {typed} argument '-0'")),
        Ok(size) => Ok((is_most, size)),
        Err(fault) => Err(fault.complaint(typed, text)),
    }
}

/// One run.
struct Du {
    run: Run,
    options: Options,
    zone: Zone,
    /// Files that were counted, of those that could come again.
    seen: HashSet<(u64, u64)>,
}

/// A directory that is being counted.
struct Level {
    path: Vec<u8>,
    identity: (u64, u64),
    /// Itself and the files in it, and the directories below it.
    own: Sum,
    below: Sum,
    left: Vec<Vec<u8>>,
}

impl Du {
    /// Counts an operand; `None` when it is not there, or was counted before.
    fn operand(&mut self, operand: &[u8]) -> Option<Sum> {
        if self.is_excluded(operand) {
            return None;
        }
        let follows = self.options.follow != Follow::Never;
        let stat = self.stat(operand, follows)?;
        let dev = stat.dev;
        if !self.is_new(&stat) {
            return None;
        }
        let own = self.count(&stat);
        if !stat.is_directory() {
            self.tell_at(own, operand, 0);
            return Some(own);
        }
        let mut levels = vec![self.level(operand.to_vec(), &stat, own)];
        // A stack and not recursion: how deep directories go is not ours to bound.
        loop {
            let depth = levels.len();
            let level = levels.last_mut()?;
            if let Some(path) = level.left.pop() {
                let follows = self.options.follow == Follow::Always;
                let Some(stat) = self.stat(&path, follows) else { continue };
                if levels.iter().any(|level| level.identity == stat.identity()) || !self.is_new(&stat) {
                    continue;
                }
                if self.options.one_file_system && stat.dev != dev {
                    continue;
                }
                let own = self.count(&stat);
                if stat.is_directory() {
                    let level = self.level(path, &stat, own);
                    levels.push(level);
                } else {
                    if self.options.all {
                        self.tell_at(own, &path, depth);
                    }
                    if let Some(level) = levels.last_mut() {
                        level.own.add(own);
                    }
                }
                continue;
            }
            let done = levels.pop()?;
            let mut whole = done.own;
            whole.add(done.below);
            let shown = if self.options.separate { done.own } else { whole };
            self.tell_at(shown, &done.path, depth - 1);
            match levels.last_mut() {
                Some(above) => above.below.add(whole),
                None => return Some(whole),
            }
        }
    }

    fn level(&mut self, path: Vec<u8>, stat: &Stat, own: Sum) -> Level {
        let mut left = match system::read_dir(&path) {
            Ok(entries) => entries.iter().map(|entry| path::join(&path, &entry.name)).collect(),
            Err(errno) => {
                self.run.complain(format!("cannot read directory {}: {}", quoted_name(&path), reason(errno)));
                Vec::new()
            }
        };
        left.retain(|path| !self.is_excluded(path));
        left.reverse();
        Level { path, identity: stat.identity(), own, below: Sum::default(), left }
    }

    fn stat(&mut self, path: &[u8], follows: bool) -> Option<Stat> {
        match if follows { system::stat(path) } else { system::lstat(path) } {
            Ok(stat) => Some(stat),
            Err(errno) => {
                self.run.complain(format!("cannot access {}: {}", quoted_name(path), reason(errno)));
                None
            }
        }
    }

    /// Whether a file was not counted under another name.
    fn is_new(&mut self, stat: &Stat) -> bool {
        let could_come_again = stat.is_directory() || stat.nlink > 1 || self.options.follow == Follow::Always;
        self.options.counts_links || !could_come_again || self.seen.insert(stat.identity())
    }

    fn count(&self, stat: &Stat) -> Sum {
        let amount = if self.options.inodes {
            1
        } else if self.options.apparent {
            // Only these have a size that takes room.
            if stat.is_regular() || stat.is_link() || stat.is_directory() { stat.size } else { 0 }
        } else {
            stat.blocks.saturating_mul(512)
        };
        let time = match self.options.time {
            Some(0) => stat.atime,
            Some(1) => stat.ctime,
            _ => stat.mtime,
        };
        Sum { amount, time }
    }

    fn is_excluded(&self, path: &[u8]) -> bool {
        // A pattern may match the whole path, or any end of it that begins with a name.
        let ends = || {
            std::iter::once(0)
                .chain(path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1))
        };
        self.options
            .excluded
            .iter()
            .any(|pattern| ends().any(|start| pattern::matches(pattern, &path[start..], Rules::default())))
    }

    fn tell_at(&mut self, sum: Sum, path: &[u8], depth: usize) {
        let is_wanted = match self.options.threshold {
            None => true,
            Some((true, most)) => sum.amount <= most,
            Some((false, least)) => sum.amount >= least,
        };
        if depth <= self.options.depth_max && is_wanted {
            self.tell(sum, path);
        }
    }

    fn tell(&mut self, sum: Sum, name: &[u8]) {
        let mut line = self.options.scale.show(sum.amount).into_bytes();
        line.push(b'\t');
        if self.options.time.is_some() {
            self.zone.local(sum.time).format(&self.options.time_format, &mut line);
            line.push(b'\t');
        }
        line.extend_from_slice(name);
        line.push(self.options.end);
        self.run.print(line);
    }
}
