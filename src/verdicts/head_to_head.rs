//! Two tools head to head: who the community prefers, how surely, and how far from turning.

use askama::Template;
use askama::filters::HtmlSafe;

use super::lead::LeadWords;
use super::views::RatedTool;

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

    fn has_votes(&self) -> bool {
        self.sides().iter().any(|side| side.tally.votes() > 0)
    }

    fn lead(&self) -> LeadWords<'_> {
        LeadWords::of(&self.first, &self.second)
    }

    /// What stands where one of the two has no votes.
    fn note(&self) -> String {
        const SHOWN_ONCE: &str = "The chance is shown once both tools have a vote.";
        let voted = match (self.first.tally.votes(), self.second.tally.votes()) {
            (0, 0) => return format!("{SHOWN_ONCE} Until then, the answer goes by the panel."),
            (0, _) => &self.second,
            _ => &self.first,
        };
        format!("{} has {} after {}. {SHOWN_ONCE}", voted.tool.name, voted.percent(), voted.votes())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    /// What is said of the chance and of what could change it, and whether it is said under the breath.
    fn contest(first: (u64, u64), second: (u64, u64)) -> (String, String, bool) {
        let [first, second] =
            [("A", first), ("B", second)].map(|(name, votes)| RatedTool::sample(name, (0, 0), votes));
        let html = Html::parse_fragment(&HeadToHead { first, second }.to_string());
        let only = |selector: &str| {
            let all: Vec<_> = html.select(&Selector::parse(selector).unwrap()).collect();
            assert_eq!(all.len(), 1, "{html:?}");
            let text: String = all[0].text().collect();
            (text.split_whitespace().collect::<Vec<_>>().join(" "), all[0].attr("class").unwrap().to_owned())
        };
        let ((chance, class), (note, _)) = (only("p.chance"), only("p.contest-note"));
        (chance, note, class.contains("muted"))
    }

    /// Votes on A and B, ships and skips, and what is said of them.
    type Case = ((u64, u64), (u64, u64), &'static str, &'static str, bool);

    const CASES: [Case; 9] = [
        (
            (0, 0),
            (0, 0),
            "No community votes yet.",
            "The chance is shown once both tools have a vote. Until then, the answer goes by the panel.",
            true,
        ),
        (
            (1, 0),
            (0, 0),
            "No community votes on B yet.",
            "A has 100% after 1 vote. The chance is shown once both tools have a vote.",
            true,
        ),
        (
            (0, 1),
            (2, 0),
            "Too few votes to say: 10% chance for A (1 vote), 90% for B (2 votes).",
            "No votes of one kind on one tool can change which share is higher: one tool has 100%, the other 0%.",
            true,
        ),
        (
            (2, 1),
            (4, 3),
            "Too few votes to say: 58% chance for A (3 votes), 42% for B (7 votes).",
            "1 vote could change which share is higher: Skip on A.",
            true,
        ),
        (
            (1, 1),
            (2, 2),
            "Too few votes to say: 50% chance for A (2 votes), 50% for B (4 votes).",
            "1 vote could decide which share is higher: both tools have exactly the same share.",
            true,
        ),
        // Ten votes on each, and yet share and chance point to different tools.
        (
            (10, 0),
            (480, 5),
            "Too few votes to say: 13% chance for A (10 votes), 87% for B (485 votes).",
            "1 vote could change which share is higher: Skip on A.",
            true,
        ),
        (
            (30, 10),
            (10, 30),
            ">99% chance that the community prefers A.",
            "81 votes could change the lead: all Skip on A or all Ship on B.",
            false,
        ),
        (
            (20, 20),
            (21, 20),
            "Nearly tied: 54% chance that the community prefers B.",
            "2 votes could change the lead: all Skip on B or all Ship on A.",
            false,
        ),
        (
            (10, 10),
            (20, 20),
            "The community is tied: 50% chance for A (20 votes), 50% for B (40 votes).",
            "1 vote could decide the lead: both tools have exactly the same share.",
            false,
        ),
    ];

    #[test]
    fn every_case_of_a_contest_reads_right() {
        for (first, second, chance, note, muted) in CASES {
            assert_eq!(contest(first, second), (chance.to_owned(), note.to_owned(), muted));
        }
    }
}
