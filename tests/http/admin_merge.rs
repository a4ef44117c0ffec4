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
use shiptally::catalogue::edit::{self, EditError};
use shiptally::catalogue::history::By;
use shiptally::catalogue::merge::{self, Merging};
use shiptally::catalogue::{RecordKind, Status, addresses, file};
use shiptally::db::Db;
use shiptally::db::schema::{comparisons, revisions, submissions, tallies, tools, votes};
use shiptally::db::versions::{self, Of};
use shiptally::integrity;

use crate::admin_records::{acts, id, sign_in_as};
use crate::page::Page;
use crate::site::{Browser, TestSite, catalogue, location};

fn status(site: &TestSite, slug: &str) -> i16 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::status).first(&mut site.connect()).unwrap()
}

/// One tool that goes into another.
fn merging(source: i64, target: i64) -> Merging<'static> {
    let by = By { account_id: None, reason: "One tool", at: chrono::Utc::now().naive_utc() };
    let submissions = Vec::new();
    Merging { kind: RecordKind::Tool, source, target, becomes: None, submissions, by }
}

/// Merges one tool or category into another as a moderator does, with these changes to the form; the answer.
pub(crate) async fn merge_into(
    moderator: &Browser,
    path: &str,
    into: &str,
    changes: &[(&str, &str)],
) -> reqwest::Response {
    let mut fields = Page::read(moderator.get(&format!("{path}?into={into}")).await).await.fields();
    for (name, value) in [("reason", "One thing")].iter().chain(changes) {
        fields.retain(|(other, _)| other != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    moderator.post(path, &pairs).await
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
        plan.says("2 comparisons of Amber are archived, because Basalt already has the same one or is the other tool of it.")
    );

    let mut stream = site.browser().get("/live?tool=basalt").await.bytes_stream();
    let answer = merge_into(&moderator, &path, "basalt", &[]).await;
    assert_eq!(answer.status(), 303);
    let made = moderator.page(location(&answer)).await;
    assert_eq!(made.one("h1").text(), "Merge of Amber into Basalt");

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
            versions::take_turn(conn, Of::Catalogue)?;
            versions::take_turn(conn, Of::Votes)?;
            locked.send(()).unwrap();
            // The vote is on its way, and waits for the tallies.
            std::thread::sleep(std::time::Duration::from_millis(500));
            let merge = merge::merge(conn, merging(amber, basalt))?;
            let _ = integrity::merge::merge(conn, &merge)?;
            Ok::<_, EditError>(())
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
    assert_eq!(merge_into(&moderator, &path, "basalt", &[]).await.status(), 303);
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
        assert_eq!(merge_into(&moderator, &path, into, &[]).await.status(), 303);
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
    assert_eq!(merge_into(&moderator, &path, "delta", &[]).await.status(), 303);
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
    conn.batch_execute(&format!(
        "INSERT INTO merges (id, kind, source_id, target_id, moved, made_at) \
         VALUES (1, 2, {source}, {target}, '{{}}', '2030-01-01 00:00:00')"
    ))
    .unwrap();
    let made = merge::find(&mut conn, 1).unwrap().unwrap();
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
        let all = |conn: &mut Db| -> Vec<(i64, i64, i16, NaiveDateTime, Option<i64>)> {
            let columns =
                (votes::account_id, votes::tool_id, votes::choice, votes::cast_at, votes::exclusion_id);
            votes::table.order((votes::account_id, votes::tool_id)).select(columns).load(conn).unwrap()
        };
        let before = all(conn);
        let _ = conn.write(|conn| integrity::merge::merge(conn, &made)).unwrap();
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
        let _ = conn.write(|conn| integrity::merge::undo(conn, &made)).unwrap();
        prop_assert_eq!(all(conn), before, "undone, all is as it was");
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
    let answer = merge_into(&moderator, &path, "basalt", &[]).await;
    let page = moderator.page(location(&answer)).await;
    assert_eq!(page.one("h1").text(), "Merge of Amber (amber) into Amber (basalt)");
}

#[actix_web::test]
async fn what_the_one_that_stays_says_is_chosen_field_by_field() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    crate::redirects::change(&site, RecordKind::Tool, "basalt", |mut state| {
        if let file::Record::Tool(record) = &mut state.record {
            record.website = None;
        }
        state
    })
    .unwrap();
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let page = moderator.page(&format!("{path}?into=basalt")).await;
    let chosen = |name: &str| {
        let fields = page.fields();
        fields.into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    };
    assert_eq!(chosen("choice.website").as_deref(), Some("source"), "only Amber has one");
    assert_eq!(chosen("choice.tagline").as_deref(), Some("target"));
    assert_eq!(chosen("choice.slug"), None, "the address of the one that goes leads to the other");
    let (amber, basalt) = (record(&site, "amber"), record(&site, "basalt"));
    assert_ne!(amber.tagline, basalt.tagline);

    let answer = merge_into(&moderator, &path, "basalt", &[("choice.tagline", "source")]).await;
    assert_eq!(answer.status(), 303);
    let kept = record(&site, "basalt");
    assert_eq!((kept.website.as_ref(), &kept.tagline), (amber.website.as_ref(), &amber.tagline));
    assert_eq!((&kept.name, &kept.description), (&basalt.name, &basalt.description));
    assert!(site.browser().page("/tools/basalt").await.says(&amber.tagline));
}

#[actix_web::test]
async fn nobody_merges_what_they_have_not_seen() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let fields = moderator.page(&format!("{path}?into=basalt")).await.fields();
    crate::redirects::change(&site, RecordKind::Tool, "basalt", |mut state| {
        if let file::Record::Tool(record) = &mut state.record {
            record.tagline = "Something new".to_owned();
        }
        state
    })
    .unwrap();
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    pairs.retain(|(name, _)| *name != "reason");
    pairs.push(("reason", "One tool"));
    let answer = moderator.post(&path, &pairs).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.says("was changed meanwhile") && page.says("Something new"), "{page}");
    assert_eq!(status(&site, "amber"), 1);
}

#[actix_web::test]
async fn one_press_undoes_a_merge_with_all_that_followed_it() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let (anna, bert, carl) =
        (site.member("anna").await, site.member("bert").await, site.member("carl").await);
    for (voter, tool, choice) in [
        (&anna, "basalt", "skip"),
        (&anna, "amber", "ship"),
        (&bert, "amber", "ship"),
        (&carl, "amber", "ship"),
    ] {
        assert_eq!(voter.vote(tool, choice).await.0, 200);
    }
    let form = [("reason", "wrong"), ("words", "It is another tool by now.")];
    assert_eq!(anna.post("/tools/amber/report", &form).await.status(), 303);
    let mut file = catalogue();
    file["comparisons"] = json!([
        {"tools": ["amber", "cobalt"], "summary": "Only Amber"},
        {"tools": ["amber", "delta"], "summary": "Amber and Delta"},
        {"tools": ["basalt", "delta"], "summary": "Basalt and Delta"},
    ]);
    let parsed = file::parse(&file.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    // Amber was called Copal once.
    for slug in ["copal", "amber"] {
        let from = if slug == "copal" { "amber" } else { "copal" };
        crate::redirects::change(&site, RecordKind::Tool, from, |mut state| {
            if let file::Record::Tool(record) = &mut state.record {
                record.slug = slug.parse().unwrap();
            }
            state
        })
        .unwrap();
    }
    let (amber, basalt) = (record(&site, "amber"), record(&site, "basalt"));
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let answer = merge_into(&moderator, &path, "basalt", &[("choice.tagline", "source")]).await;
    let made = location(&answer).to_owned();
    assert!(made.starts_with("/admin/merges/"), "{made}");
    site.settle();
    assert_eq!(location(&anna.get("/tools/copal").await), "/tools/basalt");
    // Bert changes his mind about what is one tool now, and Carl takes his vote away.
    assert_eq!(bert.vote("basalt", "skip").await.0, 200);
    assert_eq!(carl.vote("basalt", "retract").await.0, 200);

    let page = moderator.page(&made).await;
    for line in [
        "1 vote goes back to Amber.",
        "3 comparisons go back to Amber.",
        "1 vote that was cast or changed since the merge stays with Basalt.",
    ] {
        assert!(page.says(line), "{line} in {page}");
    }
    let undo = format!("{made}/undo");
    assert_eq!(anna.post(&undo, &[]).await.status(), 404, "for moderators only");
    assert_eq!(location(&moderator.post(&undo, &[]).await), made);
    assert!(moderator.page(&made).await.says("undone since"));

    assert_eq!((record(&site, "amber"), record(&site, "basalt")), (amber, basalt));
    let visitor = site.browser();
    assert_eq!(location(&visitor.get("/tools/copal").await), "/tools/amber");
    for (tool, ships, skips) in [("amber", 1, 0), ("basalt", 0, 2)] {
        let tally = visitor.tally(tool).await;
        assert_eq!((&tally["ships"], &tally["skips"]), (&json!(ships), &json!(skips)), "{tool}");
    }
    for (pair, words) in [
        ("amber-vs-cobalt", "Only Amber"),
        ("amber-vs-delta", "Amber and Delta"),
        ("basalt-vs-delta", "Basalt and Delta"),
    ] {
        assert!(visitor.page(&format!("/compare/{pair}")).await.says(words), "{pair}");
    }
    let about: Vec<Option<i64>> =
        submissions::table.select(submissions::tool_id).load(&mut site.connect()).unwrap();
    assert_eq!(about, [Some(id(&site, RecordKind::Tool, "amber"))]);
    let last = acts(&site).pop().unwrap();
    assert_eq!(last.0.as_str(), "undid the merge of");
    assert_eq!(last.2.as_deref(), Some("Amber (amber) into Basalt (basalt)"));
    assert!(
        visitor.page("/moderation").await.says("undid the merge of tool Amber (amber) into Basalt (basalt)")
    );

    // Once is enough.
    assert_eq!(moderator.post(&undo, &[]).await.status(), 303);
    assert!(moderator.page(&made).await.says("Not undone. This merge has been undone already."));
}

#[actix_web::test]
async fn a_merge_is_undone_only_while_nothing_stands_on_it() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let mut made = Vec::new();
    for (from, into) in [("amber", "basalt"), ("basalt", "cobalt")] {
        let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, from));
        made.push(location(&merge_into(&moderator, &path, into, &[]).await).to_owned());
    }
    let first = moderator.page(&made[0]).await;
    assert!(first.says("merged again since: undo that merge first") && !first.has("form[action$=undo]"));
    for made in made.iter().rev() {
        assert_eq!(moderator.post(&format!("{made}/undo"), &[]).await.status(), 303);
    }
    for tool in ["amber", "basalt", "cobalt"] {
        assert_eq!(site.browser().get(&format!("/tools/{tool}")).await.status(), 200, "{tool}");
    }
}

#[actix_web::test]
async fn two_categories_become_one_and_two_again() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let (from, into) = ("developer-tools", "research");
    let path = format!("/admin/categories/{}/merge", id(&site, RecordKind::Category, from));
    assert_eq!(site.member("anna").await.get(&path).await.status(), 404);
    let of_category = |slug: &str| {
        let category = id(&site, RecordKind::Category, slug);
        let found = tools::table.filter(tools::category_id.eq(category)).order(tools::slug);
        found.select(tools::slug).load::<String>(&mut site.connect()).unwrap()
    };
    let (mine, theirs) = (of_category(from), of_category(into));
    assert!(!mine.is_empty() && !theirs.is_empty(), "{mine:?} {theirs:?}");
    let page = moderator.page(&format!("{path}?into={into}")).await;
    assert!(page.says(&format!("{} tools of Developer Tools go into Research.", mine.len())), "{page}");
    let answer = merge_into(&moderator, &path, into, &[]).await;
    let made = location(&answer).to_owned();
    let visitor = site.browser();
    assert_eq!(
        location(&visitor.get("/categories/developer-tools?page=2").await),
        "/categories/research?page=2"
    );
    assert!(visitor.page("/categories/research").await.says("Amber"));
    let mut all: Vec<_> = mine.iter().chain(&theirs).cloned().collect();
    all.sort();
    assert_eq!((of_category(into), of_category(from).len()), (all, 0));

    assert_eq!(moderator.post(&format!("{made}/undo"), &[]).await.status(), 303);
    assert_eq!((of_category(from), of_category(into)), (mine, theirs));
    assert!(visitor.page("/categories/developer-tools").await.says("Amber"));
}

fn record(site: &TestSite, slug: &str) -> file::ToolRecord {
    let id = id(site, RecordKind::Tool, slug);
    let state = edit::stored(&mut site.connect(), RecordKind::Tool, id).unwrap().unwrap();
    let tool = match state.record {
        file::Record::Tool(tool) => Some(*tool),
        _ => None,
    };
    tool.unwrap()
}
