//! The form of the settings.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::result::Error as DieselError;

use super::setting;
use super::store::{self, Saved, Values};
use super::typed::{self, MOST_LINKS};
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, Fields, SentForm};
use crate::config::Settings;
use crate::site::{FOOT_LINKS, SitePage};
use crate::web::error::AppError;
use crate::web::page::{self, Shell};

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    shell: Shell,
    form: Fields,
    /// What the values were that the form is made with.
    seen: String,
}

impl SettingsPage {
    fn new(admin: &AdminContext, form: Fields, seen: String) -> Self {
        Self { shell: admin.shell("Settings"), form, seen }
    }

    fn pages() -> [SitePage; 3] {
        SitePage::ALL
    }

    /// The names of the two fields of each link.
    fn links() -> impl Iterator<Item = [String; 2]> {
        (0..MOST_LINKS).map(|at| ["label", "address"].map(|part| typed::link_field(at, part)))
    }
}

pub(super) async fn form(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let values = admin.read(|conn| Ok(store::current(conn)?)).await?;
    admin.show(&SettingsPage::new(&admin, Fields::new(typed::to_form(&values)), store::seen(&values)))
}

pub(super) async fn save(admin: AdminContext, form: SentForm) -> Result<HttpResponse, AppError> {
    let (data, seen) = (form.0.clone(), form.0.get("token"));
    let values = match typed::to_values(&data) {
        Ok(values) => values,
        Err(errors) => {
            let form = Fields { errors, ..Fields::new(data) };
            return admin.show_again(&SettingsPage::new(&admin, form, seen));
        }
    };
    let by = admin.user.clone();
    let saved = admin.write::<_, DieselError>(move |conn| store::save(conn, &by, values, &seen)).await??;
    let told = match saved {
        Saved::Conflict { names, mine, now } => return conflict(&admin, &names, mine, now),
        Saved::Unchanged => "Nothing was changed.",
        Saved::Changed => {
            // What is in memory is what is stored before anybody is told so.
            let site = Arc::clone(&admin.shared::<Settings>()?.site);
            admin.read(move |conn| Ok(site.load(conn)?)).await?;
            "Settings saved."
        }
    };
    admin.session.flash(told)?;
    Ok(page::see_other("/admin/settings"))
}

/// The form again, where somebody else was faster: what the sender changed, beside what that is by now, and all else as it
/// is by now. Sent once more it is stored.
fn conflict(
    admin: &AdminContext,
    names: &[&'static str],
    mine: Values,
    mut now: Values,
) -> Result<HttpResponse, AppError> {
    let (seen, mut errors) = (store::seen(&now), FieldErrors::default());
    for name in names {
        let value = setting::in_words(name, now.get(name).map_or("", |value| value));
        let value = if value.is_empty() { "nothing".to_owned() } else { format!("“{value}”") };
        let field = if *name == FOOT_LINKS { typed::link_field(0, "label") } else { (*name).to_owned() };
        errors.add(&field, format!("Somebody else changed this to {value}. Save again to replace that."));
    }
    now.extend(mine);
    let form = Fields { errors, ..Fields::new(typed::to_form(&now)) };
    admin.show_with(&SettingsPage::new(admin, form, seen), StatusCode::CONFLICT)
}
