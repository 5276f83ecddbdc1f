//! uname, arch, hostname, uptime, free and nproc: what the system is, by the files of `/proc`.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::quoted;

use crate::accounts;
use crate::calendar::Moment;

/// What a processor is called here.
const MACHINE: &str = "wasm32";

/// The first line of a file of `/proc`.
fn line_of(path: &str, otherwise: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().next().filter(|line| !line.is_empty()).unwrap_or(otherwise).to_owned()
}

/// The name of the machine.
pub fn host_name() -> String {
    line_of("/proc/sys/kernel/hostname", "wasmsand")
}

const UNAME_HELP: &str = "\
Usage: uname [OPTION]...
Print what the system is called; without an OPTION as with -s.

  -a, --all                print all, in this order, without -p and -i where they are unknown
  -s, --kernel-name        print the name of the kernel
  -n, --nodename           print the name of the host
  -r, --kernel-release     print the release of the kernel
  -v, --kernel-version     print its version
  -m, --machine            print what the processor is
  -p, --processor          print the same, where it is known
  -i, --hardware-platform  print the platform, where it is known
  -o, --operating-system   print what the operating system is called
      --help               print this text
      --version            print the version
";

/// Runs uname: its name and its arguments, to an exit status.
pub fn uname(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[
            (b'a', Takes::Nothing, 'a'),
            (b's', Takes::Nothing, 's'),
            (b'n', Takes::Nothing, 'n'),
            (b'r', Takes::Nothing, 'r'),
            (b'v', Takes::Nothing, 'v'),
            (b'm', Takes::Nothing, 'm'),
            (b'p', Takes::Nothing, 'p'),
            (b'i', Takes::Nothing, 'i'),
            (b'o', Takes::Nothing, 'o'),
        ],
        long: &[
            ("all", Takes::Nothing, 'a'),
            ("kernel-name", Takes::Nothing, 's'),
            ("sysname", Takes::Nothing, 's'),
            ("nodename", Takes::Nothing, 'n'),
            ("kernel-release", Takes::Nothing, 'r'),
            ("release", Takes::Nothing, 'r'),
            ("kernel-version", Takes::Nothing, 'v'),
            ("machine", Takes::Nothing, 'm'),
            ("processor", Takes::Nothing, 'p'),
            ("hardware-platform", Takes::Nothing, 'i'),
            ("operating-system", Takes::Nothing, 'o'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let mut asked = String::new();
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(extra))) => return frame.extra_operand(&extra),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return frame.show(UNAME_HELP),
            Ok(Some(Next::Option { option: frame::VERSION, .. })) => return frame.show(&version("uname")),
            Ok(Some(Next::Option { option: 'a', .. })) => asked.push_str("snrvmo"),
            Ok(Some(Next::Option { option, .. })) => asked.push(option),
        }
    }
    if asked.is_empty() {
        asked.push('s');
    }
    let part = |letter: char| match letter {
        's' => line_of("/proc/sys/kernel/ostype", "Linux"),
        'n' => host_name(),
        'r' => line_of("/proc/sys/kernel/osrelease", "0.1.0-wasmsand"),
        'v' => line_of("/proc/sys/kernel/version", "#1 wasmsand"),
        'm' => MACHINE.to_owned(),
        'o' => "GNU/Linux".to_owned(),
        _ => "unknown".to_owned(),
    };
    let parts: Vec<String> = "snrvmpio".chars().filter(|letter| asked.contains(*letter)).map(part).collect();
    frame.show(&format!("{}\n", parts.join(" ")))
}

/// Runs arch.
pub fn arch(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    plain(frame, "arch", " [OPTION]...\nPrint what the processor is.", arguments, || format!("{MACHINE}\n"))
}

fn plain(
    frame: Frame<'_>,
    name: &str,
    help: &str,
    arguments: Vec<Vec<u8>>,
    text: impl FnOnce() -> String,
) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[],
        long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
    };
    let mut words = Words::new(&SYNTAX, arguments);
    match words.next() {
        Err(what) => frame.misused(&what),
        Ok(None) => frame.show(&text()),
        Ok(Some(Next::Operand(extra))) => frame.extra_operand(&extra),
        Ok(Some(Next::Option { option: frame::HELP, .. })) => frame.show(&format!("Usage: {name}{help}\n")),
        Ok(Some(Next::Option { .. })) => frame.show(&version(name)),
    }
}

const HOSTNAME_USAGE: &str = "\
Usage: hostname [-a|-A|-d|-f|-i|-I|-s|-y]
       hostname -V|--version|-h|--help

Print the name of the host, which cannot be changed. -i prints its address; there is no network, so -I prints none.
";

/// Runs hostname: its name and its arguments, to an exit status.
pub fn hostname(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[
            (b'a', Takes::Nothing, 'a'),
            (b'A', Takes::Nothing, 'A'),
            (b'd', Takes::Nothing, 'd'),
            (b'f', Takes::Nothing, 'f'),
            (b'F', Takes::Value, 'F'),
            (b'b', Takes::Nothing, 'F'),
            (b'i', Takes::Nothing, 'i'),
            (b'I', Takes::Nothing, 'I'),
            (b's', Takes::Nothing, 's'),
            (b'y', Takes::Nothing, 'y'),
            (b'h', Takes::Nothing, frame::HELP),
            (b'V', Takes::Nothing, frame::VERSION),
        ],
        long: &[
            ("alias", Takes::Nothing, 'a'),
            ("all-fqdns", Takes::Nothing, 'A'),
            ("all-ip-addresses", Takes::Nothing, 'I'),
            ("domain", Takes::Nothing, 'd'),
            ("file", Takes::Value, 'F'),
            ("fqdn", Takes::Nothing, 'f'),
            ("ip-address", Takes::Nothing, 'i'),
            ("long", Takes::Nothing, 'f'),
            ("nis", Takes::Nothing, 'y'),
            ("short", Takes::Nothing, 's'),
            ("yp", Takes::Nothing, 'y'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut shown, mut sets) = ('n', false);
    loop {
        match words.next() {
            Err(what) => {
                frame.complain(&what);
                stdio::note(HOSTNAME_USAGE.trim_end());
                return 1;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(_))) => sets = true,
            Ok(Some(Next::Option { option: 'F', .. })) => sets = true,
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return frame.show(HOSTNAME_USAGE),
            Ok(Some(Next::Option { option: frame::VERSION, .. })) => return frame.show(&version("hostname")),
            Ok(Some(Next::Option { option, .. })) => shown = option,
        }
    }
    if sets {
        frame.complain("you must be root to change the host name");
        return 1;
    }
    let name = host_name();
    match shown {
        'a' | 'A' | 'd' | 'I' => frame.show("\n"),
        'i' => frame.show("127.0.0.1\n"),
        's' => frame.show(&format!("{}\n", name.split('.').next().unwrap_or(&name))),
        'y' => {
            frame.complain("Local domain name not set");
            1
        }
        _ => frame.show(&format!("{name}\n")),
    }
}

/// Seconds since the session began.
fn up_seconds() -> u64 {
    let text = line_of("/proc/uptime", "0");
    text.split('.').next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
}

/// What uptime prints, and w at its head.
pub fn uptime_line() -> String {
    let now = Moment::from_seconds(i64::try_from(accounts::now_ns() / 1_000_000_000).unwrap_or(0));
    let load = line_of("/proc/loadavg", "0.00 0.00 0.00");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!(
        " {:02}:{:02}:{:02} up {},  0 user,  load average: {}",
        now.hour,
        now.minute,
        now.second,
        up(up_seconds()),
        load.join(", ")
    )
}

/// `3 days, 10:46` or `46 min`.
fn up(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let days = match days {
        0 => String::new(),
        1 => "1 day, ".to_owned(),
        days => format!("{days} days, "),
    };
    if hours > 0 { format!("{days}{hours:2}:{minutes:02}") } else { format!("{days}{minutes} min") }
}

/// `up 10 hours, 46 minutes`.
fn pretty(seconds: u64) -> String {
    let units = [
        (seconds / 31_536_000 / 10, "decade"),
        (seconds / 31_536_000 % 10, "year"),
        (seconds / 604_800 % 52, "week"),
        (seconds / 86_400 % 7, "day"),
        (seconds / 3600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
    ];
    let said: Vec<String> = units
        .iter()
        .filter(|(count, name)| *count > 0 || (*name == "minute" && seconds < 60))
        .map(|(count, name)| format!("{count} {name}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    format!("up {}\n", said.join(", "))
}

const UPTIME_HELP: &str = "
Usage:
 uptime [options]

Options:
 -p, --pretty   print it in words
 -h, --help     print this text
 -s, --since    print since when
 -V, --version  print the version
";

/// Runs uptime: its name and its arguments, to an exit status.
pub fn uptime(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[
            (b'p', Takes::Nothing, 'p'),
            (b's', Takes::Nothing, 's'),
            (b'h', Takes::Nothing, frame::HELP),
            (b'V', Takes::Nothing, frame::VERSION),
        ],
        long: &[
            ("pretty", Takes::Nothing, 'p'),
            ("since", Takes::Nothing, 's'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    match words.next() {
        Ok(None) => frame.show(&format!("{}\n", uptime_line())),
        Ok(Some(Next::Option { option: 'p', .. })) => frame.show(&pretty(up_seconds())),
        Ok(Some(Next::Option { option: 's', .. })) => {
            let now = i64::try_from(accounts::now_ns() / 1_000_000_000).unwrap_or(0);
            let start = Moment::from_seconds(now - i64::try_from(up_seconds()).unwrap_or(0));
            frame.show(&format!(
                "{}-{:02}-{:02} {:02}:{:02}:{:02}\n",
                start.year, start.month, start.day, start.hour, start.minute, start.second
            ))
        }
        Ok(Some(Next::Option { option: frame::HELP, .. })) => frame.show(UPTIME_HELP),
        Ok(Some(Next::Option { .. })) => frame.show(&version("uptime")),
        other => {
            if let Err(what) = other {
                frame.complain(&what);
            }
            stdio::note(UPTIME_HELP.trim_end());
            1
        }
    }
}

const FREE_HELP: &str = "
Usage:
 free [options]

Options:
 -b, --bytes         in bytes
     --kilo, --mega, --giga, --tera  in units of 1000
 -k, --kibi          in KiB (by default)
 -m, --mebi          in MiB
 -g, --gibi          in GiB
     --tebi          in TiB
 -h, --human         in units that read well
     --si            such units of 1000
 -t, --total         with a line of sums
 -w, --wide          with two columns for buffers and cache
     --help     print this text
 -V, --version  print the version
";

/// In which unit memory is shown.
#[derive(Clone, Copy)]
enum Unit {
    Bytes(u64),
    Human(u64),
}

/// Runs free: its name and its arguments, to an exit status.
pub fn free(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[
            (b'b', Takes::Nothing, 'b'),
            (b'k', Takes::Nothing, 'k'),
            (b'm', Takes::Nothing, 'm'),
            (b'g', Takes::Nothing, 'g'),
            (b'h', Takes::Nothing, 'h'),
            (b't', Takes::Nothing, 't'),
            (b'w', Takes::Nothing, 'w'),
            (b'l', Takes::Nothing, 'l'),
            (b'V', Takes::Nothing, frame::VERSION),
        ],
        long: &[
            ("bytes", Takes::Nothing, 'b'),
            ("kilo", Takes::Nothing, 'K'),
            ("mega", Takes::Nothing, 'M'),
            ("giga", Takes::Nothing, 'G'),
            ("tera", Takes::Nothing, 'T'),
            ("kibi", Takes::Nothing, 'k'),
            ("mebi", Takes::Nothing, 'm'),
            ("gibi", Takes::Nothing, 'g'),
            ("tebi", Takes::Nothing, 'e'),
            ("human", Takes::Nothing, 'h'),
            ("si", Takes::Nothing, 's'),
            ("lohi", Takes::Nothing, 'l'),
            ("total", Takes::Nothing, 't'),
            ("wide", Takes::Nothing, 'w'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut unit, mut total, mut wide, mut human, mut si) = (Unit::Bytes(1024), false, false, false, false);
    loop {
        let option = match words.next() {
            Err(what) => {
                frame.complain(&what);
                stdio::note(FREE_HELP.trim_end());
                return 1;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(_))) => continue,
            Ok(Some(Next::Option { option, .. })) => option,
        };
        match option {
            'b' => unit = Unit::Bytes(1),
            'k' => unit = Unit::Bytes(1 << 10),
            'm' => unit = Unit::Bytes(1 << 20),
            'g' => unit = Unit::Bytes(1 << 30),
            'e' => unit = Unit::Bytes(1 << 40),
            'K' => unit = Unit::Bytes(1000),
            'M' => unit = Unit::Bytes(1_000_000),
            'G' => unit = Unit::Bytes(1_000_000_000),
            'T' => unit = Unit::Bytes(1_000_000_000_000),
            'h' => human = true,
            's' => si = true,
            't' => total = true,
            'w' => wide = true,
            frame::HELP => return frame.show(FREE_HELP),
            frame::VERSION => return frame.show(&version("free")),
            _ => {}
        }
    }
    if human {
        unit = Unit::Human(if si { 1000 } else { 1024 });
    } else if si {
        unit = Unit::Bytes(match unit {
            Unit::Bytes(1048576) => 1_000_000,
            Unit::Bytes(1073741824) => 1_000_000_000,
            _ => 1000,
        });
    }
    frame.show(&memory_table(unit, total, wide))
}

fn memory_table(unit: Unit, total: bool, wide: bool) -> String {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let bytes_of = |name: &str| {
        let line = text.lines().find(|line| line.split(':').next() == Some(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    };
    let (all, unused, cache) = (bytes_of("MemTotal"), bytes_of("MemFree"), bytes_of("Cached"));
    let (buffers, available) = (bytes_of("Buffers"), bytes_of("MemAvailable"));
    let (swap, swap_free) = (bytes_of("SwapTotal"), bytes_of("SwapFree"));
    let used = all.saturating_sub(available);
    let row = |name: &str, cells: &[u64]| {
        let cells: String = cells.iter().map(|bytes| format!(" {:>11}", shown(*bytes, unit))).collect();
        format!("{name:<8}{cells}\n")
    };
    let mut names = vec!["total", "used", "free", "shared"];
    let mut cells = vec![all, used, unused, 0];
    if wide {
        names.extend(["buffers", "cache"]);
        cells.extend([buffers, cache]);
    } else {
        names.push("buff/cache");
        cells.push(buffers + cache);
    }
    names.push("available");
    cells.push(available);
    let heads: String = names.iter().map(|name| format!(" {name:>11}")).collect();
    let mut table = format!("{:8}{heads}\n", "");
    table += &row("Mem:", &cells);
    table += &row("Swap:", &[swap, swap.saturating_sub(swap_free), swap_free]);
    if total {
        table += &row("Total:", &[all + swap, used + swap.saturating_sub(swap_free), unused + swap_free]);
    }
    table
}

/// A size as free shows it.
fn shown(bytes: u64, unit: Unit) -> String {
    let base = match unit {
        Unit::Bytes(unit) => return (bytes / unit).to_string(),
        Unit::Human(base) => base,
    };
    let letters =
        if base == 1000 { ["B", "K", "M", "G", "T", "P"] } else { ["B", "Ki", "Mi", "Gi", "Ti", "Pi"] };
    let mut scale = 1;
    for letter in letters {
        // At most four characters: one digit and a tenth, or up to three digits.
        let tenths = u128::from(bytes) * 10 / scale;
        if tenths < 100 && letter != "B" {
            return format!("{}.{}{letter}", tenths / 10, tenths % 10);
        }
        if tenths < 10_000 {
            return format!("{}{letter}", tenths / 10);
        }
        scale *= u128::from(base);
    }
    bytes.to_string()
}

/// Runs nproc: its name and its arguments, to an exit status.
pub fn nproc(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    static SYNTAX: Syntax<char> = Syntax {
        short: &[],
        long: &[
            ("all", Takes::Nothing, 'a'),
            ("ignore", Takes::Value, 'i'),
            ("help", Takes::Nothing, frame::HELP),
            ("version", Takes::Nothing, frame::VERSION),
        ],
    };
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut all, mut ignored) = (false, 0_u64);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(extra))) => return frame.extra_operand(&extra),
            Ok(Some(Next::Option { option: 'a', .. })) => all = true,
            Ok(Some(Next::Option { option: 'i', value, .. })) => {
                let value = value.unwrap_or_default();
                match String::from_utf8_lossy(&value).parse() {
                    Ok(number) => ignored = number,
                    Err(_) => {
                        frame.complain(&format!("invalid number: {}", quoted(&value)));
                        return 1;
                    }
                }
            }
            Ok(Some(Next::Option { option: frame::HELP, .. })) => {
                return frame.show("Usage: nproc [OPTION]...\nPrint how many processors there are: one.\n\n      \
                                   --all      all that are installed\n      --ignore=N  leave out N, if possible\n");
            }
            Ok(Some(Next::Option { .. })) => return frame.show(&version("nproc")),
        }
    }
    let number = |name: &str| {
        let value = std::env::var(name).ok()?;
        let first = value.split(',').next()?.trim().parse::<u64>().ok()?;
        (first > 0).then_some(first)
    };
    let mut count = 1;
    if !all {
        count = number("OMP_NUM_THREADS").unwrap_or(1);
        count = number("OMP_THREAD_LIMIT").map_or(count, |limit| count.min(limit));
    }
    frame.show(&format!("{}\n", count.saturating_sub(ignored).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let human = Unit::Human(1024);
        for (bytes, wanted) in [
            (0, "0B"),
            (999, "999B"),
            (1024, "1.0Ki"),
            (10 << 20, "10Mi"),
            (4 << 30, "4.0Gi"),
            (23 << 30, "23Gi"),
        ] {
            assert_eq!(shown(bytes, human), wanted);
        }
        assert_eq!(shown(2048, Unit::Bytes(1024)), "2");
    }

    #[test]
    fn times_since_the_start_are_said() {
        assert_eq!(up(38_760), "10:46");
        assert_eq!(up(90_000), "1 day,  1:00");
        assert_eq!(up(120), "2 min");
        assert_eq!(pretty(38_760), "up 10 hours, 46 minutes\n");
        assert_eq!(pretty(5), "up 0 minutes\n");
    }
}
