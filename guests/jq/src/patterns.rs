//! Regular expressions, in the grammar of Oniguruma, as jq has them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use ferroni::api::{Regex, RegexBuilder};
use ferroni::oniguruma::{
    ONIG_OPTION_CAPTURE_GROUP, ONIG_OPTION_EXTEND, ONIG_OPTION_FIND_LONGEST, ONIG_OPTION_FIND_NOT_EMPTY,
    ONIG_OPTION_IGNORECASE, ONIG_OPTION_MULTILINE, ONIG_OPTION_SINGLELINE, OnigOptionType,
};
use ferroni::regsyntax::OnigSyntaxPerl_NG;

use crate::builtins::with_value;
use crate::machine::{Outcome, Raise};
use crate::value::{Map, Value};

/// How many compiled patterns are kept.
const KEPT_MAX: usize = 64;

type Key = (Rc<String>, OnigOptionType);

thread_local! {
    static KEPT: RefCell<HashMap<Key, Rc<Regex>>> = RefCell::new(HashMap::new());
}

/// What a string of flags means: the options, and whether all matches are wanted.
fn options(flags: &Value) -> Result<(OnigOptionType, bool), Raise> {
    let mut options = ONIG_OPTION_CAPTURE_GROUP;
    let mut is_global = false;
    match flags {
        Value::Null => {}
        Value::String(text) => {
            for flag in text.chars() {
                match flag {
                    'g' => is_global = true,
                    'i' => options |= ONIG_OPTION_IGNORECASE,
                    'x' => options |= ONIG_OPTION_EXTEND,
                    's' => options |= ONIG_OPTION_SINGLELINE,
                    'p' => options |= ONIG_OPTION_MULTILINE | ONIG_OPTION_SINGLELINE,
                    'l' => options |= ONIG_OPTION_FIND_LONGEST,
                    'n' => options |= ONIG_OPTION_FIND_NOT_EMPTY,
                    _ => return Err(format!("{text} is not a valid modifier string").into()),
                }
            }
        }
        other => return Err(format!("{} is not a string", with_value(other)).into()),
    }
    Ok((options, is_global))
}

fn compiled(pattern: &Rc<String>, options: OnigOptionType) -> Result<Rc<Regex>, Raise> {
    let key = (pattern.clone(), options);
    if let Some(regex) = KEPT.with_borrow(|kept| kept.get(&key).cloned()) {
        return Ok(regex);
    }
    let built = RegexBuilder::new(pattern).syntax(&OnigSyntaxPerl_NG).option(options).build();
    let regex =
        Rc::new(built.map_err(|error| {
            Raise::from(format!("{pattern} (at offset 0) is not a valid regex: {error}"))
        })?);
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, regex.clone());
    });
    Ok(regex)
}

/// Characters counted along a text, never twice.
struct Counter<'t> {
    text: &'t str,
    byte: usize,
    characters: usize,
}

impl Counter<'_> {
    fn at(&mut self, byte: usize) -> usize {
        if byte >= self.byte {
            self.characters += self.text[self.byte..byte].chars().count();
        } else {
            self.characters -= self.text[byte..self.byte].chars().count();
        }
        self.byte = byte;
        self.characters
    }
}

/// The matches of a pattern, or only whether there is one: the arguments are the pattern, the flags and that question.
pub fn matches(input: &Value, arguments: &[Value]) -> Outcome {
    let [pattern, flags, is_test] = arguments else { return Ok(Value::Null) };
    let Value::String(text) = input else {
        return Err(format!("{} cannot be matched, as it is not a string", with_value(input)).into());
    };
    let Value::String(pattern) = pattern else {
        return Err(format!("{} cannot be matched, as it is not a string", with_value(pattern)).into());
    };
    let (options, is_global) = options(flags)?;
    let regex = compiled(pattern, options)?;
    if is_test.is_true() {
        return Ok(Value::Bool(regex.is_match(text)));
    }
    let names = names(&regex);
    let mut counter = Counter { text, byte: 0, characters: 0 };
    let (mut found, mut from) = (Vec::new(), 0);
    while from <= text.len() {
        let Some(captures) = regex.captures_at(text, from) else { break };
        let Some(whole) = captures.get(0) else { break };
        let mut groups = Vec::new();
        for group in 1..captures.len() {
            let span = captures.get(group).map(|found| found.start()..found.end());
            groups.push(capture(span, names.get(group).and_then(Option::as_ref), text, &mut counter));
        }
        let (start, end) = (whole.start(), whole.end());
        let mut members = Map::default();
        let key = |name: &str| Rc::new(name.to_owned());
        members.insert(key("offset"), Value::count(counter.at(start)));
        members.insert(key("length"), Value::count(text[start..end].chars().count()));
        members.insert(key("string"), Value::string(&text[start..end]));
        members.insert(key("captures"), Value::array(groups));
        found.push(Value::object(members));
        if !is_global {
            break;
        }
        from = if end > start { end } else { end + text[end..].chars().next().map_or(1, char::len_utf8) };
    }
    Ok(Value::array(found))
}

/// The names of groups by their numbers.
fn names(regex: &Regex) -> Vec<Option<String>> {
    regex.capture_names().map(|name| name.map(str::to_owned)).collect()
}

fn capture(
    span: Option<std::ops::Range<usize>>,
    name: Option<&String>,
    text: &str,
    counter: &mut Counter<'_>,
) -> Value {
    let mut members = Map::default();
    let key = |name: &str| Rc::new(name.to_owned());
    let (offset, length, string) = match span {
        None => (Value::number(-1.0), Value::number(0.0), Value::Null),
        Some(span) => {
            let part = &text[span.clone()];
            (Value::count(counter.at(span.start)), Value::count(part.chars().count()), Value::string(part))
        }
    };
    // The order is that of jq, which sets the string first where there is none.
    let is_missing = matches!(string, Value::Null);
    members.insert(key("offset"), offset);
    if is_missing {
        members.insert(key("string"), Value::Null);
    }
    members.insert(key("length"), length);
    members.insert(key("string"), string);
    members.insert(key("name"), name.map_or(Value::Null, |name| Value::string(name.clone())));
    Value::object(members)
}

/// What is between matches: one more string than there are matches.
pub fn gaps(input: &Value, found: &Value) -> Outcome {
    let (Value::String(text), Value::Array(found)) = (input, found) else {
        return Err(format!("{} cannot be matched, as it is not a string", with_value(input)).into());
    };
    let count = |value: &Value, name: &str| match value {
        Value::Object(members) => match members.0.get_named(name) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an offset of ours")]
            Some(Value::Number(number)) => number.double as usize,
            _ => 0,
        },
        _ => 0,
    };
    let mut gaps = Vec::with_capacity(found.0.len() + 1);
    let mut characters = text.chars();
    let mut at = 0;
    for one in &found.0 {
        let (offset, length) = (count(one, "offset"), count(one, "length"));
        let gap: String = characters.by_ref().take(offset.saturating_sub(at)).collect();
        gaps.push(Value::string(gap));
        characters.by_ref().take(length).for_each(drop);
        at = offset + length;
    }
    gaps.push(Value::string(characters.as_str()));
    Ok(Value::array(gaps))
}

/// Gaps and what comes between them, as strings: the first of them has the first replacements, and so on. Where there
/// are none the text stays as it is.
pub fn interleave(input: Value, gaps: &Value, new: &Value) -> Outcome {
    let (Value::Array(gaps), Value::Array(new)) = (gaps, new) else { return Ok(Value::Null) };
    let mut texts: Vec<String> = Vec::new();
    for (gap, replacements) in gaps.0.iter().zip(&new.0) {
        let (Value::String(gap), Value::Array(replacements)) = (gap, replacements) else { continue };
        for (index, replacement) in replacements.0.iter().enumerate() {
            let Value::String(replacement) = replacement else {
                let (gap, shown) = (with_value(&Value::String(gap.clone())), with_value(replacement));
                return Err(format!("{gap} and {shown} cannot be added").into());
            };
            if index == texts.len() {
                texts.push(String::new());
            }
            texts[index].push_str(gap);
            texts[index].push_str(replacement);
        }
    }
    if texts.is_empty() {
        return Ok(Value::array(vec![input]));
    }
    let last = match gaps.0.last() {
        Some(Value::String(last)) => last.as_str(),
        _ => "",
    };
    Ok(Value::array(texts.into_iter().map(|text| Value::string(text + last)).collect()))
}
