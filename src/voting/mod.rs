//! Voting: one vote per account and tool, tallies that equal their votes, and pages that move.
//!
//! A vote crosses [`handlers`] → [`vote`] (may this account vote, what does it change) →
//! [`writer`] (groups what is waiting) → [`store`] (vote and tally in one transaction) → commit →
//! [`standings`] (the newest counts in memory) → [`stream`] (absolute counts to every open page).

pub mod answer;
pub mod cards;
pub mod contest;
mod follow;
mod handlers;
pub mod merge;
mod moved;
mod pending;
pub mod recount;
pub mod standings;
pub mod store;
pub mod stream;
pub mod views;
pub mod vote;
mod writer;

use actix_web::web;

pub use self::{
    follow::{EVERY as FOLLOWED_EVERY, Follower},
    pending::CastKeptVote,
    standings::Standings,
    stream::Hub,
    writer::BallotBox,
};
use crate::page::{get, post, resource};

/// The routes of voting.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools/{tool}/vote", "POST").route(post().to(handlers::cast)))
        .service(resource("/tools/{tool}/tally", "GET, HEAD").route(get().to(handlers::tally)))
        .service(resource("/live", "GET, HEAD").route(get().to(handlers::live)));
}
