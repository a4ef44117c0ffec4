//! Accounts at the desk: roles and suspensions.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
