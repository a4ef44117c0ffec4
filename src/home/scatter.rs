//! Panel against community: each tool with enough votes as a point, and in a table behind the drawing.

use askama::Template;
use askama::filters::HtmlSafe;

use super::front::points;
use crate::stats::{Panel, gap};
use crate::text::count;
use crate::verdicts::views::RatedTool;
use crate::web::ui::short;

/// How many tools are drawn at most, those with the most votes.
const MOST_DRAWN: usize = 100;

/// How many stand beside the drawing, with the numbers that their points have.
const MOST_NAMED: usize = 5;

/// The drawing, its list and its table. Largest gap first.
#[derive(Template)]
#[template(path = "home/_scatter.html")]
pub(super) struct Scatter {
    tools: Vec<RatedTool>,
}

impl HtmlSafe for Scatter {}

impl Scatter {
    /// A drawing of these tools, all of which have reviews and votes; `None` without any.
    pub(super) fn of(mut tools: Vec<RatedTool>) -> Option<Self> {
        tools.sort_by_key(|rated| std::cmp::Reverse(rated.tally.votes()));
        tools.truncate(MOST_DRAWN);
        let gap = |rated: &RatedTool| gap(rated.tool.panel, rated.tally).unwrap_or_default();
        tools.sort_by(|a, b| gap(b).total_cmp(&gap(a)));
        (!tools.is_empty()).then_some(Self { tools })
    }

    /// The slugs of the tools in it need no stream: the drawing stands still until the page is loaded anew.
    fn named(&self) -> &[RatedTool] {
        let apart = self.tools.iter().take_while(|rated| points(rated) != 0).count();
        self.tools.get(..apart.min(MOST_NAMED)).unwrap_or_default()
    }

    /// What the drawing shows, in a sentence.
    fn finding(&self) -> String {
        let [higher, lower] = [1, -1].map(|sign| {
            let n = self.tools.iter().filter(|rated| points(rated).signum() == sign).count();
            u64::try_from(n).unwrap_or(u64::MAX)
        });
        format!(
            "The community is milder than the panel on {}, and stricter on {}.",
            count(higher, "tool", "tools"),
            count(lower, "tool", "tools"),
        )
    }

    fn x(rated: &RatedTool) -> String {
        let Panel { ships, reviews } = rated.tool.panel;
        short(f64::from(ships) / f64::from(reviews.max(1)) * 100.0)
    }

    fn y(rated: &RatedTool) -> String {
        short(100.0 - rated.tally.ship_share().unwrap_or_default() * 100.0)
    }

    /// On which side of agreement its point stands.
    fn side(rated: &RatedTool) -> &'static str {
        if points(rated) < 0 { "s-lower" } else { "s-higher" }
    }

    /// How far apart the two are: `40 points lower`.
    fn gap(rated: &RatedTool) -> String {
        let points = points(rated);
        let distance = count(points.unsigned_abs().into(), "point", "points");
        match points.signum() {
            0 => "level".to_owned(),
            1 => format!("{distance} higher"),
            _ => format!("{distance} lower"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    #[test]
    fn each_tool_is_a_point_and_a_row_the_largest_gap_first() {
        let tools = [("agrees", (3, 4), (15, 5)), ("some", (3, 4), (10, 10)), ("most", (4, 4), (2, 18))];
        let tools = tools.map(|(name, panel, votes)| RatedTool::sample(name, panel, votes));
        let html = Scatter::of(tools.to_vec()).unwrap().to_string();
        let html = Html::parse_fragment(&html);
        let all = |selector: &str, name: &str| -> Vec<String> {
            let selector = Selector::parse(selector).unwrap();
            let found = html.select(&selector).map(|part| match name {
                "" => part.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "),
                name => part.attr(name).unwrap_or_default().to_owned(),
            });
            found.collect()
        };
        assert_eq!(
            (all("circle", "cx"), all("circle", "cy")),
            (["100", "75", "75"].map(String::from).to_vec(), ["90", "50", "25"].map(String::from).to_vec(),)
        );
        assert_eq!(all("tbody th", ""), ["most", "some", "agrees"]);
        assert_eq!(all("tbody tr:first-child td", ""), ["100%", "10% of 20", "90 points lower"]);
        assert_eq!(
            all(".pair-links .what", ""),
            ["1 most", "2 some"],
            "one that agrees is not among those apart"
        );
        assert!(Scatter::of(Vec::new()).is_none());
    }
}
