//! The page of a comparison.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::Utc;

use super::load::{ComparedTool, Loaded};
use super::scorecard::Scorecard;
use super::scores::Scores;
use super::strip::Side;
use super::table::DecisionTable;
use crate::accounts::Visit;
use crate::catalogue::{ChangeList, Directory, RecordKind, TakeView};
use crate::text::rich;
use crate::verdicts::OwnVotes;
use crate::verdicts::over_time::{ShareOverTime, first_day};
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
    /// How the shares of both moved, where each has enough votes.
    over_time: Option<[ShareOverTime; 2]>,
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
        let (path, title) = (loaded.rated.pair.path(), loaded.rated.pair.title());
        let answer = loaded.rated.answer();
        let mut shell = visit.shell(format!("{title}: {}", answer.finding()), answer.reasons(), &path);
        shell.live = Some(format!("{path}/live"));
        shell.moderate(moderation_links(&loaded.directory, &loaded.rated.pair));
        let strip = loaded.sides.each_ref().map(|side| Side::new(&loaded.directory, side, &path, own));
        let over_time = over_time(&loaded);
        Self { shell, strip, over_time, loaded }
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

    fn columns(&self) -> &[ComparedTool] {
        &self.loaded.sides
    }

    fn table(&self) -> DecisionTable {
        DecisionTable::new(&self.loaded.sides)
    }

    fn scores(&self) -> Option<Scores> {
        Scores::of(&self.loaded.directory, &self.loaded.sides)
    }

    /// The headings further down, each with the id that it has.
    fn contents(&self, changes: &ChangeList) -> Vec<(&'static str, &'static str)> {
        let all = [
            ("contest-h", "Head to head", true),
            ("about", "What they are", true),
            ("decision-h", "Decision table", true),
            ("score-h", "Reviewers", true),
            ("changes-h", "What changed", !changes.is_empty()),
            ("swap-h", "Add or swap a tool", true),
        ];
        all.into_iter().filter(|(_, _, is_there)| *is_there).map(|(id, name, _)| (id, name)).collect()
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
    pub(super) fn community(&self) -> CommunityCell {
        CommunityCell { rated: self.rated.clone() }
    }

    /// What it is, as safe HTML.
    fn description(&self) -> String {
        rich(&self.detail.description)
    }
}

/// How the shares of both moved, on one scale.
fn over_time(loaded: &Loaded) -> Option<[ShareOverTime; 2]> {
    let [a, b] = loaded.histories.as_ref()?;
    let today = Utc::now().date_naive();
    let first = first_day(&[a, b], today)?;
    let [of_a, of_b] = &loaded.rated.pair.tools;
    Some(
        [(of_a, a), (of_b, b)]
            .map(|(tool, history)| ShareOverTime::new(Some(&tool.name), history, first, today)),
    )
}
