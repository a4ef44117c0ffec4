//! Sessions in the database.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::typed::{ACCOUNT, CONFIRMED, CREDENTIAL, Credential, DEVICE, NETWORK};
use crate::db::freshness::{Freshness, Recent};
use crate::db::schema::{accounts, sessions};
use crate::db::sql::in_small_steps;
use crate::db::versions::{self, Of, Versions};
use crate::db::{Database, Db};
use crate::each;
use crate::web::error::AppError;

/// How long a session lasts without being used for anything that it notes.
pub(super) const SIGNED_IN_DAYS: i64 = 30;
/// After how many days it is over, however much it is used.
const LONGEST_DAYS: i64 = 90;
/// How long a session without an account keeps what it holds.
const ANONYMOUS_HOURS: i64 = 2;
/// How many sessions without an account there are from one network (/24 or /48), and in all; the oldest go first.
const MOST_OF_NETWORK: i64 = 200;
const MOST_ANONYMOUS: i64 = 10_000;
/// How many sessions one account has; those that end first go first.
const MOST_OF_ACCOUNT: i64 = 50;
/// After how many new ones a node counts all of them.
const COUNTED_EVERY: u32 = 100;

/// Sessions in the `sessions` table, with a short memory of those that were just seen. Cloning is
/// cheap, and all clones share the memory.
#[derive(Clone)]
pub struct DatabaseSessions {
    database: Database,
    freshness: Arc<Freshness>,
    /// By their keys: as those are not kept for long, their hashes are not worth the time here.
    recent: Arc<Recent<String, State>>,
    /// How many sessions without an account this node has begun.
    anonymous: Arc<AtomicU32>,
}

type State = HashMap<String, String>;

impl DatabaseSessions {
    /// The sessions of a database.
    pub fn new(database: Database, freshness: Arc<Freshness>) -> Self {
        let recent = Arc::new(Recent::new(Arc::clone(&freshness)));
        Self { database, freshness, recent, anonymous: Arc::default() }
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
            .run(move |conn| Ok(find(conn, &wanted, Utc::now().naive_utc())?))
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
        let id_hash = hash(&key);
        let is_anonymous = !state.contains_key(ACCOUNT);
        let counts =
            is_anonymous && self.anonymous.fetch_add(1, Ordering::Relaxed).is_multiple_of(COUNTED_EVERY);
        self.database
            .run(move |conn| {
                if counts {
                    remove_surplus(conn)?;
                }
                conn.write(|conn| insert(conn, id_hash, &state))?
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
                let session = sessions::table.find(id_hash);
                let begun: Option<NaiveDateTime> =
                    session.clone().select(sessions::created_at).first(conn).optional()?;
                // A session that was ended meanwhile stays ended: nothing is inserted here.
                let Some(begun) = begun else { return Ok(()) };
                diesel::update(session)
                    .set((
                        sessions::account_id.eq(row.account_id),
                        sessions::state.eq(row.state),
                        sessions::expires_at.eq(row.expires_at.min(latest_end(begun))),
                        sessions::network.eq(row.network),
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

/// The state of a session that is not over. Once a day it is noted that it is in use.
fn find(conn: &mut Db, id_hash: &str, now: NaiveDateTime) -> QueryResult<Option<String>> {
    let session = sessions::table.find(id_hash);
    let found: Option<(String, Option<i64>, Option<NaiveDate>)> = session
        .filter(sessions::expires_at.gt(now))
        .select((sessions::state, sessions::account_id, sessions::seen_on))
        .first(conn)
        .optional()?;
    let Some((state, account_id, seen_on)) = found else { return Ok(None) };
    let today = now.date();
    if account_id.is_some() && seen_on.is_none_or(|day| day < today) {
        let note = diesel::update(session).set(sessions::seen_on.eq(today)).execute(conn);
        // Nobody waits in vain because the database is busy with something else: the next request notes it.
        if let Err(cause) = note {
            tracing::warn!("a session's day was not noted: {cause}");
        }
    }
    Ok(Some(state))
}

/// Stores a new session. One of an account that was suspended, or that got another password, since the password was
/// looked at is nobody's: whoever does that takes the same turn, and ends the sessions that it finds.
fn insert(conn: &mut Db, id_hash: String, state: &State) -> QueryResult<Result<(), AppError>> {
    if account_of(state).is_some() {
        versions::take_turn(conn, Of::Accounts)?;
        if !is_current(conn, state)? {
            return Ok(Ok(()));
        }
    }
    let row = match SessionRow::new(id_hash, state) {
        Ok(row) => row,
        Err(cause) => return Ok(Err(cause)),
    };
    if let Some(network) = row.network {
        let of_network = sessions::table.filter(sessions::network.eq(network)).into_boxed();
        remove_beyond(conn, of_network, MOST_OF_NETWORK - 1, MOST_OF_NETWORK)?;
    }
    if let Some(account_id) = row.account_id {
        let of_account = sessions::table.filter(sessions::account_id.eq(account_id)).into_boxed();
        if remove_beyond(conn, of_account, MOST_OF_ACCOUNT - 1, MOST_OF_ACCOUNT)? > 0 {
            versions::raise(conn, Of::Accounts)?;
        }
    }
    each!(conn, c => diesel::insert_into(sessions::table).values(&row).execute(c))?;
    Ok(Ok(()))
}

/// Whether the account of a state may still be used, with the password that the state was made with.
fn is_current(conn: &mut Db, state: &State) -> QueryResult<bool> {
    let Some(account_id) = account_of(state) else { return Ok(false) };
    let password_hash: Option<String> = accounts::table
        .find(account_id)
        .filter(accounts::suspended_at.is_null())
        .select(accounts::password_hash)
        .first(conn)
        .optional()?;
    let credential = state.get(CREDENTIAL).and_then(|text| serde_json::from_str::<Credential>(text).ok());
    Ok(credential.is_some() && credential == password_hash.as_deref().map(Credential::of))
}

/// Whether a stored state, as JSON, signs somebody in, and if so, whether it still may.
pub fn opens(conn: &mut Db, state: &str) -> QueryResult<Option<bool>> {
    let state: State = serde_json::from_str(state).unwrap_or_default();
    if !state.contains_key(ACCOUNT) {
        return Ok(None);
    }
    is_current(conn, &state).map(Some)
}

/// Removes the oldest sessions without an account where there are too many.
fn remove_surplus(conn: &mut Db) -> QueryResult<usize> {
    in_small_steps(|most| {
        let anonymous = sessions::table.filter(sessions::account_id.is_null()).into_boxed();
        remove_beyond(conn, anonymous, MOST_ANONYMOUS, most)
    })
}

/// Keeps so many of these sessions, those that last longest, and removes at most so many others.
fn remove_beyond(
    conn: &mut Db,
    of: sessions::BoxedQuery<'_, <Db as Connection>::Backend>,
    kept: i64,
    most: i64,
) -> QueryResult<usize> {
    let surplus: Vec<String> = of
        .order(sessions::expires_at.desc())
        .offset(kept)
        .limit(most)
        .select(sessions::id_hash)
        .load(conn)?;
    diesel::delete(sessions::table.filter(sessions::id_hash.eq_any(surplus))).execute(conn)
}

/// Whether a state says no more than who is signed in, and since when. Only such states are
/// remembered: a kept line or choice may be added or taken on another node at any time.
fn is_plain(state: &State) -> bool {
    state.contains_key(ACCOUNT)
        && state.contains_key(CREDENTIAL)
        && state.keys().all(|key| [ACCOUNT, CREDENTIAL, CONFIRMED, DEVICE].contains(&key.as_str()))
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
    network: Option<i64>,
    seen_on: Option<NaiveDate>,
}

/// When a session that was begun then is over at the latest.
fn latest_end(begun: NaiveDateTime) -> NaiveDateTime {
    begun + chrono::Duration::days(LONGEST_DAYS)
}

/// The account that is signed in.
fn account_of(state: &State) -> Option<i64> {
    state.get(ACCOUNT)?.parse().ok()
}

impl SessionRow {
    fn new(id_hash: String, state: &State) -> Result<Self, AppError> {
        let now = Utc::now().naive_utc();
        let account_id = account_of(state);
        let network = state.get(NETWORK).and_then(|text| text.parse().ok());
        let lasts = match account_id {
            Some(_) => chrono::Duration::days(SIGNED_IN_DAYS),
            None => chrono::Duration::hours(ANONYMOUS_HOURS),
        };
        let state = serde_json::to_string(state).map_err(|cause| AppError::internal(&cause))?;
        let seen_on = account_id.map(|_| now.date());
        Ok(Self { id_hash, account_id, state, created_at: now, expires_at: now + lasts, network, seen_on })
    }
}

pub(super) fn hash(key: &str) -> String {
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
    in_small_steps(|most| {
        let over = sessions::table.filter(sessions::expires_at.le(now));
        let ids: Vec<String> = over.select(sessions::id_hash).limit(most).load(conn)?;
        diesel::delete(sessions::table.filter(sessions::id_hash.eq_any(ids))).execute(conn)
    })
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
