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
#[path = "../support/template.rs"]
mod template;

mod account;
mod accounts;
mod acts;
mod admin;
mod admin_choosing;
mod admin_delete;
mod admin_duplicates;
mod admin_forms;
mod admin_import;
mod admin_many;
mod admin_merge;
mod admin_people;
mod admin_queue;
mod admin_records;
mod admin_routes;
mod admin_search;
mod admin_settings;
mod admin_shown;
mod admin_signals;
mod admin_tools;
mod admin_votes;
mod answers;
mod changes;
mod comparisons;
mod ended_sessions;
mod errors;
mod freshness;
mod home;
mod letters;
mod live;
mod marks;
mod model;
mod moderation;
mod moderator_bar;
mod names;
mod over_time;
mod pages;
mod paging;
mod public;
mod queries;
mod redirects;
mod reviewing;
mod safety;
mod sending_twice;
mod sessions;
mod setup;
mod several;
mod sign_in;
mod signed_out;
mod silent_database;
mod strange;
mod stress;
mod submissions;
mod voting;
mod words;
