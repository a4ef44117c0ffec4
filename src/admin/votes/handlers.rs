//! Looking at votes.

use actix_web::HttpResponse;

use super::super::AdminContext;
use super::load;
use super::pieces::FilledForm;
use super::query::VotesQuery;
use super::tool_views::ToolVotesPage;
use super::views::{ConfirmPage, ExclusionPage, OverviewPage, SignalPage};
use crate::catalogue::Catalogue;
use crate::db::Db;
use crate::web::error::AppError;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

pub(super) async fn index(admin: AdminContext) -> Result<HttpResponse, AppError> {
    show_index(&admin, FilledForm::default()).await
}

pub(super) async fn show_index(admin: &AdminContext, sent: FilledForm) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let q: String = field(query, "q").chars().filter(|c| *c != '\0').take(100).collect();
    let number = wanted(&field(query, "page"));
    let catalogue = admin.shared::<Catalogue>()?;
    let load = move |conn: &mut Db| {
        let directory = catalogue.current(conn)?;
        Ok(load::overview(conn, &directory, q, number)?)
    };
    let overview = admin.read(load).await?;
    let page = OverviewPage::new(admin.shell("Votes"), overview, sent);
    admin.show_with(&page, page.sent.status())
}

pub(super) async fn tool(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_tool(&admin, id, FilledForm::default()).await
}

pub(super) async fn confirm(admin: AdminContext) -> Result<HttpResponse, AppError> {
    show_confirm(&admin, FilledForm::default()).await
}

pub(super) async fn exclusion(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_exclusion(&admin, id, FilledForm::default()).await
}

pub(super) async fn signal(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_signal(&admin, id, FilledForm::default()).await
}

pub(super) async fn show_tool(
    admin: &AdminContext,
    id: i64,
    sent: FilledForm,
) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let (asked, number) = (VotesQuery::parse(query), wanted(&field(query, "page")));
    let votes = admin.read(move |conn| load::tool_votes(conn, asked, id, number)).await?;
    let shell = admin.shell(votes.page.title(&format!("Votes on {}", votes.tool.2)));
    let page = ToolVotesPage::new(shell, votes, sent);
    admin.show_with(&page, page.sent.status())
}

pub(super) async fn show_confirm(admin: &AdminContext, sent: FilledForm) -> Result<HttpResponse, AppError> {
    let asked = VotesQuery::parse(admin.request().query_string());
    let preview = admin.read(move |conn| load::preview(conn, asked)).await?;
    let page = ConfirmPage::new(admin.shell("Exclude these votes?"), preview, sent);
    admin.show_with(&page, page.sent.status())
}

pub(super) async fn show_exclusion(
    admin: &AdminContext,
    id: i64,
    sent: FilledForm,
) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(admin.request().query_string(), "page"));
    let excluded = admin.read(move |conn| load::exclusion(conn, id, number)).await?;
    let page = ExclusionPage::new(admin.shell("Excluded votes"), excluded, sent);
    admin.show_with(&page, page.sent.status())
}

pub(super) async fn show_signal(
    admin: &AdminContext,
    id: i64,
    sent: FilledForm,
) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(admin.request().query_string(), "page"));
    let votes = admin.read(move |conn| load::signal(conn, id, number)).await?;
    let page = SignalPage::new(admin.shell("Suspicious pattern"), votes, sent);
    admin.show_with(&page, page.sent.status())
}
