//! How often a reviewer says ship: beside the other reviewers, and category by category. A ship means less from somebody
//! who says it of everything.

use crate::catalogue::{CategoryRef, Directory, Reviewer};
use crate::stats::{Choice, Tally};
use crate::text::{grouped, look};
use crate::verdicts::views::percent_or_dash;
use crate::web::ui::Bar;

/// Verdicts of one kind, as a bar on a scale from 0 to 100 %.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VerdictBar {
    pub name: String,
    pub href: String,
    /// Whether the page is about it.
    pub is_current: bool,
    /// Ships and skips of a reviewer, which are no votes.
    verdicts: Tally,
}

impl VerdictBar {
    /// `76% · 13 of 17`.
    pub(super) fn figures(&self) -> String {
        let Tally { ships, .. } = self.verdicts;
        let percent = percent_or_dash(self.verdicts.ship_percent());
        format!("{percent} · {} of {}", grouped(ships), grouped(self.verdicts.votes()))
    }

    pub(super) fn bar(&self) -> Bar {
        Bar::lane(self.verdicts)
    }
}

/// This reviewer among those who review now, whoever says ship most often first; nothing where there is no other.
pub(super) fn beside_others(directory: &Directory, reviewer: &Reviewer) -> Vec<VerdictBar> {
    let is_shown = |other: &&Reviewer| other.reviews > 0 && (other.id == reviewer.id || !other.former);
    let bar = |other: &Reviewer| VerdictBar {
        name: other.name.clone(),
        href: format!("/reviewers/{}", other.slug),
        is_current: other.id == reviewer.id,
        verdicts: Tally {
            ships: other.ships.into(),
            skips: other.reviews.saturating_sub(other.ships).into(),
        },
    };
    let mut bars: Vec<VerdictBar> = directory.reviewers().iter().filter(is_shown).map(bar).collect();
    bars.sort_by(|a, b| share(b).total_cmp(&share(a)));
    if bars.iter().any(|bar| !bar.is_current) { bars } else { Vec::new() }
}

fn share(bar: &VerdictBar) -> f64 {
    bar.verdicts.ship_share().unwrap_or_default()
}

/// These verdicts by category, in the order of names; `path` is that of the reviewer's page.
pub(super) fn by_category<'a>(
    path: &str,
    verdicts: impl Iterator<Item = (&'a CategoryRef, Choice)>,
) -> Vec<VerdictBar> {
    let mut all: Vec<(&CategoryRef, Tally)> = Vec::new();
    for (category, verdict) in verdicts {
        let place = all.iter().position(|(known, _)| *known == category).unwrap_or_else(|| {
            all.push((category, Tally::default()));
            all.len() - 1
        });
        let tally = &mut all[place].1;
        match verdict {
            Choice::Ship => tally.ships += 1,
            Choice::Skip => tally.skips += 1,
        }
    }
    all.sort_by_key(|(category, _)| look(&category.name));
    let bar = |(category, verdicts): (&CategoryRef, Tally)| VerdictBar {
        name: category.name.clone(),
        href: format!("{path}?category={}#verdicts", category.slug),
        is_current: false,
        verdicts,
    };
    all.into_iter().map(bar).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_counted_by_category_in_the_order_of_names() {
        let [video, audio] = [("v", "Video"), ("a", "Audio")]
            .map(|(slug, name)| CategoryRef { slug: slug.parse().unwrap(), name: name.to_owned() });
        let verdicts =
            [(&video, Choice::Ship), (&audio, Choice::Skip), (&video, Choice::Skip), (&video, Choice::Ship)];
        let bars = by_category("/reviewers/x", verdicts.into_iter());
        let said: Vec<String> =
            bars.iter().map(|bar| format!("{} {} {}", bar.name, bar.figures(), bar.href)).collect();
        assert_eq!(
            said,
            [
                "Audio 0% · 0 of 1 /reviewers/x?category=a#verdicts",
                "Video 67% · 2 of 3 /reviewers/x?category=v#verdicts",
            ]
        );
    }
}
