//! file: what kind of data files hold, by what they begin with.
//!
//! It owns the command line and what is said of each file; [`magic`] knows binary formats, [`text`] kinds of text.

mod magic;
mod text;

use cli::getopt::Syntax;
use cli::wording::reason;

use crate::arguments::{self, About, NO, VALUE};
use crate::quoting;
use crate::run::Run;
use crate::system::{self, BLOCKS, CHARACTERS, DIRECTORY, FIFO, LINK, SOCKET, Stat};

/// How much of a file is looked at.
const LOOK_BYTES: usize = 1024 * 1024;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'b', NO, "brief"),
            (b'E', NO, "E"),
            (b'f', VALUE, "files-from"),
            (b'F', VALUE, "separator"),
            (b'h', NO, "no-dereference"),
            (b'i', NO, "mime"),
            (b'k', NO, "keep-going"),
            (b'L', NO, "dereference"),
            (b'n', NO, "no-buffer"),
            (b'N', NO, "no-pad"),
            (b'p', NO, "preserve-date"),
            (b'r', NO, "raw"),
            (b's', NO, "special-files"),
            (b'v', NO, "version"),
            (b'0', NO, "print0"),
        ],
        long: &[
            ("brief", NO, "brief"),
            ("dereference", NO, "dereference"),
            ("files-from", VALUE, "files-from"),
            ("keep-going", NO, "keep-going"),
            ("mime", NO, "mime"),
            ("mime-encoding", NO, "mime-encoding"),
            ("mime-type", NO, "mime-type"),
            ("no-buffer", NO, "no-buffer"),
            ("no-dereference", NO, "no-dereference"),
            ("no-pad", NO, "no-pad"),
            ("preserve-date", NO, "preserve-date"),
            ("print0", NO, "print0"),
            ("raw", NO, "raw"),
            ("separator", VALUE, "separator"),
            ("special-files", NO, "special-files"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... FILE...
Tells what kind of data files hold. - is standard input.

  -b, --brief             without the names of the files
  -E                      a file that cannot be looked at is a failure
  -f, --files-from=FILE   the files whose names are the lines of FILE
  -F, --separator=TEXT    TEXT behind names in place of a colon
  -h, --no-dereference    links themselves, as it is anyway
  -i, --mime              as a MIME type and an encoding
      --mime-type, --mime-encoding  one of the two
  -L, --dereference       what links lead to
  -N, --no-pad            do not line up
  -s, --special-files     look into devices and pipes
  -0, --print0            a NUL behind names
  -k, -n, -p, -r          nothing
      --help, --version   this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What is known of some data.
pub struct Kind {
    pub description: String,
    pub mime: &'static str,
    /// As MIME names it.
    pub encoding: &'static str,
}

impl Kind {
    fn binary(description: impl Into<String>, mime: &'static str) -> Kind {
        Kind { description: description.into(), mime, encoding: "binary" }
    }
}

/// What is told of files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Description,
    Mime,
    MimeType,
    Encoding,
}

/// Runs file: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let (mut brief, mut follow, mut special, mut pads, mut nul, mut strict) =
        (false, false, false, true, false, false);
    let (mut answer, mut separator, mut lists) = (Answer::Description, b":".to_vec(), Vec::new());
    for (option, value) in arguments.options {
        match option {
            "brief" => brief = true,
            "dereference" => follow = true,
            "no-dereference" => follow = false,
            "special-files" => special = true,
            "no-pad" => pads = false,
            "print0" => nul = true,
            "E" => strict = true,
            "mime" => answer = Answer::Mime,
            "mime-type" => answer = Answer::MimeType,
            "mime-encoding" => answer = Answer::Encoding,
            "separator" => separator = value.unwrap_or_default(),
            "files-from" => lists.extend(value),
            _ => {}
        }
    }
    let mut run = Run::new(program, 1);
    let mut files = Vec::new();
    for list in lists {
        let path = if list == b"-" { b"/dev/stdin".to_vec() } else { list };
        match system::read_whole(&path) {
            Ok(text) => files.extend(
                text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec),
            ),
            Err(errno) => {
                run.complain(format!("Cannot open '{}' ({})", String::from_utf8_lossy(&path), reason(errno)));
                return run.finish();
            }
        }
    }
    files.extend(arguments.operands);
    if files.is_empty() {
        cli::stdio::note(&format!("Usage: {program} [-bEhikLNnprsv0] [-F TEXT] [-f FILE] FILE..."));
        return 1;
    }
    let widest = files.iter().map(|file| quoting::width(file)).max().unwrap_or(0);
    for file in &files {
        let looked = look(file, follow, special);
        if strict && looked.is_err() {
            run.status = 1;
        }
        let kind = looked.unwrap_or_else(|kind| kind);
        let text = match answer {
            Answer::Description => kind.description,
            _ if kind.mime.is_empty() => kind.description,
            Answer::Mime => format!("{}; charset={}", kind.mime, kind.encoding),
            Answer::MimeType => kind.mime.to_owned(),
            Answer::Encoding => kind.encoding.to_owned(),
        };
        let mut line = Vec::new();
        if !brief {
            line.extend_from_slice(if file == b"-" { b"/dev/stdin" } else { file });
            line.extend(nul.then_some(0));
            line.extend_from_slice(&separator);
            let missing = if pads { widest.saturating_sub(quoting::width(file)) } else { 0 };
            line.extend(std::iter::repeat_n(b' ', missing + 1));
        }
        line.extend_from_slice(text.as_bytes());
        line.push(b'\n');
        run.print(line);
    }
    run.finish()
}

/// What a file is; the error is what to say of one that cannot be looked at.
fn look(file: &[u8], follow: bool, special: bool) -> Result<Kind, Kind> {
    if file == b"-" {
        return Ok(data(&read_start(rustix::stdio::stdin())));
    }
    let name = String::from_utf8_lossy(file);
    let stat = if follow { system::stat(file) } else { system::lstat(file) };
    let stat = stat.map_err(|errno| Kind {
        description: format!("cannot open `{name}' ({})", reason(errno)),
        mime: "",
        encoding: "",
    })?;
    if let Some(kind) = special_kind(file, &stat, special) {
        return Ok(kind);
    }
    match system::open_read(file) {
        Ok(opened) => Ok(data(&read_start(opened))),
        Err(_) => {
            let what = if stat.size == 0 { "empty" } else { "regular file" };
            Ok(Kind { description: format!("{what}, no read permission"), mime: "", encoding: "" })
        }
    }
}

/// What a file is that is none of bytes.
fn special_kind(file: &[u8], stat: &Stat, special: bool) -> Option<Kind> {
    let prefix: String = [(0o4000, "setuid, "), (0o2000, "setgid, "), (0o1000, "sticky, ")]
        .iter()
        .filter(|(bit, _)| stat.mode & bit != 0)
        .map(|(_, word)| *word)
        .collect();
    let kind = |description: &str, mime| Some(Kind::binary(format!("{prefix}{description}"), mime));
    match stat.kind() {
        DIRECTORY => kind("directory", "inode/directory"),
        FIFO if !special => kind("fifo (named pipe)", "inode/fifo"),
        SOCKET => kind("socket", "inode/socket"),
        CHARACTERS if !special => {
            kind(&format!("character special ({}/{})", stat.major, stat.minor), "inode/chardevice")
        }
        BLOCKS if !special => {
            kind(&format!("block special ({}/{})", stat.major, stat.minor), "inode/blockdevice")
        }
        LINK => {
            let target = system::read_link(file).unwrap_or_default();
            let target = String::from_utf8_lossy(&target).into_owned();
            match system::stat(file) {
                Ok(_) => kind(&format!("symbolic link to {target}"), "inode/symlink"),
                Err(_) => Some(Kind::binary(format!("broken symbolic link to {target}"), "inode/symlink")),
            }
        }
        _ => None,
    }
}

fn read_start(file: impl std::os::fd::AsFd) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut block = vec![0; 64 * 1024];
    while bytes.len() < LOOK_BYTES {
        match system::read(&file, &mut block) {
            Ok(length) if length > 0 => bytes.extend_from_slice(block.get(..length).unwrap_or_default()),
            _ => break,
        }
    }
    bytes.truncate(LOOK_BYTES);
    bytes
}

/// What some bytes are.
fn data(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::binary("empty", "inode/x-empty");
    }
    if bytes.len() == 1 {
        return Kind::binary("very short file (no magic)", "application/octet-stream");
    }
    magic::of(bytes)
        .or_else(|| text::of(bytes))
        .unwrap_or_else(|| Kind::binary("data", "application/octet-stream"))
}
