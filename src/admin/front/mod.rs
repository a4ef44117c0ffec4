//! The first screen of the admin area: what needs attention, and the week in figures.

mod attention;
mod figures;
mod handlers;
mod views;
mod week;

pub use self::figures::Figures;

use actix_web::web;

use crate::web::page::{get, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("", "GET, HEAD").route(get().to(handlers::show)));
}
