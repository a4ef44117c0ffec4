//! The catalogue file: the whole catalogue, or a part of it, as JSON (contract, section 5).
//!
//! - [`parse`] takes a text apart and names every problem with its place.
//! - [`import`] writes a file into the database: an upsert by slug in one transaction, all or nothing.
//! - [`plan`] says what an import would do, without doing it.
//! - [`export`] writes the whole database as such a file, the same bytes for the same catalogue.
//!
//! What an import does to a record that is there already:
//!
//! - Single keys replace what is stored; one that is absent is replaced by its default (empty, none, `published`,
//!   `human`).
//! - `pricing` and `facts` of a tool replace what is stored as a whole; absent, they leave it alone.
//! - `reviews` replace the review by the same reviewer. **Nothing is quietly removed**: records, reviews and
//!   comparisons that the file does not mention stay.
//! - A comparison is found by its two tools, in either order; the first is stored as the one whose slug sorts first,
//!   and `pick_first_if` and `pick_second_if` change places with them.
//! - An address that leads to another record (it was renamed, or went into that one) is refused; a tool that went into
//!   another may be in the file as long as it stays archived.
//! - A tool's `published_at` is set when it first becomes published and stays; its `updated_at` moves only when
//!   something of the tool changed.

mod export;
mod fields;
mod import;
mod import_tools;
mod json;
mod plan;
mod read;
mod record;
mod references;
mod stored;
#[cfg(test)]
mod tests;

use std::fmt;

pub use export::export;
pub(super) use import::write;
pub use import::{Count, ImportError, Summary, import, import_by};
pub use plan::{Plan, Planned, plan};
pub use read::parse;
pub use record::{
    CategoryRecord, ComparisonRecord, File, Pricing, Record, ReviewRecord, ReviewerRecord, State, ToolRecord,
};
pub(super) use references::check_references;
pub(super) use stored::state;

/// What the key `format` holds in every catalogue file.
pub const FORMAT: &str = "shiptally-catalogue/1";

/// Something in a file that cannot be taken, and where: `tools[3].name: is required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The keys and indexes that lead there from the top; a line and column where the text is not JSON at all.
    pub path: String,
    /// What is wrong, in a line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}
