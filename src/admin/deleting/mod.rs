//! Deleting what is archived for good: for admins, who give their password again and see what goes with it.

mod handlers;
mod store;
mod views;

use actix_web::middleware::from_fn;
use actix_web::web;

use crate::accounts::Admin;
use crate::admin::access;
use crate::catalogue::RecordKind;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    for &kind in RecordKind::ALL {
        let at = |rest: &str| format!("/{}{rest}", kind.plural());
        app.service(
            resource(&at("/{id}/delete"), "GET, HEAD, POST")
                .route(get().to(move |admin, id| handlers::ask(kind, admin, id)))
                .route(post().to(move |admin, id, form| handlers::delete(kind, admin, id, form)))
                .wrap(from_fn(access::only::<Admin>)),
        );
    }
}
