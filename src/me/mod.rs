//! Pages of me.

use actix_web::web;

/// The routes.
pub fn routes(_app: &mut web::ServiceConfig) {}
