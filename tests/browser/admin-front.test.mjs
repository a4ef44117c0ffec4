// The admin area's first screen, log, settings and door, and what readers see of the admin area's work: by keyboard, read by axe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atSize, faultsOf, signIn, siteWith } from "./support.mjs";

const PAGES = ["/admin", "/admin/log", "/admin/settings", "/admin/door", "/changes", "/moderation"];

const openWindow = siteWith({ chief: "admin" });

for (const colorScheme of ["light", "dark"]) {
  test(`the admin area's own pages read well in ${colorScheme}`, async () => {
    const admin = await openWindow({ colorScheme });
    await signIn(admin.page, "chief");
    const found = [];
    for (const width of [360, 1280]) {
      await atSize(admin.page, width);
      for (const path of PAGES) {
        assert.equal((await admin.page.goto(path)).status(), 200, path);
        assert.equal(await admin.page.locator("h1").count(), 1, path);
        found.push(...(await faultsOf(admin.page, `${path} at ${width}`)));
      }
    }
    assert.deepEqual([...found, ...admin.problems], []);
    await admin.close();
  });
}

test("a setting is changed without script and by keyboard, and the log says so", async () => {
  const admin = await openWindow({ javaScriptEnabled: false });
  await signIn(admin.page, "chief", "/admin/settings");
  const field = admin.page.locator("#f-stale_days");
  await field.fill("soon");
  await field.press("Enter");
  assert.equal(await field.inputValue(), "soon", "what was typed is kept");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await admin.page.getByRole("alert").getByRole("link").first().press("Enter");
  await field.fill("30");
  await field.press("Enter");
  assert.match(await admin.page.locator(".flash").textContent(), /saved/);

  await admin.page.goto("/admin/log");
  const details = admin.page.locator("details").first();
  await details.locator("summary").press("Enter");
  assert.match(await details.locator("dl").innerText(), /90 days\s+After\s+30 days/);
  await admin.close();
});

test("the figures of the week stand in a table that opens by keyboard", async () => {
  const admin = await openWindow();
  await signIn(admin.page, "chief");
  const chart = admin.page.locator(".chart").first();
  assert.equal(await chart.locator("table").isVisible(), false);
  await chart.locator("summary").press("Enter");
  assert.equal(await chart.locator("tbody tr").count(), 7);
  assert.equal(await chart.locator("table").isVisible(), true);
  assert.deepEqual(admin.problems, []);
  await admin.close();
});
