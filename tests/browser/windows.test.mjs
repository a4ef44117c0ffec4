// Pages that stay open: many windows of one browser, and tools that get another address or go into others meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  OTHER_TOOL, PAIR, TOOL, becomes, castQuietly, openStreams, signIn, signUp, siteWith, tallyText, voteButton, watchStreams,
} from "./support.mjs";

const openWindow = siteWith({ ada: "admin" });

// More than the six connections that a browser opens to one site.
const WINDOWS = 8;

const votesShown = (page, slug = TOOL) => tallyText(page, slug).then(Number);

// Opens as many windows of one browser, each prepared before its page comes.
async function openWindows(context, prepare) {
  const pages = [];
  for (let n = 0; n < WINDOWS; n++) {
    const page = await context.newPage();
    await watchStreams(page);
    await page.addInitScript(prepare, n);
    await page.goto(n % 2 ? PAIR : `/tools/${TOOL}`);
    pages.push(page);
  }
  return pages;
}

for (const [kind, prepare, most] of [
  ["with locks", () => {}, 3],
  ["without locks, as over plain http", (n) => {
    Object.defineProperty(navigator, "locks", { value: undefined });
    document.hasFocus = () => n === 0;
  }, 1],
]) {
  test(`eight windows of one browser all load and all show a vote, ${kind}`, async () => {
    const voter = await openWindow();
    await signUp(voter.page, `many-${most}`, "/");
    const reader = await openWindow();
    const pages = await openWindows(reader.context, prepare);
    const holders = async () => {
      const open = await Promise.all(pages.map(openStreams));
      return open.reduce((sum, count) => sum + count, 0);
    };
    for (const choice of ["ship", "retract", "skip"]) {
      const { votes } = await castQuietly(voter, TOOL, choice);
      for (const page of pages) await becomes(() => votesShown(page), votes);
    }
    // Those that only look hold theirs for a moment.
    await becomes(holders, most);
    // A place that gets free is taken.
    await pages[0].close();
    pages.shift();
    if (most > 1) await becomes(holders, most);
    const { votes } = await castQuietly(voter, TOOL, "retract");
    for (const page of pages) await becomes(() => votesShown(page), votes);
    assert.deepEqual([...voter.problems, ...reader.problems], []);
    await voter.close();
    await reader.close();
  });
}

// Fills in a form of the moderation pages and sends it.
async function save(page, path, fields, button) {
  await page.goto(path);
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name=${name}]`).fill(value);
  await page.getByRole("button", { name: button, exact: true }).first().click();
  await page.waitForLoadState();
}

// The address of a tool's form.
async function formOf(page, slug) {
  await page.goto(`/admin/tools?q=${slug}`);
  return page.locator("tbody a").first().getAttribute("href");
}

test("a page that is open while its tool gets another address, and then goes into another, shows each vote", async () => {
  const admin = await openWindow();
  await signIn(admin.page, "ada");
  const form = await formOf(admin.page, TOOL);
  const [live, paused] = [await openWindow(), await openWindow()];
  await signUp(live.page, "goes-on", `/tools/${TOOL}`);
  await signUp(paused.page, "stands-still", `/tools/${TOOL}`);
  await paused.page.locator("[data-live-toggle]").first().click();
  const counted = async ({ page }, choice, votes) => {
    await voteButton(page, TOOL, choice).click();
    await page.getByText(/vote is counted|Vote removed/).first().waitFor();
    return becomes(() => votesShown(page), votes);
  };
  // The one that is paused has nothing but its own votes to go by: what it says and what it shows come together.
  const together = async (choice, votes) => {
    await paused.page.evaluate((slug) => {
      const line = document.querySelector(`form[data-vote="${slug}"] [data-vote-say]`);
      window.shown = undefined;
      new MutationObserver(() => {
        if (/counted/.test(line.textContent)) window.shown ??= document.querySelector(`[data-tool="${slug}"] [data-tally=votes]`).textContent;
      }).observe(line, { childList: true, characterData: true, subtree: true });
    }, TOOL);
    await voteButton(paused.page, TOOL, choice).click();
    await becomes(() => paused.page.evaluate(() => window.shown), String(votes));
  };

  await save(admin.page, form, { slug: "copal" }, "Save");
  await together("ship", 1);
  await counted(live, "ship", 2);
  await castQuietly(admin, OTHER_TOOL, "skip");
  await save(admin.page, `${form}/merge`, { into: OTHER_TOOL }, "Preview merge");
  await admin.page.locator("main [name=reason]").fill("The same tool");
  await admin.page.getByRole("button", { name: /^Merge/ }).click();
  await becomes(() => votesShown(live.page), 3);
  await together("skip", 3);
  await counted(live, "skip", 3);
  await becomes(() => tallyText(live.page, TOOL, "skips"), "3");
  for (const { problems, close } of [live, paused]) {
    assert.deepEqual(problems, []);
    await close();
  }
  await admin.close();
});
