// The first page and the list of tools: the picker, votes where they are needed, rows and filters.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAIR, atSize, becomes, launchBrowser, openWindow, overflow, signUp, startSite, tallyText, voteButton } from "./support.mjs";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  test(`the first page leads to the comparison of two names ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const { page, close } = await openWindow(browser, site, { javaScriptEnabled });
    await page.goto("/");
    await page.locator("#a").fill("Basalt");
    await page.locator("#b").fill("Amber");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.waitForURL(`**${PAIR}`);
    await close();
  });
}

test("a vote is cast on the first page, and another window that shows it moves", async () => {
  const { page, problems, close } = await openWindow(browser, site);
  const other = await openWindow(browser, site);
  await signUp(page, "front-voter", "/");
  await other.page.goto("/");
  await voteButton(page, "cobalt", "ship").click();
  await becomes(() => tallyText(other.page, "cobalt"), "1");
  assert.equal(await voteButton(page, "cobalt", "ship").getAttribute("aria-pressed"), "true");
  assert.equal(new URL(page.url()).pathname, "/", "voting does not leave the page");
  assert.deepEqual(problems, []);
  await other.close();
  await close();
});

test("rows of the list are low on a wide screen, and on a phone nothing is cut off", async () => {
  const { page, close } = await openWindow(browser, site);
  for (const width of [1280, 700, 360, 320]) {
    await atSize(page, width);
    await page.goto("/tools");
    assert.deepEqual(await overflow(page), [], `${width}`);
    const heights = await page.locator(".tools-table tbody tr").evaluateAll((rows) => rows.map((row) => row.offsetHeight));
    assert.equal(heights.length, 4);
    if (width === 1280) {
      // One name of this catalogue is made to wrap.
      assert.ok(heights.filter((height) => height > 64).length <= 1, heights.join());
      assert.ok(await page.locator(".tools-table thead").isVisible());
    }
  }
  await close();
});

test("filters stay in the address, and a search for two tools offers and suggests their comparison", async () => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/tools");
  await page.locator("#price").selectOption("paid");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/price=paid/);
  assert.deepEqual(await page.locator("[data-tool]").evaluateAll((all) => all.map((one) => one.dataset.tool)), ["basalt"]);
  assert.equal(await page.locator("#price").inputValue(), "paid");
  await page.goto("/tools?q=amber+or+basalt");
  assert.equal(await page.locator(".offer a").getAttribute("href"), PAIR);
  await page.locator("#q").fill("");
  await page.locator("#q").pressSequentially("basalt vs amber");
  const first = page.locator("[role=option]").first();
  await becomes(() => first.locator("b").textContent(), "Amber vs Basalt");
  await first.click();
  await page.waitForURL(`**${PAIR}`);
  await close();
});
