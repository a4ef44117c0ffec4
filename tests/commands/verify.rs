//! `shiptally verify`: what it finds when the database was tampered with, and what it says that it checks.

use diesel::connection::SimpleConnection;

use crate::House;

const CATALOGUE: &str = r#"{"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "C"}], "tools": [
    {"slug": "amber", "name": "Amber", "category": "c", "tagline": "T"},
    {"slug": "basalt", "name": "Basalt", "category": "c", "tagline": "T", "status": "archived"}]}"#;

/// Ada's vote on amber counts; Bob is suspended, and his is held by his suspension, exclusion 1; Cy's was excluded by
/// exclusion 2, which was undone.
const SOUND: &str = "
    UPDATE versions SET value = 3 WHERE id = 3;
    INSERT INTO accounts (id, handle, handle_key, email, password_hash, role, created_at) VALUES
      (11, 'ada', 'ada', 'a@example.org', '', 0, '2026-11-01 00:00:00'),
      (12, 'bob', 'bob', 'b@example.org', '', 0, '2026-11-01 00:00:00'),
      (13, 'cy', 'cy', 'c@example.org', '', 0, '2026-11-01 00:00:00');
    INSERT INTO exclusions (id, kind, reason, subject_id, made_at, undone_at) VALUES
      (21, 4, 'Bought', 12, '2026-11-02 00:00:00', NULL), (22, 0, 'Bought', NULL, '2026-11-02 00:00:00', '2026-11-03 00:00:00');
    UPDATE accounts SET suspended_at = '2026-11-02 00:00:00', suspension_id = 21 WHERE id = 12;
    INSERT INTO votes (account_id, tool_id, choice, cast_at, exclusion_id)
      SELECT 11, id, 1, '2026-11-01 00:00:00', NULL FROM tools WHERE slug = 'amber';
    INSERT INTO votes (account_id, tool_id, choice, cast_at, exclusion_id)
      SELECT 12, id, 1, '2026-11-01 00:00:00', 21 FROM tools WHERE slug = 'amber';
    INSERT INTO votes (account_id, tool_id, choice, cast_at, exclusion_id)
      SELECT 13, id, 0, '2026-11-01 00:00:00', NULL FROM tools WHERE slug = 'amber';
    INSERT INTO tallies (tool_id, ships, skips, revision) SELECT id, 1, 1, 3 FROM tools WHERE slug = 'amber';
    INSERT INTO redirects (kind, slug, record_id, made_at)
      SELECT 2, 'basalt', id, '2026-11-01 00:00:00' FROM tools WHERE slug = 'amber';";

#[test]
fn everything_that_does_not_hold_is_found() {
    for (tampered, found) in [
        ("UPDATE tallies SET ships = 7", "tally of amber: stored 7 ship, 1 skip, votes say 1 ship, 1 skip"),
        (
            "UPDATE votes SET exclusion_id = 22 WHERE account_id = 13; UPDATE tallies SET skips = 0",
            "votes on amber: held by exclusion 22, which was undone",
        ),
        (
            "UPDATE accounts SET suspended_at = NULL, suspension_id = NULL",
            "exclusion 21: suspends bob, whose account is not suspended by it",
        ),
        (
            "UPDATE accounts SET suspension_id = NULL",
            "account bob: its suspension and what is stored of it do not agree",
        ),
        (
            "UPDATE exclusions SET undone_at = '2026-11-04 00:00:00' WHERE id = 21",
            "account bob: its suspension and what is stored of it do not agree",
        ),
        (
            "UPDATE accounts SET suspended_at = NULL",
            "account bob: its suspension and what is stored of it do not agree",
        ),
        (
            "UPDATE votes SET exclusion_id = NULL WHERE account_id = 12; UPDATE tallies SET ships = 2",
            "account bob: is suspended, and 1 of its votes count",
        ),
        (
            "UPDATE votes SET exclusion_id = 21 WHERE account_id = 11; UPDATE tallies SET ships = 0",
            "account ada: a vote is held by exclusion 21, the suspension of another account",
        ),
        ("UPDATE tallies SET revision = 4", "tally of amber: is of version 4, and the votes are of 3"),
        (
            "UPDATE redirects SET record_id = 4711",
            "redirects: basalt leads to tool 4711, which does not exist",
        ),
        (
            "INSERT INTO redirects (kind, slug, record_id, made_at)
               SELECT 2, 'cobalt', id, '2026-11-01 00:00:00' FROM tools WHERE slug = 'basalt'",
            "redirects: cobalt leads to the tool basalt, which went into another",
        ),
    ] {
        let house = House::new();
        assert_eq!(house.run_with(&["import", "-"], CATALOGUE).code, 0);
        let mut conn = house.database.url.connect().unwrap();
        conn.batch_execute(SOUND).unwrap();
        let told = house.run(&["verify"]);
        assert_eq!((told.code, told.out.as_str()), (0, ""), "{told:?}");
        let checks: Vec<&str> = told.err.lines().filter(|line| line.starts_with("ok ")).collect();
        assert_eq!(checks.len(), 13, "each check says in a line what it checks: {checks:#?}");

        conn.batch_execute(tampered).unwrap();
        let told = house.run(&["verify"]);
        assert_eq!(told.code, 1, "{tampered}: {told:?}");
        assert!(told.err.lines().any(|line| line == found), "{found} is not in {}", told.err);
        assert!(told.err.lines().any(|line| line.starts_with("differs ")), "{told:?}");
    }
}
