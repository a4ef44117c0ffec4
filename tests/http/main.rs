//! The site through HTTP, with a real database: SQLite, or PostgreSQL where
//! `SHIPTALLY_TEST_POSTGRES` names a server. Every site is verified when its test ends.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where something is not as it must be"
)]

mod page;
mod site;
mod suggest;
#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod answers;
mod changes;
mod comparisons;
mod desk;
mod desk_delete;
mod desk_import;
mod desk_merge;
mod desk_people;
mod desk_queue;
mod desk_records;
mod desk_routes;
mod desk_shown;
mod desk_signals;
mod desk_tools;
mod desk_votes;
mod errors;
mod freshness;
mod live;
mod model;
mod moderation;
mod pages;
mod paging;
mod redirects;
mod safety;
mod sessions;
mod setup;
mod signed_out;
mod strange;
mod stress;
mod submissions;
mod voting;
