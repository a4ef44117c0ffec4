//! Bringing the schema up to date.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::dsl::sql;
use diesel::migration::MigrationConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Db, POSTGRES_PATIENCE};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// Any number that no other program takes an advisory lock on: "shiptall" in ASCII.
const MIGRATION_LOCK: i64 = 0x7368_6970_7461_6c6c;

impl Db {
    /// Applies pending migrations and returns their names, oldest first. Programs that start
    /// together take turns.
    pub fn migrate(&mut self) -> Result<Vec<String>, MigrationError> {
        let fail = |cause: diesel::result::Error| MigrationError(Box::new(cause));
        match self {
            Self::Sqlite(conn) => {
                if !conn.has_pending_migration(SQLITE_MIGRATIONS).map_err(MigrationError)? {
                    return Ok(Vec::new());
                }
                // A migration may make a table anew, with the rows that others refer to:
                // https://www.sqlite.org/lang_altertable.html#otheralter. The setting holds outside of transactions only.
                conn.batch_execute("PRAGMA foreign_keys = OFF").map_err(fail)?;
                let done = migrate_sqlite(conn);
                conn.batch_execute("PRAGMA foreign_keys = ON").map_err(fail)?;
                done
            }
            Self::Pg(conn) => {
                // Whoever starts meanwhile waits for its turn, however long a large table takes.
                conn.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0").map_err(fail)?;
                sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))
                    .execute(conn)
                    .map_err(fail)?;
                let done = run_pending(conn, POSTGRESQL_MIGRATIONS);
                sql_query(format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
                    .execute(conn)
                    .map_err(fail)?;
                conn.batch_execute(POSTGRES_PATIENCE).map_err(fail)?;
                done
            }
        }
    }

    /// Whether a migration was ever applied here.
    pub fn has_tables(&mut self) -> QueryResult<bool> {
        let count = match self {
            Self::Sqlite(conn) => {
                sql::<BigInt>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'versions'")
                    .get_result::<i64>(conn)?
            }
            Self::Pg(conn) => sql::<BigInt>(
                "SELECT count(*) FROM pg_tables \
                 WHERE schemaname = ANY (current_schemas(false)) AND tablename = 'versions'",
            )
            .get_result::<i64>(conn)?,
        };
        Ok(count > 0)
    }

    /// Takes every migration back, newest first, and returns how many there were.
    pub fn revert_all_migrations(&mut self) -> Result<usize, MigrationError> {
        match self {
            Self::Sqlite(c) => c.revert_all_migrations(SQLITE_MIGRATIONS),
            Self::Pg(c) => c.revert_all_migrations(POSTGRESQL_MIGRATIONS),
        }
        .map(|reverted| reverted.len())
        .map_err(MigrationError)
    }
}

/// Applies what is pending in one transaction, which must not leave a reference that leads nowhere.
fn migrate_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, MigrationError> {
    let fail = |cause: diesel::result::Error| MigrationError(Box::new(cause));
    let dangling = |conn: &mut SqliteConnection| {
        sql::<BigInt>("SELECT count(*) FROM pragma_foreign_key_check").get_result::<i64>(conn).map_err(fail)
    };
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE").map_err(fail)?;
    let done = dangling(conn).and_then(|before| {
        let applied = run_pending(conn, SQLITE_MIGRATIONS)?;
        if dangling(conn)? > before {
            return Err(MigrationError("rows would refer to rows that do not exist".into()));
        }
        Ok(applied)
    });
    match done.is_ok() {
        true => AnsiTransactionManager::commit_transaction(conn),
        false => AnsiTransactionManager::rollback_transaction(conn),
    }
    .map_err(fail)?;
    done
}

fn run_pending<C, D>(conn: &mut C, all: EmbeddedMigrations) -> Result<Vec<String>, MigrationError>
where
    C: MigrationHarness<D> + MigrationConnection<Backend = D>,
    D: diesel::backend::Backend,
{
    let applied = conn.run_pending_migrations(all).map_err(MigrationError)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// A migration that failed.
#[derive(Debug, thiserror::Error)]
#[error("migration failed: {0}")]
pub struct MigrationError(Box<dyn std::error::Error + Send + Sync>);
