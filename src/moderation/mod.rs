//! The log of what is done in the admin area, and its public part, as a page and as a feed.

mod handlers;
pub mod log;
mod store;
pub mod verb;
mod views;

use actix_web::web;

use crate::web::page::{get, resource};

/// The routes of the public log.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/moderation", "GET, HEAD").route(get().to(handlers::index)))
        .service(resource("/moderation.xml", "GET, HEAD").route(get().to(handlers::feed)));
}
