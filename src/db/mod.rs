//! The database: which one, how it is connected to, and how its transactions begin.
//!
//! SQLite and PostgreSQL stand behind one connection type, [`Db`], chosen at run time by
//! `DATABASE_URL`. Queries take a `&mut Db`, never the pool; a request borrows a connection and
//! runs its queries in one [`Database::run`], off the async workers.

mod connection;
pub mod freshness;
pub mod lease;
mod migrations;
mod pool;
pub mod schema;
pub mod site_settings;
pub mod sql;
mod transactions;
pub mod versions;

pub(crate) use self::connection::create_private;
pub use self::{
    connection::{ConnectError, DatabaseUrl, Db},
    migrations::MigrationError,
    pool::{Database, Manager, PooledDb},
};
