//! Undoing a merge: both records are what they were, and what followed the source goes back to it, as far as nobody has
//! changed it since.

use diesel::prelude::*;

use super::record::{self, Merge};
use super::{categories, tools};
use crate::catalogue::edit::{self, Edit, EditError};
use crate::catalogue::file::State;
use crate::catalogue::history::{self, By};
use crate::catalogue::redirects::{forget_redirect_since, up_to_date};
use crate::catalogue::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::redirects;
use crate::db::versions::{self, Of};

/// Why a merge cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefusal {
    /// It was.
    #[error("This merge has been undone already.")]
    Undone,
    /// One of the two is deleted.
    #[error("One of the two records has been deleted.")]
    Gone,
    /// What stands on top of it comes first.
    #[error("One of the two records has been merged again since: undo that merge first.")]
    Followed,
    /// Somebody has brought the source back by hand.
    #[error("The record that went is no longer archived.")]
    Restored,
}

/// Whether a merge can be undone.
pub fn may_undo(conn: &mut Db, merge: &Merge) -> QueryResult<Result<(), UndoRefusal>> {
    let mut stored = |id| edit::stored(conn, merge.kind, id);
    let (source, target) = (stored(merge.source)?, stored(merge.target)?);
    Ok(match (source, target) {
        _ if merge.undone_at.is_some() => Err(UndoRefusal::Undone),
        (None, _) | (_, None) => Err(UndoRefusal::Gone),
        _ if record::is_followed(conn, merge)? => Err(UndoRefusal::Followed),
        (Some(source), _) if source.status() != Status::Archived => Err(UndoRefusal::Restored),
        _ => Ok(()),
    })
}

/// Undoes the merge with this id in the write transaction of the caller, who brings votes back. The target keeps what was
/// changed of it since.
///
/// # Errors
/// [`EditError`]; the caller must roll back.
pub fn undo(conn: &mut Db, id: i64, by: By<'_>) -> Result<Merge, EditError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let merge = record::find(conn, id)?.ok_or(EditError::Gone)?;
    may_undo(conn, &merge)?.map_err(|refusal| EditError::at("", refusal.to_string()))?;
    let (kind, source, target) = (merge.kind, merge.source, merge.target);

    let archived = edit::stored(conn, kind, source)?.ok_or(EditError::Gone)?;
    let status = history::status_before_archiving(conn, (kind, source))?.unwrap_or(Status::Draft);
    let back = store(conn, source, archived.with_status(status), by)?;
    if let Some(former) = before_merge(conn, &merge)? {
        let now = edit::stored(conn, kind, target)?.ok_or(EditError::Gone)?;
        let former = former.with_status(now.status());
        store(conn, target, former, by)?;
    }
    match kind {
        RecordKind::Tool => tools::bring_back(conn, (source, target), &merge.moved.comparisons, by)?,
        _ => categories::bring_back(conn, (&back, target), &merge.moved.tools, by)?,
    }
    let theirs = redirects::table.filter(redirects::id.eq_any(&merge.moved.redirects));
    diesel::update(theirs.filter(redirects::record_id.eq(target)))
        .set(redirects::record_id.eq(source))
        .execute(conn)?;
    if let Some(slug) = back.record.slug() {
        forget_redirect_since(conn, kind, slug, merge.made_at)?;
    }
    record::mark_undone(conn, merge.id, by.at)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(merge)
}

/// What the target was before the merge, if nothing else was done to it since.
fn before_merge(conn: &mut Db, merge: &Merge) -> QueryResult<Option<State>> {
    let target = (merge.kind, merge.target);
    let newest = history::headlines(conn, target, 0..1)?;
    match newest.first() {
        Some(newest) if newest.act == Act::Merged && newest.made_at == merge.made_at => {
            history::numbered(conn, target, newest.number - 1)
        }
        _ => Ok(None),
    }
}

fn store(conn: &mut Db, id: i64, state: State, by: By<'_>) -> Result<State, EditError> {
    let state = up_to_date(conn, state)?;
    let edit = Edit { id: Some(id), seen: None, state: &state, act: Act::Withdrawn, by };
    let edited = edit::store(conn, edit)?;
    if edited.revision_id.is_none() {
        let record = (state.record.kind(), id);
        history::keep(conn, record, Act::Withdrawn, Some(&edited.after), &edited.after, by)?;
    }
    Ok(edited.after)
}
