//! bc's grammar: words become steps while they are read, a line or a function at a time.

use std::rc::Rc;

use super::lexer::{Lexer, Token};
use super::program::{Action, Argument, Binary, Function, Local, Names, Place, Special, Step};

/// Expressions and statements within others go no deeper.
const DEPTH_MAX: usize = 1000;

/// What a line comes to.
pub enum Unit {
    Code(Rc<[Step]>),
    Function(usize, Function),
    /// `quit`, or the end of the input.
    Quit {
        is_end: bool,
    },
    /// Words of the system: limits, warranty.
    Say(&'static str),
}

/// What is wrong with a line, in words.
pub struct Wrong(pub String);

/// The kind of an expression: what becomes of it as a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Assignment,
    Void,
}

/// The names of a session.
#[derive(Default)]
pub struct Session {
    variables: Names,
    arrays: Names,
    functions: Names,
    /// Whether each function has no value, as far as is known.
    voids: Vec<bool>,
    pub names: Vec<String>,
}

impl Session {
    /// The names of arrays.
    pub fn arrays(&self) -> &[String] {
        self.arrays.all()
    }

    pub fn function(&mut self, name: &str) -> usize {
        let number = self.functions.number(name);
        if number == self.names.len() {
            self.names.push(name.to_owned());
            self.voids.push(false);
        }
        number
    }
}

/// A parser of one source.
pub struct Parser<'a, 'b> {
    lexer: &'b mut Lexer<'a>,
    session: &'b mut Session,
    token: Token,
    steps: Vec<Step>,
    address: usize,
    depth: usize,
    /// Jumps to the end and to the next turn of the loops around.
    loops: Vec<Loop>,
    in_function: Option<bool>,
    /// The line has been ended by `quit`.
    quits: bool,
}

#[derive(Default)]
struct Loop {
    breaks: Vec<usize>,
    /// Where `continue` goes; `None`: not known yet.
    next: usize,
}

type Parsed<T> = Result<T, Wrong>;

const LIMITS: &str = "BC_BASE_MAX     = 2147483647\nBC_DIM_MAX      = 16777215\nBC_SCALE_MAX    = 2147483647\n\
BC_STRING_MAX   = 2147483647\nMAX Exponent    = 9223372036854775807\nNumber of vars  = 32767\n";

impl<'a, 'b> Parser<'a, 'b> {
    /// Reads the next unit.
    pub fn unit(lexer: &'b mut Lexer<'a>, session: &'b mut Session) -> Parsed<Unit> {
        let mut parser = Parser {
            lexer,
            session,
            token: Token::Newline,
            steps: Vec::new(),
            address: 0,
            depth: 0,
            loops: Vec::new(),
            in_function: None,
            quits: false,
        };
        let done = parser.read_unit();
        if done.is_err() && !matches!(parser.token, Token::Newline | Token::End) && !parser.quits {
            parser.lexer.skip_line();
        }
        if parser.quits { Ok(Unit::Quit { is_end: false }) } else { done }
    }

    fn read_unit(&mut self) -> Parsed<Unit> {
        self.advance();
        match &self.token {
            Token::End => return Ok(Unit::Quit { is_end: true }),
            Token::Keyword("define") => return self.definition(),
            Token::Keyword("limits") => return self.say(LIMITS),
            Token::Keyword("warranty") => return self.say("bc (wasmsand) 0.1.0\nThere is no warranty.\n"),
            _ => {}
        }
        self.statements(&[Token::Newline])?;
        if self.quits {
            return Ok(Unit::Quit { is_end: false });
        }
        // A line ends with a newline, the last one too.
        if self.token == Token::End {
            return Err(self.syntax());
        }
        Ok(Unit::Code(std::mem::take(&mut self.steps).into()))
    }

    fn say(&mut self, text: &'static str) -> Parsed<Unit> {
        self.advance();
        if matches!(self.token, Token::Newline | Token::End) {
            Ok(Unit::Say(text))
        } else {
            Err(self.syntax())
        }
    }

    fn advance(&mut self) {
        self.token = self.lexer.next();
        for complaint in self.lexer.complaints.drain(..) {
            cli::stdio::note(&complaint);
        }
        if self.token == Token::Keyword("quit") {
            self.quits = true;
        }
    }

    fn syntax(&self) -> Wrong {
        self.wrong("syntax error")
    }

    fn wrong(&self, what: &str) -> Wrong {
        Wrong(format!("{}: {what}", self.lexer.place()))
    }

    fn is(&self, sign: &'static str) -> bool {
        self.token == Token::Sign(sign)
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if !self.is(sign) {
            return Err(self.syntax());
        }
        self.advance();
        Ok(())
    }

    fn skip_newlines(&mut self) {
        while self.token == Token::Newline && !self.quits {
            self.advance();
        }
    }

    /// Adds a step that takes `bytes` in GNU's code.
    fn emit(&mut self, action: Action, bytes: usize) {
        self.address += bytes;
        self.steps.push(Step { action, address: self.address });
    }

    fn here(&self) -> usize {
        self.steps.len()
    }

    fn patch(&mut self, at: usize, target: usize) {
        if let Some(step) = self.steps.get_mut(at) {
            match &mut step.action {
                Action::Jump(to) | Action::JumpUnless(to) | Action::Or(to) | Action::And(to) => *to = target,
                _ => {}
            }
        }
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(self.wrong("nested too deeply")) } else { Ok(()) }
    }

    /// Statements up to one of the ends, which is not taken.
    fn statements(&mut self, ends: &[Token]) -> Parsed<()> {
        loop {
            if self.quits || ends.contains(&self.token) || self.token == Token::End {
                return Ok(());
            }
            match self.token {
                Token::Sign(";") | Token::Newline => self.advance(),
                _ => {
                    self.statement()?;
                    if self.quits || ends.contains(&self.token) || self.token == Token::End {
                        return Ok(());
                    }
                    if !matches!(self.token, Token::Sign(";") | Token::Newline) {
                        return Err(self.syntax());
                    }
                }
            }
        }
    }

    fn statement(&mut self) -> Parsed<()> {
        self.deeper()?;
        let done = self.statement_here();
        self.depth -= 1;
        done
    }

    fn statement_here(&mut self) -> Parsed<()> {
        let keyword = match &self.token {
            Token::Keyword(keyword) => *keyword,
            Token::Text(text) => {
                let text = text.clone();
                self.emit(Action::Text(text.as_slice().into()), text.len() + 2);
                self.advance();
                return Ok(());
            }
            Token::Sign("{") => {
                self.advance();
                self.statements(&[Token::Sign("}")])?;
                return self.expect("}");
            }
            _ => return self.expression_statement(),
        };
        match keyword {
            "quit" => Ok(()),
            "halt" => {
                self.emit(Action::Halt, 1);
                self.advance();
                Ok(())
            }
            "break" | "continue" => self.leave_loop(keyword == "break"),
            "return" => self.return_statement(),
            "if" => self.if_statement(),
            "while" => self.while_statement(),
            "for" => self.for_statement(),
            "print" => self.print_statement(),
            "auto" | "define" | "else" | "void" | "limits" | "warranty" | "history" => Err(self.syntax()),
            _ => self.expression_statement(),
        }
    }

    fn expression_statement(&mut self) -> Parsed<()> {
        match self.expression(0)? {
            Kind::Value => self.emit(Action::Show, 1),
            Kind::Assignment | Kind::Void => self.emit(Action::Drop, 1),
        }
        Ok(())
    }

    fn leave_loop(&mut self, breaks: bool) -> Parsed<()> {
        if self.loops.is_empty() {
            let what = if breaks { "Break outside a for/while" } else { "Continue outside a for" };
            let wrong = self.wrong(what);
            self.advance();
            return Err(wrong);
        }
        let at = self.here();
        self.emit(Action::Jump(0), 3);
        if let Some(around) = self.loops.last_mut() {
            if breaks {
                around.breaks.push(at);
            } else {
                let next = around.next;
                self.patch(at, next);
            }
        }
        self.advance();
        Ok(())
    }

    fn return_statement(&mut self) -> Parsed<()> {
        self.advance();
        let ends = matches!(self.token, Token::Sign(";" | "}") | Token::Newline | Token::End);
        if ends {
            self.emit(Action::Constant(b"0".as_slice().into()), 1);
        } else {
            match self.expression(0)? {
                Kind::Void => return Err(self.wrong("Return of a void expression")),
                _ if self.in_function == Some(true) => {
                    return Err(self.wrong("Return expression in a void function."));
                }
                _ => {}
            }
        }
        if self.in_function.is_none() {
            return Err(self.wrong("Return outside of a function."));
        }
        self.emit(Action::Return, 1);
        Ok(())
    }

    fn if_statement(&mut self) -> Parsed<()> {
        self.advance();
        self.expect("(")?;
        self.value(0)?;
        let unless = self.here();
        self.emit(Action::JumpUnless(0), 3);
        self.expect(")")?;
        self.skip_newlines();
        self.statement()?;
        if self.token == Token::Keyword("else") {
            self.advance();
            let over = self.here();
            self.emit(Action::Jump(0), 3);
            let here = self.here();
            self.patch(unless, here);
            self.skip_newlines();
            self.statement()?;
            let here = self.here();
            self.patch(over, here);
        } else {
            let here = self.here();
            self.patch(unless, here);
        }
        Ok(())
    }

    fn while_statement(&mut self) -> Parsed<()> {
        self.advance();
        self.expect("(")?;
        let start = self.here();
        self.value(0)?;
        let unless = self.here();
        self.emit(Action::JumpUnless(0), 3);
        self.expect(")")?;
        self.skip_newlines();
        self.loops.push(Loop { breaks: Vec::new(), next: start });
        let body = self.statement();
        let around = self.loops.pop().unwrap_or_default();
        body?;
        self.emit(Action::Jump(start), 3);
        let here = self.here();
        self.patch(unless, here);
        around.breaks.iter().for_each(|at| self.patch(*at, here));
        Ok(())
    }

    fn for_statement(&mut self) -> Parsed<()> {
        self.advance();
        self.expect("(")?;
        if !self.is(";") {
            self.value(0)?;
            self.emit(Action::Drop, 1);
        }
        self.expect(";")?;
        let start = self.here();
        if self.is(";") {
            self.emit(Action::Constant(b"1".as_slice().into()), 1);
        } else {
            self.value(0)?;
        }
        self.expect(";")?;
        let unless = self.here();
        self.emit(Action::JumpUnless(0), 3);
        let into = self.here();
        self.emit(Action::Jump(0), 3);
        let next = self.here();
        if !self.is(")") {
            self.value(0)?;
            self.emit(Action::Drop, 1);
        }
        self.emit(Action::Jump(start), 3);
        self.expect(")")?;
        let here = self.here();
        self.patch(into, here);
        self.skip_newlines();
        self.loops.push(Loop { breaks: Vec::new(), next });
        let body = self.statement();
        let around = self.loops.pop().unwrap_or_default();
        body?;
        self.emit(Action::Jump(next), 3);
        let here = self.here();
        self.patch(unless, here);
        around.breaks.iter().for_each(|at| self.patch(*at, here));
        Ok(())
    }

    fn print_statement(&mut self) -> Parsed<()> {
        self.advance();
        loop {
            if let Token::Text(text) = &self.token {
                let text = escaped(text);
                let bytes = text.len() + 2;
                self.emit(Action::Text(text.as_slice().into()), bytes);
                self.advance();
            } else {
                self.value(0)?;
                self.emit(Action::Print, 1);
            }
            if !self.is(",") {
                return Ok(());
            }
            self.advance();
        }
    }

    /// An expression that has a value.
    fn value(&mut self, least: u8) -> Parsed<Kind> {
        match self.expression(least)? {
            Kind::Void => Err(self.wrong("void expression")),
            kind => Ok(kind),
        }
    }

    /// An expression of operators that bind at least so tightly: 1 `||`, 2 `&&`, 4 comparisons, 6 sums, 7 products,
    /// 8 powers. Between them are `!` (3) and assignments (5).
    fn expression(&mut self, least: u8) -> Parsed<Kind> {
        self.deeper()?;
        let kind = self.operand()?;
        let kind = self.operators(kind, least)?;
        self.depth -= 1;
        Ok(kind)
    }

    /// The operators behind an operand, with what follows them.
    fn operators(&mut self, mut kind: Kind, least: u8) -> Parsed<Kind> {
        while let Token::Sign(sign) = self.token {
            let (level, binary) = match sign {
                "||" | "&&" => (if sign == "||" { 1 } else { 2 }, None),
                "<" => (4, Some(Binary::Less)),
                "<=" => (4, Some(Binary::LessOrEqual)),
                ">" => (4, Some(Binary::Greater)),
                ">=" => (4, Some(Binary::GreaterOrEqual)),
                "==" => (4, Some(Binary::Equal)),
                "!=" => (4, Some(Binary::Different)),
                "+" => (6, Some(Binary::Add)),
                "-" => (6, Some(Binary::Subtract)),
                "*" => (7, Some(Binary::Multiply)),
                "/" => (7, Some(Binary::Divide)),
                "%" => (7, Some(Binary::Modulo)),
                "^" => (8, Some(Binary::Power)),
                _ => break,
            };
            if level < least {
                break;
            }
            self.advance();
            let is_void = kind == Kind::Void;
            kind = Kind::Value;
            match binary {
                // A power's right side may be a power.
                Some(binary) => {
                    let right = self.expression(if level == 8 { 8 } else { level + 1 })?;
                    if is_void || right == Kind::Void {
                        let with = if level == 4 { "comparison" } else { sign };
                        return Err(self.wrong(&format!("void expression with {with}")));
                    }
                    self.emit(Action::Binary(binary), 1);
                }
                None => {
                    let at = self.here();
                    self.emit(if sign == "||" { Action::Or(0) } else { Action::And(0) }, 4);
                    let right = self.expression(level + 1)?;
                    if is_void || right == Kind::Void {
                        return Err(self.wrong(&format!("void expression with {sign}")));
                    }
                    self.emit(Action::Truth, 1);
                    let here = self.here();
                    self.patch(at, here);
                }
            }
        }
        Ok(kind)
    }

    fn operand(&mut self) -> Parsed<Kind> {
        match self.token.clone() {
            Token::Number(digits) => {
                let bytes = match digits.as_slice() {
                    b"0" | b"1" => 1,
                    _ => digits.len() - digits.iter().take_while(|digit| **digit == b'0').count() + 2,
                };
                self.emit(Action::Constant(digits.as_slice().into()), bytes);
                self.advance();
                Ok(Kind::Value)
            }
            Token::Sign("(") => {
                self.advance();
                let kind = self.expression(0)?;
                self.expect(")")?;
                Ok(if kind == Kind::Void { Kind::Void } else { Kind::Value })
            }
            Token::Sign("-") => {
                self.advance();
                self.value(9)?;
                self.emit(Action::Negate, 1);
                Ok(Kind::Value)
            }
            Token::Sign("!") => {
                self.advance();
                self.value(4)?;
                self.emit(Action::Not, 1);
                Ok(Kind::Value)
            }
            Token::Sign(sign @ ("++" | "--")) => {
                self.advance();
                let place = self.place()?;
                self.emit(Action::Step { place, up: sign == "++", before: true }, 4);
                Ok(Kind::Value)
            }
            Token::Name(name) => self.named(&name),
            Token::Keyword(keyword) => self.keyword(keyword),
            _ => Err(self.syntax()),
        }
    }

    /// A function, an array's element or a variable.
    fn named(&mut self, name: &str) -> Parsed<Kind> {
        self.advance();
        if self.is("(") {
            return self.call(name);
        }
        let place = self.rest_of_place(name)?;
        self.after_place(place)
    }

    fn rest_of_place(&mut self, name: &str) -> Parsed<Place> {
        if !self.is("[") {
            return Ok(Place::Variable(self.session.variables.number(name)));
        }
        self.advance();
        self.value(0)?;
        self.expect("]")?;
        Ok(Place::Element(self.session.arrays.number(name)))
    }

    /// A place behind `++` or `--`.
    fn place(&mut self) -> Parsed<Place> {
        match self.token.clone() {
            Token::Name(name) => {
                self.advance();
                self.rest_of_place(&name)
            }
            Token::Keyword(keyword) => {
                let special = special(keyword).ok_or_else(|| self.syntax())?;
                self.advance();
                Ok(Place::Special(special))
            }
            _ => Err(self.syntax()),
        }
    }

    /// An assignment to a place, a step of it, or its value.
    fn after_place(&mut self, place: Place) -> Parsed<Kind> {
        let Token::Sign(sign) = self.token else {
            self.emit(Action::Load(place), 2);
            return Ok(Kind::Value);
        };
        let binary = match sign {
            "+=" => Binary::Add,
            "-=" => Binary::Subtract,
            "*=" => Binary::Multiply,
            "/=" => Binary::Divide,
            "%=" => Binary::Modulo,
            "^=" => Binary::Power,
            "=" => {
                self.advance();
                if self.expression(6)? == Kind::Void {
                    return Err(self.wrong("Assignment of a void expression"));
                }
                self.emit(Action::Store(place), 2);
                return Ok(Kind::Assignment);
            }
            "++" | "--" => {
                self.advance();
                self.emit(Action::Step { place, up: sign == "++", before: false }, 4);
                return Ok(Kind::Value);
            }
            _ => {
                self.emit(Action::Load(place), 2);
                return Ok(Kind::Value);
            }
        };
        self.advance();
        match place {
            Place::Element(array) => self.emit(Action::LoadKeeping(array), 3),
            other => self.emit(Action::Load(other), 2),
        }
        if self.expression(6)? == Kind::Void {
            return Err(self.wrong("Assignment of a void expression"));
        }
        self.emit(Action::Binary(binary), 1);
        self.emit(Action::Store(place), 2);
        Ok(Kind::Assignment)
    }

    fn keyword(&mut self, keyword: &'static str) -> Parsed<Kind> {
        self.advance();
        let action = match keyword {
            "length" => Action::Length,
            "sqrt" => Action::Root,
            "scale" if self.is("(") => Action::ScaleOf,
            "read" | "random" => {
                self.expect("(")?;
                self.expect(")")?;
                self.emit(if keyword == "read" { Action::Read } else { Action::Random }, 2);
                return Ok(Kind::Value);
            }
            _ => {
                let place = Place::Special(special(keyword).ok_or_else(|| self.syntax())?);
                return self.after_place(place);
            }
        };
        self.expect("(")?;
        self.value(0)?;
        self.expect(")")?;
        self.emit(action, 2);
        Ok(Kind::Value)
    }

    fn call(&mut self, name: &str) -> Parsed<Kind> {
        self.advance();
        let mut arguments = Vec::new();
        if !self.is(")") {
            loop {
                arguments.push(self.argument()?);
                if !self.is(",") {
                    break;
                }
                self.advance();
            }
        }
        self.expect(")")?;
        let function = self.session.function(name);
        self.address += 2;
        let address = self.address;
        self.steps.push(Step { action: Action::Call(function, arguments.as_slice().into()), address });
        self.address += arguments.len() + 1;
        let is_void = self.session.voids.get(function).copied().unwrap_or(false);
        Ok(if is_void { Kind::Void } else { Kind::Value })
    }

    fn argument(&mut self) -> Parsed<Argument> {
        if let Token::Name(name) = self.token.clone() {
            self.advance();
            if self.is("(") {
                let kind = self.call(&name)?;
                return self.rest_of_argument(kind);
            }
            if self.is("[") {
                self.advance();
                if self.is("]") {
                    self.advance();
                    self.address += 3;
                    return Ok(Argument::Array(self.session.arrays.number(&name)));
                }
                self.value(0)?;
                self.expect("]")?;
                let array = self.session.arrays.number(&name);
                self.after_place(Place::Element(array))?;
            } else {
                let variable = self.session.variables.number(&name);
                self.after_place(Place::Variable(variable))?;
            }
            return self.rest_of_argument(Kind::Value);
        }
        self.value(0)?;
        Ok(Argument::Value)
    }

    /// The operators behind a first operand that was read already.
    fn rest_of_argument(&mut self, first: Kind) -> Parsed<Argument> {
        match self.operators(first, 0)? {
            Kind::Void => Err(self.wrong("void expression")),
            Kind::Value | Kind::Assignment => Ok(Argument::Value),
        }
    }

    fn definition(&mut self) -> Parsed<Unit> {
        self.advance();
        let mut function = Function { is_defined: true, ..Function::default() };
        if self.token == Token::Keyword("void") {
            function.is_void = true;
            self.advance();
        }
        let Token::Name(name) = self.token.clone() else { return Err(self.syntax()) };
        self.advance();
        self.expect("(")?;
        function.parameters = self.locals(")", true)?;
        self.expect(")")?;
        self.skip_newlines();
        self.expect("{")?;
        self.skip_newlines();
        let number = self.session.function(&name);
        if let Some(is_void) = self.session.voids.get_mut(number) {
            *is_void = function.is_void;
        }
        function.name = name;
        if self.token == Token::Keyword("auto") {
            self.advance();
            function.locals = self.locals(";", false)?;
            if !matches!(self.token, Token::Sign(";") | Token::Newline) {
                return Err(self.syntax());
            }
        }
        self.in_function = Some(function.is_void);
        self.statements(&[Token::Sign("}")])?;
        if self.quits {
            return Ok(Unit::Quit { is_end: false });
        }
        if !self.is("}") {
            return Err(self.syntax());
        }
        self.emit(Action::Constant(b"0".as_slice().into()), 1);
        self.emit(Action::Return, 1);
        function.code = std::mem::take(&mut self.steps).into();
        Ok(Unit::Function(number, function))
    }

    /// Names of parameters, or of what is local.
    fn locals(&mut self, end: &'static str, references: bool) -> Parsed<Vec<Local>> {
        let mut locals = Vec::new();
        while !self.is(end) && self.token != Token::Newline {
            let is_reference = references && (self.is("*") || self.is("&"));
            if is_reference {
                self.advance();
            }
            let Token::Name(name) = self.token.clone() else { return Err(self.syntax()) };
            self.advance();
            let local = if self.is("[") {
                self.advance();
                self.expect("]")?;
                let array = self.session.arrays.number(&name);
                if is_reference { Local::Reference(array) } else { Local::Array(array) }
            } else if is_reference {
                return Err(self.syntax());
            } else {
                Local::Variable(self.session.variables.number(&name))
            };
            if locals.contains(&local) {
                return Err(self.wrong("duplicate parameter names"));
            }
            locals.push(local);
            if !self.is(",") {
                break;
            }
            self.advance();
        }
        Ok(locals)
    }
}

fn special(keyword: &str) -> Option<Special> {
    Some(match keyword {
        "ibase" => Special::Ibase,
        "obase" => Special::Obase,
        "scale" => Special::Scale,
        "last" => Special::Last,
        _ => return None,
    })
}

/// A text of `print`, with its escapes.
fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'n') => out.push(b'\n'),
            Some(b'q') => out.push(b'"'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'\\') => out.push(b'\\'),
            // Another letter is dropped with its backslash.
            Some(_) | None => {}
        }
    }
    out
}
