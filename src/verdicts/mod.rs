//! What several pages show of a tool's figures: the card with its vote form, the answer to a comparison, two tools head
//! to head, and the frames that redraw them on open pages.

pub mod answer;
pub mod answer_rules;
pub mod card;
mod handlers;
pub mod head_to_head;
pub mod lead;
pub mod live;
pub mod over_time;
mod own_votes;
pub mod pair;
pub mod panel_marks;
pub mod views;

use actix_web::web;

pub use self::{live::TallyFrames, own_votes::OwnVotes};
use crate::web::page::{get, resource};

/// The routes of tallies.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools/{tool}/tally", "GET, HEAD").route(get().to(handlers::tally)))
        .service(resource("/live", "GET, HEAD").route(get().to(handlers::live)));
}
