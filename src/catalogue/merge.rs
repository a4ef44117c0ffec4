//! Two entries for one tool become one: what refers to the one that is left goes on with the other. Its votes are moved
//! by whoever knows of votes, in the same transaction.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::addresses;
use super::edit::{self, Edit, EditError};
use super::file::{self, Record, State};
use super::history::{self, By};
use super::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{comparisons, redirects, tools};
use crate::db::versions::{self, Of};

/// What merging two entries comes to, apart from their votes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCounts {
    /// Comparisons that go on with the tool that stays.
    pub pointed: usize,
    /// Comparisons that are archived, since there is one of the same two tools, or of a tool with itself.
    pub archived: usize,
    /// Former addresses that go along.
    pub addresses: i64,
}

/// Why two entries cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They are one.
    #[error("A tool cannot go into itself.")]
    Itself,
    /// Readers do not see the one that shall stay.
    #[error("That tool is not published, so readers would lose this one: publish it first.")]
    Hidden,
    /// The one that shall stay is archived.
    #[error("That tool is archived.")]
    Archived,
}

/// Whether `source` may go into `target`; each by id and status.
pub fn may_merge(source: (i64, Status), target: (i64, Status)) -> Result<(), Refusal> {
    match (source, target) {
        _ if source.0 == target.0 => Err(Refusal::Itself),
        (_, (_, Status::Archived)) => Err(Refusal::Archived),
        ((_, Status::Published), (_, Status::Draft)) => Err(Refusal::Hidden),
        _ => Ok(()),
    }
}

/// A comparison of the source, and what becomes of it.
struct SourceComparison {
    id: i64,
    other: i64,
    /// Whether it goes on with the target.
    goes_on: bool,
}

/// Counts what a merge would change.
pub fn count(conn: &mut Db, source: i64, target: i64) -> QueryResult<MergeCounts> {
    let pairs = pairs(conn, source, target)?;
    let pointed = pairs.iter().filter(|pair| pair.goes_on).count();
    // Its own may be among the former ones, where it came back to one.
    let own = tools::table.find(source).select(tools::slug).first::<String>(conn)?;
    let addresses =
        former_addresses(source).filter(redirects::slug.ne(own)).count().get_result::<i64>(conn)?;
    Ok(MergeCounts { pointed, archived: pairs.len() - pointed, addresses: addresses + 1 })
}

/// Merges `source` into `target` in the write transaction of the caller: the source is archived and its addresses lead
/// to the target, its comparisons go on with it. Its texts, facts and reviews stay with it.
///
/// # Errors
/// [`EditError`]; the caller must roll back.
pub fn merge(conn: &mut Db, source: i64, target: i64, by: By<'_>) -> Result<MergeCounts, EditError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let (from, into) = (tool(conn, source)?, tool(conn, target)?);
    may_merge((source, from.status), (target, into.status))
        .map_err(|refusal| EditError::at("target", refusal.to_string()))?;
    let count = count(conn, source, target)?;

    let into_slug = slug_of(&into);
    for pair in pairs(conn, source, target)? {
        let before = stored(conn, RecordKind::Comparison, pair.id)?;
        if pair.goes_on {
            point(conn, &pair, source, target, &into_slug)?;
        } else {
            diesel::update(comparisons::table.find(pair.id))
                .set(comparisons::status.eq(Status::Archived.to_i16()))
                .execute(conn)?;
        }
        let after = stored(conn, RecordKind::Comparison, pair.id)?;
        if before != after {
            let record = (RecordKind::Comparison, pair.id);
            history::keep(conn, record, Act::Merged, Some(&before), &after, by)?;
        }
    }

    let archived = from.clone().with_status(Status::Archived);
    let edit = Edit { id: Some(source), seen: None, state: &archived, act: Act::Merged, by };
    if edit::store(conn, edit)?.revision_id.is_none() {
        history::keep(conn, (RecordKind::Tool, source), Act::Merged, Some(&from), &archived, by)?;
    }
    history::keep(conn, (RecordKind::Tool, target), Act::Merged, Some(&into), &into, by)?;
    diesel::update(former_addresses(source)).set(redirects::record_id.eq(target)).execute(conn)?;
    redirect(conn, &slug_of(&from), target, &into_slug, by.at)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(count)
}

/// The target's own address may be among the former ones of the source; there it leads nowhere else.
fn redirect(conn: &mut Db, slug: &str, target: i64, own: &str, now: NaiveDateTime) -> QueryResult<()> {
    let tools_own = redirects::table
        .filter(redirects::kind.eq(RecordKind::Tool.to_i16()))
        .filter(redirects::slug.eq(own));
    diesel::delete(tools_own).execute(conn)?;
    addresses::redirect(conn, RecordKind::Tool, slug, target, now)
}

fn tool(conn: &mut Db, id: i64) -> Result<State, EditError> {
    stored(conn, RecordKind::Tool, id)
}

fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> Result<State, EditError> {
    file::state(conn, kind, id)?.ok_or(EditError::Gone)
}

fn slug_of(state: &State) -> String {
    match &state.record {
        Record::Tool(record) => record.slug.to_string(),
        other => other.slug().map(ToString::to_string).unwrap_or_default(),
    }
}

#[diesel::dsl::auto_type]
fn former_addresses(tool: i64) -> _ {
    let kind: i16 = RecordKind::Tool.to_i16();
    redirects::table.filter(redirects::kind.eq(kind)).filter(redirects::record_id.eq(tool))
}

/// The comparisons of the source, and whether they go on with the target.
fn pairs(conn: &mut Db, source: i64, target: i64) -> QueryResult<Vec<SourceComparison>> {
    let mut of = |tool: i64| -> QueryResult<Vec<(i64, i64)>> {
        let rows: Vec<(i64, i64, i64)> = comparisons::table
            .filter(comparisons::first_tool_id.eq(tool).or(comparisons::second_tool_id.eq(tool)))
            .order(comparisons::id)
            .select((comparisons::id, comparisons::first_tool_id, comparisons::second_tool_id))
            .load(conn)?;
        Ok(rows
            .into_iter()
            .map(|(id, first, second)| (id, if first == tool { second } else { first }))
            .collect())
    };
    let (ours, theirs) = (of(source)?, of(target)?);
    Ok(ours
        .into_iter()
        .map(|(id, other)| SourceComparison {
            id,
            other,
            goes_on: other != target && !theirs.iter().any(|(_, known)| *known == other),
        })
        .collect())
}

/// Puts the target in the place of the source, in the order of the slugs.
fn point(
    conn: &mut Db,
    pair: &SourceComparison,
    source: i64,
    target: i64,
    target_slug: &str,
) -> QueryResult<()> {
    let row = comparisons::table.find(pair.id);
    let (first, pick_first_if, pick_second_if): (i64, String, String) = row
        .select((comparisons::first_tool_id, comparisons::pick_first_if, comparisons::pick_second_if))
        .first(conn)?;
    let other_slug: String = tools::table.find(pair.other).select(tools::slug).first(conn)?;
    let target_first = target_slug < other_slug.as_str();
    let (of_target, of_other) = match first == source {
        true => (pick_first_if, pick_second_if),
        false => (pick_second_if, pick_first_if),
    };
    let places = match target_first {
        true => ((target, of_target), (pair.other, of_other)),
        false => ((pair.other, of_other), (target, of_target)),
    };
    let ((first, pick_first_if), (second, pick_second_if)) = places;
    diesel::update(row)
        .set((
            comparisons::first_tool_id.eq(first),
            comparisons::second_tool_id.eq(second),
            comparisons::pick_first_if.eq(pick_first_if),
            comparisons::pick_second_if.eq(pick_second_if),
        ))
        .execute(conn)?;
    Ok(())
}
