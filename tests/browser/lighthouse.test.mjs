// Lighthouse gives the pages of the demonstration the full score in everything, on a phone and on a desktop.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CATEGORIES, DEVICES, findLighthouse, line, openAuditor } from "./lighthouse.mjs";
import { startSite } from "./support.mjs";

const { lighthouse, reason } = await findLighthouse();

// The sign-in page is not for search engines, so it says `noindex`: the only audit that is left out, and only there.
const SIGN_IN = { skipAudits: ["is-crawlable"] };

let site, auditor;

before(async () => {
  if (reason) return;
  site = await startSite({ demo: [] });
  auditor = await openAuditor(lighthouse);
  await auditor.audit(`${site.url}/`, "desktop"); // the first load pays for the start of the browser
});
after(async () => {
  await auditor?.close();
  await site?.stop();
});

// The first address on `from` that the pattern fits.
async function linked(from, pattern) {
  const page = await (await fetch(site.url + from)).text();
  const found = [...page.matchAll(/href="([^"#?]+)"/g)].map(([, address]) => address).find((address) => pattern.test(address));
  assert.ok(found, `${from} links to ${pattern}`);
  return found;
}

const PAGES = [
  ["home", () => "/"],
  ["comparison", () => linked("/compare", /^\/compare\/[^/]+-vs-[^/]+$/)],
  ["tool", () => linked("/tools", /^\/tools\/[^/]+$/)],
  ["list", () => "/tools"],
  ["category", () => linked("/categories", /^\/categories\/[^/]+$/)],
  ["reviewer", () => linked("/reviewers", /^\/reviewers\/[^/]+$/)],
  ["sign-in", () => "/login", SIGN_IN],
];

// Performance is a timed figure, and a busy machine costs it a few points: the auditor takes the best of several runs.
// Where not even a line of text gets full marks, the machine is what was measured: a page is held to no more than that.
const FULL = Object.fromEntries(CATEGORIES.map((name) => [name, 100]));

for (const [name, find, { skipAudits } = {}] of PAGES) {
  for (const device of DEVICES) {
    test(`${name} on a ${device}: full marks`, { skip: reason }, async (t) => {
      const path = await find();
      const result = await auditor.audit(site.url + path, device, skipAudits);
      t.diagnostic(line(device, path, result));
      const full = { ...FULL };
      if (result.scores.performance < 100) {
        full.performance = await auditor.best(device);
        t.diagnostic(`a line of text gets ${full.performance} for performance on this machine now`);
        result.scores.performance = Math.min(result.scores.performance, full.performance);
      }
      assert.deepEqual(result.scores, full, `${path}\n  ${result.faults.join("\n  ")}`);
    });
  }
}
