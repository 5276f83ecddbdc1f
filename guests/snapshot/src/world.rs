//! The world that a module is initialised in: WASI preview1 without arguments, environment and files, where the clock
//! stands still and chance is a fixed sequence. It owns what the module wrote to its standard error.

use wasmi::{Caller, Engine, Error, Extern, ExternType, FuncType, Linker, Module, Val, ValType};

/// The errnos that are answered, by WASI's numbers.
const SUCCESS: i32 = 0;
const BAD_FD: i32 = 8;
const FAULT: i32 = 21;
const NOT_SUPPORTED: i32 = 58;

/// The instant at which everything happens: 2026-01-01 in nanoseconds.
const NOW: u64 = 1_767_225_600_000_000_000;

/// Bytes of what the module says that are kept.
const SAID_BYTES_MAX: usize = 1 << 16;

/// Bytes of WASI's fdstat, and the kind of file that the standard streams say they are.
const FDSTAT_BYTES: usize = 24;
const CHARACTER_DEVICE: u8 = 2;

/// Bytes of WASI's filestat, and where its kind of file stands.
const FILESTAT_BYTES: usize = 64;
const FILESTAT_KIND: usize = 16;

/// Bytes of wasmsand's stat, where its mode stands, and the mode of a character device.
const STAT_BYTES: usize = 96;
const STAT_MODE: usize = 16;
const CHARACTER_MODE: u32 = 0o020_000;

/// The standard streams.
const STREAMS: std::ops::RangeInclusive<i32> = 0..=2;

/// What the world remembers.
#[derive(Default)]
pub(crate) struct World {
    /// What was written to the standard streams.
    pub(crate) said: Vec<u8>,
    chance: u64,
}

impl World {
    /// The next byte of chance: a step of splitmix64.
    fn byte(&mut self) -> u8 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()[0]
    }
}

/// Every import of the module, as a function of this world.
pub(crate) fn linker(engine: &Engine, module: &Module) -> Result<Linker<World>, String> {
    let mut linker = Linker::new(engine);
    for import in module.imports() {
        let ExternType::Func(kind) = import.ty() else {
            return Err(format!("the module imports `{}', which is not a function", import.name()));
        };
        let name = import.name().to_owned();
        let kind: FuncType = kind.clone();
        let results: Vec<ValType> = kind.results().to_vec();
        if !results.iter().all(|result| *result == ValType::I32) {
            return Err(format!("the import `{name}' has results that no system call has"));
        }
        linker
            .func_new(import.module(), import.name(), kind, move |caller, arguments, results| {
                let errno = call(caller, &name, arguments)?;
                if let Some(result) = results.first_mut() {
                    *result = Val::I32(errno);
                }
                Ok(())
            })
            .map_err(|error| error.to_string())?;
    }
    Ok(linker)
}

/// A system call.
fn call(mut caller: Caller<'_, World>, name: &str, arguments: &[Val]) -> Result<i32, Error> {
    let number = |at: usize| match arguments.get(at) {
        Some(Val::I32(number)) => *number,
        _ => 0,
    };
    let at = |index: usize| usize::try_from(number(index).cast_unsigned()).unwrap_or(usize::MAX);
    if name == "proc_exit" {
        return Err(Error::new(format!("it exits with status {}", number(0))));
    }
    let Some(memory) = caller.get_export("memory").and_then(Extern::into_memory) else { return Ok(FAULT) };
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let answered = match name {
        "args_sizes_get" | "environ_sizes_get" => {
            put(bytes, at(0), &[0; 4]).and_then(|()| put(bytes, at(1), &[0; 4]))
        }
        "args_get" | "environ_get" | "sched_yield" | "signal_action" => Some(()),
        "clock_time_get" => put(bytes, at(2), &NOW.to_le_bytes()),
        "clock_res_get" => put(bytes, at(1), &1_u64.to_le_bytes()),
        "random_get" => {
            let drawn: Vec<u8> = std::iter::repeat_with(|| world.byte()).take(at(1)).collect();
            put(bytes, at(0), &drawn)
        }
        "fd_fdstat_get" if STREAMS.contains(&number(0)) => {
            let mut stat = [0; FDSTAT_BYTES];
            stat[0] = CHARACTER_DEVICE;
            put(bytes, at(1), &stat)
        }
        "fd_filestat_get" if STREAMS.contains(&number(0)) => {
            let mut stat = [0; FILESTAT_BYTES];
            stat[FILESTAT_KIND] = CHARACTER_DEVICE;
            put(bytes, at(1), &stat)
        }
        "stat_fd" if STREAMS.contains(&number(0)) => {
            let mut stat = [0; STAT_BYTES];
            stat[STAT_MODE..STAT_MODE + 4].copy_from_slice(&CHARACTER_MODE.to_le_bytes());
            put(bytes, at(1), &stat)
        }
        "fd_write" if STREAMS.contains(&number(0)) => {
            write(bytes, world, at(1), at(2)).and_then(|written| put(bytes, at(3), &written.to_le_bytes()))
        }
        _ if name.starts_with("fd_") || name.starts_with("path_") => return Ok(BAD_FD),
        _ => return Ok(NOT_SUPPORTED),
    };
    Ok(if answered.is_some() { SUCCESS } else { FAULT })
}

/// Keeps what `count` buffers at `list` hold; answers with their bytes.
fn write(bytes: &[u8], world: &mut World, list: usize, count: usize) -> Option<u32> {
    let mut written = 0_usize;
    for index in 0..count {
        let entry = bytes.get(list.checked_add(index.checked_mul(8)?)?..)?;
        let start = word(entry)?;
        let length = word(entry.get(4..)?)?;
        let buffer = bytes.get(start..start.checked_add(length)?)?;
        let room = SAID_BYTES_MAX.saturating_sub(world.said.len());
        world.said.extend(buffer.iter().take(room));
        written = written.checked_add(length)?;
    }
    u32::try_from(written).ok()
}

/// The 32-bit number at the start of some bytes.
fn word(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*bytes.first_chunk()?)).ok()
}

/// Copies bytes into the module's memory, if it is large enough.
fn put(memory: &mut [u8], at: usize, bytes: &[u8]) -> Option<()> {
    memory.get_mut(at..at.checked_add(bytes.len())?)?.copy_from_slice(bytes);
    Some(())
}
