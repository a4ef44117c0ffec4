//! The form of a tool's logo.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::result::Error as DieselError;

use super::picture;
use super::small::{MOST_BYTES, TOO_LARGE, made_small};
use super::store::{self, Change, LogoOf};
use crate::admin::form::{FieldErrors, Fields, FormData};
use crate::admin::paths::form_path;
use crate::admin::{AdminContext, upload};
use crate::catalogue::RecordKind;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::path_id::PathId;

#[derive(Template)]
#[template(path = "admin/logo.html")]
struct LogoPage {
    shell: Shell,
    tool: LogoOf,
    form: Fields,
}

impl LogoPage {
    fn new(admin: &AdminContext, tool: LogoOf, errors: FieldErrors) -> Self {
        let shell = admin.shell(format!("Logo of {}", tool.name));
        let form = Fields { errors, ..Fields::new(FormData(vec![("file".into(), String::new())])) };
        Self { shell, tool, form }
    }

    fn tool_path(&self) -> String {
        form_path(RecordKind::Tool, Some(self.tool.id))
    }
}

pub(super) async fn form(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let tool = find(&admin, id).await?;
    admin.show(&LogoPage::new(&admin, tool, FieldErrors::default()))
}

pub(super) async fn save(
    admin: AdminContext,
    PathId(id): PathId,
    form: Multipart,
) -> Result<HttpResponse, AppError> {
    let tool = find(&admin, id).await?;
    let sent = upload::read(form, MOST_BYTES, TOO_LARGE).await?;
    let change = match sent.fields.get("do").as_str() {
        "remove" => Change::Remove,
        "back" => Change::PutBack(sent.fields.trimmed("former")),
        _ if sent.content.is_empty() => return refuse(&admin, tool, "Choose a picture."),
        _ => match made_small(sent.content).await? {
            Ok(png) => Change::To(png),
            Err(fault) => return refuse(&admin, tool, &fault),
        },
    };
    let told = if matches!(change, Change::Remove) { "Logo removed." } else { "Logo saved." };
    let (by, seen) = (admin.user.clone(), sent.fields.trimmed("token"));
    let seen = Some(seen).filter(|hash| !hash.is_empty());
    let is_changed = admin
        .write::<_, DieselError>(move |conn| store::change(conn, &by, id, &change, seen.as_deref()))
        .await??
        .ok_or_else(AppError::not_found)?;
    if !is_changed {
        let told =
            "Somebody else changed the logo after you opened this page. It is shown here; nothing was saved.";
        let page = LogoPage::new(&admin, find(&admin, id).await?, FieldErrors::one("file", told));
        return admin.show_with(&page, StatusCode::CONFLICT);
    }
    admin.session.flash(told)?;
    Ok(page::see_other(admin.request().path()))
}

fn refuse(admin: &AdminContext, tool: LogoOf, fault: &str) -> Result<HttpResponse, AppError> {
    admin.show_again(&LogoPage::new(admin, tool, FieldErrors::one("file", fault)))
}

async fn find(admin: &AdminContext, id: i64) -> Result<LogoOf, AppError> {
    admin.read(move |conn| store::find(conn, id)?.ok_or_else(AppError::not_found)).await
}
