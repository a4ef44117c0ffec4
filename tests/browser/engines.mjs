// Windows of the browsers that are not Chromium: Firefox, spoken to in WebDriver BiDi, and WebKitGTK's MiniBrowser, in
// WebDriver on a screen that nobody sees. Each window has cookies of its own. Both kinds do the same few things:
//
//   goto(path)  click(selector)  type(selector, text)  text(selector)  attribute(selector, name)  path()  close()
//
// FIREFOX, MINIBROWSER and WEBKIT_DRIVER name the programs where they are not where Debian has them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { Builder, By, Capabilities } from "selenium-webdriver";
import { PATIENCE, SURROUNDINGS, becomes, end } from "./support.mjs";

const ENVIRONMENT = { ...process.env, ...SURROUNDINGS };

// --- Firefox

export async function startFirefox() {
  const browser = await puppeteer.launch({
    browser: "firefox",
    protocol: "webDriverBiDi",
    executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr",
    env: ENVIRONMENT,
  });
  return { open: (site) => openFirefox(browser, site), stop: () => browser.close() };
}

async function openFirefox(browser, site) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage({ type: "window" }); // a tab behind another is hidden, and not live
  page.setDefaultTimeout(PATIENCE);
  page.setDefaultNavigationTimeout(PATIENCE);
  return {
    goto: (path) => page.goto(site.url + path),
    click: (selector) => page.click(selector),
    type: (selector, text) => page.type(selector, text),
    text: (selector) => page.$eval(selector, (element) => element.textContent.trim()),
    attribute: (selector, name) => page.$eval(selector, (element, name) => element.getAttribute(name), name),
    path: async () => new URL(page.url()).pathname,
    close: () => context.close(),
  };
}

// --- WebKitGTK

export async function startWebKit() {
  const screen = await startScreen();
  const environment = { ...ENVIRONMENT, DISPLAY: screen.display, WAYLAND_DISPLAY: "", WEBKIT_DISABLE_COMPOSITING_MODE: "1" };
  return { open: (site) => openWebKit(environment, site), stop: () => screen.stop() };
}

// A screen of its own; the server picks a number that is free and prints it.
async function startScreen() {
  const child = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [number] = await once(child.stdout, "data");
  return { display: `:${String(number).trim()}`, stop: () => end(child) };
}

async function openWebKit(environment, site) {
  const home = await mkdtemp(join(tmpdir(), "shiptally-webkit-"));
  const port = await freePort();
  const server = spawn(process.env.WEBKIT_DRIVER || "WebKitWebDriver", [`--port=${port}`], {
    env: { ...environment, HOME: home, XDG_RUNTIME_DIR: home },
    stdio: "ignore",
  });
  await becomes(() => fetch(`http://127.0.0.1:${port}/status`).then((answer) => answer.ok, () => false), true);
  const browserOptions = { binary: await findMiniBrowser(), args: ["--automation"] };
  const driver = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": browserOptions }))
    .build();
  await driver.manage().setTimeouts({ pageLoad: PATIENCE, implicit: PATIENCE });
  const find = (selector) => driver.findElement(By.css(selector));
  return {
    goto: (path) => driver.get(site.url + path),
    click: (selector) => find(selector).click(),
    type: (selector, text) => find(selector).sendKeys(text),
    text: (selector) => driver.executeScript((selector) => document.querySelector(selector)?.textContent.trim(), selector),
    attribute: (selector, name) =>
      driver.executeScript((selector, name) => document.querySelector(selector)?.getAttribute(name), selector, name),
    path: async () => new URL(await driver.getCurrentUrl()).pathname,
    close: async () => {
      await driver.quit();
      await end(server);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function findMiniBrowser() {
  if (process.env.MINIBROWSER) return process.env.MINIBROWSER;
  for (const machine of await readdir("/usr/lib")) {
    if (!machine.endsWith("-linux-gnu")) continue;
    for (const folder of (await readdir(join("/usr/lib", machine))).filter((name) => name.startsWith("webkit2gtk-")).sort().reverse()) {
      const files = await readdir(join("/usr/lib", machine, folder));
      if (files.includes("MiniBrowser")) return join("/usr/lib", machine, folder, "MiniBrowser");
    }
  }
  throw new Error("WebKitGTK's MiniBrowser is missing: install libwebkit2gtk, or name it with MINIBROWSER=/path/to/it");
}

// --- What both need

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
