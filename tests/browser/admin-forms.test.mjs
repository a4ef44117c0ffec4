// The form of a record in a browser: what is typed is not lost by leaving, keys save and go on, the bar with Save is always
// in sight, and a saved reply goes into the text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, atSize, faultsOf, signIn, signUp, siteWith } from "./support.mjs";

const openWindow = siteWith({ mo: "moderator", nim: "admin" });

const fieldOf = (page, name) => page.locator(`form#record [name='${name}']`);

// The form of Amber, signed in.
async function openForm(page, handle = "mo") {
  await signIn(page, handle, "/admin/tools?q=amber");
  await page.locator("tbody a").first().click();
  await page.waitForURL(/\/admin\/tools\/\d+$/);
}

test("whoever leaves a form with something unsaved is asked first", async () => {
  const { page, close } = await openWindow();
  await openForm(page);
  const asked = [];
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  const form = page.url();
  await page.getByRole("link", { name: "History" }).click();
  await page.waitForURL(/history/);
  await page.goBack();
  await fieldOf(page, "tagline").fill("Half written");
  await page.getByRole("link", { name: "History" }).click();
  await becomes(() => asked.join(), "beforeunload");
  assert.deepEqual([page.url(), await fieldOf(page, "tagline").inputValue()], [form, "Half written"]);
  // What the server sent back unsaved is unsaved too.
  await fieldOf(page, "website").fill("nowhere");
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await page.getByRole("alert").waitFor();
  assert.deepEqual(asked, ["beforeunload"], "nobody is asked about sending it");
  await fieldOf(page, "name").focus();
  await page.getByRole("link", { name: "History" }).click();
  await becomes(() => asked.length, 2);
  await close();
});

test("Ctrl or ⌘ and S saves, and Alt and Page Down goes to the next record", async () => {
  const { page, close } = await openWindow();
  await openForm(page);
  for (const [key, tagline] of [["Control+s", "Saved by Ctrl"], ["Meta+s", "Saved by ⌘"]]) {
    await fieldOf(page, "tagline").fill(tagline);
    await Promise.all([page.waitForEvent("load"), page.keyboard.press(key)]);
    assert.match(await page.getByRole("status").textContent(), /Amber is saved/);
    assert.equal(await fieldOf(page, "tagline").inputValue(), tagline);
  }
  const first = page.url();
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Alt+PageDown")]);
  assert.notEqual(page.url(), first);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Alt+PageUp")]);
  assert.equal(page.url(), first);
  await close();
});

for (const [colorScheme, width] of [["light", 360], ["dark", 1280]]) {
  test(`Save is in sight all over a long form, and covers no field with the focus, in ${colorScheme} at ${width}`, async () => {
    const { page, close } = await openWindow({ colorScheme });
    await atSize(page, width);
    await openForm(page);
    const save = page.locator(".save-bar .primary");
    for (const place of [0, 0.3, 0.7, 1]) {
      await page.evaluate((part) => scrollTo(0, part * (document.documentElement.scrollHeight - innerHeight)), place);
      await becomes(async () => (await save.boundingBox()).y < 800, true);
    }
    const bar = await page.locator(".save-bar").boundingBox();
    assert.ok(bar.height < 160, `the bar takes ${bar.height} px`);
    await page.evaluate(() => scrollTo(0, 0));
    await fieldOf(page, "name").focus();
    for (let n = 0; n < 40; n += 1) {
      await page.keyboard.press("Tab");
      const covered = await page.evaluate(() => {
        const box = document.activeElement.getBoundingClientRect();
        const at = document.elementFromPoint(box.left + 4, box.top + 4);
        return !document.activeElement.closest(".save-bar") && Boolean(at?.closest(".save-bar"));
      });
      assert.equal(covered, false, await page.evaluate(() => document.activeElement.name));
    }
    assert.deepEqual(await faultsOf(page, "the form"), []);
    await close();
  });
}

test("a comparison says of which tool it speaks as soon as both are chosen", async () => {
  const { page, close } = await openWindow();
  await signIn(page, "mo", "/admin/comparisons/new");
  await page.locator("[name='tools[0]']").pressSequentially("cob");
  await page.getByRole("option", { name: /^Cobalt/ }).click();
  await page.locator("[name='tools[1]']").pressSequentially("amb");
  await page.getByRole("option", { name: /^Amber/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await becomes(() => page.locator("label[for=f-pick_first_if]").textContent(), "Pick Cobalt if …");
  await becomes(() => page.locator("label[for=f-pick_second_if]").textContent(), "Pick Amber if …");
  await close();
});

test("a saved reply goes into the text, before what was typed, and once", async () => {
  const sender = await openWindow();
  await signUp(sender.page, "sender", "/submit");
  for (const [name, value] of [["name", "Electrum"], ["website", "https://electrum.example"], ["why", "It shines."]]) {
    await sender.page.fill(`main [name=${name}]`, value);
  }
  await sender.page.getByRole("button", { name: "Send suggestion" }).click();
  const { page, close } = await openWindow();
  await signIn(page, "mo", "/admin/queue/replies");
  await page.fill("main [name=title]", "Too early");
  await page.fill("main [name=body]", "Please come back in a month.");
  await page.locator("main form button.primary").first().click();
  await page.goto("/admin/queue");
  await page.getByRole("link", { name: "Electrum", exact: true }).click();
  const text = page.locator("textarea[name=reason]");
  await text.fill("By then it may have users.");
  await page.locator("select[data-reply=reason]").selectOption({ label: "Too early" });
  assert.equal(await text.inputValue(), "Please come back in a month.\n\nBy then it may have users.");
  assert.equal(await page.locator("select[data-reply=reason]").inputValue(), "");
  const decline = page.getByRole("button", { name: /^Decline/ }).first();
  await Promise.all([page.waitForEvent("load"), decline.click()]);
  await sender.page.goto("/account/sent");
  const answer = await sender.page.locator("table.sent").innerText();
  assert.equal(answer.match(/Please come back/g)?.length, 1, answer);
  await sender.close();
  await close();
});
