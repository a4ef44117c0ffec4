//! What is wrong with what somebody typed on the page of their account.

use crate::web::page::FieldErrors;

/// What is wrong with one of the forms on the page, each beside the field whose id it has.
#[derive(Debug, Default)]
pub(super) struct Problems {
    /// What was not changed.
    pub what: &'static str,
    pub errors: FieldErrors,
    pub typed_email: String,
}

impl Problems {
    /// The fields, in the order of the page.
    const FIELDS: [&str; 4] = ["email", "email-current", "current", "password"];

    /// The fields and what is wrong with them.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        Self::FIELDS.into_iter().filter_map(|name| Some((name, self.errors.about(name)?)))
    }

    pub(super) fn about(&self, name: &str) -> Option<&str> {
        self.errors.about(name)
    }
}
