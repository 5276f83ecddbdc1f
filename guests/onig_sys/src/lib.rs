//! A stand-in for the crate `onig_sys`: the calls of the C library Oniguruma
//! that uu_grep makes, answered by `ferroni`, which is Oniguruma in Rust.
//!
//! It owns the translation between C's shapes (pointers, status numbers) and
//! ferroni's. Names and types are the ones that a caller of the real crate
//! writes, and so they are not Rust's. What no guest calls is not here.

#![allow(
    non_camel_case_types,
    non_upper_case_globals,
    reason = "the names are those of the crate that this one stands in for"
)]

mod word_edges;

use std::ffi::{c_int, c_uint};
use std::ptr::{null, null_mut};
use std::slice;

use ferroni::encodings::ONIG_ENCODING_UTF8;
use ferroni::error::RegexError;
use ferroni::oniguruma::{OnigOptionType, OnigSyntaxType as FerroniSyntax};
use ferroni::regenc::Encoding;
use ferroni::regsyntax::OnigSyntaxGrep;
use ferroni::{regcomp, regerror, regexec};

pub use ferroni::oniguruma::{INTERNAL_ONIGENC_CASE_FOLD_MULTI_CHAR, OnigRegion, RegexType};

/// The status of a call that worked.
pub const ONIG_NORMAL: c_uint = 0;
/// The status of a search that found nothing.
pub const ONIG_MISMATCH: c_int = -1;
/// The status of a pattern with a range such as `[b-a]`.
pub const ONIGERR_EMPTY_RANGE_IN_CHAR_CLASS: c_int = -203;
/// How many bytes a caller of [`onig_error_code_to_str`] provides.
pub const ONIG_MAX_ERROR_MESSAGE_LEN: c_uint = 90;
/// The character type of letters, digits and the underscore.
pub const OnigEncCtype_ONIGENC_CTYPE_WORD: c_uint = 12;

/// A compiled pattern, made by [`onig_new_deluxe`] and ended by [`onig_free`].
pub type OnigRegex = *mut RegexType;

/// What a pattern's characters mean. C's meta character table is left out,
/// because every syntax that guests use has the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct OnigSyntaxType {
    pub op: c_uint,
    pub op2: c_uint,
    pub behavior: c_uint,
    pub options: c_uint,
}

/// The three questions about characters that uu_grep asks an encoding.
#[repr(C)]
pub struct OnigEncodingType {
    pub mbc_to_code: Option<unsafe fn(*const u8, *const u8) -> c_uint>,
    pub is_code_ctype: Option<unsafe fn(c_uint, c_uint) -> c_int>,
    pub left_adjust_char_head: Option<unsafe fn(*const u8, *const u8) -> *const u8>,
}

/// UTF-8. It is `static mut` because callers take its address as C's is taken; nothing writes to it.
pub static mut OnigEncodingUTF8: OnigEncodingType = OnigEncodingType {
    mbc_to_code: Some(mbc_to_code),
    is_code_ctype: Some(is_code_ctype),
    left_adjust_char_head: Some(left_adjust_char_head),
};

/// What [`onig_new_deluxe`] is asked for besides the pattern.
#[repr(C)]
pub struct OnigCompileInfo {
    pub num_of_elements: c_int,
    pub pattern_enc: *mut OnigEncodingType,
    pub target_enc: *mut OnigEncodingType,
    pub syntax: *mut OnigSyntaxType,
    pub option: c_uint,
    pub case_fold_flag: c_uint,
}

/// What [`onig_new_deluxe`] says about a bad pattern: `par` is the message itself, from here to `par_end`.
#[repr(C)]
pub struct OnigErrorInfo {
    pub enc: *mut OnigEncodingType,
    pub par: *mut u8,
    pub par_end: *mut u8,
}

/// The case folding that a pattern starts from.
pub fn onig_get_default_case_fold_flag() -> c_uint {
    regcomp::onig_get_default_case_fold_flag()
}

/// Compiles a pattern. `*regex` is set on success only, `*error` on failure only.
///
/// # Safety
///
/// `pattern..pattern_end` is readable, and the other pointers are valid.
pub unsafe fn onig_new_deluxe(
    regex: *mut OnigRegex,
    pattern: *const u8,
    pattern_end: *const u8,
    info: *mut OnigCompileInfo,
    error: *mut OnigErrorInfo,
) -> c_int {
    // SAFETY: the caller promises a readable pattern and valid pointers.
    let (pattern, info, syntax) = unsafe { (bytes(pattern, pattern_end), &*info, *(*info).syntax) };
    // ferroni takes the case folding from a default only.
    let folding = onig_get_default_case_fold_flag();
    regcomp::onig_set_default_case_fold_flag(info.case_fold_flag);
    let compiled = compile(pattern, info.option, &syntax);
    regcomp::onig_set_default_case_fold_flag(folding);
    match compiled {
        Ok(compiled) => {
            // SAFETY: the caller promises a valid `regex`.
            unsafe { *regex = Box::into_raw(Box::new(compiled)) };
            ONIG_NORMAL as c_int
        }
        Err(reason) => {
            // The message outlives the error, which has nobody to free it; a bad
            // pattern ends the program, so at most a few of them are lost.
            let message = message_of(&reason).into_bytes().leak().as_mut_ptr_range();
            // SAFETY: the caller promises a valid `error`.
            unsafe { *error = OnigErrorInfo { enc: null_mut(), par: message.start, par_end: message.end } };
            code_of(&reason)
        }
    }
}

/// Compiles a pattern in ferroni's shapes.
pub fn compile(pattern: &[u8], option: c_uint, syntax: &OnigSyntaxType) -> Result<RegexType, RegexError> {
    let rewritten = word_edges::rewrite(pattern, syntax);
    let (pattern, syntax) = rewritten.as_ref().map_or((pattern, syntax), |(text, syntax)| (text, syntax));
    let syntax = FerroniSyntax {
        op: syntax.op,
        op2: syntax.op2,
        behavior: syntax.behavior,
        options: OnigOptionType::from_bits_retain(syntax.options),
        meta_char_table: OnigSyntaxGrep.meta_char_table.clone(),
    };
    regcomp::onig_new(pattern, OnigOptionType::from_bits_retain(option), &ONIG_ENCODING_UTF8, &syntax)
}

/// Searches for a pattern in `text..end`, beginning at places from `start` to
/// `range`. Answers with the place, or with [`ONIG_MISMATCH`], or with an error.
///
/// # Safety
///
/// `regex` is from [`onig_new_deluxe`], `text..end` is readable, `start` and
/// `range` point into it, and `region` is null or valid.
pub unsafe fn onig_search(
    regex: OnigRegex,
    text: *const u8,
    end: *const u8,
    start: *const u8,
    range: *const u8,
    region: *mut OnigRegion,
    option: c_uint,
) -> c_int {
    let option = OnigOptionType::from_bits_retain(option);
    // SAFETY: the caller promises all four conditions above.
    unsafe {
        let (text, start, range) = (bytes(text, end), distance(text, start), distance(text, range));
        let (status, found) =
            regexec::onig_search(&*regex, text, text.len(), start, range, take(region), option);
        give_back(region, found);
        status
    }
}

/// Matches a pattern at exactly `at` in `text..end`. Answers with the length
/// of the match, or with [`ONIG_MISMATCH`], or with an error.
///
/// # Safety
///
/// As for [`onig_search`].
pub unsafe fn onig_match(
    regex: OnigRegex,
    text: *const u8,
    end: *const u8,
    at: *const u8,
    region: *mut OnigRegion,
    option: c_uint,
) -> c_int {
    let option = OnigOptionType::from_bits_retain(option);
    // SAFETY: the caller promises the conditions of `onig_search`.
    unsafe {
        let (text, at) = (bytes(text, end), distance(text, at));
        let (status, found) = regexec::onig_match(&*regex, text, text.len(), at, take(region), option);
        give_back(region, found);
        status
    }
}

/// Ends a pattern.
///
/// # Safety
///
/// `regex` is from [`onig_new_deluxe`] and is used no more.
pub unsafe fn onig_free(regex: OnigRegex) {
    // SAFETY: the pointer came from `Box::into_raw` and the caller gives it up.
    drop(unsafe { Box::from_raw(regex) });
}

/// Writes the message of a status to `buffer` and answers with its length.
///
/// # Safety
///
/// `buffer` holds [`ONIG_MAX_ERROR_MESSAGE_LEN`] bytes; `info` is null or from a failed [`onig_new_deluxe`].
pub unsafe fn onig_error_code_to_str(buffer: *mut u8, code: c_int, info: *const OnigErrorInfo) -> c_int {
    let general = regerror::onig_error_code_to_str(code, None);
    // SAFETY: the caller promises a null or valid `info`, whose fields we wrote.
    let message = match unsafe { info.as_ref() } {
        Some(info) if !info.par.is_null() => unsafe { bytes(info.par, info.par_end) },
        Some(_) | None => general.as_bytes(),
    };
    let length = message.len().min(ONIG_MAX_ERROR_MESSAGE_LEN as usize);
    // SAFETY: the caller promises that many bytes, and they are not the message's.
    unsafe { buffer.copy_from_nonoverlapping(message.as_ptr(), length) };
    length as c_int
}

/// The message of an error in Oniguruma's own words.
pub fn message_of(error: &RegexError) -> String {
    match error {
        RegexError::Syntax { message, .. }
        | RegexError::InternalBug { message, .. }
        | RegexError::Encoding { message, .. } => message.clone(),
        other => other.to_string(),
    }
}

/// The C library's number for an error; -1000 (an internal one) where ferroni has no number.
fn code_of(error: &RegexError) -> c_int {
    match error {
        RegexError::Syntax { code, .. }
        | RegexError::InternalBug { code, .. }
        | RegexError::Encoding { code, .. }
        | RegexError::Other(code) => *code,
        _ => -1000,
    }
}

/// The code point that begins at `at`; 0 at the end.
///
/// # Safety
///
/// `at..end` is readable.
unsafe fn mbc_to_code(at: *const u8, end: *const u8) -> c_uint {
    // SAFETY: the caller promises it.
    let text = unsafe { bytes(at, end) };
    if text.is_empty() { 0 } else { ONIG_ENCODING_UTF8.mbc_to_code(text, text.len()) }
}

/// Whether a code point has a character type, as 0 or 1.
fn is_code_ctype(code: c_uint, ctype: c_uint) -> c_int {
    c_int::from(ONIG_ENCODING_UTF8.is_code_ctype(code, ctype))
}

/// The first byte of the character that `at` is in, no further left than `start`.
///
/// # Safety
///
/// `start..=at` is readable.
unsafe fn left_adjust_char_head(start: *const u8, at: *const u8) -> *const u8 {
    // SAFETY: the caller promises it, and the answer lies between the two.
    unsafe {
        let text = bytes(start, at.add(1));
        start.add(ONIG_ENCODING_UTF8.left_adjust_char_head(0, text.len() - 1, text))
    }
}

/// The bytes between two pointers.
///
/// # Safety
///
/// They are readable and stay so for as long as the caller uses the slice.
unsafe fn bytes<'a>(start: *const u8, end: *const u8) -> &'a [u8] {
    // An empty text may be at any address, also at none.
    if start == null() || start == end {
        return &[];
    }
    // SAFETY: the caller promises it.
    unsafe { slice::from_raw_parts(start, distance(start, end)) }
}

/// How far apart two pointers are; 0 when they are the wrong way round.
fn distance(start: *const u8, end: *const u8) -> usize {
    end.addr().saturating_sub(start.addr())
}

/// Takes the contents of a region, which ferroni wants by value.
///
/// # Safety
///
/// `region` is null or valid.
unsafe fn take(region: *mut OnigRegion) -> Option<OnigRegion> {
    // SAFETY: the caller promises it.
    unsafe { region.as_mut() }.map(|region| std::mem::replace(region, regexec::onig_region_new()))
}

/// Puts a region's contents back.
///
/// # Safety
///
/// `region` is null or valid.
unsafe fn give_back(region: *mut OnigRegion, found: Option<OnigRegion>) {
    // SAFETY: the caller promises it.
    if let (Some(region), Some(found)) = (unsafe { region.as_mut() }, found) {
        *region = found;
    }
}
