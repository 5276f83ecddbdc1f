//! Merging: many sources in order, one output in order.

use std::cmp::Ordering;

use super::chunk::Chunk;
use super::order::Order;
use crate::input::Input;
use crate::output::Output;

/// Lines in order, from memory or from a file.
pub struct Source {
    from: From,
    /// The line that is next, without what ends it. Of a chunk it is found in the chunk.
    held: Vec<u8>,
    ending: u8,
}

enum From {
    Memory { chunk: Chunk, next: usize },
    File { name: Vec<u8>, input: Input },
}

impl Source {
    pub fn memory(chunk: Chunk) -> Self {
        Self { from: From::Memory { chunk, next: 0 }, held: Vec::new(), ending: b'\n' }
    }

    pub fn file(name: Vec<u8>, input: Input, ending: u8) -> Self {
        Self { from: From::File { name, input }, held: Vec::new(), ending }
    }

    /// Goes to the next line; answers whether there is one.
    fn advance(&mut self) -> Result<bool, String> {
        match &mut self.from {
            From::Memory { chunk, next } => {
                *next += 1;
                Ok(chunk.line(*next - 1).is_some())
            }
            From::File { name, input } => {
                let line = input.line(self.ending).map_err(|errno| super::read_failed(name, errno))?;
                let Some(line) = line else { return Ok(false) };
                self.held.clear();
                self.held.extend_from_slice(line.strip_suffix(&[self.ending]).unwrap_or(line));
                Ok(true)
            }
        }
    }

    fn line(&self) -> &[u8] {
        match &self.from {
            From::Memory { chunk, next } => chunk.line(next.wrapping_sub(1)).unwrap_or_default(),
            From::File { .. } => &self.held,
        }
    }
}

/// Writes the lines of all sources in order.
pub fn write(order: &Order, mut sources: Vec<Source>, output: &mut Output) -> Result<(), String> {
    if let [Source { from: From::Memory { chunk, .. }, .. }] = sources.as_slice() {
        // What is alone and was not sorted here may still repeat itself.
        if !order.unique {
            chunk.write(output);
            return Ok(());
        }
    }
    let ending = sources.first().map_or(b'\n', |source| match &source.from {
        From::File { .. } => source.ending,
        From::Memory { chunk, .. } => chunk.ending(),
    });
    let mut heap: Vec<usize> = Vec::new();
    for (index, source) in sources.iter_mut().enumerate() {
        if source.advance()? {
            heap.push(index);
        }
    }
    for at in (0..heap.len() / 2).rev() {
        sift(&mut heap, at, &sources, order);
    }
    let mut last: Option<Vec<u8>> = None;
    while let Some(first) = heap.first().copied() {
        let line = sources[first].line();
        let repeats = order.unique && last.as_ref().is_some_and(|last| order.compare(last, line).is_eq());
        if !repeats {
            output.write(line);
            output.byte(ending);
            if order.unique {
                let held = last.get_or_insert_default();
                held.clear();
                held.extend_from_slice(line);
            }
        }
        if !sources[first].advance()? {
            heap.swap_remove(0);
        }
        sift(&mut heap, 0, &sources, order);
    }
    Ok(())
}

/// Moves the source at `at` down to where it belongs; of the same lines the one of the earlier source is first.
fn sift(heap: &mut [usize], mut at: usize, sources: &[Source], order: &Order) {
    let comes_first = |a: usize, b: usize| {
        order.compare(sources[a].line(), sources[b].line()).then_with(|| a.cmp(&b)) == Ordering::Less
    };
    loop {
        let mut least = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < heap.len() && comes_first(heap[child], heap[least]) {
                least = child;
            }
        }
        if least == at {
            return;
        }
        heap.swap(at, least);
        at = least;
    }
}
