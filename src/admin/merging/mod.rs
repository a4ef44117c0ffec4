//! Merging two entries for one tool: which one stays, what will happen, and doing it.

mod handlers;
mod store;
mod views;

use actix_web::web;

use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/tools/{id}/merge", "GET, HEAD, POST")
            .route(get().to(handlers::ask))
            .route(post().to(handlers::merge)),
    );
}
