//! Command and process substitution: a process whose output becomes text, or a name.

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::{Fd, MovedFd, Open};

use crate::exec::{Shell, Unwind};
use crate::syntax::ast::{CommandKind, List, RedirectFd, RedirectOperation, Word};

/// The most bytes a command substitution may give.
const CAPTURED_BYTES_MAX: usize = 1 << 28;

/// How much is asked for at once.
const READ_BYTES: usize = 65_536;

/// Descriptors of process substitutions, counted down from here, out of the way of what scripts use.
const SUBSTITUTION_FD: u32 = 63;

impl Shell {
    /// The output of `$( list )`, without NULs and trailing newlines; `$?` becomes its status.
    pub(crate) async fn substitute(&mut self, list: &Arc<List>) -> Result<BString, Unwind> {
        if let Some(word) = file_read(list) {
            return Box::pin(self.substitute_file(word)).await;
        }
        if list.items.is_empty() {
            self.state.last_status = 0;
            self.substituted = Some(0);
            return Ok(BString::default());
        }
        let (read, write) = match self.sys.pipe().await {
            Ok(ends) => ends,
            Err(errno) => return Err(self.fail_expansion(&format!("cannot make pipe: {errno}")).await),
        };
        let moved = vec![MovedFd { from: write, to: Fd::STDOUT }];
        let child = self.spawn_substitution(true, Arc::clone(list), moved).await;
        let pid = match child {
            Ok(pid) => pid,
            Err(unwind) => {
                let _ = self.sys.close(read).await;
                return Err(unwind);
            }
        };
        let captured = self.capture(read).await;
        let _ = self.sys.close(read).await;
        // A shell that ends here does not wait for who wrote too much.
        let captured = captured?;
        let status = self.wait_for(pid).await;
        self.state.last_status = status;
        self.substituted = Some(status);
        Ok(trimmed(captured))
    }

    /// Reads to the end of file. More than there is memory for ends the shell.
    async fn capture(&mut self, read: Fd) -> Result<Vec<u8>, Unwind> {
        let mut captured = Vec::new();
        let held = self.state.memory.held();
        loop {
            match self.sys.read(read, READ_BYTES).await {
                Ok(bytes) if bytes.is_empty() => break,
                Ok(bytes) if captured.is_empty() => captured = bytes,
                Ok(bytes) => {
                    self.state.memory.hold(bytes.len());
                    captured.extend_from_slice(&bytes);
                }
                Err(wasmsand_wasi::Errno::Intr) => {}
                Err(_) => break,
            }
            if captured.len() > CAPTURED_BYTES_MAX {
                return Err(self.fail_memory(captured.len()).await);
            }
            self.check_memory().await?;
        }
        self.state.memory.release_to(held);
        Ok(captured)
    }

    /// `$(<file)`
    async fn substitute_file(&mut self, word: &Word) -> Result<BString, Unwind> {
        let path = self.expand_text(word).await?;
        let how = Open { read: true, ..Open::default() };
        let fd = match self.sys.open(path.clone(), how, Fd(10)).await {
            Ok(fd) => fd,
            Err(errno) => {
                self.complain_of(&path, errno.message()).await;
                self.state.last_status = 1;
                self.substituted = Some(1);
                return Ok(BString::default());
            }
        };
        let captured = self.capture(fd).await;
        let _ = self.sys.close(fd).await;
        self.state.last_status = 0;
        self.substituted = Some(0);
        Ok(trimmed(captured?))
    }

    /// The name of `<( list )` or `>( list )`: a pipe that a process writes or reads.
    pub(crate) async fn substitute_process(
        &mut self,
        output: bool,
        list: &Arc<List>,
    ) -> Result<BString, Unwind> {
        let (read, write) = match self.sys.pipe().await {
            Ok(ends) => ends,
            Err(errno) => return Err(self.fail_expansion(&format!("cannot make pipe: {errno}")).await),
        };
        let (own, moved) = if output {
            (write, MovedFd { from: read, to: Fd::STDIN })
        } else {
            (read, MovedFd { from: write, to: Fd::STDOUT })
        };
        // The end that stays is inherited by the command that is given its name, but not by the writer.
        let pid = self.spawn_substitution(false, Arc::clone(list), vec![moved]).await?;
        self.state.last_background = Some(pid);
        self.remember_aside(pid, output);
        let open = u32::try_from(self.state.substitution_fds.len()).unwrap_or(u32::MAX);
        let wanted = Fd(SUBSTITUTION_FD.saturating_sub(open).max(10));
        let kept = self.sys.dup(own, wanted, false).await;
        let _ = self.sys.close(own).await;
        match kept {
            Ok(fd) => {
                self.state.substitution_fds.push(fd);
                Ok(format!("/dev/fd/{}", fd.0).into())
            }
            Err(errno) => Err(self.fail_expansion(&format!("process substitution: {errno}")).await),
        }
    }
}

/// The word of a list that is nothing but `<word`.
fn file_read(list: &List) -> Option<&Word> {
    let [item] = list.items.as_slice() else { return None };
    let pipeline = &item.and_or.first;
    let [stage] = pipeline.stages.as_slice() else { return None };
    let CommandKind::Simple(simple) = &stage.command.kind else { return None };
    let [redirect] = stage.command.redirects.as_slice() else { return None };
    let plain = !item.background
        && item.and_or.rest.is_empty()
        && !pipeline.negated
        && pipeline.time.is_none()
        && simple.assignments.is_empty()
        && simple.words.is_empty()
        && matches!(redirect.fd, RedirectFd::Default | RedirectFd::Number(0));
    match &redirect.operation {
        RedirectOperation::Read(word) if plain => Some(word),
        _ => None,
    }
}

fn trimmed(mut bytes: Vec<u8>) -> BString {
    if bytes.contains(&0) {
        bytes.retain(|byte| *byte != 0);
    }
    while bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes.into()
}
