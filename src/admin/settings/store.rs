//! Settings as they are stored, and changing them.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::setting::{self, REVIEWS_AT_ONCE, STALE_DAYS};
use crate::accounts::CurrentUser;
use crate::db::versions::{self, Of};
use crate::db::{Db, site_settings};
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;

/// How many days may be set.
pub(super) const STALE_DAYS_RANGE: RangeInclusive<i64> = 7..=365;

/// Values by the names of their settings.
pub(super) type Values = BTreeMap<&'static str, String>;

/// Whether what a reviewer sends from their own page is published without a moderator.
pub(in crate::admin) fn reviews_at_once(conn: &mut Db) -> QueryResult<bool> {
    Ok(site_settings::value(conn, REVIEWS_AT_ONCE)?.is_some_and(|value| value == "yes"))
}

/// After how many days without a check a price or fact is stale.
pub(in crate::admin) fn stale_days(conn: &mut Db) -> QueryResult<i64> {
    let text = site_settings::value(conn, STALE_DAYS)?;
    let days = |text: &str| text.parse().ok().filter(|days| STALE_DAYS_RANGE.contains(days));
    let usual = || days(setting::usual(STALE_DAYS)).unwrap_or(*STALE_DAYS_RANGE.end());
    Ok(text.as_deref().and_then(days).unwrap_or_else(usual))
}

/// All values as they are now.
pub(super) fn current(conn: &mut Db) -> QueryResult<Values> {
    let mut stored: HashMap<String, String> = site_settings::all(conn)?.into_iter().collect();
    let value = |name| stored.remove(name).unwrap_or_else(|| setting::usual(name).to_owned());
    let mut values: Values = setting::ALL.iter().copied().zip(setting::ALL.map(value)).collect();
    values.insert(STALE_DAYS, stale_days(conn)?.to_string());
    Ok(values)
}

/// What a form carries along of the values that it was made with, so that it can be told who changed what.
pub(super) fn seen(values: &Values) -> String {
    let entries = values.iter().map(|(name, value)| format!("{name}={}", mark(value)));
    entries.collect::<Vec<_>>().join(" ")
}

/// What came of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Saved {
    Changed,
    Unchanged,
    /// Nothing was stored: somebody else has changed some of what is `mine` meanwhile, to what is stored `now`.
    Conflict {
        names: Vec<&'static str>,
        mine: Values,
        now: Values,
    },
}

/// Stores what is new of these values, each with its entry in the log. `seen` are the values that the form was made with:
/// what the sender left alone stays as it is by now, and what others have changed meanwhile is not overwritten.
pub(super) fn save(conn: &mut Db, by: &CurrentUser, mut new: Values, seen: &str) -> QueryResult<Saved> {
    let seen: HashMap<&str, &str> = seen.split(' ').filter_map(|entry| entry.split_once('=')).collect();
    let now = current(conn)?;
    let was_seen = |name: &str, value: &str| seen.get(name).is_none_or(|seen| *seen == mark(value));
    new.retain(|name, value| {
        let is_left_alone = seen.contains_key(name) && was_seen(name, value);
        !is_left_alone && now.get(name) != Some(value)
    });
    let changed_meanwhile = |name: &&str| !was_seen(name, now.get(*name).map_or("", |value| value));
    let names: Vec<_> = new.keys().copied().filter(|name| changed_meanwhile(name)).collect();
    if !names.is_empty() {
        return Ok(Saved::Conflict { names, mine: new, now });
    }
    for (name, value) in &new {
        site_settings::set(conn, name, value)?;
        let old = now.get(name).map_or("", |value| value);
        let [old_value, new_value] = [old, value].map(|value| setting::in_words(name, value));
        let entry = Entry::new(Verb::Changed, Object::Setting, None, setting::label(name));
        log::write(conn, by, &Entry { old_value: &old_value, new_value: &new_value, ..entry })?;
    }
    if new.is_empty() {
        return Ok(Saved::Unchanged);
    }
    // Pages show them, here and where other processes make them.
    versions::raise(conn, Of::Catalogue)?;
    Ok(Saved::Changed)
}

/// What tells a value from others.
fn mark(value: &str) -> String {
    hex::encode(&Sha256::digest(value)[..8])
}
