//! What the actions of a completion list: names that the shell knows, users, files.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Kind, Signal};

use crate::builtins;
use crate::exec::Shell;
use crate::state::{Job, JobState, Value, Variable};
use crate::syntax::RESERVED_WORDS;

impl Shell {
    /// The names of a kind that begin with a word.
    pub(super) async fn add_names(&mut self, kind: &str, word: &BString, found: &mut Vec<BString>) {
        let names = match kind {
            "command" => return self.add_commands(word, found).await,
            "user" => self.column_of("/etc/passwd").await,
            "group" => self.column_of("/etc/group").await,
            "service" => self.column_of("/etc/services").await,
            "hostname" => self.host_names().await,
            "job" | "running" | "stopped" => {
                self.reap().await;
                self.job_names(kind)
            }
            _ => self.known_names(kind),
        };
        found.extend(names.into_iter().filter(|name| name.starts_with(word)));
    }

    fn known_names(&self, kind: &str) -> Vec<BString> {
        let state = &self.state;
        let texts = |names: &mut dyn Iterator<Item = &str>| names.map(BString::from).collect::<Vec<_>>();
        match kind {
            "alias" => {
                let mut names: Vec<BString> = state.aliases.keys().cloned().collect();
                names.sort();
                names
            }
            "builtin" | "helptopic" => texts(&mut builtins::names()),
            "enabled" | "disabled" => builtins::names()
                .map(BString::from)
                .filter(|name| state.disabled.contains(name) == (kind == "disabled"))
                .collect(),
            "function" => state.functions.keys().cloned().collect(),
            "keyword" => texts(&mut RESERVED_WORDS.iter().copied()),
            "setopt" => texts(&mut state.options.set_rows().map(|(name, _)| name)),
            "shopt" => texts(&mut state.options.shopt_rows().map(|(name, _)| name)),
            "signal" => signal_names(),
            "binding" => texts(&mut builtins::EDITOR_FUNCTIONS.iter().map(|(name, _)| *name)),
            "variable" => self.variables_where(|v| !matches!(v.value, Value::Unset)),
            "export" => self.variables_where(|v| v.attributes.export && !matches!(v.value, Value::Unset)),
            "arrayvar" => self.variables_where(|v| matches!(v.value, Value::Indexed(_))),
            _ => Vec::new(),
        }
    }

    fn variables_where(&self, wanted: impl Fn(&Variable) -> bool) -> Vec<BString> {
        let rows = self.state.variables.sorted().into_iter().filter(|(_, variable)| wanted(variable));
        rows.map(|(name, _)| name.to_owned()).collect()
    }

    /// The names of variables that begin with a word.
    pub(super) fn variable_names(&self, word: &[u8]) -> Vec<BString> {
        let mut names = self.variables_where(|v| !matches!(v.value, Value::Unset));
        names.retain(|name| name.starts_with(word));
        names
    }

    fn job_names(&self, kind: &str) -> Vec<BString> {
        let wanted = |job: &&Job| match job.state() {
            JobState::Running => kind != "stopped",
            JobState::Stopped(_) => kind != "running",
            JobState::Done(_) => kind == "job",
        };
        let first_word = |job: &Job| job.text.split(u8::is_ascii_whitespace).next().map(BString::from);
        self.state.jobs.iter().filter(wanted).filter_map(first_word).collect()
    }

    /// The first column of a file of the system.
    pub(super) async fn column_of(&mut self, path: &str) -> Vec<BString> {
        let Ok(text) = self.read_file(&path.into()).await else { return Vec::new() };
        let ends = |byte: &u8| *byte == b':' || byte.is_ascii_whitespace();
        let lines = text.lines().filter(|line| !line.starts_with(b"#"));
        let names = lines.filter_map(|line| line.split(ends).next().map(BString::from));
        names.filter(|name| !name.is_empty()).collect()
    }

    async fn host_names(&mut self) -> Vec<BString> {
        let file = self.state.variables.text(b"HOSTFILE").map(ToOwned::to_owned);
        let Ok(text) = self.read_file(&file.unwrap_or_else(|| "/etc/hosts".into())).await else {
            return Vec::new();
        };
        let lines = text.lines().filter(|line| !line.starts_with(b"#"));
        let names = lines.flat_map(|line| line.split(u8::is_ascii_whitespace).skip(1));
        names.filter(|name| !name.is_empty()).map(BString::from).collect()
    }

    /// What a first word could be: names the shell knows and programs on PATH.
    pub(super) async fn add_commands(&mut self, word: &BString, found: &mut Vec<BString>) {
        if word.contains(&b'/') {
            return self.add_programs_of(word, found).await;
        }
        for kind in ["alias", "keyword", "function", "enabled"] {
            found.extend(self.known_names(kind).into_iter().filter(|name| name.starts_with(word)));
        }
        let path = self.state.variables.text(b"PATH").map(ToOwned::to_owned).unwrap_or_default();
        for folder in path.split(|byte| *byte == b':') {
            let folder: BString = if folder.is_empty() { ".".into() } else { folder.into() };
            let Ok(rows) = self.sys.list(folder.clone()).await else { continue };
            let mut names: Vec<BString> = rows.into_iter().map(|row| row.name).collect();
            names.retain(|name| name.starts_with(word));
            names.sort();
            for name in names {
                let path = bstr::concat([folder.as_slice(), b"/", &name]).into();
                if self.is_executable(&path).await {
                    found.push(name);
                }
            }
        }
    }

    async fn add_programs_of(&mut self, word: &BString, found: &mut Vec<BString>) {
        let mut files = Vec::new();
        self.add_files(word, false, &mut files).await;
        for file in files {
            let path = self.without_tilde(&file);
            if self.is_directory(&path).await || self.is_executable(&path).await {
                found.push(file);
            }
        }
    }

    /// Files that begin with a word; `~` stands for HOME in it.
    pub(super) async fn add_files(&mut self, word: &BString, directories: bool, found: &mut Vec<BString>) {
        let (folder, start) = match word.rfind_byte(b'/') {
            Some(at) => word.split_at(at + 1),
            None => (b"".as_slice(), word.as_slice()),
        };
        let path = if folder.is_empty() { ".".into() } else { self.without_tilde(folder) };
        let Ok(rows) = self.sys.list(path.clone()).await else { return };
        let mut names: Vec<(BString, Kind)> = rows.into_iter().map(|row| (row.name, row.kind)).collect();
        names.retain(|(name, _)| name.starts_with(start));
        names.sort_by(|left, right| left.0.cmp(&right.0));
        for (name, kind) in names {
            let path = bstr::concat([path.as_slice(), b"/", &name]).into();
            if !directories || kind == Kind::Directory || self.is_directory(&path).await {
                found.push(bstr::concat([folder, &name]).into());
            }
        }
    }

    /// Is there a directory?
    pub(super) async fn is_directory(&mut self, path: &BString) -> bool {
        self.sys.stat(path.clone(), true).await.is_ok_and(|stat| stat.kind == Kind::Directory)
    }

    /// A path with HOME for a `~` at its start.
    pub(super) fn without_tilde(&self, path: &[u8]) -> BString {
        let home = self.state.variables.text(b"HOME").map(ToOwned::to_owned).unwrap_or_default();
        match path.strip_prefix(b"~") {
            Some(rest) if rest.is_empty() || rest.starts_with(b"/") => {
                bstr::concat([home.as_slice(), rest]).into()
            }
            _ => path.into(),
        }
    }
}

fn signal_names() -> Vec<BString> {
    let names = (1..=64).filter_map(Signal::from_number).map(|signal| format!("SIG{}", signal.name()));
    let pseudo = ["DEBUG", "ERR", "RETURN"].map(str::to_owned);
    std::iter::once("EXIT".to_owned()).chain(names).chain(pseudo).map(BString::from).collect()
}
