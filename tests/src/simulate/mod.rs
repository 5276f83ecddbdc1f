//! Simulation: a seed becomes a world (script, guests, input, limits, faults, signals), and a world is played.
//!
//! Two kinds: in a calm world nothing is lost, and the generator knows what comes out; in a rough one anything may
//! happen, and only what must always hold is asked for.

mod calm;
mod guest;
mod play;
mod rough;

use wasmsand_wasi::{Faults, Limits, Signal};

use crate::Chance;
use calm::Calm;

pub use play::{Played, play};

/// How the script reaches the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// As with `-c`.
    Text,
    /// On standard input.
    Input,
    /// Line by line, as a person types it at the prompt.
    Prompt,
}

/// All that a run begins with.
#[derive(Clone, Debug)]
pub struct World {
    /// Where it came from.
    pub seed: u64,
    /// What the shell runs.
    pub script: String,
    /// How the shell gets it.
    pub feed: Feed,
    /// Programs in the home directory: name and bytes.
    pub programs: Vec<(String, Vec<u8>)>,
    /// Standard input, the script apart.
    pub input: Vec<u8>,
    /// What it may use.
    pub limits: Limits,
    /// How the host misbehaves.
    pub faults: Faults,
    /// Signals by the turn before which they are raised.
    pub signals: Vec<(u64, Signal)>,
    /// Turns after which it must have ended; a rough world is told to end before.
    pub turns_max: u64,
    /// What must come out, when that is known.
    pub expected: Option<String>,
    /// Print every system call.
    pub trace: bool,
}

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn of(seed: u64) -> World {
        let mut chance = Chance::new(seed);
        if chance.one_in(2) { calm_world(seed, &mut chance) } else { rough_world(seed, &mut chance) }
    }
}

fn program(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the generator makes correct text")
}

fn calm_world(seed: u64, chance: &mut Chance) -> World {
    let feed = match chance.below(4) {
        0 => Feed::Input,
        1 => Feed::Prompt,
        _ => Feed::Text,
    };
    let input: String = (0..chance.below(200)).map(|i| format!("typed {}\n", i * i)).collect();
    let script = Calm::generate(chance, (feed != Feed::Input).then_some(&input));
    let faults = Faults {
        late_input: chance.rate(&[2, 5, 50]),
        pieces: chance.rate(&[1, 2, 10]),
        short_writes: chance.rate(&[1, 2, 20]),
        full_output: chance.rate(&[2, 5, 50]),
        realtime_jumps: chance.rate(&[3, 30]),
        long_sleeps: chance.rate(&[2, 10]),
        early_wakes: chance.rate(&[2, 3, 10]),
        ..Faults::default()
    };
    let slice_fuel = *chance.pick(&[&2_000, &20_000, &200_000, &1_000_000]);
    let mut limits = Limits { slice_fuel, ..Limits::default() };
    limits.files.pipe_bytes = *chance.pick(&[&4_096, &5_000, &65_536]);
    limits.transfer_bytes_max = *chance.pick(&[&100, &5_000, &(16 << 20)]);
    World {
        seed,
        script: script.text,
        feed,
        programs: vec![("copy".to_owned(), program(&guest::copier(chance)))],
        input: if feed == Feed::Input { Vec::new() } else { input.into_bytes() },
        limits,
        faults,
        signals: Vec::new(),
        turns_max: 20_000_000,
        expected: Some(script.expected),
        trace: chance.one_in(8),
    }
}

fn rough_world(seed: u64, chance: &mut Chance) -> World {
    let mut programs = vec![("copy".to_owned(), program(&guest::copier(chance)))];
    for i in 0..3 {
        programs.push((format!("wild{i}"), program(&guest::caller(chance))));
    }
    let faults = Faults {
        late_input: chance.rate(&[2, 5, 50]),
        pieces: chance.rate(&[1, 2, 10]),
        read_errors: chance.rate(&[2, 10]),
        short_writes: chance.rate(&[1, 2, 20]),
        full_output: chance.rate(&[2, 5, 50]),
        reader_leaves_after: chance.one_in(4).then(|| chance.draw() % 2_000),
        realtime_jumps: chance.rate(&[3, 30]),
        long_sleeps: chance.rate(&[2, 10]),
        early_wakes: chance.rate(&[2, 3, 10]),
    };
    let signals = (0..if chance.one_in(2) { 0 } else { chance.between(1, 12) })
        .map(|_| {
            let signal = chance.pick(&[
                &Signal::INT,
                &Signal::TERM,
                &Signal::HUP,
                &Signal::QUIT,
                &Signal::TSTP,
                &Signal::CHLD,
                &Signal::USR1,
                &Signal::CONT,
            ]);
            (chance.draw() % 3_000, *signal)
        })
        .collect();
    let feed = match chance.below(4) {
        0 => Feed::Input,
        1 => Feed::Prompt,
        _ => Feed::Text,
    };
    let mut limits = rough_limits(chance);
    // The programs are the world's own; what is left is for the script.
    let own: usize = programs.iter().map(|(_, bytes)| bytes.len()).sum();
    limits.files.content_bytes_max += u64::try_from(own).unwrap_or(0);
    World {
        seed,
        script: rough::script(chance),
        feed,
        programs,
        input: (0..chance.below(3_000)).flat_map(|i| i.to_string().into_bytes()).collect(),
        limits,
        faults,
        signals,
        turns_max: 6_000,
        expected: None,
        trace: chance.one_in(4),
    }
}

/// Names and inodes of the usual root and a little.
const INODES_OF_ROOT: u64 = 400;

/// Limits that are met now and then. What the session itself needs is left.
fn rough_limits(chance: &mut Chance) -> Limits {
    let mut limits = Limits {
        slice_fuel: *chance.pick(&[&500, &5_000, &50_000]),
        process_fuel_max: Some(20_000_000),
        guest_memory_bytes_max: 64 << 20,
        guests_memory_bytes_max: *chance.pick(&[&(20 << 20), &(256 << 20)]),
        processes_max: *chance.pick(&[&3, &6, &40]),
        fds_max: *chance.pick(&[&5, &16, &1_000]),
        wall_clock_ns_max: chance.one_in(8).then_some(1_000_000_000),
        transfer_bytes_max: *chance.pick(&[&10, &5_000, &(16 << 20)]),
        ..Limits::default()
    };
    let files = &mut limits.files;
    files.pipe_bytes = *chance.pick(&[&1, &4_096, &65_536]);
    // The usual root has a few hundred inodes and a few hundred bytes of links of its own.
    files.content_bytes_max = *chance.pick(&[&500, &100_000, &(1 << 26)]);
    files.file_bytes_max = *chance.pick(&[&(64 << 20), &(1 << 30)]);
    files.inodes_max = *chance.pick(&[&INODES_OF_ROOT, &(INODES_OF_ROOT + 5), &10_000]);
    files.open_files_max = *chance.pick(&[&8, &40, &1_000]);
    files.pipes_max = *chance.pick(&[&1, &4, &1_000]);
    limits
}
