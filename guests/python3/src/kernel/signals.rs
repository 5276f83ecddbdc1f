//! Signals: sending them, timers, and what the interpreter asks of its host.

use std::io;
use std::time::Duration;

use rustpython::vm::VirtualMachine;
use rustpython::vm::signal::{Host, flag_address, look_for_signals, set_host};
use sys::signal::{Action, Timer};

pub(crate) use module::module_def;

// SAFETY: the signatures are those that wasmsand's second module documents; `flag` is an address, or 0.
#[link(wasm_import_module = "wasmsand")]
unsafe extern "C" {
    fn signals_watch(flag: usize) -> u32;
    fn signals_ignored(signals: *mut u32) -> u32;
}

/// The signals that Python ignores by itself, which nobody asks it to.
const IGNORED: u32 = 1 << 13 | 1 << 25;

/// Makes the signals of this process the interpreter's, from now on.
pub fn watch(vm: &VirtualMachine) {
    set_host(Host {
        set_action,
        take: || sys::signal::take().iter().fold(0, |all, signal| all | 1 << signal),
        sleep,
    });
    // SAFETY: the byte is the interpreter's own, is atomic, and is there as long as the process.
    let _errno = unsafe { signals_watch(flag_address()) };
    if vm.state.config.settings.install_signal_handlers {
        install(vm);
    }
}

/// What whoever started this process had ignored stays ignored; else Ctrl-C is an exception.
fn install(vm: &VirtualMachine) {
    let mut ignored = 0;
    // SAFETY: the number is ours to be written. On a failure it stays 0.
    let _errno = unsafe { signals_ignored(&raw mut ignored) };
    if ignored & 1 << sys::signal::INT == 0 {
        let _ = set_action(sys::signal::INT.cast_signed(), 2);
    }
    for signal in (1..32_u32).filter(|signal| ignored & !IGNORED & 1 << signal != 0) {
        // So that a program which asks for the handler is told.
        let told = vm
            .import("_signal", 0)
            .and_then(|module| vm.call_method(&module, "signal", (vm.new_pyobj(signal), vm.new_pyobj(1))));
        drop(told);
    }
}

fn set_action(signal: i32, action: u32) -> io::Result<()> {
    let action = match action {
        0 => Action::Default,
        1 => Action::Ignore,
        _ => Action::Catch,
    };
    sys::signal::set_action(signal.cast_unsigned(), action)
}

fn sleep(time: Duration) -> io::Result<()> {
    sys::fd::poll(&[], Some(time)).map(drop)
}

/// Sends a signal. One that this process sends itself has its effect before this returns.
pub(crate) fn send(target: i32, signal: u32) -> io::Result<()> {
    let number = target.unsigned_abs();
    let target = match target {
        1.. => sys::signal::Target::Process(number),
        0 => sys::signal::Target::OwnGroup,
        -1 => sys::signal::Target::All,
        _ => sys::signal::Target::Group(number),
    };
    let sent = sys::signal::send(target, signal);
    look_for_signals();
    sent
}

/// The timer in seconds, as Python has it.
fn seconds(timer: Timer) -> (f64, f64) {
    (timer.after.as_secs_f64(), timer.every.as_secs_f64())
}

#[rustpython_vm::pymodule(name = "_wasmsand_signals")]
mod module {
    use std::time::Duration;

    use rustpython::vm::builtins::{PyBaseExceptionRef, PySet, PyTypeRef};
    use rustpython::vm::function::{ArgIntoFloat, OptionalArg};
    use rustpython::vm::{PyPayload, PyResult, VirtualMachine};

    use super::super::error;
    use super::{Timer, seconds};

    #[pyattr]
    const SIGHUP: i32 = 1;
    #[pyattr]
    const SIGINT: i32 = 2;
    #[pyattr]
    const SIGQUIT: i32 = 3;
    #[pyattr]
    const SIGILL: i32 = 4;
    #[pyattr]
    const SIGTRAP: i32 = 5;
    #[pyattr]
    const SIGABRT: i32 = 6;
    #[pyattr]
    const SIGIOT: i32 = 6;
    #[pyattr]
    const SIGBUS: i32 = 7;
    #[pyattr]
    const SIGFPE: i32 = 8;
    #[pyattr]
    const SIGKILL: i32 = 9;
    #[pyattr]
    const SIGUSR1: i32 = 10;
    #[pyattr]
    const SIGSEGV: i32 = 11;
    #[pyattr]
    const SIGUSR2: i32 = 12;
    #[pyattr]
    const SIGPIPE: i32 = 13;
    #[pyattr]
    const SIGALRM: i32 = 14;
    #[pyattr]
    const SIGTERM: i32 = 15;
    #[pyattr]
    const SIGSTKFLT: i32 = 16;
    #[pyattr]
    const SIGCHLD: i32 = 17;
    #[pyattr]
    const SIGCLD: i32 = 17;
    #[pyattr]
    const SIGCONT: i32 = 18;
    #[pyattr]
    const SIGSTOP: i32 = 19;
    #[pyattr]
    const SIGTSTP: i32 = 20;
    #[pyattr]
    const SIGTTIN: i32 = 21;
    #[pyattr]
    const SIGTTOU: i32 = 22;
    #[pyattr]
    const SIGURG: i32 = 23;
    #[pyattr]
    const SIGXCPU: i32 = 24;
    #[pyattr]
    const SIGXFSZ: i32 = 25;
    #[pyattr]
    const SIGVTALRM: i32 = 26;
    #[pyattr]
    const SIGPROF: i32 = 27;
    #[pyattr]
    const SIGWINCH: i32 = 28;
    #[pyattr]
    const SIGIO: i32 = 29;
    #[pyattr]
    const SIGPOLL: i32 = 29;
    #[pyattr]
    const SIGPWR: i32 = 30;
    #[pyattr]
    const SIGSYS: i32 = 31;

    /// What Linux says of each signal, from 1.
    const WORDS: [&str; 31] = [
        "Hangup",
        "Interrupt",
        "Quit",
        "Illegal instruction",
        "Trace/breakpoint trap",
        "Aborted",
        "Bus error",
        "Floating point exception",
        "Killed",
        "User defined signal 1",
        "Segmentation fault",
        "User defined signal 2",
        "Broken pipe",
        "Alarm clock",
        "Terminated",
        "Stack fault",
        "Child exited",
        "Continued",
        "Stopped (signal)",
        "Stopped",
        "Stopped (tty input)",
        "Stopped (tty output)",
        "Urgent I/O condition",
        "CPU time limit exceeded",
        "File size limit exceeded",
        "Virtual timer expired",
        "Profiling timer expired",
        "Window changed",
        "I/O possible",
        "Power failure",
        "Bad system call",
    ];

    #[pyattr]
    const ITIMER_REAL: i32 = 0;

    #[pyattr(name = "ItimerError", once)]
    fn itimer_error(vm: &VirtualMachine) -> PyTypeRef {
        let os_error = vm.ctx.exceptions.os_error.to_owned();
        vm.ctx.new_exception_type("signal", "itimer_error", Some(vec![os_error]))
    }

    /// A number that a program gave as a signal.
    fn number(signal: i32, vm: &VirtualMachine) -> PyResult<u32> {
        u32::try_from(signal)
            .ok()
            .filter(|signal| (1..65).contains(signal))
            .ok_or_else(|| vm.new_value_error("signal number out of range"))
    }

    #[pyfunction]
    fn strsignal(signal: i32, vm: &VirtualMachine) -> PyResult<Option<&'static str>> {
        let index = number(signal, vm)? as usize - 1;
        Ok(WORDS.get(index).copied())
    }

    #[pyfunction]
    fn valid_signals(vm: &VirtualMachine) -> PyResult<rustpython::vm::PyRef<PySet>> {
        let set = PySet::default().into_ref(&vm.ctx);
        for signal in 1..32 {
            set.add(vm.ctx.new_int(signal).into(), vm)?;
        }
        Ok(set)
    }

    #[pyfunction]
    fn raise_signal(signal: i32, vm: &VirtualMachine) -> PyResult<()> {
        let signal = number(signal, vm)?;
        let own = sys::process::ids().map_err(|failure| error(&failure, vm))?.pid;
        super::send(own.cast_signed(), signal).map_err(|failure| error(&failure, vm))?;
        vm.check_signals()
    }

    /// Calls are tried again after every signal.
    #[pyfunction]
    fn siginterrupt(signal: i32, _flag: i32, vm: &VirtualMachine) -> PyResult<()> {
        number(signal, vm).map(drop)
    }

    #[pyfunction]
    fn pause(vm: &VirtualMachine) -> PyResult<()> {
        // It ends with a signal only.
        let _ = sys::fd::poll(&[], Some(Duration::from_secs(u64::from(u32::MAX))));
        vm.check_signals()
    }

    fn set(timer: Timer, vm: &VirtualMachine) -> PyResult<(f64, f64)> {
        sys::signal::set_timer(timer).map(seconds).map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn alarm(after: u32, vm: &VirtualMachine) -> PyResult<u64> {
        let timer = Timer { after: Duration::from_secs(after.into()), every: Duration::ZERO };
        let (left, _) = set(timer, vm)?;
        // A second that has begun counts.
        Ok(Duration::from_secs_f64(left.ceil()).as_secs())
    }

    fn itimer_failure(which: i32, vm: &VirtualMachine) -> PyResult<Option<PyBaseExceptionRef>> {
        if which == ITIMER_REAL {
            return Ok(None);
        }
        let arguments = vec![vm.ctx.new_int(22).into(), vm.ctx.new_str("Invalid argument").into()];
        vm.invoke_exception(&itimer_error(vm), arguments).map(Some)
    }

    #[pyfunction]
    fn setitimer(
        which: i32,
        after: ArgIntoFloat,
        every: OptionalArg<ArgIntoFloat>,
        vm: &VirtualMachine,
    ) -> PyResult<(f64, f64)> {
        if let Some(failure) = itimer_failure(which, vm)? {
            return Err(failure);
        }
        let time = |seconds: ArgIntoFloat| Duration::try_from_secs_f64(seconds.into());
        match (time(after), every.into_option().map_or(Ok(Duration::ZERO), time)) {
            (Ok(after), Ok(every)) => set(Timer { after, every }, vm),
            _ => match itimer_failure(-1, vm)? {
                Some(failure) => Err(failure),
                None => Ok((0.0, 0.0)),
            },
        }
    }

    #[pyfunction]
    fn getitimer(which: i32, vm: &VirtualMachine) -> PyResult<(f64, f64)> {
        match itimer_failure(which, vm)? {
            Some(failure) => Err(failure),
            None => sys::signal::timer().map(seconds).map_err(|failure| error(&failure, vm)),
        }
    }
}
