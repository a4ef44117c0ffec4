//! `serve` and `demo`, from their start to their end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::redirect::Policy;
use shiptally::db::DatabaseUrl;

use crate::{House, Told};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The program, serving.
pub(crate) struct Served {
    child: Option<Child>,
    /// What it printed until it listened.
    printed: String,
    pub(crate) address: String,
}

impl Served {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        let address = loop {
            let Some(line) = lines.next() else {
                let mut told = String::new();
                child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
                unreachable!("it does not listen: {printed}{told}");
            };
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("listening on ") {
                break address.to_owned();
            }
            printed.push_str(&line);
            printed.push('\n');
        };
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        Self { child: Some(child), printed, address }
    }

    /// `serve` with these settings.
    pub(crate) fn serve(house: &House, settings: &[(&str, &str)]) -> Self {
        let mut command = house.command(&["serve", "--bind", "127.0.0.1:0", "--secret", SECRET]);
        command.envs(settings.iter().copied());
        Self::start(command)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Asks it to stop and returns all that it logged.
    pub(crate) fn log(self) -> String {
        let (output, _) = self.stop();
        String::from_utf8(output.stderr).unwrap()
    }

    /// Asks it to stop and returns how it ended and after how long.
    fn stop(mut self) -> (Output, Duration) {
        let started = Instant::now();
        let child = self.child.take().unwrap();
        let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        (child.wait_with_output().unwrap(), started.elapsed())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn client() -> Client {
    Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

const TOOL: &str = r#"{"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "C"}],
    "tools": [{"slug": "amber", "name": "Amber", "category": "c", "tagline": "T"}]}"#;

#[actix_web::test]
async fn a_site_says_where_it_listens_and_stops_at_once_when_asked_to() {
    let house = House::new();
    assert_eq!(house.run_with(&["import", "-"], TOOL).code, 0);
    let site = Served::serve(&house, &[]);
    let lines: Vec<&str> = site.printed.lines().collect();
    assert!(
        matches!(lines[..], [line] if line.starts_with("Create the first admin at ")),
        "nothing else is printed: {lines:?}"
    );
    let client = client();
    assert_eq!(client.get(site.url("/compare")).send().await.unwrap().status(), 200);
    let mut stream = client.get(site.url("/live?tool=amber")).send().await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some(), "a stream is open");
    let (output, took) = site.stop();
    assert!(output.status.success(), "{output:?}");
    assert!(
        took < Duration::from_secs(10),
        "connections are not waited for until their time is up: {took:?}"
    );
}

/// The address of the link that a site printed before it listened.
fn set_up_link(site: &Served) -> Option<String> {
    let line = site.printed.lines().find(|line| line.starts_with("Create the first admin at "))?;
    line.split_whitespace().find(|word| word.contains("/setup/")).map(str::to_owned)
}

#[actix_web::test]
async fn a_site_without_an_admin_prints_a_link_that_makes_one() {
    let house = House::new();
    let loud = [("SHIPTALLY_LOG", "debug")];
    let site = Served::serve(&house, &loud);
    let old = set_up_link(&site).unwrap();
    let (output, _) = site.stop();
    let mut told = String::from_utf8(output.stderr).unwrap();

    let site = Served::serve(&house, &loud);
    let link = set_up_link(&site).unwrap();
    assert!(link.starts_with(&format!("{}/setup/", site.address)), "{link}");
    let (client, token) = (client(), link.rsplit('/').next().unwrap());
    assert_eq!(
        client
            .get(site.url(&format!("/setup/{}", old.rsplit('/').next().unwrap())))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(client.get(&link).send().await.unwrap().status(), 200);
    let form =
        [("handle", "chief"), ("email", "chief@example.org"), ("password", "four grey herons on a jetty")];
    let made = client.post(&link).form(&form).send().await.unwrap();
    assert_eq!((made.status().as_u16(), made.headers()["location"].to_str().unwrap()), (303, "/admin"));
    assert_eq!(client.get(site.url("/admin")).send().await.unwrap().status(), 200);
    let (output, _) = site.stop();
    told += std::str::from_utf8(&output.stderr).unwrap();
    for token in [token, old.rsplit('/').next().unwrap()] {
        assert!(!told.contains(token), "no log has the token");
    }

    let site = Served::serve(&house, &[]);
    assert_eq!(site.printed, "", "there is an admin");
}

#[actix_web::test]
async fn a_site_applies_pending_migrations_before_it_serves() {
    let house = House::new();
    let site = Served::serve(&house, &[]);
    assert_eq!(client().get(site.url("/compare")).send().await.unwrap().status(), 200);
    assert_eq!(house.run(&["migrate"]).out, "", "none is left, and the site runs on meanwhile");
}

#[test]
fn an_address_that_is_taken_is_a_failure_of_one_line() {
    let house = House::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = house.run(&["serve", "--secret", SECRET, "--bind", &address]);
    assert_eq!((told.code, told.out.as_str(), told.err.lines().count()), (1, "", 1), "{told:?}");
    assert!(told.err.contains(&address), "{}", told.err);
}

#[test]
fn with_postgresql_a_site_does_not_start_without_a_secret() {
    let house = House::new();
    // Nobody listens there: the secret is asked for before the database is.
    let url = "postgres://ship:hunter2@127.0.0.1:1/tally";
    let told = house.run(&["serve", "--bind", "127.0.0.1:0", "--database-url", url]);
    let lines = told.refusal();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("SHIPTALLY_SECRET is required with PostgreSQL"), "{lines:?}");
}

#[cfg(unix)]
#[actix_web::test]
async fn with_sqlite_the_secret_is_kept_beside_the_database_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let mut command = house.command(&["serve", "--bind", "127.0.0.1:0"]);
        command.env("DATABASE_URL", "sqlite://new/folder/site.db");
        let (output, _) = Served::start(command).stop();
        assert!(output.status.success(), "asked to stop as soon as it listens, it does: {output:?}");
        for private in ["secret.key", "site.db"] {
            let file = house.path("new/folder").join(private);
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{private}");
        }
        keys.push(house.read("new/folder/secret.key"));
    }
    assert!(keys[0].trim().len() >= 64 && keys[0] == keys[1], "made once, then kept");
}

#[actix_web::test]
async fn nothing_that_visitors_send_is_logged_whole() {
    let house = House::new();
    assert_eq!(house.run_with(&["import", "-"], TOOL).code, 0);
    for format in ["text", "json"] {
        let site = Served::serve(&house, &[("SHIPTALLY_LOG", "debug"), ("SHIPTALLY_LOG_FORMAT", format)]);
        let client = client();
        for path in [
            "/compare?a=whisper",
            "/whisper?q=whisper",
            "/compare/whisper",
            "/live?tool=whisper",
            "/login?next=/whisper",
        ] {
            client.get(site.url(path)).header("user-agent", "whisper").send().await.unwrap();
        }
        let handle = format!("ada-{format}");
        let email = format!("{handle}-whisper@example.org");
        for (path, form) in [
            (
                "/signup",
                &[("handle", handle.as_str()), ("email", &email), ("password", "whispered words")][..],
            ),
            ("/login", &[("email", &email), ("password", "whispered word")]),
            ("/login", &[("email", "\u{0}whisper"), ("password", "whispered words")]),
            ("/login", &[("email", &email), ("password", "whispered words")]),
            ("/account/password", &[("current", "whispered words"), ("password", "whisper")]),
            ("/tools/amber/vote", &[("choice", "whisper"), ("next", "/whisper")]),
            ("/tools/amber/vote", &[("choice", "ship")]),
        ] {
            let answer = client.post(site.url(path)).form(form).send().await.unwrap();
            assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
        }
        let (output, _) = site.stop();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains("/tools/{tool}/vote"), "routes are logged: {log}");
        assert_eq!(log.lines().find(|line| line.contains("whisper")), None);
    }
}

#[actix_web::test]
async fn a_site_whose_limits_are_off_says_so() {
    let house = House::new();
    let (output, _) = Served::serve(&house, &[("SHIPTALLY_RATE_LIMITS", "off")]).stop();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("rate limits are off"), "{log}");
}

#[actix_web::test]
async fn the_demo_is_ready_with_an_account_for_every_role() {
    let house = House::new();
    let empty = |flag| Served::start(house.command(&["demo", flag, "--bind", "127.0.0.1:0"]));
    let demo = || empty("--no-sample-votes");
    let site = demo();
    assert!(site.printed.contains(&site.address), "{}", site.printed);
    let signs_in = async |site: &Served, login: &str, password: &str| {
        let client = client();
        let form = [("email", login), ("password", password)];
        let answer = client.post(site.url("/login")).form(&form).send().await.unwrap();
        (client, answer.status().as_u16())
    };
    let mut accounts = 0;
    for role in ["member", "moderator", "admin"] {
        let line = site.printed.lines().find(|line| line.trim().starts_with(role)).unwrap();
        let [handle, password, ..] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            unreachable!("{line}")
        };
        let (client, status) = signs_in(&site, handle, password).await;
        assert_eq!(status, 303, "{line}");
        let answer =
            client.post(site.url("/tools/code-llama-4/vote")).form(&[("choice", "ship")]).send().await;
        assert_eq!(answer.unwrap().status(), 303);
        accounts += 1;
    }
    let worth_a_look = site.printed.split_whitespace().find(|word| word.contains("/compare/")).unwrap();
    assert_eq!(client().get(worth_a_look).send().await.unwrap().status(), 200, "{worth_a_look}");
    site.stop();

    let votes = async |site: &Served| {
        let answer = client().get(site.url("/tools/code-llama-4/tally")).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()["votes"].clone()
    };
    let site = demo();
    assert_eq!(votes(&site).await, accounts, "the data stays");
    site.stop();
    let url = "sqlite://data/demo/shiptally.db";
    assert_eq!(house.run(&["verify", "--database-url", url]).code, 0);
    let site = empty("--fresh");
    assert_eq!(votes(&site).await, 61, "--fresh starts anew, with samples");
    assert_eq!(signs_in(&site, "member", "ship-it-member").await.1, 303);
}

/// What a page says to visitors.
async fn page(site: &Served, path: &str) -> String {
    client().get(site.url(path)).send().await.unwrap().text().await.unwrap()
}

#[actix_web::test]
async fn sample_votes_are_called_samples_equal_their_tallies_and_have_one_spike_to_find() {
    use diesel::prelude::*;
    use shiptally::db::schema::{exclusions, signals, submissions, tools, votes};
    let house = House::new();
    let demo = || Served::start(house.command(&["demo", "--bind", "127.0.0.1:0"]));
    let banner = "the accounts and votes here are made up by a program";
    let site = demo();
    for path in ["/", "/tools", "/compare/code-llama-4-vs-smolvlm2-2b", "/login", "/nothing-here"] {
        assert!(page(&site, path).await.contains(banner), "{path}");
    }
    site.stop();
    let site = demo();
    assert!(page(&site, "/").await.contains(banner), "after a restart too");
    site.stop();

    let url = "sqlite://data/demo/shiptally.db";
    let told = house.run(&["verify", "--database-url", url]);
    assert_eq!(told.code, 0, "{told:?}");
    let mut conn = DatabaseUrl::Sqlite(house.path("data/demo/shiptally.db")).connect().unwrap();
    let conn = &mut conn;
    let found: Vec<(String, String)> = signals::table
        .inner_join(tools::table.on(signals::tool_id.eq(tools::id.nullable())))
        .select((signals::key, tools::slug))
        .load(conn)
        .unwrap();
    assert!(
        matches!(&found[..], [(key, slug)] if key.starts_with("burst:") && slug == "browser-use"),
        "{found:?}"
    );
    let excluded = votes::table.filter(votes::exclusion_id.is_not_null()).count();
    assert_eq!(excluded.get_result::<i64>(conn).unwrap(), 14);
    assert_eq!(exclusions::table.count().get_result::<i64>(conn).unwrap(), 1);
    let sent: Vec<(i16, i16)> = submissions::table
        .order(submissions::id)
        .select((submissions::kind, submissions::status))
        .load(conn)
        .unwrap();
    assert_eq!(sent, [(0, 0), (1, 0), (2, 0), (0, 2)], "three wait, one is declined");

    let site =
        Served::start(house.command(&["demo", "--fresh", "--no-sample-votes", "--bind", "127.0.0.1:0"]));
    assert!(!page(&site, "/").await.contains(banner), "nothing is made up there");
    site.stop();
    let told = house.run(&["demo", "--live", "--bind", "127.0.0.1:0"]);
    assert_eq!(told.refusal(), ["--live: this demo has no sample accounts; start it anew with --fresh"]);
    let told = house.run(&["demo", "--live", "--no-sample-votes"]);
    assert_eq!(told.refusal().len(), 1, "they exclude each other: {told:?}");
}

#[actix_web::test]
async fn a_live_demo_lets_votes_in_while_it_runs() {
    let house = House::new();
    let site = Served::start(house.command(&["demo", "--live", "--bind", "127.0.0.1:0"]));
    let path = "/live?tool=code-llama-4&tool=smolvlm2-2b&tool=cline&tool=cursor";
    let mut stream = client().get(site.url(path)).send().await.unwrap();
    let mut told = String::new();
    let five_events = async {
        while told.matches("event: tally").count() < 5 {
            told.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(60), five_events).await;
    assert!(seen.is_ok(), "no vote after the first four states");
}

#[test]
fn a_demo_that_cannot_start_says_what_to_do() {
    let house = House::new();
    let site = Served::start(house.command(&["demo", "--bind", "127.0.0.1:0"]));
    for path in ["/compare/", "/tools", "/admin"] {
        assert!(site.printed.contains(&format!("{}{path}", site.address)), "{}", site.printed);
    }
    let told = house.run(&["demo", "--bind", "127.0.0.1:0"]);
    assert_eq!(told.refusal(), [format!("a demo is already running on data/demo, at {}", site.address)]);

    let other = House::new();
    let bind = site.address.trim_start_matches("http://");
    let told = other.run(&["demo", "--bind", bind]);
    assert_eq!((told.code, told.out.as_str(), told.err.lines().count()), (1, "", 1), "{told:?}");
    assert!(told.err.contains("another program listens there; choose another address"), "{told:?}");
    let told = String::from_utf8(site.stop().0.stderr).unwrap();
    assert!(!told.contains("actix") && !told.contains('\u{1b}'), "{told}");

    let third = House::new();
    third.write("data", "no folder");
    let told = third.run(&["demo", "--bind", "127.0.0.1:0"]);
    assert_eq!((told.code, told.out.as_str(), told.err.lines().count()), (1, "", 1), "{told:?}");
    assert!(told.err.contains("start the demo in a folder that you may write to"), "{told:?}");
}

#[test]
fn the_demo_is_for_this_machine_only() {
    let house = House::new();
    for (flag, variable, values) in [
        ("--bind", "SHIPTALLY_BIND", &["0.0.0.0:0", "[::]:0", "192.0.2.1:80"][..]),
        (
            "--base-url",
            "SHIPTALLY_BASE_URL",
            &["https://ships.example", "http://192.0.2.1", "http://localhost.example"],
        ),
        ("--trusted-proxies", "SHIPTALLY_TRUSTED_PROXIES", &["127.0.0.1"]),
    ] {
        for value in values {
            let told = house.run(&["demo", flag, value]);
            assert_eq!(told.refusal().len(), 1);
            assert!(told.err.starts_with(&format!("{variable} ({flag}): ")), "{}", told.err);
        }
    }
    assert!(!house.path("data").exists(), "nothing was made");
}

#[actix_web::test]
async fn what_was_changed_in_the_demo_stays_and_its_passwords_are_served_nowhere_else() {
    let house = House::new();
    let demo = || Served::start(house.command(&["demo", "--bind", "127.0.0.1:0"]));
    demo().stop();
    let database = ["--database-url", "sqlite://data/demo/shiptally.db"];
    let told = house.run(&[&["export", "before.json"][..], &database].concat());
    assert_eq!(told.code, 0, "{told:?}");
    let name = |text: &str| {
        let file: serde_json::Value = serde_json::from_str(text).unwrap();
        file["tools"][0]["name"].as_str().unwrap().to_owned()
    };
    let old = name(&house.read("before.json"));
    let changed = house.read("before.json").replace(&format!("{old:?}"), "\"Renamed at the desk\"");
    let told = house.run_with(&[&["import", "-"][..], &database].concat(), &changed);
    assert_eq!(told.code, 0, "{told:?}");

    demo().stop();
    let told = house.run(&[&["export", "-"][..], &database].concat());
    assert_eq!(name(&told.out), "Renamed at the desk");

    let mut command = house.command(&["serve", "--bind", "127.0.0.1:0"]);
    let told = Told::of(&command.args(database).output().unwrap());
    assert_eq!((told.code, told.out.as_str()), (2, ""), "{told:?}");
    assert!(told.err.contains("the account member has the password of the demo"), "{told:?}");

    Served::start(house.command(&["demo", "--fresh", "--bind", "127.0.0.1:0"])).stop();
    let told = house.run(&[&["export", "-"][..], &database].concat());
    assert_eq!(name(&told.out), old, "--fresh starts anew");
}

#[actix_web::test]
async fn a_misspelt_setting_is_warned_of_with_the_nearest_one() {
    let house = House::new();
    let (output, _) = Served::serve(&house, &[("SHIPTALLY_BASEURL", "https://ships.example")]).stop();
    let log = String::from_utf8(output.stderr).unwrap();
    let warned = "SHIPTALLY_BASEURL is not a setting and is ignored; the nearest one is SHIPTALLY_BASE_URL";
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains(warned)), "{log}");
}

#[actix_web::test]
async fn requests_that_are_none_leave_no_error_in_the_log() {
    use std::io::Write;
    let house = House::new();
    let site = Served::serve(&house, &[]);
    let long = "a".repeat(200_000);
    for request in [
        format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
        "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(),
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef".to_owned(),
    ] {
        let mut stream = std::net::TcpStream::connect(site.address.trim_start_matches("http://")).unwrap();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let (output, _) = site.stop();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(log.lines().find(|line| line.contains("ERROR")), None, "{log}");
}

#[test]
fn the_password_of_the_database_is_never_printed() {
    let house = House::new();
    let DatabaseUrl::Postgres(_) = &house.database.url else {
        // SQLite has no password.
        return;
    };
    let command =
        house.command(&["migrate", "--database-url", "postgres://shiptally:hunter2@127.0.0.1:1/x"]).output();
    let told = Told::of(&command.unwrap());
    assert_eq!(told.code, 1);
    assert!(!told.err.contains("hunter2"), "{}", told.err);
}

#[test]
fn a_bad_secret_is_refused_without_being_printed() {
    let house = House::new();
    let twice = "hunter2-".repeat(8);
    for (flags, hidden) in [
        (["serve", "--secret", "hunter2-too-short"], "hunter2"),
        (["serve", "--secret", &twice], "hunter2"),
        (["serve", "--database-url", "postgres://u:hunter2%@db.example/x"], "hunter2"),
        (["serve", "--database-url", "postgres://u:1/hunter2@db.example/x"], "hunter2"),
        (["serve", "--database-url", "mysql://u:hunter2@db.example/x"], "hunter2"),
    ] {
        let told = house.run(&flags);
        assert_eq!(told.code, 2);
        assert_eq!(told.err.trim().lines().count(), 1, "{}", told.err);
        assert!(told.err.contains(flags[1]) && !told.err.contains(hidden), "{}", told.err);
    }
}
