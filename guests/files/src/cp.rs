//! cp: copies of files and directories. It owns the command line and where each operand goes; [`crate::copy`] copies.

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{quoted_name, reason};

use crate::arguments::{self, About, Arguments, Choices, MAYBE, NO, VALUE, choose};
use crate::backup::Backups;
use crate::copy::attributes::{self, Preserve};
use crate::copy::{Copier, Follow, Options, Overwrite};
use crate::destination::{self, Fault, Plan};
use crate::path;
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'a', NO, "archive"),
            (b'b', NO, "b"),
            (b'd', NO, "d"),
            (b'f', NO, "force"),
            (b'H', NO, "H"),
            (b'i', NO, "interactive"),
            (b'l', NO, "link"),
            (b'L', NO, "dereference"),
            (b'n', NO, "no-clobber"),
            (b'p', NO, "p"),
            (b'P', NO, "no-dereference"),
            (b'r', NO, "recursive"),
            (b'R', NO, "recursive"),
            (b's', NO, "symbolic-link"),
            (b'S', VALUE, "suffix"),
            (b't', VALUE, "target-directory"),
            (b'T', NO, "no-target-directory"),
            (b'u', NO, "update"),
            (b'v', NO, "verbose"),
            (b'x', NO, "one-file-system"),
            (b'Z', NO, "context"),
        ],
        long: &[
            ("archive", NO, "archive"),
            ("attributes-only", NO, "attributes-only"),
            ("backup", MAYBE, "backup"),
            ("copy-contents", NO, "copy-contents"),
            ("dereference", NO, "dereference"),
            ("force", NO, "force"),
            ("interactive", NO, "interactive"),
            ("link", NO, "link"),
            ("no-clobber", NO, "no-clobber"),
            ("no-dereference", NO, "no-dereference"),
            ("no-preserve", VALUE, "no-preserve"),
            ("no-target-directory", NO, "no-target-directory"),
            ("one-file-system", NO, "one-file-system"),
            ("parents", NO, "parents"),
            ("path", NO, "parents"),
            ("preserve", MAYBE, "preserve"),
            ("recursive", NO, "recursive"),
            ("remove-destination", NO, "remove-destination"),
            ("sparse", VALUE, "sparse"),
            ("reflink", MAYBE, "reflink"),
            ("strip-trailing-slashes", NO, "strip-trailing-slashes"),
            ("suffix", VALUE, "suffix"),
            ("symbolic-link", NO, "symbolic-link"),
            ("target-directory", VALUE, "target-directory"),
            ("update", NO, "update"),
            ("verbose", NO, "verbose"),
            ("context", MAYBE, "context"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [-T] SOURCE TARGET
  or:  {} [OPTION]... SOURCE... DIRECTORY
  or:  {} [OPTION]... -t DIRECTORY SOURCE...
Copies files, and with -R directories.

  -a, --archive               -dR --preserve=all
      --attributes-only       no data, only attributes
  -b, --backup[=CONTROL]      keep what is replaced: none, simple, existing, numbered
      --copy-contents         with -R: the contents of pipes and devices
  -d                          --no-dereference --preserve=links
  -f, --force                 remove a target that cannot be opened
  -H, -L, -P                  follow links that are operands, all links, none
  -i, --interactive           ask before something is overwritten
  -l, --link                  make hard links in place of copies
  -n, --no-clobber            overwrite nothing
  -p                          --preserve=mode,ownership,timestamps
      --preserve[=LIST]       take over: mode, ownership, timestamps, links, context, xattr, all
      --no-preserve=LIST      do not take over
      --parents               with all the directories of SOURCE below DIRECTORY
  -R, -r, --recursive         directories with what is below them
      --remove-destination    remove each target first
      --reflink, --sparse     there is no difference here
      --strip-trailing-slashes  no slashes behind SOURCE
  -s, --symbolic-link         make symbolic links in place of copies
  -S, --suffix=SUFFIX         of backups, in place of ~
  -t, --target-directory=DIR  to DIR
  -T, --no-target-directory   TARGET is no directory to copy into
  -u, --update                only what is newer than its target, or has none
  -v, --verbose               tell each
  -x, --one-file-system       stay in the file system
  -Z, --context[=CTX]         there are no security contexts: nothing
      --help, --version       this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What of a file may be preserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Mode,
    Times,
    Owner,
    Links,
    Context,
    Extended,
    All,
}

const ATTRIBUTES: &Choices<Attribute> = &[
    (&["mode"], Attribute::Mode),
    (&["timestamps"], Attribute::Times),
    (&["ownership"], Attribute::Owner),
    (&["links"], Attribute::Links),
    (&["context"], Attribute::Context),
    (&["xattr"], Attribute::Extended),
    (&["all"], Attribute::All),
];

/// A command line.
struct Job {
    options: Options,
    parents: bool,
    strips_slashes: bool,
    directory: Option<Vec<u8>>,
    is_no_directory: bool,
    operands: Vec<Vec<u8>>,
}

/// Runs cp: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => parse(arguments),
        Err(status) => return status,
    };
    let mut job = match job {
        Ok(job) => job,
        Err(what) => return arguments::misuse(program, &what, 1),
    };
    if job.directory.is_some() && job.is_no_directory {
        stdio::complain(program, "cannot combine --target-directory (-t) and --no-target-directory (-T)");
        return 1;
    }
    if job.strips_slashes {
        for operand in &mut job.operands {
            *operand = path::trimmed(operand).to_vec();
        }
    }
    let mut run = Run::new(program, 1);
    match plan(&mut job) {
        Ok(plan) => {
            let mut copier = Copier::new(&mut run, &job.options);
            match plan {
                Plan::To(target) => copier.operand(&job.operands[0], &target),
                Plan::Into(directory) => {
                    for source in &job.operands {
                        into(&mut copier, source, &directory, job.parents);
                    }
                }
            }
        }
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => run.complain(what),
    }
    run.finish()
}

fn parse(arguments: Arguments) -> Result<Job, String> {
    let mut job = Job {
        options: Options {
            follow: Follow::Always,
            recursive: false,
            copies_contents: false,
            preserve: Preserve::default(),
            preserves_links: false,
            force: false,
            overwrite: Overwrite::Always,
            update: false,
            hard_links: false,
            symbolic_links: false,
            removes_first: false,
            is_move: false,
            attributes_only: false,
            one_file_system: false,
            verbose: false,
            backups: Backups::none(),
        },
        parents: false,
        strips_slashes: false,
        directory: None,
        is_no_directory: false,
        operands: arguments.operands,
    };
    let mut follow = None;
    let (mut wants_backup, mut control, mut suffix) = (false, None, None);
    for (option, value) in arguments.options {
        let options = &mut job.options;
        match option {
            "archive" => {
                follow = Some(Follow::Never);
                options.recursive = true;
                preserve(options, Attribute::All, true);
            }
            "d" => (follow, options.preserves_links) = (Some(Follow::Never), true),
            "p" => preserve_usual(options),
            "preserve" => match value {
                None => preserve_usual(options),
                Some(list) => preserve_list(options, &list, true)?,
            },
            "no-preserve" => preserve_list(options, &value.unwrap_or_default(), false)?,
            "b" => wants_backup = true,
            "backup" => (wants_backup, control) = (true, value.or(control)),
            "suffix" => suffix = value,
            "attributes-only" => options.attributes_only = true,
            "copy-contents" => options.copies_contents = true,
            "force" => options.force = true,
            "H" => follow = Some(Follow::Operands),
            "dereference" => follow = Some(Follow::Always),
            "no-dereference" => follow = Some(Follow::Never),
            "interactive" => options.overwrite = Overwrite::Ask,
            "no-clobber" => options.overwrite = Overwrite::Never,
            "link" => options.hard_links = true,
            "symbolic-link" => options.symbolic_links = true,
            "recursive" => options.recursive = true,
            "remove-destination" => options.removes_first = true,
            "update" => options.update = true,
            "verbose" => options.verbose = true,
            "one-file-system" => options.one_file_system = true,
            "parents" => job.parents = true,
            "strip-trailing-slashes" => job.strips_slashes = true,
            "target-directory" => job.directory = value,
            "no-target-directory" => job.is_no_directory = true,
            "sparse" => {
                let words: &Choices<u8> = &[(&["never"], 0), (&["auto"], 1), (&["always"], 2)];
                choose(&value.unwrap_or_default(), words, "--sparse")?;
            }
            "reflink" => {
                let words: &Choices<u8> = &[(&["auto"], 0), (&["always"], 1), (&["never"], 2)];
                choose(value.as_deref().unwrap_or(b"always"), words, "--reflink")?;
            }
            _ => {}
        }
    }
    let options = &mut job.options;
    if options.hard_links && options.symbolic_links {
        return Err("cannot make both hard and symbolic links".to_owned());
    }
    if wants_backup && options.overwrite == Overwrite::Never {
        return Err("options --backup and --no-clobber are mutually exclusive".to_owned());
    }
    options.backups = Backups::read(wants_backup, control.as_deref(), suffix.as_deref())?;
    let by_default = if options.recursive && !options.hard_links { Follow::Never } else { Follow::Always };
    options.follow = follow.unwrap_or(by_default);
    Ok(job)
}

fn preserve_usual(options: &mut Options) {
    for attribute in [Attribute::Mode, Attribute::Owner, Attribute::Times] {
        preserve(options, attribute, true);
    }
}

fn preserve_list(options: &mut Options, list: &[u8], wanted: bool) -> Result<(), String> {
    let option = if wanted { "--preserve" } else { "--no-preserve" };
    for word in list.split(|byte| *byte == b',') {
        preserve(options, choose(word, ATTRIBUTES, option)?, wanted);
    }
    Ok(())
}

fn preserve(options: &mut Options, attribute: Attribute, wanted: bool) {
    let preserve = &mut options.preserve;
    match attribute {
        Attribute::Mode => (preserve.mode, preserve.resets_mode) = (wanted, !wanted),
        Attribute::Times => preserve.times = wanted,
        Attribute::Owner => preserve.owner = wanted,
        Attribute::Links => options.preserves_links = wanted,
        // There are none.
        Attribute::Context | Attribute::Extended => {}
        Attribute::All => {
            (preserve.mode, preserve.resets_mode) = (wanted, !wanted);
            (preserve.times, preserve.owner, options.preserves_links) = (wanted, wanted, wanted);
        }
    }
}

/// Where the operands go. With their parents they need a directory to go into.
fn plan(job: &mut Job) -> Result<Plan, Fault> {
    match destination::plan(&mut job.operands, job.directory.as_deref(), job.is_no_directory)? {
        Plan::To(_) if job.parents && !job.is_no_directory => {
            Err(Fault::Misuse("with --parents, the destination must be a directory".to_owned()))
        }
        plan => Ok(plan),
    }
}

/// Copies an operand into a directory.
fn into(copier: &mut Copier<'_>, source: &[u8], directory: &[u8], parents: bool) {
    if parents {
        return with_parents(copier, source, directory);
    }
    let target = match path::base_name(source) {
        // What is in `..` goes into the directory itself.
        b".." => directory.to_vec(),
        name => path::join(directory, name),
    };
    copier.operand(source, &target);
}

/// Copies an operand with the directories that lead to it.
fn with_parents(copier: &mut Copier<'_>, source: &[u8], directory: &[u8]) {
    let source_path = path::trimmed(source);
    let relative_start = source_path.iter().position(|byte| *byte != b'/').unwrap_or(0);
    let mut made = Vec::new();
    for at in relative_start..source_path.len() {
        if source_path[at] != b'/' || source_path[at - 1] == b'/' {
            continue;
        }
        let from = &source_path[..at];
        let to = path::join(directory, &source_path[relative_start..at]);
        let stat = match system::stat(from) {
            Ok(stat) => stat,
            Err(errno) => {
                let what = format!("failed to get attributes of {}: {}", quoted_name(from), reason(errno));
                return copier.run.complain(what);
            }
        };
        match system::stat(&to) {
            Ok(there) if there.is_directory() => {}
            Ok(_) => {
                return copier.run.complain(format!("{} exists but is not a directory", quoted_name(&to)));
            }
            Err(_) => {
                if let Err(errno) = system::make_directory(&to, stat.mode & 0o777) {
                    let what = format!("cannot make directory {}: {}", quoted_name(&to), reason(errno));
                    return copier.run.complain(what);
                }
                if copier.options.verbose {
                    let line = [from, b" -> ", &to, b"\n"].concat();
                    copier.run.print(line);
                }
                made.push((to, stat));
            }
        }
    }
    copier.operand(source, &path::join(directory, &source_path[relative_start..]));
    let preserve = copier.options.preserve;
    let umask = system::umask();
    for (to, stat) in made.iter().rev() {
        let given = attributes::give(to, stat, preserve, false);
        if let Err(what) = given {
            copier.run.complain(what);
        }
        if !preserve.mode {
            let mode = if preserve.resets_mode { 0o777 } else { stat.mode & 0o777 };
            // It was made with that mode where the system can do so at once.
            let _ = system::set_mode(to, mode & !umask);
        }
    }
}
