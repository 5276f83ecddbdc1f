//! Following: looking again and again whether files have grown.

use cli::wording::{name, quoted_name, reason};
use rustix::fs::SeekFrom;
use rustix::io::Errno;
use wasmsand_sys::process::{self, State};
use wasmsand_sys::signal::{Target, send};

use super::options::Options;
use crate::head::header;
use crate::input::{BLOCK_BYTES, Input, path};
use crate::output::Output;
use cli::frame::Frame;

/// A file that is followed.
pub struct Followed {
    name: Vec<u8>,
    /// None: it cannot be opened now.
    input: Option<Input>,
    /// Where it was read to, where that counts.
    position: u64,
}

impl Followed {
    /// One that was printed.
    pub fn open(name: Vec<u8>, input: Input) -> Self {
        let position = rustix::fs::seek(input.fd(), SeekFrom::Current(0)).unwrap_or(0);
        Self { name, input: Some(input), position }
    }

    /// One that may come.
    pub fn missing(name: Vec<u8>) -> Self {
        Self { name, input: None, position: 0 }
    }

    fn shown(&self) -> &[u8] {
        if self.name == b"-" { b"standard input" } else { &self.name }
    }

    /// Looks whether the name leads to another file than before.
    fn reopen(&mut self, frame: Frame<'_>) {
        let there = Input::open_file(&self.name);
        let before = self.input.as_ref().and_then(|input| input.stat().ok());
        match (there, before) {
            (Ok(input), Some(before)) => {
                let same = input
                    .stat()
                    .is_ok_and(|stat| (stat.st_dev, stat.st_ino) == (before.st_dev, before.st_ino));
                if !same {
                    let shown = quoted_name(&self.name);
                    frame.complain(&format!("{shown} has been replaced;  following new file"));
                    *self = Self { position: 0, input: Some(input), name: std::mem::take(&mut self.name) };
                }
            }
            (Ok(input), None) => {
                let shown = quoted_name(&self.name);
                frame.complain(&format!("{shown} has appeared;  following new file"));
                self.input = Some(input);
                self.position = 0;
            }
            (Err(errno), Some(_)) => {
                let shown = quoted_name(&self.name);
                frame.complain(&format!("{shown} has become inaccessible: {}", reason(errno)));
                self.input = None;
            }
            (Err(_), None) => {}
        }
    }

    /// Reads what was added; answers whether there was something.
    fn read_more(&mut self, frame: Frame<'_>, block: &mut [u8], mut write: impl FnMut(&[u8])) -> bool {
        let Some(input) = &self.input else { return false };
        if let Some(size) = input.regular_size()
            && size < self.position
        {
            frame.complain(&format!("{}: file truncated", name(self.name.as_slice())));
            self.position = 0;
            if rustix::fs::seek(input.fd(), SeekFrom::Start(0)).is_err() {
                return false;
            }
        }
        let mut has_more = false;
        loop {
            match input.read(block) {
                Ok(0) => return has_more,
                Ok(read) => {
                    has_more = true;
                    self.position += read as u64;
                    write(&block[..read]);
                }
                Err(errno) => {
                    frame.complain(&format!(
                        "error reading {}: {}",
                        quoted_name(self.shown()),
                        reason(errno)
                    ));
                    self.input = None;
                    return has_more;
                }
            }
        }
    }
}

/// Follows until nobody is left who could write, or a signal comes.
pub fn run(
    frame: Frame<'_>,
    options: &Options,
    headers: bool,
    output: &mut Output,
    mut files: Vec<Followed>,
    status: i32,
) -> i32 {
    let mut block = vec![0; BLOCK_BYTES];
    // The file whose header was written last.
    let mut last = files.len().checked_sub(1);
    loop {
        let may_come = options.retries && options.by_name();
        if !may_come {
            files.retain(|file| file.input.is_some() || (options.retries && path(&file.name).exists()));
        }
        if files.is_empty() {
            if status != 0 || !options.files.iter().all(|file| file == b"-") {
                frame.complain("no files remaining");
                return 1;
            }
            return status;
        }
        // Asked before the files are read, so that the last words of a process are not lost.
        let is_over = !options.pids.is_empty() && options.pids.iter().all(|pid| is_gone(*pid));
        for (index, file) in files.iter_mut().enumerate() {
            if options.by_name() {
                file.reopen(frame);
            }
            let shown = file.shown().to_vec();
            file.read_more(frame, &mut block, |bytes| {
                if headers && last != Some(index) {
                    header(output, &shown, &mut false);
                }
                last = Some(index);
                output.write(bytes);
            });
        }
        output.flush();
        if is_over {
            return status;
        }
        std::thread::sleep(options.interval);
    }
}

/// Whether a process is not there any more. One that ended counts as gone although its parent has not asked yet.
fn is_gone(pid: u32) -> bool {
    if let Err(error) = send(Target::Process(pid), 0) {
        return Errno::from_io_error(&error) != Some(Errno::PERM);
    }
    let listed = process::list().unwrap_or_default();
    listed.iter().any(|listed| listed.pid == pid && listed.state == State::Ended)
}
