//! The comparisons of a tool that goes into another.

use diesel::prelude::*;

use crate::catalogue::comparisons;
use crate::catalogue::directory::Comparison;
use crate::catalogue::edit::{self, EditError};
use crate::catalogue::history::{self, By};
use crate::catalogue::terms::{Act, RecordKind, Status};
use crate::db::Db;

/// A comparison of the source, and what becomes of it.
struct SourceComparison {
    id: i64,
    /// Whether it goes on with the target.
    goes_on: bool,
    becomes: Comparison,
}

/// How many comparisons of the source go on with the target, and how many are archived.
pub(super) fn count(conn: &mut Db, source: i64, target: i64) -> QueryResult<[usize; 2]> {
    let all = of_source(conn, source, target)?;
    let pointed = all.iter().filter(|comparison| comparison.goes_on).count();
    Ok([pointed, all.len() - pointed])
}

/// Lets the comparisons of the source go on with the target, or archives them, and returns those that changed.
pub(super) fn point_comparisons(
    conn: &mut Db,
    source: i64,
    target: i64,
    by: By<'_>,
) -> Result<Vec<i64>, EditError> {
    let mut changed = Vec::new();
    for SourceComparison { id, becomes, .. } in of_source(conn, source, target)? {
        if store(conn, id, becomes, Act::Merged, by)? {
            changed.push(id);
        }
    }
    Ok(changed)
}

/// Brings those of the comparisons that are as the merge left them back to the source.
pub(super) fn bring_back(
    conn: &mut Db,
    (source, target): (i64, i64),
    ids: &[i64],
    by: By<'_>,
) -> Result<(), EditError> {
    let partner = |pair: &Comparison, one: i64| if pair.first == one { pair.second } else { pair.first };
    let own = comparisons::of_tool(conn, source)?;
    let of_target = comparisons::of_tool(conn, target)?;
    let is_free = |other| !own.iter().any(|(_, pair)| partner(pair, source) == other);
    for (id, pair) in own.iter().filter(|(id, pair)| ids.contains(id) && pair.status == Status::Archived) {
        let status = history::status_before_archiving(conn, (RecordKind::Comparison, *id))?;
        let becomes = Comparison { status: status.unwrap_or(Status::Draft), ..pair.clone() };
        store(conn, *id, becomes, Act::Withdrawn, by)?;
    }
    for (id, pair) in of_target.into_iter().filter(|(id, _)| ids.contains(id)) {
        if !is_free(partner(&pair, target)) || partner(&pair, target) == source {
            continue;
        }
        let becomes = match pair.first == target {
            true => Comparison { first: source, ..pair },
            false => Comparison { second: source, ..pair },
        };
        store(conn, id, becomes, Act::Withdrawn, by)?;
    }
    Ok(())
}

/// Stores a comparison and keeps what it was; whether it differs.
fn store(conn: &mut Db, id: i64, becomes: Comparison, act: Act, by: By<'_>) -> Result<bool, EditError> {
    let record = (RecordKind::Comparison, id);
    let before = edit::stored(conn, record.0, id)?.ok_or(EditError::Gone)?;
    comparisons::store_in_order(conn, id, becomes)?;
    let after = edit::stored(conn, record.0, id)?.ok_or(EditError::Gone)?;
    if before != after {
        history::keep(conn, record, act, Some(&before), &after, by)?;
    }
    Ok(before != after)
}

/// The comparisons of the source: with the target in its place, or archived.
fn of_source(conn: &mut Db, source: i64, target: i64) -> QueryResult<Vec<SourceComparison>> {
    let theirs = comparisons::of_tool(conn, target)?;
    let becomes = |(id, pair): (i64, Comparison)| {
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
    Ok(comparisons::of_tool(conn, source)?.into_iter().map(becomes).collect())
}
