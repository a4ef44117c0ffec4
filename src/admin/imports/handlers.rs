//! Sending a file, looking at what it would change, applying it, exporting.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use chrono::Utc;
use diesel::result::Error as DieselError;

use super::parsed::{ParsedFile, ParsedFiles};
use super::store::{self, Upload};
use super::views::{AskPage, PreviewPage};
use crate::admin::AdminContext;
use crate::admin::editor::log_text;
use crate::admin::form::{Fields, FormData, SentForm};
use crate::admin::upload;
use crate::catalogue::file;
use crate::text::sentence;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;
use crate::web::security_event::SecurityEvent;

/// The largest file, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;

pub(super) async fn ask(admin: AdminContext) -> Result<HttpResponse, AppError> {
    admin.show(&ask_page(&admin, Fields::default()).await?)
}

async fn ask_page(admin: &AdminContext, form: Fields) -> Result<AskPage, AppError> {
    let user = admin.user.id;
    let waiting = admin.read(move |conn| Ok(store::waiting(conn, user)?)).await?;
    Ok(AskPage { shell: admin.shell("Import"), form, waiting })
}

pub(super) async fn upload(admin: AdminContext, form: Multipart) -> Result<HttpResponse, AppError> {
    let files = admin.shared::<ParsedFiles>()?;
    let sent = {
        let _arrives = files.arrive()?;
        upload::read(form, MOST_BYTES, "A catalogue file can have at most 16 MiB.").await?
    };
    let refused = match String::from_utf8(sent.content) {
        Ok(content) if content.trim().is_empty() => "Choose a catalogue file.",
        Ok(content) if content.contains('\0') => "This is not a catalogue file: it contains a NUL character.",
        Ok(content) => {
            let user = admin.user.clone();
            let name = if sent.name.is_empty() { "a file".to_owned() } else { sent.name };
            let kept = admin.write(move |conn| store::keep(conn, &user, &name, &content)).await??;
            return Ok(page::see_other(&format!("/admin/import/{kept}")));
        }
        Err(_) => "This is not a catalogue file: it is not text in UTF-8.",
    };
    let mut fields = Fields::new(FormData(vec![("file".into(), String::new())]));
    fields.errors.add("file", refused);
    admin.show_again(&ask_page(&admin, fields).await?)
}

pub(super) async fn preview(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let upload = find(&admin, id).await?;
    show(&admin, upload, StatusCode::OK).await
}

/// Applies what was looked at, or shows what it would do now.
pub(super) async fn apply(
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    let upload = find(&admin, id).await?;
    let parsed = parsed(&admin, id).await?;
    let version: Option<i64> = typed.get("version").parse().ok();
    let Some(version) = version.filter(|_| typed.get("hash") == parsed.hash) else {
        return show(&admin, upload, StatusCode::CONFLICT).await;
    };
    let user = admin.user.clone();
    let (upload, done) = admin
        .write(move |conn| {
            let done = match &parsed.file {
                Ok(file) => store::apply(conn, &user, &upload, file, version)?,
                Err(_) => None,
            };
            Ok::<_, DieselError>((upload, done))
        })
        .await??;
    match done {
        Some(summary) => {
            let told = summary.to_string().lines().collect::<Vec<_>>().join("; ");
            admin.session.flash(format!("{} is applied. {}", upload.name, sentence(&told)))?;
            Ok(page::see_other("/admin/import"))
        }
        None => show(&admin, upload, StatusCode::CONFLICT).await,
    }
}

pub(super) async fn export(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let text = admin.read(|conn| Ok(file::export(conn)?)).await?;
    admin.record(SecurityEvent::Exported, None);
    let name = format!("attachment; filename=\"catalogue-{}.json\"", Utc::now().format("%Y-%m-%d"));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

async fn find(admin: &AdminContext, id: i64) -> Result<Upload, AppError> {
    let user = admin.user.id;
    admin.read(move |conn| store::find(conn, user, id)?.ok_or_else(AppError::not_found)).await
}

/// What a file holds.
async fn parsed(admin: &AdminContext, id: i64) -> Result<Arc<ParsedFile>, AppError> {
    let load = admin.read(move |conn| store::content(conn, id)?.ok_or_else(AppError::not_found));
    admin.shared::<ParsedFiles>()?.get(id, load).await
}

async fn show(admin: &AdminContext, upload: Upload, status: StatusCode) -> Result<HttpResponse, AppError> {
    let parsed = parsed(admin, upload.id).await?;
    let hash = parsed.hash.clone();
    let wanted = wanted(&field(admin.request().query_string(), "page"));
    let (outlook, names) = admin
        .read(move |conn| Ok((store::outlook(conn, &parsed.file, wanted)?, log_text::names(conn)?)))
        .await?;
    let page = PreviewPage::new(admin, upload, hash, outlook, names, status == StatusCode::CONFLICT);
    admin.show_with(&page, status)
}
