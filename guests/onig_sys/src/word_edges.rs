//! Word edges: `\<` and `\>`, which the syntaxes of GNU grep have and which
//! ferroni 2.8 does not parse. It owns their rewriting into what ferroni knows.

use ferroni::oniguruma::{
    ONIG_SYN_OP_ESC_LPAREN_SUBEXP, ONIG_SYN_OP_ESC_LTGT_WORD_BEGIN_END, ONIG_SYN_OP2_QMARK_GROUP_EFFECT,
};

use crate::OnigSyntaxType;

/// The pattern with its word edges as lookarounds, and the syntax that has
/// those; `None` where the pattern may stay as it is.
///
/// A pattern that has both a word edge and the characters `(?` stays as well:
/// what they mean would change with the syntax.
pub fn rewrite(pattern: &[u8], syntax: &OnigSyntaxType) -> Option<(Vec<u8>, OnigSyntaxType)> {
    if syntax.op & ONIG_SYN_OP_ESC_LTGT_WORD_BEGIN_END == 0 || pattern.windows(2).any(|pair| pair == b"(?") {
        return None;
    }
    let escaped_groups = syntax.op & ONIG_SYN_OP_ESC_LPAREN_SUBEXP != 0;
    let (begin, end): (&[u8], &[u8]) =
        if escaped_groups { (br"\b\(?=\w\)", br"\b\(?<=\w\)") } else { (br"\b(?=\w)", br"\b(?<=\w)") };
    let mut rewritten = Vec::new();
    let mut changed = false;
    let mut rest = pattern;
    loop {
        match rest {
            [] => break,
            [b'\\', edge @ (b'<' | b'>'), tail @ ..] => {
                rewritten.extend(if *edge == b'<' { begin } else { end });
                changed = true;
                rest = tail;
            }
            [b'\\', _, tail @ ..] => rest = take(rest, tail, &mut rewritten),
            [b'[', ..] => rest = take(rest, after_brackets(rest), &mut rewritten),
            [_, tail @ ..] => rest = take(rest, tail, &mut rewritten),
        }
    }
    let syntax = OnigSyntaxType { op2: syntax.op2 | ONIG_SYN_OP2_QMARK_GROUP_EFFECT, ..*syntax };
    changed.then_some((rewritten, syntax))
}

/// Copies what lies between `text` and its `tail`, and answers with the tail.
fn take<'t>(text: &[u8], tail: &'t [u8], copy: &mut Vec<u8>) -> &'t [u8] {
    copy.extend(&text[..text.len() - tail.len()]);
    tail
}

/// What follows the bracket expression at the start of `text`; nothing, when it does not end.
fn after_brackets(text: &[u8]) -> &[u8] {
    let mut rest = &text[1..];
    rest = rest.strip_prefix(b"^").unwrap_or(rest);
    rest = rest.strip_prefix(b"]").unwrap_or(rest);
    loop {
        match rest {
            [] => return rest,
            [b']', tail @ ..] => return tail,
            [b'[', kind @ (b':' | b'.' | b'='), tail @ ..] => {
                let close = [*kind, b']'];
                let end = tail.windows(2).position(|pair| pair == close);
                rest = end.map_or(tail, |end| &tail[end + 2..]);
            }
            [_, tail @ ..] => rest = tail,
        }
    }
}

#[cfg(test)]
mod tests {
    use ferroni::oniguruma::OnigOptionType;
    use ferroni::regexec::onig_search;
    use ferroni::regsyntax::{OnigSyntaxGnuRegex, OnigSyntaxGrep};

    use super::*;

    /// Where a pattern first matches `a foo_b [\<] c`, or -1.
    fn find(pattern: &str, extended: bool) -> i32 {
        let original = if extended { &OnigSyntaxGnuRegex } else { &OnigSyntaxGrep };
        let syntax = OnigSyntaxType {
            op: original.op,
            op2: original.op2,
            behavior: original.behavior,
            options: original.options.bits(),
        };
        let regex = crate::compile(pattern.as_bytes(), 0, &syntax).unwrap();
        let text = br"a foo_b [\<] c";
        onig_search(&regex, text, text.len(), 0, text.len(), None, OnigOptionType::NONE).0
    }

    #[test]
    fn word_edges_match_where_words_begin_and_end() {
        for (pattern, basic, extended) in [
            (r"\<f", 2, 2),
            (r"\<o", -1, -1),
            (r"b\>", 6, 6),
            (r"o\>", -1, -1),
            (r"\<foo\>", -1, -1),
            (r"\<foo_b\>", 2, 2),
            (r"\<.\>", 0, 0),
            (r"[\<]", 9, 10),
            (r"\(foo\)_\<", -1, -1),
            (r"(foo)_b\>", -1, 2),
            (r"\(foo\)_b\>", 2, -1),
            (r"\>$", 14, 14),
        ] {
            assert_eq!((find(pattern, false), find(pattern, true)), (basic, extended), "{pattern}");
        }
    }
}
