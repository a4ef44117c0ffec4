//! The addresses of records in the admin area.

use crate::catalogue::RecordKind;

/// Where a form is shown that was sent when its session was over.
pub(super) const SAVED: &str = "/admin/saved";

/// The list of the records of a kind.
pub(super) fn list_path(kind: RecordKind) -> String {
    format!("/admin/{}", kind.plural())
}

/// The form of a record; without an id that of a new one.
pub(super) fn form_path(kind: RecordKind, id: Option<i64>) -> String {
    let list = list_path(kind);
    id.map_or_else(|| format!("{list}/new"), |id| format!("{list}/{id}"))
}

/// The history of a record, which stays when the record is gone.
pub(super) fn history_path((kind, id): (RecordKind, i64)) -> String {
    format!("/admin/history/{kind}/{id}")
}
