// The main journeys in the other engines that visitors have: reading, signing up, voting, seeing it live, removing it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startFirefox, startWebKit } from "./engines.mjs";
import { OTHER_TOOL, PAIR, PASSWORD, TOOL, becomes, startSite } from "./support.mjs";

const ENGINES = [["Firefox", startFirefox], ["WebKitGTK", startWebKit]];

const tally = (part) => `[data-tool="${TOOL}"] [data-tally="${part}"]`;
const vote = (choice) => `form[data-vote="${TOOL}"] button[value="${choice}"]`;

for (const [name, start] of ENGINES) {
  describe(name, () => {
    let engine, site, reader, voter;

    before(async () => {
      site = await startSite();
      engine = await start();
      reader = await engine.open(site);
      voter = await engine.open(site);
    });
    after(async () => {
      await reader?.close();
      await voter?.close();
      await engine?.stop();
      await site?.stop();
    });

    test("a visitor reads a comparison, from the list to the answer", async () => {
      await reader.goto("/compare");
      await reader.click(`a[href="${PAIR}"]`);
      await becomes(() => reader.path(), PAIR);
      assert.match(await reader.text("h1"), /Amber\s+vs\s+Basalt/);
      assert.ok(await reader.text("#answer"), "there is an answer");
      assert.equal(await reader.text(tally("percent")), "—");
      assert.equal(await reader.text(`[data-tool="${OTHER_TOOL}"] [data-tally="votes"]`), "0");
    });

    test("a vote that is pressed before signing up counts, and is seen live until it is removed", async () => {
      await voter.goto(PAIR);
      await voter.click(vote("skip"));
      await becomes(() => voter.path(), "/login");
      await voter.type("input[name=handle]", "engine-driver");
      await voter.type("form:has(input[name=handle]) input[name=email]", "driver@example.org");
      await voter.type("form:has(input[name=handle]) input[name=password]", PASSWORD);
      await voter.click("form:has(input[name=handle]) button:not([type=button])");
      await becomes(() => voter.path(), PAIR);
      await becomes(() => voter.attribute(vote("skip"), "aria-pressed"), "true");
      await becomes(() => reader.text(tally("percent")), "0%");

      await voter.click(vote("ship"));
      await becomes(() => voter.attribute(vote("ship"), "aria-pressed"), "true");
      await becomes(() => reader.text(tally("percent")), "100%");
      await becomes(() => voter.text(tally("votes")), "1");

      await voter.click(vote("retract"));
      await becomes(() => reader.text(tally("percent")), "—");
      await becomes(() => voter.attribute(vote("ship"), "aria-pressed"), "false");
      assert.equal(await voter.path(), PAIR, "voting does not leave the page");
    });
  });
}
