//! Work that is no query and takes a moment.

use actix_web::web;

use crate::web::error::AppError;

/// Computes what takes a moment, off the async workers.
pub async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    web::block(work).await.map_err(|cause| AppError::unavailable(&cause))?
}
