//! Paths, as bytes.

/// The last component, without slashes behind it; `/` of the root.
pub fn base_name(path: &[u8]) -> &[u8] {
    let trimmed = trimmed(path);
    if trimmed.iter().all(|byte| *byte == b'/') {
        return trimmed;
    }
    trimmed.rsplit(|byte| *byte == b'/').next().unwrap_or(trimmed)
}

/// The path without slashes at its end; one stays of a path that is all slashes.
pub fn trimmed(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(path.len().min(1), |last| last + 1);
    path.get(..end).unwrap_or(path)
}

/// What is in front of the last component; `.` of a bare name.
pub fn parent(path: &[u8]) -> &[u8] {
    let path = trimmed(path);
    match path.iter().rposition(|byte| *byte == b'/') {
        None => b".",
        Some(slash) => match path[..slash].iter().rposition(|byte| *byte != b'/') {
            None => b"/",
            Some(last) => &path[..=last],
        },
    }
}

/// A name in a directory.
pub fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    match directory {
        [] => name.to_vec(),
        [.., b'/'] => [directory, name].concat(),
        _ => [directory, b"/", name].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        for (path, name, above) in [
            ("a", "a", "."),
            ("a/", "a", "."),
            ("a/b", "b", "a"),
            ("/a//b//", "b", "/a"),
            ("/a", "a", "/"),
            ("///", "/", "."),
            ("", "", "."),
        ] {
            assert_eq!(
                (base_name(path.as_bytes()), trimmed(path.as_bytes()).is_empty()),
                (name.as_bytes(), path.is_empty())
            );
            if path != "///" {
                assert_eq!(parent(path.as_bytes()), above.as_bytes(), "{path}");
            }
        }
    }
}
