//! Who has to wait before sending more: a sender whose items were declined as spam again and again.

use chrono::{NaiveDateTime, TimeDelta};

/// So many items declined as spam make a sender wait.
pub const MOST_SPAM: usize = 10;

/// For how many days an item declined as spam counts.
pub const COUNTS_FOR_DAYS: i64 = 90;

/// Until when a sender has to wait, given when their items were declined as spam; `None` if they need not.
pub fn waits_until(mut declined: Vec<NaiveDateTime>, now: NaiveDateTime) -> Option<NaiveDateTime> {
    declined.sort_unstable_by(|a, b| b.cmp(a));
    // Once the tenth newest no longer counts, nine are left.
    let until = declined.get(MOST_SPAM - 1)?.checked_add_signed(TimeDelta::days(COUNTS_FOR_DAYS))?;
    (until > now).then_some(until)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> NaiveDateTime {
        NaiveDateTime::default() + TimeDelta::days(number)
    }

    #[test]
    fn ten_within_ninety_days_make_a_sender_wait_until_nine_are_left() {
        let ten: Vec<_> = (0..10).map(day).collect();
        assert_eq!(waits_until(ten.clone(), day(10)), Some(day(90)));
        assert_eq!(waits_until(ten.clone(), day(90)), None);
        assert_eq!(waits_until(ten[1..].to_vec(), day(10)), None);
        let eleven: Vec<_> = (0..11).map(day).collect();
        assert_eq!(waits_until(eleven, day(20)), Some(day(91)));
    }

    proptest! {
        #[test]
        fn whoever_waits_has_ten_that_count_until_then_and_not_after(days in prop::collection::vec(0..200_i64, 0..30)) {
            let declined: Vec<_> = days.iter().copied().map(day).collect();
            let count = |at: NaiveDateTime| {
                declined.iter().filter(|then| **then + TimeDelta::days(COUNTS_FOR_DAYS) > at).count()
            };
            let now = day(200);
            match waits_until(declined.clone(), now) {
                Some(until) => prop_assert!(count(now) >= MOST_SPAM && count(until) < MOST_SPAM),
                None => prop_assert!(count(now) < MOST_SPAM),
            }
        }
    }
}
