//! Blocks of bytes: what of a stream makes none yet, and how SHA ends the last one.

/// Bytes that make no whole block yet, and how many there were in all.
#[derive(Clone, Debug, Default)]
pub struct Blocks<const BYTES: usize> {
    held: Vec<u8>,
    count: u128,
}

impl<const BYTES: usize> Blocks<BYTES> {
    /// Takes bytes, and passes on whole blocks.
    pub fn pass(&mut self, mut bytes: &[u8], mut compress: impl FnMut(&[[u8; BYTES]])) {
        self.count += bytes.len() as u128;
        if !self.held.is_empty() {
            let (part, rest) = bytes.split_at(bytes.len().min(BYTES - self.held.len()));
            self.held.extend_from_slice(part);
            bytes = rest;
            if self.held.len() < BYTES {
                return;
            }
            compress(self.held.as_chunks().0);
            self.held.clear();
        }
        let (blocks, rest) = bytes.as_chunks();
        compress(blocks);
        self.held.extend_from_slice(rest);
    }

    /// Passes on what is left, with a bit behind it, and the number of bits at the end, in an eighth of a block.
    pub fn finish(self, mut compress: impl FnMut(&[[u8; BYTES]])) {
        let size_bytes = BYTES / 8;
        let mut last = self.held;
        last.push(0x80);
        last.resize((last.len() + size_bytes).next_multiple_of(BYTES) - size_bytes, 0);
        last.extend_from_slice(&(self.count * 8).to_be_bytes()[16 - size_bytes..]);
        compress(last.as_chunks().0);
    }
}
