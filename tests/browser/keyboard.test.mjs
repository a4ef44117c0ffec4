// Everything can be done with the keyboard, and nothing moves under one's fingers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  PAIR, TOOL, becomes, castQuietly, launchBrowser, openWindow, signUp, startSite, tallyText, voteButton,
} from "./support.mjs";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

// Whether the focused element shows it: an outline or a shadow that it does not have otherwise.
const showsFocus = (page) =>
  page.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
  });

async function tabTo(page, locator, most = 60) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    assert.ok(await showsFocus(page), `focus is not seen on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120))}`);
    if (await isFocused(locator)) return;
  }
  assert.fail(`not reached with ${most} tabs`);
}

test("a vote is cast, changed and removed with the keyboard, and focus stays", async () => {
  const { page, problems, close } = await openWindow(browser, site);
  await signUp(page, "keys", PAIR);
  await page.goto(PAIR);
  const [ship, skip] = [voteButton(page, TOOL, "ship"), voteButton(page, TOOL, "skip")];

  await tabTo(page, ship);
  await page.keyboard.press("Enter");
  await becomes(() => ship.getAttribute("aria-pressed"), "true");
  await becomes(() => tallyText(page, TOOL), "1");
  assert.ok(await isFocused(ship), "focus stays on the button that was pressed");
  assert.ok(await showsFocus(page));

  await tabTo(page, skip, 1);
  await page.keyboard.press("Space");
  await becomes(() => skip.getAttribute("aria-pressed"), "true");
  await becomes(() => tallyText(page, TOOL, "percent"), "0%");
  assert.ok(await isFocused(skip));
  assert.ok(await showsFocus(page));

  await tabTo(page, voteButton(page, TOOL, "retract"), 1);
  await page.keyboard.press("Enter");
  await becomes(() => tallyText(page, TOOL), "0");
  // The pressed button goes, so focus moves to its neighbour and not to the top of the page.
  await becomes(() => page.evaluate((tool) => document.activeElement.closest("form")?.dataset.vote === tool, TOOL), true);
  assert.deepEqual(problems, []);
  await close();
});

test("the first tab offers to skip to the content", async () => {
  const { page, close } = await openWindow(browser, site);
  for (const address of ["/", PAIR, `/tools/${TOOL}`, "/signup"]) {
    await page.goto(address);
    await page.keyboard.press("Tab");
    const link = page.locator("a.skip-link");
    assert.ok(await isFocused(link), address);
    const box = await link.boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0 && box.width > 0, `${address}: seen while it has focus`);
    await page.keyboard.press("Enter");
    await becomes(() => page.evaluate(() => !!document.activeElement.closest("main") || location.hash === "#main"), true);
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => !document.activeElement.closest("body > header")), `${address}: the next tab is past the header`);
  }
  await close();
});

test("a live update leaves half-typed text alone", async () => {
  const reader = await openWindow(browser, site);
  const voter = await openWindow(browser, site);
  await signUp(voter.page, "disturber", PAIR);
  await reader.page.goto(`/tools/${TOOL}`);
  const field = reader.page.locator("main input:not([type=hidden]):not([readonly])").first();
  await field.click();
  await reader.page.keyboard.type("half a wo");
  await reader.page.keyboard.press("ArrowLeft");

  const { votes } = await castQuietly(voter, TOOL, "ship");
  await becomes(() => tallyText(reader.page, TOOL), String(votes));

  assert.ok(await isFocused(field));
  await reader.page.keyboard.type("!");
  assert.equal(await field.inputValue(), "half a w!o", "text and place in it are as they were");
  await Promise.all([reader.close(), voter.close()]);
});

test("a live update leaves focus on the vote button alone", async () => {
  const reader = await openWindow(browser, site);
  const voter = await openWindow(browser, site);
  await signUp(voter.page, "disturber-2", PAIR);
  await reader.page.goto(PAIR);
  const ship = voteButton(reader.page, TOOL, "ship");
  await ship.focus();
  const { votes } = await castQuietly(voter, TOOL, "ship");
  await becomes(() => tallyText(reader.page, TOOL), String(votes));
  assert.ok(await isFocused(ship));
  await Promise.all([reader.close(), voter.close()]);
});

test("each form can be filled in and sent with the keyboard", async () => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/signup");
  await page.locator("input[name=handle]").focus();
  for (const text of ["typed", "typed@example.org", "four grey herons on a jetty"]) {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  await page.locator("#password").press("Enter");
  await page.waitForURL((url) => url.pathname !== "/signup");
  await close();
});

test("a password can be shown by keyboard, and is hidden again when it is sent", async () => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/login");
  const field = page.locator("#login-password");
  await field.fill("four grey herons");
  await field.press("Tab");
  const button = page.locator("#login-password + button");
  assert.ok(await isFocused(button), "the button is next");
  assert.equal(await button.getAttribute("aria-pressed"), "false");
  await page.keyboard.press("Enter");
  assert.deepEqual([await field.getAttribute("type"), await button.getAttribute("aria-pressed")], ["text", "true"]);
  assert.equal(new URL(page.url()).pathname, "/login", "it sends nothing");
  await page.keyboard.press("Space");
  assert.equal(await field.getAttribute("type"), "password");
  await close();
});
