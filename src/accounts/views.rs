//! The pages of accounts.

use askama::Template;

use crate::view;
use crate::web::page::Shell;

/// What is wrong with a form, by the field it stands beside.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct FieldErrors {
    pub handle: Option<String>,
    pub email: Option<String>,
    pub password: Option<String>,
}

impl FieldErrors {
    pub(super) fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The first field with something wrong.
    pub(super) fn first(&self) -> Option<&'static str> {
        let fields = [("handle", &self.handle), ("email", &self.email), ("password", &self.password)];
        fields.into_iter().find(|(_, error)| error.is_some()).map(|(name, _)| name)
    }
}

#[derive(Template)]
#[template(path = "accounts/signup.html")]
pub(super) struct SignUpPage {
    pub shell: Shell,
    pub handle: String,
    pub email: String,
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

view!(SignUpPage, SignInPage);

/// The query that hands `next` on to one of the two pages.
pub(super) fn next_query(next: &str) -> String {
    if next.is_empty() {
        return String::new();
    }
    serde_urlencoded::to_string([("next", next)]).map(|query| format!("?{query}")).unwrap_or_default()
}
