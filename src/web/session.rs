//! Sessions: opaque keys in the cookie, their state in the database, so that they can be revoked.
//!
//! Only the SHA-256 of a key is stored. The session stands behind [`Visit`'s](crate::accounts)
//! typed wrapper [`TypedSession`]; nothing else reads or writes its state.

use std::{collections::HashMap, sync::Arc};

use actix_session::{
    Session, SessionExt, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession, TtlExtensionPolicy},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError},
};
use actix_web::{
    FromRequest, HttpRequest,
    cookie::{SameSite, time::Duration},
    dev::Payload,
};
use askama::{Template, filters::HtmlSafe};
use chrono::{NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    config::Settings,
    db::{
        Database, Db,
        freshness::{Freshness, Recent},
        schema::sessions,
        versions::{self, Of, Versions},
    },
    each,
    text::hex,
    web::error::AppError,
};

const ACCOUNT: &str = "account";
const CREDENTIAL: &str = "credential";
/// When the password was last given, in seconds since 1970.
const CONFIRMED: &str = "confirmed";
const FLASH: &str = "flash";
const PENDING: &str = "pending";
const FORM: &str = "form";

/// The most bytes of a form that is kept.
const FORM_BYTES: usize = 16 * 1024;

/// How long a session lasts after sign-in.
const SIGNED_IN_DAYS: i64 = 30;
/// How long a session without an account keeps what it holds.
const ANONYMOUS_HOURS: i64 = 2;

/// The session of the request, as the features may use it.
#[derive(Clone)]
pub struct TypedSession(Session);

/// A line shown once, on the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Template)]
#[template(path = "_flash.html")]
pub struct Flash {
    /// Whether it tells of something that went wrong.
    pub problem: bool,
    /// One sentence.
    pub text: String,
}

impl HtmlSafe for Flash {}

/// A choice that somebody made before signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingVote {
    /// The tool's slug.
    pub tool: String,
    /// The tool's name.
    pub name: String,
    /// `ship` or `skip`.
    pub choice: String,
}

/// A form that somebody sent before signing in. It holds no password.
#[derive(Serialize, Deserialize)]
struct KeptForm {
    /// The path that it was sent to.
    path: String,
    /// Its fields, urlencoded.
    fields: String,
}

impl TypedSession {
    /// The account that is signed in, as the session says; whoever asks must still look it up.
    #[must_use]
    pub fn account_id(&self) -> Option<i64> {
        self.0.get(ACCOUNT).ok().flatten()
    }

    /// Whether the session was made with this password. One that was opened with the old password
    /// while a new one was being stored is nobody's.
    #[must_use]
    pub fn is_made_with(&self, password: &Credential) -> bool {
        self.0.get::<Credential>(CREDENTIAL).ok().flatten().is_some_and(|known| known == *password)
    }

    /// Makes this the session of `account_id`, whose password has this hash, under a new key.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn sign_in(&self, account_id: i64, password_hash: &str) -> Result<(), AppError> {
        self.0.renew();
        self.keep(CREDENTIAL, &Credential::of(password_hash))?;
        self.confirm()?;
        self.keep(ACCOUNT, &account_id)
    }

    /// Notes that whoever is signed in has just given their password.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn confirm(&self) -> Result<(), AppError> {
        self.keep(CONFIRMED, &Utc::now().timestamp())
    }

    /// How long ago, in seconds, the password was given in this session; `None` if that is not known.
    #[must_use]
    pub fn confirmed_ago(&self) -> Option<i64> {
        let then: i64 = self.0.get(CONFIRMED).ok().flatten()?;
        Some((Utc::now().timestamp() - then).max(0))
    }

    /// Ends the session.
    pub fn sign_out(&self) {
        self.0.purge();
    }

    /// Keeps a line for the next page.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn flash(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.keep(FLASH, &Flash { problem: false, text: text.into() })
    }

    /// Keeps a line about something that went wrong for the next page.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn flash_problem(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.keep(FLASH, &Flash { problem: true, text: text.into() })
    }

    /// Whether a line is kept for the next page.
    #[must_use]
    pub fn has_flash(&self) -> bool {
        self.0.contains_key(FLASH)
    }

    /// Takes the kept line out.
    #[must_use]
    pub fn take_flash(&self) -> Option<Flash> {
        self.take(FLASH)
    }

    /// Keeps a choice until its voter has signed in.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn keep_pending_vote(&self, vote: &PendingVote) -> Result<(), AppError> {
        self.keep(PENDING, vote)
    }

    /// Shows the kept choice.
    #[must_use]
    pub fn pending_vote(&self) -> Option<PendingVote> {
        self.0.get(PENDING).ok().flatten()
    }

    /// Takes the kept choice out.
    #[must_use]
    pub fn take_pending_vote(&self) -> Option<PendingVote> {
        self.take(PENDING)
    }

    /// Keeps what was typed into the form at `path` until its sender has signed in, unless it is very much. Never for a
    /// form with a password. Says whether it is kept.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn keep_form(&self, path: &str, fields: String) -> Result<bool, AppError> {
        let fits = path.len() + fields.len() <= FORM_BYTES;
        if fits {
            self.keep(FORM, &KeptForm { path: path.to_owned(), fields })?;
        }
        Ok(fits)
    }

    /// Takes out what was typed into the form at `path`, urlencoded. What was kept of another form is dropped.
    #[must_use]
    pub fn take_form(&self, path: &str) -> Option<String> {
        self.take(FORM).filter(|form: &KeptForm| form.path == path).map(|form| form.fields)
    }

    fn keep<T: Serialize>(&self, key: &str, value: &T) -> Result<(), AppError> {
        self.0.insert(key, value).map_err(|cause| AppError::internal(&cause))
    }

    fn take<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.0.get(key).ok().flatten();
        if self.0.contains_key(key) {
            self.0.remove(key);
        }
        value
    }
}

impl FromRequest for TypedSession {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(request.get_session())))
    }
}

impl TypedSession {
    /// The session of `request`.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        Self(request.get_session())
    }
}

/// The middleware that loads and stores sessions; under https the cookie is `__Host-` and Secure.
#[must_use]
pub fn middleware(settings: &Settings, sessions: &DatabaseSessions) -> SessionMiddleware<DatabaseSessions> {
    let name = if settings.https() { "__Host-shiptally" } else { "shiptally" };
    SessionMiddleware::builder(sessions.clone(), settings.secret.cookie_key())
        .cookie_name(name.to_owned())
        .cookie_secure(settings.https())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(
            PersistentSession::default()
                .session_ttl(Duration::days(SIGNED_IN_DAYS))
                .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges),
        )
        .build()
}

/// Ends every session of an account, in the transaction of whatever ends them; effective at the
/// next request of each.
///
/// # Errors
/// When the database fails.
pub fn end_all(conn: &mut Db, account_id: i64) -> QueryResult<usize> {
    versions::take_turn(conn, Of::Accounts)?;
    let ended = diesel::delete(sessions::table.filter(sessions::account_id.eq(account_id))).execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    Ok(ended)
}

/// Removes sessions that are over.
///
/// # Errors
/// When the database fails.
pub fn remove_expired(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)
}

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
    #[must_use]
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
        let key = hex(&bytes);
        let row = Row::new(hash(&key), &state).map_err(|cause| SaveError::Other(cause.into()))?;
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
        let row = Row::new(id_hash.clone(), &state).map_err(|cause| UpdateError::Other(cause.into()))?;
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
        self.freshness.notice_all_but_votes(versions);
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
struct Row {
    id_hash: String,
    account_id: Option<i64>,
    state: String,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

impl Row {
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

/// Tells one password hash from another, without giving it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credential(String);

impl Credential {
    /// That of the password behind this hash.
    #[must_use]
    pub fn of(password_hash: &str) -> Self {
        let mut digits = hash(password_hash);
        digits.truncate(32);
        Self(digits)
    }
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stored_as_sha_256_in_hexadecimal() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
        assert_eq!(Credential::of("abc"), Credential(expected[..32].to_owned()));
    }
}
