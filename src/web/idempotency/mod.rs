//! A form that is sent twice does what it does once: the second sending waits for the first and is answered like it.
//!
//! Forms on pages that are made for one person carry a key of their own ([`form_key`](crate::web::form_key)); the form
//! that signs in, whose page is the same for all, is known by the visitor's session cookie, if they have one. A sending is
//! known by that key, the path and everything that was typed: whoever goes back, changes something and sends again is not
//! held up, nor is whoever does the same again from a page loaded anew or come back to. Only answers that lead on (303)
//! are kept, for a minute; a form that is shown again with what is wrong may be sent as it is. Of somebody who is signed
//! out nothing is kept but that they have signed in, and that is given to few sendings.

mod reading;
mod store;

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use chrono::Utc;
use tokio::time::{Instant, sleep};

use self::reading::FORM;
pub use self::reading::{Beginning, FormSize, LARGE_FORM, fields, is_form};
pub use self::store::remove_old;
use self::store::{Answer, Known};
use crate::config::Settings;
use crate::db::Database;
use crate::db::freshness::Freshness;
use crate::web::error::AppError;
use crate::web::form_key::{self, FormKey, FormKeys};
use crate::web::page::{self, wants_json};
use crate::web::saved_forms;
use crate::web::session::{self, TypedSession};

/// How long a second sending waits for the first, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// Lets a form do once what it does, around the routes that it wraps.
pub async fn once(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    of_size(request, next, FORM).await
}

/// The same for forms of up to [`LARGE_FORM`].
pub async fn once_large(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    of_size(request, next, LARGE_FORM).await
}

async fn of_size(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    size: FormSize,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !is_form(request.request()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let sending = match Sending::read(&mut request, size).await {
        Ok(Some(sending)) => sending,
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(refused) => return Ok(request.error_response(refused)),
    };
    match sending.begin().await {
        Ok(None) => {}
        Ok(Some(answer)) => return Ok(request.into_response(answer)),
        Err(refused) => return Ok(request.error_response(refused)),
    }
    // Goes on when the browser has hung up, which is what it does at the second click.
    let done = actix_web::rt::spawn(async move {
        let answer = next.call(request).await;
        // It may still come to be done: then it is under way until it is given up.
        if !matches!(status(&answer), StatusCode::SERVICE_UNAVAILABLE) {
            sending.settle(answer.as_ref().ok().map(ServiceResponse::response)).await;
        }
        answer
    });
    let answer = done.await.map_err(|cause| AppError::internal(&cause))?;
    Ok(answer?.map_into_boxed_body())
}

fn status(answer: &Result<ServiceResponse<impl MessageBody>, actix_web::Error>) -> StatusCode {
    match answer {
        Ok(answer) => answer.status(),
        Err(cause) => cause.as_response_error().status_code(),
    }
}

/// One sending of a form.
struct Sending {
    key_hash: String,
    path: String,
    session: TypedSession,
    /// Who was signed in when it came.
    account_id: Option<i64>,
    database: web::Data<Database>,
    freshness: web::Data<Freshness>,
}

impl Sending {
    /// That of this request; `None` if nothing says whose it is. Whoever handles it finds the fields without the key, which
    /// is kept beside the request.
    async fn read(request: &mut ServiceRequest, size: FormSize) -> Result<Option<Self>, AppError> {
        let mut fields = reading::take_all(request, size).await?;
        let missing = || AppError::internal(&"the site is not registered");
        let settings = request.app_data::<web::Data<Settings>>().cloned().ok_or_else(missing)?;
        let keys = FormKeys::of_site(&settings.secret);
        let key =
            fields.iter().find(|(name, _)| name == form_key::FIELD).and_then(|(_, text)| keys.read(text));
        fields.retain(|(name, _)| name != form_key::FIELD);
        let typed = serde_urlencoded::to_string(&fields).map_err(|cause| AppError::internal(&cause))?;
        reading::remove_own(&mut fields);
        reading::put_back(request, &fields)?;
        if wants_json(request.request()) {
            return Ok(None);
        }
        let session = TypedSession::of(request.request());
        let account_id = session.account_id();
        // Somebody else may have signed in since the page was made.
        let is_theirs =
            |key: &FormKey| key.account_id.is_none() || account_id.is_none() || key.account_id == account_id;
        let key = key.filter(is_theirs);
        // Without a key, a visitor is known by the cookie that keeps something for them.
        let cookie = || session::cookie_of(request.request(), &settings).filter(|_| account_id.is_none());
        let Some(sender) = key.as_ref().map(|key| key.text.clone()).or_else(cookie) else { return Ok(None) };
        let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let key_hash = keys.digest(&[&sender, here, &typed]);
        let sending = Self {
            key_hash,
            path: request.path().to_owned(),
            account_id,
            session,
            database: request.app_data().cloned().ok_or_else(missing)?,
            freshness: request.app_data().cloned().ok_or_else(missing)?,
        };
        if let Some(key) = key {
            request.extensions_mut().insert(key);
        }
        Ok(Some(sending))
    }

    /// The answer of the first sending, if this is not the first.
    async fn begin(&self) -> Result<Option<HttpResponse>, AppError> {
        let until = Instant::now() + PATIENCE;
        let claims = self.account_id.is_some();
        loop {
            let (key_hash, now) = (self.key_hash.clone(), Utc::now().naive_utc());
            let look = if claims { store::claim } else { store::find };
            match self.database.run(move |conn| Ok(look(conn, &key_hash, now)?)).await? {
                Known::New => return Ok(None),
                Known::Answered(answer, versions) => {
                    self.freshness.notice(versions);
                    return self.answer_again(&answer);
                }
                Known::UnderWay if Instant::now() > until => return Err(AppError::Unavailable),
                Known::UnderWay => sleep(LOOKS_EVERY).await,
            }
        }
    }

    /// Leads to where the first sending led, with the session that it gave.
    fn answer_again(&self, answer: &Answer) -> Result<Option<HttpResponse>, AppError> {
        let signed_in = self.session.restore(answer.state.as_deref().unwrap_or("{}"))?;
        // Somebody whose session is over signs in first, as for any form.
        let may_go_on = signed_in || self.account_id.is_some();
        Ok(may_go_on.then(|| page::see_other(&answer.location)))
    }

    /// Notes where this sending led to, so that another is answered alike. Without the note it is another sending.
    async fn settle(self, answer: Option<&HttpResponse<impl MessageBody>>) {
        let location = answer
            .filter(|answer| answer.status() == StatusCode::SEE_OTHER && self.session.account_id().is_some())
            .and_then(|answer| answer.headers().get(header::LOCATION)?.to_str().ok());
        let answer = location
            .map(|location| Answer { location: location.to_owned(), state: self.session.to_restore() });
        if self.account_id.is_none() && answer.is_none() {
            return;
        }
        let (key_hash, path, now) = (self.key_hash, self.path, Utc::now().naive_utc());
        let received = self.account_id.filter(|_| answer.is_some());
        let noted = self.database.run(move |conn| {
            if let Some(account_id) = received {
                saved_forms::forget(conn, account_id, &path)?;
            }
            Ok(store::settle(conn, &key_hash, answer, now)?)
        });
        let noted = noted.await;
        if let Err(cause) = noted {
            tracing::warn!(%cause, "where a form led to is not noted");
        }
    }
}
