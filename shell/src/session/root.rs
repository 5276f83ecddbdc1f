//! The usual root: the directories, devices, links, small files and programs that a session begins with.

use wasmsand_wasi::kernel::proc;
use wasmsand_wasi::vfs::{At, Content, Device, Scope};
use wasmsand_wasi::{Errno, Machine, SHELL_FILE};

use super::files::Programs;

/// Directories of the usual root with their modes, parents first. Those of the user come after those of root.
const DIRECTORIES: [(&str, u16, bool); 21] = [
    ("/usr", 0o755, false),
    ("/usr/bin", 0o755, false),
    ("/usr/local", 0o755, false),
    ("/usr/local/bin", 0o755, true),
    ("/etc", 0o755, false),
    ("/dev", 0o755, false),
    ("/home", 0o755, false),
    ("/home/user", 0o755, true),
    ("/tmp", 0o1777, true),
    ("/var", 0o755, false),
    ("/var/tmp", 0o1777, true),
    ("/run", 0o755, false),
    ("/run/wasmsand", 0o755, true),
    ("/mnt", 0o755, true),
    ("/root", 0o700, false),
    ("/proc", 0o755, false),
    ("/proc/self", 0o755, false),
    ("/proc/self/fd", 0o755, false),
    ("/proc/sys", 0o755, false),
    ("/proc/sys/kernel", 0o755, false),
    ("/proc/sys/kernel/random", 0o755, false),
];

/// Links of the usual root: name and target.
const LINKS: [(&str, &str); 7] = [
    ("/bin", "usr/bin"),
    ("/sbin", "usr/bin"),
    ("/dev/fd", "/proc/self/fd"),
    ("/dev/stdin", "/proc/self/fd/0"),
    ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"),
    ("/proc/mounts", "self/mounts"),
];

/// Names under which our own shell is found.
const SHELLS: [&str; 3] = ["/usr/bin/sh", "/usr/bin/bash", "/usr/bin/wasmsand"];

/// Device nodes that every root has.
const DEVICES: [(&str, Device); 7] = [
    ("/dev/null", Device::Null),
    ("/dev/zero", Device::Zero),
    ("/dev/full", Device::Full),
    ("/dev/random", Device::Random),
    ("/dev/urandom", Device::Urandom),
    ("/dev/tty", Device::Terminal),
    ("/dev/console", Device::Terminal),
];

/// Small files that programs look for.
const FILES: [(&str, &str); 6] = [
    ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/bash\n"),
    ("/etc/group", "root:x:0:\nuser:x:1000:\n"),
    ("/etc/hostname", "wasmsand\n"),
    ("/etc/hosts", "127.0.0.1\tlocalhost\n"),
    ("/etc/shells", "/bin/sh\n/bin/bash\n"),
    ("/etc/os-release", "NAME=\"wasmsand\"\nID=wasmsand\nPRETTY_NAME=\"wasmsand\"\n"),
];

/// Fills an empty file system with the usual root; answers the bundled programs.
pub(super) fn populate(machine: &mut Machine) -> Result<Programs, Errno> {
    let kernel = machine.kernel();
    let now = kernel.now();
    let root = kernel.vfs.root();
    let anywhere = |path: &'static str| At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
    for (path, mode, _) in DIRECTORIES {
        kernel.vfs.add_directory(anywhere(path), mode, now)?;
    }
    for (path, target) in LINKS {
        kernel.vfs.symlink(target.as_bytes(), anywhere(path), now)?;
    }
    for (path, device) in DEVICES {
        kernel.vfs.make_device(anywhere(path), device, 0o666, now)?;
    }
    let descriptors = kernel.vfs.lookup(anywhere("/proc/self/fd"), true)?;
    kernel.vfs.give_descriptors(descriptors)?;
    for (number, (name, _)) in (0..).zip(proc::FILES) {
        let path = format!("/proc/{name}");
        let at = At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
        kernel.vfs.make_device(at, Device::Text(number), 0o444, now)?;
        let ino = kernel.vfs.lookup(at, false)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    for (path, text) in FILES {
        let ino = kernel.vfs.add_file(anywhere(path), Content::from_static(text.as_bytes()), 0o644, now)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    for path in SHELLS {
        kernel.vfs.add_file(anywhere(path), Content::from_static(SHELL_FILE), 0o755, now)?;
    }
    let programs = add_programs(machine)?;
    let kernel = machine.kernel();
    for (path, _, _) in DIRECTORIES.into_iter().filter(|(_, _, of_user)| !of_user) {
        let ino = kernel.vfs.lookup(anywhere(path), true)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    let bin = kernel.vfs.lookup(anywhere("/usr/bin"), true)?;
    kernel.vfs.set_read_only(bin, true);
    kernel.vfs.chown(root, Some(0), Some(0), now)?;
    Ok(programs)
}

/// Puts the bundled programs into `/usr/bin`: one file each, under all its names.
fn add_programs(machine: &mut Machine) -> Result<Programs, Errno> {
    let mut programs = Vec::new();
    for program in wasmsand_guests::catalogue() {
        let kernel = machine.kernel();
        let now = kernel.now();
        let root = kernel.vfs.root();
        let bin = kernel.vfs.lookup(At { dir: root, path: b"/usr/bin", scope: Scope::Anywhere }, true)?;
        let named = |name: &'static str| At { dir: bin, path: name.as_bytes(), scope: Scope::Beneath };
        let Some((first, others)) = program.links.split_first() else { continue };
        let ino = kernel.vfs.add_file(named(first), Content::from_static(program.bytes), 0o755, now)?;
        for link in others {
            kernel.vfs.link(named(first), false, named(link), now)?;
        }
        programs.push(machine.kernel().vfs.content_version(ino)?);
    }
    Ok(programs)
}
