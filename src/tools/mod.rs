//! The tools: all of them, one of them, and each category as a ranking.
//!
//! [`handlers`] ask [`load`] for what a page shows, [`listing`] and [`ranking`] put tools in order, and [`views`] and
//! [`category_views`] say it in words.

mod category_views;
mod handlers;
mod listing;
mod load;
mod price;
mod ranking;
mod views;

use actix_web::web;

use crate::page::{get, resource};

/// The routes of tools and categories.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tools", "GET, HEAD").route(get().to(handlers::index)))
        .service(resource("/tools/{tool}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/categories", "GET, HEAD").route(get().to(handlers::categories)))
        .service(resource("/categories/{category}", "GET, HEAD").route(get().to(handlers::category)));
}
