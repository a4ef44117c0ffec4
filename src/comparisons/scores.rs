//! The reviewers' scores as dots on one scale from 0 to 100, with a table behind them.

use askama::Template;
use askama::filters::HtmlSafe;

use super::load::ComparedTool;
use crate::catalogue::{Directory, Review, Reviewer};
use crate::stats::Choice;
use crate::text::initials;

/// Two dots that are nearer than this, in points, stand in two lines: at 360 px they would cover each other.
const NEAR: i16 = 8;

/// How high a line of dots is, and how far its middle is below its upper edge, in pixels.
const LINE: usize = 24;
const MIDDLE: usize = 12;

/// The scores of several tools.
#[derive(Debug, Clone, Template)]
#[template(path = "comparisons/_scores.html")]
pub(super) struct Scores {
    lanes: Vec<ScoreLane>,
    reviewers: Vec<ReviewerScores>,
}

impl HtmlSafe for Scores {}

/// The dots of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ScoreLane {
    name: String,
    /// The lowest score first.
    dots: Vec<Dot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Dot {
    score: i16,
    /// Which line it stands in, from the top.
    line: usize,
    verdict: Choice,
    initials: String,
}

/// What one reviewer gives each tool.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReviewerScores {
    name: String,
    slug: String,
    scores: Vec<Option<i16>>,
}

impl Scores {
    /// The scores of these tools; none where no reviewer gave any.
    pub(super) fn of(directory: &Directory, tools: &[ComparedTool]) -> Option<Self> {
        let score = |tool: &ComparedTool, reviewer: &Reviewer| {
            let review = tool.detail.reviews.iter().find(|review| review.reviewer_id == reviewer.id);
            review.and_then(|review| review.score)
        };
        let row = |reviewer: &Reviewer| ReviewerScores {
            name: reviewer.name.clone(),
            slug: reviewer.slug.to_string(),
            scores: tools.iter().map(|tool| score(tool, reviewer)).collect(),
        };
        let reviewers = directory.reviewers().iter().map(row);
        let reviewers: Vec<_> = reviewers.filter(|row| row.scores.iter().any(Option::is_some)).collect();
        let lane =
            |tool: &ComparedTool| ScoreLane::new(directory, &tool.rated.tool.name, &tool.detail.reviews);
        (!reviewers.is_empty()).then(|| Self { lanes: tools.iter().map(lane).collect(), reviewers })
    }
}

impl ScoreLane {
    fn new(directory: &Directory, name: &str, reviews: &[Review]) -> Self {
        let mut scored: Vec<(i16, Choice, String)> = reviews
            .iter()
            .filter_map(|review| {
                let reviewer = directory.reviewer_by_id(review.reviewer_id)?;
                Some((review.score?, review.verdict, initials(&reviewer.name)))
            })
            .collect();
        scored.sort_by_key(|(score, ..)| *score);
        let lines = lines(scored.iter().map(|(score, ..)| *score));
        let dots = scored.into_iter().zip(lines);
        let dots = dots.map(|((score, verdict, initials), line)| Dot { score, line, verdict, initials });
        Self { name: name.to_owned(), dots: dots.collect() }
    }

    fn height(&self) -> usize {
        LINE * self.dots.iter().map(|dot| dot.line + 1).max().unwrap_or(1)
    }
}

impl Dot {
    fn y(&self) -> usize {
        self.line * LINE + MIDDLE
    }

    fn is_ship(&self) -> bool {
        self.verdict == Choice::Ship
    }
}

/// In which line each of these scores stands, which rise: the first in which its neighbour is far enough.
fn lines(scores: impl Iterator<Item = i16>) -> Vec<usize> {
    let mut last: Vec<i16> = Vec::new();
    let place = |score: i16| match last.iter().position(|other| score - other >= NEAR) {
        Some(line) => {
            last[line] = score;
            line
        }
        None => {
            last.push(score);
            last.len() - 1
        }
    };
    scores.map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_that_would_cover_each_other_stand_in_lines() {
        assert_eq!(lines([10, 18, 20, 27, 28].into_iter()), [0, 0, 1, 0, 1]);
        assert_eq!(lines([60, 60, 60].into_iter()), [0, 1, 2]);
        assert_eq!(lines(std::iter::empty()), [0; 0]);
    }

    proptest! {
        #[test]
        fn no_two_dots_of_a_line_are_near(mut scores in prop::collection::vec(0i16..=100, 0..20)) {
            scores.sort_unstable();
            let lines = lines(scores.iter().copied());
            for (a, at) in scores.iter().enumerate() {
                for (b, other) in scores.iter().enumerate().skip(a + 1) {
                    prop_assert!(lines[a] != lines[b] || other - at >= NEAR);
                }
            }
        }
    }
}
