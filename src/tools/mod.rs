//! The tools: all of them, one of them, and each category as a ranking.
//!
//! [`handlers`] ask [`load`] for what a page shows, [`listing`] and [`ranking`] put tools in order, and [`views`] and
//! [`category_views`] say it in words. To programs, the list of tools answers with [`suggestions`].

mod asked_pair;
mod category_preview;
mod category_views;
mod handlers;
mod listing;
mod load;
mod pictures;
mod preview;
mod ranking;
mod reviews;
mod suggestions;
mod views;

use actix_web::{guard, web};

pub use self::{category_preview::CategoryPreview, preview::ToolPreview};
use crate::web::page::{asks_for_json, get, resource};

/// The routes of tools and categories.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/tools", "GET, HEAD")
            .route(get().guard(guard::fn_guard(asks_for_json)).to(handlers::suggest))
            .route(get().to(handlers::index)),
    )
    .service(resource("/pictures/{name}", "GET, HEAD").route(get().to(pictures::show)))
    .service(resource("/tools/{tool}", "GET, HEAD").route(get().to(handlers::show)))
    .service(resource("/categories", "GET, HEAD").route(get().to(handlers::categories)))
    .service(resource("/categories/{category}", "GET, HEAD").route(get().to(handlers::category)));
}
