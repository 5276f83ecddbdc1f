//! A row of the probe table: a script, our answer, and where somebody's answer differs.

/// A script that everybody's fresh directory begins with: `f` ("hello"), `d/`, `d/e/`, `ld -> d`, `lf -> f`,
/// `dang -> nope`.
const WORLD: &str = "open A f wc; write A hello; close A; mkdir d; mkdir d/e; symlink d ld; symlink f lf; \
                     symlink nope dang; ";

/// Arguments and environment of every probe.
pub(crate) const ARGUMENTS: [&str; 5] = ["probe", "", "two words", "a=b \"quoted\" 'too'", "line\nbreak ü"];
pub(crate) const ENVIRONMENT: [(&str, &str); 3] = [("EMPTY", ""), ("ODD", "a=b\n'\""), ("x", "ü")];

/// Standard input of every probe.
pub(crate) const INPUT: &[u8] = b"some input";

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) script: String,
    /// Our answer, in a folder that `--dir` gives: a mounted folder of the host, or one in memory.
    pub(crate) ours: String,
    /// Our answer, and why, where the directory is a process's whole world, as it is for the shell's programs.
    pub(crate) world: Option<(String, &'static str)>,
    /// wasmtime's answer, and why ours is another.
    pub(crate) wasmtime: Option<(String, &'static str)>,
    /// wasmtime answers now this, now that.
    pub(crate) wasmtime_varies: bool,
    /// node's answer.
    pub(crate) node: Option<String>,
    /// node answers now this, now that.
    pub(crate) node_varies: bool,
}

/// A row in which everybody agrees until it is told otherwise.
pub(crate) fn row(name: impl Into<String>, script: impl Into<String>, ours: impl Into<String>) -> Row {
    let script: String = script.into();
    Row {
        name: name.into(),
        script: format!("{WORLD}{script}"),
        ours: ours.into(),
        world: None,
        wasmtime: None,
        wasmtime_varies: false,
        node: None,
        node_varies: false,
    }
}

impl Row {
    pub(crate) fn world(mut self, answer: impl Into<String>, why: &'static str) -> Row {
        self.world = Some((answer.into(), why));
        self
    }

    pub(crate) fn wasmtime(mut self, answer: impl Into<String>, why: &'static str) -> Row {
        self.wasmtime = Some((answer.into(), why));
        self
    }

    /// wasmtime waits on threads for files and standard input, so which of several are ready is a race.
    pub(crate) fn wasmtime_varies(mut self) -> Row {
        self.wasmtime_varies = true;
        self
    }

    pub(crate) fn node(mut self, answer: impl Into<String>) -> Row {
        self.node = Some(answer.into());
        self
    }

    /// node counts some times in milliseconds, and so wakes early or late.
    pub(crate) fn node_varies(mut self) -> Row {
        self.node_varies = true;
        self
    }
}

/// Reasons that several rows have.
pub(crate) mod why {
    pub(crate) const TRAP: &str = "wasmtime ends the guest; here a bad argument is an errno of its call";
    pub(crate) const LINUX: &str = "Linux answers as we do";
    pub(crate) const ISDIR: &str = "Linux, and the errno the suite names first, is ISDIR";
    pub(crate) const MODE: &str =
        "the mode comes from the rights asked for: without FD_READ or FD_WRITE there is none";
    pub(crate) const RIGHTS: &str =
        "with wasmtime's inheriting rights wasi-libc's openat could open nothing to write";
    pub(crate) const FIRST_BUFFER: &str =
        "wasmtime moves the first buffer that is not empty; Linux moves all";
    pub(crate) const ALLOCATE: &str = "wasmtime has no fd_allocate; ours is posix_fallocate(3)";
    pub(crate) const EVENT: &str =
        "a bad descriptor or clock is the error of its own event, as poll(2) has it";
    pub(crate) const NBYTES: &str = "nbytes is what is there to read; wasmtime says 1 of any file";
    pub(crate) const CPU: &str = "CPython and time(1) ask for CPU clocks; ours count fuel";
    pub(crate) const STATUS: &str = "a status has eight bits and all of them pass: shells use 126 and above";
    pub(crate) const WORLD_TOP: &str = "the world's root is its own parent, as / is";
    pub(crate) const WORLD_LINK: &str = "an absolute link starts at the world's root";
    pub(crate) const OWN_DIRECTORY: &str = "what a descriptor contains is its own: the link leads out of it";
}
