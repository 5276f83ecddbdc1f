//! The command lines of chown and chgrp.

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{quoted, quoted_name, reason};

use crate::arguments::{About, Arguments, NO, VALUE};
use crate::people::{self, Names};
use crate::system::{self, Stat};

/// What is said about files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    Nothing,
    Changes,
    All,
}

/// Which links to directories a walk follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    Never,
    Operands,
    Always,
}

/// An owner and a group, each where it is given.
#[derive(Debug, Default)]
pub struct Owner {
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    /// As they are told: the names that were typed.
    user_name: Option<String>,
    group_name: Option<String>,
}

/// What a command line asks for.
#[derive(Debug)]
pub struct Job {
    pub to: Owner,
    pub from: Owner,
    pub files: Vec<Vec<u8>>,
    pub recursive: bool,
    pub links: Links,
    pub follow: bool,
    pub preserve_root: bool,
    pub silent: bool,
    pub talk: Talk,
    people: Names,
    groups: Names,
}

/// Why a command line cannot be followed.
pub enum Fault {
    Misuse(String),
    Trouble(String),
}

const OPTIONS: Syntax<&str> = Syntax {
    short: &[
        (b'H', NO, "H"),
        (b'L', NO, "L"),
        (b'P', NO, "P"),
        (b'R', NO, "recursive"),
        (b'c', NO, "changes"),
        (b'f', NO, "silent"),
        (b'h', NO, "no-dereference"),
        (b'v', NO, "verbose"),
    ],
    long: &[
        ("recursive", NO, "recursive"),
        ("changes", NO, "changes"),
        ("dereference", NO, "dereference"),
        ("from", VALUE, "from"),
        ("no-dereference", NO, "no-dereference"),
        ("no-preserve-root", NO, "no-preserve-root"),
        ("preserve-root", NO, "preserve-root"),
        ("quiet", NO, "silent"),
        ("silent", NO, "silent"),
        ("reference", VALUE, "reference"),
        ("verbose", NO, "verbose"),
        ("help", NO, "help"),
        ("version", NO, "version"),
    ],
};

static SYNTAX: Syntax<&str> = OPTIONS;

pub static CHOWN: About = About {
    syntax: &SYNTAX,
    help: "\
Usage: {} [OPTION]... [OWNER][:[GROUP]] FILE...
  or:  {} [OPTION]... --reference=FILE FILE...
Sets the owner and the group of files, by name or by number. OWNER: alone sets the owner's login group.

  -R, --recursive        what is below directories too
  -H, -L, -P             with -R: follow links that are operands, all links, none
  -h, --no-dereference   set links themselves, not what they lead to
      --dereference      the other way round, as it is anyway
      --from=OWNER:GROUP only of files that are theirs now
      --reference=FILE   as FILE has them
      --preserve-root, --no-preserve-root  with -R: refuse /, or do not
  -c, --changes          tell what is changed
  -v, --verbose          tell everything
  -f, --silent, --quiet  tell few failures
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

pub static CHGRP: About = About {
    syntax: &SYNTAX,
    help: "\
Usage: {} [OPTION]... GROUP FILE...
  or:  {} [OPTION]... --reference=FILE FILE...
Sets the group of files, by name or by number.

  -R, --recursive        what is below directories too
  -H, -L, -P             with -R: follow links that are operands, all links, none
  -h, --no-dereference   set links themselves, not what they lead to
      --dereference      the other way round, as it is anyway
      --reference=FILE   as FILE has it
      --preserve-root, --no-preserve-root  with -R: refuse /, or do not
  -c, --changes          tell what is changed
  -v, --verbose          tell everything
  -f, --silent, --quiet  tell few failures
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// Makes sense of a command line.
pub fn parse(program: &str, arguments: Arguments, is_chgrp: bool) -> Result<Job, Fault> {
    let mut job = Job {
        to: Owner::default(),
        from: Owner::default(),
        files: arguments.operands,
        recursive: false,
        links: Links::Never,
        follow: true,
        preserve_root: false,
        silent: false,
        talk: Talk::Nothing,
        people: Names::people(),
        groups: Names::groups(),
    };
    let (mut dereference, mut reference) = (None, None);
    for (option, value) in arguments.options {
        match option {
            "H" => job.links = Links::Operands,
            "L" => job.links = Links::Always,
            "P" => job.links = Links::Never,
            "recursive" => job.recursive = true,
            "changes" => job.talk = Talk::Changes,
            "verbose" => job.talk = Talk::All,
            "silent" => job.silent = true,
            "dereference" => dereference = Some(true),
            "no-dereference" => dereference = Some(false),
            "preserve-root" => job.preserve_root = true,
            "no-preserve-root" => job.preserve_root = false,
            "reference" => reference = value,
            _ if is_chgrp => return Err(Fault::Misuse("unrecognized option '--from'".to_owned())),
            _ => job.from = owner(program, &value.unwrap_or_default(), &job)?,
        }
    }
    if job.recursive {
        if dereference == Some(true) && job.links == Links::Never {
            return Err(Fault::Trouble("-R --dereference requires either -H or -L".to_owned()));
        }
        job.follow = dereference == Some(true);
    } else {
        job.follow = dereference != Some(false);
    }
    let needed = if reference.is_some() { 1 } else { 2 };
    if job.files.len() < needed {
        return Err(Fault::Misuse(match job.files.last() {
            None => "missing operand".to_owned(),
            Some(last) => format!("missing operand after {}", quoted(last)),
        }));
    }
    job.to = match reference {
        Some(file) => of_file(&file, &job, is_chgrp)?,
        None => {
            let spec = job.files.remove(0);
            if is_chgrp { group(&spec, &job.groups)? } else { owner(program, &spec, &job)? }
        }
    };
    Ok(job)
}

fn of_file(file: &[u8], job: &Job, is_chgrp: bool) -> Result<Owner, Fault> {
    let stat = system::stat(file).map_err(|errno| {
        Fault::Trouble(format!("failed to get attributes of {}: {}", quoted_name(file), reason(errno)))
    })?;
    Ok(Owner {
        uid: (!is_chgrp).then_some(stat.uid),
        gid: Some(stat.gid),
        user_name: (!is_chgrp).then(|| name_of(&job.people, stat.uid)),
        group_name: Some(name_of(&job.groups, stat.gid)),
    })
}

fn group(spec: &[u8], groups: &Names) -> Result<Owner, Fault> {
    if spec.is_empty() {
        return Ok(Owner::default());
    }
    let gid = groups.number(spec).or_else(|| people::number(spec));
    let gid = gid.ok_or_else(|| Fault::Trouble(format!("invalid group: {}", quoted(spec))))?;
    let name = String::from_utf8_lossy(spec).into_owned();
    Ok(Owner { gid: Some(gid), group_name: Some(name), ..Owner::default() })
}

/// Reads `OWNER:GROUP`.
fn owner(program: &str, spec: &[u8], job: &Job) -> Result<Owner, Fault> {
    match split_owner(spec, b':', job) {
        Err(_) if !spec.contains(&b':') && spec.contains(&b'.') => {
            // Long ago a dot stood for the colon.
            let old = split_owner(spec, b'.', job);
            if old.is_ok() {
                stdio::complain(program, &format!("warning: '.' should be ':': {}", quoted(spec)));
                return old;
            }
            split_owner(spec, b':', job)
        }
        read => read,
    }
}

fn split_owner(spec: &[u8], separator: u8, job: &Job) -> Result<Owner, Fault> {
    let fault = |what: &str| Fault::Trouble(format!("invalid {what}: {}", quoted(spec)));
    let separated = spec.iter().position(|byte| *byte == separator);
    let (user, group) = match separated {
        Some(at) => (&spec[..at], Some(&spec[at + 1..])),
        None => (spec, None),
    };
    let mut owner = Owner::default();
    if !user.is_empty() {
        let named = job.people.number(user);
        let uid = named.or_else(|| people::number(user)).ok_or_else(|| fault("user"))?;
        owner.uid = Some(uid);
        owner.user_name = Some(String::from_utf8_lossy(user).into_owned());
        if group == Some(b"") {
            // A number has no login group, for it need not be anybody's.
            let gid = named.and_then(|uid| job.people.login_group(uid)).ok_or_else(|| fault("spec"))?;
            owner.gid = Some(gid);
            owner.group_name = Some(name_of(&job.groups, gid));
        }
    }
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        let gid = job.groups.number(group).or_else(|| people::number(group)).ok_or_else(|| fault("group"))?;
        owner.gid = Some(gid);
        owner.group_name = Some(String::from_utf8_lossy(group).into_owned());
    }
    Ok(owner)
}

fn name_of(names: &Names, number: u32) -> String {
    match names.name(number) {
        Some(name) => String::from_utf8_lossy(name).into_owned(),
        None => number.to_string(),
    }
}

impl Job {
    /// Whether only groups are set.
    pub fn is_about_group(&self) -> bool {
        self.to.user_name.is_none() && self.to.group_name.is_some()
    }

    /// Whose a file is, told by as many names as are set.
    pub fn old_name(&self, stat: &Stat) -> Option<String> {
        let user = self.to.user_name.as_ref().map(|_| name_of(&self.people, stat.uid));
        let group = self.to.group_name.as_ref().map(|_| name_of(&self.groups, stat.gid));
        joined(user, group)
    }

    /// Whose files are to be.
    pub fn new_name(&self) -> Option<String> {
        joined(self.to.user_name.clone(), self.to.group_name.clone())
    }
}

fn joined(user: Option<String>, group: Option<String>) -> Option<String> {
    match (user, group) {
        (Some(user), Some(group)) => Some(format!("{user}:{group}")),
        (user, group) => user.or(group),
    }
}
