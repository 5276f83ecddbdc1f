//! The stage: a guest's inputs, copied to where they are compiled. It owns the layout there: the guest's own files, and
//! the crates that it names by path in `crates`.
//!
//! Cargo tells crates apart by their names and places, and the compiler puts things in the order of what cargo says. A
//! place inside of the workspace counts from its root; one beside it, as our crates lie, counts from the root of the
//! machine, and the same guest would be another in another folder. That nothing but inputs is here also shows that
//! the key of the cache leaves none out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::recipe::Recipe;

/// The folder of the other crates.
const CRATES: &str = "crates";

/// What a guest's manifest says of its own place, and what it says on the stage.
const MOVED: [(&str, &str); 2] =
    [("\n[workspace]\n", "\n[workspace]\nexclude = [\"crates\"]\n"), ("path = \"../", "path = \"crates/")];

/// Puts the inputs of a guest on its stage, and takes off what is none. What has not changed keeps its time.
pub(crate) fn set(guests_dir: &Path, recipe: &Recipe, stage: &Path) -> Result<(), Failure> {
    let mut staged = BTreeSet::new();
    for input in recipe.inputs() {
        let place = match input.strip_prefix(recipe.name()) {
            Ok(own) => stage.join(own),
            Err(_) => stage.join(CRATES).join(input),
        };
        let source = guests_dir.join(input);
        let mut bytes =
            std::fs::read(&source).map_err(|error| format!("cannot read {}: {error}", source.display()))?;
        if place == stage.join("Cargo.toml") {
            bytes = moved(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        write(&place, &bytes)?;
        staged.insert(place);
    }
    remove_others(stage, &staged).map_err(|error| format!("cannot clear {}: {error}", stage.display()))
}

/// A guest's manifest as it is on the stage.
fn moved(manifest: &str) -> String {
    MOVED.iter().fold(manifest.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn write(place: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if std::fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = place.parent().unwrap_or(place);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(place, bytes))
        .map_err(|error| format!("cannot write {}: {error}", place.display()))
}

/// Removes the files that are not staged.
fn remove_others(stage: &Path, staged: &BTreeSet<PathBuf>) -> std::io::Result<()> {
    let mut waiting = vec![stage.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if !staged.contains(&path) {
                std::fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
