//! The archive: the lines that sessions of this computer's user typed, in a file of the computer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bstr::BString;
use rustyline::Config;
use rustyline::history::{FileHistory, History};
use wasmsand_wasi::Prompt;

/// Lines that the file keeps.
const LINES_MAX: usize = 10_000;

/// The lines of earlier sessions, and the file that those of this one are added to.
pub struct Archive {
    file: Option<PathBuf>,
    lines: FileHistory,
    /// How many lines each shell of the session had added when it was last looked.
    added: BTreeMap<u32, u64>,
}

/// Where the archive is when the command line does not say: `$XDG_STATE_HOME/wasmsand/history`.
fn usual_file() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("wasmsand").join("history"))
}

impl Archive {
    /// Opens a file, or the usual one. One that cannot be read is empty.
    #[must_use]
    pub fn open(file: Option<PathBuf>) -> Archive {
        let file = file.or_else(usual_file);
        let config = Config::builder()
            .max_history_size(LINES_MAX)
            .and_then(|config| config.history_ignore_dups(true))
            .map(|config| config.build())
            .unwrap_or_default();
        let mut lines = FileHistory::with_config(&config);
        if let Some(file) = &file {
            // The first session has none yet.
            let _ = lines.load(file);
        }
        Archive { file, lines, added: BTreeMap::new() }
    }

    /// The lines of earlier sessions, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<BString> {
        self.lines.iter().map(|line| line.as_str().into()).collect()
    }

    /// Adds the lines that are new in a prompt's history.
    pub(super) fn note(&mut self, prompt: &Prompt) {
        let before = self.added.insert(prompt.shell, prompt.history_added).unwrap_or(0);
        let new = prompt.history_added.saturating_sub(before);
        let new = usize::try_from(new).unwrap_or(usize::MAX).min(prompt.history.len());
        if new == 0 {
            return;
        }
        for line in prompt.history.iter().skip(prompt.history.len() - new) {
            // It says whether the line was kept.
            let _ = self.lines.add(&line.to_string());
        }
        // A history that cannot be written is not worth a word at every line.
        if let Some(file) = &self.file {
            let _ = file.parent().map(std::fs::create_dir_all);
            let _ = self.lines.append(file).or_else(|_| self.lines.save(file));
        }
    }
}
