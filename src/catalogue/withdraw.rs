//! Taking a change back shortly after it was made, as if readers had never seen it. The history keeps both.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::changes;
use super::edit::{self, Edit, EditError, Edited};
use super::history::{self, By, Headline};
use super::redirects;
use super::status_rules;
use super::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{reviewers, tools};
use crate::db::versions::{self, Of};

/// For how many minutes a change can be withdrawn.
pub const MINUTES: i64 = 15;

/// How many revisions of a record are looked at: nobody makes more in fifteen minutes.
const MOST: usize = 100;

/// Why nothing was withdrawn. The caller's transaction must then be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// Nothing that was done to the record can be withdrawn, or another change came in between.
    #[error("there is nothing to withdraw")]
    Nothing,
    /// It was made too long ago.
    #[error("it was made too long ago")]
    TooLate,
    /// The former state cannot be stored.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl From<diesel::result::Error> for WithdrawError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Edit(cause.into())
    }
}

/// What was withdrawn.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// What the record was and what it is now.
    pub edited: Edited,
    /// The revision of which readers see nothing any more.
    pub revision_id: i64,
}

/// Brings back what the record was before its newest change, if that is revision `number` and was made in the last
/// fifteen minutes; in the write transaction of the caller. What readers were told of either is gone, and so is an
/// address that the record had only since; one that it had before leads on.
///
/// # Errors
/// [`WithdrawError`]; the caller must roll back.
pub fn withdraw(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    number: i64,
    by: By<'_>,
) -> Result<Withdrawn, WithdrawError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let headlines = history::headlines(conn, (kind, id), 0..MOST)?;
    let target = newest_in_force(&headlines).ok_or(WithdrawError::Nothing)?;
    if target.revision.number != number {
        return Err(WithdrawError::Nothing);
    }
    if !is_in_time(target.revision.made_at, by.at) {
        return Err(WithdrawError::TooLate);
    }
    let (revision_id, made_at) = (target.revision.id, target.revision.made_at);
    let made = history::numbered(conn, (kind, id), number)?.ok_or(WithdrawError::Nothing)?;
    let former = match target.former {
        Some(former) => history::numbered(conn, (kind, id), former)?.ok_or(WithdrawError::Nothing)?,
        // It was published as soon as it was made: there is no other state than to be a draft.
        None if made.status() == Status::Published => made.clone().with_status(Status::Draft),
        None => return Err(WithdrawError::Nothing),
    };
    let former = redirects::up_to_date(conn, former)?;
    let state = Edit { id: Some(id), seen: None, state: &former, act: Act::Withdrawn, by };
    let edited = edit::store(conn, state)?;

    for withdrawn in [Some(revision_id), edited.revision_id].into_iter().flatten() {
        changes::withdraw(conn, withdrawn)?;
    }
    let (then, now) = (made.record.slug(), edited.after.record.slug());
    if let Some(then) = then.filter(|then| Some(*then) != now) {
        redirects::forget_redirect_since(conn, kind, then, by.at)?;
    }
    if let Some(now) = now {
        redirects::forget_redirect_since(conn, kind, now, made_at)?;
    }
    forget_first_publish(conn, (kind, id), made_at)?;
    // Changes may have gone even where the record itself is as it was.
    versions::raise(conn, Of::Catalogue)?;
    Ok(Withdrawn { edited, revision_id })
}

/// Whether a change that was made then can still be withdrawn now; both UTC.
pub fn is_in_time(made_at: NaiveDateTime, now: NaiveDateTime) -> bool {
    now.signed_duration_since(made_at) <= TimeDelta::minutes(MINUTES)
}

/// A change that can be withdrawn, apart from its time.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The change.
    pub revision: &'a Headline,
    /// The number of the revision that held before it, if there is one.
    pub former: Option<i64>,
}

/// The newest change of a record that was not withdrawn already; `headlines` are its newest, newest first. What is not a
/// change of the record's own texts has nothing to bring back.
pub fn newest_in_force(headlines: &[Headline]) -> Option<Target<'_>> {
    let mut in_force: Vec<&Headline> = Vec::new();
    for headline in headlines.iter().rev() {
        if headline.act == Act::Withdrawn {
            in_force.pop();
        } else {
            in_force.push(headline);
        }
    }
    let revision = in_force.pop()?;
    let is_a_change = !matches!(revision.act, Act::Found | Act::Merged | Act::Deleted | Act::Withdrawn);
    is_a_change.then(|| Target { revision, former: in_force.last().map(|former| former.number) })
}

/// A tool that was published for the first time by what is withdrawn was never published: once it is, it is new. Nor was
/// a reviewer, unless readers see their reviews.
fn forget_first_publish(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    since: NaiveDateTime,
) -> QueryResult<()> {
    let never = None::<NaiveDateTime>;
    match kind {
        RecordKind::Tool => {
            let hidden = tools::table.find(id).filter(tools::status.ne(Status::Published));
            let since_then = hidden.filter(tools::published_at.ge(since));
            diesel::update(since_then).set(tools::published_at.eq(never)).execute(conn)?;
        }
        RecordKind::Reviewer => {
            let hidden = reviewers::table.find(id).filter(reviewers::status.ne(Status::Published));
            let since_then = hidden.filter(reviewers::published_at.ge(since));
            diesel::update(since_then).set(reviewers::published_at.eq(never)).execute(conn)?;
            status_rules::note_published(conn, since)?;
        }
        RecordKind::Category | RecordKind::Comparison => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn lines(acts: &[Act]) -> Vec<Headline> {
        let mut lines: Vec<Headline> = acts
            .iter()
            .zip(1..)
            .map(|(act, number)| Headline {
                id: number,
                number,
                act: *act,
                handle: None,
                reason: String::new(),
                made_at: DateTime::UNIX_EPOCH.naive_utc(),
            })
            .collect();
        lines.reverse();
        lines
    }

    fn target(acts: &[Act]) -> Option<(i64, Option<i64>)> {
        newest_in_force(&lines(acts)).map(|target| (target.revision.number, target.former))
    }

    #[test]
    fn the_newest_change_that_stands_can_be_withdrawn() {
        use Act::{Created, Edited, Found, Imported, Merged, Published, Withdrawn};
        assert_eq!(target(&[]), None);
        assert_eq!(target(&[Found, Edited]), Some((2, Some(1))));
        assert_eq!(target(&[Created, Published, Edited]), Some((3, Some(2))));
        assert_eq!(target(&[Created, Published, Edited, Withdrawn]), Some((2, Some(1))));
        assert_eq!(target(&[Created, Published, Edited, Withdrawn, Withdrawn]), Some((1, None)));
        assert_eq!(target(&[Created, Published, Withdrawn, Imported]), Some((4, Some(1))));
        assert_eq!(target(&[Found, Merged]), None);
        assert_eq!(target(&[Found]), None);
        assert_eq!(target(&[Withdrawn]), None);
    }

    #[test]
    fn fifteen_minutes_are_in_time_and_not_a_second_more() {
        let made = DateTime::UNIX_EPOCH.naive_utc();
        assert!(is_in_time(made, made + TimeDelta::minutes(15)));
        assert!(!is_in_time(made, made + TimeDelta::seconds(15 * 60 + 1)));
    }
}
