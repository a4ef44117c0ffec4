//! Static files: inside the binary, under an address that changes with their content, compressed
//! once and cached for good.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::compressed::CompressedBody;
use crate::web::error::AppError;
use crate::web::page;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static"]
struct Files;

struct Asset {
    mime: HeaderValue,
    body: CompressedBody,
}

struct Assets {
    /// Names the whole set, so that modules may import each other by relative address.
    fingerprint: String,
    files: HashMap<Cow<'static, str>, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut digest = Sha256::new();
    let mut files = HashMap::new();
    for name in names {
        let Some(file) = Files::get(&name) else { continue };
        digest.update(name.as_bytes());
        digest.update(file.metadata.sha256_hash());
        let mime = mime_guess::from_path(name.as_ref()).first_or_octet_stream();
        let mime = match mime.essence_str() {
            text if text.starts_with("text/") || text.ends_with("javascript") => {
                format!("{text}; charset=utf-8")
            }
            other => other.to_owned(),
        };
        // What was guessed is plain text.
        let mime =
            HeaderValue::try_from(mime).unwrap_or(HeaderValue::from_static("application/octet-stream"));
        files.insert(name, Asset { mime, body: CompressedBody::smallest(file.data.into_owned()) });
    }
    let fingerprint = hex::encode(&digest.finalize()[..6]);
    Assets { fingerprint, files }
});

/// The address of a static file.
pub fn href(name: &str) -> String {
    format!("/static/{}/{name}", ASSETS.fingerprint)
}

/// Whether this path is that of a static file.
pub fn is_asset(path: &str) -> bool {
    path.starts_with("/static/")
}

/// Prepares the files, so that the first visitor does not wait for it.
pub fn warm() {
    LazyLock::force(&ASSETS);
}

/// The routes of static files.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(page::resource("/static/{fingerprint}/{name}", "GET, HEAD").route(page::get().to(serve)));
}

async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> Result<HttpResponse, AppError> {
    let (fingerprint, name) = path.into_inner();
    let asset = ASSETS.files.get(name.as_str()).ok_or_else(AppError::not_found)?;
    // A page rendered by another version still gets its file, but nobody keeps it for long.
    let cache = if fingerprint == ASSETS.fingerprint {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    };
    let mut head = HttpResponse::Ok();
    head.content_type(asset.mime.clone())
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "Accept-Encoding"));
    Ok(page::send_tagged(&request, head, &asset.body))
}
