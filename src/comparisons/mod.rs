//! Comparisons: two tools side by side, and the picker that leads there.

pub mod answer;

use actix_web::web;

/// The routes.
pub fn routes(_app: &mut web::ServiceConfig) {}
