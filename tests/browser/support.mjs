// What the browser tests share: a site of their own, a browser, and what people do with both.
//
// SHIPTALLY_BIN names the program, CHROMIUM the browser; tests/run sets both.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export { sleep };

const program = resolve(process.env.SHIPTALLY_BIN ?? "target/debug/shiptally");
const axeSource = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// How long, in milliseconds, a test waits for what must come: a machine may well stand still for seconds.
export const PATIENCE = 60_000;

export const PASSWORD = "four grey herons on a jetty";
export const CATALOGUE = fileURLToPath(new URL("catalogue.json", import.meta.url));

// The tools of catalogue.json that most tests look at, and the page that shows both.
export const TOOL = "amber";
export const OTHER_TOOL = "basalt";
export const PAIR = `/compare/${TOOL}-vs-${OTHER_TOOL}`;

// --- The site

// Starts a site on a free port, with a temporary folder of its own: with catalogue.json or another `catalogue`, or,
// with `demo`, as `shiptally demo` serves it with these flags. `stop()` ends it and takes the folder away.
export async function startSite({ env = {}, demo = null, catalogue = CATALOGUE } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "shiptally-browser-"));
  const settings = {
    PATH: process.env.PATH,
    HOME: folder,
    SHIPTALLY_BIND: "127.0.0.1:0",
    SHIPTALLY_RATE_LIMITS: "off",
    ...(demo ? {} : { DATABASE_URL: "sqlite://data/shiptally.db" }),
    ...env,
  };
  const place = { cwd: folder, env: settings };
  try {
    if (!demo) {
      await shiptally(["migrate"], place);
      await importStarter(place, catalogue);
    }
    const child = spawn(program, demo ? ["demo", "--fresh", ...demo] : ["serve"], { ...place, stdio: ["ignore", "pipe", "pipe"] });
    const killIt = () => child.kill("SIGKILL");
    process.once("exit", killIt);
    const stop = async () => {
      await end(child);
      process.off("exit", killIt);
      await rm(folder, { recursive: true, force: true });
    };
    try {
      const url = await listening(child);
      return { url, folder, stop, shiptally: (args, input) => shiptally(args, place, input) };
    } catch (cause) {
      await stop();
      throw cause;
    }
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}

// Asks a process to end, and makes it where it does not.
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await once(child, "exit");
  clearTimeout(late);
}

// The address after `listening on` in what the child prints. The pipes are read to the end, so that they never fill.
function listening(child) {
  return new Promise((done, fail) => {
    let printed = "";
    const late = setTimeout(() => fail(new Error(`no address within 90 s; printed:\n${printed}`)), 90_000);
    const read = (chunk) => {
      if (printed.length < 100_000) printed += chunk;
      const address = /listening on (http:\/\/[^\s/]+)/.exec(printed)?.[1];
      if (!address) return;
      clearTimeout(late);
      done(address);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("error", fail);
    child.once("exit", (code, signal) => {
      clearTimeout(late);
      fail(new Error(`the site ended (${code ?? signal}); printed:\n${printed}`));
    });
  });
}

// Runs one command of the program to its end and returns what it printed; anything but success is an error.
export async function shiptally(args, { cwd, env }, input = "") {
  const child = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => (err += chunk));
  child.stdin.on("error", () => {}); // a command that does not read it
  child.stdin.end(input);
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`shiptally ${args.join(" ")}: ${code ?? signal}\n${err || out}`);
  return out;
}

export const importStarter = (place, file = CATALOGUE) => shiptally(["import", file], place);

export const addUser = (site, handle, role = "member") =>
  site.shiptally(
    ["users", "add", "--handle", handle, "--email", `${handle}@example.org`, "--role", role, "--password-stdin"],
    `${PASSWORD}\n`,
  );

// --- The browser

export const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";

// A browser that asks nobody but the site for anything.
export const CHROMIUM_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

// Pages are drawn with the same fonts, in the same language and time zone, on every machine.
export const SURROUNDINGS = {
  FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)),
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  LANGUAGE: "en",
  TZ: "UTC",
};

export const launchBrowser = (flags = []) =>
  chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, ...flags], env: { ...process.env, ...SURROUNDINGS } });

// A window of somebody with cookies of their own. `window.problems` collects what no page may do:
// complain on the console, throw, or ask another host for anything.
export async function openWindow(browser, site, options = {}) {
  const context = await browser.newContext({ baseURL: site.url, viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const problems = [];
  const host = new URL(site.url).host;
  context.on("request", (request) => {
    const address = new URL(request.url());
    if (/^(https?|wss?):$/.test(address.protocol) && address.host !== host) problems.push(`asked ${address.host} for ${address.pathname}`);
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`${message.type()}: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => problems.push(`${error} (${page.url()})`));
  return { context, page, problems, close: () => context.close() };
}

// For all tests of a file: a site with these accounts, each `handle: role`, and a browser. Returned is what opens a window
// of the one at the other.
export function siteWith(accounts) {
  let site, browser;
  before(async () => {
    site = await startSite();
    for (const [handle, role] of Object.entries(accounts)) await addUser(site, handle, role);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  return (options) => openWindow(browser, site, options);
}

export const atSize = (page, width, height = 800) => page.setViewportSize({ width, height });

// --- What people do

export async function signUp(page, handle, next = "/") {
  await page.goto(`/signup?next=${encodeURIComponent(next)}`);
  await fillSignUp(page, handle);
}

export async function fillSignUp(page, handle) {
  const form = page.locator("form:has(input[name=handle])");
  await form.locator("input[name=handle]").fill(handle);
  await form.locator("input[name=email]").fill(`${handle}@example.org`);
  await form.locator("input[name=password]").fill(PASSWORD);
  await Promise.all([
    page.waitForURL((url) => !["/signup", "/login"].includes(url.pathname)),
    form.locator("button:not([type=button])").last().click(),
  ]);
}

// Signs in by keyboard, with or without scripts, and goes on to `next`.
export async function signIn(page, handle, next = "/admin") {
  await page.goto(`/login?next=${encodeURIComponent(next)}`);
  await page.locator("#login").fill(handle);
  await page.locator("#login-password").fill(PASSWORD);
  const { pathname } = new URL(next, page.url());
  await Promise.all([page.waitForURL((url) => url.pathname === pathname), page.locator("#login-password").press("Enter")]);
}

export const voteButton = (page, slug, choice) => page.locator(`form[data-vote="${slug}"] button[name=choice][value=${choice}]`).first();

export const tallyText = (page, slug, part = "votes") =>
  page.locator(`[data-tool="${slug}"] [data-tally="${part}"]`).first().textContent().then((text) => text.trim());

// Votes with the cookies of a window but without its page, as its script would.
export async function castQuietly({ page }, slug, choice) {
  const origin = new URL(page.url()).origin;
  const answer = await page.request.post(`${origin}/tools/${slug}/vote`, {
    headers: { Accept: "application/json", Origin: origin },
    form: { choice },
    maxRetries: 2, // a connection that was kept may be closed just then, and a vote counts once
  });
  assert.equal(answer.status(), 200, await answer.text());
  return answer.json();
}

// Signs up and votes, without drawing a page.
export async function signUpAndVote(browser, site, handle, tool, choice) {
  const context = await browser.newContext({ baseURL: site.url });
  const send = (path, form) =>
    context.request.post(path, { headers: { Origin: site.url, Accept: "application/json" }, form, maxRedirects: 0 });
  const signedUp = await send("/signup", { handle, email: `${handle}@example.org`, password: PASSWORD });
  assert.equal(signedUp.status(), 303, await signedUp.text());
  const voted = await send(`/tools/${tool}/vote`, { choice });
  assert.equal(voted.status(), 200, await voted.text());
  await context.close();
}

// Asks again until the answer is the wanted one; fails with both when the time is over.
export async function becomes(ask, wanted, within = PATIENCE) {
  const end = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer === wanted) return;
    if (Date.now() > end) assert.equal(answer, wanted, `not within ${within} ms`);
    await sleep(20);
  }
}

// --- What is looked at

// The live streams that a page holds open. Call `watchStreams` before the page is opened.
export const watchStreams = (page) =>
  page.addInitScript(() => {
    const made = [];
    const Stream = window.EventSource;
    window.EventSource = class extends Stream {
      constructor(...args) {
        super(...args);
        made.push(this);
      }
    };
    window.openStreams = () => made.filter((stream) => stream.readyState !== Stream.CLOSED).length;
  });

export const openStreams = (page) => page.evaluate(() => window.openStreams());

// Makes the page believe that its tab was hidden or shown.
export const setHidden = (page, hidden) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

// All that is wrong with the page as it stands: what axe finds, and what does not fit.
export async function faultsOf(page, what) {
  return [...(await overflow(page)), ...(await axeCheck(page))].map((fault) => `${what}: ${fault}`);
}

// Everything that axe finds against WCAG 2.2 AA, one readable line each. The source is evaluated,
// not added as a script, which the page's own policy would forbid.
export async function axeCheck(page) {
  await page.evaluate(await axeSource);
  const violations = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const result = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return result.violations;
  });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${id} (${impact}): ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`));
}

// Everything that the markup checker of the W3C (Nu) finds in these pages, one readable line each. They come as they were
// sent: a map from what a page is called to its HTML. One run of it reads all, since it takes seconds to start.
export async function markupFaults(pages) {
  const folder = await mkdtemp(join(tmpdir(), "shiptally-markup-"));
  try {
    const names = [...pages.keys()];
    const files = names.map((_, n) => join(folder, `${n}.html`));
    await Promise.all(files.map((file, n) => writeFile(file, pages.get(names[n]))));
    const checker = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
    const child = spawn("java", ["-jar", checker, "--stdout", "--exit-zero-always", "--format", "json", ...files]);
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (err += chunk));
    const [code] = await once(child, "close");
    assert.equal(code, 0, err);
    return JSON.parse(out).messages.map(({ url, message, extract }) =>
      `${names[Number(/(\d+)\.html$/.exec(url)[1])]}: ${message} (${extract?.trim()})`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// The heads of columns of which a part cannot be seen.
export const clippedHeads = (page) =>
  page.locator("thead th:visible").evaluateAll((heads) =>
    heads
      .filter((head) => head.scrollWidth > head.clientWidth || head.scrollHeight > head.clientHeight)
      .map((head) => `the head of a column is clipped: ${head.textContent.trim().slice(0, 60)}`));

// How far a page reaches beyond the window's right edge, in pixels, and because of what.
export async function overflow(page) {
  // A page that has only just begun to come has no element yet.
  await page.waitForLoadState();
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
    const name = (element) => `${element.localName}.${[...element.classList].join(".")}`;
    return [`${document.documentElement.scrollWidth - width} px: ${[...new Set(wide.map(name))].slice(0, 5).join(", ")}`];
  });
}
