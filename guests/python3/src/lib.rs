//! The python3 program: RustPython behind the command line of CPython.
//!
//! It owns what the `rustpython` binary does differently from what a Unix
//! program should: [`image`] prepares an interpreter when the program is built,
//! [`command_line`] reads what a process is asked to do, [`resume`] makes the
//! interpreter that process's own, [`run`] decides what runs, [`prompt`] reads
//! statements from a user, and [`finish`] ends the process. The interpreter and
//! its library are RustPython's own.
//!
//! The program is a reactor with Wizer's two exports. What the first leaves in
//! memory is written into the wasm file, and the second is what a process runs.

mod bytes;
mod chance;
mod command_line;
mod complete;
mod editor;
mod finish;
mod help;
mod image;
mod kernel;
mod library;
mod line;
mod memory;
mod prompt;
mod resume;
mod run;
mod zones;

use std::io::Write;
use std::process::exit;

use rustpython::vm::common::rc::PyRc;
use rustpython::vm::{Settings, VirtualMachine};
use rustpython::{Interpreter, InterpreterBuilder};

use command_line::Stop;

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
    sys::directory::enter();

    let asked = match command_line::read(std::env::args_os().collect()) {
        Ok(asked) => asked,
        Err(Stop { status, text }) => stop(status, &text),
    };
    let settings = asked.settings.clone();
    chance::refresh(&settings);
    let prepared = if image::serves(&settings) { image::take() } else { None };
    // The interpreter is not dropped: taking it apart object by object takes
    // most of a second, and the process's memory goes as a whole.
    let status = match prepared {
        Some(image) => image.interpreter.enter(|vm| {
            kernel::watch(vm);
            let resumed = resume::resume(vm, &image, settings, &asked);
            finish::finish(vm, resumed.and_then(|()| run::run(vm, asked)))
        }),
        None => {
            library::fetch();
            interpreter(settings).enter(|vm| {
                kernel::watch(vm);
                finish::finish(vm, run::run(vm, asked))
            })
        }
    };
    exit(status)
}

/// A new interpreter.
fn interpreter(settings: Settings) -> Interpreter {
    let builder = InterpreterBuilder::new().settings(settings);
    let mut native_modules = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    native_modules.extend(kernel::modules(&builder.ctx));
    native_modules.push(zones::module_def(&builder.ctx));
    // This is `init_stdlib`, without the path on the build machine that it would set.
    builder
        .add_native_modules(&native_modules)
        .add_frozen_modules(library::modules())
        .init_hook(name_paths)
        .interpreter()
}

/// Says why nothing is run: help goes to standard output.
fn stop(status: i32, text: &str) -> ! {
    let said = match status {
        0 => std::io::stdout().write_all(text.as_bytes()),
        _ => std::io::stderr().write_all(text.as_bytes()),
    };
    exit(if said.is_ok() { status } else { status.max(1) })
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
