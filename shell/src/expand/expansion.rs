//! An expansion: what a word expands to before it is split into fields, as a run of texts.

use bstr::BString;

use crate::state::ITEM_BYTES;

/// How a word is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    /// Within double quotes.
    pub(crate) quoted: bool,
    /// Into several fields: results are split, `"$@"` makes boundaries. Else into one text.
    pub(crate) fields: bool,
    /// Unquoted literal text is split like a result: the word of `${x:-a b}`.
    pub(crate) split_literals: bool,
}

impl Context {
    /// Arguments of a command.
    pub(crate) const FIELDS: Context = Context { quoted: false, fields: true, split_literals: false };
    /// Assignments, patterns, redirections: one text.
    pub(crate) const TEXT: Context = Context { quoted: false, fields: false, split_literals: false };
    /// Here-documents and arithmetic: one text, as if in double quotes.
    pub(crate) const QUOTED_TEXT: Context = Context { quoted: true, fields: false, split_literals: false };
}

/// A text of an expansion, or a boundary between fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// Bytes.
    Text {
        /// The bytes.
        bytes: BString,
        /// Stands for itself: no glob characters in it. Makes a field even when empty.
        quoted: bool,
        /// Is split at IFS.
        split: bool,
    },
    /// The end of a field: between the elements of `"$@"`.
    Boundary,
}

/// What a word expands to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expansion {
    /// In order.
    pub(crate) items: Vec<Item>,
    /// A `"$@"` without elements was in it: quotes around nothing else make no field.
    pub(crate) empty_list: bool,
    /// What it takes in memory.
    pub(crate) bytes: usize,
}

impl Expansion {
    /// Adds bytes; joins them with the text before when they are of one kind.
    pub(crate) fn push(&mut self, more: &[u8], quoted: bool, split: bool) {
        self.bytes = self.bytes.saturating_add(more.len());
        if let Some(Item::Text { bytes, quoted: q, split: s }) = self.items.last_mut()
            && *q == quoted
            && *s == split
        {
            bytes.extend_from_slice(more);
            return;
        }
        if quoted || !more.is_empty() {
            self.bytes = self.bytes.saturating_add(ITEM_BYTES);
            self.items.push(Item::Text { bytes: more.into(), quoted, split });
        }
    }

    /// Adds owned bytes.
    pub(crate) fn push_owned(&mut self, more: BString, quoted: bool, split: bool) {
        if self.items.is_empty() && (quoted || !more.is_empty()) {
            self.bytes = self.bytes.saturating_add(more.len()).saturating_add(ITEM_BYTES);
            self.items.push(Item::Text { bytes: more, quoted, split });
        } else {
            self.push(&more, quoted, split);
        }
    }

    /// Ends a field.
    pub(crate) fn boundary(&mut self) {
        self.items.push(Item::Boundary);
    }

    /// Everything as one text.
    pub(crate) fn into_text(self) -> BString {
        let mut texts = self.items.into_iter().filter_map(|item| match item {
            Item::Text { bytes, .. } => Some(bytes),
            Item::Boundary => None,
        });
        let mut all = texts.next().unwrap_or_default();
        for text in texts {
            all.extend_from_slice(&text);
        }
        all
    }
}
