//! Sending a file, looking at what it would change, applying it, exporting.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use chrono::Utc;
use diesel::result::Error as DieselError;

use super::store::{self, Upload};
use super::upload;
use super::views::{AskPage, PreviewPage};
use crate::admin::Desk;
use crate::admin::editor::log_text;
use crate::admin::form::{Fields, FormData, SentForm};
use crate::catalogue::file;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

pub(super) async fn ask(desk: Desk) -> Result<HttpResponse, AppError> {
    let user = desk.user.id;
    let waiting = desk.read(move |conn| Ok(store::waiting(conn, user)?)).await?;
    desk.show(&AskPage::new(&desk, Fields::default(), waiting))
}

pub(super) async fn upload(desk: Desk, form: Multipart) -> Result<HttpResponse, AppError> {
    let sent = upload::read(form).await?;
    let refused = match String::from_utf8(sent.content) {
        Ok(content) if content.trim().is_empty() => "Choose a catalogue file.",
        Ok(content) if content.contains('\0') => "This is not a catalogue file: it contains a NUL character.",
        Ok(content) => {
            let user = desk.user.clone();
            let name = if sent.name.is_empty() { "a file".to_owned() } else { sent.name };
            let kept = desk.write(move |conn| store::keep(conn, &user, &name, &content)).await??;
            return Ok(page::see_other(&format!("/admin/import/{kept}")));
        }
        Err(_) => "This is not a catalogue file: it is not text in UTF-8.",
    };
    let mut fields = Fields::new(FormData(vec![("file".into(), String::new())]));
    fields.errors.add("file", refused);
    let user = desk.user.id;
    let waiting = desk.read(move |conn| Ok(store::waiting(conn, user)?)).await?;
    desk.show_again(&AskPage::new(&desk, fields, waiting))
}

pub(super) async fn preview(desk: Desk, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let upload = find(&desk, id).await?;
    show(&desk, upload, StatusCode::OK).await
}

/// Applies what was looked at, or shows what it would do now.
pub(super) async fn apply(desk: Desk, PathId(id): PathId, form: SentForm) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    let upload = find(&desk, id).await?;
    let version: Option<i64> = typed.get("version").parse().ok();
    let Some(version) = version.filter(|_| typed.get("hash") == upload.hash()) else {
        return show(&desk, upload, StatusCode::CONFLICT).await;
    };
    let user = desk.user.clone();
    let (upload, done) = desk
        .write(move |conn| {
            let done = store::apply(conn, &user, &upload, version)?;
            Ok::<_, DieselError>((upload, done))
        })
        .await??;
    match done {
        Some(summary) => {
            let told = summary.to_string().replace('\n', "; ");
            desk.session.flash(format!("{} is applied. {told}.", upload.name))?;
            Ok(page::see_other("/admin/import"))
        }
        None => show(&desk, upload, StatusCode::CONFLICT).await,
    }
}

pub(super) async fn export(desk: Desk) -> Result<HttpResponse, AppError> {
    let text = desk.read(|conn| Ok(file::export(conn)?)).await?;
    let name = format!("attachment; filename=\"catalogue-{}.json\"", Utc::now().format("%Y-%m-%d"));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

async fn find(desk: &Desk, id: i64) -> Result<Upload, AppError> {
    let user = desk.user.id;
    desk.read(move |conn| store::find(conn, user, id)?.ok_or_else(AppError::not_found)).await
}

async fn show(desk: &Desk, upload: Upload, status: StatusCode) -> Result<HttpResponse, AppError> {
    let (upload, outlook, names) = desk
        .read(move |conn| {
            let outlook = store::outlook(conn, &upload)?;
            Ok((upload, outlook, log_text::names(conn)?))
        })
        .await?;
    let wanted = wanted(&field(desk.request().query_string(), "page"));
    let page = PreviewPage::new(desk, &upload, outlook, &names, wanted, status == StatusCode::CONFLICT);
    page::show_private(desk.request(), &page, status)
}
