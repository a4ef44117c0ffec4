//! When something in the catalogue is due. The first screen counts by these rules and the lists filter by them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// How many reviews a published tool should have.
pub(super) const REVIEWS_WANTED: i64 = 4;

/// After how many days untouched a draft is left lying.
const DRAFT_DAYS: i64 = 14;

/// A draft that was last touched before this is left lying.
pub(super) fn untouched_before(today: NaiveDate) -> NaiveDateTime {
    (today - TimeDelta::days(DRAFT_DAYS)).and_time(NaiveTime::MIN)
}

/// A price or fact that was last checked before this day is stale.
pub(super) fn unchecked_before(today: NaiveDate, stale_days: i64) -> NaiveDate {
    TimeDelta::try_days(stale_days).and_then(|span| today.checked_sub_signed(span)).unwrap_or(today)
}
