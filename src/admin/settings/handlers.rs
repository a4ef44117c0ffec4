//! The form of the settings.

use actix_web::HttpResponse;
use askama::Template;
use diesel::result::Error as DieselError;

use super::store::{self, STALE_DAYS_RANGE};
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, SentForm};
use crate::web::error::AppError;
use crate::web::page::{self, Shell};

/// The name of the field.
const STALE_DAYS: &str = "stale_days";
const REVIEWS_AT_ONCE: &str = "reviews_at_once";

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    shell: Shell,
    stale_days: String,
    reviews_at_once: bool,
    errors: FieldErrors,
}

pub(super) async fn form(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let (days, at_once) =
        admin.read(|conn| Ok((store::stale_days(conn)?, store::reviews_at_once(conn)?))).await?;
    admin.show(&page_of(&admin, days.to_string(), at_once, FieldErrors::default()))
}

pub(super) async fn save(admin: AdminContext, form: SentForm) -> Result<HttpResponse, AppError> {
    let typed = form.0.trimmed(STALE_DAYS);
    let at_once = form.0.get(REVIEWS_AT_ONCE) == "yes";
    let days = match parse(&typed) {
        Ok(days) => days,
        Err(errors) => return admin.show_again(&page_of(&admin, typed, at_once, errors)),
    };
    let by = admin.user.clone();
    let changed = admin
        .write::<_, DieselError>(move |conn| {
            let reviews = store::set_reviews_at_once(conn, &by, at_once)?;
            Ok(store::set_stale_days(conn, &by, days)? || reviews)
        })
        .await??;
    admin.session.flash(if changed { "Settings saved." } else { "Nothing was changed." })?;
    Ok(page::see_other("/admin/settings"))
}

fn parse(typed: &str) -> Result<i64, FieldErrors> {
    let days = typed.parse::<i64>().ok().filter(|days| STALE_DAYS_RANGE.contains(days));
    days.ok_or_else(|| {
        let (least, most) = (STALE_DAYS_RANGE.start(), STALE_DAYS_RANGE.end());
        FieldErrors::one(STALE_DAYS, format!("Enter a whole number of days from {least} to {most}."))
    })
}

fn page_of(
    admin: &AdminContext,
    stale_days: String,
    reviews_at_once: bool,
    errors: FieldErrors,
) -> SettingsPage {
    SettingsPage { shell: admin.shell("Settings"), stale_days, reviews_at_once, errors }
}
