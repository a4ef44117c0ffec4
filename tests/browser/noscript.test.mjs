// Everything works without scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_TOOL, PAIR, TOOL, fillSignUp, launchBrowser, openWindow, signUp, startSite, tallyText, voteButton } from "./support.mjs";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const openPlain = () => openWindow(browser, site, { javaScriptEnabled: false, viewport: { width: 360, height: 640 } });

// Presses a vote button and waits for the page that the form comes back to.
async function press(page, slug, choice) {
  await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith(`/tools/${slug}/vote`)),
    page.waitForNavigation(),
    voteButton(page, slug, choice).click(),
  ]);
}

test("a vote by form comes back to the same card", async () => {
  const { page, problems, close } = await openPlain();
  await signUp(page, "plain", PAIR);
  // The second card, which a telephone shows only after scrolling.
  for (const [choice, votes, percent] of [["ship", "1", "100%"], ["skip", "1", "0%"], ["retract", "0", "—"]]) {
    await press(page, OTHER_TOOL, choice);
    const { pathname, hash } = new URL(page.url());
    assert.equal(pathname, PAIR);
    assert.ok(hash.length > 1, "the address names the card");
    const card = page.locator(`[id="${decodeURIComponent(hash.slice(1))}"]`);
    assert.equal(await card.locator(`form[data-vote="${OTHER_TOOL}"]`).count(), 1, "the named element holds the form");
    const { y } = await card.boundingBox();
    assert.ok(y >= -1 && y < 640, `the card is in view, at ${y}`);
    assert.equal(await tallyText(page, OTHER_TOOL), votes);
    assert.equal(await tallyText(page, OTHER_TOOL, "percent"), percent);
    assert.equal(await voteButton(page, OTHER_TOOL, "ship").getAttribute("aria-pressed"), String(choice === "ship"));
    assert.equal(await voteButton(page, OTHER_TOOL, "skip").getAttribute("aria-pressed"), String(choice === "skip"));
  }
  assert.deepEqual(problems, []);
  await close();
});

test("a visitor's choice is kept and cast after signing up", async () => {
  const { page, close } = await openPlain();
  await page.goto(`/tools/${TOOL}`);
  await press(page, TOOL, "ship");
  assert.equal(new URL(page.url()).pathname, "/login");
  await fillSignUp(page, "plain-visitor");
  assert.equal(new URL(page.url()).pathname, `/tools/${TOOL}`);
  assert.equal(await tallyText(page, TOOL), "1");
  assert.equal(await voteButton(page, TOOL, "ship").getAttribute("aria-pressed"), "true");
  const said = await page.locator("main [role=status]").allTextContents();
  assert.ok(said.some((line) => /vote/i.test(line) && /\bship\b/i.test(line)), `said: ${said.join(" | ")}`);
  await close();
});

test("two tools are compared by the plain form", async () => {
  const { page, close } = await openPlain();
  await page.goto("/compare");
  for (const [field, value] of [["a", OTHER_TOOL], ["b", TOOL]]) {
    const input = page.locator(`[name=${field}]`).first();
    if (await input.evaluate((element) => element.localName === "select")) await input.selectOption(value);
    else await input.fill(value);
  }
  await page.locator("form:has([name=a]) button").first().click();
  await page.waitForURL(`**${PAIR}`);
  await close();
});

test("controls that need scripts are not shown", async () => {
  const { page, close } = await openPlain();
  await page.goto(PAIR);
  for (const control of await page.locator("[data-live-toggle]").all()) assert.equal(await control.isVisible(), false);
  await close();
});

test("no button offers to show a password without scripts", async () => {
  const { page, close } = await openPlain();
  await page.goto("/signup");
  assert.equal(await page.locator("main form button").count(), 2);
  await close();
});

test("signing out is a form too", async () => {
  const { page, close } = await openPlain();
  await signUp(page, "leaving", "/account");
  await page.locator("form[action='/logout'] button").first().click();
  await page.waitForURL((url) => url.pathname !== "/account");
  await page.goto("/account");
  assert.equal(new URL(page.url()).pathname, "/login");
  await close();
});
