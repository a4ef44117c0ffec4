//! The catalogue on a real database: SQLite, or PostgreSQL when `SHIPTALLY_TEST_POSTGRES` is set.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod commands;
mod directory;
mod history;
mod imports;
mod plan;
mod scale;
mod search;
#[path = "../support/mod.rs"]
mod support;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use shiptally::catalogue::file::{self, ImportError, RecordCounts, Summary};
use shiptally::catalogue::search::{find, renew};
use shiptally::catalogue::{Directory, STARTER, invariants, near_tools, tool_detail};
use shiptally::db::Db;
use shiptally::db::schema::tools;
use shiptally::db::versions::{self, Of};
use shiptally::stats::Panel;
use support::TestDatabase;

/// A connection to a database with every migration applied.
fn connect(database: &TestDatabase) -> Db {
    let mut conn = database.url.connect().unwrap();
    conn.migrate().unwrap();
    conn
}

fn day(day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

fn import_text(conn: &mut Db, text: &str, now: NaiveDateTime) -> Summary {
    let file = file::parse(text).unwrap();
    file::import(conn, &file, now, |_, _| {}).unwrap()
}

fn import(conn: &mut Db, file: &Value, now: NaiveDateTime) -> Summary {
    import_text(conn, &file.to_string(), now)
}

fn published_at(conn: &mut Db, slug: &str) -> Option<NaiveDateTime> {
    tools::table.filter(tools::slug.eq(slug)).select(tools::published_at).first(conn).unwrap()
}

fn updated_at(conn: &mut Db, slug: &str) -> NaiveDateTime {
    tools::table.filter(tools::slug.eq(slug)).select(tools::updated_at).first(conn).unwrap()
}

/// The slugs that a search finds, in its order.
fn found(conn: &mut Db, query: &str) -> Vec<String> {
    let directory = Directory::load(conn).unwrap();
    let places = find(conn, &directory, query).unwrap();
    places.into_iter().map(|place| directory.tools()[place].slug.to_string()).collect()
}

/// Two categories, two reviewers, three tools, one comparison.
fn small() -> Value {
    json!({
        "format": "shiptally-catalogue/1",
        "categories": [
            {"slug": "servers", "name": "Inference Servers", "description": "Programs that answer."},
            {"slug": "models", "name": "Models"}
        ],
        "reviewers": [
            {"slug": "builder", "name": "The Builder", "likes": ["Plain files"], "kind": "human"},
            {"slug": "skeptic", "name": "The Skeptic", "kind": "ai", "model": "Claude"}
        ],
        "tools": [
            {
                "slug": "llama-cpp", "name": "llama.cpp", "category": "servers",
                "tagline": "Runs models on plain hardware", "description": "Portable inference in C++.",
                "website": "https://example.org/llama.cpp",
                "pricing": {"entry": "Free", "text": "Free and open source", "checked_on": "2026-11-01",
                    "plans": [{"name": "Hosted", "price": "20.00", "currency": "USD", "per": "month"}]},
                "facts": [{"label": "Licence", "value": "MIT", "source": "https://example.org/licence"}],
                "reviews": [
                    {"reviewer": "builder", "verdict": "ship", "score": 90, "reviewed_on": "2026-11-02", "basis": "hands-on"},
                    {"reviewer": "skeptic", "verdict": "skip", "reviewed_on": "2026-11-05"}
                ]
            },
            {"slug": "café-x".replace('é', "e"), "name": "Café X", "category": "models",
             "tagline": "A model that mentions llama once"},
            {"slug": "hidden", "name": "Hidden llama", "category": "models", "tagline": "", "status": "draft"}
        ],
        "comparisons": [
            {"tools": ["llama-cpp", "cafe-x"], "summary": "Both.", "pick_first_if": "you like llamas",
             "pick_second_if": "you like coffee", "published_on": "2026-11-10"}
        ]
    })
}
