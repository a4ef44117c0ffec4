//! The page of a comparison.

use askama::Template;
use askama::filters::HtmlSafe;

use super::find::Pair;
use super::load::{Loaded, Side};
use super::scorecard::{Scorecard, scorecard};
use super::table::{PointRow, points};
use crate::accounts::Visit;
use crate::catalogue::{ChangeList, Tool};
use crate::stats::Tally;
use crate::text::{count, rich};
use crate::verdicts::OwnVotes;
use crate::verdicts::answer::Answer;
use crate::verdicts::call::Contender;
use crate::verdicts::card::{Card, CardParts};
use crate::verdicts::head_to_head::HeadToHead;
use crate::verdicts::views::{PanelView, TallyView, percent_or_dash};
use crate::web::page::Shell;
use crate::web::ui::Day;

/// What a comparison page shows.
#[derive(Template)]
#[template(path = "comparisons/show.html")]
pub(super) struct ComparisonPage {
    pub shell: Shell,
    title: String,
    names: [String; 2],
    reviewed: Option<Day>,
    /// Whose price was checked, and when; of two dates the older.
    checked: Option<(String, Day)>,
    answer: Answer,
    /// Safe HTML.
    summary: String,
    picks: Vec<PickIf>,
    cards: [Card; 2],
    contest: HeadToHead,
    columns: [Column; 2],
    pricing: PointRow,
    best_for: PointRow,
    facts: Vec<PointRow>,
    scorecard: Scorecard,
    changes: ChangeList,
    related: Vec<PairLink>,
}

/// "Pick A if …".
struct PickIf {
    name: String,
    /// Safe HTML.
    html: String,
}

/// What the head of the decision table says of one tool.
struct Column {
    slug: String,
    panel: PanelView,
    community: CommunityCell,
    category: String,
    category_slug: String,
}

/// The community in the decision table: the inside of `#community-SLUG`.
#[derive(Debug, Clone, Template)]
#[template(path = "comparisons/_community.html")]
pub(super) struct CommunityCell {
    pub tally: TallyView,
}

impl HtmlSafe for CommunityCell {}

impl CommunityCell {
    fn votes(&self) -> String {
        count(self.tally.tally.votes(), "vote", "votes")
    }
}

/// A link to a comparison, with its figures in small: of the first tool and of the second.
pub(super) struct PairLink {
    pub href: String,
    pub names: [String; 2],
    pub panel: [String; 2],
    pub community: [String; 2],
}

impl PairLink {
    pub(super) fn new(pair: &Pair, first: Tally, second: Tally) -> Self {
        let panel = |tool: &Tool| percent_or_dash(tool.panel.ship_percent());
        let community = |tally: Tally| percent_or_dash(tally.ship_percent());
        Self {
            href: pair.path(),
            names: [pair.first.name.clone(), pair.second.name.clone()],
            panel: [panel(&pair.first), panel(&pair.second)],
            community: [community(first), community(second)],
        }
    }
}

impl ComparisonPage {
    /// Draws up the page for a visit.
    pub(super) fn new(visit: &Visit, loaded: &Loaded, own: &OwnVotes) -> Self {
        let Loaded { directory, pair, first, second, record, related, changes } = loaded;
        let (path, title) = (pair.path(), pair.title());
        let sides = [(&pair.first, first), (&pair.second, second)];
        let answer = Answer::weigh(
            Contender::new(&pair.first, first.tally),
            Contender::new(&pair.second, second.tally),
        );
        let mut shell = visit.shell(&title, description(&title, pair), &path);
        shell.live = Some(format!("{path}/live"));
        let card = |(tool, side): (&std::sync::Arc<Tool>, &Side)| {
            Card::from(CardParts {
                tool,
                description: &side.detail.description,
                tally: side.tally,
                page: &path,
                own,
                excluded: side.excluded.clone(),
                solo: false,
            })
        };
        let tally_view = |(tool, side): (&std::sync::Arc<Tool>, &Side)| TallyView {
            name: tool.name.clone(),
            tally: side.tally,
        };
        let column = |(tool, side): (&std::sync::Arc<Tool>, &Side)| Column {
            slug: tool.slug.to_string(),
            panel: PanelView { panel: tool.panel },
            community: CommunityCell { tally: tally_view((tool, side)) },
            category: tool.category.name.clone(),
            category_slug: tool.category.slug.to_string(),
        };
        let (pricing, best_for, facts) =
            points([(&pair.first, &first.detail), (&pair.second, &second.detail)]);
        let names = [pair.first.name.as_str(), pair.second.name.as_str()];
        let [left, right] = sides.map(tally_view);
        Self {
            shell,
            title,
            reviewed: sides.iter().filter_map(|(tool, _)| tool.newest_review_on).max().map(Day),
            checked: checked(pair),
            answer,
            summary: record.as_ref().map(|record| rich(&record.summary)).unwrap_or_default(),
            picks: picks(names, record.as_ref()),
            cards: sides.map(card),
            contest: HeadToHead { first: left, second: right },
            columns: sides.map(column),
            pricing,
            best_for,
            facts,
            scorecard: scorecard(directory, names, [&first.detail.reviews, &second.detail.reviews]),
            changes: ChangeList::of_several(directory, changes),
            related: related.iter().map(|(pair, a, b)| PairLink::new(pair, *a, *b)).collect(),
            names: names.map(str::to_owned),
        }
    }

    fn both_note(&self) -> String {
        who_reviewed(self.scorecard.reviewers(), self.scorecard.both, kind(self.scorecard.only_ai))
    }

    fn split_note(&self) -> String {
        let Scorecard { split, both, both_only_ai, .. } = &self.scorecard;
        who_split(split.len(), *both, kind(*both_only_ai))
    }
}

/// What stands before “reviewer”.
fn kind(only_ai: bool) -> &'static str {
    if only_ai { "AI " } else { "" }
}

/// How many reviewers there are, and how many of them reviewed both tools.
fn who_reviewed(all: usize, both: usize, kind: &str) -> String {
    match (all, both) {
        (0, _) => "No reviews yet.".to_owned(),
        (1, 1) => format!("1 {kind}reviewer covered both tools."),
        (1, _) => format!("1 {kind}reviewer covered one of the tools."),
        (_, 0) => format!("{all} {kind}reviewers; none covered both tools."),
        _ if all == both => format!("{all} {kind}reviewers covered both tools."),
        _ => format!("{both} of {all} {kind}reviewers covered both tools."),
    }
}

/// How many of those who reviewed both tools say ship for one and skip for the other; at least one does.
fn who_split(split: usize, both: usize, kind: &str) -> String {
    let who = match both {
        1 => format!("The only {kind}reviewer of both tools is"),
        _ if split == both => format!("All {both} {kind}reviewers are"),
        _ if split == 1 => format!("1 of {both} {kind}reviewers is"),
        _ => format!("{split} of {both} {kind}reviewers are"),
    };
    format!("{who} split: ship for one, skip for the other.")
}

fn checked(pair: &Pair) -> Option<(String, Day)> {
    match (pair.first.price_checked_on, pair.second.price_checked_on) {
        (Some(a), Some(b)) => Some(("Prices".to_owned(), Day(a.min(b)))),
        (Some(day), None) => Some((format!("Price of {}", pair.first.name), Day(day))),
        (None, Some(day)) => Some((format!("Price of {}", pair.second.name), Day(day))),
        (None, None) => None,
    }
}

fn picks(names: [&str; 2], record: Option<&crate::catalogue::Comparison>) -> Vec<PickIf> {
    let Some(record) = record else { return Vec::new() };
    names
        .into_iter()
        .zip([&record.pick_first_if, &record.pick_second_if])
        .filter(|(_, clause)| !clause.is_empty())
        .map(|(name, clause)| PickIf {
            name: name.to_owned(),
            html: crate::text::rich_inline(clause.trim_end_matches('.')),
        })
        .collect()
}

fn description(title: &str, pair: &Pair) -> String {
    let panel = |tool: &Tool| match tool.panel.reviews {
        0 => format!("{}: no reviews yet", tool.name),
        reviews => format!("{}: {} of {reviews}", tool.name, tool.panel.ships),
    };
    let mut reviewed =
        [&pair.first, &pair.second].into_iter().filter(|tool| tool.panel.reviews > 0).peekable();
    let only_ai = reviewed.peek().is_some() && reviewed.all(|tool| tool.only_ai_reviews);
    format!(
        "{title}: how many {}reviewers say ship ({}, {}), starting prices, and community votes with their margin of error.",
        kind(only_ai),
        panel(&pair.first),
        panel(&pair.second)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviewers_are_counted_in_plain_english() {
        assert_eq!(who_reviewed(0, 0, ""), "No reviews yet.");
        assert_eq!(who_reviewed(1, 1, ""), "1 reviewer covered both tools.");
        assert_eq!(who_reviewed(1, 0, "AI "), "1 AI reviewer covered one of the tools.");
        assert_eq!(who_reviewed(3, 0, ""), "3 reviewers; none covered both tools.");
        assert_eq!(who_reviewed(3, 1, ""), "1 of 3 reviewers covered both tools.");
        assert_eq!(who_reviewed(4, 4, "AI "), "4 AI reviewers covered both tools.");
    }

    #[test]
    fn who_is_split_is_counted_too() {
        let split = |split, both| who_split(split, both, "");
        assert_eq!(
            split(1, 1),
            "The only reviewer of both tools is split: ship for one, skip for the other."
        );
        assert_eq!(split(1, 4), "1 of 4 reviewers is split: ship for one, skip for the other.");
        assert_eq!(split(2, 4), "2 of 4 reviewers are split: ship for one, skip for the other.");
        assert_eq!(who_split(3, 3, "AI "), "All 3 AI reviewers are split: ship for one, skip for the other.");
    }
}
