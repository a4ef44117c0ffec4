//! The forms by which readers send something to the desk: tools they miss, corrections, reports.
//!
//! [`sender`] says who is sending, [`forms`] what was typed and what is wrong with it, [`views`] shows a form, [`load`]
//! fetches what that needs, and [`handlers`] put the three together. What is sent is kept by [`inbox`](crate::inbox).

mod forms;
mod handlers;
mod load;
mod sender;
mod typed;
mod views;

use actix_web::web;

use crate::web::page::{get, post, resource};

/// The routes of submissions.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/submit", "GET, HEAD, POST")
            .route(get().to(handlers::suggest_page))
            .route(post().to(handlers::suggest)),
    )
    .service(
        resource("/tools/{tool}/correct", "GET, HEAD, POST")
            .route(get().to(handlers::correct_page))
            .route(post().to(handlers::correct)),
    )
    .service(
        resource("/tools/{tool}/report", "GET, HEAD, POST")
            .route(get().to(handlers::report_page))
            .route(post().to(handlers::report)),
    );
}
