//! `shiptally verify`: proves that every tally equals its votes and that every stored invariant holds.

use super::{CliError, connect_existing};
use crate::db::{DatabaseUrl, Db};
use crate::votes::recount::{Mismatch, repair as repair_tallies};
use crate::{catalogue, integrity};

/// Checks everything and says in a line each what that is; with `repair`, mends tallies from the votes first and says
/// which.
pub fn run(database: &DatabaseUrl, repair: bool) -> Result<(), CliError> {
    let mut conn = connect_existing(database)?;
    if repair {
        let mended = repair_tallies(&mut conn)?;
        for Mismatch { tool_slug, stored, counted, .. } in &mended {
            eprintln!(
                "repaired the tally of {tool_slug}: stored {} ship, {} skip, votes say {} ship, {} skip",
                stored.ships, stored.skips, counted.ships, counted.skips
            );
        }
    }
    let checks = check(&mut conn)?;
    for (what, findings) in &checks {
        eprintln!("{:<9}{what}", if findings.is_empty() { "ok" } else { "differs" });
    }
    let findings: Vec<String> = checks.into_iter().flat_map(|(_, findings)| findings).collect();
    if findings.is_empty() {
        eprintln!("OK: all tallies and data checks passed");
        return Ok(());
    }
    Err(CliError::Failed(findings.join("\n")))
}

/// A line for everything that is not as it must be.
pub fn differences(conn: &mut Db) -> diesel::QueryResult<Vec<String>> {
    Ok(check(conn)?.into_iter().flat_map(|(_, findings)| findings).collect())
}

/// What was checked, in a line, and what was found.
type Checked = (&'static str, Vec<String>);

/// Checks every invariant on one view of the data.
fn check(conn: &mut Db) -> diesel::QueryResult<Vec<Checked>> {
    conn.read(|conn| {
        let mut checked = integrity::invariants::check(conn)?;
        for (what, look) in catalogue::invariants::ALL {
            let mut findings = Vec::new();
            look(conn, &mut findings)?;
            checked.push((*what, findings));
        }
        Ok(checked)
    })
}
