//! id, whoami, groups, logname, users, who and w: who one is, and who is there. Nobody logs in here, so the last three
//! have no lines but those of their heads.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::quoted;

use crate::accounts::{self, UID, User};
use crate::system;

const ID_HELP: &str = "\
Usage: id [OPTION]... [USER]...
Print who each USER is, or who runs this.

  -a             has no effect
  -Z, --context  print the security context, which there is none of
  -g, --group    print the number of the group only
  -G, --groups   print the numbers of all groups
  -n, --name     print a name, not a number; with -u, -g or -G
  -r, --real     print the real one; with -u, -g or -G
  -u, --user     print the number of the person only
  -z, --zero     put NUL between words, not blanks; not in the default form
      --help     print this text
      --version  print the version
";

static ID: Syntax<char> = Syntax {
    short: &[
        (b'a', Takes::Nothing, 'a'),
        (b'g', Takes::Nothing, 'g'),
        (b'n', Takes::Nothing, 'n'),
        (b'r', Takes::Nothing, 'r'),
        (b'u', Takes::Nothing, 'u'),
        (b'z', Takes::Nothing, 'z'),
        (b'G', Takes::Nothing, 'G'),
        (b'Z', Takes::Nothing, 'Z'),
    ],
    long: &[
        ("context", Takes::Nothing, 'Z'),
        ("group", Takes::Nothing, 'g'),
        ("groups", Takes::Nothing, 'G'),
        ("name", Takes::Nothing, 'n'),
        ("real", Takes::Nothing, 'r'),
        ("user", Takes::Nothing, 'u'),
        ("zero", Takes::Nothing, 'z'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

static NONE: Syntax<char> = Syntax {
    short: &[],
    long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
};

/// Who runs this.
fn oneself() -> User {
    accounts::users().into_iter().find(|user| user.uid == UID).unwrap_or_else(|| User {
        name: UID.to_string(),
        uid: UID,
        gid: UID,
    })
}

/// The operands of a tool without options; the error is the status.
fn operands(frame: Frame<'_>, name: &str, help: &str, arguments: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, i32> {
    let mut words = Words::new(&NONE, arguments);
    let mut operands = Vec::new();
    loop {
        match words.next() {
            Err(what) => return Err(frame.misused(&what)),
            Ok(None) => return Ok(operands),
            Ok(Some(Next::Operand(operand))) => operands.push(operand),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => {
                return Err(frame.show(&format!("Usage: {name}{help}\n")));
            }
            Ok(Some(Next::Option { .. })) => return Err(frame.show(&version(name))),
        }
    }
}

/// Runs id: its name and its arguments, to an exit status.
pub fn id(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&ID, arguments);
    let (mut only, mut name, mut real, mut zero, mut users) = (Vec::new(), false, false, false, Vec::new());
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(user))) => users.push(user),
            Ok(Some(Next::Option { option, .. })) => match option {
                'a' => {}
                'g' | 'u' | 'G' if !only.contains(&option) => only.push(option),
                'g' | 'u' | 'G' => {}
                'n' => name = true,
                'r' => real = true,
                'z' => zero = true,
                'Z' => {
                    frame.complain("--context (-Z) works only on an SELinux-enabled kernel");
                    return 1;
                }
                frame::HELP => return frame.show(ID_HELP),
                _ => return frame.show(&version("id")),
            },
        }
    }
    let refused = match only.len() {
        2.. => Some("cannot print \"only\" of more than one choice"),
        0 if name || real => Some("cannot print only names or real IDs in default format"),
        0 if zero => Some("option --zero not permitted in default format"),
        _ => None,
    };
    if let Some(what) = refused {
        frame.complain(what);
        return 1;
    }
    let form = Form { only: only.first().copied(), name, zero, several: users.len() > 1 };
    if users.is_empty() {
        return form.print(frame, &oneself());
    }
    let mut status = 0;
    for word in &users {
        match accounts::user(&String::from_utf8_lossy(word)) {
            Some(user) => status |= form.print(frame, &user),
            None => {
                frame.complain(&format!("{}: no such user", quoted(word)));
                status = 1;
            }
        }
    }
    status
}

/// What id prints of a person.
struct Form {
    only: Option<char>,
    name: bool,
    zero: bool,
    several: bool,
}

impl Form {
    fn print(&self, frame: Frame<'_>, user: &User) -> i32 {
        let group = |gid: u32| match accounts::group_name(gid) {
            Some(name) if self.name => name,
            _ => gid.to_string(),
        };
        let groups = accounts::groups_of(user);
        let mut text = match self.only {
            Some('u') if self.name => user.name.clone(),
            Some('u') => user.uid.to_string(),
            Some('g') => group(user.gid),
            Some(_) => {
                let list: Vec<String> = groups.iter().map(|gid| group(*gid)).collect();
                list.join(if self.zero { "\0" } else { " " })
            }
            None => {
                let shown = |gid: &u32| match accounts::group_name(*gid) {
                    Some(name) => format!("{gid}({name})"),
                    None => gid.to_string(),
                };
                let list: Vec<String> = groups.iter().map(shown).collect();
                format!("uid={}({}) gid={} groups={}", user.uid, user.name, shown(&user.gid), list.join(","))
            }
        };
        text.push(if self.zero { '\0' } else { '\n' });
        if self.zero && self.several && self.only == Some('G') {
            text.push('\0');
        }
        frame.show(&text)
    }
}

/// Runs whoami.
pub fn whoami(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    match operands(frame, "whoami", " [OPTION]...\nPrint the name of whoever runs this.", arguments) {
        Err(status) => status,
        Ok(operands) => match operands.first() {
            Some(extra) => frame.extra_operand(extra),
            None => frame.show(&format!("{}\n", oneself().name)),
        },
    }
}

/// Runs logname.
pub fn logname(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    match operands(frame, "logname", " [OPTION]\nPrint the name of whoever logged in.", arguments) {
        Err(status) => status,
        Ok(operands) => match operands.first() {
            Some(extra) => frame.extra_operand(extra),
            None if accounts::has_terminal() => frame.show(&format!("{}\n", oneself().name)),
            None => {
                frame.complain("no login name");
                1
            }
        },
    }
}

/// Runs groups.
pub fn groups(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let help = " [OPTION]... [USERNAME]...\nPrint the groups of each USERNAME, or of whoever runs this.";
    let names = match operands(frame, "groups", help, arguments) {
        Ok(names) => names,
        Err(status) => return status,
    };
    let list = |user: &User| {
        let groups = accounts::groups_of(user);
        let names: Vec<String> =
            groups.iter().map(|gid| accounts::group_name(*gid).unwrap_or_else(|| gid.to_string())).collect();
        names.join(" ")
    };
    if names.is_empty() {
        return frame.show(&format!("{}\n", list(&oneself())));
    }
    let mut status = 0;
    for name in &names {
        match accounts::user(&String::from_utf8_lossy(name)) {
            Some(user) => status |= frame.show(&format!("{} : {}\n", user.name, list(&user))),
            None => {
                frame.complain(&format!("{}: no such user", quoted(name)));
                status = 1;
            }
        }
    }
    status
}

/// Runs users.
pub fn users(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    match operands(frame, "users", " [OPTION]... [FILE]\nPrint who is logged in: nobody is.", arguments) {
        Err(status) => status,
        Ok(operands) => operands.get(1).map_or(0, |extra| frame.extra_operand(extra)),
    }
}

/// Runs who.
pub fn who(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[
            (b'a', Takes::Nothing, 'a'),
            (b'b', Takes::Nothing, 'b'),
            (b'd', Takes::Nothing, 'd'),
            (b'H', Takes::Nothing, 'H'),
            (b'l', Takes::Nothing, 'l'),
            (b'm', Takes::Nothing, 'm'),
            (b'p', Takes::Nothing, 'p'),
            (b'q', Takes::Nothing, 'q'),
            (b'r', Takes::Nothing, 'r'),
            (b's', Takes::Nothing, 's'),
            (b't', Takes::Nothing, 't'),
            (b'T', Takes::Nothing, 'T'),
            (b'u', Takes::Nothing, 'u'),
            (b'w', Takes::Nothing, 'w'),
        ],
        long: &[
            ("all", Takes::Nothing, 'a'),
            ("boot", Takes::Nothing, 'b'),
            ("count", Takes::Nothing, 'q'),
            ("dead", Takes::Nothing, 'd'),
            ("heading", Takes::Nothing, 'H'),
            ("login", Takes::Nothing, 'l'),
            ("lookup", Takes::Nothing, 'L'),
            ("message", Takes::Nothing, 'T'),
            ("mesg", Takes::Nothing, 'T'),
            ("process", Takes::Nothing, 'p'),
            ("runlevel", Takes::Nothing, 'r'),
            ("short", Takes::Nothing, 's'),
            ("time", Takes::Nothing, 't'),
            ("users", Takes::Nothing, 'u'),
            ("writable", Takes::Nothing, 'T'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut heading, mut count, mut idle, mut operands) = (false, false, false, 0);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(extra))) => {
                operands += 1;
                if operands > 2 {
                    return frame.extra_operand(&extra);
                }
            }
            Ok(Some(Next::Option { option, .. })) => {
                match option {
                    'H' => heading = true,
                    'q' => count = true,
                    'u' => idle = true,
                    frame::HELP => {
                        return frame.show("Usage: who [OPTION]... [ FILE | ARG1 ARG2 ]\nPrint who is logged in: nobody is.\n");
                    }
                    frame::VERSION => return frame.show(&version("who")),
                    _ => {}
                }
            }
        }
    }
    match (count, heading, idle) {
        (true, ..) => frame.show("\n# users=0\n"),
        (_, true, false) => frame.show("NAME     LINE         TIME             COMMENT\n"),
        (_, true, true) => frame.show("NAME     LINE         TIME         IDLE          PID COMMENT\n"),
        _ => 0,
    }
}

/// Runs w.
pub fn w(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let hides_head = arguments.iter().any(|word| matches!(word.as_slice(), b"-h" | b"--no-header"));
    match arguments.iter().find(|word| word.starts_with(b"--")).map(Vec::as_slice) {
        Some(b"--help") => {
            return frame.show("\nUsage:\n w [options] [user]\n\nPrint who is logged in, which nobody is, and how long \
                               the session has been up.\n\n -h, --no-header  without the two lines of the head\n");
        }
        Some(b"--version") => return frame.show(&version("w")),
        _ => {}
    }
    if hides_head {
        return 0;
    }
    let head = system::uptime_line();
    i32::from(
        stdio::print(
            format!("{head}\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n")
                .as_bytes(),
        )
        .is_err(),
    )
}
