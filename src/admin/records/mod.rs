//! What all records of the catalogue have in common at the desk: categories, archiving, merging, deleting.

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
