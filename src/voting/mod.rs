//! Voting: one vote per account and tool, tallies that equal their votes, and pages that move.
//!
//! A vote crosses [`handlers`] → [`vote`] (may this account vote, what does it change) →
//! [`writer`] (groups what is waiting) → [`cast`] (vote and tally in one transaction) → commit →
//! [`standings`] (the newest counts in memory) → [`stream`] (absolute counts to every open page).

pub mod answer;
mod app;
pub mod cards;
mod cast;
pub mod contest;
pub mod exclusion;
mod follow;
pub mod forget;
mod handlers;
pub mod invariants;
pub mod left_out;
pub mod merge;
mod moved;
pub mod network;
mod own;
mod pending;
pub mod recount;
pub mod selection;
pub mod signals;
pub mod standings;
pub mod store;
pub mod stream;
pub mod suspension;
pub mod views;
pub mod vote;
pub mod vote_set;
mod writer;

use actix_web::web;
use chrono::NaiveDateTime;
use diesel::QueryResult;

pub use self::{
    app::App,
    follow::{EVERY as FOLLOWED_EVERY, Follower},
    network::NetworkKey,
    own::own_forms,
    pending::CastKeptVote,
    standings::Standings,
    stream::Hub,
    writer::BallotBox,
};
use crate::{
    db::Db,
    web::page::{get, post, resource},
};

/// Forgets from which networks votes came that were cast too long ago, and returns how many votes that was.
///
/// # Errors
/// When the database fails.
pub fn forget_networks(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    signals::forget_old_networks(conn, now)?;
    network::forget_old(conn, now)
}

/// The routes of voting.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools/{tool}/vote", "POST").route(post().to(handlers::cast)))
        .service(resource("/tools/{tool}/tally", "GET, HEAD").route(get().to(handlers::tally)))
        .service(resource("/live", "GET, HEAD").route(get().to(handlers::live)));
}
