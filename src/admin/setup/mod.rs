//! The first admin: while there is none, `serve` prints a link that makes one. It works once, for an hour, and only
//! its hash is stored.

mod handlers;
mod link;

use actix_web::middleware::from_fn;
use actix_web::web;

pub use self::link::offer;
use crate::web::idempotency;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/setup/{token}", "GET, HEAD, POST")
            .route(get().to(handlers::form))
            .route(post().to(handlers::create))
            .wrap(from_fn(idempotency::once)),
    );
}
