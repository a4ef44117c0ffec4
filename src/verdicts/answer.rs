//! The answer of a comparison in words: which of two tools to ship with, and why.

use askama::Template;
use askama::filters::HtmlSafe;

use super::answer_rules::{Call, call, panel_side};
use super::lead::LeadWords;
use super::views::RatedTool;
use crate::catalogue::Tool;
use crate::stats::Panel;
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::sentence;

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

    /// The call with the figures that it rests on, for the title of a page: `lean towards A (3 of 4 AI reviewers, 62% of
    /// 120 votes)`. Votes are told of where there are enough.
    pub fn finding(&self) -> String {
        let (words, side) = match self.call {
            Call::Pick(side) => ("pick", side),
            Call::Lean(side) => ("lean towards", side),
            Call::Neither(_) => return "neither is recommended".to_owned(),
            Call::Torn => return "panel and community disagree".to_owned(),
            Call::TooClose => return "too close to call".to_owned(),
            Call::TooEarly => return "too early to call".to_owned(),
            Call::NothingYet => return "not enough data yet".to_owned(),
        };
        let (rated, _) = side.order(&self.first, &self.second);
        let kind = if rated.tool.only_ai_reviews { "AI " } else { "" };
        let reviewers = |panel: Panel| {
            let word = if panel.reviews == 1 { "reviewer" } else { "reviewers" };
            format!("{} of {} {kind}{word}", panel.ships, panel.reviews)
        };
        let panel = Some(rated.tool.panel).filter(|panel| panel.reviews > 0).map(reviewers);
        let is_enough = rated.tally.votes() >= ENOUGH_VOTES;
        let votes = is_enough.then(|| format!("{} of {}", rated.percent(), rated.votes()));
        let figures: Vec<String> = panel.into_iter().chain(votes).collect();
        format!("{words} {} ({})", rated.tool.name, figures.join(", "))
    }

    /// Whether all reviewers whom the answer means are AI.
    fn is_ai(&self) -> bool {
        let reviewed = [&self.first, &self.second].into_iter().filter(|rated| rated.tool.panel.reviews > 0);
        reviewed.map(|rated| rated.tool.only_ai_reviews).reduce(|one, other| one && other).unwrap_or(false)
    }

    /// Why, in one to three sentences: panel, community, price.
    pub fn reasons(&self) -> String {
        let community = LeadWords::of(&self.first, &self.second).with_votes();
        let reasons = [Some(self.panel_reason()), Some(community), self.price_reason()];
        reasons.into_iter().flatten().map(|reason| sentence(&reason)).collect::<Vec<_>>().join(" ")
    }

    fn panel_reason(&self) -> String {
        let (a, b) = (&self.first, &self.second);
        let (ahead, behind) = match (a.tool.panel.reviews, b.tool.panel.reviews) {
            (0, 0) => return "No reviews yet".to_owned(),
            (0, _) => return format!("{}; {} has no reviews yet", self.say_ship(b), a.tool.name),
            (_, 0) => return format!("{}; {} has no reviews yet", self.say_ship(a), b.tool.name),
            _ => match panel_side(a, b) {
                Some(side) => side.order(a, b),
                None => return self.equal_panels(),
            },
        };
        let name = &behind.tool.name;
        let other = match behind.tool.panel {
            Panel { ships, reviews: 1 } => format!("the only one of {name} says {}", verdict_word(ships)),
            panel => format!("{} for {name}", share_words(panel)),
        };
        format!("{}; {other}", self.say_ship(ahead))
    }

    /// `3 of 4 reviewers say ship for A`.
    fn say_ship(&self, rated: &RatedTool) -> String {
        let Panel { ships, reviews } = rated.tool.panel;
        let kind = if self.is_ai() { "AI " } else { "" };
        let name = &rated.tool.name;
        let who = match (ships, reviews) {
            (_, 1) => return format!("The only {kind}reviewer of {name} says {}", verdict_word(ships)),
            (2, 2) => format!("Both {kind}reviewers"),
            (ships, reviews) if ships == reviews => format!("All {reviews} {kind}reviewers"),
            (ships, reviews) => format!("{ships} of {reviews} {kind}reviewers"),
        };
        format!("{who} {} ship for {name}", says(ships))
    }

    fn equal_panels(&self) -> String {
        let (a, b) = (self.first.tool.panel, self.second.tool.panel);
        let who = if self.is_ai() { "AI reviewers rate" } else { "The panel rates" };
        let how = match (a, b) {
            (Panel { ships, reviews: 1 }, Panel { reviews: 1, .. }) => {
                format!("the only reviewer of each says {}", verdict_word(ships))
            }
            _ if a == b => format!("{} {} ship for each", share_words(a), says(a.ships)),
            _ => format!("{} and {} say ship", share_words(a), share_words(b)),
        };
        format!("{who} them equally: {how}")
    }

    fn price_reason(&self) -> Option<String> {
        let (a, b) = (StartingPrice::read(&self.first.tool)?, StartingPrice::read(&self.second.tool)?);
        if a == b {
            return Some(match a {
                StartingPrice::Free => "Both are free to start".to_owned(),
                StartingPrice::Paid => "Both are paid".to_owned(),
                StartingPrice::Amount(amount) => format!("Both start at {amount}"),
                StartingPrice::Words(words) => format!("Both are priced “{words}”"),
            });
        }
        Some(format!("{}; {}", a.of(&self.first.tool.name), b.of(&self.second.tool.name)))
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
            Self::Words(words) => format!("{name} is priced “{words}”"),
        }
    }
}

fn share_words(panel: Panel) -> String {
    format!("{} of {}", panel.ships, panel.reviews)
}

fn verdict_word(ships: u32) -> &'static str {
    if ships == 0 { "skip" } else { "ship" }
}

fn says(ships: u32) -> &'static str {
    if ships == 1 { "says" } else { "say" }
}

#[cfg(test)]
mod tests;
