//! Pathname expansion: a field with a pattern in it becomes the names that match, walking the directories.

use std::ops::Range;

use bstr::BString;
use wasmsand_wasi::Kind;

use super::field::Field;
use super::pattern::{Pattern, PatternOptions, PatternPiece};
use crate::exec::{Shell, Unwind};
use crate::state::ShoptOption;

/// The most names one pattern may give.
const NAMES_MAX: usize = 1 << 20;

/// How deep `**` goes.
const DEPTH_MAX: usize = 256;

/// A part of a pattern between slashes.
enum Component {
    /// Stands for itself.
    Literal(BString),
    /// Matches names.
    Pattern {
        /// Which.
        pattern: Pattern,
        /// What matches `.` and `..` too: only a period itself does, whatever `dotglob` says.
        dots: Option<Pattern>,
    },
    /// `**`
    Anything,
}

/// Where a component stands.
#[derive(Clone, Copy)]
struct Place {
    /// There is none behind it.
    last: bool,
    /// One before it is a pattern: the directories it is matched in are then shown without their slash.
    globbed: bool,
}

impl Shell {
    /// The names a field matches, sorted; the field itself when there are none.
    pub(crate) async fn glob(&mut self, field: Field, fields: &mut Vec<BString>) -> Result<(), Unwind> {
        let options = self.glob_options();
        let whole = Pattern::new(&field.pieces(0..field.bytes.len()), options);
        if whole.is_literal() {
            fields.push(field.bytes);
            return Ok(());
        }
        let mut names = self.walk(&field).await?;
        self.drop_ignored(&mut names);
        if !names.is_empty() {
            names.sort();
            names.dedup();
            fields.append(&mut names);
        } else if self.state.options.shopt(ShoptOption::Failglob) {
            let mut message = BString::from("no match: ");
            message.extend_from_slice(&field.bytes);
            return Err(self.fail_expansion_bytes(&message).await);
        } else if !self.state.options.shopt(ShoptOption::Nullglob) {
            fields.push(field.bytes);
        }
        Ok(())
    }

    fn ignored(&self) -> Option<&bstr::BStr> {
        self.state.variables.text(b"GLOBIGNORE").filter(|text| !text.is_empty())
    }

    fn glob_options(&self) -> PatternOptions {
        PatternOptions {
            extglob: self.state.options.shopt(ShoptOption::Extglob),
            nocase: self.state.options.shopt(ShoptOption::Nocaseglob),
            period_special: !self.state.options.shopt(ShoptOption::Dotglob) && !self.ignores_names(),
            pathname: true,
            bytewise: self.state.counts_bytes(),
        }
    }

    /// Is GLOBIGNORE set? It turns `dotglob` on and never lets `.` and `..` be matched.
    fn ignores_names(&self) -> bool {
        self.state.variables.text(b"GLOBIGNORE").is_some_and(|text| !text.is_empty())
    }

    /// GLOBIGNORE: names that are never matched.
    fn drop_ignored(&self, names: &mut Vec<BString>) {
        let Some(ignore) = self.ignored() else { return };
        let options = PatternOptions { period_special: false, ..self.glob_options() };
        let patterns: Vec<Pattern> = split_patterns(ignore)
            .into_iter()
            .map(|bytes| Pattern::new(&[PatternPiece { bytes, quoted: false }], options))
            .collect();
        names.retain(|name| !patterns.iter().any(|pattern| pattern.matches(name)));
    }

    async fn walk(&mut self, field: &Field) -> Result<Vec<BString>, Unwind> {
        let ranges = field.components();
        let mut found: Vec<BString> = vec![BString::default()];
        let last = ranges.len().saturating_sub(1);
        let mut globbed = false;
        for (at, range) in ranges.into_iter().enumerate() {
            self.step().await?;
            let component = self.component(field, range.clone());
            let mut next = Vec::new();
            for prefix in &found {
                let place = Place { last: at == last, globbed };
                self.match_component(prefix, &component, place, &mut next).await?;
                if next.len() > NAMES_MAX {
                    return Err(self.fail_expansion("pathname expansion: too many names").await);
                }
            }
            found = next;
            globbed |= !matches!(component, Component::Literal(_));
            if at < last && !matches!(component, Component::Anything) {
                found.iter_mut().for_each(|path| path.push(b'/'));
            }
        }
        found.retain(|path| !path.is_empty());
        Ok(found)
    }

    fn component(&self, field: &Field, range: Range<usize>) -> Component {
        let pieces = field.pieces(range.clone());
        if self.state.options.shopt(ShoptOption::Globstar)
            && field.bytes.get(range) == Some(b"**".as_slice())
            && pieces.iter().all(|piece| !piece.quoted)
        {
            return Component::Anything;
        }
        let pattern = Pattern::new(&pieces, self.glob_options());
        if pattern.is_literal() {
            return Component::Literal(pattern.literal());
        }
        let skips = self.state.options.shopt(ShoptOption::Globskipdots) || self.ignores_names();
        let strict = PatternOptions { period_special: true, ..self.glob_options() };
        Component::Pattern { pattern, dots: (!skips).then(|| Pattern::new(&pieces, strict)) }
    }

    async fn match_component(
        &mut self,
        prefix: &BString,
        component: &Component,
        place: Place,
        out: &mut Vec<BString>,
    ) -> Result<(), Unwind> {
        match component {
            Component::Literal(name) => {
                let mut path = prefix.clone();
                path.extend_from_slice(name);
                // What is not the last is checked when its names are asked for.
                if !place.last {
                    out.push(path);
                } else if name.is_empty() {
                    let directory = self.sys.stat(prefix.clone(), true).await;
                    if directory.is_ok_and(|stat| stat.kind == Kind::Directory) {
                        out.push(path);
                    }
                } else if self.sys.stat(path.clone(), false).await.is_ok() {
                    out.push(path);
                }
            }
            Component::Pattern { pattern, dots } => {
                let names = self.names_in(prefix).await.unwrap_or_default();
                let mut names: Vec<BString> = names.into_iter().map(|(name, _)| name).collect();
                names.retain(|name| pattern.matches(name));
                if let Some(dots) = dots {
                    names
                        .extend([".", ".."].map(BString::from).into_iter().filter(|name| dots.matches(name)));
                }
                out.extend(
                    names.into_iter().map(|name| BString::from(bstr::concat([prefix.as_slice(), &name]))),
                );
            }
            Component::Anything => self.descend(prefix, place, out).await?,
        }
        Ok(())
    }

    /// The directory itself and every one below, each with its slash; or as the last component everything below.
    async fn descend(
        &mut self,
        prefix: &BString,
        place: Place,
        out: &mut Vec<BString>,
    ) -> Result<(), Unwind> {
        let files = place.last;
        if files && self.names_in(prefix).await.is_none() {
            return Ok(());
        }
        if !files || !prefix.is_empty() {
            let mut path = prefix.clone();
            if files && place.globbed && path.len() > 1 {
                path.pop();
            }
            out.push(path);
        }
        let hidden = self.state.options.shopt(ShoptOption::Dotglob);
        let mut waiting = vec![(prefix.clone(), 0)];
        while let Some((directory, depth)) = waiting.pop() {
            self.step().await?;
            for (name, kind) in self.names_in(&directory).await.unwrap_or_default() {
                if name.starts_with(b".") && !hidden {
                    continue;
                }
                let mut path = directory.clone();
                path.extend_from_slice(&name);
                if files {
                    out.push(path.clone());
                }
                if out.len() > NAMES_MAX {
                    return Err(self.fail_expansion("pathname expansion: too many names").await);
                }
                if kind == Kind::Directory && depth < DEPTH_MAX {
                    path.push(b'/');
                    if !files {
                        out.push(path.clone());
                    }
                    waiting.push((path, depth + 1));
                }
            }
        }
        Ok(())
    }

    /// What is in a directory; absent when it is none.
    async fn names_in(&mut self, prefix: &BString) -> Option<Vec<(BString, Kind)>> {
        let directory = if prefix.is_empty() { BString::from(".") } else { prefix.clone() };
        let names = self.sys.list(directory).await.ok()?;
        Some(names.into_iter().map(|listed| (listed.name, listed.kind)).collect())
    }
}

/// The patterns of a list with colons between; a colon within brackets (`[[:alpha:]]`) separates nothing.
fn split_patterns(list: &[u8]) -> Vec<&[u8]> {
    let mut patterns = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, byte) in list.iter().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                patterns.push(list.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    patterns.push(list.get(start..).unwrap_or_default());
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}
