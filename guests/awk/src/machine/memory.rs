//! Variables, elements and fields: reading them, assigning to them, and what follows from that.

use std::rc::Rc;

use super::{Machine, Outcome, Trouble, field_number, holds, holds_for_numbers, is_plain};
use crate::ast::{Arithmetic, Relation};
use crate::code::{Slot, Target};
use crate::number;
use crate::reader::Separator;
use crate::record::Joining;
use crate::splitter::Splitter;
use crate::table::{KeyRef, Table};
use crate::value::{self, Array, NumberFormat, Value, compare_texts};
use crate::variables as known;

#[inline]
pub fn arithmetic(operator: Arithmetic, left: f64, right: f64) -> Result<f64, String> {
    Ok(match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide if right == 0.0 => return Err("division by zero attempted".to_owned()),
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo if right == 0.0 => return Err("division by zero attempted in `%'".to_owned()),
        Arithmetic::Modulo => remainder(left, right),
        Arithmetic::Power => power(left, right),
    })
}

/// The remainder of integers is one of the processor's; that of fractions a long calculation.
#[inline]
fn remainder(left: f64, right: f64) -> f64 {
    let (whole, divisor) = (left as i64, right as i64);
    let are_small = whole.unsigned_abs() < 1 << 53 && divisor.unsigned_abs() < 1 << 53;
    if are_small && divisor != 0 && whole as f64 == left && divisor as f64 == right && whole > 0 {
        return (whole % divisor) as f64;
    }
    left % right
}

/// Powers with a small whole exponent are products, which are exact as long as they fit.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.trunc() == exponent && exponent.abs() <= 1024.0 {
        let (mut result, mut square, mut left) = (1.0, base, exponent.abs() as u32);
        while left > 0 {
            if left & 1 == 1 {
                result *= square;
            }
            square *= square;
            left >>= 1;
        }
        return if exponent < 0.0 { 1.0 / result } else { result };
    }
    libm::pow(base, exponent)
}

/// The key that a value is.
#[inline]
fn key<'a>(value: &'a Value, format: &NumberFormat, scratch: &'a mut Vec<u8>) -> KeyRef<'a> {
    if let Value::Number(number) = value
        && let Some(integer) = number::as_integer(*number)
        && integer.unsigned_abs() < 100_000_000_000_000_000
    {
        return KeyRef::Integer(integer);
    }
    KeyRef::of(value.bytes(format, scratch))
}

impl Machine {
    pub(super) fn kept(&mut self, number: u32) -> Value {
        match number {
            known::NF => Value::Number(self.record.count() as f64),
            known::NR => Value::Number(self.nr),
            known::FNR => Value::Number(self.fnr),
            _ => Value::text(&self.rt),
        }
    }

    /// A variable as it is.
    #[inline]
    pub(super) fn variable(&self, slot: Slot) -> &Value {
        match slot {
            Slot::Global(number) => &self.globals[number as usize],
            Slot::Local(number) => &self.stack[self.base + number as usize],
            Slot::Stack => &Value::Unset,
        }
    }

    fn variable_mut(&mut self, slot: Slot) -> Option<&mut Value> {
        match slot {
            Slot::Global(number) => self.globals.get_mut(number as usize),
            Slot::Local(number) => self.stack.get_mut(self.base + number as usize),
            Slot::Stack => None,
        }
    }

    fn shown(&self, slot: Slot) -> (String, bool) {
        match slot {
            Slot::Global(number) => (self.code.globals[number as usize].to_string(), false),
            Slot::Local(number) => {
                let function = self.frames.last().map_or(0, |frame| frame.function);
                let params = &self.code.procedures[function as usize].params;
                (params.get(number as usize).map_or_else(String::new, |name| name.to_string()), true)
            }
            Slot::Stack => (String::new(), false),
        }
    }

    /// What is wrong with an array where a scalar should be.
    pub(super) fn not_scalar(&self, slot: Slot) -> Trouble {
        Trouble::Fatal(format!("attempt to use array `{}' in a scalar context", self.shown(slot).0))
    }

    fn not_array(&self, slot: Slot) -> Trouble {
        let (name, is_parameter) = self.shown(slot);
        let parameter = if is_parameter { "parameter " } else { "" };
        Trouble::Fatal(format!("attempt to use scalar {parameter}`{name}' as an array"))
    }

    /// The array that a variable is, or becomes; or the one on the stack.
    pub(super) fn array(&mut self, slot: Slot) -> Outcome<Array> {
        if matches!(slot, Slot::Stack) {
            return match self.pop() {
                Value::Array(array) => Ok(array),
                _ => Err(Trouble::Fatal("attempt to use a scalar value as array".to_owned())),
            };
        }
        match self.variable(slot) {
            Value::Array(array) => return Ok(array.clone()),
            Value::Unset => {}
            _ => return Err(self.not_array(slot)),
        }
        let array = Array::default();
        if let Some(variable) = self.variable_mut(slot) {
            *variable = Value::Array(array.clone());
        }
        Ok(array)
    }

    /// [array] key; pushes the array in that element.
    pub(super) fn sub_array(&mut self, slot: Slot) -> Outcome<()> {
        let name = self.pop();
        let array = self.array(slot)?;
        let mut scratch = Vec::new();
        let key = key(&name, &self.convfmt, &mut scratch);
        let mut table = array.borrow_mut();
        let element = table.entry(key);
        match element {
            Value::Array(_) => {}
            Value::Unset => *element = Value::new_array(),
            _ => {
                let shown = String::from_utf8_lossy(name.bytes(&self.convfmt, &mut Vec::new())).into_owned();
                let (array, _) = self.shown(slot);
                return Err(Trouble::Fatal(format!(
                    "attempt to use scalar `{array}[\"{shown}\"]' as an array"
                )));
            }
        }
        self.stack.push(element.clone());
        Ok(())
    }

    /// Calls a function with the table of a variable, and a key from the stack.
    #[inline]
    fn with_table<T>(&mut self, slot: Slot, use_it: impl FnOnce(&mut Table, KeyRef<'_>) -> T) -> Outcome<T> {
        let name = self.stack.pop().unwrap_or_default();
        let array = match slot {
            Slot::Global(number) => match &self.globals[number as usize] {
                Value::Array(array) => {
                    let key = key(&name, &self.convfmt, &mut self.scratch);
                    return Ok(use_it(&mut array.borrow_mut(), key));
                }
                _ => self.array(slot)?,
            },
            Slot::Local(_) | Slot::Stack => self.array(slot)?,
        };
        let key = key(&name, &self.convfmt, &mut self.scratch);
        let mut table = array.borrow_mut();
        Ok(use_it(&mut table, key))
    }

    pub(super) fn element(&mut self, slot: Slot, may_be_array: bool) -> Outcome<()> {
        let value = self.with_table(slot, |table, key| match table.get(key) {
            Some(value) => value.clone(),
            None => table.entry(key).clone(),
        })?;
        if value.is_array() && !may_be_array {
            let (name, _) = self.shown(slot);
            return Err(Trouble::Fatal(format!("attempt to use array `{name}[...]' in a scalar context")));
        }
        self.push(value);
        Ok(())
    }

    pub(super) fn contains(&mut self, slot: Slot) -> Outcome<()> {
        let truth = self.with_table(slot, |table, key| table.contains(key))?;
        self.push(Value::bool(truth));
        Ok(())
    }

    pub(super) fn delete(&mut self, slot: Slot) -> Outcome<()> {
        self.with_table(slot, |table, key| table.remove(key))
    }

    pub(super) fn set_element(&mut self, slot: Slot, value: Value) -> Outcome<()> {
        let is_array = self.with_table(slot, |table, key| {
            let element = table.entry(key);
            let is_array = element.is_array();
            if !is_array {
                *element = value;
            }
            is_array
        })?;
        if is_array {
            let (name, _) = self.shown(slot);
            return Err(Trouble::Fatal(format!("attempt to use array `{name}[...]' in a scalar context")));
        }
        Ok(())
    }

    pub(super) fn step_element_of_field(&mut self, array: u16, field: u16, delta: f64) -> Outcome<()> {
        let slot = Slot::Global(u32::from(array));
        let array = self.array(slot)?;
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        let step = |key: KeyRef<'_>| {
            let mut table = array.borrow_mut();
            match table.entry(key) {
                Value::Number(value) => *value += delta,
                Value::Array(_) => return false,
                other => *other = Value::Number(other.number() + delta),
            }
            true
        };
        let stepped = self.record.with(
            usize::from(field),
            &joining,
            |text| step(KeyRef::of(text)),
            |value| step(key(value, joining.format, &mut Vec::new())),
        );
        if stepped { Ok(()) } else { Err(self.not_scalar(slot)) }
    }

    pub(super) fn join_keys(&mut self, count: usize) {
        let start = self.stack.len() - count;
        let mut text = Vec::new();
        for (index, value) in self.stack[start..].iter().enumerate() {
            if index > 0 {
                text.extend_from_slice(&self.subsep);
            }
            value.append_to(&mut text, &self.convfmt);
        }
        self.stack.truncate(start);
        self.push(Value::text(&text));
    }

    #[inline]
    pub(super) fn field(&mut self, number: usize) -> Value {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        self.record.with(number, &joining, Value::input, Value::clone)
    }

    #[inline]
    pub(super) fn field_number(&mut self, number: usize) -> f64 {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        self.record.with(number, &joining, number::prefix, Value::number)
    }

    pub(super) fn field_text(&mut self, number: usize) -> Value {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        self.record.with(number, &joining, Value::text, Value::clone)
    }

    pub(super) fn field_compare(&mut self, relation: Relation, field: usize, constant: &Value) -> bool {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        let collation = self.collation;
        let by_text = |text: &[u8]| match constant {
            Value::Number(wanted) => match number::looks_numeric(text) {
                Some(number) => holds_for_numbers(relation, number, *wanted),
                None => {
                    let mut scratch = Vec::new();
                    let wanted = constant.bytes(joining.format, &mut scratch);
                    holds(relation, Some(compare_texts(text, wanted, collation)))
                }
            },
            _ => holds(relation, Some(compare_texts(text, constant.plain_bytes(), collation))),
        };
        let by_value =
            |value: &Value| holds(relation, value::compare(value, constant, joining.format, collation));
        self.record.with(field, &joining, by_text, by_value)
    }

    pub(super) fn set_field(&mut self, number: f64, value: Value) -> Outcome<()> {
        let number = field_number(number)?;
        if number == 0 {
            let mut scratch = Vec::new();
            self.record.set(value.bytes(&self.convfmt, &mut scratch));
            return Ok(());
        }
        Ok(self.record.set_field(number, value)?)
    }

    #[inline]
    pub(super) fn set_popped(&mut self, slot: Slot, keep: bool) -> Outcome<()> {
        let value = self.pop();
        if keep {
            self.push(value.clone());
            // A local variable may be what was pushed last: the stack is looked at by index, from its base.
        }
        self.set_variable(slot, value)
    }

    #[inline]
    pub(super) fn set_variable(&mut self, slot: Slot, value: Value) -> Outcome<()> {
        if !is_plain(slot) {
            return self.set_special(slot, value);
        }
        match self.variable_mut(slot) {
            Some(Value::Array(_)) => Err(self.not_scalar(slot)),
            Some(variable) => {
                *variable = value;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Assigns to a global variable by its number.
    pub(super) fn set_global(&mut self, number: u32, value: Value) -> Outcome<()> {
        self.set_variable(Slot::Global(number), value)
    }

    pub(super) fn add_to_global(&mut self, number: u32, right: f64) -> Outcome<()> {
        match &mut self.globals[number as usize] {
            Value::Number(value) => *value += right,
            Value::Array(_) => return Err(self.not_scalar(Slot::Global(number))),
            other => *other = Value::Number(other.number() + right),
        }
        Ok(())
    }

    pub(super) fn append(&mut self, slot: Slot, count: usize) -> Outcome<()> {
        let start = self.stack.len() - count;
        let values = self.stack.split_off(start);
        let mut buffer = match self.variable_mut(slot).map(std::mem::take) {
            Some(Value::Array(array)) => {
                if let Some(variable) = self.variable_mut(slot) {
                    *variable = Value::Array(array);
                }
                return Err(self.not_scalar(slot));
            }
            Some(Value::Buffer(buffer)) => buffer,
            Some(other) => {
                let mut text = Vec::new();
                other.append_to(&mut text, &self.convfmt);
                Rc::new(text)
            }
            None => return Ok(()),
        };
        self.characters.forget(&buffer);
        let text = Rc::make_mut(&mut buffer);
        for value in &values {
            value.append_to(text, &self.convfmt);
        }
        if let Some(variable) = self.variable_mut(slot) {
            *variable = Value::Buffer(buffer);
        }
        Ok(())
    }

    pub(super) fn concatenate(&mut self, count: usize) {
        let start = self.stack.len() - count;
        self.scratch.clear();
        for value in &self.stack[start..] {
            value.append_to(&mut self.scratch, &self.convfmt);
        }
        self.stack.truncate(start);
        let text = Value::text(&self.scratch);
        self.push(text);
    }

    /// The number in a target, whose key stays on the stack.
    fn target_number(&mut self, target: Target) -> Outcome<f64> {
        match target {
            Target::Variable(Slot::Global(number)) if number < known::KEPT_END => {
                Ok(self.kept(number).number())
            }
            Target::Variable(slot) => match self.variable(slot) {
                Value::Array(_) => Err(self.not_scalar(slot)),
                value => Ok(value.number()),
            },
            Target::Field => {
                let number = field_number(self.stack.last().map_or(0.0, Value::number))?;
                Ok(self.field_number(number))
            }
            Target::Element(_) => Ok(0.0),
        }
    }

    /// Assigns a number to a target whose key is on the stack.
    fn set_target(&mut self, target: Target, value: Value) -> Outcome<()> {
        match target {
            Target::Variable(slot) => self.set_variable(slot, value),
            Target::Element(slot) => self.set_element(slot, value),
            Target::Field => {
                let number = self.pop_number();
                self.set_field(number, value)
            }
        }
    }

    pub(super) fn augment(&mut self, operator: Arithmetic, target: Target, right: f64) -> Outcome<f64> {
        let apply =
            |left: f64| arithmetic(operator, left, right).map_err(|what| in_assignment(operator, &what));
        match target {
            Target::Element(slot) => Ok(self.update_element(slot, apply)?.1),
            Target::Variable(_) | Target::Field => {
                let value = apply(self.target_number(target)?)?;
                self.set_target(target, Value::Number(value))?;
                Ok(value)
            }
        }
    }

    /// Changes the number in an element; answers the old one and the new one.
    fn update_element(
        &mut self,
        slot: Slot,
        change: impl FnOnce(f64) -> Result<f64, String>,
    ) -> Outcome<(f64, f64)> {
        let changed = self.with_table(slot, |table, key| {
            let element = table.entry(key);
            if element.is_array() {
                return Ok(None);
            }
            let old = element.number();
            let new = change(old)?;
            *element = Value::Number(new);
            Ok(Some((old, new)))
        })?;
        match changed {
            Ok(Some(numbers)) => Ok(numbers),
            Ok(None) => Err(self.not_scalar(slot)),
            Err(what) => Err(Trouble::Fatal(what)),
        }
    }

    pub(super) fn step(&mut self, target: Target, delta: f64, old: bool, keep: bool) -> Outcome<()> {
        let (before, after) = match target {
            Target::Element(slot) => self.update_element(slot, |number| Ok(number + delta))?,
            Target::Variable(_) | Target::Field => {
                let before = self.target_number(target)?;
                self.set_target(target, Value::Number(before + delta))?;
                (before, before + delta)
            }
        };
        if keep {
            self.push(Value::Number(if old { before } else { after }));
        }
        Ok(())
    }

    /// Puts what `getline` has read into its target, if its status, which stays on the stack, says that it has.
    pub(super) fn store_line(&mut self, target: Target) -> Outcome<()> {
        let status = self.pop_number();
        let is_record = matches!(target, Target::Variable(Slot::Stack));
        if status > 0.0 {
            if is_record {
                std::mem::swap(self.record.begin(), &mut self.line);
            } else {
                let value = Value::input(&self.line);
                self.set_target(target, value)?;
            }
        } else if super::needs_key(target) {
            self.pop();
            if matches!(target, Target::Element(Slot::Stack)) {
                self.pop();
            }
        }
        self.push(Value::Number(status));
        Ok(())
    }

    /// Assigns to a variable that changes how the machine works.
    fn set_special(&mut self, slot: Slot, value: Value) -> Outcome<()> {
        let Slot::Global(number) = slot else { return Ok(()) };
        let text = value.to_text(&self.convfmt);
        match number {
            known::NF => {
                let count = value.number();
                if count < 0.0 {
                    return Err(Trouble::Fatal("NF set to negative value".to_owned()));
                }
                return Ok(self.record.set_count(count as usize)?);
            }
            known::NR => self.nr = value.number().trunc(),
            known::FNR => self.fnr = value.number().trunc(),
            known::RT => self.rt = text.to_vec(),
            known::OFS => {
                let joining = Joining { separator: &self.ofs, format: &self.convfmt };
                self.record.settle(&joining);
                self.ofs = text;
            }
            known::ORS => self.ors = text,
            known::SUBSEP => self.subsep = text,
            known::CONVFMT => self.convfmt = NumberFormat::new(&text),
            known::OFMT => self.ofmt = NumberFormat::new(&text),
            known::IGNORECASE => {
                let ignore_case = value.truth();
                self.collation.ignore_case = ignore_case;
                self.patterns.set_ignore_case(ignore_case);
                self.compile_patterns()?;
            }
            _ => {}
        }
        self.globals[number as usize] = value;
        match number {
            known::FS | known::FIELDWIDTHS | known::FPAT => {
                self.split_by = number;
                self.update_splitter()?;
            }
            known::RS | known::IGNORECASE => {
                self.update_separator()?;
                self.update_splitter()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Compiles the patterns of the program anew.
    pub(super) fn compile_patterns(&mut self) -> Outcome<()> {
        let code = self.code.clone();
        self.compiled.clear();
        for source in &code.patterns {
            let pattern = self.patterns.get(source).map_err(|what| invalid(&what, source))?;
            self.compiled.push(pattern);
        }
        Ok(())
    }

    fn special_text(&self, number: u32) -> Rc<[u8]> {
        self.globals[number as usize].to_text(&self.convfmt)
    }

    fn update_separator(&mut self) -> Outcome<()> {
        let text = self.special_text(known::RS);
        self.separator = match &*text {
            b"" => Separator::Paragraphs,
            [byte] => Separator::Byte(*byte),
            source => {
                let pattern = self.patterns.get(source).map_err(|what| invalid(&what, source))?;
                Separator::Pattern(pattern)
            }
        };
        Ok(())
    }

    pub(super) fn update_splitter(&mut self) -> Outcome<()> {
        let text = self.special_text(self.split_by);
        let splitter = match self.split_by {
            known::FIELDWIDTHS => Splitter::widths(&text)?,
            known::FPAT => Splitter::Matches(self.patterns.get(&text).map_err(|what| invalid(&what, &text))?),
            _ => {
                let paragraph = matches!(self.separator, Separator::Paragraphs);
                Splitter::of(&text, paragraph, &mut self.patterns).map_err(|what| invalid(&what, &text))?
            }
        };
        self.record.set_splitter(splitter);
        Ok(())
    }
}

/// What is wrong with a regular expression.
pub fn invalid(what: &str, source: &[u8]) -> String {
    format!("invalid regexp: {what}: /{}/", String::from_utf8_lossy(source))
}

/// A division by zero in an assignment is told with its operator.
fn in_assignment(operator: Arithmetic, what: &str) -> String {
    match operator {
        Arithmetic::Divide => format!("{what} in `/='"),
        Arithmetic::Modulo => "division by zero attempted in `%='".to_owned(),
        _ => what.to_owned(),
    }
}
