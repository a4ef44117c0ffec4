// A moderator writes a comparison without scripts, merges two entries and applies a catalogue file; the pages on the
// way read well.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CATALOGUE, atSize, faultsOf, signIn, siteWith } from "./support.mjs";

const openWindow = siteWith({ ada: "admin" });

const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).first().click()]);

test("a comparison is written, published and archived without scripts", async () => {
  const { context, page, problems, close } = await openWindow({ javaScriptEnabled: false });
  await signIn(page, "ada", "/admin/comparisons");
  await page.getByRole("link", { name: "New comparison" }).click();
  await page.locator("[name='tools[0]']").fill("delta");
  await page.locator("[name='tools[1]']").fill("nothing");
  await page.getByLabel("Summary").fill("Which of the two strikes more sparks.");
  await press(page, "Publish");
  const complaint = page.getByRole("alert").getByRole("link").first();
  await Promise.all([page.waitForURL("**#f-tools-**"), complaint.click()]);
  const slugs = await Promise.all([0, 1].map((n) => page.locator(`[name='tools[${n}]']`).inputValue()));
  await page.locator(`[name='tools[${slugs.indexOf("nothing")}]']`).fill("cobalt");
  await page.locator(`[name='tools[${1 - slugs.indexOf("nothing")}]']`).fill("amber");
  await press(page, "Preview");
  assert.match(await page.locator("main").textContent(), /Nothing is saved yet[\s\S]*more sparks/);
  await press(page, "Back to the form");
  await press(page, "Preview");
  await press(page, "Publish");
  assert.match(await page.getByRole("status").textContent(), /published/);
  assert.match(await (await page.request.get("/compare/amber-vs-cobalt")).text(), /more sparks/);
  await page.getByRole("link", { name: /Archive/ }).click();
  await page.getByLabel("Reason").fill("Written in haste");
  await page.keyboard.press("Enter");
  await page.waitForURL(/comparisons\/\d+$/);
  assert.doesNotMatch(await (await page.request.get("/compare/amber-vs-cobalt")).text(), /more sparks/);
  assert.deepEqual(problems.filter((problem) => !problem.includes("Failed to load resource")), []);
  await close();
});

test("a tool that gets its old address back is there at once, also for whoever was led away from it", async () => {
  const { context, page, close } = await openWindow();
  await signIn(page, "ada", "/admin/tools?q=amber");
  await page.locator("tbody a").first().click();
  const form = page.url();
  const rename = async (slug) => {
    await page.goto(form);
    await page.locator("[name=slug]").fill(slug);
    await press(page, "Save");
    assert.match(await page.getByRole("status").textContent(), /saved/i);
  };
  const reader = await context.newPage();
  const endsAt = async (address, end) => {
    await reader.goto(address);
    assert.equal(new URL(reader.url()).pathname, end, address);
  };
  await rename("copal");
  await endsAt("/tools/amber", "/tools/copal");
  await endsAt("/compare/amber-vs-basalt", "/compare/basalt-vs-copal");
  await rename("amber");
  for (const address of ["/tools/copal", "/tools/amber"]) await endsAt(address, "/tools/amber");
  for (const pair of ["basalt-vs-copal", "amber-vs-basalt"]) await endsAt(`/compare/${pair}`, "/compare/amber-vs-basalt");
  await close();
});

for (const [colorScheme, width] of [["light", 360], ["dark", 1280]]) {
  test(`the pages of records, merges and imports read well in ${colorScheme} at ${width}`, async () => {
    const { page, close } = await openWindow({ colorScheme });
    await atSize(page, width);
    await signIn(page, "ada", "/admin/categories");
    const found = await faultsOf(page, "the list");
    for (const path of ["/admin/reviewers", "/admin/comparisons", "/admin/reviewers/new", "/admin/comparisons/new", "/admin/import"]) {
      await page.goto(path);
      found.push(...(await faultsOf(page, path)));
    }
    await page.locator("input[type=file]").setInputFiles({
      name: "next.json",
      mimeType: "application/json",
      buffer: Buffer.from((await readFile(CATALOGUE, "utf8")).replaceAll('"tagline": "', `"tagline": "${colorScheme} `)),
    });
    await press(page, "Preview import");
    found.push(...(await faultsOf(page, "the import")));
    await press(page, "Apply import");
    assert.match(await page.getByRole("status").textContent(), /is applied/);

    await page.goto("/admin/reviewers");
    await page.locator("tbody a").first().click();
    found.push(...(await faultsOf(page, "the form")));
    await page.getByLabel("Name", { exact: true }).fill("");
    await press(page, "Save");
    found.push(...(await faultsOf(page, "the form with complaints")));
    await page.goto("/admin/tools?q=amber");
    await page.locator("tbody a").first().click();
    await page.getByRole("link", { name: /Merge/ }).click();
    await page.getByLabel("Tool to keep").fill("basalt");
    await press(page, "Preview merge");
    found.push(...(await faultsOf(page, "the merge")));
    assert.deepEqual(found, []);
    await close();
  });
}
