//! What the databases say of how they would execute a statement.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::{Integer, Text};
use serde_json::Value;
use shiptally::db::Db;

/// Those that stay small: one row for each subject, each person of the panel, each counter, each act of a moderator
/// on votes, and what looks bought in a few days.
const SMALL: [&str; 8] = [
    "categories",
    "reviewers",
    "versions",
    "exclusions",
    "signals",
    "site_settings",
    "search_rules",
    "saved_replies",
];

/// Indexes of the few votes that are left out, of the few accounts that are suspended, and of the few acts that take
/// another back: to read one of these whole is little.
const OF_FEW: [&str; 4] =
    ["votes_excluded", "votes_exclusion_id", "accounts_suspended_at", "log_entries_withdraws"];

/// The growing tables that the database would read from end to end for this statement, if any.
pub(crate) fn full_scans(conn: &mut Db, statement: &str) -> Vec<String> {
    match conn {
        Db::Sqlite(conn) => {
            let plan: Vec<(i32, i32, i32, String)> =
                sql::<(Integer, Integer, Integer, Text)>(&format!("EXPLAIN QUERY PLAN {statement}"))
                    .load(conn)
                    .unwrap();
            plan.into_iter().map(|(_, _, _, line)| line).filter(|line| is_full_scan(line)).collect()
        }
        Db::Pg(conn) => {
            let binds = (1..).take_while(|n| words_with_marks(statement).any(|word| word == format!("${n}")));
            let nulls = vec!["NULL"; binds.count()].join(", ");
            let nulls = if nulls.is_empty() { nulls } else { format!("({nulls})") };
            // The tables are small, so reading them in full would be best. With all but bitmaps of an index and
            // nested loops off, that is left for where no index has a condition to look for. The plan is the one
            // for any values.
            let off: String = ["seqscan", "indexscan", "indexonlyscan", "hashjoin", "mergejoin"]
                .map(|way| format!("SET enable_{way} = off; "))
                .concat();
            conn.batch_execute(&format!(
                "{off} SET plan_cache_mode = force_generic_plan; PREPARE looked_at AS {statement}"
            ))
            .unwrap();
            let plan: String = sql::<Text>(&format!("EXPLAIN (FORMAT JSON) EXECUTE looked_at{nulls}"))
                .get_result(conn)
                .unwrap();
            conn.batch_execute("DEALLOCATE looked_at").unwrap();
            let mut found = Vec::new();
            full_scans_in(&serde_json::from_str(&plan).unwrap(), &mut found);
            found
        }
    }
}

/// Whether a line of SQLite's plan goes through a whole table, be it in the order of an index. `SEARCH` does not, unless
/// for tools by their status, which is the same of nearly all; nor does a scan of a virtual table with a condition that
/// its index knows.
fn is_full_scan(line: &str) -> bool {
    if line.starts_with("SEARCH tools USING INDEX ") && line.ends_with(" (status=?)") {
        return true;
    }
    let Some(rest) = line.strip_prefix("SCAN ") else { return false };
    let by_its_index = rest.contains(" VIRTUAL TABLE INDEX ") && !rest.ends_with(':');
    let table = rest.split(' ').next().unwrap_or_default();
    let rows_of_its_own = rest == "CONSTANT ROW" || rest.ends_with("VALUES CLAUSE");
    !by_its_index && !rows_of_its_own && !SMALL.contains(&table)
}

/// The same in a plan of PostgreSQL: a table that is read as it lies, or by an index without a condition on it.
fn full_scans_in(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Array(all) => all.iter().for_each(|part| full_scans_in(part, found)),
        Value::Object(node) => {
            let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
            let (kind, table) = (text("Node Type"), text("Relation Name"));
            let whole = match kind {
                "Seq Scan" | "Sample Scan" => true,
                "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => !node.contains_key("Index Cond"),
                _ => false,
            };
            if whole && !SMALL.contains(&table) && !OF_FEW.contains(&text("Index Name")) {
                found.push(format!("{kind} {table} {}", text("Index Name")).trim().to_owned());
            }
            node.values().for_each(|part| full_scans_in(part, found));
        }
        _ => {}
    }
}

fn words_with_marks(statement: &str) -> impl Iterator<Item = &str> {
    statement.split(|c: char| !c.is_alphanumeric() && c != '$').filter(|word| !word.is_empty())
}
