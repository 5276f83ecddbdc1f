//! The plan: the operators of a function, and behind which of them something begins that is charged by itself.

use wasmparser::{BinaryReaderError, BlockType, FunctionBody, Operator};
use wasmparser::{FuncValidator, ValidatorResources, WasmModuleResources};

/// Operators that are skipped together at least, to be worth one more for those that are not.
const OPERATORS_MIN: usize = 48;

/// What an operator means to the frames around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Opens a frame.
    Block,
    /// Opens a frame that is charged for by itself.
    Loop,
    If,
    Else,
    End,
    /// Has depths of frames.
    Branch,
    Other,
}

/// An operator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Where it begins in the module.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
    /// A loop of this type is opened behind it, to the end of the frame.
    pub(crate) opens: Option<BlockType>,
}

/// A frame while its operators are read.
struct Frame {
    kind: Kind,
    /// Is the code behind it skipped by something within?
    is_left: bool,
    /// Operators behind which a loop may be opened.
    places: Vec<Place>,
}

struct Place {
    step: usize,
    ty: BlockType,
}

/// What is to be written for a function.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Absent where an operator is not known here; the function stays as it is.
    pub(crate) steps: Option<Vec<Step>>,
}

impl Plan {
    /// Reads a function while it is validated.
    pub(crate) fn of(
        validator: &mut FuncValidator<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<Plan, BinaryReaderError> {
        validator.read_locals(&mut body.get_binary_reader())?;
        let mut reader = body.get_operators_reader()?;
        let result = function_type(validator);
        let mut reading = Reading {
            steps: Vec::new(),
            frames: vec![Frame { kind: Kind::Block, is_left: false, places: Vec::new() }],
        };
        let mut is_known = true;
        while !reader.eof() {
            let at = reader.original_position();
            let operator = reader.read()?;
            validator.op(at, &operator)?;
            is_known = is_known && reading.take(at, &operator, place(validator, result)).is_some();
        }
        validator.finish(reader.original_position())?;
        Ok(Plan { steps: is_known.then_some(reading.steps) })
    }
}

/// The type of a loop that would be opened here; absent where values of the frame wait on the stack, where nothing
/// arrives, and where the frame's type is one that cannot be given in place.
fn place(validator: &FuncValidator<ValidatorResources>, function: Option<BlockType>) -> Option<BlockType> {
    let frame = validator.get_control_frame(0)?;
    let height = usize::try_from(validator.operand_stack_height()).ok()?;
    if frame.unreachable || height != frame.height {
        return None;
    }
    match frame.block_type {
        BlockType::FuncType(_) if validator.control_stack_height() == 1 => function,
        BlockType::FuncType(_) => None,
        ty => Some(ty),
    }
}

/// The type of a block with the results of the function.
fn function_type(validator: &FuncValidator<ValidatorResources>) -> Option<BlockType> {
    let BlockType::FuncType(index) = validator.get_control_frame(0)?.block_type else { return None };
    match validator.resources().sub_type_at(index)?.unwrap_func().results() {
        [] => Some(BlockType::Empty),
        [one] => Some(BlockType::Type(*one)),
        _ => None,
    }
}

struct Reading {
    steps: Vec<Step>,
    frames: Vec<Frame>,
}

impl Reading {
    /// Notes an operator; absent if it is one that this cannot rewrite.
    fn take(&mut self, at: usize, operator: &Operator<'_>, place: Option<BlockType>) -> Option<()> {
        let step = self.steps.len();
        let kind = match operator {
            Operator::Block { .. } => Kind::Block,
            Operator::Loop { .. } => Kind::Loop,
            Operator::If { .. } => Kind::If,
            Operator::Else => Kind::Else,
            Operator::End => Kind::End,
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                self.leave(*relative_depth);
                Kind::Branch
            }
            Operator::BrTable { targets } => {
                for depth in targets.targets() {
                    self.leave(depth.ok()?);
                }
                self.leave(targets.default());
                Kind::Branch
            }
            Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. } => {
                self.frames.iter_mut().for_each(|frame| frame.is_left = true);
                Kind::Other
            }
            Operator::TryTable { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. } => return None,
            _ => Kind::Other,
        };
        self.steps.push(Step { at, kind, opens: None });
        match kind {
            Kind::Block | Kind::Loop | Kind::If => {
                self.frames.push(Frame { kind, is_left: false, places: Vec::new() });
            }
            Kind::Else => self.settle(step),
            Kind::End => {
                self.settle(step);
                let ended = self.frames.pop()?;
                if let (Kind::Block, true, Some(ty), Some(frame)) =
                    (ended.kind, ended.is_left, place, self.frames.last_mut())
                {
                    frame.places.push(Place { step, ty });
                }
            }
            Kind::Branch | Kind::Other => {}
        }
        Some(())
    }

    /// A branch skips what is behind every frame within its target.
    fn leave(&mut self, depth: u32) {
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        self.frames.iter_mut().rev().take(depth).for_each(|frame| frame.is_left = true);
    }

    /// The innermost frame, or its first half, ends here: decides about its places.
    fn settle(&mut self, end: usize) {
        let Some(frame) = self.frames.last_mut() else { return };
        for place in std::mem::take(&mut frame.places) {
            let Some(step) = self.steps.get_mut(place.step) else { continue };
            if end.saturating_sub(place.step) > OPERATORS_MIN {
                step.opens = Some(place.ty);
            }
        }
    }
}
