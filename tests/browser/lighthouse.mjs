// Lighthouse, on a phone and on a desktop. The tests use it, and by itself it looks at a site that runs:
//
//   node tests/browser/lighthouse.mjs http://127.0.0.1:8080 / /tools
//
// Lighthouse is large, so it is not among the dependencies: tests/run installs it where it can.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHROMIUM, CHROMIUM_FLAGS } from "./support.mjs";

export const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
export const DEVICES = ["phone", "desktop"];

// How often a page is loaded again to reach full performance: other programs of the machine take their share.
const RETRIES = 8;

// Lighthouse as it is installed, or why it is not.
export async function findLighthouse() {
  try {
    return { lighthouse: await import("lighthouse") };
  } catch (cause) {
    const missing = cause.code === "ERR_MODULE_NOT_FOUND" && cause.message.includes("'lighthouse'");
    return { reason: missing ? "Lighthouse is not installed (tests/run installs it where it can)" : `Lighthouse does not start: ${cause.message}` };
  }
}

// Starts a browser that Lighthouse steers: with nothing of playwright's, which would slow the pages.
export async function openAuditor({ default: lighthouse, desktopConfig }) {
  const folder = await mkdtemp(join(tmpdir(), "shiptally-lighthouse-"));
  const args = [...CHROMIUM_FLAGS, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"];
  const browser = spawn(CHROMIUM, args, { stdio: ["ignore", "ignore", "pipe"] });
  const killIt = () => browser.kill("SIGKILL");
  process.once("exit", killIt);
  const close = async () => {
    if (browser.exitCode === null && browser.signalCode === null) {
      const ended = once(browser, "exit");
      killIt();
      await ended;
    }
    process.off("exit", killIt);
    // Children of the browser may still be writing for a moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const port = await debuggingPort(browser);
    const load = async (url, device, categories, skipAudits, retries = RETRIES) => {
      const flags = { port, logLevel: "silent", onlyCategories: categories, skipAudits, disableFullPageScreenshot: true };
      const { lhr } = await lighthouse(url, flags, device === "desktop" ? desktopConfig : undefined);
      // Of its own recording, which fails now and then on a busy machine, it says: "Please run Lighthouse again."
      if (retries > 0 && lhr.runtimeError?.message?.includes("run Lighthouse again")) {
        return load(url, device, categories, skipAudits, retries - 1);
      }
      if (lhr.runtimeError) throw new Error(`${url} on a ${device}: ${lhr.runtimeError.message}`);
      return lhr;
    };
    return {
      audit: (url, device, skipAudits = []) => audit(load, url, device, skipAudits),
      best: (device) => bestPerformance(load, device),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function debuggingPort(browser) {
  return new Promise((done, fail) => {
    let printed = "";
    const late = setTimeout(() => fail(new Error(`Chromium does not start:\n${printed}`)), 90_000);
    const settle = (settled, value) => (clearTimeout(late), settled(value));
    browser.stderr.setEncoding("utf8").on("data", (chunk) => {
      if (printed.length < 10_000) printed += chunk;
      const port = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(printed)?.[1];
      if (port) settle(done, Number(port));
    });
    browser.once("error", (cause) => settle(fail, cause));
    browser.once("exit", (code, signal) => settle(fail, new Error(`Chromium ended (${code ?? signal}):\n${printed}`)));
  });
}

// The scores of a page, of 100 each, and what keeps them from it, one readable line each.
async function audit(load, url, device, skipAudits) {
  let report = await load(url, device, CATEGORIES, skipAudits);
  const scores = scoresOf(report);
  const faults = faultsOf(report, CATEGORIES);
  const others = faults.filter((fault) => fault.category !== "performance");
  let slow = faults.filter((fault) => fault.category === "performance");
  for (let retry = 0; scores.performance < 100 && retry < RETRIES; retry += 1) {
    report = await load(url, device, ["performance"], skipAudits);
    const { performance } = scoresOf(report);
    if (performance <= scores.performance) continue;
    scores.performance = performance;
    slow = faultsOf(report, ["performance"]);
  }
  // A measurement may be short of its best and the whole still be 100.
  return { scores, faults: [...others, ...(scores.performance < 100 ? slow : [])].map((fault) => fault.text) };
}

// What this machine gives, at this time, to a page that nothing is quicker than: a line of text.
async function bestPerformance(load, device) {
  const page = "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Plain</title><h1>Plain</h1>";
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html; charset=utf-8").end(page));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const report = await load(`http://127.0.0.1:${server.address().port}/`, device, ["performance"], []);
    return scoresOf(report).performance;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const scoresOf = ({ categories }) =>
  Object.fromEntries(Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]));

function faultsOf({ categories, audits }, wanted) {
  return wanted.flatMap((category) =>
    categories[category].auditRefs
      // What has no weight is advice: it does not count.
      .filter(({ weight }) => weight > 0)
      .map(({ id }) => audits[id])
      .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === "error" || (score !== null && score < 1))
      .map((failed) => ({ category, text: `${category}: ${describe(failed)}` })));
}

function describe({ id, title, displayValue, errorMessage, details }) {
  const places = (details?.items ?? [])
    .map(({ node, url, description, source }) => node?.snippet ?? url ?? description ?? source?.url)
    .filter((place) => typeof place === "string")
    .slice(0, 3);
  return [`${id}: ${title}`, displayValue, errorMessage, ...places].filter(Boolean).join("; ");
}

export const line = (device, path, { scores }) =>
  `${device.padEnd(8)} ${CATEGORIES.map((name) => String(scores[name]).padStart(3)).join(" / ")}  ${path}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [site, ...paths] = process.argv.slice(2);
  const { lighthouse, reason } = await findLighthouse();
  if (!site || reason) {
    console.error(reason ?? "usage: node tests/browser/lighthouse.mjs ADDRESS [PATH…]");
    process.exit(2);
  }
  const auditor = await openAuditor(lighthouse);
  for (const path of paths.length ? paths : ["/"]) {
    for (const device of DEVICES) {
      const result = await auditor.audit(new URL(path, site).href, device);
      console.log([line(device, path, result), ...result.faults].join("\n    "));
    }
  }
  await auditor.close();
}
