//! Votes and tallies in the database. A vote and the tally it moves change in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use chrono::NaiveDateTime;
use diesel::{prelude::*, upsert::excluded};

use super::{
    moved::{self, published_tools},
    stream::Watched,
    vote::{Delta, Intent, Refusal, Voter, delta, may_vote},
};
use crate::{
    config::Voters,
    db::Db,
    live::Versioned,
    schema::{accounts, tallies, tools, votes},
    stats::{Choice, Tally},
    versions::{self, Of},
};

/// The value of `tools.status` for what readers see.
const PUBLISHED: i16 = 1;

/// How many ids one query names at most; SQLite takes 32,766 variables, PostgreSQL 65,535.
pub(super) const IDS_AT_ONCE: usize = 1000;

/// A tool's tally as it is stored, and how new it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    pub tally: Tally,
    /// The version of all votes at its last change; 0 before the first vote.
    pub revision: i64,
}

impl Versioned for Standing {
    fn revision(&self) -> i64 {
        self.revision
    }
}

/// A vote that was counted.
#[derive(Debug, Clone)]
pub struct Cast {
    pub tool_id: i64,
    pub tool_slug: String,
    pub tool_name: String,
    /// The voter's vote from now on.
    pub vote: Option<Choice>,
    /// The tally after it.
    pub standing: Standing,
}

/// A vote of somebody's, for themselves to see.
#[derive(Debug, Clone)]
pub struct OwnVote {
    pub tool_id: i64,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
}

/// Writes a group of votes as one transaction and says what became of each, in their order. Two
/// votes of one account on one tool count like the later alone.
///
/// # Errors
/// When the database fails; then none of them is written.
pub fn cast_all(
    conn: &mut Db,
    intents: &[Intent],
    voters: Voters,
    now: NaiveDateTime,
) -> QueryResult<Vec<Result<Cast, Refusal>>> {
    conn.write(|conn| {
        let tools = published_tools(conn, intents.iter().map(|intent| intent.tool.as_str()))?;
        let tool_ids: BTreeSet<i64> = tools.values().map(|tool| tool.id).collect();
        // Tallies are locked first, lowest id first, so that nodes never wait for each other in a ring.
        let mut standings = locked_standings(conn, &tool_ids)?;
        let account_ids: BTreeSet<i64> = intents.iter().map(|intent| intent.account_id).collect();
        let accounts = voters_among(conn, &account_ids)?;
        let pairs: BTreeSet<(i64, i64)> = intents
            .iter()
            .filter_map(|intent| Some((intent.account_id, tools.get(&intent.tool)?.id)))
            .collect();
        let before = votes_of_pairs(conn, &pairs)?;

        let mut after = before.clone();
        let judged: Vec<Result<i64, Refusal>> = intents
            .iter()
            .map(|intent| {
                may_vote(accounts.get(&intent.account_id).copied(), voters)?;
                let tool_id = tools.get(&intent.tool).ok_or(Refusal::UnknownTool)?.id;
                match intent.choice {
                    Some(choice) => after.insert((intent.account_id, tool_id), choice),
                    None => after.remove(&(intent.account_id, tool_id)),
                };
                Ok(tool_id)
            })
            .collect();

        let changes = differences(&before, &after);
        write_votes(conn, &changes, now)?;
        if !changes.is_empty() {
            let revision = versions::raise(conn, Of::Votes)?;
            for (tool_id, moved) in moves(&changes) {
                let standing = standings.entry(tool_id).or_default();
                *standing = Standing { tally: moved_by(standing.tally, moved), revision };
                write_standing(conn, tool_id, *standing)?;
            }
        }

        Ok(intents
            .iter()
            .zip(judged)
            .map(|(intent, tool_id)| {
                let tool_id = tool_id?;
                let tool = tools.get(&intent.tool).ok_or(Refusal::UnknownTool)?;
                Ok(Cast {
                    tool_id,
                    tool_slug: tool.slug.clone(),
                    tool_name: tool.name.clone(),
                    vote: intent.choice,
                    standing: standings.get(&tool_id).copied().unwrap_or_default(),
                })
            })
            .collect())
    })
}

/// The published ones of these tools, in the order asked for: one for each slug that a tool has or had.
///
/// # Errors
/// When the database fails.
pub fn published(conn: &mut Db, slugs: &[String]) -> QueryResult<Vec<Watched>> {
    let found = published_tools(conn, slugs.iter().map(String::as_str))?;
    let watched =
        |tool: &moved::Tool| Watched { id: tool.id, slug: tool.slug.clone(), name: tool.name.clone() };
    Ok(slugs.iter().filter_map(|slug| found.get(slug)).map(watched).collect())
}

/// The standing of each of these tools; one that nobody voted on is at zero.
///
/// # Errors
/// When the database fails.
pub fn standings(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, Standing>> {
    let mut all: HashMap<i64, Standing> = tool_ids.iter().map(|id| (*id, Standing::default())).collect();
    for ids in tool_ids.chunks(IDS_AT_ONCE) {
        let rows: Vec<Row> = tallies::table.filter(tallies::tool_id.eq_any(ids)).load(conn)?;
        all.extend(rows.into_iter().map(Row::standing));
    }
    Ok(all)
}

/// The tally of each of these tools.
///
/// # Errors
/// When the database fails.
pub fn tallies(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, Tally>> {
    Ok(standings(conn, tool_ids)?.into_iter().map(|(id, standing)| (id, standing.tally)).collect())
}

/// The standings that changed after `revision`, oldest change first.
///
/// # Errors
/// When the database fails.
pub fn changed_since(conn: &mut Db, revision: i64) -> QueryResult<Vec<(i64, Standing)>> {
    let rows: Vec<Row> =
        tallies::table.filter(tallies::revision.gt(revision)).order(tallies::revision).load(conn)?;
    Ok(rows.into_iter().map(Row::standing).collect())
}

/// The standing of every tool that has one.
///
/// # Errors
/// When the database fails.
pub fn all_standings(conn: &mut Db) -> QueryResult<HashMap<i64, Standing>> {
    let rows: Vec<Row> = tallies::table.load(conn)?;
    Ok(rows.into_iter().map(Row::standing).collect())
}

/// The tally of every tool that has one.
///
/// # Errors
/// When the database fails.
pub fn all_tallies(conn: &mut Db) -> QueryResult<HashMap<i64, Tally>> {
    Ok(all_standings(conn)?.into_iter().map(|(id, standing)| (id, standing.tally)).collect())
}

/// The votes of an account on these tools.
///
/// # Errors
/// When the database fails.
pub fn own_votes(conn: &mut Db, account_id: i64, tool_ids: &[i64]) -> QueryResult<HashMap<i64, OwnVote>> {
    let rows: Vec<(i64, i16, NaiveDateTime)> = votes::table
        .filter(votes::account_id.eq(account_id))
        .filter(votes::tool_id.eq_any(tool_ids))
        .select((votes::tool_id, votes::choice, votes::cast_at))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(own_vote).map(|vote| (vote.tool_id, vote)).collect())
}

/// How many votes an account has on published tools.
///
/// # Errors
/// When the database fails.
pub fn count_of(conn: &mut Db, account_id: i64) -> QueryResult<i64> {
    votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(PUBLISHED))
        .count()
        .get_result(conn)
}

/// The votes of an account on published tools that stand in `range`, newest first.
///
/// # Errors
/// When the database fails.
pub fn votes_of(conn: &mut Db, account_id: i64, range: Range<usize>) -> QueryResult<Vec<OwnVote>> {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let rows: Vec<(i64, i16, NaiveDateTime)> = votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(PUBLISHED))
        .order((votes::cast_at.desc(), votes::id.desc()))
        .limit(number(range.len()))
        .offset(number(range.start))
        .select((votes::tool_id, votes::choice, votes::cast_at))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(own_vote).collect())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = tallies)]
struct Row {
    tool_id: i64,
    ships: i64,
    skips: i64,
    revision: i64,
}

impl Row {
    fn standing(self) -> (i64, Standing) {
        let tally = Tally { ships: self.ships.unsigned_abs(), skips: self.skips.unsigned_abs() };
        (self.tool_id, Standing { tally, revision: self.revision })
    }
}

fn own_vote((tool_id, choice, cast_at): (i64, i16, NaiveDateTime)) -> Option<OwnVote> {
    Some(OwnVote { tool_id, choice: Choice::from_i16(choice)?, cast_at })
}

/// The standings of these tools, locked until the transaction ends. SQLite's write lock covers
/// them already; on PostgreSQL each gets a row to lock if it has none.
pub(super) fn locked_standings(conn: &mut Db, ids: &BTreeSet<i64>) -> QueryResult<HashMap<i64, Standing>> {
    let wanted = tallies::table.filter(tallies::tool_id.eq_any(ids)).order(tallies::tool_id);
    let rows: Vec<Row> = match conn {
        Db::Sqlite(c) => wanted.load(c)?,
        Db::Pg(c) => {
            let empty: Vec<Row> =
                ids.iter().map(|id| Row { tool_id: *id, ships: 0, skips: 0, revision: 0 }).collect();
            diesel::insert_into(tallies::table).values(&empty).on_conflict_do_nothing().execute(c)?;
            wanted.for_update().load(c)?
        }
    };
    Ok(rows.into_iter().map(Row::standing).collect())
}

fn voters_among(conn: &mut Db, ids: &BTreeSet<i64>) -> QueryResult<HashMap<i64, Voter>> {
    let rows: Vec<(i64, Option<NaiveDateTime>, Option<NaiveDateTime>)> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::suspended_at, accounts::verified_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, suspended_at, verified_at)| {
            (id, Voter { suspended: suspended_at.is_some(), verified: verified_at.is_some() })
        })
        .collect())
}

/// (account, tool) → vote.
type Votes = BTreeMap<(i64, i64), Choice>;

/// The votes of these accounts on these tools. SQLite is asked for each: a statement that is
/// prepared once costs less than rows that nobody needs.
fn votes_of_pairs(conn: &mut Db, pairs: &BTreeSet<(i64, i64)>) -> QueryResult<Votes> {
    let mut found = Votes::new();
    let mut note = |(account, tool), choice| {
        if let Some(choice) = Choice::from_i16(choice) {
            found.insert((account, tool), choice);
        }
    };
    match conn {
        Db::Sqlite(c) => {
            for (account, tool) in pairs {
                let choice: Option<i16> = votes::table
                    .filter(votes::account_id.eq(account))
                    .filter(votes::tool_id.eq(tool))
                    .select(votes::choice)
                    .first(c)
                    .optional()?;
                if let Some(choice) = choice {
                    note((*account, *tool), choice);
                }
            }
        }
        Db::Pg(c) => {
            let (accounts, tools): (BTreeSet<i64>, BTreeSet<i64>) = pairs.iter().copied().unzip();
            let rows: Vec<(i64, i64, i16)> = votes::table
                .filter(votes::account_id.eq_any(accounts))
                .filter(votes::tool_id.eq_any(tools))
                .select((votes::account_id, votes::tool_id, votes::choice))
                .load(c)?;
            for (account, tool, choice) in rows {
                if pairs.contains(&(account, tool)) {
                    note((account, tool), choice);
                }
            }
        }
    }
    Ok(found)
}

/// One account's vote on one tool, as it was and as it shall be.
struct Change {
    account_id: i64,
    tool_id: i64,
    old: Option<Choice>,
    new: Option<Choice>,
}

fn differences(before: &Votes, after: &Votes) -> Vec<Change> {
    let keys: BTreeSet<&(i64, i64)> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .map(|key| Change {
            account_id: key.0,
            tool_id: key.1,
            old: before.get(key).copied(),
            new: after.get(key).copied(),
        })
        .filter(|change| change.old != change.new)
        .collect()
}

fn moves(changes: &[Change]) -> BTreeMap<i64, Delta> {
    let mut all: BTreeMap<i64, Delta> = BTreeMap::new();
    for change in changes {
        let step = delta(change.old, change.new);
        let sum = all.entry(change.tool_id).or_default();
        *sum = Delta { ships: sum.ships + step.ships, skips: sum.skips + step.skips };
    }
    all
}

fn moved_by(tally: Tally, moved: Delta) -> Tally {
    Tally {
        ships: tally.ships.saturating_add_signed(moved.ships),
        skips: tally.skips.saturating_add_signed(moved.skips),
    }
}

#[derive(Insertable)]
#[diesel(table_name = votes)]
struct NewVote {
    account_id: i64,
    tool_id: i64,
    choice: i16,
    cast_at: NaiveDateTime,
}

fn write_votes(conn: &mut Db, changes: &[Change], now: NaiveDateTime) -> QueryResult<()> {
    for gone in changes.iter().filter(|change| change.new.is_none()) {
        diesel::delete(
            votes::table
                .filter(votes::account_id.eq(gone.account_id))
                .filter(votes::tool_id.eq(gone.tool_id)),
        )
        .execute(conn)?;
    }
    let rows: Vec<NewVote> = changes
        .iter()
        .filter_map(|change| {
            let choice = change.new?.to_i16();
            Some(NewVote { account_id: change.account_id, tool_id: change.tool_id, choice, cast_at: now })
        })
        .collect();
    match conn {
        Db::Pg(c) => {
            diesel::insert_into(votes::table)
                .values(&rows)
                .on_conflict((votes::account_id, votes::tool_id))
                .do_update()
                .set((votes::choice.eq(excluded(votes::choice)), votes::cast_at.eq(excluded(votes::cast_at))))
                .execute(c)?;
        }
        Db::Sqlite(c) => {
            for row in &rows {
                diesel::insert_into(votes::table)
                    .values(row)
                    .on_conflict((votes::account_id, votes::tool_id))
                    .do_update()
                    .set((
                        votes::choice.eq(excluded(votes::choice)),
                        votes::cast_at.eq(excluded(votes::cast_at)),
                    ))
                    .execute(c)?;
            }
        }
    }
    Ok(())
}

pub(super) fn write_standing(conn: &mut Db, tool_id: i64, standing: Standing) -> QueryResult<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let row = Row {
        tool_id,
        ships: count(standing.tally.ships),
        skips: count(standing.tally.skips),
        revision: standing.revision,
    };
    crate::each!(conn, c => diesel::insert_into(tallies::table)
        .values(&row)
        .on_conflict(tallies::tool_id)
        .do_update()
        .set((
            tallies::ships.eq(row.ships),
            tallies::skips.eq(row.skips),
            tallies::revision.eq(row.revision),
        ))
        .execute(c))?;
    Ok(())
}
