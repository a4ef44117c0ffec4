//! A category as its readers will see it, before it is stored.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::category_views::CategoryPage;
use super::load::{self, RankedCategory};
use crate::accounts::Visit;
use crate::catalogue::file::CategoryRecord;
use crate::catalogue::{Catalogue, Category};
use crate::db::Db;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;

/// A category that is being described.
pub struct CategoryPreview(RankedCategory);

impl CategoryPreview {
    /// Loads what its page shows; `id` is that of the stored record, if there is one.
    pub fn load(
        conn: &mut Db,
        catalogue: &Catalogue,
        live_tallies: &LiveTallies,
        id: Option<i64>,
        record: &CategoryRecord,
    ) -> Result<Self, AppError> {
        let category = Category {
            id: id.unwrap_or_default(),
            slug: record.slug.clone(),
            name: record.name.clone(),
            description: record.description.clone(),
        };
        let directory = catalogue.current(conn)?;
        Ok(Self(load::ranked(&directory, live_tallies, category.shown())))
    }

    /// Its page, under a bar that says what it is.
    pub fn show(&self, request: &HttpRequest, visit: &Visit, bar: String) -> Result<HttpResponse, AppError> {
        let mut page = CategoryPage::new(visit, &self.0, 1);
        page.shell.preview(bar);
        page::show_private(request, &page, StatusCode::OK)
    }
}
