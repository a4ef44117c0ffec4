//! Showing the panel and one reviewer.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::load;
use super::views::{PanelPage, ReviewerPage, ReviewerQuery};
use crate::accounts::Visit;
use crate::db::Db;
use crate::db::freshness::Votes;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::compute;

pub(super) async fn panel(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let members = compute(move || Ok(load::panel(&directory, &live_tallies))).await?;
        let description = "Every reviewer with point of view and record, and whether they are human or AI.";
        let shell = visit.shell("Reviewers", description, "/reviewers");
        Rendered::page(&PanelPage::new(shell, members), Votes::All)
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn reviewer(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let query = ReviewerQuery::parse(request.query_string()).up_to_date(&directory);
        let reviewer = load::reviewer(&directory, &slug)?.ok_or_else(|| load::nobody(&directory))?;
        let load = move |conn: &mut Db| load::profile(conn, &directory, &live_tallies, reviewer);
        let profile = app.database.run(load).await?;
        Rendered::page(&ReviewerPage::new(&visit, profile, &query), Votes::All)
    };
    app.cache.show(&request, visit.audience(), render).await
}
