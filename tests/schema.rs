//! Each database has exactly the tables and columns of `src/db/schema.rs`, and its migrations can be
//! taken back. SQLite is always tested, PostgreSQL where `SHIPTALLY_TEST_POSTGRES` names a server.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::sync::Barrier;
use std::{fs, thread};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use shiptally::db::{DatabaseUrl, Db};
use shiptally::each;
use support::TestDatabase;

type Outcome = Result<(), Box<dyn Error>>;

/// The columns of each table, each with its type as `src/db/schema.rs` writes it.
type Tables = BTreeMap<String, BTreeMap<String, String>>;

/// The search index is written with SQL of its own for each database, so the schema leaves it out.
const SEARCH: &str = "tool_search";

#[test]
fn the_database_has_the_columns_of_the_schema() -> Outcome {
    let schema = declared(&fs::read_to_string("src/db/schema.rs")?)?;
    assert!(schema.len() >= 12, "src/db/schema.rs could not be read: {schema:?}");
    for database in TestDatabase::of_each_kind() {
        let mut db = database.url.connect()?;
        db.migrate()?;
        let differences = differences(&schema, &columns(&mut db)?);
        assert!(differences.is_empty(), "{:?}: {}", database.url, differences.join("; "));
    }
    Ok(())
}

#[test]
fn the_database_has_a_search_index() -> Outcome {
    for database in TestDatabase::of_each_kind() {
        let mut db = database.url.connect()?;
        db.migrate()?;
        let objects = objects(&mut db)?;
        assert!(objects.contains(SEARCH), "{:?} has only {objects:?}", database.url);
    }
    Ok(())
}

#[test]
fn migrations_can_be_taken_back_and_applied_again() -> Outcome {
    for database in TestDatabase::of_each_kind() {
        let mut db = database.url.connect()?;
        let applied = db.migrate()?;
        assert!(!applied.is_empty());
        let (columns_before, objects_before) = (columns(&mut db)?, objects(&mut db)?);

        assert_eq!(db.revert_all_migrations()?, applied.len(), "{:?}", database.url);
        let left = objects(&mut db)?;
        assert!(left.is_empty(), "{:?}: reverting leaves {left:?}", database.url);

        assert_eq!(db.migrate()?, applied, "{:?}", database.url);
        assert_eq!(columns(&mut db)?, columns_before, "{:?}", database.url);
        assert_eq!(objects(&mut db)?, objects_before, "{:?}", database.url);
        assert!(db.migrate()?.is_empty(), "{:?}: nothing is pending any more", database.url);
    }
    Ok(())
}

/// What was stored before ids were counted on, and what refers to what.
const BEFORE: &str = "
    INSERT INTO categories (id, slug, name, description) VALUES (3, 'c', 'C', '');
    INSERT INTO tools (id, slug, name, category_id, tagline, description, status, price_entry, price_text, created_at, updated_at)
      VALUES (7, 'amber', 'Amber', 3, '', '', 1, '', '', '2026-11-01 00:00:00', '2026-11-01 00:00:00');
    INSERT INTO facts (id, tool_id, label, value) VALUES (5, 7, 'Licence', 'MIT');
    INSERT INTO accounts (id, handle, email, password_hash, role, created_at)
      VALUES (9, 'ada', 'a@example.org', '', 0, '2026-11-01 00:00:00');
    INSERT INTO exclusions (id, kind, reason, made_at) VALUES (4, 0, 'Bought', '2026-11-02 00:00:00');
    INSERT INTO votes (id, account_id, tool_id, choice, cast_at, exclusion_id) VALUES (20, 9, 7, 1, '2026-11-01 00:00:00', 4);
    INSERT INTO tallies (tool_id, ships, skips, revision) VALUES (7, 0, 0, 1);
    INSERT INTO signals (id, kind, key, tool_id, words, accounts, found_at, seen_at) VALUES
      (1, 0, 'burst:7:1', 7, 'Many', '[9]', '2026-11-01 00:00:00', '2026-11-01 00:00:00'),
      (2, 3, 'network:7:4711', 7, 'came from one network, ABCD (85%).', '[9]', '2026-11-01 00:00:00', '2026-11-01 00:00:00');
    INSERT INTO log_entries (id, made_at, handle, act, object, label, reason, old_value, new_value) VALUES
      (1, '2026-11-01 00:00:00', 'm', 'dismissed', 5, '6 of the 7 votes of the last 7 days came from one network, ABCD (85%).', '', '', '');";

#[test]
fn what_is_stored_goes_through_the_migrations_of_today() -> Outcome {
    for database in TestDatabase::of_each_kind() {
        let mut db = database.url.connect()?;
        apply_until(&mut db, "2026-11-27")?;
        db.batch_execute(BEFORE)?;
        assert!(!db.migrate()?.is_empty());
        let told: Vec<Object> = sql_query(
            "SELECT 'tool ' || tools.slug AS name FROM votes JOIN tools ON tools.id = votes.tool_id \
             JOIN accounts ON accounts.id = votes.account_id JOIN exclusions ON exclusions.id = votes.exclusion_id \
             JOIN facts ON facts.tool_id = tools.id WHERE votes.id = 20 \
             UNION ALL SELECT 'signal ' || key FROM signals UNION ALL SELECT label FROM log_entries",
        )
        .load(&mut db)?;
        let told: Vec<String> = told.into_iter().map(|row| row.name).collect();
        assert_eq!(
            told,
            [
                "tool amber",
                "signal burst:7:1",
                "6 of the 7 votes of the last 7 days came from one network (85%)."
            ],
            "{:?}",
            database.url
        );
        // References are heeded again.
        assert!(db.batch_execute("DELETE FROM exclusions").is_err(), "{:?}", database.url);
    }
    Ok(())
}

#[test]
fn accounts_that_a_turkish_database_took_for_different_are_told_apart() -> Outcome {
    let database = TestDatabase::in_locale("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'");
    let mut db = database.url.connect()?;
    apply_until(&mut db, "2026-11-27-000014")?;
    let add = |db: &mut Db, handle: &str| {
        db.batch_execute(&format!(
            "INSERT INTO accounts (handle, email, password_hash, role, created_at)
             VALUES ('{handle}', '{handle}@example.org', '', 0, '2026-11-01 00:00:00')"
        ))
    };
    add(&mut db, "IRMA-I")?;
    // SQLite never took them for different.
    let expected = if add(&mut db, "irma-i").is_ok() {
        &["IRMA-I irma-i", "irma-i-2 irma-i-2"][..]
    } else {
        &["IRMA-I irma-i"]
    };
    assert!(!db.migrate()?.is_empty());
    let told: Vec<Object> =
        sql_query("SELECT handle || ' ' || handle_key AS name FROM accounts ORDER BY id").load(&mut db)?;
    assert_eq!(told.into_iter().map(|row| row.name).collect::<Vec<_>>(), expected);
    Ok(())
}

/// Applies the migrations whose names sort before this, as an older program did.
fn apply_until(db: &mut Db, name: &str) -> Outcome {
    let folder = if matches!(db, Db::Sqlite(_)) { "migrations/sqlite" } else { "migrations/postgresql" };
    db.batch_execute(
        "CREATE TABLE __diesel_schema_migrations (
           version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    )?;
    for migration in migrations(folder)?.into_iter().filter(|migration| migration.as_str() < name) {
        db.batch_execute(&fs::read_to_string(Path::new(folder).join(&migration).join("up.sql"))?)?;
        let version = migration.split('_').next().unwrap_or_default().replace('-', "");
        db.batch_execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"))?;
    }
    Ok(())
}

#[test]
fn no_id_is_given_out_twice() -> Outcome {
    let database = TestDatabase::on_sqlite();
    let mut db = database.url.connect()?;
    db.migrate()?;
    // PostgreSQL's identity columns count on by themselves; SQLite has to be told, table by table.
    let again: Vec<Object> = sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%id INTEGER PRIMARY KEY%' \
         AND sql NOT LIKE '%id INTEGER PRIMARY KEY AUTOINCREMENT%' AND name <> 'versions' AND name NOT LIKE 'tool_search%'",
    )
    .load(&mut db)?;
    assert!(again.is_empty(), "{:?}", again.into_iter().map(|row| row.name).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn programs_that_start_together_on_a_new_database_all_find_it_ready() {
    for _ in 0..8 {
        for database in TestDatabase::of_each_kind() {
            let together = Barrier::new(6);
            let start = || -> Result<usize, String> {
                together.wait();
                let mut db = database.url.connect().map_err(|cause| cause.to_string())?;
                Ok(db.migrate().map_err(|cause| cause.to_string())?.len())
            };
            let applied: Vec<Result<usize, String>> = thread::scope(|scope| {
                let programs: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
                programs.into_iter().map(|program| program.join().unwrap_or(Err("panicked".into()))).collect()
            });
            let by_one = applied.iter().filter(|count| count.as_ref().is_ok_and(|count| *count > 0)).count();
            assert!(by_one == 1 && applied.iter().all(Result::is_ok), "{:?}: {applied:?}", database.url);
        }
    }
}

#[test]
fn both_databases_have_migrations_of_the_same_names() -> Outcome {
    let sqlite = migrations("migrations/sqlite")?;
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, migrations("migrations/postgresql")?);
    Ok(())
}

#[test]
fn every_difference_is_told() -> Outcome {
    let schema = declared(
        "table! { /// Notes; `id (x)` is prose. \n notes (id) { id -> BigInt, text -> Nullable<Text>, } }
         table! { kinds (id) { id -> BigInt, } }",
    )?;
    let text = |kind: &str| BTreeMap::from([("text".to_owned(), kind.to_owned())]);
    let database = Tables::from([("notes".into(), text("Text")), ("extra".into(), text("Text"))]);
    assert_eq!(
        differences(&schema, &database),
        [
            "table extra is not in the schema",
            "table kinds is not in the database",
            "notes.id is BigInt in the schema and missing in the database",
            "notes.text is Nullable<Text> in the schema and Text in the database",
        ]
    );
    assert!(differences(&schema, &schema).is_empty());
    Ok(())
}

impl TestDatabase {
    /// One empty database of each kind that can be had here.
    fn of_each_kind() -> Vec<Self> {
        let mut all = vec![Self::fresh()];
        if matches!(all[0].url, DatabaseUrl::Postgres(_)) {
            all.push(Self::on_sqlite());
        }
        all
    }
}

/// Reads the `table!` blocks of a schema file.
fn declared(source: &str) -> Result<Tables, Box<dyn Error>> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let mut tables = Tables::new();
    for block in code.split("table! {").skip(1) {
        let (name, rest) = block.split_once('(').ok_or("a table has its key in parentheses")?;
        let (_, rest) = rest.split_once('{').ok_or("a table has columns")?;
        let (body, _) = rest.split_once('}').ok_or("the columns of a table end")?;
        let mut columns = BTreeMap::new();
        for column in body.split(',').map(str::trim).filter(|column| !column.is_empty()) {
            let (name, kind) = column.split_once("->").ok_or("a column has a type")?;
            columns.insert(name.trim().to_owned(), kind.trim().to_owned());
        }
        tables.insert(name.trim().to_owned(), columns);
    }
    Ok(tables)
}

fn differences(schema: &Tables, database: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for name in database.keys().filter(|name| !schema.contains_key(*name)) {
        found.push(format!("table {name} is not in the schema"));
    }
    for name in schema.keys().filter(|name| !database.contains_key(*name)) {
        found.push(format!("table {name} is not in the database"));
    }
    for (table, wanted) in schema {
        let Some(real) = database.get(table) else { continue };
        let names: BTreeSet<_> = wanted.keys().chain(real.keys()).collect();
        for name in names {
            let [wanted, real] =
                [wanted, real].map(|columns| columns.get(name).map_or("missing", String::as_str));
            if wanted != real {
                found.push(format!("{table}.{name} is {wanted} in the schema and {real} in the database"));
            }
        }
    }
    found
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    nullable: String,
}

/// The tables of the database, apart from the search index and the list of migrations.
fn columns(db: &mut Db) -> Result<Tables, Box<dyn Error>> {
    let query = match db {
        Db::Sqlite(_) => {
            "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind,
                    CASE c.\"notnull\" WHEN 1 THEN 'NO' ELSE 'YES' END AS nullable
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
        Db::Pg(_) => {
            "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable::text AS nullable
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows: Vec<Column> = each!(db, c => sql_query(query).load(c))?;
    let mut tables = Tables::new();
    for row in
        rows.into_iter().filter(|row| !row.table_name.starts_with(SEARCH) && !is_bookkeeping(&row.table_name))
    {
        let family = family(&row.kind);
        let kind = if row.nullable == "YES" { format!("Nullable<{family}>") } else { family.to_owned() };
        tables.entry(row.table_name).or_default().insert(row.column_name, kind);
    }
    Ok(tables)
}

/// What a column type of either database is called in the schema.
fn family(kind: &str) -> &str {
    match kind.to_ascii_lowercase().as_str() {
        "integer" | "bigint" => "BigInt",
        "smallint" => "SmallInt",
        "text" => "Text",
        "blob" | "bytea" => "Binary",
        "boolean" => "Bool",
        "date" => "Date",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        _ => kind,
    }
}

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Every table, index, view, sequence, trigger and function that migrations made.
fn objects(db: &mut Db) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let query = match db {
        Db::Sqlite(_) => {
            "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_autoindex\\_\\_\\_diesel%' ESCAPE '\\'"
        }
        Db::Pg(_) => {
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
             UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT typname::text FROM pg_type
                       WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')"
        }
    };
    let rows: Vec<Object> = each!(db, c => sql_query(query).load(c))?;
    Ok(rows.into_iter().map(|row| row.name).filter(|name| !is_bookkeeping(name)).collect())
}

/// Whether this is diesel's own list of applied migrations, or its index; or where SQLite counts ids.
fn is_bookkeeping(name: &str) -> bool {
    name.starts_with("__diesel_schema_migrations") || name == "sqlite_sequence"
}

fn migrations(folder: impl AsRef<Path>) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        for file in ["up.sql", "down.sql"] {
            assert!(entry.path().join(file).is_file(), "{} has no {file}", entry.path().display());
        }
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
