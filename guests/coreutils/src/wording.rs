//! The wording of messages: names and reasons as GNU writes them.
//!
//! The utilities of uutils word their own; this is for those that are ours.

use std::ffi::OsStr;

use rustix::io::Errno;
use uucore::i18n::UEncoding;
use uucore::quoting_style::{QuotingStyle, escape_name};

/// A file's name at the head of a message: quoted for the shell where it needs to be.
///
/// A colon asks for quotes, because one ends the name in the message, and so
/// does a brace alone, which uucore does not know for a shell's word.
pub fn name(name: &OsStr) -> String {
    let bytes = name.as_encoded_bytes();
    if bytes.contains(&b':') || matches!(bytes, b"{" | b"}") {
        return quoted_name(name);
    }
    quote(name, QuotingStyle::SHELL_ESCAPE)
}

/// A file's name within a message: always in quotes.
pub fn quoted_name(name: &OsStr) -> String {
    quote(name, QuotingStyle::SHELL_ESCAPE_QUOTE)
}

/// Texts are UTF-8 here, whatever the locale's variables say.
fn quote(name: &OsStr, style: QuotingStyle) -> String {
    escape_name(name, style, UEncoding::Utf8).to_string_lossy().into_owned()
}

/// Why a call failed. Where wasi-libc's words are not glibc's, glibc's.
pub fn reason(errno: Errno) -> String {
    match errno {
        Errno::LOOP => "Too many levels of symbolic links".to_owned(),
        Errno::NAMETOOLONG => "File name too long".to_owned(),
        Errno::IO => "Input/output error".to_owned(),
        Errno::NOTSUP => "Operation not supported".to_owned(),
        _ => uucore::error::strip_errno(&errno.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_where_a_shell_or_the_message_needs_it() {
        for (given, wanted) in [
            ("plain", "plain"),
            ("", "''"),
            ("a b", "'a b'"),
            ("a:b", "'a:b'"),
            ("a\nb", r"'a'$'\n''b'"),
            ("it's", "\"it's\""),
            ("x=y", "'x=y'"),
            ("~a", "'~a'"),
            ("a~", "a~"),
            ("{a", "{a"),
            ("{", "'{'"),
            ("{}", "{}"),
            ("é", "é"),
        ] {
            assert_eq!(name(OsStr::new(given)), wanted);
        }
    }

    #[test]
    fn a_reason_has_no_number() {
        assert_eq!(reason(Errno::NOENT), "No such file or directory");
        assert_eq!(reason(Errno::LOOP), "Too many levels of symbolic links");
    }
}
