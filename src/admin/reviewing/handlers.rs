//! What moderators do with the drafts of reviewers.

use actix_web::HttpResponse;

use super::review;
use super::store::{self, NotPublished, Waiting};
use super::views::{DraftPage, ShownDraft};
use crate::admin::AdminContext;
use crate::admin::form::SentForm;
use crate::catalogue::RecordKind;
use crate::catalogue::edit;
use crate::db::Db;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::path_id::PathId;

/// The most characters of a note to a writer.
const NOTE_MAX: usize = 500;

pub(super) async fn list(admin: AdminContext) -> Result<HttpResponse, AppError> {
    show(&admin, None).await
}

/// Shows all that waits, with what is wrong with the note on one of them.
async fn show(admin: &AdminContext, wrong: Option<(i64, String)>) -> Result<HttpResponse, AppError> {
    let drafts = admin
        .read(|conn| {
            let waiting = store::waiting(conn)?;
            waiting.into_iter().map(|draft| shown(conn, draft)).collect::<Result<Vec<_>, AppError>>()
        })
        .await?;
    let is_right = wrong.is_none();
    let page = DraftPage { shell: admin.shell("Reviews to publish"), drafts, wrong };
    if is_right { admin.show(&page) } else { admin.show_again(&page) }
}

/// A draft beside what readers see now.
fn shown(conn: &mut Db, waiting: Waiting) -> Result<ShownDraft, AppError> {
    let tool =
        edit::stored(conn, RecordKind::Tool, waiting.draft.tool_id)?.ok_or_else(AppError::not_found)?;
    let slug = &waiting.reviewer.slug;
    let now = review::shown(&tool, slug);
    let new = review::with_review(&tool, slug, &waiting.draft.review()).ok();
    Ok(ShownDraft {
        new: new.and_then(|tool| review::shown(&tool, slug)).as_ref().map(Into::into),
        now: now.as_ref().map(Into::into),
        waiting,
    })
}

fn late() -> AppError {
    AppError::Conflict("This draft was changed, published or returned meanwhile. Look at it again.".into())
}

pub(super) async fn publish(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let by = admin.user.clone();
    let published = admin
        .write(move |conn| {
            let waiting = store::find(conn, id)?.ok_or_else(|| NotPublished::Failed(late()))?;
            let Waiting { draft, reviewer, tool, .. } = waiting;
            store::publish(conn, &by, &reviewer, draft.tool_id, &draft.review())?;
            Ok(format!("Published: {} on {tool}.", reviewer.name))
        })
        .await?;
    let flash = published.map_err(|cause| match cause {
        NotPublished::Wrong(_) => AppError::Conflict("The draft breaks a rule by now. Return it.".into()),
        NotPublished::Failed(cause) => cause,
    })?;
    admin.session.flash(flash)?;
    Ok(page::see_other("/admin/reviews"))
}

pub(super) async fn give_back(
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let note = form.0.trimmed("reason");
    let problem = match note.chars().count() {
        0 => Some("Enter a reason. The reviewer sees it.".to_owned()),
        n if n > NOTE_MAX => Some(format!("Reason must have at most {NOTE_MAX} characters.")),
        _ => None,
    };
    if let Some(problem) = problem {
        return show(&admin, Some((id, problem))).await;
    }
    let by = admin.user.clone();
    admin
        .write::<_, AppError>(move |conn| {
            let waiting = store::find(conn, id)?.ok_or_else(late)?;
            store::give_back(conn, id, &note)?;
            let label = format!("review of {} by {}", waiting.tool, waiting.reviewer.name);
            let entry = Entry {
                reason: &note,
                ..Entry::new(Verb::Returned, Object::Tool, Some(waiting.draft.tool_id), &label)
            };
            Ok(log::write(conn, &by, &entry)?)
        })
        .await??;
    admin.session.flash("Returned to its writer.")?;
    Ok(page::see_other("/admin/reviews"))
}
