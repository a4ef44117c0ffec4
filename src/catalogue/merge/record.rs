//! What is kept of a merge.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::catalogue::terms::RecordKind;
use crate::db::Db;
use crate::db::schema::merges;
use crate::each;

/// Two records that became one.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = merges)]
pub struct Merge {
    /// Its own id.
    pub id: i64,
    /// What the two are.
    pub kind: RecordKind,
    /// The one that is archived.
    #[diesel(column_name = source_id)]
    pub source: i64,
    /// The one that stays.
    #[diesel(column_name = target_id)]
    pub target: i64,
    /// What followed the source.
    #[diesel(deserialize_as = String)]
    pub moved: Moved,
    /// UTC.
    pub made_at: NaiveDateTime,
    /// When it was undone, if it was; UTC.
    pub undone_at: Option<NaiveDateTime>,
}

/// What followed the source of a merge to its target, by ids. Votes are noted by account, where votes are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moved {
    /// Former addresses.
    pub redirects: Vec<i64>,
    /// Comparisons that go on with the target, or were archived.
    pub comparisons: Vec<i64>,
    /// Tools of a category.
    pub tools: Vec<i64>,
    /// Open submissions about a tool.
    pub submissions: Vec<i64>,
}

impl TryFrom<String> for Moved {
    type Error = serde_json::Error;

    fn try_from(column: String) -> Result<Self, Self::Error> {
        serde_json::from_str(&column)
    }
}

/// Keeps a merge, and returns it as it is kept.
pub(super) fn keep(
    conn: &mut Db,
    (kind, source, target): (RecordKind, i64, i64),
    moved: &Moved,
    made_at: NaiveDateTime,
) -> QueryResult<Merge> {
    let moved = serde_json::to_string(moved)
        .map_err(|cause| diesel::result::Error::SerializationError(cause.into()))?;
    let row = (
        merges::kind.eq(kind),
        merges::source_id.eq(source),
        merges::target_id.eq(target),
        merges::moved.eq(moved),
        merges::made_at.eq(made_at),
    );
    each!(conn, c => diesel::insert_into(merges::table)
        .values(row)
        .returning(Merge::as_returning())
        .get_result(c))
}

/// The merge with this id.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Merge>> {
    merges::table.find(id).select(Merge::as_select()).first(conn).optional()
}

/// The newest merge that still stands by which this record went into another.
pub fn newest_of(conn: &mut Db, (kind, source): (RecordKind, i64)) -> QueryResult<Option<Merge>> {
    standing(kind)
        .filter(merges::source_id.eq(source))
        .order(merges::id.desc())
        .select(Merge::as_select())
        .first(conn)
        .optional()
}

/// Whether one of the two was merged again since.
pub(super) fn is_followed(conn: &mut Db, merge: &Merge) -> QueryResult<bool> {
    let both = [merge.source, merge.target];
    let later = standing(merge.kind)
        .filter(merges::id.gt(merge.id))
        .filter(merges::source_id.eq_any(both).or(merges::target_id.eq_any(both)));
    Ok(later.count().get_result::<i64>(conn)? > 0)
}

/// Notes that a merge stands no more.
pub(super) fn mark_undone(conn: &mut Db, id: i64, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::update(merges::table.find(id)).set(merges::undone_at.eq(now)).execute(conn)
}

#[diesel::dsl::auto_type]
fn standing(kind: RecordKind) -> _ {
    merges::table.filter(merges::undone_at.is_null()).filter(merges::kind.eq(kind))
}
