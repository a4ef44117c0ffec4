//! The id of a record in an address.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::AppError;

/// The number in an address that says which record is meant: the first part of its pattern that varies. What is no
/// number is no record: 404.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub i64);

impl FromRequest for PathId {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().iter().next().and_then(|(_, text)| text.parse().ok());
        ready(id.map(Self).ok_or_else(AppError::not_found))
    }
}
