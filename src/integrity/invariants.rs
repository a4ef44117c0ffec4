//! What must hold of votes, tallies, exclusions and suspensions, and cannot be said in their schema.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Db;
use crate::db::schema::{tallies, tools};
use crate::db::versions::{self, Of};
use crate::stats::Tally;
use crate::votes::ExclusionKind;
use crate::votes::recount::recount;

/// Looks for what breaks an invariant, and adds a line for each finding.
type Look = fn(&mut Db, &mut Vec<String>) -> QueryResult<()>;

/// Every invariant, in a line, with what finds where it does not hold.
pub const ALL: &[(&str, Look)] = &[
    ("every tally equals the votes that count", check_tallies),
    ("no tally is newer than the version of all votes", check_versions),
    ("every vote that does not count is held by an exclusion that was not undone", |conn, findings| {
        add(
            conn,
            findings,
            "SELECT 'votes on ' || tools.slug || ': held by exclusion ' || exclusions.id || ', which was undone' \
             FROM votes JOIN tools ON tools.id = votes.tool_id JOIN exclusions ON exclusions.id = votes.exclusion_id \
             WHERE exclusions.undone_at IS NOT NULL \
             GROUP BY tools.slug, exclusions.id ORDER BY tools.slug, exclusions.id",
        )
    }),
    (
        "every account that is suspended has its suspension, and that suspension is in force",
        |conn, findings| {
            add(
                conn,
                findings,
                "SELECT 'account ' || accounts.handle || ': its suspension and what is stored of it do not agree' \
             FROM accounts LEFT JOIN exclusions ON exclusions.id = accounts.suspension_id \
             AND exclusions.kind = {suspended} AND exclusions.undone_at IS NULL \
             AND exclusions.subject_id = accounts.id \
             WHERE (accounts.suspended_at IS NOT NULL OR accounts.suspension_id IS NOT NULL) \
             AND (exclusions.id IS NULL OR accounts.suspended_at IS NULL) ORDER BY accounts.handle",
            )
        },
    ),
    ("every suspension that is in force is that of a suspended account", |conn, findings| {
        add(
            conn,
            findings,
            "SELECT 'exclusion ' || exclusions.id || ': suspends ' || coalesce(accounts.handle, '') \
             || ', whose account is not suspended by it' \
             FROM exclusions LEFT JOIN accounts ON accounts.id = exclusions.subject_id \
             WHERE exclusions.kind = {suspended} AND exclusions.undone_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM accounts suspended WHERE suspended.suspension_id = exclusions.id) \
             ORDER BY exclusions.id",
        )
    }),
    ("no vote of a suspended account counts", |conn, findings| {
        add(
            conn,
            findings,
            "SELECT 'account ' || accounts.handle || ': is suspended, and ' || count(*) || ' of its votes count' \
             FROM votes JOIN accounts ON accounts.id = votes.account_id \
             WHERE accounts.suspended_at IS NOT NULL AND votes.exclusion_id IS NULL \
             GROUP BY accounts.handle ORDER BY accounts.handle",
        )
    }),
    ("a suspension holds the votes of its own account alone", |conn, findings| {
        add(
            conn,
            findings,
            "SELECT 'account ' || accounts.handle || ': a vote is held by exclusion ' || exclusions.id \
             || ', the suspension of another account' \
             FROM votes JOIN accounts ON accounts.id = votes.account_id \
             JOIN exclusions ON exclusions.id = votes.exclusion_id WHERE exclusions.kind = {suspended} \
             AND (exclusions.subject_id IS NULL OR exclusions.subject_id <> accounts.id) \
             GROUP BY accounts.handle, exclusions.id ORDER BY accounts.handle, exclusions.id",
        )
    }),
];

/// Adds the lines that a query finds; `{suspended}` stands for the kind of the exclusions of suspended accounts.
fn add(conn: &mut Db, findings: &mut Vec<String>, query: &str) -> QueryResult<()> {
    let query = query.replace("{suspended}", &ExclusionKind::Suspended.to_i16().to_string());
    findings.append(&mut sql::<Text>(&query).load(conn)?);
    Ok(())
}

fn check_tallies(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let words = |tally: Tally| format!("{} ship, {} skip", tally.ships, tally.skips);
    findings.extend(recount(conn)?.iter().map(|found| {
        format!(
            "tally of {}: stored {}, votes say {}",
            found.tool_slug,
            words(found.stored),
            words(found.counted)
        )
    }));
    Ok(())
}

fn check_versions(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let newest = versions::stored(conn, Of::Votes)?;
    let newer: Vec<(String, i64)> = tallies::table
        .inner_join(tools::table)
        .filter(tallies::revision.gt(newest))
        .order(tools::slug)
        .select((tools::slug, tallies::revision))
        .load(conn)?;
    findings.extend(newer.iter().map(|(tool, revision)| {
        format!("tally of {tool}: is of version {revision}, and the votes are of {newest}")
    }));
    Ok(())
}
