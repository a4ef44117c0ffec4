// A moderator writes a tool without scripts, publishes it, and takes it back; the pages on the way read well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atSize, faultsOf, signIn, siteWith } from "./support.mjs";

const openWindow = siteWith({ mo: "moderator", max: "moderator" });
const LIST = "/admin/tools";

// Presses a button and waits for the page that follows.
const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).first().click()]);

test("a tool is written, published and withdrawn without scripts", async () => {
  const { page, problems, close } = await openWindow({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
  await signIn(page, "mo", LIST);
  await page.getByRole("link", { name: "New tool" }).click();
  await page.getByLabel("Category").selectOption({ index: 1 });
  await page.getByLabel("Name", { exact: true }).first().fill("Quartz");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(await page.locator("h1").textContent(), "Quartz", "Enter saves");

  await press(page, "Add a plan");
  await page.locator("[name='pricing.plans[1].name']").fill("Pro");
  await page.locator("[name='pricing.plans[1].price']").fill("20.00");
  await press(page, "Publish");
  const complaint = page.getByRole("alert").getByRole("link", { name: "Tagline" });
  await Promise.all([page.waitForURL("**#f-tagline"), complaint.click()]);
  assert.equal(await page.locator("[name='pricing.plans[0].name']").inputValue(), "Pro", "what was typed is kept");
  await page.getByLabel("Tagline").fill("Keeps time");
  await press(page, "Preview");
  assert.match(await page.locator("main").textContent(), /Preview\.[\s\S]*Keeps time/);
  await press(page, "Back to the form");
  await press(page, "Publish");
  assert.equal((await page.request.get("/tools/quartz")).status(), 200);

  await page.getByRole("link", { name: "History" }).click();
  await page.getByLabel("Reason").first().fill("Too early");
  await press(page, "Undo");
  assert.match(await page.getByRole("status").textContent(), /Undone/);
  assert.equal((await page.request.get("/tools/quartz")).status(), 404);
  assert.deepEqual(problems.filter((problem) => !problem.includes("Failed to load resource")), []);
  await close();
});

for (const [colorScheme, width] of [["light", 360], ["dark", 1280]]) {
  test(`the pages of tools in the admin area read well in ${colorScheme} at ${width}`, async () => {
    const [mo, max] = [await openWindow({ colorScheme }), await openWindow({ colorScheme })];
    const page = mo.page;
    await atSize(page, width);
    await signIn(page, "mo", LIST);
    await signIn(max.page, "max", LIST);
    const found = await faultsOf(page, "the list");
    await page.getByRole("link", { name: "Amber", exact: true }).first().click();
    const form = page.url();
    found.push(...(await faultsOf(page, "the form")));
    await page.locator("[name=website]").fill("nowhere");
    await press(page, "Save");
    found.push(...(await faultsOf(page, "the form with complaints")));
    await page.goto(form);

    await max.page.goto(form);
    await max.page.locator("[name=tagline]").fill(`Amber does another thing in the ${colorScheme}`);
    await press(max.page, "Save");
    await page.locator("[name=tagline]").fill(`Amber does one thing well in the ${colorScheme}`);
    await page.locator("[name='pricing.entry']").fill(colorScheme);
    await press(page, "Save");
    assert.match(await page.locator("h1").textContent(), /Somebody else changed Amber/);
    await page.getByText("Show differences").first().click();
    found.push(...(await faultsOf(page, "the conflict")));
    await press(page, "Save with these choices");

    await press(page, "Preview");
    found.push(...(await faultsOf(page, "the preview")));
    await page.goto(form);
    await page.getByRole("link", { name: "History" }).click();
    found.push(...(await faultsOf(page, "the history")));
    await page.getByRole("link", { name: /What changed/ }).first().click();
    found.push(...(await faultsOf(page, "the difference")));
    assert.deepEqual(found, []);
    await mo.close();
    await max.close();
  });
}
