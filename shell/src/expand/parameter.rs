//! A parameter expansion with its operator.

use std::pin::Pin;

use bstr::BString;

use super::expansion::{Context, Expansion};
use super::parameter_name::Got;
use super::{Target, text};
use crate::exec::{Flight, Shell, Unwind};
use crate::state::is_name;
use crate::syntax::ast::{Parameter, ParameterName, ParameterOperator, Part, Subscript, Word};

/// An expansion that runs.
type Expanding<'a> = Pin<Box<dyn Future<Output = Result<(), Unwind>> + Send + 'a>>;

fn fly(
    mut shell: Shell,
    parameter: Parameter,
    how: Context,
    mut out: Expansion,
) -> Flight<(Result<(), Unwind>, Expansion)> {
    Box::pin(async move {
        let result = shell.expand_parameter(&parameter, how, &mut out).await;
        (shell, (result, out))
    })
}

/// What `:-`, `:=`, `:?`, `:+` found out about a value.
fn is_absent(got: &Got, null_too: bool, joiner: &[u8], how: Context) -> bool {
    match got {
        Got::One(None) => true,
        Got::One(Some(text)) => null_too && text.is_empty(),
        // Several elements are null when what joins them is.
        Got::Many { elements, star } => match elements.as_slice() {
            [] => true,
            [only] => null_too && only.is_empty(),
            many => {
                let joined = null_too && *star && (how.quoted || !how.fields);
                joined && joiner.is_empty() && many.iter().all(|element| element.is_empty())
            }
        },
    }
}

impl Shell {
    /// Expands `${…}` with everything that may stand in it.
    // Boxed here and not where it is called, so that the future is never on the stack below its own recursion.
    #[inline(never)]
    pub(crate) fn expand_parameter<'a>(
        &'a mut self,
        parameter: &'a Parameter,
        how: Context,
        out: &'a mut Expansion,
    ) -> Expanding<'a> {
        Box::pin(async move {
            if self.is_deep_for_expansion() {
                let (parameter, given) = (parameter.clone(), std::mem::take(out));
                let (result, expanded) = self.hop(|shell| fly(shell, parameter, how, given)).await;
                *out = expanded;
                return result;
            }
            self.expansions += 1;
            let result = self.expand_operated(parameter, how, out).await;
            self.expansions = self.expansions.saturating_sub(1);
            result
        })
    }

    async fn expand_operated(
        &mut self,
        parameter: &Parameter,
        how: Context,
        out: &mut Expansion,
    ) -> Result<(), Unwind> {
        match &parameter.operator {
            ParameterOperator::Bad { text, within } => {
                let mut message = within.as_ref().unwrap_or(text).clone();
                message.extend_from_slice(b": bad substitution");
                return Err(self.fail_expansion_bytes(&message).await);
            }
            ParameterOperator::Names { at } => {
                let ParameterName::Variable(prefix) = &parameter.name else { return Ok(()) };
                let names = self.state.variables.sorted();
                let fits = |name: &bstr::BStr| name.starts_with(prefix);
                let elements = names
                    .iter()
                    .filter(|(name, variable)| fits(name) && variable.is_set())
                    .map(|(name, _)| (*name).to_owned())
                    .collect();
                self.emit(Got::Many { elements, star: !at }, how, out);
                return Ok(());
            }
            ParameterOperator::Keys { at } => {
                let keys = self.keys(parameter).await?;
                self.emit(Got::Many { elements: keys, star: !at }, how, out);
                return Ok(());
            }
            _ => {}
        }
        if parameter.indirect {
            let Some(direct) = self.indirect(parameter).await? else { return Ok(()) };
            return self.expand_direct(&direct, how, out).await;
        }
        self.expand_direct(parameter, how, out).await
    }

    async fn keys(&mut self, parameter: &Parameter) -> Result<Vec<BString>, Unwind> {
        let ParameterName::Variable(name) = &parameter.name else { return Ok(Vec::new()) };
        let name = self.state.variables.follow(name).unwrap_or_else(|| name.clone());
        if let Some(crate::state::Value::Dynamic(_)) = self.state.variables.get(&name).map(|v| &v.value) {
            let count = self.state.all_elements(&name).len();
            return Ok((0..count).map(|index| index.to_string().into()).collect());
        }
        Ok(self.state.variables.get(&name).map(crate::state::Variable::keys).unwrap_or_default())
    }

    /// The expansion that `${!x…}` stands for: that of the variable named by the value of `x`.
    async fn indirect(&mut self, parameter: &Parameter) -> Result<Option<Parameter>, Unwind> {
        let direct = |name, subscript| Parameter {
            name,
            subscript,
            indirect: false,
            operator: parameter.operator.clone(),
            span: parameter.span,
        };
        if let ParameterName::Variable(name) = &parameter.name
            && parameter.subscript.is_none()
            && self.state.variables.is_nameref(name)
        {
            // `${!ref}` of a nameref is the name it refers to.
            let target = self.state.variables.text(name).map(ToOwned::to_owned).unwrap_or_default();
            let word = Word::of(Part::quoted(target), parameter.span);
            let holder = Parameter {
                operator: ParameterOperator::Alternative { null_too: false, word },
                ..direct(ParameterName::Special(b'#'), None)
            };
            return Ok(Some(holder));
        }
        let got = self.parameter_value(&parameter.name, parameter.subscript.as_ref()).await?;
        let value = match got {
            Got::One(Some(text)) => text,
            Got::Many { elements, .. } if !elements.is_empty() => bstr::join(" ", &elements).into(),
            Got::One(None) | Got::Many { .. } => {
                let mut message = parameter_text(&parameter.name, parameter.subscript.as_ref());
                message.extend_from_slice(b": invalid indirect expansion");
                return Err(self.fail_expansion_bytes(&message).await);
            }
        };
        if let Some(name) = name_of(&value) {
            return Ok(Some(direct(name, None)));
        }
        if let Some(Target { name, subscript: Some(subscript) }) = self.target(&value).await? {
            let subscript = match subscript.as_slice() {
                b"@" => Subscript::At,
                b"*" => Subscript::Star,
                _ => Subscript::Index(Box::new(Word::of(Part::literal(subscript), parameter.span))),
            };
            return Ok(Some(direct(ParameterName::Variable(name), Some(subscript))));
        }
        let mut message = value;
        message.extend_from_slice(b": invalid variable name");
        Err(self.fail_expansion_bytes(&message).await)
    }

    #[inline(never)]
    fn expand_direct<'a>(
        &'a mut self,
        parameter: &'a Parameter,
        how: Context,
        out: &'a mut Expansion,
    ) -> Expanding<'a> {
        Box::pin(self.expand_value(parameter, how, out))
    }

    async fn expand_value(
        &mut self,
        parameter: &Parameter,
        how: Context,
        out: &mut Expansion,
    ) -> Result<(), Unwind> {
        let subscript = parameter.subscript.as_ref();
        let got = self.parameter_value(&parameter.name, subscript).await?;
        match &parameter.operator {
            ParameterOperator::Default { null_too, word } => {
                if is_absent(&got, *null_too, &self.state.joiner(), how) {
                    return self.expand_alternative(word, how, out).await;
                }
                self.emit(got, how, out);
                Ok(())
            }
            ParameterOperator::Alternative { null_too, word } => {
                if is_absent(&got, *null_too, &self.state.joiner(), how) {
                    out.empty_list |= matches!(got, Got::Many { .. });
                    return Ok(());
                }
                self.expand_alternative(word, how, out).await
            }
            ParameterOperator::Assign { null_too, word } => {
                if !is_absent(&got, *null_too, &self.state.joiner(), how) {
                    self.emit(got, how, out);
                    return Ok(());
                }
                let text = self.assign_default(parameter, word).await?;
                self.emit(Got::One(Some(text)), how, out);
                Ok(())
            }
            ParameterOperator::Require { null_too, word } => {
                if !is_absent(&got, *null_too, &self.state.joiner(), how) {
                    self.emit(got, how, out);
                    return Ok(());
                }
                Err(self.fail_required(parameter, *null_too, word).await)
            }
            _ => {
                if self.state.nounset() && self.lacks_elements(parameter) {
                    let ParameterName::Variable(name) = &parameter.name else { return Ok(()) };
                    return Err(self.fail_expansion(&format!("{name}: unbound variable")).await);
                }
                if self.state.nounset() && is_unbound(&got) {
                    return Err(self.fail_unbound(parameter).await);
                }
                let got = self.apply(parameter, got).await?;
                self.emit(got, how, out);
                Ok(())
            }
        }
    }

    /// The word of `${x:-word}`: literal text in it splits as a result does.
    #[inline(never)]
    fn expand_alternative<'a>(
        &'a mut self,
        word: &'a Word,
        how: Context,
        out: &'a mut Expansion,
    ) -> Expanding<'a> {
        let how = Context { split_literals: how.fields && !how.quoted, ..how };
        Box::pin(self.expand_word(word, how, out))
    }

    async fn assign_default(&mut self, parameter: &Parameter, word: &Word) -> Result<BString, Unwind> {
        let text = Box::pin(self.expand_text(word)).await?;
        let ParameterName::Variable(name) = &parameter.name else {
            let mut message = BString::from("$");
            message.extend_from_slice(&parameter_text(&parameter.name, None));
            message.extend_from_slice(b": cannot assign in this way");
            return Err(self.fail_expansion_bytes(&message).await);
        };
        let subscript = match &parameter.subscript {
            Some(Subscript::Index(word)) => Some(self.expand_subscript(name, word).await?),
            Some(Subscript::At) => Some("@".into()),
            Some(Subscript::Star) => Some("*".into()),
            None => None,
        };
        let target = Target { name: name.clone(), subscript };
        if let Err(error) = self.state.assign(&target, text.clone(), false) {
            return Err(self.fail_expansion(&error.to_string()).await);
        }
        let shaped = self.state.lookup(&target.name, target.subscript.as_ref().map(|s| s.as_slice()));
        Ok(shaped.ok().flatten().unwrap_or(text))
    }

    async fn fail_required(&mut self, parameter: &Parameter, null_too: bool, word: &Word) -> Unwind {
        let text = match Box::pin(self.expand_text(word)).await {
            Ok(text) => text,
            Err(unwind) => return unwind,
        };
        let mut message = parameter_text(&parameter.name, parameter.subscript.as_ref());
        message.extend_from_slice(b": ");
        if !text.is_empty() {
            message.extend_from_slice(&text);
        } else if null_too {
            message.extend_from_slice(b"parameter null or not set");
        } else {
            message.extend_from_slice(b"parameter not set");
        }
        self.fail_fatally(&message).await
    }

    /// Is it the length of an array, or of an element of one, that was never assigned?
    fn lacks_elements(&self, parameter: &Parameter) -> bool {
        let ParameterName::Variable(name) = &parameter.name else { return false };
        matches!(parameter.operator, ParameterOperator::Length)
            && parameter.subscript.is_some()
            && self
                .state
                .variables
                .follow(name)
                .is_some_and(|name| self.state.variables.get(&name).is_none_or(|variable| !variable.is_set()))
    }

    async fn fail_unbound(&mut self, parameter: &Parameter) -> Unwind {
        let mut message = BString::default();
        let braced = parameter.span.end.saturating_sub(parameter.span.start) > 2;
        let one_letter = matches!(parameter.name, ParameterName::Positional(_) | ParameterName::Special(_));
        if one_letter && !braced {
            message.push(b'$');
        }
        message.extend_from_slice(&parameter_text(&parameter.name, parameter.subscript.as_ref()));
        message.extend_from_slice(b": unbound variable");
        self.fail_fatally(&message).await
    }

    /// Reports what ends a shell that is not interactive: 127 with `-c`, 1 from a file or with errexit.
    pub(crate) async fn fail_fatally(&mut self, message: &[u8]) -> Unwind {
        self.complain(message).await;
        if self.state.interactive {
            return self.refused();
        }
        let told_apart = self.state.command_string
            && self.state.subshell_depth == 0
            && !self.state.options.on(crate::state::SetOption::Errexit);
        Unwind::Exit(if told_apart { 127 } else { 1 })
    }
}

fn is_unbound(got: &Got) -> bool {
    matches!(got, Got::One(None))
}

/// `x`, `1`, `@`, `a[0]` as messages name a parameter.
pub(crate) fn parameter_text(name: &ParameterName, subscript: Option<&Subscript>) -> BString {
    let mut text: BString = match name {
        ParameterName::Variable(name) => name.clone(),
        ParameterName::Positional(number) => number.to_string().into(),
        ParameterName::Special(letter) => [*letter].as_slice().into(),
    };
    match subscript {
        None => {}
        Some(Subscript::At) => text.extend_from_slice(b"[@]"),
        Some(Subscript::Star) => text.extend_from_slice(b"[*]"),
        Some(Subscript::Index(word)) => {
            text.push(b'[');
            text.extend_from_slice(&crate::exec::word_source(word));
            text.push(b']');
        }
    }
    text
}

/// The parameter that a text names.
fn name_of(text: &[u8]) -> Option<ParameterName> {
    match text {
        _ if is_name(text) => Some(ParameterName::Variable(text.into())),
        [letter @ (b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')] => Some(ParameterName::Special(*letter)),
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            std::str::from_utf8(digits).ok()?.parse().ok().map(ParameterName::Positional)
        }
        _ => None,
    }
}

/// The length of a value, as `${#x}` counts it: in characters, or in bytes.
pub(crate) fn length(got: &Got, bytewise: bool) -> usize {
    match got {
        Got::One(value) => value.as_ref().map_or(0, |text| text::character_count(text, bytewise)),
        Got::Many { elements, .. } => elements.len(),
    }
}
