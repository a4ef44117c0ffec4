//! Logos of tools: what a moderator sends is made anew as a small PNG, whatever it was; the former one can be put back.

mod handlers;
mod picture;
mod store;

use actix_web::web;

use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/tools/{id}/logo", "GET, HEAD, POST")
            .route(get().to(handlers::form))
            .route(post().to(handlers::save)),
    );
}
