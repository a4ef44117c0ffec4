//! Nothing that is done for a request reads a whole table that grows: every statement that a running site executes is
//! overheard and then explained, on SQLite, and on PostgreSQL where `SHIPTALLY_TEST_POSTGRES` names a server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where something is not as it must be"
)]

#[expect(dead_code, reason = "what the tests through HTTP need is more than this one does")]
#[path = "http/page.rs"]
mod page;
#[expect(dead_code, reason = "what the tests through HTTP need is more than this one does")]
#[path = "http/site.rs"]
mod site;
mod support;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use chrono::Utc;
use diesel::{
    ExpressionMethods, QueryDsl, RunQueryDsl,
    connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation},
    dsl::sql,
    sql_types::{Integer, Text},
};
use serde_json::{Value, json};
use shiptally::{
    accounts::{self, Role},
    catalogue::{Catalogue, file, search},
    cli,
    config::Voters,
    db::Db,
    schema::tools,
    session,
    stats::Choice,
    voting::{network, signals, store, vote::Intent},
};
use site::{Browser, PASSWORD, TestSite};
use support::TestDatabase;

/// The tables that grow with the catalogue, with members or with their votes.
const GROWING: [&str; 11] = [
    "votes",
    "tallies",
    "tools",
    "accounts",
    "sessions",
    "reviews",
    "facts",
    "price_plans",
    "submissions",
    "changes",
    "log_entries",
];

/// Those that stay small: one row for each subject, each person of the panel, each counter, each act of a moderator
/// on votes, and what looks bought in a few days.
const SMALL: [&str; 6] = ["categories", "reviewers", "versions", "exclusions", "signals", "site_settings"];

/// Indexes of the few votes that are left out, and of the few acts that take another back: to read one of these whole
/// is little.
const OF_FEW: [&str; 3] = ["votes_excluded", "votes_exclusion_id", "log_entries_withdraws"];

/// Lists of the desk, and the tables that they go through.
const LISTS: &[(&[&str], &[&str])] = &[
    (
        &[
            "/admin/tools",
            "/admin/tools?q=ool-1&status=published&category=research&sort=name&page=2",
            "/admin/tools?attention=stale&sort=checked",
            "/admin/tools?attention=few-reviews",
            "/admin/tools?attention=draft",
        ],
        &["tools"],
    ),
    (
        &[
            "/admin/comparisons",
            "/admin/comparisons?q=amber&status=published&page=2",
            "/admin/comparisons?attention=side",
        ],
        &["comparisons"],
    ),
    (
        &[
            "/admin/reviewers?q=build",
            "/admin/reviewers?status=draft",
            "/admin/categories?q=dev",
            "/admin/categories?status=archived",
        ],
        &[],
    ),
    (&["/admin/queue", "/admin/queue?q=quartz", "/admin/queue?status=all&page=2"], &["submissions"]),
];

#[tokio::test]
async fn no_request_reads_a_whole_table() {
    set_default_instrumentation(ear).unwrap();
    no_request_scans_on(TestDatabase::fresh()).await;
    let second = TestDatabase::on_sqlite();
    // Whatever the first was, SQLite is always looked at.
    no_request_scans_on(second).await;
}

async fn no_request_scans_on(database: TestDatabase) {
    let site = TestSite::on(database, &[]);
    let mut conn = site.connect();
    fill(&site, &mut conn);
    cli::settle();

    heard();
    ask_for_everything(&site).await;
    ask_for_tools_at_the_desk(&site).await;
    ask_of_votes_and_people(&site).await;
    follow_others(&mut conn);
    // How a catalogue is searched that is too large for memory.
    search::matching(&mut conn, "amber tool", 100).unwrap();
    let statements = heard();

    // These are meant to read everything: the directory of the catalogue and the index of its words, once in each of
    // its versions, and the tallies, for pages that are ordered by them, once until the next vote, and to see which tools
    // were deleted, once after a change of the catalogue.
    let directory = Catalogue::default().current(&mut conn).unwrap();
    directory.search(&mut conn, "amber").unwrap();
    store::all_tallies(&mut conn).unwrap();
    store::tools_with_tally(&mut conn).unwrap();
    let whole = heard();

    let explained: Vec<&String> = statements.difference(&whole).collect();
    for table in GROWING {
        let named = |statement: &&&String| words(statement).any(|word| word == table);
        assert!(explained.iter().any(|statement| named(&statement)), "no request asks for {table}");
    }
    let faults: Vec<String> = explained
        .into_iter()
        .flat_map(|statement| {
            full_scans(&mut conn, statement).into_iter().map(move |scan| format!("{scan}: {statement}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} read in full:\n{}", faults.len(), faults.join("\n"));

    // Lists of the desk find parts of names, so they go through what they list, but through nothing else.
    for (pages, listed) in LISTS {
        let desk = site.browser();
        desk.sign_in("moderator").await;
        heard();
        for page in *pages {
            desk.page(page).await;
        }
        let lists = heard();
        assert!(lists.iter().any(|statement| statement.contains("LIKE")), "{lists:?}");
        let faults: Vec<String> = lists
            .iter()
            .flat_map(|statement| full_scans(&mut conn, statement))
            .filter(|scan| !words(scan).any(|word| listed.contains(&word)))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    // And one that reads everything is noticed.
    assert_ne!(full_scans(&mut conn, "SELECT id FROM votes WHERE choice = 1"), [""; 0]);
    assert_ne!(full_scans(&mut conn, "SELECT id FROM votes ORDER BY account_id, tool_id"), [""; 0]);
    assert_ne!(full_scans(&mut conn, "SELECT t.id FROM tools t WHERE upper(t.slug) = 'A'"), [""; 0]);
    assert_ne!(full_scans(&mut conn, "UPDATE accounts SET role = 0 WHERE password_hash = 'x'"), [""; 0]);
    assert_eq!(full_scans(&mut conn, "SELECT id FROM votes WHERE tool_id IN (1, 2)"), [""; 0]);
}

// --- What is overheard

static HEARD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn ear() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split(" -- binds:").next().unwrap_or(&text).trim().to_owned();
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).insert(statement);
        }
    }))
}

/// The statements that read or write rows, since this was last asked.
fn heard() -> BTreeSet<String> {
    let all = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    let rows = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"];
    all.into_iter()
        .filter(|statement| rows.contains(&words(statement).next().unwrap_or_default()))
        // What a pool asks to see whether a connection lives.
        .filter(|statement| statement != "SELECT 1")
        // What is asked about none of the rows finds none, and the database knows it.
        .filter(|statement| !statement.contains("(1=0)"))
        // The highest id is the end of an index, which the settings below forbid to walk.
        .filter(|statement| !statement.starts_with("SELECT max(\"tools\".\"id\")"))
        // PostgreSQL cannot tell the types of arrays that are given to an insert, and there is no table to read.
        .filter(|statement| {
            !(statement.starts_with("INSERT") && statement.to_lowercase().contains("unnest("))
        })
        .collect()
}

fn words(statement: &str) -> impl Iterator<Item = &str> {
    statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

// --- What a site is asked

/// 200 tools more, 40 members, and votes of theirs.
fn fill(site: &TestSite, conn: &mut Db) {
    let mut catalogue = site::catalogue();
    let pattern = catalogue["tools"][0].clone();
    let tools = catalogue["tools"].as_array_mut().unwrap();
    for n in 0..200 {
        let mut tool = pattern.clone();
        tool["slug"] = format!("tool-{n}").into();
        tool["name"] = format!("Tool {n}").into();
        tool["pricing"]["plans"] =
            json!([{"name": "Team", "price": "20.00", "currency": "USD", "per": "month"}]);
        tools.push(tool);
    }
    let parsed = file::parse(&Value::to_string(&catalogue)).unwrap();
    file::import(conn, &parsed, Utc::now().naive_utc(), |_, _| {}).unwrap();
    let members: Vec<i64> = (0..40).map(|n| site.account(&format!("member-{n}"), Role::Member)).collect();
    let intents: Vec<Intent> = members
        .iter()
        .flat_map(|account_id| (0..50).map(|n| (*account_id, n)))
        .map(|(account_id, n)| Intent {
            account_id,
            tool: format!("tool-{n}"),
            choice: Some(if (account_id + n) % 3 == 0 { Choice::Skip } else { Choice::Ship }),
            network: None,
        })
        .collect();
    store::cast_all(conn, &intents, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    if !site.is_on_sqlite() {
        // What a server does by itself before long; nobody does it on SQLite.
        conn.batch_execute("ANALYZE").unwrap();
    }
}

/// Every page and every form, of somebody who is signed out and of a member.
async fn ask_for_everything(site: &TestSite) {
    let visitor = site.browser();
    site.account("reader", Role::Member);
    let member = site.browser();
    member.sign_in("reader@example.org").await;
    member.post("/logout", &[]).await;
    member.sign_in("Reader").await;
    assert_eq!(member.vote("amber", "ship").await.0, 200);
    assert_eq!(member.vote("amber", "skip").await.0, 200);
    assert_eq!(member.vote("basalt", "ship").await.0, 200);
    assert_eq!(member.vote("basalt", "retract").await.0, 200);

    for browser in [&visitor, &member] {
        for path in [
            "/",
            "/methodology",
            "/tools",
            "/tools?page=3",
            "/tools?sort=community",
            "/tools?sort=gap&category=research",
            "/tools?q=amber",
            "/tools?q=tool+1&category=developer-tools&sort=panel",
            "/tools?q=nothingofthename",
            "/tools/amber",
            "/tools/tool-7",
            "/tools/amber/tally",
            "/categories",
            "/categories/research",
            "/reviewers",
            "/reviewers/builder",
            "/compare",
            "/compare/amber-vs-basalt",
            "/compare/cobalt-vs-tool-12",
            "/changes",
            "/changes?kind=price&before=9",
            "/changes?tool=amber",
            "/changes.xml?kind=fact&tool=amber",
            "/moderation",
            "/moderation?kind=votes&before=9",
            "/moderation.xml",
        ] {
            browser.page(path).await;
        }
        for path in
            ["/tools/nothing", "/categories/nothing", "/reviewers/nobody", "/compare/amber-vs-bassalt"]
        {
            assert_eq!(browser.get(path).await.status(), 404, "{path}");
        }
        for path in ["/live?tool=amber", "/live?tool=amber&tool=tool-3", "/compare/amber-vs-basalt/live"] {
            assert_eq!(browser.get(path).await.status(), 200, "{path}");
        }
        for path in ["/signup", "/login", "/account", "/compare?a=amber", "/compare?a=amber&b=bas"] {
            browser.get(path).await;
        }
    }
    member.page("/account").await;
    send_to_the_desk(site, &member).await;
    ask_at_the_desk(site).await;

    // A choice that is kept until its voter has signed up.
    assert_eq!(visitor.post("/tools/cobalt/vote", &[("choice", "ship")]).await.status(), 303);
    visitor.page("/login").await;
    let new = [("handle", "newcomer"), ("email", "newcomer@example.org"), ("password", PASSWORD)];
    assert_eq!(visitor.post("/signup", &new).await.status(), 303);
    assert!(visitor.page("/account").await.says("Cobalt"));

    let wrong = [("email", "newcomer@example.org"), ("password", "not the password")];
    assert_eq!(site.browser().post("/login", &wrong).await.status(), 422);
    let change = [("current", PASSWORD), ("password", "another sentence of four words")];
    assert_eq!(visitor.post("/account/password", &change).await.status(), 303);
}

/// Every page and every form of tools and histories at the desk.
async fn ask_for_tools_at_the_desk(site: &TestSite) {
    site.account("moderator", Role::Moderator);
    let desk = site.browser();
    desk.sign_in("moderator").await;
    desk.page("/admin/tools/new?name=New&submission=1").await;
    let new = [("name", "New one"), ("category", "research"), ("tagline", "New"), ("submission", "1")];
    assert_eq!(desk.post("/admin/tools/new", &new).await.status(), 303);
    desk.page("/admin/tools/7").await;
    let change =
        [("slug", "tool-2"), ("name", "Tool"), ("category", "research"), ("tagline", "New"), ("token", "x")];
    assert_eq!(desk.post("/admin/tools/8", &change).await.status(), 409);
    let archive = |token: &'static str| {
        [&change[..4], &[("do", "archive"), ("reason", "x"), ("token", token)]].concat()
    };
    assert_eq!(desk.post("/admin/tools/8", &archive("x")).await.status(), 409);
    assert_eq!(
        desk.post("/admin/tools/8", &[&change[..4], &[("do", "preview")]].concat()).await.status(),
        200
    );
    let page = desk.page("/admin/tools/8").await;
    let token = page.hidden("token");
    let rename = [&change[..4], &[("token", &*token), ("slug", "tool-2"), ("do", "publish")]].concat();
    assert_eq!(desk.post("/admin/tools/8", &rename).await.status(), 303);
    for path in ["/admin/history/tool/8", "/admin/history/tool/8?from=1&to=2", "/admin/history/comparison/1"]
    {
        desk.page(path).await;
    }
    let withdraw = [("number", "2"), ("reason", "x")];
    assert_eq!(desk.post("/admin/history/tool/8/withdraw", &withdraw).await.status(), 303);
    let restore = [("number", "2"), ("reason", "x")];
    assert_eq!(desk.post("/admin/history/tool/8/restore", &restore).await.status(), 303);
}

/// What members send to the desk, and what moderators do with it.
async fn send_to_the_desk(site: &TestSite, member: &Browser) {
    let suggestion = [
        ("name", "Quartz"),
        ("website", "quartz.example"),
        ("why", "We ship with it."),
        ("category", "research"),
    ];
    let correction = [("field", "name"), ("value", "Ambers")];
    let report = [("take", "builder"), ("reason", "wrong"), ("words", "It is not so.")];
    for (path, form) in [
        ("/submit", &suggestion[..]),
        ("/tools/amber/correct", &correction),
        ("/tools/amber/report", &report),
        ("/tools/tool-3/report", &report),
    ] {
        member.page(path).await;
        assert_eq!(member.post(path, form).await.status(), 303, "{path}");
    }
    member.page("/account").await;
    member.page("/account/sent").await;

    site.account("editor", Role::Moderator);
    let moderator = site.browser();
    moderator.sign_in("editor").await;
    for query in ["", "?who=mine", "?who=taken&kind=tool", "?who=free&q=amber", "?status=accepted&q=x&page=2"]
    {
        moderator.page(&format!("/admin/queue{query}")).await;
    }
    for id in 1..=4 {
        assert_eq!(moderator.post(&format!("/admin/queue/{id}/take"), &[]).await.status(), 303);
        moderator.page(&format!("/admin/queue/{id}")).await;
    }
    for (act, form) in [
        ("1/accept", &[("how", "done"), ("entry", "basalt")][..]),
        ("2/accept", &[("how", "done")]),
        ("3/decline", &[("reason", "It is so.")]),
        ("4/release", &[]),
    ] {
        assert_eq!(moderator.post(&format!("/admin/queue/{act}"), form).await.status(), 303, "{act}");
    }
    assert!(shiptally::inbox::open_count(&mut site.connect()).is_ok());
}

/// What moderators ask of votes and people.
async fn ask_of_votes_and_people(site: &TestSite) {
    site.account("marlow", Role::Admin);
    let desk = site.browser();
    desk.sign_in("marlow").await;
    let mut conn = site.connect();
    let tool: i64 = tools::table.filter(tools::slug.eq("tool-7")).select(tools::id).first(&mut conn).unwrap();
    let person = accounts::store::find_by_login(&mut conn, "member-7").unwrap().expect("it was made").id;
    desk.post("/admin/votes/scan", &[]).await;
    let why = [("kind", "burst"), ("reason", "Bought.")];
    let hour = Utc::now().timestamp() / 3600;
    for path in [
        "/admin/votes",
        "/admin/votes?q=member",
        &format!("/admin/votes/tools/{tool}"),
        &format!("/admin/votes/tools/{tool}?new=1&hour={hour}&network=4711"),
        &format!("/admin/votes/confirm?tool={tool}&new=1"),
        "/admin/people",
        "/admin/people?q=member&show=new",
        "/admin/people?show=suspended",
        "/admin/people?show=admins",
        &format!("/admin/people/{person}"),
    ] {
        desk.page(path).await;
    }
    for signal in signals::open(&mut conn, 100).unwrap() {
        desk.page(&format!("/admin/votes/signals/{}", signal.id)).await;
        desk.page(&format!("/admin/votes/confirm?signal={}", signal.id)).await;
        desk.post(&format!("/admin/votes/signals/{}/dismiss", signal.id), &why).await;
        desk.post(&format!("/admin/votes/signals/{}/reopen", signal.id), &[]).await;
    }
    let confirm = format!("/admin/votes/confirm?tool={tool}");
    let as_of = desk.page(&confirm).await.hidden("as_of");
    let excluded = desk.post(&confirm, &[("as_of", as_of.as_str()), why[0], why[1]]).await;
    let exclusion = site::location(&excluded).to_owned();
    desk.page(&exclusion).await;
    desk.page("/tools/tool-7").await;
    for act in ["suspend", "lift"] {
        let answer = desk.post(&format!("/admin/people/{person}/{act}"), &why).await;
        assert_eq!(answer.status(), 303, "{act}");
    }
    assert_eq!(desk.post(&format!("{exclusion}/undo"), &why).await.status(), 303);
    let role = [("role", "moderator"), ("password", PASSWORD)];
    assert_eq!(desk.post(&format!("/admin/people/{person}/role"), &role).await.status(), 303);
    network::forget_old(&mut conn, Utc::now().naive_utc()).unwrap();
}

/// Every page and every form of the desk.
async fn ask_at_the_desk(site: &TestSite) {
    site.account("chief", Role::Admin);
    let admin = site.browser();
    admin.sign_in("chief").await;
    assert_eq!(admin.post("/admin/settings", &[("stale_days", "30")]).await.status(), 303);
    for path in [
        "/admin",
        "/admin/settings",
        "/admin/log",
        "/admin/log?act=edited&object=tool&by=chief&q=amber&before=90",
    ] {
        admin.page(path).await;
    }
    let again = [("password", PASSWORD), ("next", "/admin/log")];
    assert_eq!(admin.post("/admin/door", &again).await.status(), 303);
    assert_eq!(admin.get("/setup/none").await.status(), 404);
}

/// What a site does by itself while it is asked: it follows the votes of other nodes, and clears sessions away.
fn follow_others(conn: &mut Db) {
    let member = accounts::store::find_by_login(conn, "member-1").unwrap().expect("it was made");
    let intent = Intent { account_id: member.id, tool: "tool-1".into(), choice: None, network: None };
    store::cast_all(conn, &[intent], Voters::Anyone, Utc::now().naive_utc()).unwrap();
    cli::settle();
    session::remove_expired(conn, Utc::now().naive_utc()).unwrap();
}

// --- What the databases say

/// The growing tables that the database would read from end to end for this statement, if any.
fn full_scans(conn: &mut Db, statement: &str) -> Vec<String> {
    match conn {
        Db::Sqlite(conn) => {
            let plan: Vec<(i32, i32, i32, String)> =
                sql::<(Integer, Integer, Integer, Text)>(&format!("EXPLAIN QUERY PLAN {statement}"))
                    .load(conn)
                    .unwrap();
            plan.into_iter().map(|(_, _, _, line)| line).filter(|line| is_full_scan(line)).collect()
        }
        Db::Pg(conn) => {
            let binds = (1..).take_while(|n| words_with_marks(statement).any(|word| word == format!("${n}")));
            let nulls = vec!["NULL"; binds.count()].join(", ");
            let nulls = if nulls.is_empty() { nulls } else { format!("({nulls})") };
            // The tables are small, so reading them in full would be best. With all but bitmaps of an index and
            // nested loops off, that is left for where no index has a condition to look for. The plan is the one
            // for any values.
            let off: String = ["seqscan", "indexscan", "indexonlyscan", "hashjoin", "mergejoin"]
                .map(|way| format!("SET enable_{way} = off; "))
                .concat();
            conn.batch_execute(&format!(
                "{off} SET plan_cache_mode = force_generic_plan; PREPARE looked_at AS {statement}"
            ))
            .unwrap();
            let plan: String = sql::<Text>(&format!("EXPLAIN (FORMAT JSON) EXECUTE looked_at{nulls}"))
                .get_result(conn)
                .unwrap();
            conn.batch_execute("DEALLOCATE looked_at").unwrap();
            let mut found = Vec::new();
            full_scans_in(&serde_json::from_str(&plan).unwrap(), &mut found);
            found
        }
    }
}

/// Whether a line of SQLite's plan goes through a whole table, be it in the order of an index. `SEARCH` does not, nor
/// does a scan of a virtual table with a condition that its index knows.
fn is_full_scan(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("SCAN ") else { return false };
    let by_its_index = rest.contains(" VIRTUAL TABLE INDEX ") && !rest.ends_with(':');
    let table = rest.split(' ').next().unwrap_or_default();
    let rows_of_its_own = rest == "CONSTANT ROW" || rest.ends_with("VALUES CLAUSE");
    !by_its_index && !rows_of_its_own && !SMALL.contains(&table)
}

/// The same in a plan of PostgreSQL: a table that is read as it lies, or by an index without a condition on it.
fn full_scans_in(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Array(all) => all.iter().for_each(|part| full_scans_in(part, found)),
        Value::Object(node) => {
            let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
            let (kind, table) = (text("Node Type"), text("Relation Name"));
            let whole = match kind {
                "Seq Scan" | "Sample Scan" => true,
                "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => !node.contains_key("Index Cond"),
                _ => false,
            };
            if whole && !SMALL.contains(&table) && !OF_FEW.contains(&text("Index Name")) {
                found.push(format!("{kind} {table} {}", text("Index Name")).trim().to_owned());
            }
            node.values().for_each(|part| full_scans_in(part, found));
        }
        _ => {}
    }
}

fn words_with_marks(statement: &str) -> impl Iterator<Item = &str> {
    statement.split(|c: char| !c.is_alphanumeric() && c != '$').filter(|word| !word.is_empty())
}
