//! Tools at the desk: the list of all, and the form of one.
//!
//! [`listing`] says what an address asks of the list, [`wish`] what a sent form asks for; [`load`] and [`store`] read and
//! write, [`form`] makes the form, and [`conflict`] shows two editors what each of them wants.

mod conflict;
mod form;
mod handlers;
mod listing;
mod load;
mod store;
mod views;
mod wish;

use actix_web::web;

use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools", "GET, HEAD").route(get().to(handlers::index)))
        .service(
            resource("/tools/new", "GET, HEAD, POST")
                .route(get().to(handlers::new))
                .route(post().to(handlers::create)),
        )
        .service(
            resource("/tools/{tool}", "GET, HEAD, POST")
                .route(get().to(handlers::edit))
                .route(post().to(handlers::change)),
        );
}
