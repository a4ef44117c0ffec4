//! What records were: differences between any two states, and bringing one back.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
