//! `Errno`: why an operation was refused, in the words of POSIX; owns the names and the texts.
//!
//! The numbers are not here: WASI's belong to the one file that knows the ABI.

use std::fmt;

/// Declares the closed set of errors once, with the symbol and glibc's `strerror` text of each.
macro_rules! errnos {
    ($($variant:ident $name:literal $message:literal)*) => {
        /// Why an operation failed.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Errno {
            $(#[doc = concat!("`", $name, "`: ", $message, ".")] $variant,)*
        }

        impl Errno {
            /// Every error, in the order of declaration.
            pub const ALL: &'static [Errno] = &[$(Errno::$variant,)*];

            /// The symbol, as in `ENOENT`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Errno::$variant => $name,)* }
            }

            /// The text of glibc's `strerror`, as in `No such file or directory`.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self { $(Errno::$variant => $message,)* }
            }
        }
    };
}

errnos! {
    TooBig "E2BIG" "Argument list too long"
    Acces "EACCES" "Permission denied"
    Again "EAGAIN" "Resource temporarily unavailable"
    BadF "EBADF" "Bad file descriptor"
    Busy "EBUSY" "Device or resource busy"
    Child "ECHILD" "No child processes"
    Exist "EEXIST" "File exists"
    Fault "EFAULT" "Bad address"
    FBig "EFBIG" "File too large"
    IlSeq "EILSEQ" "Invalid or incomplete multibyte or wide character"
    Intr "EINTR" "Interrupted system call"
    Inval "EINVAL" "Invalid argument"
    Io "EIO" "Input/output error"
    IsDir "EISDIR" "Is a directory"
    Loop "ELOOP" "Too many levels of symbolic links"
    MFile "EMFILE" "Too many open files"
    MLink "EMLINK" "Too many links"
    NameTooLong "ENAMETOOLONG" "File name too long"
    NFile "ENFILE" "Too many open files in system"
    NoBufs "ENOBUFS" "No buffer space available"
    NoEnt "ENOENT" "No such file or directory"
    NoExec "ENOEXEC" "Exec format error"
    NoMem "ENOMEM" "Cannot allocate memory"
    NoSpc "ENOSPC" "No space left on device"
    NoSys "ENOSYS" "Function not implemented"
    NotDir "ENOTDIR" "Not a directory"
    NotEmpty "ENOTEMPTY" "Directory not empty"
    NotSock "ENOTSOCK" "Socket operation on non-socket"
    NotSup "ENOTSUP" "Operation not supported"
    NoTty "ENOTTY" "Inappropriate ioctl for device"
    NxIo "ENXIO" "No such device or address"
    Overflow "EOVERFLOW" "Value too large for defined data type"
    Perm "EPERM" "Operation not permitted"
    Pipe "EPIPE" "Broken pipe"
    Range "ERANGE" "Numerical result out of range"
    RoFs "EROFS" "Read-only file system"
    SPipe "ESPIPE" "Illegal seek"
    Srch "ESRCH" "No such process"
    TxtBsy "ETXTBSY" "Text file busy"
    XDev "EXDEV" "Invalid cross-device link"
    NotCapable "ENOTCAPABLE" "Capabilities insufficient"
}

impl fmt::Display for Errno {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.message())
    }
}

impl std::error::Error for Errno {}

#[cfg(test)]
mod tests {
    use super::Errno;

    #[test]
    fn texts_are_glibcs() {
        assert_eq!(Errno::NoEnt.name(), "ENOENT");
        assert_eq!(Errno::NoEnt.to_string(), "No such file or directory");
        assert_eq!(Errno::TooBig.message(), "Argument list too long");
        assert_eq!(Errno::ALL.len(), 41);
    }
}
