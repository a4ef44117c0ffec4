//! Comparisons: two tools side by side, or up to five ([`several`]), and the picker that leads there.

mod find;
mod handlers;
mod load;
mod picker;
mod preview;
mod scorecard;
mod scores;
mod several;
mod stream;
mod strip;
mod table;
mod views;

use actix_web::web;

pub use self::{preview::ComparisonPreview, stream::ComparisonFrames};

use crate::web::page::{get, resource};

/// The routes of comparisons.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/compare", "GET, HEAD").route(get().to(picker::show)))
        .service(resource("/compare/{pair}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/compare/{pair}/live", "GET, HEAD").route(get().to(handlers::live)));
}
