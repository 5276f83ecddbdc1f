//! `${…}` with all its operators.

use bstr::BString;

use super::arithmetic::ArithmeticEnd;
use super::ast::{Case, Parameter, ParameterName, ParameterOperator, Part, Replace, Span, Subscript, Word};
use super::dollar::Inside;
use super::error::OpenKind;
use super::quote::QuotedEnd;
use super::reader::{Parse, Reader};
use super::reserved::{is_name_byte, is_name_start};
use super::source::Place;
use super::word::{End, Parts, Rule, Tilde};

/// The inside of `${…}`, up to the brace; absent when bash refuses it at run time.
type Braced = Option<Box<Parameter>>;

/// In a box at once: these frames nest, and must be small.
fn braced(
    name: ParameterName,
    subscript: Option<Subscript>,
    indirect: bool,
    operator: ParameterOperator,
) -> Braced {
    Some(Box::new(Parameter { name, subscript, indirect, operator, span: Span::default() }))
}

impl Reader<'_> {
    /// `${…}`, from the brace on; `start` and `place` are those of the `$`.
    pub(super) fn parameter(
        &mut self,
        inside: Inside,
        start: u32,
        place: Place,
        parts: &mut Parts,
    ) -> Parse<()> {
        self.enter(OpenKind::Parameter)?;
        self.bump();
        let braced = self.braced(inside)?;
        let found = braced.filter(|_| self.peek() == Some(b'}'));
        if found.is_none() {
            let _refused = self.operand(inside)?;
        }
        self.bump();
        self.leave();
        let mut parameter = found.unwrap_or_else(|| self.bad_parameter(place));
        parameter.span = self.span_from(start);
        parts.push(Part::Parameter(parameter));
        Ok(())
    }

    /// What bash refuses at run time.
    #[inline(never)]
    fn bad_parameter(&mut self, place: Place) -> Box<Parameter> {
        self.has_bad = true;
        let text = BString::from(self.cursor.since(place));
        Box::new(Parameter {
            name: ParameterName::Variable(BString::default()),
            subscript: None,
            indirect: false,
            operator: ParameterOperator::Bad { text, within: None },
            span: Span::default(),
        })
    }

    fn braced(&mut self, inside: Inside) -> Parse<Braced> {
        match self.peek() {
            Some(b'#') => self.length(inside),
            Some(b'!') => self.indirection(inside),
            _ => {
                let Some(name) = self.parameter_name() else { return Ok(None) };
                self.operated(name, false, inside)
            }
        }
    }

    /// `${#x}`, or an operator on `$#`.
    fn length(&mut self, inside: Inside) -> Parse<Braced> {
        self.bump();
        let number = ParameterName::Special(b'#');
        match self.peek() {
            Some(byte) if is_name_byte(byte) => {
                let Some(name) = self.parameter_name() else { return Ok(None) };
                let Some(subscript) = self.subscript_of(&name)? else { return Ok(None) };
                Ok(braced(name, subscript, false, ParameterOperator::Length))
            }
            Some(byte @ (b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!'))
                if self.looking_at(&[byte, b'}']) =>
            {
                self.bump();
                Ok(braced(ParameterName::Special(byte), None, false, ParameterOperator::Length))
            }
            _ => self.operated(number, false, inside),
        }
    }

    /// `${!x}` and its kin, or an operator on `$!`.
    fn indirection(&mut self, inside: Inside) -> Parse<Braced> {
        self.bump();
        match self.peek() {
            Some(byte) if is_name_byte(byte) => {
                let Some(name) = self.parameter_name() else { return Ok(None) };
                self.operated(name, true, inside)
            }
            Some(byte @ (b'@' | b'*' | b'#' | b'$' | b'!')) if self.looking_at(&[byte, b'}']) => {
                self.bump();
                Ok(braced(ParameterName::Special(byte), None, true, ParameterOperator::Value))
            }
            _ => self.operated(ParameterName::Special(b'!'), false, inside),
        }
    }

    /// A name, a number or a special parameter.
    fn parameter_name(&mut self) -> Option<ParameterName> {
        let byte = self.peek()?;
        if is_name_start(byte) {
            let (name, length, _) = self.scan(usize::MAX, is_name_byte);
            self.cursor.advance(length);
            return Some(ParameterName::Variable(name.into()));
        }
        if byte.is_ascii_digit() {
            let (digits, length, _) = self.scan(usize::MAX, |byte| byte.is_ascii_digit());
            self.cursor.advance(length);
            let number = std::str::from_utf8(&digits).ok()?.parse().ok()?;
            return Some(ParameterName::Positional(number));
        }
        // Another expansion is no parameter's name: what it holds belongs to a text that is refused later.
        let expansion = [b"${", b"$(", b"$[", b"$'", b"$\""].into_iter().any(|begin| self.looking_at(begin));
        if matches!(byte, b'@' | b'*' | b'?' | b'-' | b'$') && !expansion {
            self.bump();
            return Some(ParameterName::Special(byte));
        }
        None
    }

    /// The subscript behind a name, if any; nothing at all if it is no subscript.
    fn subscript_of(&mut self, name: &ParameterName) -> Parse<Option<Option<Subscript>>> {
        if !matches!(name, ParameterName::Variable(_)) || self.peek() != Some(b'[') {
            return Ok(Some(None));
        }
        self.bump();
        for (text, subscript) in [(b"@]", Subscript::At), (b"*]", Subscript::Star)] {
            if self.eat(text) {
                return Ok(Some(Some(subscript)));
            }
        }
        let rule = Rule { end: End::Subscript { in_brace: true }, tilde: Tilde::Never };
        let word = self.word_as(rule, Parts::default())?;
        if word.parts.is_empty() || self.peek() != Some(b']') {
            return Ok(None);
        }
        self.bump();
        Ok(Some(Some(Subscript::Index(Box::new(word)))))
    }

    /// A name, its subscript, and what is done with the value.
    fn operated(&mut self, name: ParameterName, indirect: bool, inside: Inside) -> Parse<Braced> {
        let Some(subscript) = self.subscript_of(&name)? else { return Ok(None) };
        if indirect && let Some(keys_or_names) = self.names_or_keys(subscript.as_ref()) {
            return Ok(braced(name, None, false, keys_or_names));
        }
        let operator = self.operator(inside)?;
        Ok(operator.and_then(|operator| braced(name, subscript, indirect, operator)))
    }

    /// `*}`, `@}` behind `${!prefix`, or `}` behind `${!name[@]`.
    fn names_or_keys(&mut self, subscript: Option<&Subscript>) -> Option<ParameterOperator> {
        match subscript {
            Some(Subscript::At) if self.peek() == Some(b'}') => Some(ParameterOperator::Keys { at: true }),
            Some(Subscript::Star) if self.peek() == Some(b'}') => Some(ParameterOperator::Keys { at: false }),
            Some(_) => None,
            None if self.looking_at(b"@}") || self.looking_at(b"*}") => {
                let at = self.peek() == Some(b'@');
                self.bump();
                Some(ParameterOperator::Names { at })
            }
            None => None,
        }
    }

    fn operator(&mut self, inside: Inside) -> Parse<Option<ParameterOperator>> {
        let Some(byte) = self.peek() else { return self.end() };
        if byte == b'}' {
            return Ok(Some(ParameterOperator::Value));
        }
        if !matches!(byte, b':' | b'-' | b'=' | b'?' | b'+' | b'#' | b'%' | b'/' | b'^' | b',' | b'~' | b'@')
        {
            return Ok(None);
        }
        self.bump();
        Ok(Some(match byte {
            b':' => match self.peek() {
                Some(byte @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.bump();
                    self.alternative(byte, true, inside)?
                }
                Some(b'}') => return Ok(None),
                _ => self.substring()?,
            },
            b'-' | b'=' | b'?' | b'+' => self.alternative(byte, false, inside)?,
            b'#' => {
                let longest = self.eat(b"#");
                ParameterOperator::RemovePrefix { longest, pattern: self.pattern(End::Brace)? }
            }
            b'%' => {
                let longest = self.eat(b"%");
                ParameterOperator::RemoveSuffix { longest, pattern: self.pattern(End::Brace)? }
            }
            b'/' => self.replacement()?,
            b'^' => self.change_case(byte, Case::Upper)?,
            b',' => self.change_case(byte, Case::Lower)?,
            b'~' => self.change_case(byte, Case::Toggle)?,
            b'@' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.bump();
                    ParameterOperator::Transform(letter)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    /// `-word`, `=word`, `?word`, `+word`.
    fn alternative(&mut self, operator: u8, null_too: bool, inside: Inside) -> Parse<ParameterOperator> {
        let word = self.operand(inside)?;
        Ok(match operator {
            b'-' => ParameterOperator::Default { null_too, word },
            b'=' => ParameterOperator::Assign { null_too, word },
            b'?' => ParameterOperator::Require { null_too, word },
            _ => ParameterOperator::Alternative { null_too, word },
        })
    }

    /// A word up to the brace, quoted if the expansion is.
    fn operand(&mut self, inside: Inside) -> Parse<Word> {
        match inside {
            Inside::Plain => self.pattern(End::Brace),
            Inside::Quotes | Inside::QuotedBrace => {
                let start = self.cursor.offset();
                let place = self.cursor.place();
                let mut parts = Parts::default();
                self.quoted(QuotedEnd::Brace, &mut parts)?;
                let mut parts = parts.into_list();
                self.name_bad(&mut parts, place);
                Ok(Word { parts, span: self.span_from(start), written: None })
            }
        }
    }

    /// A pattern up to the brace, or up to a slash too: quotes quote in it even within quotes.
    fn pattern(&mut self, end: End) -> Parse<Word> {
        self.word_as(Rule { end, tilde: Tilde::Start }, Parts::default())
    }

    fn replacement(&mut self) -> Parse<ParameterOperator> {
        let which = match self.peek() {
            Some(b'/') => Replace::All,
            Some(b'#') => Replace::Prefix,
            Some(b'%') => Replace::Suffix,
            _ => Replace::First,
        };
        if which != Replace::First {
            self.bump();
        }
        let mut parts = Parts::default();
        if which == Replace::All && self.peek() == Some(b'/') {
            // A slash that the pattern begins with does not end it.
            self.bump();
            parts.byte(b'/');
        }
        let pattern = self.word_as(Rule { end: End::Slash, tilde: Tilde::Start }, parts)?;
        let with = if self.eat(b"/") { Some(Box::new(self.pattern(End::Brace)?)) } else { None };
        Ok(ParameterOperator::Replace { which, pattern, with })
    }

    fn change_case(&mut self, operator: u8, to: Case) -> Parse<ParameterOperator> {
        let all = self.eat(&[operator]);
        let pattern = if self.peek() == Some(b'}') { None } else { Some(self.pattern(End::Brace)?) };
        Ok(ParameterOperator::ChangeCase { to, all, pattern })
    }

    fn substring(&mut self) -> Parse<ParameterOperator> {
        let offset = self.arithmetic(ArithmeticEnd::Offset)?;
        let length =
            if self.eat(b":") { Some(Box::new(self.arithmetic(ArithmeticEnd::Length)?)) } else { None };
        Ok(ParameterOperator::Substring { offset, length })
    }
}
