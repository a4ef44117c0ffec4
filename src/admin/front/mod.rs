//! The first screen of the desk: what needs attention.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Desk;
use crate::{
    error::AppError,
    page::{Shell, get, resource},
    view,
};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("", "GET, HEAD").route(get().to(show)));
}

#[derive(Template)]
#[template(path = "admin/front.html")]
struct FrontPage {
    shell: Shell,
}

view!(FrontPage);

async fn show(desk: Desk) -> Result<HttpResponse, AppError> {
    desk.show(&FrontPage { shell: desk.shell("The desk") })
}
