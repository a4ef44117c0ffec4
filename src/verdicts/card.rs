//! A tool with its figures: as the card of its page, with the vote, and as a row of a list.

use askama::Template;
use askama::filters::HtmlSafe;

use super::views::{RatedTool, VoteForm};
use crate::votes::ExcludedVotes;

/// The card of a tool on its own page: three figures, what it is, and the vote.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_card.html")]
pub struct Card {
    pub rated: RatedTool,
    /// Safe HTML.
    pub description: String,
    pub vote: VoteForm,
    /// The votes on it that do not count.
    pub excluded: ExcludedVotes,
}

impl HtmlSafe for Card {}

/// A tool in a list.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_row.html")]
pub struct RankingRow {
    pub rated: RatedTool,
    /// Its place in a ranking, `2=` where it is shared.
    pub rank: Option<String>,
}

impl HtmlSafe for RankingRow {}

impl RankingRow {
    /// Whether the price begins with a figure rather than with words of its own, like “Free” or “From $5”.
    fn is_amount(&self) -> bool {
        let first = self.rated.tool.entry_price.split_whitespace().next().unwrap_or_default();
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
