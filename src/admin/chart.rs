//! A small chart of a figure per day, as inline SVG with a table behind it.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;

use crate::text::{count, grouped};
use crate::web::ui::Day;

/// How wide a day is, and how much of that its bar, in units of the drawing.
const DAY: usize = 20;
const BAR: usize = 14;
/// How high the drawing is.
const HEIGHT: f64 = 40.0;

/// How often something happened, day by day, oldest first.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/_chart.html")]
pub(super) struct DailyChart {
    title: &'static str,
    /// `1 vote in seven days`.
    total: String,
    bars: Vec<DayBar>,
}

impl HtmlSafe for DailyChart {}

#[derive(Debug, Clone)]
struct DayBar {
    day: Day,
    count: String,
    x: usize,
    y: String,
    height: String,
}

impl DailyChart {
    /// Draws these days; `names` are those of one and of many.
    pub(super) fn new(title: &'static str, names: [&str; 2], days: &[(NaiveDate, u64)]) -> Self {
        let most = days.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
        let bar = |(index, (date, n)): (usize, &(NaiveDate, u64))| {
            #[expect(clippy::cast_precision_loss, reason = "a bar is drawn to a pixel")]
            let share = *n as f64 / most as f64;
            // A day with anything at all shows something.
            let height = if *n == 0 { 0.0 } else { (share * HEIGHT).max(1.5) };
            DayBar {
                day: Day(*date),
                count: grouped(*n),
                x: index * DAY + (DAY - BAR) / 2,
                y: format!("{:.1}", HEIGHT - height),
                height: format!("{height:.1}"),
            }
        };
        let total = count(days.iter().map(|(_, n)| n).sum(), names[0], names[1]);
        Self {
            title,
            total: format!("{total} in {} days", days.len()),
            bars: days.iter().enumerate().map(bar).collect(),
        }
    }

    fn width(&self) -> usize {
        self.bars.len() * DAY
    }

    fn bar_width(&self) -> usize {
        BAR
    }

    fn ends(&self) -> Option<(&Day, &Day)> {
        Some((&self.bars.first()?.day, &self.bars.last()?.day))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    #[test]
    fn the_highest_day_fills_the_chart_and_a_day_without_anything_is_empty() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default();
        let chart =
            DailyChart::new("Votes", ["vote", "votes"], &[(date(1), 0), (date(2), 4), (date(3), 1000)]);
        let heights: Vec<&str> = chart.bars.iter().map(|bar| bar.height.as_str()).collect();
        assert_eq!((heights, chart.total.as_str()), (vec!["0.0", "1.5", "40.0"], "1,004 votes in 3 days"));
        let html = Html::parse_fragment(&chart.to_string());
        let all = |selector: &str| -> Vec<String> {
            let selector = Selector::parse(selector).unwrap();
            html.select(&selector).map(|part| part.text().collect()).collect()
        };
        assert_eq!(all("table tbody td"), ["0", "4", "1,000"]);
        assert_eq!(all("svg rect").len(), 3);
    }
}
