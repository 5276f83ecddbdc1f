//! mktemp: files and directories with names that nobody has guessed.

use std::io::Read;

use cli::getopt::Syntax;
use cli::wording::{quoted, reason};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::arguments::{self, About, MAYBE, NO, VALUE};
use crate::path;
use crate::run::Run;
use crate::system;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// How often another name is tried.
const TRIES_MAX: usize = 62 * 62 * 62;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'd', NO, "directory"),
            (b'p', VALUE, "p"),
            (b'q', NO, "quiet"),
            (b't', NO, "t"),
            (b'u', NO, "dry-run"),
            (b'V', NO, "version"),
        ],
        long: &[
            ("directory", NO, "directory"),
            ("quiet", NO, "quiet"),
            ("dry-run", NO, "dry-run"),
            ("suffix", VALUE, "suffix"),
            ("tmpdir", MAYBE, "tmpdir"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [TEMPLATE]
Makes a file, or a directory, with a name of its own, and prints the name. The last three or more X of TEMPLATE are
replaced. Without TEMPLATE it is tmp.XXXXXXXXXX in the directory for temporary files.

  -d, --directory        a directory
  -u, --dry-run          only a name: somebody else may take it
  -q, --quiet            no complaint when it cannot be made
      --suffix=SUFFIX    with SUFFIX behind TEMPLATE
  -p DIR, --tmpdir[=DIR] in DIR, else $TMPDIR, else /tmp
  -t                     TEMPLATE is a name in $TMPDIR, else in DIR of -p, else in /tmp
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What a command line asks for.
#[derive(Default)]
struct Job {
    directory: bool,
    dry: bool,
    quiet: bool,
    /// `-t`.
    deprecated: bool,
    in_temporary: bool,
    folder: Option<Vec<u8>>,
    suffix: Option<Vec<u8>>,
}

/// Runs mktemp: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut job = Job::default();
    for (option, value) in arguments.options {
        match option {
            "directory" => job.directory = true,
            "dry-run" => job.dry = true,
            "quiet" => job.quiet = true,
            "t" => (job.deprecated, job.in_temporary) = (true, true),
            "p" | "tmpdir" => (job.folder, job.in_temporary) = (value, true),
            _ => job.suffix = value,
        }
    }
    if arguments.operands.len() > 1 {
        return arguments::misuse(program, "too many templates", 1);
    }
    let mut run = Run::new(program, 1);
    match template(&job, arguments.operands.first().map(Vec::as_slice)) {
        Err(what) => run.complain(what),
        Ok(template) => match make(&job, &template) {
            Ok(path) => run.print([path.as_slice(), b"\n"].concat()),
            Err(errno) if !job.quiet => {
                let what = if job.directory { "directory" } else { "file" };
                let whole =
                    [template.before.as_slice(), &vec![b'X'; template.letters], &template.after].concat();
                run.complain(format!(
                    "failed to create {what} via template {}: {}",
                    quoted(&whole),
                    reason(errno)
                ));
            }
            Err(_) => run.status = 1,
        },
    }
    run.finish()
}

/// A name with letters to be chosen.
struct Template {
    before: Vec<u8>,
    letters: usize,
    after: Vec<u8>,
}

fn template(job: &Job, given: Option<&[u8]>) -> Result<Template, String> {
    let text = given.unwrap_or(b"tmp.XXXXXXXXXX");
    let (head, suffix) = match &job.suffix {
        Some(suffix) => {
            if text.last() != Some(&b'X') {
                return Err(format!("with --suffix, template {} must end in X", quoted(text)));
            }
            (text, suffix.clone())
        }
        None => {
            let end = text.iter().rposition(|byte| *byte == b'X').map_or(text.len(), |last| last + 1);
            (&text[..end], text[end..].to_vec())
        }
    };
    if suffix.contains(&b'/') {
        return Err(format!("invalid suffix {}, contains directory separator", quoted(&suffix)));
    }
    let letters = head.iter().rev().take_while(|byte| **byte == b'X').count();
    if letters < 3 {
        return Err(format!("too few X's in template {}", quoted(&[head, suffix.as_slice()].concat())));
    }
    let whole = [head, suffix.as_slice()].concat();
    let mut before = head[..head.len() - letters].to_vec();
    if job.in_temporary || given.is_none() {
        let variable = std::env::var_os("TMPDIR").map(|folder| folder.as_encoded_bytes().to_vec());
        let variable = variable.filter(|folder| !folder.is_empty());
        let folder = job.folder.clone().filter(|folder| !folder.is_empty());
        let folder = if job.deprecated {
            if whole.contains(&b'/') {
                return Err(format!("invalid template, {}, contains directory separator", quoted(&whole)));
            }
            variable.or(folder)
        } else {
            if whole.first() == Some(&b'/') {
                let what = "with --tmpdir, it may not be absolute";
                return Err(format!("invalid template, {}; {what}", quoted(&whole)));
            }
            folder.or(variable)
        };
        before = path::join(&folder.unwrap_or_else(|| b"/tmp".to_vec()), &before);
    }
    Ok(Template { before, letters, after: suffix })
}

/// Makes the file; answers its path.
fn make(job: &Job, template: &Template) -> Result<Vec<u8>, Errno> {
    let mut random = std::fs::File::open("/dev/urandom").map_err(|_| Errno::NOENT)?;
    // From the start nobody else may read it.
    let umask = system::set_umask(0o077);
    let mut made = Err(Errno::EXIST);
    for _ in 0..TRIES_MAX {
        let letters = letters(&mut random, template.letters).map_err(|_| Errno::IO)?;
        let path = [template.before.as_slice(), &letters, &template.after].concat();
        let result = match (job.dry, job.directory) {
            (true, _) => match system::lstat(&path) {
                Ok(_) => Err(Errno::EXIST),
                Err(Errno::NOENT) => Ok(()),
                Err(errno) => Err(errno),
            },
            (false, true) => system::make_directory(&path, 0o700),
            (false, false) => {
                system::open(&path, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, 0o600).map(drop)
            }
        };
        made = result.map(|()| path);
        if !matches!(made, Err(Errno::EXIST)) {
            break;
        }
    }
    system::set_umask(umask);
    made
}

fn letters(random: &mut impl Read, count: usize) -> std::io::Result<Vec<u8>> {
    let mut letters = Vec::with_capacity(count);
    let mut block = [0; 64];
    while letters.len() < count {
        random.read_exact(&mut block)?;
        // Only as many bytes as letters go into evenly, or some letters would be likelier than others.
        let fair = block.iter().filter(|byte| usize::from(**byte) < 4 * LETTERS.len());
        letters
            .extend(fair.take(count - letters.len()).map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()]));
    }
    Ok(letters)
}
