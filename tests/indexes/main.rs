//! Nothing that is done for a request reads a whole table that grows: every statement that a running site executes is
//! overheard and then explained, on SQLite, and on PostgreSQL where `SHIPTALLY_TEST_POSTGRES` names a server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where something is not as it must be"
)]

mod asked;
mod ear;
#[expect(dead_code, reason = "what the tests through HTTP need is more than these do")]
#[path = "../http/page.rs"]
mod page;
mod plans;
#[expect(dead_code, reason = "what the tests through HTTP need is more than these do")]
#[path = "../http/site.rs"]
mod site;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/template.rs"]
mod template;

use std::collections::BTreeSet;

use asked::signed_in;
use ear::{heard, words};
use plans::full_scans;
use shiptally::accounts::Role;
use shiptally::catalogue::{Directory, search};
use shiptally::db::{DatabaseUrl, Db};
use shiptally::votes::tally_store;
use site::TestSite;
use support::TestDatabase;

/// The tables that grow with the catalogue, with members or with their votes.
const GROWING: [&str; 12] = [
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
    "merged_votes",
];

// Which of them each kind of statement asks for, at least.
const BY_READERS: &[&str] = &[
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
const BY_MODERATORS: &[&str] = &[
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
const OF_VOTES_AND_PEOPLE: &[&str] =
    &["votes", "tallies", "tools", "accounts", "sessions", "log_entries", "merged_votes"];
const BY_FOLLOWING: &[&str] = &["votes", "tallies", "tools", "sessions"];
const BY_SEARCHING: &[&str] = &["tool_search"];

/// Lists of the admin area, and the tables that they go through.
const LISTS: &[(&[&str], &[&str])] = &[
    (
        &[
            "/admin/tools",
            "/admin/tools?q=ool-1&status=published&category=research&sort=name&page=2",
            "/admin/tools?attention=overdue&sort=checked",
            "/admin/tools?attention=undated",
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
    (
        &["/admin/search?q=amber", "/admin/search?q=mod"],
        &["tools", "comparisons", "submissions", "log_entries"],
    ),
    (&["/admin/queue", "/admin/queue?q=quartz", "/admin/queue?status=all&page=2"], &["submissions"]),
];

#[tokio::test]
async fn public_pages_and_the_forms_of_readers_read_no_table_in_full() {
    on_each_database(async |ground| {
        asked::read_and_vote(&ground.site).await;
        ground.asserts_that_nothing_is_read_in_full(BY_READERS);
    })
    .await;
}

#[tokio::test]
async fn the_admin_area_its_queue_and_its_tools_read_no_table_in_full() {
    on_each_database(async |ground| {
        let member = signed_in(&ground.site, "sender", Role::Member).await;
        asked::send_submissions(&member).await;
        heard();
        asked::work_on_the_queue(&ground.site).await;
        asked::ask_at_the_admin_area(&ground.site).await;
        asked::edit_tools(&ground.site).await;
        ground.asserts_that_nothing_is_read_in_full(BY_MODERATORS);
    })
    .await;
}

#[tokio::test]
async fn what_moderators_ask_of_votes_and_people_reads_no_table_in_full() {
    on_each_database(async |ground| {
        asked::ask_of_votes_and_people(&ground.site).await;
        ground.asserts_that_nothing_is_read_in_full(OF_VOTES_AND_PEOPLE);
    })
    .await;
}

#[tokio::test]
async fn following_what_other_nodes_do_reads_no_table_in_full() {
    on_each_database(async |ground| {
        asked::follow_others(&ground.site, &mut ground.conn).await;
        ground.asserts_that_nothing_is_read_in_full(BY_FOLLOWING);
    })
    .await;
}

#[tokio::test]
async fn a_search_reads_no_table_in_full() {
    on_each_database(async |ground| {
        let directory = Directory::load(&mut ground.conn).unwrap();
        heard();
        search::find(&mut ground.conn, &directory, "amber tool").unwrap();
        ground.asserts_that_nothing_is_read_in_full(BY_SEARCHING);
    })
    .await;
}

#[tokio::test]
async fn lists_of_the_admin_area_find_parts_of_names_and_go_through_nothing_but_what_they_list() {
    on_each_database(async |ground| {
        let admin = signed_in(&ground.site, "moderator", Role::Moderator).await;
        for (pages, listed) in LISTS {
            heard();
            for page in *pages {
                admin.page(page).await;
            }
            let lists = heard();
            assert!(!lists.is_empty(), "{pages:?}");
            let faults: Vec<String> = lists
                .iter()
                .flat_map(|statement| full_scans(&mut ground.conn, statement))
                .filter(|scan| !words(scan).any(|word| listed.contains(&word)))
                .collect();
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_reads_a_table_in_full_is_noticed() {
    on_each_database(async |ground| {
        let conn = &mut ground.conn;
        assert_ne!(full_scans(conn, "SELECT id FROM votes WHERE choice = 1"), [""; 0]);
        assert_ne!(full_scans(conn, "SELECT id FROM votes ORDER BY account_id, tool_id"), [""; 0]);
        assert_ne!(full_scans(conn, "SELECT t.id FROM tools t WHERE upper(t.slug) = 'A'"), [""; 0]);
        assert_ne!(full_scans(conn, "UPDATE accounts SET role = 0 WHERE password_hash = 'x'"), [""; 0]);
        assert_eq!(full_scans(conn, "SELECT id FROM votes WHERE tool_id IN (1, 2)"), [""; 0]);
    })
    .await;
}

#[test]
fn each_table_that_grows_is_asked_for_by_some_of_these() {
    let asked_for = [BY_READERS, BY_MODERATORS, OF_VOTES_AND_PEOPLE, BY_FOLLOWING].concat();
    assert_eq!(BTreeSet::from_iter(asked_for), BTreeSet::from(GROWING));
}

/// A site that holds much, and a connection of the test's own.
struct Ground {
    site: TestSite,
    conn: Db,
}

/// All statements of the process are heard, so one test speaks at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Looks at SQLite always, and at PostgreSQL where it is tested on.
async fn on_each_database(look: impl AsyncFn(&mut Ground)) {
    let _alone = ALONE.lock().await;
    ear::listen();
    let first = TestDatabase::fresh();
    let is_sqlite = matches!(first.url, DatabaseUrl::Sqlite(_));
    look(&mut Ground::on(first)).await;
    if !is_sqlite {
        look(&mut Ground::on(TestDatabase::on_sqlite())).await;
    }
}

impl Ground {
    fn on(database: TestDatabase) -> Self {
        let site = TestSite::on(database, &[]);
        let mut conn = site.connect();
        asked::fill(&site, &mut conn);
        site.settle();
        heard();
        Self { site, conn }
    }

    /// Asserts that what was heard asks for each of these tables, and goes through no table that grows from end to end.
    fn asserts_that_nothing_is_read_in_full(&mut self, tables: &[&str]) {
        let statements = heard();
        let whole = self.meant_to_read_everything();
        let explained: Vec<&String> = statements.difference(&whole).collect();
        for table in tables {
            let named = |statement: &&&String| words(statement).any(|word| word == *table);
            assert!(explained.iter().any(|statement| named(&statement)), "nothing asks for {table}");
        }
        let faults: Vec<String> = explained
            .into_iter()
            .flat_map(|statement| {
                full_scans(&mut self.conn, statement)
                    .into_iter()
                    .map(move |scan| format!("{scan}: {statement}"))
            })
            .collect();
        assert!(faults.is_empty(), "{} read in full:\n{}", faults.len(), faults.join("\n"));
    }

    /// The directory of the catalogue, once in each of its versions, and the tallies: for
    /// pages that are ordered by them, once until the next vote, and to see which tools were deleted, once after a
    /// change of the catalogue.
    fn meant_to_read_everything(&mut self) -> BTreeSet<String> {
        Directory::load(&mut self.conn).unwrap();
        tally_store::all_versioned(&mut self.conn).unwrap();
        heard()
    }
}
