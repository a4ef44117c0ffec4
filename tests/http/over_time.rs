//! The figures over time on a tool's page.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use shiptally::db::schema::tools;
use shiptally::votes::history;

use crate::site::TestSite;

#[actix_web::test]
async fn figures_over_time_stand_from_ten_votes_on_and_follow_each_vote() {
    let site = TestSite::start();
    let visitor = site.browser();
    let mut members = Vec::new();
    for n in 0..10 {
        assert!(!visitor.page("/tools/amber").await.has("#time-h"), "{n} votes");
        let member = site.member(&format!("voter-{n}")).await;
        assert_eq!(member.vote("amber", if n < 8 { "ship" } else { "skip" }).await.0, 200);
        members.push(member);
    }
    let page = visitor.page("/tools/amber").await;
    assert!(page.says("80% of 10 votes") && page.says("not counted on any day"), "{}", page.text());
    let cells = |page: &crate::page::Page| -> Vec<String> {
        page.all(".plot tbody td").iter().map(crate::page::Part::text).collect()
    };
    assert_eq!(cells(&page), ["10", "80%", "49–94%", "8", "2"]);
    members[0].vote("amber", "skip").await;
    assert_eq!(cells(&visitor.page("/tools/amber").await), ["10", "70%", "40–89%", "7", "3"]);
}

#[actix_web::test]
async fn a_vote_stands_on_the_day_of_its_last_change_and_an_excluded_one_on_none() {
    let site = TestSite::start();
    for (n, (at, choice)) in [
        ("2026-01-05 00:00:00", "ship"),
        ("2026-01-05 23:59:59.999", "skip"),
        ("2026-01-06 00:00:00", "ship"),
        ("2026-01-07 12:00:00", "ship"),
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("voter-{n}");
        site.member(&handle).await.vote("amber", choice).await;
        site.sql(&format!(
            "UPDATE votes SET cast_at = '{at}' WHERE account_id = (SELECT id FROM accounts WHERE handle = '{handle}')"
        ));
    }
    let days = || {
        let mut conn = site.connect();
        let amber = tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(&mut conn).unwrap();
        let history = history::load(&mut conn, amber).unwrap();
        let day = |(day, tally): &(chrono::NaiveDate, shiptally::stats::Tally)| {
            (day.to_string(), tally.ships, tally.skips)
        };
        history.days.iter().map(day).collect::<Vec<_>>()
    };
    let day = |day: &str, ships, skips| (day.to_owned(), ships, skips);
    let first = [day("2026-01-05", 1, 1), day("2026-01-06", 1, 0)];
    assert_eq!(days(), [&first[..], &[day("2026-01-07", 1, 0)]].concat());
    site.sql(
        "INSERT INTO exclusions (id, kind, reason, made_at) VALUES (77, 5, 'x', '2026-01-08 00:00:00'); \
         UPDATE votes SET exclusion_id = 77 WHERE cast_at > '2026-01-07'",
    );
    assert_eq!(days(), first);
    site.sql("UPDATE votes SET exclusion_id = NULL; DELETE FROM exclusions");
}
