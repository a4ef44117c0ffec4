//! Shiptally: a community decides which tool to ship with.
//!
//! The house has floors, and a room imports only rooms on lower floors; ARCHITECTURE.md is the
//! map and `tests/architecture.rs` keeps the direction.

// Ground: knows no feature.
pub mod assets;
pub mod config;
pub mod db;
pub mod error;
pub mod guard;
pub mod limits;
pub mod page;
pub mod schema;
pub mod session;
pub mod slug;
pub mod stats;
pub mod text;

// Floor 2: the catalogue.
pub mod catalogue;

// Floor 5: the commands.
pub mod cli;
