//! Destination: where the operands of cp, mv and ln go, a path or a directory.

use cli::wording::{quoted_name, reason};
use rustix::io::Errno;

use crate::system;

/// Where the operands go.
pub enum Plan {
    /// One source to that path.
    To(Vec<u8>),
    Into(Vec<u8>),
}

/// Why they can go nowhere.
pub enum Fault {
    Misuse(String),
    Trouble(String),
}

/// Settles it from the operands, of which it takes the last one where that is the destination, and from the options
/// `-t` and `-T`.
pub fn plan(
    operands: &mut Vec<Vec<u8>>,
    directory: Option<&[u8]>,
    is_no_directory: bool,
) -> Result<Plan, Fault> {
    let not_there = |what: &str, path: &[u8], errno: Errno| {
        Fault::Trouble(format!("{what} {}: {}", quoted_name(path), reason(errno)))
    };
    let needed = if directory.is_some() { 1 } else { 2 };
    if operands.len() < needed {
        return Err(Fault::Misuse(match operands.first() {
            None => "missing file operand".to_owned(),
            Some(only) => format!("missing destination file operand after {}", quoted_name(only)),
        }));
    }
    if let Some(directory) = directory {
        return match system::stat(directory) {
            Ok(stat) if stat.is_directory() => Ok(Plan::Into(directory.to_vec())),
            Ok(_) => Err(not_there("target directory", directory, Errno::NOTDIR)),
            Err(errno) => Err(not_there("target directory", directory, errno)),
        };
    }
    if is_no_directory && let Some(extra) = operands.get(2) {
        return Err(Fault::Misuse(format!("extra operand {}", quoted_name(extra))));
    }
    let target = operands.pop().unwrap_or_default();
    if is_no_directory {
        return Ok(Plan::To(target));
    }
    let found = system::stat(&target);
    if found.as_ref().is_ok_and(|stat| stat.is_directory()) {
        return Ok(Plan::Into(target));
    }
    if operands.len() > 1 {
        return Err(not_there("target", &target, found.err().unwrap_or(Errno::NOTDIR)));
    }
    Ok(Plan::To(target))
}
