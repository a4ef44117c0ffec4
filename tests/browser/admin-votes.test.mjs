// A vote spike: found, excluded, brought back, while a reader’s page moves. By keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  TOOL, addUser, axeCheck, becomes, launchBrowser, openWindow, overflow, signIn, signUpAndVote, startSite, tallyText,
} from "./support.mjs";

const VOTERS = 12;

let site, browser;

before(async () => {
  browser = await launchBrowser();
  site = await startSite();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("a vote spike is found, excluded and brought back, and an open page moves", async () => {
  const vote = (handle, choice) => signUpAndVote(browser, site, handle, TOOL, choice);
  const voters = Array.from({ length: VOTERS }, (_, n) => vote(`shop-${n}`, "ship"));
  await Promise.all([...voters, vote("someone", "skip")]);

  const reader = await openWindow(browser, site);
  await reader.page.goto(`/tools/${TOOL}`);
  assert.equal(await tallyText(reader.page, TOOL, "percent"), "92%");

  await addUser(site, "marlow", "moderator");
  const moderator = await openWindow(browser, site);
  const { page } = moderator;
  await signIn(page, "marlow", "/admin/votes");
  await press(page, "button", "Check now");
  // A young site has no past that would make an hour a burst, but all of them vote from one address.
  const signal = page.locator(".admin-signals a", { hasText: "came from the same network" });
  assert.equal(await signal.count(), 1, await page.locator("main").innerText());
  await looksRight(moderator);

  await signal.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/votes/signals/*");
  await looksRight(moderator);
  const tool = await page.locator(".eyebrow a").getAttribute("href");
  await page.goto(tool);
  await looksRight(moderator);
  for (let n = 0; n < VOTERS; n += 1) await page.getByLabel(`Vote by shop-${n}`, { exact: true }).press("Space");
  await press(page, "button", "Exclude selected votes");
  assert.match(await page.locator("[role=alert]").innerText(), /Enter a reason/);
  assert.equal(await page.locator("input[name=account]:checked").count(), VOTERS, "what was ticked stays ticked");
  await looksRight(moderator);
  await page.locator("#kind").selectOption("burst");
  await page.locator("#exclude-reason").fill("They came from one shop.");
  await press(page, "button", "Exclude selected votes");
  await page.waitForURL("**/admin/votes/exclusions/*");
  await becomes(() => tallyText(reader.page, TOOL, "percent"), "0%");
  await becomes(() => tallyText(reader.page, TOOL), "1");
  await looksRight(moderator);

  await reader.page.reload();
  assert.match(await reader.page.locator(".excluded").innerText(), /12 votes excluded \(vote spike\)/);
  await looksRight(reader);

  await page.locator("#undo-reason").fill("They are real.");
  await press(page, "button", "Restore these votes");
  await becomes(() => tallyText(reader.page, TOOL, "percent"), "92%");

  for (const path of ["/admin/people", "/admin/people?q=shop", `/admin/votes/confirm?tool=${tool.split("/").pop()}`]) {
    await page.goto(path);
    await looksRight(moderator);
  }
  await page.goto("/admin/people?q=shop-0");
  await press(page, "a", "@shop-0");
  await looksRight(moderator);
  assert.deepEqual([...reader.problems, ...moderator.problems.filter((line) => !line.includes("422"))], []);
});

// Puts the focus on what is named so, and presses Enter.
async function press(page, role, name) {
  await Promise.all([
    page.waitForEvent("load"),
    page.locator("main").getByRole(role === "a" ? "link" : role, { name }).first().press("Enter"),
  ]);
}

// Nothing that axe complains of, and nothing that does not fit, on a phone and on a desktop.
async function looksRight({ page }) {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await overflow(page), [], `${page.url()} at ${width}`);
  }
  assert.deepEqual(await axeCheck(page), [], page.url());
}
