//! The session's processes, as ps and its kin see them.

use wasmsand_sys::process::{self, Listed};

/// Every process, each with the arguments that it was started with: a subshell has those of the shell that it is of.
pub fn all() -> Vec<Listed> {
    let listed = process::list().unwrap_or_default();
    let mut processes = listed.clone();
    for process in &mut processes {
        if process.shell && process.name == b"shell" {
            process.name = b"bash".to_vec();
        }
        let mut parent = process.parent;
        // A parent has a smaller number than its child only as long as numbers are not used again.
        for _ in 0..listed.len() {
            if !process.argv.is_empty() {
                break;
            }
            let Some(found) = listed.iter().find(|other| other.pid == parent) else { break };
            process.argv.clone_from(&found.argv);
            parent = found.parent;
        }
    }
    processes
}

/// This process's number.
pub fn own() -> u32 {
    process::ids().map_or(0, |ids| ids.pid)
}

/// The program's name without its folders, as far as Linux keeps it.
pub fn command(process: &Listed) -> &[u8] {
    let name = process.name.rsplit(|byte| *byte == b'/').next().unwrap_or(&process.name);
    name.get(..15).unwrap_or(name)
}

/// The command line, or the name in brackets.
pub fn line(process: &Listed) -> Vec<u8> {
    if process.argv.is_empty() {
        return [b"[", command(process), b"]"].concat();
    }
    process.argv.join(&b' ')
}
