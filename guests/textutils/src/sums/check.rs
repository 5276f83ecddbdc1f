//! Checking: lists of digests, each line read in either of the two manners in which they are printed.

use cli::frame::Frame;
use cli::wording::{name, reason};
use rustix::io::Errno;

use super::algorithm::{Algorithm, BLAKE2B_BYTES_MAX};
use super::{Options, Saying, digest_of, escape};
use crate::input::Input;
use crate::line::fail_file;
use crate::output::Output;

/// What a line of a list says.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    algorithm: Algorithm,
    bytes: usize,
    digest: Vec<u8>,
    file: Vec<u8>,
}

/// How lists are read: what is known of their lines.
struct Reader {
    /// None: only lines with a tag are read.
    algorithm: Option<Algorithm>,
    /// The digests have as many bytes; 0: as the algorithm makes.
    bytes: usize,
    any_tag: bool,
    /// Whether names stand behind one blank; known from the first line on.
    one_blank: Option<bool>,
    /// The algorithm that complaints name.
    last: Algorithm,
}

/// How often something was wrong in a list.
#[derive(Default)]
struct Counts {
    fine: u64,
    matched: u64,
    improper: u64,
    unread: u64,
    differing: u64,
}

/// Checks lists; the status.
pub fn run(frame: Frame<'_>, options: &Options, lists: &[Vec<u8>]) -> i32 {
    let mut output = Output::new(frame.program);
    let mut status = 0;
    for list in lists {
        if !check(frame, options, &mut output, list) {
            status = 1;
        }
    }
    status
}

/// Checks a list; answers whether all is well.
fn check(frame: Frame<'_>, options: &Options, output: &mut Output, list: &[u8]) -> bool {
    let shown = if list == b"-" { b"standard input" } else { list };
    let mut input = match Input::open(list) {
        Ok(input) => input,
        Err(errno) => {
            fail_file(frame, output, shown, errno);
            return false;
        }
    };
    let mut reader = Reader {
        algorithm: options.is_algorithm_given.then_some(options.algorithm),
        bytes: options.bytes,
        any_tag: !options.is_algorithm_given,
        one_blank: None,
        last: options.algorithm,
    };
    let mut counts = Counts::default();
    let mut number = 0_u64;
    loop {
        let line = match input.line(b'\n') {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(_) => {
                output.flush();
                frame.complain(&format!("{}: read error", name(shown)));
                return false;
            }
        };
        number += 1;
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        match reader.entry(text) {
            Some(entry) => {
                counts.fine += 1;
                verify(frame, options, output, &entry, &mut counts);
            }
            None => {
                counts.improper += 1;
                if options.saying == Saying::Warnings {
                    output.flush();
                    let tag = reader.last.tag();
                    let at = format!("{}: {number}: improperly formatted {tag} checksum line", name(shown));
                    frame.complain(&at);
                }
            }
        }
    }
    output.flush();
    report(frame, options, shown, &counts)
}

/// Says what was wrong in a list; answers whether nothing was.
fn report(frame: Frame<'_>, options: &Options, list: &[u8], counts: &Counts) -> bool {
    if counts.fine == 0 {
        frame.complain(&format!("{}: no properly formatted checksum lines found", name(list)));
        return false;
    }
    if options.saying != Saying::Nothing {
        let warn = |count: u64, one: &str, several: &str| {
            if count > 0 {
                frame.complain(&format!("WARNING: {count} {}", if count == 1 { one } else { several }));
            }
        };
        warn(counts.improper, "line is improperly formatted", "lines are improperly formatted");
        warn(counts.unread, "listed file could not be read", "listed files could not be read");
        warn(counts.differing, "computed checksum did NOT match", "computed checksums did NOT match");
        if options.ignores_missing && counts.matched == 0 {
            frame.complain(&format!("{}: no file was verified", name(list)));
        }
    }
    let is_strict = options.strict && counts.improper > 0;
    counts.matched > 0 && counts.unread == 0 && counts.differing == 0 && !is_strict
}

/// Checks a file.
fn verify(frame: Frame<'_>, options: &Options, output: &mut Output, entry: &Entry, counts: &mut Counts) {
    let digest =
        Input::open(&entry.file).and_then(|mut input| digest_of(entry.algorithm, entry.bytes, &mut input));
    let say = |output: &mut Output, what: &str| {
        if options.saying == Saying::Nothing {
            return;
        }
        if entry.file.contains(&b'\n') {
            output.byte(b'\\');
            output.write(&escape(&entry.file).1);
        } else {
            output.write(&entry.file);
        }
        output.write(what.as_bytes());
    };
    match digest {
        Err(Errno::NOENT) if options.ignores_missing => {}
        Err(errno) => {
            output.flush();
            frame.complain(&format!("{}: {}", name(&entry.file), reason(errno)));
            counts.unread += 1;
            say(output, ": FAILED open or read\n");
        }
        Ok(digest) if digest.as_bytes().eq_ignore_ascii_case(&entry.digest) => {
            counts.matched += 1;
            if options.saying != Saying::Failures {
                say(output, ": OK\n");
            }
        }
        Ok(_) => {
            counts.differing += 1;
            say(output, ": FAILED\n");
        }
    }
}

impl Reader {
    /// Reads a line.
    fn entry(&mut self, line: &[u8]) -> Option<Entry> {
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = line.get(blanks..)?;
        let (escaped, line) = line.strip_prefix(b"\\").map_or((false, line), |rest| (true, rest));
        let mut entry = match Algorithm::from_tag(line) {
            Some((algorithm, rest)) if self.any_tag || self.algorithm == Some(algorithm) => {
                self.last = algorithm;
                tagged(algorithm, rest)?
            }
            _ if self.any_tag => return None,
            _ => self.untagged(self.algorithm?, line)?,
        };
        if escaped {
            entry.file = unescape(&entry.file)?;
        }
        Some(entry)
    }

    /// Reads `DIGEST  NAME`.
    fn untagged(&mut self, algorithm: Algorithm, line: &[u8]) -> Option<Entry> {
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let bytes = match (algorithm, self.bytes) {
            (Algorithm::Blake2b, 0) => digits / 2,
            (_, 0) => algorithm.bytes(),
            (_, bytes) => bytes,
        };
        if digits != bytes * 2 || bytes == 0 || bytes > BLAKE2B_BYTES_MAX {
            return None;
        }
        let (digest, rest) = line.split_at(digits);
        let rest = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"\t"))?;
        let marked =
            rest.split_first().filter(|(mark, name)| matches!(mark, b' ' | b'*') && !name.is_empty());
        let file = match marked {
            None if self.one_blank == Some(false) => return None,
            None => {
                self.one_blank = Some(true);
                rest
            }
            Some(_) if self.one_blank == Some(true) => rest,
            Some((_, name)) => {
                self.one_blank = Some(false);
                name
            }
        };
        (!file.is_empty()).then(|| Entry { algorithm, bytes, digest: digest.to_vec(), file: file.to_vec() })
    }
}

/// Reads what stands behind the name of the algorithm: `(NAME) = DIGEST`.
fn tagged(algorithm: Algorithm, rest: &[u8]) -> Option<Entry> {
    let (bytes, rest) = match rest.strip_prefix(b"-") {
        Some(rest) if algorithm == Algorithm::Blake2b => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (number, rest) = rest.split_at(digits);
            let bits: usize = String::from_utf8_lossy(number).parse().ok()?;
            let is_possible = bits > 0 && bits.is_multiple_of(8) && bits / 8 <= BLAKE2B_BYTES_MAX;
            (is_possible.then_some(bits / 8)?, rest)
        }
        _ => (algorithm.bytes(), rest),
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest).strip_prefix(b"(")?;
    let end = memchr::memrchr(b')', rest)?;
    let (file, digest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let blanks = |text: &[u8]| text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let digest = digest.get(blanks(digest)..)?.strip_prefix(b"=")?;
    let digest = digest.get(blanks(digest)..)?;
    let is_digest = digest.len() == bytes * 2 && digest.iter().all(u8::is_ascii_hexdigit);
    is_digest.then(|| Entry { algorithm, bytes, digest: digest.to_vec(), file: file.to_vec() })
}

/// A name without escapes; None: one of them is none.
fn unescape(name: &[u8]) -> Option<Vec<u8>> {
    let mut read = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        read.push(match byte {
            b'\\' => match bytes.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b'\\' => b'\\',
                _ => return None,
            },
            0 => return None,
            other => *other,
        });
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn names(lines: &[&str]) -> Vec<Option<String>> {
        let algorithm = Some(Algorithm::Md5);
        let mut reader =
            Reader { algorithm, bytes: 0, any_tag: false, one_blank: None, last: Algorithm::Md5 };
        let mut name = |line: &str| {
            let entry = reader.entry(line.replace('@', DIGEST).as_bytes())?;
            Some(String::from_utf8_lossy(&entry.file).into_owned())
        };
        lines.iter().map(|line| name(line)).collect()
    }

    #[test]
    fn lines_are_read_in_either_manner() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(&["@  a", "@ *b", "MD5 (c) = @", "MD5(d)= @", "\\@  e\\n", "@ f", "@", "SHA1 (x) = @"]),
            [some("a"), some("b"), some("c"), some("d"), some("e\n"), None, None, None]
        );
        assert_eq!(names(&["@ f", "@  g", "\\@ \\q"]), [some("f"), some(" g"), None]);
    }
}
