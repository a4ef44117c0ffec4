//! The admin area, where people keep the site right.
//!
//! Everything under `/admin` stands behind [`access`]: to visitors and members there is nothing. A handler takes a
//! [`AdminContext`], which says who is there and carries what every page of the admin area needs.

mod access;
mod chart;
mod choosing;
mod context;
mod deleting;
mod editor;
mod form;
mod front;
mod imports;
mod log;
mod logos;
mod merging;
mod overdue;
mod paths;
mod people;
mod queue;
mod reviewing;
mod saved;
mod search;
mod searching;
mod settings;
pub mod setup;
mod upload;
mod utc_time;
mod votes;

use actix_web::middleware::from_fn;
use actix_web::web;

use self::context::AdminContext;
pub use self::front::Figures;
pub use self::imports::{ParsedFiles, remove_old as remove_old_uploads};
use crate::web::idempotency::{self, LARGE_FORM};

/// The parts of the admin area, as every page of it lists them.
const SECTIONS: &[(&str, &str)] = &[
    ("/admin", "To do"),
    ("/admin/queue", "Queue"),
    ("/admin/tools", "Tools"),
    ("/admin/comparisons", "Comparisons"),
    ("/admin/reviewers", "Reviewers"),
    ("/admin/categories", "Categories"),
    ("/admin/import", "Import"),
    ("/admin/votes", "Votes"),
    ("/admin/people", "People"),
    ("/admin/log", "Log"),
];

/// Those that only admins find.
const ADMIN_SECTIONS: &[(&str, &str)] = &[("/admin/settings", "Settings")];

/// The routes of the admin area, and the one that makes its first admin.
pub fn routes(app: &mut web::ServiceConfig) {
    setup::routes(app);
    reviewing::own_routes(app);
    app.service(
        web::scope("/admin")
            .app_data(web::FormConfig::default().limit(LARGE_FORM.bytes))
            .configure(front::routes)
            .configure(access::routes)
            .configure(saved::routes)
            .configure(choosing::routes)
            .configure(search::routes)
            .configure(queue::routes)
            .configure(editor::routes)
            .configure(logos::routes)
            .configure(merging::routes)
            .configure(deleting::routes)
            .configure(imports::routes)
            .configure(votes::routes)
            .configure(people::routes)
            .configure(reviewing::routes)
            .configure(log::routes)
            .configure(settings::routes)
            .wrap(from_fn(idempotency::once_large))
            .wrap(from_fn(access::enter)),
    );
    app.default_service(web::to(access::nothing_here));
}
