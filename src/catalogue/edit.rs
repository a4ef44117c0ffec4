//! Changes of single records, as the desk makes them: each in the transaction of its caller, kept in the history, with
//! the search index in step and the version of the catalogue raised.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::file::{self, ImportError, Problem, Record, State, ToolRecord};
use super::history::{self, By};
use super::standing;
use super::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, redirects, reviewers, reviews, tools};
use crate::db::versions::{self, Of};
use crate::each;
use crate::slug::Slug;

/// What shall be stored.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    /// The record's id, or none for a new one.
    pub id: Option<i64>,
    /// The token of the state that the editor has seen ([`State::token`]); none saves over anything.
    pub seen: Option<&'a str>,
    /// What it shall be.
    pub state: &'a State,
    /// What is done, for the history.
    pub act: Act,
    /// Who does it.
    pub by: By<'a>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The record's id.
    pub id: i64,
    /// What it was; none for a new one.
    pub before: Option<State>,
    /// What it is now.
    pub after: State,
    /// The revision that keeps it; none where nothing differs.
    pub revision_id: Option<i64>,
}

impl Edited {
    /// The statuses that it had and has.
    pub fn statuses(&self) -> impl Iterator<Item = Status> {
        self.before.iter().chain([&self.after]).map(|state| state.status)
    }
}

/// Why nothing was stored. The caller's transaction must then be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such record.
    #[error("there is no such record")]
    Gone,
    /// Somebody else stored another state since the editor looked; this is it.
    #[error("somebody else has changed it")]
    Conflict(Box<State>),
    /// What is wrong, each with its path within the record.
    #[error("{} problem(s)", .0.len())]
    Problems(Vec<Problem>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

impl EditError {
    pub(super) fn at(path: &str, message: impl Into<String>) -> Self {
        Self::Problems(vec![Problem { path: path.to_owned(), message: message.into() }])
    }
}

/// Stores a record, in the write transaction of the caller. A changed slug leaves a redirect behind.
///
/// # Errors
/// [`EditError`]; the caller must roll back.
pub fn store(conn: &mut Db, edit: Edit<'_>) -> Result<Edited, EditError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let kind = edit.state.record.kind();
    let before = match edit.id {
        Some(id) => Some(file::state(conn, kind, id)?.ok_or(EditError::Gone)?),
        None => None,
    };
    if let (Some(before), Some(seen)) = (&before, edit.seen)
        && before.token() != seen
    {
        return Err(EditError::Conflict(Box::new(before.clone())));
    }
    check_address(conn, kind, edit.id, before.as_ref(), edit.state)?;
    if let Some(id) = edit.id {
        if let Some(fault) = standing::against_status(conn, kind, id, edit.state.status)? {
            return Err(EditError::at("status", fault));
        }
        if let Some(before) = &before {
            rename(conn, id, before, edit.state, edit.by.at)?;
        }
        if let Record::Tool(tool) = &edit.state.record {
            remove_reviews(conn, id, tool)?;
        }
    }
    let file = edit.state.record.clone().into_file();
    file::check_references(conn, &file).map_err(|cause| match cause {
        ImportError::Problems(problems) => EditError::Problems(problems.into_iter().map(within).collect()),
        ImportError::Database(cause) => cause.into(),
    })?;

    file::write(conn, &file, edit.by.at, &mut |_| {})?;
    let id = match edit.id {
        Some(id) => id,
        None => id_of(conn, &edit.state.record)?,
    };
    set_status(conn, kind, id, edit.state.status)?;
    let after = file::state(conn, kind, id)?.ok_or(EditError::Gone)?;
    if before.as_ref() == Some(&after) {
        return Ok(Edited { id, before, after, revision_id: None });
    }
    if kind == RecordKind::Tool && before.is_some() {
        // A new slug or a removed review is a change that an import does not know.
        diesel::update(tools::table.find(id)).set(tools::updated_at.eq(edit.by.at)).execute(conn)?;
    }
    let revision_id = history::keep(conn, (kind, id), edit.act, before.as_ref(), &after, edit.by)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(Edited { id, before, after, revision_id: Some(revision_id) })
}

/// The state of a record as it is stored.
pub fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Option<State>> {
    file::state(conn, kind, id)
}

/// The id of the record that has this slug, of whatever status. Comparisons have none.
pub fn id_by_slug(conn: &mut Db, kind: RecordKind, slug: &str) -> QueryResult<Option<i64>> {
    match kind {
        RecordKind::Category => {
            categories::table.filter(categories::slug.eq(slug)).select(categories::id).first(conn).optional()
        }
        RecordKind::Reviewer => {
            reviewers::table.filter(reviewers::slug.eq(slug)).select(reviewers::id).first(conn).optional()
        }
        RecordKind::Tool => {
            tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(conn).optional()
        }
        RecordKind::Comparison => Ok(None),
    }
}

/// The id of the comparison of two tools, in either order.
pub fn id_by_pair(conn: &mut Db, pair: [&str; 2]) -> QueryResult<Option<i64>> {
    let mut ids = Vec::with_capacity(2);
    for slug in pair {
        match id_by_slug(conn, RecordKind::Tool, slug)? {
            Some(id) => ids.push(id),
            None => return Ok(None),
        }
    }
    comparisons::table
        .filter(comparisons::first_tool_id.eq_any(&ids))
        .filter(comparisons::second_tool_id.eq_any(&ids))
        .select(comparisons::id)
        .first(conn)
        .optional()
}

/// Where an address leads that a record had last: the record's id. Whatever record that is not archived has the address
/// itself goes before it: one that came back to it, or that went into another and was brought back.
pub fn redirected(conn: &mut Db, kind: RecordKind, slug: &str) -> QueryResult<Option<i64>> {
    redirects::table
        .filter(redirects::kind.eq(kind.to_i16()))
        .filter(redirects::slug.eq(slug))
        .order(redirects::id.desc())
        .select(redirects::record_id)
        .first(conn)
        .optional()
}

/// Lets an address lead to a record for good; where it led before is kept beneath.
pub fn redirect(
    conn: &mut Db,
    kind: RecordKind,
    slug: &str,
    record_id: i64,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let row = (
        redirects::kind.eq(kind.to_i16()),
        redirects::slug.eq(slug),
        redirects::record_id.eq(record_id),
        redirects::made_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(redirects::table).values(row).execute(c))?;
    Ok(())
}

/// A state of a record with what it refers to under the addresses that these have now: a revision knows them by those
/// that they had then.
pub fn up_to_date(conn: &mut Db, mut state: State) -> QueryResult<State> {
    match &mut state.record {
        Record::Category(_) | Record::Reviewer(_) => {}
        Record::Tool(tool) => {
            follow(conn, RecordKind::Category, &mut tool.category)?;
            for review in &mut tool.reviews {
                follow(conn, RecordKind::Reviewer, &mut review.reviewer)?;
            }
        }
        Record::Comparison(comparison) => {
            for slug in &mut comparison.tools {
                follow(conn, RecordKind::Tool, slug)?;
            }
            *comparison = comparison.clone().sorted();
        }
    }
    Ok(state)
}

/// Replaces a former address by the one that it leads to; also that of a record which went into another.
fn follow(conn: &mut Db, kind: RecordKind, slug: &mut Slug) -> QueryResult<()> {
    if let Some(id) = id_by_slug(conn, kind, slug)?
        && stored(conn, kind, id)?.is_some_and(|state| state.status != Status::Archived)
    {
        return Ok(());
    }
    if let Some(id) = redirected(conn, kind, slug)?
        && let Some(state) = stored(conn, kind, id)?
        && let Some(now) = state.record.slug()
    {
        slug.clone_from(now);
    }
    Ok(())
}

/// Lets an address lead to where it led before then, or nowhere.
pub(super) fn forget_redirect_since(
    conn: &mut Db,
    kind: RecordKind,
    slug: &str,
    since: NaiveDateTime,
) -> QueryResult<()> {
    let of_slug = redirects::table.filter(redirects::kind.eq(kind.to_i16())).filter(redirects::slug.eq(slug));
    diesel::delete(of_slug.filter(redirects::made_at.ge(since))).execute(conn)?;
    Ok(())
}

/// The path of a problem without the list that a file has around a record.
fn within(problem: Problem) -> Problem {
    let path = problem.path.split_once("].").map_or(problem.path.as_str(), |(_, path)| path).to_owned();
    Problem { path, ..problem }
}

/// Refuses an address that another record has or had.
fn check_address(
    conn: &mut Db,
    kind: RecordKind,
    id: Option<i64>,
    before: Option<&State>,
    state: &State,
) -> Result<(), EditError> {
    if let Record::Comparison(comparison) = &state.record {
        let [first, second] = &comparison.tools;
        if let Some(other) = id_by_pair(conn, [first, second])?
            && Some(other) != id
        {
            return Err(EditError::at("tools", "are compared already: edit that comparison"));
        }
        return match before {
            Some(State { record: Record::Comparison(old), .. }) if old.tools != comparison.tools => {
                Err(EditError::at("tools", "cannot change: make another comparison"))
            }
            _ => Ok(()),
        };
    }
    let Some(slug) = state.record.slug() else { return Ok(()) };
    if let Some(other) = id_by_slug(conn, kind, slug)?
        && Some(other) != id
    {
        return Err(EditError::at("slug", format!("\"{slug}\" is the address of another {kind}")));
    }
    // Its own may lead to the entry that it went into: as soon as it is brought back, it is found there itself.
    let is_own = before.is_some_and(|before| before.record.slug() == Some(slug));
    match redirected(conn, kind, slug)? {
        Some(other) if Some(other) != id && !is_own => Err(EditError::at(
            "slug",
            format!("\"{slug}\" is a former address of another {kind} and leads to it"),
        )),
        _ => Ok(()),
    }
}

/// Gives a record its new slug before anything else of it is written, since records are found by it.
fn rename(
    conn: &mut Db,
    id: i64,
    before: &State,
    after: &State,
    now: NaiveDateTime,
) -> Result<(), EditError> {
    let (Some(old), Some(new)) = (before.record.slug(), after.record.slug()) else { return Ok(()) };
    if old == new {
        return Ok(());
    }
    let kind = after.record.kind();
    match kind {
        RecordKind::Category => {
            diesel::update(categories::table.find(id))
                .set(categories::slug.eq(new.as_str()))
                .execute(conn)?;
        }
        RecordKind::Reviewer => {
            diesel::update(reviewers::table.find(id)).set(reviewers::slug.eq(new.as_str())).execute(conn)?;
        }
        RecordKind::Tool => {
            diesel::update(tools::table.find(id)).set(tools::slug.eq(new.as_str())).execute(conn)?;
            reorder_comparisons(conn, id, new)?;
        }
        RecordKind::Comparison => {}
    }
    // That of an entry which went into another goes on leading there, unless it was brought back since.
    let leads = redirected(conn, kind, old)?;
    if leads.is_none() || (before.status == Status::Published && leads != Some(id)) {
        redirect(conn, kind, old, id, now)?;
    }
    Ok(())
}

/// Keeps the tool first whose slug sorts first, after a tool got another.
fn reorder_comparisons(conn: &mut Db, tool_id: i64, slug: &Slug) -> QueryResult<()> {
    type Pair = (i64, i64, i64, String, String);
    let rows: Vec<Pair> = comparisons::table
        .filter(comparisons::first_tool_id.eq(tool_id).or(comparisons::second_tool_id.eq(tool_id)))
        .select((
            comparisons::id,
            comparisons::first_tool_id,
            comparisons::second_tool_id,
            comparisons::pick_first_if,
            comparisons::pick_second_if,
        ))
        .load(conn)?;
    for (id, first, second, pick_first_if, pick_second_if) in rows {
        let is_first = first == tool_id;
        let other = if is_first { second } else { first };
        let other_slug: String = tools::table.find(other).select(tools::slug).first(conn)?;
        if is_first == (slug.as_str() < other_slug.as_str()) {
            continue;
        }
        diesel::update(comparisons::table.find(id))
            .set((
                comparisons::first_tool_id.eq(second),
                comparisons::second_tool_id.eq(first),
                comparisons::pick_first_if.eq(pick_second_if),
                comparisons::pick_second_if.eq(pick_first_if),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Removes the reviews that the tool shall not have any more; an import alone never does.
fn remove_reviews(conn: &mut Db, tool_id: i64, tool: &ToolRecord) -> QueryResult<()> {
    let kept: Vec<&str> = tool.reviews.iter().map(|review| review.reviewer.as_str()).collect();
    let kept: Vec<i64> =
        reviewers::table.filter(reviewers::slug.eq_any(kept)).select(reviewers::id).load(conn)?;
    diesel::delete(
        reviews::table.filter(reviews::tool_id.eq(tool_id)).filter(reviews::reviewer_id.ne_all(kept)),
    )
    .execute(conn)?;
    Ok(())
}

fn id_of(conn: &mut Db, record: &Record) -> QueryResult<i64> {
    let found = match record {
        Record::Comparison(pair) => id_by_pair(conn, [&pair.tools[0], &pair.tools[1]])?,
        other => match other.slug() {
            Some(slug) => id_by_slug(conn, other.kind(), slug)?,
            None => None,
        },
    };
    found.ok_or(diesel::result::Error::NotFound)
}

/// Categories and reviewers have their status beside what a catalogue file says of them.
fn set_status(conn: &mut Db, kind: RecordKind, id: i64, status: Status) -> QueryResult<()> {
    match kind {
        RecordKind::Category => {
            diesel::update(categories::table.find(id))
                .set(categories::status.eq(status.to_i16()))
                .execute(conn)?;
        }
        RecordKind::Reviewer => {
            diesel::update(reviewers::table.find(id))
                .set(reviewers::status.eq(status.to_i16()))
                .execute(conn)?;
        }
        RecordKind::Tool | RecordKind::Comparison => {}
    }
    Ok(())
}
