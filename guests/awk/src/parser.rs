//! The parser: a program's text made into its tree. It owns names and the rules and statements; expressions are in
//! [`expression`].

mod expression;
mod statement;

use std::collections::HashMap;
use std::rc::Rc;

use crate::ast::{Block, Expr, ExprId, Place, Program, Rule, Trigger, UserFunction, Var};
use crate::lexer::{Keyword, Lexer, Token, Wrong};
use crate::variables;

/// How deep statements and expressions may be nested: the stack has an end.
const DEPTH_MAX: u32 = 250;

/// Why a program cannot run.
pub struct Refusal {
    /// The lines to write to standard error.
    pub lines: Vec<String>,
    pub status: i32,
}

type Parsed<T> = Result<T, Refusal>;

/// What a rule or function may hold, by where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Around {
    Rule,
    Begin,
    End,
    BeginFile,
    EndFile,
    Function,
}

impl Around {
    fn name(self) -> &'static str {
        match self {
            Around::Rule | Around::Function => "",
            Around::Begin => "BEGIN",
            Around::End => "END",
            Around::BeginFile => "BEGINFILE",
            Around::EndFile => "ENDFILE",
        }
    }
}

pub struct Parser<'a> {
    /// What messages begin with: the name by which awk was called.
    called: &'a str,
    program: Program,
    globals: HashMap<Rc<str>, u32>,
    functions: HashMap<Rc<str>, u32>,
    lexer: Lexer,
    source: u16,
    token: Token,
    /// The line on which `token` begins.
    line: u32,
    /// The function that is being read, and its parameters.
    current: u32,
    params: Vec<Rc<str>>,
    around: Around,
    loops: u32,
    switches: u32,
    depth: u32,
    /// A `>` is a redirection here.
    no_greater: bool,
    /// A `|` is a redirection here.
    no_pipe: bool,
    /// Complaints after which reading went on.
    errors: Vec<String>,
}

impl<'a> Parser<'a> {
    pub fn new(called: &'a str) -> Parser<'a> {
        let mut parser = Parser {
            called,
            program: Program::default(),
            globals: HashMap::new(),
            functions: HashMap::new(),
            lexer: Lexer::new(b""),
            source: 0,
            token: Token::End,
            line: 1,
            current: 0,
            params: Vec::new(),
            around: Around::Rule,
            loops: 0,
            switches: 0,
            depth: 0,
            no_greater: false,
            no_pipe: false,
            errors: Vec::new(),
        };
        for name in variables::NAMES {
            parser.global(&Rc::from(name));
        }
        parser
    }

    /// Reads one source; `name` is how messages call it. Answers the warnings to write.
    pub fn read(&mut self, name: &str, text: &[u8]) -> Parsed<Vec<String>> {
        self.source = u16::try_from(self.program.sources.len()).unwrap_or(u16::MAX);
        self.program.sources.push(name.to_owned());
        self.lexer = Lexer::new(text);
        self.advance()?;
        let result = self.items();
        let warnings = std::mem::take(&mut self.lexer.warnings);
        let mut lines: Vec<String> = warnings
            .into_iter()
            .map(|(line, text)| format!("{}: {name}:{line}: warning: {text}", self.called))
            .collect();
        match result {
            Ok(()) => Ok(lines),
            Err(mut refusal) => {
                lines.append(&mut self.errors);
                lines.append(&mut refusal.lines);
                refusal.lines = lines;
                Err(refusal)
            }
        }
    }

    /// Tells of calls with more arguments than their functions have parameters.
    fn check_calls(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (expr, place) in &self.program.exprs {
            let Expr::Call(function, arguments) = expr else { continue };
            let function = &self.program.functions[*function as usize];
            if function.body.is_some() && arguments.len() > function.params.len() {
                let name = &function.name;
                let what = format!("warning: function `{name}' called with more arguments than declared");
                warnings.push(self.complaint(*place, &what));
            }
        }
        warnings
    }

    /// The whole program, after its last source, and warnings to write.
    pub fn finish(mut self) -> Parsed<(Program, Vec<String>)> {
        for function in &self.program.functions {
            if function.body.is_some() && self.globals.contains_key(&function.name) {
                let name = &function.name;
                self.errors.push(self.complaint(
                    self.here(),
                    &format!("error: function `{name}' called with space between name and `(',\nor used as a variable or an array"),
                ));
            }
        }
        if self.errors.is_empty() {
            let warnings = self.check_calls();
            return Ok((self.program, warnings));
        }
        Err(Refusal { lines: self.errors, status: 1 })
    }

    /// The number of a global variable, which comes to be.
    pub fn global(&mut self, name: &Rc<str>) -> u32 {
        if let Some(number) = self.globals.get(name) {
            return *number;
        }
        let number = self.program.globals.len() as u32;
        self.program.globals.push(name.clone());
        self.globals.insert(name.clone(), number);
        number
    }

    fn variable(&mut self, name: &Rc<str>) -> Var {
        match self.params.iter().position(|param| param == name) {
            Some(index) => Var::Local(index as u32),
            None => Var::Global(self.global(name)),
        }
    }

    fn function(&mut self, name: &Rc<str>) -> u32 {
        if let Some(number) = self.functions.get(name) {
            return *number;
        }
        let number = self.program.functions.len() as u32;
        self.program.functions.push(UserFunction { name: name.clone(), params: Vec::new(), body: None });
        self.functions.insert(name.clone(), number);
        number
    }

    fn here(&self) -> Place {
        Place { source: self.source, line: self.line }
    }

    fn complaint(&self, place: Place, what: &str) -> String {
        format!("{}: {}: {what}", self.called, self.program.shown(place))
    }

    /// Notes an error after which reading goes on.
    fn error(&mut self, what: &str) {
        let line = self.complaint(self.here(), &format!("error: {what}"));
        self.errors.push(line);
    }

    /// Refuses the program in one line.
    fn refuse(&self, what: &str, status: i32) -> Refusal {
        Refusal { lines: vec![self.complaint(self.here(), what)], status }
    }

    /// Refuses the program with the line and a mark below a byte of it.
    fn refuse_at(&self, message: &str, at: usize, line: u32) -> Refusal {
        let text = self.lexer.source();
        let at = at.min(text.len());
        let head = &text[..at];
        // The mark of a text's end stands behind its last line.
        let at = if at == text.len() && head.ends_with(b"\n") { at - 1 } else { at };
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
        let blank: String =
            text[start..at].iter().map(|byte| if *byte == b'\t' { '\t' } else { ' ' }).collect();
        let place = Place { source: self.source, line };
        let shown = String::from_utf8_lossy(&text[start..end]).into_owned();
        Refusal {
            lines: vec![self.complaint(place, &shown), self.complaint(place, &format!("{blank}^ {message}"))],
            status: 1,
        }
    }

    fn wrong(&self, wrong: Wrong) -> Refusal {
        self.refuse_at(&wrong.message, wrong.at, self.lexer.line())
    }

    /// Refuses the token that is next.
    fn unexpected(&self) -> Refusal {
        let message = match self.token {
            Token::Newline | Token::LastNewline | Token::End => "unexpected newline or end of string",
            _ => "syntax error",
        };
        let line = self.lexer.line() + u32::from(self.token == Token::LastNewline);
        self.refuse_at(message, self.lexer.start(), line)
    }

    fn advance(&mut self) -> Parsed<()> {
        let line = self.lexer.line();
        self.token = self.lexer.next().map_err(|wrong| self.wrong(wrong))?;
        self.line = if self.token == Token::Newline { line } else { self.lexer.line() };
        Ok(())
    }

    fn accept(&mut self, token: &Token) -> Parsed<bool> {
        let is_it = self.token == *token;
        if is_it {
            self.advance()?;
        }
        Ok(is_it)
    }

    fn expect(&mut self, token: &Token) -> Parsed<()> {
        if self.accept(token)? { Ok(()) } else { Err(self.unexpected()) }
    }

    fn is_newline(&self) -> bool {
        matches!(self.token, Token::Newline | Token::LastNewline)
    }

    fn skip_newlines(&mut self) -> Parsed<()> {
        while self.is_newline() {
            self.advance()?;
        }
        Ok(())
    }

    fn push(&mut self, expr: Expr, place: Place) -> ExprId {
        self.program.exprs.push((expr, place));
        ExprId(self.program.exprs.len() as u32 - 1)
    }

    fn too_deep(&self) -> Refusal {
        self.refuse("error: the program is nested too deeply", 1)
    }

    /// Reads something one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Reads the rules and functions of a source.
    fn items(&mut self) -> Parsed<()> {
        loop {
            while self.is_newline() || self.token == Token::Semicolon {
                if self.accept(&Token::Semicolon)? && self.token == Token::Semicolon {
                    return Err(self.refuse("each rule must have a pattern or an action part", 1));
                }
                self.skip_newlines()?;
            }
            match self.token {
                Token::End => return Ok(()),
                Token::Keyword(Keyword::Function) => self.definition()?,
                _ => self.rule()?,
            }
        }
    }

    fn rule(&mut self) -> Parsed<()> {
        let place = self.here();
        self.around = match self.token {
            Token::Keyword(Keyword::Begin) => Around::Begin,
            Token::Keyword(Keyword::End) => Around::End,
            Token::Keyword(Keyword::BeginFile) => Around::BeginFile,
            Token::Keyword(Keyword::EndFile) => Around::EndFile,
            _ => Around::Rule,
        };
        let trigger = match self.around {
            Around::Rule | Around::Function => self.pattern()?,
            Around::Begin => Trigger::Begin,
            Around::End => Trigger::End,
            Around::BeginFile => Trigger::BeginFile,
            Around::EndFile => Trigger::EndFile,
        };
        if self.around != Around::Rule {
            self.advance()?;
            if self.token != Token::LeftBrace {
                if self.is_newline() || matches!(self.token, Token::Semicolon | Token::End) {
                    if self.token == Token::Newline {
                        self.advance()?;
                    }
                    let what = format!("{} blocks must have an action part", self.around.name());
                    return Err(self.refuse(&what, 1));
                }
                return Err(self.unexpected());
            }
        }
        let action = if self.token == Token::LeftBrace { Some(self.braces()?) } else { None };
        if action.is_none() && !self.is_newline() && !matches!(self.token, Token::Semicolon | Token::End) {
            return Err(self.unexpected());
        }
        self.program.rules.push(Rule { trigger, action, place });
        Ok(())
    }

    fn pattern(&mut self) -> Parsed<Trigger> {
        if self.token == Token::LeftBrace {
            return Ok(Trigger::Always);
        }
        let first = self.expression()?;
        if !self.accept(&Token::Comma)? {
            return Ok(Trigger::Pattern(first));
        }
        self.skip_newlines()?;
        Ok(Trigger::Range(first, self.expression()?))
    }

    fn definition(&mut self) -> Parsed<()> {
        self.advance()?;
        let name = match &self.token {
            Token::Name(name) | Token::CallName(name) => name.clone(),
            Token::Builtin(function) => {
                let what = format!("`{}' is a built-in function, it cannot be redefined", function.name());
                return Err(self.refuse_at(&what, self.lexer.start(), self.line));
            }
            _ => return Err(self.unexpected()),
        };
        let number = self.function(&name);
        if self.program.functions[number as usize].body.is_some() || self.globals.remove(&name).is_some() {
            self.error(&format!("function name `{name}' previously defined"));
        }
        self.advance()?;
        self.expect(&Token::LeftParen)?;
        self.current = number;
        self.params.clear();
        self.skip_newlines()?;
        while self.token != Token::RightParen {
            let Token::Name(param) = &self.token else { return Err(self.unexpected()) };
            let param = param.clone();
            self.check_param(&name, &param);
            self.params.push(param);
            self.advance()?;
            if self.accept(&Token::Comma)? {
                self.skip_newlines()?;
                if self.token == Token::RightParen {
                    return Err(self.unexpected());
                }
            } else if self.token != Token::RightParen {
                return Err(self.unexpected());
            }
        }
        self.advance()?;
        self.skip_newlines()?;
        self.around = Around::Function;
        if self.token != Token::LeftBrace {
            return Err(self.unexpected());
        }
        // Known to be defined before its body is read, in which it may call itself.
        self.program.functions[number as usize].body = Some(Block::new());
        let body = self.braces()?;
        let params = std::mem::take(&mut self.params);
        let function = &mut self.program.functions[number as usize];
        (function.params, function.body) = (params, Some(body));
        Ok(())
    }

    fn check_param(&mut self, function: &str, param: &Rc<str>) {
        if let Some(first) = self.params.iter().position(|known| known == param) {
            let (first, second) = (first + 1, self.params.len() + 1);
            self.error(&format!(
                "function `{function}': parameter #{second}, `{param}', duplicates parameter #{first}"
            ));
        } else if &**param == function {
            self.error(&format!("function `{function}': cannot use function name as parameter name"));
        } else if variables::NAMES.contains(&&**param) {
            self.error(&format!(
                "function `{function}': cannot use special variable `{param}' as a function parameter"
            ));
        }
    }
}
