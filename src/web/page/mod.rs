//! Pages: the frame around each, how one is sent, how forms come in, and how routes are declared.

mod compute;
mod form;
mod local_path;
mod routes;
mod sending;
mod shell;

pub use self::{
    compute::compute,
    form::{FieldErrors, Form, form_in_time},
    local_path::local_path,
    routes::{asks_for_json, get, is_unsafe, leads_to, post, resource, wants_json},
    sending::{
        Audience, ContentKind, permanent_redirect, see_other, send, send_tagged, show_data, show_private,
    },
    shell::Shell,
};
