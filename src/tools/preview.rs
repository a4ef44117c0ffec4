//! A tool's page as readers will see it, drawn from a record that nobody has stored.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use diesel::prelude::*;

use super::load::{self, Sheet};
use super::views::ToolPage;
use crate::accounts::Visit;
use crate::catalogue::detail::changes_of;
use crate::catalogue::file::{ReviewRecord, ToolRecord};
use crate::catalogue::pictures::logos;
use crate::catalogue::{Catalogue, CategoryRef, Directory, Facets, Fact, Plan, Review, Tool, ToolDetail};
use crate::db::Db;
use crate::db::schema::categories;
use crate::stats::{Choice, Panel};
use crate::text::shown_name;
use crate::verdicts::OwnVotes;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;

/// What the page of a record shows.
pub struct ToolPreview(Sheet);

impl ToolPreview {
    /// Fetches what stands around the record. `id` is that of the tool it is of, if there is one yet.
    pub fn of(
        conn: &mut Db,
        catalogue: &Catalogue,
        live_tallies: &LiveTallies,
        record: ToolRecord,
        id: Option<i64>,
    ) -> QueryResult<Self> {
        let directory = catalogue.current(conn)?;
        let (category_id, name): (i64, String) = categories::table
            .filter(categories::slug.eq(record.category.as_str()))
            .select((categories::id, categories::name))
            .first(conn)?;
        let category = CategoryRef { slug: record.category.clone(), name: shown_name(&name) };
        // No tool has the id 0, so a new one has no votes.
        let id = id.unwrap_or(0);
        let reviews = reviews(&directory, id, &record.reviews);
        let (mut tool, mut detail) = as_stored(record, id, (category_id, category), reviews);
        let by_ai = |id| directory.reviewer_by_id(id).is_some_and(|reviewer| reviewer.is_ai());
        tool.only_ai_reviews =
            !detail.reviews.is_empty() && detail.reviews.iter().all(|review| by_ai(review.reviewer_id));
        tool.logo = logos(conn, id)?.and_then(|logos| logos.now);
        detail.changes = changes_of(conn, id)?;
        Ok(Self(load::sheet(directory, live_tallies, &Arc::new(tool), Arc::new(detail), None)))
    }

    /// Its page, under a bar that says what it is.
    pub fn show(self, request: &HttpRequest, visit: &Visit, bar: String) -> Result<HttpResponse, AppError> {
        let mut page = ToolPage::new(visit, self.0, &OwnVotes::default());
        page.shell.preview(bar);
        page::show_private(request, &page, StatusCode::OK)
    }
}

/// The reviews by members of the panel, in its order, as they are read from the database.
fn reviews(directory: &Directory, tool_id: i64, records: &[ReviewRecord]) -> Vec<Review> {
    let review = |record: &ReviewRecord| {
        Some(Review {
            tool_id,
            reviewer_id: directory.reviewer(&record.reviewer)?.id,
            verdict: record.verdict,
            score: record.score,
            take: record.take.clone(),
            reviewed_on: record.reviewed_on,
            basis: record.basis,
        })
    };
    let mut reviews: Vec<Review> = records.iter().filter_map(review).collect();
    reviews.sort_by_key(|review| review.reviewer_id);
    reviews
}

fn as_stored(
    record: ToolRecord,
    id: i64,
    (category_id, category): (i64, CategoryRef),
    reviews: Vec<Review>,
) -> (Tool, ToolDetail) {
    let pricing = *record.pricing.unwrap_or_default();
    let ships = reviews.iter().filter(|review| review.verdict == Choice::Ship).count();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let tool = Tool {
        id,
        slug: record.slug,
        name: record.name,
        category_id,
        category: Arc::new(category),
        tagline: record.tagline,
        website: record.website,
        entry_price: pricing.entry,
        price_source: pricing.source,
        price_checked_on: pricing.checked_on,
        facets: Facets::default(),
        panel: Panel { ships: number(ships), reviews: number(reviews.len()) },
        only_ai_reviews: false,
        published_at: Utc::now().naive_utc(),
        newest_review_on: reviews.iter().filter_map(|review| review.reviewed_on).max(),
        logo: None,
    };
    let detail = ToolDetail {
        description: record.description,
        price_text: pricing.text,
        plans: pricing.plans.into_iter().map(Plan::shown).collect(),
        facts: record.facts.unwrap_or_default().into_iter().map(Fact::shown).collect(),
        reviews,
        changes: Vec::new(),
    };
    (tool.shown(), detail)
}
