//! The pages of reviewers.

use askama::Template;

use super::load::{Member, Profile, Verdict};
use super::record::{Agreement, Stand, agreement};
use crate::accounts::Visit;
use crate::catalogue::{Basis, Reviewer, TakeView};
use crate::stats::Panel;
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::{count, grouped, rich};
use crate::verdicts::views::percent_or_dash;
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address, field, wanted};

/// How many verdicts a page holds.
const PER_PAGE: usize = 24;

#[derive(Template)]
#[template(path = "reviewers/panel.html")]
pub(super) struct PanelPage {
    pub shell: Shell,
    lede: String,
    members: Vec<Tile>,
    former: Vec<Tile>,
}

/// A reviewer in small.
struct Tile {
    slug: String,
    name: String,
    role: String,
    badge: String,
    motto: String,
    record: String,
}

impl PanelPage {
    pub(super) fn new(mut shell: Shell, members: &[Member]) -> Self {
        let (former, members): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.reviewer.former);
        let tiles = |members: Vec<&Member>| members.into_iter().map(Tile::new).collect();
        let only_ai = !members.is_empty() && members.iter().all(|member| member.reviewer.author.is_ai());
        let n = members.len().try_into().unwrap_or(u64::MAX);
        let lede = if only_ai {
            shell.title = "AI reviewers".to_owned();
            format!("{}, each with a point of view.", count(n, "AI reviewer", "AI reviewers"))
        } else {
            let reviewers = count(n, "reviewer", "reviewers");
            format!("{reviewers}, each with a point of view. AI reviewers are marked with their model.")
        };
        Self { shell, lede, members: tiles(members), former: tiles(former) }
    }
}

impl Tile {
    fn new(Member { reviewer, agreement }: &Member) -> Self {
        Self {
            slug: reviewer.slug.to_string(),
            name: reviewer.name.clone(),
            role: reviewer.role.clone(),
            badge: reviewer.author.badge(),
            motto: reviewer.motto.clone(),
            record: match agreement.compared() {
                0 => says_ship(reviewer),
                n => format!(
                    "{} · Agrees with the community on {} of {}",
                    says_ship(reviewer),
                    grouped(agreement.agrees),
                    grouped(n)
                ),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "reviewers/reviewer.html")]
pub(super) struct ReviewerPage {
    pub shell: Shell,
    slug: String,
    name: String,
    role: String,
    motto: String,
    badge: String,
    basis: String,
    says_ship: String,
    ship_percent: String,
    agreement: String,
    agreement_note: String,
    bio: String,
    likes: Vec<String>,
    tired_of: Vec<String>,
    chips: Vec<Chip>,
    shown: String,
    verdicts: Vec<VerdictView>,
    pages: PageLinks,
}

/// Which verdicts an address asks for.
pub(super) struct Asked {
    /// The slug of a category, or empty for all.
    category: String,
    page: usize,
}

impl Asked {
    pub(super) fn parse(query: &str) -> Self {
        Self { category: field(query, "category"), page: wanted(&field(query, "page")) }
    }
}

/// A link that filters the verdicts by category.
#[derive(Debug, PartialEq, Eq)]
struct Chip {
    /// The category's slug; empty for all.
    category: String,
    label: String,
    current: bool,
}

/// One verdict with its reasons.
struct VerdictView {
    slug: String,
    name: String,
    category: String,
    take: TakeView,
    community: String,
}

impl ReviewerPage {
    /// The page of a reviewer, showing the verdicts on this category, or all where there are none.
    pub(super) fn new(visit: &Visit, profile: &Profile, asked: &Asked) -> Self {
        let Profile { reviewer, verdicts } = profile;
        let record = agreement(verdicts.iter().map(Verdict::opinion));
        let chips = chips(verdicts, &asked.category);
        let category = chips.iter().find(|chip| chip.current).map_or("", |chip| chip.category.as_str());
        let in_category =
            |verdict: &&Verdict| category.is_empty() || verdict.tool.category.slug.as_str() == category;
        let fitting: Vec<&Verdict> = verdicts.iter().filter(in_category).collect();
        let page = Page::nearest(asked.page, fitting.len(), PER_PAGE);
        let href =
            |number| address(&format!("/reviewers/{}", reviewer.slug), &[("category", category)], number);
        let shell = visit.shell(
            page.title(&reviewer.name),
            format!("{}: point of view, record and every verdict, with its reasons.", reviewer.name),
            &href(page.number),
        );
        Self {
            shell,
            slug: reviewer.slug.to_string(),
            name: reviewer.name.clone(),
            role: reviewer.role.clone(),
            motto: reviewer.motto.clone(),
            badge: match reviewer.former {
                true => format!("{} · former reviewer", reviewer.author.badge()),
                false => reviewer.author.badge(),
            },
            basis: bases(verdicts),
            says_ship: says_ship(reviewer),
            ship_percent: percent_or_dash(
                Panel { ships: reviewer.ships, reviews: reviewer.reviews }.ship_percent(),
            ),
            agreement: match record.compared() {
                0 => "—".to_owned(),
                n => format!("{} of {}", grouped(record.agrees), grouped(n)),
            },
            agreement_note: not_compared(record),
            bio: rich(&reviewer.bio),
            likes: reviewer.likes.clone(),
            tired_of: reviewer.tired_of.clone(),
            shown: tools(fitting.len()),
            verdicts: page.of(&fitting).iter().map(|verdict| VerdictView::new(verdict)).collect(),
            pages: page.links(|number| format!("{}#verdicts", href(number))),
            chips,
        }
    }
}

impl VerdictView {
    fn new(verdict: &Verdict) -> Self {
        let Verdict { tool, review, community } = verdict;
        let percent = percent_or_dash(community.ship_percent());
        Self {
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            category: tool.category.name.clone(),
            take: review.into(),
            community: match verdict.opinion().stand() {
                Stand::Agrees => format!("Community agrees: {percent}"),
                Stand::Differs => format!("Community disagrees: {percent}"),
                Stand::Mixed => format!("Community mixed: {percent}"),
                Stand::TooFew if community.votes() == 0 => "No votes yet".to_owned(),
                Stand::TooFew => {
                    format!("Community {percent} of {}", count(community.votes(), "vote", "votes"))
                }
            },
        }
    }
}

/// "Ship for 13 of 17".
fn says_ship(reviewer: &Reviewer) -> String {
    match reviewer.reviews {
        0 => "No reviews yet".to_owned(),
        reviews => format!("Ship for {} of {}", grouped(reviewer.ships.into()), grouped(reviews.into())),
    }
}

/// What the verdicts rest on: "Reviews: 3 hands-on, 20 from documents".
fn bases(verdicts: &[Verdict]) -> String {
    let of = |basis: Option<Basis>| verdicts.iter().filter(|verdict| verdict.review.basis == basis).count();
    let parts: Vec<String> = [
        (of(Some(Basis::HandsOn)), "hands-on"),
        (of(Some(Basis::Documents)), "from documents"),
        (of(None), "basis not stated"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, words)| format!("{n} {words}"))
    .collect();
    if parts.is_empty() { String::new() } else { format!("Reviews: {}", parts.join(", ")) }
}

/// Why some verdicts are not compared with the community.
fn not_compared(record: Agreement) -> String {
    let mut parts = Vec::new();
    if record.too_few > 0 {
        parts.push(format!("{} with fewer than {ENOUGH_VOTES} votes", grouped(record.too_few)));
    }
    if record.mixed > 0 {
        parts.push(format!("{} mixed", grouped(record.mixed)));
    }
    if parts.is_empty() { String::new() } else { format!("Not compared: {}", parts.join(", ")) }
}

/// All, and the categories that were reviewed, by name, each with how many verdicts; exactly one is current.
fn chips(verdicts: &[Verdict], chosen: &str) -> Vec<Chip> {
    let categories = verdicts.iter().map(|verdict| &verdict.tool.category);
    chips_of(categories.map(|category| (category.slug.as_str(), category.name.as_str())), chosen)
}

fn chips_of<'a>(categories: impl Iterator<Item = (&'a str, &'a str)>, chosen: &str) -> Vec<Chip> {
    let mut counts: Vec<(&str, &str, usize)> = Vec::new();
    let mut all = 0;
    for (slug, name) in categories {
        all += 1;
        match counts.iter_mut().find(|(known, ..)| *known == slug) {
            Some((_, _, n)) => *n += 1,
            None => counts.push((slug, name, 1)),
        }
    }
    counts.sort_by_key(|(_, name, _)| name.to_lowercase());
    let chosen = if counts.iter().any(|(slug, ..)| *slug == chosen) { chosen } else { "" };
    let chip = |slug: &str, name: &str, n: usize| Chip {
        category: slug.to_owned(),
        label: format!("{name} {n}"),
        current: slug == chosen,
    };
    let rest = counts.into_iter().map(|(slug, name, n)| chip(slug, name, n));
    std::iter::once(chip("", "All", all)).chain(rest).collect()
}

fn tools(n: usize) -> String {
    count(n.try_into().unwrap_or(u64::MAX), "tool", "tools")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_count_the_verdicts_of_each_category() {
        let chips = chips_of([("v", "Video"), ("a", "Audio"), ("v", "Video")].into_iter(), "a");
        let shown: Vec<_> = chips.iter().map(|chip| (chip.label.as_str(), chip.current)).collect();
        assert_eq!(shown, [("All 3", false), ("Audio 1", true), ("Video 2", false)]);
        let chips = chips_of([("v", "Video")].into_iter(), "unknown");
        assert_eq!(chips.iter().map(|chip| chip.current).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn what_is_not_compared_is_said() {
        let record = Agreement { agrees: 0, differs: 0, mixed: 1, too_few: 12 };
        assert_eq!(not_compared(record), "Not compared: 12 with fewer than 10 votes, 1 mixed");
        assert_eq!(not_compared(Agreement { agrees: 3, ..Agreement::default() }), "");
    }
}
