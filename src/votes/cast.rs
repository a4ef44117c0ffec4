//! Casting: a group of votes, the tallies they move, and the answer to each, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::upsert::excluded as proposed;

use super::excluded::kinds;
use super::exclusion_kind::ExclusionKind;
use super::slug_lookup::{TargetTool, published_tools};
use super::tally_store::{VersionedTally, move_tallies, versioned};
use super::vote::{Delta, Intent, VoteRefusal, Voter, delta, may_vote};
use crate::config::Voters;
use crate::db::Db;
use crate::db::schema::{accounts, votes};
use crate::db::versions::{self, Of};
use crate::stats::Choice;

/// A vote that was counted.
#[derive(Debug, Clone)]
pub struct Cast {
    pub tool: TargetTool,
    /// The voter's vote from now on.
    pub vote: Option<Choice>,
    /// The tally after it.
    pub tally: VersionedTally,
}

impl Cast {
    /// The line that tells somebody what became of their vote.
    pub(super) fn receipt(&self) -> String {
        match self.vote {
            Some(choice) => format!("Your {} vote for {} is counted.", choice.label(), self.tool.name),
            None => format!("Vote removed: {}.", self.tool.name),
        }
    }
}

/// Writes a group of votes as one transaction and says what became of each, in their order. Two votes of one account on
/// one tool count like the later alone. When the database fails, none of them is written.
pub fn cast_all(
    conn: &mut Db,
    intents: &[Intent],
    voters: Voters,
    now: NaiveDateTime,
) -> QueryResult<Vec<Result<Cast, VoteRefusal>>> {
    conn.write(|conn| {
        // Who merges a tool, excludes votes or suspends an account is done by now, or begins after this.
        versions::take_turn(conn, Of::Votes)?;
        cast_in_turn(conn, intents, voters, now)
    })
}

fn cast_in_turn(
    conn: &mut Db,
    intents: &[Intent],
    voters: Voters,
    now: NaiveDateTime,
) -> QueryResult<Vec<Result<Cast, VoteRefusal>>> {
    let tools = published_tools(conn, intents.iter().map(|intent| intent.tool.as_str()))?;
    let accounts = voters_among(conn, intents.iter().map(|intent| intent.account_id).collect())?;
    let pairs = intents.iter().filter_map(|intent| Some((intent.account_id, tools.get(&intent.tool)?.id)));
    let mut updates = updates(conn, &pairs.collect())?;
    let kinds = kinds(conn, updates.values().filter_map(|update| update.exclusion_id))?;

    let judged: Vec<Result<&TargetTool, VoteRefusal>> = intents
        .iter()
        .map(|intent| {
            may_vote(accounts.get(&intent.account_id).copied(), voters)?;
            let tool = tools.get(&intent.tool).ok_or(VoteRefusal::UnknownTool)?;
            let update = updates.entry((intent.account_id, tool.id)).or_default();
            if let Some(exclusion_id) = update.exclusion_id {
                let kind = kinds.get(&exclusion_id).copied().unwrap_or(ExclusionKind::Other);
                return Err(VoteRefusal::Excluded(kind));
            }
            (update.new, update.network) = (intent.choice, intent.network);
            Ok(tool)
        })
        .collect();

    updates.retain(|_, update| update.old != update.new);
    if !updates.is_empty() {
        let revision = versions::raise(conn, Of::Votes)?;
        write_votes(conn, &updates, now)?;
        let mut moves = BTreeMap::<i64, Delta>::new();
        for ((_, tool_id), update) in &updates {
            *moves.entry(*tool_id).or_default() += delta(update.old, update.new);
        }
        move_tallies(conn, &moves, revision)?;
    }
    let tool_ids: BTreeSet<i64> = tools.values().map(|tool| tool.id).collect();
    let tallies = versioned(conn, &Vec::from_iter(tool_ids))?;

    let answers = intents.iter().zip(judged).map(|(intent, judged)| match judged {
        Ok(tool) => {
            let tally = *tallies.get(&tool.id).ok_or(DieselError::NotFound)?;
            Ok(Ok(Cast { tool: tool.clone(), vote: intent.choice, tally }))
        }
        Err(refusal) => Ok(Err(refusal)),
    });
    answers.collect()
}

fn voters_among(conn: &mut Db, ids: BTreeSet<i64>) -> QueryResult<HashMap<i64, Voter>> {
    let rows: Vec<(i64, bool, bool)> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::suspended_at.is_not_null(), accounts::verified_at.is_not_null()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, suspended, verified)| (id, Voter { suspended, verified })).collect())
}

/// An account and a tool.
type Pair = (i64, i64);

/// An account's vote on a tool, as it is stored and as it shall be.
#[derive(Default)]
struct VoteUpdate {
    old: Option<Choice>,
    new: Option<Choice>,
    /// Where it does not count.
    exclusion_id: Option<i64>,
    /// From which network the new one comes.
    network: Option<i64>,
}

/// The stored votes of these accounts on these tools. SQLite is asked for each: a statement that is
/// prepared once costs less than rows that nobody needs.
fn updates(conn: &mut Db, pairs: &BTreeSet<Pair>) -> QueryResult<BTreeMap<Pair, VoteUpdate>> {
    let columns = ((votes::account_id, votes::tool_id), votes::choice, votes::exclusion_id);
    let mut rows: Vec<(Pair, Choice, Option<i64>)> = Vec::new();
    match conn {
        Db::Sqlite(c) => {
            for (account, tool) in pairs {
                let vote = votes::table.filter(votes::account_id.eq(account)).filter(votes::tool_id.eq(tool));
                rows.append(&mut vote.select(columns).load(c)?);
            }
        }
        Db::Pg(c) => {
            let (accounts, tools): (BTreeSet<i64>, BTreeSet<i64>) = pairs.iter().copied().unzip();
            rows = votes::table
                .filter(votes::account_id.eq_any(accounts))
                .filter(votes::tool_id.eq_any(tools))
                .select(columns)
                .load(c)?;
            rows.retain(|(pair, ..)| pairs.contains(pair));
        }
    }
    let update = |choice, exclusion_id| VoteUpdate {
        old: Some(choice),
        new: Some(choice),
        exclusion_id,
        network: None,
    };
    Ok(rows.into_iter().map(|(pair, choice, exclusion_id)| (pair, update(choice, exclusion_id))).collect())
}

#[derive(Insertable)]
#[diesel(table_name = votes)]
struct NewVote {
    account_id: i64,
    tool_id: i64,
    choice: i16,
    cast_at: NaiveDateTime,
    network: Option<i64>,
}

fn write_votes(conn: &mut Db, changed: &BTreeMap<Pair, VoteUpdate>, now: NaiveDateTime) -> QueryResult<()> {
    let mut rows: Vec<NewVote> = Vec::with_capacity(changed.len());
    for (&(account_id, tool_id), VoteUpdate { new, network, .. }) in changed {
        let Some(choice) = new.map(Choice::to_i16) else {
            let vote =
                votes::table.filter(votes::account_id.eq(account_id)).filter(votes::tool_id.eq(tool_id));
            diesel::delete(vote).execute(conn)?;
            continue;
        };
        rows.push(NewVote { account_id, tool_id, choice, cast_at: now, network: *network });
    }
    let replaced = (
        votes::choice.eq(proposed(votes::choice)),
        votes::cast_at.eq(proposed(votes::cast_at)),
        votes::network.eq(proposed(votes::network)),
    );
    match conn {
        Db::Pg(c) => {
            diesel::insert_into(votes::table)
                .values(&rows)
                .on_conflict((votes::account_id, votes::tool_id))
                .do_update()
                .set(replaced)
                .execute(c)?;
        }
        Db::Sqlite(c) => {
            for row in &rows {
                diesel::insert_into(votes::table)
                    .values(row)
                    .on_conflict((votes::account_id, votes::tool_id))
                    .do_update()
                    .set(replaced)
                    .execute(c)?;
            }
        }
    }
    Ok(())
}
