//! Showing the first screen.

use actix_web::{HttpResponse, web};
use chrono::Utc;

use super::Figures;
use super::views::FrontPage;
use crate::admin::AdminContext;
use crate::catalogue::Catalogue;
use crate::db::Database;
use crate::web::error::AppError;

pub(super) async fn show(
    admin: AdminContext,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    figures: web::Data<Figures>,
) -> Result<HttpResponse, AppError> {
    let now = Utc::now().naive_utc();
    let sight = database.run(move |conn| Ok(figures.sight(conn, &catalogue, now)?)).await?;
    admin.show(&FrontPage::new(&admin, &sight))
}
