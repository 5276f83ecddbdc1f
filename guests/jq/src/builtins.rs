//! The filters that are native: the table of them, operators, and what they have in common.

use std::cmp::Ordering;
use std::io::Write;
use std::rc::Rc;

use crate::json;
use crate::machine::{Outcome, Raise};
use crate::value::{Map, Value, sorted};
use crate::{mathematics, paths, patterns, strings, time};

/// What filters reach outside of the program.
pub struct Host {
    pub inputs: Box<dyn Inputs>,
    pub modules: crate::modules::Modules,
}

/// Where inputs come from.
pub trait Inputs {
    fn next(&mut self) -> Option<Result<Value, String>>;
    fn file_name(&self) -> Option<String>;
    fn line_number(&self) -> usize;
    /// What was written is shown before what goes to standard error.
    fn flush(&mut self);
}

/// A native filter: its input and the values of its arguments make one output.
#[derive(Clone, Copy)]
pub struct Native {
    pub name: &'static str,
    pub arity: usize,
    pub run: fn(&mut Host, Value, Vec<Value>) -> Outcome,
}

impl std::fmt::Debug for Native {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.name, self.arity)
    }
}

pub type Binary = fn(Value, Value) -> Outcome;

macro_rules! natives {
    ($(($name:literal, $arity:literal, $run:expr)),* $(,)?) => {
        &[$(Native { name: $name, arity: $arity, run: $run }),*]
    };
}

pub static NEGATE: Native =
    Native { name: "_negate", arity: 1, run: |_, _, arguments| negate(&one(arguments)) };
pub static FAIL: Native =
    Native { name: "_fail", arity: 1, run: |_, _, arguments| Err(Raise::Error(one(arguments))) };
pub static NOT: Native =
    Native { name: "not", arity: 0, run: |_, input, _| Ok(Value::Bool(!input.is_true())) };
pub static TO_STRING: Native = Native { name: "tostring", arity: 0, run: |_, input, _| Ok(to_string(input)) };
pub static MODULE_META: Native = Native {
    name: "modulemeta",
    arity: 0,
    run: |host, input, _| host.modules.meta(&input).map_err(Raise::from),
};

/// The arguments of a filter; the machine gives as many as the table says.
fn one(arguments: Vec<Value>) -> Value {
    arguments.into_iter().next().unwrap_or_default()
}

fn two(arguments: Vec<Value>) -> (Value, Value) {
    let mut arguments = arguments.into_iter();
    (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default())
}

static NATIVES: &[Native] = natives![
    ("tostring", 0, |_, input, _| Ok(to_string(input))),
    ("tojson", 0, |_, input, _| Ok(Value::string(json::compact(&input)))),
    ("fromjson", 0, |_, input, _| from_json(&input)),
    ("tonumber", 0, |_, input, _| to_number(input)),
    ("type", 0, |_, input, _| Ok(input.kind().into())),
    ("length", 0, |_, input, _| length(input)),
    ("utf8bytelength", 0, |_, input, _| match &input {
        Value::String(text) => Ok(Value::count(text.len())),
        _ => Err(format!("{} only strings have UTF-8 byte length", with_value(&input)).into()),
    }),
    ("keys", 0, |_, input, _| keys(&input, true)),
    ("keys_unsorted", 0, |_, input, _| keys(&input, false)),
    ("has", 1, |_, input, arguments| has(&input, &one(arguments))),
    ("contains", 1, |_, input, arguments| contains(&input, &one(arguments), 0).map(Value::Bool)),
    ("add", 0, |_, input, _| add_all(&input)),
    ("error", 0, |_, input, _| Err(Raise::Error(input))),
    ("error", 1, |_, _, arguments| Err(Raise::Error(one(arguments)))),
    ("getpath", 1, |_, input, arguments| paths::get_path(&input, &one(arguments))),
    ("setpath", 2, |_, input, arguments| {
        let (path, value) = two(arguments);
        paths::set(input, &path, value)
    }),
    ("delpaths", 1, |_, input, arguments| match one(arguments) {
        Value::Array(list) => paths::delete(input, list.0.clone()),
        _ => Err("Paths must be specified as an array".to_owned().into()),
    }),
    ("_reverse", 0, |_, input, _| reverse(input)),
    ("_flatten", 1, |_, input, arguments| flatten(&input, &one(arguments))),
    ("sort", 0, |_, input, _| sort(input)),
    ("_sort_by", 1, |_, input, arguments| sort_by(&input, &one(arguments))),
    ("_group_by", 1, |_, input, arguments| group_by(&input, &one(arguments))),
    ("min", 0, |_, input, _| extreme(&input, &input, Ordering::Less)),
    ("max", 0, |_, input, _| extreme(&input, &input, Ordering::Greater)),
    ("_min_by", 1, |_, input, arguments| extreme(&input, &one(arguments), Ordering::Less)),
    ("_max_by", 1, |_, input, arguments| extreme(&input, &one(arguments), Ordering::Greater)),
    ("transpose", 0, |_, input, _| transpose(&input)),
    ("bsearch", 1, |_, input, arguments| search(&input, &one(arguments))),
    ("indices", 1, |_, input, arguments| indices(&input, &one(arguments))),
    ("_indices", 1, |_, input, arguments| indices(&input, &one(arguments))),
    ("input", 0, |host, _, _| match host.inputs.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(message)) => Err(message.into()),
        None => Err("break".to_owned().into()),
    }),
    ("debug", 0, |host, input, _| {
        host.inputs.flush();
        let shown = json::compact(&input);
        let _ = writeln!(std::io::stderr(), "[\"DEBUG:\",{shown}]");
        Ok(input)
    }),
    ("stderr", 0, |host, input, _| {
        host.inputs.flush();
        let shown = match &input {
            Value::String(text) => text.to_string(),
            _ => json::compact(&input),
        };
        let _ = std::io::stderr().write_all(shown.as_bytes());
        Ok(input)
    }),
    ("input_filename", 0, |host, _, _| Ok(host.inputs.file_name().map_or(Value::Null, Value::string))),
    ("input_line_number", 0, |host, _, _| Ok(Value::count(host.inputs.line_number()))),
    ("get_search_list", 0, |host, _, _| Ok(host.modules.search_list())),
    ("now", 0, |_, _, _| Ok(time::now())),
    ("halt", 0, |_, _, _| Err(Raise::Halt(0))),
    ("halt_error", 1, |host, input, arguments| halt_error(host, &input, &one(arguments))),
    ("builtins", 0, |_, _, _| Ok(list())),
    ("_match", 3, |_, input, arguments| patterns::matches(&input, &arguments)),
    ("_gaps", 1, |_, input, arguments| patterns::gaps(&input, &one(arguments))),
    ("_interleave", 2, |_, input, arguments| {
        let (gaps, new) = two(arguments);
        patterns::interleave(input, &gaps, &new)
    }),
    ("explode", 0, |_, input, _| strings::explode(&input)),
    ("implode", 0, |_, input, _| strings::implode(&input)),
    ("split", 1, |_, input, arguments| strings::split(&input, &one(arguments))),
    ("ltrimstr", 1, |_, input, arguments| Ok(strings::trim_start(input, &one(arguments)))),
    ("rtrimstr", 1, |_, input, arguments| Ok(strings::trim_end(input, &one(arguments)))),
    ("startswith", 1, |_, input, arguments| strings::starts_with(&input, &one(arguments))),
    ("endswith", 1, |_, input, arguments| strings::ends_with(&input, &one(arguments))),
    ("trim", 0, |_, input, _| strings::trim(&input, true, true)),
    ("ltrim", 0, |_, input, _| strings::trim(&input, true, false)),
    ("rtrim", 0, |_, input, _| strings::trim(&input, false, true)),
    ("ascii_downcase", 0, |_, input, _| strings::change_case(&input, "ascii_downcase")),
    ("ascii_upcase", 0, |_, input, _| strings::change_case(&input, "ascii_upcase")),
    ("format", 1, |host, input, arguments| match one(arguments) {
        Value::String(name) => match format_named(&format!("@{name}")) {
            Some(native) => (native.run)(host, input, Vec::new()),
            None => Err(format!("{name} is not a valid format").into()),
        },
        other => Err(format!("{} is not a valid format", with_value(&other)).into()),
    }),
    ("mktime", 0, |_, input, _| time::mktime(&input)),
    ("gmtime", 0, |_, input, _| time::gmtime(&input)),
    ("localtime", 0, |_, input, _| time::localtime(&input)),
    ("strftime", 1, |_, input, arguments| time::strftime(input, &one(arguments))),
    ("strflocaltime", 1, |_, input, arguments| time::strflocaltime(input, &one(arguments))),
    ("strptime", 1, |_, input, arguments| time::strptime(&input, &one(arguments))),
    ("infinite", 0, |_, _, _| Ok(Value::number(f64::INFINITY))),
    ("nan", 0, |_, _, _| Ok(Value::number(f64::NAN))),
    ("isinfinite", 0, |_, input, _| Ok(mathematics::test(&input, f64::is_infinite))),
    ("isnan", 0, |_, input, _| Ok(mathematics::test(&input, f64::is_nan))),
    ("isnormal", 0, |_, input, _| Ok(mathematics::test(&input, f64::is_normal))),
    ("abs", 0, |_, input, _| match &input {
        Value::Number(number) if number.double < 0.0 => Ok(Value::number(-number.double)),
        // What is smaller than 0 in the order of all values is negated, which fails.
        Value::Null | Value::Bool(_) => negate(&input),
        _ => Ok(input),
    }),
    ("significand", 0, |_, input, _| mathematics::unary(&input, mathematics::significand)),
];

static FORMATS: &[Native] = natives![
    ("@text", 0, |_, input, _| Ok(to_string(input))),
    ("@json", 0, |_, input, _| Ok(Value::string(json::compact(&input)))),
    ("@csv", 0, |_, input, _| strings::row(&input, "csv")),
    ("@tsv", 0, |_, input, _| strings::row(&input, "tsv")),
    ("@html", 0, |_, input, _| Ok(strings::html(&to_text(&input)))),
    ("@uri", 0, |_, input, _| Ok(strings::uri(&to_text(&input)))),
    ("@sh", 0, |_, input, _| strings::shell(&input)),
    ("@base64", 0, |_, input, _| Ok(strings::base64(&to_text(&input)))),
    ("@base64d", 0, |_, input, _| strings::from_base64(&to_text(&input), &input)),
    ("@base32", 0, |_, input, _| Ok(strings::base32(&to_text(&input)))),
    ("@base32d", 0, |_, input, _| strings::from_base32(&to_text(&input), &input)),
];

/// The native filter of a name.
pub fn named(name: &str, arity: usize) -> Option<&'static Native> {
    let found = NATIVES.iter().find(|native| native.name == name && native.arity == arity);
    found.or_else(|| mathematics::named(name, arity))
}

/// The format of a name that begins with `@`.
pub fn format_named(name: &str) -> Option<&'static Native> {
    FORMATS.iter().find(|native| native.name == name)
}

/// Every filter there is, as `builtins` lists it.
fn list() -> Value {
    let natives = NATIVES.iter().map(|native| (native.name, native.arity));
    let mathematics = mathematics::all().map(|native| (native.name, native.arity));
    let language = [("empty", 0), ("not", 0), ("path", 1), ("range", 2), ("modulemeta", 0)];
    let names = natives.chain(mathematics).chain(language).chain(crate::definitions::names());
    let names = names.filter(|name| !name.0.starts_with('_'));
    Value::array(names.map(|(name, arity)| Value::string(format!("{name}/{arity}"))).collect())
}

/// The environment's variables.
pub fn environment() -> Value {
    let variables = std::env::vars_os().map(|(name, value)| {
        (Rc::new(name.to_string_lossy().into_owned()), Value::string(value.to_string_lossy().into_owned()))
    });
    Value::object(variables.collect())
}

fn halt_error(host: &mut Host, input: &Value, status: &Value) -> Outcome {
    let Value::Number(status) = status else {
        return Err("halt_error/1: number required".to_owned().into());
    };
    host.inputs.flush();
    let _ = match input {
        Value::Null => Ok(()),
        Value::String(text) => std::io::stderr().write_all(text.as_bytes()),
        _ => writeln!(std::io::stderr(), "{}", json::compact(input)),
    };
    #[allow(clippy::cast_possible_truncation, reason = "a status is a small number, and the cast saturates")]
    Err(Raise::Halt(status.double as i32))
}

/// Cut to a number of bytes, with dots where something is missing.
pub fn shortened(text: &str, bytes_max: usize) -> String {
    if text.len() < bytes_max {
        return text.to_owned();
    }
    let mut end = bytes_max.saturating_sub(4);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &text[..end])
}

/// How much of a value a message shows, and one more.
const SHOWN_BYTES_MAX: usize = 15;

/// A value within a message: its kind, and its text cut short.
pub fn with_value(value: &Value) -> String {
    format!("{} ({})", value.kind(), shortened(&json::compact(value), SHOWN_BYTES_MAX))
}

pub fn to_text(value: &Value) -> Rc<String> {
    match value {
        Value::String(text) => text.clone(),
        _ => Rc::new(json::compact(value)),
    }
}

fn to_string(input: Value) -> Value {
    match input {
        Value::String(_) => input,
        _ => Value::string(json::compact(&input)),
    }
}

fn from_json(input: &Value) -> Outcome {
    let Value::String(text) = input else {
        return Err(format!("{} only strings can be parsed", with_value(input)).into());
    };
    match json::parse(text.as_bytes()) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("Expected JSON value (while parsing '{text}')").into()),
        Err(message) => Err(format!("{message} (while parsing '{text}')").into()),
    }
}

fn to_number(input: Value) -> Outcome {
    match &input {
        Value::Number(_) => Ok(input),
        Value::String(text) => match json::parse(text.as_bytes()) {
            Ok(Some(value @ Value::Number(_))) => Ok(value),
            Ok(Some(other)) => Err(format!("{} cannot be parsed as a number", with_value(&other)).into()),
            Ok(None) => Err(format!("Expected JSON value (while parsing '{text}')").into()),
            Err(message) => Err(format!("{message} (while parsing '{text}')").into()),
        },
        _ => Err(format!("{} cannot be parsed as a number", with_value(&input)).into()),
    }
}

fn length(input: Value) -> Outcome {
    Ok(match &input {
        Value::Null => Value::number(0.0),
        Value::Number(number) if number.double < 0.0 => Value::number(-number.double),
        Value::Number(_) => input,
        Value::String(text) => Value::count(text.chars().count()),
        Value::Array(items) => Value::count(items.0.len()),
        Value::Object(members) => Value::count(members.0.len()),
        Value::Bool(_) => return Err(format!("{} has no length", with_value(&input)).into()),
    })
}

fn keys(input: &Value, in_order: bool) -> Outcome {
    match input {
        Value::Object(members) if in_order => Ok(Value::array(
            sorted(&members.0).into_iter().map(|(key, _)| Value::String(key.clone())).collect(),
        )),
        Value::Object(members) => Ok(Value::array(members.0.keys().cloned().map(Value::String).collect())),
        Value::Array(items) => Ok(Value::array((0..items.0.len()).map(Value::count).collect())),
        _ => Err(format!("{} has no keys", with_value(input)).into()),
    }
}

fn has(input: &Value, key: &Value) -> Outcome {
    match (input, key) {
        (Value::Null, _) => Ok(Value::Bool(false)),
        (Value::Object(members), Value::String(key)) => Ok(Value::Bool(members.0.contains_key(key))),
        (Value::Array(items), Value::Number(index)) => {
            #[allow(clippy::cast_precision_loss, reason = "no array reaches 2^53")]
            let length = items.0.len() as f64;
            Ok(Value::Bool(index.double >= 0.0 && index.double < length))
        }
        _ => Err(format!("Cannot check whether {} has a {} key", input.kind(), key.kind()).into()),
    }
}

fn contains(input: &Value, part: &Value, depth: u32) -> Result<bool, Raise> {
    if depth > 2000 {
        return Ok(input == part);
    }
    match (input, part) {
        (Value::Object(members), Value::Object(wanted)) => {
            for (key, value) in wanted.0.iter() {
                match members.0.get(key) {
                    Some(member) if member.kind() == value.kind() => {
                        if !contains(member, value, depth + 1)? {
                            return Ok(false);
                        }
                    }
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        (Value::Array(items), Value::Array(wanted)) => {
            for value in &wanted.0 {
                let mut is_there = false;
                for item in &items.0 {
                    if item.kind() == value.kind() && contains(item, value, depth + 1)? {
                        is_there = true;
                        break;
                    }
                }
                if !is_there {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::String(text), Value::String(wanted)) => {
            Ok(memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).is_some())
        }
        _ if input.kind() == part.kind() => Ok(input == part),
        _ => Err(format!(
            "{} and {} cannot have their containment checked",
            with_value(input),
            with_value(part)
        )
        .into()),
    }
}

fn add_all(input: &Value) -> Outcome {
    let mut sum = Value::Null;
    match input {
        Value::Array(items) => {
            for item in &items.0 {
                sum = add(sum, item.clone())?;
            }
        }
        Value::Object(members) => {
            for item in members.0.values() {
                sum = add(sum, item.clone())?;
            }
        }
        _ => return Err(format!("Cannot iterate over {}", with_value(input)).into()),
    }
    Ok(sum)
}

fn reverse(input: Value) -> Outcome {
    match input {
        Value::Array(mut items) => {
            Value::items_mut(&mut items).reverse();
            Ok(Value::Array(items))
        }
        Value::Null => Ok(Value::array(Vec::new())),
        Value::String(text) if text.is_empty() => Ok(Value::array(Vec::new())),
        Value::Object(members) if members.0.is_empty() => Ok(Value::array(Vec::new())),
        // It is `.[length - 1 - range(0; length)]` by definition, hence the words.
        Value::Bool(_) => Err(format!("{} has no length", with_value(&input)).into()),
        _ => Err(format!("Cannot index {} with number", input.kind()).into()),
    }
}

fn flatten(input: &Value, depth: &Value) -> Outcome {
    let Value::Number(depth) = depth else {
        return Err("flatten depth must not be negative".to_owned().into());
    };
    // Levels are a stack of iterators, since a value may be nested deeper than the native stack.
    let mut out = Vec::new();
    let mut levels: Vec<std::vec::IntoIter<Value>> = vec![children(input)?.into_iter()];
    while let Some(level) = levels.last_mut() {
        match level.next() {
            None => drop(levels.pop()),
            #[allow(clippy::cast_precision_loss, reason = "a depth")]
            Some(Value::Array(items)) if ((levels.len() - 1) as f64) < depth.double => {
                levels.push(items.0.clone().into_iter());
            }
            Some(value) => out.push(value),
        }
    }
    Ok(Value::array(out))
}

fn children(value: &Value) -> Result<Vec<Value>, Raise> {
    match value {
        Value::Array(items) => Ok(items.0.clone()),
        Value::Object(members) => Ok(members.0.values().cloned().collect()),
        _ => Err(format!("Cannot iterate over {}", with_value(value)).into()),
    }
}

fn sort(input: Value) -> Outcome {
    match input {
        Value::Array(mut items) => {
            Value::items_mut(&mut items).sort_by(Value::compare);
            Ok(Value::Array(items))
        }
        _ => Err(format!("{} cannot be sorted, as it is not an array", with_value(&input)).into()),
    }
}

/// Items with their keys, in the order of the keys.
fn keyed(input: &Value, keys: &Value) -> Result<Vec<(Value, Value)>, Raise> {
    let (Value::Array(items), Value::Array(keys)) = (input, keys) else {
        return Err(cannot(input, keys, "sorted, as they are not both arrays"));
    };
    let mut pairs: Vec<(Value, Value)> = keys.0.iter().cloned().zip(items.0.iter().cloned()).collect();
    pairs.sort_by(|(a, _), (b, _)| a.compare(b));
    Ok(pairs)
}

fn sort_by(input: &Value, keys: &Value) -> Outcome {
    let pairs = keyed(input, keys)?;
    Ok(Value::array(pairs.into_iter().map(|(_, item)| item).collect()))
}

fn group_by(input: &Value, keys: &Value) -> Outcome {
    let mut groups: Vec<Value> = Vec::new();
    let mut group: Vec<Value> = Vec::new();
    let mut last: Option<Value> = None;
    for (key, item) in keyed(input, keys)? {
        if last.as_ref().is_some_and(|last| *last != key) {
            groups.push(Value::array(std::mem::take(&mut group)));
        }
        last = Some(key);
        group.push(item);
    }
    if !group.is_empty() {
        groups.push(Value::array(group));
    }
    Ok(Value::array(groups))
}

fn extreme(input: &Value, keys: &Value, wanted: Ordering) -> Outcome {
    let (Value::Array(items), Value::Array(keys)) = (input, keys) else {
        return Err(cannot(input, keys, "iterated over"));
    };
    let mut best: Option<(&Value, &Value)> = None;
    for (item, key) in items.0.iter().zip(&keys.0) {
        let is_better = best.is_none_or(|(_, best)| {
            let order = key.compare(best);
            // Of equal ones, the first of the smallest and the last of the largest.
            order == wanted || wanted.is_gt() && order.is_eq()
        });
        if is_better {
            best = Some((item, key));
        }
    }
    Ok(best.map(|(item, _)| item.clone()).unwrap_or_default())
}

fn transpose(input: &Value) -> Outcome {
    let rows = children(input)?;
    let mut width = 0;
    for row in &rows {
        if let Value::Number(length) = length(row.clone())? {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length")]
            let length = length.double as usize;
            width = width.max(length);
        }
    }
    let mut columns = Vec::new();
    for column in 0..width {
        let cells =
            rows.iter().map(|row| paths::get(row, &Value::count(column))).collect::<Result<Vec<_>, _>>()?;
        columns.push(Value::array(cells));
    }
    Ok(Value::array(columns))
}

fn search(input: &Value, wanted: &Value) -> Outcome {
    let Value::Array(items) = input else {
        // What is no array is asked for its length, and then for what is in its middle.
        return match length(input.clone())? {
            Value::Number(number) if number.double == 0.0 => Ok(Value::number(-1.0)),
            _ => paths::get(input, &Value::count(0)),
        };
    };
    Ok(match items.0.binary_search_by(|item| item.compare(wanted)) {
        Ok(at) => Value::count(at),
        #[allow(clippy::cast_precision_loss, reason = "no array reaches 2^53")]
        Err(at) => Value::number(-1.0 - at as f64),
    })
}

fn indices(input: &Value, wanted: &Value) -> Outcome {
    match (input, wanted) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::String(text), Value::String(part)) => Ok(strings::indices(text, part)),
        (Value::Array(items), Value::Array(part)) => Ok(paths::indices(&items.0, &part.0)),
        (Value::Array(items), _) => {
            let found = items.0.iter().enumerate().filter(|(_, item)| *item == wanted);
            Ok(Value::array(found.map(|(at, _)| Value::count(at)).collect()))
        }
        _ => paths::get(input, wanted),
    }
}

/// What an operator does.
pub fn operator(sign: &str) -> Binary {
    match sign {
        "+" => add,
        "-" => subtract,
        "*" => multiply,
        "/" => divide,
        "%" => modulo,
        "==" => |a, b| Ok(Value::Bool(a.compare(&b).is_eq())),
        "!=" => |a, b| Ok(Value::Bool(a.compare(&b).is_ne())),
        "<" => |a, b| Ok(Value::Bool(a.compare(&b).is_lt())),
        "<=" => |a, b| Ok(Value::Bool(a.compare(&b).is_le())),
        ">" => |a, b| Ok(Value::Bool(a.compare(&b).is_gt())),
        _ => |a, b| Ok(Value::Bool(a.compare(&b).is_ge())),
    }
}

pub fn operate(sign: &str, left: Value, right: Value) -> Outcome {
    operator(sign)(left, right)
}

fn cannot(left: &Value, right: &Value, what: &str) -> Raise {
    format!("{} and {} cannot be {what}", with_value(left), with_value(right)).into()
}

pub fn negate(input: &Value) -> Outcome {
    match input {
        Value::Number(number) => Ok(Value::number(-number.double)),
        _ => Err(format!("{} cannot be negated", with_value(input)).into()),
    }
}

pub fn add(left: Value, right: Value) -> Outcome {
    Ok(match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other,
        (Value::Number(a), Value::Number(b)) => Value::number(a.double + b.double),
        (Value::String(mut a), Value::String(b)) => {
            if a.is_empty() {
                return Ok(Value::String(b));
            }
            Rc::make_mut(&mut a).push_str(&b);
            Value::String(a)
        }
        (Value::Array(mut a), Value::Array(b)) => {
            if a.0.is_empty() {
                return Ok(Value::Array(b));
            }
            Value::items_mut(&mut a).extend(b.0.iter().cloned());
            Value::Array(a)
        }
        (Value::Object(mut a), Value::Object(b)) => {
            let members = Value::members_mut(&mut a);
            for (key, value) in b.0.iter() {
                members.insert(key.clone(), value.clone());
            }
            Value::Object(a)
        }
        (left, right) => return Err(cannot(&left, &right, "added")),
    })
}

fn subtract(left: Value, right: Value) -> Outcome {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::number(a.double - b.double)),
        (Value::Array(mut a), Value::Array(b)) => {
            let mut unwanted: Vec<&Value> = b.0.iter().collect();
            unwanted.sort_by(|x, y| x.compare(y));
            Value::items_mut(&mut a)
                .retain(|item| unwanted.binary_search_by(|other| other.compare(item)).is_err());
            Ok(Value::Array(a))
        }
        (left, right) => Err(cannot(&left, &right, "subtracted")),
    }
}

/// How long a repeated string may be.
const REPEATED_BYTES_MAX: f64 = 536_870_911.0;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bounded above"
)]
fn multiply(left: Value, right: Value) -> Outcome {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::number(a.double * b.double)),
        (Value::String(text), Value::Number(count)) | (Value::Number(count), Value::String(text)) => {
            let count = count.double;
            if count < 0.0 || count.is_nan() {
                return Ok(Value::Null);
            }
            let times = count.floor();
            if times * text.len() as f64 > REPEATED_BYTES_MAX {
                return Err("Repeat string result too long".to_owned().into());
            }
            Ok(Value::string(text.repeat(times as usize)))
        }
        (Value::Object(a), Value::Object(b)) => Ok(merge(&a.0, &b.0, 0)),
        (left, right) => Err(cannot(&left, &right, "multiplied")),
    }
}

fn merge(a: &Map, b: &Map, depth: u32) -> Value {
    let mut merged = a.clone();
    for (key, value) in b.iter() {
        let new = match (merged.get(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) if depth < 2000 => {
                merge(&old.0, &new.0, depth + 1)
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), new);
    }
    Value::object(merged)
}

fn divide(left: Value, right: Value) -> Outcome {
    match (&left, &right) {
        (Value::Number(a), Value::Number(b)) => {
            if b.double == 0.0 {
                return Err(cannot(&left, &right, "divided because the divisor is zero"));
            }
            Ok(Value::number(a.double / b.double))
        }
        (Value::String(_), Value::String(_)) => strings::split(&left, &right),
        _ => Err(cannot(&left, &right, "divided")),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the casts saturate, as jq's do"
)]
fn modulo(left: Value, right: Value) -> Outcome {
    let (Value::Number(a), Value::Number(b)) = (&left, &right) else {
        return Err(cannot(&left, &right, "divided (remainder)"));
    };
    if a.double.is_nan() || b.double.is_nan() {
        return Ok(Value::number(f64::NAN));
    }
    let divisor = (b.double as i64).unsigned_abs();
    if divisor == 0 {
        return Err(cannot(&left, &right, "divided (remainder) because the divisor is zero"));
    }
    let dividend = a.double as i64;
    let rest = (dividend.unsigned_abs() % divisor) as f64;
    Ok(Value::number(if dividend < 0 { 0.0 - rest } else { rest }))
}
