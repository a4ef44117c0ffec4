//! Votes in the admin area: who voted what and when, what looks bought, and leaving votes out.

mod acts;
mod chart;
mod forms;
mod handlers;
mod load;
pub(super) mod pieces;
mod query;
mod tool_views;
mod views;

use actix_web::web;

use crate::web::page::{get, post, resource};
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/votes", "GET, HEAD").route(get().to(handlers::index)))
        .service(resource("/votes/dismiss", "POST").route(post().to(forms::dismiss_selected)))
        .service(resource("/votes/scan", "POST").route(post().to(forms::scan)))
        .service(
            resource("/votes/confirm", "GET, HEAD, POST")
                .route(get().to(handlers::confirm))
                .route(post().to(forms::exclude_matching)),
        )
        .service(resource("/votes/tools/{id}", "GET, HEAD").route(get().to(handlers::tool)))
        .service(resource("/votes/tools/{id}/exclude", "POST").route(post().to(forms::exclude_selected)))
        .service(resource("/votes/exclusions/{id}", "GET, HEAD").route(get().to(handlers::exclusion)))
        .service(resource("/votes/exclusions/{id}/undo", "POST").route(post().to(forms::undo)))
        .service(resource("/votes/signals/{id}", "GET, HEAD").route(get().to(handlers::signal)))
        .service(resource("/votes/signals/{id}/dismiss", "POST").route(post().to(forms::dismiss)))
        .service(resource("/votes/signals/{id}/reopen", "POST").route(post().to(forms::reopen)));
}
