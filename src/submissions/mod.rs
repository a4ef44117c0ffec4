//! What people send in: tools they miss, corrections, reports.
//!
//! [`submission`] says what may be sent, [`forms`] what was typed and what is wrong with it, [`sender`] who is sending,
//! [`views`] shows a form with what [`load`] fetches for it, and [`handlers`] put these together. [`store`] keeps what
//! was sent, [`queue`] is what moderators do with it, [`duplicates`] finds what is there already, [`current_values`]
//! says what a tool's page says now, and [`spam`] is the rule on who has to wait.

pub mod current_values;
pub mod duplicates;
mod fields;
mod forms;
mod handlers;
mod load;
pub mod queue;
mod sender;
pub mod spam;
pub mod store;
pub mod submission;
pub mod suggested;
mod views;

use actix_web::middleware::from_fn;
use actix_web::web;
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::submissions;
use crate::web::idempotency;
use crate::web::page::{get, post, resource};

/// How many submissions wait for a decision, assigned or not.
pub fn open_count(conn: &mut Db) -> QueryResult<i64> {
    submissions::table
        .filter(submissions::status.eq(submission::SubmissionStatus::Open.to_i16()))
        .count()
        .get_result(conn)
}

/// The routes of submissions.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/submit", "GET, HEAD, POST")
            .route(get().to(handlers::suggest_page))
            .route(post().to(handlers::suggest))
            .wrap(from_fn(idempotency::once)),
    )
    .service(
        resource("/tools/{tool}/correct", "GET, HEAD, POST")
            .route(get().to(handlers::correct_page))
            .route(post().to(handlers::correct))
            .wrap(from_fn(idempotency::once)),
    )
    .service(
        resource("/tools/{tool}/report", "GET, HEAD, POST")
            .route(get().to(handlers::report_page))
            .route(post().to(handlers::report))
            .wrap(from_fn(idempotency::once)),
    );
}
