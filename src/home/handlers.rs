//! Showing the first page and the rules.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use super::{load, methodology::MethodologyPage, views::FrontPage};
use crate::{
    accounts::Visit,
    catalogue::Catalogue,
    config::Settings,
    db::{Database, freshness::Votes},
    verdicts::card::live_path,
    web::{
        cache::{Drawn, PageCache},
        error::AppError,
        page::Shell,
    },
};

pub(super) async fn front(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let today = Utc::now().date_naive();
    let draw = async || {
        let front = database.run(move |conn| load::front(conn, &catalogue, today)).await?;
        let shell = Shell {
            live: live_path(front.live_slugs()),
            ..visit.by_anybody().shell(
                "",
                "Which AI tool to ship with: reviews and community votes, where every number shows its margin of error.",
                "/",
            )
        };
        Drawn::page(&FrontPage::new(shell, &front), Votes::All)
    };
    cache.show(&request, &visit, draw).await
}

pub(super) async fn methodology(
    request: HttpRequest,
    visit: Visit,
    settings: web::Data<Settings>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let draw = async || {
        let shell = visit.by_anybody().shell(
            "Methodology",
            "Every rule and formula behind the verdicts, votes, rankings and answers on this site, with its constants.",
            "/methodology",
        );
        Drawn::page(
            &MethodologyPage::new(shell, settings.voters, settings.rate_limits),
            Votes::Of(Vec::new()),
        )
    };
    cache.show(&request, &visit, draw).await
}
