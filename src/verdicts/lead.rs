//! Who the community prefers of two tools, in words. Every page takes its words from here, so that no two of them say
//! different things of the same votes.

use super::views::RatedTool;
use crate::stats::rules::{CERTAIN_ABOVE, EVEN_BELOW};
use crate::stats::{Flip, FlipBy, Lead, votes_to_flip};
use crate::text::{count, grouped};

/// Said wherever nobody is named as leader for want of votes.
pub const TOO_FEW_VOTES: &str = "Too few votes to say";

/// Two tools with their votes.
#[derive(Clone, Copy, Debug)]
pub struct LeadWords<'a> {
    first: &'a RatedTool,
    second: &'a RatedTool,
    lead: Lead,
}

/// How many votes could change the order of two tools.
#[derive(Debug, PartialEq, Eq)]
pub struct FlipWords {
    /// `3 votes could change the lead`.
    pub headline: String,
    /// What they have to be: `all Skip on A`.
    pub how: String,
}

impl<'a> LeadWords<'a> {
    /// What may be said of these two.
    pub fn of(first: &'a RatedTool, second: &'a RatedTool) -> Self {
        Self { first, second, lead: Lead::between(first.tally, second.tally) }
    }

    /// Whether it is known who leads, or that nobody does.
    pub fn is_known(&self) -> bool {
        matches!(self.lead, Lead::Of { .. } | Lead::Tied { .. })
    }

    /// Whom the community prefers, up to the full stop: what stands before the leader's chance, the chance, and the rest.
    pub fn parts(&self) -> (&'static str, Option<String>, String) {
        match self.lead {
            Lead::NoVotes => ("", None, self.no_votes()),
            Lead::TooFewVotes { .. } => ("", None, TOO_FEW_VOTES.to_owned()),
            Lead::Tied { .. } => ("", None, "The community is tied".to_owned()),
            Lead::Of { leader, chance } => {
                let name = &leader.order(self.first, self.second).0.tool.name;
                let even = if chance < EVEN_BELOW { "Nearly tied: " } else { "" };
                (even, Some(chance_percent(chance)), format!(" chance that the community prefers {name}"))
            }
        }
    }

    fn sentence(&self) -> String {
        let (before, percent, after) = self.parts();
        format!("{before}{}{after}", percent.unwrap_or_default())
    }

    /// The same with the votes that it rests on: `… (12 votes each)`.
    pub fn with_votes(&self) -> String {
        let (a, b) = (self.first.tally.votes(), self.second.tally.votes());
        match (self.lead, a == b) {
            (Lead::NoVotes, _) => self.sentence(),
            (_, true) => format!("{} ({} each)", self.sentence(), count(a, "vote", "votes")),
            (_, false) => format!("{} ({} and {} votes)", self.sentence(), grouped(a), grouped(b)),
        }
    }

    /// The chance of either tool, where both have votes and nobody leads.
    pub fn chances(&self) -> Option<String> {
        let (Lead::TooFewVotes { first } | Lead::Tied { first }) = self.lead else { return None };
        let [a, b] = [first, 1.0 - first].map(chance_percent);
        let of = |rated: &RatedTool| format!("{} ({})", rated.tool.name, rated.votes());
        Some(format!("{a} chance for {}, {b} for {}", of(self.first), of(self.second)))
    }

    /// The same in short, with how many votes could change it. Both need votes.
    pub fn in_short(&self) -> String {
        let words = match self.lead {
            Lead::NoVotes | Lead::TooFewVotes { .. } => return self.sentence(),
            Lead::Tied { .. } => "Tied".to_owned(),
            Lead::Of { leader, chance } => {
                let name = &leader.order(self.first, self.second).0.tool.name;
                let percent = chance_percent(chance);
                if chance < EVEN_BELOW {
                    format!("Nearly tied ({name} {percent})")
                } else {
                    format!("{name} ahead ({percent})")
                }
            }
        };
        match votes_to_flip(self.first.tally, self.second.tally).and_then(Flip::votes) {
            Some(votes) => format!("{words} · {}", could_change(votes, "it")),
            None => words,
        }
    }

    /// How many votes could change the order; `None` unless both have votes. Without a leader there is no lead to change.
    pub fn flip(&self) -> Option<FlipWords> {
        let what = if self.is_known() { "the lead" } else { "which share is higher" };
        let (headline, how) = match votes_to_flip(self.first.tally, self.second.tally)? {
            Flip::Tied => {
                (format!("1 vote could decide {what}"), "both tools have exactly the same share".to_owned())
            }
            Flip::Never => (
                format!("No votes of one kind on one tool can change {what}"),
                "one tool has 100%, the other 0%".to_owned(),
            ),
            Flip::After { votes, leader, by } => {
                let (ahead, behind) = leader.order(&self.first.tool.name, &self.second.tool.name);
                let all = if votes == 1 { "" } else { "all " };
                let how = match by {
                    FlipBy::SkipsOnLeader => format!("{all}Skip on {ahead}"),
                    FlipBy::ShipsOnOther => format!("{all}Ship on {behind}"),
                    FlipBy::Either => format!("{all}Skip on {ahead} or {all}Ship on {behind}"),
                };
                (could_change(votes, what), how)
            }
        };
        Some(FlipWords { headline, how })
    }

    fn no_votes(&self) -> String {
        match (self.first.tally.votes(), self.second.tally.votes()) {
            (0, 0) => "No community votes yet".to_owned(),
            (0, _) => format!("No community votes on {} yet", self.first.tool.name),
            _ => format!("No community votes on {} yet", self.second.tool.name),
        }
    }
}

/// `3 votes could change it`.
fn could_change(votes: u64, what: &str) -> String {
    format!("{} could change {what}", count(votes, "vote", "votes"))
}

/// A chance as a whole percent that never claims certainty. The percents of a chance and of its opposite add up to 100.
pub fn chance_percent(chance: f64) -> String {
    if chance > CERTAIN_ABOVE {
        ">99%".to_owned()
    } else if 1.0 - chance > CERTAIN_ABOVE {
        "<1%".to_owned()
    } else if chance < 0.5 {
        format!("{:.0}%", 100.0 - (100.0 - chance * 100.0).round())
    } else {
        format!("{:.0}%", (chance * 100.0).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_a_grid_of_counts_all_sentences_name_the_same_leader_and_never_one_with_the_lower_share() {
        const COUNTS: [u64; 8] = [0, 1, 5, 9, 10, 21, 480, 9_000];
        let tallies = || COUNTS.into_iter().flat_map(|ships| COUNTS.map(|skips| (ships, skips)));
        for (a, b) in tallies().flat_map(|a| tallies().map(move |b| (a, b))) {
            let [first, second] =
                [("Ada", a), ("Bob", b)].map(|(name, votes)| RatedTool::sample(name, (0, 0), votes));
            let words = LeadWords::of(&first, &second);
            let votes = [first.tally.votes(), second.tally.votes()];
            let told = [words.with_votes(), words.in_short()];
            let named = told.each_ref().map(|text| [text.contains("Ada"), text.contains("Bob")]);
            let order = (a.0 * votes[1]).cmp(&(b.0 * votes[0]));
            let is_one_of = |wanted: &[&str]| told.iter().all(|text| wanted.iter().any(|w| text.contains(w)));
            if votes.contains(&0) {
                assert!(is_one_of(&["No community votes"]), "{a:?} {b:?}: {told:?}");
            } else if votes.iter().any(|votes| *votes < 10) {
                assert!(is_one_of(&[TOO_FEW_VOTES]), "{a:?} {b:?}: {told:?}");
            }
            if !votes.contains(&0) {
                let expected = match (named[0], order) {
                    ([true, false], order) => order.is_gt(),
                    ([false, true], order) => order.is_lt(),
                    ([false, false], order) => order.is_eq() || is_one_of(&[TOO_FEW_VOTES]),
                    ([true, true], _) => false,
                };
                assert!(expected && named[0] == named[1], "{a:?} {b:?}: {told:?}");
                // The chances of both stand where nobody is named, and add up.
                assert_eq!(words.chances().is_some(), named[0] == [false, false], "{a:?} {b:?}");
                assert!(words.flip().is_some(), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_chance_and_its_opposite_add_up_to_a_hundred() {
        for (chance, percents) in [
            (0.5, ["50%", "50%"]),
            (0.504_9, ["50%", "50%"]),
            (0.125, ["12%", "88%"]),
            (0.995, [">99%", "<1%"]),
            (0.0, ["<1%", ">99%"]),
        ] {
            assert_eq!([chance, 1.0 - chance].map(chance_percent), percents);
        }
    }
}
