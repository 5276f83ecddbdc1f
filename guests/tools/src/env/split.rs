//! The string of `-S`, split into words.
//!
//! It owns the little language of that string: quotes, escapes, `${NAME}` and a
//! comment. It is not the shell's: `"` and `'` differ only in what they escape.

use cli::wording::quoted;

use super::environment::Environment;

/// Whether a byte parts words, in any locale.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

/// Splits `text`; `expanded` hears of each variable. The error is what to complain about.
pub fn split(
    text: &[u8],
    environment: &Environment,
    expanded: &mut dyn FnMut(String),
) -> Result<Vec<Vec<u8>>, String> {
    let mut splitter = Splitter { left: text, words: Vec::new(), is_between: true, quote: None };
    while let Some(byte) = splitter.take() {
        match (byte, splitter.quote) {
            (b'\'' | b'"', None) => {
                splitter.quote = Some(byte);
                splitter.push(b"");
            }
            (b'\'' | b'"', Some(quote)) if quote == byte => {
                splitter.quote = None;
                splitter.push(b"");
            }
            (_, None) if is_space(byte) => splitter.is_between = true,
            (b'#', _) if splitter.is_between => return Ok(splitter.words),
            (b'\\', quote) => {
                // Within single quotes only the quote and the backslash itself can be escaped.
                if quote == Some(b'\'') && !matches!(splitter.left.first(), Some(b'\'' | b'\\')) {
                    splitter.push(b"\\");
                } else if !splitter.escape()? {
                    return Ok(splitter.words);
                }
            }
            (b'$', None | Some(b'"')) => splitter.variable(environment, expanded)?,
            _ => splitter.push(&[byte]),
        }
    }
    match splitter.quote {
        None => Ok(splitter.words),
        Some(_) => Err("no terminating quote in -S string".to_owned()),
    }
}

/// A string that is being split.
struct Splitter<'a> {
    left: &'a [u8],
    words: Vec<Vec<u8>>,
    /// Whether the last word is over.
    is_between: bool,
    /// The quote that is open.
    quote: Option<u8>,
}

impl Splitter<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, left) = self.left.split_first()?;
        self.left = left;
        Some(*first)
    }

    /// Adds to the word, which begins here if none had.
    fn push(&mut self, bytes: &[u8]) {
        if std::mem::take(&mut self.is_between) {
            self.words.push(Vec::new());
        }
        if let Some(word) = self.words.last_mut() {
            word.extend_from_slice(bytes);
        }
    }

    /// Reads what follows a backslash; `false` is the end of the string, `\c`.
    fn escape(&mut self) -> Result<bool, String> {
        let Some(byte) = self.take() else {
            return Err("invalid backslash at end of string in -S".to_owned());
        };
        let in_double_quotes = self.quote == Some(b'"');
        let meant = match byte {
            b'"' | b'#' | b'$' | b'\'' | b'\\' => byte,
            b'_' if in_double_quotes => b' ',
            b'_' => {
                self.is_between = true;
                return Ok(true);
            }
            b'c' if in_double_quotes => {
                return Err("'\\c' must not appear in double-quoted -S string".to_owned());
            }
            b'c' => return Ok(false),
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            _ => return Err(format!("invalid sequence '\\{}' in -S", String::from_utf8_lossy(&[byte]))),
        };
        self.push(&[meant]);
        Ok(true)
    }

    /// Reads what follows a dollar sign.
    fn variable(
        &mut self,
        environment: &Environment,
        expanded: &mut dyn FnMut(String),
    ) -> Result<(), String> {
        let Some((name, left)) = braced_name(self.left) else {
            let at = String::from_utf8_lossy(self.left);
            return Err(format!("only ${{VARNAME}} expansion is supported, error at: ${at}"));
        };
        self.left = left;
        let shown = String::from_utf8_lossy(name);
        match environment.value(name) {
            Some(value) => {
                expanded(format!("expanding ${{{shown}}} into {}", quoted(value)));
                self.push(value);
            }
            None => expanded(format!("replacing ${{{shown}}} with null string")),
        }
        Ok(())
    }
}

/// The name in `{NAME}` and what follows.
fn braced_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"{")?;
    let end = text.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
    let (name, left) = text.split_at(end);
    let is_name = name.first().is_some_and(|byte| !byte.is_ascii_digit());
    left.strip_prefix(b"}").filter(|_| is_name).map(|left| (name, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<String>, String> {
        let mut environment = Environment::default();
        environment.put(b"A=1 2");
        environment.put(b"EMPTY=");
        let words = split(text.as_bytes(), &environment, &mut |_| ())?;
        Ok(words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect())
    }

    #[test]
    fn a_string_is_split_as_gnu_does() {
        for (text, wanted) in [
            ("", &[][..]),
            (" a\tb\n c ", &["a", "b", "c"]),
            (r#"'a b'"c d"e ''"#, &["a bc de", ""]),
            (r"a\_b\\\#\$\'\n", &["a", "b\\#$'\n"]),
            (r#""a\_b\t""#, &["a b\t"]),
            (r"'a\_b\'\\\t'", &["a\\_b'\\\\t"]),
            ("a #b", &["a"]),
            ("#a", &[]),
            ("a# '#'b", &["a#", "#b"]),
            (r"a\cb", &["a"]),
            (r"\_\_a", &["a"]),
            ("x${A}y ${EMPTY} ${NOPE} \"${A}\" '${A}'", &["x1 2y", "", "1 2", "${A}"]),
        ] {
            assert_eq!(check(text), Ok(wanted.iter().map(ToString::to_string).collect()), "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, wanted) in [
            ("a'b", "no terminating quote in -S string"),
            ("a\"b'", "no terminating quote in -S string"),
            ("a\\", "invalid backslash at end of string in -S"),
            ("a\\q", "invalid sequence '\\q' in -S"),
            ("\"a\\c\"", "'\\c' must not appear in double-quoted -S string"),
            ("a$b", "only ${VARNAME} expansion is supported, error at: $b"),
            ("${1}", "only ${VARNAME} expansion is supported, error at: ${1}"),
            ("${}", "only ${VARNAME} expansion is supported, error at: ${}"),
            ("${A", "only ${VARNAME} expansion is supported, error at: ${A"),
        ] {
            assert_eq!(check(text), Err(wanted.to_owned()), "{text}");
        }
    }
}
