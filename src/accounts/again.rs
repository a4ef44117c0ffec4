//! A form for a new account that is sent twice. The second sending may come while the first is still being worked on,
//! from a browser that has not got its session yet: then it is known by what it says, password and all.

use chrono::{TimeDelta, Utc};

use super::store::{self, Account};
use super::{Caller, Role, SignUpForm, password};
use crate::db::Database;
use crate::web::error::AppError;

/// For how many minutes a form for a new account is known again.
const KNOWN_MINUTES: i64 = 10;

/// The account that a form with this username, address and password has made in the last minutes.
pub async fn just_made(
    database: &Database,
    form: &SignUpForm,
    site_name: &str,
    role: Role,
    caller: Caller,
) -> Result<Option<Account>, AppError> {
    let Ok((handle, email, _)) = form.parse(site_name, role) else { return Ok(None) };
    let since = Utc::now().naive_utc() - TimeDelta::minutes(KNOWN_MINUTES);
    let found = database.run(move |conn| Ok(store::find_by_login(conn, email.as_str())?)).await?;
    let made = found.filter(|account| {
        account.handle == handle.as_str() && account.created_at > since && account.suspended_at.is_none()
    });
    let Some(account) = made else { return Ok(None) };
    let is_right =
        password::verify(form.password.clone(), Some(account.password_hash.clone()), caller).await?;
    Ok(is_right.then_some(account))
}
