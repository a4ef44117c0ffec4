//! The answer of a comparison in words: which of two tools to ship with, and why.

use askama::Template;
use askama::filters::HtmlSafe;

use super::answer_rules::{Call, call, panel_side};
use super::views::RatedTool;
use crate::catalogue::Tool;
use crate::stats::rules::{CERTAIN_ABOVE, ENOUGH_VOTES, SURE_ENOUGH};
use crate::stats::{Panel, chance_ahead};
use crate::text::{count, grouped};

/// The answer: the call, and why. The inside of `#answer`.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_answer.html")]
pub struct Answer {
    call: Call,
    first: RatedTool,
    second: RatedTool,
}

impl HtmlSafe for Answer {}

/// The call in words.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_answer_in_short.html")]
pub struct AnswerInShort {
    call: Call,
    /// The tool that it names, if any.
    name: String,
    /// Who reviews: `panel` or `AI reviewers`.
    panel: &'static str,
}

impl HtmlSafe for AnswerInShort {}

impl Answer {
    /// Weighs two tools.
    pub fn weigh(first: RatedTool, second: RatedTool) -> Self {
        Self { call: call(&first, &second), first, second }
    }

    /// The call without why, for where there is little room.
    pub fn in_short(&self) -> AnswerInShort {
        let name = match self.call {
            Call::Pick(side) | Call::Lean(side) | Call::Neither(side) => {
                side.order(&self.first, &self.second).0.tool.name.clone()
            }
            Call::Torn | Call::TooClose | Call::TooEarly | Call::NothingYet => String::new(),
        };
        AnswerInShort { call: self.call, name, panel: if self.is_ai() { "AI reviewers" } else { "panel" } }
    }

    /// Whether all reviewers whom the answer means are AI.
    fn is_ai(&self) -> bool {
        let reviewed = [&self.first, &self.second].into_iter().filter(|rated| rated.tool.panel.reviews > 0);
        reviewed.map(|rated| rated.tool.only_ai_reviews).reduce(|one, other| one && other).unwrap_or(false)
    }

    /// Why, in one to three sentences: panel, community, price.
    fn reasons(&self) -> String {
        let mut sentences = vec![self.panel_reason(), self.community_reason()];
        sentences.extend(self.price_reason());
        sentences.join(" ")
    }

    fn panel_reason(&self) -> String {
        let (a, b) = (&self.first, &self.second);
        let (ahead, behind) = match (a.tool.panel.reviews, b.tool.panel.reviews) {
            (0, 0) => return "No reviews yet.".to_owned(),
            (0, _) => return format!("{}; {} has no reviews yet.", self.say_ship(b), a.tool.name),
            (_, 0) => return format!("{}; {} has no reviews yet.", self.say_ship(a), b.tool.name),
            _ => match panel_side(a, b) {
                Some(side) => side.order(a, b),
                None => return self.equal_panels(),
            },
        };
        format!("{}; {} for {}.", self.say_ship(ahead), share_words(behind.tool.panel), behind.tool.name)
    }

    /// `3 of 4 reviewers say ship for A`.
    fn say_ship(&self, rated: &RatedTool) -> String {
        let Panel { ships, reviews } = rated.tool.panel;
        let kind = if self.is_ai() { "AI " } else { "" };
        let who = match (ships, reviews) {
            (ships, 1) => {
                let verdict = if ships == 1 { "ship" } else { "skip" };
                return format!("The only {kind}reviewer says {verdict} for {}", rated.tool.name);
            }
            (ships, reviews) if ships == reviews => format!("All {reviews} {kind}reviewers"),
            (ships, reviews) => format!("{ships} of {reviews} {kind}reviewers"),
        };
        format!("{who} {} ship for {}", says(ships), rated.tool.name)
    }

    fn equal_panels(&self) -> String {
        let (a, b) = (self.first.tool.panel, self.second.tool.panel);
        let who = if self.is_ai() { "AI reviewers rate" } else { "The panel rates" };
        if a == b {
            return format!("{who} them equally: {} {} ship for each.", share_words(a), says(a.ships));
        }
        format!("{who} them equally: {} and {} say ship.", share_words(a), share_words(b))
    }

    fn community_reason(&self) -> String {
        let (a, b) = (self.first.tally.votes(), self.second.tally.votes());
        match (a < ENOUGH_VOTES, b < ENOUGH_VOTES) {
            (true, true) if a == 0 && b == 0 => return "No community votes yet.".to_owned(),
            (true, true) if a == b => return format!("Too few community votes ({a} each)."),
            (true, true) => return format!("Too few community votes ({a} and {b})."),
            (true, false) => return too_few_on(&self.first),
            (false, true) => return too_few_on(&self.second),
            (false, false) => {}
        }
        let votes = if a == b {
            format!("{} each", count(a, "vote", "votes"))
        } else {
            format!("{} and {} votes", grouped(a), grouped(b))
        };
        let chance = chance_ahead(self.first.tally, self.second.tally).unwrap_or(0.5);
        let (name, chance) = if chance >= 0.5 {
            (&self.first.tool.name, chance)
        } else {
            (&self.second.tool.name, 1.0 - chance)
        };
        if chance < SURE_ENOUGH {
            return format!("The community is undecided ({votes}).");
        }
        let percent =
            if chance > CERTAIN_ABOVE { "Over 99%".to_owned() } else { format!("{:.0}%", chance * 100.0) };
        format!("{percent} chance that the community prefers {name} ({votes}).")
    }

    fn price_reason(&self) -> Option<String> {
        let (a, b) = (StartingPrice::read(&self.first.tool)?, StartingPrice::read(&self.second.tool)?);
        if a == b {
            return Some(match a {
                StartingPrice::Free => "Both are free to start.".to_owned(),
                StartingPrice::Paid => "Both are paid.".to_owned(),
                StartingPrice::Amount(amount) => format!("Both start at {amount}."),
                StartingPrice::Words(words) => format!("Both have the same starting price: {words}."),
            });
        }
        Some(format!("{}; {}.", a.of(&self.first.tool.name), b.of(&self.second.tool.name)))
    }
}

/// What a starting price comes to in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StartingPrice<'a> {
    Free,
    Paid,
    /// `$5 a month`.
    Amount(&'a str),
    Words(&'a str),
}

impl<'a> StartingPrice<'a> {
    /// None where it is unknown.
    fn read(tool: &'a Tool) -> Option<Self> {
        let price = tool.entry_price.trim();
        let amount = match price.split_once(char::is_whitespace) {
            Some((first, rest)) if first.eq_ignore_ascii_case("from") => rest.trim_start(),
            _ => price,
        };
        let first = amount.split_whitespace().next()?;
        Some(if price.eq_ignore_ascii_case("free") {
            Self::Free
        } else if price.eq_ignore_ascii_case("paid") {
            Self::Paid
        } else if first.contains(|letter: char| letter.is_ascii_digit()) {
            Self::Amount(amount)
        } else {
            Self::Words(price)
        })
    }

    fn of(self, name: &str) -> String {
        match self {
            Self::Free => format!("{name} is free to start"),
            Self::Paid => format!("{name} is paid"),
            Self::Amount(amount) => format!("{name} starts at {amount}"),
            Self::Words(words) => format!("the starting price of {name} is “{words}”"),
        }
    }
}

fn too_few_on(RatedTool { tool, tally }: &RatedTool) -> String {
    match tally.votes() {
        0 => format!("No community votes on {} yet.", tool.name),
        votes => format!("Too few community votes on {} ({votes}).", tool.name),
    }
}

fn share_words(panel: Panel) -> String {
    format!("{} of {}", panel.ships, panel.reviews)
}

fn says(ships: u32) -> &'static str {
    if ships == 1 { "says" } else { "say" }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::answer_rules::tests::tool;
    use super::*;

    #[test]
    fn the_answer_says_why_in_plain_english() {
        let known = ((4, 4), (900_000, 1), "From $5");
        for (a, b, words) in [
            (
                ((0, 0), (1, 0), ""),
                ((2, 3), (2, 0), ""),
                "<strong>Too early to call.</strong> 2 of 3 reviewers say ship for B; A has no reviews yet.",
            ),
            // Few votes on one tool are not laid to the other.
            (known, ((3, 4), (0, 0), "$1"), "No community votes on B yet. A starts at $5; B starts at $1."),
            (known, ((3, 4), (0, 1), "$1"), "Too few community votes on B (1)."),
            (((1, 1), (3, 0), ""), ((1, 1), (1, 0), ""), "Too few community votes (3 and 1)."),
            (((1, 1), (1, 0), ""), ((1, 1), (1, 0), ""), "Too few community votes (1 each)."),
            (((1, 1), (12, 0), ""), ((1, 1), (12, 0), ""), "The community is undecided (12 votes each)."),
            (
                ((1, 1), (90, 10), ""),
                ((1, 1), (5, 10), ""),
                " Over 99% chance that the community prefers A (100 and 15 votes).",
            ),
            (
                ((1, 1), (3, 9), ""),
                ((1, 1), (9, 3), ""),
                "% chance that the community prefers B (12 votes each).",
            ),
            (
                ((4, 4), (0, 0), "Free"),
                ((3, 4), (0, 0), "Free"),
                "<p class=\"answer-line\">Lean towards <strong>A</strong>. All 4 reviewers say ship for A; 3 of 4 for B. \
                 No community votes yet. Both are free to start.</p>",
            ),
        ] {
            let answer = Answer::weigh(tool("A", a.0, a.1, a.2), tool("B", b.0, b.1, b.2)).to_string();
            assert!(answer.contains(words), "{answer}");
        }
    }

    #[test]
    fn reviewers_are_counted_in_plain_english() {
        let say = |a, b| Answer::weigh(tool("A", a, (0, 0), ""), tool("B", b, (0, 0), "")).panel_reason();
        assert_eq!(say((0, 0), (0, 0)), "No reviews yet.");
        assert_eq!(say((0, 1), (0, 0)), "The only reviewer says skip for A; B has no reviews yet.");
        assert_eq!(say((0, 0), (0, 3)), "0 of 3 reviewers say ship for B; A has no reviews yet.");
        assert_eq!(say((1, 1), (0, 2)), "The only reviewer says ship for A; 0 of 2 for B.");
        assert_eq!(say((1, 3), (0, 3)), "1 of 3 reviewers says ship for A; 0 of 3 for B.");
        assert_eq!(say((4, 4), (4, 4)), "The panel rates them equally: 4 of 4 say ship for each.");
        assert_eq!(say((1, 2), (1, 2)), "The panel rates them equally: 1 of 2 says ship for each.");
        assert_eq!(say((2, 4), (1, 2)), "The panel rates them equally: 2 of 4 and 1 of 2 say ship.");
    }

    #[test]
    fn where_all_reviewers_are_ai_the_answer_says_so() {
        let voted = |name, panel, votes, only_ai_reviews| {
            let mut rated = RatedTool::sample(name, panel, votes);
            Arc::make_mut(&mut rated.tool).only_ai_reviews = only_ai_reviews;
            rated
        };
        for (a, b, words) in [
            (((4, 4), true), ((3, 4), true), "All 4 AI reviewers say ship for A; 3 of 4 for B."),
            (((2, 4), true), ((3, 4), false), "3 of 4 reviewers say ship for B; 2 of 4 for A."),
            (((1, 1), true), ((0, 0), false), "The only AI reviewer says ship for A; B has no reviews yet."),
            (((2, 4), true), ((2, 4), true), "AI reviewers rate them equally: 2 of 4 say ship for each."),
        ] {
            let answer = Answer::weigh(voted("A", a.0, (0, 0), a.1), voted("B", b.0, (0, 0), b.1));
            assert_eq!(answer.panel_reason(), words);
        }
        let torn = |ai| {
            let (a, b) = (voted("A", (4, 4), (10, 40), ai), voted("B", (3, 4), (45, 5), ai));
            Answer::weigh(a, b).in_short().to_string()
        };
        assert!(torn(true).contains("AI reviewers and community disagree."));
        assert!(torn(false).contains("panel and community disagree."));
    }

    #[test]
    fn prices_are_told_in_whole_sentences() {
        let say =
            |a, b| Answer::weigh(tool("A", (0, 0), (0, 0), a), tool("B", (0, 0), (0, 0), b)).price_reason();
        for (a, b, told) in [
            ("Free", "free", "Both are free to start."),
            ("Paid", "Paid", "Both are paid."),
            ("From $5", "$5", "Both start at $5."),
            ("Free", "Paid", "A is free to start; B is paid."),
            ("Free", "From $20 a month", "A is free to start; B starts at $20 a month."),
            ("On request", "On request", "Both have the same starting price: On request."),
            ("€9", "On request", "A starts at €9; the starting price of B is “On request”."),
        ] {
            assert_eq!(say(a, b).as_deref(), Some(told));
        }
        assert_eq!((say("", "Free"), say("Free", " ")), (None, None));
    }
}
