//! Which files are searched.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::options::{Options, Sort, SortBy, TypeChange};
use crate::{Failure, Outcome, complain};

/// A file to be searched.
pub struct Subject {
    /// As it is printed.
    pub path: PathBuf,
    pub is_stdin: bool,
    /// It was named on the command line.
    pub is_explicit: bool,
}

/// What is searched where nothing is named: standard input when it is a pipe or a file, else the directory.
pub fn roots(options: &Options) -> Vec<PathBuf> {
    if !options.paths.is_empty() {
        return options.paths.clone();
    }
    let input = wasmsand_sys::file::stat_fd(rustix::stdio::stdin());
    let kind = input.map_or(0, |stat| stat.mode & wasmsand_sys::file::TYPE_MASK);
    let is_read =
        matches!(kind, 0o010_000 | 0o100_000 | 0o140_000) && options.action == crate::options::Action::Search;
    vec![PathBuf::from(if is_read { "-" } else { "./" })]
}

/// The words for an error, without the number of the system's error.
pub fn reason(error: &std::io::Error) -> String {
    rustix::io::Errno::from_io_error(error)
        .map_or_else(|| error.to_string(), |errno| cli::wording::reason(errno).to_owned())
}

/// Hands every file to `visit` until that says that it is enough.
pub fn walk(
    options: &Options,
    mut visit: impl FnMut(&Subject) -> Result<bool, Failure>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let is_implied = options.paths.is_empty();
    let mut builder = builder(options)?;
    let mut late: Vec<(Option<SystemTime>, Subject)> = Vec::new();
    let by_time = options.sort.filter(|sort| sort.by != SortBy::Path || sort.reversed);
    if options.sort.is_some() {
        builder.sort_by_file_path(Path::cmp);
    }
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                outcome.failed |= tell(options, &error);
                continue;
            }
        };
        if let Some(error) = entry.error()
            && options.ignore_messages
        {
            complain(&error.to_string());
        }
        let Some(subject) = subject(entry, is_implied) else { continue };
        match by_time {
            Some(sort) => late.push((time_of(&subject.path, sort), subject)),
            None => {
                if !visit(&subject)? {
                    return Ok(outcome);
                }
            }
        }
    }
    if let Some(sort) = by_time {
        if sort.by != SortBy::Path {
            late.sort_by_key(|(time, _)| *time);
        }
        if sort.reversed {
            late.reverse();
        }
        for (_, subject) in &late {
            if !visit(subject)? {
                break;
            }
        }
    }
    Ok(outcome)
}

fn time_of(path: &Path, sort: Sort) -> Option<SystemTime> {
    let metadata = std::fs::metadata(path).ok()?;
    match sort.by {
        SortBy::Path => None,
        SortBy::Modified => metadata.modified().ok(),
        SortBy::Accessed => metadata.accessed().ok(),
    }
}

/// Complains about a file that cannot be walked; whether that counts.
fn tell(options: &Options, error: &ignore::Error) -> bool {
    if options.messages {
        complain(&worded(error));
    }
    true
}

/// An error of the walk: its path, and what is wrong.
fn worded(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, err } => format!("{}: {}", path.display(), worded(err)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => worded(err),
        ignore::Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref::<ignore::Error>()) {
            Some(inner) => worded(inner),
            None => reason(io),
        },
        other => other.to_string(),
    }
}

fn subject(entry: DirEntry, is_implied: bool) -> Option<Subject> {
    if entry.is_stdin() {
        return Some(Subject { path: PathBuf::from("<stdin>"), is_stdin: true, is_explicit: true });
    }
    let is_root = entry.depth() == 0;
    let kind = entry.file_type()?;
    // Devices and pipes are read only when they are named.
    if kind.is_dir() || (!is_root && !kind.is_file()) || (is_root && entry.path().is_dir()) {
        return None;
    }
    let path = match entry.path().strip_prefix("./") {
        Ok(stripped) if is_implied => stripped.to_owned(),
        _ => entry.into_path(),
    };
    Some(Subject { path, is_stdin: false, is_explicit: is_root })
}

fn builder(options: &Options) -> Result<WalkBuilder, Failure> {
    let roots = roots(options);
    let mut roots = roots.iter();
    let mut builder = WalkBuilder::new(roots.next().map_or(Path::new("./"), PathBuf::as_path));
    for root in roots {
        builder.add(root);
    }
    if options.ignore_files {
        for file in &options.named_ignore_files {
            if let Some(error) = builder.add_ignore(file)
                && options.ignore_messages
            {
                complain(&error.to_string());
            }
        }
    }
    builder
        .max_depth(options.max_depth)
        .follow_links(options.follow)
        .max_filesize(options.max_file_bytes)
        .same_file_system(options.one_file_system)
        .overrides(overrides(options)?)
        .types(types(options)?)
        .hidden(!options.hidden)
        .parents(options.ignore_parent)
        .ignore(options.ignore_dot)
        .git_global(options.ignore_vcs)
        .git_ignore(options.ignore_vcs)
        .git_exclude(options.ignore_vcs && options.ignore_exclude)
        .require_git(options.require_git);
    if options.ignore_dot {
        builder.add_custom_ignore_filename(".rgignore");
    }
    Ok(builder)
}

fn overrides(options: &Options) -> Result<Override, Failure> {
    let mut builder = OverrideBuilder::new(std::env::current_dir()?);
    for (glob, ignores_case) in &options.globs {
        builder
            .case_insensitive(*ignores_case || options.globs_ignore_case)
            .map_err(|error| Failure::said(&error))?;
        builder.add(glob).map_err(|error| Failure::said(&error))?;
    }
    builder.build().map_err(|error| Failure::said(&error))
}

fn types(options: &Options) -> Result<Types, Failure> {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for change in &options.types {
        match change {
            TypeChange::Clear(name) => {
                builder.clear(name);
            }
            TypeChange::Select(name) => {
                builder.select(name);
            }
            TypeChange::Negate(name) => {
                builder.negate(name);
            }
            TypeChange::Add(definition) => {
                builder.add_def(definition).map_err(|error| Failure::said(&error))?
            }
        }
    }
    builder.build().map_err(|error| Failure::said(&error))
}

/// `--type-list`
pub fn print_types(options: &Options) -> Result<Outcome, Failure> {
    let mut text = String::new();
    for definition in types(options)?.definitions() {
        let mut globs = definition.globs().to_vec();
        globs.sort();
        text.push_str(&format!("{}: {}\n", definition.name(), globs.join(", ")));
    }
    crate::print(&text)
}

/// `--files`
pub fn print_files(options: &Options) -> Result<Outcome, Failure> {
    let mut matched = false;
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut outcome = walk(options, |subject| {
        matched = true;
        if options.quiet {
            return Ok(false);
        }
        output.write_all(subject.path.as_os_str().as_encoded_bytes())?;
        output.write_all(if options.null { b"\0" } else { b"\n" })?;
        Ok(true)
    })?;
    output.flush()?;
    outcome.matched = matched;
    Ok(outcome)
}
