//! Options: those of `set -o` and those of `shopt`, as two sets of bits. A flat catalogue.

/// An option of `set`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum SetOption {
    /// `allexport`, `-a`
    Allexport,
    /// `braceexpand`, `-B`
    Braceexpand,
    /// `emacs`
    Emacs,
    /// `errexit`, `-e`
    Errexit,
    /// `errtrace`, `-E`
    Errtrace,
    /// `functrace`, `-T`
    Functrace,
    /// `hashall`, `-h`
    Hashall,
    /// `histexpand`, `-H`
    Histexpand,
    /// `history`
    History,
    /// `ignoreeof`
    Ignoreeof,
    /// `interactive-comments`
    InteractiveComments,
    /// `keyword`, `-k`
    Keyword,
    /// `monitor`, `-m`
    Monitor,
    /// `noclobber`, `-C`
    Noclobber,
    /// `noexec`, `-n`
    Noexec,
    /// `noglob`, `-f`
    Noglob,
    /// `nolog`
    Nolog,
    /// `notify`, `-b`
    Notify,
    /// `nounset`, `-u`
    Nounset,
    /// `onecmd`, `-t`
    Onecmd,
    /// `physical`, `-P`
    Physical,
    /// `pipefail`
    Pipefail,
    /// `posix`
    Posix,
    /// `privileged`, `-p`
    Privileged,
    /// `verbose`, `-v`
    Verbose,
    /// `vi`
    Vi,
    /// `xtrace`, `-x`
    Xtrace,
}

/// An option of `shopt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ShoptOption {
    /// `autocd`
    Autocd,
    /// `assoc_expand_once`
    AssocExpandOnce,
    /// `cdable_vars`
    CdableVars,
    /// `cdspell`
    Cdspell,
    /// `checkhash`
    Checkhash,
    /// `checkjobs`
    Checkjobs,
    /// `checkwinsize`
    Checkwinsize,
    /// `cmdhist`
    Cmdhist,
    /// `compat31`
    Compat31,
    /// `compat32`
    Compat32,
    /// `compat40`
    Compat40,
    /// `compat41`
    Compat41,
    /// `compat42`
    Compat42,
    /// `compat43`
    Compat43,
    /// `compat44`
    Compat44,
    /// `complete_fullquote`
    CompleteFullquote,
    /// `direxpand`
    Direxpand,
    /// `dirspell`
    Dirspell,
    /// `dotglob`
    Dotglob,
    /// `execfail`
    Execfail,
    /// `expand_aliases`
    ExpandAliases,
    /// `extdebug`
    Extdebug,
    /// `extglob`
    Extglob,
    /// `extquote`
    Extquote,
    /// `failglob`
    Failglob,
    /// `force_fignore`
    ForceFignore,
    /// `globasciiranges`
    Globasciiranges,
    /// `globskipdots`
    Globskipdots,
    /// `globstar`
    Globstar,
    /// `gnu_errfmt`
    GnuErrfmt,
    /// `histappend`
    Histappend,
    /// `histreedit`
    Histreedit,
    /// `histverify`
    Histverify,
    /// `hostcomplete`
    Hostcomplete,
    /// `huponexit`
    Huponexit,
    /// `inherit_errexit`
    InheritErrexit,
    /// `interactive_comments`
    InteractiveComments,
    /// `lastpipe`
    Lastpipe,
    /// `lithist`
    Lithist,
    /// `localvar_inherit`
    LocalvarInherit,
    /// `localvar_unset`
    LocalvarUnset,
    /// `login_shell`
    LoginShell,
    /// `mailwarn`
    Mailwarn,
    /// `no_empty_cmd_completion`
    NoEmptyCmdCompletion,
    /// `nocaseglob`
    Nocaseglob,
    /// `nocasematch`
    Nocasematch,
    /// `noexpand_translation`
    NoexpandTranslation,
    /// `nullglob`
    Nullglob,
    /// `patsub_replacement`
    PatsubReplacement,
    /// `progcomp`
    Progcomp,
    /// `progcomp_alias`
    ProgcompAlias,
    /// `promptvars`
    Promptvars,
    /// `restricted_shell`
    RestrictedShell,
    /// `shift_verbose`
    ShiftVerbose,
    /// `sourcepath`
    Sourcepath,
    /// `varredir_close`
    VarredirClose,
    /// `xpg_echo`
    XpgEcho,
}

/// An option of `set`: its name, its letter if it has one.
const SET_OPTIONS: [(&str, Option<u8>, SetOption); 27] = [
    ("allexport", Some(b'a'), SetOption::Allexport),
    ("braceexpand", Some(b'B'), SetOption::Braceexpand),
    ("emacs", None, SetOption::Emacs),
    ("errexit", Some(b'e'), SetOption::Errexit),
    ("errtrace", Some(b'E'), SetOption::Errtrace),
    ("functrace", Some(b'T'), SetOption::Functrace),
    ("hashall", Some(b'h'), SetOption::Hashall),
    ("histexpand", Some(b'H'), SetOption::Histexpand),
    ("history", None, SetOption::History),
    ("ignoreeof", None, SetOption::Ignoreeof),
    ("interactive-comments", None, SetOption::InteractiveComments),
    ("keyword", Some(b'k'), SetOption::Keyword),
    ("monitor", Some(b'm'), SetOption::Monitor),
    ("noclobber", Some(b'C'), SetOption::Noclobber),
    ("noexec", Some(b'n'), SetOption::Noexec),
    ("noglob", Some(b'f'), SetOption::Noglob),
    ("nolog", None, SetOption::Nolog),
    ("notify", Some(b'b'), SetOption::Notify),
    ("nounset", Some(b'u'), SetOption::Nounset),
    ("onecmd", Some(b't'), SetOption::Onecmd),
    ("physical", Some(b'P'), SetOption::Physical),
    ("pipefail", None, SetOption::Pipefail),
    ("posix", None, SetOption::Posix),
    ("privileged", Some(b'p'), SetOption::Privileged),
    ("verbose", Some(b'v'), SetOption::Verbose),
    ("vi", None, SetOption::Vi),
    ("xtrace", Some(b'x'), SetOption::Xtrace),
];

/// An option of `shopt`: its name, and whether it is on at first.
const SHOPT_OPTIONS: [(&str, bool, ShoptOption); 57] = [
    ("autocd", false, ShoptOption::Autocd),
    ("assoc_expand_once", false, ShoptOption::AssocExpandOnce),
    ("cdable_vars", false, ShoptOption::CdableVars),
    ("cdspell", false, ShoptOption::Cdspell),
    ("checkhash", false, ShoptOption::Checkhash),
    ("checkjobs", false, ShoptOption::Checkjobs),
    ("checkwinsize", true, ShoptOption::Checkwinsize),
    ("cmdhist", true, ShoptOption::Cmdhist),
    ("compat31", false, ShoptOption::Compat31),
    ("compat32", false, ShoptOption::Compat32),
    ("compat40", false, ShoptOption::Compat40),
    ("compat41", false, ShoptOption::Compat41),
    ("compat42", false, ShoptOption::Compat42),
    ("compat43", false, ShoptOption::Compat43),
    ("compat44", false, ShoptOption::Compat44),
    ("complete_fullquote", true, ShoptOption::CompleteFullquote),
    ("direxpand", false, ShoptOption::Direxpand),
    ("dirspell", false, ShoptOption::Dirspell),
    ("dotglob", false, ShoptOption::Dotglob),
    ("execfail", false, ShoptOption::Execfail),
    ("expand_aliases", false, ShoptOption::ExpandAliases),
    ("extdebug", false, ShoptOption::Extdebug),
    ("extglob", false, ShoptOption::Extglob),
    ("extquote", true, ShoptOption::Extquote),
    ("failglob", false, ShoptOption::Failglob),
    ("force_fignore", true, ShoptOption::ForceFignore),
    ("globasciiranges", true, ShoptOption::Globasciiranges),
    ("globskipdots", true, ShoptOption::Globskipdots),
    ("globstar", false, ShoptOption::Globstar),
    ("gnu_errfmt", false, ShoptOption::GnuErrfmt),
    ("histappend", false, ShoptOption::Histappend),
    ("histreedit", false, ShoptOption::Histreedit),
    ("histverify", false, ShoptOption::Histverify),
    ("hostcomplete", true, ShoptOption::Hostcomplete),
    ("huponexit", false, ShoptOption::Huponexit),
    ("inherit_errexit", false, ShoptOption::InheritErrexit),
    ("interactive_comments", true, ShoptOption::InteractiveComments),
    ("lastpipe", false, ShoptOption::Lastpipe),
    ("lithist", false, ShoptOption::Lithist),
    ("localvar_inherit", false, ShoptOption::LocalvarInherit),
    ("localvar_unset", false, ShoptOption::LocalvarUnset),
    ("login_shell", false, ShoptOption::LoginShell),
    ("mailwarn", false, ShoptOption::Mailwarn),
    ("no_empty_cmd_completion", false, ShoptOption::NoEmptyCmdCompletion),
    ("nocaseglob", false, ShoptOption::Nocaseglob),
    ("nocasematch", false, ShoptOption::Nocasematch),
    ("noexpand_translation", false, ShoptOption::NoexpandTranslation),
    ("nullglob", false, ShoptOption::Nullglob),
    ("patsub_replacement", true, ShoptOption::PatsubReplacement),
    ("progcomp", true, ShoptOption::Progcomp),
    ("progcomp_alias", false, ShoptOption::ProgcompAlias),
    ("promptvars", true, ShoptOption::Promptvars),
    ("restricted_shell", false, ShoptOption::RestrictedShell),
    ("shift_verbose", false, ShoptOption::ShiftVerbose),
    ("sourcepath", true, ShoptOption::Sourcepath),
    ("varredir_close", false, ShoptOption::VarredirClose),
    ("xpg_echo", false, ShoptOption::XpgEcho),
];

/// Which options are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    set: u64,
    shopt: u64,
}

impl Default for Options {
    fn default() -> Self {
        let mut options = Options { set: 0, shopt: 0 };
        for option in [SetOption::Braceexpand, SetOption::Hashall, SetOption::InteractiveComments] {
            options.change(option, true);
        }
        for (_, on, option) in SHOPT_OPTIONS {
            options.change_shopt(option, on);
        }
        options
    }
}

impl Options {
    /// Is an option of `set` on?
    pub(crate) fn on(&self, option: SetOption) -> bool {
        self.set & (1 << option as u8) != 0
    }

    /// Turns an option of `set` on or off.
    pub(crate) fn change(&mut self, option: SetOption, on: bool) {
        let bit = 1 << option as u8;
        self.set = if on { self.set | bit } else { self.set & !bit };
    }

    /// Is an option of `shopt` on?
    pub(crate) fn shopt(&self, option: ShoptOption) -> bool {
        self.shopt & (1 << option as u8) != 0
    }

    /// Turns an option of `shopt` on or off.
    pub(crate) fn change_shopt(&mut self, option: ShoptOption, on: bool) {
        let bit = 1 << option as u8;
        self.shopt = if on { self.shopt | bit } else { self.shopt & !bit };
    }

    /// The option of `set` with a name.
    pub(crate) fn named(name: &[u8]) -> Option<SetOption> {
        SET_OPTIONS.iter().find(|(known, _, _)| known.as_bytes() == name).map(|(_, _, option)| *option)
    }

    /// The option of `set` with a letter.
    pub(crate) fn lettered(letter: u8) -> Option<SetOption> {
        SET_OPTIONS.iter().find(|(_, known, _)| *known == Some(letter)).map(|(_, _, option)| *option)
    }

    /// The name of an option of `set`.
    pub(crate) fn name_of(option: SetOption) -> &'static str {
        SET_OPTIONS.iter().find(|(_, _, known)| *known == option).map_or("", |(name, _, _)| name)
    }

    /// The option of `shopt` with a name.
    pub(crate) fn shopt_named(name: &[u8]) -> Option<ShoptOption> {
        SHOPT_OPTIONS.iter().find(|(known, _, _)| known.as_bytes() == name).map(|(_, _, option)| *option)
    }

    /// Name and state of every option of `set`, in bash's order.
    pub(crate) fn set_rows(&self) -> impl Iterator<Item = (&'static str, bool)> {
        SET_OPTIONS.into_iter().map(|(name, _, option)| (name, self.on(option)))
    }

    /// Name and state of every option of `shopt`, in bash's order.
    pub(crate) fn shopt_rows(&self) -> impl Iterator<Item = (&'static str, bool)> {
        SHOPT_OPTIONS.into_iter().map(|(name, _, option)| (name, self.shopt(option)))
    }

    /// The letters of `$-` that are options of `set`, in bash's order.
    pub(crate) fn letters(&self) -> String {
        // bash lists them by its table of flags: lower case first, then upper case.
        "abefhkmnptuvxBCEHPT"
            .chars()
            .filter(|&letter| {
                u8::try_from(letter).ok().and_then(Options::lettered).is_some_and(|option| self.on(option))
            })
            .collect()
    }
}
