// Fields that suggest tools while somebody types, by keyboard, by pointer, and not at all without scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_TOOL, PAIR, TOOL, atSize, axeCheck, becomes, launchBrowser, openWindow, overflow, sleep, startSite } from "./support.mjs";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// One field on a page of its own, with what belongs to it.
async function openField(address, selector, options = {}) {
  const shown = await openWindow(browser, site, options);
  await shown.page.goto(address);
  const field = shown.page.locator(selector);
  const list = shown.page.locator(`#${await field.getAttribute("aria-controls")}`);
  const optionTexts = () => list.locator("b").allTextContents();
  const type = async (text) => {
    await field.click();
    await shown.page.keyboard.type(text);
  };
  return { ...shown, field, list, optionTexts, type, press: (key) => shown.page.keyboard.press(key) };
}

const attribute = (locator, name) => () => locator.getAttribute(name);
const selected = (list) => () => list.locator("[aria-selected=true] b").allTextContents().then((names) => names.join());
const search = (page) => page.waitForResponse((answer) => answer.url().includes("/tools?q=") && answer.request().headers().accept === "application/json");

test("each search field and each field of the picker suggests", async () => {
  for (const [address, selector] of [
    ["/", "#q"], ["/tools", "#q"], ["/nothing-here", "#q"], ["/compare", "#a"], ["/compare", "#b"], [`/tools/${OTHER_TOOL}`, "#b"],
  ]) {
    const { type, list, optionTexts, field, close } = await openField(address, selector);
    assert.equal(await field.getAttribute("aria-expanded"), "false", address);
    await type("edit");
    await list.waitFor({ state: "visible" });
    const names = await optionTexts();
    const wanted = address === `/tools/${OTHER_TOOL}` ? ["Amber", "Cobalt"] : ["Amber", "Basalt", "Cobalt"];
    assert.deepEqual(names.sort(), wanted, `${address} ${selector}`);
    await close();
  }
});

test("a screen reader is told of the list, the option and the count", async () => {
  const { page, field, list, type, press, close, problems } = await openField("/", "#q");
  assert.equal(await field.getAttribute("role"), "combobox");
  assert.equal(await field.getAttribute("aria-autocomplete"), "list");
  assert.equal(await list.getAttribute("role"), "listbox");
  assert.ok(await list.getAttribute("aria-label"));
  assert.equal(await list.isVisible(), false);
  const status = page.locator(".combo:has(#q) [role=status]");
  await type("edit");
  await becomes(attribute(field, "aria-expanded"), "true");
  assert.equal(await status.textContent(), "3 suggestions");
  assert.equal(await list.locator("[role=option]").count(), 3);
  assert.equal(await list.locator("[aria-selected=true]").count(), 0, "nothing is chosen for anybody");
  await press("ArrowDown");
  const active = await field.getAttribute("aria-activedescendant");
  const option = page.locator(`#${active}`);
  assert.equal(await option.getAttribute("aria-selected"), "true");
  assert.match(await option.innerText(), /\S/);
  assert.equal(await field.evaluate((element) => element === document.activeElement), true, "focus stays in the field");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("amb");
  await becomes(() => status.textContent(), "1 suggestion");
  assert.ok(!(await field.getAttribute("aria-activedescendant")), "typing leaves the list");
  await page.keyboard.type("zzz");
  await becomes(() => status.textContent(), "No suggestions");
  await becomes(attribute(field, "aria-expanded"), "false");
  assert.equal(await page.locator(".combo:has(#q)").getByText("No suggestions").first().isVisible(), true, "the eye is told too");
  assert.equal(await page.locator("[role=option]").count(), 0, "by nothing that could be chosen");
  await press("Escape");
  assert.deepEqual([await page.locator(".suggest:visible").count(), await field.inputValue()], [0, "ambzzz"]);
  assert.deepEqual(problems, []);
  await close();
});

test("arrows walk round the list, Home and End go back to the text, Escape leaves it as it was typed", async () => {
  const { field, list, type, press, optionTexts, close } = await openField("/compare", "#a");
  await type("edit");
  await list.waitFor({ state: "visible" });
  const names = await optionTexts();
  for (const [key, at] of [["ArrowDown", 0], ["ArrowDown", 1], ["ArrowDown", 2], ["ArrowDown", 0], ["ArrowUp", 2], ["ArrowUp", 1]]) {
    await press(key);
    assert.equal(await selected(list)(), names[at], key);
  }
  assert.equal(await field.inputValue(), "edit", "the text is the reader's until something is chosen");
  for (const [key, caret] of [["Home", 0], ["End", 4]]) {
    await press("ArrowDown");
    await press(key);
    assert.equal(await selected(list)(), "", key);
    assert.equal(await field.evaluate((element) => element.selectionStart), caret, key);
    assert.ok(await list.isVisible());
  }
  await press("ArrowUp");
  assert.equal(await selected(list)(), names[2]);
  await press("Escape");
  assert.equal(await list.isVisible(), false);
  assert.equal(await field.inputValue(), "edit");
  await press("ArrowDown");
  await becomes(selected(list), names[0]);
  await press("Tab");
  assert.equal(await field.inputValue(), names[0], "Tab takes what is chosen along");
  assert.equal(await list.isVisible(), false);
  await close();
});

test("Escape in a search field closes the list first and clears the text only then", async () => {
  const { field, list, type, press, close } = await openField("/", "#q");
  await type("edit");
  await list.waitFor({ state: "visible" });
  await press("Escape");
  assert.deepEqual([await list.isVisible(), await field.inputValue()], [false, "edit"]);
  await press("Escape");
  assert.equal(await field.inputValue(), "");
  await close();
});

test("Enter on an option opens the tool, Enter on the text searches", async () => {
  const first = await openField("/", "#q");
  await first.type("amb");
  await first.list.waitFor({ state: "visible" });
  await first.press("ArrowDown");
  await first.press("Enter");
  await first.page.waitForURL(`**/tools/${TOOL}`);
  await first.close();

  const second = await openField("/", "#q");
  await second.type("amb");
  await second.list.waitFor({ state: "visible" });
  await second.press("Enter");
  await second.page.waitForURL("**/tools?q=amb");
  // The answer for programs was at the same address a moment ago: no cache may show it in place of the page.
  assert.equal(await second.page.locator("h1").textContent(), "Tools");
  await second.page.goto("/methodology");
  await second.page.goBack();
  assert.equal(await second.page.locator("h1").textContent(), "Tools");
  assert.deepEqual(second.problems, []);
  await second.close();
});

test("two tools are picked by keyboard alone", async () => {
  const { page, field, list, type, press, close } = await openField("/compare", "#a");
  assert.equal(await page.locator("datalist").count(), 0, "one list is enough");
  await type("bas");
  await list.waitFor({ state: "visible" });
  await press("ArrowDown");
  await press("Enter");
  assert.equal(await field.inputValue(), "Basalt");
  assert.equal(new URL(page.url()).pathname, "/compare", "choosing is not sending");
  await press("Tab");
  await page.keyboard.type("edit");
  const other = page.locator("#suggest-1");
  await other.waitFor({ state: "visible" });
  assert.deepEqual((await other.locator("b").allTextContents()).sort(), ["Amber", "Cobalt"], "not the one picked already");
  await page.locator("#b").fill("");
  await page.keyboard.type("amb");
  await becomes(() => other.locator("b").allTextContents().then((all) => all.join()), "Amber");
  await press("ArrowDown");
  await press("Enter");
  await press("Enter");
  await page.waitForURL(`**${PAIR}`);
  await close();
});

test("the pointer chooses, and a press elsewhere closes", async () => {
  const picker = await openField("/compare", "#b");
  await picker.type("amb");
  await picker.list.locator("li").click();
  assert.equal(await picker.field.inputValue(), "Amber");
  assert.equal(await picker.field.evaluate((element) => element === document.activeElement), true);
  await picker.page.keyboard.press("Control+A");
  await picker.page.keyboard.type("edit");
  await picker.list.waitFor({ state: "visible" });
  await picker.page.locator("h1").click();
  assert.equal(await picker.list.isVisible(), false);
  await picker.close();

  const finger = await openField("/", "#q", { hasTouch: true, isMobile: true, viewport: { width: 360, height: 640 } });
  await finger.type("edit");
  await finger.list.waitFor({ state: "visible" });
  for (const option of await finger.list.locator("li").all()) {
    const { height } = await option.boundingBox();
    assert.ok(height >= 44, `an option is ${height} px high`);
  }
  await finger.list.locator("li", { hasText: "Amber" }).tap();
  await finger.page.waitForURL(`**/tools/${TOOL}`);
  assert.deepEqual(finger.problems, []);
  await finger.close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`the open list reads well in ${colorScheme}`, async () => {
    for (const [address, selector] of [["/", "#q"], ["/compare", "#b"], [`/tools/${OTHER_TOOL}`, "#b"]]) {
      const { page, type, press, list, close } = await openField(address, selector, { colorScheme });
      for (const width of [360, 1280]) {
        await atSize(page, width);
        await page.reload();
        await type("edit");
        await list.waitFor({ state: "visible" });
        await press("ArrowDown");
        assert.deepEqual(await axeCheck(page), [], `${address} at ${width}`);
        assert.deepEqual(await overflow(page), [], `${address} at ${width}`);
      }
      await close();
    }
  });
}

test("the list moves nothing", async () => {
  const { page, type, list, close } = await openField("/", "#q");
  await page.evaluate(() => {
    window.shifts = 0;
    new PerformanceObserver((seen) => seen.getEntries().forEach((entry) => (window.shifts += entry.value))).observe({ type: "layout-shift", buffered: true });
  });
  const place = () => page.locator("h2").first().boundingBox().then(({ y }) => y);
  const was = await place();
  await type("edit");
  await list.waitFor({ state: "visible" });
  assert.equal(await place(), was);
  await sleep(100);
  assert.equal(await page.evaluate(() => window.shifts), 0);
  await close();
});

test("nothing is sent for one character, and once for a word typed in one go", async () => {
  const { page, field, type, list, close } = await openField("/", "#q");
  const sent = [];
  page.on("request", (request) => request.url().includes("/tools?q=") && sent.push(new URL(request.url()).search));
  await type("e");
  await sleep(400);
  assert.deepEqual(sent, []);
  // In one go, whatever else the machine does.
  await field.evaluate((input) => {
    for (const letter of "ditor") {
      input.value += letter;
      input.dispatchEvent(new InputEvent("input", { bubbles: true, data: letter, inputType: "insertText" }));
    }
  });
  await list.waitFor({ state: "visible" });
  assert.deepEqual(sent, ["?q=editor"]);
  await close();
});

test("an older answer never takes the place of a newer one, nor comes after leaving", async () => {
  const { page, field, type, list, optionTexts, close } = await openField("/", "#q");
  let releaseOld;
  const held = new Promise((release) => (releaseOld = release));
  await page.route("**/tools?q=edit", async (route) => {
    await held;
    await route.continue().catch(() => {}); // taken back meanwhile
  });
  const asked = page.waitForRequest("**/tools?q=edit");
  await type("edit");
  await asked;
  const newer = search(page);
  await field.fill("amb");
  await newer;
  await becomes(() => optionTexts().then((all) => all.join()), "Amber");
  releaseOld();
  await sleep(300);
  assert.deepEqual(await optionTexts(), ["Amber"]);

  await field.fill("bas");
  await page.locator("h1").click();
  await sleep(400);
  assert.equal(await list.isVisible(), false, "nobody waits for it any more");
  await close();
});

test("while an answer is awaited, nothing can be chosen that does not fit the text", async () => {
  const { page, field, type, list, press, optionTexts, close } = await openField("/", "#q");
  await type("edit");
  await list.waitFor({ state: "visible" });
  let release;
  const held = new Promise((done) => (release = done));
  await page.route("**/tools?q=*", async (route) => {
    if (route.request().headers().accept === "application/json") await held;
    await route.continue().catch(() => {});
  });
  await field.fill("editor browser");
  assert.deepEqual(await optionTexts(), ["Cobalt"], "only what fits is left");
  assert.equal(await page.locator(".combo:has(#q) [role=status]").textContent(), "1 suggestion");
  await field.fill("delta");
  assert.deepEqual([await list.isVisible(), await optionTexts()], [false, []]);
  assert.equal(await page.locator(".combo:has(#q) [role=status]").textContent(), "");
  await press("ArrowDown");
  await press("Enter");
  await page.waitForURL("**/tools?q=delta");
  release();
  await close();
});

test("what is chosen before an answer comes stays chosen", async () => {
  const { page, field, type, list, press, optionTexts, close } = await openField("/compare", "#a");
  await type("edit");
  await list.waitFor({ state: "visible" });
  const names = await optionTexts();
  const answered = page.waitForResponse((answer) => answer.url().includes("/tools?q=edito"));
  await page.keyboard.type("o");
  await press("ArrowDown");
  await (await answered).finished();
  await sleep(100);
  assert.equal(await selected(list)(), names[0]);
  await press("Tab");
  assert.equal(await field.inputValue(), names[0]);
  await close();
});

test("a site that does not answer leaves a plain field", async () => {
  const { page, field, type, list, press, close } = await openField("/", "#q");
  for (const answer of [{ status: 503, contentType: "text/plain", body: "busy" }, { status: 200, contentType: "application/json", body: "{}" }, undefined]) {
    await page.route("**/tools?q=*", (route) =>
      route.request().headers().accept !== "application/json" ? route.continue() : answer ? route.fulfill(answer) : route.abort());
    await field.fill("");
    await type("amber");
    await sleep(400);
    assert.equal(await list.isVisible(), false);
    await page.unroute("**/tools?q=*");
  }
  await press("Enter");
  await page.waitForURL("**/tools?q=amber");
  await close();
});

test("a name is text, and of two equal names the picker takes the slug", async () => {
  const { page, field, type, list, press, optionTexts, close } = await openField("/compare", "#a");
  await type("delta");
  await list.waitFor({ state: "visible" });
  assert.match((await optionTexts())[0], /^Delta <Voice> & Sons/);
  assert.equal(await page.locator("voice").count(), 0);

  const tool = (slug, name) => ({ slug, name, category: "Editors", tagline: "" });
  await page.route("**/tools?q=tw*", (route) => route.fulfill({ json: { query: "tw", tools: [tool("twin", "Twin"), tool("twin-2", "twin"), tool("other", "Twins")] } }));
  for (const [downs, wanted] of [[1, "twin"], [2, "twin-2"], [3, "Twins"]]) {
    await field.fill("");
    await type("tw");
    await list.waitFor({ state: "visible" });
    for (let i = 0; i < downs; i++) await press("ArrowDown");
    await press("Enter");
    assert.equal(await field.inputValue(), wanted);
  }
  await close();
});

test("without scripts they are plain forms, with the browser's own list", async () => {
  const { page, close } = await openWindow(browser, site, { javaScriptEnabled: false });
  await page.goto("/");
  assert.equal(await page.locator("[role=combobox], [role=listbox]").count(), 0);
  await page.locator("#q").fill("amber");
  await page.locator("#q").press("Enter");
  await page.waitForURL("**/tools?q=amber");
  assert.equal(await page.locator(`[data-tool="${TOOL}"]`).count(), 1);
  await page.goto("/compare");
  assert.ok((await page.locator("datalist option").count()) > 0);
  await page.locator("#a").fill("Basalt");
  await page.locator("#b").fill("amber");
  await page.locator("#b").press("Enter");
  await page.waitForURL(`**${PAIR}`);
  await close();
});
