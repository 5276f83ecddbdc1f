//! Expanding a word: its parts in order, and what is made of them: fields, a text, a pattern.

use bstr::BString;

use super::arithmetic::ArithmeticError;
use super::assignment::VALUE_BYTES_MAX;
use super::expansion::{Context, Expansion, Item};
use super::field::{Field, Splitter};
use super::pattern::{Pattern, PatternOptions, PatternPiece};
use crate::exec::{Shell, Unwind};
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::{Part, Word};

/// Splitting without IFS set.
pub(crate) const DEFAULT_IFS: &[u8] = b" \t\n";

/// The most bytes that one word may expand to, before it is split.
const EXPANSION_BYTES_MAX: usize = VALUE_BYTES_MAX + VALUE_BYTES_MAX / 2;
/// How many subscripts with expansions in them one evaluation may meet.
const SUBSCRIPTS_MAX: u32 = 64;

impl Shell {
    /// The fields a word expands to, added to `fields`: with braces, splitting and globs.
    pub(crate) async fn expand_fields(
        &mut self,
        word: &Word,
        fields: &mut Vec<BString>,
    ) -> Result<(), Unwind> {
        if let [Part::Literal(text)] = word.parts.as_slice()
            && !text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{' | b'('))
        {
            fields.push(text.as_slice().into());
            return Ok(());
        }
        if self.state.options.on(SetOption::Braceexpand) && has_brace(word) {
            return Box::pin(self.expand_braced(word, fields)).await;
        }
        self.expand_unbraced(word, fields).await
    }

    async fn expand_braced(&mut self, word: &Word, fields: &mut Vec<BString>) -> Result<(), Unwind> {
        for word in &self.brace_words(word).await? {
            self.expand_unbraced(word, fields).await?;
            self.check_memory().await?;
        }
        Ok(())
    }

    /// The words that the braces of a word make; the word itself where there are none or they mean nothing.
    pub(crate) async fn brace_words(&mut self, word: &Word) -> Result<Vec<Word>, Unwind> {
        if !self.state.options.on(SetOption::Braceexpand) || !has_brace(word) {
            return Ok(vec![word.clone()]);
        }
        match super::brace::expand_braces(word) {
            Ok(words) => Ok(words),
            Err(error) => Err(self.fail_expansion(&error.to_string()).await),
        }
    }

    async fn expand_unbraced(&mut self, word: &Word, fields: &mut Vec<BString>) -> Result<(), Unwind> {
        let mut expansion = Expansion::default();
        self.expand_word(word, Context::FIELDS, &mut expansion).await?;
        self.state.memory.hold(expansion.bytes);
        for field in Splitter::new(self.state.ifs()).split(expansion) {
            if field.may_glob && !self.state.options.on(SetOption::Noglob) {
                Box::pin(self.glob(field, fields)).await?;
            } else {
                fields.push(field.bytes);
            }
        }
        Ok(())
    }

    /// The one text a word expands to: no splitting, no globs.
    pub(crate) async fn expand_text(&mut self, word: &Word) -> Result<BString, Unwind> {
        match word.parts.as_slice() {
            [] => return Ok(BString::default()),
            [Part::Literal(text) | Part::Quoted(text)] => return Ok(text.as_slice().into()),
            _ => {}
        }
        let mut expansion = Expansion::default();
        self.expand_word(word, Context::TEXT, &mut expansion).await?;
        Ok(expansion.into_text())
    }

    /// The text of a here-document or an arithmetic expression: as if in double quotes.
    pub(crate) async fn expand_quoted_text(&mut self, word: &Word) -> Result<BString, Unwind> {
        if let [Part::Literal(text) | Part::Quoted(text)] = word.parts.as_slice() {
            return Ok(text.as_slice().into());
        }
        let mut expansion = Expansion::default();
        self.expand_word(word, Context::QUOTED_TEXT, &mut expansion).await?;
        Ok(expansion.into_text())
    }

    /// A word as one field that remembers its quoting: patterns, regular expressions.
    pub(crate) async fn expand_field(&mut self, word: &Word) -> Result<Field, Unwind> {
        let mut expansion = Expansion::default();
        self.expand_word(word, Context::TEXT, &mut expansion).await?;
        let mut field = Field::default();
        for item in expansion.items {
            if let Item::Text { bytes, quoted, .. } = item {
                field.push(&bytes, quoted);
            }
        }
        Ok(field)
    }

    /// A word as a pattern, for `case`, `[[` and `${x#…}`. `extended` patterns are on in `[[` whatever shopt says.
    pub(crate) async fn expand_pattern(&mut self, word: &Word, extended: bool) -> Result<Pattern, Unwind> {
        let nocase = self.state.options.shopt(ShoptOption::Nocasematch);
        self.expand_pattern_in_case(word, extended, nocase).await
    }

    /// The same for `${x#…}` and `${x%…}`, which distinguish case whatever shopt says.
    pub(crate) async fn expand_trim_pattern(&mut self, word: &Word) -> Result<Pattern, Unwind> {
        self.expand_pattern_in_case(word, false, false).await
    }

    async fn expand_pattern_in_case(
        &mut self,
        word: &Word,
        extended: bool,
        nocase: bool,
    ) -> Result<Pattern, Unwind> {
        let options = self.pattern_options(extended, nocase);
        if let [Part::Literal(bytes)] = word.parts.as_slice() {
            return Ok(Pattern::new(&[PatternPiece { bytes, quoted: false }], options));
        }
        let field = self.expand_field(word).await?;
        Ok(Pattern::new(&field.pieces(0..field.bytes.len()), options))
    }

    /// What [`Shell::expand_pattern`] makes of a word that is expanded already.
    pub(crate) fn field_pattern(&self, field: &Field, extended: bool) -> Pattern {
        let nocase = self.state.options.shopt(ShoptOption::Nocasematch);
        Pattern::new(&field.pieces(0..field.bytes.len()), self.pattern_options(extended, nocase))
    }

    fn pattern_options(&self, extended: bool, nocase: bool) -> PatternOptions {
        PatternOptions {
            extglob: extended || self.state.options.shopt(ShoptOption::Extglob),
            nocase,
            period_special: false,
            pathname: false,
            bytewise: self.state.counts_bytes(),
        }
    }

    /// Expands the parts of a word.
    pub(crate) async fn expand_word(
        &mut self,
        word: &Word,
        how: Context,
        out: &mut Expansion,
    ) -> Result<(), Unwind> {
        for part in &word.parts {
            if let Part::DoubleQuoted(parts) = part {
                self.expand_double_quoted(parts, how, out).await?;
            } else {
                self.expand_part(part, how, out).await?;
            }
            if out.bytes > EXPANSION_BYTES_MAX {
                return Err(self.fail_memory(out.bytes).await);
            }
        }
        Ok(())
    }

    async fn expand_double_quoted(
        &mut self,
        parts: &[Part],
        how: Context,
        out: &mut Expansion,
    ) -> Result<(), Unwind> {
        let inside = Context { quoted: true, ..how };
        let before = out.items.len();
        let empty_list = std::mem::take(&mut out.empty_list);
        for part in parts {
            if let Part::DoubleQuoted(parts) = part {
                Box::pin(self.expand_double_quoted(parts, inside, out)).await?;
            } else {
                self.expand_part(part, inside, out).await?;
            }
            if out.bytes > EXPANSION_BYTES_MAX {
                return Err(self.fail_memory(out.bytes).await);
            }
        }
        // `""` and `"$empty"` make a field; `"$@"` without elements makes none.
        if out.items.len() == before && !out.empty_list {
            out.push(b"", true, false);
        }
        out.empty_list |= empty_list;
        Ok(())
    }

    async fn expand_part(&mut self, part: &Part, how: Context, out: &mut Expansion) -> Result<(), Unwind> {
        match part {
            Part::Literal(text) => out.push(text, how.quoted, how.split_literals && !how.quoted),
            Part::Quoted(text) => out.push(text, true, false),
            Part::Tilde(user) => {
                let directory = self.tilde(user);
                out.push(&directory, true, false);
            }
            Part::Parameter(parameter) => {
                if !self.expand_simple_parameter(parameter, how, out) {
                    self.expand_parameter(parameter, how, out).await?;
                }
            }
            Part::CommandSubstitution(list) => {
                let text = Box::pin(self.substitute(list)).await?;
                out.push_owned(text, how.quoted, how.fields && !how.quoted);
            }
            Part::Arithmetic(expression) => {
                let number = self.evaluate(expression).await?;
                out.push(number.to_string().as_bytes(), how.quoted, how.fields && !how.quoted);
            }
            Part::ProcessSubstitution { output, list } => {
                let path = Box::pin(self.substitute_process(*output, list)).await?;
                out.push_owned(path, how.quoted, false);
            }
            Part::DoubleQuoted(parts) => Box::pin(self.expand_double_quoted(parts, how, out)).await?,
        }
        Ok(())
    }

    /// The value of an arithmetic expression.
    pub(crate) async fn evaluate(
        &mut self,
        expression: &crate::syntax::ast::Arithmetic,
    ) -> Result<i64, Unwind> {
        self.evaluate_for(b"", expression).await
    }

    /// The same for a part of `${name:…}`, whose name its messages have.
    pub(crate) async fn evaluate_for(
        &mut self,
        name: &[u8],
        expression: &crate::syntax::ast::Arithmetic,
    ) -> Result<i64, Unwind> {
        match self.evaluate_in(name, expression).await? {
            Some(number) => Ok(number),
            None => Err(self.refused()),
        }
    }

    /// The same for a `((` command, which its messages name and a trace shows; absent if the expression has no value.
    /// What is wrong with an expansion or a subscript in it abandons the line. `clause`: for a part of `for ((`.
    pub(crate) async fn evaluate_command(
        &mut self,
        expression: &crate::syntax::ast::Arithmetic,
        clause: bool,
    ) -> Result<Option<i64>, Unwind> {
        if !self.state.options.on(SetOption::Xtrace) {
            return self.evaluate_in(b"((", expression).await;
        }
        let text = Box::pin(self.expand_quoted_text(&expression.text)).await?;
        Box::pin(self.trace_arithmetic(&text, clause)).await;
        self.evaluate_given(b"((", &text).await
    }

    /// The value of an expression that was expanded already, after what bash remarks on by the way. A variable's
    /// value in it may name an element by a subscript with expansions in it (`x='a[$(echo 1)]'`), which are carried
    /// out here. The evaluation then begins anew, so that an expression which has assigned something by then fails
    /// instead.
    pub(crate) async fn evaluate_text(
        &mut self,
        text: &[u8],
    ) -> Result<Result<i64, ArithmeticError>, Unwind> {
        let writes = self.state.arithmetic_writes;
        let mut result = self.state.evaluate(text);
        let mut known = 0;
        while let Err(ArithmeticError::NeedsExpansion(raw)) = &result {
            if self.state.arithmetic_writes != writes || known == SUBSCRIPTS_MAX {
                break;
            }
            let expanded = match crate::exec::parse_quoted_text(raw) {
                Some(word) => Box::pin(self.expand_quoted_text(&word)).await?,
                None => break,
            };
            self.state.expanded_subscripts.push((raw.clone(), expanded));
            known += 1;
            self.state.arithmetic_remarks.clear();
            result = self.state.evaluate(text);
        }
        if known > 0 {
            self.state.expanded_subscripts.clear();
        }
        for remark in std::mem::take(&mut self.state.arithmetic_remarks) {
            self.complain(&remark).await;
        }
        Ok(result)
    }

    async fn evaluate_in(
        &mut self,
        what: &[u8],
        expression: &crate::syntax::ast::Arithmetic,
    ) -> Result<Option<i64>, Unwind> {
        match expression.text.parts.as_slice() {
            [] => Ok(Some(0)),
            [Part::Literal(text)] => self.evaluate_given(what, text).await,
            _ => {
                let text = Box::pin(self.expand_quoted_text(&expression.text)).await?;
                self.evaluate_given(what, &text).await
            }
        }
    }

    async fn evaluate_given(&mut self, what: &[u8], text: &[u8]) -> Result<Option<i64>, Unwind> {
        self.refresh_clock_for(text).await;
        match self.evaluate_text(text).await? {
            Ok(number) => Ok(Some(number)),
            Err(error @ ArithmeticError::Unbound(_)) => {
                Err(self.fail_fatally(error.to_string().as_bytes()).await)
            }
            Err(error @ ArithmeticError::Subscript(_)) => {
                self.complain(&error.to_string()).await;
                Err(Unwind::Abandon(1))
            }
            Err(error) => {
                // Only what the expression itself says wrong names what it stands in.
                let named =
                    matches!(error, ArithmeticError::Expression { .. } | ArithmeticError::NotIdentifier(_));
                if named && !what.is_empty() {
                    self.complain_of(what, &error.to_string()).await;
                } else {
                    self.complain(&error.to_string()).await;
                }
                Ok(None)
            }
        }
    }

    /// Asks the clock again where an expression may read SECONDS or its kin.
    pub(crate) async fn refresh_clock_for(&mut self, expression: &[u8]) {
        if expression.windows(5).any(|window| window == b"SECON" || window == b"EPOCH") {
            self.refresh_clock().await;
        }
    }

    /// What `~`, `~user`, `~+` and `~-` stand for.
    pub(crate) fn tilde(&self, user: &[u8]) -> BString {
        let variables = &self.state.variables;
        let found = match user {
            b"" => match variables.text(b"HOME") {
                Some(home) => Some(home.to_owned()),
                None => Some("/home/user".into()),
            },
            b"+" => variables.text(b"PWD").map(ToOwned::to_owned),
            b"-" => variables.text(b"OLDPWD").map(ToOwned::to_owned),
            b"root" => Some("/root".into()),
            b"user" => Some("/home/user".into()),
            digits
                if digits.iter().all(u8::is_ascii_digit) || matches!(digits.first(), Some(b'+' | b'-')) =>
            {
                self.state.stack_entry(digits)
            }
            _ => None,
        };
        found.unwrap_or_else(|| {
            let mut text = BString::from("~");
            text.extend_from_slice(user);
            text
        })
    }

    /// Reports an expansion that cannot be: the rest of the complete command is abandoned.
    pub(crate) async fn fail_expansion(&mut self, what: &str) -> Unwind {
        self.complain(what).await;
        self.refused()
    }

    /// The same for bytes.
    pub(crate) async fn fail_expansion_bytes(&mut self, what: &[u8]) -> Unwind {
        self.complain(what).await;
        self.refused()
    }

    /// Does one thing for many words, giving way now and then.
    pub(crate) async fn expand_all(&mut self, words: &[Word]) -> Result<Vec<BString>, Unwind> {
        let mut fields = Vec::with_capacity(words.len());
        for word in words {
            self.step().await?;
            self.expand_fields(word, &mut fields).await?;
            self.check_memory().await?;
        }
        Ok(fields)
    }
}

/// Can a brace expansion be in it?
fn has_brace(word: &Word) -> bool {
    word.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains(&b'{')))
}
