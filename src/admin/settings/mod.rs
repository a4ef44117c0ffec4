//! What admins set for the whole site.

mod handlers;
mod setting;
mod store;
mod typed;

pub(super) use self::store::{reviews_at_once, stale_days};

use actix_web::middleware::from_fn;
use actix_web::web;

use super::access;
use crate::accounts::Admin;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/settings", "GET, HEAD, POST")
            .route(get().to(handlers::form))
            .route(post().to(handlers::save))
            .wrap(from_fn(access::only::<Admin>)),
    );
}
