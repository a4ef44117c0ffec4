//! One's own account: the votes one has cast, what one has submitted, one's sessions, address and password.

mod confirm;
mod email;
mod handlers;
mod load;
mod password;
mod problems;
mod sessions;
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
                .route(post().to(password::change))
                .wrap(from_fn(idempotency::once)),
        )
        .service(
            resource("/account/email", "GET, HEAD, POST")
                .route(page::leads_to("/account"))
                .route(post().to(email::change))
                .wrap(from_fn(idempotency::once)),
        )
        .service(
            resource("/account/sessions", "GET, HEAD, POST")
                .route(page::leads_to("/account"))
                .route(post().to(sessions::end))
                .wrap(from_fn(idempotency::once)),
        );
}
