//! A function's body, written with the loops of its plan. A branch to a frame has one loop more to leave for each that
//! is open in the frames up to that one.

use wasm_encoder::Encode;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::{BinaryReader, BinaryReaderError, FunctionBody};

use crate::plan::{Kind, Plan, Step};

/// The first byte of `loop`, of `end` and of `br_table`.
const LOOP: u8 = 0x03;
const END: u8 = 0x0b;
const BR_TABLE: u8 = 0x0e;

/// The body as the plan has it.
pub(crate) fn body(
    module: &[u8],
    body: &FunctionBody<'_>,
    plan: &Plan,
) -> Result<Vec<u8>, BinaryReaderError> {
    let range = body.range();
    let bytes = |from: usize, to: usize| module.get(from..to).unwrap_or_default();
    let steps = plan.steps.as_deref().unwrap_or_default();
    let Some(first) = steps.first().filter(|_| steps.iter().any(|step| step.opens.is_some())) else {
        return Ok(bytes(range.start, range.end).to_vec());
    };
    let mut written = bytes(range.start, first.at).to_vec();
    // How many loops are open in each frame.
    let mut frames: Vec<u32> = vec![0];
    for (index, step) in steps.iter().enumerate() {
        let end = steps.get(index.saturating_add(1)).map_or(range.end, |next| next.at);
        let operator = bytes(step.at, end);
        match step.kind {
            Kind::Block | Kind::Loop | Kind::If => frames.push(0),
            Kind::Else => {
                if let Some(open) = frames.last_mut() {
                    written.extend(std::iter::repeat_n(END, usize::try_from(*open).unwrap_or(0)));
                    *open = 0;
                }
            }
            Kind::End => {
                let open = frames.pop().unwrap_or(0);
                written.extend(std::iter::repeat_n(END, usize::try_from(open).unwrap_or(0)));
            }
            Kind::Branch | Kind::Other => {}
        }
        if step.kind == Kind::Branch {
            branch(operator, step, &frames, &mut written)?;
        } else {
            written.extend_from_slice(operator);
        }
        if let Some(ty) = step.opens
            && let (Ok(ty), Some(open)) = (RoundtripReencoder.block_type(ty), frames.last_mut())
        {
            written.push(LOOP);
            ty.encode(&mut written);
            *open = open.saturating_add(1);
        }
    }
    Ok(written)
}

/// Writes a branch with the depths that its targets have now.
fn branch(
    operator: &[u8],
    step: &Step,
    frames: &[u32],
    written: &mut Vec<u8>,
) -> Result<(), BinaryReaderError> {
    let depth = |depth: u32| {
        let inner = usize::try_from(depth).unwrap_or(usize::MAX).saturating_add(1);
        frames.iter().rev().take(inner).fold(depth, |sum, open| sum.saturating_add(*open))
    };
    let mut reader = BinaryReader::new(operator, step.at);
    let code = reader.read_u8()?;
    written.push(code);
    // A `br_table` has the number of its targets before them, and the default behind.
    let targets = if code == BR_TABLE { reader.read_var_u32()?.saturating_add(1) } else { 1 };
    if code == BR_TABLE {
        targets.saturating_sub(1).encode(written);
    }
    for _ in 0..targets {
        depth(reader.read_var_u32()?).encode(written);
    }
    Ok(())
}
