// A comparison as somebody uses it: in the first screens of a phone, shared, with rows hidden, and of more than two tools.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OTHER_TOOL, PAIR, TOOL, atSize, becomes, faultsOf, siteWith, tallyText, signUpAndVote, voteButton } from "./support.mjs";

const openWindow = siteWith({});
const THREE = "/compare/amber-vs-basalt-vs-cobalt";
const FOUR = "/compare/amber-vs-basalt-vs-cobalt-vs-delta";

test("on a phone both vote forms are reached within one and a half screens, and the answer says before them who reviews", async () => {
  const { page, close } = await openWindow({ viewport: { width: 360, height: 640 } });
  await page.goto(PAIR);
  for (const tool of [TOOL, OTHER_TOOL]) {
    const box = await page.locator(`form[data-vote=${tool}]`).boundingBox();
    assert.ok(box.y + box.height <= 960, `${tool}: ${box.y + box.height}`);
  }
  assert.match(await page.locator("#answer").textContent(), /reviewers? /);
  await close();
});

test("a page is shared by what the device has, else its link is copied, and without scripts it is a link", async () => {
  const { context, page, close } = await openWindow();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript(() => { delete Navigator.prototype.share; });
  await page.goto(PAIR);
  const share = page.getByRole("link", { name: "Share this page" });
  await share.click();
  await becomes(() => page.locator(".share [role=status]").textContent(), "Link copied");
  assert.equal(new URL(await page.evaluate(() => navigator.clipboard.readText())).pathname, PAIR);
  await page.evaluate(() => { navigator.share = (what) => { window.shared = what; return Promise.resolve(); }; });
  await share.press("Enter");
  await becomes(() => page.evaluate(() => new URL(window.shared?.url ?? "about:blank").pathname), PAIR);
  assert.match(await page.evaluate(() => window.shared.title), /^Amber vs Basalt$/);
  await page.goto(`/tools/${TOOL}`);
  await share.click();
  await becomes(async () => new URL(await page.evaluate(() => navigator.clipboard.readText())).pathname, `/tools/${TOOL}`);
  await close();

  const plain = await openWindow({ javaScriptEnabled: false });
  await plain.page.goto(`${PAIR}?x=1`);
  await plain.page.getByRole("link", { name: "Share this page" }).click();
  await becomes(async () => new URL(plain.page.url()).search, "");
  await plain.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`rows without a difference are hidden by a box, with${javaScriptEnabled ? "" : "out"} scripts`, async () => {
    const { page, close } = await openWindow({ javaScriptEnabled });
    await page.goto(PAIR);
    const same = page.locator("table.decision tr.same");
    const box = page.getByLabel(/without a difference/);
    assert.ok((await same.count()) > 0);
    assert.equal(await same.first().isVisible(), true);
    await box.press("Space");
    for (const row of await same.all()) assert.equal(await row.isVisible(), false);
    assert.equal(await page.locator("table.decision tbody tr:not(.same)").first().isVisible(), true);
    await box.press("Space");
    assert.equal(await same.first().isVisible(), true);
    await close();
  });
}

for (const [colorScheme, width] of [["light", 360], ["dark", 1280], ["light", 320]]) {
  test(`three tools and four read well in ${colorScheme} at ${width}`, async () => {
    const { page, problems, close } = await openWindow({ colorScheme });
    await atSize(page, width);
    const found = [];
    for (const path of [THREE, FOUR]) {
      await page.goto(path);
      found.push(...(await faultsOf(page, path)));
      // The names and each cell stand in one column.
      const columns = await page.locator("table.decision").first().evaluate((table) =>
        [...table.rows].map((row) => [...row.cells].slice(-2).map((cell) => Math.round(cell.getBoundingClientRect().left)).join()));
      assert.equal(new Set(columns).size, 1, columns.join(" "));
    }
    assert.deepEqual(found, []);
    assert.deepEqual(problems, []);
    await close();
  });
}

test("votes move a page of three tools wherever it is open, and a vote on it counts", async () => {
  const { page, close } = await openWindow();
  await page.goto(THREE);
  assert.equal(await tallyText(page, "cobalt", "percent"), "—");
  const browser = page.context().browser();
  await signUpAndVote(browser, { url: new URL(page.url()).origin }, "voter-one", "cobalt", "ship");
  await becomes(() => tallyText(page, "cobalt", "percent"), "100%");
  assert.match(await page.locator("#community-cobalt").innerText(), /100% of 1 vote/);
  await voteButton(page, "amber", "skip").click();
  await page.waitForURL(/\/login/);
  assert.match(await page.locator("main").textContent(), /Skip/i);
  await close();
});

test("a tool is added by name, with suggestions", async () => {
  const { page, close } = await openWindow();
  await page.goto(PAIR);
  const field = page.getByLabel("Add a tool to both");
  await field.fill("cob");
  await page.getByRole("option").first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await field.press("Enter");
  await page.waitForURL(`**${THREE}`);
  assert.equal(await page.locator("h1").innerText(), "Amber vs Basalt vs Cobalt");
  await close();
});
