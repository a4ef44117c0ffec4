//! The look itself: four questions to the votes of the last days. Votes that are left out already do not count here.
//!
//! A plus before a column keeps SQLite from going through all votes in the order of an index, only to group them.

use std::collections::{BTreeMap, HashMap};

use chrono::{Duration, NaiveDateTime};
use diesel::dsl::{count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use sha2::{Digest, Sha256};

use super::words::{self, UsualHour};
use crate::db::Db;
use crate::db::schema::votes;
use crate::integrity::selection::{Selection, hour_of, hour_sql, is_new, moment_sql, start_of};
use crate::stats::rules::{
    BEYOND_CHANCE, BURST_VOTES, FIRST_BURST_VOTES, NETWORK_ACCOUNTS, NETWORK_SHARE, NEW_ACCOUNTS, PAST_DAYS,
    PAST_VOTES, QUIET_HOUR, SAME_ACCOUNTS, SAME_TOOLS, WATCHED_DAYS,
};
use crate::stats::{beta_binomial_tail, poisson_tail};
use crate::votes::ExclusionKind;
use crate::votes::store::IDS_AT_ONCE;

/// How many findings of one kind a look makes at most.
pub(super) const MOST_FINDINGS: usize = 200;

/// How many accounts of a finding are noted at most.
pub(super) const MOST_ACCOUNTS: usize = 10_000;

/// How many accounts are compared with each other at most.
const MOST_COMPARED: i64 = 200_000;

/// Something that looks bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: ExclusionKind,
    /// Names the same finding again.
    pub key: String,
    pub tool_id: Option<i64>,
    pub words: String,
    pub accounts: Vec<i64>,
}

impl Finding {
    /// Of the counted votes of a selection.
    fn of(
        conn: &mut Db,
        selection: &Selection,
        kind: ExclusionKind,
        key: String,
        words: String,
    ) -> QueryResult<Self> {
        let accounts = selection.counted_accounts(conn, MOST_ACCOUNTS)?;
        Ok(Self { kind, key, tool_id: selection.tool, words, accounts })
    }
}

/// Looks at the votes of the last days.
pub fn look(conn: &mut Db, now: NaiveDateTime) -> QueryResult<Vec<Finding>> {
    let since = now - Duration::days(WATCHED_DAYS);
    let weeks = weeks(conn, since)?;
    let mut found = bursts(conn, since)?;
    found.extend(new_accounts(conn, since, &weeks)?);
    found.extend(one_network(conn, since, &weeks)?);
    found.extend(same_votes(conn, since)?);
    Ok(found)
}

/// Hours with more votes than the past explains.
fn bursts(conn: &mut Db, since: NaiveDateTime) -> QueryResult<Vec<Finding>> {
    // The hour in which the look begins is taken whole or not at all.
    let since = start_of(hour_of(since) + 1);
    let rows: Vec<(i64, i64, i64)> = sql::<(BigInt, BigInt, BigInt)>(&format!(
        "SELECT +votes.tool_id, {}, count(*) FROM votes \
         WHERE votes.cast_at >= {} AND votes.exclusion_id IS NULL \
         GROUP BY 1, 2 HAVING count(*) >= {BURST_VOTES} ORDER BY 3 DESC LIMIT {}",
        hour_sql(conn),
        moment_sql(since),
        MOST_FINDINGS * 10
    ))
    .load(conn)?;
    let mut found = Vec::new();
    for (tool_id, hour, votes) in rows {
        let votes = votes.unsigned_abs();
        let usual = usual_hour(conn, tool_id, hour)?;
        let is_unusual = match usual {
            Some(usual) => poisson_tail(votes, usual.votes.max(QUIET_HOUR)) < BEYOND_CHANCE,
            None => votes >= FIRST_BURST_VOTES,
        };
        if is_unusual {
            let selection = Selection { hour: Some(hour), ..Selection::of_tool(tool_id) };
            let (key, words) = (format!("burst:{tool_id}:{hour}"), words::burst(votes, hour, usual));
            found.push(Finding::of(conn, &selection, ExclusionKind::Burst, key, words)?);
            if found.len() == MOST_FINDINGS {
                break;
            }
        }
    }
    Ok(found)
}

/// What is usual by the days before an hour: the tool's own, or, where it has too few votes to tell, that of the whole
/// site. None where the site has too few as well: then only very many votes are unusual.
fn usual_hour(conn: &mut Db, tool_id: i64, hour: i64) -> QueryResult<Option<UsualHour>> {
    let end = start_of(hour);
    for tool in [Some(tool_id), None] {
        let mut past = votes::table
            .filter(votes::cast_at.ge(end - Duration::days(PAST_DAYS)))
            .filter(votes::cast_at.lt(end))
            .filter(votes::exclusion_id.is_null())
            .select((count_star(), min(votes::cast_at)))
            .into_boxed();
        if let Some(tool_id) = tool {
            past = past.filter(votes::tool_id.eq(tool_id));
        }
        let (n, first): (i64, Option<NaiveDateTime>) = past.first(conn)?;
        // Quiet hours before the first vote say nothing: the tool, or the site, may not have been there. But a past
        // is a day long at least, or an hour of votes would make the next one usual.
        if let Some(first) = first.filter(|_| n >= PAST_VOTES) {
            let hours = (end - first).num_hours().max(24);
            return Ok(Some(UsualHour { votes: float(n) / float(hours), of_site: tool.is_none() }));
        }
    }
    Ok(None)
}

/// The votes on a tool in the days looked at: all, and those of new accounts.
#[derive(Queryable, Clone, Copy)]
struct Week {
    votes: i64,
    new: i64,
}

fn weeks(conn: &mut Db, since: NaiveDateTime) -> QueryResult<HashMap<i64, Week>> {
    let rows: Vec<(i64, Week)> = sql::<(BigInt, (BigInt, BigInt))>(&format!(
        "SELECT +votes.tool_id, count(*), count(CASE WHEN {} THEN 1 END) \
         FROM votes INNER JOIN accounts ON accounts.id = votes.account_id \
         WHERE votes.cast_at >= {} AND votes.exclusion_id IS NULL GROUP BY 1",
        is_new(conn),
        moment_sql(since)
    ))
    .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Tools with more votes of new accounts than the other tools explain.
fn new_accounts(
    conn: &mut Db,
    since: NaiveDateTime,
    weeks: &HashMap<i64, Week>,
) -> QueryResult<Vec<Finding>> {
    let all = weeks.values().fold((0, 0), |sum, week| (sum.0 + week.votes, sum.1 + week.new));
    let elsewhere = |week: &Week| ((all.1 - week.new).unsigned_abs(), (all.0 - week.votes).unsigned_abs());
    let mut suspects: Vec<(&i64, &Week)> = weeks
        .iter()
        .filter(|(_, week)| {
            let (new, votes) = (week.new.unsigned_abs(), week.votes.unsigned_abs());
            let (new_elsewhere, votes_elsewhere) = elsewhere(week);
            let chance = beta_binomial_tail(new, votes, new_elsewhere, votes_elsewhere - new_elsewhere);
            new >= NEW_ACCOUNTS && chance < BEYOND_CHANCE
        })
        .collect();
    suspects.sort_by_key(|(tool_id, week)| std::cmp::Reverse((week.new, **tool_id)));
    let suspects = suspects.into_iter().take(MOST_FINDINGS).map(|(&tool_id, week)| {
        let selection = Selection { new: true, since: Some(since), ..Selection::of_tool(tool_id) };
        let here = (week.new.unsigned_abs(), week.votes.unsigned_abs());
        let (key, words) = (format!("new:{tool_id}"), words::new_accounts(here, elsewhere(week)));
        Finding::of(conn, &selection, ExclusionKind::NewAccounts, key, words)
    });
    suspects.collect()
}

/// Tools of which a large part of the votes comes from one network.
fn one_network(conn: &mut Db, since: NaiveDateTime, weeks: &HashMap<i64, Week>) -> QueryResult<Vec<Finding>> {
    let rows: Vec<(i64, i64, i64)> = sql::<(BigInt, BigInt, BigInt)>(&format!(
        "SELECT +votes.tool_id, votes.network, count(*) FROM votes \
         WHERE votes.cast_at >= {} AND votes.network IS NOT NULL AND votes.exclusion_id IS NULL \
         GROUP BY 1, 2 HAVING count(*) >= {NETWORK_ACCOUNTS} ORDER BY 3 DESC LIMIT {}",
        moment_sql(since),
        MOST_FINDINGS * 10
    ))
    .load(conn)?;
    let mut found = Vec::new();
    for (tool_id, network, votes) in rows {
        let all = weeks.get(&tool_id).map_or(0, |week| week.votes);
        if float(votes) < NETWORK_SHARE * float(all) {
            continue;
        }
        let selection =
            Selection { network: Some(network), since: Some(since), ..Selection::of_tool(tool_id) };
        let key = format!("network:{tool_id}:{network}");
        let words = words::one_network(votes.unsigned_abs(), all.unsigned_abs());
        found.push(Finding::of(conn, &selection, ExclusionKind::OneNetwork, key, words)?);
        if found.len() == MOST_FINDINGS {
            break;
        }
    }
    Ok(found)
}

/// Groups of accounts that voted on exactly the same tools with the same choices.
fn same_votes(conn: &mut Db, since: NaiveDateTime) -> QueryResult<Vec<Finding>> {
    let vote = "(votes.tool_id * 2 + votes.choice)";
    // Accounts with the same number, sum and sum of squares of votes may have voted the same, and are looked at closely.
    let rows: Vec<(i64, (i64, i64, i64))> = sql::<(BigInt, (BigInt, BigInt, BigInt))>(&format!(
        "SELECT +votes.account_id, count(*), CAST(sum({vote}) AS BIGINT), \
         CAST(sum({vote} * {vote}) AS BIGINT) FROM votes \
         WHERE votes.cast_at >= {} AND votes.exclusion_id IS NULL \
         GROUP BY 1 HAVING count(*) >= {SAME_TOOLS} ORDER BY 1 DESC LIMIT {MOST_COMPARED}",
        moment_sql(since)
    ))
    .load(conn)?;
    let mut alike: BTreeMap<(i64, i64, i64), Vec<i64>> = BTreeMap::new();
    for (account, figures) in rows {
        alike.entry(figures).or_default().push(account);
    }
    let mut found = Vec::new();
    for accounts in alike.into_values().filter(|accounts| accounts.len() >= SAME_ACCOUNTS) {
        for (set, mut accounts) in by_set(conn, &accounts, since)? {
            if accounts.len() < SAME_ACCOUNTS {
                continue;
            }
            // The newest accounts are those that were not known when it was dismissed.
            accounts.drain(..accounts.len().saturating_sub(MOST_ACCOUNTS));
            let text: String = set.iter().map(|(tool, choice)| format!("{tool}={choice};")).collect();
            let name = hex::encode(&Sha256::digest(text.as_bytes())[..12]);
            found.push(Finding {
                kind: ExclusionKind::SameVotes,
                key: format!("same:{name}"),
                tool_id: None,
                words: words::same_votes(accounts.len(), set.len()),
                accounts,
            });
            if found.len() == MOST_FINDINGS {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// A set of votes: tools and choices, by tool.
type Set = Vec<(i64, i16)>;

/// These accounts by what they voted, exactly.
fn by_set(conn: &mut Db, accounts: &[i64], since: NaiveDateTime) -> QueryResult<BTreeMap<Set, Vec<i64>>> {
    let mut sets: BTreeMap<i64, Set> = BTreeMap::new();
    for ids in accounts.chunks(IDS_AT_ONCE) {
        let rows: Vec<(i64, i64, i16)> = votes::table
            .filter(votes::account_id.eq_any(ids))
            .filter(votes::cast_at.ge(since))
            .filter(votes::exclusion_id.is_null())
            .order((votes::account_id, votes::tool_id))
            .select((votes::account_id, votes::tool_id, votes::choice))
            .load(conn)?;
        for (account, tool, choice) in rows {
            sets.entry(account).or_default().push((tool, choice));
        }
    }
    let mut groups: BTreeMap<Set, Vec<i64>> = BTreeMap::new();
    for (account, set) in sets {
        groups.entry(set).or_default().push(account);
    }
    Ok(groups)
}

/// A count of rows as a float; no table has 2^53 of them.
#[expect(clippy::cast_precision_loss, reason = "no table has so many rows")]
fn float(count: i64) -> f64 {
    count as f64
}
