//! The answer where more than two tools are compared: the one for which each comparison of two speaks.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::stats::Side;
use crate::stats::rules::ENOUGH_VOTES;
use crate::verdicts::answer_rules::{Call, call};
use crate::verdicts::views::RatedTool;

/// What the comparisons of each two say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GroupCall {
    /// The tool at this place, against each of the others.
    Pick(usize),
    /// The same, but narrowly against some.
    Lean(usize),
    /// The tool at this place is ahead of each of the others, but neither panel nor community recommends it.
    Neither(usize),
    /// No tool is ahead of each of the others.
    Open,
    /// The same, and what is missing may yet decide.
    TooEarly,
    /// There is nothing to go by.
    NothingYet,
}

/// The answer: the inside of `#answer`.
#[derive(Debug, Clone, Template)]
#[template(path = "comparisons/_group_answer.html")]
pub(in crate::comparisons) struct GroupAnswer {
    call: GroupCall,
    tools: Vec<RatedTool>,
}

impl HtmlSafe for GroupAnswer {}

impl GroupAnswer {
    /// Weighs three tools or more.
    pub(in crate::comparisons) fn weigh(tools: Vec<RatedTool>) -> Self {
        Self { call: group_call(&tools), tools }
    }

    /// The call in words, for the title of a page.
    pub(super) fn finding(&self) -> String {
        match self.call {
            GroupCall::Pick(place) => format!("pick {}", self.name(&place)),
            GroupCall::Lean(place) => format!("lean towards {}", self.name(&place)),
            GroupCall::Neither(_) => "none is recommended".to_owned(),
            GroupCall::Open => "no single pick".to_owned(),
            GroupCall::TooEarly => "too early to call".to_owned(),
            GroupCall::NothingYet => "not enough data yet".to_owned(),
        }
    }

    fn name(&self, place: &usize) -> &str {
        self.tools.get(*place).map_or("", |rated| &rated.tool.name)
    }

    /// How the panel and the community order them, in two sentences.
    pub(super) fn reasons(&self) -> String {
        let ai = self.tools.iter().filter(|rated| rated.tool.panel.reviews > 0);
        let who = if ai.clone().count() > 0 && ai.clone().all(|rated| rated.tool.only_ai_reviews) {
            "AI reviewers who say ship"
        } else {
            "Reviewers who say ship"
        };
        let reviewed = ai.map(|rated| {
            let panel = rated.tool.panel;
            let share = f64::from(panel.ships) / f64::from(panel.reviews);
            (share, format!("{} {} of {}", rated.tool.name, panel.ships, panel.reviews))
        });
        let voted = self.tools.iter().filter(|rated| rated.tally.votes() >= ENOUGH_VOTES).map(|rated| {
            let share = rated.tally.ship_share().unwrap_or_default();
            (share, format!("{} {} of {}", rated.tool.name, rated.percent(), rated.votes()))
        });
        let panel = match in_order(reviewed.collect()) {
            None => "No reviews yet.".to_owned(),
            Some(words) => format!("{who}: {words}."),
        };
        let few = self.tools.iter().filter(|rated| rated.tally.votes() < ENOUGH_VOTES).count();
        let community = match (in_order(voted.collect()), few) {
            (None, _) => format!("None has the {ENOUGH_VOTES} community votes needed to be ranked."),
            (Some(words), 0) => format!("Community: {words}."),
            (Some(words), 1) => format!("Community: {words}; the other has fewer than {ENOUGH_VOTES} votes."),
            (Some(words), _) => {
                format!("Community: {words}; the others have fewer than {ENOUGH_VOTES} votes.")
            }
        };
        format!("{panel} {community}")
    }
}

/// The largest share first.
fn in_order(mut all: Vec<(f64, String)>) -> Option<String> {
    all.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let words: Vec<String> = all.into_iter().map(|(_, words)| words).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// A tool is named only where it is ahead of each of the others.
fn group_call(tools: &[RatedTool]) -> GroupCall {
    let pairs: Vec<(usize, usize, Call)> = tools
        .iter()
        .enumerate()
        .flat_map(|(a, first)| {
            let later = tools.iter().enumerate().skip(a + 1);
            later.map(move |(b, second)| (a, b, call(first, second)))
        })
        .collect();
    for place in 0..tools.len() {
        let side = |a: usize| if a == place { Side::First } else { Side::Second };
        let own: Vec<(Side, Call)> = pairs
            .iter()
            .filter(|(a, b, _)| [*a, *b].contains(&place))
            .map(|(a, _, call)| (side(*a), *call))
            .collect();
        if own.iter().all(|(side, call)| *call == Call::Pick(*side)) {
            return GroupCall::Pick(place);
        }
        if own.iter().all(|(side, call)| [Call::Pick(*side), Call::Lean(*side)].contains(call)) {
            return GroupCall::Lean(place);
        }
        if own.iter().all(|(side, call)| *call == Call::Neither(*side)) {
            return GroupCall::Neither(place);
        }
    }
    let are = |what: Call| move |(_, _, call): &(usize, usize, Call)| *call == what;
    if pairs.iter().all(are(Call::NothingYet)) {
        GroupCall::NothingYet
    } else if pairs.iter().any(are(Call::TooEarly)) || pairs.iter().any(are(Call::NothingYet)) {
        GroupCall::TooEarly
    } else {
        GroupCall::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Figures = ((u32, u32), (u64, u64));

    fn weigh(figures: [Figures; 3]) -> GroupAnswer {
        let tools = ["A", "B", "C"].into_iter().zip(figures);
        GroupAnswer::weigh(
            tools.map(|(name, (panel, votes))| RatedTool::sample(name, panel, votes)).collect(),
        )
    }

    #[test]
    fn a_tool_is_named_only_where_it_is_named_against_each_of_the_others() {
        for (why, figures, said) in [
            ("a clear lead", [((4, 4), (0, 0)), ((1, 4), (0, 0)), ((0, 4), (0, 0))], "pick A"),
            ("narrow against one", [((4, 4), (0, 0)), ((3, 4), (0, 0)), ((0, 4), (0, 0))], "lean towards A"),
            ("level with one", [((4, 4), (0, 0)), ((4, 4), (0, 0)), ((0, 4), (0, 0))], "too early to call"),
            ("level, all heard", [((4, 4), (9, 9)), ((4, 4), (9, 9)), ((0, 4), (9, 9))], "no single pick"),
            (
                "none recommended",
                [((1, 4), (0, 0)), ((0, 4), (0, 0)), ((0, 4), (0, 0))],
                "none is recommended",
            ),
            ("one not reviewed", [((4, 4), (0, 0)), ((0, 4), (0, 0)), ((0, 0), (0, 0))], "too early to call"),
            (
                "nothing is known",
                [((0, 0), (0, 0)), ((0, 0), (1, 0)), ((0, 0), (0, 0))],
                "not enough data yet",
            ),
            ("the community decides", [((3, 4), (40, 2)), ((3, 4), (10, 40)), ((3, 4), (5, 40))], "pick A"),
        ] {
            assert_eq!(weigh(figures).finding(), said, "{why}");
        }
    }

    #[test]
    fn the_reasons_order_panel_and_community() {
        let answer = weigh([((3, 4), (2, 1)), ((4, 4), (6, 6)), ((0, 0), (9, 3))]);
        assert_eq!(
            answer.reasons(),
            "Reviewers who say ship: B 4 of 4, A 3 of 4. Community: C 75% of 12 votes, B 50% of 12 votes; the other has \
             fewer than 10 votes."
        );
        let nothing = weigh([((0, 0), (0, 0)), ((0, 0), (0, 0)), ((0, 0), (9, 0))]);
        assert_eq!(nothing.reasons(), "No reviews yet. None has the 10 community votes needed to be ranked.");
    }
}
