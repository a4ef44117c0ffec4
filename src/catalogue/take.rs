//! A reviewer's take as pages show it: verdict, score, date, what it rests on, and the reasons.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Author, Basis, Review};
use crate::stats::Choice;
use crate::text::rich;
use crate::web::ui::{Day, VerdictMark};

/// A take, to stand inside an element of class `take` and [`kind`](Self::kind).
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue/_take.html")]
pub struct TakeView {
    verdict: Choice,
    mark: VerdictMark,
    score: Option<i16>,
    day: Option<Day>,
    basis: Option<&'static str>,
    /// Safe HTML.
    html: String,
}

impl HtmlSafe for TakeView {}

impl TakeView {
    /// The class that goes with the verdict: `ship` or `skip`.
    pub fn kind(&self) -> &'static str {
        self.verdict.as_str()
    }
}

impl From<&Review> for TakeView {
    fn from(review: &Review) -> Self {
        Self {
            verdict: review.verdict,
            mark: review.verdict.into(),
            score: review.score,
            day: review.reviewed_on.map(Day),
            basis: review.basis.map(Basis::words),
            html: rich(&review.take),
        }
    }
}

impl Basis {
    /// How a line of text says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::HandsOn => "hands-on",
            Self::Documents => "from documents",
        }
    }
}

impl Author {
    /// How a badge says it: "Human", or the model.
    pub fn badge(&self) -> String {
        match self {
            Self::Human => "Human".to_owned(),
            Self::Ai { model } if model.is_empty() || model.eq_ignore_ascii_case("unknown") => {
                "AI (model not stated)".to_owned()
            }
            Self::Ai { model } => format!("AI · {model}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ai_without_a_stated_model_is_still_marked_as_one() {
        let badge = |model: &str| Author::Ai { model: model.to_owned() }.badge();
        assert_eq!(
            (badge("Model-1"), Author::Human.badge()),
            ("AI · Model-1".to_owned(), "Human".to_owned())
        );
        assert_eq!((badge(""), badge("Unknown")), (badge("unknown"), "AI (model not stated)".to_owned()));
    }
}
