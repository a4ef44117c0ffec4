//! Everything that changes votes at once, from many connections to two nodes of one site; at the end every tally equals
//! its votes, in the database and on the pages of both nodes.
//!
//! What is done follows from a seed, which is printed; `SHIPTALLY_STRESS_SEED` sets it. In which order the requests
//! meet in the database does not.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::env;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt::{spawn, time};
use chrono::Utc;
use diesel::prelude::*;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, Status, file};
use shiptally::db::schema::{accounts, exclusions, tools, votes};

use crate::page::Page;
use crate::redirects::change;
use crate::site::{Browser, Node, PASSWORD, TestSite, shown_tally};

const TOOLS: usize = 12;
const VOTERS: usize = 16;
const MODERATORS: usize = 4;

/// How often each voter votes, and each moderator does something.
const VOTES: usize = 60;
const ACTS: usize = 40;

/// How long all of it may take.
const BOUND: Duration = Duration::from_secs(110);

/// How long the nodes may take to notice the last of it.
const NOTICED: Duration = Duration::from_secs(20);

/// What everybody shares.
struct Crowd {
    site: TestSite,
    second: Node,
    /// How many tools there have been.
    tools: Cell<usize>,
    /// How often each status was answered.
    answers: std::cell::RefCell<BTreeMap<(&'static str, u16), usize>>,
}

impl Crowd {
    /// A browser at one of the two nodes.
    fn at_some_node(&self, browser: &Browser, random: &mut StdRng) -> Browser {
        if random.random() { browser.clone() } else { browser.at(&self.second) }
    }

    fn note(&self, what: &'static str, status: u16) {
        *self.answers.borrow_mut().entry((what, status)).or_default() += 1;
    }

    /// Publishes another tool, as the command line does.
    fn publish_tool(&self) {
        let number = self.tools.get();
        self.tools.set(number + 1);
        let file = json!({"format": "shiptally-catalogue/1", "tools": [
            {"slug": slug(number), "name": format!("Tool {number}"), "category": "research", "tagline": "One of many"}]});
        let parsed = file::parse(&file.to_string()).unwrap();
        let done = file::import(&mut self.site.connect(), &parsed, Utc::now().naive_utc(), |_, _| {});
        assert!(done.unwrap().changed_anything());
    }

    /// The ids of the tools of a status.
    fn tools_that_are(&self, status: Status) -> Vec<i64> {
        let all = tools::table.filter(tools::status.eq(status.to_i16()));
        all.order(tools::id).select(tools::id).load(&mut self.site.connect()).unwrap()
    }
}

fn slug(number: usize) -> String {
    format!("stress-{number}")
}

fn one_of<T: Copy>(all: &[T], random: &mut StdRng) -> Option<T> {
    (!all.is_empty()).then(|| all[random.random_range(0..all.len())])
}

/// Votes again and again, on whatever tools there are or were.
async fn vote(crowd: Rc<Crowd>, handle: String, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let browser = crowd.site.browser();
    browser.sign_in(&handle).await;
    for _ in 0..VOTES {
        let tool = slug(random.random_range(0..crowd.tools.get()));
        let choice = ["ship", "ship", "skip", "retract"][random.random_range(0..4_usize)];
        let (status, _) = crowd.at_some_node(&browser, &mut random).vote(&tool, choice).await;
        crowd.note("vote", status);
        if status == 401 {
            // Suspended: perhaps that is lifted by now.
            time::sleep(Duration::from_millis(50)).await;
            let fields = [("email", handle.as_str()), ("password", PASSWORD)];
            crowd.note("sign-in", browser.post("/login", &fields).await.status().as_u16());
        }
    }
}

/// Does one thing after the other to votes, accounts and tools.
async fn moderate(crowd: Rc<Crowd>, handle: String, voters: Vec<i64>, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let own = crowd.site.browser();
    own.sign_in(&handle).await;
    for _ in 0..ACTS {
        let admin = crowd.at_some_node(&own, &mut random);
        let voter = voters[random.random_range(0..voters.len())];
        let published = one_of(&crowd.tools_that_are(Status::Published), &mut random);
        let reason = ("reason", "Stress");
        match random.random_range(0..20) {
            0..4 => {
                let Some(tool) = published else { continue };
                exclude(&crowd, &admin, tool, &voters, &mut random).await;
            }
            4..7 => {
                let path = format!("/admin/people/{voter}/exclude");
                let answer = admin.post(&path, &[("kind", "other"), reason]).await;
                crowd.note("exclude all of an account", answer.status().as_u16());
            }
            7..11 => {
                let open = exclusions::table.filter(exclusions::undone_at.is_null()).select(exclusions::id);
                let open: Vec<i64> = open.load(&mut crowd.site.connect()).unwrap();
                let Some(id) = one_of(&open, &mut random) else {
                    continue;
                };
                let answer = admin.post(&format!("/admin/votes/exclusions/{id}/undo"), &[reason]).await;
                crowd.note("undo", answer.status().as_u16());
            }
            11..13 => {
                let answer = admin.post(&format!("/admin/people/{voter}/suspend"), &[reason]).await;
                crowd.note("suspend", answer.status().as_u16());
            }
            13..17 => {
                let answer = admin.post(&format!("/admin/people/{voter}/lift"), &[reason]).await;
                crowd.note("lift", answer.status().as_u16());
            }
            17 => {
                let Some(source) = published else { continue };
                let path = format!("/admin/tools/{source}/merge");
                // Others change the tools meanwhile, or have archived the one that shall stay.
                for _ in 0..8 {
                    let target = slug(random.random_range(0..crowd.tools.get()));
                    let answer = crate::admin_merge::merge_into(&admin, &path, &target, &[reason]).await;
                    crowd.note("merge", answer.status().as_u16());
                    if answer.status() == 303 {
                        break;
                    }
                }
            }
            18 => {
                let archived = crowd.tools_that_are(Status::Archived);
                let Some(tool) = one_of(&archived, &mut random) else { continue };
                let path = format!("/admin/tools/{tool}/delete");
                let answer = admin.post(&path, &[reason, ("password", PASSWORD)]).await;
                crowd.note("delete", answer.status().as_u16());
            }
            _ => {
                let gone = slug(random.random_range(0..crowd.tools.get()));
                let archived = change(&crowd.site, RecordKind::Tool, &gone, |state| {
                    let status =
                        if state.status() == Status::Archived { Status::Published } else { Status::Archived };
                    state.with_status(status)
                });
                crowd.note("archive or restore", u16::from(archived.is_ok()));
                crowd.publish_tool();
            }
        }
    }
}

/// Excludes some votes on a tool, or all of them, as they are shown.
async fn exclude(crowd: &Crowd, admin: &Browser, tool: i64, voters: &[i64], random: &mut StdRng) {
    let all = random.random();
    let path = match all {
        true => format!("/admin/votes/confirm?tool={tool}"),
        false => format!("/admin/votes/tools/{tool}"),
    };
    let answer = admin.get(&path).await;
    let status = answer.status().as_u16();
    let page = Page::read(answer).await;
    let mut fields = vec![("kind", "burst".to_owned()), ("reason", "Stress".to_owned())];
    let path = match all {
        // Deleted meanwhile, or nobody has voted on it.
        true if status != 200 || !page.has("[name=votes]") => {
            return crowd.note("look at votes", status);
        }
        true => {
            fields.push(("votes", page.hidden("votes")));
            path
        }
        false => {
            let ticked = voters.iter().filter(|_| random.random_bool(0.3));
            fields.extend(ticked.map(|id| ("account", id.to_string())));
            format!("{path}/exclude")
        }
    };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    crowd.note("exclude", admin.post(&path, &fields).await.status().as_u16());
}

/// Slug and counted votes of each published tool, by the votes themselves.
fn counted(crowd: &Crowd) -> Vec<(String, (u64, u64))> {
    let conn = &mut crowd.site.connect();
    let published: Vec<(i64, String)> = tools::table
        .filter(tools::status.eq(Status::Published.to_i16()))
        .select((tools::id, tools::slug))
        .load(conn)
        .unwrap();
    let count = |conn: &mut _, tool: i64, choice: i16| {
        let counted = votes::table.filter(votes::tool_id.eq(tool)).filter(votes::exclusion_id.is_null());
        let n: i64 = counted.filter(votes::choice.eq(choice)).count().get_result(conn).unwrap();
        n.unsigned_abs()
    };
    published.into_iter().map(|(id, slug)| (slug, (count(conn, id, 1), count(conn, id, 0)))).collect()
}

#[actix_web::test]
async fn whatever_happens_at_once_every_tally_equals_its_votes_on_every_node() {
    let seed: u64 = env::var("SHIPTALLY_STRESS_SEED")
        .map_or_else(|_| rand::random(), |text| text.parse().expect("SHIPTALLY_STRESS_SEED is a number"));
    // Past the test runner, which shows nothing of a test that passes.
    let _ = writeln!(std::io::stderr(), "stress: SHIPTALLY_STRESS_SEED={seed}");

    let flags = ["--rate-limits", "off"];
    let site = TestSite::with(&flags);
    let second = site.second_node(&flags);
    let crowd = Rc::new(Crowd { site, second, tools: Cell::default(), answers: Default::default() });
    (0..TOOLS).for_each(|_| crowd.publish_tool());
    let voters: Vec<i64> =
        (0..VOTERS).map(|n| crowd.site.account(&format!("voter-{n}"), Role::Member)).collect();
    for n in 0..MODERATORS {
        crowd.site.account(&format!("admin-{n}"), Role::Admin);
    }
    crowd.site.settle();

    let votes = (0..VOTERS).map(|n| spawn(vote(crowd.clone(), format!("voter-{n}"), seed ^ (n as u64 + 1))));
    let acts = (0..MODERATORS).map(|n| {
        let seed = seed.rotate_left(32) ^ (n as u64 + 1);
        spawn(moderate(crowd.clone(), format!("admin-{n}"), voters.clone(), seed))
    });
    let all = join_all(votes.chain(acts).collect::<Vec<_>>());
    for done in time::timeout(BOUND, all).await.expect("it ends in time") {
        done.expect("nobody stumbles");
    }

    let answers = crowd.answers.borrow().clone();
    let failed: Vec<_> = answers.iter().filter(|((_, status), _)| *status >= 500).collect();
    assert!(failed.is_empty(), "seed {seed}: {failed:?} of {answers:?}");
    for what in ["vote", "exclude", "undo", "suspend", "lift", "merge", "delete"] {
        let done = answers.iter().any(|((act, status), _)| *act == what && [200, 303].contains(status));
        assert!(done, "seed {seed}: nothing was ever done by {what}: {answers:?}");
    }
    assert_eq!(crowd.site.differences(), Vec::<String>::new(), "seed {seed}");

    let counted = counted(&crowd);
    assert!(counted.iter().any(|(_, (ships, skips))| ships + skips > 0), "seed {seed}: no vote is left");
    let visitor = crowd.site.browser();
    let shown = async || {
        let mut wrong = Vec::new();
        for (slug, tally) in &counted {
            for node in [visitor.clone(), visitor.at(&crowd.second)] {
                let page = node.page(&format!("/tools/{slug}")).await;
                let shown = shown_tally(&page, slug);
                if shown != *tally {
                    wrong.push(format!(
                        "{} shows {shown:?}, votes say {tally:?}",
                        node.url(&format!("/tools/{slug}"))
                    ));
                }
            }
        }
        wrong
    };
    let waited = std::time::Instant::now();
    loop {
        let wrong = shown().await;
        if wrong.is_empty() {
            break;
        }
        assert!(waited.elapsed() < NOTICED, "seed {seed}: {wrong:#?}");
        time::sleep(Duration::from_millis(200)).await;
    }
    // Those who are suspended, or were, could not vote meanwhile; nobody else was kept from it.
    let suspended: i64 = accounts::table
        .filter(accounts::suspended_at.is_not_null())
        .count()
        .get_result(&mut crowd.site.connect())
        .unwrap();
    assert!(suspended < i64::try_from(VOTERS).unwrap(), "seed {seed}: everybody is suspended");
}
