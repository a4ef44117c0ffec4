//! Pages in memory: rendered once, compressed once, and served until something they show changes.
//!
//! An entry carries the versions it was made from. It is served only while no newer version of
//! what it shows is known, so that no vote, import or edit leaves one stale. Requests for one page
//! that is missing wait for one rendering. Memory is bounded; the pages asked for most stay.

use std::{borrow::Cow, cell::RefCell, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};

use crate::{
    db::{
        freshness::{Freshness, Votes, is_fresh},
        versions::Versions,
    },
    web::{
        encoded::Encoded,
        error::AppError,
        page::{self, Kind, View, wants_json},
        slots::{Drawing, Pieces, Slot, fill},
    },
};

/// Addresses longer than this are served but not kept.
const LONGEST_KEY: usize = 300;

/// How much an entry holds besides its text, in bytes: its key, its compressed forms.
const OVERHEAD: usize = 1024;

/// The pages in memory.
pub struct PageCache {
    pages: Cache<String, Arc<Kept>>,
    freshness: Arc<Freshness>,
}

struct Kept {
    body: Encoded,
    /// What each reader sees otherwise, if this is a visitor's.
    slots: Vec<Slot>,
    kind: Kind,
    /// The day it was drawn on, because the first page changes with the date.
    day: i64,
    made: Versions,
    votes: Votes,
    reader: Reader,
}

/// For whom a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Any visitor: all see the same.
    Visitor,
    /// The account with this id.
    Account(i64),
    /// Somebody who is shown a line that nobody else sees: drawn for this request alone.
    Once,
}

/// Somebody who looks at a page.
pub trait Onlooker {
    /// For whom the page is.
    fn reader(&self) -> Reader;

    /// What the frame of the page shows them alone; see [`slots`](crate::web::slots).
    ///
    /// # Errors
    /// When a template cannot be rendered.
    fn frame(&self) -> Result<Pieces, AppError>;
}

/// Whoever reads what is the same for everybody.
pub struct Anybody;

impl Onlooker for Anybody {
    fn reader(&self) -> Reader {
        Reader::Visitor
    }

    fn frame(&self) -> Result<Pieces, AppError> {
        Ok(Pieces::new())
    }
}

/// What drawing a page comes to.
pub enum Drawn {
    /// A page.
    Page(Page),
    /// Another answer, such as a redirect.
    Other(HttpResponse),
}

/// A page that was drawn, and the votes it shows.
pub struct Page {
    drawing: Drawing,
    kind: Kind,
    votes: Votes,
}

impl Drawn {
    /// Renders a page that shows these votes.
    ///
    /// # Errors
    /// When the template cannot be rendered.
    pub fn page(view: &impl View, votes: Votes) -> Result<Self, AppError> {
        Ok(Self::Page(Page { drawing: page::draw(view)?, kind: Kind::Page, votes }))
    }

    /// A feed that shows these votes.
    #[must_use]
    pub fn feed(text: String, votes: Votes) -> Self {
        let drawing = Drawing { text, slots: Vec::new() };
        Self::Page(Page { drawing, kind: Kind::Feed, votes })
    }

    /// Says that the page's address answers programs with JSON.
    #[must_use]
    pub fn beside_data(self) -> Self {
        match self {
            Self::Page(page) => Self::Page(Page { kind: Kind::PageBesideData, ..page }),
            other => other,
        }
    }
}

impl PageCache {
    /// A cache of at most `megabytes`.
    #[must_use]
    pub fn new(megabytes: u32, freshness: Arc<Freshness>) -> Self {
        let pages = Cache::builder()
            .max_capacity(u64::from(megabytes) * 1024 * 1024)
            .weigher(|key: &String, kept: &Arc<Kept>| {
                // A page and its two compressed forms, of which each is at most half as large.
                let bytes = kept.body.len() * 2 + key.len() + OVERHEAD;
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .build();
        Self { pages, freshness }
    }

    /// Answers with the page at the request's address: the one in memory if it is fresh, else the
    /// one that `draw` draws for visitors. A page is drawn anew each day. Others get the visitors' page with
    /// what the frame shows them.
    ///
    /// # Errors
    /// Whatever `draw` returns.
    pub async fn show(
        &self,
        request: &HttpRequest,
        who: &impl Onlooker,
        draw: impl AsyncFnOnce() -> Result<Drawn, AppError>,
    ) -> Result<HttpResponse, AppError> {
        self.show_with(request, who, draw, async |_| Ok(Pieces::new())).await
    }

    /// The same for a page with more than the frame that is not the same for everybody: `own` is given the names of
    /// its slots and makes what is put there for whoever is signed in.
    ///
    /// # Errors
    /// Whatever `draw` and `own` return.
    pub async fn show_with(
        &self,
        request: &HttpRequest,
        who: &impl Onlooker,
        draw: impl AsyncFnOnce() -> Result<Drawn, AppError>,
        own: impl AsyncFnOnce(Vec<String>) -> Result<Pieces, AppError>,
    ) -> Result<HttpResponse, AppError> {
        let reader = who.reader();
        let shared = async || self.made(key(request, Reader::Visitor), Reader::Visitor, draw).await;
        let made = if reader == Reader::Visitor {
            shared().await?
        } else {
            let personal = async || match shared().await? {
                Made::Other(answer) => Ok(Drawn::Other(answer)),
                Made::Page(page) => page.personal(who, own).await,
            };
            self.made(key(request, reader), reader, personal).await?
        };
        Ok(match made {
            Made::Page(page) => page.send(request),
            Made::Other(answer) => answer,
        })
    }

    /// The page of this key: from memory if it is fresh, else drawn. Without a key it is drawn and not kept.
    async fn made(
        &self,
        key: Option<Cow<'_, str>>,
        reader: Reader,
        draw: impl AsyncFnOnce() -> Result<Drawn, AppError>,
    ) -> Result<Made, AppError> {
        let day = today();
        // What is known by now must be on the page; what comes later may be.
        let known = self.freshness.now();
        let Some(key) = key else {
            return Ok(match draw().await? {
                Drawn::Page(page) => Made::Page(Arc::new(Kept::new(page, day, known, reader))),
                Drawn::Other(answer) => Made::Other(answer),
            });
        };
        if let Some(kept) = self.pages.get(&*key).await
            && self.is_fresh(&kept, known, day)
        {
            return Ok(Made::Page(kept));
        }
        let other = RefCell::new(None);
        let kept_aside = &other;
        let outcome = self
            .pages
            .entry(key.into_owned())
            .and_try_compute_with(move |entry| async move {
                // Whoever waited here finds what the one before has drawn.
                if entry.is_some_and(|entry| self.is_fresh(entry.value(), known, day)) {
                    return Ok::<_, AppError>(Op::Nop);
                }
                let made = self.freshness.now();
                match draw().await? {
                    Drawn::Page(page) => Ok(Op::Put(Arc::new(Kept::new(page, day, made, reader)))),
                    Drawn::Other(answer) => {
                        kept_aside.replace(Some(answer));
                        Ok(Op::Remove)
                    }
                }
            })
            .await?;
        if let Some(answer) = other.into_inner() {
            return Ok(Made::Other(answer));
        }
        match outcome {
            CompResult::Inserted(entry) | CompResult::ReplacedWith(entry) | CompResult::Unchanged(entry) => {
                Ok(Made::Page(entry.into_value()))
            }
            CompResult::Removed(_) | CompResult::StillNone(_) => {
                Err(AppError::internal(&"a page was neither drawn nor kept"))
            }
        }
    }

    /// The answer to a visitor's request, if the page is in memory and fresh. Whoever sends no cookie is nobody in
    /// particular, so neither a session nor a route is looked for.
    async fn at_hand(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let by_visitor = *request.method() == Method::GET && !request.headers().contains_key(header::COOKIE);
        if !by_visitor || wants_json(request) {
            return None;
        }
        let key = key(request, Reader::Visitor)?;
        let known = self.freshness.now();
        let kept = self.pages.get(&*key).await?;
        self.is_fresh(&kept, known, today()).then(|| kept.send(request))
    }

    /// Whether a page is of today and shows everything that was known when it was asked for; what
    /// came after that may be missing.
    fn is_fresh(&self, kept: &Kept, known: Versions, day: i64) -> bool {
        let votes = if kept.made.votes >= known.votes {
            // Nobody has voted on anything.
            known.votes
        } else {
            self.freshness.wanted(&kept.votes).votes.min(known.votes)
        };
        // What visitors see does not depend on accounts.
        let accounts = if kept.reader == Reader::Visitor { 0 } else { known.accounts };
        kept.day == day && is_fresh(kept.made, Versions { catalogue: known.catalogue, accounts, votes })
    }
}

/// A page, or another answer.
enum Made {
    Page(Arc<Kept>),
    Other(HttpResponse),
}

impl Kept {
    fn new(Page { drawing, kind, votes }: Page, day: i64, made: Versions, reader: Reader) -> Self {
        let Drawing { text, slots } = drawing;
        Self { body: Encoded::lazy(text.into_bytes()), slots, kind, day, made, votes, reader }
    }

    /// This visitors' page as somebody else sees it.
    async fn personal(
        &self,
        who: &impl Onlooker,
        own: impl AsyncFnOnce(Vec<String>) -> Result<Pieces, AppError>,
    ) -> Result<Drawn, AppError> {
        let mut pieces = own(self.slots.iter().map(|slot| slot.name.clone()).collect()).await?;
        pieces.extend(who.frame()?);
        let text = std::str::from_utf8(self.body.plain()).map_err(|cause| AppError::internal(&cause))?;
        let drawing = Drawing { text: fill(text, &self.slots, &pieces), slots: Vec::new() };
        Ok(Drawn::Page(Page { drawing, kind: self.kind, votes: self.votes.clone() }))
    }

    fn send(&self, request: &HttpRequest) -> HttpResponse {
        page::send(request, &self.body, self.kind, self.reader)
    }
}

/// Answers visitors at the door, before anything that only others need, with pages that are in memory.
///
/// # Errors
/// Whatever the handler returns.
pub async fn answer_at_the_door(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(cache) = request.app_data::<web::Data<PageCache>>()
        && let Some(answer) = cache.at_hand(request.request()).await
    {
        return Ok(request.into_response(answer));
    }
    next.call(request).await
}

/// The day, counted from 1970.
fn today() -> i64 {
    chrono::Utc::now().timestamp() / 86_400
}

/// Names a page in memory, or `None` for what is not kept.
fn key(request: &HttpRequest, reader: Reader) -> Option<Cow<'_, str>> {
    let address = request.uri().path_and_query()?.as_str();
    if address.len() > LONGEST_KEY {
        return None;
    }
    match reader {
        Reader::Visitor => Some(address.into()),
        // No address has a space in it.
        Reader::Account(id) => Some(format!("{address} {id}").into()),
        Reader::Once => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::{cell::Cell, time::Duration};

    use actix_web::{body::to_bytes, test::TestRequest};

    use super::*;

    fn cache() -> (PageCache, Arc<Freshness>) {
        let freshness = Arc::new(Freshness::new(Versions { catalogue: 1, accounts: 1, votes: 5 }));
        (PageCache::new(1, Arc::clone(&freshness)), freshness)
    }

    /// Draws a page that says which drawing it is, after a while.
    async fn draw(count: &Cell<u32>, votes: Votes) -> Result<Drawn, AppError> {
        count.set(count.get() + 1);
        let drawing = Drawing::of(&format!("drawing {}<!--:me--><!--:-->", count.get()));
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Drawn::Page(Page { drawing, kind: Kind::Page, votes }))
    }

    impl Onlooker for Reader {
        fn reader(&self) -> Reader {
            *self
        }

        fn frame(&self) -> Result<Pieces, AppError> {
            Ok(Pieces::from([("me".to_owned(), format!(" for {self:?}"))]))
        }
    }

    async fn shown(cache: &PageCache, reader: Reader, count: &Cell<u32>, votes: Votes) -> String {
        let request = TestRequest::with_uri("/page").to_http_request();
        let answer = cache.show(&request, &reader, async || draw(count, votes).await).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn a_burst_for_a_missing_page_draws_it_once() {
        let (cache, _) = cache();
        let count = Cell::new(0);
        let burst = (0..50).map(|_| shown(&cache, Reader::Visitor, &count, Votes::All));
        let pages = futures_util::future::join_all(burst).await;
        assert!(pages.iter().all(|page| page == "drawing 1"));
        assert_eq!(count.get(), 1);
    }

    #[actix_web::test]
    async fn only_what_a_page_shows_makes_it_stale() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        let one = || Votes::Of(vec![1]);
        assert_eq!(shown(&cache, Reader::Visitor, &count, one()).await, "drawing 1");
        freshness.notice_tool(2, 6);
        freshness.notice(Versions { accounts: 2, ..Versions::default() });
        assert_eq!(shown(&cache, Reader::Visitor, &count, one()).await, "drawing 1");
        freshness.notice_tool(1, 7);
        assert_eq!(shown(&cache, Reader::Visitor, &count, one()).await, "drawing 2");
        freshness.notice(Versions { catalogue: 2, ..Versions::default() });
        assert_eq!(shown(&cache, Reader::Visitor, &count, one()).await, "drawing 3");
    }

    #[actix_web::test]
    async fn a_vote_while_a_page_is_drawn_is_not_lost_on_whoever_asks_after_it() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        let early = shown(&cache, Reader::Visitor, &count, Votes::All);
        let late = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            freshness.notice_tool(1, 6);
            shown(&cache, Reader::Visitor, &count, Votes::All).await
        };
        let (early, late) = futures_util::future::join(early, late).await;
        assert_eq!((early.as_str(), late.as_str()), ("drawing 1", "drawing 2"));
    }

    #[actix_web::test]
    async fn a_page_is_drawn_once_for_all_and_filled_for_each() {
        let (cache, freshness) = cache();
        let count = Cell::new(0);
        for (reader, page) in [
            (Reader::Account(1), "drawing 1 for Account(1)"),
            (Reader::Visitor, "drawing 1"),
            (Reader::Account(2), "drawing 1 for Account(2)"),
            (Reader::Account(1), "drawing 1 for Account(1)"),
            (Reader::Once, "drawing 1 for Once"),
            (Reader::Visitor, "drawing 1"),
        ] {
            assert_eq!(shown(&cache, reader, &count, Votes::All).await, page, "{reader:?}");
        }
        freshness.notice_tool(1, 6);
        assert_eq!(shown(&cache, Reader::Account(1), &count, Votes::All).await, "drawing 2 for Account(1)");
        assert_eq!(shown(&cache, Reader::Once, &count, Votes::All).await, "drawing 2 for Once");
    }

    #[actix_web::test]
    async fn what_is_put_in_for_one_reader_is_made_anew_when_accounts_change() {
        let (cache, freshness) = cache();
        let made = Cell::new(0);
        let request = TestRequest::with_uri("/page").to_http_request();
        let look = async || {
            let own = async |slots: Vec<String>| {
                made.set(made.get() + 1);
                assert_eq!(slots, ["vote a"]);
                Ok(Pieces::from([("vote a".to_owned(), format!("piece {}", made.get()))]))
            };
            let draw = async || {
                let drawing = Drawing::of("<!--:vote a-->nothing<!--:-->");
                Ok(Drawn::Page(Page { drawing, kind: Kind::Page, votes: Votes::All }))
            };
            let answer = cache.show_with(&request, &Reader::Account(1), draw, own).await.unwrap();
            to_bytes(answer.into_body()).await.unwrap()
        };
        assert_eq!((look().await, look().await), ("piece 1".into(), "piece 1".into()));
        freshness.notice(Versions { accounts: 2, ..Versions::default() });
        assert_eq!(look().await, "piece 2");
        freshness.notice_tool(1, 6);
        assert_eq!(look().await, "piece 3");
    }
}
