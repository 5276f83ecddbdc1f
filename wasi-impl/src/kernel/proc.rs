//! `/proc`: what programs ask of their system and of themselves, as texts that are made when a file is opened.
//!
//! It owns the names and the texts. The file system has a node for each, which holds nothing but its number; `self` is
//! whoever opens it. The formats are Linux's (proc(5)), as far as there is something to say.

use std::fmt::Write;

use bstr::BString;

use super::Kernel;
use super::process::{Condition, Pid, Process};
use super::rlimit::Resource;

/// A file of `/proc`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProcFile {
    /// `cpuinfo`.
    CpuInfo,
    /// `filesystems`.
    FileSystems,
    /// `loadavg`.
    LoadAverage,
    /// `meminfo`.
    MemInfo,
    /// `stat`: of the system.
    Stat,
    /// `uptime`.
    Uptime,
    /// `version`.
    Version,
    /// `sys/kernel/hostname`.
    HostName,
    /// `sys/kernel/osrelease`.
    OsRelease,
    /// `sys/kernel/ostype`.
    OsType,
    /// `sys/kernel/version`.
    OsVersion,
    /// `sys/kernel/random/uuid`: another one each time.
    RandomUuid,
    /// `self/cgroup`.
    SelfCgroup,
    /// `self/cmdline`.
    SelfCommandLine,
    /// `self/comm`.
    SelfCommand,
    /// `self/environ`.
    SelfEnvironment,
    /// `self/limits`.
    SelfLimits,
    /// `self/mounts`.
    SelfMounts,
    /// `self/stat`.
    SelfStat,
    /// `self/statm`.
    SelfMemory,
    /// `self/status`.
    SelfStatus,
}

/// The files beneath `/proc`, by path. The place in this list is the number of a file's node.
pub const FILES: [(&str, ProcFile); 21] = [
    ("cpuinfo", ProcFile::CpuInfo),
    ("filesystems", ProcFile::FileSystems),
    ("loadavg", ProcFile::LoadAverage),
    ("meminfo", ProcFile::MemInfo),
    ("stat", ProcFile::Stat),
    ("uptime", ProcFile::Uptime),
    ("version", ProcFile::Version),
    ("sys/kernel/hostname", ProcFile::HostName),
    ("sys/kernel/osrelease", ProcFile::OsRelease),
    ("sys/kernel/ostype", ProcFile::OsType),
    ("sys/kernel/version", ProcFile::OsVersion),
    ("sys/kernel/random/uuid", ProcFile::RandomUuid),
    ("self/cgroup", ProcFile::SelfCgroup),
    ("self/cmdline", ProcFile::SelfCommandLine),
    ("self/comm", ProcFile::SelfCommand),
    ("self/environ", ProcFile::SelfEnvironment),
    ("self/limits", ProcFile::SelfLimits),
    ("self/mounts", ProcFile::SelfMounts),
    ("self/stat", ProcFile::SelfStat),
    ("self/statm", ProcFile::SelfMemory),
    ("self/status", ProcFile::SelfStatus),
];

/// Bytes of a page of linear memory, in which `statm` counts.
const PAGE_BYTES: usize = 65_536;

/// Ticks per second of the times in `stat` (`sysconf(_SC_CLK_TCK)`).
const TICKS: u64 = 100;

/// Nanoseconds of a tick.
const TICK_NS: u64 = 1_000_000_000 / TICKS;

impl Kernel {
    /// The text of a file of `/proc` as a process finds it now; None: there is no such file.
    pub(crate) fn proc_text(&mut self, pid: Pid, number: u32) -> Option<Vec<u8>> {
        let (_, file) = FILES.get(usize::try_from(number).ok()?)?;
        Some(match file {
            ProcFile::CpuInfo => CPU_INFO.into(),
            ProcFile::FileSystems => "nodev\tproc\n\twasmsand\n".into(),
            ProcFile::LoadAverage => self.load_average().into(),
            ProcFile::MemInfo => self.memory_info().into(),
            ProcFile::Stat => self.system_stat().into(),
            ProcFile::Uptime => {
                let up = self.host.monotonic() / (TICK_NS);
                format!("{0}.{1:02} {0}.{1:02}\n", up / TICKS, up % TICKS).into()
            }
            ProcFile::Version => {
                format!("Linux version {VERSION}-wasmsand (wasmsand) (wasmi) #1 wasmsand {VERSION}\n").into()
            }
            ProcFile::HostName => "wasmsand\n".into(),
            ProcFile::OsRelease => format!("{VERSION}-wasmsand\n").into(),
            ProcFile::OsType => "Linux\n".into(),
            ProcFile::OsVersion => format!("#1 wasmsand {VERSION}\n").into(),
            ProcFile::RandomUuid => self.random_uuid().into(),
            ProcFile::SelfCgroup => "0::/\n".into(),
            ProcFile::SelfLimits => self.limits_table(pid).into(),
            ProcFile::SelfMounts => self.mount_table(),
            ProcFile::SelfCommandLine
            | ProcFile::SelfCommand
            | ProcFile::SelfEnvironment
            | ProcFile::SelfStat
            | ProcFile::SelfMemory
            | ProcFile::SelfStatus => self.process_text(pid, *file)?,
        })
    }

    fn process_text(&self, pid: Pid, file: ProcFile) -> Option<Vec<u8>> {
        let process = self.processes.get(pid)?;
        Some(match file {
            ProcFile::SelfCommandLine => ended_by_nul(&self.executed(process).argv),
            ProcFile::SelfEnvironment => ended_by_nul(&self.executed(process).env),
            ProcFile::SelfCommand => [command(process), b"\n"].concat(),
            ProcFile::SelfStat => self.process_stat(pid, process),
            ProcFile::SelfMemory => {
                let pages = self.guests_memory_bytes / PAGE_BYTES;
                format!("{pages} {pages} 0 0 0 {pages} 0\n").into()
            }
            _ => self.process_status(pid, process),
        })
    }

    /// A subshell has the arguments and the environment of the shell that it comes from.
    fn executed<'a>(&'a self, process: &'a Process) -> &'a Process {
        let mut here = process;
        while let Some(parent) = here.parent.and_then(|pid| self.processes.get(pid))
            && here.argv.is_empty()
        {
            here = parent;
        }
        here
    }

    /// `pid (comm) state ppid pgrp session tty tpgid flags, four fault counts, utime stime cutime cstime, priority
    /// nice threads 0 starttime vsize rss`, and zeros.
    fn process_stat(&self, pid: Pid, process: &Process) -> Vec<u8> {
        let parent = process.parent.map_or(0, |parent| parent.0);
        let foreground = self.terminal.foreground.map_or(-1, |group| i64::from(group.0));
        let (own, children) = (process.cpu_ns / TICK_NS, process.children_cpu_ns / TICK_NS);
        let bytes = self.guests_memory_bytes;
        let rest = format!(
            " {} {parent} {} 1 0 {foreground} 0 0 0 0 0 {own} 0 {children} 0 20 0 1 0 0 {bytes} {}{}\n",
            state(process).0,
            process.group,
            bytes / PAGE_BYTES,
            " 0".repeat(28),
        );
        [format!("{pid} (").as_bytes(), command(process), b")", rest.as_bytes()].concat()
    }

    fn process_status(&self, pid: Pid, process: &Process) -> Vec<u8> {
        let (letter, word) = state(process);
        let parent = process.parent.map_or(0, |parent| parent.0);
        let user = [wasmsand_vfs::UID; 4].map(|id| id.to_string()).join("\t");
        let group = [wasmsand_vfs::GID; 4].map(|id| id.to_string()).join("\t");
        let fds = process.fds.iter().last().map_or(0, |(fd, _)| fd.0.saturating_add(1));
        let memory = self.guests_memory_bytes / 1024;
        let rest = format!(
            "Umask:\t{:04o}\nState:\t{letter} ({word})\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{parent}\nTracerPid:\t0\n\
             Uid:\t{user}\nGid:\t{group}\nFDSize:\t{fds}\nGroups:\t{}\nVmSize:\t{memory:8} kB\n\
             VmRSS:\t{memory:8} kB\nThreads:\t1\n",
            process.umask,
            wasmsand_vfs::GID,
        );
        [b"Name:\t", command(process), b"\n", rest.as_bytes()].concat()
    }

    fn load_average(&self) -> String {
        let running = self.processes.iter().filter(|(_, p)| p.condition == Condition::Runnable).count();
        let all = self.processes.iter().count();
        let last = self.processes.iter().map(|(pid, _)| pid.0).max().unwrap_or(0);
        format!("0.00 0.00 0.00 {running}/{all} {last}\n")
    }

    /// The memory is what guests may have together; files in memory are counted apart, as `Cached`.
    fn memory_info(&self) -> String {
        let total = self.limits.guests_memory_bytes_max;
        let free = total.saturating_sub(self.guests_memory_bytes);
        let files = usize::try_from(self.vfs.usage().content_bytes).unwrap_or(usize::MAX);
        let mut text = String::new();
        let rows = [
            ("MemTotal", total),
            ("MemFree", free),
            ("MemAvailable", free),
            ("Buffers", 0),
            ("Cached", files),
            ("SwapCached", 0),
            ("SwapTotal", 0),
            ("SwapFree", 0),
        ];
        for (name, bytes) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<16}{:8} kB", format!("{name}:"), bytes / 1024);
        }
        text
    }

    fn system_stat(&mut self) -> String {
        let up = self.host.monotonic();
        let boot = self.host.realtime().saturating_sub(up) / 1_000_000_000;
        let used: u64 = self.processes.iter().map(|(_, process)| process.cpu_ns).sum();
        let (user, idle) = (used / TICK_NS, up.saturating_sub(used) / TICK_NS);
        let running = self.processes.iter().filter(|(_, p)| p.condition == Condition::Runnable).count();
        let last = self.processes.iter().map(|(pid, _)| pid.0).max().unwrap_or(0);
        let times = format!("{user} 0 0 {idle} 0 0 0 0 0 0");
        format!(
            "cpu  {times}\ncpu0 {times}\nctxt 0\nbtime {boot}\nprocesses {last}\nprocs_running {running}\n\
             procs_blocked 0\n"
        )
    }

    /// A random UUID (RFC 9562, version 4).
    fn random_uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.host.random(&mut bytes);
        let number = u128::from_be_bytes(bytes);
        let number = (number & !(0xf << 76) | 4 << 76) & !(3 << 62) | 2 << 62;
        let hex = format!("{number:032x}");
        let mut text = String::new();
        for (at, digit) in hex.chars().enumerate() {
            if [8, 12, 16, 20].contains(&at) {
                text.push('-');
            }
            text.push(digit);
        }
        text.push('\n');
        text
    }

    fn limits_table(&self, pid: Pid) -> String {
        let own = self.processes.get(pid).map(|process| process.rlimits.clone()).unwrap_or_default();
        let bound =
            |bound: Option<u64>| bound.map_or_else(|| "unlimited".to_owned(), |bound| bound.to_string());
        let rows = [
            ("Max cpu time", Resource::Cpu, "seconds"),
            ("Max file size", Resource::FileSize, "bytes"),
            ("Max data size", Resource::Data, "bytes"),
            ("Max stack size", Resource::Stack, "bytes"),
            ("Max core file size", Resource::Core, "bytes"),
            ("Max resident set", Resource::ResidentSet, "bytes"),
            ("Max processes", Resource::Processes, "processes"),
            ("Max open files", Resource::OpenFiles, "files"),
            ("Max locked memory", Resource::LockedMemory, "bytes"),
            ("Max address space", Resource::AddressSpace, "bytes"),
            ("Max file locks", Resource::FileLocks, "locks"),
            ("Max pending signals", Resource::Signals, "signals"),
            ("Max msgqueue size", Resource::MessageQueues, "bytes"),
            ("Max nice priority", Resource::Nice, ""),
            ("Max realtime priority", Resource::RealtimePriority, ""),
            ("Max realtime timeout", Resource::RealtimeTime, "us"),
        ];
        let mut text = format!("{:<26}{:<21}{:<21}{:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
        for (name, resource, unit) in rows {
            let (soft, hard) = (bound(own.get(resource).soft), bound(own.get(resource).hard));
            let _ = writeln!(text, "{name:<26}{soft:<21}{hard:<21}{unit:<10}");
        }
        text
    }

    /// `source place type options 0 0`, with blanks in octal as getmntent(3) reads them.
    fn mount_table(&mut self) -> Vec<u8> {
        let mut text = b"wasmsand / wasmsand rw 0 0\nproc /proc proc ro 0 0\n".to_vec();
        for (path, read_only) in self.vfs.mounts() {
            let options = if read_only { "ro" } else { "rw" };
            text.extend_from_slice(b"host ");
            for byte in path {
                match byte {
                    b' ' | b'\t' | b'\n' | b'\\' => {
                        text.extend_from_slice(format!("\\{byte:03o}").as_bytes())
                    }
                    _ => text.push(byte),
                }
            }
            text.extend_from_slice(format!(" host {options} 0 0\n").as_bytes());
        }
        text
    }
}

/// What the one processor is.
const CPU_INFO: &str = "processor\t: 0\nvendor_id\t: wasmsand\nmodel name\t: wasmi, a WebAssembly interpreter\n\
                        cpu cores\t: 1\nflags\t\t: simd128\n\n";

/// The version of the system.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn ended_by_nul(strings: &[BString]) -> Vec<u8> {
    strings.iter().flat_map(|string| string.iter().copied().chain([0])).collect()
}

/// The name without its directories, at most 15 bytes as Linux keeps it.
fn command(process: &Process) -> &[u8] {
    process.name.get(..15).unwrap_or(&process.name)
}

fn state(process: &Process) -> (char, &'static str) {
    match (&process.condition, process.stopped) {
        (Condition::Ended(_), _) => ('Z', "zombie"),
        (_, Some(_)) => ('T', "stopped"),
        (Condition::Runnable, None) => ('R', "running"),
        (Condition::Waiting(_), None) => ('S', "sleeping"),
    }
}
