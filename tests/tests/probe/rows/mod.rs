//! The rows, by what they ask about.

mod descriptors;
mod directories;
mod files;
mod links;
mod paths;
mod poll;
mod process;

use crate::row::Row;

/// Every row.
pub(crate) fn all() -> Vec<Row> {
    [
        paths::rows(),
        links::rows(),
        directories::rows(),
        files::rows(),
        descriptors::rows(),
        poll::rows(),
        process::rows(),
    ]
    .concat()
}
