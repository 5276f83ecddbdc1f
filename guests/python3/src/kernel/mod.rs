//! The kernel: what `os` and `signal` have on Unix and RustPython lacks under WASI, over the module `wasmsand`.
//!
//! It owns the module `_wasmsand`, which adds to `posix`, `time` and `_signal` when it is first imported (`os` and
//! `signal` do so), and what the interpreter asks of its host. Files, processes, signals and the clock each have a
//! file; `libc` gives the C library's `stat` true modes and owners.

mod clock;
mod files;
mod libc;
mod processes;
mod signals;
mod terminal;

use std::io;

use rustpython::vm::builtins::PyBaseExceptionRef;
use rustpython::vm::convert::ToPyException;
use rustpython::vm::ospath::OsPath;
use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine, builtins::PyModuleDef};

pub use signals::watch;

/// The native modules.
pub fn modules(ctx: &rustpython::vm::Context) -> Vec<&'static PyModuleDef> {
    vec![
        module::module_def(ctx),
        clock::module_def(ctx),
        files::module_def(ctx),
        processes::module_def(ctx),
        processes::subprocess_def(ctx),
        signals::module_def(ctx),
        terminal::module_def(ctx),
    ]
}

#[rustpython_vm::pymodule(name = "_wasmsand")]
mod module {
    use rustpython::vm::builtins::PyModule;
    use rustpython::vm::{Py, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        for (from, to) in [
            ("_wasmsand_clock", "time"),
            ("_wasmsand_files", "posix"),
            ("_wasmsand_processes", "posix"),
            ("_wasmsand_signals", "_signal"),
        ] {
            let (from, to) = (vm.import(from, 0)?, vm.import(to, 0)?);
            for (name, value) in super::names(&from, vm)? {
                to.set_attr(&name, value, vm)?;
            }
        }
        super::files::support(vm)
    }
}

/// What a module has, without its own attributes.
fn names(
    module: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<Vec<(rustpython::vm::builtins::PyStrRef, PyObjectRef)>> {
    let Some(dict) = module.dict() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for (name, value) in dict {
        let name = name
            .downcast::<rustpython::vm::builtins::PyStr>()
            .map_err(|_| vm.new_type_error("a name is no text"))?;
        if !name.as_wtf8().as_bytes().starts_with(b"__") {
            names.push((name, value));
        }
    }
    Ok(names)
}

/// An `OSError`.
fn error(error: &io::Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    error.to_pyexception(vm)
}

/// An `OSError` about a path.
fn path_error(error: &io::Error, path: &OsPath, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let plain = error.to_pyexception(vm);
    let parts = (plain.get_arg(0), plain.get_arg(1));
    let (Some(errno), Some(words)) = parts else { return plain };
    let os_error = vm.ctx.exceptions.os_error.to_owned();
    vm.invoke_exception(&os_error, vec![errno, words, path.filename(vm)]).unwrap_or(plain)
}

/// Calls again when a signal interrupted it and its handler raised nothing.
fn retried<T>(vm: &VirtualMachine, mut call: impl FnMut() -> io::Result<T>) -> PyResult<T> {
    loop {
        match call() {
            Ok(value) => return Ok(value),
            Err(failure) if failure.kind() == io::ErrorKind::Interrupted => vm.check_signals()?,
            Err(failure) => return Err(error(&failure, vm)),
        }
    }
}
