//! Making pictures small, off the workers and a few at a time.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::picture;
use crate::web::error::AppError;
use crate::web::page;

/// The largest form, in bytes, and what is said of a larger one.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;
pub(super) const TOO_LARGE: &str = "A logo can have at most 2 MiB.";

/// How many pictures are made small at a time, since each takes some memory, and how long another waits for that.
const PATIENCE: Duration = Duration::from_secs(5);
static AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// The logo made of a picture, or why there is none.
pub(super) async fn made_small(sent: Vec<u8>) -> Result<Result<Vec<u8>, String>, AppError> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(&AT_ONCE).acquire_owned()).await;
    let turn = turn.map_err(|_| AppError::Unavailable)?.map_err(|cause| AppError::unavailable(&cause))?;
    page::compute(move || {
        // Given back when the work is done, though nobody may wait for it any more.
        let _turn = turn;
        Ok(picture::logo(&sent))
    })
    .await
}
