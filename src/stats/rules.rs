//! The constants of the rules, in one place: what decides with them and the page that states them read the same.

use super::float;

/// The 97.5 % point of the standard normal distribution, which makes the Wilson interval a 95 % one.
pub const Z: f64 = 1.959_963_984_540_054;

/// From how many votes a tally is forming; with fewer it is early.
pub const FORMING_FROM: u64 = 10;

/// From how many votes a tally is settled.
pub const SETTLED_FROM: u64 = 39;

/// From how many votes on a tool its community counts: in the answer of a comparison, against the panel, and in how
/// often a reviewer agrees with it.
pub const ENOUGH_VOTES: u64 = FORMING_FROM;

/// From which chance on the community counts as preferring one of two tools, in the answer of a comparison.
pub const SURE_ENOUGH: f64 = 0.90;

/// By how much of the panel one of two tools must lead to be picked on the panel's word alone.
pub const CLEAR_LEAD: f64 = 0.5;

/// How many reviews of each tool make a panel rather than a voice or two.
pub const ENOUGH_REVIEWS: u32 = 3;

/// Below which chance of the tool that is ahead the community is called evenly split.
pub const EVEN_BELOW: f64 = 0.55;

/// From which chance of the tool that is ahead a contest is no longer among the closest, however few there are: it is as
/// good as decided.
pub const CONTESTED_BELOW: f64 = SURE_ENOUGH;

/// Above which chance no figure is given any more, since it would read as certainty.
pub const CERTAIN_ABOVE: f64 = 0.99;

/// Below which chance something counts as more than chance, in the signals of bought votes.
pub const BEYOND_CHANCE: f64 = 1e-6;

/// How many days back signals look for bought votes.
pub const WATCHED_DAYS: i64 = 7;

/// How many days before an hour say what a usual hour of a tool is.
pub const PAST_DAYS: i64 = 30;

/// From how many votes on the past says what is usual: a tool's own, or else that of the whole site.
pub const PAST_VOTES: i64 = 10;

/// How many votes in an hour make a burst at least.
pub const BURST_VOTES: u64 = 10;

/// How many votes in an hour make a burst on a site that has no past to compare with.
pub const FIRST_BURST_VOTES: u64 = 100;

/// How many votes an hour are expected of any tool at least, however quiet its past was.
pub const QUIET_HOUR: f64 = 1.0;

/// For how many hours an account is new.
pub const NEW_FOR_HOURS: i64 = 24;

/// How many votes of new accounts on a tool make a signal at least.
pub const NEW_ACCOUNTS: u64 = 8;

/// How many accounts that vote the same make a group.
pub const SAME_ACCOUNTS: usize = 4;

/// On how many tools a group votes the same at least.
pub const SAME_TOOLS: usize = 3;

/// How many accounts on one network make a signal at least.
pub const NETWORK_ACCOUNTS: u64 = 5;

/// Which share of a tool's votes comes from one network at least, for a signal.
pub const NETWORK_SHARE: f64 = 0.30;

/// The largest half of the Wilson interval's width that this many votes allow, as a share: at an even split.
pub fn widest_reach(votes: u64) -> f64 {
    Z / (2.0 * (float(votes) + Z * Z).sqrt())
}
