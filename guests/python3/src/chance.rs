//! Chance: what must differ between two processes that start from one image.

use rand::Rng;
use rustpython::vm::Settings;
use rustpython::vm::vm::set_hash_turn;

/// Draws the seeds of this process.
pub fn refresh(settings: &Settings) {
    let mut generator = rand::rng();
    // It has been drawn from when the image was made. Where the kernel has no
    // chance to give, the process goes on with what there is.
    let _ = generator.reseed();
    let turn = match settings.hash_seed {
        Some(0) => 0,
        // A step of splitmix64, so that neighbours differ in every bit.
        Some(seed) => {
            let mixed = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        }
        None => generator.next_u64(),
    };
    set_hash_turn(turn.cast_signed());
}
