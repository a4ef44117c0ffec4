//! What admins set for the whole site: readers see it at once, on every node, and no admin overwrites another.

use serde_json::Value;
use shiptally::accounts::Role;

use crate::page::Page;
use crate::site::{Browser, TestSite, header};

const PATH: &str = "/admin/settings";

/// Settings that say something of everything.
const ALL: [(&str, &str); 9] = [
    ("site_name", "Ships & <Co>"),
    ("headline", "Which <boat> floats?"),
    ("intro", "We try `boats`.\n\nNone is sold."),
    ("accent_light", "#8A1C6B"),
    ("accent_dark", "#ffcc66"),
    ("foot_links[0].label", "The <harbour>"),
    ("foot_links[0].address", "https://harbour.example/a?b=c"),
    ("foot_links[1].label", "By category"),
    ("foot_links[1].address", "/categories"),
];

async fn admin(site: &TestSite, handle: &str) -> Browser {
    site.account(handle, Role::Admin);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

/// Sends the form as it was shown on this page, with these changes.
async fn send(browser: &Browser, page: &Page, changes: &[(&str, &str)]) -> (u16, Page) {
    let mut form = page.fields();
    for (changed, _) in changes {
        assert!(form.iter().any(|(name, _)| name == changed), "the form has a field {changed}");
    }
    form.retain(|(name, _)| name != "form_key" && !changes.iter().any(|(changed, _)| changed == name));
    let mut form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    form.extend(changes);
    let answer = browser.post(PATH, &form).await;
    let status = answer.status().as_u16();
    (status, Page::read(answer).await)
}

async fn change(browser: &Browser, changes: &[(&str, &str)]) {
    let (status, page) = send(browser, &browser.page(PATH).await, changes).await;
    assert_eq!(status, 303, "{page}");
}

#[actix_web::test]
async fn readers_see_at_once_what_is_set_and_on_every_node() {
    let site = TestSite::with(&["--site-name", "Tool Court"]);
    let (ada, visitor) = (admin(&site, "ada").await, site.browser());
    let node = site.second_node(&["--site-name", "Tool Court"]);
    let elsewhere = visitor.at(&node);
    for page in ["/", "/tools", "/compare/amber-vs-basalt"] {
        assert!(visitor.page(page).await.title().contains("Tool Court"), "{page}");
        assert!(elsewhere.page(page).await.title().contains("Tool Court"), "{page}");
    }
    change(&ada, &ALL).await;
    for page in ["/", "/tools", "/compare/amber-vs-basalt", "/nothing"] {
        let page = Page::read(visitor.get(page).await).await;
        assert!(page.title().contains("Ships & <Co>") && !page.mentions("Tool Court"), "{page}");
        assert!(page.one(".brand").says("Ships & <Co>"));
        let foot = page.one(".foot");
        assert!(foot.leads_to("https://harbour.example/a?b=c") && foot.says("The <harbour>"));
        assert!(foot.leads_to("/categories") && foot.says("By category"));
    }
    site.settle();
    for home in [visitor.page("/").await, elsewhere.page("/").await] {
        assert_eq!(home.one("h1").text(), "Which <boat> floats?");
        assert_eq!(home.one("meta[name=description]").attr("content"), "We try boats. None is sold.");
        assert_eq!((home.count(".lede p"), home.one(".lede code").text().as_str()), (2, "boats"));
        assert!(home.title().contains("Ships & <Co>"));
    }
    let manifest: Value = visitor.get("/site.webmanifest").await.json().await.unwrap();
    assert_eq!(manifest["name"], "Ships & <Co>");
    assert!(visitor.text("/opensearch.xml").await.contains("Ships &"));
    assert!(visitor.text("/changes.xml").await.contains("Ships &amp; &lt;Co"));

    let log = ada.page("/admin/log?object=setting").await;
    for told in ["Site name", "Headline of the home page", "Links in the foot", "By category: /categories"] {
        assert!(log.says(told), "{told}: {log}");
    }
    assert!(!visitor.page("/moderation").await.mentions("Headline"), "settings are not for readers");
    assert!(send(&ada, &ada.page(PATH).await, &[]).await.0 == 303);
    assert!(ada.page(PATH).await.says("Nothing was changed."));

    let none = ALL.map(|(name, _)| (name, " "));
    change(&ada, &none).await;
    let home = visitor.page("/").await;
    assert!(
        home.title().contains("Tool Court") && home.says("Which AI tool should you ship with?"),
        "{home}"
    );
    assert!(
        !home.has("link[href^='/accent/']") && !home.leads_to("/categories#") && !home.mentions("harbour")
    );
}

#[actix_web::test]
async fn an_accent_comes_as_a_style_sheet_that_is_kept_for_good_and_only_where_it_can_be_read() {
    let site = TestSite::start();
    let (ada, visitor) = (admin(&site, "ada").await, site.browser());
    assert!(!visitor.page("/").await.has("link[href^='/accent/']"));
    for (name, color, told) in [
        (
            "accent_light",
            "#9ab4ff",
            "#9ab4ff has a contrast of 1.81:1 on the light page. At least 4.5:1 is needed.",
        ),
        (
            "accent_dark",
            "#234aa8",
            "#234aa8 has a contrast of 2.01:1 on the dark page. At least 4.5:1 is needed.",
        ),
        ("accent_dark", "gold", "Enter a colour as # and six hexadecimal digits, for example #234aa8."),
    ] {
        let (status, page) = send(&ada, &ada.page(PATH).await, &[(name, color)]).await;
        assert_eq!(status, 422, "{page}");
        assert_eq!((page.typed(name).as_str(), page.complaint(&format!("f-{name}")).as_str()), (color, told));
    }
    change(&ada, &[("accent_light", "#8A1C6B")]).await;
    assert_eq!(ada.page(PATH).await.typed("accent_light"), "#8a1c6b");
    let page = visitor.page("/tools").await;
    let href = page.one("link[rel=stylesheet][href^='/accent/']").attr("href");
    assert_eq!(href, "/accent/8a1c6b-a6bfff.css", "the dark one stays as it is");
    let answer = visitor.get(href).await;
    assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
    assert!(header(&answer, "cache-control").contains("immutable"));
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert!(answer.text().await.unwrap().contains("--accent-light:#8a1c6b;"));
    for none in ["/accent/ffffff-a6bfff.css", "/accent/x.css", "/accent/8a1c6b-a6bfff"] {
        assert_eq!(visitor.get(none).await.status(), 404, "{none}");
    }
}

#[actix_web::test]
async fn a_page_of_the_operator_is_there_while_it_has_a_text() {
    let site = TestSite::start();
    let (ada, visitor) = (admin(&site, "ada").await, site.browser());
    for (path, name, title) in [
        ("/about", "text_about", "About"),
        ("/privacy", "text_privacy", "Privacy"),
        ("/imprint", "text_imprint", "Imprint"),
    ] {
        let (foot, missing) = (visitor.page("/").await, visitor.get(path).await);
        assert!(missing.status() == 404 && !foot.leads_to(path), "{path}");
        let (status, page) = send(&ada, &ada.page(PATH).await, &[(name, &"é".repeat(10_001))]).await;
        assert!(status == 422 && page.says("Has 10,001 characters, at most 10,000 are allowed."), "{page}");
        change(&ada, &[(name, "We are <b>us</b>.\r\n\r\nWrite to `us@example.org`.")]).await;
        assert!(visitor.page("/").await.one(".foot").leads_to(path));
        let page = visitor.page(path).await;
        assert_eq!(page.one("h1").text(), title);
        let told = page.one("meta[name=description]").attr("content");
        assert_eq!(told, "We are <b>us</b>. Write to us@example.org.");
        assert!(page.says("We are <b>us</b>.") && page.canonical().ends_with(path), "{page}");
        assert_eq!(
            (page.count("main .prose p"), page.one("main code").text().as_str()),
            (2, "us@example.org")
        );
        change(&ada, &[(name, "Others.")]).await;
        assert!(visitor.page(path).await.says("Others."), "what is in memory is not stale");
        change(&ada, &[(name, "")]).await;
        assert_eq!(visitor.get(path).await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn two_admins_do_not_overwrite_each_other() {
    let site = TestSite::start();
    let (ada, ben, visitor) = (admin(&site, "ada").await, admin(&site, "ben").await, site.browser());
    let (of_ada, of_ben) = (ada.page(PATH).await, ben.page(PATH).await);
    assert_eq!(send(&ada, &of_ada, &[("headline", "Hers"), ("site_name", "Hers too")]).await.0, 303);
    assert_eq!(send(&ben, &of_ben, &[("intro", "His")]).await.0, 303, "that is another setting");
    let home = visitor.page("/").await;
    assert_eq!((home.one("h1").text(), home.one(".lede").text()), ("Hers".into(), "His".into()));

    let (status, page) = send(&ben, &of_ben, &[("headline", "His"), ("intro", "His")]).await;
    assert_eq!((status, visitor.page("/").await.one("h1").text().as_str()), (409, "Hers"));
    assert_eq!(page.typed("headline"), "His");
    assert!(page.complaint("f-headline").contains("Somebody else changed this to “Hers”."), "{page}");
    assert_eq!(page.typed("site_name"), "Hers too", "what he left alone is as it is by now");
    assert_eq!(send(&ben, &page, &[]).await.0, 303);
    let home = visitor.page("/").await;
    assert!(home.one("h1").text() == "His" && home.title().contains("Hers too"), "{home}");
}
