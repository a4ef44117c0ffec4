//! The bar that moderators have on public pages, and nobody else.

use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, addresses};

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::site::{TestSite, location};

/// The links of the bar: words and address.
fn bar(page: &Page) -> Vec<(String, String)> {
    let links = page.all("nav.moderators a");
    links.iter().map(|link| (link.text(), link.attr("href").to_owned())).collect()
}

#[actix_web::test]
async fn moderators_find_what_keeps_a_page_right_on_that_page() {
    let site = TestSite::start();
    let (amber, research) =
        (id(&site, RecordKind::Tool, "amber"), id(&site, RecordKind::Category, "research"));
    let builder = id(&site, RecordKind::Reviewer, "builder");
    let pair = addresses::id_by_pair(&mut site.connect(), ["amber", "basalt"]).unwrap().unwrap();
    let expected = [
        (
            "/tools/amber",
            vec![
                ("Edit", format!("/admin/tools/{amber}")),
                ("Votes", format!("/admin/votes/tools/{amber}")),
                ("History", format!("/admin/history/tool/{amber}")),
            ],
        ),
        (
            "/categories/research",
            vec![
                ("Edit", format!("/admin/categories/{research}")),
                ("History", format!("/admin/history/category/{research}")),
            ],
        ),
        (
            "/reviewers/builder",
            vec![
                ("Edit", format!("/admin/reviewers/{builder}")),
                ("History", format!("/admin/history/reviewer/{builder}")),
            ],
        ),
        (
            "/compare/amber-vs-basalt",
            vec![
                ("Edit", format!("/admin/comparisons/{pair}")),
                ("History", format!("/admin/history/comparison/{pair}")),
            ],
        ),
        (
            "/compare/amber-vs-cobalt",
            vec![("Write this comparison", "/admin/comparisons/new?a=amber&b=cobalt".to_owned())],
        ),
    ];
    let (visitor, member) = (site.browser(), site.member("anna").await);
    for role in [Role::Moderator, Role::Admin] {
        let moderator = sign_in_as(&site, role.as_str(), role).await;
        for (path, links) in &expected {
            let links: Vec<_> =
                links.iter().map(|(words, href)| ((*words).to_owned(), href.clone())).collect();
            // Whoever looks first, each is shown a page of their own.
            for _ in 0..2 {
                let page = moderator.page(path).await;
                assert_eq!(bar(&page), links, "{path}");
                for (_, href) in &links {
                    assert_eq!(moderator.get(href).await.status(), 200, "{href}");
                }
                for outsider in [&visitor, &member] {
                    let text = outsider.text(path).await;
                    for part in ["/admin", "moderators", "Write this"] {
                        assert!(!text.contains(part), "{path} has {part}");
                    }
                }
            }
        }
        for path in ["/", "/tools", "/compare", "/categories", "/reviewers"] {
            assert!(bar(&moderator.page(path).await).is_empty(), "{path} is about no record");
        }
    }
}

#[actix_web::test]
async fn a_comparison_that_somebody_has_begun_is_not_begun_again() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let form = moderator.page("/admin/comparisons/new?a=cobalt&b=amber").await;
    assert_eq!((form.typed("tools[0]"), form.typed("tools[1]")), ("cobalt".to_owned(), "amber".to_owned()));
    let draft = [("tools[0]", "amber"), ("tools[1]", "cobalt"), ("summary", "Two."), ("do", "save")];
    let answer = moderator.post("/admin/comparisons/new", &draft).await;
    let path = location(&answer).to_owned();
    let again = moderator.get("/admin/comparisons/new?a=cobalt&b=amber").await;
    assert_eq!((again.status().as_u16(), location(&again)), (303, path.as_str()));
}

#[actix_web::test]
async fn a_preview_has_no_bar() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for (kind, slug) in
        [(RecordKind::Tool, "amber"), (RecordKind::Category, "research"), (RecordKind::Reviewer, "builder")]
    {
        let path = format!("/admin/{}/{}", kind.plural(), id(&site, kind, slug));
        let fields = moderator.page(&path).await.fields();
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("do", "preview"));
        let page = Page::read(moderator.post(&path, &fields).await).await;
        assert!(page.says("saved yet") && bar(&page).is_empty(), "{page}");
    }
}
