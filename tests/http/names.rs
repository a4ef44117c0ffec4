//! Names that look the same are told apart where both stand, and the desk finds a name however it is written.

use serde_json::json;
use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;

use crate::admin_records::{id, sign_in_as};
use crate::letters::{import, part_of_file};
use crate::page::Page;
use crate::site::{TestSite, location};
use crate::submissions::ELECTRUM;

#[actix_web::test]
async fn a_slug_stands_behind_a_name_only_beside_its_twin() {
    let site = TestSite::start();
    let tool = |slug: &str, name: &str, category: &str| json!({"slug": slug, "name": name, "category": category, "tagline": ""});
    import(
        &site,
        &part_of_file(json!({
            "tools": [
                tool("amber-two", "AM\u{ad}BER", "developer-tools"), tool("foo-and-bar", "Foo & Bar", "research"), tool("foo-bar", "Foo & Bar", "research"),
                tool("foo", "Foo", "research"), tool("foo-z", "Foo (z)", "research"),
            ],
            "comparisons": [{"tools": ["amber", "cobalt"]}, {"tools": ["amber-two", "cobalt"]}, {"tools": ["amber", "amber-two"]}],
        })),
    );
    let visitor = site.browser();
    for (path, heading) in [
        ("/tools/amber", "Amber"),
        ("/tools/foo-bar", "Foo & Bar"),
        ("/compare/amber-vs-basalt", "Amber vs Basalt"),
        ("/compare/amber-vs-foo-bar", "Amber vs Foo & Bar"),
        ("/compare/amber-vs-amber-two", "Amber (amber) vs AM\u{ad}BER (amber-two)"),
        ("/compare/foo-and-bar-vs-foo-bar", "Foo & Bar (foo-and-bar) vs Foo & Bar (foo-bar)"),
    ] {
        let page = visitor.page(path).await;
        assert_eq!(page.one("h1").text(), heading, "{path}");
        let title = page.title();
        let rest = title.strip_prefix(heading).unwrap_or_default();
        assert!(rest.starts_with(" ·") || rest.starts_with(": "), "{path}: {title}");
    }
    // Lists name both, and say which is which; the comparisons of one category name one of them.
    let listed = |page: &Page, name: &str| page.all(".row-name").iter().any(|part| part.text() == name);
    let all = visitor.page("/tools").await;
    assert!(
        listed(&all, "Amber (amber)") && listed(&all, "AM\u{ad}BER (amber-two)") && listed(&all, "Basalt"),
        "{all}"
    );
    let found = visitor.page("/tools?q=basalt").await;
    assert!(listed(&found, "Basalt"), "{found}");
    let one = visitor.page("/tools?q=does+one+thing").await;
    assert!(listed(&one, "Amber"), "its twin is not there: {one}");
    let pairs = visitor.page("/compare").await;
    assert!(
        pairs.says("Amber (amber) vs Cobalt") && pairs.says("AM\u{ad}BER (amber-two) vs Cobalt"),
        "{pairs}"
    );

    // Whatever the picker offers, it takes: the names alone, and with what tells them apart.
    for (typed, slug) in [
        ("Foo & Bar", "foo-and-bar"),
        ("foo & bar", "foo-and-bar"),
        ("Foo & Bar (foo-bar)", "foo-bar"),
        ("Foo", "foo"),
        ("Foo (z)", "foo-z"),
        ("amber", "amber"),
        ("AM\u{ad}BER (amber-two)", "amber-two"),
        ("\u{2068}Foo\u{2069}", "foo"),
    ] {
        let query = serde_urlencoded::to_string([("a", typed), ("b", "delta")]).unwrap();
        let answer = visitor.get(&format!("/compare?{query}")).await;
        assert_eq!(answer.status(), 303, "{typed}");
        let path = location(&answer).to_owned();
        assert!(
            path.contains(&format!("{slug}-vs-")) || path.ends_with(&format!("-vs-{slug}")),
            "{typed}: {path}"
        );
    }
}

#[actix_web::test]
async fn the_desk_finds_a_name_however_it_is_written() {
    let site = TestSite::start();
    let mona = sign_in_as(&site, "mona", Role::Moderator).await;
    import(
        &site,
        &part_of_file(json!({
            "categories": [{"slug": "elan", "name": "Élan"}],
            "reviewers": [{"slug": "emile", "name": "Émile", "kind": "human"}],
            "tools": [{"slug": "x1", "name": "Élan", "category": "elan", "tagline": ""}],
            "comparisons": [{"tools": ["amber", "x1"]}],
        })),
    );
    let ada = site.member("ada").await;
    let form: Vec<_> =
        ELECTRUM.iter().map(|(key, value)| (*key, if *key == "name" { "Électre" } else { value })).collect();
    assert_eq!(ada.post("/submit", &form).await.status(), 303);
    let path = format!("/admin/reviewers/{}/archive", id(&site, RecordKind::Reviewer, "emile"));
    assert_eq!(mona.post(&path, &[("reason", "Gone.")]).await.status(), 303);

    for (path, name, queries) in [
        ("/admin/tools", "Élan", ["Élan", "élan", "elan", "ÉLAN", "E\u{301}lan", "lan"]),
        ("/admin/categories", "Élan", ["Élan", "élan", "elan", "ÉLAN", "E\u{301}lan", "lan"]),
        ("/admin/reviewers", "Émile", ["Émile", "émile", "emile", "ÉMILE", "E\u{301}mile", "mil"]),
        ("/admin/comparisons", "Amber vs Élan", ["Élan", "élan", "amber elan", "ÉLAN", "E\u{301}lan", "x1"]),
        ("/admin/queue", "Électre", ["Électre", "électre", "electre", "ÉLECTRE", "E\u{301}lectre", "lect"]),
        ("/admin/log", "Émile", ["Émile", "émile", "emile", "ÉMILE", "E\u{301}mile", "mil"]),
    ] {
        for q in queries {
            let page =
                mona.page(&format!("{path}?{}", serde_urlencoded::to_string([("q", q)]).unwrap())).await;
            assert!(page.one("table tbody").says(name), "{path} {q:?}: {page}");
        }
        let nothing = mona.page(&format!("{path}?q=%25")).await;
        assert!(
            !nothing.all("table tbody").iter().any(|body| body.says(name)),
            "{path}: a sign means itself"
        );
    }
}
