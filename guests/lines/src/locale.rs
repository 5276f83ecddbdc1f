//! The locale, as far as there is one: whether texts are UTF-8.

/// Whether the variables say UTF-8, the first that is set of `LC_ALL`, `LC_CTYPE` and `LANG`.
pub fn is_utf8() -> bool {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    set.is_some_and(|value| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}
