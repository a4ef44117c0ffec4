//! The panel: who reviews, from what point of view, and how their verdicts have fared.

mod handlers;
mod load;
mod preview;
mod record;
mod strictness;
mod views;

use actix_web::web;

pub use self::preview::ReviewerPreview;

use crate::web::page::{get, resource};

/// The routes of reviewers.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/reviewers", "GET, HEAD").route(get().to(handlers::panel)))
        .service(resource("/reviewers/{reviewer}", "GET, HEAD").route(get().to(handlers::reviewer)));
}
