//! Asking which record stays, showing both and what will happen, and merging.

use actix_web::{HttpResponse, web};

use super::choices::{Choice, choices, chosen};
use super::store::{self, MergeSource, Order};
use super::views::MergePage;
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, Fields, FormData, SentForm};
use crate::catalogue::edit::EditError;
use crate::catalogue::{Catalogue, RecordKind};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::field;
use crate::web::path_id::PathId;

/// The form; with `?into=SLUG` also both records and what will happen.
pub(super) async fn ask(
    kind: RecordKind,
    PathId(id): PathId,
    admin: AdminContext,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let mut typed = FormData::default();
    typed.set("into", field(admin.request().query_string(), "into"));
    let source = look(&admin, (kind, id), typed.trimmed("into")).await?;
    let choices = choices_of(&source, &typed);
    show(&admin, source, Fields::new(typed), choices, &catalogue).await
}

pub(super) async fn merge(
    kind: RecordKind,
    PathId(id): PathId,
    admin: AdminContext,
    app: web::Data<App>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    let source = look(&admin, (kind, id), typed.trimmed("into")).await?;
    let choices = choices_of(&source, &typed);
    let mut fields = Fields::new(typed);
    let order = match order(&source, &choices, &fields.data) {
        Ok(order) => order,
        Err(errors) => {
            fields.errors = errors;
            return show(&admin, source, fields, choices, &app.catalogue).await;
        }
    };
    let user = admin.user.clone();
    match admin.write(move |conn| store::merge(conn, &user, &order)).await? {
        Ok((merge, votes)) => {
            votes.tell(&app.tallies);
            Ok(page::see_other(&format!("/admin/merges/{}", merge.id)))
        }
        Err(EditError::Problems(problems)) => {
            fields.errors = problems.into();
            show(&admin, source, fields, choices, &app.catalogue).await
        }
        Err(EditError::Conflict(_)) => {
            let into = fields.data.trimmed("into");
            let source = look(&admin, (kind, id), into).await?;
            let choices = choices_of(&source, &fields.data);
            fields.errors.add("", CHANGED);
            show(&admin, source, fields, choices, &app.catalogue).await
        }
        Err(cause) => Err(cause.into()),
    }
}

const CHANGED: &str = "One of the two was changed meanwhile. Look at both again.";

/// What shall be done, or what is wrong with the form.
fn order(source: &MergeSource, choices: &[Choice], typed: &FormData) -> Result<Order, FieldErrors> {
    let mut errors = FieldErrors::default();
    let reason = typed.trimmed("reason");
    if typed.trimmed("into").is_empty() {
        errors.add("into", format!("Enter the {} to keep.", source.kind));
    }
    if reason.is_empty() {
        errors.add("reason", "Enter a reason.");
    }
    let Some(Ok(plan)) = source.plan.as_ref().filter(|_| errors.is_empty()) else { return Err(errors) };
    let becomes = chosen(&source.state, &plan.state, choices)?;
    Ok(Order {
        kind: source.kind,
        source: source.id,
        target: plan.id,
        seen: ["source-token", "target-token"].map(|name| typed.get(name)),
        becomes,
        reason,
    })
}

fn choices_of(source: &MergeSource, typed: &FormData) -> Vec<Choice> {
    match &source.plan {
        Some(Ok(plan)) => choices(&source.state, &plan.state, typed, &plan.names),
        _ => Vec::new(),
    }
}

async fn look(
    admin: &AdminContext,
    record: (RecordKind, i64),
    into: String,
) -> Result<MergeSource, AppError> {
    admin.read(move |conn| store::look(conn, record, &into)).await
}

async fn show(
    admin: &AdminContext,
    source: MergeSource,
    mut fields: Fields,
    choices: Vec<Choice>,
    catalogue: &Catalogue,
) -> Result<HttpResponse, AppError> {
    let directory = catalogue.snapshot().await?;
    // Tools are suggested while one types; categories are few.
    let others: Vec<(String, String)> = match source.kind {
        RecordKind::Category => {
            let others = directory.categories().iter().filter(|category| category.id != source.id);
            others.map(|category| (category.slug.to_string(), category.name.clone())).collect()
        }
        _ => Vec::new(),
    };
    if let Some(Err(refusal)) = &source.plan {
        fields.errors.add("into", refusal.clone());
    }
    let is_fine = fields.errors.is_empty();
    let page = MergePage::new(admin, source, fields, choices, others);
    if is_fine { admin.show(&page) } else { admin.show_again(&page) }
}
