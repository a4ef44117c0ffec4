//! Showing the panel and one reviewer.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    load::{self, Found},
    views::{Asked, PanelPage, ReviewerPage},
};
use crate::{
    accounts::Visit,
    db::{Db, freshness::Votes},
    voting::App,
    web::{
        cache::Drawn,
        error::AppError,
        page::{self, compute},
    },
};

pub(super) async fn panel(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let draw = async || {
        let (directory, standings) = (app.catalogue.snapshot().await?, Arc::clone(&app.standings));
        let members = compute(move || Ok(load::panel(&directory, &standings))).await?;
        let description = "Who reviews here: each reviewer’s point of view, record, and whether human or AI.";
        let shell = visit.by_anybody().shell("Reviewers", description, "/reviewers");
        Drawn::page(&PanelPage::new(shell, &members), Votes::All)
    };
    app.cache.show(&request, &visit, draw).await
}

pub(super) async fn reviewer(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let draw = async || {
        let (directory, standings) = (app.catalogue.snapshot().await?, Arc::clone(&app.standings));
        match load::reviewer(&directory, &slug)? {
            Found::Here(reviewer) => {
                let load = move |conn: &mut Db| load::profile(conn, &directory, &standings, *reviewer);
                let profile = app.database.run(load).await?;
                Drawn::page(&ReviewerPage::new(&visit.by_anybody(), &profile, &asked), Votes::All)
            }
            Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
        }
    };
    app.cache.show(&request, &visit, draw).await
}
