//! Votes at the desk: setting them aside, bringing them back, and what readers see of it.

use std::collections::BTreeMap;

use chrono::Utc;
use diesel::prelude::*;
use proptest::prelude::*;
use shiptally::{
    accounts::{Role, store::NewAccount},
    catalogue::file,
    config::Voters,
    db::Db,
    schema::{tallies, tools, votes},
    stats::Choice,
    voting::{
        exclusion::{self, Kind, Order, Which},
        recount::recount,
        store::cast_all,
        suspension,
        vote::Intent,
    },
};

use crate::{site, support::TestDatabase};

const TOOLS: [&str; 4] = ["amber", "basalt", "cobalt", "delta"];

/// One thing that is done to votes.
#[derive(Debug, Clone)]
enum Act {
    Cast(usize, usize, Option<Choice>),
    /// Of all votes there are, those at these places.
    Exclude(Vec<usize>),
    ExcludeAll(usize),
    /// The exclusion at this place.
    Undo(usize),
    Suspend(usize),
    Lift(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let choice = prop_oneof![Just(None), Just(Some(Choice::Ship)), Just(Some(Choice::Skip))];
    let act = prop_oneof![
        5 => (0..5_usize, 0..4_usize, choice).prop_map(|(who, tool, choice)| Act::Cast(who, tool, choice)),
        2 => proptest::collection::vec(0..20_usize, 0..6).prop_map(Act::Exclude),
        1 => (0..5_usize).prop_map(Act::ExcludeAll),
        2 => (0..6_usize).prop_map(Act::Undo),
        1 => (0..5_usize).prop_map(Act::Suspend),
        1 => (0..5_usize).prop_map(Act::Lift),
    ];
    proptest::collection::vec(act, 1..25)
}

/// A database with the catalogue, five members and an admin, who comes last.
fn ground() -> (TestDatabase, Db, Vec<i64>) {
    let database = TestDatabase::fresh();
    let mut conn = database.url.connect().unwrap();
    conn.migrate().unwrap();
    let parsed = file::parse(&site::catalogue().to_string()).unwrap();
    file::import(&mut conn, &parsed, Utc::now().naive_utc(), |_, _| {}).unwrap();
    let people = (0..6)
        .map(|n| {
            let new = NewAccount {
                handle: &format!("voter{n}").parse().unwrap(),
                email: &format!("voter{n}@example.org").parse().unwrap(),
                password_hash: "none",
                role: if n == 5 { Role::Admin } else { Role::Member },
                verified: false,
            };
            shiptally::accounts::store::create(&mut conn, &new).unwrap()
        })
        .collect();
    (database, conn, people)
}

fn counts(conn: &mut Db) -> BTreeMap<i64, (i64, i64)> {
    let rows: Vec<(i64, i64, i64)> =
        tallies::table.select((tallies::tool_id, tallies::ships, tallies::skips)).load(conn).unwrap();
    rows.into_iter()
        .filter(|(_, ships, skips)| ships + skips > 0)
        .map(|(id, ships, skips)| (id, (ships, skips)))
        .collect()
}

/// What the tallies were if no vote was set aside.
fn counts_of_all_votes(conn: &mut Db) -> BTreeMap<i64, (i64, i64)> {
    let rows: Vec<(i64, i16)> = votes::table.select((votes::tool_id, votes::choice)).load(conn).unwrap();
    let mut all = BTreeMap::<i64, (i64, i64)>::new();
    for (tool, choice) in rows {
        let (ships, skips) = all.entry(tool).or_default();
        *(if choice == 1 { ships } else { skips }) += 1;
    }
    all
}

fn perform(conn: &mut Db, people: &[i64], act: Act, made: &mut Vec<i64>) {
    let (by, at) = (people[5], Utc::now().naive_utc());
    let order = Order { kind: Kind::Burst, reason: "bought", by, at };
    match act {
        Act::Cast(who, tool, choice) => {
            let intent = Intent { account_id: people[who], tool: TOOLS[tool].into(), choice, network: None };
            let _ = cast_all(conn, &[intent], Voters::Anyone, at).unwrap();
        }
        Act::Exclude(places) => {
            let all: Vec<i64> = votes::table.order(votes::id).select(votes::id).load(conn).unwrap();
            let ids = places.iter().filter_map(|place| all.get(*place).copied()).collect();
            let done = conn.write(|conn| exclusion::exclude(conn, &Which::Votes(ids), &order)).unwrap();
            made.extend(done.map(|moved| moved.exclusion_id));
        }
        Act::ExcludeAll(who) => {
            let which = Which::Account(people[who]);
            let done = conn.write(|conn| exclusion::exclude(conn, &which, &order)).unwrap();
            made.extend(done.map(|moved| moved.exclusion_id));
        }
        Act::Undo(place) => {
            if let Some(id) = made.get(place).copied() {
                let _ = conn.write(|conn| exclusion::undo(conn, id, by, at));
            }
        }
        Act::Suspend(who) => {
            let _ = conn.write(|conn| suspension::suspend(conn, people[who], "bought", by, at));
        }
        Act::Lift(who) => {
            let _ = conn.write(|conn| suspension::lift(conn, people[who], by, at));
        }
    }
}

#[test]
fn whatever_is_set_aside_and_brought_back_every_tally_is_its_counted_votes() {
    let (_database, conn, people) = ground();
    let conn = std::cell::RefCell::new(conn);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(60));
    runner
        .run(&acts(), |acts| {
            let conn = &mut *conn.borrow_mut();
            let mut made = Vec::new();
            for act in acts {
                perform(conn, &people, act, &mut made);
                prop_assert_eq!(recount(conn).unwrap(), vec![]);
            }
            // All of it is taken back, in the order in which it was done, and the suspensions last.
            for place in 0..made.len() {
                perform(conn, &people, Act::Undo(place), &mut made);
            }
            for who in 0..5 {
                perform(conn, &people, Act::Lift(who), &mut made);
            }
            prop_assert_eq!(recount(conn).unwrap(), vec![]);
            prop_assert_eq!(counts(conn), counts_of_all_votes(conn));
            Ok(())
        })
        .unwrap();
}

#[test]
fn votes_of_an_account_that_is_suspended_meanwhile_stay_out_until_that_is_lifted() {
    let (_database, mut conn, people) = ground();
    let conn = &mut conn;
    let mut made = Vec::new();
    for who in 0..2 {
        perform(conn, &people, Act::Cast(who, 0, Some(Choice::Ship)), &mut made);
    }
    perform(conn, &people, Act::Exclude(vec![0, 1]), &mut made);
    perform(conn, &people, Act::Suspend(0), &mut made);
    perform(conn, &people, Act::Undo(0), &mut made);
    let amber: i64 = tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(conn).unwrap();
    assert_eq!(counts(conn)[&amber], (1, 0), "the other vote is back");
    perform(conn, &people, Act::Lift(0), &mut made);
    assert_eq!(counts(conn)[&amber], (2, 0));
    assert!(conn.write(|conn| exclusion::undo(conn, made[0], people[5], Utc::now().naive_utc())).is_err());
}
