//! Catalogue files in the admin area: looking at what one would change, applying exactly that, exporting.
//!
//! A file that is sent is kept as an upload of whoever sent it, for a day and while not too many newer ones wait. Its
//! preview is planned anew whenever it is looked at, and applied only while the catalogue is the one that was looked at.

mod handlers;
mod parsed;
mod store;
mod views;

use actix_web::web;

pub use self::{parsed::ParsedFiles, store::remove_old};
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/import", "GET, HEAD, POST")
            .route(get().to(handlers::ask))
            .route(post().to(handlers::upload)),
    )
    .service(
        resource("/import/{id}", "GET, HEAD, POST")
            .route(get().to(handlers::preview))
            .route(post().to(handlers::apply)),
    )
    .service(resource("/export", "GET, HEAD").route(get().to(handlers::export)));
}
