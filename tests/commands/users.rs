//! Accounts from the command line, and the proof that tallies equal votes.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use shiptally::db::schema::{accounts, log_entries};

use crate::{House, Told};

fn add(house: &House, handle: &str, email: &str, password: &str) -> Told {
    let arguments =
        ["users", "add", "--handle", handle, "--email", email, "--role", "member", "--password-stdin"];
    house.run_with(&arguments, password)
}

fn stored(house: &House) -> Vec<(String, String, i16, bool)> {
    let columns = (accounts::handle, accounts::email, accounts::role, accounts::verified_at.is_not_null());
    accounts::table
        .select(columns)
        .order(accounts::id)
        .load(&mut house.database.url.connect().unwrap())
        .unwrap()
}

#[test]
fn an_account_is_added_with_its_address_confirmed_and_given_another_role() {
    let house = House::new();
    let told = add(&house, "Ada", "Ada@Example.org", "correct horse battery\n");
    assert_eq!((told.code, told.out.as_str()), (0, ""), "{told:?}");
    assert_eq!(stored(&house), [("Ada".into(), "ada@example.org".into(), 0, true)]);
    for (role, number) in [("moderator", 1), ("admin", 2)] {
        let told = house.run(&["users", "role", "ADA", role]);
        assert_eq!(told.code, 0, "{told:?}");
        assert_eq!(stored(&house)[0].2, number);
    }
    let told = house.run(&["users", "role", "nobody", "admin"]);
    assert!(told.refusal()[0].contains("nobody"), "{told:?}");
}

#[test]
fn the_last_admin_stays_one_and_the_log_tells_what_an_operator_did() {
    let house = House::new();
    for handle in ["ada", "grace"] {
        let told = add(&house, handle, &format!("{handle}@example.org"), "correct horse battery\n");
        assert_eq!(told.code, 0, "{told:?}");
    }
    assert_eq!(house.run(&["users", "role", "ada", "admin"]).code, 0);
    for role in ["moderator", "member"] {
        let told = house.run(&["users", "role", "ada", role]);
        assert_eq!(told.refusal(), ["ada is the last admin: make another account an admin first"]);
    }
    assert_eq!(house.run(&["users", "role", "grace", "admin"]).code, 0);
    assert_eq!(house.run(&["users", "role", "ada", "member"]).code, 0);
    assert_eq!(house.run(&["users", "role", "ada", "member"]).code, 0, "it is so already");
    assert!(house.run(&["users", "role", "grace", "member"]).code == 2, "the other is the last one now");
    let told: Vec<(Option<i64>, String, String, String)> = log_entries::table
        .order(log_entries::id)
        .select((log_entries::account_id, log_entries::handle, log_entries::act, log_entries::new_value))
        .load(&mut house.database.url.connect().unwrap())
        .unwrap();
    let told: Vec<String> = told
        .into_iter()
        .map(|(account, by, act, value)| {
            assert_eq!((account, by.as_str()), (None, "the operator"));
            format!("{act} {value}")
        })
        .collect();
    let changed = "changed the role of";
    let expected = ["admin", "admin", "member"].map(|role| format!("{changed} {role}"));
    assert_eq!(
        told,
        [["created member".to_owned(), "created member".to_owned()].as_slice(), &expected].concat()
    );
}

#[test]
fn a_name_or_password_that_anybody_guesses_is_refused_to_members() {
    let house = House::new();
    assert_eq!(house.run(&["migrate"]).code, 0);
    let told = add(&house, "Support", "support@example.org", "correct horse battery\n");
    assert!(told.refusal()[0].starts_with("--handle: "), "{told:?}");
    for password in ["ada-lovelace-1", "i like shiptally", "lovelace@example.org"] {
        let told = add(&house, "ada-lovelace", "lovelace@example.org", password);
        assert!(told.refusal()[0].starts_with("password: "), "{password}: {told:?}");
    }
    assert_eq!(stored(&house).len(), 0);
}

#[test]
fn an_account_that_cannot_be_is_refused_with_a_line_for_every_problem() {
    let house = House::new();
    assert_eq!(add(&house, "ada", "ada@example.org", "correct horse battery").code, 0);
    for (handle, email, password, says) in [
        ("ADA", "other@example.org", "correct horse battery", &["--handle: "][..]),
        ("other", "ADA@example.org", "correct horse battery", &["--email: "]),
        ("other", "other@example.org", "short\n", &["password: "]),
        ("other", "other@example.org", "", &["password: "]),
        ("other", "other@example.org", "password123", &["password: "]),
        ("a b", "nowhere", "correct horse battery", &["--handle: ", "--email: "]),
    ] {
        let told = add(&house, handle, email, password);
        let lines = told.refusal();
        assert_eq!(lines.len(), says.len(), "{lines:?}");
        assert!(lines.iter().zip(says).all(|(line, start)| line.starts_with(start)), "{lines:?}");
    }
    let arguments = ["users", "add", "--handle", "x1", "--email", "x@example.org", "--role", "member"];
    let told = house.run_with(&arguments, "correct horse battery\n");
    assert!(told.refusal()[0].contains("--password-stdin"), "there is no terminal to ask on");
    assert_eq!(stored(&house).len(), 1);
}

#[test]
fn a_tally_that_was_tampered_with_is_found_and_mended() {
    let house = House::new();
    assert_eq!(add(&house, "ada", "ada@example.org", "correct horse battery").code, 0);
    let catalogue = r#"{"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "C"}], "tools": [
        {"slug": "amber", "name": "Amber", "category": "c", "tagline": "T"},
        {"slug": "basalt", "name": "Basalt", "category": "c", "tagline": "T"}]}"#;
    assert_eq!(house.run_with(&["import", "-"], catalogue).code, 0);
    let mut conn = house.database.url.connect().unwrap();
    conn.batch_execute(
        "INSERT INTO votes (account_id, tool_id, choice, cast_at)
           SELECT accounts.id, tools.id, 1, '2026-11-01 00:00:00' FROM accounts, tools WHERE tools.slug = 'amber';
         INSERT INTO tallies (tool_id, ships, skips, revision)
           SELECT id, 1, 0, 1 FROM tools WHERE slug = 'amber';
         UPDATE versions SET value = 1 WHERE id = 3;",
    )
    .unwrap();
    let told = house.run(&["verify"]);
    assert_eq!((told.code, told.out.as_str()), (0, ""), "{told:?}");

    conn.batch_execute("UPDATE tallies SET ships = 5").unwrap();
    let told = house.run(&["verify"]);
    assert_eq!(told.code, 1, "{told:?}");
    let said = format!("{}{}", told.out, told.err);
    assert!(said.contains("tally of amber: stored 5 ship, 0 skip, votes say 1 ship, 0 skip"), "{said}");
    assert!(!said.contains("basalt"), "{said}");
    assert_eq!(house.run(&["verify"]).code, 1, "looking mends nothing");

    // A tally without votes, and votes without a tally.
    conn.batch_execute(
        "DELETE FROM tallies;
         INSERT INTO tallies (tool_id, ships, skips, revision) SELECT id, 0, 2, 1 FROM tools WHERE slug = 'basalt'",
    )
    .unwrap();
    let said = house.run(&["verify"]).err;
    assert!(said.contains("tally of amber:") && said.contains("tally of basalt:"), "{said}");
    let told = house.run(&["verify", "--repair"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.err.contains("amber") && told.err.contains("basalt"), "{told:?}");
    assert_eq!(house.run(&["verify"]).code, 0);

    conn.batch_execute("UPDATE accounts SET suspended_at = '2026-11-02 00:00:00'").unwrap();
    let told = house.run(&["verify"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("account ada: is suspended, and 1 of its votes count"), "{told:?}");
}
