//! The queue in the admin area: what moderators do with what readers sent.

use std::collections::BTreeMap;

use diesel::prelude::*;
use futures_util::future::join_all;
use shiptally::accounts::Role;
use shiptally::db::schema::{log_entries, submissions};
use shiptally::submissions::submission::{Submission, SubmissionStatus};
use shiptally::submissions::{open_count, queue};

use crate::page::{Page, Part};
use crate::site::{Browser, TestSite, location};
use crate::submissions::{ADVERT, ELECTRUM, PRICE};

/// Every act on the item with this id, filled in so that it does something.
const ACTS: [(&str, &[(&str, &str)]); 4] = [
    ("take", &[]),
    ("release", &[]),
    ("accept", &[("how", "done"), ("note", "Seen to."), ("entry", "amber")]),
    ("decline", &[("as", "declined"), ("reason", "Not so.")]),
];

/// A site with a suggestion (1), a correction (2) and a report (3) of ada's, and her browser.
async fn with_three() -> (TestSite, Browser) {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let ada = site.member("ada").await;
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/amber/correct", &PRICE), ("/tools/amber/report", &ADVERT)]
    {
        assert_eq!(ada.post(path, form).await.status(), 303, "{path}");
    }
    (site, ada)
}

async fn moderator(site: &TestSite, handle: &str) -> Browser {
    site.account(handle, Role::Moderator);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

fn item(site: &TestSite, id: i64) -> Submission {
    queue::find(&mut site.connect(), id).unwrap().unwrap()
}

/// What the log says: who, what, on what, why.
fn logged(site: &TestSite) -> Vec<String> {
    type Row = (String, String, String, String, Option<String>, Option<String>);
    let rows: Vec<Row> = log_entries::table
        .filter(log_entries::object.eq(4_i16))
        .order(log_entries::id)
        .select((
            log_entries::handle,
            log_entries::act,
            log_entries::label,
            log_entries::reason,
            log_entries::public_label,
            log_entries::href,
        ))
        .load(&mut site.connect())
        .unwrap();
    rows.into_iter()
        .map(|(handle, act, label, reason, public_label, href)| {
            assert_eq!((public_label, href), (None, None), "what readers sent stays in the admin area");
            format!("{handle} {act} {label}: {reason}")
        })
        .collect()
}

/// Does something to an item: the status of the answer, and the page that it carries.
async fn act(browser: &Browser, id: i64, act: &str, form: &[(&str, &str)]) -> (u16, Page) {
    let answer = browser.post(&format!("/admin/queue/{id}/{act}"), form).await;
    (answer.status().as_u16(), Page::read(answer).await)
}

/// Where it leads to do something to an item.
async fn led(browser: &Browser, id: i64, act: &str, form: &[(&str, &str)]) -> String {
    let answer = browser.post(&format!("/admin/queue/{id}/{act}"), form).await;
    assert_eq!(answer.status(), 303, "{act}");
    location(&answer).to_owned()
}

#[actix_web::test]
async fn visitors_and_members_find_no_queue() {
    let (site, ada) = with_three().await;
    for browser in [&site.browser(), &ada] {
        for path in ["/admin/queue", "/admin/queue/1"] {
            assert_eq!(browser.get(path).await.status(), 404, "{path}");
        }
        for (name, form) in ACTS {
            assert_eq!(act(browser, 1, name, form).await.0, 404, "{name}");
        }
    }
    assert_eq!(item(&site, 1).taken, None);
    assert!(logged(&site).is_empty());
}

#[actix_web::test]
async fn items_that_are_not_there_are_not_found() {
    let (site, _) = with_three().await;
    let mo = moderator(&site, "mo").await;
    for id in ["0", "99", "x", "-1", "99999999999999999999"] {
        assert_eq!(mo.get(&format!("/admin/queue/{id}")).await.status(), 404, "{id}");
        for (name, form) in ACTS {
            assert_eq!(
                mo.post(&format!("/admin/queue/{id}/{name}"), form).await.status(),
                404,
                "{id} {name}"
            );
        }
    }
}

#[actix_web::test]
async fn an_item_shows_all_that_helps_to_decide() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    assert_eq!(
        ada.post(
            "/submit",
            &[
                ("name", "Ambers"),
                ("website", "tool.example"),
                ("why", "x"),
                ("anyway", "Ambers tool.example")
            ]
        )
        .await
        .status(),
        303
    );
    let suggestion = mo.page("/admin/queue/1").await;
    for part in [
        "Electrum",
        "https://electrum.example/tool",
        "Research",
        "It reads papers. We ship with it.",
        "@ada",
        "4 open",
    ] {
        assert!(suggestion.says(part), "{part}: {suggestion}");
    }
    let why = suggestion.all("dd");
    assert!(
        why.iter().any(|why| why.says("It reads papers.") && why.has("br")),
        "its lines stay: {suggestion}"
    );
    let alike = mo.page("/admin/queue/4").await;
    assert!(alike.says("Similar tools") && alike.leads_to("/tools/amber"), "{alike}");
    let correction = mo.page("/admin/queue/2").await;
    for part in [
        "The price",
        "$5 per month",
        "Since November.",
        "Free (open source)",
        "1 more open submission about this tool",
    ] {
        assert!(correction.says(part), "{part}: {correction}");
    }
    let amber = item(&site, 2).tool.unwrap().id;
    assert!(correction.leads_to(&format!("/admin/tools/{amber}")), "{correction}");
    let report = mo.page("/admin/queue/3").await;
    for part in ["It reads like an advertisement", "The maker wrote it.", "Amber builds."] {
        assert!(report.says(part), "{part}: {report}");
    }
    assert!(report.leads_to("/reviewers/builder"), "{report}");
}

#[actix_web::test]
async fn the_others_see_who_has_taken_an_item() {
    let (site, _) = with_three().await;
    let (mo, mia) = (moderator(&site, "mo").await, moderator(&site, "mia").await);
    assert!(mo.page("/admin/queue/1").await.says("Assign to me"));
    assert_eq!(led(&mo, 1, "take", &[]).await, "/admin/queue/1");
    assert_eq!(act(&mo, 1, "take", &[]).await.0, 303, "once more does no harm");
    assert!(mo.page("/admin/queue/1").await.says("Assigned to you"));
    for path in ["/admin/queue", "/admin/queue/1"] {
        assert!(mia.page(path).await.says("Assigned to @mo"), "{path}");
    }
    for (name, form) in ACTS {
        let (status, page) = act(&mia, 1, name, form).await;
        assert_eq!(status, 409, "{name}");
        assert!(page.says("Assigned to @mo on"), "{name}: {page}");
    }
    assert_eq!(item(&site, 1).taken.unwrap().0.handle, "mo");
    assert_eq!(led(&mo, 1, "release", &[]).await, "/admin/queue");
    assert_eq!(item(&site, 1).taken, None);
    let (status, page) = act(&mo, 1, "release", &[]).await;
    assert_eq!(status, 409);
    assert!(page.says("It is not assigned to anyone."), "{page}");
    assert_eq!(act(&mia, 1, "take", &[]).await.0, 303);
    assert_eq!(
        logged(&site),
        [
            "mo assigned New tool: Electrum: ",
            "mo unassigned New tool: Electrum: ",
            "mia assigned New tool: Electrum: "
        ]
    );
}

#[actix_web::test]
async fn of_moderators_who_race_for_an_item_exactly_one_gets_it() {
    let (site, _) = with_three().await;
    let mut racers = Vec::new();
    for n in 0..6 {
        racers.push(moderator(&site, &format!("mo-{n}")).await);
    }
    let answers = join_all(racers.iter().map(|browser| act(browser, 2, "take", &[]))).await;
    let winner = item(&site, 2).taken.unwrap().0.handle;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 303).count(), 1);
    for (status, page) in &answers {
        assert!(*status == 303 || (*status == 409 && page.says(&format!("Assigned to @{winner}"))), "{page}");
    }
    assert_eq!(logged(&site).len(), 1);

    // And of two decisions at once, one counts.
    let winner = racers.iter().zip(&answers).find(|(_, (status, _))| *status == 303).unwrap().0;
    let decisions = [ACTS[2], ACTS[3], ACTS[2], ACTS[3]];
    let answers = join_all(decisions.iter().map(|(name, form)| act(winner, 2, name, form))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 303).count(), 1);
    assert_eq!(answers.iter().filter(|(status, _)| *status == 409).count(), 3);
    assert_eq!(logged(&site).len(), 3, "the next one was assigned with that");
}

#[actix_web::test]
async fn an_item_is_taken_over_after_a_day_or_where_it_is_meant() {
    let (site, _) = with_three().await;
    let (mo, mia) = (moderator(&site, "mo").await, moderator(&site, "mia").await);
    act(&mo, 1, "take", &[]).await;
    let holder = item(&site, 1).taken.unwrap().0.id.to_string();
    let from = [("from", holder.as_str())];
    let (status, page) = act(&mia, 1, "take", &from).await;
    assert_eq!(status, 422);
    assert!(page.complaint("confirm").starts_with("Tick this to reassign it from @mo."), "{page}");
    assert_eq!(act(&mia, 1, "take", &[from[0], ("confirm", "yes")]).await.0, 303);
    assert_eq!(item(&site, 1).taken.unwrap().0.handle, "mia");
    assert_eq!(act(&mia, 2, "take", &[]).await.0, 303);
    let (status, page) = act(&mo, 2, "take", &[from[0], ("confirm", "yes")]).await;
    assert_eq!(status, 409, "a form opened when somebody else had it takes nothing over");
    assert!(page.says("Assigned to @mia"), "{page}");

    site.sql("UPDATE submissions SET taken_at = '2026-01-01 00:00:00'");
    assert!(mo.page("/admin/queue/1").await.says("Assigned to @mia for more than a day"));
    let holder = item(&site, 1).taken.unwrap().0.id.to_string();
    assert_eq!(act(&mo, 1, "take", &[("from", &holder)]).await.0, 303);
    assert_eq!(item(&site, 1).taken.unwrap().0.handle, "mo");
    assert_eq!(logged(&site).last().unwrap(), "mo reassigned New tool: Electrum: ");
}

#[actix_web::test]
async fn accepting_leads_to_the_form_or_decides() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    for id in 1..=3 {
        act(&mo, id, "take", &[]).await;
    }
    assert_eq!(
        led(&mo, 1, "accept", &[("how", "form")]).await,
        "/admin/tools/new?submission=1&name=Electrum&website=https%3A%2F%2Felectrum.example%2Ftool&category=research"
    );
    let amber = item(&site, 2).tool.unwrap().id;
    assert_eq!(led(&mo, 2, "accept", &[("how", "form")]).await, format!("/admin/tools/{amber}?submission=2"));
    assert_eq!(open_count(&mut site.connect()), Ok(3), "nothing is decided yet");

    for (id, form, field, words) in [
        (1, [("how", "done"), ("entry", "nothing")], "entry", "No tool has this name or URL slug."),
        (1, [("how", "done"), ("note", "A word.")], "entry", "No tool has this name or URL slug."),
        (3, [("how", "done"), ("note", " ")], "note", "Enter the action taken. The sender sees it."),
        (3, [("how", "form"), ("note", "")], "note", "Enter the action taken. The sender sees it."),
    ] {
        let (status, page) = act(&mo, id, "accept", &form).await;
        assert_eq!(status, 422, "{id}");
        assert!(page.complaint(field).starts_with(words), "{id}: {page}");
        assert_eq!(page.typed(form[1].0), form[1].1, "what was typed stays");
    }
    assert_eq!(act(&mo, 1, "accept", &[("how", "done"), ("entry", "Basalt"), ("note", "")]).await.0, 303);
    assert_eq!(act(&mo, 2, "accept", &[("how", "done"), ("note", "")]).await.0, 303);
    assert_eq!(act(&mo, 3, "accept", &[("how", "done"), ("note", "We rewrote <it>.")]).await.0, 303);
    assert_eq!(open_count(&mut site.connect()), Ok(0));
    let page = ada.page("/account").await;
    for part in
        ["Thank you. It is already listed.", "Thank you. Your correction was accepted.", "We rewrote <it>."]
    {
        assert!(page.says(part), "{part}: {page}");
    }
    let entries = page.all(r#"a[href="/tools/basalt"]"#);
    assert!(entries.iter().any(|link| link.text() == "Basalt"), "{page}");
    assert!(!page.mentions("@mo"), "who decided stays in the admin area");
    let page = mo.page("/admin/queue/3").await;
    assert!(page.says("Accepted by @mo") && page.says("3 accepted, 0 declined"), "{page}");
    assert_eq!(
        logged(&site).split_off(3),
        [
            "mo accepted New tool: Electrum: Thank you. It is already listed.",
            "mo accepted Correction: Amber: the price: Thank you. Your correction was accepted.",
            "mo accepted Report: Amber: review by The Builder: We rewrote <it>.",
        ]
    );
}

#[actix_web::test]
async fn declining_needs_a_reason_that_the_sender_reads() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    for id in 1..=3 {
        act(&mo, id, "take", &[]).await;
    }
    let (status, page) = act(&mo, 1, "decline", &[("as", "declined"), ("reason", " \r\n")]).await;
    assert_eq!(status, 422);
    assert!(page.complaint("reason").starts_with("Enter a reason. The sender sees it."), "{page}");
    let long = "x".repeat(2_001);
    let (status, page) = act(&mo, 1, "decline", &[("as", "declined"), ("reason", &long)]).await;
    assert_eq!(status, 422);
    assert!(page.says("yours has 2,001.") && page.typed("reason") == long, "{page}");
    assert_eq!(page.one("textarea[name=reason]").attr("aria-invalid"), "true", "{page}");

    let declined = [("as", "declined"), ("reason", "It is\r\ngone & over.")];
    assert_eq!(led(&mo, 1, "decline", &declined).await, "/admin/queue/2", "the next one follows");
    assert_eq!(led(&mo, 2, "decline", &[("as", "spam"), ("reason", "")]).await, "/admin/queue/3");
    let told = "Declined as spam: Amber: the price. This is the next one.";
    assert!(mo.page("/admin/queue").await.says(told));
    let page = ada.page("/account/sent").await;
    for part in ["It is gone & over.", "Declined as spam", "This is spam.", "In review"] {
        assert!(page.says(part), "{part}: {page}");
    }
    assert_eq!(page.count("main td br, main dd br, main p br"), 1, "the lines of the reason stay: {page}");
    for (name, form) in ACTS {
        let (status, page) = act(&mo, 1, name, form).await;
        assert_eq!(status, 409, "{name} after the decision");
        assert!(page.says("@mo already decided on this on"), "{name}: {page}");
    }
    let page = mo.page("/admin/queue/3").await;
    assert!(page.says("0 accepted, 1 declined, 1 declined as spam, 1 open"), "{page}");
    assert_eq!(
        logged(&site).split_off(3),
        [
            "mo declined New tool: Electrum: It is\ngone & over.",
            "mo declined as spam Correction: Amber: the price: This is spam.",
        ]
    );
}

#[actix_web::test]
async fn nobody_decides_on_their_own_submission() {
    let (site, ada) = with_three().await;
    let marlow = moderator(&site, "marlow").await;
    for id in [1, 2, 3] {
        led(&marlow, id, "take", &[]).await;
        led(&marlow, id, "release", &[]).await;
    }
    site.sql("UPDATE accounts SET role = 1 WHERE handle = 'ada'; UPDATE versions SET value = value + 1 WHERE id = 2");
    for id in [1, 2, 3] {
        let page = ada.page(&format!("/admin/queue/{id}")).await;
        assert!(page.says("This is your own submission. Another moderator has to decide on it."), "{page}");
        let (status, page) = act(&ada, id, "take", &[]).await;
        assert_eq!(status, 403);
        assert!(page.says("You cannot decide on your own submission. Another moderator has to."), "{page}");
    }
    // Also where it was assigned to them before.
    site.sql("UPDATE submissions SET taken_by = account_id, taken_at = made_at");
    for (what, form) in &ACTS[2..] {
        for id in [1, 2, 3] {
            assert_eq!(act(&ada, id, what, form).await.0, 403, "{what} {id}");
            assert_eq!(item(&site, id).status, SubmissionStatus::Open);
        }
    }
}

#[actix_web::test]
async fn the_queue_is_filtered_searched_and_paged_oldest_first() {
    let (site, ada) = with_three().await;
    let eve = site.member("eve").await;
    let (mo, mia) = (moderator(&site, "mo").await, moderator(&site, "mia").await);
    eve.post("/tools/basalt/report", &[("reason", "wrong"), ("words", "100% _wrong_")]).await;
    act(&mo, 2, "take", &[]).await;
    act(&mo, 3, "take", &[]).await;
    act(&mo, 3, "decline", &[("reason", "No.")]).await;
    let listed = async |browser: &Browser, query: &str| -> Vec<i64> {
        let page = browser.page(&format!("/admin/queue{query}")).await;
        let links = page.all(r#"tbody th[scope=row] a[href^="/admin/queue/"]"#).into_iter();
        links.map(|link| link.attr("href").rsplit('/').next().unwrap().parse().unwrap()).collect()
    };
    let page = mo.page("/admin/queue").await;
    let words = |selector: &str| page.all(selector).iter().map(Part::text).collect::<Vec<_>>();
    assert_eq!(words("thead th"), ["Subject", "Kind", "Sender", "Sent", "Status"]);
    assert_eq!(words("form.bar-form label"), ["Search", "Kind", "Status", "Assigned to"]);
    for (query, ids) in [
        ("", vec![1, 2, 4]),
        ("?kind=report", vec![4]),
        ("?kind=tool", vec![1]),
        ("?status=declined", vec![3]),
        ("?status=accepted", vec![]),
        ("?who=mine", vec![2, 4]),
        ("?who=free", vec![1]),
        ("?who=taken", vec![]),
        ("?q=electrum", vec![1]),
        ("?q=AMBER", vec![2]),
        ("?q=eve", vec![4]),
        ("?q=100%25", vec![4]),
        ("?q=0%25+_w", vec![4]),
        ("?q=1%25", vec![]),
        ("?q=nothing%00of", vec![]),
        ("?kind=x&status=y&who=z&page=q", vec![1, 2, 4]),
    ] {
        assert_eq!(listed(&mo, query).await, ids, "{query}");
    }
    assert_eq!(listed(&mia, "?who=taken").await, [2, 4]);
    let page = mo.page("/admin/queue?q=nothing").await;
    assert!(page.says("Show all open submissions"), "{page}");

    for n in 0..60 {
        assert_eq!(
            ada.post("/tools/amber/report", &[("reason", "other"), ("words", &format!("No. {n}"))])
                .await
                .status(),
            303
        );
    }
    let first = mo.page("/admin/queue").await;
    assert!(first.says("63 submissions open, oldest first") && first.says("Page 1 of 2"), "{first}");
    assert_eq!(listed(&mo, "").await[..3], [1, 2, 4]);
    assert_eq!(listed(&mo, "?page=2").await.len(), 13);
    let links = mo.page("/admin/queue?kind=report&q=no").await;
    assert!(links.leads_to("/admin/queue?kind=report&q=no&page=2"), "{links}");
}

#[actix_web::test]
async fn what_is_left_when_a_tool_or_an_account_is_gone_can_still_be_decided_on() {
    let (site, _) = with_three().await;
    let mo = moderator(&site, "mo").await;
    act(&mo, 2, "take", &[]).await;
    diesel::update(submissions::table)
        .set((submissions::tool_id.eq(None::<i64>), submissions::reviewer_id.eq(None::<i64>)))
        .execute(&mut site.connect())
        .unwrap();
    let page = mo.page("/admin/queue/2").await;
    assert!(page.says("a deleted tool: the price") && !page.mentions("Edit tool"), "{page}");
    assert_eq!(act(&mo, 2, "decline", &[("reason", "It is gone.")]).await.0, 303);
    site.sql("UPDATE submissions SET decided_by = NULL, taken_by = NULL");
    assert!(mo.page("/admin/queue/2").await.says("Declined"));
    assert!(mo.page("/admin/queue?status=declined").await.says("a deleted tool"));
}

#[actix_web::test]
async fn the_next_item_is_the_oldest_that_nobody_works_on_and_looking_assigns_nothing() {
    let (site, _) = with_three().await;
    let (mo, mia) = (moderator(&site, "mo").await, moderator(&site, "mia").await);
    let next = async |browser: &Browser, after: &str| -> String {
        let answer = browser.post("/admin/queue/next", &[("after", after)]).await;
        assert_eq!(answer.status(), 303);
        location(&answer).to_owned()
    };
    for path in ["/admin", "/admin/queue", "/admin/queue/1"] {
        mo.page(path).await;
    }
    assert_eq!(item(&site, 1).taken, None);
    assert_eq!(next(&mo, "").await, "/admin/queue/1");
    assert_eq!(next(&mo, "").await, "/admin/queue/1", "it is still theirs");
    assert_eq!(next(&mia, "").await, "/admin/queue/2", "what somebody works on is passed over");
    assert_eq!(next(&mo, "1").await, "/admin/queue/3", "what is skipped is free again");
    assert_eq!(item(&site, 1).taken, None);
    assert_eq!(next(&mo, "3").await, "/admin/queue/1", "after the last comes the first");
    assert_eq!(next(&mia, "2").await, "/admin/queue/3");
    assert_eq!(next(&mia, "3").await, "/admin/queue/2");
    // A decision on what nobody has taken takes it, and the next one follows.
    assert_eq!(led(&mia, 3, "decline", &[("as", "spam")]).await, "/admin/queue/2");
    assert_eq!(led(&mia, 2, "decline", &[("as", "spam")]).await, "/admin/queue", "the other is mo's");
    let page = mia.page("/admin/queue").await;
    assert!(page.says("Declined as spam: Amber: the price.") && !page.says("This is the next one"), "{page}");
    assert_eq!(next(&mia, "").await, "/admin/queue");
    assert!(mia.page("/admin/queue").await.says("No other submission is waiting for you."));
    let log = logged(&site);
    let assigned = "mia assigned Report: Amber: review by The Builder: ";
    assert_eq!(log.iter().filter(|line| *line == assigned).count(), 2, "{log:?}");
}

#[actix_web::test]
async fn nobody_is_led_to_what_they_sent_themselves() {
    let (site, ada) = with_three().await;
    site.sql("UPDATE accounts SET role = 1 WHERE handle = 'ada'; UPDATE versions SET value = value + 1 WHERE id = 2");
    let answer = ada.post("/admin/queue/next", &[]).await;
    assert_eq!(location(&answer), "/admin/queue");
    assert_eq!(item(&site, 1).taken, None);
}

#[actix_web::test]
async fn a_saved_reply_is_the_answer_with_what_is_added_to_it() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    let replies = "/admin/queue/replies";
    for (form, wrong) in [
        ([("title", ""), ("body", "x")], "f-title"),
        ([("title", "x"), ("body", " ")], "f-body"),
        ([("title", &"x".repeat(81)), ("body", "x")], "f-title"),
        ([("title", "x"), ("body", &"x".repeat(1_501))], "f-body"),
    ] {
        let answer = mo.post(replies, &form).await;
        assert_eq!(answer.status(), 422);
        assert_ne!(Page::read(answer).await.complaint(wrong), "");
    }
    let known = [("title", "Known"), ("body", "Thank you.\r\nWe know it.")];
    assert_eq!(location(&mo.post(replies, &known).await), replies);
    assert!(mo.page(replies).await.says("Saved reply added."));
    let page = mo.page("/admin/queue/1").await;
    assert_eq!(page.all(r#"select[name=reply] option[value="1"]"#).len(), 2, "in both forms: {page}");

    let gone = [("as", "declined"), ("reply", "9"), ("reason", "Kept.")];
    let (status, page) = act(&mo, 1, "decline", &gone).await;
    assert_eq!((status, page.typed("reason").as_str()), (422, "Kept."), "{page}");
    assert!(page.complaint("reply").starts_with("This saved reply no longer exists."), "{page}");
    let alone = [("as", "declined"), ("reply", "1"), ("reason", "")];
    assert_eq!(act(&mo, 1, "decline", &alone).await.0, 303);
    assert_eq!(item(&site, 1).answer, "Thank you.\nWe know it.");
    let more = [("how", "done"), ("reply", "1"), ("note", "And more.")];
    assert_eq!(act(&mo, 2, "accept", &more).await.0, 303);
    assert_eq!(item(&site, 2).answer, "Thank you.\nWe know it.\n\nAnd more.");
    assert!(ada.page("/account").await.says("And more."));

    let changed = [("do", "save"), ("title", "Known"), ("body", "We know it.")];
    assert_eq!(location(&mo.post(&format!("{replies}/1"), &changed).await), replies);
    assert_eq!(mo.page(&format!("{replies}/1")).await.typed("body"), "We know it.");
    assert_eq!(item(&site, 1).answer, "Thank you.\nWe know it.", "what was answered stays");
    assert_eq!(location(&mo.post(&format!("{replies}/1"), &[("do", "delete")]).await), replies);
    assert_eq!(mo.get(&format!("{replies}/1")).await.status(), 404);
    for n in 0..51 {
        let status = mo.post(replies, &[("title", &*format!("No. {n}")), ("body", "x")]).await.status();
        assert_eq!(status, if n < 50 { 303 } else { 422 }, "{n}");
    }
    let log = mo.page("/admin/log?q=known").await;
    for act in ["created", "edited", "deleted"] {
        assert!(log.says(&format!("{act} setting Saved reply: Known")), "{act}: {log}");
    }
    assert!(!site.browser().page("/moderation").await.says("Saved reply"));
}

/// Opens the form of a tool from the queue, changes these fields and presses Save, or what is named as `do`.
async fn edited(browser: &Browser, path: &str, changes: &[(&str, &str)]) -> Page {
    let mut form = browser.page(path).await.fields();
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let action = path.split('?').next().unwrap();
    let answer = browser.post(action, &form).await;
    match answer.status().as_u16() {
        303 => browser.page(location(&answer)).await,
        _ => Page::read(answer).await,
    }
}

#[actix_web::test]
async fn a_correction_stands_on_the_form_that_it_is_made_in() {
    let (site, _) = with_three().await;
    let mo = moderator(&site, "mo").await;
    let path = format!("/admin/tools/{}?submission=2", item(&site, 2).tool.unwrap().id);
    let page = mo.page(&path).await;
    let again = edited(&mo, &path, &[("name", " ")]).await;
    assert_ne!(again.complaint("f-name"), "", "{again}");
    for page in [page, again] {
        let shown = page.one("[aria-labelledby=proposal-h]");
        for words in ["Correction by @ada", "The price", "Free", "$5 per month", "Since November."] {
            assert!(shown.says(words), "{words}: {page}");
        }
        assert!(
            shown.leads_to("https://tool.example/pricing") && shown.leads_to("#f-pricing-entry"),
            "{page}"
        );
        assert_eq!(page.hidden("submission"), "2");
    }
    let new = mo.page("/admin/tools/new?submission=1&name=Electrum").await;
    assert!(new.one("[aria-labelledby=proposal-h]").says("We ship with it."), "{new}");
    assert!(!mo.page("/admin/tools/new?submission=99").await.has("[aria-labelledby=proposal-h]"));
}

/// What the form of a correction says is stored, by the names of the fields for which something is proposed.
fn stored(page: &Page) -> BTreeMap<String, String> {
    let fields = page.all(".proposed li");
    assert!(!fields.is_empty(), "{page}");
    let of = |field: &Part| {
        let button = field.one("button[value^='stored:']");
        let name = button.attr("value").trim_start_matches("stored:").to_owned();
        let is_unknown = !field.all(".unknown").is_empty();
        (name, if is_unknown { String::new() } else { field.all("q")[0].text() })
    };
    fields.iter().map(of).collect()
}

#[actix_web::test]
async fn a_correction_is_filled_in_beside_what_is_stored_and_one_press_takes_either() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    let path = format!("/admin/tools/{}?submission=2", item(&site, 2).tool.unwrap().id);
    let value = |page: &Page, name: &str| {
        page.fields().into_iter().find(|(other, _)| other == name).map(|(_, value)| value).unwrap()
    };
    let today = chrono::Utc::now().date_naive().to_string();
    let page = mo.page(&path).await;
    assert_eq!(value(&page, "pricing.entry"), PRICE[1].1);
    assert_eq!(value(&page, "pricing.checked_on"), today);
    assert!(page.says(&format!("Starting price: Free → {} proposed is filled in", PRICE[1].1)), "{page}");

    let page = edited(&mo, &path, &[("rows", "stored:pricing.entry"), ("tagline", "Half typed")]).await;
    assert_eq!(value(&page, "pricing.entry"), "Free");
    assert_eq!(value(&page, "tagline"), "Half typed", "nothing that was typed is lost");
    assert_ne!(value(&page, "pricing.checked_on"), today, "when it was checked goes with the value");
    assert!(page.says("stored is kept"), "{page}");
    let page = edited(&mo, &path, &[("rows", "proposed:pricing.entry"), ("pricing.entry", "$7")]).await;
    assert_eq!(value(&page, "pricing.entry"), PRICE[1].1);
    let page = edited(&mo, &path, &[("rows", "proposed:status"), ("pricing.entry", "$7")]).await;
    assert_eq!(value(&page, "pricing.entry"), "$7", "only what is proposed is taken");

    // As it opens it is accepted by Save alone.
    let page = edited(&mo, &path, &[("do", "save")]).await;
    assert!(page.says("The submission is accepted."), "{page}");
    let said = format!("It has been corrected: Starting price: was Free, now {}.", PRICE[1].1);
    assert!(ada.page("/account/sent").await.says(&said));
    // Answered, it proposes nothing any more.
    assert!(mo.page(&path).await.all(".proposed").is_empty());
}

#[actix_web::test]
async fn a_correction_is_accepted_by_a_change_of_what_it_is_about_and_its_sender_reads_which() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    let path = format!("/admin/tools/{}?submission=2", item(&site, 2).tool.unwrap().id);
    let still_open = "The correction is still open: what it is about was not changed.";
    let page = mo.page(&path).await;
    let was = stored(&page);
    assert_eq!(was["pricing.entry"], "Free");
    for changes in [
        &[("do", "save")][..],
        &[("do", "save"), ("tagline", "Another line")],
        &[("do", "archive"), ("reason", "Gone.")],
        &[("do", "publish"), ("pricing.checked_on", "2026-11-20")],
    ] {
        let is_changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
        let kept = was.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let changes: Vec<_> = kept.filter(|(name, _)| !is_changed(name)).chain(changes.to_vec()).collect();
        let page = edited(&mo, &path, &changes).await;
        assert!(page.says(still_open), "{changes:?}: {page}");
        assert_eq!(item(&site, 2).decided, None, "{changes:?}");
    }
    let page = edited(&mo, &path, &[("do", "save"), ("pricing.entry", "$6")]).await;
    assert!(page.says("The submission is accepted."), "{page}");
    let page = ada.page("/account/sent").await;
    assert!(page.says("It has been corrected: Starting price: was Free, now $6."), "{page}");
}

#[actix_web::test]
async fn no_other_tool_settles_a_correction_whose_tool_is_gone() {
    let (site, _) = with_three().await;
    let mo = moderator(&site, "mo").await;
    site.sql("UPDATE submissions SET tool_id = NULL WHERE id = 2");
    let basalt = shiptally::catalogue::addresses::id_by_slug(
        &mut site.connect(),
        shiptally::catalogue::RecordKind::Tool,
        "basalt",
    );
    let path = format!("/admin/tools/{}?submission=2", basalt.unwrap().unwrap());
    edited(&mo, &path, &[("do", "save"), ("pricing.entry", "$6")]).await;
    // And a suggestion of a tool is not answered by one that was there.
    let path = path.replace("submission=2", "submission=1");
    edited(&mo, &path, &[("do", "save"), ("pricing.entry", "$7")]).await;
    assert_eq!((item(&site, 1).decided, item(&site, 2).decided), (None, None));
}

#[actix_web::test]
async fn whoever_suggested_a_tool_that_is_not_published_yet_is_not_told_that_it_was_added() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    let new = "/admin/tools/new?submission=1&name=Electrum&category=research";
    edited(&mo, new, &[("do", "save"), ("tagline", "Reads papers")]).await;
    let page = ada.page("/account/sent").await;
    assert!(page.says("It is being prepared and appears once it is published."), "{page}");
    let id = shiptally::catalogue::addresses::id_by_slug(
        &mut site.connect(),
        shiptally::catalogue::RecordKind::Tool,
        "electrum",
    );
    let path = format!("/admin/tools/{}", id.unwrap().unwrap());
    edited(&mo, &path, &[("do", "publish")]).await;
    let page = ada.page("/account/sent").await;
    assert!(page.says("Thank you. It has been added.") && !page.says("being prepared"), "{page}");
}

#[actix_web::test]
async fn a_suggestion_of_what_is_a_draft_is_answered_with_that() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    act(&mo, 1, "take", &[]).await;
    let draft = [("how", "done"), ("entry", "draft-tool"), ("note", "")];
    assert_eq!(act(&mo, 1, "accept", &draft).await.0, 303);
    let page = ada.page("/account/sent").await;
    assert!(page.says("It is being prepared and appears once it is published."), "{page}");
}

#[actix_web::test]
async fn a_corrected_category_is_told_by_its_name() {
    let (site, ada) = with_three().await;
    let mo = moderator(&site, "mo").await;
    site.sql(r#"UPDATE submissions SET content = replace(content, '"price"', '"category"') WHERE id = 2"#);
    let path = format!("/admin/tools/{}?submission=2", item(&site, 2).tool.unwrap().id);
    edited(&mo, &path, &[("do", "save"), ("category", "research")]).await;
    let page = ada.page("/account/sent").await;
    assert!(page.says("Category: was Developer Tools, now Research."), "{page}");
}
