//! Who sends something, and what every form of theirs needs.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::Utc;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::forms::FormErrors;
use super::load::Wait;
use super::store::{self, Delivery};
use super::submission::NewSubmission;
use super::views::SubmissionPage;
use crate::accounts::{Visit, sign_in_path};
use crate::db::Db;
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::form_key::FormKey;
use crate::web::guard::client_address;
use crate::web::page::{self, Form, Shell, wants_json};
use crate::web::saved_forms;
use crate::web::session::TypedSession;

/// Somebody who is signed in and may have something to say. As a handler's argument it leads everybody else to the
/// sign-in page and from there to the form.
pub(super) struct Sender {
    pub id: i64,
    pub request: HttpRequest,
    pub app: web::Data<App>,
    visit: Visit,
    session: TypedSession,
}

impl Sender {
    /// The frame of a form, which belongs to nobody else.
    pub(super) fn shell(&self, title: impl Into<String>) -> Shell {
        let mut shell = self.visit.shell(title, "Send a submission to the moderators.", self.request.path());
        shell.listed = false;
        shell
    }

    /// What was typed into the form at a path that is meant before signing in, or before a session was over.
    pub(super) async fn kept<T: DeserializeOwned>(
        &self,
        is_meant: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Option<T>, AppError> {
        let of_visitor = self.session.take_form(&is_meant);
        if of_visitor.is_some() || self.session.looks_only() {
            return Ok(of_visitor);
        }
        let id = self.id;
        let saved = self.app.database.run(move |conn| Ok(saved_forms::take(conn, id, is_meant)?)).await?;
        Ok(saved.and_then(|form| form.parse()))
    }

    /// Why they have to wait, if they do; suspended ones are turned away.
    pub(super) async fn wait(&self) -> Result<Option<Wait>, AppError> {
        let (id, now) = (self.id, Utc::now().naive_utc());
        let until = self.app.database.run(move |conn| store::waits_until(conn, id, now)).await?;
        Ok(until.map(|until| Wait::for_spam(until, now)))
    }

    /// Puts what a form comes to into the queue and leads on, or shows the form again: with what is wrong with it, or,
    /// beyond the limits, with how long to wait.
    pub(super) async fn send(
        &self,
        page: SubmissionPage,
        item: Result<NewSubmission, FormErrors>,
        next: &str,
    ) -> Result<HttpResponse, AppError> {
        let item = match item {
            Ok(item) => item,
            Err(complaints) => {
                return self.show(&page.with_complaints(complaints), StatusCode::UNPROCESSABLE_ENTITY);
            }
        };
        match self.app.limits.send(self.id, client_address(&self.request)) {
            Err(AppError::TooManyRequests { retry_after }) => {
                return self.show_later(page, Wait::for_speed(retry_after));
            }
            other => other?,
        }
        let (id, now) = (self.id, Utc::now().naive_utc());
        let thanks = match self.app.database.run(move |conn| store::send(conn, id, &item, now)).await? {
            Delivery::Queued => {
                "Thank you. A moderator will review it. You will find the reply in your account."
            }
            Delivery::AlreadyOpen => "You have already sent this. It is pending.",
            Delivery::Waits(until) => return self.show_later(page, Wait::for_spam(until, now)),
        };
        self.session.flash(thanks)?;
        Ok(page::see_other(next))
    }

    /// Shows a form.
    pub(super) fn show(&self, page: &SubmissionPage, status: StatusCode) -> Result<HttpResponse, AppError> {
        page::show_private(&self.request, page, status)
    }

    fn show_later(&self, page: SubmissionPage, wait: Wait) -> Result<HttpResponse, AppError> {
        let seconds = wait.seconds.max(1);
        let mut answer = self.show(&page.with_wait(Some(wait)), StatusCode::TOO_MANY_REQUESTS)?;
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Ok(answer)
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

impl<T: DeserializeOwned + Serialize> FromRequest for Posted<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sender = Sender::from_request(request, payload);
        let typed = Form::<Vec<(String, String)>>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let (sender, Form(typed)) = (sender.await, typed.await?);
            let fields = serde_urlencoded::to_string(&typed).map_err(|cause| AppError::internal(&cause))?;
            let unread = |_| AppError::BadRequest("The form could not be read.".to_owned());
            let form: T = serde_urlencoded::from_str(&fields).map_err(unread)?;
            match sender {
                Err(AppError::SignInFirst) if !wants_json(&request) => {
                    Err(sign_in_first(&request, typed, &form).await?)
                }
                sender => Ok(Self { sender: sender?, form }),
            }
        })
    }
}

/// The way to the sign-in page. What was typed is kept: for the account that the form was made for, or, where that is
/// not known, in the session, within the limit for what is kept of people who are not signed in.
async fn sign_in_first(
    request: &HttpRequest,
    typed: Vec<(String, String)>,
    form: &impl Serialize,
) -> Result<actix_web::Error, AppError> {
    let (session, path) = (TypedSession::of(request), request.path().to_owned());
    let missing = || AppError::internal(&"the site is not registered");
    let app = request.app_data::<web::Data<App>>().ok_or_else(missing)?;
    let address = client_address(request);
    app.limits.pending_vote(address)?;
    session.comes_from(address, &app.settings.secret)?;
    let (key, now) = (request.extensions().get::<FormKey>().cloned(), Utc::now().naive_utc());
    let here = path.clone();
    let save = move |conn: &mut Db| {
        let owner = key.map(|key| saved_forms::owner(conn, &key, now)).transpose()?.flatten();
        Ok(owner.map(|id| saved_forms::save(conn, id, &here, &typed, now)).transpose()?)
    };
    let is_kept = match app.database.run(save).await? {
        Some(is_kept) => is_kept,
        None => session.keep_form(&path, form)?,
    };
    if is_kept {
        session.flash("Sign in to continue. We’ll keep what you typed.")?;
    }
    let answer = page::see_other(&sign_in_path(request.path()));
    Ok(InternalError::from_response("nobody is signed in", answer).into())
}
