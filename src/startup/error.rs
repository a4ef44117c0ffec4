//! Why a site does not start.

use std::fmt::Display;

/// Why a site could not be opened; one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong or missing.
    #[error("{0}")]
    Setting(String),
    /// Something that it runs on is not there.
    #[error("{0}")]
    Ground(String),
}

impl StartError {
    /// What `what` failed with.
    pub(super) fn ground<E: Display>(what: impl Display) -> impl FnOnce(E) -> Self {
        move |cause| Self::Ground(format!("{what}: {cause}"))
    }
}
