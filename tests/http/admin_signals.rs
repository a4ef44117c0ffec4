//! What seems bought: what a young site does not raise, what a dismissal mutes and what it does not, and what is
//! forgotten in time.

use chrono::{Duration, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use shiptally::accounts::Role;
use shiptally::config::Voters;
use shiptally::db::Db;
use shiptally::db::schema::{accounts, tools};
use shiptally::integrity::patterns::{self, SuspiciousPattern};
use shiptally::stats::Choice;
use shiptally::votes::ExclusionKind;
use shiptally::votes::cast::cast_all;
use shiptally::votes::vote::Intent;
use shiptally::{each, integrity};

use crate::admin_records::sign_in_as;
use crate::page::{Page, Part};
use crate::site::TestSite;

/// A network as it is kept with a vote; it is found in no other number of the tests.
const NETWORK: i64 = 4_711_471_147_114_711;

/// New members who ship a tool at a moment, from one network or from anywhere. Returns their ids.
fn ship(site: &TestSite, tool: &str, names: &[String], at: NaiveDateTime, network: Option<i64>) -> Vec<i64> {
    let ids: Vec<i64> = names.iter().map(|name| site.account(name, Role::Member)).collect();
    let intents: Vec<Intent> = ids
        .iter()
        .map(|id| Intent { account_id: *id, tool: tool.into(), choice: Some(Choice::Ship), network })
        .collect();
    let done = cast_all(&mut site.connect(), &intents, Voters::Anyone, at).unwrap();
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    site.settle();
    ids
}

fn names(prefix: &str, n: usize) -> Vec<String> {
    (0..n).map(|n| format!("{prefix}-{n}")).collect()
}

fn open_kinds(conn: &mut Db) -> Vec<ExclusionKind> {
    let mut kinds: Vec<ExclusionKind> =
        patterns::open(conn, 100).unwrap().iter().map(|signal| signal.kind).collect();
    kinds.sort();
    kinds
}

#[test]
fn on_a_young_site_neither_new_accounts_nor_a_full_hour_are_unusual() {
    let site = TestSite::start();
    let (conn, now) = (&mut site.connect(), Utc::now().naive_utc());
    // Twenty new accounts, within an hour, on the only tool that anybody voted on.
    ship(&site, "amber", &names("first", 20), now, None);
    assert_eq!(patterns::scan(conn, now).unwrap(), 0, "{:?}", patterns::open(conn, 10));

    // As many votes elsewhere by accounts that are not new make it unusual that all on amber are; and the past makes
    // an hour of twenty unusual too.
    let old = ship(&site, "basalt", &names("old", 20), now - Duration::days(3), None);
    let made = format!("UPDATE accounts SET created_at = '2025-01-01 00:00:00' WHERE id IN ({})", list(&old));
    site.sql(&made);
    patterns::scan(conn, now).unwrap();
    assert_eq!(open_kinds(conn), [ExclusionKind::Burst, ExclusionKind::NewAccounts]);
    let words: Vec<String> =
        patterns::open(conn, 10).unwrap().into_iter().map(|signal| signal.words).collect();
    assert!(words.iter().any(|words| words.contains("on the other tools it is 0 of 20.")), "{words:?}");
    assert!(
        words.iter().any(|words| words.contains("all tools together usually get 0.3 per hour")),
        "{words:?}"
    );
}

fn list(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_dismissed_signal_is_raised_again_by_others_and_not_by_the_same() {
    let site = TestSite::start();
    let (conn, now) = (&mut site.connect(), Utc::now().naive_utc());
    let dean = site.account("dean", Role::Moderator);
    ship(&site, "amber", &names("class", 12), now, Some(NETWORK));
    patterns::scan(conn, now).unwrap();
    assert_eq!(open_kinds(conn), [ExclusionKind::OneNetwork]);
    let signal = patterns::open(conn, 1).unwrap().remove(0);
    assert!(patterns::dismiss(conn, signal.id, dean, now).unwrap());
    patterns::scan(conn, now).unwrap();
    assert_eq!(open_kinds(conn), [], "nobody is new");

    // Two weeks later fewer others vote from there; the first ones are no longer among the last days' votes.
    let later = now + Duration::days(14);
    ship(&site, "amber", &names("other", 6), later, Some(NETWORK));
    patterns::scan(conn, later).unwrap();
    assert_eq!(open_kinds(conn), [ExclusionKind::OneNetwork], "somebody is new");
    assert_eq!(patterns::open(conn, 1).unwrap()[0].accounts().len(), 6);

    // Dismissed once more, and one of them changes their mind: that is nobody new.
    assert!(patterns::dismiss(conn, signal.id, dean, later).unwrap());
    let known = patterns::dismissed(conn, 1).unwrap()[0].accounts()[0];
    let again = Intent {
        account_id: known,
        tool: "amber".into(),
        choice: Some(Choice::Skip),
        network: Some(NETWORK),
    };
    assert!(cast_all(conn, &[again], Voters::Anyone, later).unwrap()[0].is_ok());
    patterns::scan(conn, later).unwrap();
    assert_eq!(open_kinds(conn), []);
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Where in the whole database a text stands.
fn places_of(conn: &mut Db, text: &str) -> Vec<String> {
    let columns = match conn {
        Db::Sqlite(_) => {
            "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'tool_search%'"
        }
        Db::Pg(_) => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public'"
        }
    };
    let columns: Vec<Column> = each!(conn, c => sql_query(columns).load(c)).unwrap();
    assert!(columns.len() > 100, "all tables are looked at");
    let mut found = Vec::new();
    for Column { table_name, column_name } in columns {
        let query = format!(
            "SELECT CAST({column_name} AS TEXT) AS value FROM {table_name} WHERE CAST({column_name} AS TEXT) LIKE '%{text}%'"
        );
        let rows: Vec<Value> = sql_query(query).load(conn).unwrap();
        found.extend(rows.into_iter().map(|row| format!("{table_name}.{column_name}: {}", row.value)));
    }
    found
}

#[actix_web::test]
async fn after_thirty_days_nothing_that_is_stored_leads_to_a_network() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "marlow", Role::Moderator).await;
    let (conn, now) = (&mut site.connect(), Utc::now().naive_utc());
    // One signal stays open, one is dismissed with a note, one leads to an exclusion.
    for tool in ["amber", "basalt", "cobalt"] {
        ship(&site, tool, &names(tool, 8), now, Some(NETWORK));
    }
    assert_eq!(admin.post("/admin/votes/scan", &[]).await.status(), 303);
    let found = patterns::open(conn, 10).unwrap();
    let of_networks: Vec<&SuspiciousPattern> =
        found.iter().filter(|signal| signal.kind == ExclusionKind::OneNetwork).collect();
    assert_eq!(of_networks.len(), 3);
    let page = format!("/admin/votes/signals/{}", of_networks[0].id);
    let token = admin.page(&page).await.hidden("token");
    let form = [("reason", "A class."), ("token", token.as_str())];
    assert_eq!(admin.post(&format!("{page}/dismiss"), &form).await.status(), 303);
    let confirm = format!("/admin/votes/confirm?signal={}", of_networks[1].id);
    let page = admin.page(&confirm).await;
    let votes = page.hidden("votes");
    let fields = [("votes", votes.as_str()), ("kind", "one-network"), ("reason", "One hand.")];
    assert_eq!(admin.post(&confirm, &fields).await.status(), 303);
    let amber: i64 = tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(conn).unwrap();
    for page in [page, admin.page(&format!("/admin/votes/tools/{amber}")).await] {
        assert!(page.says("Network") || page.says("network"));
        assert!(!page.mentions(&NETWORK.to_string()), "no page and no address names a network");
    }

    let text = NETWORK.to_string();
    assert!(!places_of(conn, &text).is_empty(), "it is kept for a while");
    integrity::forget_networks(conn, now + Duration::days(29)).unwrap();
    assert_eq!(places_of(conn, &text).len(), 24, "with the votes alone, near the end");
    integrity::forget_networks(conn, now + Duration::days(31)).unwrap();
    assert_eq!(places_of(conn, &text), Vec::<String>::new());
    // What the log says of it names none, in whatever way.
    let told = places_of(conn, "came from the same network");
    assert!(!told.is_empty(), "the log tells of the dismissal");
    for line in told {
        assert!(line.ends_with("came from the same network (100%)."), "{line}");
    }
}

#[actix_web::test]
async fn nobody_dismisses_a_pattern_about_their_own_votes() {
    let site = TestSite::start();
    let (marlow, grace) = (
        sign_in_as(&site, "marlow", Role::Moderator).await,
        sign_in_as(&site, "grace", Role::Moderator).await,
    );
    let (conn, now) = (&mut site.connect(), Utc::now().naive_utc());
    ship(&site, "amber", &names("member", 8), now, Some(NETWORK));
    // One of the nine is a moderator.
    let id = accounts::table.filter(accounts::handle.eq("marlow")).select(accounts::id).first(conn).unwrap();
    let own =
        Intent { account_id: id, tool: "amber".into(), choice: Some(Choice::Ship), network: Some(NETWORK) };
    assert!(cast_all(conn, &[own], Voters::Anyone, now).unwrap()[0].is_ok());
    site.settle();
    assert_eq!(grace.post("/admin/votes/scan", &[]).await.status(), 303);
    let of_network = |conn: &mut Db| {
        let mut open = patterns::open(conn, 10).unwrap().into_iter();
        open.find(|pattern| pattern.kind == ExclusionKind::OneNetwork).map(|pattern| pattern.id)
    };
    let page = format!("/admin/votes/signals/{}", of_network(conn).expect("nine votes of one network"));
    let token = grace.page(&page).await.hidden("token");
    let form = [("reason", "A class."), ("token", token.as_str())];

    let refused = marlow.post(&format!("{page}/dismiss"), &form).await;
    assert_eq!(refused.status(), 403);
    let refused = Page::read(refused).await;
    assert!(
        refused.says("This pattern is about your own votes. Another moderator has to decide on it."),
        "{refused}"
    );
    assert!(of_network(conn).is_some(), "it stays open");
    assert_eq!(grace.post(&format!("{page}/dismiss"), &form).await.status(), 303);
    assert!(of_network(conn).is_none(), "another moderator dismisses it");
}

/// The patterns of the page: for each group its heading, and the value of each check box.
fn groups(page: &Page) -> Vec<(String, Vec<String>)> {
    let headings: Vec<String> = page.all("#patterns h3").iter().map(Part::text).collect();
    let mut headings = headings.into_iter();
    let lists = page.all("#patterns ul.picked");
    let values = |list: &Part<'_>| -> Vec<String> {
        list.all("input[name=pattern]").iter().map(|input| input.attr("value").to_owned()).collect()
    };
    lists
        .iter()
        .map(|list| {
            let values = values(list);
            (if values.len() > 1 { headings.next().unwrap_or_default() } else { String::new() }, values)
        })
        .collect()
}

#[actix_web::test]
async fn patterns_of_one_network_stand_together_and_are_dismissed_together() {
    let site = TestSite::start();
    let (conn, now) = (&mut site.connect(), Utc::now().naive_utc());
    ship(&site, "amber", &names("few", 6), now, Some(NETWORK));
    ship(&site, "basalt", &names("many", 9), now, Some(NETWORK));
    ship(&site, "cobalt", &names("else", 7), now, Some(NETWORK + 1));
    patterns::scan(conn, now).unwrap();
    let open = patterns::open(conn, 10).unwrap();
    assert_eq!(open_kinds(conn), [ExclusionKind::OneNetwork; 3]);
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let page = moderator.page("/admin/votes").await;
    let value = |accounts: usize| {
        let pattern = open.iter().find(|pattern| pattern.accounts().len() == accounts).unwrap();
        format!("{} {}", pattern.id, pattern.token())
    };
    let together = "2 patterns from the same network · 15 accounts".to_owned();
    assert_eq!(
        groups(&page),
        [(together, vec![value(9), value(6)]), (String::new(), vec![value(7)])],
        "the strongest first: {page}"
    );
    assert!(!page.mentions(&NETWORK.to_string()), "which network it is stays secret");

    // Nothing is dismissed without a reason or a choice, by whoever is in it, or where one is another by now.
    let send = async |patterns: &[&str], reason: &str| {
        let mut fields: Vec<(&str, &str)> = patterns.iter().map(|pattern| ("pattern", *pattern)).collect();
        fields.push(("reason", reason));
        moderator.post("/admin/votes/dismiss", &fields).await
    };
    let (nine, six) = (value(9), value(6));
    let answer = send(&[&nine], " ").await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.has(&format!("input[name=pattern][value='{nine}'][checked]")), "it is still chosen: {page}");
    assert_eq!(page.complaint("dismiss-reason"), "Enter a reason.");
    let page = Page::read(send(&[], "A class.").await).await;
    assert!(page.says("Select at least one pattern."), "{page}");
    assert_eq!(send(&[&nine, "99999 x"], "A class.").await.status(), 409);
    assert_eq!(
        send(&[&nine, &format!("{} x", value(6).split(' ').next().unwrap())], "A class.").await.status(),
        409
    );
    assert_eq!(patterns::count_open(conn).unwrap(), 3, "all or none");

    assert_eq!(send(&[&nine, &six], "A class.").await.status(), 303);
    let page = moderator.page("/admin/votes").await;
    assert!(page.says("2 patterns dismissed. Each reappears only if it grows."), "{page}");
    assert_eq!(groups(&page), [(String::new(), vec![value(7)])]);
    let told = crate::admin_records::acts(&site);
    assert_eq!(told.len(), 2);
    assert!(
        told.iter().all(|(act, _, _, reason)| act.contains("pattern") && reason == "A class."),
        "{told:?}"
    );
}

#[actix_web::test]
async fn where_all_visitors_look_like_one_the_missing_setting_is_named() {
    let site = TestSite::start();
    let now = Utc::now().naive_utc();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let hint = async || moderator.page("/admin/votes").await.says("SHIPTALLY_TRUSTED_PROXIES");
    assert!(!hint().await, "there are no votes");
    ship(&site, "amber", &names("home", 4), now, Some(NETWORK));
    assert!(!hint().await, "a family");
    ship(&site, "basalt", &names("town", 3), now, Some(NETWORK));
    ship(&site, "basalt", &names("old", 3), now - Duration::days(20), Some(NETWORK + 1));
    ship(&site, "basalt", &names("unknown", 3), now, None);
    assert!(hint().await);
    ship(&site, "cobalt", &names("other", 1), now - Duration::days(1), Some(NETWORK + 1));
    assert!(!hint().await);
}
