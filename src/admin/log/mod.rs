//! The whole log, for moderators. It is shown and never changed: there is no address that could.

mod handlers;
mod store;
mod views;

pub(super) use self::views::search;

use actix_web::web;

use crate::web::page::{get, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/log", "GET, HEAD").route(get().to(handlers::index)));
}
