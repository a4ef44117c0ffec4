//! Deleting what is archived for good: for admins, who give their password again and see what goes with it.

mod handlers;
mod store;
mod views;

use actix_web::web;

use crate::{
    admin::records::kind,
    catalogue::RecordKind,
    page::{get, post, resource},
};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    for &kind in RecordKind::ALL {
        app.service(
            resource(&format!("/{}/{{id}}/delete", kind::plural(kind)), "GET, HEAD, POST")
                .route(get().to(move |desk, id| handlers::ask(kind, desk, id)))
                .route(post().to(move |desk, id, form| handlers::delete(kind, desk, id, form))),
        );
    }
}
