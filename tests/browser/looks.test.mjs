// Pages look as they did: what a window shows of each is compared with a stored picture in looks/.
// After a change that is meant, look at the new ones and store them:
//
//   UPDATE_LOOKS=1 node --test tests/browser/looks.test.mjs

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, isSameLook, openCanvas } from "./looks.mjs";
import { OTHER_TOOL, PAIR, TOOL, castQuietly, launchBrowser, openWindow, signUp, startSite } from "./support.mjs";

const STORED = fileURLToPath(new URL("looks/", import.meta.url));
const UPDATING = process.env.UPDATE_LOOKS === "1";

const PAGES = {
  home: "/",
  comparison: PAIR,
  tool: `/tools/${TOOL}`,
  list: "/tools",
  category: "/categories/editors",
  reviewer: "/reviewers/builder",
  "sign-in": "/login",
  account: "/account",
  missing: "/nothing-here",
};
// The window, and how wide its picture is.
const SIZES = { phone: { width: 360, height: 800, small: 180 }, desk: { width: 1280, height: 800, small: 320 } };
const SCHEMES = ["light", "dark"];

let site, browser, canvas, member, actual;

before(async () => {
  if (UPDATING) {
    await rm(STORED, { recursive: true, force: true });
    await mkdir(STORED);
  }
  site = await startSite();
  browser = await launchBrowser();
  canvas = await openCanvas(browser);
  await castVotes();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// Always the same: Amber 2 of 3, Basalt 1 of 2, the others none. `member` is the cookies of the first voter.
async function castVotes() {
  const ballots = { ada: { [TOOL]: "ship", [OTHER_TOOL]: "skip" }, ben: { [TOOL]: "ship", [OTHER_TOOL]: "ship" }, cem: { [TOOL]: "skip" } };
  for (const [handle, votes] of Object.entries(ballots)) {
    const window = await openWindow(browser, site);
    await signUp(window.page, handle);
    for (const [slug, choice] of Object.entries(votes)) await castQuietly(window, slug, choice);
    await window.page.goto("/account"); // takes the welcome along
    member ??= await window.context.storageState();
    await window.close();
  }
}

// A small picture of what a window of that size shows first.
async function look(with_, name, size, colorScheme, css = "") {
  const { width, height, small } = SIZES[size];
  const window = await openWindow(with_, site, {
    viewport: { width, height },
    colorScheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
    ...(name === "account" ? { storageState: member } : {}),
  });
  if (css) {
    await window.context.route("**/site.css", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: css === "none" ? "" : `${await answer.text()}\n${css}` });
    });
  }
  try {
    await window.page.goto(PAGES[name], { waitUntil: "load" });
    // Days stay where they are and are not seen: some are those of the run.
    await window.page.evaluate(async () => {
      for (const time of document.querySelectorAll("time")) time.style.visibility = "hidden";
      await document.fonts.ready;
    });
    return await canvas.shrink(await window.page.screenshot({ animations: "disabled", caret: "hide" }), small);
  } finally {
    await window.close();
  }
}

const fileOf = (name, size, scheme) => `${name}-${size}-${scheme}.png`;

// Keeps a picture that is not as it should be, for whoever has to judge it.
async function keep(file, picture) {
  actual ??= await mkdtemp(join(tmpdir(), "shiptally-looks-"));
  await writeFile(join(actual, file), picture);
  return join(actual, file);
}

for (const scheme of SCHEMES) {
  for (const size of Object.keys(SIZES)) {
    test(`pages look as they did: ${size}, ${scheme}`, async (t) => {
      for (const name of Object.keys(PAGES)) {
        await t.test(name, async () => {
          const file = fileOf(name, size, scheme);
          const picture = await look(browser, name, size, scheme);
          if (UPDATING) return writeFile(join(STORED, file), picture);
          const stored = await readFile(join(STORED, file)).catch(() => assert.fail(`looks/${file} is missing: UPDATE_LOOKS=1 makes it`));
          const difference = await canvas.compare(stored, picture);
          if (!isSameLook(difference)) {
            assert.fail(`${PAGES[name]} looks different: ${described(difference)}\n  was ${join(STORED, file)}\n  is  ${await keep(file, picture)}`);
          }
        });
      }
    });
  }
}

test("there is no picture of anything else", async () => {
  const wanted = SCHEMES.flatMap((scheme) => Object.keys(SIZES).flatMap((size) => Object.keys(PAGES).map((name) => fileOf(name, size, scheme))));
  assert.deepEqual((await readdir(STORED)).sort(), wanted.sort());
});

test("no font of the machine is used", async () => {
  const window = await openWindow(browser, site);
  try {
    await window.page.goto(PAIR);
    const devtools = await window.context.newCDPSession(window.page);
    for (const domain of ["DOM", "CSS"]) await devtools.send(`${domain}.enable`);
    const { root } = await devtools.send("DOM.getDocument");
    const { nodeIds } = await devtools.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "body *" });
    const used = new Set();
    for (const nodeId of nodeIds) {
      const { fonts } = await devtools.send("CSS.getPlatformFontsForNode", { nodeId });
      for (const font of fonts) used.add(font.familyName);
    }
    assert.deepEqual([...used].sort(), ["DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif"]);
  } finally {
    await window.close();
  }
});

test("letters that are drawn in another way are no difference", async (t) => {
  const other = await launchBrowser(["--font-render-hinting=none", "--disable-lcd-text", "--disable-font-subpixel-positioning"]);
  try {
    for (const [name, size] of [["comparison", "desk"], ["tool", "phone"], ["list", "desk"]]) {
      const stored = await look(browser, name, size, "light");
      const difference = await canvas.compare(stored, await look(other, name, size, "light"));
      t.diagnostic(`${name}, ${size}: ${described(difference)}`);
      assert.ok(isSameLook(difference), `${name}: ${described(difference)}`);
    }
  } finally {
    await other.close();
  }
});

// What must be seen, in windows of these sizes.
const EVERYWHERE = Object.keys(SIZES);
const BREAKS = [
  ["no styles", "none", EVERYWHERE],
  ["everything pushed to the right", "main { margin-left: 10% !important }", EVERYWHERE],
  ["a header without its row", ".mast, .mast * { display: block !important }", EVERYWHERE],
  ["no way to vote", "form[data-vote] { display: none !important }", EVERYWHERE],
  ["columns that fell apart", "main * { grid-template-columns: none !important; grid-template-areas: none !important }", ["desk"]],
  ["larger letters", "body { font-size: 125% !important }", EVERYWHERE],
  ["a phone that is given a desktop's columns", "main * { display: inline-block !important }", ["phone"]],
  ["buttons of another colour", "form[data-vote] button { background: #c00 !important }", EVERYWHERE],
  ["dark where it should be light", "html { filter: invert(1) }", EVERYWHERE],
];

for (const size of EVERYWHERE) {
  test(`a broken page is a difference: ${size}`, async (t) => {
    const whole = await look(browser, "tool", size, "light");
    for (const [what, css] of BREAKS.filter(([, , sizes]) => sizes.includes(size))) {
      const difference = await canvas.compare(whole, await look(browser, "tool", size, "light", css));
      t.diagnostic(`${what}: ${described(difference)}`);
      assert.ok(!isSameLook(difference), `${what}: ${described(difference)}`);
    }
  });
}
