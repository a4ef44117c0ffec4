//! Changes of single records: what is kept of them, what readers are told, and what comes back.

use shiptally::catalogue::changes::{self, ChangeKind};
use shiptally::catalogue::edit::{self, Edit, EditError, Edited};
use shiptally::catalogue::file::{Record, State, ToolRecord};
use shiptally::catalogue::history::{self, By, Headline};
use shiptally::catalogue::withdraw::{self, WithdrawError};
use shiptally::catalogue::{Act, RecordKind, Status, addresses, redirects};
use shiptally::db::schema::changes as changes_table;

use super::*;

const TOOL: RecordKind = RecordKind::Tool;

fn id(conn: &mut Db, slug: &str) -> i64 {
    addresses::id_by_slug(conn, TOOL, slug).unwrap().unwrap()
}

fn state(conn: &mut Db, kind: RecordKind, id: i64) -> State {
    edit::stored(conn, kind, id).unwrap().unwrap()
}

fn store(conn: &mut Db, id: i64, state: &State, now: NaiveDateTime) -> Result<Edited, EditError> {
    let by = By { account_id: None, reason: "a test", at: now };
    conn.write(|conn| edit::store(conn, Edit { id: Some(id), seen: None, state, act: Act::Edited, by }))
}

/// Changes a tool and stores it.
fn change(conn: &mut Db, id: i64, now: NaiveDateTime, alter: impl FnOnce(&mut ToolRecord)) -> Edited {
    let mut changed = state(conn, TOOL, id);
    let Record::Tool(tool) = &mut changed.record else { unreachable!("it is a tool") };
    alter(tool);
    store(conn, id, &changed, now).unwrap()
}

fn revisions(conn: &mut Db, kind: RecordKind, id: i64) -> Vec<Headline> {
    let mut revisions = history::headlines(conn, (kind, id), 0..100).unwrap();
    revisions.reverse();
    revisions
}

fn told(conn: &mut Db, tool_id: i64) -> Vec<(ChangeKind, String, String, String)> {
    let mut told = changes::of_tools(conn, &[tool_id], 100).unwrap();
    told.reverse();
    let line = |difference: changes::Difference| {
        (difference.kind, difference.subject, difference.old, difference.new)
    };
    told.into_iter().map(|change| line(change.difference)).collect()
}

fn withdrawn(conn: &mut Db, id: i64, number: i64, now: NaiveDateTime) -> Result<Edited, WithdrawError> {
    let by = By { account_id: None, reason: "a slip", at: now };
    conn.write(|conn| withdraw::withdraw(conn, (TOOL, id), number, by)).map(|done| done.edited)
}

#[test]
fn nothing_is_kept_where_nothing_differs() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    let version = versions::stored(conn, Of::Catalogue).unwrap();
    let edited = change(conn, llama, day(2), |_| {});
    assert_eq!(edited.revision_id, None);
    assert_eq!(revisions(conn, TOOL, llama).len(), 0);
    assert_eq!(
        (updated_at(conn, "llama-cpp"), versions::stored(conn, Of::Catalogue).unwrap()),
        (day(1), version)
    );
}

#[test]
fn the_first_change_keeps_what_was_found_too() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    let found = state(conn, TOOL, llama);
    change(conn, llama, day(2), |tool| tool.tagline = "Another".into());
    let kept = revisions(conn, TOOL, llama);
    let acts: Vec<_> = kept.iter().map(|revision| (revision.number, revision.act)).collect();
    assert_eq!(acts, [(1, Act::Found), (2, Act::Edited)]);
    let states = [1, 2].map(|number| history::numbered(conn, (TOOL, llama), number).unwrap());
    assert_eq!(states, [Some(found.clone()), Some(state(conn, TOOL, llama))]);
    assert_eq!(
        (kept[1].reason.as_str(), kept[1].made_at, updated_at(conn, "llama-cpp")),
        ("a test", day(2), day(2))
    );
    assert_eq!(super::found(conn, "another"), ["llama-cpp"]);
    let token = found.token();
    assert_eq!(history::seen(conn, (TOOL, llama), &token).unwrap(), Some(found));
    assert_eq!(history::seen(conn, (TOOL, llama), "no token").unwrap(), None);
}

#[test]
fn a_new_slug_leaves_a_redirect_and_puts_comparisons_in_order() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let (llama, cafe) = (id(conn, "llama-cpp"), id(conn, "cafe-x"));
    let comparison = addresses::id_by_pair(conn, ["llama-cpp", "cafe-x"]).unwrap().unwrap();
    change(conn, llama, day(2), |tool| tool.slug = "a-llama".parse().unwrap());
    assert_eq!(redirects::redirected(conn, TOOL, "llama-cpp").unwrap(), Some(llama));
    let Record::Comparison(pair) = state(conn, RecordKind::Comparison, comparison).record else {
        unreachable!()
    };
    assert_eq!(pair.tools.map(String::from), ["a-llama", "cafe-x"]);
    assert_eq!(
        (pair.pick_first_if.as_str(), pair.pick_second_if.as_str()),
        ("you like llamas", "you like coffee")
    );
    assert_eq!(updated_at(conn, "a-llama"), day(2), "a new address is a change");
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);

    // The address stays its own: no other record gets it, and it may come back.
    let mut other = state(conn, TOOL, cafe);
    let Record::Tool(tool) = &mut other.record else { unreachable!() };
    tool.slug = "llama-cpp".parse().unwrap();
    assert!(
        matches!(store(conn, cafe, &other, day(3)), Err(EditError::Problems(problems)) if problems[0].path == "slug")
    );
    change(conn, llama, day(3), |tool| tool.slug = "llama-cpp".parse().unwrap());
    assert_eq!(
        redirects::redirected(conn, TOOL, "llama-cpp").unwrap(),
        Some(llama),
        "that it had it is not forgotten"
    );
    assert_eq!(redirects::redirected(conn, TOOL, "a-llama").unwrap(), Some(llama));
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    let Record::Comparison(pair) = state(conn, RecordKind::Comparison, comparison).record else {
        unreachable!()
    };
    assert_eq!(
        (pair.pick_first_if.as_str(), pair.pick_second_if.as_str()),
        ("you like coffee", "you like llamas")
    );
}

#[test]
fn a_review_that_is_removed_is_gone_and_readers_are_told() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    change(conn, llama, day(2), |tool| tool.reviews.retain(|review| review.reviewer.as_str() == "builder"));
    assert_eq!(tool_detail(conn, llama).unwrap().reviews.len(), 1);
    assert_eq!(updated_at(conn, "llama-cpp"), day(2));
    assert_eq!(
        told(conn, llama),
        [(ChangeKind::Verdict, "The Skeptic".into(), "skip".into(), String::new())]
    );
    change(conn, llama, day(3), |tool| tool.reviews.clear());
    assert_eq!(tool_detail(conn, llama).unwrap().reviews.len(), 0);
}

#[test]
fn what_did_not_change_is_not_told_as_a_change() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut file = small();
    file["reviewers"][1]["name"] = json!("The Builder");
    let plan = |price: &str| json!({"name": "Pro", "price": price, "currency": "USD", "per": "month"});
    file["tools"][0]["pricing"]["plans"] =
        json!([plan("10.00"), plan("20.00"), {"name": "Free for all", "per": "month"}]);
    import(conn, &file, day(1));
    let llama = id(conn, "llama-cpp");
    change(conn, llama, day(2), |tool| tool.tagline = "Another".into());
    assert_eq!(told(conn, llama), [], "two plans and two reviewers of one name are told apart");
    change(conn, llama, day(3), |tool| tool.pricing.as_mut().unwrap().plans[1].price = "25.00".into());
    let price = |text: &str| format!("${text} per month");
    assert_eq!(told(conn, llama), [(ChangeKind::Price, "Plan Pro".into(), price("20"), price("25"))]);
}

#[test]
fn whoever_saw_an_older_state_is_told_of_the_newer() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    let before = state(conn, TOOL, llama);
    change(conn, llama, day(2), |tool| tool.tagline = "By somebody else".into());
    let (stored, token) = (state(conn, TOOL, llama), before.token());
    let by = By::nobody("", day(3));
    let edit = Edit { id: Some(llama), seen: Some(&token), state: &before, act: Act::Edited, by };
    match conn.write(|conn| edit::store(conn, edit)) {
        Err(EditError::Conflict(theirs)) => assert_eq!(*theirs, stored),
        other => unreachable!("{other:?}"),
    }
    assert_eq!(state(conn, TOOL, llama), stored);
    assert_eq!(revisions(conn, TOOL, llama).len(), 2);
}

#[test]
fn an_import_keeps_what_it_changes() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    let mut file = small();
    file["tools"][0]["pricing"]["entry"] = json!("$5");
    file["categories"][1]["name"] = json!("Other models");
    import(conn, &file, day(2));
    import(conn, &file, day(3));
    let acts =
        |conn: &mut Db, kind, id| revisions(conn, kind, id).iter().map(|one| one.act).collect::<Vec<_>>();
    assert_eq!(acts(conn, TOOL, llama), [Act::Found, Act::Imported]);
    assert_eq!(acts(conn, RecordKind::Category, 2), [Act::Found, Act::Imported]);
    assert_eq!(acts(conn, RecordKind::Category, 1), []);
    assert_eq!(told(conn, llama), [(ChangeKind::Price, "Starting price".into(), "Free".into(), "$5".into())]);
}

#[test]
fn a_former_state_is_found_under_the_addresses_of_today() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let comparison = addresses::id_by_pair(conn, ["llama-cpp", "cafe-x"]).unwrap().unwrap();
    let then = state(conn, RecordKind::Comparison, comparison);
    let (llama, cafe) = (id(conn, "llama-cpp"), id(conn, "cafe-x"));
    change(conn, llama, day(2), |tool| tool.slug = "a-llama".parse().unwrap());
    change(conn, cafe, day(2), |tool| tool.slug = "z-cafe".parse().unwrap());
    let now = redirects::up_to_date(conn, then).unwrap();
    assert_eq!(now, state(conn, RecordKind::Comparison, comparison));
}

#[test]
fn a_withdrawn_publish_was_never_there() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let hidden = id(conn, "hidden");
    let draft = state(conn, TOOL, hidden);
    change(conn, hidden, day(2), |tool| {
        tool.status = Status::Published;
        tool.slug = "shown".parse().unwrap();
    });
    assert_eq!(published_at(conn, "shown"), Some(day(2)));
    withdrawn(conn, hidden, 2, day(2)).unwrap();
    assert_eq!(state(conn, TOOL, hidden), draft);
    assert_eq!(published_at(conn, "hidden"), None);
    assert_eq!(redirects::redirected(conn, TOOL, "shown").unwrap(), None);
    assert_eq!(redirects::redirected(conn, TOOL, "hidden").unwrap(), None);
    assert_eq!(revisions(conn, TOOL, hidden).len(), 3);
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    assert!(matches!(withdrawn(conn, hidden, 3, day(2)), Err(WithdrawError::Nothing)));
    assert!(matches!(withdrawn(conn, hidden, 1, day(2)), Err(WithdrawError::Nothing)), "it was found so");
}

#[test]
fn withdrawing_takes_the_newest_change_first_and_only_in_time() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let llama = id(conn, "llama-cpp");
    let found = state(conn, TOOL, llama);
    for entry in ["$5", "$6"] {
        change(conn, llama, day(2), |tool| tool.pricing.as_mut().unwrap().entry = entry.into());
    }
    assert!(
        matches!(withdrawn(conn, llama, 2, day(2)), Err(WithdrawError::Nothing)),
        "another came after it"
    );
    assert!(matches!(withdrawn(conn, llama, 3, day(3)), Err(WithdrawError::TooLate)));
    withdrawn(conn, llama, 3, day(2)).unwrap();
    assert_eq!(told(conn, llama), [(ChangeKind::Price, "Starting price".into(), "Free".into(), "$5".into())]);
    withdrawn(conn, llama, 2, day(2)).unwrap();
    assert_eq!((state(conn, TOOL, llama), told(conn, llama)), (found, vec![]));
    assert_eq!(changes_table::table.count().get_result::<i64>(conn).unwrap(), 0);
    assert_eq!(published_at(conn, "llama-cpp"), Some(day(1)), "it had been published before");
}
