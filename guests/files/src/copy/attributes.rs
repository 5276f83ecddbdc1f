//! Attributes that copies take over: mode, owner, times.

use cli::wording::{quoted_name, reason};
use rustix::io::Errno;

use crate::system::{self, NewTime, Stat};

/// Which attributes a copy takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preserve {
    pub mode: bool,
    pub owner: bool,
    pub times: bool,
    /// New files get the mode that any new file gets.
    pub resets_mode: bool,
}

/// Gives a copy what it takes over. The error is what to complain about.
pub fn give(target: &[u8], stat: &Stat, preserve: Preserve, is_link: bool) -> Result<(), String> {
    let mut mode = stat.mode & 0o7777;
    if preserve.times {
        let (access, modification) = (NewTime::At(stat.atime), NewTime::At(stat.mtime));
        system::set_times(target, access, modification, !is_link)
            .map_err(|errno| format!("preserving times for {}: {}", quoted_name(target), reason(errno)))?;
    }
    if preserve.owner {
        let is = if is_link { system::lstat(target) } else { system::stat(target) };
        let differs = is.is_ok_and(|is| (is.uid, is.gid) != (stat.uid, stat.gid));
        if differs {
            let set = |uid| system::set_owner(target, !is_link, uid, Some(stat.gid));
            match set(Some(stat.uid)).or_else(|_| set(None)) {
                // Whoever is not root may not give files away; without the owner the set-id bits go too.
                Ok(()) | Err(Errno::PERM | Errno::INVAL | Errno::NOTSUP) => {}
                Err(errno) => {
                    let name = quoted_name(target);
                    return Err(format!("failed to preserve ownership for {name}: {}", reason(errno)));
                }
            }
            let is = if is_link { system::lstat(target) } else { system::stat(target) };
            if is.is_ok_and(|is| is.uid != stat.uid || is.gid != stat.gid) {
                mode &= 0o1777;
            }
        }
    }
    if preserve.mode && !is_link {
        system::set_mode(target, mode).map_err(|errno| {
            format!("preserving permissions for {}: {}", quoted_name(target), reason(errno))
        })?;
    }
    Ok(())
}
