//! How transactions begin and end.

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;

use super::connection::Db;
use crate::each;

impl Db {
    /// Runs `work` as one write transaction: all of it or nothing. On SQLite the write lock is
    /// taken at once (`BEGIN IMMEDIATE`), so that it is never upgraded in the middle.
    pub fn write<T, E: From<diesel::result::Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_write()?;
        match work(self) {
            Ok(done) => {
                if let Err(cause) = self.end_write(true) {
                    let _ = self.end_write(false);
                    return Err(cause.into());
                }
                Ok(done)
            }
            Err(cause) => {
                self.end_write(false)?;
                Err(cause)
            }
        }
    }

    /// Runs `work` on one unchanging view of the data; within a transaction, on that of the transaction.
    pub fn read<T, E: From<diesel::result::Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Self::Pg(conn) = self {
            let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
            if matches!(status.transaction_depth(), Ok(Some(_))) {
                // Whoever has begun already decides what is seen.
                return work(self);
            }
            AnsiTransactionManager::begin_transaction_sql(
                conn,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )?;
            let done = work(self);
            self.end_write(done.is_ok())?;
            return done;
        }
        self.transaction(work)
    }

    fn begin_write(&mut self) -> QueryResult<()> {
        match self {
            Self::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        }
    }

    fn end_write(&mut self, commit: bool) -> QueryResult<()> {
        each!(self, c => {
            if commit {
                AnsiTransactionManager::commit_transaction(c)
            } else {
                AnsiTransactionManager::rollback_transaction(c)
            }
        })
    }
}
