//! Casting: a group of votes, the tallies they move, and the answer to each, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::upsert::excluded as proposed;

use super::excluded::kinds;
use super::exclusion_kind::ExclusionKind;
use super::slug_lookup::{TargetTool, published_tools};
use super::store::stored_choice;
use super::tallies::{VersionedTally, move_tallies, versioned};
use super::vote::{Delta, Intent, VoteRefusal, Voter, delta, may_vote};
use crate::config::Voters;
use crate::db::Db;
use crate::db::schema::{accounts, votes};
use crate::db::versions::{self, Of};
use crate::stats::Choice;

/// A vote that was counted.
#[derive(Debug, Clone)]
pub struct Cast {
    pub tool_id: i64,
    pub tool_slug: String,
    pub tool_name: String,
    /// The voter's vote from now on.
    pub vote: Option<Choice>,
    /// The tally after it.
    pub tally: VersionedTally,
}

impl Cast {
    /// The line that tells somebody what became of their vote.
    pub(super) fn receipt(&self) -> String {
        match self.vote {
            Some(choice) => format!("Your {} vote for {} is counted.", choice.label(), self.tool_name),
            None => format!("Vote removed: {}.", self.tool_name),
        }
    }
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
    let account_ids: BTreeSet<i64> = intents.iter().map(|intent| intent.account_id).collect();
    let accounts = voters_among(conn, &account_ids)?;
    let pairs: BTreeSet<(i64, i64)> =
        intents.iter().filter_map(|intent| Some((intent.account_id, tools.get(&intent.tool)?.id))).collect();
    let CurrentVotes { votes: before, excluded } = votes_of_pairs(conn, &pairs)?;
    let kinds = kinds(conn, &excluded.values().copied().collect())?;

    let mut after = before.clone();
    let judged: Vec<Result<i64, VoteRefusal>> = intents
        .iter()
        .map(|intent| {
            may_vote(accounts.get(&intent.account_id).copied(), voters)?;
            let tool_id = tools.get(&intent.tool).ok_or(VoteRefusal::UnknownTool)?.id;
            if let Some(exclusion_id) = excluded.get(&(intent.account_id, tool_id)) {
                let kind = kinds.get(exclusion_id).copied().unwrap_or(ExclusionKind::Other);
                return Err(VoteRefusal::Excluded(kind));
            }
            match intent.choice {
                Some(choice) => after.insert((intent.account_id, tool_id), choice),
                None => after.remove(&(intent.account_id, tool_id)),
            };
            Ok(tool_id)
        })
        .collect();

    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let revision = versions::raise(conn, Of::Votes)?;
        write_votes(conn, &changes, &networks_of(intents, &tools), now)?;
        move_tallies(conn, &moves(&changes), revision)?;
    }
    let tool_ids: Vec<i64> =
        tools.values().map(|tool| tool.id).collect::<BTreeSet<i64>>().into_iter().collect();
    let tallies = versioned(conn, &tool_ids)?;

    let answer = |intent: &Intent, tool_id: i64| {
        let tool = tools.get(&intent.tool).ok_or(DieselError::NotFound)?;
        Ok(Cast {
            tool_id,
            tool_slug: tool.slug.clone(),
            tool_name: tool.name.clone(),
            vote: intent.choice,
            tally: *tallies.get(&tool_id).ok_or(DieselError::NotFound)?,
        })
    };
    let answers = intents.iter().zip(judged).map(|(intent, judged)| match judged {
        Ok(tool_id) => answer(intent, tool_id).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    });
    answers.collect()
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

/// What accounts hold before a group is cast.
#[derive(Default)]
struct CurrentVotes {
    votes: Votes,
    /// The exclusions of those votes that do not count.
    excluded: BTreeMap<(i64, i64), i64>,
}

/// The votes of these accounts on these tools. SQLite is asked for each: a statement that is
/// prepared once costs less than rows that nobody needs.
fn votes_of_pairs(conn: &mut Db, pairs: &BTreeSet<(i64, i64)>) -> QueryResult<CurrentVotes> {
    let mut found = CurrentVotes::default();
    let mut note = |(account, tool), choice, exclusion_id: Option<i64>| {
        found.votes.insert((account, tool), stored_choice(choice)?);
        if let Some(exclusion_id) = exclusion_id {
            found.excluded.insert((account, tool), exclusion_id);
        }
        Ok::<_, DieselError>(())
    };
    match conn {
        Db::Sqlite(c) => {
            for (account, tool) in pairs {
                let vote: Option<(i16, Option<i64>)> = votes::table
                    .filter(votes::account_id.eq(account))
                    .filter(votes::tool_id.eq(tool))
                    .select((votes::choice, votes::exclusion_id))
                    .first(c)
                    .optional()?;
                if let Some((choice, exclusion_id)) = vote {
                    note((*account, *tool), choice, exclusion_id)?;
                }
            }
        }
        Db::Pg(c) => {
            let (accounts, tools): (BTreeSet<i64>, BTreeSet<i64>) = pairs.iter().copied().unzip();
            let rows: Vec<(i64, i64, i16, Option<i64>)> = votes::table
                .filter(votes::account_id.eq_any(accounts))
                .filter(votes::tool_id.eq_any(tools))
                .select((votes::account_id, votes::tool_id, votes::choice, votes::exclusion_id))
                .load(c)?;
            for (account, tool, choice, exclusion_id) in rows {
                if pairs.contains(&(account, tool)) {
                    note((account, tool), choice, exclusion_id)?;
                }
            }
        }
    }
    Ok(found)
}

/// One account's vote on one tool, as it was and as it shall be.
struct VoteChange {
    account_id: i64,
    tool_id: i64,
    old: Option<Choice>,
    new: Option<Choice>,
}

fn differences(before: &Votes, after: &Votes) -> Vec<VoteChange> {
    let keys: BTreeSet<&(i64, i64)> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .map(|key| VoteChange {
            account_id: key.0,
            tool_id: key.1,
            old: before.get(key).copied(),
            new: after.get(key).copied(),
        })
        .filter(|change| change.old != change.new)
        .collect()
}

fn moves(changes: &[VoteChange]) -> BTreeMap<i64, Delta> {
    let mut all: BTreeMap<i64, Delta> = BTreeMap::new();
    for change in changes {
        *all.entry(change.tool_id).or_default() += delta(change.old, change.new);
    }
    all
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

/// (account, tool) → from which network the vote comes.
type Networks = BTreeMap<(i64, i64), Option<i64>>;

fn networks_of(intents: &[Intent], tools: &HashMap<String, TargetTool>) -> Networks {
    intents
        .iter()
        .filter_map(|intent| Some(((intent.account_id, tools.get(&intent.tool)?.id), intent.network)))
        .collect()
}

fn write_votes(
    conn: &mut Db,
    changes: &[VoteChange],
    networks: &Networks,
    now: NaiveDateTime,
) -> QueryResult<()> {
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
            let (account_id, tool_id) = (change.account_id, change.tool_id);
            let network = networks.get(&(account_id, tool_id)).copied().flatten();
            Some(NewVote { account_id, tool_id, choice: change.new?.to_i16(), cast_at: now, network })
        })
        .collect();
    match conn {
        Db::Pg(c) => {
            diesel::insert_into(votes::table)
                .values(&rows)
                .on_conflict((votes::account_id, votes::tool_id))
                .do_update()
                .set((
                    votes::choice.eq(proposed(votes::choice)),
                    votes::cast_at.eq(proposed(votes::cast_at)),
                    votes::network.eq(proposed(votes::network)),
                ))
                .execute(c)?;
        }
        Db::Sqlite(c) => {
            for row in &rows {
                diesel::insert_into(votes::table)
                    .values(row)
                    .on_conflict((votes::account_id, votes::tool_id))
                    .do_update()
                    .set((
                        votes::choice.eq(proposed(votes::choice)),
                        votes::cast_at.eq(proposed(votes::cast_at)),
                        votes::network.eq(proposed(votes::network)),
                    ))
                    .execute(c)?;
            }
        }
    }
    Ok(())
}
