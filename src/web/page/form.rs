//! How forms come in.

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
            match tokio::time::timeout(FORM_TIMEOUT, form).await {
                Ok(Ok(form)) => Ok(Self(form.into_inner())),
                Ok(Err(cause)) => Err(match cause.as_error::<UrlencodedError>() {
                    Some(UrlencodedError::Overflow { .. }) => {
                        AppError::TooLarge("This is too long to send.".into())
                    }
                    _ => AppError::BadRequest("The form could not be read.".into()),
                }),
                Err(_) => Err(AppError::BadRequest("The request took too long to arrive.".into())),
            }
        })
    }
}
