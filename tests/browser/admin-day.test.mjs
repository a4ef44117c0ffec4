// One day in the admin area, from a member's suggestion to the log that tells of it, by what people see and press. What the
// moderator does is done by keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  PASSWORD, addUser, becomes, launchBrowser, openStreams, openWindow, signUp, signUpAndVote, startSite, tallyText,
  voteButton, watchStreams,
} from "./support.mjs";

const NAME = "Quartzite";
const SLUG = "quartzite";
const TOOL_PAGE = `/tools/${SLUG}`;
const BURST = Array.from({ length: 6 }, (_, n) => `shop-${n}`);

let site, browser;

before(async () => {
  browser = await launchBrowser();
  site = await startSite();
  await addUser(site, "marlow", "moderator");
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("a moderator's day: a suggestion is published, its price changes, and a vote spike is excluded and brought back", async () => {
  const sender = await openWindow(browser, site);
  await suggest(sender.page);

  const moderator = await openWindow(browser, site);
  const { page } = moderator;
  await signInAsModerator(page);
  await enter(page.getByRole("link", { name: "1 open submission" }));
  assert.equal(pathOf(page), "/admin/queue");
  await enter(page.getByRole("link", { name: NAME, exact: true }));
  assert.match(await main(page), /We ship with it every week\./, "the words of the sender");
  await enter(page.getByRole("button", { name: "Assign to me" }));
  assert.match(await said(page), /Assigned to you/);
  await sender.page.goto("/account");
  assert.match(await sentTable(sender.page), /Quartzite.*In review/s);

  await publish(page);
  const form = page.url();
  await isAnswered(sender.page);

  const visitor = await openWindow(browser, site);
  await watchStreams(visitor.page);
  await find(visitor.page);
  await changePrice(page);
  await seesThePriceChange(visitor.page);

  // Two people who use it vote for it: the sender, and one more.
  await sender.page.goto(TOOL_PAGE);
  await voteButton(sender.page, SLUG, "ship").press("Enter");
  await becomes(() => voteButton(sender.page, SLUG, "ship").getAttribute("aria-pressed"), "true");
  await signUpAndVote(browser, site, "steady", SLUG, "ship");
  await visitor.page.goto(TOOL_PAGE);
  await becomes(() => openStreams(visitor.page), 1);
  await shows(visitor.page, { percent: "100%", votes: "2" });
  await visitor.page.evaluate(() => (window.neverLeft = true));

  await Promise.all(BURST.map((handle) => signUpAndVote(browser, site, handle, SLUG, "skip")));
  await shows(visitor.page, { percent: "25%", votes: "8" });

  await openVotes(page);
  await leaveTheBurstOut(page);
  await shows(visitor.page, { percent: "100%", votes: "2" });
  assert.equal(await visitor.page.evaluate(() => window.neverLeft), true, "without a reload");

  const other = await openWindow(browser, site);
  await other.page.goto(TOOL_PAGE);
  assert.match(await main(other.page), /6 votes excluded \(vote spike\)/);

  await page.getByLabel("Reason", { exact: true }).fill("They are six people in one room.");
  await enter(page.getByRole("button", { name: "Restore these votes" }));
  assert.match(await said(page), /6 votes restored/);
  await shows(visitor.page, { percent: "25%", votes: "8" });
  assert.equal(await visitor.page.evaluate(() => window.neverLeft), true, "without a reload");
  await other.page.reload();
  assert.doesNotMatch(await main(other.page), /excluded \(/);

  await readersSeeTheActs(other.page);
  await theLogHasThemAll(page);
  await page.goto(form);
  assert.match(await main(page), /published · edited by @marlow/);
  const all = [sender, moderator, visitor, other];
  // The form that was not right yet is answered with 422.
  assert.deepEqual(all.flatMap((window) => window.problems).filter((problem) => !problem.includes("422")), []);
  for (const window of all) await window.close();
});

// --- The steps

// A member signs up on the way to the form, and suggests a tool.
async function suggest(page) {
  await signUp(page, "finder", "/submit");
  assert.equal(pathOf(page), "/submit");
  await page.getByLabel("Name of the tool").fill(NAME);
  await page.getByLabel("Website").fill("https://quartzite.example/");
  await page.getByLabel("Category").selectOption({ label: "Editors" });
  await page.getByLabel("Why should we add it?").fill("We ship with it every week.");
  await enter(page.getByRole("button", { name: "Send suggestion" }));
  assert.match(await said(page), /Thank you/);
  assert.match(await sentTable(page), /Quartzite.*Pending/s);
}

async function signInAsModerator(page) {
  await page.goto("/");
  await enter(page.getByRole("link", { name: "Sign in" }));
  const signIn = page.getByRole("region", { name: "Sign in" });
  await signIn.getByLabel("Email or username").fill("marlow");
  await signIn.getByLabel("Password").fill(PASSWORD);
  await enter(signIn.getByLabel("Password"));
  await enter(page.getByRole("link", { name: "Moderation", exact: true }));
  assert.equal(pathOf(page), "/admin");
}

// Writes the entry in the form that the item leads to, and publishes it.
async function publish(page) {
  await enter(page.getByRole("button", { name: "Create tool" }));
  assert.equal(pathOf(page), "/admin/tools/new");
  assert.match(await main(page), /Saving the tool accepts the suggestion/);
  assert.equal(await page.getByRole("group", { name: "Basics" }).getByLabel("Name", { exact: true }).inputValue(), NAME);
  assert.equal(await page.getByLabel("Website").inputValue(), "https://quartzite.example/");
  assert.equal(await page.getByLabel("Category").inputValue(), "editors");

  // What is missing is said, and nothing is lost.
  await page.getByLabel("Description").fill("Keeps *every* version of a text.");
  await enter(page.getByRole("button", { name: "Publish", exact: true }));
  await page.getByRole("alert").getByRole("link", { name: "Tagline" }).press("Enter");
  await becomes(() => page.evaluate(() => document.activeElement.id), "f-tagline");
  assert.equal(await page.getByLabel("Description").inputValue(), "Keeps *every* version of a text.");
  assert.match(await main(page), /Saving the tool accepts the suggestion/);
  await page.getByLabel("Tagline").fill("An editor that forgets nothing");

  const pricing = page.getByRole("group", { name: "Pricing" });
  await pricing.getByLabel("Starting price").fill("$12");
  await pricing.getByLabel("Source").first().fill("https://quartzite.example/pricing");
  await pricing.getByLabel("Checked on").fill(today());
  await pricing.getByLabel("Pricing in words").fill("$12 a month for everybody");
  await review(page, "The Builder", "ship", 82, "It kept the paragraph that I had thrown away.");
  await review(page, "The Sceptic", "skip", 38, "Nobody says where the versions are kept.");
  await enter(page.getByRole("button", { name: "Publish", exact: true }));
  assert.match(await said(page), /Quartzite is published/);
  assert.match(page.url(), /\/admin\/tools\/\d+$/);
}

async function review(page, reviewer, verdict, score, take) {
  const block = page.getByRole("group", { name: reviewer });
  await block.getByLabel("Verdict").selectOption(verdict);
  await block.getByLabel("Score").fill(String(score));
  await block.getByLabel("Reviewed on").fill(today());
  await block.getByLabel("Based on", { exact: true }).selectOption("hands-on");
  await block.getByLabel("Take", { exact: true }).fill(take);
}

async function isAnswered(page) {
  await page.goto("/account");
  assert.match(await sentTable(page), /Accepted.*Thank you\. It has been added\./s);
  await enter(page.locator("table.sent").getByRole("link", { name: NAME, exact: true }).last());
  assert.equal(pathOf(page), TOOL_PAGE, "the answer leads to the entry");
  await page.goto("/account/sent");
  assert.match(await sentTable(page), /Accepted/);
}

// A visitor searches for it in the list and reads its page.
async function find(page) {
  await page.goto("/tools");
  const search = page.getByRole("main").getByLabel("Search");
  await search.fill("quartz");
  await enter(page.getByRole("button", { name: "Show", exact: true }));
  assert.match(await main(page), /An editor that forgets nothing/);
  await enter(page.getByRole("main").getByRole("link", { name: NAME, exact: true }));
  assert.equal(pathOf(page), TOOL_PAGE);
  const panel = page.getByRole("region", { name: "Reviews" });
  const take = (text) => panel.getByRole("listitem").filter({ hasText: text }).innerText();
  assert.match(await take("The Builder"), /\bShip\b.*82.*It kept the paragraph/s);
  assert.match(await take("The Sceptic"), /\bSkip\b.*38.*Nobody says where/s);
  assert.match(await page.getByRole("region", { name: "Pricing" }).innerText(), /\$12 a month for everybody/);
  assert.equal(await page.getByRole("heading", { name: "What changed" }).count(), 0, "nothing has changed yet");
}

async function changePrice(page) {
  const pricing = page.getByRole("group", { name: "Pricing" });
  await pricing.getByLabel("Starting price").fill("$15");
  await pricing.getByLabel("Pricing in words").fill("$15 a month for everybody");
  await page.getByLabel("Reason for change").fill("They raised it today.");
  await enter(page.getByRole("button", { name: "Save", exact: true }).last());
  assert.match(await said(page), /Quartzite is saved/);
}

async function seesThePriceChange(page) {
  await page.goto(TOOL_PAGE);
  assert.match(await page.getByRole("region", { name: "What changed" }).innerText(), /Starting price:\s+was \$12, now \$15/);
  const history = page.getByRole("table", { name: "Price history" });
  assert.match(await history.getByRole("row").filter({ hasText: "Starting price" }).innerText(), /was \$12, now \$15/);
  await enter(page.getByRole("link", { name: `All changes to ${NAME}` }));
  assert.match(await main(page), /Starting price:\s+was \$12, now \$15/);
  await enter(page.getByRole("link", { name: "See changes to all tools" }));
  assert.equal(new URL(page.url()).search, "");
  assert.match(await main(page), /Quartzite, Starting price:\s+was \$12, now \$15/);
}

// From the first screen to the votes on the tool.
async function openVotes(page) {
  await enter(page.getByRole("navigation", { name: "Moderation" }).getByRole("link", { name: "Votes" }));
  await page.getByLabel("Tool or username").fill("quartz");
  await enter(page.getByRole("button", { name: "Search", exact: true }));
  await enter(page.getByRole("main").getByRole("link", { name: NAME, exact: true }));
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), `Votes on ${NAME}`);
  assert.equal(await page.getByRole("checkbox").count(), BURST.length + 2);
}

async function leaveTheBurstOut(page) {
  for (const handle of BURST) await page.getByLabel(`Vote by ${handle}`, { exact: true }).press("Space");
  assert.equal(await page.getByRole("checkbox", { checked: true }).count(), BURST.length);
  await page.getByLabel("Kind of reason").selectOption("Vote spike");
  await page.getByLabel("Reason", { exact: true }).fill("Six votes within a minute.");
  await enter(page.getByRole("button", { name: "Exclude selected votes" }));
  assert.match(page.url(), /\/admin\/votes\/exclusions\/\d+$/);
  assert.match(await said(page), /6 votes excluded/);
}

async function readersSeeTheActs(page) {
  await enter(page.getByRole("contentinfo").getByRole("link", { name: "Moderation log" }));
  const rows = page.getByRole("table", { name: "Newest first" }).getByRole("row");
  for (const [act, reason] of [
    ["published tool Quartzite", "none given"],
    ["edited tool Quartzite", "They raised it today."],
    ["excluded 6 votes on Quartzite", "Six votes within a minute."],
    ["restored 6 votes on Quartzite", "They are six people in one room."],
  ]) {
    const row = await rows.filter({ hasText: act }).innerText();
    assert.ok(row.includes("@marlow") && row.includes(reason), row);
  }
  assert.doesNotMatch(await main(page), /finder|steady|shop-/, "nobody who sent or voted is named");
}

async function theLogHasThemAll(page) {
  await enter(page.getByRole("navigation", { name: "Moderation" }).getByRole("link", { name: "Log" }));
  const acts = page.getByRole("table", { name: "Moderator actions, newest first" }).getByRole("rowheader");
  const told = (await acts.allInnerTexts()).map((text) => text.replace(/\s*public$/i, "").trim());
  assert.deepEqual(told, [
    "restored 6 votes on Quartzite",
    "excluded 6 votes on Quartzite",
    "edited tool Quartzite",
    "accepted submission New tool: Quartzite",
    "published tool Quartzite",
    "assigned submission New tool: Quartzite",
    "created account marlow",
  ]);
}

// --- What the steps are made of

// Presses Enter on something that leads to another page, and waits for that.
const enter = (locator) => Promise.all([locator.page().waitForEvent("load"), locator.press("Enter")]);

const pathOf = (page) => new URL(page.url()).pathname;
const main = (page) => page.getByRole("main").innerText();
const sentTable = (page) => page.locator("table.sent").innerText();
const said = (page) => page.locator(".flash[role=status]").innerText();
const today = () => new Date().toISOString().slice(0, 10);

// The figures of the tool become these, wherever the page is.
async function shows(page, figures) {
  for (const [part, wanted] of Object.entries(figures)) await becomes(() => tallyText(page, SLUG, part), wanted);
}
