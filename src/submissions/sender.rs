//! Who sends something, and what every form of theirs needs.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use chrono::Utc;
use serde::de::DeserializeOwned;

use super::load::{self, Wait};
use super::views::FormPage;
use crate::accounts::{Visit, sign_in_path};
use crate::catalogue::Catalogue;
use crate::db::Db;
use crate::submissions::store::{self, Refusal, Sent};
use crate::submissions::submission::NewSubmission;
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::page::{self, Form, Shell, wants_json};
use crate::web::session::TypedSession;

/// Somebody who is signed in and may have something to say. As a handler's argument it leads everybody else to the
/// sign-in page and from there to the form.
pub(super) struct Sender {
    pub id: i64,
    visit: Visit,
    session: TypedSession,
    request: HttpRequest,
    app: web::Data<App>,
}

/// What came of sending.
pub(super) enum Outcome {
    /// It is in the queue.
    Sent(Sent),
    /// Not now.
    Later(Wait),
}

impl Sender {
    /// The frame of a form, which belongs to nobody else.
    pub(super) fn shell(&self, title: impl Into<String>) -> Shell {
        let mut shell = self.visit.shell(title, "Send a submission to the moderators.", self.request.path());
        shell.listed = false;
        shell
    }

    /// What the address says behind its question mark.
    pub(super) fn query(&self) -> &str {
        self.request.query_string()
    }

    /// What was typed into this form before signing in.
    pub(super) fn kept<T: DeserializeOwned>(&self) -> Option<T> {
        let fields = self.session.take_form(self.request.path())?;
        serde_urlencoded::from_str(&fields).ok()
    }

    /// What is there to be corrected or reported.
    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.app.catalogue
    }

    /// Until when they have to wait, if they do.
    pub(super) async fn wait(&self) -> Result<Option<Wait>, AppError> {
        let id = self.id;
        self.read(move |conn| load::wait_of(conn, id)).await
    }

    /// Runs queries.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.app.database.run(work).await
    }

    /// Puts an item into the queue, within the limits.
    pub(super) async fn send(&self, item: NewSubmission) -> Result<Outcome, AppError> {
        let now = Utc::now().naive_utc();
        match self.app.limits.send(self.id, client_address(&self.request)) {
            Err(AppError::TooManyRequests { retry_after }) => {
                let wait =
                    chrono::TimeDelta::seconds(i64::try_from(retry_after).unwrap_or(i64::from(u16::MAX)));
                return Ok(Outcome::Later(Wait::ForSpeed(now + wait)));
            }
            other => other?,
        }
        let id = self.id;
        match self.read(move |conn| Ok(store::send(conn, id, &item, now)?)).await? {
            Ok(sent) => Ok(Outcome::Sent(sent)),
            Err(Refusal::Waits(until)) => Ok(Outcome::Later(Wait::ForSpam(until))),
            Err(Refusal::Suspended) => Err(load::suspended()),
            Err(Refusal::NoAccount) => Err(AppError::SignInFirst),
        }
    }

    /// Shows a form, to somebody who has to wait with why.
    pub(super) fn show(&self, page: FormPage, wait: Option<Wait>) -> Result<HttpResponse, AppError> {
        let page = page.with_wait(wait.map(|wait| wait.words(Utc::now().naive_utc())));
        page::show_private(&self.request, &page, StatusCode::OK)
    }

    /// Shows a form again, with what is wrong with it.
    pub(super) fn show_again(&self, page: &FormPage) -> Result<HttpResponse, AppError> {
        page::show_private(&self.request, page, StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Shows a form again, with what is there already.
    pub(super) fn show_alike(&self, page: &FormPage) -> Result<HttpResponse, AppError> {
        page::show_private(&self.request, page, StatusCode::CONFLICT)
    }

    /// Shows a form again to somebody who has to wait.
    pub(super) fn show_later(&self, page: FormPage, wait: Wait) -> Result<HttpResponse, AppError> {
        let now = Utc::now().naive_utc();
        let page = page.with_wait(Some(wait.words(now)));
        let mut answer = page::show_private(&self.request, &page, StatusCode::TOO_MANY_REQUESTS)?;
        let seconds = (wait.until() - now).num_seconds().max(1);
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Ok(answer)
    }

    /// Thanks for an item and leads on.
    pub(super) fn thank(&self, sent: Sent, next: &str) -> Result<HttpResponse, AppError> {
        self.session.flash(match sent {
            Sent::Now => "Thank you. A moderator will review it. You will find the reply in your account.",
            Sent::Before => "You have already sent this. It is pending.",
        })?;
        Ok(page::see_other(next))
    }
}

impl FromRequest for Sender {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let visit = visit.await?;
            let id = visit.account_id().ok_or(AppError::SignInFirst)?;
            let missing = || AppError::internal(&"the site is not registered");
            let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(missing)?;
            let session = TypedSession::of(&request);
            Ok(Self { id, visit, session, request, app })
        })
    }
}

/// A form and who sends it. As a handler's argument it leads whoever is not signed in, their session being over perhaps,
/// to the sign-in page and from there back to the form; what was typed is kept meanwhile.
pub(super) struct Posted<T> {
    pub sender: Sender,
    pub form: T,
}

impl<T: DeserializeOwned> FromRequest for Posted<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sender = Sender::from_request(request, payload);
        let typed = Form::<Vec<(String, String)>>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let (sender, Form(typed)) = (sender.await, typed.await?);
            let fields = serde_urlencoded::to_string(&typed).map_err(|cause| AppError::internal(&cause))?;
            match sender {
                Err(AppError::SignInFirst) if !wants_json(&request) => Err(sign_in_first(&request, fields)?),
                sender => {
                    let unread = |_| AppError::BadRequest("The form could not be read.".to_owned());
                    Ok(Self { sender: sender?, form: serde_urlencoded::from_str(&fields).map_err(unread)? })
                }
            }
        })
    }
}

/// The way to the sign-in page. What was typed is kept in the session, within the limit for what is kept of people who
/// are not signed in.
fn sign_in_first(request: &HttpRequest, fields: String) -> Result<actix_web::Error, AppError> {
    if let Some(app) = request.app_data::<web::Data<App>>() {
        app.limits.pending_vote(client_address(request))?;
    }
    let session = TypedSession::of(request);
    if session.keep_form(request.path(), fields)? {
        session.flash("Sign in to continue. We’ll keep what you typed.")?;
    }
    let answer = page::see_other(&sign_in_path(request.path()));
    Ok(InternalError::from_response("nobody is signed in", answer).into())
}
