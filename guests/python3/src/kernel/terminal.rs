//! The terminal, as `termios` needs it.

pub(crate) use module::module_def;

#[rustpython_vm::pymodule(name = "_wasmsand_terminal")]
mod module {
    use std::io;

    use rustpython::vm::builtins::{PyBaseExceptionRef, PyTypeRef};
    use rustpython::vm::convert::ToPyException;
    use rustpython::vm::host_env::crt_fd::Borrowed;
    use rustpython::vm::{PyResult, VirtualMachine};
    use sys::terminal::Mode;

    /// The parts of a mode in the order of their bits.
    const PARTS: [Mode; 5] = [Mode::CANONICAL, Mode::ECHO, Mode::SIGNALS, Mode::INPUT, Mode::OUTPUT];

    #[pyattr(name = "error", once)]
    fn error(vm: &VirtualMachine) -> PyTypeRef {
        vm.ctx.new_exception_type("termios", "error", None)
    }

    fn failed(failure: &io::Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
        let plain = failure.to_pyexception(vm);
        let parts = [plain.get_arg(0), plain.get_arg(1)].into_iter().flatten().collect();
        vm.invoke_exception(&error(vm), parts).unwrap_or(plain)
    }

    #[pyfunction]
    fn mode(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<u32> {
        let mode = sys::terminal::mode(fd).map_err(|failure| failed(&failure, vm))?;
        Ok(PARTS.iter().enumerate().filter(|(_, part)| mode.has(**part)).map(|(bit, _)| 1 << bit).sum())
    }

    #[pyfunction]
    fn set_mode(fd: Borrowed<'_>, bits: u32, vm: &VirtualMachine) -> PyResult<()> {
        let parts = PARTS.iter().enumerate().filter(|(bit, _)| bits & 1 << bit != 0);
        let mode = parts.fold(Mode::RAW, |mode, (_, part)| mode.with(*part));
        sys::terminal::set_mode(fd, mode).map_err(|failure| failed(&failure, vm))
    }

    #[pyfunction]
    fn size(vm: &VirtualMachine) -> PyResult<(u32, u32)> {
        sys::terminal::size().map_err(|failure| failed(&failure, vm))
    }
}
