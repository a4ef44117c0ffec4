//! A tool with its figures: as a card with the vote, and as a row of a list.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;

use super::own_votes::OwnVotes;
use super::views::{PanelView, TallyView, VoteForm};
use crate::catalogue::Tool;
use crate::stats::Tally;
use crate::text::{initial, rich};
use crate::votes::ExcludedVotes;
use crate::web::ui::Source;

/// A tool's card: what it is, three figures, and the vote.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_card.html")]
pub struct Card {
    pub slug: String,
    pub name: String,
    initial: String,
    category: String,
    category_slug: String,
    tagline: String,
    panel: PanelView,
    pub tally: TallyView,
    entry_price: String,
    price_source: Source,
    description: String,
    website: Option<String>,
    vote: VoteForm,
    excluded: ExcludedVotes,
    solo: bool,
}

impl HtmlSafe for Card {}

/// What a card is made from.
pub struct CardParts<'a> {
    pub tool: &'a Tool,
    /// Catalogue text.
    pub description: &'a str,
    pub tally: Tally,
    /// Path of the page that the card stands on.
    pub page: &'a str,
    /// The votes of whoever looks at it.
    pub own: &'a OwnVotes,
    /// The votes on it that do not count.
    pub excluded: ExcludedVotes,
    /// Whether the page is about this tool alone, so that the head of the page names it and the card does not.
    pub solo: bool,
}

impl From<CardParts<'_>> for Card {
    fn from(parts: CardParts<'_>) -> Self {
        let tool = parts.tool;
        Self {
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            initial: initial(&tool.name),
            category: tool.category.name.clone(),
            category_slug: tool.category.slug.to_string(),
            tagline: tool.tagline.clone(),
            panel: PanelView { panel: tool.panel },
            tally: TallyView { name: tool.name.clone(), tally: parts.tally },
            entry_price: tool.entry_price.clone(),
            price_source: price_source(tool),
            description: rich(parts.description),
            website: tool.website.clone(),
            vote: VoteForm::new(tool, parts.page, parts.own),
            excluded: parts.excluded,
            solo: parts.solo,
        }
    }
}

impl Card {
    fn long_price(&self) -> bool {
        self.entry_price.chars().count() > 9
    }
}

/// Where a tool's price is stated, and when that was checked.
pub fn price_source(tool: &Tool) -> Source {
    Source { href: tool.price_source.clone(), checked_on: tool.price_checked_on, between: " " }
}

/// A tool in a list.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_row.html")]
pub struct Row {
    pub tool: Arc<Tool>,
    tally: TallyView,
    /// Its place in a ranking, `2=` where it is shared.
    pub rank: Option<String>,
}

impl HtmlSafe for Row {}

impl Row {
    /// The row of a tool.
    pub fn new(tool: &Arc<Tool>, tally: Tally, rank: Option<String>) -> Self {
        Self { tally: TallyView { name: tool.name.clone(), tally }, tool: Arc::clone(tool), rank }
    }

    fn panel(&self) -> PanelView {
        PanelView { panel: self.tool.panel }
    }

    /// Whether the price begins with a figure rather than with words of its own, like “Free” or “From $5”.
    fn is_amount(&self) -> bool {
        let first = self.tool.entry_price.split_whitespace().next().unwrap_or_default();
        first.contains(|letter: char| letter.is_ascii_digit())
    }
}

/// How many tools one stream may carry. No page lists more tools whose figures move.
pub const MOST_WATCHED: usize = 20;

/// The stream that moves the tallies of these tools, at most of [`MOST_WATCHED`].
pub fn live_path<'a>(slugs: impl Iterator<Item = &'a str>) -> Option<String> {
    let tools: String = slugs.take(MOST_WATCHED).map(|slug| format!("tool={slug}&")).collect();
    (!tools.is_empty()).then(|| format!("/live?{tools}parts=tally"))
}
