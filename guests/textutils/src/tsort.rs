//! tsort: a total order of what is ordered in part.

use std::collections::{BTreeMap, VecDeque};

use cli::frame::Frame;
use cli::getopt::Syntax;
use cli::wording::name;

use crate::input::Input;
use crate::line::{self, Tool, fail, fail_file};
use crate::output::Output;

const HELP: &str = "\
Usage: tsort [OPTION] [FILE]
Print the words of FILE in an order that all of its pairs agree with: the first word of a pair before the second one.

Without a FILE, and where it is -, read standard input.

      --help     print this text
      --version  print the version
";

static SYNTAX: Syntax<char> = Syntax { short: &[], long: &[line::HELP, line::VERSION] };

static TOOL: Tool = Tool { name: "tsort", help: HELP, syntax: &SYNTAX };

/// A word.
struct Node {
    word: Vec<u8>,
    /// How many words that were not printed stand before it.
    before: usize,
    /// The words that stand behind it, the last pair first.
    behind: Vec<usize>,
    is_printed: bool,
}

/// Runs tsort: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let files = match line::read(frame, &TOOL, arguments, &mut |_, _| Ok(())) {
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    let file = match files.as_slice() {
        [_, extra, ..] => return frame.extra_operand(extra),
        [file] => file,
        [] => return 1,
    };
    let mut output = Output::new(program);
    let mut text = Vec::new();
    let read = Input::open(file).and_then(|mut input| input.read_to_end(&mut text));
    if let Err(errno) = read {
        return fail_file(frame, &mut output, file, errno);
    }
    let words: Vec<&[u8]> =
        text.split(|byte| matches!(byte, b' ' | b'\t' | b'\n')).filter(|word| !word.is_empty()).collect();
    let (pairs, rest) = words.as_chunks::<2>();
    if !rest.is_empty() {
        return fail(frame, &format!("{}: input contains an odd number of tokens", name(file)));
    }
    let mut graph = Graph::new(pairs);
    let mut status = 0;
    while graph.left > 0 {
        graph.print_free(&mut output);
        if graph.left > 0 {
            output.flush();
            status = fail(frame, &format!("{}: input contains a loop:", name(file)));
            for word in graph.break_loop() {
                frame.complain(&String::from_utf8_lossy(&word));
            }
        }
    }
    status
}

struct Graph {
    /// In the order of the words.
    nodes: Vec<Node>,
    left: usize,
}

impl Graph {
    fn new(pairs: &[[&[u8]; 2]]) -> Self {
        let sorted: BTreeMap<&[u8], ()> = pairs.iter().flatten().map(|word| (*word, ())).collect();
        let indices: BTreeMap<&[u8], usize> = sorted.into_keys().zip(0..).collect();
        let node =
            |word: &&[u8]| Node { word: word.to_vec(), before: 0, behind: Vec::new(), is_printed: false };
        let mut nodes: Vec<Node> = indices.keys().map(node).collect();
        for [first, second] in pairs {
            let (first, second) = (indices[first], indices[second]);
            if first != second {
                nodes[second].before += 1;
                nodes[first].behind.insert(0, second);
            }
        }
        let left = nodes.len();
        Self { nodes, left }
    }

    /// Prints the words that no other one stands before, until there are none.
    fn print_free(&mut self, output: &mut Output) {
        let is_free = |node: &Node| node.before == 0 && !node.is_printed;
        let free = self.nodes.iter().enumerate().filter(|(_, node)| is_free(node));
        let mut queue: VecDeque<usize> = free.map(|(index, _)| index).collect();
        while let Some(index) = queue.pop_front() {
            self.left -= 1;
            self.nodes[index].is_printed = true;
            output.write(&self.nodes[index].word);
            output.byte(b'\n');
            for behind in std::mem::take(&mut self.nodes[index].behind) {
                let node = &mut self.nodes[behind];
                node.before -= 1;
                if node.before == 0 {
                    queue.push_back(behind);
                }
            }
        }
    }

    /// Finds a loop, from the first word backwards, and takes a pair out of it; its words.
    fn break_loop(&mut self) -> Vec<Vec<u8>> {
        let count = self.nodes.len();
        // Which word of the chain stands behind a word.
        let mut next: Vec<Option<usize>> = vec![None; count];
        let mut head: Option<usize> = None;
        loop {
            let mut has_moved = false;
            for index in 0..count {
                if self.nodes[index].before == 0 {
                    continue;
                }
                let Some(first) = head else {
                    (head, has_moved) = (Some(index), true);
                    continue;
                };
                let Some(place) = self.nodes[index].behind.iter().position(|behind| *behind == first) else {
                    continue;
                };
                if next[index].is_none() {
                    next[index] = Some(first);
                    (head, has_moved) = (Some(index), true);
                    continue;
                }
                let mut words = Vec::new();
                let mut at = Some(first);
                while let Some(node) = at {
                    words.push(self.nodes[node].word.clone());
                    at = next[node].filter(|_| node != index);
                }
                self.nodes[index].behind.remove(place);
                self.nodes[first].before -= 1;
                return words;
            }
            // Every word that is left has one before it, so that a round without a step cannot be.
            if !has_moved {
                self.left = 0;
                return Vec::new();
            }
        }
    }
}
