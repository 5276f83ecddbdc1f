//! Expressions: precedence climbing, with the corners of awk's grammar.

use std::rc::Rc;

use super::{DEPTH_MAX, Parsed, Parser};
use crate::ast::{Arithmetic, Expr, ExprId, Source, Var};
use crate::function::Function;
use crate::lexer::{Keyword, Token};

/// How tightly operators bind; what binds tighter is higher.
const OR: u8 = 1;
const AND: u8 = 2;
const IN: u8 = 3;
const MATCH: u8 = 4;
const RELATION: u8 = 5;
pub(super) const CONCATENATION: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
/// What only a sign and a power bind tighter than.
pub(super) const OPERAND: u8 = 9;

impl Parser<'_> {
    /// Reads an expression.
    pub(super) fn expression(&mut self) -> Parsed<ExprId> {
        self.nested(Self::choice)
    }

    /// Reads an expression inside of brackets, where `>` and `|` mean what they usually do.
    pub(super) fn inner<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let saved = (self.no_greater, self.no_pipe);
        (self.no_greater, self.no_pipe) = (false, false);
        let result = read(self);
        (self.no_greater, self.no_pipe) = saved;
        result
    }

    fn choice(&mut self) -> Parsed<ExprId> {
        let condition = self.binary(OR)?;
        if self.token != Token::Question {
            return Ok(condition);
        }
        let place = self.here();
        self.advance()?;
        self.skip_newlines()?;
        let yes = self.expression()?;
        self.skip_newlines()?;
        self.expect(&Token::Colon)?;
        self.skip_newlines()?;
        let no = self.expression()?;
        Ok(self.push(Expr::Choose(condition, yes, no), place))
    }

    /// Reads operands and operators that bind at least as tightly as `least`.
    pub(super) fn binary(&mut self, least: u8) -> Parsed<ExprId> {
        let mut left = self.unary()?;
        if least <= CONCATENATION && self.is_target(left) {
            let augment = match self.token {
                Token::Assign => Some(None),
                Token::Augment(operator) => Some(Some(operator)),
                _ => None,
            };
            if let Some(augment) = augment {
                let place = self.here();
                self.advance()?;
                let value = self.expression()?;
                let expr = match augment {
                    None => Expr::Assign(left, value),
                    Some(operator) => Expr::Augment(operator, left, value),
                };
                return Ok(self.push(expr, place));
            }
        }
        let mut links = 0;
        while let Some(next) = self.operator(left, least)? {
            left = next;
            // The compiler goes down long sums and concatenations in a loop, but not these.
            let is_link =
                matches!(self.program.expr(left), Expr::Match { .. } | Expr::In(..) | Expr::Getline { .. });
            links += u32::from(is_link);
            if links > DEPTH_MAX {
                return Err(self.too_deep());
            }
        }
        Ok(left)
    }

    /// Reads one operator and its right side, if one that binds as tightly as `least` comes next.
    fn operator(&mut self, left: ExprId, least: u8) -> Parsed<Option<ExprId>> {
        let place = self.here();
        let expr = match &self.token {
            Token::Or if least <= OR => {
                self.advance()?;
                self.skip_newlines()?;
                Expr::Or(left, self.binary(OR + 1)?)
            }
            Token::And if least <= AND => {
                self.advance()?;
                self.skip_newlines()?;
                Expr::And(left, self.binary(AND + 1)?)
            }
            Token::Keyword(Keyword::In) if least <= IN => {
                self.advance()?;
                let array = self.array_name()?;
                self.note_array(array);
                Expr::In(vec![left], array)
            }
            Token::Tilde | Token::NotTilde if least <= MATCH => {
                let negated = self.token == Token::NotTilde;
                if matches!(self.program.expr(left), Expr::Regex(_)) {
                    let line = self.lexer.line();
                    let what = "regular expression on left of `~' or `!~' operator".to_owned();
                    self.lexer.warnings.push((line, what));
                }
                self.advance()?;
                Expr::Match { text: left, pattern: self.binary(MATCH + 1)?, negated }
            }
            Token::Greater if self.no_greater => return Ok(None),
            token if least <= RELATION && token.relation().is_some() => {
                let Some(relation) = token.relation() else { return Ok(None) };
                self.advance()?;
                let right = self.binary(CONCATENATION)?;
                let compared = self.push(Expr::Compare(relation, left, right), place);
                let again =
                    self.token.relation().is_some() && !(self.no_greater && self.token == Token::Greater);
                return if again { Err(self.unexpected()) } else { Ok(Some(compared)) };
            }
            Token::Pipe if least <= CONCATENATION && !self.no_pipe => {
                self.advance()?;
                if self.token != Token::Keyword(Keyword::Getline) {
                    return Err(self.unexpected());
                }
                self.advance()?;
                let target = self.getline_target()?;
                Expr::Getline { source: Source::Command(left), target }
            }
            Token::Plus if least <= SUM => {
                self.advance()?;
                Expr::Arithmetic(Arithmetic::Add, left, self.binary(SUM + 1)?)
            }
            Token::Minus if least <= SUM => {
                self.advance()?;
                Expr::Arithmetic(Arithmetic::Subtract, left, self.binary(SUM + 1)?)
            }
            Token::Star | Token::Slash | Token::Percent if least <= PRODUCT => {
                let operator = match self.token {
                    Token::Star => Arithmetic::Multiply,
                    Token::Slash => Arithmetic::Divide,
                    _ => Arithmetic::Modulo,
                };
                self.advance()?;
                let right = self.binary(PRODUCT + 1)?;
                self.check_division(operator, left, right);
                Expr::Arithmetic(operator, left, right)
            }
            _ if least <= CONCATENATION && self.begins_operand() => {
                Expr::Concatenate(left, self.binary(CONCATENATION + 1)?)
            }
            _ => return Ok(None),
        };
        Ok(Some(self.push(expr, place)))
    }

    /// A division of constants by zero is told before the program runs.
    fn check_division(&mut self, operator: Arithmetic, left: ExprId, right: ExprId) {
        let is_zero = |id| matches!(self.program.expr(id), Expr::Number(0.0));
        if is_zero(right) && matches!(self.program.expr(left), Expr::Number(_)) {
            match operator {
                Arithmetic::Modulo => self.error("division by zero attempted in `%'"),
                _ => self.error("division by zero attempted"),
            }
        }
    }

    /// Whether the next token begins an operand that a concatenation may go on with.
    fn begins_operand(&self) -> bool {
        match self.token {
            Token::Number(_)
            | Token::Text(_)
            | Token::Name(_)
            | Token::CallName(_)
            | Token::Builtin(_)
            | Token::LeftParen
            | Token::Dollar
            | Token::Not
            | Token::Minus
            | Token::Plus
            | Token::Increment
            | Token::Decrement
            | Token::At => true,
            Token::Keyword(word) => word == Keyword::Getline,
            _ => false,
        }
    }

    /// Notes that an expression is an array, which tells something when it is a parameter.
    pub(super) fn note_array(&mut self, array: ExprId) {
        if let Expr::Variable(Var::Local(local)) = self.program.expr(array) {
            let param = (self.current, *local);
            self.program.array_params.push(param);
        }
    }

    fn is_target(&self, id: ExprId) -> bool {
        matches!(self.program.expr(id), Expr::Variable(_) | Expr::Field(_) | Expr::Element(..))
    }

    fn unary(&mut self) -> Parsed<ExprId> {
        let place = self.here();
        let wrap = match self.token {
            Token::Not => Expr::Not,
            Token::Minus => Expr::Negate,
            Token::Plus => Expr::Plus,
            _ => return self.power(),
        };
        let is_not = self.token == Token::Not;
        self.advance()?;
        let operand = if is_not && matches!(self.token, Token::Slash | Token::Augment(Arithmetic::Divide)) {
            // `! /x/ ~ y` is one match, and its contrary.
            self.nested(|parser| parser.binary(MATCH))?
        } else {
            self.nested(Self::unary)?
        };
        let expr = match (wrap(operand), self.program.expr(operand)) {
            (Expr::Negate(_), Expr::Number(value)) => Expr::Number(-value),
            (Expr::Plus(_), Expr::Number(value)) => Expr::Number(*value),
            (wrapped, _) => wrapped,
        };
        Ok(self.push(expr, place))
    }

    fn power(&mut self) -> Parsed<ExprId> {
        let base = self.postfix()?;
        if self.token != Token::Caret {
            return Ok(base);
        }
        let place = self.here();
        self.advance()?;
        // It is right-associative, and its right side may have a sign.
        let exponent = self.nested(|parser| match parser.token {
            Token::Not | Token::Minus | Token::Plus => parser.unary(),
            _ => parser.power(),
        })?;
        Ok(self.push(Expr::Arithmetic(Arithmetic::Power, base, exponent), place))
    }

    fn postfix(&mut self) -> Parsed<ExprId> {
        let operand = self.primary()?;
        let delta = match self.token {
            Token::Increment => 1.0,
            Token::Decrement => -1.0,
            _ => return Ok(operand),
        };
        if !self.is_target(operand) {
            return Ok(operand);
        }
        let place = self.here();
        self.advance()?;
        Ok(self.push(Expr::Step { target: operand, delta, old: true }, place))
    }

    fn primary(&mut self) -> Parsed<ExprId> {
        let place = self.here();
        match self.token.clone() {
            Token::Number(value) => {
                self.advance()?;
                Ok(self.push(Expr::Number(value), place))
            }
            Token::Text(text) => {
                self.advance()?;
                Ok(self.push(Expr::Text(text), place))
            }
            Token::Slash | Token::Augment(Arithmetic::Divide) => {
                let source = self.regex_here()?;
                Ok(self.push(Expr::Regex(source), place))
            }
            Token::Increment | Token::Decrement => {
                let delta = if self.token == Token::Increment { 1.0 } else { -1.0 };
                self.advance()?;
                let target = self.nested(Self::primary)?;
                if !self.is_target(target) {
                    return Err(self.unexpected());
                }
                Ok(self.push(Expr::Step { target, delta, old: false }, place))
            }
            Token::Dollar => self.field(),
            Token::Not | Token::Minus | Token::Plus => self.nested(Self::unary),
            Token::LeftParen => self.group(),
            Token::Keyword(Keyword::Getline) => {
                self.advance()?;
                let target = self.getline_target()?;
                let source = if self.accept(&Token::Less)? {
                    Source::File(self.nested(Self::file_operand)?)
                } else {
                    Source::Main
                };
                Ok(self.push(Expr::Getline { source, target }, place))
            }
            Token::Builtin(function) => self.builtin(function),
            Token::CallName(name) => self.call(&name),
            Token::Name(name) => self.name(&name),
            Token::At => self.at_sign(),
            _ => Err(self.unexpected()),
        }
    }

    /// Reads a regular expression, of which the slash is the next token.
    fn regex_here(&mut self) -> Parsed<Rc<[u8]>> {
        let source = self.lexer.regex().map_err(|wrong| self.wrong(wrong))?;
        self.check_regex(&source);
        self.advance()?;
        Ok(source)
    }

    /// A regular expression that is none is told before the program runs.
    fn check_regex(&mut self, source: &[u8]) {
        if let Err(what) = crate::pattern::Pattern::new(source, false, false) {
            self.error(&format!("{what}: /{}/", String::from_utf8_lossy(source)));
        }
    }

    /// The name of the file of `getline <`: an operand without a concatenation.
    fn file_operand(&mut self) -> Parsed<ExprId> {
        self.postfix()
    }

    fn field(&mut self) -> Parsed<ExprId> {
        let place = self.here();
        self.advance()?;
        let number = self.nested(|parser| match parser.token {
            Token::Increment | Token::Decrement => parser.primary(),
            Token::Minus | Token::Plus | Token::Not => parser.unary(),
            _ => parser.primary(),
        })?;
        Ok(self.push(Expr::Field(number), place))
    }

    /// Reads `(expression)`, or `(i, j) in array`.
    fn group(&mut self) -> Parsed<ExprId> {
        let place = self.here();
        self.advance()?;
        let mut list = self.inner(Self::list)?;
        self.expect(&Token::RightParen)?;
        if list.len() == 1
            && let Some(expr) = list.pop()
        {
            return Ok(self.push(Expr::Group(expr), place));
        }
        self.keys_in(list)
    }

    /// Goes on behind `(i, j)`.
    pub(super) fn keys_in(&mut self, keys: Vec<ExprId>) -> Parsed<ExprId> {
        let place = self.here();
        self.expect(&Token::Keyword(Keyword::In))?;
        let array = self.array_name()?;
        self.note_array(array);
        Ok(self.push(Expr::In(keys, array), place))
    }

    /// Reads one expression or several with commas in between.
    pub(super) fn list(&mut self) -> Parsed<Vec<ExprId>> {
        let mut list = vec![self.expression()?];
        while self.accept(&Token::Comma)? {
            self.skip_newlines()?;
            list.push(self.expression()?);
        }
        Ok(list)
    }

    /// Reads the variable that a `getline` puts its record into, if there is one.
    fn getline_target(&mut self) -> Parsed<Option<ExprId>> {
        match self.token.clone() {
            Token::Dollar => self.field().map(Some),
            Token::Name(name) => self.name(&name).map(Some),
            _ => Ok(None),
        }
    }

    /// Reads an array behind `in`: a name, with subscripts where it is an element of an array of arrays.
    pub(super) fn array_name(&mut self) -> Parsed<ExprId> {
        let Token::Name(name) = self.token.clone() else { return Err(self.unexpected()) };
        self.name(&name)
    }

    /// Reads a name that is no call, and its subscripts.
    fn name(&mut self, name: &Rc<str>) -> Parsed<ExprId> {
        let place = self.here();
        let is_function = self
            .functions
            .get(name)
            .is_some_and(|number| self.program.functions[*number as usize].body.is_some());
        self.advance()?;
        if is_function && !self.params.contains(name) {
            let what = format!(
                "function `{name}' called with space between name and `(',\nor used as a variable or an array"
            );
            self.error(&what);
        }
        let variable = if is_function && !self.params.contains(name) {
            // It is no variable: the program is refused anyway.
            Var::Global(0)
        } else {
            self.variable(name)
        };
        let mut expr = self.push(Expr::Variable(variable), place);
        while self.token == Token::LeftBracket {
            let place = self.here();
            self.advance()?;
            let keys = self.inner(Self::list)?;
            self.expect(&Token::RightBracket)?;
            self.note_array(expr);
            expr = self.push(Expr::Element(expr, keys), place);
        }
        Ok(expr)
    }

    /// Reads what is in the parentheses of a call, and the closing one.
    fn arguments(&mut self) -> Parsed<Vec<ExprId>> {
        self.expect(&Token::LeftParen)?;
        if self.accept(&Token::RightParen)? {
            return Ok(Vec::new());
        }
        let list = self.inner(Self::list)?;
        self.expect(&Token::RightParen)?;
        Ok(list)
    }

    fn call(&mut self, name: &Rc<str>) -> Parsed<ExprId> {
        let place = self.here();
        if self.params.contains(name) {
            self.error(&format!("attempt to use non-function `{name}' in function call"));
        }
        self.advance()?;
        let number = self.function(name);
        let arguments = self.arguments()?;
        for (index, argument) in arguments.iter().enumerate() {
            if let Expr::Variable(Var::Local(local)) = self.program.expr(*argument) {
                let from = (self.current, *local);
                self.program.passed.push((from, (number, index as u32)));
            }
        }
        Ok(self.push(Expr::Call(number, arguments), place))
    }

    fn at_sign(&mut self) -> Parsed<ExprId> {
        let place = self.here();
        self.advance()?;
        match self.token.clone() {
            Token::Slash | Token::Augment(Arithmetic::Divide) => {
                let source = self.regex_here()?;
                Ok(self.push(Expr::StrongRegex(source), place))
            }
            Token::CallName(name) => {
                let variable: Var = self.variable(&name);
                self.advance()?;
                let arguments = self.arguments()?;
                Ok(self.push(Expr::CallNamed(variable, arguments), place))
            }
            _ => Err(self.unexpected()),
        }
    }

    fn builtin(&mut self, function: Function) -> Parsed<ExprId> {
        let place = self.here();
        self.advance()?;
        if self.token != Token::LeftParen {
            if function == Function::Length {
                return Ok(self.push(Expr::Builtin(function, Vec::new()), place));
            }
            return Err(self.unexpected());
        }
        self.advance()?;
        let arguments = if self.token == Token::RightParen { Vec::new() } else { self.inner(Self::list)? };
        if self.token != Token::RightParen {
            return Err(self.unexpected());
        }
        let (least, most) = function.arity();
        let count = arguments.len();
        if count < least || count > most {
            let what = format!("{count} is invalid as number of arguments for {}", function.name());
            return Err(self.refuse_at(&what, self.lexer.start(), self.line));
        }
        self.advance()?;
        for (index, argument) in arguments.iter().enumerate() {
            if function.takes_array(index) {
                self.note_array(*argument);
            }
        }
        Ok(self.push(Expr::Builtin(function, arguments), place))
    }
}
