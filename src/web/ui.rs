//! Small pieces of HTML that many pages share: a date, a verdict's mark, a bar, a source.
//!
//! Each writes itself, escaped, and may stand in a template as `{{ piece }}`.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;
use xxhash_rust::xxh3::xxh3_64;

use crate::stats::{Choice, Interval, Tally, Verdict};

/// A day as `<time datetime="2026-11-01">1 Nov 2026</time>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<time datetime=\"{}\">{}</time>", self.0, self.0.format("%-d %b %Y"))
    }
}

impl HtmlSafe for Day {}

/// Which of eight calm colours something has that is known by this word: always the same.
pub fn tone(word: &str) -> u64 {
    xxh3_64(word.as_bytes()) % 8
}

/// The mark and word of a verdict; its word tells it, its shape helps, its colour comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "ui/verdict.html")]
pub struct VerdictMark {
    pub verdict: Verdict,
}

impl HtmlSafe for VerdictMark {}

impl VerdictMark {
    fn kind(&self) -> &'static str {
        match self.verdict {
            Verdict::Ship => "ship",
            Verdict::Mixed => "mixed",
            Verdict::Skip => "skip",
        }
    }
}

impl From<Verdict> for VerdictMark {
    fn from(verdict: Verdict) -> Self {
        Self { verdict }
    }
}

impl From<Choice> for VerdictMark {
    fn from(choice: Choice) -> Self {
        Self { verdict: if choice == Choice::Ship { Verdict::Ship } else { Verdict::Skip } }
    }
}

impl From<&Choice> for VerdictMark {
    fn from(choice: &Choice) -> Self {
        (*choice).into()
    }
}

/// A link to where a figure comes from, and when it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "ui/source.html")]
pub struct Source {
    /// An http(s) address.
    pub href: Option<String>,
    pub checked_on: Option<NaiveDate>,
    /// What stands between the two.
    pub between: &'static str,
}

impl HtmlSafe for Source {}

impl Source {
    /// Whether there is anything to show.
    pub fn is_stated(&self) -> bool {
        self.href.is_some() || self.checked_on.is_some()
    }

    /// The host of the address, without `www.`, which is what a reader recognises.
    fn host(&self) -> String {
        self.href.as_deref().and_then(host_of).unwrap_or_else(|| "source".to_owned())
    }

    fn day(&self) -> Option<Day> {
        self.checked_on.map(Day)
    }
}

/// The host of an address, without `www.`; the address itself where it has none.
pub(crate) fn host(href: &str) -> String {
    host_of(href).unwrap_or_else(|| href.to_owned())
}

fn host_of(href: &str) -> Option<String> {
    let url = url::Url::parse(href).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// The shares and the 95 % interval of a tally, on a scale from 0 to 100. Always the same shapes in
/// the same order, with zero widths when there are no votes, so that a moving bar glides.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "ui/bar.html")]
pub struct Bar {
    ships: f64,
    low: f64,
    high: f64,
    voted: bool,
    /// Whether it is a lane of a contest, on a grid, rather than the whole of one tool's votes.
    lane: bool,
}

impl HtmlSafe for Bar {}

impl Bar {
    /// All votes of a tool: ship from the left, skip to the right.
    pub fn whole(tally: Tally) -> Self {
        Self::new(tally, false)
    }

    /// One of two tools on a common scale.
    pub fn lane(tally: Tally) -> Self {
        Self::new(tally, true)
    }

    fn new(tally: Tally, lane: bool) -> Self {
        let interval = tally.interval();
        Self {
            ships: tally.ship_share().unwrap_or_default() * 100.0,
            low: interval.map_or(0.0, Interval::low_percent),
            high: interval.map_or(0.0, Interval::high_percent),
            voted: interval.is_some(),
            lane,
        }
    }

    fn skips(&self) -> f64 {
        if self.voted { 100.0 - self.ships } else { 0.0 }
    }

    fn skips_from(&self) -> f64 {
        if self.voted { self.ships } else { 0.0 }
    }

    fn cap(&self) -> &'static str {
        if self.voted { ".8" } else { "0" }
    }

    fn last_cap(&self) -> f64 {
        if self.voted { (self.high - 0.8).max(self.low) } else { 0.0 }
    }
}

/// Up to how many names a text field suggests all of them; beyond, typing alone must do.
const MOST_SUGGESTED: usize = 300;

/// What a text field suggests of all that may be typed into it: everything, or nothing where that would be a burden.
pub fn suggested<T>(all: &[T]) -> &[T] {
    if all.len() <= MOST_SUGGESTED { all } else { &[] }
}

/// A number from 0 to 100, rounded to one decimal and as short as it goes. Made of two whole numbers, which takes a
/// tenth of the time that a float does.
pub(crate) fn short(number: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float that is too large is cut off"
    )]
    let tenths = (number * 10.0).round() as u32;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    fn rects(text: &str) -> usize {
        text.matches("<rect").count()
    }

    #[test]
    fn all_eight_tones_are_in_use() {
        let tones: std::collections::BTreeSet<u64> = (0..100).map(|n| tone(&format!("tool-{n}"))).collect();
        assert!(tones.into_iter().eq(0..8));
    }

    #[test]
    fn a_length_has_one_decimal_or_none() {
        let texts = [0.0, 0.04, 0.05, 9.96, 43.627_45, 50.0, 99.94, 100.0].map(short);
        assert_eq!(texts, ["0", "0", "0.1", "10", "43.6", "50", "99.9", "100"]);
    }

    #[test]
    fn a_bar_has_the_same_shapes_with_and_without_votes() {
        let some = Tally { ships: 12, skips: 3 };
        assert_eq!(rects(&Bar::whole(some).to_string()), rects(&Bar::whole(Tally::default()).to_string()));
        assert_eq!(rects(&Bar::lane(some).to_string()), rects(&Bar::lane(Tally::default()).to_string()));
        let html = Html::parse_fragment(&Bar::whole(some).to_string());
        let ship = Selector::parse("rect.b-ship").unwrap();
        let ends: Vec<_> = html.select(&ship).map(|rect| (rect.attr("x"), rect.attr("width"))).collect();
        assert_eq!(ends, [(Some("0"), Some("80"))]);
    }

    #[test]
    fn a_field_suggests_all_or_nothing() {
        assert_eq!(suggested(&[0; MOST_SUGGESTED]).len(), MOST_SUGGESTED);
        assert!(suggested(&[0; MOST_SUGGESTED + 1]).is_empty());
    }

    #[test]
    fn a_source_is_named_by_its_host() {
        let source =
            Source { href: Some("https://www.example.org/pricing".into()), checked_on: None, between: " " };
        assert_eq!(source.host(), "example.org");
    }
}
