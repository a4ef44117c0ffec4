//! What the log says of a record that was changed in the admin area.

use diesel::prelude::*;

use super::difference::{Difference, Names, before_and_after, differences};
use crate::accounts::CurrentUser;
use crate::catalogue::edit::Edited;
use crate::catalogue::file::State;
use crate::catalogue::{Act, Status, public_record_name};
use crate::db::Db;
use crate::db::schema::reviewers;
use crate::moderation::log::{self, Entry};
use crate::moderation::verb::Verb;

/// A change of a record that is to be told in the log.
pub(super) struct LoggedEdit<'a> {
    pub user: &'a CurrentUser,
    pub act: Act,
    pub edited: &'a Edited,
    pub reason: &'a str,
    /// The revision that the change took back, if it did.
    pub withdrawn: Option<i64>,
}

impl LoggedEdit<'_> {
    /// Writes each field that differs.
    pub(super) fn write_fields(&self, conn: &mut Db) -> QueryResult<()> {
        let changed = match &self.edited.before {
            Some(before) => between(Some(before), &self.edited.after, &names(conn)?),
            None => Vec::new(),
        };
        let (old, new) = before_and_after(&changed);
        self.write(conn, &old, &new)
    }

    /// Writes nothing but the status, if that differs.
    pub(super) fn write_status(&self, conn: &mut Db) -> QueryResult<()> {
        let (before, after) = (self.edited.before.as_ref().map(State::status), self.edited.after.status());
        if before == Some(after) {
            return self.write(conn, "", "");
        }
        self.write(conn, before.map_or("", Status::as_str), after.as_str())
    }

    /// Readers learn of what is, or was, before their eyes, under the name that they saw.
    fn write(&self, conn: &mut Db, old_value: &str, new_value: &str) -> QueryResult<()> {
        let record = &self.edited.after.record;
        let (name, href) = (&self.edited.name, record.href());
        let public_name = match self.edited.public_state() {
            Some(state) => Some(public_record_name(conn, &state.record)?),
            None => None,
        };
        let act = if self.withdrawn.is_some() { Verb::Undid } else { self.act.into() };
        let entry = Entry {
            public_label: public_name.as_deref(),
            href: self.edited.is_public.then_some(&href),
            reason: self.reason,
            old_value,
            new_value,
            ..Entry::new(act, record.kind().into(), Some(self.edited.id), name)
        };
        match self.withdrawn {
            Some(revision_id) => log::withdraw(conn, self.user, &entry, revision_id),
            None => log::write(conn, self.user, &entry),
        }
    }
}

/// The names of the panel by their slugs.
pub(in crate::admin) fn names(conn: &mut Db) -> QueryResult<Names> {
    let names: Vec<(String, String)> =
        reviewers::table.select((reviewers::slug, reviewers::name)).load(conn)?;
    Ok(names.into_iter().collect())
}

/// What differs between two states of a record, its status first; before the first it was nothing.
pub(in crate::admin) fn between(old: Option<&State>, new: &State, names: &Names) -> Vec<Difference> {
    let word = |state: Option<&State>| state.map_or("", |state| state.status().as_str()).to_owned();
    let status =
        Difference { unit: "status".into(), label: "Status".into(), old: word(old), new: word(Some(new)) };
    let before = old.map(State::to_json).unwrap_or_default();
    let fields = differences(new.record.kind(), &before, &new.to_json(), names);
    Some(status).filter(|status| status.old != status.new).into_iter().chain(fields).collect()
}
