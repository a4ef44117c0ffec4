//! Shiptally: a community decides which tool to ship with.
//!
//! The house has floors, and a room imports only rooms on lower floors; ARCHITECTURE.md is the
//! map and `tests/architecture.rs` keeps the direction.

// Ground: knows no feature.
pub mod config;
pub mod db;
pub mod site;
pub mod slug;
pub mod stats;
pub mod text;
pub mod web;
pub mod words;

// Floor 1: who is asking.
pub mod accounts;

// Floor 2: what is compared.
pub mod catalogue;

// Floor 3: what the community says.
pub mod votes;

// Floor 4: what keeps that honest.
pub mod integrity;

// Floor 5: what several pages show of a tool's figures, and what people send in.
pub mod submissions;
pub mod verdicts;

// Floor 6: the pages.
pub mod account;
pub mod changes;
pub mod comparisons;
pub mod home;
pub mod moderation;
pub mod reviewers;
pub mod tools;

// Floor 7: moderation, and the commands.
pub mod admin;
pub mod cli;

// Top: puts it together.
mod error_pages;
pub mod startup;
