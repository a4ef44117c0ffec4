// Figures that move by themselves: when they do, when they may not, and how it is said.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  OTHER_TOOL, PAIR, TOOL, becomes, castQuietly, launchBrowser, openStreams, openWindow, setHidden, signUp, sleep, startSite, tallyText,
  voteButton, watchStreams,
} from "./support.mjs";

let site, browser, voter;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
  voter = await openWindow(browser, site);
  await signUp(voter.page, "voter", PAIR);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// Changes the votes of TOOL and returns its new share of ships, as pages show it.
async function change(choice) {
  const { ship_percent: percent } = await castQuietly(voter, TOOL, choice);
  return percent === null ? "—" : `${percent}%`;
}

async function openReader(options) {
  const reader = await openWindow(browser, site, options);
  await watchStreams(reader.page);
  await reader.page.goto(PAIR);
  await becomes(() => openStreams(reader.page), 1);
  return reader;
}

const percent = (page) => tallyText(page, TOOL, "percent");

// Notes what the live region says from now on, each time it is written to.
const listen = (page) =>
  page.locator("[data-live-say]").evaluate((element) => {
    window.said = [];
    new MutationObserver(() => {
      if (element.textContent) window.said.push({ at: performance.now(), text: element.textContent });
    }).observe(element, { childList: true, characterData: true, subtree: true });
  });

const heard = (page) => page.evaluate(() => window.said);

test("a hidden tab closes its stream, and catches up when it is shown", async () => {
  const { page, close } = await openReader();
  await becomes(() => percent(page), await change("ship"));

  await setHidden(page, true);
  await becomes(() => openStreams(page), 0);
  const missed = await change("skip");
  await sleep(1500);
  assert.notEqual(await percent(page), missed, "nothing moves while hidden");

  await setHidden(page, false);
  await becomes(() => openStreams(page), 1);
  await becomes(() => percent(page), missed);
  await close();
});

test("live figures can be paused, and the browser remembers it", async () => {
  const { page, context, close } = await openReader();
  const control = page.locator("[data-live-toggle]").first();
  assert.ok(await control.isVisible());
  assert.equal(await control.getAttribute("aria-pressed"), "false");
  await change("ship");
  await becomes(() => percent(page), "100%");

  await control.click();
  assert.equal(await control.getAttribute("aria-pressed"), "true");
  await becomes(() => openStreams(page), 0);
  await change("skip");
  await sleep(1500);
  assert.equal(await percent(page), "100%", "nothing moves while paused");
  await setHidden(page, true);
  await setHidden(page, false);
  await sleep(300);
  assert.equal(await openStreams(page), 0, "showing the tab does not resume");

  const second = await context.newPage();
  await watchStreams(second);
  await second.goto(`/tools/${TOOL}`);
  assert.equal(await second.locator("[data-live-toggle]").first().getAttribute("aria-pressed"), "true", "remembered on other pages");
  await page.reload();
  assert.equal(await control.getAttribute("aria-pressed"), "true", "remembered after a reload");
  await sleep(500);
  assert.deepEqual([await openStreams(page), await openStreams(second)], [0, 0]);

  await control.click();
  await becomes(() => openStreams(page), 1);
  await becomes(() => percent(page), await change("ship"));
  await close();
});

test("one page holds one stream, and leaving it ends it", async () => {
  const { page, close } = await openReader();
  await setHidden(page, true);
  await setHidden(page, false);
  await setHidden(page, false);
  await sleep(300);
  assert.equal(await openStreams(page), 1);
  await page.goto("/methodology");
  assert.equal(await openStreams(page), 0);
  await page.goBack();
  await becomes(() => openStreams(page), 1);
  await becomes(() => percent(page), await change("skip"));
  await close();
});

test("changes are said politely, the newest state only, at most every five seconds", async () => {
  await change("retract");
  const { page, close } = await openReader();
  const region = page.locator("[data-live-say]");
  assert.equal(await region.count(), 1);
  assert.equal(await region.getAttribute("aria-live"), "polite");
  await listen(page);
  await sleep(1000);
  assert.deepEqual(await heard(page), [], "the state at opening is not news");

  for (let i = 0; i < 24; i++) {
    await change(i % 2 ? "skip" : "ship");
    await sleep(250);
  }
  await change("ship");
  await sleep(6000);
  const said = await heard(page);
  assert.ok(said.length >= 2, `said: ${JSON.stringify(said)}`);
  const gaps = said.slice(1).map(({ at }, i) => at - said[i].at);
  assert.ok(gaps.every((gap) => gap >= 4900), `milliseconds between: ${gaps.map(Math.round)}`);
  assert.match(said.at(-1).text, /Amber/, "says which tool");
  assert.match(said.at(-1).text, /100\s?%/, "says the newest state");
  await close();
});

test("what is back where it was when last spoken of is not said again", async () => {
  await change("skip");
  const { page, close } = await openReader();
  await listen(page);
  await change("ship");
  await becomes(() => heard(page).then((said) => said.length), 1);
  await becomes(() => percent(page), await change("skip"));
  await becomes(() => percent(page), await change("ship"));
  await sleep(6000);
  assert.equal((await heard(page)).length, 1, "said once");
  await close();
});

test("nothing is said after a pause, not even what was about to be", async () => {
  await change("skip");
  const { page, close } = await openReader();
  await listen(page);
  await change("ship");
  await becomes(() => heard(page).then((said) => said.length), 1);
  await becomes(() => percent(page), await change("skip"));
  await page.locator("[data-live-toggle]").first().click();
  await sleep(6000);
  assert.equal((await heard(page)).length, 1, "what waited for its turn is dropped");
  await close();
});

test("a vote while figures are paused moves the figures of its own tool, and says nothing but that it counts", async () => {
  const { page, problems, close } = await openWindow(browser, site);
  await signUp(page, "paused", PAIR);
  await page.locator("[data-live-toggle]").first().click();
  await listen(page);
  const before = await tallyText(page, OTHER_TOOL);
  await castQuietly(voter, OTHER_TOOL, before === "0" ? "ship" : "retract");
  const own = Number(await tallyText(page, TOOL));
  await voteButton(page, TOOL, "ship").click();
  await becomes(() => tallyText(page, TOOL), String(own + 1));
  await sleep(1000);
  assert.equal(await tallyText(page, OTHER_TOOL), before, "what others voted stands still");
  assert.deepEqual(await heard(page), []);
  assert.match(await page.locator(`form[data-vote="${TOOL}"] [data-vote-say]`).textContent(), /Your Ship vote is counted/);
  assert.deepEqual(problems, []);
  await castQuietly({ page }, TOOL, "retract");
  await close();
});

test("a pause reaches the other open tabs, and so does its end", async () => {
  const { page, context, close } = await openReader();
  const other = await context.newPage();
  await watchStreams(other);
  await other.goto(PAIR);
  await becomes(() => openStreams(other), 1);
  for (const [pressed, streams] of [["true", 0], ["false", 1]]) {
    await page.locator("[data-live-toggle]").first().click();
    await becomes(() => other.locator("[data-live-toggle]").first().getAttribute("aria-pressed"), pressed);
    await becomes(() => openStreams(other), streams);
  }
  await close();
});

test("a stream that breaks off is taken up again", async () => {
  const { page, context, close } = await openReader();
  await context.setOffline(true);
  await sleep(200);
  await context.setOffline(false);
  await becomes(() => percent(page), await change("skip"));
  await close();
});

test("an update moves the bar, and where less motion is wanted, nothing glides", async () => {
  const moving = (page) =>
    page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter((element) => {
          const style = getComputedStyle(element);
          const glides = style.transitionProperty !== "none" && style.transitionDuration.split(",").some((time) => parseFloat(time) > 0.01);
          const plays = style.animationName !== "none" && parseFloat(style.animationDuration) > 0.01;
          return glides || plays || style.scrollBehavior === "smooth";
        })
        .map((element) => element.outerHTML.slice(0, 80)));
  const still = await openReader({ reducedMotion: "reduce" });
  assert.deepEqual(await moving(still.page), []);
  await becomes(() => percent(still.page), await change("ship"));
  await becomes(() => percent(still.page), await change("skip"));
  assert.equal(await still.page.evaluate(() => document.getAnimations().length), 0);
  await still.close();
});
