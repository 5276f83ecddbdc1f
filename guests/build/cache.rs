//! The cache: a folder of built wasm files, each under its guest's name and
//! its recipe's key. It owns what may be written there and how.
//!
//! A file appears whole or not at all (it is written under another name and
//! renamed), and it never changes afterwards. That is why debug and release
//! builds, clippy, rustdoc and any number of checkouts can share the folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::progress::Progress;

/// The folder that keeps built guests from one build to the next.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the user's cache: `$WASMSAND_GUESTS_CACHE`, else `wasmsand` in
    /// `$XDG_CACHE_HOME` or `$HOME/.cache`. Where none of them can be made, the
    /// cache is a folder of `target_dir` and lives as long as that does.
    pub(crate) fn open(target_dir: &Path) -> Result<Self, Failure> {
        if let Some(folder) = variable("WASMSAND_GUESTS_CACHE") {
            return make(&folder);
        }
        let users = variable("XDG_CACHE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
            .map(|caches| caches.join("wasmsand"));
        match users.map(|folder| make(&folder)) {
            Some(Ok(cache)) => Ok(cache),
            Some(Err(_)) | None => make(&target_dir.join("cache")),
        }
    }

    /// The built file for a key, when there is one.
    pub(crate) fn find(&self, name: &str, key: &str) -> Option<PathBuf> {
        let path = self.path(name, key);
        path.is_file().then_some(path)
    }

    /// Waits until no other build makes this guest. The lock ends with the returned file.
    pub(crate) fn lock(&self, name: &str, progress: &mut Progress) -> Result<File, Failure> {
        let path = self.folder.join(format!("{name}.lock"));
        let file =
            File::create(&path).map_err(|error| format!("cannot create {}: {error}", path.display()))?;
        if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            progress.say(&format!("waiting for another build of {name} ..."));
            // A file system without locks costs a second build, not a wrong one.
            let _ = file.lock();
        }
        Ok(file)
    }

    /// Copies a built file into the cache and answers with its path there.
    pub(crate) fn keep(&self, name: &str, key: &str, built: &Path) -> Result<PathBuf, Failure> {
        let path = self.path(name, key);
        let unfinished = self.folder.join(format!(".{name}-{key}.{}", std::process::id()));
        fs::copy(built, &unfinished)
            .and_then(|_| fs::rename(&unfinished, &path))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(path)
    }

    fn path(&self, name: &str, key: &str) -> PathBuf {
        self.folder.join(format!("{name}-{key}.wasm"))
    }
}

/// Makes a cache of a folder, which need not exist.
fn make(folder: &Path) -> Result<Cache, Failure> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    Ok(Cache { folder: folder.to_owned() })
}

/// A variable of the environment that holds a path; an empty one counts as unset.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
