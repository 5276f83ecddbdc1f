//! The resumption: what belongs to a process and not to the image it came
//! from, read from the command line and the environment.

use std::ffi::OsString;
use std::os::wasi::ffi::OsStringExt;

use rustpython::vm::builtins::{PyDictRef, PyTuple};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::function::{FuncArgs, KwArgs};
use rustpython::vm::{AsObject, PyObjectRef, PyPayload, PyResult, Settings, VirtualMachine};

use crate::command_line::CommandLine;
use crate::image::Image;

/// Gives the image's interpreter the arguments, the environment, the settings
/// and the streams of this process.
pub fn resume(vm: &VirtualMachine, image: &Image, settings: Settings, asked: &CommandLine) -> PyResult<()> {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let texts = |list: &[String]| -> PyObjectRef {
        vm.ctx.new_list(list.iter().map(|each| text(each)).collect()).into()
    };
    let optional = |value: &Option<String>| value.as_deref().map_or_else(|| vm.ctx.none(), text);

    let arguments = |list: &mut dyn Iterator<Item = OsString>| -> PyObjectRef {
        vm.ctx.new_list(list.map(|each| vm.fsdecode(each).into()).collect()).into()
    };
    let xoptions = vm.ctx.new_dict();
    for (name, value) in &settings.xoptions {
        let value = value.as_deref().map_or_else(|| vm.ctx.new_bool(true).into(), text);
        xoptions.set_item(name.as_str(), value, vm)?;
    }
    let process: Vec<PyObjectRef> = vec![
        environ(vm)?.into(),
        arguments(&mut asked.argv.iter().cloned()),
        arguments(&mut std::env::args_os()),
        texts(&settings.path_list),
        texts(&settings.warnoptions),
        xoptions.into(),
        flags(vm, &settings)?,
        vm.ctx.new_bool(settings.buffered_stdio).into(),
        optional(&settings.stdio_encoding),
        optional(&settings.stdio_errors),
        optional(&asked.cache_prefix),
    ];
    if let Ok(digits) = usize::try_from(settings.int_max_str_digits) {
        vm.state.int_max_str_digits.store(digits);
    }
    replace_settings(vm, settings);
    image.resume.call(FuncArgs::new(process, KwArgs::default()), vm).map(drop)
}

/// The environment, as `posix.environ` has it.
fn environ(vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let environ = vm.ctx.new_dict();
    for (name, value) in std::env::vars_os() {
        let name: PyObjectRef = vm.ctx.new_bytes(name.into_vec()).into();
        environ.set_item(&*name, vm.ctx.new_bytes(value.into_vec()).into(), vm)?;
    }
    Ok(environ)
}

/// `sys.flags`, which Python code cannot make.
fn flags(vm: &VirtualMachine, settings: &Settings) -> PyResult<PyObjectRef> {
    let number = |number: i64| -> PyObjectRef { vm.ctx.new_int(number).into() };
    let bit = |bit: bool| number(i64::from(bit));
    let truth = |truth: bool| -> PyObjectRef { vm.ctx.new_bool(truth).into() };
    let items = vec![
        number(settings.debug.into()),
        bit(settings.inspect),
        bit(settings.interactive),
        number(settings.optimize.into()),
        bit(!settings.write_bytecode),
        bit(!settings.user_site_directory),
        bit(!settings.import_site),
        bit(settings.ignore_environment),
        number(settings.verbose.into()),
        number(i64::try_from(settings.bytes_warning).unwrap_or(i64::MAX)),
        bit(settings.quiet),
        bit(settings.hash_seed != Some(0)),
        bit(settings.isolated),
        truth(settings.dev_mode),
        // The interpreter's own reading of "not said".
        number(if settings.utf8_mode < 0 { 1 } else { settings.utf8_mode.into() }),
        number(settings.int_max_str_digits),
        truth(settings.safe_path),
        bit(settings.warn_default_encoding),
    ];
    let class = vm.sys_module.get_attr("flags", vm)?.class().to_owned();
    Ok(PyTuple::new_unchecked(items.into_boxed_slice()).into_ref_with_type(vm, class)?.into())
}

/// Puts the process's settings where the interpreter looks for them.
fn replace_settings(vm: &VirtualMachine, settings: Settings) {
    let state = PyRc::as_ptr(&vm.state).cast_mut();
    // SAFETY: the state is alive, for `vm` holds it. There is one thread, and
    // it holds no reference into the settings: no Python code runs yet, and the
    // interpreter borrows them only for the length of an expression.
    // RustPython offers no other way once an interpreter is made.
    unsafe { (*state).config.settings = settings };
}
