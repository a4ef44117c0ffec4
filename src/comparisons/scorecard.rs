//! The reviewer scorecard: what each reviewer says about both tools, the split ones first.

use super::load::ComparedTool;
use crate::catalogue::{Directory, Review, Reviewer};
use crate::web::ui::VerdictMark;

/// The scorecard of a pair.
pub(super) struct Scorecard<'a> {
    /// Reviewers who say ship for one and skip for the other, the widest gap in scores first.
    pub split: Vec<ScorecardRow<'a>>,
    /// The others who reviewed at least one of them, in the order of the panel.
    pub agreed: Vec<ScorecardRow<'a>>,
}

/// One reviewer and what they say about each tool they reviewed.
pub(super) struct ScorecardRow<'a> {
    pub reviewer: &'a Reviewer,
    pub reviews: [Option<&'a Review>; 2],
}

impl<'a> Scorecard<'a> {
    /// Sets the reviews of two tools side by side.
    pub(super) fn new(directory: &'a Directory, reviews: [&'a [Review]; 2]) -> Self {
        let row = |reviewer: &'a Reviewer| ScorecardRow {
            reviewer,
            reviews: reviews.map(|all| all.iter().find(|review| review.reviewer_id == reviewer.id)),
        };
        let rows = directory.reviewers().iter().map(row);
        let (mut split, agreed): (Vec<_>, Vec<_>) =
            rows.filter(|row| row.reviews != [None, None]).partition(ScorecardRow::is_split);
        split.sort_by_key(|row| std::cmp::Reverse(row.score_gap()));
        Self { split, agreed }
    }

    fn rows(&self) -> impl Iterator<Item = &ScorecardRow<'a>> {
        self.split.iter().chain(&self.agreed)
    }

    fn of_both(&self) -> impl Iterator<Item = &ScorecardRow<'a>> {
        self.rows().filter(|row| row.both().is_some())
    }

    pub(super) fn both_note(&self) -> String {
        who_reviewed(self.rows().count(), self.of_both().count(), kind(self.rows()))
    }

    pub(super) fn split_note(&self) -> String {
        who_split(self.split.len(), self.of_both().count(), kind(self.of_both()))
    }
}

impl<'a> ScorecardRow<'a> {
    fn both(&self) -> Option<(&'a Review, &'a Review)> {
        self.reviews[0].zip(self.reviews[1])
    }

    fn is_split(&self) -> bool {
        self.both().is_some_and(|(a, b)| a.verdict != b.verdict)
    }

    fn score_gap(&self) -> u16 {
        let scores = self.both().and_then(|(a, b)| a.score.zip(b.score));
        scores.map_or(0, |(a, b)| a.abs_diff(b))
    }
}

/// What one reviewer says of each of several tools.
pub(super) struct ReviewerVerdicts {
    pub reviewer: Reviewer,
    pub verdicts: Vec<Option<(VerdictMark, Option<i16>)>>,
}

/// The verdicts of everybody who reviewed one of these tools, in the order of the panel.
pub(super) fn verdicts(directory: &Directory, tools: &[ComparedTool]) -> Vec<ReviewerVerdicts> {
    let of = |reviewer: &Reviewer| {
        let verdict = |tool: &ComparedTool| {
            let review = tool.detail.reviews.iter().find(|review| review.reviewer_id == reviewer.id)?;
            Some((VerdictMark::from(review.verdict), review.score))
        };
        ReviewerVerdicts { reviewer: reviewer.clone(), verdicts: tools.iter().map(verdict).collect() }
    };
    let all = directory.reviewers().iter().map(of);
    all.filter(|row| row.verdicts.iter().any(Option::is_some)).collect()
}

/// What stands before “reviewer”.
fn kind<'a>(mut rows: impl Iterator<Item = &'a ScorecardRow<'a>>) -> &'static str {
    if rows.all(|row| row.reviewer.is_ai()) { "AI " } else { "" }
}

/// How many reviewers there are, and how many of them reviewed both tools.
fn who_reviewed(all: usize, both: usize, kind: &str) -> String {
    match (all, both) {
        (0, _) => "No reviews yet.".to_owned(),
        (1, 1) => format!("1 {kind}reviewer covered both tools."),
        (1, _) => format!("1 {kind}reviewer covered one of the tools."),
        (_, 0) => format!("{all} {kind}reviewers; none covered both tools."),
        _ if all == both => format!("{all} {kind}reviewers covered both tools."),
        _ => format!("{both} of {all} {kind}reviewers covered both tools."),
    }
}

/// How many of those who reviewed both tools say ship for one and skip for the other; at least one does.
fn who_split(split: usize, both: usize, kind: &str) -> String {
    let who = match both {
        1 => format!("The only {kind}reviewer of both tools is"),
        _ if split == both => format!("All {both} {kind}reviewers are"),
        _ if split == 1 => format!("1 of {both} {kind}reviewers is"),
        _ => format!("{split} of {both} {kind}reviewers are"),
    };
    format!("{who} split: ship for one, skip for the other.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviewers_are_counted_in_plain_english() {
        assert_eq!(who_reviewed(0, 0, ""), "No reviews yet.");
        assert_eq!(who_reviewed(1, 1, ""), "1 reviewer covered both tools.");
        assert_eq!(who_reviewed(1, 0, "AI "), "1 AI reviewer covered one of the tools.");
        assert_eq!(who_reviewed(3, 0, ""), "3 reviewers; none covered both tools.");
        assert_eq!(who_reviewed(3, 1, ""), "1 of 3 reviewers covered both tools.");
        assert_eq!(who_reviewed(4, 4, "AI "), "4 AI reviewers covered both tools.");
    }

    #[test]
    fn who_is_split_is_counted_too() {
        let split = |split, both| who_split(split, both, "");
        assert_eq!(
            split(1, 1),
            "The only reviewer of both tools is split: ship for one, skip for the other."
        );
        assert_eq!(split(1, 4), "1 of 4 reviewers is split: ship for one, skip for the other.");
        assert_eq!(split(2, 4), "2 of 4 reviewers are split: ship for one, skip for the other.");
        assert_eq!(who_split(3, 3, "AI "), "All 3 AI reviewers are split: ship for one, skip for the other.");
    }
}
