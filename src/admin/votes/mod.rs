//! Votes at the desk: who voted what and when, what looks bought, and leaving votes out.

pub(super) mod pieces;

use actix_web::web;

pub(super) fn routes(_app: &mut web::ServiceConfig) {}
