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

/// Above which chance no figure is given any more, since it would read as certainty.
pub const CERTAIN_ABOVE: f64 = 0.99;

/// The largest half of the Wilson interval's width that this many votes allow, as a share: at an even split.
#[must_use]
pub fn widest_reach(votes: u64) -> f64 {
    Z / (2.0 * (float(votes) + Z * Z).sqrt())
}
