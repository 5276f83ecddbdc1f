//! The image: a module's sections with the memory and the globals of a prepared instance in place of what they begin
//! with. Owns what is written anew; everything else is copied as it is.
//!
//! The memory is written into the sections of ours that wasi-impl/ABI.md describes, not into data segments, of which an
//! engine makes a copy for itself. Zeros are not written, for a memory begins with them.

use std::ops::Range;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    ConstExpr, CustomSection, ExportKind, ExportSection, GlobalSection, MemorySection, Module, RawSection,
    SectionId,
};
use wasmi::Val;
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

use crate::{IMAGE, IMAGE_COLD, Prepared, RESUME};

/// Bytes of a page of memory.
const PAGE_BYTES: usize = 1 << 16;

/// So many zeros end a piece. Fewer cost less as bytes than as the head of another piece.
const ZEROS_MIN: usize = 64;

/// The name under which a global is exported while the module is prepared.
pub(crate) fn global_name(index: u32) -> String {
    format!("wasmsand:global {index}")
}

/// The mutable globals that a module defines.
pub(crate) fn mutable_globals(module: &[u8]) -> Result<Vec<u32>, String> {
    let mut index = 0;
    let mut mutable = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(words)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    index += u32::from(matches!(import.map_err(words)?.ty, TypeRef::Global(_)));
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    if global.map_err(words)?.ty.mutable {
                        mutable.push(index);
                    }
                    index += 1;
                }
            }
            _ => {}
        }
    }
    Ok(mutable)
}

/// The module with its mutable globals exported.
pub(crate) fn with_globals_exported(module: &[u8], globals: &[u32]) -> Result<Vec<u8>, String> {
    rewrite(module, |section, written| {
        let Payload::ExportSection(section) = section else { return Ok(false) };
        let mut exports = ExportSection::new();
        for export in section.clone() {
            let export = export.map_err(words)?;
            RoundtripReencoder.parse_export(&mut exports, export).map_err(|error| error.to_string())?;
        }
        for index in globals {
            exports.export(&global_name(*index), ExportKind::Global, *index);
        }
        written.section(&exports);
        Ok(true)
    })
    .map(Module::finish)
}

/// The module as it was prepared.
pub(crate) fn write(module: &[u8], prepared: &Prepared) -> Result<Vec<u8>, String> {
    let mut image = rewrite(module, |section, written| {
        match section {
            Payload::MemorySection(section) => {
                written.section(&memories(section.clone(), prepared.memory.len())?);
            }
            Payload::GlobalSection(section) => {
                written.section(&globals(section.clone(), &prepared.globals)?);
            }
            Payload::ExportSection(section) => {
                written.section(&exports(section.clone())?);
            }
            // What would run at the start has run, and what the segments hold is in the memory. A module that would
            // copy from one later is no longer valid without them, which whoever reads it next says.
            Payload::DataCountSection { .. } | Payload::StartSection { .. } | Payload::DataSection(_) => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let mut memory = prepared.memory.clone();
    let cold = memory.get_mut(prepared.cold.clone()).ok_or("the cold bytes are not in the memory")?;
    let pieces = pieces(cold, prepared.cold.start)?;
    cold.fill(0);
    for (name, data) in [(IMAGE, self::pieces(&memory, 0)?), (IMAGE_COLD, pieces)] {
        image.section(&CustomSection { name: name.into(), data: data.into() });
    }
    Ok(image.finish())
}

/// The bytes of a range of the parser's.
fn slice<'a>(module: &'a [u8], range: &Range<u64>) -> Result<&'a [u8], String> {
    let start = usize::try_from(range.start).ok();
    start
        .zip(usize::try_from(range.end).ok())
        .and_then(|(start, end)| module.get(start..end))
        .ok_or_else(|| "a section ends behind the module".to_owned())
}

/// Copies a module, but for the sections that `replace` writes or leaves out.
fn rewrite(
    module: &[u8],
    mut replace: impl FnMut(&Payload<'_>, &mut Module) -> Result<bool, String>,
) -> Result<Module, String> {
    let mut written = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(words)?;
        let Some((id, range)) = payload.as_section() else { continue };
        if id == u8::from(SectionId::Custom) || replace(&payload, &mut written)? {
            continue;
        }
        let data = slice(module, &range)?;
        written.section(&RawSection { id, data });
    }
    Ok(written)
}

/// The memory, as large as it has become.
fn memories(section: wasmparser::MemorySectionReader<'_>, bytes: usize) -> Result<MemorySection, String> {
    let mut memories = MemorySection::new();
    for memory in section {
        let mut memory =
            RoundtripReencoder.memory_type(memory.map_err(words)?).map_err(|error| error.to_string())?;
        memory.minimum = (bytes / PAGE_BYTES) as u64;
        memories.memory(memory);
    }
    if memories.len() == 1 { Ok(memories) } else { Err("the module has more than one memory".to_owned()) }
}

/// The globals, with the values that they have become.
fn globals(
    section: wasmparser::GlobalSectionReader<'_>,
    values: &[(u32, Val)],
) -> Result<GlobalSection, String> {
    let mut globals = GlobalSection::new();
    let mut values = values.iter();
    for global in section {
        let global = global.map_err(words)?;
        if !global.ty.mutable {
            RoundtripReencoder.parse_global(&mut globals, global).map_err(|error| error.to_string())?;
            continue;
        }
        let kind = RoundtripReencoder.global_type(global.ty).map_err(|error| error.to_string())?;
        let value = match values.next() {
            Some((_, Val::I32(value))) => ConstExpr::i32_const(*value),
            Some((_, Val::I64(value))) => ConstExpr::i64_const(*value),
            _ => return Err("a mutable global holds no integer".to_owned()),
        };
        globals.global(kind, &value);
    }
    Ok(globals)
}

/// What a command exports: its memory and its start.
fn exports(section: wasmparser::ExportSectionReader<'_>) -> Result<ExportSection, String> {
    let mut exports = ExportSection::new();
    for export in section {
        let export = export.map_err(words)?;
        match (export.kind, export.name) {
            (ExternalKind::Memory, name) => exports.export(name, ExportKind::Memory, export.index),
            (ExternalKind::Func, RESUME) => exports.export("_start", ExportKind::Func, export.index),
            _ => continue,
        };
    }
    if exports.len() == 2 { Ok(exports) } else { Err(format!("the module exports no `{RESUME}'")) }
}

/// A section's content: the bytes from some address on, without runs of zeros.
fn pieces(bytes: &[u8], address: usize) -> Result<Vec<u8>, String> {
    let number =
        |number: usize| u32::try_from(number).map(u32::to_le_bytes).map_err(|error| error.to_string());
    let mut content = Vec::new();
    let mut rest = 0;
    while let Some(start) = bytes.get(rest..).and_then(|tail| tail.iter().position(|byte| *byte != 0)) {
        let start = rest + start;
        let end = end_of_piece(bytes, start);
        content.extend(number(address + start)?);
        content.extend(number(end - start)?);
        content.extend(bytes.get(start..end).unwrap_or_default());
        rest = end;
    }
    Ok(content)
}

/// Where the zeros begin that end the piece from `start`.
fn end_of_piece(memory: &[u8], start: usize) -> usize {
    let mut zeros = 0;
    for (at, byte) in memory.iter().enumerate().skip(start) {
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        if zeros == ZEROS_MIN {
            return at + 1 - ZEROS_MIN;
        }
    }
    memory.len() - zeros
}

/// An error of the parser.
fn words(error: wasmparser::BinaryReaderError) -> String {
    error.to_string()
}
