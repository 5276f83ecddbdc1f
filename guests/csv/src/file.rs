//! Files to read and to write, `-` or none being the standard ones, with errors in Linux's numbers.

use std::fs::File;
use std::io::{self, Read, Write};

use rustix::io::Errno;

/// Standard output, unbuffered: who writes to it has a buffer.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::write(rustix::stdio::stdout(), bytes))?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard input, unbuffered.
struct Stdin;

impl Read for Stdin {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *bytes))?)
    }
}

/// Opens a file to read, standard input where none is named or `-` is.
pub fn reader(path: Option<&str>) -> io::Result<Box<dyn Read>> {
    match path {
        None | Some("-") => Ok(Box::new(Stdin)),
        Some(path) => Ok(Box::new(File::open(path)?)),
    }
}

/// Creates a file to write, standard output where none is named.
pub fn writer(path: Option<&str>) -> io::Result<Box<dyn Write>> {
    match path {
        None => Ok(Box::new(Stdout)),
        Some(path) => Ok(Box::new(File::create(path)?)),
    }
}

/// The reason for a failure in glibc's words, and its number on Linux where it is a common one.
pub fn reason(error: &io::Error) -> (String, Option<u32>) {
    let Some(errno) = Errno::from_io_error(error) else { return (error.to_string(), None) };
    let number = match errno {
        Errno::NOENT => Some(2),
        Errno::ACCESS => Some(13),
        Errno::EXIST => Some(17),
        Errno::NOTDIR => Some(20),
        Errno::ISDIR => Some(21),
        _ => None,
    };
    (cli::wording::reason(errno), number)
}
