//! The parser: a program's text into its syntax tree, with the precedences of jq 1.7.

use std::rc::Rc;

use crate::syntax::{
    Alias, Ast, Definition, Import, Member, MemberKey, Offset, Parameter, Pattern, Piece, Source,
};
use crate::token::{InString, Token, Tokens};
use crate::value::{Map, Value};

/// How deep expressions may be nested.
const DEPTH_MAX: usize = 200;
/// How many expressions may stand in one row, such as `1 + 1 + 1 ...`.
const ROW_MAX: usize = 10_000;

/// What is wrong with a program, and where.
#[derive(Debug)]
pub struct SyntaxError {
    pub message: String,
    pub at: Offset,
    /// Where an `if` or the like began that may have no `end`.
    pub unterminated: Option<(&'static str, Offset)>,
}

type Parsed<T> = Result<T, Box<SyntaxError>>;

struct Parser<'t> {
    text: &'t str,
    tokens: Tokens<'t>,
    peeked: Option<(Token, Offset)>,
    /// Where the last token began: the end of the text is reported there.
    last: Offset,
    depth: usize,
    row: usize,
    /// Whether only the end of the text was possible where the error is.
    open: Vec<(&'static str, Offset)>,
}

/// Reads a program or a module.
pub fn parse(text: &str) -> Parsed<Source> {
    let mut parser =
        Parser { text, tokens: Tokens::new(text), peeked: None, last: 0, depth: 0, row: 0, open: Vec::new() };
    parser.source()
}

impl Parser<'_> {
    fn peek(&mut self) -> &Token {
        if self.peeked.is_none() {
            self.peeked = Some(self.tokens.next());
        }
        self.peeked.as_ref().map_or(&Token::End, |(token, _)| token)
    }

    fn here(&mut self) -> Offset {
        self.peek();
        match &self.peeked {
            Some((Token::End, _)) | None => self.last,
            Some((_, at)) => *at,
        }
    }

    fn take(&mut self) -> Token {
        self.last = self.here();
        self.peeked.take().map_or(Token::End, |(token, _)| token)
    }

    fn is_sign(&mut self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn is_keyword(&mut self, word: &str) -> bool {
        matches!(self.peek(), Token::Keyword(found) if *found == word)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let is_there = self.is_sign(sign);
        if is_there {
            self.take();
        }
        is_there
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let is_there = self.is_keyword(word);
        if is_there {
            self.take();
        }
        is_there
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected("")) }
    }

    fn expect_keyword(&mut self, word: &str) -> Parsed<()> {
        if self.take_keyword(word) { Ok(()) } else { Err(self.unexpected("")) }
    }

    fn error(&mut self, message: String) -> Box<SyntaxError> {
        Box::new(SyntaxError { message, at: self.here(), unterminated: None })
    }

    /// The complaint about the next token.
    fn unexpected(&mut self, expecting: &str) -> Box<SyntaxError> {
        let shown = self.peek().shown();
        let is_end = *self.peek() == Token::End;
        let unterminated = self.open.last().copied().filter(|_| is_end);
        let message = format!("syntax error, unexpected {shown}{expecting} (Unix shell quoting issues?)");
        Box::new(SyntaxError { message, at: self.here(), unterminated })
    }

    fn source(&mut self) -> Parsed<Source> {
        let mut source = Source::default();
        if self.take_keyword("module") {
            let metadata = self.postfix()?;
            source.metadata = Some(
                constant(&metadata)
                    .ok_or_else(|| self.error("Module metadata must be constant".to_owned()))?,
            );
            self.expect(";")?;
            if !matches!(source.metadata, Some(Value::Object(_))) {
                return Err(self.error("Module metadata must be an object".to_owned()));
            }
        }
        while self.is_keyword("import") || self.is_keyword("include") {
            let import = self.import()?;
            source.imports.push(import);
        }
        while self.is_keyword("def") {
            source.definitions.push(self.definition()?);
        }
        if *self.peek() == Token::End {
            return Ok(source);
        }
        let starts_well = self.starts_expression();
        if !starts_well {
            return Err(self.unexpected(", expecting end of file"));
        }
        source.body = Some(self.pipe()?);
        if *self.peek() != Token::End {
            return Err(self.unexpected(", expecting end of file"));
        }
        Ok(source)
    }

    fn starts_expression(&mut self) -> bool {
        match self.peek() {
            Token::Keyword(word) => {
                ["if", "try", "reduce", "foreach", "label", "def", "break", "__loc__"].contains(word)
            }
            Token::Sign(sign) => [".", "..", "-", "$", "[", "{", "("].contains(sign),
            Token::Invalid | Token::End => false,
            _ => true,
        }
    }

    fn import(&mut self) -> Parsed<Import> {
        let is_include = self.take() == Token::Keyword("include");
        if *self.peek() != Token::Quote {
            return Err(self.unexpected(""));
        }
        let Ast::Constant(Value::String(path)) = self.string(None)? else {
            return Err(self.error("Import path must be constant".to_owned()));
        };
        let mut alias = None;
        if !is_include {
            self.expect_keyword("as")?;
            let is_data = self.take_sign("$");
            let name = self.name()?;
            alias = Some(if is_data { Alias::Data(name) } else { Alias::Module(name) });
        }
        let mut metadata = None;
        if !self.is_sign(";") {
            let ast = self.postfix()?;
            let value =
                constant(&ast).ok_or_else(|| self.error("Module metadata must be constant".to_owned()))?;
            if !matches!(value, Value::Object(_)) {
                return Err(self.error("Module metadata must be an object".to_owned()));
            }
            metadata = Some(value);
        }
        self.expect(";")?;
        Ok(Import { path: path.to_string(), alias, metadata })
    }

    fn name(&mut self) -> Parsed<String> {
        match self.peek().clone() {
            Token::Identifier(name) => {
                self.take();
                Ok(name)
            }
            Token::Keyword(word) => {
                self.take();
                Ok(word.to_owned())
            }
            _ => Err(self.unexpected("")),
        }
    }

    fn definition(&mut self) -> Parsed<Rc<Definition>> {
        self.expect_keyword("def")?;
        let name = self.name()?;
        let mut parameters = Vec::new();
        if self.take_sign("(") {
            loop {
                let is_value = self.take_sign("$");
                let name = self.name()?;
                parameters.push(if is_value { Parameter::Value(name) } else { Parameter::Filter(name) });
                if !self.take_sign(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let body = self.pipe()?;
        self.expect(";")?;
        Ok(Rc::new(Definition { name, parameters, body }))
    }

    /// Runs a step of the descent, unless it leads too deep.
    fn deeper<T>(&mut self, step: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX || self.row >= ROW_MAX {
            return Err(self.error("syntax error, the program is nested too deeply".to_owned()));
        }
        self.depth += 1;
        let parsed = step(self);
        self.depth -= 1;
        parsed
    }

    /// An expression in full: `a | b`, `def f: a; b`, `a as $x | b`.
    fn pipe(&mut self) -> Parsed<Ast> {
        let row = self.row;
        let parsed = self.deeper(|parser| parser.pipe_with(true));
        self.row = row;
        parsed
    }

    /// An expression as the value of an object's member: without a comma.
    fn member_value(&mut self) -> Parsed<Ast> {
        let row = self.row;
        let parsed = self.deeper(|parser| parser.pipe_with(false));
        self.row = row;
        parsed
    }

    fn pipe_with(&mut self, commas: bool) -> Parsed<Ast> {
        // A row of pipes is gathered by a loop, and folded from its end.
        let mut stages: Vec<Ast> = Vec::new();
        let last = loop {
            if self.is_keyword("def") {
                let definition = self.definition()?;
                let rest = self.deeper(|parser| parser.pipe_with(commas))?;
                break Ast::Define(definition, Box::new(rest));
            }
            if self.is_keyword("label") {
                self.take();
                self.expect("$")?;
                let name = self.name()?;
                self.expect("|")?;
                let body = self.deeper(|parser| parser.pipe_with(commas))?;
                break Ast::Label(name, Box::new(body));
            }
            let left = if commas { self.comma()? } else { self.operators(0)? };
            if !self.take_sign("|") {
                break left;
            }
            stages.push(left);
            self.row += 1;
            if self.row >= ROW_MAX {
                return Err(self.error("syntax error, the program is nested too deeply".to_owned()));
            }
        };
        Ok(stages.into_iter().rfold(last, |rest, stage| Ast::Pipe(Box::new(stage), Box::new(rest))))
    }

    fn comma(&mut self) -> Parsed<Ast> {
        let mut left = self.operators(0)?;
        while self.take_sign(",") {
            self.row += 1;
            let right = self.deeper(|parser| parser.operators(0))?;
            left = Ast::Comma(Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    /// Operators of at least a precedence.
    fn operators(&mut self, least: u8) -> Parsed<Ast> {
        let mut left = self.prefix()?;
        loop {
            let Some((operator, precedence, side)) = operator(self.peek()) else { return Ok(left) };
            if precedence < least {
                return Ok(left);
            }
            self.take();
            self.row += 1;
            let right_least = if side == Side::Right { precedence } else { precedence + 1 };
            let right = self.deeper(|parser| parser.operators(right_least))?;
            let (a, b) = (Box::new(left), Box::new(right));
            left = match operator {
                "=" | "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=" => {
                    Ast::Assign(operator.trim_end_matches('='), a, b)
                }
                _ => Ast::Operator(operator, a, b),
            };
            if side == Side::Neither && operator_precedence(self.peek()) == Some(precedence) {
                return Err(self.unexpected(""));
            }
        }
    }

    fn prefix(&mut self) -> Parsed<Ast> {
        if self.take_sign("-") {
            // It binds less than `*`, as in jq's grammar: `-a * b` is `-(a * b)`.
            let operand = self.deeper(|parser| parser.operators(PRODUCT))?;
            return Ok(Ast::Negate(Box::new(operand)));
        }
        if self.is_keyword("label") {
            return self.deeper(|parser| parser.pipe_with(true));
        }
        if self.is_keyword("def") {
            // A function that only this operand knows.
            let definition = self.definition()?;
            let rest = self.pipe()?;
            return Ok(Ast::Define(definition, Box::new(rest)));
        }
        let term = self.postfix()?;
        if !self.is_keyword("as") {
            return Ok(term);
        }
        self.take();
        let patterns = self.patterns()?;
        self.expect("|")?;
        self.row += 1;
        let body = self.deeper(|parser| parser.pipe_with(true))?;
        Ok(Ast::Bind(Box::new(term), patterns, Box::new(body)))
    }

    fn patterns(&mut self) -> Parsed<Vec<Pattern>> {
        let mut patterns = vec![self.pattern()?];
        while self.take_sign("?//") {
            patterns.push(self.pattern()?);
        }
        Ok(patterns)
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        self.deeper(|parser| {
            if parser.take_sign("$") {
                return Ok(Pattern::Variable(parser.name()?));
            }
            if parser.take_sign("[") {
                let mut items = Vec::new();
                loop {
                    items.push(parser.pattern()?);
                    if !parser.take_sign(",") {
                        break;
                    }
                }
                parser.expect("]")?;
                return Ok(Pattern::Array(items));
            }
            parser.expect("{")?;
            let mut members = Vec::new();
            loop {
                members.push(parser.pattern_member()?);
                if !parser.take_sign(",") {
                    break;
                }
            }
            parser.expect("}")?;
            Ok(Pattern::Object(members))
        })
    }

    fn pattern_member(&mut self) -> Parsed<Member> {
        if self.take_sign("$") {
            let name = self.name()?;
            let value = if self.take_sign(":") { Some(self.pattern()?) } else { None };
            return Ok(Member { key: MemberKey::Variable(name), value });
        }
        let key = match self.peek().clone() {
            Token::Identifier(_) | Token::Keyword(_) => Ast::Constant(Value::string(self.name()?)),
            Token::Quote => self.string(None)?,
            Token::Sign("(") => {
                self.take();
                let key = self.pipe()?;
                self.expect(")")?;
                key
            }
            _ => return Err(self.unexpected("")),
        };
        self.expect(":")?;
        Ok(Member { key: MemberKey::Expression(key), value: Some(self.pattern()?) })
    }

    /// A term and what is behind it: fields, indexes, `?`.
    fn postfix(&mut self) -> Parsed<Ast> {
        let mut term = self.deeper(Self::term)?;
        let mut count = 0;
        loop {
            count += 1;
            if count > DEPTH_MAX {
                return Err(self.error("syntax error, the program is nested too deeply".to_owned()));
            }
            term = match self.peek().clone() {
                Token::Field(name) => {
                    self.take();
                    Ast::Index(Box::new(term), Box::new(Ast::Constant(Value::string(name))))
                }
                Token::Sign(".") => {
                    self.take();
                    match self.peek() {
                        Token::Quote => {
                            let key = self.string(None)?;
                            Ast::Index(Box::new(term), Box::new(key))
                        }
                        Token::Sign("[") => self.bracket(term)?,
                        _ => return Err(self.unexpected("")),
                    }
                }
                Token::Sign("[") => self.bracket(term)?,
                Token::Sign("?") => {
                    self.take();
                    Ast::Try(Box::new(term), None)
                }
                _ => return Ok(term),
            };
        }
    }

    /// `[]`, `[a]`, `[a:b]` behind a term.
    fn bracket(&mut self, term: Ast) -> Parsed<Ast> {
        self.expect("[")?;
        let term = Box::new(term);
        if self.take_sign("]") {
            return Ok(Ast::Iterate(term));
        }
        if self.take_sign(":") {
            let end = self.pipe()?;
            self.expect("]")?;
            return Ok(Ast::Slice(term, None, Some(Box::new(end))));
        }
        let index = Box::new(self.pipe()?);
        if self.take_sign(":") {
            if self.take_sign("]") {
                return Ok(Ast::Slice(term, Some(index), None));
            }
            let end = self.pipe()?;
            self.expect("]")?;
            return Ok(Ast::Slice(term, Some(index), Some(Box::new(end))));
        }
        self.expect("]")?;
        Ok(Ast::Index(term, index))
    }

    fn term(&mut self) -> Parsed<Ast> {
        let at = self.here();
        match self.peek().clone() {
            Token::Number(number) => {
                self.take();
                Ok(Ast::Constant(Value::Number(number)))
            }
            Token::Quote => self.string(None),
            Token::Format(name) => {
                self.take();
                if *self.peek() == Token::Quote { self.string(Some(name)) } else { Ok(Ast::Format(name)) }
            }
            Token::Field(name) => {
                self.take();
                Ok(Ast::Index(Box::new(Ast::Identity), Box::new(Ast::Constant(Value::string(name)))))
            }
            Token::Identifier(name) => {
                self.take();
                self.call(name, at)
            }
            Token::Keyword(word) => self.keyword(word, at),
            Token::Sign(sign) => self.sign(sign, at),
            Token::End | Token::Invalid => Err(self.unexpected("")),
        }
    }

    fn call(&mut self, name: String, at: Offset) -> Parsed<Ast> {
        let mut arguments = Vec::new();
        if self.take_sign("(") {
            loop {
                arguments.push(self.pipe()?);
                if !self.take_sign(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        Ok(match (name.as_str(), arguments.is_empty()) {
            ("null", true) => Ast::Constant(Value::Null),
            ("true", true) => Ast::Constant(Value::Bool(true)),
            ("false", true) => Ast::Constant(Value::Bool(false)),
            _ => Ast::Call(name, arguments, at),
        })
    }

    fn sign(&mut self, sign: &'static str, at: Offset) -> Parsed<Ast> {
        match sign {
            "." => {
                self.take();
                if *self.peek() == Token::Quote {
                    let key = self.string(None)?;
                    return Ok(Ast::Index(Box::new(Ast::Identity), Box::new(key)));
                }
                Ok(Ast::Identity)
            }
            ".." => {
                self.take();
                Ok(Ast::Recurse)
            }
            "$" => {
                self.take();
                if self.take_keyword("__loc__") {
                    return Ok(Ast::Location(1 + self.text[..at].matches('\n').count()));
                }
                Ok(Ast::Variable(self.name()?, at))
            }
            "(" => {
                self.take();
                let inner = self.pipe()?;
                self.expect(")")?;
                Ok(inner)
            }
            "[" => {
                self.take();
                if self.take_sign("]") {
                    return Ok(Ast::Array(None));
                }
                let inner = self.pipe()?;
                self.expect("]")?;
                Ok(Ast::Array(Some(Box::new(inner))))
            }
            "{" => {
                self.take();
                let mut members = Vec::new();
                while !self.is_sign("}") {
                    let at = self.here();
                    let (key, value) = self.member()?;
                    members.push((key, value, at));
                    if !self.take_sign(",") {
                        break;
                    }
                }
                self.expect("}")?;
                Ok(Ast::Object(members))
            }
            _ => Err(self.unexpected("")),
        }
    }

    /// A member of an object that is being made.
    fn member(&mut self) -> Parsed<(Ast, Ast)> {
        let at = self.here();
        let by_key = |key: Ast| Ast::Index(Box::new(Ast::Identity), Box::new(key));
        let key = match self.peek().clone() {
            Token::Sign("$") => {
                self.take();
                if self.take_keyword("__loc__") {
                    let line = 1 + self.text[..at].matches('\n').count();
                    return Ok((Ast::Constant("__loc__".into()), Ast::Location(line)));
                }
                let name = self.name()?;
                let key = Ast::Constant(Value::string(name.clone()));
                if self.take_sign(":") {
                    return Ok((Ast::Variable(name, at), self.member_value()?));
                }
                return Ok((key, Ast::Variable(name, at)));
            }
            Token::Identifier(_) | Token::Keyword(_) => Ast::Constant(Value::string(self.name()?)),
            Token::Number(_) => {
                return Err(self.error("May need parentheses around object key expression".to_owned()));
            }
            Token::Quote => self.string(None)?,
            Token::Format(name) => {
                self.take();
                if *self.peek() == Token::Quote { self.string(Some(name))? } else { Ast::Format(name) }
            }
            Token::Sign("(") => {
                self.take();
                let key = self.pipe()?;
                self.expect(")")?;
                self.expect(":")?;
                return Ok((key, self.member_value()?));
            }
            _ => return Err(self.unexpected("")),
        };
        if self.take_sign(":") {
            return Ok((key, self.member_value()?));
        }
        Ok((key.clone(), by_key(key)))
    }

    fn keyword(&mut self, word: &'static str, at: Offset) -> Parsed<Ast> {
        if !["if", "try", "reduce", "foreach", "break", "__loc__"].contains(&word) {
            return Err(self.unexpected(""));
        }
        self.take();
        self.open.push((word, at));
        let parsed = match word {
            "if" => self.condition(),
            "try" => {
                let body = Box::new(self.deeper(Self::postfix_without_try)?);
                let handler = if self.take_keyword("catch") {
                    Some(Box::new(self.deeper(Self::postfix_without_try)?))
                } else {
                    None
                };
                Ok(Ast::Try(body, handler))
            }
            "reduce" => {
                let (source, patterns) = self.loop_head()?;
                let start = self.pipe()?;
                self.expect(";")?;
                let update = self.pipe()?;
                self.expect(")")?;
                Ok(Ast::Reduce(source, patterns, Box::new(start), Box::new(update)))
            }
            "foreach" => {
                let (source, patterns) = self.loop_head()?;
                let start = Box::new(self.pipe()?);
                self.expect(";")?;
                let update = Box::new(self.pipe()?);
                let extract = if self.take_sign(";") { Some(Box::new(self.pipe()?)) } else { None };
                self.expect(")")?;
                Ok(Ast::Foreach(source, patterns, start, update, extract))
            }
            "break" => {
                self.expect("$")?;
                Ok(Ast::Break(self.name()?, at))
            }
            _ => Ok(Ast::Call("__loc__".to_owned(), Vec::new(), at)),
        };
        if parsed.is_ok() {
            self.open.pop();
        }
        parsed
    }

    /// What `try` and `catch` take: a term with what is behind it; `-1` too.
    fn postfix_without_try(&mut self) -> Parsed<Ast> {
        if self.take_sign("-") {
            return Ok(Ast::Negate(Box::new(self.deeper(Self::postfix)?)));
        }
        self.postfix()
    }

    fn loop_head(&mut self) -> Parsed<(Box<Ast>, Vec<Pattern>)> {
        let source = Box::new(self.postfix()?);
        self.expect_keyword("as")?;
        let patterns = self.patterns()?;
        self.expect("(")?;
        Ok((source, patterns))
    }

    /// What follows an `if` or an `elif`.
    fn condition(&mut self) -> Parsed<Ast> {
        let condition = Box::new(self.pipe()?);
        self.expect_keyword("then")?;
        let then = Box::new(self.pipe()?);
        if self.take_keyword("elif") {
            let rest = self.deeper(Self::condition)?;
            return Ok(Ast::If(condition, then, Some(Box::new(rest))));
        }
        let otherwise = if self.take_keyword("else") { Some(Box::new(self.pipe()?)) } else { None };
        self.expect_keyword("end")?;
        Ok(Ast::If(condition, then, otherwise))
    }

    /// A string, whose quote comes next.
    fn string(&mut self, format: Option<String>) -> Parsed<Ast> {
        self.take();
        let mut pieces = Vec::new();
        loop {
            let at = self.tokens.at();
            match self.tokens.text() {
                InString::Text(text) => {
                    self.last = at;
                    pieces.push(Piece::Text(text));
                }
                InString::Expression => {
                    let expression = self.pipe()?;
                    self.expect(")")?;
                    pieces.push(Piece::Expression(expression));
                }
                InString::Quote => break,
                InString::End => {
                    let expecting = ", expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END";
                    return Err(self.unexpected(expecting));
                }
                InString::Invalid(message) => {
                    return Err(Box::new(SyntaxError { message, at, unterminated: None }));
                }
            }
        }
        match pieces.as_slice() {
            [] => Ok(Ast::Constant("".into())),
            [Piece::Text(text)] => Ok(Ast::Constant(Value::string(text.clone()))),
            _ => Ok(Ast::Interpolated(format, pieces)),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Neither,
}

/// The precedence of `*`, the highest.
const PRODUCT: u8 = 7;

/// An operator, its precedence, and the side it groups to.
fn operator(token: &Token) -> Option<(&'static str, u8, Side)> {
    let sign = match token {
        Token::Sign(sign) => sign,
        Token::Keyword(word @ ("and" | "or")) => word,
        _ => return None,
    };
    let (precedence, side) = match *sign {
        "//" => (1, Side::Right),
        "=" | "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=" => (2, Side::Neither),
        "or" => (3, Side::Left),
        "and" => (4, Side::Left),
        "==" | "!=" | "<" | "<=" | ">" | ">=" => (5, Side::Neither),
        "+" | "-" => (6, Side::Left),
        "*" | "/" | "%" => (PRODUCT, Side::Left),
        _ => return None,
    };
    Some((sign, precedence, side))
}

fn operator_precedence(token: &Token) -> Option<u8> {
    operator(token).map(|(_, precedence, _)| precedence)
}

/// The value of an expression that is one.
pub fn constant(ast: &Ast) -> Option<Value> {
    match ast {
        Ast::Constant(value) => Some(value.clone()),
        Ast::Array(None) => Some(Value::array(Vec::new())),
        Ast::Array(Some(items)) => {
            let mut values = Vec::new();
            let mut left: &Ast = items;
            while let Ast::Comma(rest, last) = left {
                values.push(constant(last)?);
                left = rest;
            }
            values.push(constant(left)?);
            values.reverse();
            Some(Value::array(values))
        }
        Ast::Object(members) => {
            let mut map = Map::default();
            for (key, value, _) in members {
                let Value::String(key) = constant(key)? else { return None };
                map.insert(key, constant(value)?);
            }
            Some(Value::object(map))
        }
        _ => None,
    }
}
