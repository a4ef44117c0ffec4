//! The pages of reviewers.

use askama::Template;

use super::load::{Member, Profile, ReviewedTool};
use super::record::{Agreement, Stand, agreement};
use super::strictness::{VerdictBar, by_category};
use crate::accounts::Visit;
use crate::catalogue::{Basis, CategoryRef, Directory, RecordKind, Reviewer, TakeView, tell_apart};
use crate::stats::Panel;
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::{count, grouped, look};
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
    members: Vec<Member>,
    former: Vec<Member>,
}

impl PanelPage {
    pub(super) fn new(mut shell: Shell, panel: Vec<Member>) -> Self {
        let (former, members): (Vec<_>, Vec<_>) =
            panel.into_iter().partition(|member| member.reviewer.former);
        let only_ai = !members.is_empty() && members.iter().all(|member| member.reviewer.is_ai());
        let n = members.len().try_into().unwrap_or(u64::MAX);
        let lede = if only_ai {
            shell.title = "AI reviewers".to_owned();
            let lede = format!("{}, each with a point of view.", count(n, "AI reviewer", "AI reviewers"));
            match one_model(&members) {
                Some(model) => format!(
                    "{lede} All of them are one model, {model}: that they agree says less than if they were independent."
                ),
                None => lede,
            }
        } else {
            let reviewers = count(n, "reviewer", "reviewers");
            format!("{reviewers}, each with a point of view. AI reviewers are marked with their model.")
        };
        Self { shell, lede, members, former }
    }
}

/// The model that all of several members are.
fn one_model(members: &[Member]) -> Option<&str> {
    let (first, others) = members.split_first()?;
    let is_stated = |model: &&str| !model.is_empty() && !model.eq_ignore_ascii_case("unknown");
    let model = first.reviewer.model.as_deref().filter(is_stated)?;
    let is_it = |member: &Member| member.reviewer.model.as_deref() == Some(model);
    (!others.is_empty() && others.iter().all(is_it)).then_some(model)
}

impl Member {
    fn record(&self) -> String {
        let says_ship = self.reviewer.says_ship();
        match self.agreement.compared() {
            0 => says_ship,
            n => {
                let agrees = grouped(self.agreement.agrees);
                format!("{says_ship} · Agrees with the community on {agrees} of {}", grouped(n))
            }
        }
    }
}

#[derive(Template)]
#[template(path = "reviewers/reviewer.html")]
pub(super) struct ReviewerPage {
    pub shell: Shell,
    reviewer: Reviewer,
    basis: String,
    record: Agreement,
    beside_others: Vec<VerdictBar>,
    by_category: Vec<VerdictBar>,
    chips: Vec<Chip>,
    /// How many verdicts are on all pages.
    shown: String,
    /// Those on this page.
    verdicts: Vec<ReviewedTool>,
    pages: PageLinks,
}

/// Which verdicts an address asks for.
pub(super) struct ReviewerQuery {
    /// The slug of a category, or empty for all.
    category: String,
    page: usize,
}

impl ReviewerQuery {
    pub(super) fn parse(query: &str) -> Self {
        Self { category: field(query, "category"), page: wanted(&field(query, "page")) }
    }

    /// The same with the slug that the category has now.
    pub(super) fn up_to_date(self, directory: &Directory) -> Self {
        let category = directory.category_now_or_once(&self.category);
        Self { category: category.map(|category| category.slug.to_string()).unwrap_or_default(), ..self }
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

impl ReviewerPage {
    /// The page of a reviewer, showing the verdicts on this category, or all where there are none.
    pub(super) fn new(visit: &Visit, profile: Profile, query: &ReviewerQuery) -> Self {
        let Profile { reviewer, mut verdicts, beside_others } = profile;
        let of_categories =
            verdicts.iter().map(|verdict| (&*verdict.rated.tool.category, verdict.review.verdict));
        let by_category = by_category(&format!("/reviewers/{}", reviewer.slug), of_categories);
        let record = agreement(verdicts.iter().map(ReviewedTool::stand));
        let basis = bases(&verdicts);
        let chips = chips(verdicts.iter().map(|verdict| &*verdict.rated.tool.category), &query.category);
        let category = chips.iter().find(|chip| chip.current).map_or("", |chip| chip.category.as_str());
        verdicts.retain(|verdict| category.is_empty() || *verdict.rated.tool.category.slug == *category);
        let page = Page::nearest(query.page, verdicts.len(), PER_PAGE);
        let href =
            |number| address(&format!("/reviewers/{}", reviewer.slug), &[("category", category)], number);
        let mut verdicts: Vec<ReviewedTool> = verdicts.drain(page.range()).collect();
        tell_apart(verdicts.iter_mut().map(|verdict| &mut verdict.rated.tool));
        let mut shell = visit.shell(
            page.title(&reviewer.name),
            format!("{}: point of view, record and every verdict, with its reasons.", reviewer.name),
            &href(page.number),
        );
        shell.moderate(RecordKind::Reviewer.moderation_links(reviewer.id));
        Self {
            shell,
            basis,
            record,
            beside_others,
            by_category,
            shown: tools(page.total),
            verdicts,
            pages: page.links(|number| format!("{}#verdicts", href(number))),
            chips,
            reviewer,
        }
    }

    fn ship_percent(&self) -> String {
        let Reviewer { ships, reviews, .. } = self.reviewer;
        percent_or_dash(Panel { ships, reviews }.ship_percent())
    }

    fn agreement(&self) -> String {
        match self.record.compared() {
            0 => "—".to_owned(),
            n => format!("{} of {}", grouped(self.record.agrees), grouped(n)),
        }
    }
}

impl ReviewedTool {
    /// How the community's votes stand to the verdict.
    fn community_words(&self) -> String {
        let percent = self.rated.percent();
        match self.stand() {
            Stand::Agrees => format!("Community agrees: {percent}"),
            Stand::Differs => format!("Community disagrees: {percent}"),
            Stand::Mixed => format!("Community mixed: {percent}"),
            Stand::TooFew if self.rated.tally.votes() == 0 => "No votes yet".to_owned(),
            Stand::TooFew => format!("Community {percent} of {}", self.rated.votes()),
        }
    }
}

impl Reviewer {
    /// "Ship for 13 of 17".
    fn says_ship(&self) -> String {
        match self.reviews {
            0 => "No reviews yet".to_owned(),
            reviews => format!("Ship for {} of {}", grouped(self.ships.into()), grouped(reviews.into())),
        }
    }
}

/// What the verdicts rest on: "Reviews: 3 hands-on, 20 from documents".
fn bases(verdicts: &[ReviewedTool]) -> String {
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

impl Agreement {
    /// Why some verdicts are not compared with the community.
    fn not_compared(self) -> String {
        let mut parts = Vec::new();
        if self.too_few > 0 {
            parts.push(format!("{} with fewer than {ENOUGH_VOTES} votes", grouped(self.too_few)));
        }
        if self.mixed > 0 {
            parts.push(format!("{} mixed", grouped(self.mixed)));
        }
        if parts.is_empty() { String::new() } else { format!("Not compared: {}", parts.join(", ")) }
    }
}

/// All, and the categories that were reviewed, by name, each with how many verdicts; exactly one is current.
fn chips<'a>(categories: impl Iterator<Item = &'a CategoryRef>, chosen: &str) -> Vec<Chip> {
    let mut counts: Vec<(&CategoryRef, usize)> = Vec::new();
    for category in categories {
        match counts.iter_mut().find(|(known, _)| *known == category) {
            Some((_, n)) => *n += 1,
            None => counts.push((category, 1)),
        }
    }
    counts.sort_by_key(|(category, _)| look(&category.name));
    let chosen = if counts.iter().any(|(category, _)| *category.slug == *chosen) { chosen } else { "" };
    let chip = |slug: &str, name: &str, n: usize| Chip {
        category: slug.to_owned(),
        label: format!("{name} {n}"),
        current: slug == chosen,
    };
    let all = chip("", "All", counts.iter().map(|(_, n)| n).sum());
    std::iter::once(all)
        .chain(counts.iter().map(|(category, n)| chip(&category.slug, &category.name, *n)))
        .collect()
}

fn tools(n: usize) -> String {
    count(n.try_into().unwrap_or(u64::MAX), "tool", "tools")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn chips_count_the_verdicts_of_each_category() {
        let [video, audio] = [("v", "Video"), ("a", "Audio")]
            .map(|(slug, name)| CategoryRef { slug: slug.parse().unwrap(), name: name.to_owned() });
        let shown = |of: &[&CategoryRef], chosen| -> Vec<_> {
            let chips = chips(of.iter().copied(), chosen);
            chips.into_iter().map(|chip| (chip.label, chip.current)).collect()
        };
        let label = |text: &str| text.to_owned();
        let of_audio = [(label("All 3"), false), (label("Audio 1"), true), (label("Video 2"), false)];
        assert_eq!(shown(&[&video, &audio, &video], "a"), of_audio);
        assert_eq!(shown(&[&video], "unknown"), [(label("All 1"), true), (label("Video 1"), false)]);
    }

    #[test]
    fn what_is_not_compared_is_said() {
        let record = Agreement { agrees: 0, differs: 0, mixed: 1, too_few: 12 };
        assert_eq!(record.not_compared(), "Not compared: 12 with fewer than 10 votes, 1 mixed");
        assert_eq!(Agreement { agrees: 3, ..Agreement::default() }.not_compared(), "");
    }
}
