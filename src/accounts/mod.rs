//! Accounts: signing up, in and out, who is asking, and what they may do.

mod account;
mod after_sign_in;
mod again;
mod extract;
mod folding;
mod handlers;
mod hashing;
mod password;
pub mod people;
pub mod reviewer;
pub mod store;
mod views;

use actix_web::middleware::from_fn;
use actix_web::web;

pub use self::{
    account::{Email, Handle, Role, SignUpForm},
    after_sign_in::AfterSignIn,
    again::just_made,
    extract::{Admin, CurrentUser, Moderator, RecentAccounts, Visit},
    folding::shown_email,
    hashing::Caller,
    password::{Password, new_password, verify as verify_password},
};
use crate::web::idempotency;
use crate::web::page::{self, get, post, resource};

/// The routes of accounts.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/signup", "GET, HEAD, POST")
            .route(get().to(handlers::sign_up_page))
            .route(post().to(handlers::sign_up))
            .wrap(from_fn(idempotency::once)),
    )
    .service(
        resource("/login", "GET, HEAD, POST")
            .route(get().to(handlers::sign_in_page))
            .route(post().to(handlers::sign_in))
            .wrap(from_fn(idempotency::once)),
    )
    .service(
        resource("/logout", "GET, HEAD, POST")
            .route(page::leads_to("/account"))
            .route(post().to(handlers::sign_out)),
    );
}

/// The way to sign in, and from there on to `next`, a path on this site.
pub fn sign_in_path(next: &str) -> String {
    format!("/login{}", views::next_query(next))
}
