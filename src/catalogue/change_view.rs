//! Changes as pages show them: what it was and what it is now, in words.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;

use super::changes::{Change, ChangeKind, Difference};
use super::directory::{Directory, Tool};
use super::names::tell_apart;
use crate::stats::Choice;
use crate::text::{around_difference, isolated, rich_inline, without_backticks};
use crate::web::ui::{Day, VerdictMark};

/// Up to how many characters of a long text are shown.
const LONGEST: usize = 200;

/// A list of changes, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue/_changes.html")]
pub struct ChangeList {
    lines: Vec<ChangeLine>,
}

impl HtmlSafe for ChangeList {}

/// One change.
#[derive(Debug, Clone)]
struct ChangeLine {
    day: Option<Day>,
    /// Where the page is about more than one.
    tool: Option<Arc<Tool>>,
    difference: Difference,
}

/// What something was or is.
#[derive(Debug, Clone)]
enum Value {
    Verdict(VerdictMark),
    /// Safe HTML.
    Text(String),
    /// Nothing, in words.
    Nothing(&'static str),
}

/// What a tool cost: a table of the changes of its price, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue/_prices.html")]
pub struct PriceHistory {
    lines: Vec<ChangeLine>,
}

impl HtmlSafe for PriceHistory {}

impl ChangeList {
    /// For the page of one tool: with the day, without the tool.
    pub fn of_one_tool<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        Self { lines: changes.into_iter().map(ChangeLine::dated).collect() }
    }

    /// For pages about several tools: with the day and the tool. What is no longer published is left out.
    pub fn of_several<'a>(directory: &Directory, changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let line = |change: &Change| {
            let tool = Arc::clone(directory.tool_by_id(change.tool_id)?);
            Some(ChangeLine { tool: Some(tool), ..ChangeLine::dated(change) })
        };
        let mut lines: Vec<ChangeLine> = changes.into_iter().filter_map(line).collect();
        tell_apart(lines.iter_mut().filter_map(|line| line.tool.as_mut()));
        Self { lines }
    }

    /// The same for a place that says the day itself.
    pub fn of_one_day<'a>(directory: &Directory, changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut list = Self::of_several(directory, changes);
        list.lines.iter_mut().for_each(|line| line.day = None);
        list
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl PriceHistory {
    /// The changes of the price among these, all of one tool.
    pub fn of(changes: &[Change]) -> Self {
        let prices = changes.iter().filter(|change| change.difference.kind == ChangeKind::Price);
        Self { lines: prices.map(ChangeLine::dated).collect() }
    }

    /// Whether it never changed.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl ChangeLine {
    fn dated(change: &Change) -> Self {
        Self { day: Some(Day(change.made_at.date())), tool: None, difference: change.difference.clone() }
    }
}

impl Value {
    fn of(kind: ChangeKind, text: &str) -> Self {
        match (kind, text) {
            (_, "") => Self::Nothing(kind.nothing()),
            (ChangeKind::Verdict, word) => match Choice::from_word(word) {
                Some(choice) => Self::Verdict(choice.into()),
                None => Self::Text(rich_inline(word)),
            },
            (_, text) => Self::Text(rich_inline(text)),
        }
    }
}

impl Difference {
    /// The difference in one line of plain text: `Starting price: was Free, now 5 USD`.
    pub fn words(&self) -> String {
        let value = |text: &str| match text {
            "" => self.kind.nothing().to_owned(),
            text => isolated(&without_backticks(text).split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        let (old, new) = self.shown();
        format!("{}: was {}, now {}", self.subject_words(), value(&old), value(&new))
    }

    /// What changed, in today's words: older changes are stored with those of their time.
    fn subject_words(&self) -> String {
        if self.subject == "Entry price" { "Starting price".to_owned() } else { isolated(&self.subject) }
    }

    /// What is shown of either text where they are long.
    fn shown(&self) -> (String, String) {
        around_difference(&self.old, &self.new, LONGEST)
    }

    fn was(&self) -> Value {
        Value::of(self.kind, &self.shown().0)
    }

    fn is_now(&self) -> Value {
        Value::of(self.kind, &self.shown().1)
    }
}

impl ChangeKind {
    fn label(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Price => "Price",
            Self::Fact => "Fact",
        }
    }

    fn nothing(self) -> &'static str {
        if self == Self::Verdict { "no verdict" } else { "not stated" }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use chrono::NaiveDateTime;
    use scraper::{Html, Selector};

    use super::*;

    fn change(kind: ChangeKind, subject: &str, old: &str, new: &str) -> Change {
        let difference = Difference { kind, subject: subject.into(), old: old.into(), new: new.into() };
        Change { id: 1, tool_id: 1, difference, made_at: NaiveDateTime::default() }
    }

    #[test]
    fn a_change_says_in_words_what_it_was_and_what_it_is_now() {
        let words = |kind, old, new| change(kind, "S", old, new).difference.words();
        assert_eq!(words(ChangeKind::Price, "Free", "5 USD\nper month"), "S: was Free, now 5 USD per month");
        assert_eq!(words(ChangeKind::Verdict, "", "ship"), "S: was no verdict, now ship");
        assert_eq!(words(ChangeKind::Fact, "MIT", ""), "S: was MIT, now not stated");
        let html =
            ChangeList::of_one_tool(&[change(ChangeKind::Verdict, "The <B>", "ship", "skip")]).to_string();
        let html = Html::parse_fragment(&html);
        let text: String = html.root_element().text().collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("The <B>: was Ship, now Skip") && text.contains("1 Jan 1970"), "{text}");
        let count = |selector: &str| html.select(&Selector::parse(selector).unwrap()).count();
        assert_eq!((count("del"), count("ins"), count("b")), (1, 1, 0));
    }

    #[test]
    fn long_texts_are_cut_around_what_changed() {
        let text = "word ".repeat(100);
        let said = change(ChangeKind::Price, "S", &format!("{text}5 USD"), &format!("{text}6 USD"))
            .difference
            .words();
        assert!(said.contains("word 5 USD, now …") && said.ends_with("word 6 USD"), "{said}");
        assert!(said.chars().count() < 200, "{said}");
    }
}
