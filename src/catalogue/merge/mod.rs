//! Two records for one thing become one, and what that did is kept, so that it can be undone: tools and categories.
//!
//! What refers to the record that goes follows it into the one that stays: the comparisons of a tool ([`tools`]), the
//! tools of a category ([`categories`]), addresses of both ([`merging`]). Votes are moved by whoever knows of votes, in
//! the same transaction. [`record`] is what is kept of a merge, [`undo`] brings everything back.

mod categories;
mod merging;
mod record;
mod rules;
mod tools;
mod undo;

pub use merging::{MergeCounts, Merging, count, merge};
pub use record::{Merge, Moved, find, newest_of};
pub use rules::{MergeRefusal, may_merge};
pub use undo::{UndoRefusal, may_undo, undo};
