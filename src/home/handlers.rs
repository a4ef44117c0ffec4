//! Showing the first page and the rules.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use super::{load, methodology::MethodologyPage, views::FrontPage};
use crate::{
    accounts::Visit,
    catalogue::Catalogue,
    config::Settings,
    db::Database,
    error::AppError,
    page::{self, Shell},
    voting::cards::live_path,
};

pub(super) async fn front(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let today = Utc::now().date_naive();
    let front = database.run(move |conn| load::front(conn, &catalogue, today)).await?;
    let shell = Shell {
        live: live_path(front.live_slugs()),
        ..visit.shell(
            "",
            "Which tool to ship with: a panel reviews, a community votes, and every figure says how sure it is.",
            "/",
        )
    };
    page::show(&request, &FrontPage::new(shell, &front))
}

pub(super) async fn methodology(
    request: HttpRequest,
    visit: Visit,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, AppError> {
    let shell = visit.shell(
        "Methodology",
        "Every rule and formula behind the verdicts, votes, ranks and answers of this site, with its constants.",
        "/methodology",
    );
    page::show(&request, &MethodologyPage::new(shell, settings.voters, settings.rate_limits))
}
