//! Two entries for one tool become one.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use futures_util::StreamExt;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use shiptally::accounts::Role;
use shiptally::catalogue::history::By;
use shiptally::catalogue::{RecordKind, Status, addresses, file, merge};
use shiptally::db::Db;
use shiptally::db::schema::{comparisons, revisions, submissions, tallies, tools, votes};
use shiptally::integrity;

use crate::admin_records::{acts, id, sign_in_as};
use crate::page::Page;
use crate::site::{TestSite, catalogue, location};

fn status(site: &TestSite, slug: &str) -> i16 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::status).first(&mut site.connect()).unwrap()
}

#[actix_web::test]
async fn a_merge_moves_votes_addresses_and_comparisons_and_open_pages_hear_of_it() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let (anna, bert, carl) =
        (site.member("anna").await, site.member("bert").await, site.member("carl").await);
    // Anna changes her mind, and is newest on Basalt; Bert on Amber.
    for (voter, tool, choice) in [
        (&anna, "amber", "ship"),
        (&bert, "basalt", "skip"),
        (&carl, "amber", "ship"),
        (&anna, "basalt", "skip"),
        (&bert, "amber", "ship"),
    ] {
        assert_eq!(voter.vote(tool, choice).await.0, 200);
    }
    let mut file = catalogue();
    file["comparisons"] = json!([
        {"tools": ["amber", "basalt"], "summary": "Each other"},
        {"tools": ["amber", "cobalt"], "summary": "Only Amber", "pick_first_if": "amber", "pick_second_if": "cobalt"},
        {"tools": ["amber", "delta"], "summary": "Amber and Delta"},
        {"tools": ["basalt", "delta"], "summary": "Basalt and Delta"},
    ]);
    let parsed = file::parse(&file.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();

    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(anna.get(&path).await.status(), 404);
    assert_eq!(anna.post(&path, &[("into", "basalt"), ("reason", "x")]).await.status(), 404);
    let plan = moderator.page(&format!("{path}?into=basalt")).await;
    let line = "Amber (100% · 3 votes) and Basalt (0% · 2 votes) become Basalt (67% · 3 votes).";
    assert!(plan.says(line), "{plan}");
    assert!(plan.says("2 accounts voted on both"));
    assert!(plan.says("No longer counted after the merge: 1 ship on Amber; 1 skip on Basalt."), "{plan}");
    assert!(plan.says("1 comparison of Amber moves to Basalt."));
    assert!(
        plan.says("2 comparisons of Amber are archived, because Basalt already has the same comparison.")
    );

    let mut stream = site.browser().get("/live?tool=basalt").await.bytes_stream();
    let answer = moderator.post(&path, &[("into", "basalt"), ("reason", "The same tool")]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(location(&answer), format!("/admin/tools/{}", id(&site, RecordKind::Tool, "basalt")));

    assert!(moderator.page(location(&answer)).await.says("Merged Amber into Basalt."));

    let tally = anna.tally("basalt").await;
    assert_eq!((&tally["ships"], &tally["skips"]), (&json!(2), &json!(1)));
    let mut told = String::new();
    while !told.contains(r#""ships":2,"skips":1"#) {
        told.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    assert_eq!((status(&site, "amber"), anna.tally("amber").await["tool"].clone()), (2, json!("basalt")));
    let visitor = site.browser();
    for (from, to) in [
        ("/tools/amber", "/tools/basalt"),
        ("/compare/amber-vs-cobalt", "/compare/basalt-vs-cobalt"),
        ("/compare/amber-vs-delta", "/compare/basalt-vs-delta"),
    ] {
        let answer = visitor.get(from).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (308, to));
    }
    let page = visitor.page("/compare/basalt-vs-cobalt").await;
    assert!(page.says("Only Amber"), "the comparison goes on");
    assert!(visitor.page("/compare/basalt-vs-delta").await.says("Basalt and Delta"));
    // A vote under the former address is a vote on the tool that stays.
    assert_eq!(carl.vote("amber", "skip").await.1["tool"], "basalt");
    let mut conn = site.connect();
    let archived: i64 =
        comparisons::table.filter(comparisons::status.eq(2)).count().get_result(&mut conn).unwrap();
    assert_eq!(archived, 2);
    let kept: i64 = revisions::table.filter(revisions::act.eq(7)).count().get_result(&mut conn).unwrap();
    assert_eq!(kept, 5, "both tools and three comparisons");
    let discarded: i64 = votes::table
        .filter(votes::tool_id.eq(id(&site, RecordKind::Tool, "amber")))
        .count()
        .get_result(&mut conn)
        .unwrap();
    assert_eq!(discarded, 2, "the older votes of Anna and Bert are kept");
    let last = acts(&site).pop().unwrap();
    assert_eq!((last.0.as_str(), last.2.as_deref()), ("merged", Some("Amber (amber) into Basalt (basalt)")));
}

#[actix_web::test]
async fn a_vote_that_is_cast_while_its_tool_is_merged_counts_for_the_one_that_stays() {
    let site = TestSite::start();
    let (anna, bert) = (site.member("anna").await, site.member("bert").await);
    assert_eq!(anna.vote("amber", "ship").await.0, 200);
    let (amber, basalt) = (id(&site, RecordKind::Tool, "amber"), id(&site, RecordKind::Tool, "basalt"));
    let mut conn = site.connect();
    let (locked, told) = std::sync::mpsc::channel();
    let merging = std::thread::spawn(move || {
        conn.write(|conn| {
            let _ = integrity::merge::merge(conn, amber, basalt)?;
            locked.send(()).unwrap();
            // The vote is on its way, and waits for the tallies.
            std::thread::sleep(std::time::Duration::from_millis(500));
            let by = By { account_id: None, reason: "One tool", at: chrono::Utc::now().naive_utc() };
            merge::merge(conn, amber, basalt, by)
        })
        .unwrap();
    });
    told.recv().unwrap();
    let (status, tally) = bert.vote("amber", "skip").await;
    merging.join().unwrap();
    assert_eq!((status, tally["tool"].as_str()), (200, Some("basalt")), "{tally}");
    site.settle();
    let tally = bert.tally("basalt").await;
    assert_eq!((&tally["ships"], &tally["skips"]), (&json!(1), &json!(1)));
}

#[actix_web::test]
async fn what_waits_in_the_queue_about_a_merged_entry_is_about_the_one_that_stays() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let anna = site.member("anna").await;
    let form = [("reason", "wrong"), ("words", "It is another tool by now.")];
    assert_eq!(anna.post("/tools/amber/report", &form).await.status(), 303);
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(moderator.post(&path, &[("into", "basalt"), ("reason", "One tool")]).await.status(), 303);
    let about: Vec<Option<i64>> =
        submissions::table.select(submissions::tool_id).load(&mut site.connect()).unwrap();
    assert_eq!(about, [Some(id(&site, RecordKind::Tool, "basalt"))]);
    assert!(moderator.page("/admin/queue").await.says("Basalt"));
}

#[actix_web::test]
async fn what_cannot_be_merged_is_refused_in_words() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    site.sql("UPDATE tools SET status = 2 WHERE slug = 'cobalt'; UPDATE versions SET value = value + 1 WHERE id = 1");
    for (into, reason, words) in [
        ("amber", "x", "cannot go into itself"),
        ("cobalt", "x", "is archived"),
        ("draft-tool", "x", "not published"),
        ("nothing", "x", "No tool has"),
        ("a\0b", "x", "No tool has"),
        ("", "x", "Enter the tool"),
        ("basalt", "  ", "Enter a reason."),
    ] {
        let answer = moderator.post(&path, &[("into", into), ("reason", reason)]).await;
        assert_eq!(answer.status(), 422, "{into}");
        assert!(Page::read(answer).await.says(words), "{words}");
    }
    assert_eq!(status(&site, "amber"), 1);
    assert_eq!(moderator.get("/admin/tools/999999/merge").await.status(), 404);
}

#[actix_web::test]
async fn a_merged_entry_that_is_renamed_or_merged_on_keeps_its_address_leading_on() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for (from, into) in [("amber", "basalt"), ("basalt", "cobalt")] {
        let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, from));
        let answer = moderator.post(&path, &[("into", into), ("reason", "One tool")]).await;
        assert_eq!(answer.status(), 303);
    }
    let visitor = site.browser();
    for former in ["/tools/amber", "/tools/basalt"] {
        assert_eq!(location(&visitor.get(former).await), "/tools/cobalt");
    }
    // Brought back, it has its address again.
    crate::redirects::change(&site, RecordKind::Tool, "amber", |state| state.with_status(Status::Published))
        .unwrap();
    assert!(visitor.page("/tools/amber").await.says("Amber"));
    // Archived once more, it leads on again.
    crate::redirects::change(&site, RecordKind::Tool, "amber", |state| state.with_status(Status::Archived))
        .unwrap();
    assert_eq!(location(&visitor.get("/tools/amber").await), "/tools/cobalt");
}

#[actix_web::test]
async fn a_comparison_that_a_merge_moved_is_restored_with_the_tool_that_stays() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let pair = |summary: &str| {
        let file = json!({"format": "shiptally-catalogue/1", "comparisons": [{"tools": ["amber", "cobalt"], "summary": summary,
            "pick_first_if": "you like amber", "pick_second_if": "you like cobalt"}]});
        let parsed = file::parse(&file.to_string()).unwrap();
        file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
        site.settle();
    };
    pair("At first");
    pair("Then");
    let id_of = |slugs| addresses::id_by_pair(&mut site.connect(), slugs).unwrap();
    let comparison = id_of(["amber", "cobalt"]).unwrap();
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    // Delta's address sorts behind Cobalt's, where Amber's stood before it.
    assert_eq!(moderator.post(&path, &[("into", "delta"), ("reason", "One tool")]).await.status(), 303);
    assert_eq!(id_of(["cobalt", "delta"]), Some(comparison));

    let restore = format!("/admin/history/comparison/{comparison}/restore");
    let answer = moderator.post(&restore, &[("number", "1"), ("reason", "It was better")]).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    let page = site.browser().page("/compare/cobalt-vs-delta").await;
    assert!(page.says("At first"), "{page}");
    let stored: (String, String) = comparisons::table
        .find(comparison)
        .select((comparisons::pick_first_if, comparisons::pick_second_if))
        .first(&mut site.connect())
        .unwrap();
    assert_eq!((stored.0.as_str(), stored.1.as_str()), ("you like cobalt", "you like amber"));
}

/// A vote of an account on a tool: choice, second of the day, whether it is left out.
type Vote = Option<(bool, u32, bool)>;

fn vote() -> impl Strategy<Value = Vote> {
    proptest::option::weighted(0.75, (any::<bool>(), 0..5_u32, proptest::bool::weighted(0.2)))
}

fn at(second: u32) -> NaiveDateTime {
    DateTime::from_timestamp(1_800_000_000 + i64::from(second), 0).unwrap().naive_utc()
}

fn insert(conn: &mut Db, account: i64, tool: i64, (ships, second, excluded): (bool, u32, bool)) {
    let row = (
        votes::account_id.eq(account),
        votes::tool_id.eq(tool),
        votes::choice.eq(i16::from(ships)),
        votes::cast_at.eq(at(second)),
        votes::exclusion_id.eq(excluded.then_some(1_i64)),
    );
    shiptally::each!(conn, c => diesel::insert_into(votes::table).values(row).execute(c)).unwrap();
}

#[actix_web::test]
async fn whatever_was_voted_of_each_account_the_vote_that_counts_or_the_newest_goes_on() {
    let site = TestSite::start();
    let accounts: Vec<i64> = (0..5).map(|n| site.account(&format!("voter{n}"), Role::Member)).collect();
    let (source, target) = (id(&site, RecordKind::Tool, "amber"), id(&site, RecordKind::Tool, "basalt"));
    let mut conn = site.connect();
    conn.batch_execute(
        "INSERT INTO exclusions (id, kind, reason, made_at) VALUES (1, 5, 'Odd', '2026-11-01 00:00:00')",
    )
    .unwrap();
    let both = proptest::collection::vec((vote(), vote()), 5);
    let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    let conn = std::cell::RefCell::new(conn);
    let run = TestRunner::new(config).run(&both, |cast| {
        let conn = &mut *conn.borrow_mut();
        conn.batch_execute("DELETE FROM votes; DELETE FROM tallies").unwrap();
        let mut expected = HashMap::new();
        let mut stored = 0;
        for (account, (on_source, on_target)) in accounts.iter().zip(cast) {
            // The one on the target is stored first, so at the same second the other is the later.
            for (tool, vote) in [(target, on_target), (source, on_source)] {
                let Some(vote) = vote else { continue };
                insert(conn, *account, tool, vote);
                stored += 1;
                let (_, second, excluded) = vote;
                let best = expected.entry(*account).or_insert(vote);
                if (!excluded, second) >= (!best.2, best.1) {
                    *best = vote;
                }
            }
        }
        let counted = |conn: &mut Db, tool: i64, choice: i16| -> u64 {
            let n: i64 = votes::table
                .filter(votes::tool_id.eq(tool))
                .filter(votes::exclusion_id.is_null())
                .filter(votes::choice.eq(choice))
                .count()
                .get_result(conn)
                .unwrap();
            n.unsigned_abs()
        };
        let told = integrity::merge::count(conn, source, target).unwrap();
        let _ = conn.write(|conn| integrity::merge::merge(conn, source, target)).unwrap();
        let after = told.after();
        prop_assert_eq!((after.ships, after.skips), (counted(conn, target, 1), counted(conn, target, 0)));
        let dropped = told.dropped_of_source.votes() + told.dropped_of_target.votes();
        let still = counted(conn, source, 1) + counted(conn, source, 0);
        prop_assert_eq!(dropped, still, "what counts no longer is stored with the source");
        let rows: Vec<(i64, i16, NaiveDateTime, Option<i64>)> = votes::table
            .filter(votes::tool_id.eq(target))
            .select((votes::account_id, votes::choice, votes::cast_at, votes::exclusion_id))
            .load(conn)
            .unwrap();
        let now: HashMap<i64, _> = rows
            .into_iter()
            .map(|(account, choice, when, out)| (account, (choice == 1, when, out.is_some())))
            .collect();
        let wanted: HashMap<i64, _> = expected
            .into_iter()
            .map(|(account, (ships, second, out))| (account, (ships, at(second), out)))
            .collect();
        prop_assert_eq!(&now, &wanted);
        let kept: i64 = votes::table.count().get_result(conn).unwrap();
        prop_assert_eq!(kept, stored, "nothing is lost");
        for tool in [source, target] {
            let counting = |choice: i16| {
                votes::table
                    .filter(votes::tool_id.eq(tool))
                    .filter(votes::exclusion_id.is_null())
                    .filter(votes::choice.eq(choice))
                    .count()
            };
            let counted: (i64, i64) =
                (counting(1).get_result(conn).unwrap(), counting(0).get_result(conn).unwrap());
            let tally: (i64, i64) =
                tallies::table.find(tool).select((tallies::ships, tallies::skips)).first(conn).unwrap();
            prop_assert_eq!(tally, counted);
        }
        Ok(())
    });
    conn.borrow_mut().batch_execute("DELETE FROM votes; DELETE FROM tallies").unwrap();
    run.unwrap();
}

#[actix_web::test]
async fn two_of_one_name_are_told_apart_by_their_slugs() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let renamed = crate::redirects::change(&site, RecordKind::Tool, "basalt", |mut state| {
        if let file::Record::Tool(record) = &mut state.record {
            record.name = "Amber".to_owned();
        }
        state
    });
    renamed.unwrap();
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let plan = moderator.page(&format!("{path}?into=basalt")).await;
    assert_eq!(plan.one("h2#plan").text(), "Merging Amber (amber) into Amber (basalt)");
    assert!(plan.says("Amber (amber) is archived."), "{plan}");
    let answer = moderator.post(&path, &[("into", "basalt"), ("reason", "The same tool")]).await;
    let page = moderator.page(location(&answer)).await;
    assert!(page.says("Merged Amber (amber) into Amber (basalt)."), "{page}");
}
