//! The pages of accounts.

use askama::Template;

use super::SignUpForm;
use crate::web::page::{FieldErrors, Shell};

#[derive(Template)]
#[template(path = "accounts/signup.html")]
pub(super) struct SignUpPage {
    pub shell: Shell,
    pub form: SignUpForm,
    pub next: String,
    pub next_query: String,
    pub errors: FieldErrors,
    /// What waits for whoever signs in.
    pub waiting: Option<String>,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SignInError {
    /// The account is unknown or the password wrong: nobody is told which.
    NoMatch,
    /// The account is suspended, for this reason.
    Suspended(String),
    /// There were too many tries: what is said about it, and for how many seconds there may be none.
    TooFast { told: String, retry_after: u64 },
}

#[derive(Template)]
#[template(path = "accounts/login.html")]
pub(super) struct SignInPage {
    pub shell: Shell,
    pub login: String,
    pub next: String,
    pub next_query: String,
    pub error: Option<SignInError>,
    /// What waits for whoever signs in.
    pub waiting: Option<String>,
}

/// The query that hands `next` on to one of the two pages.
pub(super) fn next_query(next: &str) -> String {
    if next.is_empty() {
        return String::new();
    }
    serde_urlencoded::to_string([("next", next)]).map(|query| format!("?{query}")).unwrap_or_default()
}
