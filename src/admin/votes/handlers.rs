//! Looking at votes.

use actix_web::HttpResponse;

use super::super::Desk;
use super::exclusion_views::{ConfirmPage, ExclusionPage};
use super::load;
use super::pieces::Sent;
use super::query::VotesQuery;
use super::tool_views::ToolVotesPage;
use super::views::{OverviewPage, SignalPage};
use crate::catalogue::Catalogue;
use crate::db::Db;
use crate::web::error::AppError;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

pub(super) async fn index(desk: Desk) -> Result<HttpResponse, AppError> {
    let query = desk.request().query_string();
    let q: String = field(query, "q").chars().filter(|c| *c != '\0').take(100).collect();
    let number = wanted(&field(query, "page"));
    let catalogue = desk.shared::<Catalogue>()?;
    let load = move |conn: &mut Db| {
        let directory = catalogue.current(conn)?;
        Ok(load::overview(conn, &directory, q, number)?)
    };
    let overview = desk.read(load).await?;
    desk.show(&OverviewPage::new(desk.shell("Votes"), overview))
}

pub(super) async fn tool(desk: Desk, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_tool(&desk, id, Sent::default()).await
}

pub(super) async fn confirm(desk: Desk) -> Result<HttpResponse, AppError> {
    show_confirm(&desk, Sent::default()).await
}

pub(super) async fn exclusion(desk: Desk, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_exclusion(&desk, id, Sent::default()).await
}

pub(super) async fn signal(desk: Desk, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_signal(&desk, id, Sent::default()).await
}

pub(super) async fn show_tool(desk: &Desk, id: i64, sent: Sent) -> Result<HttpResponse, AppError> {
    let query = desk.request().query_string();
    let (asked, number) = (VotesQuery::parse(query), wanted(&field(query, "page")));
    let votes = desk.read(move |conn| load::tool_votes(conn, asked, id, number)).await?;
    let shell = desk.shell(votes.page.title(&format!("Votes on {}", votes.tool.2)));
    let page = ToolVotesPage::new(shell, votes, &sent);
    if sent.is_right() { desk.show(&page) } else { desk.show_again(&page) }
}

pub(super) async fn show_confirm(desk: &Desk, sent: Sent) -> Result<HttpResponse, AppError> {
    let asked = VotesQuery::parse(desk.request().query_string());
    let preview = desk.read(move |conn| load::preview(conn, asked)).await?;
    let page = ConfirmPage::new(desk.shell("Exclude these votes?"), preview, &sent);
    if sent.is_right() { desk.show(&page) } else { desk.show_again(&page) }
}

pub(super) async fn show_exclusion(desk: &Desk, id: i64, sent: Sent) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(desk.request().query_string(), "page"));
    let undoable = desk.read(move |conn| load::exclusion(conn, id, number)).await?;
    let page = ExclusionPage::new(desk.shell("Excluded votes"), undoable, &sent);
    if sent.is_right() { desk.show(&page) } else { desk.show_again(&page) }
}

pub(super) async fn show_signal(desk: &Desk, id: i64, sent: Sent) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(desk.request().query_string(), "page"));
    let votes = desk.read(move |conn| load::signal(conn, id, number)).await?;
    let page = SignalPage::new(desk.shell("Suspicious pattern"), votes, &sent);
    if sent.is_right() { desk.show(&page) } else { desk.show_again(&page) }
}
