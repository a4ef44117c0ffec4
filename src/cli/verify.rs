//! `shiptally verify`: proves that every tally equals its votes and that every stored invariant holds.

use super::{CliError, connect, settle};
use crate::{
    catalogue::invariants,
    db::{DatabaseUrl, Db},
    stats::Tally,
    voting::recount::{Mismatch, recount, repair as repair_tallies, suspended_but_counted},
};

/// Checks everything; with `repair`, mends tallies from the votes first and says which.
///
/// # Errors
/// [`CliError::Failed`] when anything differs that was not mended.
pub fn run(database: &DatabaseUrl, repair: bool) -> Result<(), CliError> {
    let mut conn = connect(database)?;
    if repair {
        let mended = repair_tallies(&mut conn).map_err(|cause| CliError::failed(&cause))?;
        if !mended.is_empty() {
            settle();
        }
        for found in &mended {
            eprintln!("mended {}", line(found));
        }
    }
    let problems = differences(&mut conn).map_err(|cause| CliError::failed(&cause))?;
    if problems.is_empty() {
        eprintln!("every tally equals its votes, and every invariant holds");
        return Ok(());
    }
    Err(CliError::Failed(problems.join("\n")))
}

/// A line for everything that is not as it must be.
///
/// # Errors
/// When the database fails.
pub fn differences(conn: &mut Db) -> diesel::QueryResult<Vec<String>> {
    let mut lines: Vec<String> = recount(conn)?.iter().map(line).collect();
    let suspended = suspended_but_counted(conn)?;
    lines
        .extend(suspended.iter().map(|handle| format!("account {handle} is suspended, and its votes count")));
    lines.extend(invariants::check(conn)?);
    Ok(lines)
}

fn line(found: &Mismatch) -> String {
    let words = |tally: Tally| format!("{} ship, {} skip", tally.ships, tally.skips);
    format!(
        "tally of {}: stored {}, votes say {}",
        found.tool_slug,
        words(found.stored),
        words(found.counted)
    )
}
