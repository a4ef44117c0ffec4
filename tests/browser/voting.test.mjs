// A vote, from the press to every window that shows its tool.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import {
  OTHER_TOOL, PAIR, PASSWORD, TOOL, becomes, fillSignUp, launchBrowser, openWindow, signUp, sleep, startSite, tallyText, voteButton,
} from "./support.mjs";

let site, browser, windows;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());
beforeEach(async () => {
  windows = [];
  site = await startSite();
});
afterEach(async () => {
  for (const window of windows) await window.close();
  await site?.stop();
});

async function someone(options) {
  const window = await openWindow(browser, site, options);
  windows.push(window);
  return window;
}

async function member(handle, next = PAIR) {
  const window = await someone();
  await signUp(window.page, handle, next);
  return window;
}

const pressed = (page, slug, choice) => voteButton(page, slug, choice).getAttribute("aria-pressed");

test("a press is seen by every window within a second, and can be changed and removed", async () => {
  const voter = await member("press");
  const reader = await someone();
  await reader.page.goto(PAIR);
  assert.equal(await tallyText(reader.page, TOOL, "percent"), "—");

  const steps = [["ship", "1", "100%"], ["skip", "1", "0%"], ["retract", "0", "—"]];
  for (const [choice, votes, percent] of steps) {
    await voteButton(voter.page, TOOL, choice).click();
    await becomes(() => tallyText(reader.page, TOOL, "percent"), percent);
    await becomes(() => tallyText(reader.page, TOOL), votes);
    await becomes(() => tallyText(voter.page, TOOL, "percent"), percent);
    await becomes(() => pressed(voter.page, TOOL, "ship"), String(choice === "ship"));
    await becomes(() => pressed(voter.page, TOOL, "skip"), String(choice === "skip"));
  }
  assert.equal(new URL(voter.page.url()).pathname, PAIR, "voting does not leave the page");
  assert.equal(await tallyText(reader.page, OTHER_TOOL), "0", "the other tool is left alone");
  assert.equal(await pressed(reader.page, TOOL, "ship"), "false", "a vote marks only the voter's own button");
  assert.deepEqual([...voter.problems, ...reader.problems], []);
});

test("the vote is there after a reload, and on every page of the tool", async () => {
  const voter = await member("reload");
  await voteButton(voter.page, TOOL, "ship").click();
  await becomes(() => tallyText(voter.page, TOOL), "1");
  for (const address of [PAIR, `/tools/${TOOL}`]) {
    await voter.page.goto(address);
    assert.equal(await pressed(voter.page, TOOL, "ship"), "true", address);
    assert.equal(await tallyText(voter.page, TOOL), "1", address);
    assert.equal(await tallyText(voter.page, TOOL, "ships"), "1", address);
    assert.equal(await tallyText(voter.page, TOOL, "skips"), "0", address);
  }
});

test("a visitor's press is kept, cast after signing up, and said to be", async () => {
  const { page } = await someone();
  await page.goto(PAIR);
  await voteButton(page, TOOL, "skip").click();
  await page.waitForURL("**/login**");
  await fillSignUp(page, "kept-vote");

  assert.equal(new URL(page.url()).pathname, PAIR, "back where the press was");
  const said = await page.locator("main [role=status]").allTextContents();
  assert.ok(said.some((line) => /vote/i.test(line) && /\bskip\b/i.test(line)), `said: ${said.join(" | ")}`);
  await becomes(() => pressed(page, TOOL, "skip"), "true");
  await becomes(() => tallyText(page, TOOL), "1");
  assert.equal(await tallyText(page, TOOL, "percent"), "0%");

  await page.reload();
  assert.equal(await tallyText(page, TOOL), "1", "a reload casts nothing");
});

test("a visitor's press is kept for an account that is there already", async () => {
  const owner = await member("returning", "/");
  await owner.close();
  windows.pop();
  const { page } = await someone();
  await page.goto(`/tools/${TOOL}`);
  await voteButton(page, TOOL, "ship").click();
  await page.waitForURL("**/login**");
  const form = page.locator("form[action='/login']");
  await form.locator("input[name=email]").fill("returning");
  await form.locator("input[name=password]").fill("not the password at all");
  await Promise.all([page.waitForNavigation(), form.locator("button:not([type=button])").last().click()]);
  assert.equal(new URL(page.url()).pathname, "/login", "a wrong password leads nowhere");
  assert.ok((await page.locator("[aria-invalid=true], .error").count()) > 0, "and the form says so");
  assert.equal(await form.locator("input[name=email]").inputValue(), "returning", "what was typed is kept");
  await form.locator("input[name=password]").fill(PASSWORD);
  await Promise.all([
    page.waitForURL((url) => url.pathname !== "/login"),
    form.locator("button:not([type=button])").last().click(),
  ]);
  assert.equal(new URL(page.url()).pathname, `/tools/${TOOL}`);
  await becomes(() => pressed(page, TOOL, "ship"), "true");
  await becomes(() => tallyText(page, TOOL), "1");
});

test("pressing twice counts once", async () => {
  const voter = await member("twice");
  await voteButton(voter.page, TOOL, "ship").dblclick();
  await becomes(() => tallyText(voter.page, TOOL), "1");
  await sleep(500);
  assert.equal(await tallyText(voter.page, TOOL), "1");
  assert.equal(await pressed(voter.page, TOOL, "ship"), "true");
});

test("two windows of one account cast one vote", async () => {
  const voter = await member("two-windows");
  const second = await voter.context.newPage();
  await second.goto(PAIR);
  await Promise.all([voteButton(voter.page, TOOL, "ship").click(), voteButton(second, TOOL, "ship").click()]);
  const reader = await someone();
  const fresh = async () => {
    await reader.page.goto(PAIR);
    return tallyText(reader.page, TOOL);
  };
  await becomes(fresh, "1");
  await sleep(500);
  assert.equal(await fresh(), "1");
});

test("the votes of several people add up", async () => {
  const reader = await someone();
  await reader.page.goto(`/tools/${TOOL}`);
  for (const [handle, choice] of [["first", "ship"], ["second", "ship"], ["third", "skip"]]) {
    const voter = await member(handle);
    await voteButton(voter.page, TOOL, choice).click();
    await becomes(() => pressed(voter.page, TOOL, choice), "true");
  }
  await becomes(() => tallyText(reader.page, TOOL), "3");
  assert.equal(await tallyText(reader.page, TOOL, "percent"), "67%");
  assert.equal(await tallyText(reader.page, TOOL, "ships"), "2");
  assert.equal(await tallyText(reader.page, TOOL, "skips"), "1");
});

test("a press that does not get through says so, and the next one counts", async () => {
  const voter = await member("offline");
  await voter.page.route("**/vote", (route) => route.abort());
  await voteButton(voter.page, TOOL, "ship").click();
  const line = voter.page.locator(`form[data-vote="${TOOL}"] [data-vote-say]`).first();
  await becomes(async () => /again/i.test(await line.textContent()), true);
  assert.equal(await pressed(voter.page, TOOL, "ship"), "false");
  await voter.page.unroute("**/vote");
  let letThrough;
  const held = new Promise((done) => (letThrough = done));
  await voter.page.route("**/vote", (route) => held.then(() => route.continue()));
  await voteButton(voter.page, TOOL, "ship").click();
  await becomes(() => line.textContent(), "Sending your vote…");
  letThrough();
  await becomes(() => tallyText(voter.page, TOOL), "1");
});
