//! Arithmetic: the expressions of `$((…))`, `((…))`, `let`, subscripts, `-i` variables and substring offsets.
//!
//! Owns bash's expression grammar, its 64-bit wrapping semantics and the wording of its errors. Text is evaluated
//! while it is read, without a tree in between: an operand that is not wanted (the right side of a decided `&&`,
//! `||`, `?:`) is read with `unwanted` raised, and then nothing is looked up, assigned or divided. It does not know
//! what a variable is: names and raw subscripts go through [`ArithmeticVariables`]. Everything that nests counts
//! towards [`DEPTH_MAX`], so that no text and no chain of variables exhausts the stack.

use std::fmt;

use bstr::BString;

mod lexer;
mod operators;
#[cfg(test)]
mod tests;

use lexer::{Cursor, Name, Token};
use operators::{AssignOperator, BinaryOperator};

/// How deep parentheses, right-associative operators and variables whose values are expressions may nest.
pub(crate) const DEPTH_MAX: u32 = 255;

/// The variables an expression reads and assigns.
///
/// A subscript is the raw text between the brackets: the implementor decides whether it is an expression (indexed
/// array) or a key (associative array).
pub(crate) trait ArithmeticVariables {
    /// The value of a variable or element; `None` when unset, which counts as 0. With nounset, an error.
    fn value(&mut self, name: &[u8], subscript: Option<&[u8]>) -> Result<Option<BString>, ArithmeticError>;

    /// Assigns a number.
    fn assign(&mut self, name: &[u8], subscript: Option<&[u8]>, value: i64) -> Result<(), ArithmeticError>;

    /// The index that a subscript of an indexed array means, or `None` where it is a key and stays raw text. Asked
    /// once before an element is both read and assigned, so that `a[i++] += 2` moves `i` once; the decimal index
    /// is then what `value` and `assign` are given.
    fn index(&mut self, name: &[u8], subscript: &[u8]) -> Result<Option<i64>, ArithmeticError> {
        let _ = (name, subscript);
        Ok(None)
    }

    /// How deep the evaluation that this one takes part in already is: what [`Self::set_depth`] was last given.
    /// An implementor that evaluates subscripts must store it, or `x='a[x]'` nests without end.
    fn depth(&self) -> u32 {
        0
    }

    /// Stores the depth for evaluations started inside `value`, `assign` and `index`.
    fn set_depth(&mut self, depth: u32) {
        let _ = depth;
    }
}

/// Why an expression has no value. Displays as bash's words behind `bash: line N: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArithmeticError {
    /// The text is not an expression, or an operation on it is not possible.
    Expression {
        /// What is wrong.
        problem: ArithmeticProblem,
        /// The (sub)expression, without leading blanks.
        expression: BString,
        /// Its rest from the token where the problem was noticed.
        token: BString,
    },
    /// The same of a subscript's text, which abandons more than the command.
    Subscript(Box<ArithmeticError>),
    /// An unset variable under nounset.
    Unbound(BString),
    /// An assignment to a readonly variable.
    Readonly(BString),
    /// A subscript outside the array, or an empty one: the array, or the element as written.
    BadSubscript(BString),
    /// An assignment to something that is no variable.
    NotIdentifier(BString),
    /// A variable's value names an element by a subscript with expansions in it, which have to be carried out first.
    NeedsExpansion(BString),
}

/// What is wrong with an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArithmeticProblem {
    /// `1 +`
    OperandExpected,
    /// `1 2`
    SyntaxError,
    /// `1 . 2`
    InvalidOperator,
    /// `1 = 2`
    NotAssignable,
    /// `++x++`
    IncrementNotLvalue,
    /// `--x--`
    DecrementNotLvalue,
    /// `(1`
    MissingParenthesis,
    /// `1 ? 2`
    MissingColon,
    /// `1 ? : 2`
    ExpressionExpected,
    /// `1 / 0`
    DivisionByZero,
    /// `2 ** -1`
    NegativeExponent,
    /// `a[1`
    BadSubscript,
    /// `08`
    ValueTooGreat,
    /// `65#1`
    InvalidBase,
    /// `16#`
    InvalidConstant,
    /// `2#1#1`
    InvalidNumber,
    /// Nested deeper than [`DEPTH_MAX`].
    TooDeep,
}

impl ArithmeticProblem {
    fn words(self) -> &'static str {
        match self {
            ArithmeticProblem::OperandExpected => "syntax error: operand expected",
            ArithmeticProblem::SyntaxError => "syntax error in expression",
            ArithmeticProblem::InvalidOperator => "syntax error: invalid arithmetic operator",
            ArithmeticProblem::NotAssignable => "attempted assignment to non-variable",
            ArithmeticProblem::IncrementNotLvalue => "++: assignment requires lvalue",
            ArithmeticProblem::DecrementNotLvalue => "--: assignment requires lvalue",
            ArithmeticProblem::MissingParenthesis => "missing `)'",
            ArithmeticProblem::MissingColon => "`:' expected for conditional expression",
            ArithmeticProblem::ExpressionExpected => "expression expected",
            ArithmeticProblem::DivisionByZero => "division by 0",
            ArithmeticProblem::NegativeExponent => "exponent less than 0",
            ArithmeticProblem::BadSubscript => "bad array subscript",
            ArithmeticProblem::ValueTooGreat => "value too great for base",
            ArithmeticProblem::InvalidBase => "invalid arithmetic base",
            ArithmeticProblem::InvalidConstant => "invalid integer constant",
            ArithmeticProblem::InvalidNumber => "invalid number",
            ArithmeticProblem::TooDeep => "expression recursion level exceeded",
        }
    }
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArithmeticError::Expression { problem, expression, token } => {
                write!(f, "{expression}: {} (error token is \"{token}\")", problem.words())
            }
            ArithmeticError::Subscript(error) => write!(f, "{error}"),
            ArithmeticError::Unbound(name) => write!(f, "{name}: unbound variable"),
            ArithmeticError::Readonly(name) => write!(f, "{name}: readonly variable"),
            ArithmeticError::BadSubscript(what) => write!(f, "{what}: bad array subscript"),
            ArithmeticError::NotIdentifier(what) => write!(f, "`{what}': not a valid identifier"),
            ArithmeticError::NeedsExpansion(raw) => {
                write!(f, "{raw}: syntax error: operand expected (error token is \"{raw}\")")
            }
        }
    }
}

impl std::error::Error for ArithmeticError {}

/// The value of an expression. Blank text is 0; arithmetic wraps at 64 bits.
pub(crate) fn evaluate(text: &[u8], variables: &mut dyn ArithmeticVariables) -> Result<i64, ArithmeticError> {
    let depth = variables.depth();
    let result = evaluate_at(text, variables, depth);
    variables.set_depth(depth);
    result
}

/// [`evaluate`] inside something that already nests `depth` levels deep.
fn evaluate_at(
    text: &[u8],
    variables: &mut dyn ArithmeticVariables,
    depth: u32,
) -> Result<i64, ArithmeticError> {
    if let Some(value) = lexer::plain_decimal(text) {
        return Ok(value);
    }
    let mut evaluator = Evaluator {
        cursor: Cursor::new(text),
        variables,
        token: Token::End,
        operand: 0,
        name: None,
        lvalue: None,
        unwanted: 0,
        depth,
    };
    evaluator.whole()
}

/// The state of one expression text.
struct Evaluator<'t, 'v> {
    cursor: Cursor<'t>,
    variables: &'v mut dyn ArithmeticVariables,
    /// The token looked at, not yet consumed.
    token: Token,
    /// The value of the token, when it is an operand.
    operand: i64,
    /// The variable, when the token is [`Token::Name`].
    name: Option<Name<'t>>,
    /// The variable that is all the expression read so far, where it may be assigned.
    lvalue: Option<(Name<'t>, i64)>,
    /// More than 0 while an operand is read whose value nobody wants.
    unwanted: u32,
    depth: u32,
}

impl<'t> Evaluator<'t, '_> {
    fn whole(&mut self) -> Result<i64, ArithmeticError> {
        self.enter()?;
        self.advance()?;
        if self.token == Token::End {
            return Ok(0);
        }
        let value = self.comma()?;
        match self.token {
            Token::End => Ok(value),
            _ => Err(self.error(ArithmeticProblem::SyntaxError)),
        }
    }

    /// Reads the next token; a wanted variable is looked up here, as bash does, so that errors come in its order.
    fn advance(&mut self) -> Result<(), ArithmeticError> {
        let before = self.token;
        let lexeme = self.cursor.next(before == Token::Name)?;
        self.token = lexeme.token;
        let after_operand = matches!(before, Token::Number | Token::Name | Token::PostIncrement(_));
        if self.token == Token::Unknown && after_operand {
            return Err(self.error(ArithmeticProblem::InvalidOperator));
        }
        self.operand = lexeme.number;
        self.name = lexeme.name;
        let Some(name) = &mut self.name else {
            return Ok(());
        };
        let assigned = !lexeme.after_update && self.cursor.at_plain_assignment();
        if self.unwanted > 0 || assigned {
            return Ok(());
        }
        self.cursor.check_next()?;
        self.variables.set_depth(self.depth);
        if let Some(raw) = name.subscript()
            && self.cursor.at_update(lexeme.after_update)
            && let Some(index) = self.variables.index(name.text, raw)?
        {
            name.settle(index);
        }
        let Some(value) = self.variables.value(name.text, name.subscript())? else {
            return Ok(());
        };
        self.operand = evaluate_at(&value, self.variables, self.depth)?;
        Ok(())
    }

    /// One level deeper; [`Self::leave`] undoes it.
    fn enter(&mut self) -> Result<(), ArithmeticError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(self.error(ArithmeticProblem::TooDeep)) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn error(&self, problem: ArithmeticProblem) -> ArithmeticError {
        self.cursor.error_at(problem, self.cursor.token_start)
    }

    fn assign(&mut self, name: &Name<'t>, value: i64) -> Result<(), ArithmeticError> {
        if self.unwanted > 0 {
            return Ok(());
        }
        self.variables.set_depth(self.depth);
        self.variables.assign(name.text, name.subscript(), value)
    }

    /// `a , b`
    fn comma(&mut self) -> Result<i64, ArithmeticError> {
        let mut value = self.assignment()?;
        while self.token == Token::Comma {
            self.advance()?;
            value = self.assignment()?;
            self.lvalue = None;
        }
        Ok(value)
    }

    /// `name = a`, `name += a`, right to left.
    fn assignment(&mut self) -> Result<i64, ArithmeticError> {
        let value = self.conditional()?;
        let Token::Assign(operator) = self.token else {
            return Ok(value);
        };
        let Some((name, old)) = self.lvalue.take() else {
            return Err(self.error(ArithmeticProblem::NotAssignable));
        };
        self.enter()?;
        self.advance()?;
        let right = self.assignment()?;
        self.leave();
        self.lvalue = None;
        let result = match operator {
            AssignOperator::Plain => right,
            AssignOperator::Compound(BinaryOperator::Divide | BinaryOperator::Remainder)
                if right == 0 && self.unwanted == 0 =>
            {
                return Err(self.error(ArithmeticProblem::DivisionByZero));
            }
            AssignOperator::Compound(binary) => binary.apply(old, right),
        };
        self.assign(&name, result)?;
        Ok(result)
    }

    /// `a ? b : c`
    fn conditional(&mut self) -> Result<i64, ArithmeticError> {
        let condition = self.binary(BinaryOperator::LEVEL_MIN)?;
        if self.token != Token::Question {
            return Ok(condition);
        }
        self.enter()?;
        let skip_first = u32::from(condition == 0);
        self.unwanted += skip_first;
        self.advance()?;
        if matches!(self.token, Token::End | Token::Colon) {
            return Err(self.error(ArithmeticProblem::ExpressionExpected));
        }
        let first = self.comma()?;
        self.unwanted -= skip_first;
        if self.token != Token::Colon {
            return Err(self.error(ArithmeticProblem::MissingColon));
        }
        self.unwanted += 1 - skip_first;
        self.advance()?;
        if self.token == Token::End {
            return Err(self.error(ArithmeticProblem::ExpressionExpected));
        }
        let second = self.conditional()?;
        self.unwanted -= 1 - skip_first;
        self.leave();
        self.lvalue = None;
        Ok(if condition != 0 { first } else { second })
    }

    /// Every binary operator of at least `level`, by precedence climbing.
    fn binary(&mut self, level: u8) -> Result<i64, ArithmeticError> {
        let mut left = self.unary()?;
        while let Token::Binary(operator) = self.token {
            if operator.level() < level {
                break;
            }
            let decided = match operator {
                BinaryOperator::And => left == 0,
                BinaryOperator::Or => left != 0,
                _ => false,
            };
            self.unwanted += u32::from(decided);
            self.advance()?;
            let right_start = self.cursor.token_start;
            let right = if operator == BinaryOperator::Power {
                self.enter()?;
                let right = self.binary(operator.level())?;
                self.leave();
                right
            } else {
                self.binary(operator.level() + 1)?
            };
            self.unwanted -= u32::from(decided);
            self.lvalue = None;
            self.refuse(operator, right, right_start)?;
            left = operator.apply(left, right);
        }
        Ok(left)
    }

    /// The two operations that have no result for some right operand.
    fn refuse(
        &self,
        operator: BinaryOperator,
        right: i64,
        right_start: usize,
    ) -> Result<(), ArithmeticError> {
        match operator {
            BinaryOperator::Divide | BinaryOperator::Remainder if right == 0 && self.unwanted == 0 => {
                Err(self.cursor.error_at(ArithmeticProblem::DivisionByZero, right_start))
            }
            // Noticed even where the value is not wanted, as bash does.
            BinaryOperator::Power if right < 0 => Err(self.error(ArithmeticProblem::NegativeExponent)),
            _ => Ok(()),
        }
    }

    /// `! ~ - +`, any number of them without nesting, before a primary.
    fn unary(&mut self) -> Result<i64, ArithmeticError> {
        let mut prefixes = Vec::new();
        loop {
            match self.token {
                Token::Not => prefixes.push(b'!'),
                Token::Complement => prefixes.push(b'~'),
                Token::Binary(BinaryOperator::Subtract) => prefixes.push(b'-'),
                Token::Binary(BinaryOperator::Add) => prefixes.push(b'+'),
                _ => break,
            }
            self.advance()?;
        }
        let mut value = self.primary()?;
        if !prefixes.is_empty() {
            self.lvalue = None;
        }
        while let Some(prefix) = prefixes.pop() {
            value = match prefix {
                b'!' => i64::from(value == 0),
                b'~' => !value,
                b'-' => value.wrapping_neg(),
                _ => value,
            };
        }
        Ok(value)
    }

    /// A number, a variable with its increments, or a parenthesised expression.
    fn primary(&mut self) -> Result<i64, ArithmeticError> {
        match self.token {
            Token::Number => {
                let value = self.operand;
                self.advance()?;
                self.lvalue = None;
                Ok(value)
            }
            Token::Name => self.variable(),
            Token::PreIncrement(change) => self.pre_increment(change),
            Token::Open => {
                self.enter()?;
                self.advance()?;
                let value = self.comma()?;
                self.leave();
                self.lvalue = None;
                if self.token != Token::Close {
                    return Err(self.error(ArithmeticProblem::MissingParenthesis));
                }
                self.advance()?;
                Ok(value)
            }
            _ => Err(self.error(ArithmeticProblem::OperandExpected)),
        }
    }

    /// A variable, and `++` or `--` behind it.
    fn variable(&mut self) -> Result<i64, ArithmeticError> {
        let (name, value) = (self.name.take(), self.operand);
        self.advance()?;
        let Token::PostIncrement(change) = self.token else {
            self.lvalue = name.map(|name| (name, value));
            return Ok(value);
        };
        if let Some(name) = name {
            self.assign(&name, value.wrapping_add(change))?;
        }
        self.advance()?;
        self.lvalue = None;
        Ok(value)
    }

    /// `++` or `--` before a variable.
    fn pre_increment(&mut self, change: i64) -> Result<i64, ArithmeticError> {
        self.advance()?;
        let value = self.operand.wrapping_add(change);
        let Some(name) = self.name.take() else {
            return Err(self.error(ArithmeticProblem::OperandExpected));
        };
        self.assign(&name, value)?;
        self.advance()?;
        self.lvalue = None;
        match self.token {
            Token::PostIncrement(1) => Err(self.error(ArithmeticProblem::IncrementNotLvalue)),
            Token::PostIncrement(_) => Err(self.error(ArithmeticProblem::DecrementNotLvalue)),
            _ => Ok(value),
        }
    }
}
