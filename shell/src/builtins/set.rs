//! `set shift shopt`

use std::sync::Arc;

use bstr::BString;

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::state::{Options, SetOption, ShoptOption, State};

/// `set`
pub(crate) async fn set(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words = call.argv.get(1..).unwrap_or_default();
    if words.is_empty() {
        let out = shell.set_lines();
        return Ok(shell.write_out("set", &out).await);
    }
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match word.as_slice() {
            b"--" => {
                shell.state.positional = Arc::new(words.get(at + 1..).unwrap_or_default().to_vec());
                shell.note_positional();
                return Ok(0);
            }
            b"+" => at += 1,
            b"-" => {
                shell.state.options.change(SetOption::Xtrace, false);
                shell.state.options.change(SetOption::Verbose, false);
                if at + 1 < words.len() {
                    shell.state.positional = Arc::new(words.get(at + 1..).unwrap_or_default().to_vec());
                    shell.note_positional();
                }
                return Ok(0);
            }
            [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => {
                let mut names = 0;
                for letter in letters {
                    if *letter == b'o' {
                        names += 1;
                        let name = words.get(at + names);
                        if let Err(status) = change_named(shell, name, *sign == b'-').await {
                            return Ok(status);
                        }
                    } else if let Err(status) = change_lettered(shell, *letter, *sign).await {
                        return Ok(status);
                    }
                }
                at += 1 + names;
            }
            _ => {
                shell.state.positional = Arc::new(words.get(at..).unwrap_or_default().to_vec());
                shell.note_positional();
                return Ok(0);
            }
        }
    }
    Ok(0)
}

async fn change_lettered(shell: &mut Shell, letter: u8, sign: u8) -> Result<(), u8> {
    match Options::lettered(letter) {
        Some(option) => {
            shell.state.set_option(option, sign == b'-');
            Ok(())
        }
        None => {
            let message = format!("set: {}{}: invalid option", char::from(sign), char::from(letter));
            shell.complain(&message).await;
            shell.usage(b"set").await;
            Err(2)
        }
    }
}

async fn change_named(shell: &mut Shell, name: Option<&BString>, on: bool) -> Result<(), u8> {
    let Some(name) = name else {
        let mut out = String::new();
        for (name, is_on) in shell.state.options.set_rows() {
            if on {
                out.push_str(&format!("{name:<15}\t{}\n", if is_on { "on" } else { "off" }));
            } else {
                out.push_str(&format!("set {}o {name}\n", if is_on { '-' } else { '+' }));
            }
        }
        return match shell.write_out("set", out.as_bytes()).await {
            0 => Ok(()),
            status => Err(status),
        };
    };
    match Options::named(name) {
        Some(option) => {
            shell.state.set_option(option, on);
            Ok(())
        }
        None => {
            shell.complain_in("set", name, "invalid option name").await;
            Err(2)
        }
    }
}

impl State {
    /// Turns an option on or off, with what follows from it.
    pub(crate) fn set_option(&mut self, option: SetOption, on: bool) {
        self.options.change(option, on);
        match option {
            SetOption::Posix => {
                self.options.change_shopt(ShoptOption::InheritErrexit, on);
                if on {
                    self.options.change_shopt(ShoptOption::ExpandAliases, true);
                    self.set_own("POSIXLY_CORRECT", "y");
                } else {
                    self.variables.remove(b"POSIXLY_CORRECT", 0);
                }
            }
            SetOption::InteractiveComments => self.options.change_shopt(ShoptOption::InteractiveComments, on),
            SetOption::History if on => self.begin_history(),
            SetOption::Emacs if on => self.options.change(SetOption::Vi, false),
            SetOption::Vi if on => self.options.change(SetOption::Emacs, false),
            _ => {}
        }
    }

    /// `local -`: the options are those of now again when the function returns.
    pub(crate) fn keep_options(&mut self) {
        let options = self.options;
        if let Some(frame) = self.frames.last_mut() {
            frame.options.get_or_insert(options);
        }
    }
}

/// `shift`
pub(crate) async fn shift(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words = match call.argv.get(1..).unwrap_or_default() {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    };
    let count = match words.first() {
        None => 1,
        Some(word) => match number(word) {
            Some(count) => count,
            None => {
                shell.complain_in("shift", word, "numeric argument required").await;
                return Ok(1);
            }
        },
    };
    if words.len() > 1 {
        shell.complain("shift: too many arguments").await;
        return Err(Unwind::Discard(1));
    }
    let have = shell.state.positional.len();
    match usize::try_from(count) {
        Err(_) => {
            // The first word is what bash shows, even when it is `--`.
            let shown = call.argv.get(1).cloned().unwrap_or_default();
            shell.complain_in("shift", &shown, "shift count out of range").await;
            Ok(1)
        }
        Ok(count) if count > have => {
            let options = &shell.state.options;
            if options.shopt(ShoptOption::ShiftVerbose) || options.on(SetOption::Posix) {
                let shown = words.first().map(|word| format!("{word}: ")).unwrap_or_default();
                shell.complain(&format!("shift: {shown}shift count out of range")).await;
            }
            Ok(1)
        }
        Ok(count) => {
            Arc::make_mut(&mut shell.state.positional).drain(..count);
            Ok(0)
        }
    }
}

/// `shopt`
pub(crate) async fn shopt(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "opqsu").await else { return Ok(2) };
    if flags.has(b's') && flags.has(b'u') {
        shell.complain("shopt: cannot set and unset shell options simultaneously").await;
        return Ok(1);
    }
    let names = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let of_set = flags.has(b'o');
    if names.is_empty() {
        let rows: Vec<(&str, bool)> = if of_set {
            shell.state.options.set_rows().collect()
        } else {
            shell.state.options.shopt_rows().collect()
        };
        let wanted = |on: bool| (!flags.has(b's') || on) && (!flags.has(b'u') || !on);
        let out: String = rows
            .into_iter()
            .filter(|(_, on)| wanted(*on))
            .map(|(name, on)| row(name, on, flags.has(b'p'), of_set))
            .collect();
        return Ok(if flags.has(b'q') { 0 } else { shell.write_out("shopt", out.as_bytes()).await });
    }
    let mut status = 0;
    for name in &names {
        let known = if of_set {
            Options::named(name).map(|option| shell.state.options.on(option))
        } else {
            Options::shopt_named(name).map(|option| shell.state.options.shopt(option))
        };
        let Some(on) = known else {
            let what = if of_set { "invalid option name" } else { "invalid shell option name" };
            shell.complain_in("shopt", name, what).await;
            status = 1;
            continue;
        };
        if flags.has(b's') || flags.has(b'u') {
            let wanted = flags.has(b's');
            match (of_set, Options::named(name), Options::shopt_named(name)) {
                (true, Some(option), _) => shell.state.set_option(option, wanted),
                (false, _, Some(option)) => shell.state.options.change_shopt(option, wanted),
                _ => {}
            }
            continue;
        }
        if !on {
            status = 1;
        }
        if !flags.has(b'q') {
            let row = row(&name.to_string(), on, flags.has(b'p'), of_set);
            shell.write_out("shopt", row.as_bytes()).await;
        }
    }
    Ok(status)
}

fn row(name: &str, on: bool, reusable: bool, of_set: bool) -> String {
    match (reusable, of_set) {
        (true, true) => format!("set {}o {name}\n", if on { '-' } else { '+' }),
        (true, false) => format!("shopt -{} {name}\n", if on { 's' } else { 'u' }),
        (false, _) => format!("{name:<15}\t{}\n", if on { "on" } else { "off" }),
    }
}
