//! What a plain scalar of YAML means: the grammars of versions 1.1 and 1.2, as yq has them.

use regex_lite::Regex;

/// A kind of scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Null,
    Truth,
    Whole,
    Float,
    Timestamp,
    /// `=`, and `<<`.
    Value,
    Merge,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    #[default]
    V11,
    V12,
}

/// The rules of a version, in the order in which they are tried.
pub struct Grammar {
    rules: Vec<(Kind, &'static str, Regex)>,
}

/// A kind, the characters that such a scalar may begin with, and its pattern.
type Rule = (Kind, &'static str, &'static str);

const RULES_11: [Rule; 6] = [
    (Kind::Truth, "yYnNtTfFoO", "yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
    (
        Kind::Float,
        "-+0123456789.",
        r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    ),
    (
        Kind::Whole,
        "-+0123456789",
        r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
    ),
    (Kind::Null, "~nN", "~|null|Null|NULL|"),
    (
        Kind::Timestamp,
        "0123456789",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?",
    ),
    (Kind::Value, "=", "="),
];

const RULES_12: [Rule; 4] = [
    (Kind::Truth, "tTfF", "true|True|TRUE|false|False|FALSE"),
    (Kind::Whole, "-+0123456789", "0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+"),
    (
        Kind::Float,
        "-+0123456789.",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    ),
    (Kind::Null, "~nN", "~|null|Null|NULL|"),
];

const MERGE: Rule = (Kind::Merge, "<", "<<");

impl Grammar {
    pub fn new(version: Version) -> Grammar {
        let rules: &[Rule] = match version {
            Version::V11 => &RULES_11,
            Version::V12 => &RULES_12,
        };
        let compiled = rules.iter().chain([&MERGE]).filter_map(|(kind, starts, pattern)| {
            let regex = Regex::new(&format!("^(?:{pattern})$")).ok()?;
            Some((*kind, *starts, regex))
        });
        Grammar { rules: compiled.collect() }
    }

    /// What a plain scalar is.
    pub fn kind(&self, text: &str) -> Kind {
        let is_possible = |starts: &str, kind: Kind| match text.chars().next() {
            Some(first) => starts.contains(first),
            None => kind == Kind::Null,
        };
        let found = self
            .rules
            .iter()
            .find(|(kind, starts, regex)| is_possible(starts, *kind) && regex.is_match(text));
        found.map_or(Kind::Text, |(kind, ..)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(Grammar::new(Version::V11).rules.len(), 7);
        assert_eq!(Grammar::new(Version::V12).rules.len(), 5);
    }

    #[test]
    fn plain_scalars_mean_what_their_version_says() {
        let (old, new) = (Grammar::new(Version::V11), Grammar::new(Version::V12));
        for (text, in_old, in_new) in [
            ("yes", Kind::Truth, Kind::Text),
            ("true", Kind::Truth, Kind::Truth),
            ("", Kind::Null, Kind::Null),
            ("1e3", Kind::Text, Kind::Float),
            ("12", Kind::Whole, Kind::Whole),
            ("1:30", Kind::Whole, Kind::Text),
            ("2020-01-02", Kind::Timestamp, Kind::Text),
            ("<<", Kind::Merge, Kind::Merge),
            ("abc", Kind::Text, Kind::Text),
        ] {
            assert_eq!((old.kind(text), new.kind(text)), (in_old, in_new), "{text}");
        }
    }
}
