//! Deleting what is archived for good: for admins, who give their password again and see what goes with it.

mod handlers;
mod store;
mod views;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::{Resource, web};

use crate::accounts::Admin;
use crate::admin::access;
use crate::catalogue::RecordKind;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(below(resource("/tools/{id}/delete", METHODS), RecordKind::Tool))
        .service(below(resource("/categories/{id}/delete", METHODS), RecordKind::Category))
        .service(below(resource("/reviewers/{id}/delete", METHODS), RecordKind::Reviewer))
        .service(below(resource("/comparisons/{id}/delete", METHODS), RecordKind::Comparison));
}

const METHODS: &str = "GET, HEAD, POST";

/// What is done there, for admins alone.
fn below(resource: Resource, kind: RecordKind) -> impl HttpServiceFactory {
    resource
        .route(get().to(move |admin, id| handlers::ask(kind, admin, id)))
        .route(post().to(move |admin, id, form| handlers::delete(kind, admin, id, form)))
        .wrap(from_fn(access::only::<Admin>))
}
