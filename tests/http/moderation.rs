//! The public part of the log.

use chrono::Utc;
use diesel::prelude::*;
use shiptally::accounts::{CurrentUser, Role};
use shiptally::catalogue::edit::{self, Edit};
use shiptally::catalogue::history::By;
use shiptally::catalogue::{Act, RecordKind, Status, addresses};
use shiptally::db::Db;
use shiptally::moderation::log::{self, Entry, Object};
use shiptally::moderation::verb::Verb;

use crate::site::{TestSite, header};

fn moderator(site: &TestSite) -> CurrentUser {
    CurrentUser {
        id: site.account("mona", Role::Moderator),
        handle: "mona".into(),
        role: Role::Moderator,
        new_answers: 0,
    }
}

fn entry<'a>(act: Verb, object: Object, public_label: Option<&'a str>) -> Entry<'a> {
    Entry {
        act,
        object,
        object_id: None,
        label: "the name in the admin area",
        public_label,
        href: Some("/tools/amber"),
        reason: "a <good> reason",
        old_value: "",
        new_value: "",
    }
}

#[actix_web::test]
async fn readers_see_acts_on_entries_votes_and_accounts_and_no_others() {
    let site = TestSite::start();
    let visitor = site.browser();
    assert!(visitor.page("/moderation").await.says("No moderator actions yet."));
    let of_votes = visitor.page("/moderation?kind=votes").await;
    assert!(of_votes.says("No moderator actions of this kind yet."), "{of_votes}");
    let (by, mut conn) = (moderator(&site), site.connect());
    for (act, object) in [
        (Verb::Published, Object::Tool),
        (Verb::Edited, Object::Comparison),
        (Verb::Imported, Object::Import),
        (Verb::Excluded, Object::Votes),
        (Verb::Suspended, Object::Account),
        (Verb::Declined, Object::Submission),
        (Verb::Changed, Object::Setting),
    ] {
        log::write(&mut conn, &by, &entry(act, object, Some("Amber & co"))).unwrap();
    }
    log::write(&mut conn, &by, &entry(Verb::Archived, Object::Tool, None)).unwrap();
    site.settle();

    let page = visitor.page("/moderation").await;
    for act in [
        "published tool",
        "edited comparison",
        "imported Amber & co",
        "excluded Amber & co",
        "suspended Amber & co",
    ] {
        assert!(page.says(act), "{act}: {page}");
    }
    assert!(page.says("@mona") && page.says("a <good> reason"), "{page}");
    let links = page.all(r#"tbody a[href="/tools/amber"]"#);
    assert!(links.iter().any(|link| link.text() == "Amber & co"), "{page}");
    for hidden in ["declined", "changed", "archived", "the name in the admin area"] {
        assert!(!page.one("tbody").to_string().contains(hidden), "{hidden}: {page}");
    }
    for (query, lines) in
        [("", 5), ("?kind=entries", 3), ("?kind=votes", 1), ("?kind=accounts", 1), ("?kind=x", 5)]
    {
        let page = visitor.page(&format!("/moderation{query}")).await;
        assert_eq!(page.times("@mona"), lines, "{query}");
        let feed = visitor.text(&format!("/moderation.xml{query}")).await;
        assert_eq!(feed.matches("<entry>").count(), lines, "{query}");
        assert!(!feed.contains("the name in the admin area"), "{feed}");
    }
}

#[actix_web::test]
async fn the_public_log_is_an_atom_feed_too() {
    let site = TestSite::start();
    let (by, mut conn) = (moderator(&site), site.connect());
    log::write(&mut conn, &by, &entry(Verb::Archived, Object::Tool, Some("Amber"))).unwrap();
    site.settle();
    let answer = site.browser().get("/moderation.xml").await;
    assert_eq!(header(&answer, "content-type"), "application/atom+xml; charset=utf-8");
    let feed: atom_syndication::Feed = answer.text().await.unwrap().parse().unwrap();
    let entry = &feed.entries[0];
    assert_eq!((entry.title.value.as_str(), entry.authors[0].name.as_str()), ("archived tool Amber", "mona"));
    let text = entry.content.as_ref().unwrap().value.as_deref();
    assert_eq!(text, Some("@mona archived tool Amber. Reason: a <good> reason"));
}

#[actix_web::test]
async fn a_long_log_is_paged() {
    let site = TestSite::start();
    let (by, mut conn) = (moderator(&site), site.connect());
    for n in 0..130 {
        let object = if n % 3 == 0 { Object::Tool } else { Object::Votes };
        log::write(&mut conn, &by, &entry(Verb::Edited, object, Some(&format!("Item-{n}.")))).unwrap();
    }
    site.settle();
    let visitor = site.browser();
    let (mut path, mut seen) = ("/moderation".to_owned(), Vec::new());
    loop {
        let page = visitor.page(&path).await;
        let text = page.text();
        let items =
            text.split("Item-").skip(1).map(|rest| rest.split('.').next().unwrap().parse::<u32>().unwrap());
        seen.extend(items);
        let Some(next) = page.next() else { break };
        path = next.to_owned();
    }
    assert_eq!(seen, (0..130).rev().collect::<Vec<_>>());
}

/// Gives Amber this status, with its entry in the log, and returns the revision.
fn set_status(conn: &mut Db, by: &CurrentUser, status: Status, act: Act) -> i64 {
    conn.write::<_, edit::EditError>(|conn| {
        let id = addresses::id_by_slug(conn, RecordKind::Tool, "amber")?.unwrap();
        let state = edit::stored(conn, RecordKind::Tool, id)?.unwrap().with_status(status);
        let by_whom = By { account_id: Some(by.id), reason: "", at: Utc::now().naive_utc() };
        let edited = edit::store(conn, Edit { id: Some(id), seen: None, state: &state, act, by: by_whom })?;
        let entry = Entry { object_id: Some(id), ..entry(act.into(), Object::Tool, Some("Amber")) };
        log::write(conn, by, &entry)?;
        Ok(edited.revision_id.unwrap())
    })
    .unwrap()
}

#[actix_web::test]
async fn an_act_that_was_withdrawn_leaves_no_trace_for_readers_and_stays_at_the_admin_area() {
    let site = TestSite::start();
    let (by, mut conn) = (moderator(&site), site.connect());
    set_status(&mut conn, &by, Status::Archived, Act::Archived);
    let revision = set_status(&mut conn, &by, Status::Published, Act::Published);
    // An act that made no revision of its own belongs to none.
    let id = addresses::id_by_slug(&mut conn, RecordKind::Tool, "amber").unwrap();
    let noted = Entry { object_id: id, ..entry(Verb::Restored, Object::Tool, Some("Amber")) };
    log::write(&mut conn, &by, &noted).unwrap();
    site.settle();
    let visitor = site.browser();
    let page = visitor.page("/moderation").await;
    assert!(page.says("archived tool") && page.says("published tool"), "{page}");

    let withdrawal = Entry { object_id: id, ..entry(Verb::Undid, Object::Tool, Some("Amber")) };
    conn.write::<_, diesel::result::Error>(|conn| log::withdraw(conn, &by, &withdrawal, revision)).unwrap();
    site.settle();
    let page = visitor.page("/moderation").await;
    assert!(!page.mentions("published tool") && !page.mentions("undid"), "{page}");
    assert!(page.says("archived tool") && page.says("restored tool"), "{page}");
    assert_eq!(visitor.text("/moderation.xml").await.matches("<entry>").count(), 2);

    let admin = site.browser();
    admin.sign_in("mona").await;
    let log = admin.page("/admin/log").await;
    assert!(log.says("published tool") && log.says("undid a change to tool"), "{log}");
    let count = shiptally::db::schema::log_entries::table.count().get_result::<i64>(&mut conn).unwrap();
    assert_eq!(count, 4);
}
