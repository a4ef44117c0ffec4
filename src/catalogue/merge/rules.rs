//! Which records may become one.

use crate::catalogue::terms::Status;

/// Why two records cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefusal {
    /// They are one.
    #[error("A record cannot go into itself.")]
    Itself,
    /// Readers do not see the one that shall stay.
    #[error("That one is not published, so readers would lose this one: publish it first.")]
    Hidden,
    /// The one that shall stay is archived.
    #[error("That one is archived.")]
    Archived,
}

/// Whether `source` may go into `target`; each by id and status.
pub fn may_merge(source: (i64, Status), target: (i64, Status)) -> Result<(), MergeRefusal> {
    match (source, target) {
        _ if source.0 == target.0 => Err(MergeRefusal::Itself),
        (_, (_, Status::Archived)) => Err(MergeRefusal::Archived),
        ((_, Status::Published), (_, Status::Draft)) => Err(MergeRefusal::Hidden),
        _ => Ok(()),
    }
}
