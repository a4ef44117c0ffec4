//! One search over everything that moderators look for, each kind found as its own list finds it.

mod load;
mod views;

use actix_web::{HttpResponse, web};

use self::views::SearchPage;
use super::AdminContext;
use crate::web::error::AppError;
use crate::web::page::{get, resource};
use crate::web::paging::field;

/// The most characters that are searched for.
const LONGEST: usize = 200;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/search", "GET, HEAD").route(get().to(show)));
}

async fn show(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let q = field(admin.request().query_string(), "q");
    let q: String = q.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect();
    let (moderator, asked) = (admin.user.id, q.clone());
    let groups = admin.read(move |conn| load::groups(conn, &asked, moderator)).await?;
    admin.show(&SearchPage::new(&admin, q, groups))
}
