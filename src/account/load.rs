//! What the page of one's own account shows.

use super::submissions::SentList;
use crate::accounts;
use crate::accounts::reviewer::{self, LinkedReviewer};
use crate::accounts::store::Account;
use crate::db::Db;
use crate::db::sql::counted;
use crate::db::versions::Versions;
use crate::submissions;
use crate::votes::excluded::{self, ExcludedVote};
use crate::votes::store::{self, OwnVote};
use crate::web::error::AppError;
use crate::web::paging::Page;
use crate::web::session::{self, OwnSession};

/// How many votes a page lists.
const PER_PAGE: usize = 50;

/// All that is stored of an account for its owner.
pub(super) struct Loaded {
    pub account: Account,
    pub page: Page,
    pub votes: Vec<OwnVote>,
    /// Why which of their votes are excluded, by tool.
    pub excluded: Vec<ExcludedVote>,
    pub sent: SentList,
    pub sessions: Vec<OwnSession>,
    /// The reviewer that they write for.
    pub reviewer: Option<LinkedReviewer>,
}

pub(super) fn account(conn: &mut Db, id: i64, wanted: usize) -> Result<Loaded, AppError> {
    let account = accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)?;
    let page = Page::nearest(wanted, counted(store::count_of(conn, id)?), PER_PAGE);
    let votes = store::votes_of(conn, id, page.range())?;
    let excluded = excluded::of_account(conn, id)?;
    let sent = SentList::newest(conn, id)?;
    let sessions = session::of_account(conn, id)?;
    let reviewer = reviewer::writes_for(conn, id)?;
    Ok(Loaded { account, page, votes, excluded, sent, sessions, reviewer })
}

/// Notes what the page tells: the answers to submissions on it are not new any more, and of exclusions of their votes its
/// owner is told once. Returns the versions after it where other pages change by that.
pub(super) fn note_shown(conn: &mut Db, loaded: &Loaded) -> Result<Option<Versions>, AppError> {
    let account = &loaded.account;
    let newest = loaded.excluded.iter().map(|vote| vote.exclusion_id).max();
    if let Some(newest) = newest.filter(|id| *id > account.told_exclusion_id) {
        accounts::store::tell_of_exclusions(conn, account.id, newest)?;
    }
    let new = loaded.sent.unseen();
    if new.is_empty() {
        return Ok(None);
    }
    Ok(Some(submissions::store::see_answers(conn, account.id, Some(&new))?))
}
