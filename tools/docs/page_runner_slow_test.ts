import { assertEquals } from "@std/assert";
import { guidePages } from "./guide_pages.ts";
import { PageRunner, runFences } from "./page_runner.ts";

/** Pages that have a test of their own, because their commands take a minute. */
const ELSEWHERE = new Set(["docs/first-hour.md"]);

Deno.test("commands of the guide that are marked run do what it shows", async (t) => {
  await using runner = new PageRunner();
  for (const { path, text } of await guidePages()) {
    if (runFences(text).length === 0 || ELSEWHERE.has(path)) continue;
    await t.step(path, async () => assertEquals(await runner.run(path), []));
  }
});
