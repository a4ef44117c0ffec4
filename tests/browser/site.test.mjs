// What an operator makes of a site can be read and fits: accent, pages and links of their own, and logos of tools.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_TOOL, PAIR, TOOL, addUser, atSize, axeCheck, launchBrowser, openWindow, overflow, signIn, startSite } from "./support.mjs";

const ACCENT = { light: "rgb(138, 28, 107)", dark: "rgb(255, 179, 230)" };
let site, browser;

before(async () => {
  site = await startSite();
  browser = await launchBrowser();
  await addUser(site, "chief", "admin");
  const { page, close } = await openWindow(browser, site);
  await signIn(page, "chief", "/admin/settings");
  const typed = {
    "Site name": "Harbour",
    Headline: "Which boat floats?",
    Introduction: "We try `boats`.\n\nNone is sold.",
    "Accent colour, light": "#8a1c6b",
    "Accent colour, dark": "#ffb3e6",
    About: "We are us.\n\nWrite to `us`.",
    "Label 1": "The harbour",
    "Address 1": "/categories",
  };
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved.").waitFor();
  await sendLogo(page);
  await close();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// A picture of a page is as good as any.
async function sendLogo(page) {
  await page.goto(`/admin/tools?q=${TOOL}`);
  const path = await page.locator("main tbody a[href^='/admin/tools/']").first().getAttribute("href");
  await page.goto(`${path}/logo`);
  const buffer = await page.screenshot({ clip: { x: 0, y: 0, width: 600, height: 300 } });
  await page.getByLabel("Picture").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByText("Logo saved.").waitFor();
}

for (const colorScheme of ["light", "dark"]) {
  test(`accent, texts and logos can be read in ${colorScheme}`, async () => {
    const { page, problems, close } = await openWindow(browser, site, { colorScheme });
    for (const width of [360, 1280]) {
      await atSize(page, width);
      for (const path of ["/", "/about", "/tools", `/tools/${TOOL}`, PAIR]) {
        await page.goto(path);
        const link = page.getByRole("contentinfo").getByRole("link", { name: "The harbour" });
        assert.equal(await link.evaluate((link) => getComputedStyle(link).color), ACCENT[colorScheme], path);
        assert.deepEqual([...(await overflow(page)), ...(await axeCheck(page))], [], `${path} at ${width}`);
      }
    }
    assert.deepEqual(problems, []);
    await close();
  });
}

test("a logo is loaded, stands in the room of a letter and makes no row higher", async () => {
  const { page, close } = await openWindow(browser, site);
  await page.goto("/tools");
  const logo = page.locator(`[data-tool=${TOOL}] img.logo`);
  await logo.scrollIntoViewIfNeeded();
  assert.deepEqual(await logo.evaluate(async (image) => [await image.decode(), image.naturalWidth, image.naturalHeight]), [undefined, 128, 64]);
  const size = (locator) => locator.boundingBox().then(({ width, height }) => [width, height]);
  assert.deepEqual(await size(logo), await size(page.locator(`[data-tool=${OTHER_TOOL}] .initial`)));
  const row = await page.locator(`tr[data-tool=${TOOL}]`).boundingBox();
  assert.ok(row.height <= 64, `${row.height}`);
  await close();
});

test("in forced colours the letter of a mark is still there to see", async () => {
  const { page, close } = await openWindow(browser, site, { forcedColors: "active" });
  await page.goto("/tools");
  const colors = await page.locator(`[data-tool=${OTHER_TOOL}] .initial`).evaluate((mark) => {
    const { color, backgroundColor } = getComputedStyle(mark);
    return [color, backgroundColor];
  });
  assert.notEqual(colors[0], colors[1]);
  await close();
});
