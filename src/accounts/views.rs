//! The pages of accounts.

use askama::Template;

use super::SignUpForm;
use crate::web::page::{FieldErrors, Shell};

/// The two forms of the one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountForm {
    SignIn,
    SignUp,
}

impl AccountForm {
    /// What the page is called that has this form first.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in",
            Self::SignUp => "Create an account",
        }
    }
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

/// Signing in and signing up, the one that was asked for first.
#[derive(Template)]
#[template(path = "accounts/enter.html")]
pub(super) struct EntryPage {
    pub shell: Shell,
    pub first: AccountForm,
    pub next: String,
    /// What was typed into the form for signing up, and what is wrong with it.
    pub form: SignUpForm,
    pub errors: FieldErrors,
    /// What was typed as the name to sign in with, and why that failed.
    pub login: String,
    pub error: Option<SignInError>,
    /// What waits for whoever signs in.
    pub waiting: Option<String>,
}

/// The query that hands `next` on to the page.
pub(super) fn next_query(next: &str) -> String {
    if next.is_empty() {
        return String::new();
    }
    serde_urlencoded::to_string([("next", next)]).map(|query| format!("?{query}")).unwrap_or_default()
}
