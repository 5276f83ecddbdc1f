//! Our own machine as an engine of probes, in this process, on the simulated host.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use wasmsand::host::HostFolder;
use wasmsand_wasi::vfs::{At, Content, Scope, Time};
use wasmsand_wasi::{
    CoroutineStart, Limits, Machine, Preopen, ShellRequest, Simulated, Spawned, Status, Turn,
};

use crate::answer::Ending;
use crate::row::{ARGUMENTS, ENVIRONMENT, INPUT};

/// What the guest's `/` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// A directory in memory, given as `--dir` gives one.
    Given,
    /// The same, with `--absolute-symlinks`.
    GivenWithAbsoluteLinks,
    /// The process's whole world, as the shell's programs have it.
    World,
    /// A folder of the host, mounted.
    Mounted,
}

/// Runs a module; answers its report and how it ended.
pub(crate) fn run(module: &[u8], root: Root) -> (Vec<u8>, Ending) {
    let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
    let mut machine = Machine::new(Limits::default(), Box::new(Simulated::new(1, INPUT)), no_shell);
    let folder = tempfile::tempdir().unwrap();
    let kernel = machine.kernel();
    let top = kernel.vfs.root();
    let at = |path| At { dir: top, path, scope: Scope::Anywhere };
    let program =
        kernel.vfs.add_file(at(b"/program"), Content::owned(module.to_vec()), 0o755, Time(0)).unwrap();
    if root == Root::Mounted {
        kernel.vfs.mkdir(at(b"/mounted"), 0o755, Time(0)).unwrap();
        let folder = HostFolder::open(folder.path(), false).unwrap();
        kernel.vfs.mount(at(b"/mounted"), Box::new(folder), false).unwrap();
    }
    let given = |path: &str, absolute_symlinks| {
        vec![Preopen { path: path.into(), name: "/".into(), absolute_symlinks }]
    };
    match root {
        Root::Given => machine.set_preopens(given("/", false)),
        Root::GivenWithAbsoluteLinks => machine.set_preopens(given("/", true)),
        Root::World => {}
        Root::Mounted => machine.set_preopens(given("/mounted", false)),
    }
    let argv = ARGUMENTS.iter().map(|argument| (*argument).into()).collect();
    let env = ENVIRONMENT.iter().map(|(name, value)| format!("{name}={value}").into()).collect();
    machine.start(Spawned::File { ino: program, argv, env }, 0o022, b"/").unwrap();
    // The program is read; what the guest finds is empty.
    machine.kernel().vfs.unlink(at(b"/program"), Time(0)).unwrap();
    let ending = match machine.run() {
        Turn::Ended(Status::Exited(status)) => Ending::Exit(status.into()),
        Turn::Ended(Status::Signaled(_) | Status::Stopped(_)) => Ending::Trap,
        Turn::TimedOut | Turn::OutOfFuel | Turn::Progress | Turn::Idle { .. } => Ending::Hang,
    };
    let flaw = machine.kernel().vfs.check();
    assert_eq!(flaw, Ok(()), "the file system's invariants");
    let host: &Simulated = machine.kernel().host_as().unwrap();
    (host.error.clone(), ending)
}

/// Runs a module by `wasmsand run --dir`, on the host's own streams.
pub(crate) fn run_command(module: &[u8]) -> (Vec<u8>, Ending) {
    let files = tempfile::tempdir().unwrap();
    let folder = files.path().join("folder");
    fs::create_dir(&folder).unwrap();
    // The first argument is the program as it was named.
    fs::write(files.path().join(ARGUMENTS[0]), module).unwrap();
    fs::write(files.path().join("input"), INPUT).unwrap();
    let mut command = Command::new(wasmsand_tests::program());
    command.arg("run").arg("--dir").arg(format!("{}::/", folder.display()));
    for (name, value) in ENVIRONMENT {
        command.arg("--env").arg(format!("{name}={value}"));
    }
    command.args(ARGUMENTS).current_dir(files.path());
    let input = fs::File::open(files.path().join("input")).unwrap();
    let output = command.stdin(input).output().unwrap();
    let ending = match output.status.code() {
        Some(status) => Ending::Exit(u32::try_from(status).unwrap()),
        None => Ending::Crash,
    };
    (output.stderr, ending)
}
