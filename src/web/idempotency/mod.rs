//! A form that is sent twice does what it does once: the second sending waits for the first and is answered like it.
//!
//! Forms on pages that are made for one person carry a key of their own ([`form_key`](crate::web::form_key)); the form
//! that signs in, whose page is the same for all, is known by the visitor's cookie. A sending is known by that key, the path and everything that was typed: whoever goes back, changes something and sends again
//! is not held up, nor is whoever does the same again from a page loaded anew. Only answers that lead on (303) are kept;
//! a form that is shown again with what is wrong may be sent as it is. Of somebody who is signed out nothing is kept
//! but that they have signed in.

mod store;

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse, UrlEncoded};
use actix_web::error::UrlencodedError;
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use chrono::Utc;
use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

pub use self::store::remove_old;
use self::store::{Answer, Known};
use crate::config::Settings;
use crate::db::Database;
use crate::db::freshness::Freshness;
use crate::web::error::AppError;
use crate::web::form_key::{self, FormKey, FormKeys};
use crate::web::page::{self, wants_json};
use crate::web::saved_forms;
use crate::web::session::TypedSession;

/// The largest form that visitors and members send, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// The largest form of the admin area, in bytes: ten takes of ten thousand characters, written as `%XX`, fit in.
pub const LARGE_FORM_LIMIT: usize = 1024 * 1024;

/// How long a second sending waits for the first, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// The fields of a form as they were typed, without its key.
pub type Fields = Vec<(String, String)>;

/// Lets a form do once what it does, around the routes that it wraps.
pub async fn once(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    of_size(request, next, FORM_LIMIT).await
}

/// The same for forms of up to [`LARGE_FORM_LIMIT`].
pub async fn once_large(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    of_size(request, next, LARGE_FORM_LIMIT).await
}

async fn of_size(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    limit: usize,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !is_form(&request) || wants_json(request.request()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let sending = match Sending::read(&mut request, limit).await {
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
        sending.settle(answer.as_ref().ok().map(ServiceResponse::response)).await;
        answer
    });
    let answer = done.await.map_err(|cause| AppError::internal(&cause))?;
    Ok(answer?.map_into_boxed_body())
}

/// Whether this is a form as browsers send it, and no file.
pub fn is_form(request: &ServiceRequest) -> bool {
    *request.method() == Method::POST && request.content_type() == "application/x-www-form-urlencoded"
}

/// Takes the fields out of a form, and leaves them there for the next who reads it.
pub async fn fields(request: &mut ServiceRequest, limit: usize) -> Result<Fields, AppError> {
    let mut payload = request.take_payload();
    let read = UrlEncoded::<Fields>::new(request.request(), &mut payload).limit(limit);
    let fields = page::form_in_time(read, |cause: &UrlencodedError| Some(cause)).await?;
    put_back(request, &fields)?;
    Ok(fields)
}

fn put_back(request: &mut ServiceRequest, fields: &Fields) -> Result<(), AppError> {
    let text = serde_urlencoded::to_string(fields).map_err(|cause| AppError::internal(&cause))?;
    // What is left out makes it shorter than was announced, and nobody waits for more.
    request.set_payload(Payload::from(web::Bytes::from(text)));
    Ok(())
}

/// The fields of a form that begins with a key of this site, without it; of any other no more is read than its beginning.
pub async fn signed_fields(
    request: &mut ServiceRequest,
    limit: usize,
) -> Result<Option<(FormKey, Fields)>, AppError> {
    let settings = request.app_data::<web::Data<Settings>>().cloned();
    let Some(keys) = settings.map(|settings| FormKeys::of_site(&settings.secret)) else { return Ok(None) };
    let mut payload = request.take_payload();
    let read = async {
        let (mut body, mut key) = (web::BytesMut::new(), None);
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(UrlencodedError::Payload)?;
            if body.len() + chunk.len() > limit {
                return Err(UrlencodedError::Overflow { size: body.len() + chunk.len(), limit });
            }
            body.extend_from_slice(&chunk);
            key = key.or_else(|| keys.at_beginning(&body));
            if key.is_none() && body.len() >= form_key::BEGINNING {
                return Ok(None);
            }
        }
        Ok(key.map(|key| (key, body)))
    };
    let read = page::form_in_time(read, |cause: &UrlencodedError| Some(cause)).await?;
    Ok(read.and_then(|(key, body)| {
        let mut fields: Fields = serde_urlencoded::from_bytes(&body).ok()?;
        fields.retain(|(name, _)| name != form_key::FIELD);
        Some((key, fields))
    }))
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
    async fn read(request: &mut ServiceRequest, limit: usize) -> Result<Option<Self>, AppError> {
        let mut fields = fields(request, limit).await?;
        let missing = || AppError::internal(&"the site is not registered");
        let settings = request.app_data::<web::Data<Settings>>().cloned().ok_or_else(missing)?;
        let keys = FormKeys::of_site(&settings.secret);
        let key =
            fields.iter().find(|(name, _)| name == form_key::FIELD).and_then(|(_, text)| keys.read(text));
        fields.retain(|(name, _)| name != form_key::FIELD);
        put_back(request, &fields)?;
        let session = TypedSession::of(request.request());
        let account_id = session.account_id();
        // Somebody else may have signed in since the page was made.
        let is_theirs =
            |key: &FormKey| key.account_id.is_none() || account_id.is_none() || key.account_id == account_id;
        let key = key.filter(is_theirs);
        // Without a key, a visitor is known by the cookie that keeps something for them.
        let cookie = || request.headers().get(header::COOKIE)?.to_str().ok().filter(|_| account_id.is_none());
        let Some(sender) = key.as_ref().map(|key| key.text.as_str()).or_else(cookie) else { return Ok(None) };
        let typed = serde_urlencoded::to_string(&fields).map_err(|cause| AppError::internal(&cause))?;
        let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let key_hash = keys.digest(&[sender, here, &typed]);
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
