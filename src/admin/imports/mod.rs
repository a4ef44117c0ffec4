//! Catalogue files at the desk: looking at what one would change, applying it, exporting.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
