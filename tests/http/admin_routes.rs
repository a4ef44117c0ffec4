//! Who may go where: every route of the app, walked with every role. To visitors and members there is nothing under
//! `/admin`, and to moderators nothing that is for admins.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::{Method, Response};
use shiptally::accounts::Role;

use crate::site::{Browser, TestSite};

/// Whom a route is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Door {
    Anybody,
    Moderators,
    Admins,
}
use Door::{Admins, Anybody, Moderators};

/// Every route of the app: its pattern, an address of it, the methods that it takes, and for whom it is there.
const ROUTES: &[(&str, &str, &str, Door)] = &[
    ("/", "/", "GET, HEAD", Anybody),
    ("/methodology", "/methodology", "GET, HEAD", Anybody),
    ("/opensearch.xml", "/opensearch.xml", "GET, HEAD", Anybody),
    ("/site.webmanifest", "/site.webmanifest", "GET, HEAD", Anybody),
    ("/accent/{name}", "/accent/234aa8-a6bfff.css", "GET, HEAD", Anybody),
    ("/about", "/about", "GET, HEAD", Anybody),
    ("/privacy", "/privacy", "GET, HEAD", Anybody),
    ("/imprint", "/imprint", "GET, HEAD", Anybody),
    ("/pictures/{name}", "/pictures/x.png", "GET, HEAD", Anybody),
    ("/tools", "/tools", "GET, HEAD", Anybody),
    ("/tools/{tool}", "/tools/amber", "GET, HEAD", Anybody),
    ("/tools/{tool}/vote", "/tools/amber/vote", "POST", Anybody),
    ("/tools/{tool}/tally", "/tools/amber/tally", "GET, HEAD", Anybody),
    ("/categories", "/categories", "GET, HEAD", Anybody),
    ("/categories/{category}", "/categories/research", "GET, HEAD", Anybody),
    ("/reviewers", "/reviewers", "GET, HEAD", Anybody),
    ("/reviewers/{reviewer}", "/reviewers/builder", "GET, HEAD", Anybody),
    ("/compare", "/compare", "GET, HEAD", Anybody),
    ("/compare/{pair}", "/compare/amber-vs-basalt", "GET, HEAD", Anybody),
    ("/compare/{pair}/live", "/compare/amber-vs-basalt/live", "GET, HEAD", Anybody),
    ("/live", "/live?tool=amber", "GET, HEAD", Anybody),
    ("/changes", "/changes", "GET, HEAD", Anybody),
    ("/changes.xml", "/changes.xml", "GET, HEAD", Anybody),
    ("/moderation", "/moderation", "GET, HEAD", Anybody),
    ("/moderation.xml", "/moderation.xml", "GET, HEAD", Anybody),
    ("/submit", "/submit", "GET, HEAD, POST", Anybody),
    ("/tools/{tool}/correct", "/tools/amber/correct", "GET, HEAD, POST", Anybody),
    ("/tools/{tool}/report", "/tools/amber/report", "GET, HEAD, POST", Anybody),
    ("/account/sent", "/account/sent", "GET, HEAD", Anybody),
    ("/signup", "/signup", "GET, HEAD, POST", Anybody),
    ("/login", "/login", "GET, HEAD, POST", Anybody),
    ("/account", "/account", "GET, HEAD", Anybody),
    ("/account/reviews", "/account/reviews", "GET, HEAD", Anybody),
    ("/account/reviews/{tool}", "/account/reviews/amber", "GET, HEAD, POST", Anybody),
    ("/account/email", "/account/email", "GET, HEAD, POST", Anybody),
    ("/account/sessions", "/account/sessions", "GET, HEAD, POST", Anybody),
    ("/account/password", "/account/password", "GET, HEAD, POST", Anybody),
    ("/setup/{token}", "/setup/none", "GET, HEAD, POST", Anybody),
    ("/static/{fingerprint}/{name}", "/static/x/site.css", "GET, HEAD", Anybody),
    ("/logout", "/logout", "GET, HEAD, POST", Anybody),
    ("/admin", "/admin", "GET, HEAD", Moderators),
    ("/admin/door", "/admin/door", "GET, HEAD, POST", Moderators),
    ("/admin/saved", "/admin/saved", "GET, HEAD, POST", Moderators),
    ("/admin/search", "/admin/search?q=am", "GET, HEAD", Moderators),
    ("/admin/suggestions", "/admin/suggestions?q=am", "GET, HEAD", Moderators),
    ("/admin/queue", "/admin/queue", "GET, HEAD", Moderators),
    ("/admin/queue/next", "/admin/queue/next", "POST", Moderators),
    ("/admin/queue/replies", "/admin/queue/replies", "GET, HEAD, POST", Moderators),
    ("/admin/queue/replies/{id}", "/admin/queue/replies/1", "GET, HEAD, POST", Moderators),
    ("/admin/queue/{item}", "/admin/queue/1", "GET, HEAD", Moderators),
    ("/admin/queue/{item}/take", "/admin/queue/1/take", "POST", Moderators),
    ("/admin/queue/{item}/release", "/admin/queue/1/release", "POST", Moderators),
    ("/admin/queue/{item}/accept", "/admin/queue/1/accept", "POST", Moderators),
    ("/admin/queue/{item}/decline", "/admin/queue/1/decline", "POST", Moderators),
    ("/admin/tools/{id}/logo", "/admin/tools/1/logo", "GET, HEAD, POST", Moderators),
    ("/admin/tools/{id}/merge", "/admin/tools/1/merge", "GET, HEAD, POST", Moderators),
    ("/admin/categories/{id}/merge", "/admin/categories/1/merge", "GET, HEAD, POST", Moderators),
    ("/admin/merges/{id}", "/admin/merges/1", "GET, HEAD", Moderators),
    ("/admin/merges/{id}/undo", "/admin/merges/1/undo", "POST", Moderators),
    ("/admin/tools/{id}/delete", "/admin/tools/1/delete", "GET, HEAD, POST", Admins),
    ("/admin/categories/{id}/delete", "/admin/categories/1/delete", "GET, HEAD, POST", Admins),
    ("/admin/reviewers/{id}/delete", "/admin/reviewers/1/delete", "GET, HEAD, POST", Admins),
    ("/admin/comparisons/{id}/delete", "/admin/comparisons/1/delete", "GET, HEAD, POST", Admins),
    ("/admin/history/{kind}/{record}", "/admin/history/tool/1", "GET, HEAD", Moderators),
    ("/admin/history/{kind}/{record}/restore", "/admin/history/tool/1/restore", "POST", Moderators),
    ("/admin/history/{kind}/{record}/withdraw", "/admin/history/tool/1/withdraw", "POST", Moderators),
    ("/admin/import", "/admin/import", "GET, HEAD, POST", Moderators),
    ("/admin/import/{id}", "/admin/import/1", "GET, HEAD, POST", Moderators),
    ("/admin/export", "/admin/export", "GET, HEAD", Moderators),
    ("/admin/votes", "/admin/votes", "GET, HEAD", Moderators),
    ("/admin/votes/confirm", "/admin/votes/confirm?tool=1", "GET, HEAD, POST", Moderators),
    ("/admin/votes/dismiss", "/admin/votes/dismiss", "POST", Moderators),
    ("/admin/votes/scan", "/admin/votes/scan", "POST", Moderators),
    ("/admin/votes/tools/{id}", "/admin/votes/tools/1", "GET, HEAD", Moderators),
    ("/admin/votes/tools/{id}/exclude", "/admin/votes/tools/1/exclude", "POST", Moderators),
    ("/admin/votes/exclusions/{id}", "/admin/votes/exclusions/1", "GET, HEAD", Moderators),
    ("/admin/votes/exclusions/{id}/undo", "/admin/votes/exclusions/1/undo", "POST", Moderators),
    ("/admin/votes/signals/{id}", "/admin/votes/signals/1", "GET, HEAD", Moderators),
    ("/admin/votes/signals/{id}/dismiss", "/admin/votes/signals/1/dismiss", "POST", Moderators),
    ("/admin/votes/signals/{id}/reopen", "/admin/votes/signals/1/reopen", "POST", Moderators),
    ("/admin/people", "/admin/people", "GET, HEAD", Moderators),
    ("/admin/people/{id}", "/admin/people/1", "GET, HEAD", Moderators),
    ("/admin/people/{id}/suspend", "/admin/people/1/suspend", "POST", Moderators),
    ("/admin/people/{id}/lift", "/admin/people/1/lift", "POST", Moderators),
    ("/admin/people/{id}/exclude", "/admin/people/1/exclude", "POST", Moderators),
    ("/admin/reviews", "/admin/reviews", "GET, HEAD", Moderators),
    ("/admin/reviews/{id}/publish", "/admin/reviews/1/publish", "POST", Moderators),
    ("/admin/reviews/{id}/return", "/admin/reviews/1/return", "POST", Moderators),
    ("/admin/people/{id}/reviewer", "/admin/people/1/reviewer", "POST", Admins),
    ("/admin/people/{id}/role", "/admin/people/1/role", "POST", Admins),
    ("/admin/log", "/admin/log", "GET, HEAD", Moderators),
    ("/admin/settings", "/admin/settings", "GET, HEAD, POST", Admins),
    ("/admin/settings/logo", "/admin/settings/logo", "GET, HEAD, POST", Admins),
];

/// The kinds of records, and the routes of each below its name.
const RECORDS: [&str; 4] = ["categories", "reviewers", "comparisons", "tools"];
const RECORD_ROUTES: [(&str, &str, &str); 6] = [
    ("", "", "GET, HEAD"),
    ("/many", "/many", "POST"),
    ("/new", "/new", "GET, HEAD, POST"),
    ("/{id}", "/1", "GET, HEAD, POST"),
    ("/{id}/archive", "/1/archive", "GET, HEAD, POST"),
    ("/{id}/restore", "/1/restore", "POST"),
];

/// Whether a kind has a route: tools are archived and restored by their form.
fn has_route(plural: &str, pattern: &str) -> bool {
    plural != "tools" || !(pattern.ends_with("/archive") || pattern.ends_with("/restore"))
}

/// All of them.
fn routes() -> Vec<(String, String, &'static str, Door)> {
    let plain = ROUTES
        .iter()
        .map(|(pattern, path, methods, door)| ((*pattern).to_owned(), (*path).to_owned(), *methods, *door));
    let records = RECORDS.iter().flat_map(|plural| {
        let at = move |rest: &str| format!("/admin/{plural}{rest}");
        RECORD_ROUTES
            .iter()
            .filter(move |(pattern, ..)| has_route(plural, pattern))
            .map(move |(pattern, path, methods)| (at(pattern), at(path), *methods, Moderators))
    });
    plain.chain(records).collect()
}

/// Addresses under `/admin` at which there is nothing, for anybody.
const NOWHERE: [&str; 6] =
    ["/admin/", "/admin/nothing", "/admin/log/1", "/admin/log/1/edit", "/admin/settings/x", "/admin//log"];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The patterns that the code declares: what stands in `resource("…"`, under `/admin` for the rooms of the admin area.
fn declared() -> BTreeSet<String> {
    fn read(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.to_str().unwrap().replace('\\', "/");
            if path.ends_with("src/web/page/routes.rs") {
                continue;
            }
            let scope =
                if path.contains("src/admin/") && !path.contains("src/admin/setup/") { "/admin" } else { "" };
            // `has_resource` asks for a route and declares none.
            let declared = text.match_indices("resource(").filter(|(at, _)| !text[..*at].ends_with("has_"));
            for (at, _) in declared {
                let rest = text[at + "resource(".len()..].trim_start();
                // The rooms of records declare the same patterns for each kind.
                if let Some(pattern) = rest.strip_prefix("&at(\"").and_then(|rest| rest.split('"').next()) {
                    let kinds = RECORDS.iter().filter(|plural| has_route(plural, pattern));
                    found.extend(kinds.map(|plural| format!("{scope}/{plural}{pattern}")));
                    continue;
                }
                let pattern = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
                let pattern =
                    pattern.unwrap_or_else(|| unreachable!("{path}: a route without a plain pattern"));
                // What the admin area declares outside of itself.
                let scope = if pattern.starts_with("/account/") { "" } else { scope };
                found.insert(format!("{scope}{pattern}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    read(Path::new("src"), &mut found);
    found
}

async fn send(browser: &Browser, method: &str, path: &str) -> Response {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = browser.client.request(method, browser.url(path)).header("sec-fetch-site", "same-origin");
    request.send().await.unwrap()
}

#[test]
fn the_table_has_every_route_that_the_code_declares() {
    let table: BTreeSet<String> = routes().into_iter().map(|(pattern, ..)| pattern).collect();
    let declared = declared();
    let missing: Vec<_> = declared.difference(&table).collect();
    let gone: Vec<_> = table.difference(&declared).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in the table: {missing:?}; not in the code: {gone:?}"
    );
    assert_eq!(table.len(), routes().len(), "each stands in the table once");
}

#[actix_web::test]
async fn every_route_is_there_for_whom_it_is_meant_and_for_nobody_else() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let mut browsers = vec![("visitor", Anybody, site.browser())];
    for (handle, role, door) in [
        ("member", Role::Member, Anybody),
        ("moderator", Role::Moderator, Moderators),
        ("admin", Role::Admin, Admins),
    ] {
        site.account(handle, role);
        let browser = site.browser();
        browser.sign_in(handle).await;
        browsers.push((handle, door, browser));
    }
    for (who, opens, browser) in &browsers {
        for (pattern, path, methods, door) in &routes() {
            for method in METHODS {
                let takes = methods.split(", ").any(|each| each == method);
                if path == "/logout" && takes {
                    continue;
                }
                let status = send(browser, method, path).await.status().as_u16();
                assert!(status < 500, "{method} {pattern} by a {who}: {status}");
                if door > opens {
                    assert_eq!(status, 404, "{method} {pattern} by a {who}");
                } else {
                    assert_eq!(status == 405, !takes, "{method} {pattern} by a {who}: {status}");
                }
            }
        }
        for path in NOWHERE {
            for method in METHODS {
                let status = send(browser, method, path).await.status().as_u16();
                assert_eq!(status, 404, "{method} {path} by a {who}");
            }
        }
    }
    for (who, opens, browser) in &browsers {
        let admin = browser.get("/admin").await.status().as_u16();
        assert_eq!(admin, if *opens >= Moderators { 200 } else { 404 }, "the walk left the {who} signed in");
    }
}

#[actix_web::test]
async fn what_is_hidden_looks_like_what_is_not_there() {
    let site = TestSite::start();
    let member = site.member("member").await;
    let text = async |path: &str| member.get(path).await.text().await.unwrap().replace(path, "HERE");
    let nothing = text("/nothing-of-this-name").await;
    assert_eq!(text("/admin/log").await, nothing);
    assert_eq!(text("/admin/settings").await, nothing);
}
