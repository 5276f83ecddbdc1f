//! Redirections: changes of the process's own descriptors, and undoing them after a builtin or a compound command.

use bstr::{BStr, BString};
use wasmsand_wasi::{Errno, Fd, Kind, Open};

use super::{Shell, Unwind};
use crate::expand::Target;
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::{HereDocument, Part, Redirect, RedirectFd, RedirectOperation, Word};

/// Descriptors that the shell keeps for itself begin here.
const KEPT_FD: Fd = Fd(10);

/// The largest descriptor a script may name.
const FD_MAX: u32 = 1 << 20;

/// What a descriptor was before a redirection: a copy of it, or nothing when it was closed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SavedFd {
    fd: Fd,
    copy: Option<Fd>,
}

/// What the redirections of a command changed, in order.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    entries: Vec<SavedFd>,
}

/// Where a redirection leads.
enum Source {
    /// To a new descriptor, which is moved into place.
    Opened(Fd),
    /// To a copy of a descriptor; `moved`: which is closed then.
    Copy {
        /// Of which.
        fd: Fd,
        /// `N>&M-`
        moved: bool,
    },
    /// Nowhere: closed.
    Closed,
}

/// How a redirection went.
enum Failure {
    /// It was complained of.
    Told,
    /// The expansion of its word jumped.
    Jump(Unwind),
}

impl From<Unwind> for Failure {
    fn from(unwind: Unwind) -> Failure {
        Failure::Jump(unwind)
    }
}

impl Shell {
    /// Carries out redirections from left to right. Absent: one failed, was complained of, and all are undone.
    pub(crate) async fn redirect(&mut self, redirects: &[Redirect]) -> Result<Option<Saved>, Unwind> {
        let mut saved = Saved::default();
        for redirect in redirects {
            match self.redirect_one(redirect, &mut saved).await {
                Ok(()) => {}
                Err(Failure::Told) => {
                    self.undo(saved).await;
                    return Ok(None);
                }
                Err(Failure::Jump(unwind)) => {
                    self.undo(saved).await;
                    return Err(unwind);
                }
            }
        }
        Ok(Some(saved))
    }

    /// Makes every descriptor what it was.
    pub(crate) async fn undo(&mut self, saved: Saved) {
        for entry in saved.entries.into_iter().rev() {
            self.restore_fd(entry).await;
        }
    }

    /// Keeps the changes: `exec`.
    pub(crate) async fn keep(&mut self, saved: Saved) {
        for copy in saved.entries.into_iter().filter_map(|entry| entry.copy) {
            let _ = self.sys.close(copy).await;
        }
    }

    /// Puts a copy of a descriptor aside.
    pub(crate) async fn save_fd(&mut self, fd: Fd) -> SavedFd {
        SavedFd { fd, copy: self.sys.dup(fd, KEPT_FD, true).await.ok() }
    }

    /// Makes a descriptor what it was when it was saved.
    pub(crate) async fn restore_fd(&mut self, saved: SavedFd) {
        match saved.copy {
            Some(copy) => {
                let _ = self.sys.dup_to(copy, saved.fd).await;
                let _ = self.sys.close(copy).await;
            }
            None => {
                let _ = self.sys.close(saved.fd).await;
            }
        }
    }

    async fn redirect_one(&mut self, redirect: &Redirect, saved: &mut Saved) -> Result<(), Failure> {
        match &redirect.operation {
            RedirectOperation::WriteBoth(word) | RedirectOperation::AppendBoth(word) => {
                let append = matches!(redirect.operation, RedirectOperation::AppendBoth(_));
                let path = self.redirect_path(word).await?;
                return self.redirect_both(redirect, &path, append, saved).await;
            }
            RedirectOperation::DuplicateOutput(word) if redirect.fd == RedirectFd::Default => {
                let path = self.redirect_path(word).await?;
                if path != "-" && duplicate_of(path.as_ref()).is_none() {
                    return self.redirect_both(redirect, &path, false, saved).await;
                }
                let source = self.duplicate_source(redirect, path).await?;
                return self.put(redirect, source, Fd::STDOUT, saved).await;
            }
            _ => {}
        }
        let source = self.redirect_source(redirect).await?;
        match &redirect.fd {
            RedirectFd::Variable(name) => self.redirect_variable(name, source, saved).await,
            RedirectFd::Number(number) if *number > FD_MAX => {
                self.drop_source(source).await;
                self.fail_redirect(number.to_string().as_bytes(), "Bad file descriptor").await
            }
            RedirectFd::Number(number) => self.put(redirect, source, Fd(*number), saved).await,
            RedirectFd::Default => {
                let fd = if reads(&redirect.operation) { Fd::STDIN } else { Fd::STDOUT };
                self.put(redirect, source, fd, saved).await
            }
        }
    }

    async fn redirect_both(
        &mut self,
        redirect: &Redirect,
        path: &BString,
        append: bool,
        saved: &mut Saved,
    ) -> Result<(), Failure> {
        let how = if append { append_mode() } else { write_mode() };
        let clobber = append || !self.state.options.on(SetOption::Noclobber);
        let opened = self.open_target(path, how, clobber).await?;
        self.put(redirect, Source::Opened(opened), Fd::STDOUT, saved).await?;
        self.put(redirect, Source::Copy { fd: Fd::STDOUT, moved: false }, Fd::STDERR, saved).await
    }

    /// The one word a redirection's target expands to.
    async fn redirect_path(&mut self, word: &Word) -> Result<BString, Failure> {
        let mut fields = Vec::new();
        Box::pin(self.expand_fields(word, &mut fields)).await?;
        let mut fields = fields.into_iter();
        match (fields.next(), fields.next()) {
            (Some(path), None) => Ok(path),
            _ => {
                let source = super::source_text::word_source(word);
                self.fail_redirect(&source, "ambiguous redirect").await
            }
        }
    }

    async fn redirect_source(&mut self, redirect: &Redirect) -> Result<Source, Failure> {
        let noclobber = self.state.options.on(SetOption::Noclobber);
        let (word, how, clobber) = match &redirect.operation {
            RedirectOperation::Read(word) => (word, Open { read: true, ..Open::default() }, true),
            RedirectOperation::Write(word) => (word, write_mode(), !noclobber),
            RedirectOperation::Clobber(word) | RedirectOperation::WriteBoth(word) => {
                (word, write_mode(), true)
            }
            RedirectOperation::Append(word) | RedirectOperation::AppendBoth(word) => {
                (word, append_mode(), true)
            }
            RedirectOperation::ReadWrite(word) => {
                (word, Open { read: true, write: true, create: true, mode: 0o666, ..Open::default() }, true)
            }
            RedirectOperation::DuplicateInput(word) | RedirectOperation::DuplicateOutput(word) => {
                let text = self.redirect_path(word).await?;
                return self.duplicate_source(redirect, text).await;
            }
            RedirectOperation::HereDocument(document) => return self.here_document(document).await,
            RedirectOperation::HereString(word) => {
                let mut text = Box::pin(self.expand_text(word)).await?;
                text.push(b'\n');
                return self.open_bytes(text).await;
            }
        };
        let path = self.redirect_path(word).await?;
        Ok(Source::Opened(self.open_target(&path, how, clobber).await?))
    }

    async fn duplicate_source(&mut self, redirect: &Redirect, text: BString) -> Result<Source, Failure> {
        if text == "-" {
            if let RedirectFd::Variable(name) = &redirect.fd {
                return self.variable_fd(name).await.map(|fd| Source::Copy { fd, moved: true });
            }
            return Ok(Source::Closed);
        }
        let Some((fd, moved)) = duplicate_of(text.as_ref()) else {
            return self.fail_redirect(&text, "ambiguous redirect").await;
        };
        Ok(Source::Copy { fd, moved })
    }

    async fn here_document(&mut self, document: &HereDocument) -> Result<Source, Failure> {
        let text = Box::pin(self.expand_quoted_text(&document.body)).await?;
        self.open_bytes(text).await
    }

    async fn open_bytes(&mut self, text: BString) -> Result<Source, Failure> {
        match self.sys.open_bytes(text.into(), KEPT_FD).await {
            Ok(fd) => Ok(Source::Opened(fd)),
            Err(errno) => {
                self.fail_redirect(b"cannot create temp file for here-document", errno.message()).await
            }
        }
    }

    /// Opens the target of a redirection; without `clobber` an existing file is refused.
    async fn open_target(&mut self, path: &BString, mut how: Open, clobber: bool) -> Result<Fd, Failure> {
        if !clobber {
            match self.sys.stat(path.clone(), true).await {
                Ok(stat) if stat.kind == Kind::File => {
                    return self.fail_redirect(path, "cannot overwrite existing file").await;
                }
                Ok(_) => {}
                Err(_) => {
                    how.exclusive = true;
                    how.truncate = false;
                }
            }
        }
        loop {
            match self.sys.open(path.clone(), how, KEPT_FD).await {
                Ok(fd) => return Ok(fd),
                Err(Errno::Intr) => self.step().await?,
                Err(Errno::Exist) if !clobber => {
                    return self.fail_redirect(path, "cannot overwrite existing file").await;
                }
                Err(errno) => return self.fail_redirect(path, errno.message()).await,
            }
        }
    }

    /// Puts a source in place of a descriptor, which is saved first.
    async fn put(
        &mut self,
        redirect: &Redirect,
        source: Source,
        fd: Fd,
        saved: &mut Saved,
    ) -> Result<(), Failure> {
        if !saved.entries.iter().any(|entry| entry.fd == fd) {
            let entry = self.save_fd(fd).await;
            saved.entries.push(entry);
        }
        match source {
            Source::Closed => {
                let _ = self.sys.close(fd).await;
            }
            Source::Opened(opened) => {
                let put = self.sys.dup_to(opened, fd).await;
                let _ = self.sys.close(opened).await;
                if let Err(errno) = put {
                    return self.fail_redirect(fd.0.to_string().as_bytes(), errno.message()).await;
                }
            }
            Source::Copy { fd: from, moved } => {
                let hidden = saved.entries.iter().any(|entry| entry.copy == Some(from));
                if hidden || (from != fd && self.sys.dup_to(from, fd).await.is_err()) {
                    return self
                        .fail_redirect(&duplicated_name(redirect, from, fd), "Bad file descriptor")
                        .await;
                }
                if moved && from != fd {
                    if !saved.entries.iter().any(|entry| entry.fd == from) {
                        let entry = self.save_fd(from).await;
                        saved.entries.push(entry);
                    }
                    let _ = self.sys.close(from).await;
                }
            }
        }
        Ok(())
    }

    async fn drop_source(&mut self, source: Source) {
        if let Source::Opened(fd) = source {
            let _ = self.sys.close(fd).await;
        }
    }

    /// `{name}>…`: the descriptor goes into a variable and stays open after the command, unless the shell was told otherwise.
    async fn redirect_variable(
        &mut self,
        name: &BString,
        source: Source,
        saved: &mut Saved,
    ) -> Result<(), Failure> {
        let fd = match source {
            Source::Closed => return Ok(()),
            Source::Copy { fd, moved: true } => {
                let _ = self.sys.close(fd).await;
                return Ok(());
            }
            Source::Opened(fd) => fd,
            Source::Copy { fd, moved: false } => match self.sys.dup(fd, KEPT_FD, false).await {
                Ok(fd) => fd,
                Err(errno) => return self.fail_redirect(fd.0.to_string().as_bytes(), errno.message()).await,
            },
        };
        let target = Target::parse(name).unwrap_or_else(|| Target::variable(name.clone()));
        if let Err(error) = self.state.assign(&target, fd.0.to_string().into(), false) {
            let _ = self.sys.close(fd).await;
            self.complain(&error.to_string()).await;
            return self.fail_redirect(name, "cannot assign fd to variable").await;
        }
        if self.state.options.shopt(ShoptOption::VarredirClose) {
            saved.entries.push(SavedFd { fd, copy: None });
        }
        Ok(())
    }

    async fn variable_fd(&mut self, name: &BString) -> Result<Fd, Failure> {
        let target = Target::parse(name).unwrap_or_else(|| Target::variable(name.clone()));
        let text = self.state.lookup(&target.name, target.subscript.as_ref().map(|s| s.as_slice()));
        match text.ok().flatten().and_then(|text| number(BStr::new(&text))) {
            Some(fd) => Ok(fd),
            None => self.fail_redirect(name, "ambiguous redirect").await,
        }
    }

    async fn fail_redirect<T>(&mut self, what: &[u8], why: &str) -> Result<T, Failure> {
        self.complain_of(what, why).await;
        Err(Failure::Told)
    }
}

fn write_mode() -> Open {
    Open { write: true, create: true, truncate: true, mode: 0o666, ..Open::default() }
}

fn append_mode() -> Open {
    Open { write: true, create: true, append: true, mode: 0o666, ..Open::default() }
}

fn reads(operation: &RedirectOperation) -> bool {
    match operation {
        RedirectOperation::Read(_)
        | RedirectOperation::ReadWrite(_)
        | RedirectOperation::DuplicateInput(_)
        | RedirectOperation::HereDocument(_)
        | RedirectOperation::HereString(_) => true,
        RedirectOperation::Write(_)
        | RedirectOperation::Clobber(_)
        | RedirectOperation::Append(_)
        | RedirectOperation::WriteBoth(_)
        | RedirectOperation::AppendBoth(_)
        | RedirectOperation::DuplicateOutput(_) => false,
    }
}

/// The descriptor that `>&word` names and whether it is moved; `-` alone is none.
fn duplicate_of(text: &BStr) -> Option<(Fd, bool)> {
    if text == "-" {
        return Some((Fd(u32::MAX), false));
    }
    match text.strip_suffix(b"-") {
        Some(digits) => number(BStr::new(digits)).map(|fd| (fd, true)),
        None => number(BStr::new(text)).map(|fd| (fd, false)),
    }
}

/// What bash calls a descriptor that could not be copied: of two it has to guess which one is bad, unless the source
/// is written as a number.
fn duplicated_name(redirect: &Redirect, from: Fd, to: Fd) -> BString {
    let (word, usual) = match &redirect.operation {
        RedirectOperation::DuplicateInput(word) => (word, Fd::STDIN),
        RedirectOperation::DuplicateOutput(word) => (word, Fd::STDOUT),
        _ => return from.0.to_string().into(),
    };
    match word.parts.as_slice() {
        [Part::Literal(text)] if duplicate_of(BStr::new(text)).is_some() => from.0.to_string().into(),
        _ if to == usual => super::source_text::word_source(word),
        _ => to.0.to_string().into(),
    }
}

fn number(text: &BStr) -> Option<Fd> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok().map(Fd)
}
