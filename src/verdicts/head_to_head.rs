//! Two tools head to head: who the community prefers, how surely, and how far from turning.

use askama::Template;
use askama::filters::HtmlSafe;

use super::views::RatedTool;
use crate::stats::rules::{CERTAIN_ABOVE, ENOUGH_VOTES, EVEN_BELOW};
use crate::stats::{Flip, FlipBy, chance_ahead, votes_to_flip};
use crate::text::count;

/// How likely the community prefers one of two tools, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Chance<'a> {
    /// The name of the tool that is ahead, and its chance in percent.
    Ahead(&'a str, String),
    Even(&'a str, String),
    /// One of the two has too few votes, these; the answer does not count them either.
    Early(&'a str, String, String),
    /// The tool without votes.
    OneSided(&'a str),
    NoVotes,
}

/// Two tools head to head: the inside of `#contest`.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_head_to_head.html")]
pub struct HeadToHead {
    pub first: RatedTool,
    pub second: RatedTool,
}

impl HtmlSafe for HeadToHead {}

impl HeadToHead {
    fn sides(&self) -> [&RatedTool; 2] {
        [&self.first, &self.second]
    }

    fn chance(&self) -> Chance<'_> {
        let (first, second) = (&self.first, &self.second);
        let Some(chance) = chance_ahead(first.tally, second.tally) else {
            return match (first.tally.votes(), second.tally.votes()) {
                (0, 0) => Chance::NoVotes,
                (0, _) => Chance::OneSided(&first.tool.name),
                _ => Chance::OneSided(&second.tool.name),
            };
        };
        let (name, chance) =
            if chance >= 0.5 { (&first.tool.name, chance) } else { (&second.tool.name, 1.0 - chance) };
        let percent = chance_percent(chance);
        match self.few_votes() {
            Some(votes) => Chance::Early(name, percent, votes),
            None if chance < EVEN_BELOW => Chance::Even(name, percent),
            None => Chance::Ahead(name, percent),
        }
    }

    /// The votes that are too few to rest a chance on: of both tools together, or of the one that has too few.
    fn few_votes(&self) -> Option<String> {
        let few = |side: &RatedTool| side.tally.votes() < ENOUGH_VOTES;
        let on = |side: &RatedTool| {
            format!("{} on {}", count(side.tally.votes(), "vote", "votes"), side.tool.name)
        };
        match (few(&self.first), few(&self.second)) {
            (true, true) => {
                Some(count(self.first.tally.votes() + self.second.tally.votes(), "vote", "votes"))
            }
            (true, false) => Some(on(&self.first)),
            (false, true) => Some(on(&self.second)),
            (false, false) => None,
        }
    }

    fn is_early(&self) -> bool {
        self.few_votes().is_some()
    }

    /// How many votes could change the lead, as a headline; and which, up to the full stop.
    fn flip(&self) -> Option<(String, String)> {
        Some(match votes_to_flip(self.first.tally, self.second.tally)? {
            Flip::Tied => (
                "1 vote could decide the lead".to_owned(),
                ": both tools have exactly the same share".to_owned(),
            ),
            Flip::Never => (
                "No votes of one kind on one tool can change the lead".to_owned(),
                ": one tool has 100%, the other 0%".to_owned(),
            ),
            Flip::After { votes, leader, by } => {
                let (ahead, behind) = leader.order(&self.first.tool.name, &self.second.tool.name);
                let all = if votes == 1 { "" } else { "all " };
                let how = match by {
                    FlipBy::SkipsOnLeader => format!(": {all}Skip on {ahead}"),
                    FlipBy::ShipsOnOther => format!(": {all}Ship on {behind}"),
                    FlipBy::Either => format!(": {all}Skip on {ahead} or {all}Ship on {behind}"),
                };
                (could_change(votes, "the lead"), how)
            }
        })
    }

    fn note(&self) -> String {
        const SHOWN_ONCE: &str = "Shown once both tools have a vote.";
        let voted = match (self.first.tally.votes(), self.second.tally.votes()) {
            (0, 0) => return SHOWN_ONCE.to_owned(),
            (0, _) => &self.second,
            _ => &self.first,
        };
        format!("{} has {} after {}. {SHOWN_ONCE}", voted.tool.name, voted.percent(), voted.votes())
    }
}

/// `3 votes could change it`.
pub fn could_change(votes: u64, what: &str) -> String {
    format!("{} could change {what}", count(votes, "vote", "votes"))
}

/// A chance of at least one half as a whole percent that never claims certainty.
pub fn chance_percent(chance: f64) -> String {
    if chance > CERTAIN_ABOVE { ">99%".to_owned() } else { format!("{:.0}%", chance * 100.0) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    fn contest(first: (u64, u64), second: (u64, u64)) -> String {
        let [first, second] =
            [("A", first), ("B", second)].map(|(name, votes)| RatedTool::sample(name, (0, 0), votes));
        HeadToHead { first, second }.to_string()
    }

    /// What is said of the chance, and whether it is said under the breath.
    fn chance(first: (u64, u64), second: (u64, u64)) -> (String, bool) {
        let html = Html::parse_fragment(&contest(first, second));
        let all: Vec<_> = html.select(&Selector::parse("p.chance").unwrap()).collect();
        assert_eq!(all.len(), 1, "{html:?}");
        let text: String = all[0].text().collect();
        (text.split_whitespace().collect::<Vec<_>>().join(" "), all[0].attr("class") == Some("chance muted"))
    }

    #[test]
    fn a_chance_says_how_few_votes_it_stands_on() {
        let (words, is_muted) = chance((0, 1), (2, 0));
        assert!(is_muted, "{words}");
        assert!(
            words.starts_with("Too few votes to say: ")
                && words.ends_with("% chance that the community prefers B, from 3 votes"),
            "{words}"
        );
        assert!(chance((90, 10), (9, 0)).0.contains("B, from 9 votes on B"));
        assert!(chance((1, 0), (90, 10)).0.contains(", from 1 vote on A"));
    }

    #[test]
    fn ten_votes_on_each_are_enough_for_a_chance_in_plain_words() {
        let (words, is_muted) = chance((10, 0), (5, 5));
        assert!(!is_muted && words.ends_with("% chance that the community prefers A"), "{words}");
        assert!(chance((5, 5), (5, 5)).0.starts_with("Nearly tied: 50% chance that the community prefers "));
    }

    #[test]
    fn what_could_change_the_lead_is_said_in_the_right_number() {
        let note = |first, second| {
            let html = Html::parse_fragment(&contest(first, second));
            let text: String = html
                .select(&Selector::parse("p.contest-note").unwrap())
                .flat_map(|note| note.text())
                .collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(note((2, 1), (4, 3)), "1 vote could change the lead: Skip on A.");
        assert!(note((30, 10), (10, 30)).contains(" votes could change the lead: all "));
        assert_eq!(
            note((1, 1), (2, 2)),
            "1 vote could decide the lead: both tools have exactly the same share."
        );
        assert_eq!(note((0, 0), (0, 0)), "Shown once both tools have a vote.");
        assert_eq!(note((1, 0), (0, 0)), "A has 100% after 1 vote. Shown once both tools have a vote.");
    }
}
