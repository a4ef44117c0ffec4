//! What a moderator typed into a form of the admin area when it turned out that their session was over, or their password
//! due: shown to them again, to be sent as it is.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::AdminContext;
use super::form::words;
use crate::catalogue::RecordKind;
use crate::db::Db;
use crate::web::error::AppError;
use crate::web::page::{self, Shell, get, post, resource};
use crate::web::saved_forms::{self, SavedForm};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/saved", "GET, HEAD, POST").route(get().to(show)).route(post().to(discard)));
}

#[derive(Template)]
#[template(path = "admin/saved.html")]
struct SavedPage {
    shell: Shell,
    path: String,
    fields: Vec<(String, String)>,
}

impl SavedPage {
    /// What somebody typed, in the words of the form; which button was pressed needs no words.
    fn typed(&self) -> impl Iterator<Item = (String, &str)> {
        let typed = self.fields.iter().filter(|(name, value)| !value.trim().is_empty() && name != "token");
        typed.map(|(name, value)| (words(name), value.as_str()))
    }
}

/// Shows the newest form; one of a record opens as that record's form, with what was typed in it.
async fn show(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let id = admin.user.id;
    let saved = admin.read(move |conn| Ok(of_admin_area(conn, id)?)).await?;
    let Some(form) = saved.into_iter().next() else { return Ok(page::see_other("/admin")) };
    if opens_as_form(&form.path) {
        return Ok(page::see_other(&form.path));
    }
    let shell = admin.shell("Not sent yet");
    admin.show(&SavedPage { shell, fields: form.fields(), path: form.path })
}

async fn discard(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let id = admin.user.id;
    let forgotten = admin.write(move |conn| {
        for form in of_admin_area(conn, id)? {
            saved_forms::forget(conn, id, &form.path)?;
        }
        Ok::<_, AppError>(())
    });
    forgotten.await??;
    Ok(page::see_other("/admin"))
}

fn of_admin_area(conn: &mut Db, account_id: i64) -> diesel::QueryResult<Vec<SavedForm>> {
    let mut forms = saved_forms::load(conn, account_id)?;
    forms.retain(|form| form.path.starts_with("/admin/"));
    Ok(forms)
}

/// Whether this is the address of a record's form: `/admin/tools/7`, `/admin/categories/new`.
fn opens_as_form(path: &str) -> bool {
    RecordKind::ALL.iter().any(|kind| {
        let rest = path.strip_prefix("/admin/").and_then(|rest| rest.strip_prefix(kind.plural()));
        rest.and_then(|rest| rest.strip_prefix('/')).is_some_and(|id| !id.contains('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_records_own_form_opens_with_what_was_typed() {
        for path in ["/admin/tools/7", "/admin/categories/new", "/admin/comparisons/12"] {
            assert!(opens_as_form(path), "{path}");
        }
        for path in
            ["/admin/tools/7/merge", "/admin/settings", "/admin/queue/7/accept", "/admin/tools", "/submit"]
        {
            assert!(!opens_as_form(path), "{path}");
        }
    }
}
