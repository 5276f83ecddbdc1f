//! The operators `${x@Q}` and kin, and how variables are written down so that they can be read again.

use bstr::BString;

use super::operators::change_letter;
use super::parameter::parameter_text;
use super::parameter_name::Got;
use super::quote::{declare_value, decode_ansi_c, transform_q};
use super::text;
use crate::exec::{Shell, Unwind};
use crate::state::{Attributes, Value, Variable};
use crate::syntax::ast::{Case, Parameter, ParameterName, Subscript};

/// A text in the case that `declare -l`, `-u` and `-c` ask for.
pub(crate) fn with_case(text: &[u8], attributes: Attributes) -> BString {
    let case = if attributes.lower { Case::Lower } else { Case::Upper };
    let mut out = BString::default();
    for (at, character) in text::characters(text).enumerate() {
        match std::str::from_utf8(character).ok().and_then(|text| text.chars().next()) {
            None => out.extend_from_slice(character),
            Some(letter) => {
                let case = if attributes.capital && at > 0 { Case::Lower } else { case };
                out.extend_from_slice(change_letter(letter, case).encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    out
}

/// `([0]="a" [1]="b")`, as `declare -p` writes an array.
pub(crate) fn array_text(variable: &Variable) -> BString {
    let mut out = BString::from("(");
    let associative = matches!(variable.value, Value::Associative(_));
    for (at, (key, value)) in variable.keys().iter().zip(variable.elements()).enumerate() {
        if at > 0 && !associative {
            out.push(b' ');
        }
        out.push(b'[');
        if associative {
            out.extend_from_slice(&key_text(key));
        } else {
            out.extend_from_slice(key);
        }
        out.extend_from_slice(b"]=");
        out.extend_from_slice(&declare_value(&value));
        if associative {
            out.push(b' ');
        }
    }
    out.push(b')');
    out
}

/// A key as it stands between brackets: quoted when it is no plain word.
fn key_text(key: &[u8]) -> BString {
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'%' | b'+' | b'=' | b',' | b'@')
            || !byte.is_ascii()
    };
    if !key.is_empty() && key.iter().all(plain) && key != b"@" { key.into() } else { declare_value(key) }
}

impl Shell {
    /// `${x@Q}` and its kin.
    pub(crate) async fn transform(
        &mut self,
        parameter: &Parameter,
        got: Got,
        letter: u8,
    ) -> Result<Got, Unwind> {
        let change: fn(&[u8]) -> BString = match letter {
            b'Q' => transform_q,
            b'E' => decode_ansi_c,
            b'U' => |text| with_case(text, Attributes { upper: true, ..Attributes::default() }),
            b'L' => |text| with_case(text, Attributes { lower: true, ..Attributes::default() }),
            b'u' => |text| {
                let length = text::first_length(text);
                let (first, rest) = text.split_at(length.min(text.len()));
                let mut out = with_case(first, Attributes { upper: true, ..Attributes::default() });
                out.extend_from_slice(rest);
                out
            },
            b'P' => return self.transform_prompt(got).await,
            b'a' => return Ok(self.transform_attributes(parameter, got)),
            b'A' => return Ok(self.transform_assignment(parameter, got)),
            b'K' | b'k' => return Ok(self.transform_pairs(parameter, got, letter == b'k')),
            // What is not set is not transformed, so that nobody minds the letter.
            _ if matches!(&got, Got::One(None)) => return Ok(got),
            _ if matches!(&got, Got::Many { elements, .. } if elements.is_empty()) => return Ok(got),
            _ => {
                let mut message = BString::from("${");
                message.extend_from_slice(&parameter_text(&parameter.name, parameter.subscript.as_ref()));
                message.extend_from_slice(&[b'@', letter]);
                message.extend_from_slice(b"}: bad substitution");
                return Err(self.fail_fatally(&message).await);
            }
        };
        Ok(match got {
            Got::One(value) => Got::One(value.map(|text| change(&text))),
            Got::Many { elements, star } => {
                Got::Many { elements: elements.iter().map(|element| change(element)).collect(), star }
            }
        })
    }

    async fn transform_prompt(&mut self, got: Got) -> Result<Got, Unwind> {
        match got {
            Got::One(Some(text)) => Ok(Got::One(Some(Box::pin(self.expand_prompt(&text)).await))),
            Got::One(None) => Ok(got),
            Got::Many { elements, star } => {
                let mut expanded = Vec::with_capacity(elements.len());
                for element in &elements {
                    expanded.push(Box::pin(self.expand_prompt(element)).await);
                }
                Ok(Got::Many { elements: expanded, star })
            }
        }
    }

    fn named<'a>(&'a self, parameter: &Parameter) -> Option<(BString, &'a Variable)> {
        let ParameterName::Variable(name) = &parameter.name else { return None };
        let name = self.state.variables.follow(name)?;
        let variable = self.state.variables.get(&name)?;
        Some((name, variable))
    }

    fn transform_attributes(&self, parameter: &Parameter, got: Got) -> Got {
        let letters = match self.named(parameter) {
            Some((_, variable)) => BString::from(variable.attribute_letters()),
            // Parameters have no attributes, every one of them.
            None if matches!(got, Got::Many { .. }) => BString::default(),
            None => return Got::One(None),
        };
        match got {
            Got::Many { elements, star } => Got::Many { elements: vec![letters; elements.len()], star },
            Got::One(_) => Got::One(Some(letters)),
        }
    }

    fn transform_assignment(&self, parameter: &Parameter, got: Got) -> Got {
        let Some((name, variable)) = self.named(parameter) else {
            return match (got, &parameter.name) {
                (Got::Many { elements, star }, ParameterName::Special(_)) if !elements.is_empty() => {
                    let mut quoted: Vec<BString> = elements.iter().map(|text| transform_q(text)).collect();
                    // `"$*"` puts the IFS between the parameters only.
                    if star && let Some(first) = quoted.first_mut() {
                        *first = bstr::concat([b"set -- ".as_slice(), first.as_slice()]).into();
                    } else {
                        quoted.splice(0..0, ["set", "--"].map(BString::from));
                    }
                    Got::Many { elements: quoted, star }
                }
                (other, _) => other,
            };
        };
        let whole =
            matches!(parameter.subscript, Some(Subscript::At | Subscript::Star)) && variable.is_array();
        let letters = variable.attribute_letters();
        let mut out = BString::default();
        if !letters.is_empty() {
            out.extend_from_slice(format!("declare -{letters} ").as_bytes());
        }
        out.extend_from_slice(&name);
        if whole {
            if !variable.is_set() {
                return Got::One(Some(out));
            }
            out.push(b'=');
            out.extend_from_slice(&array_text(variable));
            return Got::One(Some(out));
        }
        match got {
            Got::One(Some(text)) => {
                out.push(b'=');
                out.extend_from_slice(&transform_q(&text));
            }
            Got::One(None) if letters.is_empty() => return Got::One(None),
            Got::One(None) | Got::Many { .. } => {}
        }
        Got::One(Some(out))
    }

    fn transform_pairs(&self, parameter: &Parameter, got: Got, separate: bool) -> Got {
        let Got::Many { star, elements } = got else {
            return match got {
                Got::One(value) => Got::One(value.map(|text| transform_q(&text))),
                many @ Got::Many { .. } => many,
            };
        };
        let Some((_, variable)) = self.named(parameter) else {
            return Got::Many { elements: elements.iter().map(|text| transform_q(text)).collect(), star };
        };
        let mut fields = Vec::new();
        for (key, value) in variable.keys().iter().zip(variable.elements()) {
            if separate {
                fields.push(key.clone());
                fields.push(value);
            } else {
                let associative = matches!(variable.value, Value::Associative(_));
                fields.push(if associative { key_text(key) } else { key.clone() });
                fields.push(declare_value(&value));
            }
        }
        if separate {
            return Got::Many { elements: fields, star };
        }
        let mut joined = BString::from(bstr::join(" ", &fields));
        if matches!(variable.value, Value::Associative(_)) && !fields.is_empty() {
            joined.push(b' ');
        }
        Got::One(Some(joined))
    }
}
