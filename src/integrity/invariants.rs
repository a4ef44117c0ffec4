//! What must hold of votes, tallies, exclusions and suspensions, and cannot be said in their schema.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Db;
use crate::db::schema::{tallies, tools};
use crate::db::versions::{self, Of};
use crate::stats::Tally;
use crate::votes::ExclusionKind;
use crate::votes::recount::{Mismatch, recount};

/// What must hold, in a line, and the query for a line on each place where it does not; `{suspended}` stands for the kind
/// of the exclusions of suspended accounts.
const QUERIES: &[(&str, &str)] = &[
    (
        "every vote that does not count is held by an exclusion that was not undone",
        "SELECT 'votes on ' || tools.slug || ': held by exclusion ' || exclusions.id || ', which was undone' \
         FROM votes JOIN tools ON tools.id = votes.tool_id JOIN exclusions ON exclusions.id = votes.exclusion_id \
         WHERE exclusions.undone_at IS NOT NULL \
         GROUP BY tools.slug, exclusions.id ORDER BY tools.slug, exclusions.id",
    ),
    (
        "every account that is suspended has its suspension, and that suspension is in force",
        "SELECT 'account ' || accounts.handle || ': its suspension and what is stored of it do not agree' \
         FROM accounts LEFT JOIN exclusions ON exclusions.id = accounts.suspension_id \
         AND exclusions.kind = {suspended} AND exclusions.undone_at IS NULL \
         AND exclusions.subject_id = accounts.id \
         WHERE (accounts.suspended_at IS NOT NULL OR accounts.suspension_id IS NOT NULL) \
         AND (exclusions.id IS NULL OR accounts.suspended_at IS NULL) ORDER BY accounts.handle",
    ),
    (
        "every suspension that is in force is that of a suspended account",
        "SELECT 'exclusion ' || exclusions.id || ': suspends ' || coalesce(accounts.handle, '') \
         || ', whose account is not suspended by it' \
         FROM exclusions LEFT JOIN accounts ON accounts.id = exclusions.subject_id \
         WHERE exclusions.kind = {suspended} AND exclusions.undone_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM accounts suspended WHERE suspended.suspension_id = exclusions.id) \
         ORDER BY exclusions.id",
    ),
    (
        "no vote of a suspended account counts",
        "SELECT 'account ' || accounts.handle || ': is suspended, and ' || count(*) || ' of its votes count' \
         FROM votes JOIN accounts ON accounts.id = votes.account_id \
         WHERE accounts.suspended_at IS NOT NULL AND votes.exclusion_id IS NULL \
         GROUP BY accounts.handle ORDER BY accounts.handle",
    ),
    (
        "a suspension holds the votes of its own account alone",
        "SELECT 'account ' || accounts.handle || ': a vote is held by exclusion ' || exclusions.id \
         || ', the suspension of another account' \
         FROM votes JOIN accounts ON accounts.id = votes.account_id \
         JOIN exclusions ON exclusions.id = votes.exclusion_id WHERE exclusions.kind = {suspended} \
         AND (exclusions.subject_id IS NULL OR exclusions.subject_id <> accounts.id) \
         GROUP BY accounts.handle, exclusions.id ORDER BY accounts.handle, exclusions.id",
    ),
];

/// Checks every invariant; gives it in a line, with a line on each place where it does not hold.
pub fn check(conn: &mut Db) -> QueryResult<Vec<(&'static str, Vec<String>)>> {
    let mut checked = vec![
        ("every tally equals the votes that count", check_tallies(conn)?),
        ("no tally is newer than the version of all votes", check_versions(conn)?),
    ];
    let suspended = ExclusionKind::Suspended.to_i16().to_string();
    for (what, query) in QUERIES {
        checked.push((*what, sql::<Text>(&query.replace("{suspended}", &suspended)).load(conn)?));
    }
    Ok(checked)
}

fn check_tallies(conn: &mut Db) -> QueryResult<Vec<String>> {
    let words = |tally: Tally| format!("{} ship, {} skip", tally.ships, tally.skips);
    let line = |found: Mismatch| {
        let (stored, counted) = (words(found.stored), words(found.counted));
        format!("tally of {}: stored {stored}, votes say {counted}", found.tool_slug)
    };
    Ok(recount(conn)?.into_iter().map(line).collect())
}

fn check_versions(conn: &mut Db) -> QueryResult<Vec<String>> {
    let newest = versions::stored(conn, Of::Votes)?;
    let newer: Vec<(String, i64)> = tallies::table
        .inner_join(tools::table)
        .filter(tallies::revision.gt(newest))
        .order(tools::slug)
        .select((tools::slug, tallies::revision))
        .load(conn)?;
    let line = |(tool, revision)| {
        format!("tally of {tool}: is of version {revision}, and the votes are of {newest}")
    };
    Ok(newer.into_iter().map(line).collect())
}
