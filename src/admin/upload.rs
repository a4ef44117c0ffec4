//! A file on its way in: forms that are not urlencoded.

use std::time::Duration;

use actix_multipart::{Multipart, MultipartError};
use futures_util::TryStreamExt;

use super::form::FormData;
use crate::text::isolated;
use crate::web::error::AppError;

/// The longest name that is kept of a file, in characters.
const MOST_NAMED: usize = 100;

/// What a field of a form costs beside its name and value, in bytes.
const BESIDE: usize = 100;

/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// A form with a file as it was sent.
#[derive(Default)]
pub(super) struct SentFile {
    pub name: String,
    pub content: Vec<u8>,
    /// The other fields of the form.
    pub fields: FormData,
}

/// A form whose file is in the field `file`; `most` bytes of all of it together, or what is said of more.
pub(super) async fn read(
    form: Multipart,
    most: usize,
    too_large: &'static str,
) -> Result<SentFile, AppError> {
    let read = tokio::time::timeout(PATIENCE, read_all(form, most, too_large)).await;
    read.unwrap_or(Err(AppError::TooSlow))
}

async fn read_all(mut form: Multipart, most: usize, too_large: &'static str) -> Result<SentFile, AppError> {
    let mut file = SentFile::default();
    let mut left = most;
    let mut take = |bytes: usize| {
        left = left.checked_sub(bytes).ok_or_else(|| AppError::TooLarge(too_large.into()))?;
        Ok::<_, AppError>(())
    };
    while let Some(mut field) = form.try_next().await.map_err(|cause| unreadable(&cause))? {
        let key = field.name().unwrap_or_default().to_owned();
        let is_file = key == "file";
        let name = field.content_disposition().and_then(|told| told.get_filename());
        if let Some(name) = name.filter(|_| is_file) {
            let name: String = name.chars().filter(|char| !char.is_control()).take(MOST_NAMED).collect();
            file.name = isolated(&name);
        }
        let mut value = Vec::new();
        // What a field costs beside its value.
        take(key.len() + BESIDE)?;
        while let Some(chunk) = field.try_next().await.map_err(|cause| unreadable(&cause))? {
            take(chunk.len())?;
            let kept = if is_file { &mut file.content } else { &mut value };
            kept.extend_from_slice(&chunk);
        }
        if !is_file {
            file.fields.0.push((key, String::from_utf8_lossy(&value).into_owned()));
        }
    }
    Ok(file)
}

fn unreadable(cause: &MultipartError) -> AppError {
    tracing::debug!(%cause, "a file could not be read");
    AppError::BadRequest("The form could not be read.".into())
}
