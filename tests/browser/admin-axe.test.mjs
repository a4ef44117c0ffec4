// Every page of the admin area, with names and texts that are hard to fit: read by axe, and nothing wider than the window.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PASSWORD, addUser, atSize, axeCheck, clippedHeads, launchBrowser, markupFaults, openWindow, overflow, signIn, startSite } from "./support.mjs";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const CATALOGUE = beside("hard.json");
const catalogue = JSON.parse(await readFile(CATALOGUE, "utf8"));
const [LONG, UNBROKEN, GO, R1] = catalogue.tools.map(({ slug }) => slug);

// The longest handle, the longest word and a reason of the longest kind that there are.
const HANDLE = "W".repeat(26);
const WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft";
const REASON = `${WORD}, and ${"then one word after the other ".repeat(12)}`;
const VOTERS = Array.from({ length: 10 }, (_, n) => `${HANDLE}-${n}`);
const [SUSPENDED] = VOTERS;
const SENDER = `${HANDLE}-s`;

const CONFIRM = "/admin/votes/confirm?tool=";

// What is no page: a file to be saved.
const FILES = ["/admin/export"];

// What scripts ask for.
const DATA = ["/admin/suggestions"];

let site, browser, admin;
const markup = new Map(); // the pages as they were sent
const at = {}; // the addresses of what `before` makes

// The pages: a route of the admin area; its address, or how to come there; what its heading says; and how it is answered if not
// with 200. What `by` does happens on the page of the address.
const PAGES = () => [
  { route: "/admin", to: "/admin", says: /To do/ },
  { route: "/admin/door", to: `/admin/door?next=${at.longTool}`, says: /password/ },
  { route: "/admin/door", to: "/admin/door", by: press("Continue", { "#password": "wrong" }), status: 422, says: /password/ },

  { route: "/admin/queue", to: "/admin/queue", says: /Queue/ },
  { route: "/admin/queue", to: `/admin/queue?q=${WORD}&status=declined`, says: /Queue/ },
  { route: "/admin/queue", to: "/admin/queue?q=nothing-like-it", says: /Queue/ },
  { route: "/admin/queue/replies", to: "/admin/queue/replies", says: /Saved replies/ },
  { route: "/admin/queue/replies", to: "/admin/queue/replies", by: press("Save"), status: 422, says: /Saved replies/ },
  { route: "/admin/queue/replies/{id}", to: at.reply, says: /Saved replies/ },
  { route: "/admin/queue/{item}", to: at.freeTool, says: new RegExp(WORD) },
  { route: "/admin/queue/{item}", to: at.mineTool, says: new RegExp(WORD) },
  { route: "/admin/queue/{item}", to: at.mineCorrection, says: /./ },
  { route: "/admin/queue/{item}", to: at.mineCorrection, by: press("Decline"), status: 422, says: /./ },
  { route: "/admin/queue/{item}", to: at.mineReport, says: /./ },
  { route: "/admin/queue/{item}", to: at.taken, says: /./ },
  { route: "/admin/queue/{item}", to: at.taken, by: press("Reassign to me"), status: 422, says: /./ },
  { route: "/admin/queue/{item}", to: at.declined, says: /./ },

  { route: "/admin/tools", to: "/admin/tools", says: /^Tools$/ },
  { route: "/admin/tools", to: `/admin/tools?q=${WORD}`, says: /^Tools$/ },
  { route: "/admin/tools", to: "/admin/tools?attention=few-reviews&status=published", says: /^Tools$/ },
  { route: "/admin/tools/new", to: "/admin/tools/new", says: /New tool/ },
  { route: "/admin/tools/new", to: "/admin/tools/new", by: press("Publish"), status: 422, says: /New tool/ },
  { route: "/admin/tools/new", to: at.mineTool, by: press("Create tool"), says: /New tool/ },
  { route: "/admin/tools/{id}", to: at.longTool, says: /Claude/ },
  { route: "/admin/tools", to: "/admin/tools", by: press("Publish"), status: 422, says: /Tools/ },
  { route: "/admin/tools/{id}", to: at.longTool, by: press("Preview"), says: /Claude/ },
  { route: "/admin/tools/{id}", to: at.longTool, by: press("Save", { "[name=website]": WORD, "[name=slug]": "-" }), status: 422, says: /Claude/ },
  {
    route: "/admin/tools/{id}", to: at.longTool,
    by: meanwhile("tagline", `${WORD} the second`, `${WORD} the third`), status: 409, says: /Somebody else/,
  },
  { route: "/admin/tools/{id}", to: at.draftTool, says: new RegExp(WORD) },
  { route: "/admin/tools/{id}", to: at.archivedTool, says: /R1/i },
  { route: "/admin/tools/{id}/logo", to: `${at.longTool}/logo`, says: /Logo of/ },
  { route: "/admin/settings/logo", to: "/admin/settings/logo", says: /Logo of the site/ },
  { route: "/admin/tools/{id}/logo", to: `${at.longTool}/logo`, by: press("Upload"), status: 422, says: /Logo of/ },
  { route: "/admin/tools/{id}/merge", to: `${at.longTool}/merge`, says: /Merge/ },
  { route: "/admin/tools/{id}/merge", to: `${at.longTool}/merge?into=${UNBROKEN}`, says: /Merge/ },
  { route: "/admin/tools/{id}/merge", to: `${at.longTool}/merge?into=${WORD}`, status: 422, says: /Merge/ },
  { route: "/admin/tools/{id}/delete", to: `${at.archivedTool}/delete`, says: /delete/i },
  { route: "/admin/tools/{id}/delete", to: `${at.archivedTool}/delete`, by: press("Delete permanently"), status: 422, says: /delete/i },
  { route: "/admin/tools/{id}/delete", to: `${at.longTool}/delete`, says: /delete/i },

  ...["categories", "reviewers", "comparisons"].flatMap((plural) => [
    { route: `/admin/${plural}`, to: `/admin/${plural}`, says: new RegExp(plural, "i") },
    { route: `/admin/${plural}`, to: `/admin/${plural}?q=nothing-like-it`, says: new RegExp(plural, "i") },
    { route: `/admin/${plural}/new`, to: `/admin/${plural}/new`, says: /New/ },
    { route: `/admin/${plural}/new`, to: `/admin/${plural}/new`, by: press("Publish"), status: 422, says: /New/ },
    { route: `/admin/${plural}/{id}`, to: at[plural].kept, says: /./ },
    { route: `/admin/${plural}/{id}`, to: at[plural].archived, says: /./ },
    { route: `/admin/${plural}/{id}/archive`, to: `${at[plural].kept}/archive`, says: /Archive/ },
    { route: `/admin/${plural}/{id}/archive`, to: `${at[plural].kept}/archive`, by: press("Archive"), status: 422, says: /Archive/ },
    { route: `/admin/${plural}/{id}/delete`, to: `${at[plural].archived}/delete`, says: /delete/i },
    { route: `/admin/${plural}/{id}/delete`, to: `${at[plural].kept}/delete`, says: /delete/i },
  ]),
  { route: "/admin/categories/{id}/merge", to: `${at.categories.kept}/merge`, says: /Merge/ },
  { route: "/admin/categories/{id}/merge", to: at.merging, by: press(/^Merge into /), status: 422, says: /Merge/ },
  { route: "/admin/merges/{id}", to: at.merge, says: /Merge of/ },
  { route: "/admin/reviewers/{id}", to: at.reviewers.kept, by: meanwhile("bio", `${REASON} Two.`, `${REASON} Three.`), status: 409, says: /./ },
  {
    route: "/admin/comparisons/{id}", to: at.comparisons.kept,
    by: meanwhile("summary", `${REASON} Two.`, `${REASON} Three.`), status: 409, says: /./,
  },

  { route: "/admin/history/{kind}/{record}", to: history(at.longTool, "tool"), says: /History/ },
  { route: "/admin/history/{kind}/{record}", to: `${history(at.longTool, "tool")}?from=1&to=3`, says: /History/ },
  { route: "/admin/history/{kind}/{record}", to: `${history(at.draftTool, "tool")}?from=0&to=1`, says: /History/ },
  { route: "/admin/history/{kind}/{record}", to: history(at.reviewers.archived, "reviewer"), says: /History/ },
  { route: "/admin/history/{kind}/{record}", to: at.goneHistory, says: /History/ },

  { route: "/admin/import", to: "/admin/import", says: /Import/ },
  { route: "/admin/import", to: "/admin/import", by: press("Preview import"), status: 422, says: /Import/ },
  { route: "/admin/import/{id}", to: at.upload, says: /would change/ },
  { route: "/admin/import/{id}", to: at.sameUpload, says: /would change/ },
  { route: "/admin/import/{id}", to: at.brokenUpload, says: /would change/ },

  { route: "/admin/votes", to: "/admin/votes", says: /Votes/ },
  { route: "/admin/votes", to: `/admin/votes?q=${HANDLE}`, says: /Votes/ },
  { route: "/admin/votes", to: "/admin/votes", by: press("Dismiss selected"), status: 422, says: /Votes/ },
  { route: "/admin/votes/confirm", to: `${CONFIRM}${numberOf(at.longTool)}`, says: /Exclude these votes/ },
  {
    route: "/admin/votes/confirm", to: `${CONFIRM}${numberOf(at.longTool)}`,
    by: press(/^Exclude \d/), status: 422, says: /Exclude these votes/,
  },
  { route: "/admin/votes/confirm", to: `${CONFIRM}${numberOf(at.draftTool)}`, says: /Exclude these votes/ },
  { route: "/admin/votes/tools/{id}", to: `/admin/votes/tools/${numberOf(at.longTool)}`, says: /Votes on/ },
  { route: "/admin/votes/tools/{id}", to: `/admin/votes/tools/${numberOf(at.longTool)}?new=1`, says: /Votes on/ },
  {
    route: "/admin/votes/tools/{id}", to: `/admin/votes/tools/${numberOf(at.longTool)}`,
    by: press("Exclude selected votes"), status: 422, says: /Votes on/,
  },
  { route: "/admin/votes/tools/{id}", to: `/admin/votes/tools/${numberOf(at.draftTool)}`, says: /Votes on/ },
  { route: "/admin/votes/exclusions/{id}", to: at.exclusion, says: /Other reason/ },
  { route: "/admin/votes/exclusions/{id}", to: at.exclusion, by: press("Restore these votes"), status: 422, says: /Other reason/ },
  { route: "/admin/votes/exclusions/{id}", to: at.undone, says: /Vote spike/ },
  { route: "/admin/votes/exclusions/{id}", to: at.ofSuspension, says: /Suspended account/ },
  { route: "/admin/votes/signals/{id}", to: at.signal, says: /pattern/ },
  { route: "/admin/votes/signals/{id}", to: at.signal, by: press("Dismiss this pattern"), status: 422, says: /pattern/ },
  { route: "/admin/votes/signals/{id}", to: at.dismissed, says: /pattern/ },

  { route: "/admin/people", to: "/admin/people", says: /People/ },
  { route: "/admin/people", to: "/admin/people?q=nobody-like-that", says: /People/ },
  { route: "/admin/people/{id}", to: at.voter, says: new RegExp(HANDLE) },
  { route: "/admin/people/{id}", to: at.voter, by: press("Suspend this account"), status: 422, says: new RegExp(HANDLE) },
  { route: "/admin/people/{id}", to: at.voter, by: press("Change role", { "#password": "wrong" }), status: 422, says: new RegExp(HANDLE) },
  { route: "/admin/people/{id}", to: at.suspended, says: new RegExp(HANDLE) },
  { route: "/admin/reviews", to: "/admin/reviews", says: /Reviews to publish/ },
  { route: "/admin/reviews", to: "/admin/reviews", by: press("Return to the reviewer"), status: 422, says: /Reviews to publish/ },
  { route: "/admin/people/{id}", to: at.self, says: /@chief/ },

  { route: "/admin/saved", to: "/admin/saved", says: /Not sent yet/ },

  { route: "/admin/search", to: "/admin/search", says: /Search/ },
  { route: "/admin/search", to: `/admin/search?q=${WORD.slice(0, 8)}`, says: /Search/ },
  { route: "/admin/log", to: "/admin/log", says: /Log/ },
  { route: "/admin/log", to: "/admin/log?act=archived&object=tool", says: /Log/ },
  { route: "/admin/log", to: "/admin/log?q=nothing-like-it", says: /Log/ },
  { route: "/admin/settings", to: "/admin/settings", says: /Settings/ },
  { route: "/admin/settings", to: "/admin/settings", by: press("Save", { "#f-stale_days": WORD.slice(0, 9) }), status: 422, says: /Settings/ },
];

before(async () => {
  browser = await launchBrowser();
  site = await startSite({ catalogue: CATALOGUE });
  await addUser(site, "chief", "admin");
  await addUser(site, `${HANDLE}-m`, "moderator");
  admin = await openWindow(browser, site);
  await signIn(admin.page, "chief");
  await theVotes();
  await theQueue();
  await theReviews();
  await theRecords();
  await theFiles();
  await theLists();
  await theFormLeftUnsent();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("the table of pages has every route of the admin area that shows one", async () => {
  // The table of routes, which a test of its own holds to the code.
  const source = await readFile(beside("../http/admin_routes.rs"), "utf8");
  const rows = (name) => source.match(new RegExp(`const ${name}: [^=]*= &?\\[([^]*?)\\n\\];`))?.[1] ?? "";
  const records = source.match(/const RECORDS: [^=]*= \[(.*?)\];/)[1].match(/[a-z]+/g);
  const shown = [
    ...[...rows("ROUTES").matchAll(/\("(\/admin[^"]*)", "[^"]*", "GET/g)].map(([, route]) => route),
    ...[...rows("RECORD_ROUTES").matchAll(/\("([^"]*)", "[^"]*", "GET/g)].flatMap(([, rest]) => records.map((one) => `/admin/${one}${rest}`))
      // Tools are archived and restored by their form.
      .filter((route) => !/^\/admin\/tools\/\{id\}\/(archive|restore)$/.test(route)),
  ];
  assert.ok(shown.length > 30, `only these were found: ${shown}`);
  const table = new Set([...PAGES().map(({ route }) => route), ...FILES, ...DATA]);
  assert.deepEqual([...table].sort(), [...new Set(shown)].sort());
  for (const { route, to } of PAGES()) {
    const pattern = new RegExp(`^${route.replace(/\{[a-z]+\}/g, "[^/]+")}$`);
    assert.ok(pattern.test(to.split("?")[0]) || to === at.mineTool, `${to} is no ${route}`);
  }
});

test("every page of the admin area reads well and fits, on a phone by day and on a desktop by night", async () => {
  // Two windows share the work; what touches the same tool stays together.
  const isOfTools = ({ route }) => /^\/admin(\/(door|queue|tools)\b.*)?$/.test(route);
  const pages = PAGES();
  const found = await Promise.all([lookAt(pages.filter(isOfTools)), lookAt(pages.filter((page) => !isOfTools(page)))]);
  assert.deepEqual(found.flat(), []);
});

test("the markup of every page of the admin area is valid", async () => {
  assert.ok(markup.size >= new Set(PAGES().map(({ route }) => route)).size, "the pages have been read");
  assert.deepEqual(await markupFaults(markup), []);
});

// All that is wrong with these pages. axe reads them by turns on the phone and on the desktop.
async function lookAt(pages) {
  const { page, problems, close } = await openWindow(browser, site, { reducedMotion: "reduce" });
  await signIn(page, "chief");
  const found = [];
  for (const [n, { route, to, by, says, status = 200 }] of pages.entries()) {
    const name = by ? `${to}, ${by.says}` : to;
    let answer = await page.goto(to);
    if (by) answer = await by(page);
    if (answer.status() !== status) found.push(`${name}: ${answer.status()} and not ${status}`);
    const headings = await page.locator("h1").allInnerTexts();
    markup.set(name, await answer.text());
    if (!/^Preview: | · Moderation · /.test(await page.title())) found.push(`${name}: its title does not say that it is of the moderation`);
    if (headings.length !== 1 || !says.test(headings[0])) found.push(`${name}: its headings are ${JSON.stringify(headings)}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    for (const [turn, [width, colorScheme]] of [[360, "light"], [1280, "dark"]].entries()) {
      await atSize(page, width);
      const faults = [...(await overflow(page)), ...(await clippedHeads(page))];
      if (n % 2 === turn) {
        await page.emulateMedia({ colorScheme });
        faults.push(...(await axeCheck(page)));
      }
      found.push(...faults.map((fault) => `${name} at ${width} in ${colorScheme}: ${fault}`));
    }
  }
  await close();
  return [...found, ...problems.filter((problem) => !problem.includes("Failed to load resource"))];
}

test("the log leads to the history of what is gone for good", async () => {
  const { page } = admin;
  await page.goto("/admin/log?act=deleted");
  assert.match(await page.getByRole("rowheader").innerText(), /deleted tool/);
  const links = await page.getByRole("table").getByRole("link").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.deepEqual(links, [at.goneHistory]);
});

test("what is no page is a file", async () => {
  for (const path of FILES) {
    const answer = await admin.page.request.get(path);
    assert.equal(answer.status(), 200, path);
    assert.match(answer.headers()["content-disposition"], /^attachment/, path);
  }
});

// --- The state

// Ten accounts vote alike on three tools, which looks bought; some of it is excluded.
async function theVotes() {
  for (let n = 0; n < VOTERS.length; n += 5) await Promise.all(VOTERS.slice(n, n + 5).map(votes));
  await post(admin, "/admin/votes/scan", {});
  const signals = await linksOf("/admin/votes", /\/admin\/votes\/signals\/\d+/g);
  assert.ok(signals.length >= 2, "there are signals");
  [at.signal, at.dismissed] = signals;
  await admin.page.goto(at.dismissed);
  const token = await admin.page.locator("input[name=token]").inputValue();
  await post(admin, `${at.dismissed}/dismiss`, { reason: REASON, token });

  at.longTool = await toolAt(LONG);
  const onLong = `/admin/votes/tools/${numberOf(at.longTool)}`;
  await admin.page.goto(onLong);
  const ticks = admin.page.locator("input[name=account]");
  const [first, second] = await ticks.evaluateAll((boxes) => boxes.map(({ value }) => value));
  at.exclusion = await post(admin, `${onLong}/exclude`, { account: first, kind: "other", reason: REASON });
  at.undone = await post(admin, `${onLong}/exclude`, { account: second, kind: "burst", reason: REASON });
  await post(admin, `${at.undone}/undo`, { reason: REASON });

  at.suspended = await person(SUSPENDED);
  at.voter = await person(VOTERS[1]);
  at.self = await person("chief");
  await post(admin, `${at.suspended}/suspend`, { reason: REASON });
  // The vote that was excluded first keeps its exclusion; the others of the account get one by the suspension.
  const [ofSuspension] = await linksOf("/admin/votes", /\/admin\/votes\/exclusions\/\d+/g);
  at.ofSuspension = ofSuspension;
}

async function votes(handle) {
  const voter = await signedUp(handle);
  for (const slug of [LONG, UNBROKEN, GO]) {
    const answer = await voter.page.request.post(`/tools/${slug}/vote`, { headers: sameSite(), form: { choice: "skip" } });
    assert.equal(answer.status(), 200, await answer.text());
  }
  await voter.close();
}

// Items of each kind: free, the admin's, another moderator's, and decided on.
async function theQueue() {
  const sender = await signedUp(SENDER);
  const suggestion = (n) => ({ name: `${WORD} ${n}`, website: `https://${"long-".repeat(10)}${n}.example/${WORD}`, why: REASON });
  for (const n of [1, 2]) await post(sender, "/submit", { ...suggestion(n), anyway: keyOf(suggestion(n)) });
  await post(sender, `/tools/${LONG}/correct`, { field: "price", value: WORD, source: `https://prices.example/${WORD}`, why: REASON });
  await post(sender, `/tools/${UNBROKEN}/correct`, { field: "price", value: REASON, source: "https://prices.example/", why: "" });
  await post(sender, `/tools/${LONG}/report`, { take: catalogue.tools[0].reviews[0].reviewer, reason: "other", words: REASON });
  await post(sender, `/tools/${GO}/report`, { take: "", reason: "other", words: REASON });
  await sender.close();
  const items = await linksOf("/admin/queue", /\/admin\/queue\/\d+/g);
  assert.equal(items.length, 6, "all of it is in the queue");
  items.sort((a, b) => numberOf(a) - numberOf(b));
  [at.freeTool, at.mineTool, at.mineCorrection, at.taken, at.mineReport, at.declined] = items;
  for (const item of [at.mineTool, at.mineCorrection, at.mineReport, at.declined]) await post(admin, `${item}/take`, {});
  await post(admin, `${at.declined}/decline`, { as: "declined", reason: REASON });
  const other = await openWindow(browser, site);
  await signIn(other.page, `${HANDLE}-m`);
  await post(other, `${at.taken}/take`, {});
  await other.close();
}

const keyOf = ({ name, website }) => `${name} ${website}`;

// Records of each kind that are kept, archived and gone, and a tool with a past.
async function theRecords() {
  const { page } = admin;
  at.draftTool = await post(admin, "/admin/tools/new", { name: WORD, category: catalogue.categories[0].slug, do: "save" });
  for (const tagline of [`${WORD} ${REASON}`.slice(0, 290), WORD]) {
    await page.goto(at.longTool);
    await page.locator("[name=tagline]").fill(tagline);
    await page.locator("[name='pricing.entry']").fill(tagline.slice(0, 60));
    await page.locator("[name=reason]").fill(REASON);
    await send(page, "Save");
  }
  at.archivedTool = await toolAt(R1);
  await archiveTool(page, at.archivedTool);

  const fields = {
    categories: { name: WORD, slug: "z", description: REASON },
    reviewers: { name: WORD, slug: "z", role: WORD, motto: REASON, bio: REASON, likes: WORD, tired_of: WORD, kind: "human" },
    comparisons: { "tools[0]": GO, "tools[1]": "twin", summary: REASON, pick_first_if: WORD, pick_second_if: WORD },
  };
  for (const [plural, typed] of Object.entries(fields)) {
    const [kept] = await linksOf(`/admin/${plural}`, new RegExp(`/admin/${plural}/\\d+`, "g"));
    const archived = await post(admin, `/admin/${plural}/new`, { ...typed, do: "publish" });
    await post(admin, `${archived}/archive`, { reason: REASON });
    at[plural] = { kept, archived };
  }
  const twins = [];
  for (const slug of ["twin-a", "twin-b", "twin-c"]) {
    twins.push(await post(admin, "/admin/categories/new", { name: WORD, slug, description: `${REASON} ${slug}`, do: "save" }));
  }
  at.merging = `${twins[2]}/merge?into=twin-b`;
  await page.goto(`${twins[0]}/merge?into=twin-b`);
  await page.locator("[name=reason]").fill(REASON);
  await send(page, /^Merge into /);
  at.merge = new URL(page.url()).pathname;
  await post(admin, "/admin/queue/replies", { title: WORD.slice(0, 80), body: REASON });
  [at.reply] = await linksOf("/admin/queue/replies", /\/admin\/queue\/replies\/\d+/g);

  const gone = await post(admin, "/admin/tools/new", { name: `${WORD} that goes`, category: "ai", do: "save" });
  await archiveTool(page, gone);
  await post(admin, `${gone}/delete`, { reason: REASON, password: PASSWORD });
  at.goneHistory = await historyOfTheGone();
}

// What is gone for good has a history of its own, under the number of its last revision with a minus.
async function historyOfTheGone() {
  for (let revision = 1; revision <= 100; revision += 1) {
    const path = `/admin/history/tool/-${revision}`;
    if ((await admin.page.request.get(path)).status() === 200) return path;
  }
  assert.fail("what is gone has no history");
}

async function archiveTool(page, tool) {
  await page.goto(tool);
  await page.locator("[name=reason]").fill(REASON);
  await send(page, "Archive");
  assert.match(await page.locator(".flash[role=status]").innerText(), /is archived/);
}

// A file that changes everything, one that changes nothing, and one that is refused.
async function theFiles() {
  const changed = structuredClone(catalogue);
  for (const tool of changed.tools) Object.assign(tool, { tagline: WORD, description: `${tool.description} ${WORD}` });
  changed.categories.push({ slug: "new-one", name: WORD.slice(0, 60), description: REASON });
  const broken = structuredClone(catalogue);
  for (const tool of broken.tools) Object.assign(tool, { category: WORD.toLowerCase(), website: WORD });
  const part = { format: catalogue.format, categories: [catalogue.categories[1]], reviewers: [], tools: [], comparisons: [] };
  at.upload = await upload(`${WORD}.json`, changed);
  at.sameUpload = await upload("same.json", part);
  at.brokenUpload = await upload(`${WORD}-broken.json`, broken);
}

async function upload(name, content) {
  const file = { name, mimeType: "application/json", buffer: Buffer.from(JSON.stringify(content)) };
  const answer = await admin.page.request.post("/admin/import", { headers: { Origin: site.url }, multipart: { file }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  return answer.headers().location;
}

// What a reviewer has sent.
async function theReviews() {
  const path = await person(SENDER);
  const [, reviewer] = /<option value="(\d+)"/.exec(await textOf(path));
  await post(admin, `${path}/reviewer`, { reviewer });
  const window = await openWindow(browser, site);
  await post(window, "/login", { email: SENDER, password: PASSWORD });
  await post(window, `/account/reviews/${LONG}`, { verdict: "skip", take: REASON, score: "7", basis: "hands-on" });
  await window.close();
}

// What the lists hold is there, so that no page is looked at empty.
// What a moderator sends whose session has ended.
async function theFormLeftUnsent() {
  await admin.page.goto("/admin/settings");
  const key = await admin.page.locator("main input[name=form_key]").first().inputValue();
  const ended = await browser.newContext({ baseURL: site.url });
  const form = { form_key: key, stale_days: "31", reason: WORD };
  const answer = await ended.request.post("/admin/settings", { form, headers: { Origin: site.url }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  await ended.close();
}

async function theLists() {
  const lists = { log: WORD, people: HANDLE, votes: "Dismissed", queue: WORD, import: WORD };
  for (const [name, words] of Object.entries(lists)) assert.ok((await textOf(`/admin/${name}`)).includes(words), `${name} has ${words}`);
}

// --- What the state is made with

const sameSite = () => ({ Origin: site.url, Accept: "application/json" });
const numberOf = (path) => Number(/\d+$/.exec(path)[0]);
const history = (path, kind) => `/admin/history/${kind}/${numberOf(path)}`;

async function textOf(path) {
  const answer = await admin.page.request.get(path);
  assert.equal(answer.status(), 200, path);
  return answer.text();
}

const linksOf = async (path, pattern) => [...new Set((await textOf(path)).match(pattern) ?? [])];

async function linkTo(path, words) {
  const text = await textOf(path);
  const link = [...text.matchAll(/href="([^"]+\/\d+)"[^>]*>\s*([^<]*?)\s*<\/a>(?:\s*<span class="muted small">\s*([^<]*?)\s*<)?/g)]
    .find(([, , name, slug]) => name === words || slug === words);
  assert.ok(link, `${path} has ${words}`);
  return link[1];
}

const toolAt = (slug) => linkTo(`/admin/tools?q=${slug}`, slug);
const person = (handle) => linkTo(`/admin/people?q=${handle}`, `@${handle}`);

// Sends a form with the cookies of a window but without its page, and returns where that leads.
async function post(window, path, form) {
  const sent = (more) =>
    window.page.request.post(path, { headers: { Origin: site.url }, form: { ...form, ...more }, maxRedirects: 0 });
  let answer = await sent({});
  // A new tool of a known name is asked about once.
  const alike = answer.status() === 422 && (await answer.text()).match(/name="alike" value="([^"]+)"/)?.[1];
  if (alike) answer = await sent({ alike });
  assert.equal(answer.status(), 303, path);
  return answer.headers().location;
}

async function signedUp(handle) {
  const window = await openWindow(browser, site);
  await post(window, "/signup", { handle, email: `${handle}@example.org`, password: PASSWORD });
  return window;
}

// --- What is done on a page

// Presses a button and returns what the site answers.
async function send(page, name) {
  const button = page.getByRole("main").getByRole("button", { name, exact: typeof name === "string" }).first();
  const [answer] = await Promise.all([page.waitForNavigation(), button.click()]);
  return answer;
}

// Fills fields in and presses a button.
function press(name, fields = {}) {
  const act = async (page) => {
    for (const [field, value] of Object.entries(fields)) await page.locator(field).fill(value);
    return send(page, name);
  };
  return Object.assign(act, { says: `${name}` });
}

// Changes a field that somebody else has changed since the form was opened.
function meanwhile(field, theirs, mine) {
  const act = async (page) => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator(`[name=${field}]`).fill(theirs);
    await send(other, "Save");
    await other.close();
    await page.locator(`[name=${field}]`).fill(mine);
    return send(page, "Save");
  };
  return Object.assign(act, { says: `with another ${field} meanwhile` });
}
