//! Storing a record: what was typed becomes a state, the state is stored with its history, and the log says so.

use chrono::Utc;
use diesel::QueryResult;

use super::kind;
use crate::{
    accounts::CurrentUser,
    admin::{
        form::{Complaints, Typed},
        typed_json::{self, Shape},
    },
    catalogue::{
        Act, RecordKind, Status,
        edit::{self, Edit, EditError, Edited},
        file::{Problem, State},
        history::By,
    },
    db::Db,
    moderation::log::{self, Entry},
};

/// What was typed as a state, with this status.
pub(super) fn read(kind: RecordKind, typed: &Typed, status: Status) -> Result<State, Vec<Problem>> {
    let mut value = typed_json::to_json(Shape::of(kind), typed);
    if let Some(object) = value.as_object_mut() {
        object.insert("status".into(), status.as_str().into());
        // What a person has none of.
        if object.get("model").and_then(|model| model.as_str()) == Some("") {
            object.insert("model".into(), serde_json::Value::Null);
        }
    }
    State::from_json(kind, value)
}

/// What has to be typed for a state.
pub(super) fn typed(state: &State) -> Typed {
    typed_json::to_typed(Shape::of(state.record.kind()), &state.to_json())
}

/// Complaints beside the fields of the form: what is wrong with a pair is said beside its first tool.
pub(super) fn complaints(problems: Vec<Problem>) -> Complaints {
    let beside = |problem: Problem| match problem.path.as_str() {
        "tools" => Problem { path: "tools[0]".into(), ..problem },
        _ => problem,
    };
    problems.into_iter().map(beside).collect::<Vec<_>>().into()
}

/// What is stored under an id.
pub(super) fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Option<State>> {
    edit::stored(conn, kind, id)
}

/// Something that is done to a record.
pub(super) struct Deed<'a> {
    pub id: Option<i64>,
    /// The token of the state that the editor has seen.
    pub seen: Option<&'a str>,
    pub state: &'a State,
    pub act: Act,
    pub reason: &'a str,
}

/// Does it, and writes it into the log if anything differs.
pub(super) fn store(conn: &mut Db, user: &CurrentUser, deed: &Deed<'_>) -> Result<Edited, EditError> {
    let by = By { account_id: Some(user.id), reason: deed.reason, at: Utc::now().naive_utc() };
    let edit = Edit { id: deed.id, seen: deed.seen, state: deed.state, act: deed.act, by };
    let edited = edit::store(conn, edit)?;
    if edited.revision_id.is_some() {
        write_log(conn, user, deed, &edited)?;
    }
    Ok(edited)
}

/// Readers learn of what they can see, or could.
fn write_log(conn: &mut Db, user: &CurrentUser, deed: &Deed<'_>, edited: &Edited) -> QueryResult<()> {
    let record = &edited.after.record;
    let before = edited.before.as_ref().map(|state| state.status);
    let is_public =
        edited.after.status != Status::Draft || before.is_some_and(|status| status != Status::Draft);
    let (name, href) = (record.name(), record.href());
    let status_differs = before != Some(edited.after.status);
    let entry = Entry {
        act: deed.act.as_str(),
        object: kind::object(record.kind()),
        object_id: Some(edited.id),
        label: &name,
        public_label: is_public.then_some(name.as_str()),
        href: (is_public && edited.after.status == Status::Published).then_some(href.as_str()),
        reason: deed.reason,
        old_value: before.filter(|_| status_differs).map_or("", |status| status.as_str()),
        new_value: if status_differs { edited.after.status.as_str() } else { "" },
    };
    log::write(conn, user, &entry)
}
