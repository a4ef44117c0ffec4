//! How forms come in, and what is wrong with them.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::UrlencodedError;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::web::error::AppError;

/// How long a form may take to arrive.
const FORM_TIMEOUT: Duration = Duration::from_secs(15);

/// A posted form, urlencoded, of limited size and within limited time.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = web::Form::<T>::from_request(request, payload);
        Box::pin(async move {
            let form = form_in_time(form, actix_web::Error::as_error).await?;
            Ok(Self(form.into_inner()))
        })
    }
}

/// Waits for a form that is being read, and says in words why it could not be.
pub async fn form_in_time<T, E>(
    read: impl Future<Output = Result<T, E>>,
    why: impl FnOnce(&E) -> Option<&UrlencodedError>,
) -> Result<T, AppError> {
    match tokio::time::timeout(FORM_TIMEOUT, read).await {
        Ok(Ok(form)) => Ok(form),
        Ok(Err(cause)) => Err(match why(&cause) {
            Some(UrlencodedError::Overflow { .. }) => AppError::TooLarge("This is too long to send.".into()),
            _ => AppError::BadRequest("The form could not be read.".into()),
        }),
        Err(_) => Err(AppError::TooSlow),
    }
}

/// What is wrong, by the name of the field; what belongs to no field has the empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(BTreeMap<String, String>);

impl FieldErrors {
    /// One error about one field.
    pub fn one(name: &str, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(name.to_owned(), text.into())]))
    }

    /// Adds an error; the first about a field stays.
    pub fn add(&mut self, name: &str, text: impl Into<String>) {
        self.0.entry(name.to_owned()).or_insert_with(|| text.into());
    }

    /// The error about a field.
    pub fn about(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands above all of them.
    pub fn heading(&self) -> &'static str {
        if self.0.len() == 1 { "Not saved. Fix this error:" } else { "Not saved. Fix these errors:" }
    }

    /// Adds those of another form; what is known about a field stays.
    pub fn extend(&mut self, others: Self) {
        for (name, text) in others.0 {
            self.add(&name, text);
        }
    }

    /// All of them, for a summary above the form.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
