//! Showing the log.

use actix_web::HttpResponse;

use super::store::{self, LogQuery};
use super::views::LogPage;
use crate::admin::AdminContext;
use crate::web::error::AppError;

pub(super) async fn index(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let asked = LogQuery::parse(admin.request().query_string());
    let found = admin.read(move |conn| Ok(store::found(conn, asked)?)).await?;
    admin.show(&LogPage::new(&admin, found))
}
