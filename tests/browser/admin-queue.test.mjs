// What a member sends, what a moderator makes of it, and what the member reads then.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TOOL, atSize, faultsOf, signIn, signUp, siteWith } from "./support.mjs";

const openWindow = siteWith({ editor: "moderator" });

// All that is wrong with the page that is open in windows of these widths.
async function faults(page, name, widths) {
  const found = [];
  for (const width of widths) {
    await atSize(page, width);
    found.push(...(await faultsOf(page, `${name} at ${width}`)));
    assert.equal(await page.locator("h1").count(), 1, name);
  }
  return found;
}

test("a member suggests a tool, a moderator declines it, and the member reads why", async () => {
  // Without scripts, and with the keyboard where it matters.
  const plain = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } };
  const member = await openWindow(plain);
  await member.page.goto("/tools?q=quartzite");
  await member.page.getByRole("link", { name: "Suggest it" }).click();
  assert.equal(new URL(member.page.url()).pathname, "/login", "visitors sign in first");
  await signUp(member.page, "finder", "/submit?name=Ambr");
  assert.equal(await member.page.getByLabel("Name of the tool").inputValue(), "Ambr");

  await member.page.getByRole("button", { name: "Send suggestion" }).click();
  assert.match(await member.page.locator("[role=alert]").textContent(), /Fix these 2 errors:/);
  await member.page.locator("[role=alert] a").first().click();
  assert.equal(new URL(member.page.url()).hash, "#website");
  await member.page.getByLabel("Website").fill("ambr.example");
  await member.page.getByLabel("Why should we add it?").fill("We ship with it.");
  await member.page.getByLabel("Website").press("Enter");
  assert.match(await member.page.getByRole("heading", { name: "Is it already listed?" }).locator("..").textContent(), /Amber/);
  assert.equal(await member.page.getByLabel("Why should we add it?").inputValue(), "We ship with it.");
  await member.page.getByRole("button", { name: "Send anyway" }).click();
  assert.match(await member.page.locator(".flash").textContent(), /Thank you/);
  assert.match(await member.page.locator("table.sent").textContent(), /Ambr.*Pending/s);

  const editor = await openWindow(plain);
  await signIn(editor.page, "editor", "/admin/queue");
  await editor.page.getByRole("link", { name: "Ambr" }).click();
  await editor.page.getByRole("button", { name: "Assign to me" }).click();
  await editor.page.getByRole("button", { name: "Decline", exact: true }).click();
  assert.equal(await editor.page.locator("#reason").getAttribute("aria-invalid"), "true");
  await editor.page.locator("#reason").fill("This is Amber, spelled another way.");
  await editor.page.getByRole("button", { name: "Decline", exact: true }).click();
  assert.match(await editor.page.locator(".flash").textContent(), /@finder sees the reason/);
  assert.match(await editor.page.locator("main").textContent(), /No open submissions/);

  await member.page.goto("/account");
  assert.match(await member.page.locator("table.sent").textContent(), /Declined.*This is Amber, spelled another way\./s);
  await editor.close();
  await member.close();
});

for (const [colorScheme, widths] of [["light", [360, 1280]], ["dark", [1280]]]) {
  test(`the forms and the queue read well in ${colorScheme}`, async () => {
    const found = [];
    const sender = `sender-${colorScheme}`;
    const member = await openWindow({ colorScheme });
    await signUp(member.page, sender);
    const look = async (window, name, address) => {
      if (address) await window.page.goto(address);
      found.push(...(await faults(window.page, name, widths)));
    };
    const send = (window) => Promise.all([window.page.waitForNavigation(), window.page.locator("main form button.primary").last().click()]);
    await look(member, "suggest", "/submit");
    await send(member);
    await look(member, "suggest, with complaints");
    await member.page.locator("#name").fill(TOOL);
    await member.page.locator("#website").fill("https://amber.example/other");
    await member.page.locator("#why").fill(`For ${colorScheme} days.`);
    await send(member);
    await look(member, "suggest, with what is alike");
    await send(member);
    await look(member, "correct", `/tools/${TOOL}/correct`);
    await member.page.locator("#field").selectOption("price");
    await member.page.locator("#value").fill(`$5, ${colorScheme}`);
    await send(member);
    await look(member, "correct, with a complaint");
    await member.page.locator("#source").fill("https://amber.example/pricing");
    await send(member);
    await look(member, "report", `/tools/${TOOL}/report?take=builder`);
    await member.page.locator("#reason").selectOption("other");
    await member.page.locator("#words").fill(`Too ${colorScheme}.`);
    await send(member);
    await look(member, "account", "/account");
    await look(member, "sent", "/account/sent");

    const editor = await openWindow({ colorScheme });
    await signIn(editor.page, "editor", `/admin/queue?q=${sender}`);
    await look(editor, "queue");
    const items = await editor.page.locator("table.queue th a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    assert.equal(items.length, 3);
    for (const item of items) {
      await look(editor, `${item}, free`, item);
      await Promise.all([editor.page.waitForNavigation(), editor.page.getByRole("button", { name: "Assign to me" }).click()]);
      await look(editor, `${item}, taken`);
    }
    await editor.page.getByRole("button", { name: "Decline", exact: true }).click();
    await look(editor, "an item, with a complaint");
    await editor.page.getByRole("button", { name: "Decline as spam" }).click();
    await look(editor, "an item, decided on", items.at(-1));
    for (const problem of [...member.problems, ...editor.problems]) if (!problem.includes("Failed to load resource")) found.push(problem);
    assert.deepEqual(found, []);
    await editor.close();
    await member.close();
  });
}
