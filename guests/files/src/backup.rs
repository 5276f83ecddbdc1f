//! Backups: the names under which files that are about to be replaced live on.

use cli::wording::{quoted_name, reason};

use crate::arguments::{Choices, choose};
use crate::path;
use crate::system;

/// How backups are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    None,
    Simple,
    /// Numbered where there are numbered ones.
    Existing,
    Numbered,
}

const KINDS: &Choices<Kind> = &[
    (&["none", "off"], Kind::None),
    (&["simple", "never"], Kind::Simple),
    (&["existing", "nil"], Kind::Existing),
    (&["numbered", "t"], Kind::Numbered),
];

/// How a program makes backups.
#[derive(Clone, Debug)]
pub struct Backups {
    pub kind: Kind,
    suffix: Vec<u8>,
}

impl Backups {
    pub const fn none() -> Backups {
        Backups { kind: Kind::None, suffix: Vec::new() }
    }

    /// What `-b`, `--backup=CONTROL` and `-S SUFFIX` ask for, with the environment; the error is what to complain about.
    pub fn read(wanted: bool, control: Option<&[u8]>, suffix: Option<&[u8]>) -> Result<Backups, String> {
        let variable = |name: &str| std::env::var_os(name).map(|value| value.as_encoded_bytes().to_vec());
        if !wanted && suffix.is_none() {
            return Ok(Backups::none());
        }
        let kind = match (control, variable("VERSION_CONTROL").filter(|value| !value.is_empty())) {
            (Some(control), _) if !control.is_empty() => choose(control, KINDS, "backup type")?,
            (_, Some(control)) => choose(&control, KINDS, "$VERSION_CONTROL")?,
            _ => Kind::Existing,
        };
        let from_environment = variable("SIMPLE_BACKUP_SUFFIX");
        let suffix = suffix.map(<[u8]>::to_vec).or(from_environment);
        // A suffix with a slash would lead to another directory.
        let suffix = suffix.filter(|suffix| !suffix.is_empty() && !suffix.contains(&b'/'));
        Ok(Backups { kind, suffix: suffix.unwrap_or_else(|| b"~".to_vec()) })
    }

    /// Moves a file to its backup; answers the backup's name where one is made. The error is what to complain about.
    pub fn make(&self, file: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let Some(backup) = self.name(file) else { return Ok(None) };
        match system::rename(file, &backup) {
            Ok(()) => Ok(Some(backup)),
            Err(errno) => Err(format!("cannot backup {}: {}", quoted_name(file), reason(errno))),
        }
    }

    /// The name of a file's backup; `None` where none is made.
    pub fn name(&self, file: &[u8]) -> Option<Vec<u8>> {
        let simple = || [file, self.suffix.as_slice()].concat();
        match self.kind {
            Kind::None => None,
            Kind::Simple => Some(simple()),
            Kind::Existing if highest(file) == 0 => Some(simple()),
            Kind::Existing | Kind::Numbered => {
                Some([file, format!(".~{}~", highest(file) + 1).as_bytes()].concat())
            }
        }
    }
}

/// The highest number of a file's numbered backups.
fn highest(file: &[u8]) -> u64 {
    let name = path::base_name(file);
    let entries = system::read_dir(path::parent(file)).unwrap_or_default();
    let number = |entry: &system::DirEntry| {
        let digits = entry.name.strip_prefix(name)?.strip_prefix(b".~")?.strip_suffix(b"~")?;
        std::str::from_utf8(digits).ok()?.parse::<u64>().ok()
    };
    entries.iter().filter_map(number).max().unwrap_or(0)
}
