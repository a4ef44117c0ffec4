//! What a site is asked, and what it holds before.

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::{Value, json};
use shiptally::accounts::{self, Role};
use shiptally::catalogue::file;
use shiptally::config::Voters;
use shiptally::db::Db;
use shiptally::db::schema::{review_drafts, reviewers, tools};
use shiptally::db::versions::{self, Of};
use shiptally::integrity::patterns;
use shiptally::stats::Choice;
use shiptally::votes::vote::Intent;
use shiptally::votes::{cast, network};
use shiptally::web::{idempotency, saved_forms, session};

use crate::site::{Browser, PASSWORD, TestSite, catalogue, location};

/// 200 tools more, 40 members, and votes of theirs.
pub(crate) fn fill(site: &TestSite, conn: &mut Db) {
    let mut catalogue = catalogue();
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
    cast::cast_all(conn, &intents, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    if !site.is_on_sqlite() {
        // What a server does by itself before long; nobody does it on SQLite.
        conn.batch_execute("ANALYZE").unwrap();
    }
}

/// A browser of a new account with this role.
pub(crate) async fn signed_in(site: &TestSite, handle: &str, role: Role) -> Browser {
    site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

/// Every page and every form for readers, of somebody who is signed out and of a member.
pub(crate) async fn read_and_vote(site: &TestSite) {
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
            "/tools?q=amber+vs+basalt",
            "/tools?price=free&open_source=1&sort=votes",
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
        for path in [
            "/signup",
            "/login",
            "/account",
            "/compare?a=amber",
            "/compare?a=amber&b=bas",
            "/pictures/none.png",
        ] {
            browser.get(path).await;
        }
    }
    member.page("/account").await;
    send_submissions(&member).await;

    // A choice that is kept until its voter has signed up.
    assert_eq!(visitor.post("/tools/cobalt/vote", &[("choice", "ship")]).await.status(), 303);
    visitor.page("/login").await;
    let new = [("handle", "newcomer"), ("email", "newcomer@example.org"), ("password", PASSWORD)];
    assert_eq!(visitor.post("/signup", &new).await.status(), 303);
    assert!(visitor.page("/account").await.says("Cobalt"));

    let wrong = [("email", "newcomer@example.org"), ("password", "not the password")];
    assert_eq!(site.browser().post("/login", &wrong).await.status(), 422);
    let change = [("current", PASSWORD), ("password", "another sentence of four words")];
    assert_eq!(visitor.post("/account/sessions", &[("session", "others")]).await.status(), 303);
    assert_eq!(visitor.post("/account/sessions", &[("session", "none")]).await.status(), 303);
    let moved = [("current", PASSWORD), ("email", "moved@example.org")];
    assert_eq!(visitor.post("/account/email", &moved).await.status(), 303);
    assert_eq!(visitor.post("/account/password", &change).await.status(), 303);
}

/// Every page and every form of tools and histories in the admin area.
pub(crate) async fn edit_tools(site: &TestSite) {
    let admin = signed_in(site, "moderator", Role::Moderator).await;
    admin.page("/admin/tools/new?name=New&submission=1").await;
    let new = [("name", "New one"), ("category", "research"), ("tagline", "New"), ("submission", "1")];
    assert_eq!(admin.post("/admin/tools/new", &new).await.status(), 303);
    admin.page("/admin/tools/7").await;
    admin.page("/admin/tools/7/logo").await;
    let change =
        [("slug", "tool-2"), ("name", "Tool"), ("category", "research"), ("tagline", "New"), ("token", "x")];
    assert_eq!(admin.post("/admin/tools/8", &change).await.status(), 409);
    let archive = |token: &'static str| {
        [&change[..4], &[("do", "archive"), ("reason", "x"), ("token", token)]].concat()
    };
    assert_eq!(admin.post("/admin/tools/8", &archive("x")).await.status(), 409);
    assert_eq!(
        admin.post("/admin/tools/8", &[&change[..4], &[("do", "preview")]].concat()).await.status(),
        200
    );
    let page = admin.page("/admin/tools/8").await;
    let token = page.hidden("token");
    let rename = [&change[..4], &[("token", &*token), ("slug", "tool-2"), ("do", "publish")]].concat();
    assert_eq!(admin.post("/admin/tools/8", &rename).await.status(), 303);
    for path in ["/admin/history/tool/8", "/admin/history/tool/8?from=1&to=2", "/admin/history/comparison/1"]
    {
        admin.page(path).await;
    }
    let withdraw = [("number", "2"), ("reason", "x")];
    assert_eq!(admin.post("/admin/history/tool/8/withdraw", &withdraw).await.status(), 303);
    let restore = [("number", "2"), ("reason", "x")];
    assert_eq!(admin.post("/admin/history/tool/8/restore", &restore).await.status(), 303);
}

/// Every form by which members send something to the admin area.
pub(crate) async fn send_submissions(member: &Browser) {
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
}

/// What moderators do with what a member has sent.
pub(crate) async fn work_on_the_queue(site: &TestSite) {
    let moderator = signed_in(site, "editor", Role::Moderator).await;
    for query in ["", "?who=mine", "?who=taken&kind=tool", "?who=free&q=amber", "?status=accepted&q=x&page=2"]
    {
        moderator.page(&format!("/admin/queue{query}")).await;
    }
    for id in 1..=4 {
        assert_eq!(moderator.post(&format!("/admin/queue/{id}/take"), &[]).await.status(), 303);
        moderator.page(&format!("/admin/queue/{id}")).await;
    }
    let reply = [("title", "Known"), ("body", "We know it.")];
    assert_eq!(moderator.post("/admin/queue/replies", &reply).await.status(), 303);
    assert_eq!(moderator.post("/admin/queue/replies/1", &reply).await.status(), 303);
    assert_eq!(moderator.post("/admin/queue/next", &[("after", "4")]).await.status(), 303);
    assert_eq!(moderator.post("/admin/queue/4/take", &[]).await.status(), 303);
    for (act, form) in [
        ("1/accept", &[("how", "done"), ("entry", "basalt")][..]),
        ("2/accept", &[("how", "done")]),
        ("3/decline", &[("reason", "It is so.")]),
        ("4/release", &[]),
    ] {
        assert_eq!(moderator.post(&format!("/admin/queue/{act}"), form).await.status(), 303, "{act}");
    }
    assert!(shiptally::submissions::open_count(&mut site.connect()).is_ok());
}

/// What moderators ask of votes and people.
pub(crate) async fn ask_of_votes_and_people(site: &TestSite) {
    let admin = signed_in(site, "marlow", Role::Admin).await;
    let mut conn = site.connect();
    let tool: i64 = tools::table.filter(tools::slug.eq("tool-7")).select(tools::id).first(&mut conn).unwrap();
    let person = accounts::store::find_by_login(&mut conn, "member-7").unwrap().expect("it was made").id;
    admin.post("/admin/votes/scan", &[]).await;
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
        admin.page(path).await;
    }
    let open = patterns::open(&mut conn, 100).unwrap();
    assert!(!open.is_empty(), "there is something to look at");
    for signal in open {
        admin.page(&format!("/admin/votes/signals/{}", signal.id)).await;
        admin.page(&format!("/admin/votes/confirm?signal={}", signal.id)).await;
        admin.post(&format!("/admin/votes/signals/{}/dismiss", signal.id), &why).await;
        admin.post(&format!("/admin/votes/signals/{}/reopen", signal.id), &[]).await;
    }
    let confirm = format!("/admin/votes/confirm?tool={tool}");
    let votes = admin.page(&confirm).await.hidden("votes");
    let excluded = admin.post(&confirm, &[("votes", votes.as_str()), why[0], why[1]]).await;
    let exclusion = location(&excluded).to_owned();
    admin.page(&exclusion).await;
    admin.page("/tools/tool-7").await;
    for act in ["suspend", "lift"] {
        let answer = admin.post(&format!("/admin/people/{person}/{act}"), &why).await;
        assert_eq!(answer.status(), 303, "{act}");
    }
    assert_eq!(admin.post(&format!("{exclusion}/undo"), &why).await.status(), 303);
    let role = [("role", "moderator"), ("password", PASSWORD)];
    assert_eq!(admin.post(&format!("/admin/people/{person}/role"), &role).await.status(), 303);
    write_reviews(site, &admin, &mut conn).await;
    network::forget_old(&mut conn, Utc::now().naive_utc()).unwrap();

    // Two tools become one, and two again.
    let merge = format!("/admin/tools/{tool}/merge");
    let form = admin.page(&format!("{merge}?into=tool-8")).await;
    let [source, target] = ["source-token", "target-token"].map(|name| form.hidden(name));
    let pairs =
        [("into", "tool-8"), ("source-token", &*source), ("target-token", &*target), ("reason", "One tool")];
    let merged = admin.post(&merge, &pairs).await;
    let merged = location(&merged).to_owned();
    admin.page(&merged).await;
    assert_eq!(admin.post(&format!("{merged}/undo"), &[]).await.status(), 303);
}

/// What a reviewer writes on pages of their own, and what becomes of it.
async fn write_reviews(site: &TestSite, admin: &Browser, conn: &mut Db) {
    let writer = signed_in(site, "writer", Role::Member).await;
    let account = accounts::store::find_by_login(conn, "writer").unwrap().expect("it was made").id;
    let builder: i64 =
        reviewers::table.filter(reviewers::slug.eq("builder")).select(reviewers::id).first(conn).unwrap();
    let link = [("reviewer", builder.to_string())];
    let link = [(link[0].0, link[0].1.as_str())];
    assert_eq!(admin.post(&format!("/admin/people/{account}/reviewer"), &link).await.status(), 303);
    let take = [("verdict", "ship"), ("take", "It runs."), ("reviewed_on", "2026-11-20"), ("do", "send")];
    for tool in ["amber", "tool-3", "tool-4"] {
        writer.page(&format!("/account/reviews/{tool}")).await;
        assert_eq!(writer.post(&format!("/account/reviews/{tool}"), &take).await.status(), 303);
    }
    writer.page("/account/reviews").await;
    admin.page("/admin/reviews").await;
    let drafts: Vec<i64> = review_drafts::table
        .filter(review_drafts::account_id.eq(account))
        .select(review_drafts::id)
        .load(conn)
        .unwrap();
    assert_eq!(admin.post(&format!("/admin/reviews/{}/publish", drafts[0]), &[]).await.status(), 303);
    let note = [("reason", "Which?")];
    assert_eq!(admin.post(&format!("/admin/reviews/{}/return", drafts[1]), &note).await.status(), 303);
    assert_eq!(
        admin.post(&format!("/admin/people/{account}/reviewer"), &[("reviewer", "")]).await.status(),
        303
    );
}

/// The admin area's first screen, log, settings and door.
pub(crate) async fn ask_at_the_admin_area(site: &TestSite) {
    let admin = signed_in(site, "chief", Role::Admin).await;
    assert_eq!(admin.post("/admin/settings", &[("stale_days", "30")]).await.status(), 303);
    for path in [
        "/admin",
        "/admin/suggestions?q=tool",
        "/admin/settings",
        "/admin/log",
        "/admin/log?act=edited&object=tool&by=chief&q=amber&before=90",
    ] {
        admin.page(path).await;
    }
    let again = [("password", PASSWORD), ("next", "/admin/log")];
    assert_eq!(admin.post("/admin/door", &again).await.status(), 303);
    assert_eq!(admin.get("/setup/none").await.status(), 404);

    // A form that is sent twice, and one whose sender has been signed out meanwhile.
    let key = admin.page("/admin/settings").await.hidden("form_key");
    let form = [("form_key", key.as_str()), ("stale_days", "31")];
    for _ in 0..2 {
        assert_eq!(admin.post("/admin/settings", &form).await.status(), 303);
    }
    admin.post("/logout", &[]).await;
    assert_eq!(location(&admin.post("/admin/settings", &form).await), "/login?next=%2Fadmin%2Fsaved");
    admin.sign_in("chief").await;
    admin.page("/admin/saved").await;
    assert_eq!(admin.post("/admin/saved", &[]).await.status(), 303);
}

/// What a site does by itself while it is asked: it follows the votes of other nodes, looks whether tools that somebody watches
/// are still there, and clears sessions away.
pub(crate) async fn follow_others(site: &TestSite, conn: &mut Db) {
    let member = accounts::store::find_by_login(conn, "member-1").unwrap().expect("it was made");
    // A group of votes, as a busy site writes them.
    let intent = |n| Intent { account_id: member.id, tool: format!("tool-{n}"), choice: None, network: None };
    let group: Vec<Intent> = (1..60).map(intent).collect();
    cast::cast_all(conn, &group, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    let _watched = site.browser().get("/live?tool=amber").await;
    versions::raise(conn, Of::Catalogue).unwrap();
    site.settle();
    session::remove_expired(conn, Utc::now().naive_utc()).unwrap();
    idempotency::remove_old(conn, Utc::now().naive_utc()).unwrap();
    saved_forms::remove_old(conn, Utc::now().naive_utc()).unwrap();
}
