//! The first page, which says what there is to see today, the page that states every rule, those that
//! whoever runs the site writes, and what browsers ask of a site.

mod front;
mod handlers;
mod lately;
mod load;
mod methodology;
mod scatter;
mod site_files;
mod site_page;
mod views;

use actix_web::web;

use crate::site::SitePage;
use crate::web::page::{get, resource};

/// The routes of home.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/", "GET, HEAD").route(get().to(handlers::front)))
        .service(resource("/methodology", "GET, HEAD").route(get().to(handlers::methodology)))
        .service(resource("/opensearch.xml", "GET, HEAD").route(get().to(site_files::opensearch)))
        .service(resource("/site.webmanifest", "GET, HEAD").route(get().to(site_files::manifest)))
        .service(resource("/accent/{name}", "GET, HEAD").route(get().to(site_files::accent)))
        .service(resource("/about", "GET, HEAD").route(site_page::route(SitePage::About)))
        .service(resource("/privacy", "GET, HEAD").route(site_page::route(SitePage::Privacy)))
        .service(resource("/imprint", "GET, HEAD").route(site_page::route(SitePage::Imprint)));
}
