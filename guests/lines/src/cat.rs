//! cat: files one after another to standard output.
//!
//! It is ours because `uu_cat` refuses whatever is not a regular file on WASI:
//! devices, pipes, `<(...)`. It owns the order of work, the messages about
//! files and the status; [`options`] reads the command line and [`lines`]
//! dresses the lines up. Written from the manuals of POSIX and of GNU, and held
//! against GNU cat 9.1.

mod lines;
mod options;

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};

use cli::wording::{name, reason};
use rustix::fs::{FileType, SeekFrom, Stat};
use rustix::io::Errno;

use crate::input::{errno_of, path};
use crate::stream::{self, BLOCK_BYTES, Failure};
use cli::frame::Frame;
use lines::Lines;
use options::Request;

/// Why a file was not copied, or not to its end.
enum Trouble {
    /// The file's fault: the next one may do better.
    Input(Errno),
    /// The file is where the output goes, which would never end.
    Loop,
    /// Nothing more can be written.
    Output(Errno),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Read(errno) => Self::Input(errno),
            Failure::Write(errno) => Self::Output(errno),
        }
    }
}

/// Runs cat: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let files_first = std::env::var_os("POSIXLY_CORRECT").is_some();
    let (dress, files) = match options::parse(arguments, files_first) {
        Ok(Request::Copy { dress, files }) => (dress, files),
        Ok(Request::Show(text)) => return frame.show(text),
        Err(what) => return frame.misused(&what),
    };
    let mut cat = match Cat::to_stdout(Lines::new(dress)) {
        Ok(cat) => cat,
        Err(errno) => {
            frame.complain(&format!("standard output: {}", reason(errno)));
            return 1;
        }
    };
    let mut status = 0;
    for file in &files {
        let Err(trouble) = cat.copy(file) else { continue };
        status = 1;
        match trouble {
            Trouble::Input(errno) => {
                frame.complain(&format!("{}: {}", name(file), reason(errno)));
            }
            Trouble::Loop => frame.complain(&format!("{}: input file is output file", name(file))),
            Trouble::Output(errno) => {
                frame.complain(&format!("write error: {}", reason(errno)));
                return 1;
            }
        }
    }
    if let Err(Failure::Read(errno) | Failure::Write(errno)) = cat.finish() {
        frame.complain(&format!("write error: {}", reason(errno)));
        return 1;
    }
    // GNU closes standard input at the end, which fails when it never was open.
    let reads_stdin = files.iter().any(|file| *file == b"-");
    if reads_stdin && rustix::fs::fstat(rustix::stdio::stdin()).is_err() {
        frame.complain(&format!("closing standard input: {}", reason(Errno::BADF)));
    }
    status
}

/// One run: standard output, and what lasts from file to file.
struct Cat {
    lines: Lines,
    /// Standard output, when it is a regular file and so may be an input as well.
    regular_output: Option<Stat>,
    block: Vec<u8>,
    /// Lines that are ready to be written. It holds what one block becomes, at most nine times its size.
    dressed: Vec<u8>,
}

impl Cat {
    /// A run that has written nothing; an error if standard output is not open.
    fn to_stdout(lines: Lines) -> Result<Self, Errno> {
        let output = rustix::fs::fstat(rustix::stdio::stdout())?;
        let regular = FileType::from_raw_mode(output.st_mode as _) == FileType::RegularFile;
        Ok(Self {
            lines,
            regular_output: regular.then_some(output),
            block: vec![0; BLOCK_BYTES],
            dressed: Vec::new(),
        })
    }

    /// Copies one operand; `-` is standard input.
    fn copy(&mut self, file: &[u8]) -> Result<(), Trouble> {
        if file == b"-" {
            return self.copy_from(rustix::stdio::stdin());
        }
        if file.is_empty() {
            // wasi-libc would open the working directory.
            return Err(Trouble::Input(Errno::NOENT));
        }
        let input = File::open(path(file)).map_err(|error| Trouble::Input(errno_of(&error)))?;
        self.copy_from(input.as_fd())
    }

    fn copy_from(&mut self, input: BorrowedFd<'_>) -> Result<(), Trouble> {
        let stat = rustix::fs::fstat(input).map_err(Trouble::Input)?;
        if FileType::from_raw_mode(stat.st_mode as _) == FileType::Directory {
            return Err(Trouble::Input(Errno::ISDIR));
        }
        if self.would_read_its_output(input, &stat) {
            return Err(Trouble::Loop);
        }
        if self.lines.are_plain() {
            return Ok(stream::copy(input, rustix::stdio::stdout(), &mut self.block)?);
        }
        loop {
            let length = stream::read(input, &mut self.block)?;
            if length == 0 {
                return Ok(());
            }
            self.dressed.clear();
            self.lines.push(&self.block[..length], &mut self.dressed);
            stream::write_all(rustix::stdio::stdout(), &self.dressed)?;
        }
    }

    /// Whether the input is the output and has bytes left, so that each read would make more to read.
    fn would_read_its_output(&self, input: BorrowedFd<'_>, stat: &Stat) -> bool {
        self.regular_output.is_some_and(|output| {
            (output.st_dev, output.st_ino) == (stat.st_dev, stat.st_ino)
                && rustix::fs::seek(input, SeekFrom::Current(0))
                    .is_ok_and(|position| u64::try_from(stat.st_size).is_ok_and(|size| position < size))
        })
    }

    /// Writes what waited for a byte that never came.
    fn finish(&mut self) -> Result<(), Failure> {
        self.dressed.clear();
        self.lines.finish(&mut self.dressed);
        stream::write_all(rustix::stdio::stdout(), &self.dressed)
    }
}
