//! The data sets: made once, kept under `target/bench-data`, and copied for each run.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use shiptally::catalogue::{STARTER, file, search};
use shiptally::cli::verify;
use shiptally::db::schema::{accounts, tallies, tools, versions, votes};
use shiptally::db::{DatabaseUrl, Db};

/// Raised whenever a data set comes out differently.
const FORMAT: u32 = 3;

/// The password of every account. Its hash is a cheap one: what hashing costs is not measured here.
pub(crate) const PASSWORD: &str = "ship-it-or-skip-it";

/// How many tools lie between the two of a comparison: as many as the starter catalogue has, so
/// that both are of one kind.
const STRIDE: usize = 38;

/// How much there is of everything.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub name: &'static str,
    pub tools: usize,
    pub accounts: usize,
    pub votes: usize,
}

pub(crate) const SMALL: Size = Size { name: "small", tools: 100, accounts: 100, votes: 1_000 };
pub(crate) const LARGE: Size = Size { name: "large", tools: 10_000, accounts: 100_000, votes: 1_000_000 };

/// From small to large in equal steps: of tools by the fourth root of 100, of accounts and votes by that of 1,000.
pub(crate) const STEPS: [Size; 5] = [
    SMALL,
    Size { name: "step-1", tools: 316, accounts: 562, votes: 5_623 },
    Size { name: "step-2", tools: 1_000, accounts: 3_162, votes: 31_623 },
    Size { name: "step-3", tools: 3_162, accounts: 17_783, votes: 177_828 },
    LARGE,
];

impl Size {
    /// The handles of `count` accounts, far apart.
    pub(crate) fn some_accounts(self, count: usize) -> impl Iterator<Item = String> {
        (0..count).map(move |number| handle(number * self.accounts / count))
    }
}

fn handle(number: usize) -> String {
    format!("member-{number:06}")
}

/// Where everything of the bench is kept.
pub(crate) fn folder() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    Ok(target.join("bench-data"))
}

/// A copy of the data set, made first if it is missing, as `name` in a folder for this run.
pub(crate) fn copy(size: Size, name: &str) -> Result<PathBuf> {
    let kept = folder()?.join(format!("{}-{FORMAT}.db", size.name));
    if !kept.exists() {
        make(size, &kept)?;
    }
    let run = folder()?.join("run").join(name);
    let _ = fs::remove_dir_all(&run);
    fs::create_dir_all(&run)?;
    let copy = run.join("site.db");
    fs::copy(&kept, &copy)?;
    Ok(copy)
}

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: usize) -> Self {
        Self((seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Between 0 and 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `end`, all equally likely.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() * end as f64) as usize
    }

    /// Below `end`, the first ones more likely.
    fn early(&mut self, end: usize) -> usize {
        (self.roll().powi(2) * end as f64) as usize
    }

    fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        &words[self.early(words.len())]
    }
}

/// The words of the starter catalogue, the most frequent first.
pub(crate) fn words() -> Result<Vec<String>> {
    let starter: Value = serde_json::from_str(STARTER)?;
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts = vec![&starter];
    while let Some(value) = texts.pop() {
        match value {
            Value::Array(items) => texts.extend(items),
            Value::Object(fields) => texts.extend(fields.values()),
            Value::String(text) if !text.starts_with("http") => {
                let words = text.split(|c: char| !c.is_ascii_alphabetic());
                for word in words.filter(|word| (4..=14).contains(&word.len())) {
                    *counted.entry(word.to_ascii_lowercase()).or_default() += 1;
                }
            }
            _ => {}
        }
    }
    let mut words: Vec<(String, usize)> = counted.into_iter().collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(words.into_iter().map(|(word, _)| word).collect())
}

/// Name and slug of the nth tool.
fn name(words: &[String], number: usize) -> (String, String) {
    let mut dice = Dice::new(number);
    let (first, second) = (dice.word(words), dice.word(words));
    let slug = format!("{first}-{second}-{number}");
    let name = format!(
        "{}{} {}{} {number}",
        &first[..1].to_uppercase(),
        &first[1..],
        &second[..1].to_uppercase(),
        &second[1..]
    );
    (name, slug)
}

/// The slug of the nth tool.
pub(crate) fn slug(words: &[String], number: usize) -> String {
    name(words, number).1
}

/// The two tools of the comparison under measurement, in the order of its address.
pub(crate) fn pair(words: &[String]) -> [String; 2] {
    let mut both = [slug(words, 0), slug(words, STRIDE)];
    both.sort();
    both
}

/// A catalogue of so many tools: the starter's, with names and descriptions of their own.
fn catalogue(words: &[String], tools: usize) -> Result<Value> {
    let mut starter: Value = serde_json::from_str(STARTER)?;
    let templates = starter["tools"].as_array().context("no tools")?.clone();
    let pairs = starter["comparisons"].as_array().context("no comparisons")?.clone();
    ensure!(templates.len() == STRIDE, "the starter catalogue has {} tools: set STRIDE", templates.len());
    let tool = |number: usize| {
        let mut tool = templates[number % STRIDE].clone();
        let (name, slug) = name(words, number);
        let mut dice = Dice::new(number + 1_000_003);
        let mut sentence =
            |length: usize| (0..length).map(|_| dice.word(words)).collect::<Vec<_>>().join(" ");
        tool["tagline"] = json!(sentence(8));
        tool["description"] = json!(format!("{}. {}.", sentence(20), sentence(20)));
        tool["name"] = json!(name);
        tool["slug"] = json!(slug);
        tool
    };
    let comparison = |number: usize| {
        let mut pair = pairs[number % pairs.len()].clone();
        pair["tools"] = json!([slug(words, number), slug(words, number + STRIDE)]);
        pair
    };
    starter["tools"] = (0..tools).map(tool).collect();
    starter["comparisons"] = (0..tools - STRIDE).step_by(5).map(comparison).collect();
    Ok(starter)
}

fn make(size: Size, kept: &Path) -> Result<()> {
    fs::create_dir_all(folder()?)?;
    let file = kept.with_extension("part");
    for ending in ["part", "part-wal", "part-shm"] {
        let _ = fs::remove_file(kept.with_extension(ending));
    }
    let bar = ProgressBar::new((size.accounts + size.votes) as u64).with_style(ProgressStyle::with_template(
        "{msg:30} {bar:40} {pos} of {len} accounts and votes, {elapsed}",
    )?);
    bar.set_message(format!("{} data: {} tools", size.name, size.tools));
    bar.tick();
    let mut conn = DatabaseUrl::Sqlite(file.clone()).connect()?;
    conn.batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")?;
    conn.migrate()?;
    let text = catalogue(&words()?, size.tools)?.to_string();
    let records = file::parse(&text).map_err(|problems| anyhow!("{}", problems[0]))?;
    file::import(&mut conn, &records, moment()?, |_, _| {}).map_err(|cause| anyhow!("{cause}"))?;
    search::renew(&mut conn)?;
    bar.set_message(format!("{} data", size.name));
    conn.write(|conn| people(conn, size, &bar))?;
    bar.set_message(format!("{} data: checked", size.name));
    let wrong = verify::differences(&mut conn)?;
    ensure!(wrong.is_empty(), "the data is wrong: {}", wrong[0]);
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")?;
    drop(conn);
    fs::rename(&file, kept)?;
    bar.finish();
    Ok(())
}

fn moment() -> Result<NaiveDateTime> {
    NaiveDate::from_ymd_opt(2026, 11, 1).and_then(|day| day.and_hms_opt(12, 0, 0)).context("no such time")
}

/// Accounts, their votes, and the tallies of these.
fn people(conn: &mut Db, size: Size, bar: &ProgressBar) -> Result<()> {
    let Db::Sqlite(conn) = conn else { return Err(anyhow!("the data sets are for SQLite")) };
    let params = Params::new(8, 1, 1, None).map_err(|cause| anyhow!("{cause}"))?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(PASSWORD.as_bytes())
        .map_err(|cause| anyhow!("{cause}"))?
        .to_string();
    let now = moment()?;
    for number in 0..size.accounts {
        let handle = handle(number);
        diesel::insert_into(accounts::table)
            .values((
                accounts::email.eq(format!("{handle}@example.org")),
                accounts::handle_key.eq(handle.clone()),
                accounts::handle.eq(handle),
                accounts::password_hash.eq(&hash),
                accounts::role.eq(0i16),
                accounts::verified_at.eq(now),
                accounts::created_at.eq(now),
            ))
            .execute(conn)?;
        bar.inc(1);
    }
    let account_ids: Vec<i64> = accounts::table.order(accounts::id).select(accounts::id).load(conn)?;
    let tool_ids: Vec<i64> = tools::table.order(tools::id).select(tools::id).load(conn)?;
    let mut counted = vec![(0i64, 0i64); tool_ids.len()];
    let mut dice = Dice::new(7);
    for account in &account_ids {
        let mut chosen = HashSet::new();
        while chosen.len() < size.votes / size.accounts {
            let tool = dice.early(tool_ids.len());
            if !chosen.insert(tool) {
                continue;
            }
            // Some tools are liked more than others.
            let ship = dice.roll() < 0.3 + 0.5 * (tool % 10) as f64 / 10.0;
            diesel::insert_into(votes::table)
                .values((
                    votes::account_id.eq(account),
                    votes::tool_id.eq(tool_ids[tool]),
                    votes::choice.eq(i16::from(ship)),
                    votes::cast_at.eq(now),
                ))
                .execute(conn)?;
            let (ships, skips) = &mut counted[tool];
            if ship {
                *ships += 1;
            } else {
                *skips += 1;
            }
            bar.inc(1);
        }
    }
    let mut revision = 0i64;
    for (tool, (ships, skips)) in tool_ids.iter().zip(counted) {
        if ships + skips == 0 {
            continue;
        }
        revision += 1;
        diesel::insert_into(tallies::table)
            .values((
                tallies::tool_id.eq(tool),
                tallies::ships.eq(ships),
                tallies::skips.eq(skips),
                tallies::revision.eq(revision),
            ))
            .execute(conn)?;
    }
    diesel::update(versions::table.find(3)).set(versions::value.eq(revision)).execute(conn)?;
    Ok(())
}
