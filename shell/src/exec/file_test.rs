//! The primaries that `test`, `[` and `[[` share: files, strings, numbers, variables, options.

use bstr::BString;
use wasmsand_wasi::{AccessMode, Fd, Kind, Stat};

use super::Shell;
use super::condition::Verdict;
use crate::state::Options;

/// Compares two numbers; absent when the operator compares no numbers.
pub(crate) fn compare_numbers(operator: &[u8], left: i64, right: i64) -> Option<bool> {
    Some(match operator {
        b"-eq" => left == right,
        b"-ne" => left != right,
        b"-lt" => left < right,
        b"-le" => left <= right,
        b"-gt" => left > right,
        b"-ge" => left >= right,
        _ => return None,
    })
}

/// Is it an operator with one operand?
pub(crate) fn is_unary(operator: &[u8]) -> bool {
    matches!(
        operator,
        [
            b'-',
            b'a' | b'b'
                | b'c'
                | b'd'
                | b'e'
                | b'f'
                | b'g'
                | b'h'
                | b'k'
                | b'p'
                | b'r'
                | b's'
                | b't'
                | b'u'
                | b'w'
                | b'x'
                | b'G'
                | b'L'
                | b'N'
                | b'O'
                | b'S'
                | b'n'
                | b'z'
                | b'o'
                | b'v'
                | b'R'
        ]
    )
}

/// Is it an operator between two operands?
pub(crate) fn is_binary(operator: &[u8]) -> bool {
    matches!(
        operator,
        b"=" | b"=="
            | b"!="
            | b"<"
            | b">"
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
            | b"-nt"
            | b"-ot"
            | b"-ef"
    )
}

impl Shell {
    /// A primary with one operand.
    pub(crate) async fn unary_test(&mut self, operator: &[u8], text: &[u8]) -> Verdict {
        let truth = match operator {
            b"-n" => !text.is_empty(),
            b"-z" => text.is_empty(),
            b"-v" => Box::pin(self.is_variable_set(text)).await?,
            b"-R" => self.state.variables.is_nameref(text),
            b"-o" => Options::named(text).is_some_and(|option| self.state.options.on(option)),
            b"-t" => {
                let fd = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok());
                match fd {
                    Some(fd) => self.sys.is_terminal(Fd(fd)).await.unwrap_or(false),
                    None => false,
                }
            }
            b"-r" => self.may(text, AccessMode { read: true, ..AccessMode::default() }).await,
            b"-w" => self.may(text, AccessMode { write: true, ..AccessMode::default() }).await,
            b"-x" => self.may(text, AccessMode { execute: true, ..AccessMode::default() }).await,
            b"-h" | b"-L" => {
                !text.is_empty()
                    && self.sys.stat(text, false).await.is_ok_and(|stat| stat.kind == Kind::Symlink)
            }
            _ => self.stat_test(text).await.is_some_and(|stat| holds(operator, &stat)),
        };
        Ok(Some(truth))
    }

    async fn may(&mut self, path: &[u8], mode: AccessMode) -> bool {
        !path.is_empty() && self.sys.access(path, mode).await.is_ok()
    }

    /// Attributes of a file, if there is one.
    async fn stat_test(&mut self, path: &[u8]) -> Option<Stat> {
        if path.is_empty() {
            return None;
        }
        self.sys.stat(path, true).await.ok()
    }

    /// A primary with two operands that are no numbers.
    pub(crate) async fn binary_test(&mut self, operator: &[u8], left: &[u8], right: &[u8]) -> Verdict {
        let truth = match operator {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"<" => left < right,
            b">" => left > right,
            b"-nt" | b"-ot" | b"-ef" => {
                let (left, right) = (self.stat_test(left).await, self.stat_test(right).await);
                compare_files(operator, left, right)
            }
            _ => {
                let mut message = BString::from(operator);
                message.extend_from_slice(b": binary operator expected");
                self.complain(&message).await;
                return Ok(None);
            }
        };
        Ok(Some(truth))
    }
}

fn compare_files(operator: &[u8], left: Option<Stat>, right: Option<Stat>) -> bool {
    match (operator, left, right) {
        (b"-nt", Some(left), Some(right)) => left.mtime > right.mtime,
        (b"-nt", Some(_), None) | (b"-ot", None, Some(_)) => true,
        (b"-ot", Some(left), Some(right)) => left.mtime < right.mtime,
        (b"-ef", Some(left), Some(right)) => (left.dev, left.ino) == (right.dev, right.ino),
        _ => false,
    }
}

fn holds(operator: &[u8], stat: &Stat) -> bool {
    match operator {
        b"-a" | b"-e" => true,
        b"-f" => stat.kind == Kind::File,
        b"-d" => stat.kind == Kind::Directory,
        b"-p" => stat.kind == Kind::Fifo,
        b"-c" => stat.kind == Kind::CharDevice,
        b"-s" => stat.size > 0,
        b"-g" => stat.mode & 0o2000 != 0,
        b"-u" => stat.mode & 0o4000 != 0,
        b"-k" => stat.mode & 0o1000 != 0,
        b"-O" | b"-G" => true,
        b"-N" => stat.mtime > stat.atime,
        _ => false,
    }
}
