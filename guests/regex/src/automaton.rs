//! The automaton: a pattern without groups, as lazily built DFAs of `regex-automata`.
//!
//! It finds where the leftmost match begins and where the longest one from there ends. A leftmost-first search finds
//! the same beginning as a leftmost-longest one, so the last of the three passes is only made where alternatives
//! could differ in length: see [`is_greedy_longest`].

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Anchored, Input, MatchError, MatchKind};
use regex_syntax::hir::{self, Hir};

use crate::error::Error;
use crate::set::Set;
use crate::syntax::{Look, Node};

/// Bounds of the memory of one automaton.
const NFA_BYTES_MAX: usize = 32 << 20;
const CACHE_BYTES: usize = 4 << 20;
/// A set of so many ranges makes a big automaton of UTF-8.
const FEW_RANGES: usize = 16;

/// What characters are to an automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Bytes,
    Unicode,
    /// ASCII's only: it gives up at any other byte. It is far smaller, and texts are mostly ASCII.
    Ascii,
}

/// It met a byte that its alphabet does not have.
pub(crate) struct GaveUp;

/// A DFA and what it has built so far.
struct Lazy {
    dfa: DFA,
    cache: RefCell<Cache>,
}

/// The automata of one pattern.
pub(crate) struct Automaton {
    hir: Hir,
    alphabet: Alphabet,
    line_end: u8,
    nfa: NFA,
    anchored: Anchored,
    has_prefilter: bool,
    /// How many bytes every match has, where that is one number.
    length: Option<usize>,
    forward: Lazy,
    backward: OnceCell<Lazy>,
    /// For the longest end, where that is not the first's.
    longest: Option<OnceCell<Lazy>>,
}

impl Automaton {
    pub(crate) fn new(node: &Node, alphabet: Alphabet, line_end: u8) -> Result<Automaton, Error> {
        let hir = translated(node, alphabet);
        let nfa = nfa(&hir, line_end, false)?;
        let anchored = if begins_at_text_start(node) { Anchored::Yes } else { Anchored::No };
        let prefilter = if anchored == Anchored::Yes { None } else { prefilter(&hir) };
        let has_prefilter = prefilter.is_some();
        let config = DFA::config().specialize_start_states(has_prefilter).prefilter(prefilter);
        let forward = Lazy::new(nfa.clone(), config, alphabet)?;
        let longest = (!is_greedy_longest(node)).then(OnceCell::new);
        Ok(Automaton {
            hir,
            alphabet,
            line_end,
            nfa,
            anchored,
            has_prefilter,
            length: length(node, alphabet),
            forward,
            backward: OnceCell::new(),
            longest,
        })
    }

    /// Does it only match at the start of a text?
    pub(crate) fn is_anchored(&self) -> bool {
        self.anchored == Anchored::Yes
    }

    /// Does it skip quickly what cannot be the start of a match?
    pub(crate) fn has_prefilter(&self) -> bool {
        self.has_prefilter
    }

    /// Is there a match at or behind `start`?
    pub(crate) fn is_match(&self, text: &[u8], start: usize) -> Result<bool, GaveUp> {
        let input = Input::new(text).span(start..text.len()).anchored(self.anchored).earliest(true);
        Ok(self.forward.search(&input)?.is_some())
    }

    /// Where the first match ends that a search from `start` on comes upon.
    pub(crate) fn earliest_end(&self, text: &[u8], start: usize) -> Result<Option<usize>, GaveUp> {
        let input = Input::new(text).span(start..text.len()).anchored(self.anchored).earliest(true);
        self.forward.search(&input)
    }

    /// The leftmost match at or behind `start`, and the longest of those.
    pub(crate) fn find(&self, text: &[u8], start: usize) -> Result<Option<Range<usize>>, GaveUp> {
        let input = Input::new(text).span(start..text.len()).anchored(self.anchored);
        let Some(end) = self.forward.search(&input)? else { return Ok(None) };
        if let Some(length) = self.length {
            return Ok(Some(end.saturating_sub(length)..end));
        }
        let begin = if self.is_anchored() || end == start {
            start
        } else {
            let input = Input::new(text).span(start..end).anchored(Anchored::Yes);
            // What was found forwards is found backwards.
            self.backward()?.search_backwards(&input)?.ok_or(GaveUp)?
        };
        let Some(longest) = &self.longest else { return Ok(Some(begin..end)) };
        let input = Input::new(text).span(begin..text.len()).anchored(Anchored::Yes);
        let end = self.lazily(longest, || {
            let config = DFA::config().match_kind(MatchKind::All);
            Lazy::new(self.nfa.clone(), config, self.alphabet)
        })?;
        let end = end.search(&input)?.ok_or(GaveUp)?;
        Ok(Some(begin..end))
    }

    fn backward(&self) -> Result<&Lazy, GaveUp> {
        self.lazily(&self.backward, || {
            let config = DFA::config().match_kind(MatchKind::All);
            Lazy::new(nfa(&self.hir, self.line_end, true)?, config, self.alphabet)
        })
    }

    /// What is built when it is first needed. Where that fails for its size the caller goes another way.
    fn lazily<'a>(
        &self,
        cell: &'a OnceCell<Lazy>,
        make: impl FnOnce() -> Result<Lazy, Error>,
    ) -> Result<&'a Lazy, GaveUp> {
        if let Some(lazy) = cell.get() {
            return Ok(lazy);
        }
        let lazy = make().map_err(|_| GaveUp)?;
        Ok(cell.get_or_init(|| lazy))
    }
}

impl Lazy {
    fn new(nfa: NFA, config: Config, alphabet: Alphabet) -> Result<Lazy, Error> {
        let mut config = config.cache_capacity(CACHE_BYTES).skip_cache_capacity_check(true);
        if alphabet == Alphabet::Ascii {
            for byte in 128..=255 {
                config = config.quit(byte, true);
            }
        }
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|_| Error::TooBig)?;
        let cache = RefCell::new(dfa.create_cache());
        Ok(Lazy { dfa, cache })
    }

    fn search(&self, input: &Input<'_>) -> Result<Option<usize>, GaveUp> {
        let found = self.dfa.try_search_fwd(&mut self.cache.borrow_mut(), input);
        found.map(|found| found.map(|half| half.offset())).map_err(|_: MatchError| GaveUp)
    }

    fn search_backwards(&self, input: &Input<'_>) -> Result<Option<usize>, GaveUp> {
        let found = self.dfa.try_search_rev(&mut self.cache.borrow_mut(), input);
        found.map(|found| found.map(|half| half.offset())).map_err(|_: MatchError| GaveUp)
    }
}

/// What finds the places where a match may begin faster than the automaton does: a text that all begin with, or up to
/// three first bytes.
fn prefilter(hir: &Hir) -> Option<Prefilter> {
    const FIRST_BYTES_MAX: usize = 3;
    if let Some(text) = Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, hir).filter(Prefilter::is_fast) {
        return Some(text);
    }
    let mut starts = hir::literal::Extractor::new().extract(hir);
    starts.keep_first_bytes(1);
    let mut bytes: Vec<&[u8]> = starts.literals()?.iter().map(hir::literal::Literal::as_bytes).collect();
    bytes.sort_unstable();
    bytes.dedup();
    let are_few = (1..=FIRST_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(|byte| !byte.is_empty());
    are_few.then(|| Prefilter::new(MatchKind::LeftmostFirst, &bytes)).flatten().filter(Prefilter::is_fast)
}

fn nfa(hir: &Hir, line_end: u8, reverse: bool) -> Result<NFA, Error> {
    let mut looks = LookMatcher::new();
    looks.set_line_terminator(line_end);
    let config = thompson::Config::new()
        .utf8(false)
        .look_matcher(looks)
        .reverse(reverse)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(NFA_BYTES_MAX));
    thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(|_| Error::TooBig)
}

/// The tree as `regex-syntax` has it. A back-reference becomes «anything», so that the automaton finds all that might
/// match.
fn translated(node: &Node, alphabet: Alphabet) -> Hir {
    match node {
        Node::Empty => Hir::empty(),
        Node::Byte(byte) => Hir::literal([*byte]),
        Node::Char(character) => Hir::literal(character.encode_utf8(&mut [0; 4]).as_bytes()),
        Node::Set(set) => translated_set(set, alphabet),
        Node::Look(look) => Hir::look(match look {
            Look::TextStart => hir::Look::Start,
            Look::TextEnd => hir::Look::End,
            Look::LineStart => hir::Look::StartLF,
            Look::LineEnd => hir::Look::EndLF,
            Look::Word => hir::Look::WordAscii,
            Look::NotWord => hir::Look::WordAsciiNegate,
            Look::WordStart => hir::Look::WordStartAscii,
            Look::WordEnd => hir::Look::WordEndAscii,
        }),
        Node::Group(_, node) => translated(node, alphabet),
        Node::BackReference(_) => {
            let any = hir::ClassBytes::new([hir::ClassBytesRange::new(0, 255)]);
            repeated(Hir::class(hir::Class::Bytes(any)), 0, None)
        }
        Node::Concat(nodes) => Hir::concat(nodes.iter().map(|node| translated(node, alphabet)).collect()),
        Node::Alternation(nodes) => {
            Hir::alternation(nodes.iter().map(|node| translated(node, alphabet)).collect())
        }
        Node::Repeat { node, min, max } => repeated(translated(node, alphabet), *min, *max),
    }
}

fn repeated(hir: Hir, min: u32, max: Option<u32>) -> Hir {
    Hir::repetition(hir::Repetition { min, max, greedy: true, sub: Box::new(hir) })
}

fn translated_set(set: &Set, alphabet: Alphabet) -> Hir {
    let byte = |code: u32| u8::try_from(code).unwrap_or(u8::MAX);
    let character = |code: u32| char::from_u32(code).unwrap_or(char::MAX);
    match alphabet {
        Alphabet::Bytes => {
            let ranges = set.ranges().iter().filter(|(first, _)| *first < 256);
            let ranges = ranges.map(|(first, last)| hir::ClassBytesRange::new(byte(*first), byte(*last)));
            Hir::class(hir::Class::Bytes(hir::ClassBytes::new(ranges)))
        }
        Alphabet::Ascii => {
            let set = set.ascii_part();
            let ranges = set.ranges().iter();
            let ranges = ranges.map(|(first, last)| hir::ClassBytesRange::new(byte(*first), byte(*last)));
            Hir::class(hir::Class::Bytes(hir::ClassBytes::new(ranges)))
        }
        Alphabet::Unicode => {
            let ranges = set.ranges().iter();
            let ranges =
                ranges.map(|(first, last)| hir::ClassUnicodeRange::new(character(*first), character(*last)));
            Hir::class(hir::Class::Unicode(hir::ClassUnicode::new(ranges)))
        }
    }
}

/// Is it worth to try with ASCII alone at first? Words need it: only the backtracker knows those of other letters.
pub(crate) fn prefers_ascii(node: &Node) -> bool {
    has_words(node) || node.any(&mut |node| matches!(node, Node::Set(set) if set.ranges().len() > FEW_RANGES))
}

/// Does it ask where words are?
pub(crate) fn has_words(node: &Node) -> bool {
    node.any(&mut |node| matches!(node, Node::Look(look) if look.is_of_words()))
}

/// Does every match begin at the start of the text?
fn begins_at_text_start(node: &Node) -> bool {
    match node {
        Node::Look(Look::TextStart) => true,
        Node::Group(_, node) => begins_at_text_start(node),
        Node::Concat(nodes) => nodes.first().is_some_and(begins_at_text_start),
        Node::Alternation(nodes) => nodes.iter().all(begins_at_text_start),
        _ => false,
    }
}

/// Does the match that prefers the first alternative and the most repetitions have the longest length?
///
/// It does where only single characters are repeated and no alternatives differ: draw a match as a path over the
/// pattern's pieces and the text's characters; two paths, one of which starts before and ends behind the other,
/// meet, as each goes by single characters, and where they meet the greedy one would have gone on as the other does.
fn is_greedy_longest(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Look(_) | Node::Byte(_) | Node::Char(_) | Node::Set(_) => true,
        Node::Group(_, node) => is_greedy_longest(node),
        Node::Concat(nodes) => nodes.iter().all(is_greedy_longest),
        // Alternatives of the same length end at the same place.
        Node::Alternation(nodes) => {
            is_single(node) || nodes.iter().all(is_greedy_longest) && chars(node).is_some()
        }
        Node::Repeat { node, min, max } => is_single(node) || *max == Some(*min) && is_greedy_longest(node),
        Node::BackReference(_) => false,
    }
}

/// How many characters every match has, where that is one number.
fn chars(node: &Node) -> Option<usize> {
    same_length(node, &|node| matches!(node, Node::Byte(_) | Node::Char(_) | Node::Set(_)).then_some(1))
}

/// How many bytes every match has, where that is one number.
fn length(node: &Node, alphabet: Alphabet) -> Option<usize> {
    same_length(node, &|node| match node {
        Node::Byte(_) => Some(1),
        Node::Char(character) => Some(character.len_utf8()),
        Node::Set(set) => {
            let is_short = set.ranges().last().is_none_or(|(_, last)| *last < 128);
            (is_short || alphabet != Alphabet::Unicode).then_some(1)
        }
        _ => None,
    })
}

/// The length of every match, when pieces of one character have these.
fn same_length(node: &Node, of_char: &impl Fn(&Node) -> Option<usize>) -> Option<usize> {
    match node {
        Node::Empty | Node::Look(_) => Some(0),
        Node::Byte(_) | Node::Char(_) | Node::Set(_) => of_char(node),
        Node::Group(_, node) => same_length(node, of_char),
        Node::BackReference(_) => None,
        Node::Concat(nodes) => {
            nodes.iter().try_fold(0, |sum: usize, node| sum.checked_add(same_length(node, of_char)?))
        }
        Node::Alternation(nodes) => {
            let mut lengths = nodes.iter().map(|node| same_length(node, of_char));
            let first = lengths.next()??;
            lengths.all(|length| length == Some(first)).then_some(first)
        }
        Node::Repeat { node, min, max } if *max == Some(*min) => {
            same_length(node, of_char)?.checked_mul(usize::try_from(*min).ok()?)
        }
        Node::Repeat { .. } => None,
    }
}

/// The bytes of which each alone is a match, where that is all there is.
pub(crate) fn one_of(node: &Node, bytes: bool) -> Option<[bool; 256]> {
    let Node::Set(set) = node else { return None };
    if !bytes && set.ranges().last().is_none_or(|(_, last)| *last > 127) {
        return None;
    }
    let mut table = [false; 256];
    for (byte, place) in (0..=255).zip(&mut table) {
        *place = set.contains(byte);
    }
    Some(table)
}

/// Is it always one character?
fn is_single(node: &Node) -> bool {
    match node {
        Node::Byte(_) | Node::Char(_) | Node::Set(_) => true,
        Node::Group(_, node) => is_single(node),
        Node::Alternation(nodes) => nodes.iter().all(is_single),
        _ => false,
    }
}

/// The longest text that is a part of every match.
pub(crate) fn required(node: &Node) -> Vec<u8> {
    fn walk(node: &Node, run: &mut Vec<u8>, best: &mut Vec<u8>) {
        let broken = |run: &mut Vec<u8>, best: &mut Vec<u8>| {
            if run.len() > best.len() {
                best.clone_from(run);
            }
            run.clear();
        };
        match node {
            Node::Empty | Node::Look(_) => {}
            Node::Byte(byte) => run.push(*byte),
            Node::Char(character) => run.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Node::Group(_, node) => walk(node, run, best),
            Node::Concat(nodes) => nodes.iter().for_each(|node| walk(node, run, best)),
            Node::Repeat { node, min: 1.., .. } => {
                broken(run, best);
                walk(node, run, best);
                broken(run, best);
            }
            Node::Set(_) | Node::BackReference(_) | Node::Alternation(_) | Node::Repeat { .. } => {
                broken(run, best);
            }
        }
    }
    let (mut run, mut best) = (Vec::new(), Vec::new());
    walk(node, &mut run, &mut best);
    if run.len() > best.len() { run } else { best }
}

/// The text that a pattern is, where it is nothing else.
pub(crate) fn plain(node: &Node) -> Option<Vec<u8>> {
    let special = node
        .any(&mut |node| !matches!(node, Node::Byte(_) | Node::Char(_) | Node::Concat(_) | Node::Group(..)));
    (!special).then(|| required(node)).filter(|text| !text.is_empty())
}
