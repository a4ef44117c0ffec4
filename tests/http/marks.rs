//! The mark of a tool, wherever the tool stands.

use crate::page::Page;
use crate::site::TestSite;

/// The class of the tone of a tool's mark on a page; it is nothing to be read.
fn tone(page: &Page, around: &str) -> String {
    let mark = page.one(&format!("{around} .initial"));
    assert_eq!((mark.attr("aria-hidden"), mark.text().as_str()), ("true", "A"), "{mark}");
    mark.attr("class").split(' ').find(|class| class.starts_with("tone-")).unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn a_tool_has_the_same_mark_wherever_it_stands() {
    let site = TestSite::start();
    let visitor = site.browser();
    let mut tones = Vec::new();
    for (path, around) in [
        ("/tools", "[data-tool=amber]"),
        ("/tools/amber", "main > .head"),
        ("/compare/amber-vs-basalt", "[data-tool=amber]"),
        ("/compare/amber-vs-cobalt", "[data-tool=amber]"),
    ] {
        tones.push(tone(&visitor.page(path).await, around));
    }
    assert!(tones[0].len() == 6 && tones.iter().all(|tone| *tone == tones[0]), "{tones:?}");
}
