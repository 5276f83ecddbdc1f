//! A module whose functions note their own calls: each writes its index to a stack in a memory of its own when it is
//! entered, and takes it off when it is left. wasmi has no back traces; this stack is what one is read from.
//!
//! A body is wrapped in a block with the function's results. A branch to the function's own label then ends at the
//! block, a `return` becomes such a branch, and behind the block there is one place where the stack is taken back.

use std::collections::HashMap;

use wasmparser::{BinaryReaderError, CompositeInnerType, FuncType, FunctionBody, Operator, Parser, Payload};
use wasmparser::{TypeRef, ValType};

use super::rewrite::{
    Additions, GLOBAL, GLOBAL_SECTION, MEMORY, MEMORY_SECTION, TYPE_SECTION, put_number, unused_name,
};

/// Bytes of one note.
pub(super) const NOTE_BYTES: usize = 4;

/// Bytes of a page of memory.
const PAGE_BYTES: usize = 65_536;

/// How the notes are found in an instance: the exports of the memory and of its height in bytes.
#[derive(Debug)]
pub(super) struct Notes {
    pub(super) memory: String,
    pub(super) height: String,
    /// Bytes of the memory.
    pub(super) bytes: usize,
}

/// What the module has, as far as its code refers to it.
#[derive(Default)]
struct Outline {
    types: Vec<Option<FuncType>>,
    /// Types that are added: those of the blocks of functions with several results.
    added: HashMap<Vec<ValType>, u32>,
    functions: Vec<u32>,
    imported: u32,
    memories: u32,
    globals: u32,
    code: Vec<u8>,
    bodies: u32,
}

/// Adds the notes to the additions to a module, with room for `frames` of them; absent when the module has something
/// that this cannot rewrite.
pub(super) fn note_calls(bytes: &[u8], frames: usize, additions: &mut Additions) -> Option<Notes> {
    let mut outline = Outline::default();
    for payload in Parser::new(0).parse_all(bytes) {
        outline.take(payload.ok()?)?;
    }
    let mut code = Vec::with_capacity(outline.code.len().checked_add(8)?);
    put_number(&mut code, outline.bodies);
    code.extend_from_slice(&outline.code);
    additions.code = Some(code);
    let mut added: Vec<_> = outline.added.iter().collect();
    added.sort_by_key(|(_, index)| **index);
    for (results, _) in added {
        let mut entry = vec![0x60, 0];
        put_number(&mut entry, u32::try_from(results.len()).ok()?);
        for ty in results {
            entry.push(type_byte(*ty)?);
        }
        additions.add(TYPE_SECTION, entry);
    }
    let pages = (frames.checked_mul(NOTE_BYTES)? / PAGE_BYTES).checked_add(1)?;
    let mut memory = vec![0];
    put_number(&mut memory, u32::try_from(pages).ok()?);
    additions.add(MEMORY_SECTION, memory);
    // A mutable i32, zero at first.
    additions.add(GLOBAL_SECTION, vec![0x7f, 1, 0x41, 0, 0x0b]);
    let notes = Notes {
        memory: unused_name(bytes, "wasmsand:calls"),
        height: unused_name(bytes, "wasmsand:height"),
        bytes: pages.checked_mul(PAGE_BYTES)?,
    };
    additions.export(&notes.memory, MEMORY, outline.memories);
    additions.export(&notes.height, GLOBAL, outline.globals);
    Some(notes)
}

impl Outline {
    fn take(&mut self, payload: Payload<'_>) -> Option<()> {
        match payload {
            Payload::TypeSection(types) => {
                for group in types {
                    for ty in group.ok()?.into_types() {
                        self.types.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports {
                    match import.ok()?.ty {
                        TypeRef::Func(ty) => self.functions.push(ty),
                        // Nothing else is imported by what can run.
                        TypeRef::Table(_) | TypeRef::Memory(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {
                            return None;
                        }
                    }
                }
                self.imported = u32::try_from(self.functions.len()).ok()?;
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    self.functions.push(ty.ok()?);
                }
            }
            Payload::MemorySection(memories) => self.memories = memories.count(),
            Payload::GlobalSection(globals) => self.globals = globals.count(),
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            _ => {}
        }
        Some(())
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Option<()> {
        let index = self.imported.checked_add(self.bodies)?;
        self.bodies = self.bodies.checked_add(1)?;
        let ty = *self.functions.get(usize::try_from(index).ok()?)?;
        let ty = self.types.get(usize::try_from(ty).ok()?)?.clone()?;
        let mut out = Vec::new();
        let saved = locals(body, ty.params().len(), &mut out)?;
        self.enter(index, saved, &mut out);
        self.block(ty.results(), &mut out)?;
        let leave = Leave { saved, height: self.globals };
        instructions(body, &leave, &mut out).ok()??;
        leave.put(&mut out);
        // The end of the function.
        out.push(0x0b);
        put_number(&mut self.code, u32::try_from(out.len()).ok()?);
        self.code.extend_from_slice(&out);
        Some(())
    }

    /// Notes the function, and keeps the height before it in a local.
    fn enter(&self, index: u32, saved: u32, out: &mut Vec<u8>) {
        // global.get height, local.tee saved, i32.const index, i32.store (alignment 4, with a memory's index)
        out.push(0x23);
        put_number(out, self.globals);
        out.push(0x22);
        put_number(out, saved);
        out.push(0x41);
        put_signed(out, i64::from(index));
        out.extend_from_slice(&[0x36, 0x42]);
        put_number(out, self.memories);
        out.push(0);
        // local.get saved, i32.const 4, i32.add, global.set height
        out.push(0x20);
        put_number(out, saved);
        out.extend_from_slice(&[0x41, 4, 0x6a, 0x24]);
        put_number(out, self.globals);
    }

    /// Begins a block with these results.
    fn block(&mut self, results: &[ValType], out: &mut Vec<u8>) -> Option<()> {
        out.push(0x02);
        match results {
            [] => out.push(0x40),
            [one] => out.push(type_byte(*one)?),
            several => {
                let next = self.types.len().checked_add(self.added.len())?;
                let next = u32::try_from(next).ok()?;
                let index = *self.added.entry(several.to_vec()).or_insert(next);
                put_signed(out, i64::from(index));
            }
        }
        Some(())
    }
}

/// Takes the function's note off the stack.
struct Leave {
    saved: u32,
    height: u32,
}

impl Leave {
    fn put(&self, out: &mut Vec<u8>) {
        // local.get saved, global.set height
        out.push(0x20);
        put_number(out, self.saved);
        out.push(0x24);
        put_number(out, self.height);
    }
}

/// Copies the declarations of locals with one i32 more; answers its index.
fn locals(body: &FunctionBody<'_>, parameters: usize, out: &mut Vec<u8>) -> Option<u32> {
    let reader = body.get_locals_reader().ok()?;
    let groups = reader.get_count();
    let mut saved = u32::try_from(parameters).ok()?;
    let before = reader.original_position();
    for group in reader {
        saved = saved.checked_add(group.ok()?.0)?;
    }
    let after = body.get_operators_reader().ok()?.original_position();
    put_number(out, groups.checked_add(1)?);
    out.extend_from_slice(slice(body, before, after)?);
    out.extend_from_slice(&[1, 0x7f]);
    Some(saved)
}

/// Copies instructions up to the function's end, which is the block's now. A `return` becomes a branch to it, and
/// before a tail call the note is taken off.
fn instructions(
    body: &FunctionBody<'_>,
    leave: &Leave,
    out: &mut Vec<u8>,
) -> Result<Option<()>, BinaryReaderError> {
    let mut copied = body.get_operators_reader()?.original_position();
    let mut depth: u32 = 0;
    for operator in body.get_operators_reader()?.into_iter_with_offsets() {
        let (operator, at) = operator?;
        match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => {
                depth = depth.saturating_add(1);
            }
            Operator::End => depth = depth.saturating_sub(1),
            Operator::Return => {
                let Some(before) = slice(body, copied, at) else { return Ok(None) };
                out.extend_from_slice(before);
                out.push(0x0c);
                put_number(out, depth);
                copied = at.saturating_add(1);
            }
            Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. } => {
                let Some(before) = slice(body, copied, at) else { return Ok(None) };
                out.extend_from_slice(before);
                leave.put(out);
                copied = at;
            }
            _ => {}
        }
    }
    let rest = slice(body, copied, body.range().end);
    Ok(rest.map(|rest| out.extend_from_slice(rest)))
}

/// Bytes of a body by their offsets in the module.
fn slice<'a>(body: &FunctionBody<'a>, from: usize, to: usize) -> Option<&'a [u8]> {
    let start = body.range().start;
    body.as_bytes().get(from.checked_sub(start)?..to.checked_sub(start)?)
}

fn type_byte(ty: ValType) -> Option<u8> {
    match ty {
        ValType::I32 => Some(0x7f),
        ValType::I64 => Some(0x7e),
        ValType::F32 => Some(0x7d),
        ValType::F64 => Some(0x7c),
        ValType::V128 => Some(0x7b),
        ValType::Ref(ty) if ty == wasmparser::RefType::FUNCREF => Some(0x70),
        ValType::Ref(ty) if ty == wasmparser::RefType::EXTERNREF => Some(0x6f),
        ValType::Ref(_) => None,
    }
}

/// Writes a signed LEB128 number.
fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    let mut rest = value;
    loop {
        let byte = rest.to_le_bytes()[0] & 0x7f;
        rest >>= 7;
        let is_last = (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0);
        if is_last {
            return bytes.push(byte);
        }
        bytes.push(byte | 0x80);
    }
}
