//! What records were: differences between any two states, bringing one back, and withdrawing a change that was just
//! made.

mod handlers;
mod load;
mod store;
mod views;

use actix_web::web;

use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/history/{kind}/{record}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/history/{kind}/{record}/restore", "POST").route(post().to(handlers::restore)))
        .service(resource("/history/{kind}/{record}/withdraw", "POST").route(post().to(handlers::withdraw)));
}
