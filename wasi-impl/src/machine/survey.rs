//! A survey of a user's module: what the machine must know of it before wasmi sees it. Owns the bounds on what a
//! module may hold; whether it is valid is wasmi's to say.
//!
//! The bounds are here and not in wasmi because some of what they bound would cost the host more than memory:
//! constant expressions are evaluated by native recursion, and `memory.grow`s in a row each leave native stack behind
//! until the guest's next pause (engine.md).

use std::ops::Range;

use wasmparser::{BinaryReaderError, ConstExpr, Element, ElementItems, ElementKind, ExternalKind};
use wasmparser::{CompositeInnerType, DataKind, FunctionBody, MemoryType, Operator, Parser, Payload};
use wasmparser::{TableType, TypeRef};

use super::refusal;
use crate::limits::Limits;

/// Bytes of a constant expression; what compilers write has at most twenty.
const CONSTANT_BYTES_MAX: usize = 1_024;

/// `memory.grow`s and `table.grow`s of one function: at 180 bytes of native stack each they stay below 100 KiB.
const GROWS_MAX: usize = 500;

/// Bytes of a WebAssembly page.
const PAGE_BYTES: u64 = 65_536;

/// What a function's name in the exports stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Export {
    /// A function without parameters and results.
    Command,
    /// Any other function.
    Function,
    /// A memory.
    Memory,
    /// Something else.
    Other,
}

/// What a module holds, as far as the machine asks.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The function of the start section.
    pub(super) start: Option<u32>,
    /// The exports named `_start`, `_initialize` and `memory`, if there are.
    pub(super) exports: Vec<(String, Export)>,
    /// Types, imports, globals, exports, segments and elements so far.
    items: u64,
    /// Is this type a function without parameters and results?
    nullary: Vec<bool>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
    memories: u32,
    /// Least elements of all tables.
    elements: u64,
}

/// What a survey says of a module that it cannot accept.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It is too much of something, in words.
    Refused(String),
    /// It is not well-formed; wasmi and its validator have the last word.
    Malformed(BinaryReaderError),
}

impl From<BinaryReaderError> for Unfit {
    fn from(error: BinaryReaderError) -> Unfit {
        Unfit::Malformed(error)
    }
}

fn refused<T>(words: String) -> Result<T, Unfit> {
    Err(Unfit::Refused(words))
}

impl Survey {
    /// Walks a module once.
    ///
    /// # Errors
    /// [`Unfit`]: beyond a bound, or not well-formed.
    pub(super) fn of(bytes: &[u8], limits: &Limits) -> Result<Survey, Unfit> {
        let mut survey = Survey::default();
        for payload in Parser::new(0).parse_all(bytes) {
            survey.section(payload?, bytes, limits)?;
        }
        Ok(survey)
    }

    fn section(&mut self, payload: Payload<'_>, bytes: &[u8], limits: &Limits) -> Result<(), Unfit> {
        match payload {
            Payload::TypeSection(types) => {
                self.count(types.count(), limits)?;
                for group in types {
                    for ty in group?.into_types() {
                        self.count(1, limits)?;
                        self.nullary.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => ty.params().is_empty() && ty.results().is_empty(),
                            _ => false,
                        });
                    }
                }
            }
            Payload::ImportSection(imports) => {
                self.count(imports.count(), limits)?;
                for import in imports {
                    match import?.ty {
                        TypeRef::Func(ty) => self.functions.push(ty),
                        TypeRef::Memory(memory) => self.memory(&memory, limits)?,
                        TypeRef::Table(table) => self.table(&table, limits)?,
                        TypeRef::Global(_) | TypeRef::Tag(_) => {}
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                at_most("functions", functions.count().into(), limits.module_functions_max.into())?;
                for ty in functions {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(tables) => {
                self.count(tables.count(), limits)?;
                for table in tables {
                    self.table(&table?.ty, limits)?;
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.memory(&memory?, limits)?;
                }
            }
            Payload::GlobalSection(globals) => {
                self.count(globals.count(), limits)?;
                for global in globals {
                    constant(&global?.init_expr)?;
                }
            }
            Payload::ExportSection(exports) => self.exported(exports, limits)?,
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => {
                self.count(elements.count(), limits)?;
                for element in elements {
                    self.element(element?, limits)?;
                }
            }
            Payload::DataSection(segments) => {
                self.count(segments.count(), limits)?;
                for segment in segments {
                    if let DataKind::Active { offset_expr, .. } = segment?.kind {
                        constant(&offset_expr)?;
                    }
                }
            }
            Payload::CodeSectionStart { count, .. } => {
                at_most("functions", count.into(), limits.module_functions_max.into())?;
            }
            Payload::CodeSectionEntry(body) => function(&body, bytes, limits)?,
            // Custom sections, the version and the end hold nothing to bound; what is no core module is refused by
            // its first bytes, and what is not known by the validator.
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, more: u32, limits: &Limits) -> Result<(), Unfit> {
        self.items = self.items.saturating_add(more.into());
        at_most("types, imports, globals, exports and elements", self.items, limits.module_items_max.into())
    }

    fn memory(&mut self, memory: &MemoryType, limits: &Limits) -> Result<(), Unfit> {
        self.memories = self.memories.saturating_add(1);
        if self.memories > 1 {
            return refused(refusal::needs("multi-memory"));
        }
        let page =
            memory.page_size_log2.map_or(PAGE_BYTES, |log2| 1_u64.checked_shl(log2).unwrap_or(u64::MAX));
        let bytes = memory.initial.saturating_mul(page);
        let most = u64::try_from(limits.guest_memory_bytes_max).unwrap_or(u64::MAX);
        // What 32 bits cannot address is wrong in another way, which the validator names.
        if bytes > most && (memory.memory64 || bytes <= 1 << 32) {
            return refused(format!("needs {bytes} bytes of memory; the limit is {most}"));
        }
        Ok(())
    }

    fn table(&mut self, table: &TableType, limits: &Limits) -> Result<(), Unfit> {
        self.elements = self.elements.saturating_add(table.initial);
        let most = u64::try_from(limits.table_elements_max).unwrap_or(u64::MAX);
        at_most("elements of tables", self.elements, most)
    }

    fn exported(
        &mut self,
        exports: wasmparser::ExportSectionReader<'_>,
        limits: &Limits,
    ) -> Result<(), Unfit> {
        self.count(exports.count(), limits)?;
        for export in exports {
            let export = export?;
            if !matches!(export.name, "_start" | "_initialize" | "memory") {
                continue;
            }
            let is_command = || {
                let ty = usize::try_from(export.index).ok().and_then(|at| self.functions.get(at))?;
                self.nullary.get(usize::try_from(*ty).ok()?).copied()
            };
            let what = match export.kind {
                ExternalKind::Func if is_command() == Some(true) => Export::Command,
                ExternalKind::Func => Export::Function,
                ExternalKind::Memory => Export::Memory,
                ExternalKind::Table | ExternalKind::Global | ExternalKind::Tag => Export::Other,
            };
            self.exports.push((export.name.to_owned(), what));
        }
        Ok(())
    }

    fn element(&mut self, element: Element<'_>, limits: &Limits) -> Result<(), Unfit> {
        if let ElementKind::Active { offset_expr, .. } = element.kind {
            constant(&offset_expr)?;
        }
        match element.items {
            ElementItems::Functions(items) => self.count(items.count(), limits),
            ElementItems::Expressions(_, items) => {
                self.count(items.count(), limits)?;
                for item in items {
                    constant(&item?)?;
                }
                Ok(())
            }
        }
    }

    /// What an export of a name that the machine asks for stands for.
    pub(super) fn export(&self, name: &str) -> Option<Export> {
        self.exports.iter().find(|(known, _)| known == name).map(|(_, what)| *what)
    }
}

fn at_most(what: &str, count: u64, most: u64) -> Result<(), Unfit> {
    if count <= most { Ok(()) } else { refused(format!("has {count} {what}; the limit is {most}")) }
}

fn constant(expression: &ConstExpr<'_>) -> Result<(), Unfit> {
    let length = expression.get_binary_reader().bytes_remaining();
    if length <= CONSTANT_BYTES_MAX {
        return Ok(());
    }
    refused(format!("has a constant expression of {length} bytes; the limit is {CONSTANT_BYTES_MAX}"))
}

fn function(body: &FunctionBody<'_>, bytes: &[u8], limits: &Limits) -> Result<(), Unfit> {
    let Range { start, end } = body.range();
    let length = end.saturating_sub(start);
    if length > limits.function_bytes_max {
        let most = limits.function_bytes_max;
        return refused(format!("has a function of {length} bytes; the limit is {most}"));
    }
    // Either instruction has one of these bytes, so most functions need not be read for it.
    let marks = |code: &[u8]| code.iter().filter(|byte| matches!(byte, 0x40 | 0xfc)).count();
    if bytes.get(start..end).is_none_or(|code| marks(code) <= GROWS_MAX) {
        return Ok(());
    }
    let mut grows: usize = 0;
    for operator in body.get_operators_reader()? {
        if matches!(operator?, Operator::MemoryGrow { .. } | Operator::TableGrow { .. }) {
            grows = grows.saturating_add(1);
        }
    }
    if grows <= GROWS_MAX {
        return Ok(());
    }
    refused(format!(
        "has a function that grows memories or tables in {grows} places; the limit is {GROWS_MAX}"
    ))
}
