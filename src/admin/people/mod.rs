//! Accounts in the admin area: who is there, what they voted, roles and suspensions.

mod acts;
mod handlers;
mod load;
mod views;

use actix_web::middleware::from_fn;
use actix_web::web;

use super::access;
use crate::accounts::Admin;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/people", "GET, HEAD").route(get().to(handlers::index)))
        .service(resource("/people/{id}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/people/{id}/suspend", "POST").route(post().to(handlers::suspend)))
        .service(resource("/people/{id}/lift", "POST").route(post().to(handlers::lift)))
        .service(resource("/people/{id}/exclude", "POST").route(post().to(handlers::exclude)))
        .service(
            resource("/people/{id}/role", "POST")
                .route(post().to(handlers::give_role))
                .wrap(from_fn(access::only::<Admin>)),
        )
        .service(
            resource("/people/{id}/reviewer", "POST")
                .route(post().to(handlers::link_reviewer))
                .wrap(from_fn(access::only::<Admin>)),
        );
}
