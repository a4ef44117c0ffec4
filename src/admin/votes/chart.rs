//! The votes on a tool hour by hour, as bars.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::admin::utc_time::UtcTime;
use crate::integrity::selection::{Hour, start_of};

/// The width of an hour and the height of the highest bar, in units of the drawing.
const HOUR: i64 = 4;
const HEIGHT: i64 = 100;

/// Bars for the hours up to now; the table behind it says the same in figures.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/votes/_chart.html")]
pub(super) struct Chart {
    width: i64,
    most: i64,
    bars: Vec<HourBar>,
    days: Vec<String>,
    rows: Vec<HourLine>,
}

impl HtmlSafe for Chart {}

/// One hour: all its votes, and of these, from below, the ones that count.
#[derive(Debug, Clone)]
struct HourBar {
    x: i64,
    all: i64,
    counted: i64,
}

/// One hour in the table.
#[derive(Debug, Clone)]
struct HourLine {
    at: UtcTime,
    votes: i64,
    excluded: i64,
    href: String,
}

impl Chart {
    /// The chart of `span` hours from the hour `first` on, which begins a day; `href` gives the address of an hour's votes.
    pub(super) fn new(hours: &[Hour], first: i64, span: i64, href: impl Fn(i64) -> String) -> Self {
        let most = hours.iter().map(|hour| hour.votes).max().unwrap_or_default();
        let high = |votes: i64| if most == 0 { 0 } else { (votes * HEIGHT + most - 1) / most };
        let bars = hours
            .iter()
            .filter(|hour| (first..first + span).contains(&hour.hour))
            .map(|hour| HourBar {
                x: (hour.hour - first) * HOUR,
                all: high(hour.votes),
                counted: high(hour.votes - hour.excluded),
            })
            .collect();
        let days =
            (0..span / 24).map(|day| start_of(first + day * 24).format("%-d %b").to_string()).collect();
        let mut rows: Vec<HourLine> = hours
            .iter()
            .map(|hour| HourLine {
                at: UtcTime(start_of(hour.hour)),
                votes: hour.votes,
                excluded: hour.excluded,
                href: href(hour.hour),
            })
            .collect();
        rows.reverse();
        Self { width: span * HOUR, most, bars, days, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_chart_and_the_last_hour_stands_at_its_end() {
        let hour = |hour, votes, excluded| Hour { hour, votes, excluded };
        let hours = [hour(990, 1, 0), hour(1007, 40, 40)];
        let chart = Chart::new(&hours, 840, 168, |hour| format!("?hour={hour}"));
        assert_eq!((chart.bars[1].x, chart.bars[1].all, chart.bars[1].counted), (167 * 4, 100, 0));
        assert_eq!(chart.bars[0].all, 3, "a single vote is seen");
        assert_eq!((chart.days.len(), chart.rows[0].votes), (7, 40));
        assert!(Chart::new(&[], 840, 168, |_| String::new()).bars.is_empty());
    }
}
