//! Showing the log.

use actix_web::HttpResponse;

use super::store::{self, LogQuery};
use super::views::LogPage;
use crate::admin::Desk;
use crate::web::error::AppError;

pub(super) async fn index(desk: Desk) -> Result<HttpResponse, AppError> {
    let asked = LogQuery::parse(desk.request().query_string());
    let found = desk.read(move |conn| Ok(store::found(conn, asked)?)).await?;
    desk.show(&LogPage::new(&desk, found))
}
