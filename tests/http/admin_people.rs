//! Accounts in the admin area: suspending them, lifting that, and giving roles.

use shiptally::accounts::Role;

use crate::page::{Page, Part};
use crate::site::{Browser, PASSWORD, TestSite, location};

async fn somebody(site: &TestSite, handle: &str, role: Role) -> (i64, Browser) {
    let id = site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    (id, browser)
}

const REASON: [(&str, &str); 1] = [("reason", "Sells votes.")];

#[actix_web::test]
async fn a_suspended_account_is_out_with_its_votes_and_told_why_until_that_is_lifted() {
    let site = TestSite::start();
    let (_, admin) = somebody(&site, "marlow", Role::Moderator).await;
    let (id, ada) = somebody(&site, "ada", Role::Member).await;
    ada.vote("amber", "ship").await;
    ada.vote("basalt", "skip").await;
    site.member("bob").await.vote("amber", "skip").await;
    let path = format!("/admin/people/{id}");
    let page = admin.page(&path).await;
    assert!(page.says("Amber") && page.says("Basalt") && page.says("2 votes"), "{page}");

    let empty = admin.post(&format!("{path}/suspend"), &[("reason", "")]).await;
    assert_eq!(empty.status(), 422);
    assert!(Page::read(empty).await.says("Enter a reason."));
    let answer = admin.post(&format!("{path}/suspend"), &REASON).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, path.as_str()));
    let visitor = site.browser();
    assert_eq!(visitor.tally("amber").await["ship_percent"], 0);
    assert_eq!(visitor.tally("basalt").await["votes"], 0);
    let amber = visitor.page("/tools/amber").await;
    assert!(amber.says("1 vote excluded (suspended account)."), "{amber}");
    assert_eq!(ada.vote("cobalt", "ship").await.0, 401, "its sessions have ended");

    let back = site.browser();
    let wrong = back.post("/login", &[("email", "ada"), ("password", "not this one")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(!Page::read(wrong).await.mentions("suspended"), "only who knows the password is told");
    let told = back.post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(told.status(), 403);
    let told = Page::read(told).await;
    assert!(told.says("This account is suspended.") && told.says("Sells votes."), "{told}");
    assert!(back.get("/account").await.status().is_redirection(), "there is no session");

    assert_eq!(admin.post(&format!("{path}/suspend"), &REASON).await.status(), 409, "once is enough");
    assert!(admin.page("/admin/people?show=suspended").await.says("@ada"));
    assert_eq!(admin.post(&format!("{path}/lift"), &REASON).await.status(), 303);
    assert_eq!(visitor.tally("amber").await["ship_percent"], 50);
    assert_eq!(admin.post(&format!("{path}/lift"), &REASON).await.status(), 409);
    back.sign_in("ada").await;
    assert_eq!(back.vote("amber", "skip").await.0, 200);
    let page = admin.page(&path).await;
    assert!(page.says("@marlow suspended this account") && page.says("lifted the suspension"), "{page}");
}

#[actix_web::test]
async fn the_votes_of_an_account_can_be_left_out_without_suspending_it() {
    let site = TestSite::start();
    let (_, admin) = somebody(&site, "marlow", Role::Moderator).await;
    let (id, ada) = somebody(&site, "ada", Role::Member).await;
    ada.vote("amber", "ship").await;
    let path = format!("/admin/people/{id}");
    assert_eq!(admin.post(&format!("{path}/exclude"), &REASON).await.status(), 422);
    let answer = admin.post(&format!("{path}/exclude"), &[("kind", "other"), REASON[0]]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(ada.tally("amber").await["votes"], 0);
    assert_eq!(ada.vote("amber", "skip").await.0, 403);
    assert_eq!(ada.vote("basalt", "skip").await.0, 200);

    // Suspended and lifted, its other votes come back and these stay out.
    admin.post(&format!("{path}/suspend"), &REASON).await;
    assert_eq!(admin.tally("basalt").await["votes"], 0);
    admin.post(&format!("{path}/lift"), &REASON).await;
    assert_eq!(
        (&admin.tally("basalt").await["votes"], &admin.tally("amber").await["votes"]),
        (&1.into(), &0.into())
    );
    assert_eq!(admin.post(&format!("{}/undo", location(&answer)), &REASON).await.status(), 303);
    assert_eq!(admin.tally("amber").await["votes"], 1);
}

#[actix_web::test]
async fn who_may_suspend_whom() {
    let site = TestSite::start();
    let (marlow, moderator) = somebody(&site, "marlow", Role::Moderator).await;
    let (kurtz, other) = somebody(&site, "kurtz", Role::Moderator).await;
    let (root, admin) = somebody(&site, "root", Role::Admin).await;
    let suspend = async |browser: &Browser, id: i64| {
        browser.post(&format!("/admin/people/{id}/suspend"), &REASON).await.status().as_u16()
    };
    assert_eq!(suspend(&moderator, marlow).await, 403, "nobody themselves");
    assert_eq!(suspend(&moderator, kurtz).await, 403, "no moderator a moderator");
    assert_eq!(suspend(&moderator, root).await, 403, "no moderator an admin");
    assert_eq!(suspend(&admin, root).await, 403, "nobody themselves, and the last admin never");
    assert_eq!(suspend(&admin, kurtz).await, 303, "an admin a moderator");
    assert_eq!(other.get("/admin").await.status(), 404, "from the next request on");
    assert_eq!(
        moderator.post(&format!("/admin/people/{kurtz}/lift"), &REASON).await.status(),
        403,
        "and only an admin lifts it"
    );
}

#[actix_web::test]
async fn roles_are_given_by_admins_who_show_their_password_and_one_admin_stays() {
    let site = TestSite::start();
    let (_, moderator) = somebody(&site, "marlow", Role::Moderator).await;
    let (root, admin) = somebody(&site, "root", Role::Admin).await;
    let (id, ada) = somebody(&site, "ada", Role::Member).await;
    let path = format!("/admin/people/{id}/role");
    let form = [("role", "moderator"), ("password", PASSWORD)];
    assert_eq!(moderator.post(&path, &form).await.status(), 404);
    assert!(!moderator.page(&format!("/admin/people/{id}")).await.mentions("Change role"));
    let wrong = admin.post(&path, &[("role", "moderator"), ("password", "guess")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(Page::read(wrong).await.says("Incorrect password."));
    assert_eq!(ada.get("/admin").await.status(), 404);
    assert_eq!(admin.post(&path, &form).await.status(), 303);
    assert_eq!(ada.get("/admin").await.status(), 200, "from the next request on");
    let down = [("role", "member"), ("password", PASSWORD)];
    assert_eq!(admin.post(&path, &down).await.status(), 303);
    assert_eq!(ada.get("/admin").await.status(), 404, "and no longer");

    let own = format!("/admin/people/{root}/role");
    assert_eq!(admin.post(&own, &down).await.status(), 403, "the last admin stays");
    assert_eq!(admin.post(&path, &[("role", "admin"), ("password", PASSWORD)]).await.status(), 303);
    // Two admins who take each other's place away at the same time: one of them stays.
    let (one, two) = futures_util::future::join(admin.post(&path, &down), ada.post(&own, &down)).await;
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert!([403, 404].contains(&statuses[1]), "{statuses:?}");
}

#[actix_web::test]
async fn people_are_found_by_how_their_handle_begins_and_by_what_they_are() {
    let site = TestSite::start();
    let (_, admin) = somebody(&site, "marlow", Role::Moderator).await;
    for handle in ["Ada", "ada-2", "ada_3", "adb", "zoe"] {
        site.account(handle, Role::Member);
    }
    for (query, found) in [
        ("q=ADA", vec!["Ada", "ada-2", "ada_3"]),
        ("q=%40ada_", vec!["ada_3"]),
        ("q=ad%25", vec![]),
        ("q=%00zo", vec!["zoe"]),
        ("show=moderators", vec!["marlow"]),
        ("show=admins", vec![]),
        ("q=z&show=new", vec!["zoe"]),
    ] {
        let page = admin.page(&format!("/admin/people?{query}")).await;
        let listed: Vec<String> = page.all("tbody th a").iter().map(Part::text).collect();
        for handle in ["Ada", "ada-2", "ada_3", "adb", "zoe"] {
            let is_listed = listed.contains(&format!("@{handle}"));
            assert_eq!(is_listed, found.contains(&handle), "{query} {handle}");
        }
    }
    assert_eq!(admin.get("/admin/people/99999").await.status(), 404);
    assert_eq!(admin.get("/admin/people/ada").await.status(), 404);
}

#[actix_web::test]
async fn only_moderators_find_the_pages_on_people() {
    let site = TestSite::start();
    let id = site.account("victim", Role::Member);
    let (visitor, member) = (site.browser(), site.member("ada").await);
    for browser in [&visitor, &member] {
        for path in ["/admin/people".to_owned(), format!("/admin/people/{id}")] {
            assert_eq!(browser.get(&path).await.status(), 404, "{path}");
        }
        for act in ["suspend", "lift", "exclude", "role"] {
            let path = format!("/admin/people/{id}/{act}");
            assert_eq!(browser.post(&path, &REASON).await.status(), 404, "{path}");
        }
    }
}
