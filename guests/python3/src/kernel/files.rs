//! Files: modes, owners, links, descriptors and directories.

use rustpython::vm::builtins::PySet;
use rustpython::vm::{AsObject, PyResult, VirtualMachine};

pub(crate) use module::module_def;

/// Enters the functions that take a descriptor in place of a path into the sets of `os`.
pub(crate) fn support(vm: &VirtualMachine) -> PyResult<()> {
    let posix = vm.import("posix", 0)?;
    for (set, names) in [
        ("supports_fd", ["chdir", "chmod", "chown"].as_slice()),
        ("supports_dir_fd", ["access", "chmod", "chown", "mkfifo"].as_slice()),
        ("supports_follow_symlinks", ["chmod", "chown"].as_slice()),
        ("supports_effective_ids", [].as_slice()),
    ] {
        let set = posix.get_attr(set, vm);
        let Some(set) = set.ok().and_then(|set| set.downcast::<PySet>().ok()) else { continue };
        for name in names {
            vm.call_method(set.as_object(), "add", (posix.get_attr(*name, vm)?,))?;
        }
    }
    Ok(())
}

#[rustpython_vm::pymodule(name = "_wasmsand_files")]
mod module {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, IntoRawFd, RawFd};
    use std::path::{Path, PathBuf};

    use rustpython::vm::builtins::{PyIntRef, PyTupleRef};
    use rustpython::vm::function::{ArgBytesLike, ArgIterable, ArgMemoryBuffer};
    use rustpython::vm::host_env::crt_fd::Borrowed;
    use rustpython::vm::ospath::OsPath;
    use rustpython::vm::types::PyStructSequence;
    use rustpython::vm::{PyObjectRef, PyResult, TryFromObject, VirtualMachine};
    use rustpython_vm::{FromArgs, pyclass, pystruct_sequence, pystruct_sequence_data};

    use super::super::{error, path_error, retried};

    /// What a function is about: a path, or something open.
    enum Place<'fd> {
        Path(OsPath),
        Fd(Borrowed<'fd>),
    }

    impl TryFromObject for Place<'_> {
        fn try_from_object(vm: &VirtualMachine, object: PyObjectRef) -> PyResult<Self> {
            if object.try_index_opt(vm).is_some() {
                return Borrowed::try_from_object(vm, object).map(Place::Fd);
            }
            OsPath::try_from_object(vm, object).map(Place::Path)
        }
    }

    impl Place<'_> {
        fn failed(
            &self,
            failure: &io::Error,
            vm: &VirtualMachine,
        ) -> rustpython::vm::builtins::PyBaseExceptionRef {
            match self {
                Place::Path(path) => path_error(failure, path, vm),
                Place::Fd(_) => error(failure, vm),
            }
        }
    }

    /// Where an open directory is now.
    fn place_of(directory: &Borrowed<'_>) -> io::Result<PathBuf> {
        std::fs::read_link(format!("/proc/self/fd/{}", directory.as_raw()))
    }

    /// A path that is relative to an open directory.
    fn below(path: &OsPath, directory: Option<&Borrowed<'_>>) -> PathBuf {
        match directory {
            Some(directory) => place_of(directory).unwrap_or_default().join(path),
            None => path.as_ref().to_owned(),
        }
    }

    /// An open directory, or none; `None` is none.
    struct Directory<'fd>(Option<Borrowed<'fd>>);

    impl TryFromObject for Directory<'_> {
        fn try_from_object(vm: &VirtualMachine, object: PyObjectRef) -> PyResult<Self> {
            if vm.is_none(&object) {
                return Ok(Directory(None));
            }
            Borrowed::try_from_object(vm, object).map(|directory| Directory(Some(directory)))
        }
    }

    /// The directory that a call was given.
    fn given<'a, 'fd>(directory: &'a Option<Directory<'fd>>) -> Option<&'a Borrowed<'fd>> {
        directory.as_ref().and_then(|directory| directory.0.as_ref())
    }

    #[pyattr]
    const O_NONBLOCK: i32 = libc::O_NONBLOCK;
    #[pyattr]
    const O_SYNC: i32 = libc::O_SYNC;
    #[pyattr]
    const O_DSYNC: i32 = libc::O_DSYNC;
    #[pyattr]
    const O_NOFOLLOW: i32 = libc::O_NOFOLLOW;
    #[pyattr]
    const O_DIRECTORY: i32 = libc::O_DIRECTORY;
    /// What a program opens is never inherited, with or without.
    #[pyattr]
    const O_CLOEXEC: i32 = 0;
    /// No process has a terminal that it could lose to another.
    #[pyattr]
    const O_NOCTTY: i32 = libc::O_NOCTTY;
    #[pyattr]
    const ST_RDONLY: u64 = 1;

    #[derive(FromArgs)]
    struct AccessArgs<'fd> {
        #[pyarg(any)]
        path: OsPath,
        #[pyarg(any)]
        mode: u32,
        #[pyarg(named, optional)]
        dir_fd: Option<Directory<'fd>>,
        #[pyarg(named, default = false)]
        effective_ids: bool,
        #[pyarg(named, default = true)]
        follow_symlinks: bool,
    }

    #[pyfunction]
    fn access(args: AccessArgs<'_>) -> PyResult<bool> {
        let _ = (args.effective_ids, args.follow_symlinks);
        Ok(sys::file::access(below(&args.path, given(&args.dir_fd)), args.mode).is_ok())
    }

    #[derive(FromArgs)]
    struct ChmodArgs<'fd> {
        #[pyarg(any)]
        path: Place<'fd>,
        #[pyarg(any)]
        mode: PyIntRef,
        #[pyarg(named, optional)]
        dir_fd: Option<Directory<'fd>>,
        #[pyarg(named, default = true)]
        follow_symlinks: bool,
    }

    #[pyfunction]
    fn chmod(args: ChmodArgs<'_>, vm: &VirtualMachine) -> PyResult<()> {
        let mode = args.mode.as_u32_mask();
        match &args.path {
            Place::Path(path) => {
                sys::file::set_mode(below(path, given(&args.dir_fd)), args.follow_symlinks, mode)
            }
            Place::Fd(fd) => sys::file::set_mode_fd(fd, mode),
        }
        .map_err(|failure| args.path.failed(&failure, vm))
    }

    #[pyfunction]
    fn fchmod(fd: Borrowed<'_>, mode: PyIntRef, vm: &VirtualMachine) -> PyResult<()> {
        sys::file::set_mode_fd(fd, mode.as_u32_mask()).map_err(|failure| error(&failure, vm))
    }

    #[derive(FromArgs)]
    struct ChownArgs<'fd> {
        #[pyarg(any)]
        path: Place<'fd>,
        #[pyarg(any)]
        uid: i64,
        #[pyarg(any)]
        gid: i64,
        #[pyarg(named, optional)]
        dir_fd: Option<Directory<'fd>>,
        #[pyarg(named, default = true)]
        follow_symlinks: bool,
    }

    /// An owner; -1 leaves it.
    fn owner(number: i64) -> Option<u32> {
        u32::try_from(number).ok()
    }

    #[pyfunction]
    fn chown(args: ChownArgs<'_>, vm: &VirtualMachine) -> PyResult<()> {
        let (uid, gid) = (owner(args.uid), owner(args.gid));
        match &args.path {
            Place::Path(path) => {
                sys::file::set_owner(below(path, given(&args.dir_fd)), args.follow_symlinks, uid, gid)
            }
            Place::Fd(fd) => sys::file::set_owner_fd(fd, uid, gid),
        }
        .map_err(|failure| args.path.failed(&failure, vm))
    }

    #[pyfunction]
    fn lchown(path: OsPath, uid: i64, gid: i64, vm: &VirtualMachine) -> PyResult<()> {
        sys::file::set_owner(&path, false, owner(uid), owner(gid))
            .map_err(|failure| path_error(&failure, &path, vm))
    }

    #[pyfunction]
    fn fchown(fd: Borrowed<'_>, uid: i64, gid: i64, vm: &VirtualMachine) -> PyResult<()> {
        sys::file::set_owner_fd(fd, owner(uid), owner(gid)).map_err(|failure| error(&failure, vm))
    }

    #[derive(FromArgs)]
    struct SymlinkArgs<'fd> {
        #[pyarg(any)]
        src: OsPath,
        #[pyarg(any)]
        dst: OsPath,
        #[pyarg(any, default = false)]
        target_is_directory: bool,
        #[pyarg(named, optional)]
        dir_fd: Option<Directory<'fd>>,
    }

    #[pyfunction]
    fn symlink(args: SymlinkArgs<'_>, vm: &VirtualMachine) -> PyResult<()> {
        let _ = args.target_is_directory;
        let (src, dst) = (args.src.clone().into_cstring(vm)?, args.dst.clone().into_cstring(vm)?);
        // SAFETY: both strings end with NUL and live until the call is over.
        let status = unsafe {
            match given(&args.dir_fd) {
                Some(directory) => libc::symlinkat(src.as_ptr(), directory.as_raw(), dst.as_ptr()),
                None => libc::symlink(src.as_ptr(), dst.as_ptr()),
            }
        };
        let made = if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
        made.map_err(|failure| {
            let plain = path_error(&failure, &args.src, vm);
            match (plain.get_arg(0), plain.get_arg(1)) {
                (Some(errno), Some(words)) => {
                    let arguments =
                        vec![errno, words, args.src.filename(vm), vm.ctx.none(), args.dst.filename(vm)];
                    vm.invoke_exception(vm.ctx.exceptions.os_error, arguments).unwrap_or(plain)
                }
                _ => plain,
            }
        })
    }

    #[derive(FromArgs)]
    struct FifoArgs<'fd> {
        #[pyarg(any)]
        path: OsPath,
        #[pyarg(any, default = 0o666)]
        mode: u32,
        #[pyarg(named, optional)]
        dir_fd: Option<Directory<'fd>>,
    }

    #[pyfunction]
    fn mkfifo(args: FifoArgs<'_>, vm: &VirtualMachine) -> PyResult<()> {
        let path = below(&args.path, given(&args.dir_fd));
        sys::file::make_fifo(path, args.mode).map_err(|failure| path_error(&failure, &args.path, vm))
    }

    #[pyfunction]
    fn umask(mask: u32, vm: &VirtualMachine) -> PyResult<u32> {
        sys::process::set_umask(mask & 0o777).map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn chdir(path: Place<'_>, vm: &VirtualMachine) -> PyResult<()> {
        match &path {
            Place::Path(name) => sys::directory::set(name),
            // The link tells where the directory is now.
            Place::Fd(fd) => {
                std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw())).and_then(sys::directory::set)
            }
        }
        .map_err(|failure| path.failed(&failure, vm))
    }

    #[pyfunction]
    fn fchdir(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<()> {
        chdir(Place::Fd(fd), vm)
    }

    #[pyfunction]
    fn sync() {}

    #[pyfunction]
    fn fdatasync(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<()> {
        rustpython::vm::host_env::crt_fd::fsync(fd).map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn pipe(vm: &VirtualMachine) -> PyResult<(RawFd, RawFd)> {
        let (read, write) = sys::fd::pipe().map_err(|failure| error(&failure, vm))?;
        Ok((read.into_raw_fd(), write.into_raw_fd()))
    }

    /// Neither end is inherited anyway.
    #[pyfunction]
    fn pipe2(asked: i32, vm: &VirtualMachine) -> PyResult<(RawFd, RawFd)> {
        let (read, write) = sys::fd::pipe().map_err(|failure| error(&failure, vm))?;
        if asked & libc::O_NONBLOCK != 0 {
            for end in [read.as_raw_fd(), write.as_raw_fd()] {
                wait_or_not(end, false).map_err(|failure| error(&failure, vm))?;
            }
        }
        Ok((read.into_raw_fd(), write.into_raw_fd()))
    }

    #[pyfunction]
    fn dup(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<RawFd> {
        sys::fd::duplicate(fd, 3).map(IntoRawFd::into_raw_fd).map_err(|failure| error(&failure, vm))
    }

    #[derive(FromArgs)]
    struct Dup2Args<'fd> {
        #[pyarg(any)]
        fd: Borrowed<'fd>,
        #[pyarg(any)]
        fd2: RawFd,
        #[pyarg(any, default = true)]
        inheritable: bool,
    }

    #[pyfunction]
    fn dup2(args: Dup2Args<'_>, vm: &VirtualMachine) -> PyResult<RawFd> {
        let _ = args.inheritable;
        let to =
            u32::try_from(args.fd2).map_err(|_| error(&io::Error::from_raw_os_error(libc::EBADF), vm))?;
        sys::posix::duplicate_to(args.fd.as_fd(), to).map_err(|failure| error(&failure, vm))?;
        Ok(args.fd2)
    }

    /// The standard streams are inherited, and nothing else is unless `pass_fds` names it.
    #[pyfunction]
    fn get_inheritable(fd: Borrowed<'_>) -> bool {
        fd.as_raw() <= 2
    }

    #[pyfunction]
    fn set_inheritable(_fd: Borrowed<'_>, _inheritable: bool) {}

    /// An `fcntl` of a flag.
    fn flags(fd: RawFd, command: i32, value: i32) -> io::Result<i32> {
        // SAFETY: the commands used here take an integer.
        match unsafe { libc::fcntl(fd, command, value) } {
            -1 => Err(io::Error::last_os_error()),
            flags => Ok(flags),
        }
    }

    fn wait_or_not(fd: RawFd, waits: bool) -> io::Result<()> {
        let before = flags(fd, libc::F_GETFL, 0)?;
        let wanted = if waits { before & !libc::O_NONBLOCK } else { before | libc::O_NONBLOCK };
        flags(fd, libc::F_SETFL, wanted).map(drop)
    }

    #[pyfunction]
    fn get_blocking(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<bool> {
        let flags = flags(fd.as_raw(), libc::F_GETFL, 0).map_err(|failure| error(&failure, vm))?;
        Ok(flags & libc::O_NONBLOCK == 0)
    }

    #[pyfunction]
    fn set_blocking(fd: Borrowed<'_>, blocking: bool, vm: &VirtualMachine) -> PyResult<()> {
        wait_or_not(fd.as_raw(), blocking).map_err(|failure| error(&failure, vm))
    }

    #[pyfunction]
    fn pread(fd: Borrowed<'_>, length: usize, offset: i64, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
        let mut bytes = vec![0; length];
        let count = retried(vm, || {
            // SAFETY: the vector has room for `length` bytes.
            let count = unsafe { libc::pread(fd.as_raw(), bytes.as_mut_ptr().cast(), length, offset) };
            usize::try_from(count).map_err(|_| io::Error::last_os_error())
        })?;
        bytes.truncate(count);
        Ok(bytes)
    }

    #[pyfunction]
    fn pwrite(fd: Borrowed<'_>, data: ArgBytesLike, offset: i64, vm: &VirtualMachine) -> PyResult<usize> {
        data.with_ref(|bytes| {
            retried(vm, || {
                // SAFETY: the slice has that many bytes.
                let count = unsafe { libc::pwrite(fd.as_raw(), bytes.as_ptr().cast(), bytes.len(), offset) };
                usize::try_from(count).map_err(|_| io::Error::last_os_error())
            })
        })
    }

    #[pyfunction]
    fn writev(fd: Borrowed<'_>, buffers: ArgIterable<ArgBytesLike>, vm: &VirtualMachine) -> PyResult<usize> {
        let mut bytes = Vec::new();
        for buffer in buffers.iter(vm)? {
            buffer?.with_ref(|part| bytes.extend_from_slice(part));
        }
        retried(vm, || rustpython::vm::host_env::crt_fd::write(fd, &bytes))
    }

    #[pyfunction]
    fn readv(
        fd: Borrowed<'_>,
        buffers: ArgIterable<ArgMemoryBuffer>,
        vm: &VirtualMachine,
    ) -> PyResult<usize> {
        let buffers = buffers.iter(vm)?.collect::<PyResult<Vec<_>>>()?;
        let mut bytes = vec![0; buffers.iter().map(ArgMemoryBuffer::len).sum()];
        let count = retried(vm, || rustpython::vm::host_env::crt_fd::read(fd, &mut bytes))?;
        let mut rest = bytes.get(..count).unwrap_or_default();
        for buffer in &buffers {
            buffer.with_ref(|part| {
                let (now, later) = rest.split_at(rest.len().min(part.len()));
                if let Some(place) = part.get_mut(..now.len()) {
                    place.copy_from_slice(now);
                }
                rest = later;
            });
        }
        Ok(count)
    }

    #[pystruct_sequence_data]
    struct StatvfsData {
        f_bsize: u64,
        f_frsize: u64,
        f_blocks: u64,
        f_bfree: u64,
        f_bavail: u64,
        f_files: u64,
        f_ffree: u64,
        f_favail: u64,
        f_flag: u64,
        f_namemax: u64,
        #[pystruct_sequence(skip)]
        f_fsid: u64,
    }

    #[pyattr]
    #[pystruct_sequence(name = "statvfs_result", module = "os", data = "StatvfsData")]
    struct PyStatvfs;

    #[pyclass(with(PyStructSequence))]
    impl PyStatvfs {}

    fn space(path: &Path) -> io::Result<StatvfsData> {
        let space = sys::file::space(path)?;
        Ok(StatvfsData {
            f_bsize: space.block_bytes,
            f_frsize: space.block_bytes,
            f_blocks: space.blocks,
            f_bfree: space.blocks_free,
            f_bavail: space.blocks_free,
            f_files: space.files,
            f_ffree: space.files_free,
            f_favail: space.files_free,
            f_flag: u64::from(space.read_only),
            f_namemax: space.name_bytes_max,
            f_fsid: space.dev,
        })
    }

    #[pyfunction]
    fn statvfs(path: Place<'_>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
        match &path {
            Place::Path(name) => space(name.as_ref()),
            Place::Fd(fd) => space(Path::new(&format!("/dev/fd/{}", fd.as_raw()))),
        }
        .map(|data| PyStatvfs::from_data(data, vm))
        .map_err(|failure| path.failed(&failure, vm))
    }

    #[pyfunction]
    fn fstatvfs(fd: Borrowed<'_>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
        statvfs(Place::Fd(fd), vm)
    }

    /// Numbers of devices as Linux packs them, for the small ones that there are.
    #[pyfunction]
    fn major(device: u64) -> u64 {
        device >> 8
    }

    #[pyfunction]
    fn minor(device: u64) -> u64 {
        device & 0xff
    }

    #[pyfunction]
    fn makedev(major: u64, minor: u64) -> u64 {
        major << 8 | minor
    }
}
