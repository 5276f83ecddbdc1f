//! stat: everything that is known of files and of the file systems that they are on.
//!
//! It owns the command line and what the letters of a format mean; [`format`] reads formats.

mod format;

use std::ffi::OsString;

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};

use crate::arguments::{self, About, NO, VALUE, choose};
use crate::clock::Zone;
use crate::os::OsStringExt;
use crate::people::Names;
use crate::quoting::{Quoting, Style};
use crate::run::Run;
use crate::system::{self, BLOCKS, CHARACTERS, Space, Stat, Time};
use format::{Directive, Piece};

const DEFAULT: &str = "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-10i  \
    Links: %h\nAccess: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n \
    Birth: %w\n";
const DEVICE: &str = "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-10i  \
    Links: %-5h Device type: %Hr,%Lr\nAccess: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\n\
    Modify: %y\nChange: %z\n Birth: %w\n";
const TERSE: &str = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
const SYSTEM: &str = "  File: \"%n\"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: \
    %S\nBlocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d\n";
const SYSTEM_TERSE: &str = "%n %i %l %t %s %S %b %f %a %c %d\n";

/// What a program does best to read or write at once.
const IO_BLOCK_BYTES: u64 = 4096;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'c', VALUE, "format"),
            (b'f', NO, "file-system"),
            (b'L', NO, "dereference"),
            (b't', NO, "terse"),
        ],
        long: &[
            ("dereference", NO, "dereference"),
            ("file-system", NO, "file-system"),
            ("format", VALUE, "format"),
            ("printf", VALUE, "printf"),
            ("terse", NO, "terse"),
            ("cached", VALUE, "cached"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... FILE...
Shows what is known of files.

  -L, --dereference     what links lead to
  -f, --file-system     the file systems instead
  -c, --format=FORMAT   in this format, each on a line
      --printf=FORMAT   in this format, with escapes and without newlines of its own
  -t, --terse           all on a line
      --cached=MODE     default, never, always: there is no difference here
      --help, --version this text, the version

Of files: %a %A access in octal and letters, %b blocks of %B bytes, %d %D device, %Hd %Ld its halves, %f raw mode,
%F type, %g %G group, %h links, %i inode, %m mount point, %n %N name plain and quoted with a link's target, %o best
block, %s size, %r %R device type, %Hr %Lr its halves, %t %T the same in hex, %u %U owner, %w %W birth, %x %X access,
%y %Y modification, %z %Z change, as text and in seconds.
Of file systems: %a free blocks, %b blocks, %c files, %d free files, %f free blocks of root, %i id, %l longest name,
%n name, %s %S bytes of a block, %t %T type.
",
    trouble: 1,
    operands_end_options: false,
};

/// Runs stat: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let (mut format, mut escapes, mut follow, mut of_systems, mut terse) = (None, false, false, false, false);
    for (option, value) in arguments.options {
        let value = value.unwrap_or_default();
        match option {
            "format" => (format, escapes) = (Some([value, b"\n".to_vec()].concat()), false),
            "printf" => (format, escapes) = (Some(value), true),
            "dereference" => follow = true,
            "file-system" => of_systems = true,
            "terse" => terse = true,
            _ => {
                let modes = &[(&["default"][..], 0), (&["never"], 1), (&["always"], 2)];
                if let Err(what) = choose(&value, modes, "--cached") {
                    return arguments::misuse(program, &what, 1);
                }
            }
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    let mut teller = Teller {
        zone: Zone::from_environment(),
        people: None,
        groups: None,
        style: name_style(),
        is_default: format.is_none(),
    };
    for file in &arguments.operands {
        let text: &[u8] = match (&format, of_systems, terse) {
            (Some(format), ..) => format,
            (None, true, true) => SYSTEM_TERSE.as_bytes(),
            (None, true, false) => SYSTEM.as_bytes(),
            (None, false, true) => TERSE.as_bytes(),
            (None, false, false) => DEFAULT.as_bytes(),
        };
        let Some(subject) = subject(&mut run, file, of_systems, follow) else { continue };
        let is_device = matches!(&subject, Subject::File(stat) if matches!(stat.kind(), CHARACTERS | BLOCKS));
        let text = if is_device && format.is_none() && !terse { DEVICE.as_bytes() } else { text };
        if !teller.tell(&mut run, text, escapes, file, &subject) {
            break;
        }
    }
    run.finish()
}

fn name_style() -> Style {
    match std::env::var("QUOTING_STYLE").as_deref() {
        Ok("literal") => Style::Literal,
        Ok("shell") => Style::Shell,
        Ok("shell-always") => Style::ShellAlways,
        Ok("shell-escape") => Style::ShellEscape,
        Ok("c") => Style::C,
        Ok("c-maybe") => Style::CMaybe,
        Ok("escape") => Style::Escape,
        Ok("locale" | "clocale") => Style::Locale,
        _ => Style::ShellEscapeAlways,
    }
}

/// What is shown.
enum Subject {
    File(Stat),
    System(Space),
}

fn subject(run: &mut Run, file: &[u8], of_systems: bool, follow: bool) -> Option<Subject> {
    let name = || quoted_name(file);
    if of_systems {
        if file == b"-" {
            run.complain(format!(
                "using {} to denote standard input does not work in file system mode",
                quoted(file)
            ));
            return None;
        }
        return match system::space(file) {
            Ok(space) => Some(Subject::System(space)),
            Err(errno) => {
                run.complain(format!(
                    "cannot read file system information for {}: {}",
                    name(),
                    reason(errno)
                ));
                None
            }
        };
    }
    if file == b"-" {
        return match system::stat_fd(rustix::stdio::stdin()) {
            Ok(stat) => Some(Subject::File(stat)),
            Err(errno) => {
                run.complain(format!("cannot stat standard input: {}", reason(errno)));
                None
            }
        };
    }
    match if follow { system::stat(file) } else { system::lstat(file) } {
        Ok(stat) => Some(Subject::File(stat)),
        Err(errno) => {
            run.complain(format!("cannot statx {}: {}", name(), reason(errno)));
            None
        }
    }
}

/// What a directive shows, before width and flags.
enum Shown {
    Text(Vec<u8>),
    Decimal(u64),
    Octal(u64),
    Hexadecimal(u64),
    Seconds(Time),
    /// A link's name, an arrow and its target, each in the directive's width.
    Link(Vec<u8>, Vec<u8>),
}

/// What formats are filled in with.
struct Teller {
    zone: Zone,
    people: Option<Names>,
    groups: Option<Names>,
    style: Style,
    /// Names in the default format are quoted only where they need it.
    is_default: bool,
}

impl Teller {
    /// Fills a format in; false when it makes no sense.
    fn tell(&mut self, run: &mut Run, text: &[u8], escapes: bool, file: &[u8], subject: &Subject) -> bool {
        let mut left = text;
        while !left.is_empty() {
            let (piece, rest) = format::next(left, escapes);
            left = rest;
            match piece {
                Piece::Text(text) => run.print(text),
                Piece::Escaped(byte) => run.print([byte]),
                Piece::UnknownEscape(byte) => {
                    run.warn(format!("warning: unrecognized escape '\\{}'", char::from(byte)));
                    run.print([byte]);
                }
                Piece::BackslashAtEnd => {
                    run.warn("warning: backslash at end of format");
                    run.print("\\");
                }
                Piece::Nonsense(text) => {
                    run.complain(format!("{}: invalid directive", quoted(text)));
                    return false;
                }
                Piece::Directive(directive) => {
                    let shown = match subject {
                        Subject::File(stat) => self.of_file(run, file, stat, &directive),
                        Subject::System(space) => of_system(file, space, &directive),
                    };
                    let text = match shown {
                        Some(shown) => shown.padded(&directive),
                        None => b"?".to_vec(),
                    };
                    run.print(text);
                }
            }
        }
        true
    }

    fn of_file(&mut self, run: &mut Run, file: &[u8], stat: &Stat, directive: &Directive) -> Option<Shown> {
        let device = |major: u32, minor: u32| {
            let (major, minor) = (u64::from(major), u64::from(minor));
            (minor & 0xff) | (major & 0xfff) << 8 | (minor & !0xff) << 12 | (major & !0xfff) << 32
        };
        let rdev = device(stat.major, stat.minor);
        let (dev_major, dev_minor) = halves(stat.dev);
        let text = |text: &str| Shown::Text(text.as_bytes().to_vec());
        Some(match (directive.modifier, directive.letter) {
            (b'H', b'd') => Shown::Decimal(dev_major),
            (b'L', b'd') => Shown::Decimal(dev_minor),
            (b'H', b'r') => Shown::Decimal(stat.major.into()),
            (b'L', b'r') => Shown::Decimal(stat.minor.into()),
            (b'H' | b'L', _) => return None,
            (_, b'n') => Shown::Text(file.to_vec()),
            (_, b'N') => self.name(run, file, stat)?,
            (_, b'd') => Shown::Decimal(stat.dev),
            (_, b'D') => Shown::Hexadecimal(stat.dev),
            (_, b'i') => Shown::Decimal(stat.ino),
            (_, b'a') => Shown::Octal((stat.mode & 0o7777).into()),
            (_, b'A') => text(&system::mode_letters(stat.mode)),
            (_, b'f') => Shown::Hexadecimal(stat.mode.into()),
            (_, b'F') => text(kind_name(stat)),
            (_, b'h') => Shown::Decimal(stat.nlink),
            (_, b'u') => Shown::Decimal(stat.uid.into()),
            (_, b'U') => {
                let people = self.people.get_or_insert_with(Names::people);
                Shown::Text(people.name(stat.uid).unwrap_or(b"UNKNOWN").to_vec())
            }
            (_, b'g') => Shown::Decimal(stat.gid.into()),
            (_, b'G') => {
                let groups = self.groups.get_or_insert_with(Names::groups);
                Shown::Text(groups.name(stat.gid).unwrap_or(b"UNKNOWN").to_vec())
            }
            (_, b'm') => Shown::Text(mount_point(file)),
            (_, b's') => Shown::Decimal(stat.size),
            (_, b'r') => Shown::Decimal(rdev),
            (_, b'R') => Shown::Hexadecimal(rdev),
            (_, b't') => Shown::Hexadecimal(stat.major.into()),
            (_, b'T') => Shown::Hexadecimal(stat.minor.into()),
            (_, b'B') => Shown::Decimal(512),
            (_, b'b') => Shown::Decimal(stat.blocks),
            (_, b'o') => Shown::Decimal(IO_BLOCK_BYTES),
            // When a file was born nobody has written down.
            (_, b'w') => text("-"),
            (_, b'W') => Shown::Decimal(0),
            (_, b'x') => self.time(stat.atime),
            (_, b'X') => Shown::Seconds(stat.atime),
            (_, b'y') => self.time(stat.mtime),
            (_, b'Y') => Shown::Seconds(stat.mtime),
            (_, b'z') => self.time(stat.ctime),
            (_, b'Z') => Shown::Seconds(stat.ctime),
            (_, b'C') => {
                let what =
                    format!("failed to get security context of {}: No data available", quoted_name(file));
                run.complain(what);
                text("?")
            }
            _ => return None,
        })
    }

    fn time(&self, time: Time) -> Shown {
        let mut text = Vec::new();
        self.zone.local(time).format(b"%Y-%m-%d %H:%M:%S.%N %z", &mut text);
        Shown::Text(text)
    }

    fn name(&self, run: &mut Run, file: &[u8], stat: &Stat) -> Option<Shown> {
        let style = match self.style {
            Style::ShellEscapeAlways if self.is_default => Style::ShellEscape,
            style => style,
        };
        let quoting = Quoting { style, hides: false, escapes_blanks: false, escapes_colons: false };
        let name = quoting.show(file).text;
        if !stat.is_link() {
            return Some(Shown::Text(name));
        }
        match system::read_link(file) {
            Ok(target) => Some(Shown::Link(name, quoting.show(&target).text)),
            Err(errno) => {
                run.complain(format!("cannot read symbolic link {}: {}", quoted_name(file), reason(errno)));
                None
            }
        }
    }
}

fn of_system(file: &[u8], space: &Space, directive: &Directive) -> Option<Shown> {
    if directive.modifier != 0 {
        return None;
    }
    Some(match directive.letter {
        b'n' => Shown::Text(file.to_vec()),
        b'i' => Shown::Hexadecimal(space.dev),
        b'l' => Shown::Decimal(space.name_bytes_max),
        b't' => Shown::Hexadecimal(space.kind),
        b'T' => Shown::Text(system_kind(space.kind)),
        b'b' => Shown::Decimal(space.blocks),
        b'f' => Shown::Decimal(space.blocks_free),
        b'a' => Shown::Decimal(space.blocks_available),
        b's' | b'S' => Shown::Decimal(space.block_bytes),
        b'c' => Shown::Decimal(space.files),
        b'd' => Shown::Decimal(space.files_free),
        _ => return None,
    })
}

fn system_kind(kind: u64) -> Vec<u8> {
    match kind {
        0 => b"wasmsand".to_vec(),
        0xef53 => b"ext2/ext3".to_vec(),
        0x0102_1994 => b"tmpfs".to_vec(),
        0x9fa0 => b"proc".to_vec(),
        kind => format!("UNKNOWN (0x{kind:x})").into_bytes(),
    }
}

fn kind_name(stat: &Stat) -> &'static str {
    match stat.kind() {
        system::REGULAR if stat.size == 0 => "regular empty file",
        system::REGULAR => "regular file",
        system::DIRECTORY => "directory",
        system::LINK => "symbolic link",
        system::FIFO => "fifo",
        system::SOCKET => "socket",
        CHARACTERS => "character special file",
        BLOCKS => "block special file",
        _ => "weird file",
    }
}

/// The two halves of a device's number.
fn halves(dev: u64) -> (u64, u64) {
    ((dev >> 8 & 0xfff) | (dev >> 32 & !0xfff), (dev & 0xff) | (dev >> 12 & 0xffff_ff00))
}

/// The directory at which the file system of a path begins.
fn mount_point(file: &[u8]) -> Vec<u8> {
    let Ok(path) = std::fs::canonicalize(OsString::from_vec(file.to_vec())) else {
        return b"?".to_vec();
    };
    let mut path = path.as_os_str().as_encoded_bytes().to_vec();
    let Ok(dev) = system::stat(&path).map(|stat| stat.dev) else { return b"?".to_vec() };
    while path != b"/" {
        let above = crate::path::parent(&path).to_vec();
        if system::stat(&above).map(|stat| stat.dev) != Ok(dev) {
            break;
        }
        path = above;
    }
    path
}

impl Shown {
    fn padded(self, directive: &Directive) -> Vec<u8> {
        match self {
            Shown::Text(text) => directive.text(&text),
            Shown::Decimal(number) => directive.number(&number.to_string(), "", true),
            Shown::Octal(number) => directive.number(&format!("{number:o}"), "0", false),
            Shown::Hexadecimal(number) => directive.number(&format!("{number:x}"), "0x", false),
            Shown::Seconds(time) => directive.seconds(time),
            Shown::Link(name, target) => {
                [directive.text(&name), b" -> ".to_vec(), directive.text(&target)].concat()
            }
        }
    }
}
