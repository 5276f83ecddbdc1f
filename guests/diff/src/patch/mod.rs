//! patch: differences applied to files.
//!
//! It owns the course of a run: which file each difference is about, what is asked, said, written, kept and rejected;
//! [`parse`] reads the differences, [`apply`] carries them over, [`files`] changes files. Written from the manuals of
//! POSIX and of GNU, and held against GNU patch 2.7.6.

mod apply;
mod files;
mod options;
mod parse;
mod reject;
mod run;

use cli::stdio;
use options::{Request, Wrong};

use crate::output::Output;
use crate::system;

/// Why patch gives up.
pub struct Fatal(String);

/// Runs patch: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match options::parse(arguments) {
        Ok(Request::Patch(job)) => job,
        Ok(Request::Show(text)) => {
            let mut out = Output::new();
            out.put(text.as_bytes());
            return if out.finish().is_ok() { 0 } else { 2 };
        }
        Err(wrong) => {
            match wrong {
                Wrong::Usage(what) => {
                    stdio::complain(program, &what);
                    stdio::complain(program, &format!("Try '{program} --help' for more information."));
                }
                Wrong::Fatal(what) => stdio::complain(program, &format!("**** {what}")),
                Wrong::Whole(text) => stdio::note(&text),
            }
            return 2;
        }
    };
    let mut out = Output::new();
    let ended = (|| {
        if let Some(directory) = &job.directory {
            enter(directory).map_err(|errno| {
                let name = String::from_utf8_lossy(directory).into_owned();
                Fatal(format!("Can't change to directory {name} : {}", cli::wording::reason(errno)))
            })?;
        }
        let input = job.input.clone().unwrap_or_else(|| b"-".to_vec());
        let text = system::read(&input).map_err(|errno| {
            let name = String::from_utf8_lossy(&input).into_owned();
            Fatal(format!("Can't open patch file {name} : {}", cli::wording::reason(errno)))
        })?;
        run::run(&job, text, &mut out)
    })();
    out.flush();
    match ended {
        Ok(all_applied) => i32::from(!all_applied || out.finish().is_err()),
        Err(Fatal(what)) => {
            stdio::complain(program, &format!("**** {what}"));
            2
        }
    }
}

fn enter(directory: &[u8]) -> Result<(), rustix::io::Errno> {
    let path = system::path(directory);
    #[cfg(target_os = "wasi")]
    let entered = wasmsand_sys::directory::set(path);
    #[cfg(unix)]
    let entered = std::env::set_current_dir(path);
    entered.map_err(|error| system::errno_of(&error))
}
