//! Two entries for one tool become one: what refers to the one that is left goes on with the other. Its votes are moved
//! by whoever knows of votes, in the same transaction.

use diesel::prelude::*;

use super::comparisons;
use super::directory::Comparison;
use super::edit::{self, Edit, EditError};
use super::file::{self, State};
use super::history::{self, By};
use super::redirects::redirect;
use super::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{redirects, tools};
use crate::db::versions::{self, Of};
use crate::slug::Slug;

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
pub enum MergeRefusal {
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
pub fn may_merge(source: (i64, Status), target: (i64, Status)) -> Result<(), MergeRefusal> {
    match (source, target) {
        _ if source.0 == target.0 => Err(MergeRefusal::Itself),
        (_, (_, Status::Archived)) => Err(MergeRefusal::Archived),
        ((_, Status::Published), (_, Status::Draft)) => Err(MergeRefusal::Hidden),
        _ => Ok(()),
    }
}

/// A comparison of the source, and what becomes of it.
struct SourceComparison {
    id: i64,
    /// Whether it goes on with the target.
    goes_on: bool,
    becomes: Comparison,
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
    let (from, into) = (stored(conn, RecordKind::Tool, source)?, stored(conn, RecordKind::Tool, target)?);
    may_merge((source, from.status()), (target, into.status()))
        .map_err(|refusal| EditError::at("target", refusal.to_string()))?;
    let count = count(conn, source, target)?;

    for SourceComparison { id, becomes, .. } in pairs(conn, source, target)? {
        let before = stored(conn, RecordKind::Comparison, id)?;
        comparisons::store_in_order(conn, id, becomes)?;
        let after = stored(conn, RecordKind::Comparison, id)?;
        if before != after {
            history::keep(conn, (RecordKind::Comparison, id), Act::Merged, Some(&before), &after, by)?;
        }
    }

    let archived = from.clone().with_status(Status::Archived);
    let edit = Edit { id: Some(source), seen: None, state: &archived, act: Act::Merged, by };
    if edit::store(conn, edit)?.revision_id.is_none() {
        history::keep(conn, (RecordKind::Tool, source), Act::Merged, Some(&from), &archived, by)?;
    }
    history::keep(conn, (RecordKind::Tool, target), Act::Merged, Some(&into), &into, by)?;
    diesel::update(former_addresses(source)).set(redirects::record_id.eq(target)).execute(conn)?;
    // The target's own address may be among the former ones of the source; there it leads nowhere else.
    let of_tools = redirects::table.filter(redirects::kind.eq(RecordKind::Tool));
    diesel::delete(of_tools.filter(redirects::slug.eq(slug_of(&into)))).execute(conn)?;
    redirect(conn, RecordKind::Tool, slug_of(&from), target, by.at)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(count)
}

fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> Result<State, EditError> {
    file::state(conn, kind, id)?.ok_or(EditError::Gone)
}

fn slug_of(tool: &State) -> &str {
    tool.record.slug().map_or("", Slug::as_str)
}

#[diesel::dsl::auto_type]
fn former_addresses(tool: i64) -> _ {
    let kind: RecordKind = RecordKind::Tool;
    redirects::table.filter(redirects::kind.eq(kind)).filter(redirects::record_id.eq(tool))
}

/// The comparisons of the source: with the target in its place, or archived.
fn pairs(conn: &mut Db, source: i64, target: i64) -> QueryResult<Vec<SourceComparison>> {
    let theirs = comparisons::of_tool(conn, target)?;
    let of_source = |(id, pair): (i64, Comparison)| {
        let other = if pair.first == source { pair.second } else { pair.first };
        let is_compared = theirs.iter().any(|(_, pair)| [pair.first, pair.second].contains(&other));
        let goes_on = other != target && !is_compared;
        let becomes = match goes_on {
            true if pair.first == source => Comparison { first: target, ..pair },
            true => Comparison { second: target, ..pair },
            false => Comparison { status: Status::Archived, ..pair },
        };
        SourceComparison { id, goes_on, becomes }
    };
    Ok(comparisons::of_tool(conn, source)?.into_iter().map(of_source).collect())
}
