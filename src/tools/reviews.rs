//! The reviews on a tool's page: who says what, the smaller side first.

use crate::catalogue::{Directory, Review, TakeView};
use crate::stats::{Choice, Panel};
use crate::text::count;

/// What one reviewer says.
pub(super) struct Take {
    pub reviewer_slug: String,
    pub reviewer: String,
    pub role: String,
    pub badge: String,
    pub view: TakeView,
}

/// `4 AI reviewers: 3 ship, 1 skip · Dissenting reviews first`.
pub(super) fn panel_words(panel: Panel, only_ai: bool) -> String {
    let [one, many] = if only_ai { ["AI reviewer", "AI reviewers"] } else { ["reviewer", "reviewers"] };
    let dissenting = if minority_of(panel).is_some() { " · Dissenting reviews first" } else { "" };
    let who = count(panel.reviews.into(), one, many);
    format!("{who}: {} ship, {} skip{dissenting}", panel.ships, panel.skips())
}

/// What fewer reviewers say, where both sides have one.
fn minority_of(panel: Panel) -> Option<Choice> {
    match (panel.ships, panel.skips()) {
        (0, _) | (_, 0) => None,
        (ships, skips) if ships < skips => Some(Choice::Ship),
        (ships, skips) if ships > skips => Some(Choice::Skip),
        _ => None,
    }
}

/// The reviews in the order of the panel, those of its minority first.
pub(super) fn takes(directory: &Directory, panel: Panel, reviews: &[Review]) -> Vec<Take> {
    let mut reviews: Vec<&Review> = reviews.iter().collect();
    let minority = minority_of(panel);
    reviews.sort_by_key(|review| Some(review.verdict) != minority);
    reviews.into_iter().filter_map(|review| Take::new(directory, review)).collect()
}

impl Take {
    fn new(directory: &Directory, review: &Review) -> Option<Self> {
        let reviewer = directory.reviewer_by_id(review.reviewer_id)?;
        Some(Self {
            reviewer_slug: reviewer.slug.to_string(),
            reviewer: reviewer.name.clone(),
            role: reviewer.role.clone(),
            badge: reviewer.badge(),
            view: review.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_the_reviews_counts_who_says_what() {
        let words = |ships, reviews, only_ai| panel_words(Panel { ships, reviews }, only_ai);
        assert_eq!(words(3, 4, true), "4 AI reviewers: 3 ship, 1 skip · Dissenting reviews first");
        assert_eq!(words(2, 2, false), "2 reviewers: 2 ship, 0 skip");
        assert_eq!(words(0, 1, true), "1 AI reviewer: 0 ship, 1 skip");
    }

    #[test]
    fn the_minority_is_the_smaller_side_of_two() {
        let minority = |ships, reviews| minority_of(Panel { ships, reviews });
        assert_eq!((minority(3, 4), minority(1, 4)), (Some(Choice::Skip), Some(Choice::Ship)));
        assert_eq!((minority(2, 4), minority(4, 4), minority(0, 0)), (None, None, None));
    }
}
