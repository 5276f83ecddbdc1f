//! Statements.

use super::expression::{CONCATENATION, OPERAND};
use super::{Around, Parsed, Parser};
use crate::ast::{Block, Case, Expr, ExprId, Node, Stmt};
use crate::lexer::{Keyword, Token};

impl Parser<'_> {
    /// Reads `{ statements }`.
    pub(super) fn braces(&mut self) -> Parsed<Block> {
        self.expect(&Token::LeftBrace)?;
        let block = self.statements()?;
        self.expect(&Token::RightBrace)?;
        Ok(block)
    }

    /// Reads statements up to a `}` or the end.
    fn statements(&mut self) -> Parsed<Block> {
        let mut block = Block::new();
        loop {
            while self.is_newline() || self.token == Token::Semicolon {
                self.advance()?;
            }
            match self.token {
                Token::RightBrace | Token::End => return Ok(block),
                Token::Keyword(Keyword::Case | Keyword::Default) if self.switches > 0 => return Ok(block),
                _ => block.push(self.statement()?),
            }
        }
    }

    /// Reads the statement that a loop or condition governs; `;` is the empty one.
    fn body(&mut self) -> Parsed<Block> {
        self.skip_newlines()?;
        if self.accept(&Token::Semicolon)? {
            return Ok(Block::new());
        }
        let node = self.nested(Self::statement)?;
        Ok(vec![node])
    }

    fn loop_body(&mut self) -> Parsed<Block> {
        self.loops += 1;
        let body = self.body();
        self.loops -= 1;
        body
    }

    fn statement(&mut self) -> Parsed<Node> {
        let place = self.here();
        let stmt = match self.token {
            Token::LeftBrace => {
                let block = self.nested(Self::braces)?;
                return Ok(Node { stmt: Stmt::Block(block), place });
            }
            Token::Keyword(Keyword::If) => self.if_statement()?,
            Token::Keyword(Keyword::While) => {
                let condition = self.condition()?;
                let body = self.loop_body()?;
                Stmt::While { condition, body }
            }
            Token::Keyword(Keyword::Do) => self.do_statement()?,
            Token::Keyword(Keyword::For) => self.for_statement()?,
            Token::Keyword(Keyword::Switch) => self.switch_statement()?,
            _ => {
                let node = self.simple_statement()?;
                self.terminator()?;
                return Ok(node);
            }
        };
        Ok(Node { stmt, place })
    }

    /// Reads what ends a simple statement.
    fn terminator(&mut self) -> Parsed<()> {
        match self.token {
            Token::Semicolon | Token::Newline | Token::LastNewline => self.advance(),
            Token::RightBrace => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    /// Reads the keyword, and `(condition)`.
    fn condition(&mut self) -> Parsed<ExprId> {
        self.advance()?;
        self.expect(&Token::LeftParen)?;
        let condition = self.inner(Self::expression)?;
        self.expect(&Token::RightParen)?;
        Ok(condition)
    }

    fn if_statement(&mut self) -> Parsed<Stmt> {
        let condition = self.condition()?;
        let then = self.body()?;
        // A `;` and newlines may stand in front of `else`, which nothing else begins with.
        while self.is_newline() || self.token == Token::Semicolon {
            if self.token == Token::Semicolon && then.is_empty() {
                break;
            }
            self.advance()?;
        }
        let mut otherwise = Block::new();
        if self.accept(&Token::Keyword(Keyword::Else))? {
            otherwise = self.body()?;
        }
        Ok(Stmt::If { condition, then, otherwise })
    }

    fn do_statement(&mut self) -> Parsed<Stmt> {
        self.advance()?;
        let body = self.loop_body()?;
        while self.is_newline() || self.token == Token::Semicolon {
            self.advance()?;
        }
        if self.token != Token::Keyword(Keyword::While) {
            return Err(self.unexpected());
        }
        let condition = self.condition()?;
        if self.token != Token::RightBrace {
            self.terminator()?;
        }
        Ok(Stmt::DoWhile { body, condition })
    }

    fn for_statement(&mut self) -> Parsed<Stmt> {
        self.advance()?;
        self.expect(&Token::LeftParen)?;
        let start =
            if self.token == Token::Semicolon { None } else { Some(Box::new(self.simple_statement()?)) };
        if self.token == Token::RightParen
            && let Some(Node { stmt: Stmt::Expr(id), .. }) = start.as_deref()
            && let Expr::In(keys, array) = self.program.expr(*id)
            && let [target] = keys[..]
            && matches!(self.program.expr(target), Expr::Variable(_))
        {
            let array = *array;
            self.note_array(array);
            self.advance()?;
            let body = self.loop_body()?;
            return Ok(Stmt::ForIn { target, array, body });
        }
        self.expect(&Token::Semicolon)?;
        self.skip_newlines()?;
        let condition =
            if self.token == Token::Semicolon { None } else { Some(self.inner(Self::expression)?) };
        self.expect(&Token::Semicolon)?;
        self.skip_newlines()?;
        let step =
            if self.token == Token::RightParen { None } else { Some(Box::new(self.simple_statement()?)) };
        self.expect(&Token::RightParen)?;
        let body = self.loop_body()?;
        Ok(Stmt::For { start, condition, step, body })
    }

    fn switch_statement(&mut self) -> Parsed<Stmt> {
        let subject = self.condition()?;
        self.skip_newlines()?;
        self.expect(&Token::LeftBrace)?;
        self.skip_newlines()?;
        self.switches += 1;
        let mut cases: Vec<Case> = Vec::new();
        while self.token != Token::RightBrace {
            let label = match self.token {
                Token::Keyword(Keyword::Case) => {
                    self.advance()?;
                    Some(self.label()?)
                }
                Token::Keyword(Keyword::Default) => {
                    self.advance()?;
                    if cases.iter().any(|case| case.label.is_none()) {
                        self.error("duplicate `default' detected in switch body");
                    }
                    None
                }
                _ => return Err(self.unexpected()),
            };
            self.expect(&Token::Colon)?;
            let body = self.nested(Self::statements)?;
            cases.push(Case { label, body });
        }
        self.switches -= 1;
        self.advance()?;
        Ok(Stmt::Switch { subject, cases })
    }

    /// Reads the constant behind `case`.
    fn label(&mut self) -> Parsed<ExprId> {
        match self.token {
            Token::Number(_)
            | Token::Text(_)
            | Token::Slash
            | Token::At
            | Token::Minus
            | Token::Plus
            | Token::Augment(_) => {
                let label = self.binary(OPERAND)?;
                match self.program.expr(label) {
                    Expr::Number(_) | Expr::Text(_) | Expr::Regex(_) | Expr::StrongRegex(_) => Ok(label),
                    _ => Err(self.unexpected()),
                }
            }
            _ => Err(self.unexpected()),
        }
    }

    pub(super) fn simple_statement(&mut self) -> Parsed<Node> {
        let place = self.here();
        let Token::Keyword(keyword) = self.token else {
            let expr = self.expression()?;
            return Ok(Node { stmt: Stmt::Expr(expr), place });
        };
        let stmt = match keyword {
            Keyword::Print | Keyword::Printf => self.print_statement(keyword == Keyword::Printf)?,
            Keyword::Delete => self.delete_statement()?,
            Keyword::Break => {
                if self.loops == 0 && self.switches == 0 {
                    self.error("`break' is not allowed outside a loop or switch");
                    self.error("`break' is not allowed outside a loop or switch");
                }
                self.advance()?;
                Stmt::Break
            }
            Keyword::Continue => {
                if self.loops == 0 {
                    self.error("`continue' is not allowed outside a loop");
                    self.error("`continue' is not allowed outside a loop");
                }
                self.advance()?;
                Stmt::Continue
            }
            Keyword::Next | Keyword::NextFile => {
                let name = if keyword == Keyword::Next { "next" } else { "nextfile" };
                let forbidden = match self.around {
                    Around::Rule | Around::Function => false,
                    Around::BeginFile => keyword == Keyword::Next,
                    Around::Begin | Around::End | Around::EndFile => true,
                };
                if forbidden {
                    self.error(&format!("`{name}' used in {} action", self.around.name()));
                }
                self.advance()?;
                if keyword == Keyword::Next { Stmt::Next } else { Stmt::NextFile }
            }
            Keyword::Exit => {
                self.advance()?;
                Stmt::Exit(self.optional_expression()?)
            }
            Keyword::Return => {
                if self.around != Around::Function {
                    let message = "`return' used outside function context";
                    return Err(self.refuse_at(message, self.lexer.start(), self.line));
                }
                self.advance()?;
                Stmt::Return(self.optional_expression()?)
            }
            Keyword::Getline => Stmt::Expr(self.expression()?),
            _ => return Err(self.unexpected()),
        };
        Ok(Node { stmt, place })
    }

    fn optional_expression(&mut self) -> Parsed<Option<ExprId>> {
        match self.token {
            Token::Semicolon | Token::Newline | Token::LastNewline | Token::RightBrace | Token::End => {
                Ok(None)
            }
            _ => self.expression().map(Some),
        }
    }

    fn delete_statement(&mut self) -> Parsed<Stmt> {
        self.advance()?;
        let parenthesized = self.accept(&Token::LeftParen)?;
        let target = self.array_name()?;
        if parenthesized {
            // Only a name may stand in parentheses.
            if !matches!(self.program.expr(target), Expr::Variable(_)) {
                return Err(self.unexpected());
            }
            self.expect(&Token::RightParen)?;
        }
        self.note_array(target);
        Ok(Stmt::Delete(target))
    }

    fn ends_print(&self) -> bool {
        self.is_newline()
            || matches!(self.token, Token::Semicolon | Token::RightBrace | Token::End)
            || self.token.redirection().is_some()
    }

    fn print_statement(&mut self, formatted: bool) -> Parsed<Stmt> {
        self.advance()?;
        let saved = (self.no_greater, self.no_pipe);
        (self.no_greater, self.no_pipe) = (true, true);
        let args = self.print_arguments();
        let to = args.and_then(|args| Ok((args, self.destination()?)));
        (self.no_greater, self.no_pipe) = saved;
        let (args, to) = to?;
        if formatted && args.is_empty() {
            return Err(self.refuse("fatal: printf: no arguments", 2));
        }
        Ok(Stmt::Print { args, formatted, to })
    }

    fn print_arguments(&mut self) -> Parsed<Vec<ExprId>> {
        if self.ends_print() {
            return Ok(Vec::new());
        }
        if self.token != Token::LeftParen {
            return self.list();
        }
        // `(a, b)` may be the whole list, or begin `(a, b) in c`; `(a)` may begin any expression.
        let before = (self.lexer.mark(), self.token.clone(), self.line, self.errors.len());
        self.advance()?;
        let list = self.inner(Self::list)?;
        self.expect(&Token::RightParen)?;
        if self.ends_print() {
            return Ok(list);
        }
        // Some expression begins with the parenthesis: read it again as such.
        let errors;
        let mark;
        (mark, self.token, self.line, errors) = before;
        self.lexer.go_back(mark);
        self.errors.truncate(errors);
        self.list()
    }

    fn destination(&mut self) -> Parsed<Option<(crate::ast::Redirection, ExprId)>> {
        let Some(redirection) = self.token.redirection() else { return Ok(None) };
        self.advance()?;
        let target = self.nested(|parser| parser.binary(CONCATENATION))?;
        Ok(Some((redirection, target)))
    }
}
