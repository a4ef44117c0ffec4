//! The log of what is done at the desk, and its public part.

pub mod log;

use actix_web::web;

/// The routes of the public log.
pub fn routes(_app: &mut web::ServiceConfig) {}
