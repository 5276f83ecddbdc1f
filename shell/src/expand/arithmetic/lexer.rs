//! The tokens of an arithmetic expression, cut from its text on demand.

use bstr::BString;

use super::operators::{AssignOperator, BinaryOperator};
use super::{ArithmeticError, ArithmeticProblem};

/// A token's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Number,
    Name,
    Binary(BinaryOperator),
    Assign(AssignOperator),
    /// `++` (1) or `--` (-1) before a name.
    PreIncrement(i64),
    /// `++` (1) or `--` (-1) behind a name.
    PostIncrement(i64),
    Not,
    Complement,
    Question,
    Colon,
    Comma,
    Open,
    Close,
    /// A byte that begins no token.
    Unknown,
}

/// A variable or an element as written.
#[derive(Clone, Debug)]
pub(super) struct Name<'t> {
    pub(super) text: &'t [u8],
    raw_subscript: Option<&'t [u8]>,
    /// The subscript in decimal, once it was evaluated.
    settled: Option<Box<str>>,
}

impl<'t> Name<'t> {
    /// The text between the brackets, or the index it was found to mean.
    pub(super) fn subscript(&self) -> Option<&[u8]> {
        match &self.settled {
            Some(index) => Some(index.as_bytes()),
            None => self.raw_subscript,
        }
    }

    /// From now on the subscript is this index.
    pub(super) fn settle(&mut self, index: i64) {
        self.settled = Some(index.to_string().into_boxed_str());
    }
}

/// A token with what belongs to it.
pub(super) struct Lexeme<'t> {
    pub(super) token: Token,
    /// The value of a [`Token::Number`].
    pub(super) number: i64,
    /// Of a [`Token::Name`].
    pub(super) name: Option<Name<'t>>,
    /// The token before was `++` or `--`.
    pub(super) after_update: bool,
}

/// A position in the text of an expression.
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    position: usize,
    /// Where the token last read begins; the end of the text is no token and leaves it alone.
    pub(super) token_start: usize,
    after_update: bool,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8]) -> Cursor<'t> {
        Cursor { text, position: 0, token_start: 0, after_update: false }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.position + ahead).copied().unwrap_or(0)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.text.get(self.position), Some(b' ' | b'\t' | b'\n')) {
            self.position += 1;
        }
    }

    /// The error for a problem noticed at the token that starts at `start`.
    pub(super) fn error_at(&self, problem: ArithmeticProblem, start: usize) -> ArithmeticError {
        self.error_within(problem, start, self.text.len())
    }

    /// Like [`Self::error_at`], with the text cut off at `end`.
    fn error_within(&self, problem: ArithmeticProblem, start: usize, end: usize) -> ArithmeticError {
        let text = self.text.get(..end).unwrap_or(self.text);
        let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
        let expression = text.get(blanks..).unwrap_or_default();
        let token = text.get(start..).unwrap_or_default();
        let token = if token.is_empty() { expression } else { token };
        ArithmeticError::Expression {
            problem,
            expression: BString::from(expression),
            token: BString::from(token),
        }
    }

    /// Whether `=` and not `==` comes next: the name before it is assigned and not read.
    pub(super) fn at_plain_assignment(&self) -> bool {
        let rest = self.rest_after_blanks();
        rest.first() == Some(&b'=') && rest.get(1) != Some(&b'=')
    }

    /// Whether the name just read is changed in place: `++` or `--` on either side, or a compound assignment.
    pub(super) fn at_update(&self, after_update: bool) -> bool {
        if after_update {
            return true;
        }
        matches!(
            self.rest_after_blanks(),
            [b'+', b'+', ..]
                | [b'-', b'-', ..]
                | [b'<', b'<', b'=', ..]
                | [b'>', b'>', b'=', ..]
                | [b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'^' | b'|', b'=', ..]
        )
    }

    /// The error of the token behind the name just read, if it is none: bash notices it before it reads the name.
    pub(super) fn check_next(&self) -> Result<(), ArithmeticError> {
        let rest = self.rest_after_blanks();
        let Some(&first) = rest.first() else {
            return Ok(());
        };
        let start = self.text.len() - rest.len();
        if first.is_ascii_digit() {
            let mut ahead = Cursor { position: start, ..Cursor::new(self.text) };
            return ahead.number().map(|_| ());
        }
        let known = first.is_ascii_alphabetic() || b"_+-*/%=<>!&|^~?:,()".contains(&first);
        if known { Ok(()) } else { Err(self.error_at(ArithmeticProblem::InvalidOperator, start)) }
    }

    fn rest_after_blanks(&self) -> &'t [u8] {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
        rest.get(blanks..).unwrap_or_default()
    }

    /// The next token. `++` and `--` belong to a name behind them unless one stands before (`after_name`), and are
    /// two signs where there is neither.
    pub(super) fn next(&mut self, after_name: bool) -> Result<Lexeme<'t>, ArithmeticError> {
        self.skip_blanks();
        let after_update = std::mem::take(&mut self.after_update);
        let mut lexeme = Lexeme { token: Token::End, number: 0, name: None, after_update };
        let Some(&first) = self.text.get(self.position) else {
            return Ok(lexeme);
        };
        self.token_start = self.position;
        match first {
            b'0'..=b'9' => {
                lexeme.token = Token::Number;
                lexeme.number = self.number()?;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                lexeme.token = Token::Name;
                lexeme.name = Some(self.name()?);
            }
            _ => {
                let (token, length) = self.operator(first, after_name);
                self.after_update = matches!(token, Token::PreIncrement(_));
                self.position += length;
                lexeme.token = token;
            }
        }
        Ok(lexeme)
    }

    fn name(&mut self) -> Result<Name<'t>, ArithmeticError> {
        let start = self.position;
        while matches!(self.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9') {
            self.position += 1;
        }
        let text = self.text.get(start..self.position).unwrap_or_default();
        if self.peek(0) != b'[' {
            return Ok(Name { text, raw_subscript: None, settled: None });
        }
        let open = self.position + 1;
        let Some(length) = subscript_length(self.text.get(open..).unwrap_or_default()) else {
            return Err(self.error_at(ArithmeticProblem::BadSubscript, start));
        };
        self.position = open + length + 1;
        Ok(Name { text, raw_subscript: self.text.get(open..open + length), settled: None })
    }

    /// A constant: everything that could be a digit in some base belongs to it.
    fn number(&mut self) -> Result<i64, ArithmeticError> {
        let start = self.position;
        while matches!(self.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | b'#' | b'@') {
            self.position += 1;
        }
        let digits = self.text.get(start..self.position).unwrap_or_default();
        constant(digits).map_err(|problem| self.error_within(problem, start, self.position))
    }

    fn operator(&self, first: u8, after_name: bool) -> (Token, usize) {
        use BinaryOperator as B;
        let (second, third) = (self.peek(1), self.peek(2));
        let or_assign = |operator: B| {
            if second == b'=' {
                (Token::Assign(AssignOperator::Compound(operator)), 2)
            } else {
                (Token::Binary(operator), 1)
            }
        };
        match (first, second, third) {
            (b'<', b'<', b'=') => (Token::Assign(AssignOperator::Compound(B::ShiftLeft)), 3),
            (b'>', b'>', b'=') => (Token::Assign(AssignOperator::Compound(B::ShiftRight)), 3),
            (b'<', b'<', _) => (Token::Binary(B::ShiftLeft), 2),
            (b'>', b'>', _) => (Token::Binary(B::ShiftRight), 2),
            (b'<', b'=', _) => (Token::Binary(B::LessEqual), 2),
            (b'>', b'=', _) => (Token::Binary(B::GreaterEqual), 2),
            (b'=', b'=', _) => (Token::Binary(B::Equal), 2),
            (b'!', b'=', _) => (Token::Binary(B::NotEqual), 2),
            (b'&', b'&', _) => (Token::Binary(B::And), 2),
            (b'|', b'|', _) => (Token::Binary(B::Or), 2),
            (b'*', b'*', _) => (Token::Binary(B::Power), 2),
            (b'+', b'+', _) | (b'-', b'-', _) => self.doubled_sign(first, after_name),
            (b'<', ..) => (Token::Binary(B::Less), 1),
            (b'>', ..) => (Token::Binary(B::Greater), 1),
            (b'=', ..) => (Token::Assign(AssignOperator::Plain), 1),
            (b'+', ..) => or_assign(B::Add),
            (b'-', ..) => or_assign(B::Subtract),
            (b'*', ..) => or_assign(B::Multiply),
            (b'/', ..) => or_assign(B::Divide),
            (b'%', ..) => or_assign(B::Remainder),
            (b'&', ..) => or_assign(B::BitAnd),
            (b'|', ..) => or_assign(B::BitOr),
            (b'^', ..) => or_assign(B::BitXor),
            (b'!', ..) => (Token::Not, 1),
            (b'~', ..) => (Token::Complement, 1),
            (b'?', ..) => (Token::Question, 1),
            (b':', ..) => (Token::Colon, 1),
            (b',', ..) => (Token::Comma, 1),
            (b'(', ..) => (Token::Open, 1),
            (b')', ..) => (Token::Close, 1),
            _ => (Token::Unknown, 1),
        }
    }

    fn doubled_sign(&self, sign: u8, after_name: bool) -> (Token, usize) {
        let (change, single) =
            if sign == b'+' { (1, BinaryOperator::Add) } else { (-1, BinaryOperator::Subtract) };
        if after_name {
            return (Token::PostIncrement(change), 2);
        }
        let behind = self.text.get(self.position + 2..).unwrap_or_default();
        let next = behind.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n'));
        match next {
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => (Token::PreIncrement(change), 2),
            _ => (Token::Binary(single), 1),
        }
    }
}

/// The number of bytes before the `]` that closes a subscript; quotes and nested brackets are skipped.
fn subscript_length(text: &[u8]) -> Option<usize> {
    let (mut position, mut depth) = (0usize, 0usize);
    while let Some(&byte) = text.get(position) {
        match byte {
            b'\\' => position += 1,
            b'[' => depth += 1,
            b']' if depth == 0 => return Some(position),
            b']' => depth -= 1,
            b'\'' | b'"' => {
                let quoted = text.get(position + 1..).unwrap_or_default();
                position += quoted.iter().position(|&other| other == byte).map_or(quoted.len(), |at| at + 1);
            }
            _ => {}
        }
        position += 1;
    }
    None
}

/// A decimal number without a leading zero that surely fits: what nearly every variable holds.
pub(super) fn plain_decimal(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let mut value = 0i64;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -value } else { value })
}

/// The value of an integer constant: decimal, `0` octal, `0x` hexadecimal, or `base#digits` with a base of 2 to 64.
/// Too large a number wraps.
fn constant(text: &[u8]) -> Result<i64, ArithmeticProblem> {
    let Some(hash) = text.iter().position(|&byte| byte == b'#') else {
        return unbased(text);
    };
    let base_text = text.get(..hash).unwrap_or_default();
    let digits = text.get(hash + 1..).unwrap_or_default();
    let base = unbased(base_text)?;
    if base_text.first() == Some(&b'0') {
        return Err(ArithmeticProblem::InvalidNumber);
    }
    if !(2..=64).contains(&base) {
        return Err(ArithmeticProblem::InvalidBase);
    }
    if matches!(digits.first(), None | Some(b'#')) {
        return Err(ArithmeticProblem::InvalidConstant);
    }
    digits_value(digits, base)
}

fn unbased(text: &[u8]) -> Result<i64, ArithmeticProblem> {
    match text {
        [b'0', b'x' | b'X', digits @ ..] => digits_value(digits, 16),
        [b'0', digits @ ..] => digits_value(digits, 8),
        digits => digits_value(digits, 10),
    }
}

fn digits_value(digits: &[u8], base: i64) -> Result<i64, ArithmeticProblem> {
    let mut value = 0i64;
    for &digit in digits {
        let worth = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => digit - b'A' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            b'@' => 62,
            b'#' => return Err(ArithmeticProblem::InvalidNumber),
            _ => 63,
        };
        if i64::from(worth) >= base {
            return Err(ArithmeticProblem::ValueTooGreat);
        }
        value = value.wrapping_mul(base).wrapping_add(i64::from(worth));
    }
    Ok(value)
}
