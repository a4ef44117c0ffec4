//! The reviewer scorecard: what each reviewer says about both tools, the split ones first.

use crate::catalogue::{Directory, Review, Reviewer, TakeView};

/// The scorecard of a pair.
pub(super) struct Scorecard {
    /// Reviewers who say ship for one and skip for the other, the widest gap in scores first.
    pub split: Vec<Line>,
    /// The others who reviewed at least one of them, in the order of the panel.
    pub agreed: Vec<Line>,
    /// How many reviewed both.
    pub both: usize,
    /// Whether all on it are AI.
    pub only_ai: bool,
    /// Whether all who reviewed both are AI.
    pub both_only_ai: bool,
}

impl Scorecard {
    /// How many reviewers are on it.
    pub(super) fn reviewers(&self) -> usize {
        self.split.len() + self.agreed.len()
    }
}

/// One reviewer and what they say about each tool.
pub(super) struct Line {
    pub slug: String,
    pub name: String,
    pub role: String,
    pub badge: String,
    pub takes: [Take; 2],
    score_gap: u16,
}

/// What a reviewer says about one tool, or that they have not reviewed it.
pub(super) struct Take {
    pub tool: String,
    pub review: Option<TakeView>,
}

/// Sets the reviews of two tools side by side.
pub(super) fn scorecard(directory: &Directory, names: [&str; 2], reviews: [&[Review]; 2]) -> Scorecard {
    let mut card =
        Scorecard { split: Vec::new(), agreed: Vec::new(), both: 0, only_ai: true, both_only_ai: true };
    for reviewer in directory.reviewers() {
        let of = |side: usize| reviews[side].iter().find(|review| review.reviewer_id == reviewer.id);
        let (first, second) = (of(0), of(1));
        let line = line(reviewer, names, [first, second]);
        let is_ai = reviewer.is_ai();
        card.only_ai &= is_ai || (first.is_none() && second.is_none());
        match (first, second) {
            (None, None) => {}
            (Some(a), Some(b)) => {
                card.both += 1;
                card.both_only_ai &= is_ai;
                if a.verdict == b.verdict { card.agreed.push(line) } else { card.split.push(line) }
            }
            _ => card.agreed.push(line),
        }
    }
    card.split.sort_by_key(|line| std::cmp::Reverse(line.score_gap));
    card
}

fn line(reviewer: &Reviewer, names: [&str; 2], reviews: [Option<&Review>; 2]) -> Line {
    let score_gap = match reviews.map(|review| review.and_then(|review| review.score)) {
        [Some(a), Some(b)] => a.abs_diff(b),
        _ => 0,
    };
    let [first, second] =
        [0, 1].map(|side| Take { tool: names[side].to_owned(), review: reviews[side].map(TakeView::from) });
    Line {
        slug: reviewer.slug.to_string(),
        name: reviewer.name.clone(),
        role: reviewer.role.clone(),
        badge: reviewer.badge(),
        takes: [first, second],
        score_gap,
    }
}
