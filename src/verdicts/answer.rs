//! The answer of a comparison: which of two tools to ship with, by written rules that never say
//! more than the figures carry. `/methodology` states the same rules in words.

use askama::{Template, filters::HtmlSafe};

use crate::{
    catalogue::Tool,
    stats::{
        Panel, Side, Tally, Verdict, chance_ahead,
        rules::{CERTAIN_ABOVE, CLEAR_LEAD, ENOUGH_REVIEWS, ENOUGH_VOTES, SURE_ENOUGH},
    },
    text::{count, grouped},
};

/// What is known of one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Contender {
    pub name: String,
    pub panel: Panel,
    pub tally: Tally,
    /// The entry price in its catalogue words; empty when unknown.
    pub entry_price: String,
}

impl Contender {
    /// What is known of a tool with this tally.
    #[must_use]
    pub fn new(tool: &Tool, tally: Tally) -> Self {
        Self { name: tool.name.clone(), panel: tool.panel, tally, entry_price: tool.entry_price.clone() }
    }
}

/// What the figures allow to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// This one.
    Pick(Side),
    /// This one, by a narrow or thin lead.
    Lean(Side),
    /// One leads, but it convinces neither panel nor community.
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

/// The answer: the call, and why. The inside of `#answer`.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_answer.html")]
pub struct Answer {
    call: Call,
    first: Contender,
    second: Contender,
}

impl HtmlSafe for Answer {}

/// The call in words.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_call.html")]
pub struct CallView {
    call: Call,
    /// The tool that it names, if any.
    name: String,
}

impl HtmlSafe for CallView {}

impl Answer {
    /// Weighs two tools.
    #[must_use]
    pub fn weigh(first: Contender, second: Contender) -> Self {
        Self { call: call(&first, &second), first, second }
    }

    /// What is said, without why.
    #[must_use]
    pub fn call(&self) -> Call {
        self.call
    }

    /// The call without why, for where there is little room.
    #[must_use]
    pub fn in_short(&self) -> CallView {
        let name = match self.call {
            Call::Pick(side) | Call::Lean(side) | Call::Neither(side) => {
                in_order(side, &self.first, &self.second).0.name.clone()
            }
            Call::Torn | Call::TooClose | Call::TooEarly | Call::NothingYet => String::new(),
        };
        CallView { call: self.call, name }
    }

    /// Why, in one to three sentences: panel, community, price.
    fn reasons(&self) -> String {
        let mut sentences = vec![self.panel_reason(), self.community_reason()];
        sentences.extend(self.price_reason());
        sentences.join(" ")
    }

    fn panel_reason(&self) -> String {
        let (a, b) = (&self.first, &self.second);
        if a.panel.reviews == 0 && b.panel.reviews == 0 {
            return "The panel has reviewed neither.".to_owned();
        }
        match panel_side(a, b) {
            Some(side) => {
                let (ahead, behind) = in_order(side, a, b);
                format!(
                    "{} {} {}, against {} for {}.",
                    of_reviewers(ahead.panel),
                    if ahead.panel.ships == 1 { "ships" } else { "ship" },
                    ahead.name,
                    short_share(behind.panel),
                    behind.name
                )
            }
            None if a.panel.reviews == 0 || b.panel.reviews == 0 => {
                let (known, unknown) = if a.panel.reviews == 0 { (b, a) } else { (a, b) };
                format!(
                    "{} {} {}; nobody has reviewed {} yet.",
                    of_reviewers(known.panel),
                    if known.panel.ships == 1 { "ships" } else { "ship" },
                    known.name,
                    unknown.name
                )
            }
            None => format!(
                "The panel sees them level: {} and {} ship.",
                short_share(a.panel),
                short_share(b.panel)
            ),
        }
    }

    fn community_reason(&self) -> String {
        let (a, b) = (self.first.tally.votes(), self.second.tally.votes());
        if a == 0 && b == 0 {
            return "The community has yet to vote.".to_owned();
        }
        let votes = if a == b {
            format!("{} each", count(a, "vote", "votes"))
        } else {
            format!("{} and {} votes", grouped(a), grouped(b))
        };
        match (a < ENOUGH_VOTES, b < ENOUGH_VOTES) {
            (true, true) => return format!("With {votes}, the community has yet to be heard."),
            (true, false) => return too_few_on(&self.first),
            (false, true) => return too_few_on(&self.second),
            (false, false) => {}
        }
        let chance = chance_ahead(self.first.tally, self.second.tally).unwrap_or(0.5);
        let (name, chance) =
            if chance >= 0.5 { (&self.first.name, chance) } else { (&self.second.name, 1.0 - chance) };
        if chance < SURE_ENOUGH {
            return format!("The community is undecided ({votes}).");
        }
        let percent =
            if chance > CERTAIN_ABOVE { "over 99%".to_owned() } else { format!("{:.0}%", chance * 100.0) };
        format!("The community prefers {name} with a chance of {percent} ({votes}).")
    }

    fn price_reason(&self) -> Option<String> {
        let (a, b) = (self.first.entry_price.trim(), self.second.entry_price.trim());
        if a.is_empty() || b.is_empty() {
            return None;
        }
        if a.eq_ignore_ascii_case("free") && b.eq_ignore_ascii_case("free") {
            return Some("Both are free to start with.".to_owned());
        }
        if a == b {
            return Some(format!("Both start at {a}."));
        }
        let (a, b) = (within_a_sentence(a), within_a_sentence(b));
        Some(format!("Entry is {a} for {} and {b} for {}.", self.first.name, self.second.name))
    }
}

fn too_few_on(tool: &Contender) -> String {
    match tool.tally.votes() {
        0 => format!("Nobody has voted on {} yet.", tool.name),
        votes => format!("{} on {}: too few to count.", count(votes, "vote", "votes"), tool.name),
    }
}

/// A price that begins with one of the usual words begins small.
fn within_a_sentence(price: &str) -> String {
    let usual = ["Free", "From"].iter().any(|word| price.starts_with(word));
    if usual { price.replacen('F', "f", 1) } else { price.to_owned() }
}

/// The rules, in their order.
fn call(a: &Contender, b: &Contender) -> Call {
    let panel = panel_side(a, b);
    let community = community_side(a, b);
    let side = match (panel, community) {
        (None, None) if nothing_known(a) && nothing_known(b) => return Call::NothingYet,
        (None, None) if lacks_words(a) || lacks_words(b) => return Call::TooEarly,
        (None, None) => return Call::TooClose,
        (Some(panel), Some(community)) if panel != community => return Call::Torn,
        (Some(side), _) | (None, Some(side)) => side,
    };
    let (ahead, behind) = in_order(side, a, b);
    if !convinces(ahead) {
        return Call::Neither(side);
    }
    let whole_panel = ahead.panel.reviews.min(behind.panel.reviews) >= ENOUGH_REVIEWS;
    let clear = whole_panel && share(ahead.panel) - share(behind.panel) >= CLEAR_LEAD;
    if community.is_some() || clear { Call::Pick(side) } else { Call::Lean(side) }
}

/// The tool of which a larger part of its reviewers says ship; both must have been reviewed.
fn panel_side(a: &Contender, b: &Contender) -> Option<Side> {
    if a.panel.reviews == 0 || b.panel.reviews == 0 {
        return None;
    }
    // Compared as fractions, so that equal shares are equal.
    let left = u64::from(a.panel.ships) * u64::from(b.panel.reviews);
    let right = u64::from(b.panel.ships) * u64::from(a.panel.reviews);
    match left.cmp(&right) {
        std::cmp::Ordering::Greater => Some(Side::First),
        std::cmp::Ordering::Less => Some(Side::Second),
        std::cmp::Ordering::Equal => None,
    }
}

/// The tool that the community prefers, when enough have voted and it is sure enough.
fn community_side(a: &Contender, b: &Contender) -> Option<Side> {
    if a.tally.votes().min(b.tally.votes()) < ENOUGH_VOTES {
        return None;
    }
    let chance = chance_ahead(a.tally, b.tally)?;
    if chance >= SURE_ENOUGH {
        Some(Side::First)
    } else if chance <= 1.0 - SURE_ENOUGH {
        Some(Side::Second)
    } else {
        None
    }
}

/// Whether the panel, or a community of enough votes, says ship.
fn convinces(tool: &Contender) -> bool {
    let community = tool.tally.votes() >= ENOUGH_VOTES && tool.tally.verdict() == Some(Verdict::Ship);
    tool.panel.verdict() == Some(Verdict::Ship) || community
}

fn nothing_known(tool: &Contender) -> bool {
    tool.panel.reviews == 0 && tool.tally.votes() < ENOUGH_VOTES
}

/// Whether reviews, or votes enough to count, have yet to come.
fn lacks_words(tool: &Contender) -> bool {
    tool.panel.reviews == 0 || tool.tally.votes() < ENOUGH_VOTES
}

fn share(panel: Panel) -> f64 {
    if panel.reviews == 0 { 0.0 } else { f64::from(panel.ships) / f64::from(panel.reviews) }
}

fn in_order<'a>(ahead: Side, a: &'a Contender, b: &'a Contender) -> (&'a Contender, &'a Contender) {
    match ahead {
        Side::First => (a, b),
        Side::Second => (b, a),
    }
}

/// "All 4 reviewers", "3 of 4 reviewers", "None of 4 reviewers", "Its 1 reviewer".
fn of_reviewers(panel: Panel) -> String {
    match (panel.ships, panel.reviews) {
        (1, 1) => "The one reviewer".to_owned(),
        (ships, reviews) if ships == reviews => format!("All {reviews} reviewers"),
        (0, reviews) => format!("None of {}", count(reviews.into(), "reviewer", "reviewers")),
        (ships, reviews) => format!("{ships} of {reviews} reviewers"),
    }
}

fn short_share(panel: Panel) -> String {
    format!("{} of {}", panel.ships, panel.reviews)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tool(name: &str, panel: (u32, u32), votes: (u64, u64), price: &str) -> Contender {
        Contender {
            name: name.into(),
            panel: Panel { ships: panel.0, reviews: panel.1 },
            tally: Tally { ships: votes.0, skips: votes.1 },
            entry_price: price.into(),
        }
    }

    fn weigh(a: ((u32, u32), (u64, u64)), b: ((u32, u32), (u64, u64))) -> Call {
        Answer::weigh(tool("A", a.0, a.1, ""), tool("B", b.0, b.1, "")).call()
    }

    #[test]
    fn a_narrow_lead_of_the_panel_alone_is_a_lean() {
        assert_eq!(weigh(((4, 4), (0, 0)), ((3, 4), (0, 0))), Call::Lean(Side::First));
    }

    #[test]
    fn a_clear_lead_of_a_whole_panel_is_a_pick() {
        assert_eq!(weigh(((1, 4), (0, 0)), ((4, 4), (0, 0))), Call::Pick(Side::Second));
        assert_eq!(
            weigh(((0, 1), (0, 0)), ((1, 1), (0, 0))),
            Call::Lean(Side::Second),
            "one voice is no panel"
        );
    }

    #[test]
    fn few_votes_never_sway_the_answer() {
        assert_eq!(weigh(((2, 4), (9, 0)), ((2, 4), (0, 9))), Call::TooEarly);
        assert_eq!(weigh(((3, 4), (40, 2)), ((3, 4), (20, 30))), Call::Pick(Side::First));
    }

    #[test]
    fn only_what_panel_and_community_have_looked_at_is_too_close() {
        let split = (20, 20);
        assert_eq!(weigh(((2, 4), split), ((1, 2), split)), Call::TooClose);
        assert_eq!(weigh(((2, 4), split), ((1, 2), (5, 4))), Call::TooEarly, "9 votes are too few");
        assert_eq!(weigh(((2, 4), split), ((0, 0), split)), Call::TooEarly, "nobody reviewed one of them");
        let answer = Answer::weigh(tool("A", (0, 0), (1, 0), ""), tool("B", (2, 3), (2, 0), "")).to_string();
        assert!(
            answer.contains(
                "<strong>Too early to call.</strong> 2 of 3 reviewers ship B; nobody has reviewed A"
            )
        );
    }

    #[test]
    fn panel_and_community_may_disagree() {
        assert_eq!(weigh(((4, 4), (10, 40)), ((3, 4), (45, 5))), Call::Torn);
    }

    #[test]
    fn the_better_of_two_that_convince_nobody_is_no_pick() {
        assert_eq!(weigh(((1, 4), (0, 0)), ((0, 4), (0, 0))), Call::Neither(Side::First));
    }

    #[test]
    fn nothing_known_is_said_as_such() {
        assert_eq!(weigh(((0, 0), (0, 0)), ((0, 0), (3, 0))), Call::NothingYet);
    }

    #[test]
    fn few_votes_on_one_tool_are_not_laid_to_the_other() {
        let words = |votes| {
            Answer::weigh(tool("A", (4, 4), (900_000, 1), "From $5"), tool("B", (3, 4), votes, "$1"))
                .to_string()
        };
        assert!(words((0, 0)).contains("Nobody has voted on B yet. Entry is from $5 for A and $1 for B."));
        assert!(words((0, 1)).contains("1 vote on B: too few to count."));
    }

    #[test]
    fn votes_are_counted_in_plain_english() {
        let say =
            |a, b| Answer::weigh(tool("A", (1, 1), (a, 0), ""), tool("B", (1, 1), (b, 0), "")).to_string();
        assert!(say(3, 1).contains("With 3 and 1 votes, the community has yet to be heard."));
        assert!(say(1, 1).contains("With 1 vote each, the community has yet to be heard."));
    }

    #[test]
    fn the_sentence_says_why() {
        let answer = Answer::weigh(
            tool("Code Llama 4", (4, 4), (0, 0), "Free"),
            tool("SmolVLM2-2B", (3, 4), (0, 0), "Free"),
        );
        assert_eq!(
            answer.to_string(),
            "<p class=\"answer-line\">Lean towards <strong>Code Llama 4</strong>. All 4 reviewers ship Code Llama 4, against \
             3 of 4 for SmolVLM2-2B. The community has yet to vote. Both are free to start with.</p>"
        );
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
