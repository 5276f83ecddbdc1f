//! The programs that have been compiled: engines and modules, by content.
//!
//! Bundled programs share one engine for the life of the machine and are compiled lazily, for they are known to be
//! valid. Any other module gets an engine of its own, which frees its code when the module is forgotten, and is
//! validated whole before it runs.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use wasmi::{CompilationMode, Config, CustomFuelCosts, Engine, ExternType, Linker, Module, OperatorCost};
use wasmsand_vfs::{Content, Ino};

use super::backtrace::Backtrace;
use super::guest::GuestState;
use super::image::Image;
use super::rewrite::Additions;
use super::survey::{Export, Survey, Unfit};
use super::{backtrace, instrument, linker, refusal, rewrite};
use crate::limits::Limits;

/// Modules of users that stay compiled; the least recently used is forgotten.
const USER_PROGRAMS_MAX: usize = 16;

/// Value stacks that an engine keeps for its next call. One of a bundled program is worth keeping; one that a user's
/// module has filled would hold its memory for as long as the module is known.
const BUNDLED_STACKS_KEPT: usize = 4;
const USER_STACKS_KEPT: usize = 0;

/// The least height of a value stack, with which each begins.
const STACK_BYTES_MIN: usize = 1_024;

/// Bytes of one frame of a call in the engine.
const FRAME_BYTES: usize = 32;

/// Functions of preview1 that take no pointer, and so need no memory.
const WITHOUT_MEMORY: [&str; 14] = [
    "proc_exit",
    "proc_raise",
    "sched_yield",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_renumber",
    "fd_sync",
    "sock_shutdown",
];

/// A compiled program with the linker of its engine.
#[derive(Clone)]
pub(crate) struct Program {
    /// The module.
    pub(crate) module: Module,
    /// Its engine's functions.
    pub(crate) linker: Arc<Linker<GuestState>>,
    /// The export that is called before `_start`: what was its start section.
    pub(crate) start: Option<Arc<str>>,
    /// How its calls are told when it traps, if they are noted.
    pub(super) backtrace: Option<Arc<Backtrace>>,
    /// What its memory holds when it begins, beside its data segments.
    pub(super) image: Option<Arc<Image>>,
    /// Bytes of value stack that a guest of it may fill; none for a bundled one, which is known not to.
    pub(crate) stack_bytes: usize,
}

/// What content a program was compiled from: the inode and its version.
type Key = (Ino, u64);

/// The compiled programs.
#[derive(Default)]
pub(crate) struct Programs {
    bundled_engine: Option<(Engine, Arc<Linker<GuestState>>)>,
    trusted: Vec<Key>,
    bundled: Vec<(Key, Program)>,
    users: VecDeque<(Key, Program)>,
    /// The linker of each user's program, which lives as long as its code does, and the bytes of its module.
    alive: Vec<(Weak<Linker<GuestState>>, usize)>,
    /// Are the calls of users' programs noted for back traces?
    notes_calls: bool,
}

impl Programs {
    /// Notes the calls of users' programs, or no longer.
    pub(crate) fn set_backtrace(&mut self, notes_calls: bool) {
        if self.notes_calls != notes_calls {
            self.notes_calls = notes_calls;
            // They were compiled the other way.
            self.users.clear();
        }
    }

    /// Names content that is known to be valid.
    pub(crate) fn trust(&mut self, key: Key) {
        self.trusted.push(key);
    }

    /// The program of some content, compiled once.
    ///
    /// # Errors
    /// Why the bytes cannot be run, in words.
    pub(crate) fn load(&mut self, key: Key, content: &Content, limits: &Limits) -> Result<Program, String> {
        if let Some((_, program)) = self.bundled.iter().find(|(known, _)| *known == key) {
            return Ok(program.clone());
        }
        if let Some(at) = self.users.iter().position(|(known, _)| *known == key)
            && let Some(entry) = self.users.remove(at)
        {
            let program = entry.1.clone();
            self.users.push_back(entry);
            return Ok(program);
        }
        let bytes = content.as_slice();
        refusal::header(bytes)?;
        let image = Image::of(content)?.map(Arc::new);
        if self.trusted.contains(&key) {
            let (engine, linker) = self.bundled_engine(limits)?;
            let module = Module::new(&engine, bytes).map_err(|error| refusal::rejected(bytes, &error))?;
            let program = Program { module, linker, start: None, backtrace: None, image, stack_bytes: 0 };
            self.bundled.push((key, program.clone()));
            return Ok(program);
        }
        self.make_room(bytes.len(), limits)?;
        let program = Program { image, ..compile(bytes, limits, self.notes_calls)? };
        self.alive.push((Arc::downgrade(&program.linker), bytes.len()));
        self.users.push_back((key, program.clone()));
        Ok(program)
    }

    /// Forgets programs until one more has room; those that run stay, and count.
    fn make_room(&mut self, bytes: usize, limits: &Limits) -> Result<(), String> {
        if bytes > limits.module_bytes_max {
            let most = limits.module_bytes_max;
            return Err(format!("is a module of {bytes} bytes; the limit is {most}"));
        }
        loop {
            self.alive.retain(|(linker, _)| linker.strong_count() > 0);
            let held: usize = self.alive.iter().map(|(_, bytes)| bytes).sum();
            let fits = held.saturating_add(bytes) <= limits.modules_bytes_max;
            if fits && self.users.len() < USER_PROGRAMS_MAX {
                return Ok(());
            }
            if self.users.pop_front().is_none() {
                let most = limits.modules_bytes_max;
                return Err(format!(
                    "cannot be compiled: modules that run have {held} bytes already; the limit is {most}"
                ));
            }
        }
    }

    fn bundled_engine(&mut self, limits: &Limits) -> Result<(Engine, Arc<Linker<GuestState>>), String> {
        if let Some(pair) = &self.bundled_engine {
            return Ok(pair.clone());
        }
        let engine = new_engine(CompilationMode::Lazy, limits, BUNDLED_STACKS_KEPT);
        let linker = Arc::new(linker::new(&engine).map_err(|error| error.to_string())?);
        self.bundled_engine = Some((engine.clone(), Arc::clone(&linker)));
        Ok((engine, linker))
    }
}

/// The configuration that engine.md measured. A failing `memory.grow` leaks native stack until the next pause, so it
/// costs enough fuel that a slice ends before the stack does; translation costs no fuel, for running out of it there
/// could not be resumed.
fn new_engine(mode: CompilationMode, limits: &Limits, stacks_kept: usize) -> Engine {
    let mut config = Config::default();
    config
        .compilation_mode(mode)
        .consume_fuel(true)
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: 64,
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        .operator_cost(OperatorCost { memory_grow: 255, table_grow: 255, ..OperatorCost::default() })
        .ignore_custom_sections(true)
        .set_max_recursion_depth(limits.frames_max)
        // The least first: the engine does not take a most that is below it.
        .set_min_stack_height(STACK_BYTES_MIN)
        .set_max_stack_height(limits.value_stack_bytes_max.max(STACK_BYTES_MIN))
        .set_max_cached_stacks(stacks_kept);
    Engine::new(&config)
}

/// What a user's module becomes before wasmi sees it.
struct Prepared {
    bytes: Vec<u8>,
    start: Option<Arc<str>>,
    backtrace: Option<Arc<Backtrace>>,
}

impl Prepared {
    /// The module with what has to be added; absent when that is nothing, or cannot be done.
    fn new(bytes: &[u8], survey: &Survey, limits: &Limits, notes_calls: bool) -> Option<Prepared> {
        let mut additions = Additions::default();
        let names = if notes_calls { backtrace::names_of(bytes) } else { None };
        let noted = names.and_then(|names| {
            let notes = instrument::note_calls(bytes, limits.frames_max, &mut additions)?;
            Some(Backtrace::new(notes, names))
        });
        let start = survey.start.map(|start| {
            let name = rewrite::unused_name(bytes, "wasmsand:start");
            additions.start(&name, start);
            name
        });
        if noted.is_none() && start.is_none() {
            return None;
        }
        let bytes = additions.put_into(bytes, start.is_some())?;
        Some(Prepared { bytes, start: start.map(Into::into), backtrace: noted.map(Arc::new) })
    }
}

/// Surveys, validates, rewrites and compiles a user's module, in an engine that ends with it.
fn compile(bytes: &[u8], limits: &Limits, notes_calls: bool) -> Result<Program, String> {
    let survey = Survey::of(bytes, limits).map_err(|unfit| match unfit {
        Unfit::Refused(words) => words,
        Unfit::Malformed(error) => refusal::invalid(bytes, &error),
    })?;
    let new_engine = || new_engine(CompilationMode::LazyTranslation, limits, USER_STACKS_KEPT);
    let mut engine = new_engine();
    let mut module = Module::new(&engine, bytes).map_err(|error| refusal::rejected(bytes, &error))?;
    check_imports(&module, &survey)?;
    check_exports(&survey)?;
    let (mut start, mut backtrace) = (None, None);
    if let Some(prepared) = Prepared::new(bytes, &survey, limits, notes_calls) {
        // An engine keeps what it has compiled, so the module as it was goes with its own.
        engine = new_engine();
        module = match Module::new(&engine, &prepared.bytes) {
            Ok(module) => module,
            Err(_) if prepared.backtrace.is_some() => return compile(bytes, limits, false),
            Err(error) => return Err(format!("has a start section that cannot be run: {error}")),
        };
        (start, backtrace) = (prepared.start, prepared.backtrace);
    } else if survey.start.is_some() {
        return Err("has a start section that cannot be run".to_owned());
    }
    let linker = Arc::new(linker::new(&engine).map_err(|error| error.to_string())?);
    let stack_bytes =
        limits.value_stack_bytes_max.saturating_add(limits.frames_max.saturating_mul(FRAME_BYTES));
    Ok(Program { module, linker, start, backtrace, image: None, stack_bytes })
}

fn check_imports(module: &Module, survey: &Survey) -> Result<(), String> {
    let mut needs_memory = None;
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        let shown = || format!("{}.{}", refusal::shown(from), refusal::shown(name));
        let what = match import.ty() {
            ExternType::Func(_) if linker::knows(from, name) => {
                if !WITHOUT_MEMORY.contains(&name) {
                    needs_memory = needs_memory.or(Some(name));
                }
                continue;
            }
            ExternType::Func(_) if from == "wasi_unstable" => {
                return Err(format!(
                    "imports `{}' of WASI's preview0; only preview1 (wasi_snapshot_preview1) can run",
                    shown()
                ));
            }
            ExternType::Func(_) if from.starts_with("wasi:") => {
                return Err(format!("imports `{}' of WASI 0.2 or later; only preview1 can run", shown()));
            }
            ExternType::Func(_) => return Err(format!("imports `{}', which does not exist", shown())),
            ExternType::Global(_) => "global",
            ExternType::Table(_) => "table",
            ExternType::Memory(_) => "memory",
        };
        return Err(format!(
            "imports the {what} `{from}.{name}', which is not a function and does not exist"
        ));
    }
    match (needs_memory, survey.export("memory")) {
        (None, _) | (_, Some(Export::Memory)) => Ok(()),
        (Some(name), None) => Err(format!("exports no memory `memory', which the call `{name}' needs")),
        (Some(_), Some(Export::Command | Export::Function | Export::Other)) => {
            Err("exports a `memory' that is not a memory".to_owned())
        }
    }
}

fn check_exports(survey: &Survey) -> Result<(), String> {
    let words = match survey.export("_start") {
        Some(Export::Command) => return Ok(()),
        Some(Export::Function) => "exports a function `_start' that takes arguments or has results",
        Some(Export::Memory | Export::Other) => "exports a `_start' that is not a function",
        None if survey.export("_initialize").is_some() => {
            "exports no function `_start' but `_initialize': it is a WASI reactor, not a command"
        }
        None => "exports no function `_start': it is not a WASI command",
    };
    Err(words.to_owned())
}
