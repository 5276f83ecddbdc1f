//! Patches: texts that are replaced in the sources of crates before a guest is
//! compiled. It owns the format of the files in a guest's folder `patches`, and what they do to
//! the sources in that guest's own CARGO_HOME. It runs nothing.
//!
//! A line `@@ FILE` names a file below the registry's sources; after it come
//! any number of replacements, each `<<<<`, the old text, `====`, the new text,
//! `>>>>`. The old text must be there exactly once: a newer version of a crate
//! ends the build instead of going without.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// One text in the place of another.
struct Patch<'a> {
    file: &'a str,
    old: &'a str,
    new: &'a str,
}

/// The folders of the crates that are patched, as the registry names them: `NAME-VERSION`.
pub(crate) fn crates(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("@@ "))
        .filter_map(|file| file.split('/').next())
        .collect()
}

/// The name of a crate from that of its folder.
pub(crate) fn crate_name(folder: &str) -> &str {
    folder.rsplit_once('-').map_or(folder, |(name, _)| name)
}

/// Where the sources of a crate are, in a CARGO_HOME.
pub(crate) fn find(cargo_home: &Path, folder: &str) -> Option<PathBuf> {
    let registries = fs::read_dir(cargo_home.join("registry").join("src")).ok()?;
    registries.filter_map(Result::ok).map(|registry| registry.path().join(folder)).find(|path| path.is_dir())
}

/// Replaces every text, in sources that are as their authors published them.
pub(crate) fn apply(text: &str, cargo_home: &Path) -> Result<(), Failure> {
    for patch in parse(text)? {
        let (folder, path) = patch.file.split_once('/').ok_or_else(|| malformed(patch.file))?;
        let path = find(cargo_home, folder)
            .ok_or_else(|| {
                format!("the sources of {folder}, which are to be patched, are not in the registry")
            })?
            .join(path);
        let source =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        if source.matches(patch.old).count() != 1 {
            return Err(format!(
                "{} is not what it was patched for; not once in it:\n{}",
                patch.file, patch.old
            ));
        }
        fs::write(&path, source.replacen(patch.old, patch.new, 1))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// The patches, in their order.
fn parse(text: &str) -> Result<Vec<Patch<'_>>, Failure> {
    let mut patches = Vec::new();
    for section in text.split("\n@@ ").skip(1) {
        let (file, rest) = section.split_once('\n').ok_or_else(|| malformed(section))?;
        for replacement in rest.split("<<<<\n").skip(1) {
            let (old, rest) = replacement.split_once("====\n").ok_or_else(|| malformed(file))?;
            let (new, _) = rest.split_once(">>>>").ok_or_else(|| malformed(file))?;
            patches.push(Patch { file, old, new });
        }
    }
    Ok(patches)
}

fn malformed(place: &str) -> Failure {
    format!("the patches are malformed at {place}")
}
