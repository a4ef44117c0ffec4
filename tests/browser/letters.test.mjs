// A name that runs from right to left stays where it belongs in its line: what is written before it stands on its left,
// what is written behind it on its right.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CATALOGUE, OTHER_TOOL, atSize, becomes, launchBrowser, openWindow, signUpAndVote, startSite } from "./support.mjs";

const NAME = "אמבר";
const PAGES = ["/", "/compare", "/compare/anbar-vs-basalt", "/tools", "/tools/anbar", "/categories", "/categories/mehkar", "/reviewers/bone"];

let site, browser, folder;

before(async () => {
  const catalogue = JSON.parse(await readFile(CATALOGUE, "utf8"));
  const [amber, basalt] = catalogue.tools;
  catalogue.categories.push({ slug: "mehkar", name: "מחקר", description: "" });
  catalogue.reviewers.push({ ...catalogue.reviewers[0], slug: "bone", name: "הבונה" });
  const reviews = ["bone", "sceptic"].map((reviewer) => ({ ...amber.reviews[0], reviewer, verdict: "ship" }));
  catalogue.tools.push({ ...amber, slug: "anbar", name: NAME, category: "mehkar", reviews });
  // So that the answer has a number behind the name: "… ship for X; 1 of 2 for Basalt".
  basalt.reviews.push({ ...amber.reviews[1], verdict: "skip" });
  catalogue.comparisons.push({ ...catalogue.comparisons[0], tools: ["anbar", OTHER_TOOL] });
  folder = await mkdtemp(join(tmpdir(), "shiptally-letters-"));
  const file = join(folder, "catalogue.json");
  await writeFile(file, JSON.stringify(catalogue));
  site = await startSite({ catalogue: file });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  if (folder) await rm(folder, { recursive: true });
});

// How often a letter or digit beside the name, in the same line of the same block, was looked at, and where it stood on
// the wrong side.
const neighbours = (page) =>
  page.evaluate((name) => {
    const blockOf = (node) => {
      let element = node.parentElement;
      while (getComputedStyle(element).display.startsWith("inline")) element = element.parentElement;
      return element;
    };
    const nodes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.parentElement.checkVisibility()) nodes.push(walker.currentNode);
    const chars = nodes.flatMap((node) => [...node.data].map((char, at) => ({ node, at, char, block: blockOf(node) })));
    const box = ({ node, at }, length = 1) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + length);
      return range.getBoundingClientRect();
    };
    const found = { looked: 0, wrong: [] };
    chars.forEach((first, at) => {
      if (!first.node.data.startsWith(name, first.at)) return;
      const here = box(first, name.length);
      for (const [step, from] of [[-1, at - 1], [1, at + name.length]]) {
        let to = from;
        while (chars[to]?.block === first.block && !/[A-Za-z0-9%]/.test(chars[to].char)) to += step;
        if (chars[to]?.block !== first.block) continue;
        const there = box(chars[to]);
        if (!there.width || Math.abs(there.bottom - here.bottom) > 6) continue;
        found.looked += 1;
        const stands = step < 0 ? there.right <= here.left + 1 : there.left >= here.right - 1;
        if (!stands) found.wrong.push(first.block.textContent.replace(/\s+/g, " ").trim());
      }
    });
    return found;
  }, NAME);

test("what is written around a name from right to left stays on its side", async () => {
  await signUpAndVote(browser, site, "rina", "anbar", "ship");
  const { page, close } = await openWindow(browser, site);
  await atSize(page, 1280);
  let looked = 0;
  for (const path of PAGES) {
    await page.goto(path);
    const found = await neighbours(page);
    assert.deepEqual(found.wrong, [], path);
    looked += found.looked;
  }
  assert.ok(looked > 5, `${looked} neighbours`);

  // The same page without what isolates the name, and without the stream that would put it back, has the number on its
  // other side.
  await page.route("**/live*", (route) => route.abort());
  await page.goto("/compare/anbar-vs-basalt");
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/[\u2066-\u2069]/g, "");
  });
  assert.notDeepEqual((await neighbours(page)).wrong, []);
  await close();
});

test("what is suggested stands in order, and a word of one character is enough to ask", async () => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/tools");
  const field = page.locator("#q");
  const list = page.locator(`#${await field.getAttribute("aria-controls")}`);
  for (const typed of ["א", NAME]) {
    await field.fill("");
    await field.pressSequentially(typed);
    await becomes(() => list.locator("b").allTextContents().then((names) => names.join()), NAME);
    assert.deepEqual((await neighbours(page)).wrong, [], typed);
  }
  await close();
});
