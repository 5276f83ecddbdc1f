//! Standard output, with a buffer and a memory of the first failure.

use rustix::io::Errno;

/// What is kept back at most before it is written.
const BUFFER_BYTES: usize = 64 * 1024;

/// Bytes on their way to standard output.
pub struct Output {
    buffer: Vec<u8>,
    failure: Option<Errno>,
}

impl Output {
    /// Nothing written yet.
    pub fn new() -> Output {
        Output { buffer: Vec::with_capacity(BUFFER_BYTES), failure: None }
    }

    /// Writes bytes, sooner or later.
    pub fn put(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush();
        }
        if bytes.len() > BUFFER_BYTES {
            self.write(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Writes what is kept back.
    pub fn flush(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.write(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failure.is_none() && !bytes.is_empty() {
            self.failure = cli::stdio::print(bytes).err();
        }
    }

    /// Has it failed already? Then there is no point in going on.
    pub fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Writes what is kept back; why not all could be written.
    pub fn finish(mut self) -> Result<(), Errno> {
        self.flush();
        self.failure.map_or(Ok(()), Err)
    }
}
