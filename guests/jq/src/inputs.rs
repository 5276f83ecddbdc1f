//! The inputs: the values that a filter is run on, from files or standard
//! input, in order. It owns the knowledge of which file is being read.
//!
//! Files are read whole, which parses fastest. Standard input is parsed as it
//! arrives, so that a filter answers before its pipe ends.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use jaq_all::json::{Val, read};

use crate::options::{Options, describe};

thread_local! {
    /// The file that the last value came from. Filters cannot be handed a reference that changes under them.
    static CURRENT: RefCell<Current> = const { RefCell::new(Current::Nothing) };
}

/// Where values come from at the moment.
enum Current {
    Nothing,
    StandardInput,
    File(String),
}

/// The name of the file being read, if it has one.
pub fn current_file() -> Option<String> {
    CURRENT.with_borrow(|current| match current {
        Current::Nothing | Current::StandardInput => None,
        Current::File(name) => Some(name.clone()),
    })
}

/// Where an error happened, for its message.
pub fn place() -> String {
    CURRENT.with_borrow(|current| match current {
        Current::Nothing => "<unknown>".to_owned(),
        Current::StandardInput => "<stdin>".to_owned(),
        Current::File(name) => name.clone(),
    })
}

/// Every input of a run, each a value or the reason why there is none.
pub struct Inputs(Box<dyn Iterator<Item = Result<Val, String>>>);

impl Inputs {
    /// Opens nothing yet; a file is opened when its turn comes. The second
    /// value tells, afterwards, whether one could not be opened.
    pub fn open(options: &Options) -> (Self, Rc<Cell<bool>>) {
        let failed = Rc::new(Cell::new(false));
        let sources = Sources { waiting: options.files.clone().into_iter(), failed: Rc::clone(&failed) };
        let sources = if options.files.is_empty() { None } else { Some(sources) };
        let values: Box<dyn Iterator<Item = Result<Val, String>>> = match (options.raw_input, options.slurp) {
            (false, false) => Box::new(json(sources)),
            (false, true) => Box::new(once(move || json(sources).collect())),
            (true, false) => Box::new(lines(sources)),
            (true, true) => Box::new(once(move || text(sources).map(Val::from))),
        };
        (Self(values), failed)
    }
}

impl Iterator for Inputs {
    type Item = Result<Val, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// The files of a run; those that cannot be read are reported and passed over.
struct Sources {
    waiting: std::vec::IntoIter<String>,
    failed: Rc<Cell<bool>>,
}

impl Iterator for Sources {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        for name in self.waiting.by_ref() {
            match fs::read(&name) {
                Ok(bytes) => {
                    CURRENT.set(Current::File(name));
                    return Some(bytes);
                }
                Err(error) => {
                    eprintln!("jq: error: {}", describe(&name, &error));
                    self.failed.set(true);
                }
            }
        }
        None
    }
}

/// The JSON values of files, or of standard input where there are none.
fn json(sources: Option<Sources>) -> Box<dyn Iterator<Item = Result<Val, String>>> {
    match sources {
        Some(sources) => Box::new(sources.flat_map(|bytes| {
            let mut broken = false;
            // Values are handed out as they are parsed, but a file has to outlive them.
            let mut values = Vec::new();
            for value in read::parse_many(&bytes) {
                broken |= value.is_err();
                values.push(value.map_err(|error| error.to_string()));
                if broken {
                    break;
                }
            }
            values
        })),
        None => {
            CURRENT.set(Current::StandardInput);
            Box::new(read::read_many(standard_input()).map(|value| value.map_err(|error| error.to_string())))
        }
    }
}

/// The lines of all sources as strings, without their newlines.
fn lines(sources: Option<Sources>) -> Box<dyn Iterator<Item = Result<Val, String>>> {
    let value = |line: io::Result<Vec<u8>>| match line {
        Ok(line) => Ok(Val::from(String::from_utf8_lossy(&line).into_owned())),
        Err(error) => Err(error.to_string()),
    };
    match sources {
        // A line may begin in one file and end in the next, as in jq.
        Some(sources) => {
            let all: Vec<u8> = sources.flatten().collect();
            Box::new(io::Cursor::new(all).split(b'\n').map(value))
        }
        None => {
            CURRENT.set(Current::StandardInput);
            Box::new(standard_input().split(b'\n').map(value))
        }
    }
}

/// The text of all sources.
fn text(sources: Option<Sources>) -> Result<String, String> {
    let mut bytes = Vec::new();
    match sources {
        Some(sources) => bytes.extend(sources.flatten()),
        None => {
            CURRENT.set(Current::StandardInput);
            standard_input().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Standard input, for as long as the process lives.
fn standard_input() -> io::StdinLock<'static> {
    io::stdin().lock()
}

/// One value that is made when it is asked for.
fn once<T>(make: impl FnOnce() -> T) -> impl Iterator<Item = T> {
    std::iter::once_with(make)
}
