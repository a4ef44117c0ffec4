//! Votes: one per account and tool, and tallies that equal them.
//!
//! A vote crosses [`handlers`] → [`vote`] (may this account vote, what does it change) → [`queue`] (groups what is
//! waiting) → [`cast`] (votes and tallies in one transaction) → commit → [`live_tallies`] (the newest counts in memory,
//! from which open pages get theirs).

mod app;
pub mod cast;
pub mod delete;
pub mod excluded;
mod exclusion_kind;
mod handlers;
pub mod history;
mod live_tallies;
pub mod network;
mod objects;
mod pending;
mod poller;
mod queue;
pub mod recount;
mod slug_lookup;
pub mod store;
pub mod tally_store;
pub mod vote;

use actix_web::web;

pub use self::{
    app::App,
    excluded::ExcludedVotes,
    exclusion_kind::ExclusionKind,
    history::{VoteHistories, VoteHistory},
    live_tallies::{ChangedTallies, LiveTallies, Tallies},
    objects::TallyObject,
    pending::CastPendingVote,
    poller::PollerHandle,
    queue::VoteQueue,
};
use crate::web::page::{post, resource};

/// The routes of votes.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools/{tool}/vote", "POST").route(post().to(handlers::cast)));
}
