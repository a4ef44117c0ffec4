//! Every act of moderators once: the sentence that tells of it, and the filter that finds it.

use diesel::dsl::max;
use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, addresses};
use shiptally::db::schema::{exclusions, revisions};
use shiptally::moderation::log::{self, Entry, Object};
use shiptally::moderation::verb::Verb;

use crate::admin_records::sign_in_as;
use crate::page::{Page, Part};
use crate::site::{Browser, PASSWORD, TestSite, location};
use crate::submissions::{ADVERT, ELECTRUM, PRICE};

async fn done(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status(), 303, "{path} {fields:?}");
    location(&answer).to_owned()
}

/// Sends the form at this address with these changes.
async fn sent(browser: &Browser, path: &str, changes: &[(&str, &str)]) -> String {
    let mut form = browser.page(path).await.fields();
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    done(browser, path.split('?').next().unwrap(), &form).await
}

fn tool(site: &TestSite, slug: &str) -> i64 {
    addresses::id_by_slug(&mut site.connect(), RecordKind::Tool, slug).unwrap().unwrap()
}

/// What is done to records, the settings and what readers sent.
async fn act_on_records(site: &TestSite, ada: &Browser, mo: &Browser) {
    done(ada, "/admin/settings", &[("stale_days", "40")]).await;
    let new = [("name", "Egret"), ("category", "research"), ("tagline", "A bird"), ("do", "save")];
    let egret = sent(ada, "/admin/tools/new", &new).await;
    sent(ada, &egret, &[("do", "publish")]).await;
    sent(ada, &egret, &[("do", "save"), ("tagline", "A heron")]).await;
    let id = tool(site, "egret");
    let number: Option<i64> = revisions::table
        .filter(revisions::kind.eq(RecordKind::Tool))
        .filter(revisions::record_id.eq(id))
        .select(max(revisions::number))
        .first(&mut site.connect())
        .unwrap();
    let number = number.unwrap().to_string();
    let undo = [("number", number.as_str()), ("reason", "A slip")];
    done(ada, &format!("/admin/history/tool/{id}/withdraw"), &undo).await;
    sent(ada, &egret, &[("do", "archive"), ("reason", "Gone")]).await;
    sent(ada, &egret, &[("do", "publish"), ("reason", "Back")]).await;
    sent(ada, &egret, &[("do", "archive"), ("reason", "Gone")]).await;
    done(ada, &format!("{egret}/delete"), &[("reason", "A test"), ("password", PASSWORD)]).await;
    let basalt = format!("/admin/tools/{}/merge", tool(site, "basalt"));
    sent(ada, &format!("{basalt}?into=amber"), &[("reason", "The same")]).await;

    let holder =
        |id| shiptally::submissions::queue::find(&mut site.connect(), id).unwrap().unwrap().taken.unwrap().0;
    for id in [1, 2, 3] {
        done(ada, &format!("/admin/queue/{id}/take"), &[]).await;
    }
    let from = holder(1).id.to_string();
    done(mo, "/admin/queue/1/take", &[("from", &from), ("confirm", "yes")]).await;
    done(mo, "/admin/queue/1/release", &[]).await;
    done(mo, "/admin/queue/1/take", &[]).await;
    done(mo, "/admin/queue/1/decline", &[("as", "spam")]).await;
    done(ada, "/admin/queue/2/decline", &[("as", "declined"), ("reason", "It is free")]).await;
    done(ada, "/admin/queue/3/accept", &[("how", "done"), ("note", "Rewritten")]).await;
}

/// What is done to votes and accounts.
async fn act_on_accounts(site: &TestSite, ada: &Browser, anna: i64) {
    let person = format!("/admin/people/{anna}");
    let why = ("reason", "Bought");
    done(ada, &format!("{person}/exclude"), &[("kind", "other"), why]).await;
    let exclusion: Option<i64> =
        exclusions::table.select(max(exclusions::id)).first(&mut site.connect()).unwrap();
    done(ada, &format!("/admin/votes/exclusions/{}/undo", exclusion.unwrap()), &[why]).await;
    done(ada, &format!("{person}/suspend"), &[why]).await;
    done(ada, &format!("{person}/lift"), &[why]).await;
    done(ada, &format!("{person}/role"), &[("role", "moderator"), ("password", PASSWORD)]).await;
}

#[actix_web::test]
async fn every_act_is_told_in_a_sentence_that_reads_well() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let (ada, mo) =
        (sign_in_as(&site, "ada", Role::Admin).await, sign_in_as(&site, "mo", Role::Moderator).await);
    let anna = site.account("anna", Role::Member);
    let member = site.browser();
    member.sign_in("anna").await;
    member.vote("cobalt", "ship").await;
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/cobalt/correct", &PRICE), ("/tools/cobalt/report", &ADVERT)]
    {
        assert_eq!(member.post(path, form).await.status(), 303, "{path}");
    }
    act_on_records(&site, &ada, &mo).await;
    act_on_accounts(&site, &ada, anna).await;
    site.settle();

    let told = |page: &Page| -> Vec<String> {
        let mut told: Vec<String> = page.all("tbody th").iter().map(Part::text).collect();
        told.reverse();
        told
    };
    let desk = told(&ada.page("/admin/log").await);
    assert_eq!(
        desk,
        [
            "changed setting Days until a price or fact is stale",
            "created tool Egret",
            "published tool Egret public",
            "edited tool Egret",
            "undid a change to tool Egret",
            "archived tool Egret public",
            "restored tool Egret public",
            "archived tool Egret public",
            "deleted tool Egret public",
            "merged tool Basalt (basalt) into Amber (amber) public",
            "assigned submission New tool: Electrum",
            "assigned submission Correction: Cobalt: the price",
            "assigned submission Report: Cobalt: review by The Builder",
            "reassigned submission New tool: Electrum",
            "unassigned submission New tool: Electrum",
            "assigned submission New tool: Electrum",
            "declined as spam submission New tool: Electrum",
            "declined submission Correction: Cobalt: the price",
            "accepted submission Report: Cobalt: review by The Builder",
            "excluded 1 vote of anna public",
            "restored 1 vote on Cobalt public",
            "suspended account anna public",
            "lifted the suspension of account anna public",
            "changed the role of account anna",
        ]
    );
    let visitor = site.browser();
    let expected = [
        "published tool Egret",
        "archived tool Egret",
        "restored tool Egret",
        "archived tool Egret",
        "deleted tool Egret",
        "merged tool Basalt (basalt) into Amber (amber)",
        "excluded 1 vote of an account",
        "restored 1 vote on Cobalt",
        "suspended an account",
        "lifted the suspension of an account",
    ];
    assert_eq!(told(&visitor.page("/moderation").await), expected);
    let feed: atom_syndication::Feed = visitor.text("/moderation.xml").await.parse().unwrap();
    let titles: Vec<&str> = feed.entries.iter().rev().map(|entry| entry.title.value.as_str()).collect();
    assert_eq!(titles, expected);
}

#[actix_web::test]
async fn the_filter_of_the_log_finds_every_act_by_its_word() {
    let site = TestSite::start();
    let ada = sign_in_as(&site, "ada", Role::Admin).await;
    let page = ada.page("/admin/log").await;
    let offered: Vec<&str> =
        page.all("#act option").iter().map(|option| option.attr("value")).skip(1).collect();
    assert_eq!(offered, Verb::ALL.iter().map(|verb| verb.as_str()).collect::<Vec<_>>());
    let by =
        shiptally::accounts::CurrentUser { id: 1, handle: "ada".into(), role: Role::Admin, new_answers: 0 };
    for verb in Verb::ALL {
        let entry = Entry::new(*verb, Object::Tool, None, "Thing");
        log::write(&mut site.connect(), &by, &entry).unwrap();
    }
    for verb in Verb::ALL {
        let path = reqwest::Url::parse_with_params("http://x/admin/log", [("act", verb.as_str())]).unwrap();
        let page = ada.page(&path.as_str()["http://x".len()..]).await;
        let found: Vec<String> = page.all("tbody th").iter().map(Part::text).collect();
        let sentence = format!("{} tool Thing", verb.as_str());
        // What was declined as spam was declined.
        let count = if *verb == Verb::Declined { 2 } else { 1 };
        assert!(found.len() == count && found.contains(&sentence), "{verb:?}: {found:?}");
        assert_eq!(page.one("#act option[selected]").attr("value"), verb.as_str());
    }
}

#[actix_web::test]
async fn nothing_is_said_of_votes_before_they_were_looked_at() {
    let site = TestSite::start();
    let ada = sign_in_as(&site, "ada", Role::Admin).await;
    assert!(ada.page("/admin/votes").await.says("Votes have not been checked yet."));
    let front = ada.page("/admin").await;
    assert!(
        front.says("Votes have not been checked for suspicious patterns yet") && !front.says("no suspicious")
    );
    done(&ada, "/admin/votes/scan", &[]).await;
    assert!(ada.page("/admin/votes").await.says("No suspicious patterns found (last check"));
    assert!(ada.page("/admin").await.says("no suspicious patterns"));
}

#[actix_web::test]
async fn the_lists_say_how_many_of_what_they_count_readers_do_not_see() {
    let site = TestSite::start();
    let ada = sign_in_as(&site, "ada", Role::Admin).await;
    let page = ada.page("/admin/categories").await;
    assert!(page.says("3 tools, 1 of them unpublished") && page.says("2 tools"), "{page}");
    assert!(ada.page("/admin/reviewers").await.says("5 reviews, 1 of them unpublished"));
}
