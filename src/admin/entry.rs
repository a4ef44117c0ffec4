//! What the log says of a record that was changed at the desk.

use diesel::prelude::*;

use super::{
    difference::{Difference, Names, before_and_after, differences},
    typed_json::Shape,
};
use crate::{
    catalogue::{RecordKind, Status, edit::Edited, file::State},
    db::{Db, schema::reviewers},
    moderation::log::{Entry, Object},
};

/// The parts of an entry about a record, of which [`Note::entry`] makes one.
pub(super) struct Note {
    act: String,
    object: Object,
    id: i64,
    name: String,
    /// Where readers find it, if they do.
    href: Option<String>,
    /// Whether it is, or was, before their eyes.
    is_public: bool,
    reason: String,
    old_value: String,
    new_value: String,
}

impl Note {
    /// What an act has made of a record.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn of(conn: &mut Db, act: &str, edited: &Edited, reason: &str) -> QueryResult<Self> {
        let (old_value, new_value) = before_and_after(&what_changed(conn, edited)?);
        let was_shown = edited.before.as_ref().is_some_and(|before| before.status == Status::Published);
        let is_shown = edited.after.status == Status::Published;
        Ok(Self {
            act: act.to_owned(),
            object: object(edited.after.record.kind()),
            id: edited.id,
            name: edited.after.record.name(),
            href: is_shown.then(|| edited.after.record.href()),
            is_public: is_shown || was_shown,
            reason: reason.to_owned(),
            old_value,
            new_value,
        })
    }

    pub(super) fn entry(&self) -> Entry<'_> {
        Entry {
            act: &self.act,
            object: self.object,
            object_id: Some(self.id),
            label: &self.name,
            public_label: self.is_public.then_some(self.name.as_str()),
            href: self.href.as_deref(),
            reason: &self.reason,
            old_value: &self.old_value,
            new_value: &self.new_value,
        }
    }
}

fn object(kind: RecordKind) -> Object {
    match kind {
        RecordKind::Category => Object::Category,
        RecordKind::Reviewer => Object::Reviewer,
        RecordKind::Tool => Object::Tool,
        RecordKind::Comparison => Object::Comparison,
    }
}

fn what_changed(conn: &mut Db, edited: &Edited) -> QueryResult<Vec<Difference>> {
    Ok(match &edited.before {
        Some(before) => between(Some(before), &edited.after, &names(conn)?),
        None => Vec::new(),
    })
}

/// The names of the panel by their slugs.
///
/// # Errors
/// When the database fails.
pub(super) fn names(conn: &mut Db) -> QueryResult<Names> {
    let names: Vec<(String, String)> =
        reviewers::table.select((reviewers::slug, reviewers::name)).load(conn)?;
    Ok(names.into_iter().collect())
}

/// What differs between two states of a record, its status first; before the first it was nothing.
pub(super) fn between(old: Option<&State>, new: &State, names: &Names) -> Vec<Difference> {
    let word = |state: Option<&State>| state.map_or("", |state| state.status.as_str()).to_owned();
    let status =
        Difference { unit: "status".into(), label: "Status".into(), old: word(old), new: word(Some(new)) };
    let shape = Shape::of(new.record.kind());
    let before = old.map(State::to_json).unwrap_or_default();
    let fields = differences(shape, &before, &new.to_json(), names);
    Some(status).filter(|status| status.old != status.new).into_iter().chain(fields).collect()
}
