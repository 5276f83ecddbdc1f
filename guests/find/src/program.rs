//! Programs: the room that their arguments have, and the words for their end.

use rustix::io::Errno;

/// How many bytes the arguments of one program may have, each with the NUL behind it, where nobody says otherwise.
pub const ARGUMENTS_BYTES: usize = 128 * 1024;

/// The room that a word takes among the arguments.
pub fn room(word: &[u8]) -> usize {
    word.len() + 1
}

/// Why a program could not be started: `name: reason`.
pub fn not_started(name: &str, errno: Errno) -> String {
    format!("{name}: {}", cli::wording::reason(errno))
}
