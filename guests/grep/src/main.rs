//! The grep program: `uu_grep` under the names grep, egrep and fgrep.
//!
//! It owns the two old names: egrep is `grep -E` and fgrep is `grep -F`.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::exit;

/// The status of an error, as opposed to "no line was selected".
const ERROR_STATUS: i32 = 2;

fn main() {
    entry::enter();
    uucore::panic::mute_sigpipe_panic();
    let mut argv: Vec<OsString> = std::env::args_os().collect();
    let old_name = argv.first().and_then(|name| Path::new(name).file_name()).and_then(OsStr::to_str);
    let option = match old_name {
        Some("egrep") => Some("-E"),
        Some("fgrep") => Some("-F"),
        Some(_) | None => None,
    };
    if let Some(option) = option {
        argv.insert(1, OsString::from(option));
    }
    if let Err(error) = uucore::locale::setup_localization("grep") {
        eprintln!("grep: cannot read the messages: {error}");
        exit(ERROR_STATUS);
    }
    let status = uu_grep::uumain(argv.into_iter());
    if let Err(error) = std::io::stdout().flush() {
        eprintln!("grep: write error: {}", uucore::error::strip_errno(&error));
        exit(ERROR_STATUS);
    }
    exit(status)
}
