//! Processes: starting programs and waiting for them, numbers and groups, and `_posixsubprocess`.

use std::ffi::OsStr;
use std::io;

use rustpython::vm::{PyResult, VirtualMachine};
use sys::posix::Options;
use sys::signal::{INT, PIPE, QUIT};

pub(crate) use module::module_def;
pub(crate) use subprocess::module_def as subprocess_def;

/// The signals that Python ignores and the programs that it starts do not.
const RESTORED: u32 = 1 << PIPE | 1 << XFSZ;
const XFSZ: u32 = 25;

/// Waits for a child; zeros: it has not ended.
fn wait(vm: &VirtualMachine, target: i32, options: u32) -> PyResult<(u32, u32)> {
    super::retried(vm, || sys::posix::wait(target, options, None))
}

/// The environment of this process, as entries.
fn environment() -> Vec<Vec<u8>> {
    use std::os::wasi::ffi::OsStringExt;
    let entry = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        [name.into_vec(), b"=".to_vec(), value.into_vec()].concat()
    };
    let mut env: Vec<Vec<u8>> = std::env::vars_os().map(entry).collect();
    begin_in(&mut env, None);
    env
}

/// Names the directory that a program begins in in the environment that it is given: there are programs that know no
/// other way to find it. One without `PWD` stays without.
fn begin_in(env: &mut [Vec<u8>], directory: Option<&[u8]>) {
    use std::os::wasi::ffi::OsStrExt;
    let Some(entry) = env.iter_mut().find(|entry| entry.starts_with(b"PWD=")) else { return };
    let Ok(mut path) = sys::directory::current() else { return };
    path.extend(directory.map(OsStr::from_bytes));
    *entry = [b"PWD=", path.as_os_str().as_bytes()].concat();
}

/// Starts a command with the shell and waits, as system(3) does: meanwhile the keyboard's signals are the command's.
fn system(vm: &VirtualMachine, command: Vec<u8>) -> io::Result<u32> {
    let argv = [b"sh".to_vec(), b"-c".to_vec(), command];
    let options =
        Options { signals_default: RESTORED | 1 << INT | 1 << QUIT, inherited: true, ..Options::default() };
    let keyboard = [INT, QUIT];
    for signal in keyboard {
        sys::signal::set_action(signal, sys::signal::Action::Ignore)?;
    }
    let mut waited = sys::posix::spawn(b"/bin/sh", &argv, &environment(), &options).and_then(|pid| {
        loop {
            match sys::posix::wait(pid.cast_signed(), 0, None) {
                Err(failure) if failure.kind() == io::ErrorKind::Interrupted => {}
                waited => return waited,
            }
        }
    });
    for signal in keyboard {
        if let Err(failure) = sys::signal::set_action(signal, action(vm, signal)) {
            waited = Err(failure);
        }
    }
    waited.map(|(_, status)| status)
}

/// What the program wants a signal to do.
fn action(vm: &VirtualMachine, signal: u32) -> sys::signal::Action {
    let handler = vm
        .import("_signal", 0)
        .and_then(|module| module.get_attr("getsignal", vm))
        .and_then(|getsignal| getsignal.call((signal,), vm));
    match handler {
        Ok(handler) if handler.is_callable() => sys::signal::Action::Catch,
        Ok(handler) if handler.try_to_value::<u32>(vm).ok() == Some(1) => sys::signal::Action::Ignore,
        _ => sys::signal::Action::Default,
    }
}

#[rustpython_vm::pymodule(name = "_wasmsand_processes")]
mod module {
    use std::io;

    use rustpython::vm::builtins::{PyBaseExceptionRef, PyDictRef, PySet, PyTupleRef};
    use rustpython::vm::function::{ArgIterable, ArgMapping, OptionalArg};
    use rustpython::vm::host_env::crt_fd::Borrowed;
    use rustpython::vm::ospath::OsPath;
    use rustpython::vm::types::PyStructSequence;
    use rustpython::vm::{PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};
    use rustpython_vm::{FromArgs, pyclass, pystruct_sequence, pystruct_sequence_data};
    use sys::posix::Options;

    use super::super::{error, path_error};
    use super::{RESTORED, begin_in, environment};

    /// Who everybody is in a sandbox.
    const USER: u32 = 1000;
    const NS_PER_S: f64 = 1e9;

    #[pyattr]
    const WNOHANG: u32 = 1;
    #[pyattr]
    const WUNTRACED: u32 = 2;
    #[pyattr]
    const WCONTINUED: u32 = 8;
    #[pyattr]
    const P_WAIT: i32 = 0;
    #[pyattr]
    const P_NOWAIT: i32 = 1;
    #[pyattr]
    const P_NOWAITO: i32 = 1;
    #[pyattr]
    const POSIX_SPAWN_OPEN: i32 = 0;
    #[pyattr]
    const POSIX_SPAWN_CLOSE: i32 = 1;
    #[pyattr]
    const POSIX_SPAWN_DUP2: i32 = 2;
    #[pyattr]
    const EX_OK: i32 = 0;
    #[pyattr]
    const EX_USAGE: i32 = 64;
    #[pyattr]
    const EX_DATAERR: i32 = 65;
    #[pyattr]
    const EX_NOINPUT: i32 = 66;
    #[pyattr]
    const EX_NOUSER: i32 = 67;
    #[pyattr]
    const EX_NOHOST: i32 = 68;
    #[pyattr]
    const EX_UNAVAILABLE: i32 = 69;
    #[pyattr]
    const EX_SOFTWARE: i32 = 70;
    #[pyattr]
    const EX_OSERR: i32 = 71;
    #[pyattr]
    const EX_OSFILE: i32 = 72;
    #[pyattr]
    const EX_CANTCREAT: i32 = 73;
    #[pyattr]
    const EX_IOERR: i32 = 74;
    #[pyattr]
    const EX_TEMPFAIL: i32 = 75;
    #[pyattr]
    const EX_PROTOCOL: i32 = 76;
    #[pyattr]
    const EX_NOPERM: i32 = 77;
    #[pyattr]
    const EX_CONFIG: i32 = 78;
    #[pyattr]
    const PRIO_PROCESS: i32 = 0;
    #[pyattr]
    const PRIO_PGRP: i32 = 1;
    #[pyattr]
    const PRIO_USER: i32 = 2;

    fn ids(vm: &VirtualMachine) -> PyResult<sys::process::Ids> {
        sys::process::ids().map_err(|failure| error(&failure, vm))
    }

    fn errno(errno: i32, vm: &VirtualMachine) -> PyBaseExceptionRef {
        error(&io::Error::from_raw_os_error(errno), vm)
    }

    #[pyfunction]
    fn getpid(vm: &VirtualMachine) -> PyResult<u32> {
        Ok(ids(vm)?.pid)
    }

    #[pyfunction]
    fn getppid(vm: &VirtualMachine) -> PyResult<u32> {
        Ok(ids(vm)?.parent)
    }

    #[pyfunction]
    fn getpgrp(vm: &VirtualMachine) -> PyResult<u32> {
        Ok(ids(vm)?.group)
    }

    #[pyfunction]
    fn getpgid(pid: u32, vm: &VirtualMachine) -> PyResult<u32> {
        if pid == 0 {
            return getpgrp(vm);
        }
        let listed = sys::process::list().map_err(|failure| error(&failure, vm))?;
        let found = listed.iter().find(|process| process.pid == pid);
        found.map(|process| process.group).ok_or_else(|| errno(libc::ESRCH, vm))
    }

    /// There is one session, whose first process is its leader.
    #[pyfunction]
    fn getsid(_pid: u32) -> u32 {
        1
    }

    #[pyfunction]
    fn setpgid(pid: u32, group: u32, vm: &VirtualMachine) -> PyResult<()> {
        sys::process::set_group(pid, group).map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn setpgrp(vm: &VirtualMachine) -> PyResult<()> {
        setpgid(0, 0, vm)
    }

    /// A group of its own is as far away from the others as a process gets.
    #[pyfunction]
    fn setsid(vm: &VirtualMachine) -> PyResult<()> {
        if ids(vm)?.group == ids(vm)?.pid {
            return Err(errno(libc::EPERM, vm));
        }
        setpgid(0, 0, vm)
    }

    #[pyfunction]
    fn tcgetpgrp(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<u32> {
        sys::terminal::mode(fd).map_err(|failure| error(&failure, vm))?;
        Ok(ids(vm)?.foreground)
    }

    #[pyfunction]
    fn tcsetpgrp(fd: Borrowed<'_>, group: u32, vm: &VirtualMachine) -> PyResult<()> {
        sys::terminal::mode(fd)
            .and_then(|_| sys::process::set_foreground(group))
            .map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    #[pyfunction(name = "geteuid")]
    #[pyfunction(name = "getgid")]
    #[pyfunction(name = "getegid")]
    fn getuid() -> u32 {
        USER
    }

    #[pyfunction]
    fn getresuid() -> (u32, u32, u32) {
        (USER, USER, USER)
    }

    #[pyfunction]
    fn getresgid() -> (u32, u32, u32) {
        (USER, USER, USER)
    }

    #[pyfunction]
    fn getgroups(vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.new_list(vec![vm.ctx.new_int(USER).into()]).into()
    }

    #[pyfunction]
    fn getlogin() -> &'static str {
        "user"
    }

    /// Becoming somebody else is root's to do.
    fn become_user(number: u32, vm: &VirtualMachine) -> PyResult<()> {
        if number == USER { Ok(()) } else { Err(errno(libc::EPERM, vm)) }
    }

    #[pyfunction]
    #[pyfunction(name = "setgid")]
    #[pyfunction(name = "seteuid")]
    #[pyfunction(name = "setegid")]
    fn setuid(number: u32, vm: &VirtualMachine) -> PyResult<()> {
        become_user(number, vm)
    }

    #[pyfunction]
    fn kill(pid: i32, signal: u32, vm: &VirtualMachine) -> PyResult<()> {
        super::super::signals::send(pid, signal).map_err(|failure| error(&failure, vm))?;
        vm.check_signals()
    }

    #[pyfunction]
    fn killpg(group: i32, signal: u32, vm: &VirtualMachine) -> PyResult<()> {
        if group < 0 {
            return Err(errno(libc::ESRCH, vm));
        }
        // The group of the first process cannot be named: -1 is everybody.
        let target = if u32::try_from(group).ok() == Some(ids(vm)?.group) { 0 } else { -group };
        kill(target, signal, vm)
    }

    #[pyfunction]
    fn abort() {
        crate::finish::end_by(sys::signal::ABRT);
        std::process::abort()
    }

    #[pyfunction]
    fn waitpid(pid: i32, options: u32, vm: &VirtualMachine) -> PyResult<(u32, u32)> {
        super::wait(vm, pid, options & (WNOHANG | WUNTRACED))
    }

    #[pyfunction]
    fn wait(vm: &VirtualMachine) -> PyResult<(u32, u32)> {
        super::wait(vm, -1, 0)
    }

    #[pyfunction(name = "WIFEXITED")]
    fn exited(status: i32) -> bool {
        status & 0x7f == 0
    }

    #[pyfunction(name = "WEXITSTATUS")]
    fn exit_status(status: i32) -> i32 {
        status >> 8 & 0xff
    }

    #[pyfunction(name = "WIFSTOPPED")]
    fn stopped(status: i32) -> bool {
        status & 0xff == 0x7f
    }

    #[pyfunction(name = "WSTOPSIG")]
    fn stop_signal(status: i32) -> i32 {
        exit_status(status)
    }

    #[pyfunction(name = "WIFSIGNALED")]
    fn signaled(status: i32) -> bool {
        !exited(status) && !stopped(status)
    }

    #[pyfunction(name = "WTERMSIG")]
    fn end_signal(status: i32) -> i32 {
        status & 0x7f
    }

    #[pyfunction(name = "WIFCONTINUED")]
    #[pyfunction(name = "WCOREDUMP")]
    fn never(_status: i32) -> bool {
        false
    }

    #[derive(FromArgs)]
    struct StatusArgs {
        #[pyarg(any)]
        status: i32,
    }

    #[pyfunction]
    fn waitstatus_to_exitcode(args: StatusArgs, vm: &VirtualMachine) -> PyResult<i32> {
        let status = args.status;
        if exited(status) {
            Ok(exit_status(status))
        } else if signaled(status) {
            Ok(-end_signal(status))
        } else {
            Err(vm.new_value_error(format!("process stopped by delivery of signal {}", stop_signal(status))))
        }
    }

    /// Arguments as the kernel wants them.
    fn arguments(list: &PyObjectRef, name: &str, vm: &VirtualMachine) -> PyResult<Vec<Vec<u8>>> {
        let list: ArgIterable<OsPath> = list
            .clone()
            .try_into_value(vm)
            .map_err(|_| vm.new_type_error(format!("{name}() arg 2 must be a tuple or list")))?;
        let list: Vec<Vec<u8>> =
            list.iter(vm)?.map(|each| each.map(OsPath::into_bytes)).collect::<PyResult<_>>()?;
        match list.first() {
            None => Err(vm.new_value_error(format!("{name}() arg 2 must not be empty"))),
            Some(first) if first.is_empty() && name.starts_with("exec") => {
                Err(vm.new_value_error(format!("{name}() arg 2 first element cannot be empty")))
            }
            Some(_) => Ok(list),
        }
    }

    /// An environment that a program gives, as entries.
    fn variables(mapping: &ArgMapping, vm: &VirtualMachine) -> PyResult<Vec<Vec<u8>>> {
        let mapping = mapping.obj();
        let mut entries = Vec::new();
        let keys = vm.call_method(mapping, "keys", ())?;
        for key in keys.get_iter(vm)?.into_iter::<PyObjectRef>(vm) {
            let key = key?;
            let value: OsPath = mapping.get_item(&*key, vm)?.try_into_value(vm)?;
            let name: OsPath = key.try_into_value(vm)?;
            let name = name.into_bytes();
            if name.is_empty() || name.contains(&b'=') {
                return Err(vm.new_value_error("illegal environment variable name"));
            }
            entries.push([name, b"=".to_vec(), value.into_bytes()].concat());
        }
        begin_in(&mut entries, None);
        Ok(entries)
    }

    fn exec(path: &OsPath, argv: &[Vec<u8>], env: &[Vec<u8>], vm: &VirtualMachine) -> PyResult<()> {
        // A program in Python's place does not ignore what Python did.
        for signal in [sys::signal::PIPE, super::XFSZ] {
            let _ = sys::signal::set_action(signal, super::action(vm, signal));
        }
        let failure = sys::exec(path.path.as_encoded_bytes(), argv, env);
        Err(error(&failure, vm))
    }

    #[pyfunction]
    fn execv(path: OsPath, argv: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        exec(&path, &arguments(&argv, "execv", vm)?, &environment(), vm)
    }

    #[derive(FromArgs)]
    struct ExecArgs {
        #[pyarg(any)]
        path: OsPath,
        #[pyarg(any)]
        argv: PyObjectRef,
        #[pyarg(any)]
        env: ArgMapping,
    }

    #[pyfunction]
    fn execve(args: ExecArgs, vm: &VirtualMachine) -> PyResult<()> {
        exec(&args.path, &arguments(&args.argv, "execve", vm)?, &variables(&args.env, vm)?, vm)
    }

    /// Starts a program, which may be one that the directories of PATH have.
    fn start(
        path: &OsPath,
        argv: &[Vec<u8>],
        env: &[Vec<u8>],
        options: &Options,
        searched: bool,
    ) -> io::Result<u32> {
        let program = path.path.as_encoded_bytes();
        let spawn = |path: &[u8]| sys::posix::spawn(path, argv, env, options);
        if searched {
            let own_path = std::env::var_os("PATH");
            sys::search::search(program, own_path.as_ref().map(|path| path.as_encoded_bytes()), spawn)
        } else {
            spawn(program)
        }
    }

    /// What `os.spawn*` come to. The failure to start is the status 127.
    fn spawned(
        mode: i32,
        path: &OsPath,
        argv: &[Vec<u8>],
        env: &[Vec<u8>],
        searched: bool,
        vm: &VirtualMachine,
    ) -> PyResult<i64> {
        let options = Options { signals_default: RESTORED, ..Options::default() };
        let Ok(pid) = start(path, argv, env, &options, searched) else { return Ok(127) };
        if mode != P_WAIT {
            return Ok(pid.into());
        }
        let (_, status) = super::wait(vm, pid.cast_signed(), 0)?;
        let status = status.cast_signed();
        Ok(if exited(status) { exit_status(status) } else { -end_signal(status) }.into())
    }

    #[pyfunction]
    fn spawnv(mode: i32, path: OsPath, argv: PyObjectRef, vm: &VirtualMachine) -> PyResult<i64> {
        spawned(mode, &path, &arguments(&argv, "spawnv", vm)?, &environment(), false, vm)
    }

    #[pyfunction]
    fn spawnve(
        mode: i32,
        path: OsPath,
        argv: PyObjectRef,
        env: ArgMapping,
        vm: &VirtualMachine,
    ) -> PyResult<i64> {
        spawned(mode, &path, &arguments(&argv, "spawnve", vm)?, &variables(&env, vm)?, false, vm)
    }

    #[pyfunction]
    fn spawnvp(mode: i32, path: OsPath, argv: PyObjectRef, vm: &VirtualMachine) -> PyResult<i64> {
        spawned(mode, &path, &arguments(&argv, "spawnvp", vm)?, &environment(), true, vm)
    }

    #[pyfunction]
    fn spawnvpe(
        mode: i32,
        path: OsPath,
        argv: PyObjectRef,
        env: ArgMapping,
        vm: &VirtualMachine,
    ) -> PyResult<i64> {
        spawned(mode, &path, &arguments(&argv, "spawnvpe", vm)?, &variables(&env, vm)?, true, vm)
    }

    #[derive(FromArgs)]
    struct PosixSpawnArgs {
        #[pyarg(positional)]
        path: OsPath,
        #[pyarg(positional)]
        argv: PyObjectRef,
        #[pyarg(positional)]
        env: ArgMapping,
        #[pyarg(named, optional)]
        file_actions: Option<ArgIterable<PyTupleRef>>,
        #[pyarg(named, optional)]
        setpgroup: Option<u32>,
        #[pyarg(named, default = false)]
        resetids: bool,
        #[pyarg(named, default = false)]
        setsid: bool,
        #[pyarg(named, optional)]
        setsigmask: Option<PyObjectRef>,
        #[pyarg(named, optional)]
        setsigdef: Option<ArgIterable<u32>>,
        #[pyarg(named, optional)]
        scheduler: Option<PyObjectRef>,
    }

    /// Which of the child's descriptors is which of this process's, and what was opened for that.
    type Descriptors = (Vec<[u32; 2]>, Vec<PyObjectRef>);

    fn descriptors(actions: ArgIterable<PyTupleRef>, vm: &VirtualMachine) -> PyResult<Descriptors> {
        let mut child: Vec<[u32; 2]> = (0..3).map(|fd| [fd, fd]).collect();
        let mut opened = Vec::new();
        let bad = || vm.new_type_error("Each file_actions element must be a non-empty tuple");
        for action in actions.iter(vm)? {
            let action = action?;
            let number = |at: usize| -> PyResult<u32> { action.get(at).ok_or_else(bad)?.try_to_value(vm) };
            let (kind, fd) = (number(0)?, number(1)?);
            let source = match kind.cast_signed() {
                POSIX_SPAWN_CLOSE => sys::posix::CLOSED,
                POSIX_SPAWN_DUP2 => {
                    child.iter().find(|[known, _]| *known == fd).map_or(fd, |[_, source]| *source)
                }
                POSIX_SPAWN_OPEN => {
                    let open = vm.import("posix", 0)?.get_attr("open", vm)?;
                    let arguments: Vec<PyObjectRef> = action.iter().skip(2).cloned().collect();
                    let file = open.call(arguments, vm)?;
                    let source = file.try_to_value(vm)?;
                    opened.push(file);
                    source
                }
                _ => return Err(vm.new_type_error("Unknown file_actions identifier")),
            };
            let target = if kind.cast_signed() == POSIX_SPAWN_DUP2 { number(2)? } else { fd };
            child.retain(|[known, _]| *known != target);
            child.push([target, source]);
        }
        child.retain(|[_, source]| *source != sys::posix::CLOSED);
        Ok((child, opened))
    }

    fn posix_spawned(args: PosixSpawnArgs, searched: bool, vm: &VirtualMachine) -> PyResult<u32> {
        let argv = arguments(&args.argv, "posix_spawn", vm)?;
        let env = variables(&args.env, vm)?;
        let _ = (args.resetids, args.setsigmask, args.scheduler);
        let (descriptors, opened) = match args.file_actions {
            Some(actions) => descriptors(actions, vm)?,
            None => Descriptors::default(),
        };
        let mut signals_default = 0;
        for signal in args.setsigdef.iter().map(|signals| signals.iter(vm)).collect::<PyResult<Vec<_>>>()? {
            for signal in signal {
                signals_default |= 1_u32.checked_shl(signal?).unwrap_or(0);
            }
        }
        let group = if args.setsid { Some(0) } else { args.setpgroup };
        let options = Options { group, descriptors, signals_default, ..Options::default() };
        let started = start(&args.path, &argv, &env, &options, searched);
        let close = vm.import("posix", 0)?.get_attr("close", vm)?;
        for file in opened {
            close.call((file,), vm)?;
        }
        started.map_err(|failure| path_error(&failure, &args.path, vm))
    }

    #[pyfunction]
    fn posix_spawn(args: PosixSpawnArgs, vm: &VirtualMachine) -> PyResult<u32> {
        posix_spawned(args, false, vm)
    }

    #[pyfunction]
    fn posix_spawnp(args: PosixSpawnArgs, vm: &VirtualMachine) -> PyResult<u32> {
        posix_spawned(args, true, vm)
    }

    #[derive(FromArgs)]
    struct SystemArgs {
        #[pyarg(any)]
        command: OsPath,
    }

    #[pyfunction]
    fn system(args: SystemArgs, vm: &VirtualMachine) -> PyResult<u32> {
        super::system(vm, args.command.into_bytes()).map_err(|failure| error(&failure, vm))
    }

    /// Without `fork` nothing is ever called.
    #[pyfunction]
    fn register_at_fork(_args: rustpython::vm::function::KwArgs) {}

    #[pyfunction]
    fn sched_yield() {}

    /// There is one processor, for this process as for all others.
    #[pyfunction]
    fn sched_getaffinity(pid: u32, vm: &VirtualMachine) -> PyResult<PyRef<PySet>> {
        if pid != 0 {
            getpgid(pid, vm)?;
        }
        let processors = PySet::default().into_ref(&vm.ctx);
        processors.add(vm.ctx.new_int(0).into(), vm)?;
        Ok(processors)
    }

    #[pyfunction]
    fn nice(_increment: i32) -> i32 {
        0
    }

    #[pyfunction]
    fn getpriority(_which: i32, _who: u32) -> i32 {
        0
    }

    #[pyfunction]
    fn getloadavg() -> (f64, f64, f64) {
        (0.0, 0.0, 0.0)
    }

    #[pyfunction]
    fn ctermid() -> &'static str {
        "/dev/tty"
    }

    #[pyfunction]
    fn ttyname(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<&'static str> {
        sys::terminal::mode(fd).map(|_| "/dev/tty").map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn getrandom(size: usize, _flags: OptionalArg<u32>, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
        vm.import("posix", 0)?.get_attr("urandom", vm)?.call((size,), vm)
    }

    /// What can be asked of the configuration: names, Linux's numbers, values.
    type Table<T> = &'static [(&'static str, i32, T)];

    const SYSCONF: Table<i64> = &[
        ("SC_ARG_MAX", 0, 2_097_152),
        ("SC_CHILD_MAX", 1, 64),
        ("SC_CLK_TCK", 2, 100),
        ("SC_NGROUPS_MAX", 3, 65_536),
        ("SC_OPEN_MAX", 4, 1024),
        ("SC_PAGESIZE", 30, 65_536),
        ("SC_PAGE_SIZE", 30, 65_536),
        ("SC_IOV_MAX", 60, 1024),
        ("SC_NPROCESSORS_CONF", 83, 1),
        ("SC_NPROCESSORS_ONLN", 84, 1),
    ];

    const CONFSTR: Table<&str> = &[("CS_PATH", 0, "/bin:/usr/bin")];

    fn names<T>(table: Table<T>, vm: &VirtualMachine) -> PyDictRef {
        let names = vm.ctx.new_dict();
        for (name, number, _) in table {
            // The names are different, so it cannot fail.
            let _ = names.set_item(*name, vm.ctx.new_int(*number).into(), vm);
        }
        names
    }

    /// The value of a name, or of its number.
    fn configured<T: Copy>(table: Table<T>, name: &PyObjectRef, vm: &VirtualMachine) -> PyResult<T> {
        let found = match name.downcast_ref::<rustpython::vm::builtins::PyStr>() {
            Some(text) => table
                .iter()
                .find(|(known, ..)| known.as_bytes() == text.as_wtf8().as_bytes())
                .ok_or_else(|| vm.new_value_error("unrecognized configuration name"))?,
            None => {
                let number: i32 = name.try_to_value(vm)?;
                table.iter().find(|(_, known, _)| *known == number).ok_or_else(|| errno(libc::EINVAL, vm))?
            }
        };
        Ok(found.2)
    }

    #[pyattr]
    fn sysconf_names(vm: &VirtualMachine) -> PyDictRef {
        names(SYSCONF, vm)
    }

    #[pyfunction]
    fn sysconf(name: PyObjectRef, vm: &VirtualMachine) -> PyResult<i64> {
        configured(SYSCONF, &name, vm)
    }

    #[pyattr]
    fn confstr_names(vm: &VirtualMachine) -> PyDictRef {
        names(CONFSTR, vm)
    }

    #[pyfunction]
    fn confstr(name: PyObjectRef, vm: &VirtualMachine) -> PyResult<&'static str> {
        configured(CONFSTR, &name, vm)
    }

    #[pyfunction]
    fn pathconf(_path: OsPath, name: PyObjectRef, vm: &VirtualMachine) -> PyResult<i64> {
        let name = name.str(vm)?;
        match name.as_wtf8().as_bytes() {
            b"PC_NAME_MAX" | b"3" => Ok(255),
            b"PC_PATH_MAX" | b"4" => Ok(4096),
            b"PC_PIPE_BUF" | b"5" => Ok(4096),
            b"PC_LINK_MAX" | b"0" => Ok(65_000),
            _ => Err(vm.new_value_error("unrecognized configuration name")),
        }
    }

    #[pystruct_sequence_data]
    struct SizeData {
        columns: u32,
        lines: u32,
    }

    #[pyattr]
    #[pystruct_sequence(name = "terminal_size", module = "os", data = "SizeData")]
    struct PySize;

    #[pyclass(with(PyStructSequence))]
    impl PySize {}

    #[pyfunction]
    fn get_terminal_size(fd: OptionalArg<Borrowed<'_>>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
        let mode = match fd {
            OptionalArg::Present(fd) => sys::terminal::mode(fd),
            OptionalArg::Missing => sys::terminal::mode(io::stdout()),
        };
        mode.and_then(|_| sys::terminal::size())
            .map(|(columns, lines)| PySize::from_data(SizeData { columns, lines }, vm))
            .map_err(|failure| error(&failure, vm))
    }

    #[pystruct_sequence_data]
    struct TimesData {
        user: f64,
        system: f64,
        children_user: f64,
        children_system: f64,
        elapsed: f64,
    }

    #[pyattr]
    #[pystruct_sequence(name = "times_result", module = "posix", data = "TimesData")]
    struct PyTimes;

    #[pyclass(with(PyStructSequence))]
    impl PyTimes {}

    #[pyfunction]
    fn times(vm: &VirtualMachine) -> PyResult<PyTupleRef> {
        let (own, children) = sys::process::times().map_err(|failure| error(&failure, vm))?;
        let clock = vm.import("time", 0)?.get_attr("monotonic", vm)?.call((), vm)?;
        let seconds = |ns: u64| ns as f64 / NS_PER_S;
        let data = TimesData {
            user: seconds(own),
            system: 0.0,
            children_user: seconds(children),
            children_system: 0.0,
            elapsed: clock.try_into_value(vm)?,
        };
        Ok(PyTimes::from_data(data, vm))
    }

    #[pystruct_sequence_data]
    struct NameData {
        sysname: String,
        nodename: String,
        release: String,
        version: String,
        machine: String,
    }

    #[pyattr]
    #[pystruct_sequence(name = "uname_result", module = "posix", data = "NameData")]
    struct PyName;

    #[pyclass(with(PyStructSequence))]
    impl PyName {}

    #[pyfunction]
    fn uname(vm: &VirtualMachine) -> PyTupleRef {
        let line = |name: &str, otherwise: &str| {
            std::fs::read_to_string(format!("/proc/sys/kernel/{name}"))
                .map_or_else(|_| otherwise.to_owned(), |text| text.trim_end().to_owned())
        };
        let data = NameData {
            sysname: line("ostype", "Linux"),
            nodename: line("hostname", "wasmsand"),
            release: line("osrelease", ""),
            version: line("version", ""),
            machine: "wasm32".to_owned(),
        };
        PyName::from_data(data, vm)
    }
}

/// What `subprocess` starts programs with: it is fork and exec in one.
#[rustpython_vm::pymodule(name = "_posixsubprocess")]
mod subprocess {
    use std::io;

    use rustpython::vm::function::{ArgIterable, PosArgs};
    use rustpython::vm::host_env::crt_fd;
    use rustpython::vm::host_env::os::ErrorExt;
    use rustpython::vm::ospath::OsPath;
    use rustpython::vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};
    use sys::posix::Options;

    use super::{RESTORED, begin_in, environment};

    /// The number of no process: a child that could not be started.
    const NOBODY: u32 = i32::MAX as u32;

    fn bytes(list: PyObjectRef, vm: &VirtualMachine) -> PyResult<Vec<Vec<u8>>> {
        let list: ArgIterable<OsPath> = list.try_into_value(vm)?;
        list.iter(vm)?.map(|each| each.map(OsPath::into_bytes)).collect()
    }

    /// Starts the first of some programs that is there.
    fn start(programs: &[Vec<u8>], argv: &[Vec<u8>], env: &[Vec<u8>], options: &Options) -> io::Result<u32> {
        let mut answer = None;
        for program in programs {
            match sys::posix::spawn(program, argv, env, options) {
                Ok(pid) => return Ok(pid),
                Err(failure) => {
                    let missing =
                        matches!(failure.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
                    if answer.is_none() || !missing {
                        let is_first = answer
                            .as_ref()
                            .is_none_or(|known: &io::Error| known.kind() == io::ErrorKind::NotFound);
                        answer = if is_first { Some(failure) } else { answer };
                    }
                }
            }
        }
        Err(answer.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    #[pyfunction]
    fn fork_exec(args: PosArgs, vm: &VirtualMachine) -> PyResult<u32> {
        let [
            argv,
            programs,
            close_fds,
            pass_fds,
            cwd,
            env,
            stdin,
            _,
            _,
            stdout,
            _,
            stderr,
            _,
            error_pipe,
            restore_signals,
            start_new_session,
            group,
            gid,
            groups,
            uid,
            umask,
            preexec,
        ]: [PyObjectRef; 22] = args.into_vec().try_into().map_err(|list: Vec<PyObjectRef>| {
            vm.new_type_error(format!("fork_exec expected 22 arguments, got {}", list.len()))
        })?;
        // Nothing is inherited that is not passed.
        let _ = close_fds;
        let optional = |object: PyObjectRef| (!vm.is_none(&object)).then_some(object);
        let number = |object: &PyObjectRef| object.try_to_value::<i64>(vm);

        let mut group = u32::try_from(number(&group)?).ok();
        if start_new_session.try_to_bool(vm)? {
            group = Some(0);
        }
        if let Some(preexec) = optional(preexec) {
            let posix = vm.import("posix", 0)?;
            let known = ["setsid", "setpgrp"];
            if !known
                .iter()
                .any(|name| posix.get_attr(*name, vm).is_ok_and(|function| function.as_object().is(&preexec)))
            {
                return Err(vm.new_value_error("preexec_fn is not supported on this platform"));
            }
            group = Some(0);
        }
        let argv = bytes(argv, vm)?;
        let programs = bytes(programs, vm)?;
        let mut env = match optional(env) {
            Some(env) => bytes(env, vm)?,
            None => environment(),
        };
        let mut descriptors = Vec::new();
        for (child, own) in [(0, &stdin), (1, &stdout), (2, &stderr)] {
            let own = match number(own)? {
                -1 => i64::from(child),
                own => own,
            };
            let own = u32::try_from(own).unwrap_or(sys::posix::CLOSED);
            if is_open(own) {
                descriptors.push([child, own]);
            }
        }
        // The pipe that tells of a failure ends with the call, not with the child.
        let error_fd: u32 = error_pipe.try_to_value(vm)?;
        let passed: ArgIterable<u32> = pass_fds.try_into_value(vm)?;
        for fd in passed.iter(vm)? {
            let fd = fd?;
            if fd != error_fd {
                descriptors.push([fd, fd]);
            }
        }
        if descriptors.is_empty() {
            // Without any pair the child would have this process's streams.
            descriptors.push([0, sys::posix::CLOSED]);
        }
        let directory = match optional(cwd) {
            Some(cwd) => Some(cwd.try_into_value::<OsPath>(vm)?.into_bytes()),
            None => None,
        };
        begin_in(&mut env, directory.as_deref());
        let options = Options {
            group,
            descriptors,
            inherited: false,
            signals_default: if restore_signals.try_to_bool(vm)? { RESTORED } else { 0 },
            directory: directory.clone(),
        };

        let mut failure = None;
        for (id, root) in [(optional(uid), 1000), (optional(gid), 1000)] {
            if let Some(id) = id
                && number(&id)? != root
            {
                failure = Some((io::Error::from_raw_os_error(libc::EPERM), ""));
            }
        }
        if optional(groups).is_some() {
            failure = Some((io::Error::from_raw_os_error(libc::EPERM), ""));
        }
        if let Some(directory) = directory {
            let path = String::from_utf8_lossy(&directory).into_owned();
            let entered = std::fs::metadata(&path).and_then(|metadata| {
                if metadata.is_dir() {
                    sys::file::access(&path, 1)
                } else {
                    Err(io::ErrorKind::NotADirectory.into())
                }
            });
            if let Err(cannot) = entered {
                let cannot = match cannot.raw_os_error() {
                    Some(_) => cannot,
                    None => io::Error::from_raw_os_error(libc::ENOTDIR),
                };
                failure = Some((cannot, "noexec:chdir"));
            }
        }
        let mask = u32::try_from(number(&umask)?).ok();
        if failure.is_none() {
            let before = mask.map(sys::process::set_umask).transpose().ok().flatten();
            let started = start(&programs, &argv, &env, &options);
            before.map(sys::process::set_umask);
            match started {
                Ok(pid) => return Ok(pid),
                Err(cannot) => failure = Some((cannot, "")),
            }
        }
        let Some((cannot, place)) = failure else { return Ok(NOBODY) };
        let words = format!("OSError:{:X}:{place}", cannot.posix_errno());
        let pipe: crt_fd::Borrowed<'_> = error_pipe.try_into_value(vm)?;
        let written = crt_fd::write(pipe, words.as_bytes());
        written.map(|_| NOBODY).map_err(|failure| super::super::error(&failure, vm))
    }

    /// Whether this process has such a descriptor.
    fn is_open(fd: u32) -> bool {
        // SAFETY: the command takes no argument, and the number is only looked up.
        i32::try_from(fd).is_ok_and(|fd| unsafe { libc::fcntl(fd, libc::F_GETFL) } >= 0)
    }
}
