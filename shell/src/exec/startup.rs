//! Startup files: what a shell reads before its commands (bash manual, "Bash Startup Files").

use bstr::BString;

use super::start::Source;
use super::{Shell, Unwind};
use crate::state::{SetOption, ShoptOption};

/// Which startup files a shell reads. The default is what bash reads without options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartupFiles {
    /// A login shell's: `/etc/profile` and one of the home folder (`--noprofile` when false).
    pub profile: bool,
    /// A prompt's (`--norc` when false).
    pub rc: bool,
    /// What is read in place of `~/.bashrc` (`--rcfile`).
    pub rc_file: Option<BString>,
}

impl Default for StartupFiles {
    fn default() -> StartupFiles {
        StartupFiles { profile: true, rc: true, rc_file: None }
    }
}

impl Shell {
    /// Reads the startup files. One that is not there is no error; one that ends the shell ends it.
    pub(crate) async fn run_startup_files(
        &mut self,
        files: &StartupFiles,
        source: &Source,
    ) -> Result<(), Unwind> {
        let posix = self.state.options.on(SetOption::Posix);
        if self.state.options.shopt(ShoptOption::LoginShell) {
            if files.profile {
                self.run_profiles(posix).await?;
            }
            return Ok(());
        }
        if self.state.interactive {
            return match (&files.rc_file, posix) {
                (_, true) => self.run_named(b"ENV").await,
                _ if !files.rc => Ok(()),
                (Some(file), false) => self.run_startup_file(file.clone()).await.map(|_| ()),
                (None, false) => self.run_home_file("/.bashrc").await.map(|_| ()),
            };
        }
        if matches!(source, Source::Text(_) | Source::File(_)) && !posix {
            return self.run_named(b"BASH_ENV").await;
        }
        Ok(())
    }

    async fn run_profiles(&mut self, posix: bool) -> Result<(), Unwind> {
        self.run_startup_file("/etc/profile".into()).await?;
        let of_bash = ["/.bash_profile", "/.bash_login"];
        for name in of_bash.into_iter().filter(|_| !posix).chain(["/.profile"]) {
            if self.run_home_file(name).await? {
                break;
            }
        }
        Ok(())
    }

    /// The file that a variable names, after expansion of what it holds.
    async fn run_named(&mut self, variable: &[u8]) -> Result<(), Unwind> {
        let named = self.state.variables.text(variable).map(ToOwned::to_owned);
        let Some(named) = named.filter(|name| !name.is_empty()) else { return Ok(()) };
        let Some(word) = super::parse_quoted_text(&named) else { return Ok(()) };
        let path = Box::pin(self.expand_text(&word)).await?;
        self.run_startup_file(path).await.map(|_| ())
    }

    async fn run_home_file(&mut self, name: &str) -> Result<bool, Unwind> {
        let Some(home) = self.state.variables.text(b"HOME") else { return Ok(false) };
        let path = bstr::concat([home.as_ref(), name.as_bytes()]).into();
        self.run_startup_file(path).await
    }

    /// Runs a file; says whether there is one. What abandons a line at a prompt abandons only the file.
    async fn run_startup_file(&mut self, path: BString) -> Result<bool, Unwind> {
        let Ok(text) = self.read_file(&path).await else { return Ok(false) };
        match Box::pin(crate::builtins::run_file(self, &path, &text, &[])).await {
            Err(Unwind::Discard(_) | Unwind::Interrupted) if self.state.interactive => Ok(true),
            outcome => outcome.map(|_| true),
        }
    }
}
