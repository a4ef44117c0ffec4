//! Asking, and deleting.

use actix_web::HttpResponse;

use super::store;
use super::views::DeletePage;
use crate::admin::form::{Fields, SentForm};
use crate::admin::paths::list_path;
use crate::admin::{AdminContext, access};
use crate::catalogue::RecordKind;
use crate::catalogue::edit::EditError;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::path_id::PathId;

pub(super) async fn ask(
    kind: RecordKind,
    admin: AdminContext,
    PathId(id): PathId,
) -> Result<HttpResponse, AppError> {
    admin.admins_only()?;
    let doomed = admin.read(move |conn| store::look(conn, kind, id)).await?;
    admin.show(&DeletePage::new(&admin, doomed, Fields::default()))
}

pub(super) async fn delete(
    kind: RecordKind,
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    admin.admins_only()?;
    let live_tallies = admin.shared::<LiveTallies>()?;
    let mut typed = form.0;
    let (password, reason) = (typed.get("password"), typed.trimmed("reason"));
    // It is never sent back.
    typed.set("password", "");
    let mut fields = Fields::new(typed);
    if reason.is_empty() {
        fields.errors.add("reason", "Enter a reason.");
    }
    if !access::is_password(admin.request(), &admin.user, password).await? {
        fields.errors.add("password", "Incorrect password.");
    }
    let doomed = admin.read(move |conn| store::look(conn, kind, id)).await?;
    if !fields.errors.is_empty() || doomed.refusal().is_some() {
        return admin.show_again(&DeletePage::new(&admin, doomed, fields));
    }
    let user = admin.user.clone();
    match admin.write(move |conn| store::delete(conn, &user, kind, id, &reason)).await? {
        Ok(()) => {
            if kind == RecordKind::Tool {
                live_tallies.forget(id);
            }
            admin.session.flash(format!("{} is permanently deleted.", doomed.name))?;
            Ok(page::see_other(&list_path(kind)))
        }
        Err(EditError::Problems(_)) => {
            Err(AppError::Conflict("Not deleted: it has changed since you opened this page.".into()))
        }
        Err(cause) => Err(cause.into()),
    }
}
