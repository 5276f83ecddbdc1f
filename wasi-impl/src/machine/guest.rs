//! A guest: a wasm program of one process, as a suspended wasmi call. Owns the instance's store.
//!
//! A system call that must wait ends the current slice with a host trap; the guest keeps the call, performs it again
//! when its fact holds, and resumes with the errno. The kernel is lent to the store for the length of a slice.

use std::sync::Arc;

use wasmi::errors::{MemoryError, TableError};
use wasmi::{
    Caller, Error, Instance, Memory as WasmMemory, ResourceLimiter, Store, TypedResumableCall,
    TypedResumableCallHostTrap, TypedResumableCallOutOfFuel, Val,
};
use wasmi_core::LimiterError;
use wasmsand_vfs::Errno;

use super::image::Image;
use super::programs::Program;
use super::{price, trap};
use crate::kernel::process::{Pid, Process, Status};
use crate::kernel::rlimit::Resource;
use crate::kernel::signal::Signal;
use crate::kernel::{Fact, Kernel, Outcome};
use crate::limits::SLICE_FUEL_MAX;
use crate::module::{self, Performed, Start};
use crate::preview1::{self, Memory, abi};

/// Bytes that an element of a table takes.
const ELEMENT_BYTES: usize = 8;

/// What a guest's store knows.
pub(crate) struct GuestState {
    pid: Pid,
    kernel: Option<Box<Kernel>>,
    memory: Option<WasmMemory>,
    image: Option<Arc<Image>>,
    pause: Option<Pause>,
    trace: bool,
    /// Bytes of linear memory and tables that this guest has, and of those that the growth that is being tried adds.
    memory_bytes: usize,
    growing_bytes: usize,
    memory_bytes_max: usize,
    /// Elements of all its tables.
    table_elements: usize,
    growing_elements: usize,
    table_elements_max: usize,
}

/// A call of either module.
#[derive(Clone, Copy)]
pub(super) enum Call {
    Preview1(preview1::Call),
    Module(module::Call),
}

impl From<preview1::Call> for Call {
    fn from(call: preview1::Call) -> Call {
        Call::Preview1(call)
    }
}

impl From<module::Call> for Call {
    fn from(call: module::Call) -> Call {
        Call::Module(call)
    }
}

impl Call {
    /// Does it matter when the call was first tried?
    fn is_timed(self) -> bool {
        matches!(
            self,
            Call::Preview1(preview1::Call::PollOneoff { .. }) | Call::Module(module::Call::Wait { .. })
        )
    }

    fn describe(self, memory: &Memory<'_>, outcome: &Outcome<u16>) -> String {
        match self {
            Call::Preview1(call) => preview1::describe(&call, memory, outcome),
            Call::Module(call) => module::describe(&call, memory, outcome),
        }
    }
}

/// Why a host function stopped the guest.
enum Pause {
    /// The call waits for this.
    Block { call: Call, since: u64, fact: Fact },
    /// A program is to be started; then the call, in these words for the trace, is answered.
    Start { start: Box<Start>, words: String },
    /// The call is done, but the slice is over.
    Answer(u32),
    /// The process ends.
    Exit(Status),
}

/// The host error that carries nothing: what happened stands in [`GuestState::pause`].
#[derive(Debug)]
struct Paused;

impl std::fmt::Display for Paused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the guest waits or ends")
    }
}

impl wasmi::errors::HostError for Paused {}

/// Performs a guest's call now, or stops the guest until it can be.
pub(super) fn system_call(mut caller: Caller<'_, GuestState>, call: impl Into<Call>) -> Result<u32, Error> {
    let call = call.into();
    let memory = match caller.data().memory {
        Some(memory) => Some(memory),
        None => caller.get_export("memory").and_then(|export| export.into_memory()),
    };
    let (outcome, price) = match memory {
        Some(memory) => {
            let (bytes, state) = memory.data_and_store_mut(&mut caller);
            let outcome = state.perform(call, bytes, None);
            // What waits is not done yet, and pays when it was.
            let price = outcome.as_ref().map_or(price::CALL, |errno| match call {
                Call::Preview1(call) => price::of(&call, *errno, &Memory::new(bytes), state.process()),
                Call::Module(module::Call::ImageFetch {}) => {
                    price::copied(state.image.as_ref().map_or(0, |image| image.cold_bytes()))
                }
                Call::Module(_) => price::MODULE_CALL,
            });
            (outcome, price)
        }
        None => (caller.data_mut().perform(call, &mut [], None), price::CALL),
    };
    charge(&mut caller, price);
    outcome
}

/// Takes fuel for what the host did. Running out of it is noticed by the guest's next instructions, so that a loop of
/// calls is as interruptible as any other.
pub(super) fn charge(caller: &mut Caller<'_, GuestState>, fuel: u64) {
    let left = caller.get_fuel().unwrap_or(0);
    // Metering is on in every engine of ours, so this cannot fail.
    let _ = caller.set_fuel(left.saturating_sub(fuel));
}

impl GuestState {
    /// The process that runs in it, while the kernel is lent.
    fn process(&self) -> Option<&Process> {
        self.kernel.as_deref()?.processes.get(self.pid)
    }

    fn perform(&mut self, call: Call, bytes: &mut [u8], since: Option<u64>) -> Result<u32, Error> {
        let Some(kernel) = self.kernel.as_deref_mut() else {
            return Err(Error::host(Paused));
        };
        let since = match since {
            Some(since) => since,
            None if call.is_timed() => kernel.host.monotonic(),
            None => 0,
        };
        let outcome = match call {
            Call::Preview1(call) => preview1::perform(&call, kernel, self.pid, Memory::new(bytes), since),
            Call::Module(module::Call::ImageFetch {}) => {
                let fetched = self.image.as_ref().map_or(Err(Errno::NotSup), |image| image.fetch(bytes));
                Outcome::Done(fetched.map_or_else(abi::errno_number, |()| abi::SUCCESS))
            }
            Call::Module(call) => match module::perform(&call, kernel, self.pid, Memory::new(bytes), since) {
                Performed::Outcome(outcome) => outcome,
                Performed::Start(start) => {
                    let words =
                        if self.trace { module::words(&call, &Memory::new(bytes)) } else { String::new() };
                    self.pause = Some(Pause::Start { start, words });
                    return Err(Error::host(Paused));
                }
            },
        };
        let outcome = match outcome {
            Outcome::Block(_) if kernel.interrupts(self.pid) => Outcome::Done(abi::errno_number(Errno::Intr)),
            other => other,
        };
        if self.trace {
            let line = call.describe(&Memory::new(bytes), &outcome);
            super::trace::line(kernel, self.pid, &line);
        }
        self.pause = match outcome {
            Outcome::Done(errno) => match call {
                Call::Preview1(_) => return Ok(u32::from(errno)),
                // Only a call of the module sends signals, and its sender may be the one that they are for.
                Call::Module(call) => match after(kernel, self.pid, call, errno) {
                    Some(pause) => Some(pause),
                    None => return Ok(u32::from(errno)),
                },
            },
            Outcome::Block(fact) => Some(Pause::Block { call, since, fact }),
            Outcome::Exit(status) => Some(Pause::Exit(status)),
        };
        Err(Error::host(Paused))
    }
}

/// Why a guest does not go on at once after a call of the module that is done: a signal that it has sent itself, or
/// a call that costs far more than the fuel of one.
fn after(kernel: &mut Kernel, pid: Pid, call: module::Call, errno: u16) -> Option<Pause> {
    if let Some(status) = kernel.take_doom(pid) {
        return Some(Pause::Exit(status));
    }
    let stopped = kernel.processes.get(pid).is_some_and(|process| process.stopped.is_some());
    let is_long = matches!(call, module::Call::Processes { .. });
    (stopped || is_long).then(|| Pause::Answer(u32::from(errno)))
}

impl GuestState {
    /// Counts bytes that a memory or table is about to take, if there is room for them.
    fn take(&mut self, more: usize) -> bool {
        let own = self.memory_bytes.saturating_add(more);
        let Some(kernel) = self.kernel.as_deref_mut() else { return false };
        let all = kernel.guests_memory_bytes.saturating_add(more);
        if own > self.memory_bytes_max || all > kernel.limits.guests_memory_bytes_max {
            return false;
        }
        kernel.guests_memory_bytes = all;
        if let Some(process) = kernel.processes.get_mut(self.pid) {
            process.memory_bytes = own;
        }
        (self.memory_bytes, self.growing_bytes) = (own, more);
        true
    }

    /// Counts off what was counted last: the growth failed, or is tried again with more fuel.
    fn give_back(&mut self) {
        let bytes = std::mem::take(&mut self.growing_bytes);
        self.memory_bytes = self.memory_bytes.saturating_sub(bytes);
        if let Some(kernel) = self.kernel.as_deref_mut() {
            kernel.guests_memory_bytes = kernel.guests_memory_bytes.saturating_sub(bytes);
            if let Some(process) = kernel.processes.get_mut(self.pid) {
                process.memory_bytes = self.memory_bytes;
            }
        }
        let elements = std::mem::take(&mut self.growing_elements);
        self.table_elements = self.table_elements.saturating_sub(elements);
    }
}

/// Called before a growth, and again when it did not come about. What was allowed counts from then on.
impl ResourceLimiter for GuestState {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        Ok(self.take(desired.saturating_sub(current)))
    }

    fn memory_grow_failed(&mut self, _: &MemoryError) -> Result<(), LimiterError> {
        self.give_back();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        let more = desired.saturating_sub(current);
        let elements = self.table_elements.saturating_add(more);
        if elements > self.table_elements_max || maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if !self.take(more.saturating_mul(ELEMENT_BYTES)) {
            return Ok(false);
        }
        (self.table_elements, self.growing_elements) = (elements, more);
        Ok(true)
    }

    /// wasmi 2.0.0 forgets where it was when a `table.grow` runs out of fuel, and would go on elsewhere in the
    /// function. An error here ends the guest instead; it is the slice's last 1.25 million elements at worst.
    fn table_grow_failed(&mut self, error: &TableError) -> Result<(), LimiterError> {
        self.give_back();
        match error {
            TableError::OutOfFuel { .. } => Err(LimiterError::ResourceLimiterDeniedAllocation),
            _ => Ok(()),
        }
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        16
    }

    /// The program's own, and the one that notes its calls.
    fn memories(&self) -> usize {
        2
    }
}

/// How the guest goes on.
enum Next {
    /// It has not begun.
    Begin,
    /// What was its start section has ended.
    Main(Instance),
    /// From a system call that waited.
    Call { call: Call, since: u64, suspended: TypedResumableCallHostTrap<()> },
    /// From a call that was answered while it was suspended.
    Answer { errno: u32, suspended: TypedResumableCallHostTrap<()> },
    /// From a call that starts a program: the machine answers it.
    Start(TypedResumableCallHostTrap<()>),
    /// From where its slice ended.
    Fuel(TypedResumableCallOutOfFuel<()>),
}

/// What a slice came to.
pub(crate) enum Slice {
    /// It could go on.
    More,
    /// It waits.
    Block(Fact),
    /// It wants a program to be started, in these words; see [`Guest::answer_start`].
    Start(Box<Start>, String),
    /// It ended.
    Exit(Status),
    /// It ended by a wasm trap: the status, and what happened in words.
    Trap(Status, String),
}

/// A suspended guest.
pub(crate) struct Guest {
    store: Store<GuestState>,
    program: Program,
    next: Option<Next>,
    /// The instance, while what was its start section runs.
    starting: Option<Instance>,
    /// The instance.
    instance: Option<Instance>,
}

impl Guest {
    /// A guest that has not begun.
    pub(crate) fn new(pid: Pid, program: Program, kernel: &Kernel, trace: bool) -> Guest {
        // The memory that notes its calls is not the program's own.
        let noted = program.backtrace.as_ref().map_or(0, |backtrace| backtrace.memory_bytes());
        let own = kernel.processes.get(pid).map(|process| &process.rlimits);
        let memory_bytes_max = [Resource::Data, Resource::AddressSpace]
            .into_iter()
            .fold(kernel.limits.guest_memory_bytes_max, |most, resource| {
                own.map_or(most, |own| own.at_most(resource, most))
            });
        let state = GuestState {
            pid,
            kernel: None,
            memory: None,
            image: program.image.clone(),
            pause: None,
            trace,
            memory_bytes: 0,
            growing_bytes: 0,
            memory_bytes_max: memory_bytes_max.saturating_add(noted),
            table_elements: 0,
            growing_elements: 0,
            table_elements_max: kernel.limits.table_elements_max,
        };
        let mut store = Store::new(program.module.engine(), state);
        store.limiter(|state| state);
        Guest { store, program, next: Some(Next::Begin), starting: None, instance: None }
    }

    /// Bytes of value stack that it may fill.
    pub(crate) fn stack_bytes(&self) -> usize {
        self.program.stack_bytes
    }

    /// Bytes of linear memory and tables it holds, to be counted off when it is dropped.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory_bytes
    }

    /// Runs for at most `fuel`, with the kernel lent; answers how much was used.
    pub(crate) fn run(&mut self, kernel: Box<Kernel>, fuel: u64) -> (Box<Kernel>, Slice, u64) {
        self.store.data_mut().kernel = Some(kernel);
        let fuel = fuel.min(SLICE_FUEL_MAX);
        let granted = match &self.next {
            Some(Next::Fuel(call)) => fuel.max(call.required_fuel()),
            Some(Next::Begin | Next::Main(_) | Next::Call { .. } | Next::Answer { .. } | Next::Start(_))
            | None => fuel,
        };
        // Metering is on in every engine of ours, so neither call can fail.
        let _ = self.store.set_fuel(granted);
        self.raise_flag();
        let slice = self.resume();
        let used = granted.saturating_sub(self.store.get_fuel().unwrap_or(0));
        match self.store.data_mut().kernel.take() {
            Some(kernel) => (kernel, slice, used),
            None => unreachable_kernel(),
        }
    }

    /// Tells the guest of signals that were caught, in the byte that it watches.
    fn raise_flag(&mut self) {
        let state = self.store.data_mut();
        let (pid, memory) = (state.pid, state.memory);
        let process = state.kernel.as_mut().and_then(|kernel| kernel.processes.get_mut(pid));
        let flag = process.and_then(Process::take_flag);
        if let (Some(at), Some(memory)) = (flag, memory) {
            // That it lies inside was checked when it was named, and memory only grows.
            let _ = Memory::new(memory.data_mut(&mut self.store)).write(at, &[1]);
        }
    }

    /// Answers a call that started a program, or could not: the guest goes on with the errno. `child` is the number
    /// of the new process and where it goes.
    pub(crate) fn answer_start(&mut self, errno: u16, child: Option<(u32, Pid)>) {
        let memory = self.store.data().memory;
        if let (Some((at, pid)), Some(memory)) = (child, memory) {
            // That it lies inside was checked when the call was performed, and memory only grows.
            let _ = Memory::new(memory.data_mut(&mut self.store)).write_u32(at, pid.0);
        }
        if let Some(Next::Start(suspended)) = self.next.take() {
            self.next = Some(Next::Answer { errno: u32::from(errno), suspended });
        }
    }

    fn resume(&mut self) -> Slice {
        let result = match self.next.take() {
            Some(Next::Begin) => self.start(),
            Some(Next::Main(instance)) => self.main(instance),
            Some(Next::Fuel(call)) => call.resume(&mut self.store),
            Some(Next::Call { call, since, suspended }) => match self.retry(call, since) {
                Ok(errno) => suspended.resume(&mut self.store, &[Val::I32(errno.cast_signed())]),
                Err(_) => return self.paused(suspended),
            },
            Some(Next::Answer { errno, suspended }) => {
                suspended.resume(&mut self.store, &[Val::I32(errno.cast_signed())])
            }
            // A start that was not answered has nothing to go on from.
            Some(Next::Start(_)) | None => return Slice::Exit(Status::Exited(0)),
        };
        match result {
            Ok(TypedResumableCall::Finished(())) => match self.starting.take() {
                Some(instance) => {
                    self.next = Some(Next::Main(instance));
                    Slice::More
                }
                None => Slice::Exit(Status::Exited(0)),
            },
            Ok(TypedResumableCall::OutOfFuel(call)) => {
                self.next = Some(Next::Fuel(call));
                Slice::More
            }
            Ok(TypedResumableCall::HostTrap(suspended)) => self.paused(suspended),
            Err(error) => self.failed(&error),
        }
    }

    fn start(&mut self) -> Result<TypedResumableCall<()>, Error> {
        let instance = self.program.linker.instantiate_and_start(&mut self.store, &self.program.module)?;
        let memory = instance.get_memory(&self.store, "memory");
        self.store.data_mut().memory = memory;
        self.instance = Some(instance);
        if let Some(image) = &self.program.image {
            let bytes = memory.map_or(&mut [][..], |memory| memory.data_mut(&mut self.store));
            if image.place(bytes).is_err() {
                return Err(Error::new("its memory image does not fit into its memory"));
            }
        }
        let Some(start) = self.program.start.clone() else { return self.main(instance) };
        self.starting = Some(instance);
        instance.get_typed_func::<(), ()>(&self.store, &start)?.call_resumable(&mut self.store, ())
    }

    fn main(&mut self, instance: Instance) -> Result<TypedResumableCall<()>, Error> {
        instance.get_typed_func::<(), ()>(&self.store, "_start")?.call_resumable(&mut self.store, ())
    }

    fn retry(&mut self, call: Call, since: u64) -> Result<u32, Error> {
        match self.store.data().memory {
            Some(memory) => {
                let (bytes, state) = memory.data_and_store_mut(&mut self.store);
                state.perform(call, bytes, Some(since))
            }
            None => self.store.data_mut().perform(call, &mut [], Some(since)),
        }
    }

    fn paused(&mut self, suspended: TypedResumableCallHostTrap<()>) -> Slice {
        match self.store.data_mut().pause.take() {
            Some(Pause::Block { call, since, fact }) => {
                self.next = Some(Next::Call { call, since, suspended });
                Slice::Block(fact)
            }
            Some(Pause::Start { start, words }) => {
                self.next = Some(Next::Start(suspended));
                Slice::Start(start, words)
            }
            Some(Pause::Answer(errno)) => {
                self.next = Some(Next::Answer { errno, suspended });
                Slice::More
            }
            Some(Pause::Exit(status)) => Slice::Exit(status),
            None => Slice::Trap(Status::Signaled(Signal::ABRT), suspended.host_error().to_string()),
        }
    }

    /// An error ends the guest.
    fn failed(&self, error: &Error) -> Slice {
        let (status, mut words) = trap::end_of(error);
        if let (Some(backtrace), Some(instance)) = (&self.program.backtrace, self.instance) {
            for line in backtrace.lines(&self.store, instance) {
                words.push('\n');
                words.push_str(&line);
            }
        }
        Slice::Trap(status, words)
    }
}

/// The kernel is put into the store and taken out by the same function, and no host function takes it.
#[allow(clippy::panic, reason = "our own invariant; no guest can reach it")]
fn unreachable_kernel() -> ! {
    panic!("the kernel was lent to a guest and did not come back")
}
