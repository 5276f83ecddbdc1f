//! Shell processes: subshells, pipeline stages, background lists, substitutions. Each is a clone of the state.

use std::sync::Arc;

use wasmsand_wasi::{
    CoroutineStart, Errno, Fd, KillTarget, MovedFd, Open, Pid, Signal, SignalAction, SignalSet, Spawn,
    SpawnGroup, Spawned,
};

use super::hop::{Driver, Hops};
use super::source_text::JobText;
use super::{Outcome, Running, Shell, Unwind};
use crate::state::{JobMember, JobState, SetOption, ShoptOption, State};
use crate::syntax::ast::{AndOr, Argument, Command, CommandKind, List, Part};

/// What a shell process runs.
enum Body {
    List(Arc<List>),
    AndOr(Arc<AndOr>),
    Stage(Arc<Command>),
}

/// How a shell process differs from its parent.
#[derive(Clone, Copy, Default)]
struct Setting {
    /// Standard input is `/dev/null`, Ctrl-C is ignored: a background list without job control.
    background: bool,
    /// A command or process substitution: its trace is one level deeper.
    substitution: bool,
    /// It ignores errexit unless told to inherit it: a command substitution.
    captured: bool,
    /// It still sees its parent's jobs, which it cannot wait for: substitutions, and a builtin in a pipeline.
    shows_jobs: bool,
}

/// The body of a shell process. No `async fn`, so that the types of futures do not refer to themselves.
fn shell_process(state: State, setting: Setting, body: Body) -> CoroutineStart {
    Box::new(move |sys| {
        let hops = Hops::default();
        let mut shell = Shell::new(sys, state, hops.clone());
        let body = Box::pin(async move {
            shell.state.own_pid = shell.sys.pid();
            // A subshell's random numbers are its own.
            shell.state.random.stir(shell.state.own_pid.0);
            if setting.shows_jobs {
                shell.state.jobs.disinherit();
            } else {
                shell.state.jobs.clear();
            }
            shell.settle(setting).await;
            shell.run_body(body).await
        });
        Box::pin(Driver::new(body, hops))
    })
}

impl State {
    /// What a subshell does not share with its parent.
    fn enter_subshell(&mut self, setting: Setting) {
        let options = &self.options;
        let (errtrace, functrace) = (options.on(SetOption::Errtrace), options.on(SetOption::Functrace));
        self.traps.enter_subshell(errtrace, functrace);
        self.options.change(SetOption::Monitor, false);
        let inherits = self.options.shopt(ShoptOption::InheritErrexit) || self.options.on(SetOption::Posix);
        if setting.captured && !inherits {
            self.options.change(SetOption::Errexit, false);
        }
        self.interactive = false;
        self.holds_interrupt = false;
        self.subshell_depth += u32::from(!std::mem::take(&mut self.expands_stage));
        self.trace_level += u32::from(setting.substitution);
        self.substitution_fds.clear();
        self.memory.enter_subshell();
        self.coprocesses.clear();
        self.loops = 0;
    }
}

impl Shell {
    /// `( list )`: a process, waited for.
    pub(crate) async fn run_subshell(&mut self, list: &Arc<List>) -> Outcome {
        let group = self.child_group();
        let body = Body::List(Arc::clone(list));
        let pid = self.spawn_shell("subshell", body, Vec::new(), group, true, Setting::default()).await?;
        let job_group = (group == SpawnGroup::New).then_some(pid);
        let statuses = self.wait_foreground(&[pid], job_group, JobText::Subshell(list)).await;
        self.leave_stopped(statuses.last().copied().unwrap_or(0))
    }

    /// The process group of what is started in the foreground.
    pub(crate) fn child_group(&self) -> SpawnGroup {
        if self.state.options.on(SetOption::Monitor) { SpawnGroup::New } else { SpawnGroup::Inherit }
    }

    /// A stage of a pipeline.
    pub(crate) async fn spawn_stage(
        &mut self,
        command: Arc<Command>,
        moved: Vec<MovedFd>,
        group: SpawnGroup,
        foreground: bool,
    ) -> Result<Pid, Unwind> {
        let shows_jobs = self.is_builtin_call(&command);
        let setting = Setting { shows_jobs, ..Setting::default() };
        self.spawn_shell("pipeline stage", Body::Stage(command), moved, group, foreground, setting).await
    }

    /// Is the command plainly a builtin's name and arguments?
    fn is_builtin_call(&self, command: &Command) -> bool {
        let CommandKind::Simple(simple) = &command.kind else { return false };
        let Some(Argument::Word(word)) = simple.words.first() else { return false };
        matches!(word.parts.as_slice(), [Part::Literal(name)]
            if crate::builtins::find(name).is_some() && !self.state.functions.contains_key(bstr::BStr::new(name.as_slice())))
    }

    /// A command substitution (`captured`), or a process substitution.
    pub(crate) async fn spawn_substitution(
        &mut self,
        captured: bool,
        list: Arc<List>,
        moved: Vec<MovedFd>,
    ) -> Result<Pid, Unwind> {
        let setting = Setting { substitution: true, captured, shows_jobs: true, ..Setting::default() };
        let name = if captured { "command substitution" } else { "process substitution" };
        let first = list.items.first().and_then(|item| item.and_or.first.stages.first());
        let shift = self.state.line_shift;
        if let Some(first) = first {
            self.state.line_shift = self.state.line.wrapping_sub(first.command.line);
        }
        let spawned =
            self.spawn_shell(name, Body::List(list), moved, SpawnGroup::Inherit, false, setting).await;
        self.state.line_shift = shift;
        spawned
    }

    /// `and_or &`
    pub(crate) async fn start_background(&mut self, and_or: &Arc<AndOr>) -> Outcome {
        let job_control = self.state.options.on(SetOption::Monitor);
        let group = if job_control { SpawnGroup::New } else { SpawnGroup::Inherit };
        let text = super::source_text::and_or_source(and_or);
        let stages = and_or.first.stages.as_slice();
        let plain = and_or.rest.is_empty() && !and_or.first.negated && and_or.first.time.is_none();
        let pids = if plain && stages.len() > 1 && job_control {
            self.start_stages(stages, group, false, None).await?.0
        } else {
            let setting = Setting { background: !job_control, ..Setting::default() };
            let body = match stages {
                // What `$!` names is the subshell itself: a signal to it must not leave it behind.
                [only] if plain && matches!(only.command.kind, CommandKind::Subshell(_)) => {
                    Body::Stage(Arc::clone(&only.command))
                }
                _ => Body::AndOr(Arc::clone(and_or)),
            };
            vec![self.spawn_shell("background list", body, Vec::new(), group, false, setting).await?]
        };
        let Some(last) = pids.last().copied() else { return Ok(0) };
        self.state.last_background = Some(last);
        let leader = pids.first().copied().filter(|_| job_control);
        let number = self.state.jobs.add(pids.into_iter().map(JobMember::running).collect(), leader, text);
        if let Some(number) = number
            && self.state.interactive
        {
            let message = format!("[{number}] {last}\n");
            self.write_error(message.as_bytes()).await;
        }
        self.state.last_status = 0;
        Ok(0)
    }

    async fn spawn_shell(
        &mut self,
        name: &'static str,
        body: Body,
        moved: Vec<MovedFd>,
        group: SpawnGroup,
        foreground: bool,
        setting: Setting,
    ) -> Result<Pid, Unwind> {
        let mut state = self.state.clone();
        state.enter_subshell(setting);
        let start = shell_process(state, setting, body);
        let foreground = foreground && group != SpawnGroup::Inherit;
        let mut ignored = SignalSet::EMPTY;
        if setting.background {
            ignored.insert(Signal::INT);
            ignored.insert(Signal::QUIT);
        }
        let spawn = Spawn { program: Spawned::Coroutine { name, start }, moved, group, foreground, ignored };
        match self.sys.spawn(spawn).await {
            Ok(pid) => Ok(pid),
            Err(errno) => Err(self.fail_spawn(errno).await),
        }
    }

    /// No process can be started: the line is abandoned, a subshell ends. bash names no line here. (Nor does it give
    /// up before it has tried again for 15 seconds.)
    pub(crate) async fn fail_spawn(&mut self, errno: Errno) -> Unwind {
        let mut message = self.state.message_name();
        message.extend_from_slice(format!(": fork: {}\n", errno.message()).as_bytes());
        self.write_error(&message).await;
        if self.state.interactive { Unwind::Discard(254) } else { Unwind::Exit(254) }
    }

    async fn settle(&mut self, setting: Setting) {
        if !setting.background {
            return;
        }
        self.state.ignores_interrupt = true;
        let how = Open { read: true, ..Open::default() };
        if let Ok(null) = self.sys.open("/dev/null", how, Fd(10)).await {
            let _ = self.sys.dup_to(null, Fd::STDIN).await;
            let _ = self.sys.close(null).await;
        }
    }

    async fn run_body(&mut self, body: Body) -> u8 {
        let outcome = match &body {
            Body::List(list) => self.run_list_last(list).await,
            Body::AndOr(and_or) => {
                let list = List {
                    items: smallvec::smallvec![crate::syntax::ast::ListItem {
                        and_or: Arc::clone(and_or),
                        background: false,
                        own_line: false,
                    }],
                };
                self.run_list_last(&list).await
            }
            Body::Stage(command) => self.run_stage(command).await,
        };
        let status = outcome.unwrap_or_else(Unwind::status);
        self.finish(status).await
    }

    /// The command of a stage runs as the last thing of its process. A subshell is what the process already is.
    fn run_stage<'a>(&'a mut self, command: &'a Arc<Command>) -> Running<'a> {
        Box::pin(async move {
            if let CommandKind::Subshell(list) = &command.kind {
                // Its redirections last as long as the process, so that its EXIT trap has them too.
                return match self.redirect(&command.redirects).await? {
                    Some(_) => self.run_list_last(list).await,
                    None => Ok(1),
                };
            }
            self.state.expands_stage = matches!(command.kind, CommandKind::Simple(_));
            self.tail = self.state.traps.is_empty();
            let status = self.run_command(command).await?;
            if status != 0 && self.state.tested == 0 && self.state.options.on(SetOption::Errexit) {
                return Err(Unwind::Exit(status));
            }
            Ok(status)
        })
    }

    /// The end of a shell: its EXIT trap, and the status it leaves.
    pub(crate) async fn finish(&mut self, status: u8) -> u8 {
        self.state.last_status = status;
        let status = Box::pin(self.run_pending_traps(status)).await;
        self.note_death();
        self.state.last_status = status;
        let status = Box::pin(self.run_exit_trap(status)).await;
        self.tell_obituaries().await;
        self.wait_for_readers().await;
        if let Some(signal) = self.state.dies_of {
            let _ = self.sys.set_action(signal, SignalAction::Default).await;
            let _ = self.sys.kill(KillTarget::Pid(self.sys.pid()), Some(signal)).await;
            let _ = self.sys.pause().await;
        }
        status
    }

    /// The traps of signals that came during the last command; a jump out of one ends the shell all the same.
    async fn run_pending_traps(&mut self, status: u8) -> u8 {
        if self.sys.caught().is_empty() {
            return status;
        }
        match self.handle_signals().await {
            Err(Unwind::Exit(status)) => status,
            Ok(()) | Err(_) => status,
        }
    }

    /// Waits for what reads from `>( )`: it ends when nobody can write to it any more, and its output belongs before
    /// the shell's end. Work in the background may go on writing: it keeps nobody at a prompt, and no inner shell.
    async fn wait_for_readers(&mut self) {
        if self.readers.is_empty() {
            return;
        }
        self.reap().await;
        let is_script = self.sys.parent().is_none() && !self.state.interactive;
        let has_running_job = self.state.jobs.iter().any(|job| job.state() == JobState::Running);
        if has_running_job && !is_script {
            return;
        }
        for fd in self.sys.descriptors().await.unwrap_or_default() {
            let _ = self.sys.close(fd).await;
        }
        for pid in std::mem::take(&mut self.readers) {
            self.wait_for(pid).await;
        }
    }

    /// Notes a child that belongs to no job: a process substitution.
    pub(crate) fn remember_aside(&mut self, pid: Pid, reads: bool) {
        self.asides.push_back(pid);
        if reads {
            self.readers.push(pid);
        }
    }
}
