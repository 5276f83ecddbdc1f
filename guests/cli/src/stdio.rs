//! Standard output and standard error, as descriptors.
//!
//! `std` takes a closed standard output for one that swallows everything; here
//! it is an error.

use rustix::io::Errno;

/// Writes all of `bytes` to standard output.
pub fn print(bytes: &[u8]) -> Result<(), Errno> {
    write_all(rustix::stdio::stdout(), bytes)
}

/// Writes one line to standard error: `program: what`.
pub fn complain(program: &str, what: &str) {
    note(&format!("{program}: {what}"));
}

/// Writes one line to standard error as it is.
pub fn note(line: &str) {
    // Nobody is left to tell when standard error cannot be written.
    let _ = write_all(rustix::stdio::stderr(), format!("{line}\n").as_bytes());
}

/// Writes all of `bytes` to a descriptor.
pub fn write_all(output: impl std::os::fd::AsFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(&output, bytes))?;
        // A device that takes nothing and reports nothing would keep us here for ever.
        bytes = bytes.get(written..).filter(|_| written > 0).ok_or(Errno::NOSPC)?;
    }
    Ok(())
}
