//! The logo of the site itself: what stands beside its name in the head of every page, and as its icon.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::picture;
use super::small::{MOST_BYTES, TOO_LARGE, made_small};
use crate::accounts::CurrentUser;
use crate::admin::form::{FieldErrors, Fields, FormData};
use crate::admin::{AdminContext, upload};
use crate::catalogue::pictures::{hash_of, keep_picture, picture_path};
use crate::config::Settings;
use crate::db::versions::{self, Of};
use crate::db::{Db, site_settings};
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::site::LOGO;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};

#[derive(Template)]
#[template(path = "admin/site_logo.html")]
struct SiteLogoPage {
    shell: Shell,
    /// The hash of the logo as it is.
    logo: Option<String>,
    form: Fields,
}

pub(super) async fn form(admin: AdminContext) -> Result<HttpResponse, AppError> {
    show(&admin, StatusCode::OK, FieldErrors::default()).await
}

pub(super) async fn save(admin: AdminContext, form: Multipart) -> Result<HttpResponse, AppError> {
    let sent = upload::read(form, MOST_BYTES, TOO_LARGE).await?;
    let refuse = |fault: &str| FieldErrors::one("file", fault);
    let new = if sent.fields.get("do") == "remove" {
        None
    } else if sent.content.is_empty() {
        return show(&admin, StatusCode::UNPROCESSABLE_ENTITY, refuse("Choose a picture.")).await;
    } else {
        match made_small(sent.content).await? {
            Ok(png) => Some(png),
            Err(fault) => return show(&admin, StatusCode::UNPROCESSABLE_ENTITY, refuse(&fault)).await,
        }
    };
    let told = if new.is_some() { "Logo saved." } else { "Logo removed." };
    let (by, seen) = (admin.user.clone(), sent.fields.trimmed("token"));
    let change = move |conn: &mut Db| change(conn, &by, new.as_deref(), &seen);
    if !admin.write::<_, DieselError>(change).await?? {
        let told =
            "Somebody else changed the logo after you opened this page. It is shown here; nothing was saved.";
        return show(&admin, StatusCode::CONFLICT, refuse(told)).await;
    }
    // What is in memory is what is stored before anybody is told so.
    let site = Arc::clone(&admin.shared::<Settings>()?.site);
    admin.read(move |conn| Ok(site.load(conn)?)).await?;
    admin.session.flash(told)?;
    Ok(page::see_other(admin.request().path()))
}

async fn show(
    admin: &AdminContext,
    status: StatusCode,
    errors: FieldErrors,
) -> Result<HttpResponse, AppError> {
    let logo = admin.read(|conn| Ok(stored(conn)?)).await?;
    let form = Fields { errors, ..Fields::new(FormData(vec![("file".into(), String::new())])) };
    admin.show_with(&SiteLogoPage { shell: admin.shell("Logo of the site"), logo, form }, status)
}

fn stored(conn: &mut Db) -> QueryResult<Option<String>> {
    Ok(site_settings::value(conn, LOGO)?.filter(|hash| !hash.is_empty()))
}

/// Puts another logo in place, or none, with its entry in the log; false, where somebody else has changed what was `seen`
/// meanwhile.
fn change(conn: &mut Db, by: &CurrentUser, png: Option<&[u8]>, seen: &str) -> QueryResult<bool> {
    let now = stored(conn)?.unwrap_or_default();
    let new = png.map(hash_of).unwrap_or_default();
    if new == now {
        return Ok(true);
    }
    if now != seen {
        return Ok(false);
    }
    if let Some(png) = png {
        keep_picture(conn, png)?;
    }
    site_settings::set(conn, LOGO, &new)?;
    let path = |hash: &str| if hash.is_empty() { String::new() } else { picture_path(hash) };
    let [old_value, new_value] = [path(&now), path(&new)];
    let entry = Entry::new(Verb::Changed, Object::Setting, None, "Logo of the site");
    log::write(conn, by, &Entry { old_value: &old_value, new_value: &new_value, ..entry })?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(true)
}
