//! What ps can show of a process: names, widths and values.

use std::cmp::Ordering;

use wasmsand_sys::process::{Listed, State};

use crate::calendar::Moment;
use crate::{accounts, processes};

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    pub header: &'static str,
    pub width: usize,
    what: What,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Pid,
    Parent,
    Group,
    Session,
    Foreground,
    Terminal,
    Stat,
    State,
    Time,
    ShortTime,
    Elapsed,
    Seconds,
    Percent,
    MemoryPercent,
    Kilobytes,
    Pages,
    /// No address, and the pages, under one head.
    AddressPages,
    User,
    Uid,
    GroupName,
    Nice,
    Priority,
    Command,
    Line,
    Clock,
    LongStart,
    Start,
    ShortUse,
    One,
    Zero,
    Dash,
    Class,
}

const fn column(name: &'static str, header: &'static str, width: usize, what: What) -> Column {
    Column { name, header, width, what }
}

/// Every column under the names that a format may have.
const COLUMNS: [Column; 65] = [
    column("pid", "PID", 5, What::Pid),
    column("tgid", "TGID", 5, What::Pid),
    column("spid", "SPID", 5, What::Pid),
    column("lwp", "LWP", 5, What::Pid),
    column("tid", "TID", 5, What::Pid),
    column("ppid", "PPID", 5, What::Parent),
    column("pgid", "PGID", 5, What::Group),
    column("pgrp", "PGRP", 5, What::Group),
    column("sid", "SID", 5, What::Session),
    column("sess", "SESS", 5, What::Session),
    column("session", "SESS", 5, What::Session),
    column("tpgid", "TPGID", 5, What::Foreground),
    column("tty", "TT", 8, What::Terminal),
    column("tt", "TT", 8, What::Terminal),
    column("tname", "TTY", 8, What::Terminal),
    column("stat", "STAT", 4, What::Stat),
    column("s", "S", 1, What::State),
    column("state", "S", 1, What::State),
    column("time", "TIME", 8, What::Time),
    column("cputime", "TIME", 8, What::Time),
    column("bsdtime", "TIME", 6, What::ShortTime),
    column("etime", "ELAPSED", 11, What::Elapsed),
    column("etimes", "ELAPSED", 7, What::Seconds),
    column("pcpu", "%CPU", 4, What::Percent),
    column("%cpu", "%CPU", 4, What::Percent),
    column("pmem", "%MEM", 4, What::MemoryPercent),
    column("%mem", "%MEM", 4, What::MemoryPercent),
    column("vsz", "VSZ", 6, What::Kilobytes),
    column("vsize", "VSZ", 6, What::Kilobytes),
    column("rss", "RSS", 5, What::Kilobytes),
    column("rssize", "RSS", 5, What::Kilobytes),
    column("rsz", "RSZ", 5, What::Kilobytes),
    column("size", "SIZE", 5, What::Kilobytes),
    column("sz", "SZ", 5, What::Pages),
    column("user", "USER", 8, What::User),
    column("euser", "EUSER", 8, What::User),
    column("ruser", "RUSER", 8, What::User),
    column("uname", "USER", 8, What::User),
    column("uid", "UID", 5, What::Uid),
    column("euid", "EUID", 5, What::Uid),
    column("ruid", "RUID", 5, What::Uid),
    column("gid", "GID", 5, What::Uid),
    column("egid", "EGID", 5, What::Uid),
    column("group", "GROUP", 8, What::GroupName),
    column("egroup", "EGROUP", 8, What::GroupName),
    column("ni", "NI", 3, What::Nice),
    column("nice", "NI", 3, What::Nice),
    column("pri", "PRI", 3, What::Priority),
    column("comm", "COMMAND", 15, What::Command),
    column("ucomm", "COMMAND", 15, What::Command),
    column("ucmd", "CMD", 15, What::Command),
    column("cmd", "CMD", 27, What::Line),
    column("args", "COMMAND", 27, What::Line),
    column("command", "COMMAND", 27, What::Line),
    column("start", "STARTED", 8, What::Clock),
    column("lstart", "STARTED", 24, What::LongStart),
    column("stime", "STIME", 5, What::Start),
    column("start_time", "START", 5, What::Start),
    column("c", "C", 2, What::ShortUse),
    column("nlwp", "NLWP", 4, What::One),
    column("thcount", "THCNT", 5, What::One),
    column("f", "F", 1, What::Zero),
    column("psr", "PSR", 3, What::Zero),
    column("wchan", "WCHAN", 6, What::Dash),
    column("cls", "CLS", 3, What::Class),
];

/// What is the same for all processes of a list.
pub struct Facts {
    now_ns: u64,
    memory_kilobytes: u64,
    has_terminal: bool,
    foreground: u32,
    user: String,
    group: String,
}

impl Facts {
    pub fn gather() -> Self {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let total = text.split_whitespace().nth(1).and_then(|word| word.parse().ok());
        Self {
            now_ns: accounts::now_ns(),
            memory_kilobytes: total.unwrap_or(0),
            has_terminal: accounts::has_terminal(),
            foreground: wasmsand_sys::process::ids().map_or(0, |ids| ids.foreground),
            user: accounts::user_name(accounts::UID),
            group: accounts::group_name(accounts::UID).unwrap_or_else(|| accounts::UID.to_string()),
        }
    }

    fn age_seconds(&self, process: &Listed) -> u64 {
        self.now_ns.saturating_sub(process.started_ns) / 1_000_000_000
    }

    /// Tenths of a percent of the time since its start that were computed.
    fn use_tenths(&self, process: &Listed) -> u64 {
        let age = self.now_ns.saturating_sub(process.started_ns).max(1);
        u64::try_from(u128::from(process.cpu_ns) * 1000 / u128::from(age)).unwrap_or(0).min(999)
    }
}

impl Column {
    pub fn find(name: &str) -> Option<Column> {
        let extra = match name {
            "addr_sz" => Some(column("addr_sz", "ADDR SZ", 7, What::AddressPages)),
            "addr" => Some(column("addr", "ADDR", 4, What::Dash)),
            "fname" => Some(column("fname", "COMMAND", 8, What::Command)),
            "exe" => Some(column("exe", "EXE", 27, What::Command)),
            "flags" | "flag" => Some(column("f", "F", 1, What::Zero)),
            "wname" | "nwchan" => Some(column("wchan", "WCHAN", 6, What::Dash)),
            "class" | "policy" => Some(column("cls", "CLS", 3, What::Class)),
            _ => None,
        };
        COLUMNS.iter().find(|column| column.name == name).copied().or(extra)
    }

    /// With another header.
    pub fn titled(self, header: &'static str) -> Column {
        Column { header, ..self }
    }

    pub fn is_right(&self) -> bool {
        !matches!(
            self.what,
            What::Terminal
                | What::Stat
                | What::State
                | What::User
                | What::GroupName
                | What::Command
                | What::Line
                | What::Dash
        )
    }

    pub fn cell(&self, process: &Listed, facts: &Facts) -> Vec<u8> {
        let text = match self.what {
            What::Pid => process.pid.to_string(),
            What::Parent => process.parent.to_string(),
            What::Group => process.group.to_string(),
            What::Session | What::One => "1".to_owned(),
            What::Foreground if facts.has_terminal => facts.foreground.to_string(),
            What::Foreground => "-1".to_owned(),
            What::Terminal => if facts.has_terminal { "pts/0" } else { "?" }.to_owned(),
            What::Stat => stat(process, facts),
            What::State => letter(process).to_string(),
            What::Time => {
                let seconds = process.cpu_ns / 1_000_000_000;
                let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
                let days = if days > 0 { format!("{days}-") } else { String::new() };
                format!("{days}{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60)
            }
            What::ShortTime => {
                let seconds = process.cpu_ns / 1_000_000_000;
                format!("{}:{:02}", seconds / 60, seconds % 60)
            }
            What::Elapsed => elapsed(facts.age_seconds(process)),
            What::Seconds => facts.age_seconds(process).to_string(),
            What::Percent => {
                let tenths = facts.use_tenths(process);
                format!("{}.{}", tenths / 10, tenths % 10)
            }
            What::MemoryPercent => {
                let tenths = process.memory_bytes / 1024 * 1000 / facts.memory_kilobytes.max(1);
                format!("{}.{}", tenths / 10, tenths % 10)
            }
            What::Kilobytes => (process.memory_bytes / 1024).to_string(),
            What::Pages => (process.memory_bytes / 65_536).to_string(),
            What::AddressPages => format!("- {:>5}", process.memory_bytes / 65_536),
            What::User => facts.user.clone(),
            What::Uid => accounts::UID.to_string(),
            What::GroupName => facts.group.clone(),
            What::Nice | What::Zero => "0".to_owned(),
            What::Priority => "19".to_owned(),
            What::Command => {
                let mut name = processes::command(process).to_vec();
                if process.state == State::Ended {
                    name.extend(b" <defunct>");
                }
                return name;
            }
            What::Line => return visible(processes::line(process)),
            What::Clock | What::LongStart | What::Start => self.moment(process, facts),
            What::ShortUse => (facts.use_tenths(process) / 10).to_string(),
            What::Dash => "-".to_owned(),
            What::Class => "TS".to_owned(),
        };
        text.into_bytes()
    }

    fn moment(&self, process: &Listed, facts: &Facts) -> String {
        let seconds = i64::try_from(process.started_ns / 1_000_000_000).unwrap_or(0);
        let start = Moment::from_seconds(seconds);
        let (hour, minute, second) = (start.hour, start.minute, start.second);
        let is_today = facts.age_seconds(process) < 86_400;
        match self.what {
            What::LongStart => format!(
                "{} {} {:2} {hour:02}:{minute:02}:{second:02} {}",
                start.weekday_name(),
                start.month_name(),
                start.day,
                start.year
            ),
            What::Clock if is_today => format!("{hour:02}:{minute:02}:{second:02}"),
            What::Clock => format!("  {} {:02}", start.month_name(), start.day),
            _ if is_today => format!("{hour:02}:{minute:02}"),
            _ => format!("{}{:02}", start.month_name(), start.day),
        }
    }

    /// The order of two processes by this column.
    pub fn compare(&self, a: &Listed, b: &Listed, facts: &Facts) -> Ordering {
        match self.what {
            What::Pid => a.pid.cmp(&b.pid),
            What::Parent => a.parent.cmp(&b.parent),
            What::Group => a.group.cmp(&b.group),
            What::Time | What::ShortTime => a.cpu_ns.cmp(&b.cpu_ns),
            What::Percent | What::ShortUse => facts.use_tenths(a).cmp(&facts.use_tenths(b)),
            What::Kilobytes | What::Pages | What::MemoryPercent => a.memory_bytes.cmp(&b.memory_bytes),
            What::Elapsed | What::Seconds => b.started_ns.cmp(&a.started_ns),
            What::Clock | What::LongStart | What::Start => a.started_ns.cmp(&b.started_ns),
            _ => self.cell(a, facts).cmp(&self.cell(b, facts)),
        }
    }
}

/// Control bytes are shown as question marks.
fn visible(line: Vec<u8>) -> Vec<u8> {
    line.into_iter().map(|byte| if byte < b' ' || byte == 0x7f { b'?' } else { byte }).collect()
}

fn letter(process: &Listed) -> char {
    match process.state {
        State::Running => 'R',
        State::Sleeping => 'S',
        State::Stopped => 'T',
        State::Ended => 'Z',
    }
}

fn stat(process: &Listed, facts: &Facts) -> String {
    let leader = if process.pid == 1 { "s" } else { "" };
    let foreground = if process.foreground && facts.has_terminal { "+" } else { "" };
    format!("{}{leader}{foreground}", letter(process))
}

fn elapsed(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let seconds = seconds % 60;
    match (days, hours) {
        (0, 0) => format!("{minutes:02}:{seconds:02}"),
        (0, hours) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        (days, hours) => format!("{days}-{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_since_a_start_has_days_where_it_needs_them() {
        assert_eq!(elapsed(5), "00:05");
        assert_eq!(elapsed(3_725), "01:02:05");
        assert_eq!(elapsed(90_061), "1-01:01:01");
    }

    #[test]
    fn no_two_columns_share_a_name() {
        for (index, column) in COLUMNS.iter().enumerate() {
            assert!(COLUMNS[..index].iter().all(|other| other.name != column.name), "{}", column.name);
        }
    }
}
