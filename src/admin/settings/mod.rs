//! What admins set for the site.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
