//! What the log says of a record that was changed at the desk.

use diesel::prelude::*;

use super::difference::{Difference, Names, before_and_after, differences};
use crate::catalogue::edit::Edited;
use crate::catalogue::file::State;
use crate::catalogue::{Act, Status};
use crate::db::Db;
use crate::db::schema::reviewers;
use crate::moderation::log::Entry;

/// The parts of an entry about a record, of which [`LogText::entry`] makes one.
pub(super) struct LogText<'a> {
    act: Act,
    edited: &'a Edited,
    name: String,
    /// Where readers find it, if they do.
    href: Option<String>,
    /// Whether readers learn of it.
    is_public: bool,
    reason: &'a str,
    old_value: String,
    new_value: String,
}

impl<'a> LogText<'a> {
    /// What was done to a record, with each field that differs. Readers learn of what is, or was, before their eyes.
    pub(super) fn with_fields(
        conn: &mut Db,
        act: Act,
        edited: &'a Edited,
        reason: &'a str,
    ) -> QueryResult<Self> {
        let changed = match &edited.before {
            Some(before) => between(Some(before), &edited.after, &names(conn)?),
            None => Vec::new(),
        };
        let (old_value, new_value) = before_and_after(&changed);
        let is_public = edited.statuses().any(|status| status == Status::Published);
        Ok(Self { old_value, new_value, ..Self::new(act, edited, reason, is_public) })
    }

    /// The same with nothing but the status. Readers learn of what they can see, or could.
    pub(super) fn with_status(act: Act, edited: &'a Edited, reason: &'a str) -> Self {
        let text = Self::new(act, edited, reason, edited.statuses().any(|status| status != Status::Draft));
        let (before, after) = (edited.before.as_ref().map(|state| state.status), edited.after.status);
        if before == Some(after) {
            return text;
        }
        let word = |status: Status| status.as_str().to_owned();
        Self { old_value: before.map(word).unwrap_or_default(), new_value: word(after), ..text }
    }

    fn new(act: Act, edited: &'a Edited, reason: &'a str, is_public: bool) -> Self {
        let is_shown = edited.after.status == Status::Published;
        Self {
            act,
            edited,
            name: edited.after.record.name(),
            href: is_shown.then(|| edited.after.record.href()),
            is_public,
            reason,
            old_value: String::new(),
            new_value: String::new(),
        }
    }

    pub(super) fn entry(&self) -> Entry<'_> {
        Entry {
            public_label: self.is_public.then_some(self.name.as_str()),
            href: self.href.as_deref(),
            reason: self.reason,
            old_value: &self.old_value,
            new_value: &self.new_value,
            ..Entry::new(
                if self.act == Act::Withdrawn { "undid a change to" } else { self.act.as_str() },
                self.edited.after.record.kind().into(),
                Some(self.edited.id),
                &self.name,
            )
        }
    }
}

/// How the desk names an act of a history.
pub(in crate::admin) fn act_words(act: Act) -> &'static str {
    match act {
        Act::Found => "initial version",
        Act::Withdrawn => "undone",
        other => other.as_str(),
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
    let word = |state: Option<&State>| state.map_or("", |state| state.status.as_str()).to_owned();
    let status =
        Difference { unit: "status".into(), label: "Status".into(), old: word(old), new: word(Some(new)) };
    let before = old.map(State::to_json).unwrap_or_default();
    let fields = differences(new.record.kind(), &before, &new.to_json(), names);
    Some(status).filter(|status| status.old != status.new).into_iter().chain(fields).collect()
}
