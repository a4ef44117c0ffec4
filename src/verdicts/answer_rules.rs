//! Which of two tools the figures speak for, by written rules that never say more than they carry. `/methodology` states
//! the same rules in words.

use super::views::RatedTool;
use crate::stats::rules::{CLEAR_LEAD, ENOUGH_REVIEWS, ENOUGH_VOTES, SURE_ENOUGH};
use crate::stats::{Lead, Panel, Side, Verdict};

/// What the figures allow to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// This one.
    Pick(Side),
    /// This one, by a narrow or thin lead.
    Lean(Side),
    /// One leads, but neither panel nor community recommends it.
    Neither(Side),
    /// Panel and community point to different tools.
    Torn,
    /// Both have a panel and a community to speak of, and nothing sets them apart.
    TooClose,
    /// Neither side points anywhere, and what is missing may yet decide.
    TooEarly,
    /// There is nothing to go by.
    NothingYet,
}

/// The rules, in their order.
pub fn call(a: &RatedTool, b: &RatedTool) -> Call {
    let panel = panel_side(a, b);
    let community = community_side(a, b);
    let side = match (panel, community) {
        (None, None) if nothing_known(a) && nothing_known(b) => return Call::NothingYet,
        (None, None) if lacks_data(a) || lacks_data(b) => return Call::TooEarly,
        (None, None) => return Call::TooClose,
        (Some(panel), Some(community)) if panel != community => return Call::Torn,
        (Some(side), _) | (None, Some(side)) => side,
    };
    let (ahead, behind) = side.order(a, b);
    if !is_recommended(ahead) {
        return Call::Neither(side);
    }
    let whole_panel = ahead.tool.panel.reviews.min(behind.tool.panel.reviews) >= ENOUGH_REVIEWS;
    let clear = whole_panel && share(ahead.tool.panel) - share(behind.tool.panel) >= CLEAR_LEAD;
    if community.is_some() || clear { Call::Pick(side) } else { Call::Lean(side) }
}

/// The tool of which a larger part of its reviewers says ship; both must have been reviewed.
pub(super) fn panel_side(a: &RatedTool, b: &RatedTool) -> Option<Side> {
    if a.tool.panel.reviews == 0 || b.tool.panel.reviews == 0 {
        return None;
    }
    // Compared as fractions, so that equal shares are equal.
    let left = u64::from(a.tool.panel.ships) * u64::from(b.tool.panel.reviews);
    let right = u64::from(b.tool.panel.ships) * u64::from(a.tool.panel.reviews);
    match left.cmp(&right) {
        std::cmp::Ordering::Greater => Some(Side::First),
        std::cmp::Ordering::Less => Some(Side::Second),
        std::cmp::Ordering::Equal => None,
    }
}

/// The tool that leads with the community, when that is sure enough.
fn community_side(a: &RatedTool, b: &RatedTool) -> Option<Side> {
    match Lead::between(a.tally, b.tally) {
        Lead::Of { leader, chance } if chance >= SURE_ENOUGH => Some(leader),
        _ => None,
    }
}

/// Whether the panel, or a community of enough votes, says ship.
fn is_recommended(rated: &RatedTool) -> bool {
    let community = rated.tally.votes() >= ENOUGH_VOTES && rated.tally.verdict() == Some(Verdict::Ship);
    rated.tool.panel.verdict() == Some(Verdict::Ship) || community
}

fn nothing_known(rated: &RatedTool) -> bool {
    rated.tool.panel.reviews == 0 && rated.tally.votes() < ENOUGH_VOTES
}

/// Whether reviews, or votes enough to count, have yet to come.
fn lacks_data(rated: &RatedTool) -> bool {
    rated.tool.panel.reviews == 0 || rated.tally.votes() < ENOUGH_VOTES
}

fn share(panel: Panel) -> f64 {
    if panel.reviews == 0 { 0.0 } else { f64::from(panel.ships) / f64::from(panel.reviews) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    pub(in crate::verdicts) fn tool(
        name: &str,
        panel: (u32, u32),
        votes: (u64, u64),
        price: &str,
    ) -> RatedTool {
        let mut rated = RatedTool::sample(name, panel, votes);
        Arc::make_mut(&mut rated.tool).entry_price = price.into();
        rated
    }

    fn weigh(a: ((u32, u32), (u64, u64)), b: ((u32, u32), (u64, u64))) -> Call {
        call(&tool("A", a.0, a.1, ""), &tool("B", b.0, b.1, ""))
    }

    #[test]
    fn the_rules_never_say_more_than_the_figures_carry() {
        let split = (20, 20);
        for (why, a, b, expected) in [
            ("a narrow lead of the panel", ((4, 4), (0, 0)), ((3, 4), (0, 0)), Call::Lean(Side::First)),
            ("a clear lead of the panel", ((1, 4), (0, 0)), ((4, 4), (0, 0)), Call::Pick(Side::Second)),
            ("one voice is no panel", ((0, 1), (0, 0)), ((1, 1), (0, 0)), Call::Lean(Side::Second)),
            ("few votes sway nothing", ((2, 4), (9, 0)), ((2, 4), (0, 9)), Call::TooEarly),
            ("the community decides", ((3, 4), (40, 2)), ((3, 4), (20, 30)), Call::Pick(Side::First)),
            ("nothing sets them apart", ((2, 4), split), ((1, 2), split), Call::TooClose),
            ("9 votes are too few", ((2, 4), split), ((1, 2), (5, 4)), Call::TooEarly),
            ("nobody reviewed one of them", ((2, 4), split), ((0, 0), split), Call::TooEarly),
            ("panel and community disagree", ((4, 4), (10, 40)), ((3, 4), (45, 5)), Call::Torn),
            ("two that convince nobody", ((1, 4), (0, 0)), ((0, 4), (0, 0)), Call::Neither(Side::First)),
            ("nothing is known", ((0, 0), (0, 0)), ((0, 0), (3, 0)), Call::NothingYet),
        ] {
            assert_eq!(weigh(a, b), expected, "{why}");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_tools_does_not_matter(
            a in ((0u32..5, 0u32..5), (0u64..60, 0u64..60)),
            b in ((0u32..5, 0u32..5), (0u64..60, 0u64..60)),
        ) {
            let whole = |x: ((u32, u32), (u64, u64))| ((x.0.0.min(x.0.1), x.0.1), x.1);
            let (a, b) = (whole(a), whole(b));
            let other = |side| if side == Side::First { Side::Second } else { Side::First };
            let turned = match weigh(b, a) {
                Call::Pick(side) => Call::Pick(other(side)),
                Call::Lean(side) => Call::Lean(other(side)),
                Call::Neither(side) => Call::Neither(other(side)),
                call => call,
            };
            prop_assert_eq!(weigh(a, b), turned);
        }
    }
}
