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

mod check;
mod export;
mod import;
mod import_tools;
mod json;
mod outcome;
mod plan;
mod problem;
mod read;
pub mod record;
mod references;
pub mod schema;
mod stored;
#[cfg(test)]
mod tests;

pub use export::export;
pub(super) use import::write;
pub use import::{import, import_by};
pub use outcome::{ImportError, RecordCounts, Summary};
pub use plan::{ImportPlan, Planned, plan};
pub use problem::{Problem, ProblemList};
pub use read::parse;
pub use record::{
    CategoryRecord, ComparisonRecord, Fact, File, Plan, Pricing, Record, ReviewRecord, ReviewerRecord, State,
    ToolRecord,
};
pub(super) use references::check_references;
pub use schema::FORMAT;
pub(super) use stored::state;
