//! The finish: how a Python process ends and with which status.
//!
//! CPython takes the whole interpreter apart at exit. Most of that can be seen
//! by nobody, and under an interpreter of wasm it costs 700 ms. What can be
//! seen is done here, in CPython's order: the traceback, the handlers of
//! `threading` and `atexit`, the finalisers of the program's own objects (which
//! write out files that it left open), and the standard streams.

use rustpython::vm::builtins::{PyBaseExceptionRef, PyDictRef};
use rustpython::vm::convert::TryFromObject;
use rustpython::vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

/// The status when the last of standard output cannot be written.
const FLUSH_FAILURE_STATUS: i32 = 120;

/// The status of an uncaught KeyboardInterrupt, should SIGINT not end the process: 128 and its number.
const INTERRUPT_STATUS: i32 = 130;

/// The garbage collector's name for everything.
const OLDEST_GENERATION: usize = 2;

/// Ends the program that gave `result`; answers with the process's exit status.
pub fn finish(vm: &VirtualMachine, result: PyResult<()>) -> i32 {
    let interrupted = result
        .as_ref()
        .is_err_and(|exception| exception.fast_isinstance(vm.ctx.exceptions.keyboard_interrupt));
    let status = result.err().map_or(0, |exception| report(vm, exception));
    run_handlers(vm);
    forget_children(vm);
    forget_program(vm);
    let flushed = flush(vm, "stdout");
    flush(vm, "stderr");
    if interrupted {
        // Whoever waits for this process is told what ended it.
        end_by(sys::signal::INT);
        return INTERRUPT_STATUS;
    }
    if flushed { status } else { FLUSH_FAILURE_STATUS }
}

/// Ends the process by a signal's default action. It returns where a runtime refuses that.
pub fn end_by(signal: u32) {
    let _ = sys::signal::set_action(signal, sys::signal::Action::Default);
    if let Ok(own) = sys::process::ids() {
        let _ = sys::signal::send(sys::signal::Target::Process(own.pid), signal);
    }
}

/// Shows an uncaught exception and answers with its status.
fn report(vm: &VirtualMachine, exception: PyBaseExceptionRef) -> i32 {
    let status = vm.handle_exit_exception(exception);
    // A parent sees eight bits of a status.
    i32::from(status.to_le_bytes()[0])
}

/// Runs what the program registered for its end. A module that was never
/// imported has nothing registered.
fn run_handlers(vm: &VirtualMachine) {
    for (module, function) in [("threading", "_shutdown"), ("atexit", "_run_exitfuncs")] {
        let Some(module) = loaded(vm).and_then(|modules| modules.get_item_opt(module, vm).ok().flatten())
        else {
            continue;
        };
        let ran = module.get_attr(function, vm).and_then(|function| function.call((), vm));
        if let Err(exception) = ran {
            vm.run_unraisable(exception, None, module);
        }
    }
}

/// Lets go of the children that nobody waited for. `subprocess` keeps each of them when the program drops it, and with
/// it a pipe to the child that may not be written out.
fn forget_children(vm: &VirtualMachine) {
    let module = loaded(vm).and_then(|modules| modules.get_item_opt("subprocess", vm).ok().flatten());
    if let Some(module) = module {
        let _ = module.set_attr("_active", vm.ctx.none(), vm);
    }
}

/// Clears the modules that came from files, `__main__` last among them as it was first.
fn forget_program(vm: &VirtualMachine) {
    let Some(modules) = loaded(vm) else { return };
    let mut modules: Vec<PyObjectRef> = modules.into_iter().map(|(_, module)| module).collect();
    modules.reverse();
    for module in modules.iter().filter(|module| is_program(vm, module)) {
        if let Ok(dict) =
            module.get_attr("__dict__", vm).and_then(|dict| PyDictRef::try_from_object(vm, dict))
        {
            clear(vm, &dict);
        }
    }
    drop(modules);
    // Objects that refer to each other may hold open files as well.
    vm.state.gc.collect_force(OLDEST_GENERATION);
}

/// Whether a module is part of the program: it was neither frozen nor built in.
fn is_program(vm: &VirtualMachine, module: &PyObjectRef) -> bool {
    let origin = module
        .get_attr("__spec__", vm)
        .and_then(|spec| spec.get_attr("origin", vm))
        .and_then(|origin| String::try_from_object(vm, origin));
    !origin.is_ok_and(|origin| origin == "frozen" || origin == "built-in")
}

/// Sets a module's names to None in CPython's order: private ones first, and
/// never `__builtins__`, which finalisers call.
fn clear(vm: &VirtualMachine, dict: &PyDictRef) {
    let names: Vec<(PyObjectRef, bool)> = dict
        .clone()
        .into_iter()
        .filter_map(|(key, _)| {
            let name = String::try_from_object(vm, key.clone()).ok()?;
            let private = name.starts_with('_') && !name.starts_with("__");
            (name != "__builtins__").then_some((key, private))
        })
        .collect();
    for pass in [true, false] {
        for (name, _) in names.iter().filter(|(_, private)| *private == pass) {
            let _ = dict.set_item(name.as_object(), vm.ctx.none(), vm);
        }
    }
}

/// `sys.modules`, where it still is a dict.
fn loaded(vm: &VirtualMachine) -> Option<PyDictRef> {
    let modules = vm.sys_module.get_attr("modules", vm).ok()?;
    PyDictRef::try_from_object(vm, modules).ok()
}

/// Flushes a standard stream, unless there is none or it is closed; false
/// when that failed, which is then reported.
fn flush(vm: &VirtualMachine, name: &'static str) -> bool {
    let Ok(stream) = vm.sys_module.get_attr(name, vm) else { return true };
    let closed = stream.get_attr("closed", vm).and_then(|closed| closed.try_to_bool(vm)).unwrap_or(false);
    if vm.is_none(&stream) || closed {
        return true;
    }
    match vm.call_method(&stream, "flush", ()) {
        Ok(_) => true,
        Err(exception) => {
            vm.run_unraisable(exception, None, stream);
            false
        }
    }
}
