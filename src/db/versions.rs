//! Numbers that rise with every change of something, in the transaction that changes it, so that
//! copies in memory know when they are stale.

use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::versions;
use crate::each;

/// Of what. Turns are taken in this order; see [`take_turn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Tools, reviewers, reviews, categories, comparisons.
    Catalogue,
    /// Votes, and with them tallies.
    Votes,
    /// Roles, passwords, suspensions, ended sessions.
    Accounts,
}

impl Of {
    fn id(self) -> i64 {
        match self {
            Self::Catalogue => 1,
            Self::Accounts => 2,
            Self::Votes => 3,
        }
    }
}

/// All versions at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    pub catalogue: i64,
    pub accounts: i64,
    pub votes: i64,
}

/// The versions that are stored now.
pub fn all(conn: &mut Db) -> QueryResult<Versions> {
    let rows: Vec<(i64, i64)> = versions::table.load(conn)?;
    let value = |of: Of| rows.iter().find(|(id, _)| *id == of.id()).map_or(0, |(_, value)| *value);
    Ok(Versions { catalogue: value(Of::Catalogue), accounts: value(Of::Accounts), votes: value(Of::Votes) })
}

/// The version that is stored now.
pub fn stored(conn: &mut Db, of: Of) -> QueryResult<i64> {
    versions::table.find(of.id()).select(versions::value).first(conn)
}

/// Makes changes take turns: called in a write transaction before anything that the change rests on is read, it waits
/// until no other one that called it is open. Whoever changes votes, exclusions or suspensions takes the turn of votes, so
/// that what it has read stays so until it commits. Who takes several turns takes them in the order of [`Of`], so that
/// nobody waits in a ring. On SQLite a write transaction is alone anyway.
pub fn take_turn(conn: &mut Db, of: Of) -> QueryResult<()> {
    if let Db::Pg(conn) = conn {
        versions::table.find(of.id()).select(versions::value).for_update().first::<i64>(conn)?;
    }
    Ok(())
}

/// Raises the version in the transaction that changes something, and returns it. On PostgreSQL
/// transactions that raise the same version commit in the order of what they got.
pub fn raise(conn: &mut Db, of: Of) -> QueryResult<i64> {
    each!(conn, c => diesel::update(versions::table.find(of.id()))
        .set(versions::value.eq(versions::value + 1))
        .returning(versions::value)
        .get_result(c))
}
