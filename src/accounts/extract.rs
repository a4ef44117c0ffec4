//! Who is asking: extractors that a handler names in its signature to say who may call it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::{Role, store};
use crate::config::Settings;
use crate::db::Database;
use crate::db::freshness::{Freshness, Recent};
use crate::web::error::AppError;
use crate::web::form_key::Owner;
use crate::web::page::{Audience, Shell};
use crate::web::security_event::SignedIn;
use crate::web::session::{Credential, TypedSession};

/// Somebody who is signed in. As a handler's argument it answers 401 to everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: i64,
    pub handle: String,
    pub role: Role,
    /// How many submissions of theirs were answered since they last looked.
    pub new_answers: usize,
}

/// A moderator or admin. As a handler's argument it answers 404 to everybody else: what the admin area can
/// do, a visitor cannot find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator(pub CurrentUser);

/// An admin. As a handler's argument it answers 404 to everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin(pub CurrentUser);

/// A look at a page: by whom, and all that the frame around the page needs.
pub struct Visit {
    /// Who is signed in, if anybody.
    pub user: Option<CurrentUser>,
    settings: web::Data<Settings>,
    pub(super) session: TypedSession,
    here: String,
}

impl Visit {
    /// For whom a page of this visit is.
    pub fn audience(&self) -> Audience {
        match &self.user {
            _ if self.session.has_flash() => Audience::Once,
            Some(user) => Audience::Account(user.id),
            None => Audience::Visitor,
        }
    }

    /// The frame for a page with this title and description, whose one address is `path`. The
    /// line that was kept for the next page is shown on it.
    pub fn shell(&self, title: impl Into<String>, description: impl Into<String>, path: &str) -> Shell {
        Shell { flash: self.session.take_flash(), ..self.quiet_shell(title, description, path) }
    }

    /// The same, with the kept line left for a later page.
    pub fn quiet_shell(&self, title: impl Into<String>, description: impl Into<String>, path: &str) -> Shell {
        Shell {
            is_moderator: self.user.as_ref().is_some_and(|user| user.role >= Role::Moderator),
            is_admin: self.user.as_ref().is_some_and(|user| user.role >= Role::Admin),
            viewer: self.user.as_ref().map(|user| user.handle.clone()),
            owner: self.owner(),
            new_answers: self.user.as_ref().map_or(0, |user| user.new_answers),
            ..Shell::anonymous(&self.settings, title, description, path, &self.here)
        }
    }

    /// Whose forms are on the page.
    fn owner(&self) -> Option<Owner> {
        Some(Owner { account_id: self.account_id()?, credential: self.session.credential()? })
    }

    /// Whether nobody is shown what is asked for, so that it must not use up what is shown once.
    pub fn only_looks(&self) -> bool {
        self.session.looks_only()
    }

    /// The name of the site.
    pub fn site_name(&self) -> String {
        self.settings.site_name()
    }

    /// The id of whoever is signed in.
    pub fn account_id(&self) -> Option<i64> {
        self.user.as_ref().map(|user| user.id)
    }
}

/// Accounts in the database, with a short memory of those that were just seen, so that a page of theirs costs no query;
/// forgotten when any account changes.
pub struct RecentAccounts {
    database: Database,
    recent: Recent<i64, (CurrentUser, Credential)>,
}

impl RecentAccounts {
    /// An empty memory.
    pub fn new(database: Database, freshness: Arc<Freshness>) -> Self {
        Self { database, recent: Recent::new(freshness) }
    }

    async fn find(&self, id: i64) -> Result<Option<(CurrentUser, Credential)>, AppError> {
        if let Some(known) = self.recent.get(&id) {
            return Ok(Some(known));
        }
        let asked = self.recent.moment();
        let found = self
            .database
            .run(move |conn| Ok((store::find(conn, id)?, store::new_answers(conn, id)?)))
            .await?;
        let (Some(account), new_answers) = found else { return Ok(None) };
        // Whoever is suspended keeps no right of a role, should a session have outlived it.
        let role = if account.suspended_at.is_some() { Role::Member } else { Role::from_i16(account.role) };
        let credential = Credential::of(&account.password_hash);
        let known = (CurrentUser { id, handle: account.handle, role, new_answers }, credential);
        self.recent.remember(id, known.clone(), asked);
        Ok(Some(known))
    }
}

/// Looks up who is signed in, once per request.
async fn signed_in(request: &HttpRequest) -> Result<Option<CurrentUser>, AppError> {
    if let Some(known) = request.extensions().get::<Option<CurrentUser>>() {
        return Ok(known.clone());
    }
    let session = TypedSession::of(request);
    let user = match session.account_id() {
        Some(id) => {
            let missing = || AppError::internal(&"the accounts are not registered");
            let accounts = request.app_data::<web::Data<RecentAccounts>>().ok_or_else(missing)?;
            let known = accounts.find(id).await?;
            known.filter(|(_, credential)| session.is_made_with(credential)).map(|(user, _)| user)
        }
        None => None,
    };
    if let Some(user) = &user {
        request.extensions_mut().insert(SignedIn(user.id));
    }
    request.extensions_mut().insert(user.clone());
    Ok(user)
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

impl FromRequest for CurrentUser {
    type Error = AppError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await?.ok_or(AppError::SignInFirst) })
    }
}

impl FromRequest for Moderator {
    type Error = AppError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { of_rank(&request, Role::Moderator).await.map(Self) })
    }
}

impl FromRequest for Admin {
    type Error = AppError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { of_rank(&request, Role::Admin).await.map(Self) })
    }
}

/// Whoever is signed in, if their role is at least `rank`.
async fn of_rank(request: &HttpRequest, rank: Role) -> Result<CurrentUser, AppError> {
    signed_in(request).await?.filter(|user| user.role >= rank).ok_or_else(AppError::not_found)
}

impl FromRequest for Visit {
    type Error = AppError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let settings = request
                .app_data::<web::Data<Settings>>()
                .cloned()
                .ok_or_else(|| AppError::internal(&"the settings are not registered"))?;
            let here = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
            Ok(Self { user: signed_in(&request).await?, settings, session: TypedSession::of(&request), here })
        })
    }
}
