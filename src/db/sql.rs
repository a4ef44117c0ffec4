//! Small pieces of SQL that features share.

use std::ops::Range;
use std::time::Duration;

use diesel::QueryResult;

diesel::define_sql_function! {
    /// Lower case, as the database has it, for searches: SQLite knows the letters from a to z only, PostgreSQL goes by its
    /// language. What tells one thing from another is folded by the program and stored so.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// What stands before a sign of a pattern that means itself; see [`containing`].
pub const ESCAPE: char = '!';

/// The pattern of LIKE for whatever has `part` in it, for `like(…).escape(ESCAPE)`. A NUL, which PostgreSQL refuses, is
/// left out.
pub fn containing(part: &str) -> String {
    format!("%{}", starting(part))
}

/// The same for whatever begins with `part`.
pub fn starting(part: &str) -> String {
    let escaped = |sign: char| matches!(sign, '%' | '_' | ESCAPE).then_some(ESCAPE).into_iter().chain([sign]);
    let part: String = part.chars().filter(|sign| *sign != '\0').flat_map(escaped).collect();
    format!("{part}%")
}

/// A count or limit as the databases have it.
pub fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// How many rows were counted.
pub fn counted(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

/// How many rows one statement inserts. SQLite takes 32,766 values in one, PostgreSQL twice as many.
pub const INSERT_BATCH: usize = 500;

/// LIMIT and OFFSET of the rows that stand in `range`.
pub fn limit_and_offset(range: &Range<usize>) -> (i64, i64) {
    (signed(range.len()), signed(range.start))
}

/// How many rows one step clears away, and how long it then lets others write.
const STEP: i64 = 500;
const REST: Duration = Duration::from_millis(20);

/// Clears away step by step, each a transaction of its own, so that nobody waits long for it and the log of the
/// database stays small; returns how many rows there were. `step` clears at most so many. To be called where a thread
/// may wait.
pub fn in_small_steps(mut step: impl FnMut(i64) -> QueryResult<usize>) -> QueryResult<usize> {
    let mut cleared = 0;
    loop {
        let done = step(STEP)?;
        cleared += done;
        if signed(done) < STEP {
            return Ok(cleared);
        }
        std::thread::sleep(REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_means_itself() {
        assert_eq!(containing(&"50% OFF_!\0".to_lowercase()), "%50!% off!_!!%");
        assert_eq!(containing(&"50%_Off!".to_lowercase()), "%50!%!_off!!%");
        assert_eq!(containing("50%_\\"), "%50!%!_\\%");
    }

    #[test]
    fn a_page_is_a_limit_and_an_offset() {
        assert_eq!(limit_and_offset(&(50..80)), (30, 50));
        assert_eq!((limit_and_offset(&(0..0)), counted(-1), counted(7)), ((0, 0), 0, 7));
    }

    #[test]
    fn clearing_away_goes_on_until_a_step_finds_less_than_it_could() {
        let mut left = 1234;
        let cleared = in_small_steps(|most| {
            let step = left.min(usize::try_from(most).unwrap_or_default());
            left -= step;
            Ok(step)
        });
        assert_eq!((cleared, left), (Ok(1234), 0));
    }
}
