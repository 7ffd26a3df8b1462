import { assertEquals } from "@std/assert";
import { guidePages } from "./guide_pages.ts";
import { PageRunner, runFences, settingsOf } from "./page_runner.ts";

/** Pages that have a test of their own, because their commands take a minute. */
const ELSEWHERE = new Set(["docs/first-hour.md"]);

Deno.test("commands of the guide that are marked run do what it shows", async (t) => {
  await using runner = new PageRunner();
  const pages = (await guidePages()).filter(({ path, text }) =>
    runFences(text).length > 0 && !ELSEWHERE.has(path)
  );
  const bySettings = Object.values(Object.groupBy(pages, ({ text }) => JSON.stringify(settingsOf(text))));
  for (const { path } of bySettings.flatMap((group = []) => group)) {
    await t.step(path, async () => assertEquals(await runner.run(path), []));
  }
});
