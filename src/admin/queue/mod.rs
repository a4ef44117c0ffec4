//! What readers sent: the queue of submissions and reports.
//!
//! A moderator takes an item, which the others see, and then decides on it. [`act`] does that, with its entry in the
//! log; [`filters`] say which items are listed, [`load`] fetches a page, [`views`] and [`item_views`] show it.

pub(super) mod act;
mod filters;
mod handlers;
mod item_views;
mod load;
mod views;

use actix_web::web;

use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/queue", "GET, HEAD").route(get().to(handlers::list)))
        .service(resource("/queue/{item}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/queue/{item}/take", "POST").route(post().to(handlers::take)))
        .service(resource("/queue/{item}/release", "POST").route(post().to(handlers::release)))
        .service(resource("/queue/{item}/accept", "POST").route(post().to(handlers::accept)))
        .service(resource("/queue/{item}/decline", "POST").route(post().to(handlers::decline)));
}
