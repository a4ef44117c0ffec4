// A form in a browser: pressed twice, and after going back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, becomes, signIn, signUp, siteWith } from "./support.mjs";

const openWindow = siteWith({ "mod-one": "moderator", "mod-two": "moderator" });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a double click on Create account makes an account and signs in, ${how}`, async () => {
    for (const n of [1, 2, 3]) {
      const window = await openWindow({ javaScriptEnabled });
      await window.page.goto("/signup?next=/tools");
      const handle = `twice-${javaScriptEnabled}-${n}`;
      for (const [name, value] of [["handle", handle], ["email", `${handle}@example.org`], ["password", PASSWORD]]) {
        await window.page.fill(`form[action="/signup"] [name=${name}]`, value);
      }
      await window.page.locator("main button.primary").dblclick();
      await becomes(async () => new URL(window.page.url()).pathname, "/tools");
      await window.page.goto("/account");
      assert.equal(new URL(window.page.url()).pathname, "/account", "signed in");
      await window.close();
    }
  });

  test(`a double click on a button of the admin area saves once, ${how}`, async () => {
    const handle = javaScriptEnabled ? "mod-one" : "mod-two";
    const window = await openWindow({ javaScriptEnabled });
    await signIn(window.page, handle, "/admin/categories/new");
    await window.page.fill("main [name=name]", `Category of ${handle}`);
    await window.page.fill("main [name=slug]", `of-${handle}`);
    await window.page.locator("button[name=do][value=publish]").dblclick();
    await becomes(async () => /\/admin\/categories\/\d+$/.test(window.page.url()), true);
    const text = await window.page.textContent("main");
    assert.match(text, /is published/, "said as if it were once");
    assert.doesNotMatch(text, /used by another/);
    await window.close();
  });
}

test("buttons are disabled while a form is sent, and back when the page is gone back to", async () => {
  const window = await openWindow();
  const { page } = window;
  await signUp(page, "back", "/submit");
  for (const [name, value] of [["name", "Electrum"], ["website", "https://electrum.example"], ["why", "It shines."]]) {
    await page.fill(`main [name=${name}]`, value);
  }
  const sent = [];
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/submit", async (route) => {
    if (route.request().method() === "POST") {
      sent.push(new URLSearchParams(route.request().postData()).get("form_again"));
      await held;
    }
    await route.continue();
  });
  const disabled = await page.evaluate(async () => {
    const button = document.querySelector("main form button.primary");
    button.click();
    await new Promise((done) => { setTimeout(done, 10); });
    const whileSending = button.disabled;
    await new Promise((done) => { setTimeout(done, 300); });
    // As when the page was kept aside and is come back to.
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    const comeBack = button.disabled;
    button.click();
    return [whileSending, comeBack];
  });
  assert.deepEqual(disabled, [true, false]);
  // The browser may have given the first up before it was seen.
  await becomes(async () => sent.some((again) => /^\d+$/.test(again ?? "")), true);
  release();
  await becomes(async () => new URL(page.url()).pathname, "/account");
  await window.close();
});
