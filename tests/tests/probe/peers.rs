//! Other engines, where they are found: each runs all modules in one process, which is started again behind a module
//! that hangs or ends it.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::answer::Ending;
use crate::row::{ARGUMENTS, ENVIRONMENT, INPUT};

/// How long a module may run before it counts as hung; one that is expected to hang is not waited for as long.
const PATIENCE: Duration = Duration::from_secs(60);
const PATIENCE_WITH_HANGS: Duration = Duration::from_secs(3);

/// An engine: the command that runs `DRIVER FOLDER`, and the words that `--version` prints.
pub(crate) struct Peer {
    command: Vec<String>,
    driver: (&'static str, &'static str),
    /// Modules that one driver runs.
    modules_max: usize,
    pub(crate) version: String,
}

/// wasmtime's Python package, in the interpreter that `WASMSAND_WASMTIME_PYTHON` names, or `python3`.
pub(crate) fn wasmtime() -> Option<Peer> {
    let python = std::env::var("WASMSAND_WASMTIME_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let version = output(&[
        &python,
        "-c",
        "import wasmtime, importlib.metadata as m; print('wasmtime', m.version('wasmtime'))",
    ])?;
    Some(Peer {
        command: vec![python],
        driver: ("driver.py", include_str!("wasmtime_driver.py")),
        modules_max: usize::MAX,
        version,
    })
}

/// node's `node:wasi`, in the program that `WASMSAND_NODE` names, or `node`.
pub(crate) fn node() -> Option<Peer> {
    let node = std::env::var("WASMSAND_NODE").unwrap_or_else(|_| "node".to_owned());
    let version = output(&[&node, "--version"])?;
    Some(Peer {
        command: vec![node, "--no-warnings".to_owned()],
        driver: ("driver.mjs", include_str!("node_driver.mjs")),
        // What one guest closes, renumbers or leaves to the collector another may own by then.
        modules_max: 1,
        version: format!("node {version}"),
    })
}

fn output(command: &[&str]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A running driver: names of modules go in, a line for each that has ended comes out.
struct Driver {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Runs the modules; `hangs` says which are expected not to end.
    pub(crate) fn run(&self, modules: &[(Vec<u8>, bool)]) -> Vec<(Vec<u8>, Ending)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join(self.driver.0), self.driver.1).unwrap();
        fs::write(path.join("input"), INPUT).unwrap();
        let environment: HashMap<_, _> = ENVIRONMENT.into_iter().collect();
        // Strings reach the drivers as files, which need no quoting.
        fs::write(path.join("arguments"), ARGUMENTS.join("\0")).unwrap();
        let pairs: Vec<String> =
            ENVIRONMENT.iter().map(|(name, _)| format!("{name}={}", environment[name])).collect();
        fs::write(path.join("environment"), pairs.join("\0")).unwrap();
        let mut driver = None;
        modules
            .iter()
            .enumerate()
            .map(|(at, (module, hangs))| {
                fs::write(path.join(format!("{at}.wasm")), module).unwrap();
                if at % self.modules_max == 0 {
                    driver = None;
                }
                let ending = self.run_one(path, &mut driver, at, *hangs);
                (fs::read(path.join(format!("{at}.err"))).unwrap_or_default(), ending)
            })
            .collect()
    }

    fn run_one(&self, folder: &Path, driver: &mut Option<Driver>, at: usize, hangs: bool) -> Ending {
        let running = driver.get_or_insert_with(|| self.start(folder));
        // At once: a driver takes what one read gives for a name.
        running.input.write_all(format!("{at}\n").as_bytes()).unwrap();
        let patience = if hangs { PATIENCE_WITH_HANGS } else { PATIENCE };
        match running.lines.recv_timeout(patience) {
            Ok(line) => match line.split_once(' ') {
                Some(("exit", status)) => Ending::Exit(status.parse().unwrap()),
                _ if line == "trap" => Ending::Trap,
                _ => panic!("{} says `{line}`", self.version),
            },
            Err(gone) => {
                *driver = None;
                if gone == RecvTimeoutError::Timeout { Ending::Hang } else { Ending::Crash }
            }
        }
    }

    fn start(&self, folder: &Path) -> Driver {
        let (program, arguments) = self.command.split_first().unwrap();
        let mut child = Command::new(program)
            .args(arguments)
            .arg(folder.join(self.driver.0))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        // Ends with the driver's output.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Driver { input: child.stdin.take().unwrap(), child, lines }
    }
}
