//! Pages in memory: rendered once, compressed once, and served until something they show changes.
//!
//! An entry carries the versions it was built from. It is served only while no newer version of
//! what it shows is known, so that no vote, import or edit leaves one stale. Requests for one page
//! that is missing wait for one rendering. Memory is bounded; the pages asked for most stay.
//!
//! All visitors share one rendering, each account has its own, and a page with a line shown once is never kept.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};

use crate::db::freshness::{Freshness, Votes, is_fresh};
use crate::db::versions::Versions;
use crate::site::LiveSite;
use crate::web::assets;
use crate::web::compressed::CompressedBody;
use crate::web::error::AppError;
use crate::web::guard::names_a_host;
use crate::web::page::{self, Audience, ContentKind, wants_json};

/// Addresses longer than this are served but not kept.
const LONGEST_KEY: usize = 300;

/// How much an entry holds besides its body, in bytes.
const OVERHEAD: usize = 1024;

/// The pages in memory.
pub struct PageCache {
    pages: Cache<String, Arc<CacheEntry>>,
    freshness: Arc<Freshness>,
    site: Arc<LiveSite>,
}

struct CacheEntry {
    page: RenderedPage,
    audience: Audience,
    /// The day it was rendered on, because the first page changes with the date.
    day: i64,
    /// What it was built from.
    versions: Versions,
    /// And of which generation what is said of the site was.
    site: u64,
}

/// What rendering comes to.
pub enum Rendered {
    /// A page.
    Page(RenderedPage),
    /// Another answer, such as a redirect.
    Other(HttpResponse),
}

/// A page that was rendered, and the votes it shows.
pub struct RenderedPage {
    body: CompressedBody,
    kind: ContentKind,
    votes: Votes,
}

impl Rendered {
    /// Renders a page that shows these votes.
    pub fn page(view: &impl Template, votes: Votes) -> Result<Self, AppError> {
        Ok(Self::new(view.render()?, ContentKind::Page, votes))
    }

    /// A feed that shows these votes.
    pub fn feed(text: String, votes: Votes) -> Self {
        Self::new(text, ContentKind::Feed, votes)
    }

    fn new(text: String, kind: ContentKind, votes: Votes) -> Self {
        Self::Page(RenderedPage { body: CompressedBody::new(text), kind, votes })
    }

    /// Says that hardly anybody else asks for this page.
    pub fn asked_once(self) -> Self {
        match self {
            Self::Page(page) => Self::Page(RenderedPage { body: page.body.quick(), ..page }),
            other => other,
        }
    }

    /// Says that the page's address answers programs with JSON.
    pub fn beside_json(self) -> Self {
        match self {
            Self::Page(page) => Self::Page(RenderedPage { kind: ContentKind::PageBesideJson, ..page }),
            other => other,
        }
    }
}

impl RenderedPage {
    fn send(&self, request: &HttpRequest, audience: Audience) -> HttpResponse {
        page::send(request, &self.body, self.kind, audience)
    }
}

impl PageCache {
    /// A cache of at most `megabytes`.
    pub fn new(megabytes: u32, freshness: Arc<Freshness>, site: Arc<LiveSite>) -> Self {
        let pages = Cache::builder()
            .max_capacity(u64::from(megabytes) * 1024 * 1024)
            .weigher(|key: &String, entry: &Arc<CacheEntry>| {
                u32::try_from(entry.page.body.size() + key.len() + OVERHEAD).unwrap_or(u32::MAX)
            })
            .build();
        Self { pages, freshness, site }
    }

    /// Answers with the page at the request's address: the one in memory if it is fresh, else the
    /// one that `render` makes for this audience. A page is rendered anew each day.
    pub async fn show(
        &self,
        request: &HttpRequest,
        audience: Audience,
        render: impl AsyncFnOnce() -> Result<Rendered, AppError>,
    ) -> Result<HttpResponse, AppError> {
        let day = today();
        // What is known by now must be on the page; what comes later may be.
        let known = self.freshness.now();
        let Some(key) = key(request, audience) else {
            return Ok(match render().await? {
                Rendered::Page(page) => page.send(request, audience),
                Rendered::Other(answer) => answer,
            });
        };
        if let Some(entry) = self.pages.get(&*key).await
            && self.is_fresh(&entry, known, day)
        {
            return Ok(entry.page.send(request, audience));
        }
        let mut other = None;
        let other_answer = &mut other;
        let outcome = self
            .pages
            .entry(key.into_owned())
            .and_try_compute_with(move |entry| async move {
                // Whoever waited here finds what the one before has rendered.
                if entry.is_some_and(|entry| self.is_fresh(entry.value(), known, day)) {
                    return Ok::<_, AppError>(Op::Nop);
                }
                let (versions, site) = (self.freshness.now(), self.site.generation());
                Ok(match render().await? {
                    Rendered::Page(page) => {
                        Op::Put(Arc::new(CacheEntry { page, audience, day, versions, site }))
                    }
                    Rendered::Other(answer) => {
                        *other_answer = Some(answer);
                        Op::Remove
                    }
                })
            })
            .await?;
        match (outcome, other) {
            (
                CompResult::Inserted(entry) | CompResult::ReplacedWith(entry) | CompResult::Unchanged(entry),
                _,
            ) => Ok(entry.value().page.send(request, audience)),
            (_, Some(answer)) => Ok(answer),
            _ => Err(AppError::internal(&"a page was neither rendered nor kept")),
        }
    }

    /// The answer to a visitor's request, if the page is in memory and fresh. Whoever sends no cookie is nobody in
    /// particular, so neither a session nor a route is looked for.
    async fn for_visitor(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let by_visitor = *request.method() == Method::GET && !request.headers().contains_key(header::COOKIE);
        let is_read_anew = wants_json(request) || !names_a_host(request) || !self.freshness.lease().holds();
        if !by_visitor || is_read_anew {
            return None;
        }
        let key = key(request, Audience::Visitor)?;
        let known = self.freshness.now();
        let entry = self.pages.get(&*key).await?;
        self.is_fresh(&entry, known, today()).then(|| entry.page.send(request, Audience::Visitor))
    }

    /// Whether a page is of today and shows everything that was known when it was asked for; what
    /// came after that may be missing.
    fn is_fresh(&self, entry: &CacheEntry, known: Versions, day: i64) -> bool {
        let votes = if entry.versions.votes >= known.votes {
            // Nobody has voted on anything.
            known.votes
        } else {
            self.freshness.wanted(&entry.page.votes).votes.min(known.votes)
        };
        // What visitors see does not depend on accounts.
        let accounts = if entry.audience == Audience::Visitor { 0 } else { known.accounts };
        let is_framed_so = entry.day == day && entry.site == self.site.generation();
        is_framed_so && is_fresh(entry.versions, Versions { catalogue: known.catalogue, accounts, votes })
    }
}

/// Answers visitors with pages that are in memory, before anything that only others need.
pub async fn serve_cached(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(cache) = request.app_data::<web::Data<PageCache>>()
        && let Some(answer) = cache.for_visitor(request.request()).await
    {
        return Ok(request.into_response(answer));
    }
    next.call(request).await
}

/// Lets a request wait until what is in memory counts: pages, sessions, roles, catalogue and votes. Static files never change.
pub async fn renew_lease(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(freshness) = request.app_data::<web::Data<Freshness>>().cloned()
        && !assets::is_asset(request.path())
        && let Err(cause) = freshness.lease().renew().await
    {
        return Ok(request.error_response(cause));
    }
    next.call(request).await
}

/// The day, counted from 1970.
fn today() -> i64 {
    chrono::Utc::now().timestamp() / 86_400
}

/// Names a page in memory, or `None` for what is not kept.
fn key(request: &HttpRequest, audience: Audience) -> Option<Cow<'_, str>> {
    let address = request.uri().path_and_query()?.as_str();
    if address.len() > LONGEST_KEY {
        return None;
    }
    match audience {
        Audience::Visitor => Some(address.into()),
        // No address has a space in it.
        Audience::Account(id) => Some(format!("{address} {id}").into()),
        Audience::Once => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    fn cache() -> (PageCache, Arc<Freshness>) {
        let freshness = Arc::new(Freshness::new(Versions { catalogue: 1, accounts: 1, votes: 5 }));
        (PageCache::new(1, Arc::clone(&freshness), Arc::default()), freshness)
    }

    /// Asks for a page that says which rendering it is, and for whom; rendering takes a while.
    async fn shown(cache: &PageCache, audience: Audience, count: &Cell<u32>, votes: Votes) -> String {
        let request = TestRequest::with_uri("/page").to_http_request();
        let render = async || {
            count.set(count.get() + 1);
            let text = format!("{} for {audience:?}", count.get());
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(Rendered::new(text, ContentKind::Page, votes))
        };
        let answer = cache.show(&request, audience, render).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn a_burst_for_a_missing_page_renders_it_once() {
        let (cache, _) = cache();
        for audience in [Audience::Visitor, Audience::Account(1)] {
            let count = Cell::new(0);
            let burst = (0..50).map(|_| shown(&cache, audience, &count, Votes::All));
            let pages = futures_util::future::join_all(burst).await;
            assert!(pages.iter().all(|page| *page == format!("1 for {audience:?}")));
            assert_eq!(count.get(), 1);
        }
    }

    #[actix_web::test]
    async fn only_what_a_page_shows_makes_it_stale() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        let look = || shown(&cache, Audience::Visitor, &count, Votes::Of(vec![1]));
        assert_eq!(look().await, "1 for Visitor");
        freshness.notice_tool(2);
        freshness.notice(Versions { accounts: 2, ..Versions::default() });
        assert_eq!(look().await, "1 for Visitor");
        freshness.notice_tool(1);
        assert_eq!(look().await, "2 for Visitor");
        freshness.notice(Versions { catalogue: 2, ..Versions::default() });
        assert_eq!(look().await, "3 for Visitor");
    }

    #[actix_web::test]
    async fn a_vote_while_a_page_is_rendered_is_not_lost_on_whoever_asks_after_it() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        let early = shown(&cache, Audience::Visitor, &count, Votes::All);
        let late = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            freshness.notice_tool(1);
            shown(&cache, Audience::Visitor, &count, Votes::All).await
        };
        let (early, late) = futures_util::future::join(early, late).await;
        assert_eq!((early.as_str(), late.as_str()), ("1 for Visitor", "2 for Visitor"));
    }

    #[actix_web::test]
    async fn nobody_gets_what_was_rendered_for_another() {
        let (cache, _) = cache();
        let count = Cell::new(0);
        for (audience, page) in [
            (Audience::Account(1), "1 for Account(1)"),
            (Audience::Visitor, "2 for Visitor"),
            (Audience::Account(2), "3 for Account(2)"),
            (Audience::Account(1), "1 for Account(1)"),
            (Audience::Once, "4 for Once"),
            (Audience::Once, "5 for Once"),
            (Audience::Visitor, "2 for Visitor"),
        ] {
            assert_eq!(shown(&cache, audience, &count, Votes::All).await, page, "{audience:?}");
        }
    }

    #[actix_web::test]
    async fn what_an_account_sees_is_rendered_anew_when_accounts_or_votes_change() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        let look = || shown(&cache, Audience::Account(1), &count, Votes::All);
        assert_eq!((look().await, look().await), ("1 for Account(1)".into(), "1 for Account(1)".into()));
        freshness.notice(Versions { accounts: 2, ..Versions::default() });
        assert_eq!(look().await, "2 for Account(1)");
        freshness.notice_tool(1);
        assert_eq!(look().await, "3 for Account(1)");
    }

    #[actix_web::test]
    async fn another_answer_than_a_page_is_given_and_not_kept() {
        let (cache, _) = cache();
        let request = TestRequest::with_uri("/page").to_http_request();
        let render = async || Ok(Rendered::Other(page::see_other("/other")));
        let answer = cache.show(&request, Audience::Visitor, render).await.unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(shown(&cache, Audience::Visitor, &Cell::new(0), Votes::All).await, "1 for Visitor");
    }
}
