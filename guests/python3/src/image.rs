//! The image: an interpreter that was made when the program was built, with
//! the modules that programs import most. It owns the way from the build to
//! the process, and says which command lines the image is good for.

use std::cell::RefCell;

use rustpython::Interpreter;
use rustpython::vm::builtins::PyStrRef;
use rustpython::vm::compiler::Mode;
use rustpython::vm::{PyObjectRef, PyResult, Settings, VirtualMachine};

/// The Python half: it imports what is in the image, and makes it a process's own.
const SOURCE: &str = include_str!("image.py");

/// Memory that a process has before it must ask for more: to grow, the engine
/// may have to move all of it.
const FREE_BYTES: usize = 2 << 20;

/// An interpreter, ready to be resumed.
pub struct Image {
    /// The interpreter, `site` imported.
    pub interpreter: Interpreter,
    /// `resume` of `image.py`.
    pub resume: PyObjectRef,
}

thread_local! {
    static IMAGE: RefCell<Option<Image>> = const { RefCell::new(None) };
}

/// Makes the image. A failure shows in the output of the build, which it ends.
pub fn prepare() {
    let interpreter = crate::interpreter(Settings::default());
    let prepared = interpreter.enter(|vm| {
        let prepared = load(vm);
        if let Err(exception) = &prepared {
            vm.print_exception(exception);
        }
        prepared.ok()
    });
    if let Some(resume) = prepared {
        IMAGE.set(Some(Image { interpreter, resume }));
    }
    // The allocator keeps what it is given back.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(FREE_BYTES)));
}

/// The image, once.
pub fn take() -> Option<Image> {
    IMAGE.take()
}

/// Whether an interpreter with these settings can come from the image. The
/// others are rare, and change what is imported or how from the first line on.
pub fn serves(settings: &Settings) -> bool {
    settings.import_site
        && settings.verbose == 0
        && !settings.dev_mode
        && settings.install_signal_handlers
        && matches!(settings.check_hash_pycs_mode, rustpython::vm::vm::CheckHashPycsMode::Default)
}

/// Imports what the image holds; answers with the function that resumes it.
fn load(vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    vm.import("site", 0)?;
    let scope = vm.new_scope_with_builtins();
    let name: PyStrRef = vm.ctx.new_str("_wasmsand_image");
    scope.globals.set_item("__name__", name.into(), vm)?;
    let fetch = vm.new_function("fetch_library", crate::library::fetch);
    scope.globals.set_item("fetch_library", fetch.into(), vm)?;
    let code = vm
        .compile(SOURCE, Mode::Exec, "<image>")
        .map_err(|error| error.into_pyexception(vm, Some(SOURCE)))?;
    vm.run_code_obj(code, scope.clone())?;
    let resume = scope.globals.get_item("resume", vm)?;
    vm.state.gc.collect_force(2);
    // What is in the image is in every process: nothing is won by looking for garbage there.
    vm.state.gc.freeze();
    Ok(resume)
}
