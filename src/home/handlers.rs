//! Showing the first page and the rules.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use super::load;
use super::methodology::MethodologyPage;
use super::views::FrontPage;
use crate::accounts::Visit;
use crate::db::freshness::Votes;
use crate::verdicts::OwnVotes;
use crate::verdicts::card::live_path;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::Shell;

/// The first page in a sentence, where the site has no introduction of its own.
const DESCRIPTION: &str =
    "Which AI tool to ship with: reviews and community votes, where every number shows its margin of error.";

pub(super) async fn front(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        // Taken after the day that the page is kept under.
        let today = Utc::now().date_naive();
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let front = app.database.run(move |conn| load::front(conn, directory, &live_tallies, today)).await?;
        let description =
            app.settings.site.profile().intro_excerpt().unwrap_or_else(|| DESCRIPTION.to_owned());
        let shell = Shell { live: live_path(front.live_slugs()), ..visit.shell("", description, "/") };
        let wanting = front.wanting.iter().map(|rated| rated.tool.id).collect();
        let own = OwnVotes::of(&visit, &app.database, wanting).await?;
        Rendered::page(&FrontPage::new(shell, front, &own), Votes::All)
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn methodology(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let shell = visit.shell(
            "Methodology",
            "Every rule and formula behind the verdicts, votes, rankings and answers on this site, with its constants.",
            "/methodology",
        );
        let limits = Arc::clone(&app.limits);
        let page = MethodologyPage { shell, voters: app.settings.voters, limits };
        Rendered::page(&page, Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}
