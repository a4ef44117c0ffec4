//! Logos of tools and of the site: what a moderator sends is made anew as a small PNG, whatever it was; the former one can be put back.

mod handlers;
mod picture;
mod site;
mod small;
mod store;

use actix_web::middleware::from_fn;
use actix_web::web;

use super::access;
use crate::accounts::Admin;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/tools/{id}/logo", "GET, HEAD, POST")
            .route(get().to(handlers::form))
            .route(post().to(handlers::save)),
    )
    .service(
        resource("/settings/logo", "GET, HEAD, POST")
            .route(get().to(site::form))
            .route(post().to(site::save))
            .wrap(from_fn(access::only::<Admin>)),
    );
}
