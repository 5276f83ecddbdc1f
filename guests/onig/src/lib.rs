//! A stand-in for the crate `onig`: patterns, syntaxes and regions as uu_grep
//! and findutils use them, over `ferroni`, which is Oniguruma in Rust.
//!
//! It owns no state and no unsafe code. What no guest calls is not here.

use std::fmt;

use ferroni::oniguruma::{self as ferroni_flags, OnigOptionType, OnigSyntaxType as FerroniSyntax};
use ferroni::{regexec, regsyntax};
use onig_sys::{OnigRegion, OnigSyntaxType, RegexType};

bitflags::bitflags! {
    /// How a pattern is compiled.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RegexOptions: u32 {
        const REGEX_OPTION_NONE = 0;
        const REGEX_OPTION_IGNORECASE = OnigOptionType::IGNORECASE.bits();
        const REGEX_OPTION_MULTILINE = OnigOptionType::MULTILINE.bits();
        const REGEX_OPTION_FIND_LONGEST = OnigOptionType::FIND_LONGEST.bits();
    }

    /// How a pattern is searched for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SearchOptions: u32 {
        const SEARCH_OPTION_NONE = 0;
    }

    /// Operators that a syntax has: C's first word, and above it the second.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SyntaxOperator: u64 {
        const SYNTAX_OPERATOR_ESC_GNU_BUF_ANCHOR = (ferroni_flags::ONIG_SYN_OP2_ESC_GNU_BUF_ANCHOR as u64) << 32;
        // This one belongs in the second word as well. The real crate has it
        // in the first, and uu_grep corrects for that.
        const SYNTAX_OPERATOR_QMARK_CAPITAL_P_NAME = ferroni_flags::ONIG_SYN_OP2_QMARK_CAPITAL_P_NAME as u64;
    }

    /// What a syntax makes of doubtful patterns.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SyntaxBehavior: u32 {
        const SYNTAX_BEHAVIOR_ALLOW_INTERVAL_LOW_ABBREV = ferroni_flags::ONIG_SYN_ALLOW_INTERVAL_LOW_ABBREV;
    }
}

/// What the characters of a pattern mean. It has the layout of
/// [`OnigSyntaxType`]: callers cast a pointer to the one into the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Syntax(OnigSyntaxType);

/// One function for each named syntax.
macro_rules! syntaxes {
    ($($(#[$doc:meta])* $name:ident = $original:ident;)*) => {
        impl Syntax {
            $($(#[$doc])* pub fn $name() -> &'static Self {
                static SYNTAX: Syntax = Syntax::of(&regsyntax::$original);
                &SYNTAX
            })*
        }
    };
}

syntaxes! {
    /// Plain text.
    asis = OnigSyntaxASIS;
    /// Basic regular expressions of POSIX.
    posix_basic = OnigSyntaxPosixBasic;
    /// Extended regular expressions of POSIX.
    posix_extended = OnigSyntaxPosixExtended;
    /// Regular expressions of Emacs.
    emacs = OnigSyntaxEmacs;
    /// Basic regular expressions with the operators of GNU grep.
    grep = OnigSyntaxGrep;
    /// Extended regular expressions with the operators of GNU grep.
    gnu_regex = OnigSyntaxGnuRegex;
    /// Regular expressions of Perl with named groups.
    perl_ng = OnigSyntaxPerl_NG;
}

impl Syntax {
    /// A syntax of ferroni's, except that a range such as `[b-a]` is an error
    /// in all of them, as it is to GNU grep.
    const fn of(original: &FerroniSyntax) -> Self {
        Self(OnigSyntaxType {
            op: original.op,
            op2: original.op2,
            behavior: original.behavior & !ferroni_flags::ONIG_SYN_ALLOW_EMPTY_RANGE_IN_CC,
            options: original.options.bits(),
        })
    }

    /// The options that every pattern of this syntax has.
    pub fn options(&self) -> RegexOptions {
        RegexOptions::from_bits_retain(self.0.options)
    }

    /// Adds operators.
    pub fn enable_operators(&mut self, operators: SyntaxOperator) {
        let bits = operators.bits().to_le_bytes();
        let [a, b, c, d, e, f, g, h] = bits;
        self.0.op |= u32::from_le_bytes([a, b, c, d]);
        self.0.op2 |= u32::from_le_bytes([e, f, g, h]);
    }

    /// Adds to the behaviour.
    pub fn enable_behavior(&mut self, behavior: SyntaxBehavior) {
        self.0.behavior |= behavior.bits();
    }
}

/// Where the groups of a pattern matched. It has the layout of
/// [`OnigRegion`]: callers cast a pointer to the one into the other.
#[repr(transparent)]
pub struct Region(OnigRegion);

impl Region {
    /// A region of no groups.
    pub fn new() -> Self {
        Self(regexec::onig_region_new())
    }

    /// The start and end of a group, in bytes; `None` where it took no part.
    pub fn pos(&self, group: usize) -> Option<(usize, usize)> {
        let groups = usize::try_from(self.0.num_regs).ok()?;
        if group >= groups {
            return None;
        }
        let start = usize::try_from(*self.0.beg.get(group)?).ok()?;
        let end = usize::try_from(*self.0.end.get(group)?).ok()?;
        Some((start, end))
    }
}

impl Default for Region {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a pattern cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A compiled pattern.
pub struct Regex(RegexType);

impl fmt::Debug for Regex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Regex").finish_non_exhaustive()
    }
}

impl Regex {
    /// Compiles a pattern.
    pub fn with_options(pattern: &str, options: RegexOptions, syntax: &Syntax) -> Result<Self, Error> {
        onig_sys::compile(pattern.as_bytes(), options.bits(), &syntax.0)
            .map(Self)
            .map_err(|error| Error(onig_sys::message_of(&error)))
    }

    /// Whether the pattern matches the whole text.
    pub fn is_match(&self, text: &str) -> bool {
        let option = OnigOptionType::MATCH_WHOLE_STRING;
        regexec::onig_match(&self.0, text.as_bytes(), text.len(), 0, None, option).0 >= 0
    }

    /// The first place where the pattern matches, as start and end in bytes.
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        let (status, region) = regexec::onig_search(
            &self.0,
            text.as_bytes(),
            text.len(),
            0,
            text.len(),
            Some(regexec::onig_region_new()),
            OnigOptionType::NONE,
        );
        region.filter(|_| status >= 0).and_then(|region| Region(region).pos(0))
    }
}
