//! The mark of a tool, wherever the tool stands: its first letter, or a logo that a moderator has sent.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::Response;
use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;
use shiptally::catalogue::addresses::id_by_slug;

use crate::admin_merge::merge_into;
use crate::page::Page;
use crate::site::{Browser, TestSite, header, location};

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

/// A picture of one colour, twice as wide as high, the right half clear.
fn picture(color: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let [red, green, blue] = color;
    let whole = RgbaImage::from_fn(400, 200, |x, _| Rgba([red, green, blue, if x < 200 { 255 } else { 0 }]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(whole).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

async fn send(browser: &Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Response {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--XyZ--\r\n");
    let request = browser.client.post(browser.url(path)).header("sec-fetch-site", "same-origin");
    request.header("content-type", "multipart/form-data; boundary=XyZ").body(body).send().await.unwrap()
}

/// A moderator, and the page of a tool's logo.
async fn moderator(site: &TestSite, tool: &str) -> (Browser, String) {
    site.account("mona", Role::Moderator);
    let mona = site.browser();
    mona.sign_in("mona").await;
    let id = id_by_slug(&mut site.connect(), RecordKind::Tool, tool).unwrap().unwrap();
    (mona, format!("/admin/tools/{id}/logo"))
}

fn logo(page: &Page, around: &str) -> String {
    let image = page.one(&format!("{around} img.logo"));
    for (name, value) in [("alt", ""), ("loading", "lazy"), ("width", "48"), ("height", "48")] {
        assert_eq!(image.attr(name), value, "{image}");
    }
    image.attr("src").to_owned()
}

#[actix_web::test]
async fn a_logo_takes_the_place_of_the_letter_is_removed_and_put_back() {
    let site = TestSite::start();
    let node = site.second_node(&[]);
    let (mona, path) = moderator(&site, "amber").await;
    let (visitor, elsewhere) = (site.browser(), site.browser().at(&node));
    assert_eq!(tone(&elsewhere.page("/tools/amber").await, "main > .head").len(), 6);
    assert!(mona.page(path.strip_suffix("/logo").unwrap()).await.leads_to(&path));
    assert!(mona.page(&path).await.says("There is no logo."));

    let red = picture([200, 0, 0], ImageFormat::WebP);
    let answer = send(&mona, &path, &[("token", ""), ("do", "upload")], &red).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, &*path));
    site.settle();
    let src = logo(&elsewhere.page("/tools/amber").await, "main > .head");
    for (page, around) in [("/tools", "[data-tool=amber]"), ("/compare/amber-vs-cobalt", "[data-tool=amber]")]
    {
        assert_eq!(logo(&visitor.page(page).await, around), src);
    }
    let answer = visitor.get(&src).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "image/png"));
    assert!(header(&answer, "cache-control").contains("immutable"));
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    let shown =
        image::load_from_memory_with_format(&answer.bytes().await.unwrap(), ImageFormat::Png).unwrap();
    let shown = shown.into_rgba8();
    assert_eq!(
        (shown.dimensions(), shown.get_pixel(10, 30).0, shown.get_pixel(120, 30)[3]),
        ((128, 64), [200, 0, 0, 255], 0)
    );
    assert_eq!(visitor.get("/pictures/0123.png").await.status(), 404);
    assert_eq!(visitor.get(src.strip_suffix(".png").unwrap()).await.status(), 404);

    // Sent twice it is done once.
    assert_eq!(send(&mona, &path, &[("token", ""), ("do", "upload")], &red).await.status(), 303);
    let hash = mona.page(&path).await.hidden("token");
    assert!(src.contains(&hash));
    let answer = send(&mona, &path, &[("token", &hash), ("do", "remove")], b"").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(tone(&visitor.page("/tools/amber").await, "main > .head").len(), 6);
    // What readers see no more is for moderators alone.
    assert_eq!(
        (visitor.get(&src).await.status(), mona.get(&src).await.status()),
        (404.try_into().unwrap(), 200.try_into().unwrap())
    );
    assert_eq!(visitor.get("/pictures/%00.png").await.status(), 404);
    let page = mona.page(&path).await;
    assert!(page.says("Logo removed.") && page.hidden("former") == hash, "{page}");
    let back = [("token", ""), ("do", "back"), ("former", &*hash)];
    for _ in 0..2 {
        assert_eq!(send(&mona, &path, &back, b"").await.status(), 303);
        assert_eq!(logo(&visitor.page("/tools/amber").await, "main > .head"), src);
    }

    let log = mona.page("/admin/log").await;
    assert_eq!(log.times("changed the logo of"), 3, "{log}");
    assert!(log.says(&src), "the log says what it was");
}

#[actix_web::test]
async fn what_is_no_logo_is_refused_and_what_somebody_else_changed_stays() {
    let site = TestSite::start();
    let (mona, path) = moderator(&site, "amber").await;
    let upload = [("token", ""), ("do", "upload")];
    for (wrong, told) in [
        (&b""[..], "Choose a picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a PNG, JPEG or WebP picture"),
    ] {
        let answer = send(&mona, &path, &upload, wrong).await;
        assert_eq!(answer.status(), 422);
        let page = Page::read(answer).await;
        assert!(page.complaint("f-file").contains(told), "{page}");
    }
    assert_eq!(send(&mona, &path, &upload, &vec![0; 2 * 1024 * 1024 + 1]).await.status(), 413);
    assert_eq!(send(&mona, "/admin/tools/9999/logo", &upload, b"").await.status(), 404);
    assert!(tone(&site.browser().page("/tools/amber").await, "main > .head").starts_with("tone-"));

    assert_eq!(send(&mona, &path, &upload, &picture([0, 0, 200], ImageFormat::Png)).await.status(), 303);
    let src = logo(&site.browser().page("/tools/amber").await, "main > .head");
    let answer = send(&mona, &path, &upload, &picture([0, 90, 0], ImageFormat::Png)).await;
    assert_eq!(answer.status(), 409);
    assert!(Page::read(answer).await.says("Somebody else changed the logo"));
    let foreign = [("token", ""), ("do", "back"), ("former", "0123")];
    assert_eq!(send(&mona, &path, &foreign, b"").await.status(), 409);
    assert_eq!(logo(&site.browser().page("/tools/amber").await, "main > .head"), src);

    let member = site.member("member").await;
    assert_eq!(send(&member, &path, &[("token", ""), ("do", "remove")], b"").await.status(), 404);
    assert_eq!(logo(&site.browser().page("/tools/amber").await, "main > .head"), src);
}

#[actix_web::test]
async fn a_tool_that_is_merged_or_deleted_takes_its_logo_along() {
    let site = TestSite::start();
    let (mona, path) = moderator(&site, "basalt").await;
    let blue = picture([0, 0, 200], ImageFormat::Jpeg);
    assert_eq!(send(&mona, &path, &[("token", ""), ("do", "upload")], &blue).await.status(), 303);
    let tool = path.strip_suffix("/logo").unwrap();
    let answer = merge_into(&mona, &format!("{tool}/merge"), "amber", &[]).await;
    assert_eq!(answer.status(), 303);
    let visitor = site.browser();
    assert!(tone(&visitor.page("/tools/amber").await, "main > .head").starts_with("tone-"));

    site.account("ada", Role::Admin);
    let ada = site.browser();
    ada.sign_in("ada").await;
    let gone = [("reason", "A test"), ("password", crate::site::PASSWORD)];
    assert_eq!(ada.post(&format!("{tool}/delete"), &gone).await.status(), 303);
    assert_eq!(ada.get(&path).await.status(), 404);
}

#[actix_web::test]
async fn an_admin_gives_the_site_a_logo_that_every_page_shows_at_once() {
    let site = TestSite::start();
    site.account("root", Role::Admin);
    site.account("mo", Role::Moderator);
    let (root, mo, visitor) = (site.browser(), site.browser(), site.browser());
    root.sign_in("root").await;
    mo.sign_in("mo").await;
    let path = "/admin/settings/logo";
    assert_eq!(mo.get(path).await.status(), 404, "only an admin finds it");
    assert!(visitor.page("/tools").await.has(".brand svg"));

    let png = picture([10, 120, 200], ImageFormat::Png);
    let answer = send(&root, path, &[("token", ""), ("do", "upload")], &png).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, path));
    let page = visitor.page("/tools").await;
    let shown = page.one(".brand img").attr("src").to_owned();
    assert!(page.has(&format!("link[rel=icon][href='{shown}']")) && !page.has(".brand svg"), "{page}");
    let answer = visitor.get(&shown).await;
    assert_eq!(header(&answer, "content-type"), "image/png");
    let logo = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((logo.width(), logo.height()), (128, 64));

    // Who has seen another one changes nothing; what is no picture neither.
    let other = picture([200, 10, 10], ImageFormat::WebP);
    assert_eq!(send(&root, path, &[("token", ""), ("do", "upload")], &other).await.status(), 409);
    let token = root.page(path).await.hidden("token").to_owned();
    let seen = [("token", token.as_str()), ("do", "upload")];
    for (wrong, told) in [(&b"GIF89a"[..], "This is not a PNG"), (b"", "Choose a picture.")] {
        let answer = send(&root, path, &seen, wrong).await;
        assert_eq!(answer.status(), 422);
        assert!(Page::read(answer).await.says(told), "{told}");
    }
    assert_eq!(visitor.page("/tools").await.one(".brand img").attr("src"), shown);
    assert_eq!(send(&root, path, &[("token", &token), ("do", "remove")], b"").await.status(), 303);
    assert!(visitor.page("/").await.has(".brand svg"));
    let log = root.page("/admin/log?object=setting").await;
    assert!(log.says("Logo of the site") && log.says(&shown), "{log}");
}
