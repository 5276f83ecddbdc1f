//! The run: what a command line asks the interpreter to execute, from
//! `-c`, `-m`, a script, standard input or a prompt, in `__main__`.

use std::io::Read;
use std::path::{Path, PathBuf};

use rustpython::vm::compiler::Mode;
use rustpython::vm::scope::Scope;
use rustpython::vm::{PyResult, VirtualMachine};
use rustpython::{RunMode, run_shell};

/// The status of a script that cannot be opened, as CPython has it.
const CANNOT_OPEN_STATUS: i32 = 2;

/// Runs what `mode` names and, where `interactive`, a prompt after it.
pub fn run(vm: &VirtualMachine, mode: RunMode, interactive: bool) -> PyResult<()> {
    let settings = &vm.state.config.settings;
    let scope = vm.new_scope_with_main()?;
    if !settings.warnoptions.is_empty() {
        // The module turns `-W` and PYTHONWARNINGS into filters when it is first imported.
        vm.import("warnings", 0)?;
    }
    if settings.import_site {
        // In an image it is imported already.
        vm.import("site", 0)?;
    }
    // `site` makes the entries of sys.path absolute, so the first one comes after it.
    if !settings.safe_path
        && let Some(first) = search_path(&mode)
    {
        vm.insert_sys_path(vm.ctx.new_str(first).into())?;
    }
    let result = match mode {
        RunMode::Command(source) => execute(vm, &scope, &source, "<string>"),
        RunMode::Module(name) => vm.run_module(&name),
        RunMode::Script(path) => script(vm, &scope, &path),
        RunMode::InstallPip(_) => vm.run_module("ensurepip"),
        RunMode::Repl if interactive => Ok(()),
        RunMode::Repl => standard_input(vm, &scope),
    };
    if !interactive {
        return result;
    }
    if let Err(exception) = result {
        vm.print_exception(&exception);
    }
    run_shell(vm, scope)
}

/// The entry that a mode puts at the front of `sys.path`; a script's own folder for a script.
fn search_path(mode: &RunMode) -> Option<String> {
    match mode {
        RunMode::Command(_) | RunMode::Repl => Some(String::new()),
        RunMode::Module(_) | RunMode::InstallPip(_) => Some(lossy(&std::env::current_dir().ok()?)),
        RunMode::Script(path) if is_application(Path::new(path)) => Some(path.clone()),
        RunMode::Script(path) => Some(lossy(std::fs::canonicalize(path).ok()?.parent()?)),
    }
}

/// Compiles and runs a program in `__main__`.
fn execute(vm: &VirtualMachine, scope: &Scope, source: &str, name: &str) -> PyResult<()> {
    let code =
        vm.compile(source, Mode::Exec, name).map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let registered = code.clone();
    vm.run_code_obj(code, scope.clone()).map(drop).inspect_err(|_| {
        // The traceback quotes these lines. They are handed over only now,
        // because the module that keeps them takes long to import.
        let _ = vm.register_code_in_linecache(&registered, source);
    })
}

/// Runs a program from standard input, read to its end first.
fn standard_input(vm: &VirtualMachine, scope: &Scope) -> PyResult<()> {
    let mut source = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut source) {
        return Err(vm.new_os_error(error.to_string()));
    }
    execute(vm, scope, &String::from_utf8_lossy(&source), "<stdin>")
}

/// Runs a script, or a folder or archive that holds a `__main__.py`.
fn script(vm: &VirtualMachine, scope: &Scope, path: &str) -> PyResult<()> {
    let absolute = std::env::current_dir().map_or_else(|_| PathBuf::from(path), |here| here.join(path));
    if let Err(error) = std::fs::File::open(&absolute) {
        let text = error.to_string();
        let reason = text.split(" (os error").next().unwrap_or(&text);
        let errno = error.raw_os_error().unwrap_or_default();
        eprintln!("python3: can't open file '{}': [Errno {errno}] {reason}", absolute.display());
        return Err(vm.new_system_exit(vec![vm.ctx.new_int(CANNOT_OPEN_STATUS).into()].into()));
    }
    if is_application(&absolute) {
        let runpy = vm.import("runpy", 0)?;
        return runpy.get_attr("_run_module_as_main", vm)?.call(("__main__", false), vm).map(drop);
    }
    vm.run_script(scope.clone(), &lossy(&absolute))
}

/// Whether a path holds a whole application: a folder, or a zip archive by its first bytes.
fn is_application(path: &Path) -> bool {
    let mut magic = [0; 4];
    path.is_dir()
        || std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok()
            && magic == *b"PK\x03\x04"
}

/// A path as text; wasmsand's paths are UTF-8 wherever a program of ours made them.
fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
