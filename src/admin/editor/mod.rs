//! The editor of records: lists, forms, previews, two editors at once, archiving and restoring, and the history.
//!
//! All four kinds go the same way. [`form`] has what the form of each kind offers, and the fields themselves come from the
//! schema of the catalogue file: [`form_json`] makes a record of what was typed and back, [`difference`] says what differs
//! between two, [`completed`] what goes without saying, [`pair`] which tools a comparison is of, [`alike`] which tool a new one may be, and [`proposal`] what a correction would put into it. [`filters`] says what an address asks of a list, [`action`] what a form is stored for; [`context`] and
//! [`list`] read, [`store`] writes, [`many`] what is done to several of a list at once, and [`conflict`] shows two editors what each of them wants.

mod action;
mod alike;
mod completed;
mod conflict;
mod context;
pub(super) mod difference;
mod filters;
mod form;
mod form_json;
mod handlers;
mod history;
mod list;
mod list_views;
pub(super) mod log_text;
mod many;
mod pair;
mod preview;
mod proposal;
mod store;
mod views;

pub(super) use self::list::search;
pub(super) use self::store::{RecordChange, save_answering};

use actix_web::web;

use crate::catalogue::RecordKind;
use crate::web::page::{get, post, resource};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    for &kind in RecordKind::ALL {
        let at = |rest: &str| format!("/{}{rest}", kind.plural());
        app.service(resource(&at(""), "GET, HEAD").route(get().to(move |admin| handlers::list(kind, admin))))
            .service(
                resource(&at("/many"), "POST")
                    .route(post().to(move |admin, form| handlers::change_many(kind, admin, form))),
            )
            .service(
                resource(&at("/new"), "GET, HEAD, POST")
                    .route(get().to(move |admin| handlers::open(kind, None, admin)))
                    .route(post().to(move |admin, form| handlers::send(kind, None, admin, form))),
            )
            .service(
                resource(&at("/{id}"), "GET, HEAD, POST")
                    .route(get().to(move |id, admin| handlers::open(kind, Some(id), admin)))
                    .route(post().to(move |id, admin, form| handlers::send(kind, Some(id), admin, form))),
            );
        // A tool is archived and restored by its form.
        if kind != RecordKind::Tool {
            app.service(
                resource(&at("/{id}/archive"), "GET, HEAD, POST")
                    .route(get().to(move |id, admin| handlers::ask_to_archive(kind, id, admin)))
                    .route(post().to(move |id, admin, form| handlers::archive(kind, id, admin, form))),
            )
            .service(
                resource(&at("/{id}/restore"), "POST")
                    .route(post().to(move |id, admin| handlers::restore(kind, id, admin))),
            );
        }
    }
    history::routes(app);
}
