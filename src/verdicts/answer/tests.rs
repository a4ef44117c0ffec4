//! The answer as it is read, case by case.

use std::sync::Arc;

use scraper::Html;

use super::super::answer_rules::tests::tool;
use super::*;

/// The whole answer as it is read.
fn read(a: RatedTool, b: RatedTool) -> String {
    let html = Html::parse_fragment(&Answer::weigh(a, b).to_string());
    html.root_element().text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_case_of_the_panel_reads_right() {
    for (a, b, answer) in [
        ((0, 0), (0, 0), "Not enough data yet. No reviews yet."),
        ((0, 1), (0, 0), "Too early to call. The only reviewer of A says skip; B has no reviews yet."),
        ((0, 0), (1, 1), "Too early to call. The only reviewer of B says ship; A has no reviews yet."),
        ((0, 0), (0, 3), "Too early to call. 0 of 3 reviewers say ship for B; A has no reviews yet."),
        ((2, 2), (0, 0), "Too early to call. Both reviewers say ship for A; B has no reviews yet."),
        ((1, 1), (0, 1), "Lean towards A. The only reviewer of A says ship; the only one of B says skip."),
        ((1, 1), (0, 2), "Lean towards A. The only reviewer of A says ship; 0 of 2 for B."),
        ((0, 1), (3, 4), "Lean towards B. 3 of 4 reviewers say ship for B; the only one of A says skip."),
        (
            (0, 3),
            (1, 3),
            "Neither is recommended; B rates higher. 1 of 3 reviewers says ship for B; 0 of 3 for A.",
        ),
        ((4, 4), (3, 4), "Lean towards A. All 4 reviewers say ship for A; 3 of 4 for B."),
        ((1, 4), (4, 4), "Pick B. All 4 reviewers say ship for B; 1 of 4 for A."),
        ((4, 4), (4, 4), "Too early to call. The panel rates them equally: 4 of 4 say ship for each."),
        ((0, 4), (0, 4), "Too early to call. The panel rates them equally: 0 of 4 say ship for each."),
        (
            (1, 1),
            (1, 1),
            "Too early to call. The panel rates them equally: the only reviewer of each says ship.",
        ),
        (
            (0, 1),
            (0, 1),
            "Too early to call. The panel rates them equally: the only reviewer of each says skip.",
        ),
        ((1, 2), (1, 2), "Too early to call. The panel rates them equally: 1 of 2 says ship for each."),
        ((2, 4), (1, 2), "Too early to call. The panel rates them equally: 2 of 4 and 1 of 2 say ship."),
    ] {
        let read = read(tool("A", a, (0, 0), ""), tool("B", b, (0, 0), ""));
        assert_eq!(read, format!("{answer} No community votes yet."));
    }
}

#[test]
fn every_case_of_the_community_reads_right() {
    let panels = "The panel rates them equally: 3 of 4 say ship for each.";
    for (a, b, call, community) in [
        ((0, 0), (0, 0), "Too early to call.", "No community votes yet."),
        ((30, 0), (0, 0), "Too early to call.", "No community votes on B yet."),
        ((0, 0), (0, 1), "Too early to call.", "No community votes on A yet."),
        ((1, 0), (0, 1), "Too early to call.", "Too few votes to say (1 vote each)."),
        ((1, 0), (2, 0), "Too early to call.", "Too few votes to say (1 and 2 votes)."),
        ((1, 0), (3_000, 0), "Too early to call.", "Too few votes to say (1 and 3,000 votes)."),
        // Share and chance point to different tools.
        ((10, 0), (480, 5), "Too close to call.", "Too few votes to say (10 and 485 votes)."),
        ((12, 0), (12, 0), "Too close to call.", "The community is tied (12 votes each)."),
        (
            (20, 20),
            (21, 20),
            "Too close to call.",
            "Nearly tied: 54% chance that the community prefers B (40 and 41 votes).",
        ),
        ((8, 4), (6, 6), "Too close to call.", "79% chance that the community prefers A (12 votes each)."),
        (
            (90, 10),
            (1_000, 500),
            "Pick A.",
            ">99% chance that the community prefers A (100 and 1,500 votes).",
        ),
    ] {
        let read = read(tool("A", (3, 4), a, ""), tool("B", (3, 4), b, ""));
        assert_eq!(read, format!("{call} {panels} {community}"));
    }
    let torn = read(tool("A", (4, 4), (10, 40), ""), tool("B", (3, 4), (45, 5), ""));
    assert_eq!(
        torn,
        "Too close to call: panel and community disagree. All 4 reviewers say ship for A; 3 of 4 for B. \
         >99% chance that the community prefers B (50 votes each)."
    );
}

#[test]
fn every_case_of_the_price_reads_right() {
    for (a, b, price) in [
        ("", "Free", ""),
        ("Free", " ", ""),
        ("Free", "free", " Both are free to start."),
        ("Paid", "Paid", " Both are paid."),
        ("Free", "Paid", " A is free to start; B is paid."),
        ("From $5", "$5", " Both start at $5."),
        ("Free", "From $20 a month", " A is free to start; B starts at $20 a month."),
        ("$5 a mo.", "$5 a mo.", " Both start at $5 a mo."),
        ("On request", "On request", " Both are priced “On request”."),
        ("On request", "€9", " A is priced “On request”; B starts at €9."),
        ("Paid", "Ask us!", " A is paid; B is priced “Ask us!”"),
    ] {
        let read = read(tool("A", (0, 0), (0, 0), a), tool("B", (0, 0), (0, 0), b));
        assert_eq!(read, format!("Not enough data yet. No reviews yet. No community votes yet.{price}"));
    }
}

#[test]
fn a_name_is_told_as_it_is_written() {
    let read = read(tool("Recall AI", (1, 4), (9, 10), "$1"), tool("All Skip!", (4, 4), (14, 4), ""));
    assert_eq!(
        read,
        "Pick All Skip! All 4 reviewers say ship for All Skip!; 1 of 4 for Recall AI. \
         97% chance that the community prefers All Skip! (19 and 18 votes)."
    );
}

#[test]
fn where_all_reviewers_are_ai_the_answer_says_so() {
    let voted = |name, panel, votes, only_ai_reviews| {
        let mut rated = RatedTool::sample(name, panel, votes);
        Arc::make_mut(&mut rated.tool).only_ai_reviews = only_ai_reviews;
        rated
    };
    for (a, b, words) in [
        (((4, 4), true), ((3, 4), true), "All 4 AI reviewers say ship for A; 3 of 4 for B"),
        (((2, 4), true), ((3, 4), false), "3 of 4 reviewers say ship for B; 2 of 4 for A"),
        (((1, 1), true), ((0, 0), false), "The only AI reviewer of A says ship; B has no reviews yet"),
        (((2, 4), true), ((2, 4), true), "AI reviewers rate them equally: 2 of 4 say ship for each"),
    ] {
        let answer = Answer::weigh(voted("A", a.0, (0, 0), a.1), voted("B", b.0, (0, 0), b.1));
        assert_eq!(answer.panel_reason(), words);
    }
    let torn = |ai| {
        let (a, b) = (voted("A", (4, 4), (10, 40), ai), voted("B", (3, 4), (45, 5), ai));
        Answer::weigh(a, b).in_short().to_string()
    };
    assert!(torn(true).contains("AI reviewers and community disagree."));
    assert!(torn(false).contains("panel and community disagree."));
}
