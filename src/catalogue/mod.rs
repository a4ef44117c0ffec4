//! The catalogue: tools, the panel's verdicts on them, and comparisons.
//!
//! Pages read it from memory, as a [`Directory`] that [`Catalogue`] renews when a newer version is known; only long texts
//! are fetched per tool ([`Catalogue::detail`]), and held while they are asked for. It is changed as a whole file ([`file`]) or record
//! by record; whoever changes a row raises the version in the same transaction ([`versions`](crate::db::versions)) and keeps the search
//! index in step ([`search`]).

pub mod addresses;
mod cache;
mod change_view;
pub mod changes;
mod column;
mod comparisons;
pub mod delete;
pub mod detail;
pub mod directory;
pub mod edit;
pub mod facets;
pub mod file;
pub mod history;
pub mod invariants;
mod load;
pub mod merge;
mod names;
pub mod near_names;
pub mod pictures;
mod price;
pub mod redirects;
mod rows;
pub mod search;
mod search_words;
pub mod status_rules;
mod take;
pub mod terms;
pub mod withdraw;

pub use cache::Catalogue;
pub use change_view::{ChangeList, PriceHistory};
pub use comparisons::{public_record_name, record_name, tool_names};
pub use detail::{Review, ToolDetail, reviews_by, tool_detail};
pub use directory::{Category, CategoryRef, Comparison, Directory, Reviewer, Tool};
pub use facets::{Facets, PriceKind};
pub use file::{Fact, Plan};
pub use names::{tell_apart, told_apart, two_apart};
pub use near_names::{near_tools, no_such_tool, no_tool};
pub use redirects::at_its_address;
pub use take::TakeView;
pub use terms::{Act, Basis, Kind, RecordKind, Status};

/// The catalogue that a new site starts with, in the format of [`file`].
pub const STARTER: &str = include_str!("../starter/catalogue.json");
