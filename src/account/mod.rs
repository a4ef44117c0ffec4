//! One's own account: the votes one has cast, what one has submitted, and the password.

mod handlers;
mod submissions;
mod views;

use actix_web::middleware::from_fn;
use actix_web::web;

use crate::web::idempotency;
use crate::web::page::{self, get, post, resource};

/// The routes of one's own account.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/account", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/account/sent", "GET, HEAD").route(get().to(submissions::show)))
        .service(
            resource("/account/password", "GET, HEAD, POST")
                .route(page::leads_to("/account"))
                .route(post().to(handlers::change_password))
                .wrap(from_fn(idempotency::once)),
        );
}
