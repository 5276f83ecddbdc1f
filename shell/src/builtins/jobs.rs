//! `jobs fg bg wait disown`

use bstr::BString;
use wasmsand_wasi::{Errno, Pid, Signal, Status, WaitTarget};

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::state::{Job, JobSelection, JobState, SetOption, TrapName};

/// The job a word names; absent when there is none, which was complained of.
async fn select(shell: &mut Shell, builtin: &str, word: &[u8]) -> Option<usize> {
    let selection = match number(word).and_then(|pid| u32::try_from(pid).ok()) {
        Some(pid) if !word.starts_with(b"%") => shell
            .state
            .jobs
            .of_process(Pid(pid))
            .map_or(JobSelection::Missing, |job| JobSelection::Job(job.number)),
        _ => shell.state.jobs.select(word),
    };
    match selection {
        JobSelection::Job(number) => Some(number),
        JobSelection::Missing => {
            shell.complain_in(builtin, word, "no such job").await;
            None
        }
        JobSelection::Ambiguous => {
            shell.complain_in(builtin, word, "ambiguous job spec").await;
            None
        }
    }
}

/// `jobs`
pub(crate) async fn jobs(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "lnprs").await else { return Ok(2) };
    shell.reap().await;
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let mut status = 0;
    let mut numbers: Vec<usize> = Vec::new();
    for word in &words {
        match select(shell, "jobs", word).await {
            Some(number) => numbers.push(number),
            None => status = 1,
        }
    }
    if words.is_empty() {
        numbers.extend(shell.state.jobs.iter().map(|job| job.number));
    }
    let mut out = BString::default();
    for number in &numbers {
        let Some(job) = shell.state.jobs.get(*number) else { continue };
        let state = job.state();
        let wanted = (!flags.has(b'r') || state == JobState::Running)
            && (!flags.has(b's') || matches!(state, JobState::Stopped(_)))
            && (!flags.has(b'n') || !job.notified);
        if !wanted {
            continue;
        }
        if flags.has(b'p') {
            let leader = job.group.or(job.members.first().map(|member| member.pid)).unwrap_or(Pid(0));
            out.extend_from_slice(format!("{leader}\n").as_bytes());
        } else {
            out.extend_from_slice(&shell.job_line(*number, flags.has(b'l')));
        }
        if let Some(job) = shell.state.jobs.get_mut(*number) {
            job.notified = true;
        }
    }
    shell.state.jobs.forget_done();
    Ok(shell.write_out("jobs", &out).await.max(status))
}

/// The job that `fg` or `bg` is for.
async fn job_for(shell: &mut Shell, builtin: &str, word: Option<&BString>) -> Option<Job> {
    if !shell.state.options.on(SetOption::Monitor) {
        shell.complain(&format!("{builtin}: no job control")).await;
        return None;
    }
    shell.reap().await;
    let number = match word {
        Some(word) => select(shell, builtin, word).await?,
        None => match shell.state.jobs.current() {
            Some(number) => number,
            None => {
                shell.complain(&format!("{builtin}: current: no such job")).await;
                return None;
            }
        },
    };
    shell.state.jobs.get(number).cloned()
}

/// `fg`
pub(crate) async fn fg(shell: &mut Shell, call: &mut Call) -> Outcome {
    let word = call.argv.get(1).filter(|word| *word != "--").cloned();
    match job_for(shell, "fg", word.as_ref()).await {
        Some(job) if matches!(job.state(), JobState::Done(_)) => {
            shell.complain("fg: job has terminated").await;
            shell.state.jobs.remove(job.number);
            Ok(1)
        }
        Some(job) => shell.run_in_foreground(job).await,
        None => Ok(1),
    }
}

/// `bg`
pub(crate) async fn bg(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words: Vec<Option<BString>> = match call.argv.get(1..).unwrap_or_default() {
        [] => vec![None],
        words => words.iter().cloned().map(Some).collect(),
    };
    let mut status = 0;
    for word in words {
        let Some(job) = job_for(shell, "bg", word.as_ref()).await else {
            status = 1;
            continue;
        };
        if job.state() == JobState::Running {
            shell.complain(&format!("bg: job {} already in background", job.number)).await;
            continue;
        }
        let mark = shell.state.jobs.mark(job.number);
        shell.resume_job(&job).await;
        shell.state.jobs.make_newest_current();
        let mut line = BString::from(format!("[{}]{mark} ", job.number));
        line.extend_from_slice(&job.text);
        line.extend_from_slice(b" &\n");
        shell.write_out("bg", &line).await;
    }
    Ok(status)
}

/// `disown`
pub(crate) async fn disown(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "ahr").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let mut numbers: Vec<usize> = Vec::new();
    let mut status = 0;
    if flags.has(b'a') || (words.is_empty() && flags.has(b'r')) {
        let running_only = flags.has(b'r');
        let jobs = shell.state.jobs.iter();
        numbers.extend(
            jobs.filter(|job| !running_only || job.state() == JobState::Running).map(|job| job.number),
        );
    } else if words.is_empty() {
        match shell.state.jobs.current() {
            Some(number) => numbers.push(number),
            None => {
                shell.complain("disown: current: no such job").await;
                return Ok(1);
            }
        }
    }
    for word in &words {
        match select(shell, "disown", word).await {
            Some(number) => numbers.push(number),
            None => status = 1,
        }
    }
    for number in numbers {
        if flags.has(b'h') {
            if let Some(job) = shell.state.jobs.get_mut(number) {
                job.no_hangup = true;
            }
        } else {
            warn_of_stopped(shell, number).await;
            shell.state.jobs.remove(number);
        }
    }
    Ok(status)
}

/// Nobody can go on with a stopped job that is off the table.
async fn warn_of_stopped(shell: &mut Shell, number: usize) {
    let Some(job) = shell.state.jobs.get(number) else { return };
    if let (JobState::Stopped(_), Some(group)) = (job.state(), job.group) {
        let message = format!("warning: deleting stopped job {number} with process group {group}");
        shell.complain(&message).await;
    }
}

/// `wait`
pub(crate) async fn wait(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "fnp:").await else { return Ok(2) };
    shell.state.jobs.forget_inherited();
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let name = flags.argument(b'p').cloned();
    if flags.has(b'n') {
        return wait_next(shell, &words, name.as_ref()).await;
    }
    if words.is_empty() {
        return wait_all(shell).await;
    }
    let mut status = 0;
    for word in &words {
        status = wait_word(shell, word, name.as_ref()).await?;
    }
    Ok(status)
}

/// A signal with a trap ends a wait: its status is 128 and the signal's number.
async fn interrupted(shell: &mut Shell) -> Result<Option<u8>, Unwind> {
    if shell.sys.caught().is_empty() {
        return Ok(None);
    }
    let trapped =
        shell.sys.caught().iter().find(|signal| {
            *signal != Signal::CHLD && shell.state.traps.get(TrapName::Signal(*signal)).is_some()
        });
    let interrupted = shell.state.interactive && shell.sys.caught().contains(Signal::INT);
    shell.handle_signals().await?;
    if interrupted {
        return Err(Unwind::Interrupted);
    }
    Ok(trapped.map(|signal| 128 + signal.number()))
}

/// Waits for one process; an error is the status of a signal that ended the wait.
async fn wait_pid(shell: &mut Shell, pid: Pid) -> Result<Result<Status, u8>, Unwind> {
    loop {
        if let Some(status) = shell.state.jobs.ended(pid) {
            return Ok(Ok(status));
        }
        if let Some(status) = interrupted(shell).await? {
            return Ok(Err(status));
        }
        match shell.sys.wait(WaitTarget::Pid(pid), true, false).await {
            Ok(Some((pid, status))) => {
                shell.note_child(pid, status);
                return Ok(Ok(status));
            }
            Ok(None) => {}
            Err(Errno::Intr) => {
                if let Some(status) = interrupted(shell).await? {
                    return Ok(Err(status));
                }
            }
            Err(_) => return Ok(Err(127)),
        }
    }
}

async fn wait_word(shell: &mut Shell, word: &BString, name: Option<&BString>) -> Outcome {
    let pids: Vec<Pid> = if word.starts_with(b"%") {
        match shell.state.jobs.select(word) {
            JobSelection::Job(number) => shell
                .state
                .jobs
                .get(number)
                .map_or_else(Vec::new, |job| job.members.iter().map(|member| member.pid).collect()),
            JobSelection::Missing | JobSelection::Ambiguous => {
                shell.complain_in("wait", word, "no such job").await;
                return Ok(127);
            }
        }
    } else {
        let Some(pid) = number(word).and_then(|pid| u32::try_from(pid).ok()).map(Pid) else {
            let mut message = BString::from("wait: `");
            message.extend_from_slice(word);
            message.extend_from_slice(b"': not a pid or valid job spec");
            shell.complain(&message).await;
            return Ok(1);
        };
        let known = shell.state.jobs.of_process(pid).is_some()
            || shell.state.jobs.ended(pid).is_some()
            || shell.is_aside(pid);
        if !known {
            shell.complain(&format!("wait: pid {pid} is not a child of this shell")).await;
            return Ok(127);
        }
        vec![pid]
    };
    let mut status = 0;
    for pid in &pids {
        match wait_pid(shell, *pid).await? {
            Ok(ended) => status = ended.code(),
            Err(status) => return Ok(status),
        }
    }
    if let (Some(name), Some(pid)) = (name, pids.last()) {
        tell_pid(shell, name, *pid);
    }
    forget(shell, &pids);
    Ok(status)
}

fn tell_pid(shell: &mut Shell, name: &BString, pid: Pid) {
    // A name that cannot be assigned is no reason to lose the status.
    let _ = shell.state.assign_text(name, pid.0.to_string().into(), false);
}

/// Takes jobs whose end was waited for off the table, quietly when there is no prompt.
fn forget(shell: &mut Shell, pids: &[Pid]) {
    for pid in pids {
        let Some(job) = shell.state.jobs.of_process(*pid) else { continue };
        if matches!(job.state(), JobState::Done(_)) && !shell.state.interactive {
            let number = job.number;
            shell.state.jobs.remove(number);
        }
    }
}

async fn wait_all(shell: &mut Shell) -> Outcome {
    loop {
        let running = shell.state.jobs.iter().any(|job| job.state() == JobState::Running);
        if !running {
            break;
        }
        if let Some(status) = interrupted(shell).await? {
            return Ok(status);
        }
        match shell.sys.wait(WaitTarget::Any, true, true).await {
            Ok(Some((pid, status))) => shell.note_child(pid, status),
            Ok(None) => {}
            Err(Errno::Intr) => {
                if let Some(status) = interrupted(shell).await? {
                    return Ok(status);
                }
            }
            Err(_) => break,
        }
    }
    shell.wait_for_asides().await;
    if !shell.state.interactive {
        shell.state.jobs.forget_done();
    }
    Ok(0)
}

/// `wait -n`: the next job that ends.
async fn wait_next(shell: &mut Shell, words: &[BString], name: Option<&BString>) -> Outcome {
    let mut wanted: Vec<Pid> = Vec::new();
    for word in words {
        if word.starts_with(b"%") {
            if let JobSelection::Job(number) = shell.state.jobs.select(word) {
                wanted.extend(shell.state.jobs.get(number).and_then(Job::last_pid));
            }
        } else {
            wanted.extend(number(word).and_then(|pid| u32::try_from(pid).ok()).map(Pid));
        }
    }
    shell.reap().await;
    loop {
        let fits = |job: &&Job| wanted.is_empty() || job.last_pid().is_some_and(|pid| wanted.contains(&pid));
        let done = shell.state.jobs.iter().filter(fits).find_map(|job| match job.state() {
            JobState::Done(status) => Some((job.number, job.last_pid(), status)),
            JobState::Running | JobState::Stopped(_) => None,
        });
        if let Some((number, pid, status)) = done {
            shell.state.jobs.remove(number);
            if let (Some(name), Some(pid)) = (name, pid) {
                tell_pid(shell, name, pid);
            }
            return Ok(status.code());
        }
        if shell.state.jobs.iter().find(fits).is_none() {
            return Ok(127);
        }
        match shell.sys.wait(WaitTarget::Any, true, false).await {
            Ok(Some((pid, status))) => shell.note_child(pid, status),
            Ok(None) => {}
            Err(Errno::Intr) => {
                if let Some(status) = interrupted(shell).await? {
                    return Ok(status);
                }
            }
            Err(_) => return Ok(127),
        }
    }
}
