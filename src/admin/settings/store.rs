//! Settings in the database: a name and a text, missing where nobody has set it.

use std::ops::RangeInclusive;

use diesel::prelude::*;

use crate::accounts::CurrentUser;
use crate::db::{Db, site_settings};
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;

/// After how many days without a check a price or fact is stale, unless an admin has set it.
const STALE_DAYS: i64 = 90;

/// What may be set.
pub(super) const STALE_DAYS_RANGE: RangeInclusive<i64> = 7..=365;

const REVIEWS_AT_ONCE_NAME: &str = "reviews_at_once";

/// Whether what a reviewer sends from their own page is published without a moderator.
pub(in crate::admin) fn reviews_at_once(conn: &mut Db) -> QueryResult<bool> {
    Ok(site_settings::value(conn, REVIEWS_AT_ONCE_NAME)?.is_some_and(|value| value == "yes"))
}

/// Sets it, with its entry in the log; false where it is so already.
pub(super) fn set_reviews_at_once(conn: &mut Db, by: &CurrentUser, at_once: bool) -> QueryResult<bool> {
    if reviews_at_once(conn)? == at_once {
        return Ok(false);
    }
    let [old, new] = if at_once { ["no", "yes"] } else { ["yes", "no"] };
    site_settings::set(conn, REVIEWS_AT_ONCE_NAME, new)?;
    let entry = Entry {
        old_value: old,
        new_value: new,
        ..Entry::new(Verb::Changed, Object::Setting, None, "Reviewers publish without a moderator")
    };
    log::write(conn, by, &entry)?;
    Ok(true)
}

const STALE_DAYS_NAME: &str = "stale_days";

/// After how many days without a check a price or fact is stale.
pub(in crate::admin) fn stale_days(conn: &mut Db) -> QueryResult<i64> {
    let text = site_settings::value(conn, STALE_DAYS_NAME)?;
    let days = text.and_then(|text| text.parse().ok()).filter(|days| STALE_DAYS_RANGE.contains(days));
    Ok(days.unwrap_or(STALE_DAYS))
}

/// Sets it, with its entry in the log; false where it is so already.
pub(super) fn set_stale_days(conn: &mut Db, by: &CurrentUser, days: i64) -> QueryResult<bool> {
    let old = stale_days(conn)?;
    if old == days {
        return Ok(false);
    }
    site_settings::set(conn, STALE_DAYS_NAME, &days.to_string())?;
    let (old, new) = (format!("{old} days"), format!("{days} days"));
    let entry = Entry {
        old_value: &old,
        new_value: &new,
        ..Entry::new(Verb::Changed, Object::Setting, None, "Days until a price or fact is stale")
    };
    log::write(conn, by, &entry)?;
    Ok(true)
}
