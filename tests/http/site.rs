//! A site of the test's own: free port, own database, a small catalogue, and browsers with cookies.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::rt::System;
use clap::Parser;
use diesel::connection::SimpleConnection;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use shiptally::accounts::store::{self, NewAccount};
use shiptally::accounts::{Password, Role};
use shiptally::catalogue::file;
use shiptally::cli::verify;
use shiptally::config::ServeOptions;
use shiptally::db::freshness::Freshness;
use shiptally::db::{DatabaseUrl, Db};
use shiptally::startup::Site;
use tokio::sync::oneshot;

use super::page::Page;
use super::support::TestDatabase;
use super::template::Template;

/// How long a test waits for what must come. Speed is for the bench: here a machine may well stand still for seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The secret of every site.
pub(crate) const SECRET: &str = "0123456789abcdef-the-secret-of-all-sites-that-tests-start-fedcba9876543210";

/// The password of every account that [`TestSite::account`] makes.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Four tools in two categories: amber and basalt are developer tools, cobalt and delta are not;
/// `draft-tool` is not published.
pub(crate) fn catalogue() -> Value {
    let tool = |slug: &str, name: &str, category: &str, verdicts: [&str; 2]| {
        json!({
            "slug": slug, "name": name, "category": category, "tagline": format!("{name} does one thing"),
            "description": format!("{name} is **text**, not <b>markup</b>."), "website": "https://tool.example/",
            "pricing": {"entry": "Free", "text": "Free (open source)", "source": "https://tool.example/pricing", "checked_on": "2026-11-01", "plans": []},
            "facts": [{"label": "Licence", "value": "MIT", "source": "https://tool.example/licence", "checked_on": "2026-11-01"}],
            "reviews": [
                {"reviewer": "builder", "verdict": verdicts[0], "score": 80, "take": format!("{name} builds."), "reviewed_on": "2026-11-01", "basis": "hands-on"},
                {"reviewer": "skeptic", "verdict": verdicts[1], "score": 40, "take": format!("{name} breaks."), "reviewed_on": "2026-11-02", "basis": "documents"},
            ],
        })
    };
    let mut draft = tool("draft-tool", "Draft Tool", "developer-tools", ["ship", "ship"]);
    draft["status"] = "draft".into();
    json!({
        "format": "shiptally-catalogue/1",
        "categories": [
            {"slug": "developer-tools", "name": "Developer Tools", "description": "For people who write code."},
            {"slug": "research", "name": "Research", "description": ""},
        ],
        "reviewers": [
            {"slug": "builder", "name": "The Builder", "role": "Developer perspective", "motto": "Make it run.", "kind": "human"},
            {"slug": "skeptic", "name": "The Skeptic", "role": "Asks what breaks", "kind": "ai", "model": "Model-1"},
        ],
        "tools": [
            tool("amber", "Amber", "developer-tools", ["ship", "ship"]),
            tool("basalt", "Basalt", "developer-tools", ["ship", "skip"]),
            tool("cobalt", "Cobalt", "research", ["skip", "skip"]),
            tool("delta", "Delta & <Sons>", "research", ["ship", "skip"]),
            draft,
        ],
        "comparisons": [
            {"tools": ["amber", "basalt"], "summary": "Two developer tools.", "pick_first_if": "you like yellow",
             "pick_second_if": "you like black", "status": "published", "published_on": "2026-11-03"},
        ],
    })
}

/// A database with the catalogue above.
static SMALL_CATALOGUE: Template = Template::new(import_catalogue);

fn import_catalogue(conn: &mut Db) {
    conn.migrate().unwrap();
    let parsed = file::parse(&catalogue().to_string()).unwrap();
    file::import(conn, &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
}

/// A process that serves a database: one of its nodes.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    freshness: Arc<Freshness>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Node {
    /// Serves what is at `url`, with these flags of `serve`.
    pub(crate) fn start(url: &DatabaseUrl, flags: &[&str]) -> Self {
        #[derive(Parser)]
        struct Flags {
            #[command(flatten)]
            options: ServeOptions,
        }
        let usual = ["serve", "--bind", "127.0.0.1:0", "--secret", SECRET];
        let options = Flags::parse_from(usual.iter().chain(flags)).options;
        let (ready, started) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let url = url.clone();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let site = Site::open(&url, &options).unwrap();
                let stopper = site.stopper();
                ready.send((site.address, site.freshness())).unwrap();
                actix_web::rt::spawn(async move {
                    let _ = stopped.await;
                    stopper.stop().await;
                });
                site.run().await.unwrap();
            });
        });
        let (address, freshness) = started.recv().expect("the site starts");
        Self { address, freshness, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A running site.
pub(crate) struct TestSite {
    node: Option<Node>,
    /// What its nodes know of changes.
    nodes: Mutex<Vec<Weak<Freshness>>>,
    pub(crate) address: SocketAddr,
    pub(crate) database: TestDatabase,
}

impl TestSite {
    /// A site with the catalogue above and the usual settings.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// A site started with these flags of `serve`.
    pub(crate) fn with(flags: &[&str]) -> Self {
        Self::serve(SMALL_CATALOGUE.copy(), flags)
    }

    /// A site on a database that may hold something already.
    pub(crate) fn on(database: TestDatabase, flags: &[&str]) -> Self {
        import_catalogue(&mut database.url.connect().unwrap());
        Self::serve(database, flags)
    }

    fn serve(database: TestDatabase, flags: &[&str]) -> Self {
        let node = Node::start(&database.url, flags);
        let nodes = Mutex::new(vec![Arc::downgrade(&node.freshness)]);
        Self { address: node.address, node: Some(node), nodes, database }
    }

    /// Another node of the same site.
    pub(crate) fn second_node(&self, flags: &[&str]) -> Node {
        let node = Node::start(&self.database.url, flags);
        self.nodes.lock().unwrap().push(Arc::downgrade(&node.freshness));
        node
    }

    /// What its first node knows of changes.
    pub(crate) fn freshness(&self) -> Arc<Freshness> {
        Arc::clone(&self.node.as_ref().expect("it runs").freshness)
    }

    /// Waits until every node has looked at what is in the database by now.
    pub(crate) fn settle(&self) {
        let now = Instant::now();
        for node in self.nodes.lock().unwrap().iter() {
            // One that has stopped looks no more.
            while node.upgrade().is_some_and(|node| !node.lease().has_looked_since(now)) {
                assert!(now.elapsed() < PATIENCE, "a node looks");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// A connection of the test's own.
    pub(crate) fn connect(&self) -> Db {
        self.database.url.connect().unwrap()
    }

    /// Changes the database behind the site's back, and waits until the site has noticed.
    pub(crate) fn sql(&self, statements: &str) {
        self.connect().batch_execute(statements).unwrap();
        self.settle();
    }

    /// Lets a connection hold a lock until `ROLLBACK`, under which nobody else writes to a table and everybody reads:
    /// on SQLite that is the one lock on all that is written.
    pub(crate) fn lock_writes(&self, conn: &mut Db, table: &str) {
        let on_postgres = format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE");
        conn.batch_execute(if self.is_on_sqlite() { "BEGIN IMMEDIATE" } else { &on_postgres }).unwrap();
    }

    pub(crate) fn is_on_sqlite(&self) -> bool {
        matches!(self.database.url, DatabaseUrl::Sqlite(_))
    }

    /// Makes an account whose password is [`PASSWORD`].
    pub(crate) fn account(&self, handle: &str, role: Role) -> i64 {
        // Hashing is slow on purpose; one hash serves all accounts of the tests.
        static HASH: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| PASSWORD.parse::<Password>().unwrap().hash_now().unwrap());
        let email = format!("{handle}@example.org");
        let new = NewAccount {
            handle: &handle.parse().unwrap(),
            email: &email.parse().unwrap(),
            password_hash: &HASH,
            role,
            verified: false,
        };
        store::create(&mut self.connect(), &new).unwrap()
    }

    /// A browser that is signed out.
    pub(crate) fn browser(&self) -> Browser {
        Browser { base: format!("http://{}", self.address), client: client() }
    }

    /// A browser of a new member who has signed in.
    pub(crate) async fn member(&self, handle: &str) -> Browser {
        self.account(handle, Role::Member);
        let browser = self.browser();
        browser.sign_in(handle).await;
        browser
    }

    /// What `shiptally verify` finds; nothing, if all is well.
    pub(crate) fn differences(&self) -> Vec<String> {
        verify::differences(&mut self.connect()).unwrap()
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        drop(self.node.take());
        if !std::thread::panicking() {
            assert_eq!(self.differences(), Vec::<String>::new(), "verify finds nothing after a test");
        }
    }
}

/// Somebody's browser: it keeps cookies and does not follow redirects.
#[derive(Clone)]
pub(crate) struct Browser {
    base: String,
    pub(crate) client: Client,
}

impl Browser {
    /// The same browser, at another node.
    pub(crate) fn at(&self, node: &Node) -> Self {
        Self { base: format!("http://{}", node.address), client: self.client.clone() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// A page that is there.
    pub(crate) async fn page(&self, path: &str) -> Page {
        Page::of(self.text(path).await)
    }

    /// The body of what is there.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.client.post(self.url(path)).header("sec-fetch-site", "same-origin").form(fields)
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.form(path, fields).send().await.unwrap()
    }

    pub(crate) async fn sign_in(&self, handle: &str) {
        let answer = self.post("/login", &[("email", handle), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), 303, "{handle} signs in");
    }

    /// Votes as a script does and returns status and JSON.
    pub(crate) async fn vote(&self, tool: &str, choice: &str) -> (u16, Value) {
        let answer = self
            .form(&format!("/tools/{tool}/vote"), &[("choice", choice)])
            .header("accept", "application/json")
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A tool's tally as JSON.
    pub(crate) async fn tally(&self, tool: &str) -> Value {
        self.get(&format!("/tools/{tool}/tally")).await.json().await.unwrap()
    }
}

/// What a page says of a tool's votes that count: ships and skips.
pub(crate) fn shown_tally(page: &Page, slug: &str) -> (u64, u64) {
    let figure = |name: &str| {
        let figures = page.all(&format!(r#"[data-tool="{slug}"] [data-tally="{name}"]"#));
        // Where nobody has voted, the figures are not there.
        figures.first().map_or(0, |figure| figure.text().replace(',', "").parse().unwrap_or(0))
    };
    (figure("ships"), figure("skips"))
}

/// Keeps cookies and follows no redirects. Each request has a connection of its own: the site closes idle ones, and on a
/// busy machine that may cross a request.
fn client() -> Client {
    let builder = Client::builder().cookie_store(true).redirect(Policy::none());
    builder.pool_max_idle_per_host(0).build().unwrap()
}

/// Where a redirect leads.
pub(crate) fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

/// What an answer says under this header, or nothing.
pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The session cookie that an answer sets, as a browser sends it back.
pub(crate) fn session_cookie(answer: &Response) -> String {
    let set = header(answer, "set-cookie");
    set.split(';').next().unwrap().to_owned()
}
