//! Readers learn of nothing that was never published: every public page, feed, search and stream, with every status of
//! every kind of record and every way into it.

use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, addresses, file};
use shiptally::db::schema::revisions;

use crate::admin_records::sign_in_as;
use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, location};

/// Something that brings a record to a status.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Import(&'static str),
    Publish,
    Archive,
    Restore,
    /// Undoes the newest change within its fifteen minutes.
    Undo,
    Delete,
}
use Way::{Archive, Delete, Import, Publish, Restore, Undo};

/// What readers see of it at last: nothing, its page, or of a reviewer the page of a former one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    Nothing,
    Shown,
    Former,
}
use Seen::{Former, Nothing, Shown};

/// Each way to a status, what readers see then, and whether the moderation log tells them of what was done.
const WAYS: [(&[Way], Seen, bool); 17] = [
    (&[Import("draft")], Nothing, false),
    (&[Import("published")], Shown, false),
    (&[Import("archived")], Nothing, false),
    (&[Import("archived"), Restore], Nothing, false),
    (&[Import("draft"), Archive], Nothing, false),
    (&[Import("draft"), Archive, Restore], Nothing, false),
    (&[Import("draft"), Import("archived")], Nothing, false),
    (&[Import("published"), Archive], Former, true),
    (&[Import("published"), Archive, Restore], Shown, true),
    (&[Import("published"), Import("archived")], Former, false),
    (&[Import("published"), Import("draft")], Nothing, false),
    (&[Import("published"), Import("draft"), Archive], Nothing, false),
    (&[Import("draft"), Publish, Undo], Nothing, false),
    (&[Import("draft"), Publish, Undo, Archive], Nothing, false),
    (&[Import("archived"), Import("published"), Undo], Nothing, false),
    (&[Import("draft"), Archive, Delete], Nothing, false),
    (&[Import("published"), Archive, Delete], Nothing, true),
];

/// The record of a kind and of a row of the table. Names, texts and slugs are in nothing else.
struct Sample {
    kind: RecordKind,
    row: usize,
}

impl Sample {
    fn slug(&self) -> String {
        match self.kind {
            RecordKind::Comparison => format!("amber-vs-side-{:02}", self.row),
            kind => format!("{kind}-of-{:02}", self.row),
        }
    }

    /// A word that stands wherever the record does; of a comparison, in its text.
    fn mark(&self) -> String {
        format!("Zq{}{:02}", self.kind, self.row)
    }

    /// What the log calls it.
    fn label(&self) -> String {
        match self.kind {
            RecordKind::Comparison => format!("Amber vs Side {:02}", self.row),
            _ => self.mark(),
        }
    }

    fn address(&self) -> String {
        match self.kind {
            RecordKind::Comparison => format!("/compare/{}", self.slug()),
            kind => format!("/{}/{}", kind.plural(), self.slug()),
        }
    }

    /// A catalogue file with nothing else.
    fn file(&self, status: &str) -> Value {
        let (slug, name) = (self.slug(), self.mark());
        let record = match self.kind {
            RecordKind::Category => json!({"slug": slug, "name": name}),
            RecordKind::Reviewer => json!({"slug": slug, "name": name}),
            RecordKind::Tool => {
                json!({"slug": slug, "name": name, "category": "research", "tagline": "One of its kind"})
            }
            RecordKind::Comparison => {
                json!({"tools": ["amber", format!("side-{:02}", self.row)], "summary": name})
            }
        };
        let mut file = json!({"format": "shiptally-catalogue/1", self.kind.plural(): [record]});
        file[self.kind.plural()][0]["status"] = status.into();
        file
    }

    fn id(&self, site: &TestSite) -> i64 {
        let conn = &mut site.connect();
        let id = match self.kind {
            RecordKind::Comparison => {
                let side = format!("side-{:02}", self.row);
                addresses::id_by_pair(conn, ["amber", &side])
            }
            kind => addresses::id_by_slug(conn, kind, &self.slug()),
        };
        id.unwrap().expect("it is there")
    }

    async fn go(&self, site: &TestSite, admin: &Browser, way: Way) {
        if let Import(status) = way {
            import(site, &self.file(status));
            return;
        }
        let id = self.id(site);
        let path = format!("/admin/{}/{id}", self.kind.plural());
        let answer = match way {
            Import(_) => return,
            Undo => {
                let number: Option<i64> = revisions::table
                    .filter(revisions::kind.eq(self.kind))
                    .filter(revisions::record_id.eq(id))
                    .select(max(revisions::number))
                    .first(&mut site.connect())
                    .unwrap();
                let number = number.unwrap().to_string();
                let path = format!("/admin/history/{}/{id}/withdraw", self.kind);
                admin.post(&path, &[("number", &number), ("reason", "Too early")]).await
            }
            Delete => {
                let fields = [("reason", "A mistake"), ("password", PASSWORD)];
                admin.post(&format!("{path}/delete"), &fields).await
            }
            Archive if self.kind != RecordKind::Tool => {
                admin.post(&format!("{path}/archive"), &[("reason", "Old")]).await
            }
            Restore if self.kind != RecordKind::Tool => admin.post(&format!("{path}/restore"), &[]).await,
            _ => {
                let button = match way {
                    Publish => "publish",
                    Archive => "archive",
                    // A tool has a button for either status.
                    _ if WAYS[self.row].1 == Shown => "publish",
                    _ => "redraft",
                };
                let mut fields = admin.page(&path).await.fields();
                fields.retain(|(name, _)| name != "reason");
                fields.extend([
                    ("do".to_owned(), button.to_owned()),
                    ("reason".to_owned(), "So it is".to_owned()),
                ]);
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                admin.post(&path, &fields).await
            }
        };
        assert_eq!(answer.status(), 303, "{} {way:?}", self.mark());
    }

    /// What readers shall see of it; only of a reviewer anything is left in the archive.
    fn seen(&self) -> Seen {
        match WAYS[self.row].1 {
            Former if self.kind != RecordKind::Reviewer => Nothing,
            seen => seen,
        }
    }
}

fn import(site: &TestSite, catalogue: &Value) {
    let file = file::parse(&catalogue.to_string()).unwrap();
    file::import(&mut site.connect(), &file, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();
}

fn samples() -> Vec<Sample> {
    let rows =
        (0..WAYS.len()).flat_map(|row| RecordKind::ALL.iter().map(move |kind| Sample { kind: *kind, row }));
    rows.collect()
}

/// Every page and feed that is about more than one record, and those that are asked by name.
fn lists() -> Vec<String> {
    let fixed = [
        "/",
        "/compare",
        "/methodology",
        "/tools",
        "/tools?sort=community",
        "/tools?sort=panel",
        "/tools?sort=divided",
        "/tools?sort=gap",
        "/tools?category=research&page=2",
        "/tools?q=zqtool",
        "/tools?q=one+of+its+kind",
        "/categories",
        "/categories/research",
        "/reviewers",
        "/reviewers/builder",
        "/changes",
        "/changes.xml",
        "/moderation",
        "/moderation?kind=entries",
        "/moderation.xml",
        "/submit",
        "/tools/amber",
        "/tools/amber/correct",
        "/tools/amber/report",
    ];
    fixed.into_iter().map(str::to_owned).collect()
}

#[actix_web::test]
async fn readers_learn_of_nothing_that_was_never_published_however_it_came_to_be_so() {
    let site = TestSite::start();
    let (admin, visitor) = (sign_in_as(&site, "ada", Role::Admin).await, site.browser());
    let member = site.member("anna").await;
    let sides: Vec<Value> = (0..WAYS.len())
        .map(|row| json!({"slug": format!("side-{row:02}"), "name": format!("Side {row:02}"), "category": "developer-tools", "tagline": "x"}))
        .collect();
    import(&site, &json!({"format": "shiptally-catalogue/1", "tools": sides}));
    let samples = samples();
    for sample in &samples {
        for way in WAYS[sample.row].0 {
            sample.go(&site, &admin, *way).await;
        }
    }
    site.settle();

    let log = visitor.text("/moderation").await + &visitor.text("/moderation.xml").await;
    let mut everywhere = String::new();
    for path in lists() {
        let is_form = path == "/submit" || path.starts_with("/tools/amber/");
        let answer = if is_form { &member } else { &visitor }.get(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.unwrap();
        for sample in &samples {
            let is_told = path.starts_with("/moderation") && WAYS[sample.row].2;
            let names = [sample.mark(), sample.slug()];
            let is_named = names.iter().any(|name| text.contains(name.as_str()));
            // The page of two published tools is there without the words of an editor.
            let is_named =
                if sample.kind == RecordKind::Comparison { text.contains(&sample.mark()) } else { is_named };
            assert!(!is_named || is_told || sample.seen() != Nothing, "{path} names {}", sample.mark());
        }
        everywhere.push_str(&text);
    }
    for sample in &samples {
        let (mark, seen, is_told) = (sample.mark(), sample.seen(), WAYS[sample.row].2);
        assert_eq!(log.contains(&format!("{}<", sample.label())), is_told, "the log and {mark}");
        let answer = visitor.get(&sample.address()).await;
        let status = answer.status();
        let page = Page::read(answer).await;
        if sample.kind == RecordKind::Comparison {
            assert_eq!((status.as_u16(), page.mentions(&mark)), (200, seen == Shown), "{mark}");
            continue;
        }
        let is_there = seen != Nothing;
        assert_eq!(
            (status == 200, page.mentions(&mark), everywhere.contains(&mark)),
            (is_there, is_there, is_there || is_told),
            "{mark}"
        );
        if sample.kind == RecordKind::Reviewer {
            assert_eq!(page.says("former reviewer"), seen == Former, "{mark}");
        }
    }
    assert_tools_are_nowhere(&member, &samples).await;
}

/// What is asked of a tool by its slug: figures, votes, comparisons, streams and forms.
async fn assert_tools_are_nowhere(member: &Browser, samples: &[Sample]) {
    for sample in samples.iter().filter(|sample| sample.kind == RecordKind::Tool) {
        let (slug, is_there) = (sample.slug(), sample.seen() == Shown);
        for path in [
            format!("/tools/{slug}/tally"),
            format!("/tools/{slug}/correct"),
            format!("/tools/{slug}/report"),
            format!("/compare/amber-vs-{slug}"),
            format!("/changes?tool={slug}"),
            format!("/changes.xml?tool={slug}"),
        ] {
            let answer = member.get(&path).await;
            assert_eq!(answer.status() == 200, is_there, "{path}");
            assert!(is_there || !answer.text().await.unwrap().contains(&sample.mark()), "{path}");
        }
        let picked = member.get(&format!("/compare?a=amber&b={slug}")).await;
        assert_eq!(picked.status() == 303 && location(&picked).contains(&slug), is_there, "{slug}");
        let answer = member.post(&format!("/tools/{slug}/vote"), &[("choice", "ship")]).await;
        assert_eq!(answer.status() == 303, is_there, "a vote on {slug}");
        let stream = member.get(&format!("/live?tool={slug}")).await;
        assert_eq!(stream.status() == 200, is_there, "the stream of {slug}");
    }
}

#[actix_web::test]
async fn a_tool_is_not_published_with_the_review_of_somebody_whom_readers_never_saw() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let owl = json!({"format": "shiptally-catalogue/1",
        "reviewers": [{"slug": "owl", "name": "The Owl", "status": "draft"}],
        "tools": [{"slug": "egret", "name": "Egret", "category": "research", "tagline": "x", "status": "draft",
                   "reviews": [{"reviewer": "owl", "verdict": "ship"}]}]});
    import(&site, &owl);
    let id = |kind, slug| addresses::id_by_slug(&mut site.connect(), kind, slug).unwrap().unwrap();
    let reviewer = format!("/admin/reviewers/{}", id(RecordKind::Reviewer, "owl"));
    assert_eq!(moderator.post(&format!("{reviewer}/archive"), &[("reason", "No")]).await.status(), 303);
    let tool = format!("/admin/tools/{}", id(RecordKind::Tool, "egret"));
    let mut fields = moderator.page(&tool).await.fields();
    fields.push(("do".to_owned(), "publish".to_owned()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(moderator.post(&tool, &fields).await.status(), 422);

    // What is restored is what it was before: a draft.
    assert_eq!(moderator.post(&format!("{reviewer}/restore"), &[]).await.status(), 303);
    assert!(moderator.page(&reviewer).await.says("The Owl is restored: draft."));
    assert_eq!(site.browser().get("/reviewers/owl").await.status(), 404);
}

#[actix_web::test]
async fn a_draft_that_goes_into_a_published_tool_is_not_told() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for (slug, is_told) in [("draft-tool", false), ("basalt", true)] {
        let id = addresses::id_by_slug(&mut site.connect(), RecordKind::Tool, slug).unwrap().unwrap();
        let path = format!("/admin/tools/{id}/merge");
        let mut fields = moderator.page(&format!("{path}?into=amber")).await.fields();
        fields.retain(|(name, _)| name != "reason");
        fields.push(("reason".to_owned(), "The same".to_owned()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(moderator.post(&path, &fields).await.status(), 303, "{slug}");
        site.settle();
        assert_eq!(site.browser().page("/moderation").await.mentions(slug), is_told, "{slug}");
    }
}

#[actix_web::test]
async fn a_tool_that_is_a_draft_again_is_not_named_to_whoever_wrote_about_it_before() {
    let site = TestSite::start();
    let member = site.member("anna").await;
    let price = crate::submissions::PRICE;
    assert_eq!(member.post("/tools/amber/correct", &price).await.status(), 303);
    assert!(member.page("/account/sent").await.says("Amber: the price"));
    let mut amber = crate::site::catalogue()["tools"][0].clone();
    (amber["name"], amber["status"]) = ("Zqsecret".into(), "draft".into());
    import(&site, &json!({"format": "shiptally-catalogue/1", "tools": [amber]}));
    for path in ["/account/sent", "/account"] {
        let page = member.page(path).await;
        assert!(page.says("A tool that is not listed: the price") && !page.mentions("Zqsecret"), "{page}");
    }
}
