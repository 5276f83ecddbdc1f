//! The run: what a command line asks the interpreter to execute, from
//! `-c`, `-m`, a script, standard input or a prompt, in `__main__`.

use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rustpython::vm::compiler::Mode;
use rustpython::vm::convert::IntoPyException;
use rustpython::vm::scope::Scope;
use rustpython::vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

use crate::command_line::{CommandLine, Program};
use crate::prompt;

/// The status of a script that cannot be opened, as CPython has it.
const CANNOT_OPEN_STATUS: i32 = 2;

/// The end record of an archive, and its length where it has no comment.
const ARCHIVE_END: &[u8; 4] = b"PK\x05\x06";
const ARCHIVE_END_BYTES: i64 = 22;

/// Runs what was asked for and, where `-i` says so, a prompt after it.
pub fn run(vm: &VirtualMachine, asked: CommandLine) -> PyResult<()> {
    let settings = &vm.state.config.settings;
    let scope = vm.new_scope_with_main()?;
    // They are there while there is a prompt.
    for name in ["ps1", "ps2"] {
        let _ = vm.sys_module.as_object().del_attr(&vm.ctx.new_str(name), vm);
    }
    if !settings.warnoptions.is_empty() {
        // The module turns `-W` and PYTHONWARNINGS into filters when it is first imported.
        vm.import("warnings", 0)?;
    }
    if settings.import_site {
        // In an image it is imported already.
        vm.import("site", 0)?;
    }
    // `site` makes the entries of sys.path absolute, so the first one comes after it.
    if (!settings.safe_path || is_application(&asked.program))
        && let Some(first) = search_path(&asked.program)
    {
        vm.insert_sys_path(vm.ctx.new_str(first).into())?;
    }
    let has_user = settings.interactive || std::io::stdin().is_terminal();
    let is_file =
        matches!(asked.program, Program::File(_) | Program::Input) && !is_application(&asked.program);
    let result = match asked.program {
        Program::Command(source) => execute(vm, &scope, &source, "<string>"),
        Program::Module(name) => vm.run_module(&name),
        Program::File(path) => script(vm, &scope, &path, asked.skips_first_line),
        Program::Input if has_user => {
            if !settings.quiet {
                prompt::greet();
            }
            start_up(vm, &scope)?;
            call_hook(vm)?;
            return prompt::run(vm, scope);
        }
        Program::Input => standard_input(vm, &scope),
    };
    if is_file {
        flush(vm);
    }
    // A program may ask for the prompt itself.
    let inspects = settings.inspect
        || !settings.ignore_environment
            && std::env::var_os("PYTHONINSPECT").is_some_and(|value| !value.is_empty());
    if !(inspects && has_user) {
        return result;
    }
    if let Err(exception) = result {
        prompt::show(vm, &exception);
    }
    call_hook(vm)?;
    prompt::run(vm, scope)
}

/// Writes out what a script has printed, so that it comes before a traceback where both go to one place. As in CPython
/// nothing is said when that fails, and `-c` and `-m` do not do it.
fn flush(vm: &VirtualMachine) {
    for name in ["stderr", "stdout"] {
        if let Ok(stream) = vm.sys_module.get_attr(name, vm) {
            let _ = vm.call_method(&stream, "flush", ());
        }
    }
}

/// The entry that a program puts at the front of `sys.path`; a script's own folder for a script.
fn search_path(program: &Program) -> Option<String> {
    match program {
        Program::Command(_) | Program::Input => Some(String::new()),
        Program::Module(_) => Some(lossy(&std::env::current_dir().ok()?)),
        Program::File(path) if holds_application(Path::new(path)) => Some(lossy(&absolute(path))),
        Program::File(path) => Some(lossy(std::fs::canonicalize(path).ok()?.parent()?)),
    }
}

/// Whether a program is a folder or an archive, whose modules it finds there and nowhere else.
fn is_application(program: &Program) -> bool {
    matches!(program, Program::File(path) if holds_application(Path::new(path)))
}

/// Runs the file that PYTHONSTARTUP names, in front of a prompt.
fn start_up(vm: &VirtualMachine, scope: &Scope) -> PyResult<()> {
    let Some(path) = std::env::var("PYTHONSTARTUP").ok().filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    if vm.state.config.settings.ignore_environment {
        return Ok(());
    }
    let result = match std::fs::read(&path) {
        Ok(source) => execute(vm, scope, &String::from_utf8_lossy(&source), &path),
        Err(error) => {
            eprintln!("Could not open PYTHONSTARTUP");
            let exception = error.into_pyexception(vm);
            let _ = exception.as_object().set_attr("filename", vm.ctx.new_str(path), vm);
            Err(exception)
        }
    };
    match result {
        Err(exception) if !exception.fast_isinstance(vm.ctx.exceptions.system_exit) => {
            prompt::show(vm, &exception);
            Ok(())
        }
        result => result,
    }
}

/// Calls `sys.__interactivehook__`. The one that `site` sets up looks for readline, which is ours already.
fn call_hook(vm: &VirtualMachine) -> PyResult<()> {
    let Ok(hook) = vm.sys_module.get_attr("__interactivehook__", vm) else { return Ok(()) };
    let owner = hook.get_attr("__module__", vm).and_then(|owner| owner.str(vm));
    if owner.is_ok_and(|owner| owner.to_string_lossy() == "site") {
        return Ok(());
    }
    if let Err(exception) = hook.call((), vm) {
        eprintln!("Failed calling sys.__interactivehook__");
        prompt::show(vm, &exception);
    }
    Ok(())
}

/// Compiles and runs a program in `__main__`.
fn execute(vm: &VirtualMachine, scope: &Scope, source: &str, name: &str) -> PyResult<()> {
    let code =
        vm.compile(source, Mode::Exec, name).map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let registered = code.clone();
    vm.run_code_obj(code, scope.clone()).map(drop).inspect_err(|exception| {
        // A traceback quotes these lines. They are handed over only now,
        // because the module that keeps them takes long to import.
        if !exception.fast_isinstance(vm.ctx.exceptions.system_exit) {
            let _ = vm.register_code_in_linecache(&registered, source);
        }
    })
}

/// Runs a program from standard input, read to its end first.
fn standard_input(vm: &VirtualMachine, scope: &Scope) -> PyResult<()> {
    let mut source = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut source) {
        return Err(error.into_pyexception(vm));
    }
    execute(vm, scope, &String::from_utf8_lossy(&source), "<stdin>")
}

/// Runs a script, or a folder or archive that holds a `__main__.py`.
fn script(vm: &VirtualMachine, scope: &Scope, path: &str, skips_first_line: bool) -> PyResult<()> {
    let absolute = absolute(path);
    if holds_application(&absolute) {
        let runpy = vm.import("runpy", 0)?;
        return runpy.get_attr("_run_module_as_main", vm)?.call(("__main__", false), vm).map(drop);
    }
    if let Err(error) = std::fs::File::open(&absolute) {
        let name = std::env::args_os().next().unwrap_or_default();
        let file = vm.ctx.new_str(lossy(&absolute)).as_object().repr(vm)?;
        let exception = error.into_pyexception(vm);
        let why = exception.as_object().str(vm)?;
        eprintln!("{}: can't open file {file}: {why}", name.to_string_lossy());
        return Err(vm.new_system_exit(vec![vm.ctx.new_int(CANNOT_OPEN_STATUS).into()].into()));
    }
    let source = std::fs::read(&absolute).map_err(|error| error.into_pyexception(vm))?;
    let path = lossy(&absolute);
    match plain_text(&source) {
        Some(text) if skips_first_line => {
            // It counts nevertheless.
            let rest = text.find('\n').and_then(|end| text.get(end..)).unwrap_or_default();
            plain_script(vm, scope, rest, &path)
        }
        Some(text) if !path.ends_with(".pyc") => plain_script(vm, scope, text, &path),
        _ => vm.run_script(scope.clone(), &path),
    }
}

/// A script's text, where it needs no decoding and is what it seems to be.
fn plain_text(source: &[u8]) -> Option<&str> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let text = std::str::from_utf8(source).ok()?;
    let is_plain = !text.contains('\0') && !text.lines().take(2).any(|line| line.contains("coding"));
    is_plain.then_some(text)
}

/// Runs a script as the interpreter does, but for a module that is imported
/// there to find a class that has long been loaded.
fn plain_script(vm: &VirtualMachine, scope: &Scope, source: &str, path: &str) -> PyResult<()> {
    let globals = &scope.globals;
    let file: PyObjectRef = vm.ctx.new_str(path).into();
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let machinery = modules.get_item("_frozen_importlib_external", vm)?;
    let loader = machinery.get_attr("SourceFileLoader", vm)?.call(("__main__", path), vm)?;
    globals.set_item("__file__", file, vm)?;
    globals.set_item("__cached__", vm.ctx.none(), vm)?;
    globals.set_item("__loader__", loader, vm)?;
    let code =
        vm.compile(source, Mode::Exec, path).map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let result = vm.run_code_obj(code, scope.clone()).map(drop);
    // A prompt after it has no file.
    for name in ["__file__", "__cached__"] {
        let _ = globals.del_item(name, vm);
    }
    result
}

/// Whether a path holds a whole application: a folder, a zip archive by its last bytes, or a folder inside of one.
fn holds_application(path: &Path) -> bool {
    if path.is_dir() {
        return true;
    }
    let archive = path.ancestors().find(|path| path.is_file());
    let Some(Ok(mut file)) = archive.map(std::fs::File::open) else { return false };
    let mut mark = [0; 4];
    let mut is_at = |place: SeekFrom, expected: &[u8; 4]| {
        file.seek(place).is_ok() && file.read_exact(&mut mark).is_ok() && mark == *expected
    };
    // An archive may begin with a line for the kernel, or end with a comment.
    is_at(SeekFrom::End(-ARCHIVE_END_BYTES), ARCHIVE_END) || is_at(SeekFrom::Start(0), b"PK\x03\x04")
}

/// A path from the root.
fn absolute(path: &str) -> PathBuf {
    std::env::current_dir().map_or_else(|_| PathBuf::from(path), |here| here.join(path))
}

/// A path as text; wasmsand's paths are UTF-8 wherever a program of ours made them.
fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
