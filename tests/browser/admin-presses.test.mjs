// A moderator's hour, by counted presses: what is typed, and what is chosen in a list, is not counted; each link, button
// and key that leads on is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOOL, addUser, launchBrowser, openWindow, signIn, signUp, signUpAndVote, startSite, tallyText } from "./support.mjs";

const PANEL = ["builder", "sceptic", "futurist", "guardian"];

let site, browser, sender;

before(async () => {
  browser = await launchBrowser();
  site = await startSite();
  await addUser(site, "mo", "moderator");
  const reviewers = PANEL.slice(2).map((slug) => ({ slug, name: `The ${slug}`, kind: "ai", model: "Model-1" }));
  await site.shiptally(["import", "-"], JSON.stringify({ format: "shiptally-catalogue/1", reviewers }));
  sender = await openWindow(browser, site);
  await signUp(sender.page, "finder");
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// A moderator on the first page of the admin area, and what presses and counts.
async function moderator() {
  const { page, close } = await openWindow(browser, site);
  await signIn(page, "mo", "/admin");
  let presses = 0;
  const press = async (role, name) => {
    presses += 1;
    await Promise.all([page.waitForEvent("load"), page.getByRole(role, { name }).first().click()]);
  };
  return { page, press, close, presses: () => presses };
}

const said = (page) => page.locator(".flash[role=status]").innerText();

async function send(path, fields) {
  const { page } = sender;
  await page.goto(path);
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main [name=${name}]`).first();
    if ((await field.evaluate((field) => field.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await Promise.all([page.waitForEvent("load"), page.locator("main form:has(textarea) button").first().click()]);
  assert.match(await said(page), /Thank you/);
}

test("a suggestion becomes a published tool with four reviews, a price and two facts in at most eight presses", async () => {
  await send("/submit", { name: "Quartzite", website: "quartzite.example", why: "We ship with it." });
  const { page, press, presses, close } = await moderator();
  await press("button", "Open next");
  await press("button", "Create tool");
  const field = (name) => page.locator(`form#record [name='${name}']`);
  await field("tagline").fill("An editor that forgets nothing");
  if (!(await field("category").inputValue())) await field("category").selectOption({ label: "Editors" });
  await field("pricing.entry").fill("$12");
  await field("pricing.source").fill("quartzite.example/pricing");
  const fact = async (n, label, value) => {
    await field(`facts[${n}].label`).fill(label);
    await field(`facts[${n}].value`).fill(value);
    await field(`facts[${n}].source`).fill("quartzite.example/about");
  };
  await fact(0, "Licence", "MIT");
  await press("button", "Add a fact");
  await fact(1, "Maker", "Quarry");
  for (const slug of PANEL) {
    const row = page.locator(`fieldset:has(input[value=${slug}]), fieldset:has(option[value=${slug}][selected])`).last();
    await row.locator("[name$='.verdict']").selectOption("ship");
    await row.locator("[name$='.score']").fill("80");
    await row.locator("[name$='.take']").fill("It kept what I had thrown away.");
  }
  await press("button", "Publish");
  assert.match(await said(page), /Quartzite is published/);
  assert.ok(presses() <= 8, `${presses()} presses`);
  await page.goto("/tools/quartzite");
  const text = await page.locator("main").innerText();
  assert.match(text, /4 of 4/);
  assert.match(text, /\$12[\s\S]*MIT[\s\S]*Quarry/);
  await sender.page.goto("/account/sent");
  assert.match(await sender.page.locator("table.sent").innerText(), /It has been added/);
  await close();
});

test("a correction is accepted in three presses", async () => {
  await send(`/tools/${TOOL}/correct`, { field: "price", value: "$5 a month", source: "https://amber.example/pricing" });
  const { page, press, presses, close } = await moderator();
  await press("button", "Open next");
  await press("button", "Edit tool");
  await press("button", "Save");
  assert.match(await said(page), /The submission is accepted/);
  assert.ok(presses() <= 3, `${presses()} presses`);
  await page.goto(`/tools/${TOOL}`);
  assert.match(await page.locator("main").innerText(), /\$5 a month/);
  await close();
});

test("a vote spike is excluded in four presses", async () => {
  await Promise.all(Array.from({ length: 12 }, (_, n) => signUpAndVote(browser, site, `shop-${n}`, TOOL, "ship")));
  const { page, press, presses, close } = await moderator();
  // The site looks by itself every ten minutes; this is not the moderator's.
  await page.goto("/admin/votes");
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Check now" }).click()]);
  await page.goto("/admin");
  await press("link", /suspicious pattern/);
  await press("link", /came from the same network/);
  await press("link", /^Exclude all of these/);
  await page.getByLabel("Reason", { exact: true }).fill("They came from one shop.");
  await press("button", /^Exclude/);
  assert.match(await said(page), /12 votes excluded/);
  assert.ok(presses() <= 4, `${presses()} presses`);
  await page.goto(`/tools/${TOOL}`);
  assert.equal(await tallyText(page, TOOL, "votes"), "0");
  await close();
});
