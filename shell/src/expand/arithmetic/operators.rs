//! The binary operators: how tightly they bind and what they compute.

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BinaryOperator {
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// `=` or an operator glued to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssignOperator {
    Plain,
    Compound(BinaryOperator),
}

impl BinaryOperator {
    /// The level of the operator that binds least.
    pub(super) const LEVEL_MIN: u8 = 1;

    /// A higher level binds tighter. All but `**` group from the left.
    pub(super) fn level(self) -> u8 {
        match self {
            BinaryOperator::Or => Self::LEVEL_MIN,
            BinaryOperator::And => 2,
            BinaryOperator::BitOr => 3,
            BinaryOperator::BitXor => 4,
            BinaryOperator::BitAnd => 5,
            BinaryOperator::Equal | BinaryOperator::NotEqual => 6,
            BinaryOperator::Less
            | BinaryOperator::LessEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterEqual => 7,
            BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => 8,
            BinaryOperator::Add | BinaryOperator::Subtract => 9,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 10,
            BinaryOperator::Power => 11,
        }
    }

    /// The result, wrapping at 64 bits. A shift counts modulo 64. What has no result (division by 0, a negative
    /// exponent) was refused before where it was wanted, and is 0 here.
    pub(super) fn apply(self, left: i64, right: i64) -> i64 {
        match self {
            BinaryOperator::Or => i64::from(left != 0 || right != 0),
            BinaryOperator::And => i64::from(left != 0 && right != 0),
            BinaryOperator::BitOr => left | right,
            BinaryOperator::BitXor => left ^ right,
            BinaryOperator::BitAnd => left & right,
            BinaryOperator::Equal => i64::from(left == right),
            BinaryOperator::NotEqual => i64::from(left != right),
            BinaryOperator::Less => i64::from(left < right),
            BinaryOperator::LessEqual => i64::from(left <= right),
            BinaryOperator::Greater => i64::from(left > right),
            BinaryOperator::GreaterEqual => i64::from(left >= right),
            BinaryOperator::ShiftLeft => left.wrapping_shl(shift_bits(right)),
            BinaryOperator::ShiftRight => left.wrapping_shr(shift_bits(right)),
            BinaryOperator::Add => left.wrapping_add(right),
            BinaryOperator::Subtract => left.wrapping_sub(right),
            BinaryOperator::Multiply => left.wrapping_mul(right),
            BinaryOperator::Divide if right == 0 => 0,
            BinaryOperator::Divide => left.wrapping_div(right),
            BinaryOperator::Remainder if right == 0 => 0,
            BinaryOperator::Remainder => left.wrapping_rem(right),
            BinaryOperator::Power => power(left, right),
        }
    }
}

/// The count of a shift: its low six bits, as the processor takes it.
fn shift_bits(count: i64) -> u32 {
    u32::try_from(count & 63).unwrap_or(0)
}

fn power(base: i64, exponent: i64) -> i64 {
    let (mut base, mut exponent, mut result) = (base, exponent.max(0), 1i64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}
