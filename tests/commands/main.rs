//! The program as people and scripts run it: arguments, exit codes, what it prints and leaves
//! behind. On SQLite, or on PostgreSQL where `SHIPTALLY_TEST_POSTGRES` names a server.
#![expect(clippy::unwrap_used, reason = "a test may stop where something is not as it must be")]

mod catalogue;
mod security_events;
mod serving;
#[path = "../support/mod.rs"]
mod support;
mod users;
mod verify;

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use shiptally::db::DatabaseUrl;
use support::TestDatabase;
use tempfile::TempDir;

/// A folder and a database that nothing else uses, and the program run in them.
pub(crate) struct House {
    pub(crate) database: TestDatabase,
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        Self { database: TestDatabase::fresh(), folder: tempfile::tempdir().unwrap() }
    }

    /// A file in the folder that commands run in.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with these arguments, heeding no settings but the database's.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let url = match &self.database.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiptally"));
        command.args(arguments).env_clear().env("DATABASE_URL", url).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Told {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> Told {
        let mut child = self.command(arguments).spawn().unwrap();
        // A command that is refused does not read what it is given.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        Told::of(&child.wait_with_output().unwrap())
    }
}

/// How a command ended and what it printed.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Told {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The lines of a refusal: exit code 2, nothing on stdout.
    pub(crate) fn refusal(&self) -> Vec<&str> {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        self.err.lines().collect()
    }
}

#[test]
fn there_is_help_on_every_level() {
    let house = House::new();
    for (arguments, says) in [
        (&["--help"][..], "verify"),
        (&["demo", "--help"], "--fresh"),
        (&["serve", "--help"], "--base-url"),
        (&["import", "--help"], "stdin"),
        (&["export", "--help"], "stdout"),
        (&["users", "--help"], "role"),
        (&["users", "add", "--help"], "--password-stdin"),
        (&["users", "role", "--help"], "moderator"),
        (&["verify", "--help"], "--repair"),
        (&["migrate", "--help"], "DATABASE_URL"),
        (&["--version"], "shiptally"),
    ] {
        let told = house.run(arguments);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{arguments:?}");
        assert!(told.out.contains(says), "{arguments:?}: {}", told.out);
    }
    assert_eq!(house.run(&[]).code, 2);
    assert_eq!(house.run(&["users"]).code, 2);
}

#[test]
fn help_shows_no_password_or_secret_of_the_environment() {
    let house = House::new();
    let output = house
        .command(&["serve", "--help"])
        .env("DATABASE_URL", "postgres://ship:hunter2@db.example/tally")
        .env("SHIPTALLY_SECRET", "s3cret".repeat(20))
        .output()
        .unwrap();
    let told = Told::of(&output);
    assert!(!told.out.contains("hunter2") && !told.out.contains("s3cret"), "{}", told.out);
}

#[test]
fn what_cannot_be_meant_is_refused_in_one_line() {
    let house = House::new();
    for (arguments, says) in [
        (&["sevre"][..], "sevre"),
        (&["serve", "--port", "80"], "--port"),
        (&["serve", "--bind", "nowhere"], "--bind"),
        (&["serve", "--bind", "127.0.0.1"], "--bind"),
        (&["serve", "--base-url", "https://ships.example/app"], "--base-url"),
        (&["serve", "--base-url", "ftp://ships.example"], "--base-url"),
        (&["serve", "--secret", "short"], "64 bytes"),
        (&["serve", "--voters", "everyone"], "--voters"),
        (&["serve", "--rate-limits", "maybe"], "--rate-limits"),
        (&["serve", "--trusted-proxies", "localhost"], "--trusted-proxies"),
        (&["serve", "--site-name", " "], "--site-name"),
        (&["serve", "--log-format", "xml"], "--log-format"),
        (&["serve", "--log", "shiptally=loud"], "SHIPTALLY_LOG"),
        (&["serve", "--database-url", "mysql://x"], "--database-url"),
        (&["verify", "--database-url", "sqlite://:memory:"], "--database-url"),
        (&["import"], "FILE"),
        (&["export", "a", "b"], "b"),
        (&["users", "add", "--handle", "ada"], "--email"),
        (&["users", "role", "ada", "queen"], "queen"),
        (&["migrate", "--fresh"], "--fresh"),
    ] {
        let told = house.run(arguments);
        let lines = told.refusal();
        assert_eq!(lines.len(), 1, "{arguments:?}: {}", told.err);
        assert!(lines[0].contains(says), "{arguments:?}: {}", told.err);
    }
}

#[test]
fn a_bad_setting_is_refused_by_the_name_of_its_variable() {
    let house = House::new();
    for (variable, value, says) in [
        ("SHIPTALLY_VOTERS", "everyone", "everyone"),
        ("SHIPTALLY_BIND", "nowhere", "nowhere"),
        ("SHIPTALLY_BASE_URL", "ftp://ships.example", "ftp://ships.example"),
        ("SHIPTALLY_SECRET", "short", "64 bytes"),
        ("SHIPTALLY_SITE_NAME", " ", "60 characters"),
        ("SHIPTALLY_TRUSTED_PROXIES", "localhost", "localhost"),
        ("SHIPTALLY_RATE_LIMITS", "maybe", "maybe"),
        ("SHIPTALLY_PAGE_CACHE_MB", "much", "much"),
        ("SHIPTALLY_LOG", "shiptally=loud", "level filter"),
        ("SHIPTALLY_LOG_FORMAT", "xml", "xml"),
        ("DATABASE_URL", "mysql://x", "sqlite://PATH"),
    ] {
        let told = Told::of(&house.command(&["serve"]).env(variable, value).output().unwrap());
        let lines = told.refusal();
        assert_eq!(lines.len(), 1, "{variable}: {}", told.err);
        assert!(lines[0].contains(variable) && lines[0].contains(says), "{variable}: {}", told.err);
    }
}

#[test]
fn what_needs_a_database_makes_none() {
    let house = House::new();
    house.write("out.json", "what was there");
    house.write("empty.db", "");
    for url in ["sqlite://mistyped.db", "sqlite://mistyped/site.db", "sqlite://empty.db"] {
        for command in [&["export", "out.json"][..], &["verify"], &["users", "role", "ada", "admin"]] {
            let told = house.run(&[command, &["--database-url", url]].concat());
            assert_eq!(told.refusal(), [format!("{url}: there is no Shiptally database")]);
        }
    }
    // The server's database is there, and nothing in it.
    if let DatabaseUrl::Postgres(_) = &house.database.url {
        let told = house.run(&["verify"]);
        assert!(matches!(told.refusal()[..], [line] if line.ends_with("there is no Shiptally database")));
    }
    assert_eq!(house.read("out.json"), "what was there");
    assert_eq!(house.read("empty.db"), "");
    assert!(!house.path("mistyped.db").exists() && !house.path("mistyped").exists());
}

#[test]
fn migrations_are_printed_as_they_are_applied_and_only_then() {
    let house = House::new();
    let told = house.run(&["migrate"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{told:?}");
    let lines: Vec<&str> = told.out.lines().collect();
    assert!(lines.len() >= 4 && lines.is_sorted(), "oldest first: {lines:?}");
    let again = house.run(&["migrate"]);
    assert_eq!((again.code, again.out.as_str(), again.err.as_str()), (0, "", ""));
}

#[test]
fn a_database_that_cannot_be_opened_is_a_failure_of_one_line() {
    let house = House::new();
    house.write("note", "this is no database, however long it is. ".repeat(200).as_str());
    for (command, url) in [
        ("verify", "sqlite://note"),
        ("migrate", "sqlite://note/below/it.db"),
        ("migrate", "postgres://ship:hunter2@127.0.0.1:1/tally"),
    ] {
        let told = house.run(&[command, "--database-url", url]);
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{told:?}");
        assert!(told.err.lines().count() == 1 && !told.err.contains("hunter2"), "{}", told.err);
    }
}
