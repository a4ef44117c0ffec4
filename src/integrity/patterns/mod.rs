//! What looks bought: findings that moderators look at. Nothing here does anything to a vote.

pub mod networks;
mod scan;
mod words;

use std::collections::{BTreeSet, HashSet};

use chrono::{Duration, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

pub use self::scan::{Finding, look};
use super::selection::Selection;
use crate::db::schema::{signals, votes};
use crate::db::versions::{self, Of};
use crate::db::{Db, site_settings, sql};
use crate::each;
use crate::stats::rules::WATCHED_DAYS;
use crate::votes::ExclusionKind;
use crate::votes::network::KEPT_DAYS;

/// A finding as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct SuspiciousPattern {
    pub id: i64,
    pub kind: ExclusionKind,
    pub key: String,
    pub tool_id: Option<i64>,
    pub words: String,
    pub accounts: String,
    pub found_at: NaiveDateTime,
    pub seen_at: NaiveDateTime,
    pub dismissed_by: Option<i64>,
    pub dismissed_at: Option<NaiveDateTime>,
}

impl SuspiciousPattern {
    /// Whose votes it is about.
    pub fn accounts(&self) -> Vec<i64> {
        serde_json::from_str(&self.accounts).unwrap_or_default()
    }

    /// Whose votes it is about, in short: who holds on to it can tell whether it is about others by now.
    pub fn token(&self) -> String {
        hex::encode(&Sha256::digest(&self.accounts)[..8])
    }

    /// The votes that it is about: those of the accounts that were found, whatever they did to them since, and on a tool
    /// also those that it would be found by now.
    pub fn selection(&self, conn: &mut Db) -> QueryResult<Selection> {
        let since = Some(self.seen_at - Duration::days(WATCHED_DAYS));
        let last = self.key.rsplit(':').next().and_then(|number| number.parse().ok());
        let of_tool = Selection { tool: self.tool_id, ..Selection::default() };
        let mut accounts = self.accounts();
        let alike = match self.kind {
            ExclusionKind::Burst => Selection { hour: last, ..of_tool.clone() },
            ExclusionKind::NewAccounts => Selection { new: true, since, ..of_tool.clone() },
            ExclusionKind::OneNetwork => Selection { network: last, since, ..of_tool.clone() },
            ExclusionKind::SameVotes | ExclusionKind::Suspended | ExclusionKind::Other => {
                // Those of half of them: one who takes a vote back does not take the others along.
                let half = sql::signed(accounts.len().div_ceil(2));
                let tools: Vec<i64> = votes::table
                    .filter(votes::account_id.eq_any(&accounts))
                    .group_by(votes::tool_id)
                    .having(count_star().ge(half))
                    .select(votes::tool_id)
                    .load(conn)?;
                return Ok(Selection { tools: Some(tools), accounts: Some(accounts), ..of_tool });
            }
        };
        let found: HashSet<i64> = accounts.iter().copied().collect();
        let others = alike.counted_accounts(conn, scan::MOST_ACCOUNTS)?;
        accounts.extend(others.into_iter().filter(|id| !found.contains(id)));
        Ok(Selection { accounts: Some(accounts), ..of_tool })
    }

    /// Whether somebody is in it who was not.
    fn has_grown(&self, finding: &Finding) -> bool {
        let known: HashSet<i64> = self.accounts().into_iter().collect();
        finding.accounts.iter().any(|id| !known.contains(id))
    }
}

/// Looks for what seems bought among the votes of the last days and notes it. The looking reads only; the write lock is
/// held for the notes alone. Returns how many signals are open after it.
pub fn scan(conn: &mut Db, now: NaiveDateTime) -> QueryResult<i64> {
    let found = conn.read(|conn| look(conn, now))?;
    conn.write(|conn| {
        if !found.is_empty() {
            // What is noted is not dismissed, settled or deleted meanwhile.
            versions::take_turn(conn, Of::Catalogue)?;
            versions::take_turn(conn, Of::Votes)?;
        }
        found.iter().try_for_each(|finding| note(conn, finding, now))?;
        site_settings::set(conn, LAST_LOOK, &now.format("%Y-%m-%dT%H:%M:%S").to_string())
    })?;
    count_open(conn)
}

/// The name of the setting that holds when votes were last looked at.
const LAST_LOOK: &str = "last_look_at_votes";

/// When votes were last looked at, UTC; none before the first time.
pub fn last_look(conn: &mut Db) -> QueryResult<Option<NaiveDateTime>> {
    Ok(site_settings::value(conn, LAST_LOOK)?.and_then(|text| text.parse().ok()))
}

/// How many signals are open: neither dismissed nor settled.
pub fn count_open(conn: &mut Db) -> QueryResult<i64> {
    signals::table.filter(signals::dismissed_at.is_null()).count().get_result(conn)
}

/// The open signals, those seen last first.
pub fn open(conn: &mut Db, most: i64) -> QueryResult<Vec<SuspiciousPattern>> {
    signals::table
        .filter(signals::dismissed_at.is_null())
        .order((signals::seen_at.desc(), signals::id.desc()))
        .limit(most)
        .load(conn)
}

/// The dismissed signals, those dismissed last first.
pub fn dismissed(conn: &mut Db, most: i64) -> QueryResult<Vec<SuspiciousPattern>> {
    signals::table
        .filter(signals::dismissed_at.is_not_null())
        .order((signals::dismissed_at.desc(), signals::id.desc()))
        .limit(most)
        .load(conn)
}

/// The open signals of a tool.
pub fn of_tool(conn: &mut Db, tool_id: i64) -> QueryResult<Vec<SuspiciousPattern>> {
    signals::table
        .filter(signals::tool_id.eq(tool_id))
        .filter(signals::dismissed_at.is_null())
        .order(signals::id)
        .load(conn)
}

/// The signal with this id.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<SuspiciousPattern>> {
    signals::table.find(id).first(conn).optional()
}

/// Dismisses a signal until it grows; false if it is dismissed already.
pub fn dismiss(conn: &mut Db, id: i64, by: i64, at: NaiveDateTime) -> QueryResult<bool> {
    let open = signals::table.find(id).filter(signals::dismissed_at.is_null());
    let done = diesel::update(open)
        .set((signals::dismissed_by.eq(by), signals::dismissed_at.eq(at)))
        .execute(conn)?;
    Ok(done > 0)
}

/// Opens a dismissed signal again; false if it is open.
pub fn reopen(conn: &mut Db, id: i64) -> QueryResult<bool> {
    let dismissed = signals::table.find(id).filter(signals::dismissed_at.is_not_null());
    let done = diesel::update(dismissed)
        .set((signals::dismissed_by.eq(None::<i64>), signals::dismissed_at.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(done > 0)
}

/// Takes away the open signals about these tools of which no vote counts any more. Should the votes be brought back, the
/// next look finds them again.
pub fn settle(conn: &mut Db, tools: &BTreeSet<i64>) -> QueryResult<()> {
    for signal in open(conn, sql::signed(scan::MOST_FINDINGS))? {
        let concerned = signal.tool_id.is_none_or(|tool| tools.contains(&tool));
        if concerned && signal.selection(conn)?.counted(conn)?.is_empty() {
            diesel::delete(signals::table.find(signal.id)).execute(conn)?;
        }
    }
    Ok(())
}

/// Removes the signals that say of accounts from which network they voted, before the votes themselves forget it: those
/// that were seen last when a vote may have been cast that is [`KEPT_DAYS`] old now. Returns how many there were.
pub fn forget_old_networks(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - Duration::days(KEPT_DAYS - WATCHED_DAYS);
    let of_networks = signals::table.filter(signals::kind.eq(ExclusionKind::OneNetwork.to_i16()));
    diesel::delete(of_networks.filter(signals::seen_at.lt(before))).execute(conn)
}

/// Stores a finding, or what it has become. A dismissed one opens again when somebody is in it who was not.
fn note(conn: &mut Db, finding: &Finding, now: NaiveDateTime) -> QueryResult<()> {
    // Since the look its votes may have been left out, or its tool be gone.
    let accounts = Some(finding.accounts.clone());
    let theirs = Selection { tool: finding.tool_id, accounts, ..Selection::default() };
    if theirs.counted(conn)?.is_empty() {
        return Ok(());
    }
    let known: Option<SuspiciousPattern> =
        signals::table.filter(signals::key.eq(&finding.key)).first(conn).optional()?;
    let seen = (
        signals::words.eq(&finding.words),
        signals::accounts.eq(serde_json::to_string(&finding.accounts).unwrap_or_default()),
        signals::seen_at.eq(now),
        signals::dismissed_by.eq(None::<i64>),
        signals::dismissed_at.eq(None::<NaiveDateTime>),
    );
    match known {
        None => {
            let names = (signals::kind.eq(finding.kind.to_i16()), signals::key.eq(&finding.key));
            let found = (signals::tool_id.eq(finding.tool_id), signals::found_at.eq(now));
            // Another node may have been faster.
            each!(conn, c => diesel::insert_into(signals::table)
                .values((names, found, seen))
                .on_conflict(signals::key)
                .do_nothing()
                .execute(c))?;
        }
        Some(known) if known.dismissed_at.is_some() && !known.has_grown(finding) => {}
        Some(known) => {
            diesel::update(signals::table.find(known.id)).set(seen).execute(conn)?;
        }
    }
    Ok(())
}
