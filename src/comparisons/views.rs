//! The page of a comparison.

use askama::Template;
use askama::filters::HtmlSafe;

use super::load::{ComparedTool, Loaded};
use super::scorecard::Scorecard;
use super::strip::Side;
use super::table::{PointRow, points};
use crate::accounts::Visit;
use crate::catalogue::{ChangeList, Directory, RecordKind, TakeView, Tool};
use crate::text::rich;
use crate::verdicts::OwnVotes;
use crate::verdicts::pair::ToolPair;
use crate::verdicts::views::RatedTool;
use crate::web::page::Shell;
use crate::web::ui::Day;

/// What a comparison page shows.
#[derive(Template)]
#[template(path = "comparisons/show.html")]
pub(super) struct ComparisonPage {
    pub shell: Shell,
    loaded: Loaded,
    strip: [Side; 2],
}

/// The community in the decision table: the inside of `#community-SLUG`.
#[derive(Debug, Clone, Template)]
#[template(path = "comparisons/_community.html")]
pub(super) struct CommunityCell {
    pub rated: RatedTool,
}

impl HtmlSafe for CommunityCell {}

impl ComparisonPage {
    /// Draws up the page for a visit.
    pub(super) fn new(visit: &Visit, loaded: Loaded, own: &OwnVotes) -> Self {
        let pair = &loaded.rated.pair;
        let (path, title) = (pair.path(), pair.title());
        let mut shell = visit.shell(&title, description(&title, pair), &path);
        shell.live = Some(format!("{path}/live"));
        shell.moderate(moderation_links(&loaded.directory, pair));
        let strip = loaded.sides.each_ref().map(|side| Side::new(&loaded.directory, side, &path, own));
        Self { shell, strip, loaded }
    }

    fn reviewed(&self) -> Option<Day> {
        self.loaded.rated.pair.tools.iter().filter_map(|tool| tool.newest_review_on).max().map(Day)
    }

    /// Whose price was checked, and when; of two dates the older.
    fn checked(&self) -> Option<(String, Day)> {
        let [first, second] = &self.loaded.rated.pair.tools;
        match (first.price_checked_on, second.price_checked_on) {
            (Some(a), Some(b)) => Some(("Prices".to_owned(), Day(a.min(b)))),
            (Some(day), None) => Some((format!("Price of {}", first.name), Day(day))),
            (None, Some(day)) => Some((format!("Price of {}", second.name), Day(day))),
            (None, None) => None,
        }
    }

    /// The ends of "Pick A if …", as safe HTML, each with the name.
    fn picks(&self) -> Vec<(&str, String)> {
        let pair = &self.loaded.rated.pair;
        self.loaded.record.as_ref().map(|record| pair.picks(record)).unwrap_or_default()
    }

    /// Whether a name is too long for a head that stays in sight on a small screen: it would cover what it is the head of.
    fn has_long_names(&self) -> bool {
        const LONG: usize = 48;
        self.loaded.rated.pair.tools.iter().any(|tool| tool.name.chars().count() > LONG)
    }

    fn points(&self) -> (PointRow, PointRow, Vec<PointRow>) {
        points(self.loaded.sides.each_ref().map(|side| (&*side.rated.tool, &*side.detail)))
    }

    fn scorecard(&self) -> Scorecard<'_> {
        let reviews = self.loaded.sides.each_ref().map(|side| side.detail.reviews.as_slice());
        Scorecard::new(&self.loaded.directory, reviews)
    }

    fn changes(&self) -> ChangeList {
        ChangeList::of_several(&self.loaded.directory, &self.loaded.changes)
    }
}

/// Where moderators find the editorial part of a comparison, or write one.
fn moderation_links(directory: &Directory, pair: &ToolPair) -> Vec<(String, &'static str)> {
    let [first, second] = pair.ids();
    match directory.comparison_id(first, second) {
        Some(id) => RecordKind::Comparison.moderation_links(id),
        None => {
            let [a, b] = &pair.tools;
            vec![(format!("/admin/comparisons/new?a={}&b={}", a.slug, b.slug), "Write this comparison")]
        }
    }
}

impl ComparedTool {
    fn community(&self) -> CommunityCell {
        CommunityCell { rated: self.rated.clone() }
    }

    /// What it is, as safe HTML.
    fn description(&self) -> String {
        rich(&self.detail.description)
    }
}

fn description(title: &str, pair: &ToolPair) -> String {
    let panel = |tool: &Tool| match tool.panel.reviews {
        0 => format!("{}: no reviews yet", tool.name),
        reviews => format!("{}: {} of {reviews}", tool.name, tool.panel.ships),
    };
    let mut reviewed = pair.tools.iter().filter(|tool| tool.panel.reviews > 0).peekable();
    let only_ai = reviewed.peek().is_some() && reviewed.all(|tool| tool.only_ai_reviews);
    format!(
        "{title}: how many {}reviewers say ship ({}, {}), starting prices, and community votes with their margin of error.",
        if only_ai { "AI " } else { "" },
        panel(&pair.tools[0]),
        panel(&pair.tools[1])
    )
}
