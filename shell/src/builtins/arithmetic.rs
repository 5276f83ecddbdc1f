//! `let`

use crate::exec::{Call, Outcome, Shell};
use crate::expand::ArithmeticError;

/// `let`
pub(crate) async fn let_expressions(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words = match call.argv.get(1..).unwrap_or_default() {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    };
    if words.is_empty() {
        shell.complain("let: expression expected").await;
        return Ok(1);
    }
    let mut last = 0;
    for word in words {
        match shell.evaluate_text(word).await {
            Ok(number) => last = number,
            Err(error @ ArithmeticError::Subscript(_)) => {
                return Err(shell.fail_expansion(&error.to_string()).await);
            }
            Err(error) => {
                shell.complain_of(b"let", &error.to_string()).await;
                return Ok(1);
            }
        }
    }
    Ok(u8::from(last == 0))
}
