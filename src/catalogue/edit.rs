//! Changes of single records, as the admin area makes them: each in the transaction of its caller, kept in the history, with
//! the search index in step and the version of the catalogue raised.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::comparisons::{self, record_name};
use super::file::{self, ImportError, Problem, Record, State, ToolRecord};
use super::history::{self, By};
use super::rows::with_slugs;
use super::status_rules;
use super::terms::{Act, RecordKind, Status};
use super::{addresses, redirects};
use crate::db::Db;
use crate::db::schema::{reviewers, reviews, tools};
use crate::db::versions::{self, Of};
use crate::web::error::AppError;

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
    /// What moderators call it now.
    pub name: String,
    /// Whether readers saw it before.
    pub was_public: bool,
    /// Whether they see it now.
    pub is_public: bool,
    /// The revision that keeps it; none where nothing differs.
    pub revision_id: Option<i64>,
}

impl Edited {
    /// The state that readers see, or saw before it was hidden; none where they see neither.
    pub fn public_state(&self) -> Option<&State> {
        if self.is_public { Some(&self.after) } else { self.before.as_ref().filter(|_| self.was_public) }
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
    /// One problem of the field with this path.
    pub(crate) fn at(path: &str, message: impl Into<String>) -> Self {
        Self::Problems(vec![Problem { path: path.to_owned(), message: message.into() }])
    }
}

/// For handlers that have no answer of their own to a record that is gone, or is another than the one looked at.
impl From<EditError> for AppError {
    fn from(cause: EditError) -> Self {
        match cause {
            EditError::Gone => Self::not_found(),
            EditError::Conflict(_) | EditError::Problems(_) => {
                Self::Conflict("It has changed meanwhile.".into())
            }
            EditError::Database(cause) => cause.into(),
        }
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
    let was_public = match (edit.id, &before) {
        (Some(id), Some(before)) => status_rules::is_public(conn, kind, id, before.status())?,
        _ => false,
    };
    check_address(conn, kind, edit.id, before.as_ref(), edit.state)?;
    if let Some(id) = edit.id {
        if let Some(before) = &before {
            rename(conn, id, before, edit.state, edit.by.at)?;
        }
        if let Record::Tool(tool) = &edit.state.record {
            remove_reviews(conn, id, tool)?;
        }
    }
    let file = edit.state.record.clone().into_file();
    file::check_references(conn, &file).map_err(|cause| match cause {
        ImportError::Problems(problems) => {
            EditError::Problems(problems.first.into_iter().map(within).collect())
        }
        ImportError::Database(cause) => cause.into(),
    })?;

    file::write(conn, &file, edit.by.at, &mut |_| {})?;
    let id = match edit.id {
        Some(id) => id,
        None => id_of(conn, &edit.state.record)?,
    };
    let after = file::state(conn, kind, id)?.ok_or(EditError::Gone)?;
    let is_public = status_rules::is_public(conn, kind, id, after.status())?;
    let name = record_name(conn, &after.record)?;
    if before.as_ref() == Some(&after) {
        return Ok(Edited { id, before, after, name, was_public, is_public, revision_id: None });
    }
    if kind == RecordKind::Tool && before.is_some() {
        // A new slug or a removed review is a change that an import does not know.
        diesel::update(tools::table.find(id)).set(tools::updated_at.eq(edit.by.at)).execute(conn)?;
    }
    let revision_id = history::keep(conn, (kind, id), edit.act, before.as_ref(), &after, edit.by)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(Edited { id, before, after, name, was_public, is_public, revision_id: Some(revision_id) })
}

/// The state of a record as it is stored.
pub fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Option<State>> {
    file::state(conn, kind, id)
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
        if let Some(other) = addresses::id_by_pair(conn, [first, second])?
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
    if let Some(other) = addresses::id_by_slug(conn, kind, slug)?
        && Some(other) != id
    {
        return Err(EditError::at("slug", format!("\"{slug}\" is already used by another {kind}")));
    }
    // Its own may lead to the entry that it went into: as soon as it is brought back, it is found there itself.
    let is_own = before.is_some_and(|before| before.record.slug() == Some(slug));
    match redirects::redirected(conn, kind, slug)? {
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
    with_slugs!(kind, table => {
        diesel::update(table::table.find(id)).set(table::slug.eq(new.as_str())).execute(conn)?;
    }, {});
    if kind == RecordKind::Tool {
        for (id, pair) in comparisons::of_tool(conn, id)? {
            comparisons::store_in_order(conn, id, pair)?;
        }
    }
    // That of an entry which went into another goes on leading there, unless it was brought back since.
    let leads = redirects::redirected(conn, kind, old)?;
    if leads.is_none() || (before.status() == Status::Published && leads != Some(id)) {
        redirects::redirect(conn, kind, old, id, now)?;
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
        Record::Comparison(pair) => addresses::id_by_pair(conn, [&pair.tools[0], &pair.tools[1]])?,
        other => match other.slug() {
            Some(slug) => addresses::id_by_slug(conn, other.kind(), slug)?,
            None => None,
        },
    };
    found.ok_or(diesel::result::Error::NotFound)
}
