//! Puts the sample accounts, votes and submissions of the [`recipe`] into a database that has none.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::recipe::{self, SampleTool, Samples};
use crate::accounts::{CurrentUser, Handle, Password, Role};
use crate::cli::CliError;
use crate::db::schema::{accounts, reviews, tools, votes};
use crate::db::versions::{self, Of};
use crate::db::{Db, site_settings};
use crate::each;
use crate::integrity::exclusion::{self, NewExclusion};
use crate::integrity::vote_set::VoteSet;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::site::SAMPLES;
use crate::text::count;
use crate::votes::ExclusionKind;
use crate::votes::tally_store::move_tallies;
use crate::votes::vote::{Delta, delta};

/// The domain of the sample accounts' addresses, which nobody can have.
pub(super) const DOMAIN: &str = "samples.invalid";

/// How many rows one statement inserts; SQLite takes 32,766 variables.
const ROWS_AT_ONCE: usize = 500;

/// Makes accounts and votes; `moderator` has excluded some of them.
pub(super) fn make(conn: &mut Db, moderator: &CurrentUser, now: NaiveDateTime) -> Result<(), CliError> {
    // Made by chance and told to nobody: no sample account can be signed in to.
    let wrong = |cause: &str| CliError::Failed(cause.to_owned());
    let password: Password = hex::encode(rand::random::<[u8; 32]>()).parse().map_err(wrong)?;
    let password_hash = password.hash_now().map_err(CliError::Failed)?;
    let samples = recipe::samples(&sample_tools(conn)?, now);
    let names: Vec<Handle> = (1..=samples.accounts.len())
        .map(|number| format!("sample-{number:03}").parse())
        .collect::<Result<_, &str>>()
        .map_err(wrong)?;
    conn.write(|conn| {
        versions::take_turn(conn, Of::Catalogue)?;
        versions::take_turn(conn, Of::Votes)?;
        let ids = add_accounts(conn, &names, &samples.accounts, &password_hash)?;
        add_votes(conn, &samples, &ids)?;
        exclude(conn, &samples, &ids, moderator, now)?;
        site_settings::set(conn, SAMPLES, &format!("seed {}", recipe::SEED))?;
        versions::raise(conn, Of::Catalogue)
    })?;
    Ok(())
}

/// The published tools, by slug, with what their panel says.
fn sample_tools(conn: &mut Db) -> QueryResult<Vec<SampleTool>> {
    let tools: Vec<(i64, String)> =
        tools::table.order(tools::slug).select((tools::id, tools::slug)).load(conn)?;
    let verdicts: Vec<(i64, i16)> = reviews::table.select((reviews::tool_id, reviews::verdict)).load(conn)?;
    let share = |id: i64| {
        let of_tool = verdicts.iter().filter(|(tool, _)| *tool == id);
        let (ships, all) =
            of_tool.fold((0.0, 0.0), |(ships, all), (_, verdict)| (ships + f64::from(*verdict), all + 1.0));
        if all > 0.0 { ships / all } else { 0.5 }
    };
    Ok(tools.into_iter().map(|(id, slug)| SampleTool { id, slug, panel: share(id) }).collect())
}

/// Adds the accounts and returns their ids in this order.
fn add_accounts(
    conn: &mut Db,
    names: &[Handle],
    made_at: &[NaiveDateTime],
    password_hash: &str,
) -> QueryResult<Vec<i64>> {
    let rows: Vec<_> = names
        .iter()
        .zip(made_at)
        .map(|(name, at)| {
            (
                accounts::handle.eq(name.as_str()),
                accounts::handle_key.eq(name.key()),
                accounts::email.eq(format!("{name}@{DOMAIN}")),
                accounts::password_hash.eq(password_hash),
                accounts::role.eq(Role::Member.to_i16()),
                accounts::verified_at.eq(*at),
                accounts::created_at.eq(*at),
            )
        })
        .collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each!(conn, c => diesel::insert_into(accounts::table).values(rows.to_vec()).execute(c))?;
    }
    accounts::table
        .filter(accounts::email.like(format!("%@{DOMAIN}")))
        .order(accounts::handle_key)
        .select(accounts::id)
        .load(conn)
}

/// Adds the votes and counts them.
fn add_votes(conn: &mut Db, samples: &Samples, ids: &[i64]) -> QueryResult<()> {
    let mut moves = BTreeMap::<i64, Delta>::new();
    let mut rows = Vec::with_capacity(samples.votes.len());
    for vote in &samples.votes {
        *moves.entry(vote.tool_id).or_default() += delta(None, Some(vote.choice));
        rows.push((
            votes::account_id.eq(ids[vote.account]),
            votes::tool_id.eq(vote.tool_id),
            votes::choice.eq(vote.choice.to_i16()),
            votes::cast_at.eq(vote.at),
        ));
    }
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each!(conn, c => diesel::insert_into(votes::table).values(rows.to_vec()).execute(c))?;
    }
    let revision = versions::raise(conn, Of::Votes)?;
    move_tallies(conn, &moves, revision)?;
    Ok(())
}

/// Excludes the votes that the recipe wants excluded, as a moderator does.
fn exclude(
    conn: &mut Db,
    samples: &Samples,
    ids: &[i64],
    moderator: &CurrentUser,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let which: VoteSet = samples
        .votes
        .iter()
        .filter(|vote| vote.excluded)
        .map(|vote| (vote.tool_id, ids[vote.account]))
        .collect();
    let reason = "Sample: accounts made within one hour, to vote on this tool alone.";
    let new =
        NewExclusion { kind: ExclusionKind::NewAccounts, reason, subject: None, by: moderator.id, at: now };
    let Some(done) = exclusion::exclude(conn, &which, &new)? else { return Ok(()) };
    for change in &done.changes {
        let (name, slug): (String, String) =
            tools::table.find(change.tool_id).select((tools::name, tools::slug)).first(conn)?;
        let label = format!("{} on {name}", count(done.votes as u64, "vote", "votes"));
        let entry = Entry {
            public_label: Some(&label),
            href: Some(&format!("/tools/{slug}")),
            reason,
            ..Entry::new(Verb::Excluded, Object::Votes, Some(done.exclusion_id), &label)
        };
        log::write(conn, moderator, &entry)?;
    }
    Ok(())
}
