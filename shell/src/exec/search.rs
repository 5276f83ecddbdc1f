//! Where a program is: the hash, then PATH.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{AccessMode, Kind};

use super::Shell;
use crate::state::SetOption;

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The file to start.
    Path(BString),
    /// There is none on PATH.
    Missing,
}

impl Shell {
    /// The file of a program's name. A name with a slash is its own path.
    pub(crate) async fn find_program(&mut self, name: &BString) -> Found {
        if name.contains(&b'/') {
            return Found::Path(name.clone());
        }
        if name.is_empty() {
            return Found::Missing;
        }
        if self.state.variables.get(b"PATH").is_none() {
            // Without PATH a name is a file of the current directory, and its absence is told so.
            return Found::Path(name.clone());
        }
        if let Some(path) = self.state.hash.look_up(name) {
            return Found::Path(path);
        }
        match self.search_path(name, None).await {
            Some(path) => {
                if self.state.options.on(SetOption::Hashall) {
                    self.state.hash.remember(name.clone(), path.clone(), 1);
                }
                Found::Path(path)
            }
            None => Found::Missing,
        }
    }

    /// The first executable file of a name on PATH (or another such list); else the first file at all.
    pub(crate) async fn search_path(&mut self, name: &[u8], path: Option<&[u8]>) -> Option<BString> {
        let mut other = None;
        for candidate in self.candidates(name, path) {
            match self.sys.stat(candidate.clone(), true).await {
                Ok(stat) if stat.kind == Kind::Directory => {}
                Ok(_) if self.is_executable(&candidate).await => return Some(candidate),
                Ok(_) => {
                    other.get_or_insert(candidate);
                }
                Err(_) => {}
            }
        }
        other
    }

    /// Every executable file of a name on PATH, for `type -a`.
    pub(crate) async fn search_path_all(&mut self, name: &[u8]) -> Vec<BString> {
        let mut found = Vec::new();
        for candidate in self.candidates(name, None) {
            let is_file =
                self.sys.stat(candidate.clone(), true).await.is_ok_and(|s| s.kind != Kind::Directory);
            if is_file && self.is_executable(&candidate).await {
                found.push(candidate);
            }
        }
        found
    }

    /// May the file be started?
    pub(crate) async fn is_executable(&mut self, path: &BString) -> bool {
        let mode = AccessMode { execute: true, ..AccessMode::default() };
        self.sys.access(path.clone(), mode).await.is_ok()
    }

    fn candidates(&self, name: &[u8], path: Option<&[u8]>) -> Vec<BString> {
        let path = match path {
            Some(path) => path,
            None => self.state.variables.text(b"PATH").map_or(b".".as_slice(), |path| path.as_bytes()),
        };
        path.split(|byte| *byte == b':')
            .map(|directory| {
                let mut candidate =
                    BString::from(if directory.is_empty() { b".".as_slice() } else { directory });
                if !candidate.ends_with(b"/") {
                    candidate.push(b'/');
                }
                candidate.extend_from_slice(name);
                candidate
            })
            .collect()
    }
}
