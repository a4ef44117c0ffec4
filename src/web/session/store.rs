//! Sessions in the database.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use chrono::{NaiveDateTime, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::typed::{ACCOUNT, CONFIRMED, CREDENTIAL};
use crate::db::freshness::{Freshness, Recent};
use crate::db::schema::sessions;
use crate::db::versions::{self, Of, Versions};
use crate::db::{Database, Db};
use crate::each;
use crate::web::error::AppError;

/// How long a session lasts after sign-in.
pub(super) const SIGNED_IN_DAYS: i64 = 30;
/// How long a session without an account keeps what it holds.
const ANONYMOUS_HOURS: i64 = 2;

/// Sessions in the `sessions` table, with a short memory of those that were just seen. Cloning is
/// cheap, and all clones share the memory.
#[derive(Clone)]
pub struct DatabaseSessions {
    database: Database,
    freshness: Arc<Freshness>,
    /// By their keys: as those are not kept for long, their hashes are not worth the time here.
    recent: Arc<Recent<String, State>>,
}

type State = HashMap<String, String>;

impl DatabaseSessions {
    /// The sessions of a database.
    pub fn new(database: Database, freshness: Arc<Freshness>) -> Self {
        let recent = Arc::new(Recent::new(Arc::clone(&freshness)));
        Self { database, freshness, recent }
    }
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        if let Some(state) = self.recent.get(key.as_ref()) {
            return Ok(Some(state));
        }
        let asked = self.recent.moment();
        let wanted = hash(key.as_ref());
        let found: Option<String> = self
            .database
            .run(move |conn| {
                Ok(sessions::table
                    .find(wanted)
                    .filter(sessions::expires_at.gt(Utc::now().naive_utc()))
                    .select(sessions::state)
                    .first(conn)
                    .optional()?)
            })
            .await
            .map_err(|cause| LoadError::Other(cause.into()))?;
        let state: Option<State> = found
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|cause| LoadError::Deserialization(cause.into()))?;
        if let Some(state) = state.as_ref().filter(|state| is_plain(state)) {
            self.recent.remember(key.as_ref().to_owned(), state.clone(), asked);
        }
        Ok(state)
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let bytes: [u8; 32] = rand::random();
        let key = hex::encode(bytes);
        let row = SessionRow::new(hash(&key), &state).map_err(|cause| SaveError::Other(cause.into()))?;
        self.database
            .run(move |conn| {
                each!(conn, c => diesel::insert_into(sessions::table).values(&row).execute(c))?;
                Ok(())
            })
            .await
            .map_err(|cause| SaveError::Other(cause.into()))?;
        SessionKey::try_from(key).map_err(|cause| SaveError::Other(cause.into()))
    }

    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        let id_hash = hash(key.as_ref());
        let row =
            SessionRow::new(id_hash.clone(), &state).map_err(|cause| UpdateError::Other(cause.into()))?;
        self.database
            .run(move |conn| {
                // A session that was ended meanwhile stays ended: nothing is inserted here.
                diesel::update(sessions::table.find(id_hash))
                    .set((
                        sessions::account_id.eq(row.account_id),
                        sessions::state.eq(row.state),
                        sessions::expires_at.eq(row.expires_at),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await
            .map_err(|cause| UpdateError::Other(cause.into()))?;
        self.recent.forget(key.as_ref());
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let wanted = hash(key.as_ref());
        let versions = self.database.run(move |conn| Ok(end(conn, &wanted)?)).await?;
        self.freshness.notice(versions);
        self.recent.forget(key.as_ref());
        Ok(())
    }
}

/// Whether a state says no more than who is signed in, and since when. Only such states are
/// remembered: a kept line or choice may be added or taken on another node at any time.
fn is_plain(state: &State) -> bool {
    state.contains_key(ACCOUNT)
        && state.contains_key(CREDENTIAL)
        && state.keys().all(|key| [ACCOUNT, CREDENTIAL, CONFIRMED].contains(&key.as_str()))
}

/// Ends one session, and lets all nodes know if somebody was signed in with it.
fn end(conn: &mut Db, id_hash: &str) -> QueryResult<Versions> {
    conn.write(|conn| {
        let row = sessions::table.find(id_hash);
        let account: Option<Option<i64>> = row.select(sessions::account_id).first(conn).optional()?;
        let is_signed_in = account.flatten().is_some();
        if is_signed_in {
            versions::take_turn(conn, Of::Accounts)?;
        }
        diesel::delete(row).execute(conn)?;
        if is_signed_in {
            versions::raise(conn, Of::Accounts)?;
        }
        versions::all(conn)
    })
}

#[derive(Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id_hash: String,
    account_id: Option<i64>,
    state: String,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

impl SessionRow {
    fn new(id_hash: String, state: &State) -> Result<Self, AppError> {
        let now = Utc::now().naive_utc();
        let account_id = state.get(ACCOUNT).and_then(|text| text.parse().ok());
        let lasts = match account_id {
            Some(_) => chrono::Duration::days(SIGNED_IN_DAYS),
            None => chrono::Duration::hours(ANONYMOUS_HOURS),
        };
        let state = serde_json::to_string(state).map_err(|cause| AppError::internal(&cause))?;
        Ok(Self { id_hash, account_id, state, created_at: now, expires_at: now + lasts })
    }
}

fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key))
}

/// Ends every session of an account, in the transaction of whatever ends them; effective at the
/// next request of each.
pub fn end_all(conn: &mut Db, account_id: i64) -> QueryResult<usize> {
    versions::take_turn(conn, Of::Accounts)?;
    let ended = diesel::delete(sessions::table.filter(sessions::account_id.eq(account_id))).execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    Ok(ended)
}

/// Removes sessions that are over.
pub fn remove_expired(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stored_as_sha_256_in_hexadecimal() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
