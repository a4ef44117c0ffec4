//! A file on its way in: the one form that is not urlencoded.

use std::time::Duration;

use actix_multipart::{Multipart, MultipartError};
use futures_util::TryStreamExt;

use crate::text::isolated;
use crate::web::error::AppError;

/// The largest file, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The longest name that is kept of a file, in characters.
const MOST_NAMED: usize = 100;

/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file as it was sent.
pub(super) struct SentFile {
    pub name: String,
    pub content: Vec<u8>,
}

/// The file in the field `file` of a form.
pub(super) async fn read(form: Multipart) -> Result<SentFile, AppError> {
    let read = tokio::time::timeout(PATIENCE, read_all(form)).await;
    read.unwrap_or(Err(AppError::TooSlow))
}

async fn read_all(mut form: Multipart) -> Result<SentFile, AppError> {
    let mut file = SentFile { name: String::new(), content: Vec::new() };
    let mut received = 0;
    while let Some(mut field) = form.try_next().await.map_err(|cause| unreadable(&cause))? {
        let is_file = field.name() == Some("file");
        let name = field.content_disposition().and_then(|told| told.get_filename());
        if let Some(name) = name.filter(|_| is_file) {
            let name: String = name.chars().filter(|char| !char.is_control()).take(MOST_NAMED).collect();
            file.name = isolated(&name);
        }
        while let Some(chunk) = field.try_next().await.map_err(|cause| unreadable(&cause))? {
            received += chunk.len();
            if received > MOST_BYTES {
                return Err(AppError::TooLarge("A catalogue file can have at most 16 MiB.".into()));
            }
            if is_file {
                file.content.extend_from_slice(&chunk);
            }
        }
    }
    Ok(file)
}

fn unreadable(cause: &MultipartError) -> AppError {
    tracing::debug!(%cause, "a file could not be read");
    AppError::BadRequest("The form could not be read.".into())
}
