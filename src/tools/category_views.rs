//! The pages of categories: all of them in short, and each as a ranking.

use askama::Template;

use super::listing::PER_PAGE;
use super::load::RankedCategory;
use super::views::{rows, slugs};
use crate::accounts::Visit;
use crate::catalogue::{RecordKind, tell_apart, told_apart};
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::{count, join_and, rich_inline};
use crate::verdicts::card::{RankingRow, live_path};
use crate::verdicts::views::RatedTool;
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address};

/// How many of the tools that share the first place a category names in short.
const MOST_LEADERS: usize = 5;

/// All categories.
#[derive(Template)]
#[template(path = "tools/categories.html")]
pub(super) struct CategoriesPage {
    pub shell: Shell,
    categories: Vec<RankedCategory>,
}

/// A category as a ranking, or one page of it.
#[derive(Template)]
#[template(path = "tools/category.html")]
pub(super) struct CategoryPage {
    pub shell: Shell,
    name: String,
    description: String,
    /// The tools with a place that stand on this page.
    placed: Vec<RankingRow>,
    /// Where there are any, and none of them stands on this page.
    to_placed: Option<String>,
    /// The tools without a place that stand on this page, after all that have one.
    shelf: Vec<RankingRow>,
    /// Whether they stand in the panel's order, since there are hardly any votes.
    is_by_panel: bool,
    /// The way to them where none stands on this page, and how many they are.
    to_shelf: Option<(String, String)>,
    pages: PageLinks,
}

impl CategoriesPage {
    pub(super) fn new(visit: &Visit, categories: Vec<RankedCategory>) -> Self {
        Self {
            shell: visit.shell(
                "Categories",
                "All categories of tools, ranked by community votes.",
                "/categories",
            ),
            categories,
        }
    }
}

impl RankedCategory {
    /// `7 tools · Ranked first: Code Llama 4 (85% of 54 votes)`.
    fn ranking_words(&self) -> String {
        let ranking = &self.ranking;
        let tools = count(ranking.len() as u64, "tool", "tools");
        let leaders: Vec<&RatedTool> = ranking.leaders().collect();
        match leaders.as_slice() {
            [] if ranking.len() == 0 => "No tools yet".to_owned(),
            [] => format!("{tools} · No ranking yet"),
            [only] => {
                format!("{tools} · Ranked first: {} ({} of {})", only.tool.name, only.percent(), only.votes())
            }
            tied => {
                let shown = tied.get(..MOST_LEADERS).unwrap_or(tied);
                let shown = told_apart(shown.iter().map(|leader| &leader.tool));
                let mut names: Vec<&str> = shown.iter().map(|tool| tool.name.as_str()).collect();
                let others = format!("{} more", tied.len() - shown.len());
                if tied.len() > shown.len() {
                    names.push(&others);
                }
                format!("{tools} · Tied for first: {}", join_and(&names))
            }
        }
    }
}

impl CategoryPage {
    /// The page of a ranking that is nearest to the one `wanted`.
    pub(super) fn new(visit: &Visit, ranked: &RankedCategory, wanted: usize) -> Self {
        let RankedCategory { category, ranking } = ranked;
        let page = Page::nearest(wanted, ranking.len(), PER_PAGE);
        let href = |number| address(&format!("/categories/{}", category.slug), &[], number);
        let (places, on_page) = (ranking.placed.len(), page.range());
        let mut placed =
            ranking.placed.get(on_page.start..on_page.end.min(places)).unwrap_or_default().to_vec();
        let shelved = on_page.start.saturating_sub(places)..on_page.end.saturating_sub(places);
        let mut shelf = ranking.shelf.get(shelved).unwrap_or_default().to_vec();
        tell_apart(placed.iter_mut().map(|(_, rated)| rated).chain(&mut shelf).map(|rated| &mut rated.tool));
        let mut shell = visit.shell(
            page.title(&category.name),
            format!("{} ranked by community votes: the lower end of the 95% range.", category.name),
            &href(page.number),
        );
        shell.moderate(RecordKind::Category.moderation_links(category.id));
        let shown = placed.iter().map(|(_, rated)| rated.tool.slug.as_str());
        shell.live = live_path(shown.chain(slugs(&shelf)));
        let row = |(place, rated): &(usize, RatedTool)| RankingRow {
            rated: rated.clone(),
            rank: Some(ranking.label(*place)),
        };
        Self {
            shell,
            name: category.name.clone(),
            description: rich_inline(&category.description),
            placed: placed.iter().map(row).collect(),
            to_placed: (placed.is_empty() && places > 0).then(|| href(1)),
            shelf: rows(&shelf),
            is_by_panel: ranking.is_by_panel,
            to_shelf: (shelf.is_empty() && !ranking.shelf.is_empty()).then(|| {
                let tools = count(ranking.shelf.len() as u64, "tool", "tools");
                (format!("{}#shelf-h", href(places / PER_PAGE + 1)), tools)
            }),
            pages: page.links(href),
        }
    }

    /// From how many votes a tool has a place.
    fn enough_votes(&self) -> u64 {
        ENOUGH_VOTES
    }
}
