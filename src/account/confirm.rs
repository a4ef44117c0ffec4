//! Changes of an account that take its password.

use actix_web::HttpRequest;

use crate::accounts::store::Account;
use crate::accounts::{self, Caller, CurrentUser};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::security_event::{self, SecurityEvent};

/// The account of whoever asks, and whether what they typed is its password.
pub(super) async fn confirmed(
    request: &HttpRequest,
    user: &CurrentUser,
    app: &App,
    typed: String,
) -> Result<(Account, bool), AppError> {
    app.limits.confirm(user.id)?;
    let (id, caller) = (user.id, Caller::known(client_address(request)));
    let account =
        app.database.run(move |conn| accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)).await?;
    let is_right = accounts::verify_password(typed, Some(account.password_hash.clone()), caller).await?;
    if !is_right {
        security_event::record(request, SecurityEvent::SignInRefused, Some(id));
    }
    Ok((account, is_right))
}

/// What is said beside a password that is not the account's.
pub(super) const WRONG_PASSWORD: &str = "Incorrect current password.";
