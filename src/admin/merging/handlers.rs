//! Asking which tool stays, showing what will happen, and merging.

use actix_web::{HttpResponse, web};

use super::store::{self, MergeSource};
use super::views::{self, MergePage};
use crate::admin::AdminContext;
use crate::admin::form::{Fields, FormData, SentForm};
use crate::admin::paths::form_path;
use crate::catalogue::edit::EditError;
use crate::catalogue::{Catalogue, RecordKind, told_apart};
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::field;
use crate::web::path_id::PathId;
use crate::web::ui::suggested;

/// The form; with `?into=SLUG` also what will happen.
pub(super) async fn ask(
    admin: AdminContext,
    PathId(id): PathId,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let mut typed = FormData::default();
    typed.set("into", field(admin.request().query_string(), "into"));
    let source = look(&admin, id, typed.trimmed("into")).await?;
    show(&admin, source, Fields::new(typed), catalogue).await
}

pub(super) async fn merge(
    admin: AdminContext,
    PathId(id): PathId,
    catalogue: web::Data<Catalogue>,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    let (into, reason) = (typed.trimmed("into"), typed.trimmed("reason"));
    let mut fields = Fields::new(typed);
    let source = look(&admin, id, into.clone()).await?;
    if into.is_empty() {
        fields.errors.add("into", "Enter the tool to keep.");
    }
    if reason.is_empty() {
        fields.errors.add("reason", "Enter a reason.");
    }
    let Some(Ok(plan)) = source.plan.as_ref().filter(|_| fields.errors.is_empty()) else {
        return show(&admin, source, fields, catalogue).await;
    };
    let (user, target) = (admin.user.clone(), plan.id);
    match admin.write(move |conn| store::merge(conn, &user, id, target, &reason)).await? {
        Ok(merged) => {
            merged.tell(&live_tallies);
            let [from, into] = views::names(&source.state, &plan.state);
            admin.session.flash(format!("Merged {from} into {into}."))?;
            Ok(page::see_other(&form_path(RecordKind::Tool, Some(target))))
        }
        Err(EditError::Problems(problems)) => {
            for problem in problems {
                fields.errors.add("into", problem.message);
            }
            show(&admin, source, fields, catalogue).await
        }
        Err(cause) => Err(cause.into()),
    }
}

async fn look(admin: &AdminContext, id: i64, into: String) -> Result<MergeSource, AppError> {
    admin.read(move |conn| store::look(conn, id, &into)).await
}

async fn show(
    admin: &AdminContext,
    source: MergeSource,
    mut fields: Fields,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let directory = admin.read(move |conn| Ok(catalogue.current(conn)?)).await?;
    let tools = told_apart(suggested(directory.tools()));
    let tools = tools.iter().filter(|tool| tool.id != source.id);
    let tools = tools.map(|tool| (tool.slug.to_string(), tool.name.clone())).collect();
    if let Some(Err(refusal)) = &source.plan {
        fields.errors.add("into", refusal.clone());
    }
    let is_fine = fields.errors.is_empty();
    let page = MergePage::new(admin, source, fields, tools);
    if is_fine { admin.show(&page) } else { admin.show_again(&page) }
}
