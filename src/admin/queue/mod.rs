//! What readers sent: the queue of submissions and reports.
//!
//! A moderator takes an item, which the others see, and then decides on it. [`act`] does that, with its entry in the
//! log ([`log_entry`]), and [`next`] says which one follows; [`replies`] are answers that are given often; [`filters`] say
//! which items are listed, [`load`] fetches a page, [`views`] show it.

pub(super) mod act;
mod filters;
mod handlers;
mod load;
mod log_entry;
mod next;
mod outcome;
mod replies;
mod views;

pub(super) use self::load::search;

use actix_web::{Route, web};

use self::act::QueueAct;
use super::context::AdminContext;
use super::form::SentForm;
use crate::web::page::{get, post, resource};
use crate::web::path_id::PathId;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/queue", "GET, HEAD").route(get().to(handlers::list)))
        .service(resource("/queue/next", "POST").route(post().to(handlers::next)))
        .configure(replies::routes)
        .service(resource("/queue/{item}", "GET, HEAD").route(get().to(handlers::show)))
        .service(resource("/queue/{item}/take", "POST").route(form_of(act::take)))
        .service(resource("/queue/{item}/release", "POST").route(form_of(act::release)))
        .service(resource("/queue/{item}/accept", "POST").route(form_of(act::accept)))
        .service(resource("/queue/{item}/decline", "POST").route(form_of(act::decline)));
}

fn form_of(act: QueueAct) -> Route {
    post().to(move |admin: AdminContext, PathId(id): PathId, data: handlers::Data, form: SentForm| {
        handlers::act(admin, id, data, form.0, act)
    })
}
