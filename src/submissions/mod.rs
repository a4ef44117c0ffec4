//! What readers send to the desk: tools they miss, corrections, reports.

use actix_web::web;

/// The routes of submissions.
pub fn routes(_app: &mut web::ServiceConfig) {}
