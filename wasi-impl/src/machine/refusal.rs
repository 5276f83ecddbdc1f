//! A refusal: why a file cannot run, in one sentence that follows the program's name. Owns the words, and the names
//! of the WebAssembly proposals that wasmi lacks.

use wasmi::errors::ErrorKind;
use wasmparser::{BinaryReaderError, Validator, WasmFeatures};

/// What wasmi takes in our configuration (its `Config::default_features` with our cargo features).
const TAKEN: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::RELAXED_SIMD);

/// Proposals that are not taken, by the names of their repositories, each with what it builds on.
const LACKING: [(&str, WasmFeatures); 11] = [
    ("threads", WasmFeatures::THREADS),
    ("exception-handling", WasmFeatures::EXCEPTIONS),
    ("exception-handling (legacy)", WasmFeatures::LEGACY_EXCEPTIONS.union(WasmFeatures::EXCEPTIONS)),
    ("memory64", WasmFeatures::MEMORY64),
    ("custom-page-sizes", WasmFeatures::CUSTOM_PAGE_SIZES),
    ("wide-arithmetic", WasmFeatures::WIDE_ARITHMETIC),
    ("memory-control", WasmFeatures::MEMORY_CONTROL),
    ("function-references", WasmFeatures::FUNCTION_REFERENCES),
    ("gc", WasmFeatures::GC.union(WasmFeatures::FUNCTION_REFERENCES)),
    (
        "shared-everything-threads",
        WasmFeatures::SHARED_EVERYTHING_THREADS.union(WasmFeatures::THREADS).union(WasmFeatures::GC),
    ),
    (
        "stack-switching",
        WasmFeatures::STACK_SWITCHING
            .union(WasmFeatures::FUNCTION_REFERENCES)
            .union(WasmFeatures::EXCEPTIONS)
            .union(WasmFeatures::GC),
    ),
];

/// Modules up to this size are validated again, once for each proposal, to find out which one they need.
const ASKED_BYTES_MAX: usize = 16 << 20;

/// Bytes before the first section: the magic number and the version.
const HEADER_BYTES: usize = 8;

/// Characters of a name that are shown.
const SHOWN_CHARACTERS: usize = 200;

/// A name that a module holds, for people: cut, and without anything that moves a cursor or begins a line.
pub(super) fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(SHOWN_CHARACTERS).flat_map(char::escape_debug).collect();
    if name.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push_str("...");
    }
    shown
}

/// The sentence for a proposal that is not supported.
pub(super) fn needs(proposal: &str) -> String {
    format!("needs the WebAssembly proposal `{proposal}', which is not supported")
}

/// Judges the first bytes of what claims to be wasm.
///
/// # Errors
/// The refusal.
pub(super) fn header(bytes: &[u8]) -> Result<(), String> {
    match bytes.get(..HEADER_BYTES) {
        Some([b'\0', b'a', b's', b'm', 1, 0, 0, 0]) => Ok(()),
        Some([b'\0', b'a', b's', b'm', _, _, 1, 0]) => {
            Err("is a WebAssembly component; only core modules of WASI preview1 can run".to_owned())
        }
        Some([b'\0', b'a', b's', b'm', a, b, c, d]) => {
            let version = u32::from_le_bytes([*a, *b, *c, *d]);
            Err(format!("is of version {version} of WebAssembly; only version 1 can run"))
        }
        Some(_) => Err("is not a WebAssembly module".to_owned()),
        None => Err("is a WebAssembly module that is cut off".to_owned()),
    }
}

/// The refusal of a module that is not valid.
pub(super) fn invalid(bytes: &[u8], error: &BinaryReaderError) -> String {
    if let Some(proposal) = lacking(bytes, error.offset()) {
        return needs(proposal);
    }
    let (words, offset) = (error.message(), error.offset());
    if words.starts_with("unexpected end") {
        return format!("is a WebAssembly module that is cut off: {words} (at offset {offset:#x})");
    }
    format!("is not a valid WebAssembly module: {words} (at offset {offset:#x})")
}

/// The refusal of a module that wasmi did not accept.
pub(super) fn rejected(bytes: &[u8], error: &wasmi::Error) -> String {
    match error.kind() {
        ErrorKind::Wasm(error) => invalid(bytes, error),
        _ => format!("cannot be compiled: {error}"),
    }
}

/// The proposal with which a module is valid, or at least valid further than it is without.
fn lacking(bytes: &[u8], reached: usize) -> Option<&'static str> {
    if bytes.len() > ASKED_BYTES_MAX {
        return None;
    }
    // The same place in the eyes of this validator, which may be stricter or looser than the one that complained.
    let reached = match judge(bytes, TAKEN) {
        Err(error) => error.offset(),
        Ok(()) => reached,
    };
    LACKING.iter().find(|(_, features)| further(bytes, *features, reached)).map(|(name, _)| *name)
}

fn further(bytes: &[u8], features: WasmFeatures, reached: usize) -> bool {
    match judge(bytes, TAKEN.union(features)) {
        Ok(()) => true,
        Err(error) => error.offset() > reached,
    }
}

fn judge(bytes: &[u8], features: WasmFeatures) -> Result<(), BinaryReaderError> {
    Validator::new_with_features(features).validate_all(bytes).map(|_| ())
}
