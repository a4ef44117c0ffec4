//! Merging two records for one thing, tools or categories: which one stays, what of each is kept, what will happen, doing
//! it, and undoing it.

mod choices;
mod done;
mod handlers;
mod store;
mod views;

use actix_web::web;

use crate::catalogue::RecordKind;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    let (tool, category) = (RecordKind::Tool, RecordKind::Category);
    app.service(
        resource("/tools/{id}/merge", "GET, HEAD, POST")
            .route(get().to(move |id, admin, catalogue| handlers::ask(tool, id, admin, catalogue)))
            .route(post().to(move |id, admin, app, form| handlers::merge(tool, id, admin, app, form))),
    )
    .service(
        resource("/categories/{id}/merge", "GET, HEAD, POST")
            .route(get().to(move |id, admin, catalogue| handlers::ask(category, id, admin, catalogue)))
            .route(post().to(move |id, admin, app, form| handlers::merge(category, id, admin, app, form))),
    )
    .service(resource("/merges/{id}", "GET, HEAD").route(get().to(done::show)))
    .service(resource("/merges/{id}/undo", "POST").route(post().to(done::undo)));
}
