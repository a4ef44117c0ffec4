//! The logos of tools. A picture stands under the hash of its bytes, so whoever has it never asks again.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::catalogue::pictures;
use crate::db::Database;
use crate::web::error::AppError;

pub(super) async fn show(
    name: web::Path<String>,
    database: web::Data<Database>,
) -> Result<HttpResponse, AppError> {
    let hash = name.strip_suffix(".png").map(str::to_owned).ok_or_else(AppError::not_found)?;
    let png =
        database.run(move |conn| pictures::picture(conn, &hash)?.ok_or_else(AppError::not_found)).await?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(png))
}
