//! What happens once somebody has signed in, where accounts need not know the feature above that does it.

use std::net::IpAddr;
use std::pin::Pin;

use super::CurrentUser;
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
