//! What changed on the site: verdicts, prices and facts, newest first, as a page and as a feed.

mod handlers;
mod load;
mod views;

use actix_web::web;

use crate::web::page::{get, resource};

/// The routes of the site's changes.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/changes", "GET, HEAD").route(get().to(handlers::index)))
        .service(resource("/changes.xml", "GET, HEAD").route(get().to(handlers::feed)));
}
