//! How forms are read: as they were typed, without the fields that are the site's own, within limits of length and of
//! the number of fields, which cost more than their length.

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::UrlencodedError;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;

use crate::config::Settings;
use crate::web::error::AppError;
use crate::web::form_key::{self, FormKey, FormKeys};
use crate::web::page;

/// How large a form may be.
#[derive(Debug, Clone, Copy)]
pub struct FormSize {
    /// How many bytes it may have.
    pub bytes: usize,
    /// How many fields after the first.
    fields: usize,
}

/// The largest form that visitors and members send.
pub(super) const FORM: FormSize = FormSize { bytes: 64 * 1024, fields: 200 };

/// The largest form of the admin area: ten takes of ten thousand characters, written as `%XX`, fit in. A page looks for each
/// of its fields among all of them.
pub const LARGE_FORM: FormSize = FormSize { bytes: 1024 * 1024, fields: 4999 };

/// The fields of a form as they were typed, without its key.
pub(super) type Fields = Vec<(String, String)>;

/// What `static/forms.js` adds to a form on a page that was come back to, so that it is another sending.
const AGAIN: &str = "form_again";

/// Whether this is a form as browsers send it, and no file.
pub fn is_form(request: &HttpRequest) -> bool {
    *request.method() == Method::POST && request.content_type() == "application/x-www-form-urlencoded"
}

/// Takes the fields out of a form.
pub(super) async fn take_all(request: &mut ServiceRequest, size: FormSize) -> Result<Fields, AppError> {
    let mut payload = request.take_payload();
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let read = async {
        match announced {
            Some(length) if length > size.bytes => {
                Err(UrlencodedError::Overflow { size: length, limit: size.bytes })
            }
            _ => to_end(&mut payload, web::BytesMut::new(), size.bytes).await,
        }
    };
    parse(&in_time(read).await?, size)
}

/// Takes the fields out of a form that nobody else will read, without those that are the site's own.
pub async fn fields(request: &mut ServiceRequest, size: FormSize) -> Result<Fields, AppError> {
    let mut fields = take_all(request, size).await?;
    remove_own(&mut fields);
    Ok(fields)
}

/// Takes out the fields that whoever sends a form does not see.
pub(super) fn remove_own(fields: &mut Fields) {
    fields.retain(|(name, _)| name != form_key::FIELD && name != AGAIN);
}

/// Leaves fields for the next who reads the form.
pub(super) fn put_back(request: &mut ServiceRequest, fields: &Fields) -> Result<(), AppError> {
    let text = serde_urlencoded::to_string(fields).map_err(|cause| AppError::internal(&cause))?;
    // What is left out makes it shorter than was announced, and nobody waits for more.
    request.set_payload(Payload::from(web::Bytes::from(text)));
    Ok(())
}

/// The beginning of a form, and the rest to come.
pub struct Beginning {
    /// The key of this site that it begins with.
    pub key: Option<FormKey>,
    body: web::BytesMut,
    payload: Payload,
}

impl Beginning {
    /// Reads as much of a form as its key is long.
    pub async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Self, AppError> {
        let settings = request.app_data::<web::Data<Settings>>();
        let settings = settings.ok_or_else(|| AppError::internal(&"the site is not registered"))?;
        let keys = FormKeys::of_site(&settings.secret);
        let read = async {
            let mut body = web::BytesMut::new();
            while body.len() < form_key::BEGINNING {
                let Some(chunk) = payload.next().await else { break };
                body.extend_from_slice(&chunk.map_err(UrlencodedError::Payload)?);
            }
            Ok(body)
        };
        let body = in_time(read).await?;
        Ok(Self { key: keys.at_beginning(&body), body, payload })
    }

    /// Reads the rest: all fields but those that are the site's own.
    pub async fn rest(mut self, size: FormSize) -> Result<Fields, AppError> {
        let body = in_time(to_end(&mut self.payload, self.body, size.bytes)).await?;
        let mut fields = parse(&body, size)?;
        remove_own(&mut fields);
        Ok(fields)
    }
}

async fn in_time(
    read: impl Future<Output = Result<web::BytesMut, UrlencodedError>>,
) -> Result<web::BytesMut, AppError> {
    page::form_in_time(read, |cause: &UrlencodedError| Some(cause)).await
}

async fn to_end(
    payload: &mut Payload,
    mut body: web::BytesMut,
    limit: usize,
) -> Result<web::BytesMut, UrlencodedError> {
    loop {
        if body.len() > limit {
            return Err(UrlencodedError::Overflow { size: body.len(), limit });
        }
        let Some(chunk) = payload.next().await else { return Ok(body) };
        body.extend_from_slice(&chunk.map_err(UrlencodedError::Payload)?);
    }
}

fn parse(body: &[u8], size: FormSize) -> Result<Fields, AppError> {
    if body.iter().filter(|byte| **byte == b'&').count() > size.fields {
        return Err(AppError::TooLarge("This form has too many rows.".into()));
    }
    serde_urlencoded::from_bytes(body).map_err(|_| AppError::BadRequest("The form could not be read.".into()))
}
