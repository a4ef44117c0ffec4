//! What changed on the site: verdicts, prices and facts, newest first.

use actix_web::web;

/// The routes of the site's changes.
pub fn routes(_app: &mut web::ServiceConfig) {}
