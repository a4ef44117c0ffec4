//! What happens once somebody has signed in, where accounts need not know the feature above that does it.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::CurrentUser;
use crate::web::error::AppError;
use crate::web::session::TypedSession;

/// What another feature does once somebody has signed in (a kept vote is cast). Registered by
/// startup as `web::Data<dyn AfterSignIn>`, so that accounts need not know the features above.
pub trait AfterSignIn: Send + Sync {
    /// What waits in the session for that, in words that go on after "Sign in to count": `your Ship vote for Amber`.
    fn waiting(&self, session: &TypedSession) -> Option<String>;

    /// Does it; whatever goes wrong is told to the person by a flash line.
    fn welcome<'a>(
        &'a self,
        user: &'a CurrentUser,
        session: &'a TypedSession,
        address: IpAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + 'a>>;
}

/// The session that somebody signs in to, and what other features do then.
pub(super) struct SignInContext {
    pub session: TypedSession,
    after: web::Data<dyn AfterSignIn>,
}

impl SignInContext {
    /// What waits for whoever signs in, if anything does.
    pub(super) fn waiting(&self) -> Option<String> {
        self.after.waiting(&self.session)
    }

    /// Signs somebody in whose password has this hash.
    pub(super) async fn sign_in(
        &self,
        user: &CurrentUser,
        password_hash: &str,
        address: IpAddr,
    ) -> Result<(), AppError> {
        self.session.sign_in(user.id, password_hash)?;
        self.after.welcome(user, &self.session, address).await;
        Ok(())
    }
}

impl FromRequest for SignInContext {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let after = request.app_data::<web::Data<dyn AfterSignIn>>().cloned();
        let missing = || AppError::internal(&"nothing is registered to be done after sign-in");
        let session = TypedSession::of(request);
        ready(after.map(|after| Self { session, after }).ok_or_else(missing))
    }
}
