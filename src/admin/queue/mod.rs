//! What readers sent: the queue of submissions and reports.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
