//! Why a signal fired, in words and with its numbers.

use crate::{
    stats::rules::{NEW_FOR_HOURS, WATCHED_DAYS},
    text::{count, grouped},
    voting::selection::{network_code, start_of},
};

/// `41 votes came between 14:00 and 15:00 on 20 Nov (UTC); this tool gets 0.3 in a usual hour.`
pub(super) fn burst(votes: u64, hour: i64, usual: f64) -> String {
    let (from, to) = (start_of(hour), start_of(hour + 1));
    let usual = if usual < 0.05 { "hardly any".to_owned() } else { format!("{usual:.1}") };
    format!(
        "{} came between {} and {} on {} (UTC); this tool gets {usual} in a usual hour.",
        count(votes, "vote", "votes"),
        from.format("%H:%M"),
        to.format("%H:%M"),
        from.format("%-d %b"),
    )
}

pub(super) fn new_accounts(new: u64, votes: u64, elsewhere: f64) -> String {
    format!(
        "{} of the {} of the last {WATCHED_DAYS} days came from accounts less than {NEW_FOR_HOURS} hours old; on the \
         other tools it is {:.0}% of the votes.",
        grouped(new),
        count(votes, "vote", "votes"),
        elsewhere * 100.0
    )
}

pub(super) fn same_votes(accounts: usize, tools: usize) -> String {
    format!(
        "{} voted on the same {} in the last {WATCHED_DAYS} days, with the same choice on each, and on nothing else.",
        count(accounts as u64, "account", "accounts"),
        count(tools as u64, "tool", "tools"),
    )
}

pub(super) fn one_network(network: i64, from_it: u64, votes: u64) -> String {
    let share = if votes == 0 { 0 } else { from_it * 100 / votes };
    format!(
        "{} of the {} of the last {WATCHED_DAYS} days came from one network, {} ({share}%).",
        grouped(from_it),
        count(votes, "vote", "votes"),
        network_code(network)
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
            burst(41, hour, 0.3),
            "41 votes came between 14:00 and 15:00 on 20 Nov (UTC); this tool gets 0.3 in a usual hour."
        );
    }
}
