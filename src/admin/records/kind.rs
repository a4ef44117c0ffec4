//! What differs between the kinds of records in words and addresses.

use crate::{catalogue::RecordKind, moderation::log::Object};

/// The kinds that this room edits.
pub(super) const EDITED_HERE: &[RecordKind] =
    &[RecordKind::Category, RecordKind::Reviewer, RecordKind::Comparison];

/// The word in addresses.
pub(in crate::admin) fn plural(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Category => "categories",
        RecordKind::Reviewer => "reviewers",
        RecordKind::Tool => "tools",
        RecordKind::Comparison => "comparisons",
    }
}

/// What the log calls it.
pub(in crate::admin) fn object(kind: RecordKind) -> Object {
    match kind {
        RecordKind::Category => Object::Category,
        RecordKind::Reviewer => Object::Reviewer,
        RecordKind::Tool => Object::Tool,
        RecordKind::Comparison => Object::Comparison,
    }
}

/// The address of a record at the desk.
pub(in crate::admin) fn path(kind: RecordKind, id: i64) -> String {
    format!("/admin/{}/{id}", plural(kind))
}

/// The number of a record in an address.
pub(in crate::admin) fn number(text: &str) -> Result<i64, crate::web::error::AppError> {
    text.parse().map_err(|_| crate::web::error::AppError::not_found())
}
