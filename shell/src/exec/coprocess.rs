//! `coproc`: a process behind two pipes, whose ends an array holds as long as it runs.

use std::sync::Arc;

use bstr::{BStr, BString};
use wasmsand_wasi::{Errno, Fd, MovedFd, Pid, SpawnGroup};

use super::{Outcome, Shell};
use crate::state::{Coprocess, JobMember, SetOption};
use crate::syntax::ast::{Command, CommandKind};

/// The pipes of coprocesses take descriptors from here downwards, where scripts do not look for theirs.
const FD_TOP: u32 = 63;

/// Below this they do not go.
const FD_BOTTOM: u32 = 10;

impl Shell {
    /// `coproc name command`
    pub(crate) async fn run_coprocess(
        &mut self,
        coproc: &Command,
        name: &BString,
        command: &Arc<Command>,
    ) -> Outcome {
        if !crate::state::is_name(name) {
            return Ok(self.refuse_loop_name(name).await);
        }
        self.reap_coprocesses().await;
        if let Some(old) = self.state.coprocesses.last() {
            let (pid, name) = (old.pid, &old.name);
            let message = format!("warning: execute_coproc: coproc [{pid}:{name}] still exists");
            self.complain(&message).await;
        }
        if matches!(command.kind, CommandKind::Simple(_)) && self.state.traps.are_used() {
            self.before_command(command).await?;
        }
        let (Ok(input), Ok(output)) = (self.sys.pipe().await, self.sys.pipe().await) else {
            return Err(self.fail_spawn(Errno::MFile).await);
        };
        let moved =
            vec![MovedFd { from: input.0, to: Fd::STDIN }, MovedFd { from: output.1, to: Fd::STDOUT }];
        let group =
            if self.state.options.on(SetOption::Monitor) { SpawnGroup::New } else { SpawnGroup::Inherit };
        let pid = self.spawn_stage(Arc::clone(command), moved, group, false).await?;
        let [from, to] = self.keep_ends(output.0, input.1).await;
        self.state.last_background = Some(pid);
        let text = super::source_text::command_source(coproc);
        let leader = (group == SpawnGroup::New).then_some(pid);
        self.state.jobs.add(vec![JobMember::running(pid)], leader, text);
        self.name_coprocess(name, pid, [from, to]).await;
        self.state.coprocesses.push(Coprocess { name: name.clone(), pid, ends: [from, to] });
        Ok(0)
    }

    /// The array of a coprocess and the variable with its pid.
    async fn name_coprocess(&mut self, name: &BString, pid: Pid, ends: [Fd; 2]) {
        if let Err(error) = self.state.check_writable(name) {
            return self.complain(&error.to_string()).await;
        }
        self.state.set_own_array(&name.to_string(), ends.map(|end| end.0.to_string().into()));
        self.state.set_own(&format!("{name}_PID"), pid.0.to_string());
    }

    /// Moves the shell's ends of the two pipes to where bash has them: each pipe has two numbers from the top of
    /// those that are free, and the shell keeps the reading end of the one and the writing end of the other.
    async fn keep_ends(&mut self, read: Fd, write: Fd) -> [Fd; 2] {
        let mut free = Vec::with_capacity(4);
        for number in (FD_BOTTOM..=FD_TOP).rev() {
            if free.len() == 4 {
                break;
            }
            if self.sys.stat_fd(Fd(number)).await.is_err() {
                free.push(Fd(number));
            }
        }
        let [read_to, _, _, write_to] = free[..] else { return [read, write] };
        [self.keep_end(read, read_to).await, self.keep_end(write, write_to).await]
    }

    async fn keep_end(&mut self, end: Fd, to: Fd) -> Fd {
        let kept = self.sys.dup(end, to, true).await.unwrap_or(end);
        if kept != end {
            let _ = self.sys.close(end).await;
        }
        kept
    }

    /// Takes note of the coprocesses that ended: their descriptors are closed, their variables gone.
    pub(crate) async fn reap_coprocesses(&mut self) {
        if self.state.coprocesses.is_empty() {
            return;
        }
        self.reap().await;
        self.drop_coprocesses().await;
    }

    /// The same, of those whose end was noticed already.
    pub(crate) async fn drop_coprocesses(&mut self) {
        let mut at = 0;
        while let Some(coprocess) = self.state.coprocesses.get(at) {
            if self.state.jobs.ended(coprocess.pid).is_none() {
                at += 1;
                continue;
            }
            let coprocess = self.state.coprocesses.remove(at);
            for end in coprocess.ends {
                let _ = self.sys.close(end).await;
            }
            let pid_name = format!("{}_PID", coprocess.name);
            for name in [coprocess.name.as_ref(), BStr::new(&pid_name)] {
                if self.state.check_writable(name).is_ok() {
                    self.state.variables.remove(name, 0);
                }
            }
        }
    }
}
