//! The one error of handlers. `From` makes `?` enough; the same facts feed the error page and the
//! JSON answer, which `startup` renders. Users see a calm sentence, the log gets the cause.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::text::count;

/// Why a request was not served.
#[derive(Debug)]
pub enum AppError {
    /// 308: what is asked for is at this path; the query goes along.
    Moved(String),
    /// 400: the request cannot be understood.
    BadRequest(String),
    /// 401: only for somebody who is signed in.
    SignInFirst,
    /// 403: understood and refused.
    Forbidden(String),
    /// 404, with what the reader may have meant.
    NotFound(NotFound),
    /// 408: it did not arrive in time.
    TooSlow,
    /// 409: it collides with something that is there.
    Conflict(String),
    /// 413: more than is taken.
    TooLarge(String),
    /// 422: understood, but a field is not acceptable.
    Unprocessable(String),
    /// 429, with the seconds to wait.
    TooManyRequests {
        /// Seconds after which another try may succeed, at least 1.
        retry_after: u64,
    },
    /// 503: busy, or the database cannot be reached; another try soon may succeed.
    Unavailable,
    /// 500: our fault; the cause is in the log.
    Internal,
}

/// What was not found, and near names to offer instead.
#[derive(Debug, Clone, Default)]
pub struct NotFound {
    /// One sentence, or empty for the usual one.
    pub message: String,
    /// Links to what may have been meant.
    pub suggestions: Vec<Suggestion>,
}

/// A link that an error page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// A path on this site.
    pub href: String,
    /// The words of the link.
    pub label: String,
}

impl AppError {
    /// The same error for another of those who waited for one piece of work; why is in the log.
    pub fn shared(&self) -> Self {
        match self {
            Self::NotFound(_) => Self::not_found(),
            Self::Internal => Self::Internal,
            _ => Self::Unavailable,
        }
    }

    /// 404 with the usual sentence.
    pub fn not_found() -> Self {
        Self::NotFound(NotFound::default())
    }

    /// Logs `cause` and answers 503.
    pub fn unavailable(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "the database is not available");
        Self::Unavailable
    }

    /// Logs `cause` and answers 500.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::Internal
    }

    /// The sentence that readers see.
    pub fn message(&self) -> String {
        match self {
            Self::BadRequest(text)
            | Self::Forbidden(text)
            | Self::Conflict(text)
            | Self::TooLarge(text)
            | Self::Unprocessable(text) => text.clone(),
            Self::NotFound(NotFound { message, .. }) if !message.is_empty() => message.clone(),
            Self::TooManyRequests { retry_after } => {
                format!("Too many attempts. Try again in {}.", wait_words(*retry_after))
            }
            other => StatusWords::of(other.status_code()).message.to_owned(),
        }
    }
}

/// How long to wait, in words: never less than these many seconds.
fn wait_words(seconds: u64) -> String {
    match seconds {
        0..120 => count(seconds.max(1), "second", "seconds"),
        120..7200 => count(seconds.div_ceil(60), "minute", "minutes"),
        _ => count(seconds.div_ceil(3600), "hour", "hours"),
    }
}

/// What an error page says of a status: its title, the sentence where the error has no words of its own, and what to do
/// next.
pub struct StatusWords {
    pub title: &'static str,
    pub message: &'static str,
    pub advice: &'static str,
}

impl StatusWords {
    pub fn of(status: StatusCode) -> Self {
        let said = |title, message| (title, message, "");
        let (title, message, advice) = match status.as_u16() {
            400 => ("Invalid request", "The request is not valid.", "Go back and try again."),
            401 => said("Not accepted", "Sign in first."),
            403 => said("Not allowed", "This is not allowed."),
            404 => said("Not found", "There is no page at this address."),
            405 => (
                "Not supported",
                "This address does not support this kind of request.",
                "Go back and use the links and buttons on the page.",
            ),
            408 => {
                ("Request timed out", "The request took too long to arrive.", "Go back and send it again.")
            }
            409 => said("Already changed", "Somebody else has changed this in the meantime."),
            413 => ("Too large", "This is too long to send.", "Go back, shorten it and send it again."),
            415 => said("Not accepted", "This address does not support this kind of content."),
            422 => ("Not valid", "The form has errors.", "Go back, change it and send it again."),
            429 => said("Too many attempts", "Too many attempts. Wait a moment and try again."),
            503 => {
                said("Temporarily unavailable", "The site is temporarily unavailable. Try again in a moment.")
            }
            500..=599 => (
                "Something went wrong",
                "Something went wrong on our side. It has been logged.",
                "Try again in a minute. If it happens again, tell the operator of this site.",
            ),
            _ => said("Not accepted", "The request was not accepted."),
        };
        Self { title, message, advice }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for AppError {}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Moved(_) => StatusCode::PERMANENT_REDIRECT,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        let wait = match self {
            Self::TooManyRequests { retry_after } => (*retry_after).max(1),
            Self::Unavailable => 1,
            _ => return answer.finish(),
        };
        answer.insert_header((header::RETRY_AFTER, wait)).finish()
    }
}

impl From<DieselError> for AppError {
    fn from(cause: DieselError) -> Self {
        if is_passing(&cause) { Self::unavailable(&cause) } else { Self::internal(&cause) }
    }
}

/// Whether the database is only busy or away, so that another try soon may succeed.
pub fn is_passing(cause: &DieselError) -> bool {
    match cause {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure,
            _,
        ) => true,
        DieselError::DatabaseError(_, info) => {
            let message = info.message();
            message.contains("locked") || message.contains("timeout") || message.contains("deadlock")
        }
        _ => false,
    }
}

impl From<askama::Error> for AppError {
    fn from(cause: askama::Error) -> Self {
        Self::internal(&cause)
    }
}
