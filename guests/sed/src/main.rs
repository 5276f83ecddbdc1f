//! The sed program: `sed` of the uutils project.

use std::process::exit;

fn main() {
    entry::enter();
    uucore::panic::mute_sigpipe_panic();
    exit(sed::sed::uumain(std::env::args_os()))
}
