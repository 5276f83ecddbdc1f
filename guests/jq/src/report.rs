//! Reports of what is wrong with a program, in the form of jq.

/// A message with its place: the line, and the line's text with blanks behind it up to the column.
pub fn located(message: &str, text: &str, at: usize, file: &str) -> String {
    let at = at.min(text.len());
    let start =
        text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let end = text.as_bytes()[start..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |length| start + length);
    let line = 1 + text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
    let shown = String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned();
    format!("{message} at {file}, line {line}:\n{shown}{}", " ".repeat(at - start))
}

/// The words of an error of the system.
pub fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error ").map_or(text.as_str(), |(words, _)| words).to_owned()
}
