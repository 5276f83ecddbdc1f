//! stty and tty: the terminal's mode, size and name.
//!
//! The terminal has five switches, of which `icanon`, `echo` and `isig` are one each, `icrnl` with `ixon` one, and
//! `opost` with `onlcr` one. What else stty can name is as a terminal of Linux begins, and stays so.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, quoted_name, reason};
use wasmsand_sys::terminal::{self, Mode};

use crate::{launch, os_path};

const STTY_HELP: &str = "\
Usage: stty [-F DEVICE] [SETTING]...
  or:  stty [-F DEVICE] [-a|--all]
  or:  stty [-F DEVICE] [-g|--save]
Print how the terminal on standard input is set, or change it.

  -a, --all          print all settings
  -g, --save         print them in a form that stty reads
  -F, --file=DEVICE  another terminal
      --help         print this text
      --version      print the version

SETTINGs, off with a - before them: echo, icanon (lines that can be edited), isig (Ctrl-C and its like are signals),
icrnl and ixon, opost and onlcr. Of several: sane, cooked, raw, cbreak, what -g printed. To print: size, speed. Other
names that stty knows are taken where they are as they are set already.
";

/// What each switch is called.
const SWITCHES: [(&str, Mode); 7] = [
    ("icanon", Mode::CANONICAL),
    ("echo", Mode::ECHO),
    ("isig", Mode::SIGNALS),
    ("icrnl", Mode::INPUT),
    ("ixon", Mode::INPUT),
    ("opost", Mode::OUTPUT),
    ("onlcr", Mode::OUTPUT),
];

/// Settings as they always are, with a `-` where they are off.
const FIXED: [&str; 48] = [
    "-parenb", "-parodd", "-cmspar", "cs8", "-hupcl", "-hup", "-cstopb", "cread", "-clocal", "-crtscts",
    "-ignbrk", "-brkint", "-ignpar", "-parmrk", "-inpck", "-istrip", "-inlcr", "-igncr", "-ixoff", "-tandem",
    "-iuclc", "-ixany", "-imaxbel", "iutf8", "-olcuc", "-ocrnl", "-onocr", "-onlret", "-ofill", "-ofdel",
    "nl0", "cr0", "tab0", "bs0", "vt0", "ff0", "iexten", "echoe", "echok", "-echonl", "-noflsh", "-xcase",
    "-tostop", "-echoprt", "echoctl", "echoke", "-flusho", "-extproc",
];

/// The lines of `-a` below the first, with the names of the switches in braces.
const ALL: &str = "\
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr {icrnl} {ixon} -ixoff
-iuclc -ixany -imaxbel iutf8
{opost} -olcuc -ocrnl {onlcr} -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
{isig} {icanon} iexten {echo} echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
";

/// Runs stty: its name and its arguments, to an exit status.
pub fn stty(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut all, mut save, mut device, mut settings) = (false, false, None, Vec::new());
    let mut left = arguments.into_iter();
    while let Some(word) = left.next() {
        match word.as_slice() {
            b"-a" | b"--all" => all = true,
            b"-g" | b"--save" => save = true,
            b"--help" => return frame.show(STTY_HELP),
            b"--version" => return frame.show(&version("stty")),
            b"-F" | b"--file" => match left.next() {
                Some(name) => device = Some(name),
                None => return frame.misused("option requires an argument -- 'F'"),
            },
            joined if joined.starts_with(b"-F") => device = Some(joined[2..].to_vec()),
            joined if joined.starts_with(b"--file=") => device = Some(joined[7..].to_vec()),
            _ => settings.push(String::from_utf8_lossy(&word).into_owned()),
        }
    }
    if all && save {
        frame.complain("the options for verbose and stty-readable output styles are\nmutually exclusive");
        return 1;
    }
    if (all || save) && !settings.is_empty() {
        frame.complain("when specifying an output style, modes may not be set");
        return 1;
    }
    let changes = match Changes::read(&settings) {
        Ok(changes) => changes,
        Err(what) => return frame.misused(&what),
    };
    let opened = device.as_ref().map(|name| File::open(os_path(name)));
    let (fd, shown): (BorrowedFd<'_>, String) = match (&opened, &device) {
        (Some(Ok(file)), Some(name)) => (file.as_fd(), quoted_name(name)),
        (Some(Err(error)), Some(name)) => {
            frame.complain(&format!("{}: {}", quoted_name(name), reason(launch::errno_of(error))));
            return 1;
        }
        _ => (rustix::stdio::stdin(), "'standard input'".to_owned()),
    };
    let failed = |error: &std::io::Error| {
        frame.complain(&format!("{shown}: {}", reason(launch::errno_of(error))));
        1
    };
    let before = match terminal::mode(fd) {
        Ok(mode) => mode,
        Err(error) => return failed(&error),
    };
    let (columns, rows) = terminal::size().unwrap_or((80, 24));
    if settings.is_empty() {
        return frame.show(&description(before, all, save, columns, rows));
    }
    let mode = changes.apply(before);
    if mode != before
        && let Err(error) = terminal::set_lasting_mode(fd, mode)
    {
        return failed(&error);
    }
    let mut text = String::new();
    if changes.shows_size {
        text.push_str(&format!("{rows} {columns}\n"));
    }
    if changes.shows_speed {
        text.push_str("38400\n");
    }
    let printed = if text.is_empty() { 0 } else { frame.show(&text) };
    if changes.is_impossible {
        frame.complain(&format!("{}: unable to perform all requested operations", shown.trim_matches('\'')));
        return 1;
    }
    printed
}

/// Whether a setting of that name is on, as it is written.
fn written(mode: Mode, name: &str) -> String {
    let is_on = SWITCHES.iter().any(|(known, switch)| *known == name && mode.has(*switch));
    if is_on { name.to_owned() } else { format!("-{name}") }
}

fn description(mode: Mode, all: bool, save: bool, columns: u32, rows: u32) -> String {
    if save {
        return saved(mode);
    }
    if all {
        let mut text = ALL.to_owned();
        for (name, _) in SWITCHES {
            text = text.replace(&format!("{{{name}}}"), &written(mode, name));
        }
        return format!("speed 38400 baud; rows {rows}; columns {columns}; line = 0;\n{text}");
    }
    // What is not as `stty sane` sets it.
    let mut text = "speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n".to_owned();
    for names in [["icrnl", "ixon"].as_slice(), &["opost", "onlcr"], &["isig", "icanon", "echo"]] {
        let off: Vec<String> =
            names.iter().map(|name| written(mode, name)).filter(|name| name.starts_with('-')).collect();
        if !off.is_empty() {
            text.push_str(&off.join(" "));
            text.push('\n');
        }
    }
    text
}

/// Bits of the four words of a mode of Linux that are switches here.
const ICRNL_IXON: u32 = 0x500;
const OPOST_ONLCR: u32 = 0x5;
const ISIG: u32 = 0x1;
const ICANON: u32 = 0x2;
const ECHO: u32 = 0x8;

fn saved(mode: Mode) -> String {
    let bits = |switch: Mode, bits: u32| if mode.has(switch) { bits } else { 0 };
    let input = 0x4000 | bits(Mode::INPUT, ICRNL_IXON);
    let output = bits(Mode::OUTPUT, OPOST_ONLCR);
    let local = 0x8a30 | bits(Mode::SIGNALS, ISIG) | bits(Mode::CANONICAL, ICANON) | bits(Mode::ECHO, ECHO);
    let characters = "3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0";
    format!("{input:x}:{output:x}:bf:{local:x}:{characters}\n")
}

/// What `-g` printed.
fn restored(text: &str) -> Option<Mode> {
    let words: Vec<u32> =
        text.split(':').map(|word| u32::from_str_radix(word, 16)).collect::<Result<_, _>>().ok()?;
    let [input, output, _, local, rest @ ..] = words.as_slice() else { return None };
    if rest.len() != 32 {
        return None;
    }
    let switch = |word: u32, bit: u32, mode: Mode| if word & bit != 0 { mode } else { Mode::RAW };
    Some(
        switch(*input, 0x100, Mode::INPUT)
            .with(switch(*output, 0x1, Mode::OUTPUT))
            .with(switch(*local, ISIG, Mode::SIGNALS))
            .with(switch(*local, ICANON, Mode::CANONICAL))
            .with(switch(*local, ECHO, Mode::ECHO)),
    )
}

/// What the settings of a command line do.
#[derive(Default)]
struct Changes {
    /// In order: what is set and what is reset.
    steps: Vec<(Mode, Mode)>,
    shows_size: bool,
    shows_speed: bool,
    is_impossible: bool,
}

impl Default for Step {
    fn default() -> Self {
        Step(Mode::RAW, Mode::RAW)
    }
}

/// What is set, and what is reset.
struct Step(Mode, Mode);

impl Changes {
    fn read(settings: &[String]) -> Result<Self, String> {
        let mut changes = Self::default();
        let mut left = settings.iter();
        while let Some(setting) = left.next() {
            let name = setting.strip_prefix('-').unwrap_or(setting);
            let is_off = name.len() < setting.len();
            let mut value =
                || left.next().ok_or_else(|| format!("missing argument to {}", quoted(setting.as_bytes())));
            let step = match name {
                "sane" | "cooked" if !is_off => Step(Mode::COOKED, Mode::RAW),
                "cooked" | "raw" if (name == "raw") != is_off => Step(Mode::RAW, all_but(&[Mode::ECHO])),
                "raw" | "cooked" => Step(all_but(&[Mode::ECHO]), Mode::RAW),
                "cbreak" if is_off => Step(Mode::CANONICAL, Mode::RAW),
                "cbreak" => Step(Mode::RAW, Mode::CANONICAL),
                "nl" if is_off => Step(Mode::INPUT.with(Mode::OUTPUT), Mode::RAW),
                "crt" | "dec" | "evenp" | "oddp" | "ek" => Step::default(),
                "size" => {
                    changes.shows_size = true;
                    Step::default()
                }
                "speed" => {
                    changes.shows_speed = true;
                    Step::default()
                }
                "min" | "time" => {
                    let value = value()?;
                    value
                        .parse::<u8>()
                        .map_err(|_| format!("invalid integer argument: {}", quoted(value.as_bytes())))?;
                    Step::default()
                }
                "rows" | "cols" | "columns" | "ispeed" | "ospeed" | "line" => {
                    let value = value()?;
                    value
                        .parse::<u32>()
                        .map_err(|_| format!("invalid integer argument: {}", quoted(value.as_bytes())))?;
                    changes.is_impossible = true;
                    Step::default()
                }
                "intr" | "quit" | "erase" | "kill" | "eof" | "eol" | "eol2" | "swtch" | "start" | "stop"
                | "susp" | "rprnt" | "werase" | "lnext" | "discard"
                    if !is_off =>
                {
                    changes.is_impossible |= !is_usual(name, value()?);
                    Step::default()
                }
                name => match SWITCHES.iter().find(|(known, _)| *known == name) {
                    Some((_, switch)) if is_off => Step(Mode::RAW, *switch),
                    Some((_, switch)) => Step(*switch, Mode::RAW),
                    None => match restored(setting) {
                        Some(mode) => Step(mode, Mode::COOKED),
                        None => {
                            let is_known = FIXED.iter().any(|fixed| fixed.trim_start_matches('-') == name);
                            let is_speed = setting.bytes().all(|byte| byte.is_ascii_digit());
                            if !is_known && !is_speed {
                                return Err(format!("invalid argument {}", quoted(setting.as_bytes())));
                            }
                            changes.is_impossible |= is_known && !FIXED.contains(&setting.as_str());
                            Step::default()
                        }
                    },
                },
            };
            changes.steps.push((step.0, step.1));
        }
        Ok(changes)
    }

    fn apply(&self, mode: Mode) -> Mode {
        self.steps.iter().fold(mode, |mode, (set, reset)| mode.without(*reset).with(*set))
    }
}

/// Every switch but some.
fn all_but(switches: &[Mode]) -> Mode {
    switches.iter().fold(Mode::COOKED, |mode, switch| mode.without(*switch))
}

/// Whether a key is the one that it always is.
fn is_usual(name: &str, value: &str) -> bool {
    let usual = [
        ("intr", "^C"),
        ("quit", "^\\"),
        ("erase", "^?"),
        ("kill", "^U"),
        ("eof", "^D"),
        ("start", "^Q"),
        ("stop", "^S"),
        ("susp", "^Z"),
        ("rprnt", "^R"),
        ("werase", "^W"),
        ("lnext", "^V"),
        ("discard", "^O"),
    ];
    match usual.iter().find(|(known, _)| *known == name) {
        Some((_, key)) => key.eq_ignore_ascii_case(value),
        None => matches!(value, "undef" | "^-"),
    }
}

/// Runs tty: its name and its arguments, to an exit status.
pub fn tty(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[(b's', Takes::Nothing, 's')],
        long: &[
            ("silent", Takes::Nothing, 's'),
            ("quiet", Takes::Nothing, 's'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let mut silent = false;
    loop {
        match words.next() {
            Err(what) => {
                frame.misused(&what);
                return 2;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(extra))) => {
                frame.extra_operand(&extra);
                return 2;
            }
            Ok(Some(Next::Option { option: 's', .. })) => silent = true,
            Ok(Some(Next::Option { option: frame::HELP, .. })) => {
                return frame.show("Usage: tty [OPTION]...\nPrint the name of the terminal on standard input.\n\n  \
                                   -s, --silent, --quiet   print nothing; the status says whether it is one\n");
            }
            Ok(Some(Next::Option { .. })) => return frame.show(&version("tty")),
        }
    }
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdin());
    if !silent {
        let text = if is_terminal { "/dev/tty\n" } else { "not a tty\n" };
        if stdio::print(text.as_bytes()).is_err() {
            return 3;
        }
    }
    i32::from(!is_terminal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(words: &str) -> Result<Mode, String> {
        let settings: Vec<String> = words.split(' ').map(str::to_owned).collect();
        Changes::read(&settings).map(|changes| changes.apply(Mode::COOKED))
    }

    #[test]
    fn settings_change_switches() {
        assert_eq!(applied("-echo"), Ok(Mode::COOKED.without(Mode::ECHO)));
        assert_eq!(applied("raw -echo"), Ok(Mode::RAW));
        assert_eq!(applied("raw"), Ok(Mode::ECHO));
        assert_eq!(applied("raw -echo sane"), Ok(Mode::COOKED));
        assert_eq!(applied("-icanon min 1 time 0"), Ok(Mode::COOKED.without(Mode::CANONICAL)));
        assert_eq!(applied("foo"), Err("invalid argument 'foo'".to_owned()));
        assert_eq!(applied("rows"), Err("missing argument to 'rows'".to_owned()));
    }

    #[test]
    fn what_is_saved_is_restored() {
        for mode in [Mode::COOKED, Mode::RAW, Mode::ECHO, Mode::COOKED.without(Mode::ECHO)] {
            assert_eq!(restored(saved(mode).trim_end()), Some(mode));
        }
        assert_eq!(restored("1:2:3"), None);
    }
}
