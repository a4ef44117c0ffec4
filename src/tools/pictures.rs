//! The logos of tools and of the site. A picture stands under the hash of its bytes, so whoever has it never asks again. Only
//! what readers see now is served to them: a hash tells who has the same picture whether it is here.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::accounts::{Role, Visit};
use crate::catalogue::{Directory, pictures};
use crate::votes::App;
use crate::web::error::AppError;

pub(super) async fn show(
    name: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let hash = name.strip_suffix(".png").filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let hash = hash.map(str::to_owned).ok_or_else(AppError::not_found)?;
    let is_public = is_shown(&*app.catalogue.snapshot().await?, &hash)
        || app.settings.site.profile().logo.as_ref() == Some(&hash);
    if !is_public && visit.user.as_ref().is_none_or(|user| user.role < Role::Moderator) {
        return Err(AppError::not_found());
    }
    let find = move |conn: &mut _| pictures::picture(conn, &hash)?.ok_or_else(AppError::not_found);
    let png = app.database.run(find).await?;
    let kept = if is_public { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(HttpResponse::Ok().content_type("image/png").insert_header((header::CACHE_CONTROL, kept)).body(png))
}

fn is_shown(directory: &Directory, hash: &str) -> bool {
    directory.tools().iter().any(|tool| tool.logo.as_deref() == Some(hash))
}
