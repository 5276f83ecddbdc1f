//! Random numbers below a bound, from a source of bytes of which none is wasted.

use rustix::io::Errno;

use crate::input::Input;

/// Where bytes come from without another source.
const DEVICE: &[u8] = b"/dev/urandom";
/// So many are read at once.
const BLOCK_BYTES: usize = 1024;

/// A source, and the chance that is left of the bytes that were read.
pub struct Random {
    source: Vec<u8>,
    input: Input,
    block: Vec<u8>,
    start: usize,
    /// A number that is as likely to be each one up to `most`.
    value: u64,
    most: u64,
}

impl Random {
    /// Opens a source; the error names it.
    pub fn open(source: Option<&[u8]>) -> Result<Self, (Vec<u8>, Errno)> {
        let source = source.unwrap_or(DEVICE).to_vec();
        match Input::open_file(&source) {
            Ok(input) => Ok(Self { source, input, block: Vec::new(), start: 0, value: 0, most: 0 }),
            Err(errno) => Err((source, errno)),
        }
    }

    /// The source's name.
    pub fn name(&self) -> &[u8] {
        &self.source
    }

    fn byte(&mut self) -> Result<u8, Option<Errno>> {
        if self.start == self.block.len() {
            self.block.resize(BLOCK_BYTES, 0);
            let read = self.input.read(&mut self.block).map_err(Some)?;
            self.block.truncate(read);
            self.start = 0;
        }
        let byte = self.block.get(self.start).copied().ok_or(None)?;
        self.start += 1;
        Ok(byte)
    }

    /// A number below a bound, which is not 0; the error None: the source has ended.
    pub fn below(&mut self, bound: u64) -> Result<u64, Option<Errno>> {
        let wanted = bound - 1;
        loop {
            while self.most < wanted {
                self.value = self.value.wrapping_shl(8) | u64::from(self.byte()?);
                self.most = self.most.wrapping_shl(8) | 0xff;
            }
            if self.most == wanted {
                let value = self.value;
                (self.value, self.most) = (0, 0);
                return Ok(value);
            }
            // Numbers beyond the last multiple of the bound would make small results likelier.
            let excess = self.most - wanted;
            let unusable = excess % bound;
            let last = self.most - unusable;
            if self.value <= last {
                let result = self.value % bound;
                (self.value, self.most) = (self.value / bound, excess / bound);
                return Ok(result);
            }
            (self.value, self.most) = (self.value - last - 1, unusable - 1);
        }
    }
}
