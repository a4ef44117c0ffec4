//! The page that states every rule. Its numbers come from what decides with them: the rules of `stats`, the limits
//! and the settings.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;

use crate::catalogue::facets::{CLOSED_WORDS, OPEN_LICENCES, PAID_WORDS};
use crate::config::Voters;
use crate::stats::rules::{
    BEYOND_CHANCE, BURST_VOTES, CERTAIN_ABOVE, CLEAR_LEAD, CONTESTED_BELOW, ENOUGH_REVIEWS, ENOUGH_VOTES,
    EVEN_BELOW, FIRST_BURST_VOTES, FORMING_FROM, NETWORK_ACCOUNTS, NETWORK_SHARE, NEW_ACCOUNTS,
    NEW_FOR_HOURS, PAST_DAYS, PAST_VOTES, QUIET_HOUR, SAME_ACCOUNTS, SAME_TOOLS, SETTLED_FROM, SURE_ENOUGH,
    WATCHED_DAYS, Z, widest_reach,
};
use crate::stats::{Choice, Flip, Interval, State, Tally, Verdict, chance_ahead, votes_to_flip};
use crate::submissions::spam;
use crate::text::{grouped, join_and};
use crate::verdicts::lead::{TOO_FEW_VOTES, chance_percent};
use crate::verdicts::over_time::{LATELY_DAYS, MOST_STEPS};
use crate::verdicts::views::percent_or_dash;
use crate::votes::TallyObject;
use crate::votes::history::{EXACT_UP_TO, KEPT};
use crate::votes::network::KEPT_DAYS;
use crate::web::limits::{RateLimits, WIDTHS};
use crate::web::live;
use crate::web::page::Shell;
use crate::web::ui::{Bar, VerdictMark};

/// The tally that the page reckons with.
const EXAMPLE: Tally = Tally { ships: 12, skips: 3 };

/// The tally that it is compared with.
const RIVAL: Tally = Tally { ships: 46, skips: 8 };

#[derive(Template)]
#[template(path = "home/methodology.html")]
pub(super) struct MethodologyPage {
    pub shell: Shell,
    pub voters: Voters,
    pub limits: Arc<RateLimits>,
}

impl MethodologyPage {
    /// The parts of the page: where they stand and what they are called.
    const PARTS: &[(&'static str, &'static str)] = &[
        ("verdict", "What a verdict is"),
        ("panel", "Panel: would ship"),
        ("community", "Community: would ship"),
        ("range", "The 95% range"),
        ("states", "Few votes, Still moving, Stable"),
        ("ranking", "Ranking"),
        ("contest", "Head to head"),
        ("flip", "Votes that could change the lead"),
        ("gap", "Gap and division"),
        ("over-time", "Votes over time"),
        ("filters", "Price and open source filters"),
        ("answer", "The answer of a comparison"),
        ("agreement", "A reviewer’s record"),
        ("front", "What the home page shows"),
        ("voters", "Who may vote"),
        ("limits", "Limits"),
        ("excluded", "Which votes are excluded, and why"),
        ("live", "Live updates"),
        ("money", "Money"),
        ("recompute", "Check it yourself"),
    ];

    fn heading(id: &str) -> &'static str {
        Self::PARTS.iter().find(|(part, _)| *part == id).map_or("", |(_, name)| name)
    }

    /// Words as they are searched for, in quotation marks.
    fn quoted(words: &[&str]) -> String {
        join_and(&words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>())
    }

    fn licences() -> String {
        OPEN_LICENCES.map(str::to_uppercase).join(", ")
    }

    fn z() -> String {
        format!("{Z:.6}")
    }

    fn example_range() -> String {
        EXAMPLE.interval().map_or_else(String::new, |Interval { low, high }| {
            format!("{:.1}% to {:.1}%", low * 100.0, high * 100.0)
        })
    }

    fn example_percent() -> String {
        percent_or_dash(EXAMPLE.ship_percent())
    }

    fn example_chance() -> String {
        chance_ahead(RIVAL, EXAMPLE).map_or_else(String::new, chance_percent)
    }

    fn example_flip() -> String {
        votes_to_flip(RIVAL, EXAMPLE).and_then(Flip::votes).map_or_else(String::new, grouped)
    }

    /// The half of the widest range that so many votes allow, in points.
    fn reach(votes: u64) -> String {
        format!("{:.0}", widest_reach(votes) * 100.0)
    }

    fn percent(share: f64) -> String {
        format!("{:.0}%", share * 100.0)
    }

    /// One in how many a chance is.
    fn one_in(chance: f64) -> String {
        format!("1 in {:.0}", 1.0 / chance).replace("000000", ",000,000")
    }

    fn points(share: f64) -> String {
        format!("{:.0} points", share * 100.0)
    }

    fn example_json() -> String {
        // A struct of numbers and words always serialises.
        serde_json::to_string(&TallyObject::new("SLUG", EXAMPLE)).unwrap_or_default()
    }

    fn frames_per_second() -> u128 {
        Duration::from_secs(1).as_millis() / live::EVERY.as_millis().max(1)
    }

    /// How much more the wider networks of IPv6 may do, in words.
    fn wider_networks() -> String {
        let more = |(bits, percent): &(u32, u32)| {
            format!("its /{bits} may try {} times as often", f64::from(*percent) / 100.0)
        };
        join_and(&WIDTHS[1..].iter().map(more).collect::<Vec<_>>())
    }

    /// How fast a limit lets more through, in words.
    fn pace(each: Duration) -> String {
        let per =
            |n: u128, unit: &str| if n == 1 { format!("1 a {unit}") } else { format!("1 every {n} {unit}s") };
        match each.as_millis() {
            ms @ 1..1000 => format!("{} a second", 1000 / ms),
            ms if ms % 60_000 == 0 => per(ms / 60_000, "minute"),
            ms => per(ms / 1000, "second"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use scraper::{Html, Selector};

    use super::*;
    use crate::config::Switch;
    use crate::verdicts::views::RatedTool;

    /// The text of the page, each run of white space as one space.
    fn words(voters: Voters) -> String {
        let html = Html::parse_document(&page(voters));
        let text: String = html.root_element().text().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn page(voters: Voters) -> String {
        let shell = Shell { here: "/methodology".into(), ..Shell::default() };
        let limits = Arc::new(RateLimits::new(Switch::On));
        MethodologyPage { shell, voters, limits }.render().unwrap()
    }

    #[test]
    fn every_part_that_is_listed_is_there() {
        let html = Html::parse_document(&page(Voters::Anyone));
        let all = |selector: &str| -> Vec<_> { html.select(&Selector::parse(selector).unwrap()).collect() };
        for (id, name) in MethodologyPage::PARTS {
            let headings = all(&format!("section.section.prose#{id} > h2:first-child"));
            let headings: Vec<String> =
                headings.iter().map(|heading| heading.text().collect::<String>().trim().to_owned()).collect();
            assert_eq!(headings, [*name], "{id}");
            assert!(!all(&format!(r##"a[href="#{id}"]"##)).is_empty(), "{id}");
        }
        assert_eq!(all("section").len(), MethodologyPage::PARTS.len());
    }

    #[test]
    fn every_label_of_a_tally_leads_to_its_rule() {
        let html = Html::parse_document(&page(Voters::Anyone));
        for (ships, label) in [(1, "Few votes"), (10, "Still moving"), (39, "Stable")] {
            let tally = RatedTool::sample("A", (0, 0), (ships, 0)).to_string();
            let tally = Html::parse_fragment(&tally);
            let link = tally.select(&Selector::parse("a.state").unwrap()).next().unwrap();
            let id = link.attr("href").unwrap().strip_prefix("/methodology#").unwrap();
            let rule = html.select(&Selector::parse(&format!("tr#{id} th")).unwrap()).next().unwrap();
            let texts = [link, rule].map(|part| part.text().collect::<String>());
            assert_eq!(texts.each_ref().map(|text| text.trim()), [label, label]);
        }
    }

    #[test]
    fn the_constants_are_stated_as_they_are() {
        let text = words(Voters::Anyone);
        for words in [
            "1.959964",
            "1–9",
            "10–38",
            "39 and more",
            "10 votes or more on each",
            "90% or more",
            "50 points",
            "3 reviews of each",
            "below 55%",
            "above 99%",
            "54.8% to 93.0%",
            "10 times a second",
            "1 in 1,000,000",
            "30% or more of them come from one network",
            "“Too few votes to say”",
        ] {
            assert!(text.contains(words), "{words}");
        }
    }

    #[test]
    fn who_may_vote_is_as_the_site_is_set() {
        assert!(words(Voters::Anyone).contains("Any account that is signed in"));
        assert!(words(Voters::Verified).contains("whose email address is confirmed"));
    }

    #[test]
    fn a_pace_is_put_into_words() {
        let paces = [50, 500, 2_000, 30_000, 60_000, 120_000]
            .map(|ms| MethodologyPage::pace(Duration::from_millis(ms)));
        assert_eq!(paces[..3], ["20 a second", "2 a second", "1 every 2 seconds"]);
        assert_eq!(paces[3..], ["1 every 30 seconds", "1 a minute", "1 every 2 minutes"]);
    }
}
