//! A reviewer's own account: whoever is linked to a reviewer writes that one's reviews, on pages of their own. What they
//! write waits for a moderator, or is published at once where the site's setting says so; either way the tool's record is
//! changed by the code of the [`editor`](super::editor), with its history and its entry in the log.
//!
//! Whether somebody may write for a reviewer is asked in the transaction that writes.

mod handlers;
mod own;
mod own_views;
mod review;
mod store;
mod views;

pub(super) use self::store::count_waiting;

use actix_web::middleware::from_fn;
use actix_web::web;

use crate::web::idempotency;
use crate::web::page::{get, post, resource};

/// The pages of the reviewer.
pub(super) fn own_routes(app: &mut web::ServiceConfig) {
    app.service(resource("/account/reviews", "GET, HEAD").route(get().to(own::list))).service(
        resource("/account/reviews/{tool}", "GET, HEAD, POST")
            .route(get().to(own::form))
            .route(post().to(own::send))
            .wrap(from_fn(idempotency::once)),
    );
}

/// The pages of moderators.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/reviews", "GET, HEAD").route(get().to(handlers::list)))
        .service(resource("/reviews/{id}/publish", "POST").route(post().to(handlers::publish)))
        .service(resource("/reviews/{id}/return", "POST").route(post().to(handlers::give_back)));
}
