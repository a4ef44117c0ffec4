//! The first page.

use askama::Template;
use askama::filters::HtmlSafe;

use super::front::{Apart, Contest, Featured, Front, Pair};
use crate::catalogue::{ChangeList, Reviewer, Tool};
use crate::stats::rules::{ENOUGH_VOTES, EVEN_BELOW};
use crate::stats::{Side, Tally};
use crate::text::{count, rich};
use crate::verdicts::answer::Answer;
use crate::verdicts::call::Contender;
use crate::verdicts::card::{Row, price_source};
use crate::verdicts::head_to_head::{chance_percent, could_change};
use crate::verdicts::views::{PanelView, TallyView, percent_or_dash};
use crate::view;
use crate::web::page::Shell;
use crate::web::ui::{Day, Source};

#[derive(Template)]
#[template(path = "home/front.html")]
pub(super) struct FrontPage {
    pub shell: Shell,
    lede: String,
    empty: bool,
    featured: Option<FeaturedView>,
    newest: Vec<PairLine>,
    closest: Vec<PairLine>,
    apart: Vec<ToolLine>,
    changed: ChangeList,
    new_tools: Vec<ToolLine>,
    wanting: Vec<Row>,
    all_tools: String,
    all_comparisons: String,
}

view!(FrontPage);

impl FrontPage {
    pub(super) fn new(shell: Shell, front: &Front) -> Self {
        Self {
            shell,
            lede: lede(front.directory.reviewers()),
            empty: front.tools == 0,
            featured: front.featured.as_ref().map(FeaturedView::new),
            newest: front.newest.iter().map(PairLine::dated).collect(),
            closest: front.closest.iter().map(PairLine::contested).collect(),
            apart: front.apart.iter().map(ToolLine::apart).collect(),
            changed: ChangeList::of_several(&front.directory, &front.changed),
            new_tools: front.new_tools.iter().map(|tool| ToolLine::filed(tool)).collect(),
            wanting: front.wanting.iter().map(|(tool, tally)| Row::new(tool, *tally, None)).collect(),
            all_tools: all(front.tools, "tool", "tools"),
            all_comparisons: all(front.comparisons, "comparison", "comparisons"),
        }
    }
}

fn lede(reviewers: &[Reviewer]) -> String {
    let mut members = reviewers.iter().filter(|reviewer| !reviewer.former).peekable();
    let only_ai = members.peek().is_some() && members.all(|reviewer| reviewer.author.is_ai());
    let who = if only_ai { "AI reviewers rate tools" } else { "A panel reviews" };
    format!("{who}, the community votes, and every number shows its margin of error.")
}

/// "All 38 tools", and in the singular "The 1 tool".
fn all(n: usize, one: &str, many: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{} {}", if n == 1 { "The" } else { "All" }, count(n, one, many))
}

/// The comparison of the day, small.
struct FeaturedView {
    line: PairLine,
    answer: Answer,
    summary: String,
    picks: Vec<(String, String)>,
    sides: [Mini; 2],
}

impl FeaturedView {
    fn new(featured: &Featured) -> Self {
        let (pair, words) = (&featured.pair, &featured.comparison);
        let picks = [(&pair.first, &words.pick_first_if), (&pair.second, &words.pick_second_if)];
        Self {
            line: PairLine::dated(pair),
            answer: Answer::weigh(
                Contender::new(&pair.first, featured.tallies[0]),
                Contender::new(&pair.second, featured.tallies[1]),
            ),
            summary: rich(&words.summary),
            picks: picks
                .into_iter()
                .filter(|(_, when)| !when.trim().is_empty())
                .map(|(tool, when)| (tool.name.clone(), sentence_end(when)))
                .collect(),
            sides: [
                Mini::new(&pair.first, featured.tallies[0]),
                Mini::new(&pair.second, featured.tallies[1]),
            ],
        }
    }
}

/// The end of a sentence, with its full stop.
fn sentence_end(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// A tool's name and its three figures.
#[derive(Template)]
#[template(path = "home/_mini.html")]
struct Mini {
    slug: String,
    name: String,
    panel: PanelView,
    tally: TallyView,
    entry_price: String,
    price_source: Source,
}

impl HtmlSafe for Mini {}

impl Mini {
    fn new(tool: &Tool, tally: Tally) -> Self {
        Self {
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            panel: PanelView { panel: tool.panel },
            tally: TallyView { name: tool.name.clone(), tally },
            entry_price: tool.entry_price.clone(),
            price_source: price_source(tool),
        }
    }

    fn long_price(&self) -> bool {
        self.entry_price.chars().count() > 9
    }
}

/// A comparison in a list.
struct PairLine {
    href: String,
    first: String,
    second: String,
    figure: Figure,
}

/// What stands at the end of a line.
enum Figure {
    Day(Day),
    Words(String),
    None,
}

impl PairLine {
    fn dated(pair: &Pair) -> Self {
        Self::new(pair, pair.published_on.map_or(Figure::None, |date| Figure::Day(Day(date))))
    }

    fn contested(contest: &Contest) -> Self {
        let pair = &contest.pair;
        let ahead = match contest.ahead {
            Side::First => &pair.first.name,
            Side::Second => &pair.second.name,
        };
        let percent = chance_percent(contest.chance);
        let mut words = if contest.chance < EVEN_BELOW {
            format!("Nearly tied ({ahead} {percent})")
        } else {
            format!("{ahead} ahead ({percent})")
        };
        if let Some(votes) = contest.flip.votes() {
            words = format!("{words} · {}", could_change(votes, "it"));
        }
        Self::new(pair, Figure::Words(words))
    }

    fn new(pair: &Pair, figure: Figure) -> Self {
        Self {
            href: format!("/compare/{}-vs-{}", pair.first.slug, pair.second.slug),
            first: pair.first.name.clone(),
            second: pair.second.name.clone(),
            figure,
        }
    }
}

/// A tool in a list of one line each.
struct ToolLine {
    slug: String,
    name: String,
    figure: String,
}

impl ToolLine {
    fn filed(tool: &Tool) -> Self {
        Self::new(tool, tool.category.name.clone())
    }

    fn apart(known: &Apart) -> Self {
        let points = known.points();
        let figure = format!(
            "Panel {} · Community {} · Community {} {}",
            percent_or_dash(known.tool.panel.ship_percent()),
            percent_or_dash(known.tally.ship_percent()),
            count(points.unsigned_abs().into(), "point", "points"),
            if points > 0 { "higher" } else { "lower" },
        );
        Self::new(&known.tool, figure)
    }

    fn new(tool: &Tool, figure: String) -> Self {
        Self { slug: tool.slug.to_string(), name: tool.name.clone(), figure }
    }
}
