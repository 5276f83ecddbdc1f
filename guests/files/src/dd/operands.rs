//! The operands of dd: `if=`, `bs=`, `conv=` and their kin.

use cli::stdio;
use cli::wording::quoted;

/// What happens to bytes and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    Ascii,
    Ebcdic,
    Ibm,
    Block,
    Unblock,
    Lower,
    Upper,
    Swab,
    Sync,
    Sparse,
    Excl,
    NoCreate,
    NoTruncate,
    NoError,
    Fsync,
    Fdatasync,
}

const CONVERSIONS: &[(&str, Conversion)] = &[
    ("ascii", Conversion::Ascii),
    ("ebcdic", Conversion::Ebcdic),
    ("ibm", Conversion::Ibm),
    ("block", Conversion::Block),
    ("unblock", Conversion::Unblock),
    ("lcase", Conversion::Lower),
    ("ucase", Conversion::Upper),
    ("swab", Conversion::Swab),
    ("sync", Conversion::Sync),
    ("sparse", Conversion::Sparse),
    ("excl", Conversion::Excl),
    ("nocreat", Conversion::NoCreate),
    ("notrunc", Conversion::NoTruncate),
    ("noerror", Conversion::NoError),
    ("fsync", Conversion::Fsync),
    ("fdatasync", Conversion::Fdatasync),
];

/// How files are opened and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    Append,
    Directory,
    NoFollow,
    NonBlock,
    FullBlock,
    CountBytes,
    SkipBytes,
    SeekBytes,
    /// One that changes nothing that anybody could see here.
    Indifferent,
}

const FLAGS: &[(&str, Flag)] = &[
    ("append", Flag::Append),
    ("directory", Flag::Directory),
    ("nofollow", Flag::NoFollow),
    ("nonblock", Flag::NonBlock),
    ("fullblock", Flag::FullBlock),
    ("count_bytes", Flag::CountBytes),
    ("skip_bytes", Flag::SkipBytes),
    ("seek_bytes", Flag::SeekBytes),
    ("direct", Flag::Indifferent),
    ("dsync", Flag::Indifferent),
    ("sync", Flag::Indifferent),
    ("noatime", Flag::Indifferent),
    ("nocache", Flag::Indifferent),
    ("noctty", Flag::Indifferent),
    ("binary", Flag::Indifferent),
    ("text", Flag::Indifferent),
];

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    All,
    None,
    NoTransfer,
    Progress,
}

/// A count of blocks, or of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amount {
    number: u64,
    is_bytes: bool,
}

/// What a command line asks for.
#[derive(Debug)]
pub struct Job {
    pub input: Option<Vec<u8>>,
    pub output: Option<Vec<u8>>,
    pub input_block: usize,
    pub output_block: usize,
    /// `bs=` was given: blocks are written as they were read.
    is_one_block: bool,
    pub record: usize,
    count: Option<Amount>,
    skip: Amount,
    seek: Amount,
    pub conversions: Vec<Conversion>,
    pub input_flags: Vec<Flag>,
    pub output_flags: Vec<Flag>,
    pub status: Status,
}

/// Why a command line cannot be followed.
#[derive(Debug)]
pub enum Fault {
    Misuse(String),
    Trouble(String),
}

/// The largest block. A larger one would fill the memory of the program.
const BLOCK_BYTES_MAX: u64 = 1 << 30;

/// Makes sense of the operands.
pub fn parse(program: &str, words: &[Vec<u8>]) -> Result<Job, Fault> {
    let mut job = Job {
        input: None,
        output: None,
        input_block: 512,
        output_block: 512,
        is_one_block: false,
        record: 0,
        count: None,
        skip: Amount::default(),
        seek: Amount::default(),
        conversions: Vec::new(),
        input_flags: Vec::new(),
        output_flags: Vec::new(),
        status: Status::All,
    };
    let mut both = None;
    for word in words {
        let misuse = || Fault::Misuse(format!("unrecognized operand {}", quoted(word)));
        let equals = word.iter().position(|byte| *byte == b'=').ok_or_else(misuse)?;
        let (name, value) = (&word[..equals], &word[equals + 1..]);
        match name {
            b"if" => job.input = Some(value.to_vec()),
            b"of" => job.output = Some(value.to_vec()),
            b"bs" => both = Some(block(program, value)?),
            b"ibs" => job.input_block = block(program, value)?,
            b"obs" => job.output_block = block(program, value)?,
            b"cbs" => job.record = block(program, value)?,
            b"count" => job.count = Some(amount(program, value)?),
            b"skip" | b"iseek" => job.skip = amount(program, value)?,
            b"seek" | b"oseek" => job.seek = amount(program, value)?,
            b"conv" => list(value, CONVERSIONS, "conversion", &mut job.conversions)?,
            b"iflag" => list(value, FLAGS, "input flag", &mut job.input_flags)?,
            b"oflag" => list(value, FLAGS, "output flag", &mut job.output_flags)?,
            b"status" => {
                job.status = match value {
                    b"none" => Status::None,
                    b"noxfer" => Status::NoTransfer,
                    b"progress" => Status::Progress,
                    _ => return Err(Fault::Misuse(format!("invalid status level: {}", quoted(value)))),
                }
            }
            _ => return Err(misuse()),
        }
    }
    if let Some(size) = both {
        (job.input_block, job.output_block, job.is_one_block) = (size, size, true);
    }
    if job.record == 0 {
        // Without records there is nothing to fill up or to cut.
        job.conversions.retain(|known| !matches!(known, Conversion::Block | Conversion::Unblock));
    }
    job.check()?;
    Ok(job)
}

fn list<T: Copy + PartialEq>(
    value: &[u8],
    known: &[(&str, T)],
    what: &str,
    to: &mut Vec<T>,
) -> Result<(), Fault> {
    for word in value.split(|byte| *byte == b',') {
        match known.iter().find(|(name, _)| name.as_bytes() == word) {
            Some((_, meaning)) => to.push(*meaning),
            None => return Err(Fault::Misuse(format!("invalid {what}: {}", quoted(word)))),
        }
    }
    Ok(())
}

fn amount(program: &str, value: &[u8]) -> Result<Amount, Fault> {
    let number = number(program, value)?;
    // A B at the end, but not that of kB and its kin, counts bytes.
    let is_bytes = matches!(value, [.., b'0'..=b'9' | b'c' | b'w' | b'b', b'B']);
    Ok(Amount { number, is_bytes })
}

fn block(program: &str, value: &[u8]) -> Result<usize, Fault> {
    let number = number(program, value)?;
    let too_large = || {
        Fault::Trouble(format!("invalid number: {}: Value too large for defined data type", quoted(value)))
    };
    if number == 0 {
        return Err(Fault::Trouble(format!("invalid number: {}", quoted(value))));
    }
    if number > BLOCK_BYTES_MAX {
        return Err(too_large());
    }
    usize::try_from(number).map_err(|_| too_large())
}

/// Reads a number with suffixes and products.
fn number(program: &str, value: &[u8]) -> Result<u64, Fault> {
    let invalid = || Fault::Trouble(format!("invalid number: {}", quoted(value)));
    let too_large = || {
        Fault::Trouble(format!("invalid number: {}: Value too large for defined data type", quoted(value)))
    };
    let mut product: u64 = 1;
    let mut left = value;
    loop {
        let digits = left.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(invalid());
        }
        if product == 1 && left.len() == value.len() && left.starts_with(b"0x") {
            let hint = "warning: '0x' is a zero multiplier; use '00x' if that is intended";
            stdio::complain(program, hint);
        }
        let parsed = left[..digits]
            .iter()
            .try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        let (factor, used) = suffix(&left[digits..]).ok_or_else(invalid)?;
        let factor = factor.ok_or_else(too_large)?;
        let term = parsed.and_then(|number| number.checked_mul(factor)).ok_or_else(too_large)?;
        product = product.checked_mul(term).ok_or_else(too_large)?;
        left = &left[digits + used..];
        match left {
            [] => return Ok(product),
            [b'x', rest @ ..] => left = rest,
            _ => return Err(invalid()),
        }
    }
}

/// The factor of a suffix, unless it is too large, and how long it is.
fn suffix(text: &[u8]) -> Option<(Option<u64>, usize)> {
    let (factor, used): (Option<u64>, usize) = match text {
        [] | [b'x', ..] => (Some(1), 0),
        [b'B' | b'c', ..] => (Some(1), 1),
        [b'w', ..] => (Some(2), 1),
        [b'b', ..] => (Some(512), 1),
        [letter, rest @ ..] => {
            let power = b"KMGTPEZY".iter().position(|known| known == letter);
            let power = power.or_else(|| (*letter == b'k').then_some(0))?;
            let (base, used): (u64, usize) = match rest {
                [b'i', b'B', ..] => (1024, 3),
                [b'B', ..] => (1000, 2),
                _ => (1024, 1),
            };
            (base.checked_pow(u32::try_from(power).ok()? + 1), used)
        }
    };
    // A B behind the suffixes of one letter only says that bytes are counted.
    let counts_bytes = matches!(text.first(), Some(b'c' | b'w' | b'b')) && text.get(used) == Some(&b'B');
    Some((factor, used + usize::from(counts_bytes)))
}

impl Job {
    fn check(&self) -> Result<(), Fault> {
        let has = |conversion| self.has(conversion);
        let exclusive: [(&[Conversion], &str); 4] = [
            (
                &[Conversion::Ascii, Conversion::Ebcdic, Conversion::Ibm],
                "cannot combine any two of {ascii,ebcdic,ibm}",
            ),
            (&[Conversion::Block, Conversion::Unblock], "cannot combine block and unblock"),
            (&[Conversion::Lower, Conversion::Upper], "cannot combine lcase and ucase"),
            (&[Conversion::Excl, Conversion::NoCreate], "cannot combine excl and nocreat"),
        ];
        for (conversions, what) in exclusive {
            if conversions.iter().filter(|conversion| has(**conversion)).count() > 1 {
                return Err(Fault::Trouble(what.to_owned()));
            }
        }
        if self.output_flags.contains(&Flag::FullBlock) {
            return Err(Fault::Misuse("invalid output flag: 'fullblock'".to_owned()));
        }
        if self.input_flags.contains(&Flag::SeekBytes) {
            return Err(Fault::Misuse("invalid input flag: 'seek_bytes'".to_owned()));
        }
        Ok(())
    }

    pub fn has(&self, conversion: Conversion) -> bool {
        self.conversions.contains(&conversion)
    }

    pub fn is_by_records(&self) -> bool {
        self.has(Conversion::Block) || self.has(Conversion::Unblock)
    }

    pub fn fills_blocks(&self) -> bool {
        self.input_flags.contains(&Flag::FullBlock)
    }

    /// Whether blocks are written as they are read.
    pub fn copies_blocks(&self) -> bool {
        use Conversion::{Ascii, Block, Ebcdic, Ibm, Lower, Swab, Unblock, Upper};
        self.is_one_block
            && ![Ascii, Ebcdic, Ibm, Block, Unblock, Lower, Upper, Swab]
                .iter()
                .any(|change| self.has(*change))
    }

    pub fn skip_bytes(&self) -> u64 {
        let is_bytes = self.skip.is_bytes || self.input_flags.contains(&Flag::SkipBytes);
        if is_bytes { self.skip.number } else { self.skip.number.saturating_mul(self.input_block as u64) }
    }

    pub fn seek_bytes(&self) -> u64 {
        let is_bytes = self.seek.is_bytes || self.output_flags.contains(&Flag::SeekBytes);
        if is_bytes { self.seek.number } else { self.seek.number.saturating_mul(self.output_block as u64) }
    }

    /// How much is to be read.
    pub fn count_limit(&self) -> Limit {
        match self.count {
            None => Limit::None,
            Some(count) if count.is_bytes || self.input_flags.contains(&Flag::CountBytes) => {
                Limit::Bytes(count.number)
            }
            Some(count) => Limit::Blocks(count.number),
        }
    }
}

/// How much is still to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    None,
    Blocks(u64),
    Bytes(u64),
}

impl Limit {
    pub fn is_more(&self) -> bool {
        !matches!(self, Limit::Blocks(0) | Limit::Bytes(0))
    }

    /// How much the next block may have.
    pub fn next_bytes(&self, block: usize) -> usize {
        match self {
            Limit::Bytes(left) => block.min(usize::try_from(*left).unwrap_or(usize::MAX)),
            Limit::None | Limit::Blocks(_) => block,
        }
    }

    /// A block was read, of so many bytes.
    pub fn took(&mut self, bytes: usize) {
        match self {
            Limit::None => {}
            Limit::Blocks(left) => *left -= 1,
            Limit::Bytes(left) => *left = left.saturating_sub(bytes as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_suffixes_and_products() {
        for (text, wanted) in [
            ("10", Some(10)),
            ("2w", Some(4)),
            ("3b", Some(1536)),
            ("1k", Some(1024)),
            ("1K", Some(1024)),
            ("1kB", Some(1000)),
            ("1KiB", Some(1024)),
            ("2x3x4", Some(24)),
            ("1kx2", Some(2048)),
            ("5B", Some(5)),
            ("5cB", Some(5)),
            ("", None),
            ("x", None),
            ("1q", None),
            ("1x", None),
            ("1Y", None),
        ] {
            assert_eq!(number("dd", text.as_bytes()).ok(), wanted, "{text}");
        }
    }
}
