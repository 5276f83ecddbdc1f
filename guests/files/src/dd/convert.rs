//! The conversions of dd that change bytes.

use super::operands::{Conversion, Job};

/// EBCDIC of each byte of ASCII, as POSIX has it for `conv=ebcdic`.
const EBCDIC: [u8; 256] = table([
    "00010203372d2e2f1605250b0c0d0e0f",
    "101112133c3d322618193f271c1d1e1f",
    "405a7f7b5b6c507d4d5d5c4e6b604b61",
    "f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f",
    "7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6",
    "d7d8d9e2e3e4e5e6e7e8e9ade0bd9a6d",
    "79818283848586878889919293949596",
    "979899a2a3a4a5a6a7a8a9c04fd05f07",
    "202122232415061728292a2b2c090a1b",
    "30311a333435360838393a3b04143ee1",
    "41424344454647484951525354555657",
    "58596263646566676869707172737475",
    "767778808a8b8c8d8e8f906a9b9c9d9e",
    "9fa0aaabac4aaeafb0b1b2b3b4b5b6b7",
    "b8b9babbbca1bebfcacbcccdcecfdadb",
    "dcdddedfeaebecedeeeffafbfcfdfeff",
]);

/// The same for `conv=ibm`.
const IBM: [u8; 256] = table([
    "00010203372d2e2f1605250b0c0d0e0f",
    "101112133c3d322618193f271c1d1e1f",
    "405a7f7b5b6c507d4d5d5c4e6b604b61",
    "f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f",
    "7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6",
    "d7d8d9e2e3e4e5e6e7e8e9ade0bd5f6d",
    "79818283848586878889919293949596",
    "979899a2a3a4a5a6a7a8a9c04fd0a107",
    "202122232415061728292a2b2c090a1b",
    "30311a333435360838393a3b04143ee1",
    "41424344454647484951525354555657",
    "58596263646566676869707172737475",
    "767778808a8b8c8d8e8f909a9b9c9d9e",
    "9fa0aaabacadaeafb0b1b2b3b4b5b6b7",
    "b8b9babbbcbdbebfcacbcccdcecfdadb",
    "dcdddedfeaebecedeeeffafbfcfdfeff",
]);

const fn digit(byte: u8) -> u8 {
    if byte <= b'9' { byte - b'0' } else { byte - b'a' + 10 }
}

const fn table(rows: [&str; 16]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let row = rows[index / 16].as_bytes();
        let at = index % 16 * 2;
        table[index] = digit(row[at]) * 16 + digit(row[at + 1]);
        index += 1;
    }
    table
}

/// What changes bytes on their way.
pub struct Converter {
    /// What each byte becomes, without regard for its neighbours.
    map: [u8; 256],
    swaps: bool,
    /// The first byte of a pair whose second has not come yet.
    half: Option<u8>,
    record: usize,
    blocks: bool,
    unblocks: bool,
    column: usize,
    /// Blanks that are written only when something follows them in the record.
    blanks: usize,
    truncated: u64,
}

impl Converter {
    pub fn new(job: &Job) -> Converter {
        let mut map: [u8; 256] = std::array::from_fn(|byte| byte as u8);
        let change_case = |map: &mut [u8; 256]| {
            for byte in map.iter_mut() {
                if job.has(Conversion::Upper) {
                    *byte = byte.to_ascii_uppercase();
                } else if job.has(Conversion::Lower) {
                    *byte = byte.to_ascii_lowercase();
                }
            }
        };
        if job.has(Conversion::Ascii) {
            let mut back = [0; 256];
            for (ascii, ebcdic) in EBCDIC.iter().enumerate() {
                back[usize::from(*ebcdic)] = ascii as u8;
            }
            map = back;
        }
        change_case(&mut map);
        for (conversion, table) in [(Conversion::Ebcdic, &EBCDIC), (Conversion::Ibm, &IBM)] {
            if job.has(conversion) {
                map = map.map(|byte| table[usize::from(byte)]);
            }
        }
        Converter {
            map,
            swaps: job.has(Conversion::Swab),
            half: None,
            record: job.record,
            blocks: job.record > 0
                && (job.has(Conversion::Block) || job.has(Conversion::Ebcdic) || job.has(Conversion::Ibm)),
            unblocks: job.record > 0 && (job.has(Conversion::Unblock) || job.has(Conversion::Ascii)),
            column: 0,
            blanks: 0,
            truncated: 0,
        }
    }

    /// Changes a block; the bytes come behind those that are in `out`.
    pub fn take(&mut self, block: &[u8], out: &mut Vec<u8>) {
        if !self.swaps && !self.blocks && !self.unblocks {
            out.extend(block.iter().map(|byte| self.map[usize::from(*byte)]));
            return;
        }
        if !self.swaps {
            for byte in block {
                self.put(*byte, out);
            }
            return;
        }
        for byte in block {
            match self.half.take() {
                Some(first) => {
                    self.put(*byte, out);
                    self.put(first, out);
                }
                None => self.half = Some(*byte),
            }
        }
    }

    fn put(&mut self, byte: u8, out: &mut Vec<u8>) {
        let mapped = self.map[usize::from(byte)];
        if self.blocks {
            if byte == b'\n' {
                self.pad(out);
            } else {
                match self.column.cmp(&self.record) {
                    std::cmp::Ordering::Less => out.push(mapped),
                    std::cmp::Ordering::Equal => self.truncated += 1,
                    std::cmp::Ordering::Greater => {}
                }
                self.column += 1;
            }
        } else if self.unblocks {
            if self.column == self.record {
                (self.column, self.blanks) = (0, 0);
                out.push(b'\n');
            }
            self.column += 1;
            if mapped == b' ' {
                self.blanks += 1;
            } else {
                out.extend(std::iter::repeat_n(b' ', self.blanks));
                self.blanks = 0;
                out.push(mapped);
            }
        } else {
            out.push(mapped);
        }
    }

    /// Fills a record up.
    fn pad(&mut self, out: &mut Vec<u8>) {
        let blank = self.map[usize::from(b' ')];
        out.extend(std::iter::repeat_n(blank, self.record.saturating_sub(self.column)));
        self.column = 0;
    }

    /// What is left at the end of the input.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(half) = self.half.take() {
            self.put(half, out);
        }
        if self.blocks && self.column > 0 {
            self.pad(out);
        }
        if self.unblocks && self.column > 0 {
            out.push(b'\n');
        }
    }

    /// How many records were longer than they may be.
    pub fn truncated(&self) -> u64 {
        self.truncated
    }
}
