//! Mathematics: the functions of C's library on numbers, as filters.

use crate::builtins::{Native, with_value};
use crate::machine::Outcome;
use crate::value::Value;

macro_rules! unary {
    ($($name:literal => $function:expr),* $(,)?) => {
        &[$(Native { name: $name, arity: 0, run: |_, input, _| unary(&input, $function) }),*]
    };
}

macro_rules! binary {
    ($($name:literal => $function:expr),* $(,)?) => {
        &[$(Native { name: $name, arity: 2, run: |_, _, arguments| binary(&arguments, $function) }),*]
    };
}

static UNARY: &[Native] = unary![
    "floor" => f64::floor, "ceil" => f64::ceil, "round" => f64::round, "trunc" => f64::trunc,
    "rint" => f64::round_ties_even, "nearbyint" => f64::round_ties_even, "fabs" => f64::abs,
    "sqrt" => f64::sqrt, "cbrt" => f64::cbrt, "exp" => f64::exp, "exp2" => f64::exp2,
    "exp10" => libm::exp10, "pow10" => libm::exp10, "expm1" => f64::exp_m1,
    "log" => f64::ln, "log2" => f64::log2, "log10" => f64::log10, "log1p" => f64::ln_1p,
    "logb" => logb, "significand" => significand,
    "sin" => f64::sin, "cos" => f64::cos, "tan" => f64::tan, "asin" => f64::asin, "acos" => f64::acos,
    "atan" => f64::atan, "sinh" => f64::sinh, "cosh" => f64::cosh, "tanh" => f64::tanh,
    "asinh" => libm::asinh, "acosh" => libm::acosh, "atanh" => libm::atanh,
    "gamma" => libm::lgamma, "lgamma" => libm::lgamma, "tgamma" => libm::tgamma,
    "j0" => libm::j0, "j1" => libm::j1, "y0" => libm::y0, "y1" => libm::y1,
];

static BINARY: &[Native] = binary![
    "pow" => libm::pow, "atan2" => f64::atan2, "fmod" => |x, y| x % y, "fmin" => f64::min, "fmax" => f64::max,
    "copysign" => f64::copysign, "hypot" => f64::hypot, "fdim" => libm::fdim,
    "nextafter" => libm::nextafter, "nexttoward" => libm::nextafter,
    "drem" => libm::remainder, "remainder" => libm::remainder,
    "ldexp" => scale, "scalb" => scale, "scalbln" => scale,
];

static OTHERS: &[Native] = &[
    Native {
        name: "frexp",
        arity: 0,
        run: |_, input, _| {
            let x = operand(&input)?;
            let (mantissa, exponent) = libm::frexp(x);
            Ok(Value::array(vec![Value::number(mantissa), Value::number(f64::from(exponent))]))
        },
    },
    Native {
        name: "modf",
        arity: 0,
        run: |_, input, _| {
            let x = operand(&input)?;
            let fraction = if x.is_infinite() { 0.0_f64.copysign(x) } else { x.fract() };
            Ok(Value::array(vec![Value::number(fraction), Value::number(x.trunc())]))
        },
    },
    Native {
        name: "lgamma_r",
        arity: 0,
        run: |_, input, _| {
            let (value, sign) = libm::lgamma_r(operand(&input)?);
            Ok(Value::array(vec![Value::number(value), Value::number(f64::from(sign))]))
        },
    },
    Native {
        name: "fma",
        arity: 3,
        run: |_, _, arguments| {
            let [x, y, z] = arguments.as_slice() else { return Ok(Value::Null) };
            Ok(Value::number(operand(x)?.mul_add(operand(y)?, operand(z)?)))
        },
    },
];

/// Every function.
pub fn all() -> impl Iterator<Item = &'static Native> {
    UNARY.iter().chain(BINARY).chain(OTHERS)
}

/// The function of a name.
pub fn named(name: &str, arity: usize) -> Option<&'static Native> {
    all().find(|native| native.name == name && native.arity == arity)
}

fn operand(value: &Value) -> Result<f64, crate::machine::Raise> {
    match value {
        Value::Number(number) => Ok(number.double),
        _ => Err(format!("{} number required", with_value(value)).into()),
    }
}

pub fn unary(input: &Value, function: fn(f64) -> f64) -> Outcome {
    Ok(Value::number(function(operand(input)?)))
}

fn binary(arguments: &[Value], function: fn(f64, f64) -> f64) -> Outcome {
    let [left, right] = arguments else { return Ok(Value::Null) };
    Ok(Value::number(function(operand(left)?, operand(right)?)))
}

/// Whether something holds for a number; for nothing else it does.
pub fn test(input: &Value, function: fn(f64) -> bool) -> Value {
    Value::Bool(matches!(input, Value::Number(number) if function(number.double)))
}

fn logb(x: f64) -> f64 {
    match x {
        0.0 => f64::NEG_INFINITY,
        _ if !x.is_finite() => x.abs(),
        _ => f64::from(libm::frexp(x).1 - 1),
    }
}

pub fn significand(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() { x } else { libm::frexp(x).0 * 2.0 }
}

#[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn scale(x: f64, power: f64) -> f64 {
    libm::scalbn(x, power as i32)
}
