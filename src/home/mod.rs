//! The first page, which says what there is to see today, and the page that states every rule.

mod front;
mod handlers;
mod load;
mod methodology;
mod views;

use actix_web::web;

use crate::web::page::{get, resource};

/// The routes of home.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/", "GET, HEAD").route(get().to(handlers::front)))
        .service(resource("/methodology", "GET, HEAD").route(get().to(handlers::methodology)));
}
