// What is done to many records of a list, with scripts and without, choosing a tool by its name, and the bar that moderators
// have on public pages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atSize, becomes, faultsOf, signIn, siteWith } from "./support.mjs";

const openWindow = siteWith({ mo: "moderator" });

const press = (page, name) =>
  Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);

test("one box selects all of a list, and says when some are", async () => {
  const { page, close } = await openWindow();
  await signIn(page, "mo", "/admin/tools?status=published");
  const all = page.getByLabel("Select all on this page");
  const boxes = page.locator("main [name=id]");
  const state = () => all.evaluate(({ checked, indeterminate }) => [checked, indeterminate]);
  assert.deepEqual(await state(), [false, false]);
  await page.getByLabel("Select Amber", { exact: true }).check();
  assert.deepEqual(await state(), [false, true]);
  await all.check();
  assert.equal(await page.locator("main [name=id]:checked").count(), await boxes.count());
  assert.deepEqual(await state(), [true, false]);
  await press(page, "Publish");
  assert.match(await page.getByRole("status").first().textContent(), /published already/);
  await close();
});

test("the boxes of a list work without scripts", async () => {
  const { page, close } = await openWindow({ javaScriptEnabled: false });
  await signIn(page, "mo", "/admin/tools");
  assert.equal(await page.getByLabel("Select all on this page").isVisible(), false);
  await page.getByLabel("Select Amber", { exact: true }).check();
  await page.getByText("Archive …").click();
  await page.getByLabel("Reason").fill("It is gone.");
  await press(page, "Archive");
  assert.match(await page.locator("main").innerText(), /1 tool archived/);
  await close();
});

test("a tool is found by its name while one types, and leads to its votes", async () => {
  const { page, problems, close } = await openWindow();
  await signIn(page, "mo", "/admin/votes");
  await page.locator("#q").pressSequentially("bas");
  await page.getByRole("option", { name: /^Basalt/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/votes/tools/*");
  await becomes(() => page.locator("h1").innerText(), "Votes on Basalt");
  assert.deepEqual(problems, []);
  await close();
});

test("the bar of moderators leaves the answer of a comparison on the first screen of a phone", async () => {
  const { page, close } = await openWindow();
  await signIn(page, "mo", "/compare/basalt-vs-cobalt");
  await atSize(page, 360, 640);
  assert.deepEqual(await page.locator("nav.moderators a").allInnerTexts(), ["Write this comparison"]);
  const { y } = await page.locator("#answer").boundingBox();
  assert.ok(y < 480, `the answer begins at ${y}`);
  assert.deepEqual(await faultsOf(page, "a comparison with the bar of moderators"), []);
  await close();
});
