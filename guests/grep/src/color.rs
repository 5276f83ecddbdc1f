//! The colors of the output, by the variable `GREP_COLORS`.

/// The codes of each part.
pub(crate) struct Colors {
    pub(crate) match_selected: String,
    pub(crate) match_context: String,
    pub(crate) selected: String,
    pub(crate) context: String,
    pub(crate) file: String,
    pub(crate) line: String,
    pub(crate) byte: String,
    pub(crate) separator: String,
    /// Selected and context lines change places with -v.
    pub(crate) reversed: bool,
    /// Without clearing the rest of the line.
    pub(crate) no_erase: bool,
}

impl Colors {
    pub(crate) fn from_environment() -> Colors {
        let mut colors = Colors {
            match_selected: "01;31".into(),
            match_context: "01;31".into(),
            selected: String::new(),
            context: String::new(),
            file: "35".into(),
            line: "32".into(),
            byte: "32".into(),
            separator: "36".into(),
            reversed: false,
            no_erase: false,
        };
        let Ok(variable) = std::env::var("GREP_COLORS") else { return colors };
        for part in variable.split(':') {
            let (name, code) = part.split_once('=').map_or((part, None), |(name, code)| (name, Some(code)));
            let is_code = |code: &&str| code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
            match (name, code.filter(is_code)) {
                ("rv", _) => colors.reversed = true,
                ("ne", _) => colors.no_erase = true,
                ("mt", Some(code)) => {
                    (colors.match_selected, colors.match_context) = (code.into(), code.into())
                }
                ("ms", Some(code)) => colors.match_selected = code.into(),
                ("mc", Some(code)) => colors.match_context = code.into(),
                ("sl", Some(code)) => colors.selected = code.into(),
                ("cx", Some(code)) => colors.context = code.into(),
                ("fn", Some(code)) => colors.file = code.into(),
                ("ln", Some(code)) => colors.line = code.into(),
                ("bn", Some(code)) => colors.byte = code.into(),
                ("se", Some(code)) => colors.separator = code.into(),
                // What is not known is not minded, and what has no meaning ends the list.
                (_, Some(_)) => {}
                (_, None) => break,
            }
        }
        colors
    }

    pub(crate) fn start(&self, code: &str) -> String {
        let erase = if self.no_erase { "" } else { "\x1b[K" };
        if code.is_empty() { String::new() } else { format!("\x1b[{code}m{erase}") }
    }

    pub(crate) fn end(&self, code: &str) -> String {
        let erase = if self.no_erase { "" } else { "\x1b[K" };
        if code.is_empty() { String::new() } else { format!("\x1b[m{erase}") }
    }
}
