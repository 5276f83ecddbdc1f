//! The table of builtins, by name. A flat catalogue.

use super::{Builtin, Run};

/// Every builtin, in byte order of the names.
pub(crate) static BUILTINS: [Builtin; 59] = [
    Builtin {
        name: ".",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::evaluate::source(shell, call))),
        synopsis: ". filename [arguments]",
        summary: "Executes commands of a file in the current shell.",
    },
    Builtin {
        name: ":",
        special: true,
        run: Run::Now(super::control::colon),
        synopsis: ":",
        summary: "Does nothing.",
    },
    Builtin {
        name: "[",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::test::bracket(shell, call))),
        synopsis: "[ arg... ]",
        summary: "Evaluates a conditional expression.",
    },
    Builtin {
        name: "alias",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::alias::alias(shell, call))),
        synopsis: "alias [-p] [name[=value] ... ]",
        summary: "Defines or shows aliases.",
    },
    Builtin {
        name: "bg",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::jobs::bg(shell, call))),
        synopsis: "bg [job_spec ...]",
        summary: "Lets stopped jobs go on in the background.",
    },
    Builtin {
        name: "bind",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::bind::bind(shell, call))),
        synopsis: "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
        summary: "Tells of the keys of the line editor.",
    },
    Builtin {
        name: "break",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::control::break_loop(shell, call))),
        synopsis: "break [n]",
        summary: "Leaves for, while, until or select loops.",
    },
    Builtin {
        name: "builtin",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::command::builtin(shell, call))),
        synopsis: "builtin [shell-builtin [arg ...]]",
        summary: "Runs a builtin, whatever function has its name.",
    },
    Builtin {
        name: "caller",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::control::caller(shell, call))),
        synopsis: "caller [expr]",
        summary: "Shows where the running function was called.",
    },
    Builtin {
        name: "cd",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::directories::cd(shell, call))),
        synopsis: "cd [-L|[-P [-e]] [-@]] [dir]",
        summary: "Changes the current directory.",
    },
    Builtin {
        name: "command",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::command::command(shell, call))),
        synopsis: "command [-pVv] command [arg ...]",
        summary: "Runs a command, whatever function has its name, or tells of it.",
    },
    Builtin {
        name: "compgen",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::complete::compgen(shell, call))),
        synopsis: "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
        summary: "Shows what completions a specification gives.",
    },
    Builtin {
        name: "complete",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::complete::complete(shell, call))),
        synopsis: "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
        summary: "Sets how the arguments of commands are completed.",
    },
    Builtin {
        name: "compopt",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::complete::compopt(shell, call))),
        synopsis: "compopt [-o|+o option] [-DEI] [name ...]",
        summary: "Changes options of completions.",
    },
    Builtin {
        name: "continue",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::control::continue_loop(shell, call))),
        synopsis: "continue [n]",
        summary: "Begins the next round of for, while, until or select loops.",
    },
    Builtin {
        name: "declare",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::declare::declare(shell, call))),
        synopsis: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
        summary: "Sets values and attributes of variables.",
    },
    Builtin {
        name: "dirs",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::directories::dirs(shell, call))),
        synopsis: "dirs [-clpv] [+N] [-N]",
        summary: "Shows the directory stack.",
    },
    Builtin {
        name: "disown",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::jobs::disown(shell, call))),
        synopsis: "disown [-h] [-ar] [jobspec ... | pid ...]",
        summary: "Takes jobs off the table.",
    },
    Builtin {
        name: "echo",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::output::echo(shell, call))),
        synopsis: "echo [-neE] [arg ...]",
        summary: "Writes its arguments.",
    },
    Builtin {
        name: "enable",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::help::enable(shell, call))),
        synopsis: "enable [-a] [-dnps] [-f filename] [name ...]",
        summary: "Turns builtins on and off.",
    },
    Builtin {
        name: "eval",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::evaluate::eval(shell, call))),
        synopsis: "eval [arg ...]",
        summary: "Executes its arguments as a command.",
    },
    Builtin {
        name: "exec",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::command::exec(shell, call))),
        synopsis: "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
        summary: "Replaces the shell by a program.",
    },
    Builtin {
        name: "exit",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::control::exit(shell, call))),
        synopsis: "exit [n]",
        summary: "Ends the shell.",
    },
    Builtin {
        name: "export",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::declare::export(shell, call))),
        synopsis: "export [-fn] [name[=value] ...] or export -p",
        summary: "Marks variables for the environment.",
    },
    Builtin {
        name: "false",
        special: false,
        run: Run::Now(super::control::no),
        synopsis: "false",
        summary: "Fails.",
    },
    Builtin {
        name: "fc",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::fc::fc(shell, call))),
        synopsis: "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
        summary: "Lists, edits and repeats typed commands.",
    },
    Builtin {
        name: "fg",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::jobs::fg(shell, call))),
        synopsis: "fg [job_spec]",
        summary: "Brings a job to the foreground.",
    },
    Builtin {
        name: "getopts",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::getopts::getopts(shell, call))),
        synopsis: "getopts optstring name [arg ...]",
        summary: "Parses option arguments.",
    },
    Builtin {
        name: "hash",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::command::hash(shell, call))),
        synopsis: "hash [-lr] [-p pathname] [-dt] [name ...]",
        summary: "Remembers or shows where programs are.",
    },
    Builtin {
        name: "help",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::help::help(shell, call))),
        synopsis: "help [-dms] [pattern ...]",
        summary: "Tells of builtins.",
    },
    Builtin {
        name: "history",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::history::history(shell, call))),
        synopsis: "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
        summary: "Shows and changes the history of typed commands.",
    },
    Builtin {
        name: "jobs",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::jobs::jobs(shell, call))),
        synopsis: "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
        summary: "Shows jobs.",
    },
    Builtin {
        name: "kill",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::kill::kill(shell, call))),
        synopsis: "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
        summary: "Sends a signal.",
    },
    Builtin {
        name: "let",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::arithmetic::let_expressions(shell, call))),
        synopsis: "let arg [arg ...]",
        summary: "Evaluates arithmetic expressions.",
    },
    Builtin {
        name: "local",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::declare::local(shell, call))),
        synopsis: "local [option] name[=value] ...",
        summary: "Defines variables of a function.",
    },
    Builtin {
        name: "mapfile",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::mapfile::mapfile(shell, call))),
        synopsis: "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
        summary: "Reads lines into an array.",
    },
    Builtin {
        name: "popd",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::directories::popd(shell, call))),
        synopsis: "popd [-n] [+N | -N]",
        summary: "Takes directories off the stack.",
    },
    Builtin {
        name: "printf",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::output::printf(shell, call))),
        synopsis: "printf [-v var] format [arguments]",
        summary: "Writes its arguments as a format says.",
    },
    Builtin {
        name: "pushd",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::directories::pushd(shell, call))),
        synopsis: "pushd [-n] [+N | -N | dir]",
        summary: "Puts directories onto the stack.",
    },
    Builtin {
        name: "pwd",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::directories::pwd(shell, call))),
        synopsis: "pwd [-LP]",
        summary: "Shows the current directory.",
    },
    Builtin {
        name: "read",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::read::read(shell, call))),
        synopsis: "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
        summary: "Reads a line and splits it into variables.",
    },
    Builtin {
        name: "readarray",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::mapfile::mapfile(shell, call))),
        synopsis: "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
        summary: "Reads lines into an array.",
    },
    Builtin {
        name: "readonly",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::declare::readonly(shell, call))),
        synopsis: "readonly [-aAf] [name[=value] ...] or readonly -p",
        summary: "Marks variables as unchangeable.",
    },
    Builtin {
        name: "return",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::control::return_from(shell, call))),
        synopsis: "return [n]",
        summary: "Returns from a function or sourced file.",
    },
    Builtin {
        name: "set",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::set::set(shell, call))),
        synopsis: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
        summary: "Sets options and positional parameters.",
    },
    Builtin {
        name: "shift",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::set::shift(shell, call))),
        synopsis: "shift [n]",
        summary: "Shifts positional parameters.",
    },
    Builtin {
        name: "shopt",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::set::shopt(shell, call))),
        synopsis: "shopt [-pqsu] [-o] [optname ...]",
        summary: "Sets shell options.",
    },
    Builtin {
        name: "source",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::evaluate::source(shell, call))),
        synopsis: "source filename [arguments]",
        summary: "Executes commands of a file in the current shell.",
    },
    Builtin {
        name: "test",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::test::test(shell, call))),
        synopsis: "test [expr]",
        summary: "Evaluates a conditional expression.",
    },
    Builtin {
        name: "times",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::limits::times(shell, call))),
        synopsis: "times",
        summary: "Shows the time used.",
    },
    Builtin {
        name: "trap",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::trap::trap(shell, call))),
        synopsis: "trap [-lp] [[arg] signal_spec ...]",
        summary: "Sets what runs on signals and other events.",
    },
    Builtin {
        name: "true",
        special: false,
        run: Run::Now(super::control::yes),
        synopsis: "true",
        summary: "Succeeds.",
    },
    Builtin {
        name: "type",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::command::type_of(shell, call))),
        synopsis: "type [-afptP] name [name ...]",
        summary: "Tells what a name is as a command.",
    },
    Builtin {
        name: "typeset",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::declare::declare(shell, call))),
        synopsis: "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
        summary: "Sets values and attributes of variables.",
    },
    Builtin {
        name: "ulimit",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::ulimit::ulimit(shell, call))),
        synopsis: "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
        summary: "Shows limits.",
    },
    Builtin {
        name: "umask",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::limits::umask(shell, call))),
        synopsis: "umask [-p] [-S] [mode]",
        summary: "Shows or sets the file creation mask.",
    },
    Builtin {
        name: "unalias",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::alias::unalias(shell, call))),
        synopsis: "unalias [-a] name [name ...]",
        summary: "Removes aliases.",
    },
    Builtin {
        name: "unset",
        special: true,
        run: Run::Later(|shell, call| Box::pin(super::unset::unset(shell, call))),
        synopsis: "unset [-f] [-v] [-n] [name ...]",
        summary: "Unsets variables and functions.",
    },
    Builtin {
        name: "wait",
        special: false,
        run: Run::Later(|shell, call| Box::pin(super::jobs::wait(shell, call))),
        synopsis: "wait [-fn] [-p var] [id ...]",
        summary: "Waits for jobs.",
    },
];

/// The builtin of a name.
pub(crate) fn find(name: &[u8]) -> Option<&'static Builtin> {
    let at = BUILTINS.binary_search_by(|builtin| builtin.name.as_bytes().cmp(name)).ok()?;
    BUILTINS.get(at)
}

/// The names of all of them, for completion.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    BUILTINS.iter().map(|builtin| builtin.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(BUILTINS.is_sorted_by(|left, right| left.name.as_bytes() < right.name.as_bytes()));
        assert_eq!(find(b"[").map(|builtin| builtin.name), Some("["));
        assert!(find(b"ls").is_none());
    }
}
