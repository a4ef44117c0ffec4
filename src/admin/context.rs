//! Who is in the admin area, and what every page of it needs.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::access;
use crate::accounts::{self, CurrentUser, Moderator, Role, Visit};
use crate::db::freshness::Freshness;
use crate::db::versions::{self, Of};
use crate::db::{Database, Db};
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::saved_forms::{self, SavedForm};
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::TypedSession;

/// A moderator, whose password was given lately. As a handler's argument it answers 404 to everybody
/// else, and leads a moderator to the [`access`] when the password is due.
pub(super) struct AdminContext {
    pub user: CurrentUser,
    pub session: TypedSession,
    pub visit: Visit,
    request: HttpRequest,
    database: web::Data<Database>,
    freshness: web::Data<Freshness>,
}

impl AdminContext {
    /// The frame of a page of the admin area. Its title tells it from a public page that is called the same.
    pub(super) fn shell(&self, title: impl Into<String>) -> Shell {
        let path = self.request.path().to_owned();
        let title: String = title.into();
        let title = format!("{title} · Moderation");
        let mut shell = self.visit.shell(title, "Moderation of this site.", &path);
        shell.listed = false;
        shell
    }

    /// The request that brought them here.
    pub(super) fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// What startup has registered for all handlers.
    pub(super) fn shared<T: 'static>(&self) -> Result<web::Data<T>, AppError> {
        access::shared(&self.request)
    }

    /// Notes what was done, for whoever watches over the site.
    pub(super) fn record(&self, event: SecurityEvent, account: Option<i64>) {
        security_event::record(&self.request, event, account);
    }

    /// Whether they are an admin.
    pub(super) fn is_admin(&self) -> bool {
        self.user.role >= Role::Admin
    }

    /// Answers 404 to whoever is no admin.
    pub(super) fn admins_only(&self) -> Result<(), AppError> {
        if self.is_admin() {
            return Ok(());
        }
        access::note_refusal(&self.request);
        Err(AppError::not_found())
    }

    /// Sends a page of the admin area.
    pub(super) fn show(&self, page: &impl Template) -> Result<HttpResponse, AppError> {
        self.show_with(page, StatusCode::OK)
    }

    /// Sends a page of the admin area with another status.
    pub(super) fn show_with(
        &self,
        page: &impl Template,
        status: StatusCode,
    ) -> Result<HttpResponse, AppError> {
        page::show_private(&self.request, page, status)
    }

    /// Sends a form again, with what is wrong with it.
    pub(super) fn show_again(&self, page: &impl Template) -> Result<HttpResponse, AppError> {
        self.show_with(page, StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Runs queries on one unchanging view of the data.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.database.run(move |conn| conn.read(work)).await
    }

    /// Runs `work` as one write transaction; what it changed shows on every page before this returns. Votes are
    /// told by whoever changes them.
    pub(super) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, AppError>
    where
        T: Send + 'static,
        E: From<DieselError> + Send + 'static,
    {
        let (id, role) = (self.user.id, self.user.role);
        let done = self
            .database
            .run(move |conn| {
                Ok(conn.write(|conn| {
                    // Acts in the admin area take turns, before they lock anything else: most tell the public log and
                    // with it raise this version, and must not wait for each other in a ring.
                    versions::take_turn(conn, Of::Catalogue)?;
                    if !may_still(conn, id, role)? {
                        return Ok(None);
                    }
                    let done = work(conn)?;
                    Ok::<_, E>(Some((done, versions::all(conn)?)))
                }))
            })
            .await?;
        match done {
            Ok(None) => Err(AppError::not_found()),
            Ok(Some((done, versions))) => {
                self.freshness.notice(versions);
                Ok(Ok(done))
            }
            Err(cause) => Ok(Err(cause)),
        }
    }

    /// A key for a form that is no part of a page with a frame.
    pub(super) fn form_key(&self) -> String {
        self.visit.quiet_shell("", "", "").form_key()
    }

    /// What they typed into the form at this path when it turned out that their session was over.
    pub(super) async fn saved_form(&self) -> Result<Option<SavedForm>, AppError> {
        if self.session.looks_only() {
            return Ok(None);
        }
        let (id, path) = (self.user.id, self.request.path().to_owned());
        self.database.run(move |conn| Ok(saved_forms::take(conn, id, |saved| saved == path)?)).await
    }
}

/// Whether somebody has the role still that they had when their request came: a suspension, or the loss of the role,
/// counts for what is under way.
fn may_still(conn: &mut Db, id: i64, role: Role) -> QueryResult<bool> {
    let account = accounts::store::find(conn, id)?;
    Ok(account.is_some_and(|account| account.may_act_as(role)))
}

impl FromRequest for AdminContext {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (moderator, visit) =
            (Moderator::from_request(request, payload), Visit::from_request(request, payload));
        let request = request.clone();
        Box::pin(async move {
            let Moderator(user) = moderator.await?;
            let session = TypedSession::of(&request);
            if !access::is_open(&session) {
                let answer = page::see_other(&access::path_back_to(&request));
                return Err(InternalError::from_response("the password is due", answer).into());
            }
            let (database, freshness) = (access::shared(&request)?, access::shared(&request)?);
            Ok(Self { user, session, visit: visit.await?, request, database, freshness })
        })
    }
}
