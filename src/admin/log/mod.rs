//! The whole log, for moderators.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
