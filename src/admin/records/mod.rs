//! Categories, reviewers and comparisons at the desk: lists, forms, previews, and what is done to a record as a whole.
//!
//! The three go the same way, so one set of handlers serves them; [`kind`] has what differs. Tools, which are more, have
//! a room of their own.

mod handlers;
pub(super) mod kind;
mod list;
mod store;
mod views;

use actix_web::web;

use self::kind::EDITED_HERE;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    for &kind in EDITED_HERE {
        let at = |rest: &str| format!("/{}{rest}", kind::plural(kind));
        app.service(resource(&at(""), "GET, HEAD").route(get().to(move |desk| handlers::list(kind, desk))))
            .service(
                resource(&at("/new"), "GET, HEAD, POST")
                    .route(get().to(move |desk| handlers::new(kind, desk)))
                    .route(
                        post().to(move |desk, catalogue, form| {
                            handlers::save(kind, None, desk, catalogue, form)
                        }),
                    ),
            )
            .service(
                resource(&at("/{id}"), "GET, HEAD, POST")
                    .route(get().to(move |desk, id| handlers::edit(kind, desk, id)))
                    .route(post().to(move |desk, id, catalogue, form| {
                        handlers::save(kind, Some(id), desk, catalogue, form)
                    })),
            )
            .service(
                resource(&at("/{id}/archive"), "GET, HEAD, POST")
                    .route(get().to(move |desk, id| handlers::ask_to_archive(kind, desk, id)))
                    .route(post().to(move |desk, id, form| handlers::archive(kind, desk, id, form))),
            )
            .service(
                resource(&at("/{id}/restore"), "POST")
                    .route(post().to(move |desk, id| handlers::restore(kind, desk, id))),
            );
    }
}
