//! The page of a merge that was made: what became of the two, and undoing it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::store::{self, MadeMerge};
use super::views::names;
use crate::admin::AdminContext;
use crate::admin::paths::form_path;
use crate::catalogue::RecordKind;
use crate::catalogue::edit::EditError;
use crate::text::count;
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::path_id::PathId;
use crate::web::ui::Day;

#[derive(Template)]
#[template(path = "admin/merged.html")]
struct MergedPage {
    shell: Shell,
    made: MadeMerge,
    /// The one that went, and the one that stays.
    names: [String; 2],
}

impl MergedPage {
    fn new(admin: &AdminContext, made: MadeMerge) -> Self {
        let names = match (&made.source, &made.target) {
            (Some(source), Some(target)) => names(source, target),
            (source, target) => [source, target].map(|state| {
                state.as_ref().map_or_else(|| "a deleted record".to_owned(), |state| state.record.name())
            }),
        };
        Self { shell: admin.shell(format!("Merge of {} into {}", names[0], names[1])), made, names }
    }

    fn path(&self, id: i64) -> String {
        form_path(self.made.merge.kind, Some(id))
    }

    fn made_on(&self) -> Day {
        Day(self.made.merge.made_at.date())
    }

    /// What undoing it does, in sentences.
    fn lines(&self) -> Vec<String> {
        let [source, target] = &self.names;
        let (back, stay) = self.made.votes;
        let moved = &self.made.merge.moved;
        let mut lines = vec![format!("{source} is what it was before the merge, with its URLs.")];
        let mut line = |n: usize, one: &str, many: &str| {
            if n > 0 {
                let go = if n == 1 { "goes" } else { "go" };
                lines.push(format!("{} {go} back to {source}.", count(n as u64, one, many)));
            }
        };
        match self.made.merge.kind {
            RecordKind::Tool => {
                line(usize::try_from(back).unwrap_or(usize::MAX), "vote", "votes");
                line(moved.comparisons.len(), "comparison", "comparisons");
                line(moved.submissions.len(), "submission, if still open,", "submissions, where still open,");
            }
            _ => line(moved.tools.len(), "tool, if still there,", "tools, where still there,"),
        }
        if stay > 0 {
            let cast = count(stay, "vote that was cast or changed", "votes that were cast or changed");
            let go = if stay == 1 { "stays" } else { "stay" };
            lines.push(format!("{cast} since the merge {go} with {target}."));
        }
        lines.push(format!(
            "{target} is what it was, unless it was edited since; then it stays as it is now."
        ));
        lines
    }
}

pub(super) async fn show(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let made = admin.read(move |conn| store::made(conn, id)).await?;
    admin.show(&MergedPage::new(&admin, made))
}

pub(super) async fn undo(
    admin: AdminContext,
    PathId(id): PathId,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let user = admin.user.clone();
    match admin.write(move |conn| store::undo(conn, &user, id)).await? {
        Ok(votes) => {
            votes.tell(&app.tallies);
            admin.session.flash("The merge is undone.")?;
        }
        Err(EditError::Problems(problems)) => {
            let words: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            admin.session.flash(format!("Not undone. {}", words.join(" ")))?;
        }
        Err(cause) => return Err(cause.into()),
    }
    Ok(page::see_other(&format!("/admin/merges/{id}")))
}
