// Every page, on a phone and on a desktop, in light and in dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_TOOL, PAIR, TOOL, atSize, axeCheck, clippedHeads, launchBrowser, markupFaults, openWindow, overflow, signUp, startSite } from "./support.mjs";

// What is there for certain; whatever else the pages link to is found by following the links.
const KNOWN = [
  "/", "/compare", PAIR, "/compare/cobalt-vs-delta", "/compare/amber-vs-basalt-vs-cobalt", "/tools", "/tools?q=editor", "/tools?q=nothingofthename",
  "/tools?sort=divided", `/tools/${TOOL}`, "/tools/delta", "/categories", "/categories/editors", "/reviewers",
  "/reviewers/builder", "/methodology", "/signup", "/login",
];
const MISSING = ["/nothing-here", "/tools/nothing", `/compare/${TOOL}-vs-nothing`, `/compare/${TOOL}-vs-${TOOL}`];
const SIZES = [360, 1280];
const SCHEMES = ["light", "dark"];

let site, browser;

// The pages as they were sent, by their addresses, and their titles by their paths.
const markup = new Map();
const titles = new Map();

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

// The address without what stands for one of many: /tools/amber and /tools/basalt are one kind of page.
const kind = (address) => {
  const { pathname, searchParams } = new URL(address, site.url);
  const [, first, second, ...rest] = pathname.split("/");
  return [first, second && "*", ...rest, ...[...searchParams.keys()].sort()].join("/");
};

// One address of each kind that the pages link to and that is not known above.
async function linkedPages(page) {
  const seen = new Set(KNOWN.map(kind));
  const found = [];
  const queue = [...KNOWN];
  while (queue.length) {
    const answer = await page.goto(queue.shift());
    if (!answer.headers()["content-type"]?.startsWith("text/html")) continue;
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      const address = new URL(link);
      if (address.origin !== site.url || /\.\w+$/.test(address.pathname) || seen.has(kind(link))) continue;
      seen.add(kind(link));
      const answer = await page.request.get(link);
      assert.ok(answer.status() < 400, `${link}, linked from ${page.url()}, answers ${answer.status()}`);
      if (!answer.headers()["content-type"]?.startsWith("text/html")) continue;
      found.push(address.pathname + address.search);
      queue.push(address.pathname + address.search);
    }
  }
  return found;
}

// Opens the address in both sizes of the window and returns all that is wrong with the page.
async function faults({ page, problems }, address, status) {
  const found = [];
  for (const width of SIZES) {
    const at = (text) => found.push(`${address} at ${width}: ${text}`);
    await atSize(page, width);
    problems.length = 0;
    const answer = await page.goto(address);
    if (answer.status() !== status) at(`answers ${answer.status()}`);
    markup.set(address, await answer.text());
    if (status === 200) titles.set(new URL(page.url()).pathname, await page.title());
    const h1 = await page.locator("h1").count();
    if (h1 !== 1) at(`has ${h1} h1`);
    if (!(await page.title()).trim()) at("has no title");
    if (!(await page.locator("html").getAttribute("lang"))) at("has no language");
    const canonical = await page.locator("head > link[rel=canonical]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    if (canonical.length !== 1 || !canonical[0].startsWith(`${site.url}/`)) at(`canonical links: ${canonical.join(", ") || "none"}`);
    for (const fault of await overflow(page)) at(`overflows by ${fault}`);
    for (const fault of await clippedHeads(page)) at(fault);
    for (const fault of await axeCheck(page)) at(fault);
    // The browser itself complains about the status of a page that is meant to be missing.
    for (const problem of problems) if (status === 200 || !problem.includes("Failed to load resource")) at(problem);
  }
  return found;
}

for (const colorScheme of SCHEMES) {
  test(`every page reads well in ${colorScheme}`, async (t) => {
    const visitor = await openWindow(browser, site, { colorScheme });
    const addresses = [...KNOWN, ...(await linkedPages(visitor.page))];
    for (const address of addresses) {
      await t.test(address, async () => assert.deepEqual(await faults(visitor, address, 200), []));
    }
    for (const address of MISSING) {
      await t.test(`${address} is a page of the site`, async () => assert.deepEqual(await faults(visitor, address, 404), []));
    }
    await visitor.close();
  });

  test(`what a member sees reads well in ${colorScheme}`, async () => {
    const member = await openWindow(browser, site, { colorScheme });
    await signUp(member.page, `reader-${colorScheme}`);
    const found = [];
    for (const address of ["/account", PAIR, `/tools/${TOOL}`]) found.push(...(await faults(member, address, 200)));
    assert.deepEqual(found, []);
    await member.close();
  });
}

test("the markup of every page is valid", async () => {
  assert.ok(markup.size > KNOWN.length, "the pages have been read");
  assert.deepEqual(await markupFaults(markup), []);
});

test("no two pages have the same title", () => {
  const first = new Map();
  const same = [];
  for (const [path, title] of titles) {
    if (first.has(title)) same.push(`${title}: ${first.get(title)} and ${path}`);
    first.set(title, path);
  }
  assert.deepEqual(same, []);
});

test("a table is one for screen readers too where it is laid out otherwise", async () => {
  const visitor = await openWindow(browser, site);
  const browserItself = await visitor.context.newCDPSession(visitor.page);
  const tables = async (width) => {
    await atSize(visitor.page, width);
    const { nodes } = await browserItself.send("Accessibility.getFullAXTree");
    return ["table", "row", "columnheader", "rowheader", "cell"].map((role) =>
      nodes.filter((node) => !node.ignored && node.role.value === role).length);
  };
  await visitor.page.goto(PAIR);
  const wide = await tables(1280);
  assert.ok(wide.every((count) => count > 0), `${wide}`);
  // The empty head of the first column is left out.
  const [table, row, columnheader, rowheader, cell] = await tables(320);
  assert.deepEqual([table, row, columnheader + 1, rowheader, cell], wide);
  await visitor.close();
});

test("the smallest telephone needs no sideways scrolling", async () => {
  const visitor = await openWindow(browser, site);
  await atSize(visitor.page, 320);
  for (const address of [...KNOWN, ...MISSING]) {
    await visitor.page.goto(address);
    assert.deepEqual([...(await overflow(visitor.page)), ...(await clippedHeads(visitor.page))], [], address);
  }
  await visitor.close();
});

test("a comparison is found under one address only", async () => {
  const visitor = await openWindow(browser, site);
  await visitor.page.goto(`/compare/${OTHER_TOOL}-vs-${TOOL}`);
  assert.equal(new URL(visitor.page.url()).pathname, PAIR);
  await visitor.page.goto(`/compare?a=${OTHER_TOOL}&b=${TOOL}`);
  assert.equal(new URL(visitor.page.url()).pathname, PAIR);
  const canonical = await visitor.page.locator("link[rel=canonical]").getAttribute("href");
  assert.equal(canonical, site.url + PAIR);
  await visitor.close();
});

test("a tool's name is shown as text", async () => {
  const visitor = await openWindow(browser, site);
  await visitor.page.goto("/tools/delta");
  assert.match(await visitor.page.locator("h1").textContent(), /Delta <Voice> & Sons/);
  assert.equal(await visitor.page.locator("voice").count(), 0);
  await visitor.close();
});

test("the demonstration is ready to be read", async () => {
  const demo = await startSite({ demo: [] });
  try {
    const visitor = await openWindow(browser, demo);
    for (const address of ["/", "/tools", "/compare"]) {
      await visitor.page.goto(address);
      assert.equal(await visitor.page.locator("h1").count(), 1, address);
    }
    await visitor.page.goto("/tools");
    assert.ok((await visitor.page.locator("[data-tool]").count()) >= 10, "the starter catalogue has tools");
    assert.deepEqual(visitor.problems, []);
    await visitor.close();
  } finally {
    await demo.stop();
  }
});
