//! Why a signal fired, in words and with its numbers.

use crate::integrity::selection::start_of;
use crate::stats::rules::{NEW_FOR_HOURS, WATCHED_DAYS};
use crate::text::{count, grouped};

/// How many votes an hour usually has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UsualHour {
    /// On the average.
    pub(super) votes: f64,
    /// Whether that is of all tools together, since this one has no past.
    pub(super) of_site: bool,
}

/// `41 votes came between 14:00 and 15:00 on 20 Nov (UTC); this tool usually gets 0.3 per hour.`
pub(super) fn burst(votes: u64, hour: i64, usual: Option<UsualHour>) -> String {
    let (from, to) = (start_of(hour), start_of(hour + 1));
    let usual = match usual {
        None => "there are no earlier votes to compare with".to_owned(),
        Some(UsualHour { votes, of_site }) => {
            let who = if of_site { "all tools together usually get" } else { "this tool usually gets" };
            let votes = if votes < 0.05 { "almost none".to_owned() } else { format!("{votes:.1}") };
            format!("{who} {votes} per hour")
        }
    };
    format!(
        "{} came between {} and {} on {} (UTC); {usual}.",
        count(votes, "vote", "votes"),
        from.format("%H:%M"),
        to.format("%H:%M"),
        from.format("%-d %b"),
    )
}

/// Votes of new accounts among all: on this tool, and on the others.
pub(super) fn new_accounts((new, votes): (u64, u64), (new_elsewhere, votes_elsewhere): (u64, u64)) -> String {
    format!(
        "{} of the {} of the last {WATCHED_DAYS} days came from accounts less than {NEW_FOR_HOURS} hours old; on the \
         other tools it is {} of {}.",
        grouped(new),
        count(votes, "vote", "votes"),
        grouped(new_elsewhere),
        grouped(votes_elsewhere),
    )
}

pub(super) fn same_votes(accounts: usize, tools: usize) -> String {
    format!(
        "{} voted on the same {} in the last {WATCHED_DAYS} days, with the same choice on each, and on nothing else.",
        count(accounts as u64, "account", "accounts"),
        count(tools as u64, "tool", "tools"),
    )
}

/// It never says which network: these words go into the log, and stay there.
pub(super) fn one_network(from_it: u64, votes: u64) -> String {
    let share = (from_it * 100).checked_div(votes).unwrap_or_default();
    format!(
        "{} of the {} of the last {WATCHED_DAYS} days came from the same network ({share}%).",
        grouped(from_it),
        count(votes, "vote", "votes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_told_with_its_hour() {
        // 20 November 2026, 14:00.
        let hour = 1_795_183_200 / 3600;
        assert_eq!(
            burst(41, hour, Some(UsualHour { votes: 0.3, of_site: false })),
            "41 votes came between 14:00 and 15:00 on 20 Nov (UTC); this tool usually gets 0.3 per hour."
        );
        assert_eq!(
            burst(41, hour, Some(UsualHour { votes: 0.01, of_site: true })),
            "41 votes came between 14:00 and 15:00 on 20 Nov (UTC); all tools together usually get almost none per hour."
        );
    }
}
