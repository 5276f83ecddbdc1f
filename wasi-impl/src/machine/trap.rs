//! A trap: how a guest ends when wasm cannot go on. Owns the words, and the signals that a native program would have
//! got for the same (shell.md): 134 abort, 136 arithmetic, 139 memory, 137 a limit.

use wasmi::errors::{ErrorKind, InstantiationError, MemoryError, TableError};
use wasmi::{Error, FuncType, TrapCode, ValType};

use crate::kernel::process::Status;
use crate::kernel::signal::Signal;

/// The status of a program that could not be run, as a shell has it.
const CANNOT_RUN: Status = Status::Exited(126);

/// The status and the sentence of an error that ended a guest.
pub(super) fn end_of(error: &Error) -> (Status, String) {
    let (status, words) = match (error.as_trap_code(), error.kind()) {
        (Some(code), _) => of_code(code),
        (None, ErrorKind::Instantiation(error)) => return of_instantiation(error),
        (None, ErrorKind::Memory(_)) => (Status::Signaled(Signal::KILL), "memory could not grow"),
        (None, ErrorKind::Table(_)) => (Status::Signaled(Signal::KILL), "a table could not grow"),
        (None, ErrorKind::Translation(_) | ErrorKind::ImplementationLimits(_) | ErrorKind::Ir(_)) => {
            let words = format!("a function is beyond what the interpreter can translate: {error}");
            return (Status::Signaled(Signal::KILL), words);
        }
        (None, _) => return (Status::Signaled(Signal::ABRT), error.to_string()),
    };
    (status, words.to_owned())
}

fn of_code(code: TrapCode) -> (Status, &'static str) {
    let (signal, words) = match code {
        TrapCode::UnreachableCodeReached => (Signal::ABRT, "unreachable instruction executed"),
        TrapCode::MemoryOutOfBounds => (Signal::SEGV, "out of bounds memory access"),
        TrapCode::TableOutOfBounds => (Signal::SEGV, "out of bounds table access"),
        TrapCode::IndirectCallToNull => (Signal::SEGV, "call of a null function"),
        TrapCode::IntegerDivisionByZero => (Signal::FPE, "integer divide by zero"),
        TrapCode::IntegerOverflow => (Signal::FPE, "integer overflow"),
        TrapCode::BadConversionToInteger => (Signal::FPE, "conversion of a float that is no integer"),
        TrapCode::StackOverflow => (Signal::SEGV, "call stack exhausted"),
        TrapCode::BadSignature => (Signal::ABRT, "call of a function of another type"),
        TrapCode::OutOfFuel => (Signal::KILL, "out of fuel"),
        TrapCode::GrowthOperationLimited => (Signal::KILL, "a table could not grow within a slice of fuel"),
        TrapCode::OutOfSystemMemory => (Signal::KILL, "out of memory"),
    };
    (Status::Signaled(signal), words)
}

fn of_instantiation(error: &InstantiationError) -> (Status, String) {
    let killed = |words: &str| (Status::Signaled(Signal::KILL), words.to_owned());
    match error {
        InstantiationError::FuncTypeMismatch { name, expected, actual } => {
            let (module, name) = (name.module(), name.name());
            let (wanted, given) = (signature(expected), signature(actual));
            (CANNOT_RUN, format!("imports `{module}.{name}' as {wanted}, but it is {given}"))
        }
        InstantiationError::ElementSegmentDoesNotFit { .. } => {
            (Status::Signaled(Signal::SEGV), "out of bounds table access at the start".to_owned())
        }
        InstantiationError::FailedToInstantiateMemory(MemoryError::ResourceLimiterDeniedAllocation) => {
            killed("not enough memory: the limit of all guests together is reached")
        }
        InstantiationError::FailedToInstantiateTable(TableError::ResourceLimiterDeniedAllocation) => {
            killed("not enough memory for its tables: a limit is reached")
        }
        InstantiationError::FailedToInstantiateMemory(_)
        | InstantiationError::FailedToInstantiateTable(_) => killed("out of memory"),
        other => (CANNOT_RUN, format!("cannot be started: {other}")),
    }
}

/// A function type in the manner of the text format: `(i32, i64) -> i32`.
fn signature(ty: &FuncType) -> String {
    let list = |types: &[ValType]| {
        let names: Vec<&str> = types.iter().copied().map(type_name).collect();
        names.join(", ")
    };
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}

fn type_name(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::V128 => "v128",
        ValType::FuncRef => "funcref",
        ValType::ExternRef => "externref",
    }
}
