//! The votes on a tool over time: how many came by the day, and what share of them said ship, as SVG made here with a table
//! behind each. Counted as [`VoteHistory`] tells.
//!
//! Drawings are stretched to the room there is; all that is written stands around them as text, so that it is as large on a
//! phone as anywhere.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{Datelike, Days, Months, NaiveDate};

use super::views::percent_or_dash;
use crate::stats::rules::ENOUGH_VOTES;
use crate::stats::{Interval, Tally};
use crate::text::count;
use crate::votes::VoteHistory;
use crate::web::ui::{Day, short};

/// The fewest days that a drawing spans, and the most steps: beyond, a step is a week, and then a month.
const LEAST_DAYS: u64 = 14;
pub const MOST_STEPS: i64 = 60;

/// How wide a step is, and its bar, in units of the drawing.
const STEP: usize = 10;
const BAR: usize = 8;

/// How far back "lately" goes.
pub const LATELY_DAYS: u64 = 90;

/// Votes by the day, ships below and skips on top.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_votes_by_day.html")]
pub struct VotesByDay {
    steps: Steps,
}

impl HtmlSafe for VotesByDay {}

/// The share of ships among all votes so far, with its 95 % range.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_share_over_time.html")]
pub struct ShareOverTime {
    /// Whose votes they are, where the page shows more than one tool.
    name: Option<String>,
    steps: Steps,
    total: Tally,
    /// The votes of the last 90 days, where there are older ones.
    lately: Option<Tally>,
}

impl HtmlSafe for ShareOverTime {}

/// From which day on figures over time of these tools are drawn, where each has enough votes; so that two have one scale.
pub fn first_day(histories: &[&VoteHistory], today: NaiveDate) -> Option<NaiveDate> {
    let enough = |history: &&VoteHistory| history.total().votes() >= ENOUGH_VOTES;
    let first = histories.iter().filter_map(|history| history.first_day()).min()?;
    let least = today.checked_sub_days(Days::new(LEAST_DAYS - 1))?;
    histories.iter().all(enough).then_some(first.min(least))
}

impl VotesByDay {
    /// The votes from `first` to `today`.
    pub fn new(history: &VoteHistory, first: NaiveDate, today: NaiveDate) -> Self {
        Self { steps: Steps::new(history, first, today) }
    }

    fn most(&self) -> u64 {
        self.steps.all.iter().map(|step| step.votes.votes()).max().unwrap_or_default().max(1)
    }

    /// The upper end and the height of a step's ships and of its skips, of 100.
    fn bars(&self, step: &Step) -> [(String, String); 2] {
        let most = self.most() as f64;
        let [ships, skips] = [step.votes.ships, step.votes.skips].map(|n| n as f64 / most * 100.0);
        [(ships, ships), (ships + skips, skips)]
            .map(|(top, height)| (short((100.0 - top).max(0.0)), short(height)))
    }
}

impl ShareOverTime {
    /// The share from `first` to `today`, under the name of its tool where the page does not say it.
    pub fn new(name: Option<&str>, history: &VoteHistory, first: NaiveDate, today: NaiveDate) -> Self {
        let lately = today.checked_sub_days(Days::new(LATELY_DAYS - 1)).map(|from| history.since(from));
        let total = history.total();
        Self {
            name: name.map(ToOwned::to_owned),
            steps: Steps::new(history, first, today),
            total,
            lately: lately.filter(|lately| *lately != total),
        }
    }

    /// `80% of 120 votes`.
    fn share_words(tally: &Tally) -> String {
        let votes = count(tally.votes(), "vote", "votes");
        format!("{} of {votes}", percent_or_dash(tally.ship_percent()))
    }

    /// The steps from the first vote on, each with the number of steps before it.
    fn voted(&self) -> impl DoubleEndedIterator<Item = (usize, &Step, f64, Interval)> {
        self.steps.all.iter().enumerate().filter_map(|(place, step)| {
            Some((place, step, step.so_far.ship_share()?, step.so_far.interval()?))
        })
    }

    fn line(&self) -> String {
        path(self.voted().map(|(place, _, share, _)| (place, share)), "M")
    }

    /// Along the upper ends of the range, and back along the lower.
    fn band(&self) -> String {
        let upper = path(self.voted().map(|(place, _, _, range)| (place, range.high)), "M");
        let back = self.voted().rev().map(|(place, _, _, range)| {
            let (end, low) = ((place + 1) * STEP, height_of(range.low));
            format!("L{end} {low}H{}", place * STEP)
        });
        format!("{upper}{}Z", back.collect::<String>())
    }

    fn range(interval: &Interval) -> String {
        format!("{:.0}–{:.0}%", interval.low_percent(), interval.high_percent())
    }
}

/// A line of stairs over these steps.
fn path(points: impl Iterator<Item = (usize, f64)>, first: &str) -> String {
    let stair = |(n, (place, share)): (usize, (usize, f64))| {
        let to = if n == 0 { first } else { "L" };
        format!("{to}{} {}H{}", place * STEP, height_of(share), (place + 1) * STEP)
    };
    points.enumerate().map(stair).collect()
}

/// How far below the upper edge a share stands, of 100.
fn height_of(share: f64) -> String {
    short(100.0 - share * 100.0)
}

/// Time in steps of a day, a week or a month.
#[derive(Debug, Clone)]
struct Steps {
    unit: Unit,
    all: Vec<Step>,
}

#[derive(Debug, Clone)]
struct Step {
    starts: Day,
    /// The votes in it, and all up to its end.
    votes: Tally,
    so_far: Tally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Day => "Day",
            Self::Week => "Week of",
            Self::Month => "Month of",
        }
    }

    /// The first day of the step that this day is in.
    fn start_of(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    fn after(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => start.succ_opt(),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
        }
    }
}

impl Steps {
    fn new(history: &VoteHistory, first: NaiveDate, today: NaiveDate) -> Self {
        let unit = match (today - first).num_days() + 1 {
            ..=MOST_STEPS => Unit::Day,
            days if days <= MOST_STEPS * 7 => Unit::Week,
            _ => Unit::Month,
        };
        let mut days = history.days.iter().peekable();
        let (mut all, mut so_far, mut start) = (Vec::new(), Tally::default(), Some(unit.start_of(first)));
        while let Some(starts) = start.filter(|start| *start <= today) {
            start = unit.after(starts);
            let mut votes = Tally::default();
            while let Some((_, tally)) = days.next_if(|(day, _)| start.is_none_or(|next| *day < next)) {
                votes = Tally { ships: votes.ships + tally.ships, skips: votes.skips + tally.skips };
            }
            so_far = Tally { ships: so_far.ships + votes.ships, skips: so_far.skips + votes.skips };
            all.push(Step { starts: Day(starts), votes, so_far });
        }
        Self { unit, all }
    }

    fn width(&self) -> usize {
        self.all.len() * STEP
    }

    /// The steps that somebody voted in, for the table.
    fn voted(&self) -> impl Iterator<Item = &Step> {
        self.all.iter().filter(|step| step.votes.votes() > 0)
    }

    fn ends(&self) -> Option<(&Day, &Day)> {
        Some((&self.all.first()?.starts, &self.all.last()?.starts))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn texts(html: &str, selector: &str) -> Vec<String> {
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let html = Html::parse_fragment(html);
        html.select(&Selector::parse(selector).unwrap()).map(|part| words(part.text().collect())).collect()
    }

    #[test]
    fn the_share_is_that_of_all_votes_so_far_and_stands_still_between_them() {
        let history = VoteHistory::sample(&[(1, 4, 4), (3, 12, 0)]);
        let share = ShareOverTime::new(None, &history, day(11, 1), day(11, 4));
        assert_eq!(share.line(), "M0 50H10L10 50H20L20 20H30L30 20H40");
        assert!(
            share.band().starts_with("M0 21.5H10") && share.band().ends_with("L10 78.5H0Z"),
            "{}",
            share.band()
        );
        let html = share.to_string();
        assert_eq!(texts(&html, "tbody td"), ["8", "50%", "22–78%", "20", "80%", "58–92%"]);
        assert!(texts(&html, "figcaption")[0].contains("80% of 20 votes"), "{html}");
    }

    #[test]
    fn the_day_with_most_votes_fills_the_height_and_a_day_without_any_is_empty() {
        let history = VoteHistory::sample(&[(1, 3, 1), (3, 0, 2)]);
        let votes = VotesByDay::new(&history, day(11, 1), day(11, 3));
        let bars: Vec<_> = votes.steps.all.iter().map(|step| votes.bars(step)).collect();
        let bar = |top: &str, height: &str| (top.to_owned(), height.to_owned());
        assert_eq!(bars[0], [bar("25", "75"), bar("0", "25")]);
        assert_eq!(bars[1], [bar("100", "0"), bar("100", "0")]);
        assert_eq!(bars[2], [bar("100", "0"), bar("50", "50")]);
        assert_eq!(texts(&votes.to_string(), "tbody td"), ["3", "1", "0", "2"]);
        assert_eq!(texts(&votes.to_string(), ".plot-area rect").len(), 3, "what is empty is not drawn");
    }

    #[test]
    fn long_times_are_told_in_weeks_and_then_in_months_and_lose_no_vote() {
        let history = VoteHistory::sample(&[(1, 3, 1), (3, 0, 2)]);
        for (today, unit, steps) in [
            (day(12, 30), Unit::Day, 60),
            (day(12, 31), Unit::Week, 10),
            (NaiveDate::from_ymd_opt(2027, 12, 25).unwrap(), Unit::Week, 61),
            (NaiveDate::from_ymd_opt(2027, 12, 26).unwrap(), Unit::Month, 14),
        ] {
            let made = Steps::new(&history, day(11, 1), today);
            assert_eq!((made.unit, made.all.len()), (unit, steps), "{today}");
            assert_eq!(made.all.last().unwrap().so_far, Tally { ships: 3, skips: 3 }, "{today}");
        }
    }

    #[test]
    fn nothing_is_drawn_before_each_tool_has_ten_votes() {
        let [nine, ten] = [9, 10].map(|ships| VoteHistory::sample(&[(2, ships, 0)]));
        assert_eq!(first_day(&[&ten, &nine], day(11, 28)), None);
        assert_eq!(first_day(&[&ten, &ten], day(11, 28)), Some(day(11, 2)));
        assert_eq!(first_day(&[&ten], day(11, 3)), Some(day(10, 21)), "two weeks at least");
    }

    #[test]
    fn the_last_ninety_days_stand_beside_all_time_where_they_differ() {
        let history = VoteHistory::sample(&[(1, 9, 3), (28, 1, 3)]);
        let said = |today| ShareOverTime::new(None, &history, day(11, 1), today).to_string();
        assert!(!said(day(11, 28)).contains("90 days"));
        let later = NaiveDate::from_ymd_opt(2027, 1, 30).unwrap();
        assert!(
            texts(&said(later), "figcaption")[0].ends_with("last 90 days: 25% of 4 votes"),
            "{}",
            said(later)
        );
    }
}
