// The same pages with what makes pages break: 84-character slugs, unbroken words, names of two letters and twins, takes of
// 2,000 characters, no price and a very long one, one reviewer only, and figures from nothing to six digits.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { atSize, axeCheck, clippedHeads, launchBrowser, openWindow, overflow, startSite } from "./support.mjs";

const FILE = fileURLToPath(new URL("hard.json", import.meta.url));
const { tools, categories } = JSON.parse(await readFile(FILE, "utf8"));
const [long, unbroken] = tools.map(({ slug }) => slug);

const PAGES = [
  `/compare/${long}-vs-${unbroken}`, "/compare/twin-vs-twin-works", "/compare/go-vs-r1", `/tools/${long}`, `/tools/${unbroken}`, "/tools/go",
  "/tools", "/tools?q=twin", ...categories.map(({ slug }) => `/categories/${slug}`),
];
const OTHERS = [
  "/", "/compare", "/categories", "/reviewers", "/reviewers/builder", "/reviewers/a-reviewer-whose-name-does-not-fit-anywhere", "/methodology",
  "/login", "/signup", `/tools?q=${"x".repeat(90)}`, `/tools/${"x".repeat(90)}`, `/compare?a=${"nothing-".repeat(12)}&b=tw`,
];
const TALLIES = { [long]: [987_654, 123_456], go: [0, 12], r1: [3, 0], twin: [345_678, 345_600], "twin-works": [345_600, 345_678] };

let site, browser, counted;

before(async () => {
  site = await startSite({ catalogue: FILE });
  browser = await launchBrowser();
  counted = setTallies();
  // The site follows what others write.
  await new Promise((done) => setTimeout(done, 500));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// Nobody casts a million votes for a test: they are written into the database, by whichever program is there.
function setTallies() {
  const file = join(site.folder, "data", "shiptally.db");
  const rows = Object.entries(TALLIES).map(([slug, [ships, skips]]) =>
    `INSERT OR REPLACE INTO tallies (tool_id, ships, skips, revision) SELECT id, ${ships}, ${skips}, 1 FROM tools WHERE slug = '${slug}';`);
  rows.push("UPDATE versions SET value = value + 1 WHERE id = 3;");
  const script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  const tries = [["sqlite3", [file, rows.join("\n")]], ["python3", ["-c", script, file, rows.join("\n")]]];
  return tries.some(([program, args]) => spawnSync(program, args).status === 0);
}

// What WCAG 1.4.12 lets readers set, as far as it can be set from outside.
const space = (page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [sheet];
  });

// Controls and links on lines of their own that are smaller than 24 px.
const smallTargets = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, select")].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      const { display, visibility } = getComputedStyle(element);
      if (!width || display === "inline" || visibility === "hidden" || element.closest(".skip-link") || (width >= 24 && height >= 23.9)) return [];
      return [`${Math.round(width)} × ${Math.round(height)}: ${element.outerHTML.slice(0, 100)}`];
    }));

test("nothing is wider than the window", async () => {
  const { page, problems, close } = await openWindow(browser, site);
  const found = [];
  for (const address of [...PAGES, ...OTHERS]) {
    await page.goto(address);
    for (const width of [320, 360, 768, 1280]) {
      await atSize(page, width);
      for (const fault of await overflow(page)) found.push(`${address} at ${width}: ${fault}`);
      for (const fault of await smallTargets(page)) found.push(`${address} at ${width}: ${fault}`);
      for (const fault of await clippedHeads(page)) found.push(`${address} at ${width}: ${fault}`);
    }
    await space(page);
    for (const width of [320, 1280]) {
      await atSize(page, width);
      for (const fault of await overflow(page)) found.push(`${address} at ${width}, spaced: ${fault}`);
    }
  }
  assert.deepEqual(found, []);
  assert.deepEqual(problems.filter((problem) => !problem.includes("Failed to load resource")), []);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`it reads well in ${colorScheme}`, async () => {
    const { page, close } = await openWindow(browser, site, { colorScheme });
    const found = [];
    for (const address of PAGES) {
      for (const width of [360, 1280]) {
        await atSize(page, width);
        await page.goto(address);
        for (const fault of await axeCheck(page)) found.push(`${address} at ${width}: ${fault}`);
      }
    }
    assert.deepEqual(found, []);
    await close();
  });
}

test("twice the text is still all there, and so is paper", async () => {
  const { page, close } = await openWindow(browser, site);
  for (const address of PAGES) {
    await page.goto(address);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("html { font-size: 200% }");
      document.adoptedStyleSheets = [sheet];
    });
    for (const width of [640, 360]) {
      await atSize(page, width);
      assert.deepEqual(await overflow(page), [], `${address} at ${width} and 200 %`);
    }
    await page.evaluate(() => (document.adoptedStyleSheets = []));
    await atSize(page, 640);
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await overflow(page), [], `${address} on paper`);
    await page.emulateMedia({ media: null });
  }
  await close();
});

test("two tools of the same name are told apart, and every figure says what it is", async (t) => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/compare/twin-vs-twin-works");
  assert.equal(await page.locator("h1").textContent(), "Twin (twin) vs Twin (twin-works)");
  const answer = await page.locator(".answer").innerText();
  assert.match(answer, /Twin \(twin\)/);
  assert.match(answer, /Twin \(twin-works\)/);
  if (counted) {
    assert.equal(await page.locator('#tool-twin [data-tally="votes"]').textContent(), "691,278");
    await page.goto("/tools");
    const percent = (slug) => page.locator(`[data-tool="${slug}"] [data-tally="percent"]`).textContent();
    assert.deepEqual(await Promise.all(["go", "r1", unbroken].map(percent)), ["0%", "100%", "—"]);
  } else t.diagnostic("neither sqlite3 nor python3 is here: the figures are all nothing");
  await close();
});
