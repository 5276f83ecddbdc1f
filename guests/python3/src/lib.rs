//! The python3 program: RustPython behind the command line of CPython.
//!
//! It owns what the `rustpython` binary does differently from what a Unix
//! program should: [`image`] prepares an interpreter when the program is built,
//! [`resume`] makes it this process's own, [`run`] decides what a command line
//! runs, and [`finish`] ends the process. The interpreter, its library and the
//! options' meaning are RustPython's own.
//!
//! The program is a reactor with Wizer's two exports. What the first leaves in
//! memory is written into the wasm file, and the second is what a process runs.

mod chance;
mod finish;
mod image;
mod library;
mod resume;
mod run;
mod zones;

use std::io::{IsTerminal, Write};
use std::process::exit;

use rustpython::vm::common::rc::PyRc;
use rustpython::vm::{Settings, VirtualMachine};
use rustpython::{Interpreter, InterpreterBuilder, RunMode};

/// What `sys.executable` is: the name under which wasmsand mounts this program.
const EXECUTABLE: &str = "/usr/bin/python3";

/// Where the library would be, were it not frozen into the program; modules name it in `__file__`.
const LIBRARY: &str = "/usr/local/lib/python3.14";

/// The signal that a write to a pipe without readers raises, and the action
/// that makes the write fail with EPIPE instead. Numbers as on Linux.
const SIGPIPE: u32 = 13;
const IGNORE: u32 = 1;

// SAFETY: the signature is the one that wasmsand's second module documents, in
// integers only; the call reads and writes no memory of ours.
#[link(wasm_import_module = "wasmsand")]
unsafe extern "C" {
    safe fn signal_action(signal: u32, action: u32) -> u32;
}

// SAFETY: the first is the linker's, which runs what C libraries run before
// `main`; that it is called here keeps the linker from calling it at each
// export. The others are wasi-libc's own, for programs like this one: they
// forget what the library read when the program was built.
unsafe extern "C" {
    safe fn __wasm_call_ctors();
    safe fn __wasilibc_reset_preopens();
    safe fn __wasilibc_initialize_environ();
}

/// Prepares the image; runs once, when the program is built.
// SAFETY: no other function has this name.
#[unsafe(export_name = "wizer-initialize")]
extern "C" fn initialize() {
    __wasm_call_ctors();
    image::prepare();
}

/// What a process runs.
// SAFETY: no other function has this name.
#[unsafe(export_name = "wizer-resume")]
extern "C" fn start() {
    __wasilibc_reset_preopens();
    __wasilibc_initialize_environ();
    // Python reports a broken pipe as an exception, which a program may catch.
    // A runtime that refuses kills the process instead, and that is no reason not to start.
    let _errno = signal_action(SIGPIPE, IGNORE);
    entry::enter();

    let (mut settings, mode) = match rustpython::parse_opts() {
        Ok(parsed) => parsed,
        Err(error) => usage_error(&error.to_string()),
    };
    if settings.argv.is_empty() {
        settings.argv.push(String::new());
    }
    chance::refresh(&settings);
    let interactive = settings.inspect || (matches!(mode, RunMode::Repl) && std::io::stdin().is_terminal());
    let prepared = if image::serves(&settings) { image::take() } else { None };
    // The interpreter is not dropped: taking it apart object by object takes
    // most of a second, and the process's memory goes as a whole.
    let status = match prepared {
        Some(image) => image.interpreter.enter(|vm| {
            let resumed = resume::resume(vm, &image, settings);
            finish::finish(vm, resumed.and_then(|()| run::run(vm, mode, interactive)))
        }),
        None => {
            library::fetch();
            interpreter(settings).enter(|vm| finish::finish(vm, run::run(vm, mode, interactive)))
        }
    };
    exit(status)
}

/// A new interpreter.
fn interpreter(settings: Settings) -> Interpreter {
    let builder = InterpreterBuilder::new().settings(settings);
    let mut native_modules = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    native_modules.push(zones::module_def(&builder.ctx));
    // This is `init_stdlib`, without the path on the build machine that it would set.
    builder
        .add_native_modules(&native_modules)
        .add_frozen_modules(library::modules())
        .init_hook(name_paths)
        .interpreter()
}

/// Reports a command line that makes no sense, in CPython's shape and with its status.
fn usage_error(what: &str) -> ! {
    let _ = writeln!(
        std::io::stderr(),
        "{what}\nusage: python3 [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python3 -h' for more information."
    );
    exit(2)
}

/// Sets the paths that RustPython cannot find out under WASI.
fn name_paths(vm: &mut VirtualMachine) {
    if let Some(state) = PyRc::get_mut(&mut vm.state) {
        let paths = &mut state.config.paths;
        paths.executable = EXECUTABLE.to_owned();
        paths.base_executable = EXECUTABLE.to_owned();
        paths.stdlib_dir = Some(LIBRARY.to_owned());
    }
}
