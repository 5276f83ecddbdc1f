//! Completion: the names that what is in front of the cursor may become.

use rustpython::vm::builtins::{PyDictRef, PyStrRef};
use rustpython::vm::function::ArgIterable;
use rustpython::vm::{PyObjectRef, TryFromObject, VirtualMachine};

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The names that the end of `text` is the beginning of, sorted, and how many bytes of it they replace.
pub fn names(vm: &VirtualMachine, globals: &PyDictRef, text: &str) -> (usize, Vec<String>) {
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '.';
    let start = text
        .rfind(|char| !is_part(char))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let path = text.get(start..).unwrap_or_default();
    let (owner, beginning) = match path.rsplit_once('.') {
        Some((owner, beginning)) => (Some(owner), beginning),
        None => (None, path),
    };
    let all = match owner {
        None if beginning.is_empty() => Vec::new(),
        None => {
            let mut all: Vec<String> = KEYWORDS.iter().map(|&word| word.to_owned()).collect();
            all.extend(
                globals.clone().into_iter().filter_map(|(key, _)| String::try_from_object(vm, key).ok()),
            );
            all.extend(listed(vm, &vm.builtins.clone().into()));
            all
        }
        Some(owner) => object(vm, globals, owner).map(|object| listed(vm, &object)).unwrap_or_default(),
    };
    let mut found: Vec<String> = all.into_iter().filter(|name| name.starts_with(beginning)).collect();
    if !beginning.starts_with('_') && found.iter().any(|name| !name.starts_with('_')) {
        found.retain(|name| !name.starts_with('_'));
    }
    found.sort();
    found.dedup();
    (beginning.len(), found)
}

/// What `dir` would list.
fn listed(vm: &VirtualMachine, object: &PyObjectRef) -> Vec<String> {
    let names = vm
        .call_method(object.class().as_ref(), "__dir__", (object.clone(),))
        .or_else(|_| vm.call_method(object, "__dir__", ()))
        .and_then(|names| ArgIterable::<PyStrRef>::try_from_object(vm, names));
    let Ok(names) = names else { return Vec::new() };
    let Ok(names) = names.iter(vm) else { return Vec::new() };
    names.filter_map(|name| Some(name.ok()?.to_string_lossy().into_owned())).collect()
}

/// The object that a dotted path names.
fn object(vm: &VirtualMachine, globals: &PyDictRef, path: &str) -> Option<PyObjectRef> {
    let mut parts = path.split('.');
    let first = parts.next()?;
    let mut object = match globals.get_item_opt(first, vm).ok()? {
        Some(object) => object,
        None => vm.builtins.get_attr(&vm.ctx.new_str(first), vm).ok()?,
    };
    for part in parts {
        object = object.get_attr(&vm.ctx.new_str(part), vm).ok()?;
    }
    Some(object)
}
