//! The pages of categories: all of them in short, and each as a ranking.

use askama::Template;

use super::{
    listing::{Filters, Listed, Sort},
    load::RankedCategory,
    ranking::{Placed, Ranking},
    views::{Link, rows, slugs},
};
use crate::{
    accounts::Visit,
    page::Shell,
    paging::{Page, PageLinks, address},
    stats::{Tally, rules::ENOUGH_VOTES},
    text::{count, join_and, rich_inline},
    view,
    voting::{
        cards::{Row, live_path},
        views::percent_or_dash,
    },
};

/// How many tools with a place a page holds.
const PER_PAGE: usize = 48;

/// How many tools a category's shelf shows; the list of tools has them all, page by page.
const SHELF: usize = 24;

/// How many of the tools that share the first place a category names in short.
const MOST_LEADERS: usize = 5;

/// All categories.
#[derive(Template)]
#[template(path = "tools/categories.html")]
pub(super) struct CategoriesPage {
    pub shell: Shell,
    tiles: Vec<Tile>,
}

/// A category in short.
struct Tile {
    slug: String,
    name: String,
    description: String,
    meta: String,
}

/// A category as a ranking, or one page of it.
#[derive(Template)]
#[template(path = "tools/category.html")]
pub(super) struct CategoryPage {
    pub shell: Shell,
    name: String,
    description: String,
    /// The tools with a place that stand on this page.
    placed: Vec<Row>,
    pages: PageLinks,
    /// The tools without a place, on the last page.
    shelf: Vec<Row>,
    /// On the other pages the way to them.
    to_shelf: Option<Link>,
    /// The list of all its tools, and the words for it.
    all: Option<Link>,
}

view!(CategoriesPage, CategoryPage);

impl CategoriesPage {
    pub(super) fn new(visit: &Visit, categories: &[RankedCategory]) -> Self {
        Self {
            shell: visit.shell(
                "Categories",
                "Every category of tools as a ranking by the community, with its rule stated.",
                "/categories",
            ),
            tiles: categories
                .iter()
                .map(|RankedCategory { category, ranking }| Tile {
                    slug: category.slug.to_string(),
                    name: category.name.clone(),
                    description: rich_inline(&category.description),
                    meta: ranking_words(ranking),
                })
                .collect(),
        }
    }
}

/// `7 tools · ahead: Code Llama 4, 85% of 54 votes`.
fn ranking_words(ranking: &Ranking) -> String {
    let tools = count(ranking.len() as u64, "tool", "tools");
    let leaders: Vec<&Listed> = ranking.leaders().collect();
    match leaders.as_slice() {
        [] if ranking.len() == 0 => "No tools yet".to_owned(),
        [] => format!("{tools} · ahead: nobody yet"),
        [only] => format!("{tools} · ahead: {}, {}", only.tool.name, share_words(only.tally)),
        tied => {
            let shown = tied.get(..MOST_LEADERS).unwrap_or(tied);
            let mut names: Vec<&str> = shown.iter().map(|listed| listed.tool.name.as_str()).collect();
            let others = format!("{} more", tied.len() - shown.len());
            if tied.len() > shown.len() {
                names.push(&others);
            }
            format!("{tools} · ahead: {}, tied", join_and(&names))
        }
    }
}

fn share_words(tally: Tally) -> String {
    format!("{} of {}", percent_or_dash(tally.ship_percent()), count(tally.votes(), "vote", "votes"))
}

impl CategoryPage {
    /// The page of a ranking that is nearest to the one `wanted`.
    pub(super) fn new(visit: &Visit, ranked: &RankedCategory, wanted: usize) -> Self {
        let RankedCategory { category, ranking } = ranked;
        let page = Page::nearest(wanted, ranking.placed.len(), PER_PAGE);
        let href = |number| address(&format!("/categories/{}", category.slug), &[], number);
        let placed = page.of(&ranking.placed);
        let shelf = ranking.shelf.get(..SHELF).unwrap_or(&ranking.shelf);
        let shelf = if page.is_last() { shelf } else { &[] };
        let mut shell = visit.shell(
            page.title(&category.name),
            format!("{} ranked by the community, by the lower end of the 95% range.", category.name),
            &href(page.number),
        );
        let shown = placed.iter().map(|at| at.listed.tool.slug.as_str());
        shell.live = live_path(shown.chain(slugs(shelf)));
        Self {
            shell,
            name: category.name.clone(),
            description: rich_inline(&category.description),
            placed: placed.iter().map(placed_row).collect(),
            pages: page.links(href),
            shelf: rows(shelf),
            to_shelf: (!page.is_last() && !ranking.shelf.is_empty()).then(|| Link {
                href: format!("{}#shelf-h", href(page.of)),
                label: count(ranking.shelf.len() as u64, "tool", "tools"),
            }),
            all: (ranking.shelf.len() > SHELF).then(|| Link {
                href: all_by_community(category.slug.as_str()),
                label: format!("All {}", count(ranking.len() as u64, "tool", "tools")),
            }),
        }
    }

    /// From how many votes a tool has a place.
    fn enough_votes(&self) -> u64 {
        ENOUGH_VOTES
    }
}

fn placed_row(at: &Placed) -> Row {
    Row::new(&at.listed.tool, at.listed.tally, Some(at.label()))
}

/// The list of all tools of a category, in the order of its ranking.
fn all_by_community(category: &str) -> String {
    let category = Some(category.to_owned());
    Filters { q: String::new(), category, sort: Sort::Community, page: 1 }.href(1)
}
