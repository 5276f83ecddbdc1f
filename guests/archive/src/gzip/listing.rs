//! What `gzip -l` prints.

use cli::stdio;

use super::options::Job;
use super::{Sizes, ratio};
use crate::clock;
use crate::host::Time;

/// The listing while it is being printed.
pub struct Listing {
    verbose: bool,
    quiet: bool,
    lines: u64,
    total: Sizes,
}

impl Listing {
    pub fn new(job: &Job) -> Listing {
        Listing {
            verbose: job.verbose,
            quiet: job.quiet,
            lines: 0,
            total: Sizes { plain: 0, packed: 0, header: 0 },
        }
    }

    /// Prints one file.
    pub fn line(&mut self, sizes: &Sizes, target: &[u8], checksum: u32, time: Time) {
        if self.lines == 0 && !self.quiet {
            let head = if self.verbose { "method  crc     date  time  " } else { "" };
            print(&format!("{head}         compressed        uncompressed  ratio uncompressed_name\n"));
        }
        if self.verbose {
            let at = clock::Civil::of(time);
            let month = clock::MONTHS[usize::from(at.month - 1) % 12];
            print(&format!("defla {checksum:08x} {month} {:2} {:02}:{:02} ", at.day, at.hour, at.minute));
        }
        self.numbers(sizes);
        let _ = stdio::print(&[target, b"\n"].concat());
        self.lines += 1;
        self.total.plain += sizes.plain;
        self.total.packed += sizes.packed;
        self.total.header = sizes.header;
    }

    fn numbers(&self, sizes: &Sizes) {
        print(&format!("{:19} {:19} {} ", sizes.packed, sizes.plain, ratio(sizes)));
    }

    /// Prints the totals of several files.
    pub fn finish(&self) {
        if self.lines > 1 && !self.quiet {
            if self.verbose {
                print("                            ");
            }
            self.numbers(&self.total);
            print("(totals)\n");
        }
    }
}

fn print(text: &str) {
    // A listing that cannot be written has no other way to say so than its absence.
    let _ = stdio::print(text.as_bytes());
}
