//! The panel at the desk.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
