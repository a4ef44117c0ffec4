//! A reviewer's take as pages show it: verdict, score, date, what it rests on, and the reasons.

use askama::Template;
use askama::filters::HtmlSafe;

use super::file::ReviewerRecord;
use super::{Basis, Kind, Review};
use crate::web::ui::{Day, VerdictMark};

/// A take, to stand inside an element of class `take` and [`kind`](Self::kind).
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue/_take.html")]
pub struct TakeView {
    review: Review,
}

impl HtmlSafe for TakeView {}

impl TakeView {
    /// The class that goes with the verdict: `ship` or `skip`.
    pub fn kind(&self) -> &'static str {
        self.review.verdict.as_str()
    }

    fn mark(&self) -> VerdictMark {
        self.review.verdict.into()
    }

    fn day(&self) -> Option<Day> {
        self.review.reviewed_on.map(Day)
    }
}

impl From<&Review> for TakeView {
    fn from(review: &Review) -> Self {
        Self { review: review.clone() }
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

impl ReviewerRecord {
    /// Whether a language model writes their verdicts.
    pub fn is_ai(&self) -> bool {
        self.kind == Kind::Ai
    }

    /// How a badge says who writes their verdicts: "Human", or the model. A model without a name is still no person.
    pub fn badge(&self) -> String {
        let model = self.model.as_deref().unwrap_or_default();
        match self.kind {
            Kind::Human => "Human".to_owned(),
            Kind::Ai if model.is_empty() || model.eq_ignore_ascii_case("unknown") => {
                "AI (model not stated)".to_owned()
            }
            Kind::Ai => format!("AI · {model}"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_ai_without_a_stated_model_is_still_marked_as_one() {
        let badge = |kind: &str, model: Option<&str>| {
            let record = json!({"slug": "a", "name": "A", "kind": kind, "model": model});
            serde_json::from_value::<ReviewerRecord>(record).unwrap().badge()
        };
        assert_eq!(
            (badge("ai", Some("Model-1")), badge("human", None)),
            ("AI · Model-1".into(), "Human".into())
        );
        for model in [None, Some(""), Some("Unknown"), Some("unknown")] {
            assert_eq!(badge("ai", model), "AI (model not stated)");
        }
    }
}
