//! The value of what a parameter expansion names: variables, positional and special parameters, arrays.

use bstr::BString;

use super::expansion::{Context, Expansion};
use super::word::DEFAULT_IFS;
use crate::exec::{Shell, Unwind};
use crate::state::{Dynamic, FrameKind, SetOption, Value};
use crate::syntax::ast::{Parameter, ParameterName, ParameterOperator, Subscript};

/// What a parameter stands for.
#[derive(Clone, Debug)]
pub(crate) enum Got {
    /// One value, or none.
    One(Option<BString>),
    /// The elements of `$@`, `$*`, `${a[@]}`, `${a[*]}`.
    Many {
        /// In order.
        elements: Vec<BString>,
        /// `*`: joined by IFS in double quotes.
        star: bool,
    },
}

impl Shell {
    /// Expands `$x` without awaiting anything; says whether it could.
    pub(crate) fn expand_simple_parameter(
        &mut self,
        parameter: &Parameter,
        how: Context,
        out: &mut Expansion,
    ) -> bool {
        if !matches!(parameter.operator, ParameterOperator::Value)
            || parameter.subscript.is_some()
            || parameter.indirect
        {
            return false;
        }
        let split = how.fields && !how.quoted;
        match &parameter.name {
            ParameterName::Variable(name) => match self.state.variables.get(name) {
                Some(variable) if !variable.attributes.nameref => match variable.text() {
                    Some(text) => out.push(text, how.quoted, split),
                    None => return false,
                },
                _ => return false,
            },
            ParameterName::Positional(number) => match self.state.positional_value(*number) {
                Some(text) => out.push(text, how.quoted, split),
                None => return false,
            },
            ParameterName::Special(b'?') => {
                out.push(self.state.last_status.to_string().as_bytes(), how.quoted, split);
            }
            ParameterName::Special(b'#') => {
                out.push(self.state.positional.len().to_string().as_bytes(), how.quoted, split);
            }
            ParameterName::Special(_) => return false,
        }
        true
    }

    /// What a parameter names stands for, before its operator.
    pub(crate) async fn parameter_value(
        &mut self,
        name: &ParameterName,
        subscript: Option<&Subscript>,
    ) -> Result<Got, Unwind> {
        match name {
            ParameterName::Positional(number) => {
                Ok(Got::One(self.state.positional_value(*number).map(Into::into)))
            }
            ParameterName::Special(b'@') => {
                Ok(Got::Many { elements: self.state.positional.as_ref().clone(), star: false })
            }
            ParameterName::Special(b'*') => {
                Ok(Got::Many { elements: self.state.positional.as_ref().clone(), star: true })
            }
            ParameterName::Special(letter) => Ok(Got::One(self.state.special_value(*letter))),
            ParameterName::Variable(name) => self.variable_value(name, subscript).await,
        }
    }

    async fn variable_value(&mut self, name: &BString, subscript: Option<&Subscript>) -> Result<Got, Unwind> {
        let referred;
        let mut name = name;
        let mut element = None;
        if self.state.variables.is_nameref(name) {
            referred = match self.state.referred(name) {
                Ok(target) => target,
                Err(super::AssignError::Circular(name)) => {
                    self.complain(&format!("warning: {name}: circular name reference")).await;
                    return Ok(Got::One(None));
                }
                Err(_) => return Ok(Got::One(None)),
            };
            if referred.subscript.is_some() && subscript.is_some() {
                // An element has no elements.
                let star = matches!(subscript, Some(Subscript::Star));
                return Ok(match subscript {
                    Some(Subscript::At | Subscript::Star) => Got::Many { elements: Vec::new(), star },
                    _ => Got::One(None),
                });
            }
            name = &referred.name;
            element = match referred.subscript {
                Some(subscript) => Some(Box::pin(self.expand_raw_subscript(name, subscript)).await?),
                None => None,
            };
        }
        if let Some(Value::Dynamic(dynamic)) = self.state.variables.get(name).map(|variable| &variable.value)
            && matches!(dynamic, Dynamic::Seconds | Dynamic::EpochSeconds | Dynamic::EpochRealtime)
        {
            self.refresh_clock().await;
        }
        let subscript_text = match subscript {
            Some(Subscript::At) => {
                return Ok(Got::Many { elements: self.state.all_elements(name), star: false });
            }
            Some(Subscript::Star) => {
                return Ok(Got::Many { elements: self.state.all_elements(name), star: true });
            }
            Some(Subscript::Index(word)) => Some(self.expand_subscript(name, word).await?),
            None => match element.as_ref().map(|text| text.as_slice()) {
                Some(b"@") => return Ok(Got::Many { elements: self.state.all_elements(name), star: false }),
                Some(b"*") => return Ok(Got::Many { elements: self.state.all_elements(name), star: true }),
                _ => element,
            },
        };
        match self.state.lookup(name, subscript_text.as_ref().map(|text| text.as_slice())) {
            Ok(found) => Ok(Got::One(found)),
            Err(super::AssignError::BadSubscript(what)) => {
                let array = what.split(|byte| *byte == b'[').next().unwrap_or_default();
                let mut message = BString::from(array);
                message.extend_from_slice(b": bad array subscript");
                self.complain(&message).await;
                Ok(Got::One(None))
            }
            Err(error @ super::AssignError::Arithmetic(super::ArithmeticError::Unbound(_))) => {
                Err(self.fail_fatally(error.to_string().as_bytes()).await)
            }
            Err(error) => Err(self.fail_assignment(error).await),
        }
    }

    /// Puts a value into an expansion.
    pub(crate) fn emit(&mut self, got: Got, how: Context, out: &mut Expansion) {
        let split = how.fields && !how.quoted;
        match got {
            Got::One(None) => {}
            Got::One(Some(text)) => out.push_owned(text, how.quoted, split),
            Got::Many { elements, star } if how.fields && !(star && how.quoted) => {
                out.empty_list |= elements.is_empty();
                let joiner = self.state.joiner();
                // Unquoted elements are joined by IFS and split again, which shows when an empty one is between
                // others and the delimiter is no blank.
                let rejoined = split && !matches!(joiner.as_slice(), [] | [b' ' | b'\t' | b'\n']);
                for (at, element) in elements.iter().enumerate() {
                    if at > 0 && rejoined {
                        out.push(&joiner, false, true);
                    } else if at > 0 {
                        out.boundary();
                    }
                    out.push(element, how.quoted, split);
                }
            }
            Got::Many { elements, star } => {
                let separator = if star { self.state.joiner() } else { BString::from(" ") };
                if elements.is_empty() {
                    // `"$*"` is a field even without parameters; `x=$@` is just empty.
                    out.push(b"", how.quoted, false);
                    return;
                }
                out.push(&bstr::join(&separator, &elements), how.quoted, split);
            }
        }
    }
}

impl crate::state::State {
    /// `$0`, `$1`, …
    pub(crate) fn positional_value(&self, number: u32) -> Option<&[u8]> {
        match usize::try_from(number).ok()?.checked_sub(1) {
            None => Some(&self.name),
            Some(index) => self.positional.get(index).map(|text| text.as_slice()),
        }
    }

    /// `$?`, `$#`, `$-`, `$$`, `$!`
    pub(crate) fn special_value(&self, letter: u8) -> Option<BString> {
        match letter {
            b'?' => Some(self.last_status.to_string().into()),
            b'#' => Some(self.positional.len().to_string().into()),
            b'$' => Some(self.shell_pid.0.to_string().into()),
            b'!' => self.last_background.map(|pid| pid.0.to_string().into()),
            b'-' => Some(self.dash().into()),
            b'@' | b'*' => {
                (!self.positional.is_empty()).then(|| bstr::join(" ", self.positional.iter()).into())
            }
            _ => None,
        }
    }

    fn dash(&self) -> String {
        let mut letters = self.options.letters();
        if self.interactive {
            let lower = letters.chars().take_while(char::is_ascii_lowercase).filter(|c| *c < 'i').count();
            letters.insert(lower.min(letters.len()), 'i');
        }
        if self.command_string {
            letters.push('c');
        } else if self.reads_stdin {
            letters.push('s');
        }
        letters
    }

    /// Every element of a variable, computed ones too.
    pub(crate) fn all_elements(&mut self, name: &[u8]) -> Vec<BString> {
        match self.variables.get(name).map(|variable| &variable.value) {
            Some(Value::Dynamic(dynamic)) => {
                let dynamic = *dynamic;
                self.compute_elements(dynamic)
            }
            _ => self.variables.get(name).map(crate::state::Variable::elements).unwrap_or_default(),
        }
    }

    /// What splits fields.
    pub(crate) fn ifs(&self) -> &[u8] {
        self.variables.text(b"IFS").map_or(DEFAULT_IFS, |ifs| ifs)
    }

    /// Is each byte a character? In the locale C, if a variable names it; without a word of it texts are UTF-8.
    pub(crate) fn counts_bytes(&self) -> bool {
        let named = |name: &[u8]| self.variables.text(name).filter(|text| !text.is_empty());
        let locale = named(b"LC_ALL").or_else(|| named(b"LC_CTYPE")).or_else(|| named(b"LANG"));
        locale.is_some_and(|name| name == "C" || name == "POSIX")
    }

    /// What `"$*"` puts between elements: the first character of IFS.
    pub(crate) fn joiner(&self) -> BString {
        let ifs = self.variables.text(b"IFS").map_or(DEFAULT_IFS, |ifs| ifs);
        let ifs = if self.variables.get(b"IFS").is_none() { b" ".as_slice() } else { ifs };
        super::text::characters(ifs).next().unwrap_or_default().into()
    }

    /// Must an unset parameter be complained of?
    pub(crate) fn nounset(&self) -> bool {
        self.options.on(SetOption::Nounset)
    }

    /// The name messages begin with: the file whose code runs, else `$0`.
    pub(crate) fn message_name(&self) -> BString {
        if self.interactive {
            return self.name.clone();
        }
        match self.frames.last() {
            Some(frame) if frame.kind == FrameKind::Source || !frame.source.is_empty() => {
                frame.source.as_ref().clone()
            }
            _ => self.name.clone(),
        }
    }
}
