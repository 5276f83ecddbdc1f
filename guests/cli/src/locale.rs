//! The locale, of which only this is known: whether texts are characters or bytes.

use std::ffi::OsString;

/// Do the locale's variables ask for the locale C, in which each byte is a character? Without any texts are UTF-8.
pub fn is_bytes() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let value = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    value.is_some_and(|value| value == "C" || value == "POSIX")
}
