//! Streams of compress(1), `.Z`: Lempel-Ziv-Welch with codes of 9 to 16 bits. They are only read.

use std::io::{self, Read};

use super::{Fault, Input, Part};

/// The code that empties the table.
const CLEAR: usize = 256;

/// Reads what is in a stream.
pub struct Reader<R> {
    input: Input<R>,
    /// Zero until the header was read.
    bits_max: u32,
    has_clear: bool,
    /// For each code the one that it continues, and its last byte.
    prefix: Vec<u16>,
    suffix: Vec<u8>,
    /// The number of the next code.
    next: usize,
    bits: u32,
    /// Codes come in groups of eight; a change of width drops what is left of a group.
    in_group: u32,
    window: u64,
    window_bits: u32,
    previous: Option<usize>,
    first: u8,
    /// Decoded bytes, the last one first.
    stack: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub fn new(source: R) -> Reader<R> {
        Reader {
            input: Input::new(source),
            bits_max: 0,
            has_clear: false,
            prefix: Vec::new(),
            suffix: Vec::new(),
            next: 257,
            bits: 9,
            in_group: 0,
            window: 0,
            window_bits: 0,
            previous: None,
            first: 0,
            stack: Vec::new(),
        }
    }

    fn header(&mut self) -> io::Result<()> {
        match *self.input.fill_to(3)? {
            [0x1f, 0x9d, flags, ..] => {
                self.bits_max = u32::from(flags & 0x1f);
                self.has_clear = flags & 0x80 != 0;
                if !(9..=16).contains(&self.bits_max) {
                    let bits = self.bits_max;
                    return Err(Fault::Unsupported(format!("compressed with {bits} bits")).into());
                }
            }
            _ => return Err(Fault::NotInFormat.into()),
        }
        self.input.consume(3);
        self.prefix = vec![0; 1 << self.bits_max];
        self.suffix = (0..1_usize << self.bits_max).map(|code| u8::try_from(code).unwrap_or(0)).collect();
        self.next = if self.has_clear { 257 } else { 256 };
        Ok(())
    }

    /// The next code; `None` at the end.
    fn code(&mut self) -> io::Result<Option<usize>> {
        while self.window_bits < self.bits {
            let Some(byte) = self.input.byte()? else { return Ok(None) };
            self.window |= u64::from(byte) << self.window_bits;
            self.window_bits += 8;
        }
        let code = self.window & ((1 << self.bits) - 1);
        self.window >>= self.bits;
        self.window_bits -= self.bits;
        self.in_group = (self.in_group + 1) % 8;
        Ok(usize::try_from(code).ok())
    }

    /// Drops the rest of a group of codes.
    fn align(&mut self) -> io::Result<()> {
        while self.in_group != 0 {
            if self.code()?.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Decodes one code onto the stack; `false` at the end.
    fn step(&mut self) -> io::Result<bool> {
        if self.next > (1 << self.bits) - 1 && self.bits < self.bits_max {
            self.align()?;
            self.bits += 1;
        }
        let Some(code) = self.code()? else { return Ok(false) };
        if code == CLEAR && self.has_clear {
            self.align()?;
            (self.next, self.bits, self.previous) = (256, 9, None);
            return Ok(true);
        }
        let Some(previous) = self.previous else {
            let byte = u8::try_from(code).map_err(|_| Fault::Corrupt(Part::Data))?;
            (self.first, self.previous) = (byte, Some(code));
            if self.next == 256 && self.has_clear {
                self.next = 257;
            }
            self.stack.push(byte);
            return Ok(true);
        };
        let mut at = code;
        if code >= self.next {
            if code > self.next {
                return Err(Fault::Corrupt(Part::Data).into());
            }
            self.stack.push(self.first);
            at = previous;
        }
        while at >= 256 {
            self.stack.push(self.suffix[at]);
            at = usize::from(self.prefix[at]);
        }
        self.first = u8::try_from(at).unwrap_or(0);
        self.stack.push(self.first);
        if self.next < 1 << self.bits_max {
            self.prefix[self.next] = u16::try_from(previous).unwrap_or(0);
            self.suffix[self.next] = self.first;
            self.next += 1;
        }
        self.previous = Some(code);
        Ok(true)
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.bits_max == 0 {
            self.header()?;
        }
        let mut gave = 0;
        while gave < into.len() {
            match self.stack.pop() {
                Some(byte) => {
                    into[gave] = byte;
                    gave += 1;
                }
                None if self.step()? => {}
                None => break,
            }
        }
        Ok(gave)
    }
}
