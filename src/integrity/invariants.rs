//! What must hold of votes, tallies, exclusions and suspensions, and cannot be said in their schema.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};

use crate::db::Db;
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
    ("every vote that does not count is held by an exclusion that was not undone", check_exclusions),
    ("every account that is suspended has its suspension, and that suspension is in force", check_suspended),
    ("every suspension that is in force is that of a suspended account", check_suspensions),
    ("no vote of a suspended account counts", check_votes_of_suspended),
    ("a suspension holds the votes of its own account alone", check_votes_of_suspensions),
];

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

#[derive(QueryableByName)]
struct Offence {
    /// What it is about, as it is called at the desk.
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Adds a line for each row that a query finds.
fn add(
    conn: &mut Db,
    findings: &mut Vec<String>,
    query: &str,
    line: impl Fn(&str, i64) -> String,
) -> QueryResult<()> {
    let rows: Vec<Offence> = sql_query(query).load(conn)?;
    findings.extend(rows.into_iter().map(|row| line(&row.name, row.number)));
    Ok(())
}

fn check_versions(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let newest = versions::stored(conn, Of::Votes)?;
    add(
        conn,
        findings,
        &format!(
            "SELECT tools.slug AS name, tallies.revision AS number FROM tallies \
             JOIN tools ON tools.id = tallies.tool_id WHERE tallies.revision > {newest} ORDER BY tools.slug"
        ),
        |tool, revision| format!("tally of {tool}: is of version {revision}, and the votes are of {newest}"),
    )
}

fn check_exclusions(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    add(
        conn,
        findings,
        "SELECT tools.slug AS name, exclusions.id AS number FROM votes JOIN tools ON tools.id = votes.tool_id \
         JOIN exclusions ON exclusions.id = votes.exclusion_id WHERE exclusions.undone_at IS NOT NULL \
         GROUP BY tools.slug, exclusions.id ORDER BY tools.slug, exclusions.id",
        |tool, exclusion| format!("votes on {tool}: held by exclusion {exclusion}, which was undone"),
    )
}

fn check_suspended(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    add(
        conn,
        findings,
        &format!(
            "SELECT accounts.handle AS name, accounts.id AS number FROM accounts \
             LEFT JOIN exclusions ON exclusions.id = accounts.suspension_id AND exclusions.kind = {} \
             AND exclusions.undone_at IS NULL AND exclusions.subject_id = accounts.id \
             WHERE (accounts.suspended_at IS NOT NULL OR accounts.suspension_id IS NOT NULL) \
             AND (exclusions.id IS NULL OR accounts.suspended_at IS NULL) ORDER BY accounts.handle",
            ExclusionKind::Suspended.to_i16()
        ),
        |handle, _| format!("account {handle}: its suspension and what is stored of it do not agree"),
    )
}

fn check_suspensions(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    add(
        conn,
        findings,
        &format!(
            "SELECT coalesce(accounts.handle, '') AS name, exclusions.id AS number FROM exclusions \
             LEFT JOIN accounts ON accounts.id = exclusions.subject_id \
             WHERE exclusions.kind = {} AND exclusions.undone_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM accounts suspended WHERE suspended.suspension_id = exclusions.id) \
             ORDER BY exclusions.id",
            ExclusionKind::Suspended.to_i16()
        ),
        |handle, exclusion| {
            format!("exclusion {exclusion}: suspends {handle}, whose account is not suspended by it")
        },
    )
}

fn check_votes_of_suspended(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    add(
        conn,
        findings,
        "SELECT accounts.handle AS name, count(*) AS number FROM votes \
         JOIN accounts ON accounts.id = votes.account_id \
         WHERE accounts.suspended_at IS NOT NULL AND votes.exclusion_id IS NULL \
         GROUP BY accounts.handle ORDER BY accounts.handle",
        |handle, votes| format!("account {handle}: is suspended, and {votes} of its votes count"),
    )
}

fn check_votes_of_suspensions(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    add(
        conn,
        findings,
        &format!(
            "SELECT accounts.handle AS name, exclusions.id AS number FROM votes \
             JOIN accounts ON accounts.id = votes.account_id JOIN exclusions ON exclusions.id = votes.exclusion_id \
             WHERE exclusions.kind = {} AND (exclusions.subject_id IS NULL OR exclusions.subject_id <> accounts.id) \
             GROUP BY accounts.handle, exclusions.id ORDER BY accounts.handle, exclusions.id",
            ExclusionKind::Suspended.to_i16()
        ),
        |handle, exclusion| {
            format!(
                "account {handle}: a vote is held by exclusion {exclusion}, the suspension of another account"
            )
        },
    )
}
