//! A merge of two records of a kind.

use diesel::prelude::*;

use super::record::{self, Merge, Moved};
use super::rules::may_merge;
use super::{categories, tools};
use crate::catalogue::edit::{self, Edit, EditError};
use crate::catalogue::file::State;
use crate::catalogue::history::{self, By};
use crate::catalogue::redirects::redirect;
use crate::catalogue::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::redirects;
use crate::db::versions::{self, Of};
use crate::slug::Slug;

/// Two records that shall become one.
#[derive(Clone, Debug)]
pub struct Merging<'a> {
    /// A tool or a category.
    pub kind: RecordKind,
    /// The record that is archived. Its texts stay with it.
    pub source: i64,
    /// The record that stays.
    pub target: i64,
    /// What the target becomes; none leaves it as it is.
    pub becomes: Option<&'a State>,
    /// Open submissions that have followed the source.
    pub submissions: Vec<i64>,
    /// Who merges them.
    pub by: By<'a>,
}

/// What merging two records comes to, apart from votes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCounts {
    /// Comparisons that go on with the tool that stays.
    pub pointed: usize,
    /// Comparisons that are archived, since there is one of the same two tools, or of a tool with itself.
    pub archived: usize,
    /// Tools that go into the category that stays.
    pub tools: i64,
    /// Addresses that lead to the record that stays.
    pub addresses: i64,
}

/// Counts what a merge would change.
pub fn count(conn: &mut Db, kind: RecordKind, source: i64, target: i64) -> QueryResult<MergeCounts> {
    // Its own may be among the former ones, where it came back to one.
    let own = edit::stored(conn, kind, source)?;
    let own = own.as_ref().map_or("", slug_of);
    let former = former_addresses(kind, source).filter(redirects::slug.ne(own));
    let addresses = former.count().get_result::<i64>(conn)? + 1;
    let mut counts = MergeCounts { addresses, ..MergeCounts::default() };
    match kind {
        RecordKind::Tool => [counts.pointed, counts.archived] = tools::count(conn, source, target)?,
        _ => counts.tools = categories::count(conn, source)?,
    }
    Ok(counts)
}

/// Merges two records in the write transaction of the caller: the source is archived and its addresses lead to the target,
/// and what refers to it goes on with the target. Its texts, facts and reviews stay with it.
///
/// # Errors
/// [`EditError`]; the caller must roll back.
pub fn merge(conn: &mut Db, merging: Merging<'_>) -> Result<Merge, EditError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let Merging { kind, source, target, becomes, submissions, by } = merging;
    let (from, into) = (stored(conn, kind, source)?, stored(conn, kind, target)?);
    may_merge((source, from.status()), (target, into.status()))
        .map_err(|refusal| EditError::at("target", refusal.to_string()))?;

    let mut moved = Moved { submissions, ..Moved::default() };
    match kind {
        RecordKind::Tool => moved.comparisons = tools::point_comparisons(conn, source, target, by)?,
        _ => moved.tools = categories::move_tools(conn, source, &into, by)?,
    }
    keep_merged(conn, (kind, source), &from, &from.clone().with_status(Status::Archived), by)?;
    keep_merged(conn, (kind, target), &into, becomes.unwrap_or(&into), by)?;
    moved.redirects = former_addresses(kind, source).select(redirects::id).load(conn)?;
    diesel::update(former_addresses(kind, source)).set(redirects::record_id.eq(target)).execute(conn)?;
    // The target's own address may be among the former ones of the source; there it leads nowhere else.
    let of_kind = redirects::table.filter(redirects::kind.eq(kind));
    diesel::delete(of_kind.filter(redirects::slug.eq(slug_of(&into)))).execute(conn)?;
    redirect(conn, kind, slug_of(&from), target, by.at)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(record::keep(conn, (kind, source, target), &moved, by.at)?)
}

/// Stores what one of the two becomes; the history says that it was merged even where nothing of it differs.
fn keep_merged(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    before: &State,
    after: &State,
    by: By<'_>,
) -> Result<(), EditError> {
    let edit = Edit { id: Some(id), seen: None, state: after, act: Act::Merged, by };
    if edit::store(conn, edit)?.revision_id.is_none() {
        history::keep(conn, (kind, id), Act::Merged, Some(before), before, by)?;
    }
    Ok(())
}

fn stored(conn: &mut Db, kind: RecordKind, id: i64) -> Result<State, EditError> {
    edit::stored(conn, kind, id)?.ok_or(EditError::Gone)
}

fn slug_of(state: &State) -> &str {
    state.record.slug().map_or("", Slug::as_str)
}

#[diesel::dsl::auto_type]
fn former_addresses(kind: RecordKind, record: i64) -> _ {
    redirects::table.filter(redirects::kind.eq(kind)).filter(redirects::record_id.eq(record))
}
