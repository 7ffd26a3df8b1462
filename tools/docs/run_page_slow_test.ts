import { assert, assertEquals } from "@std/assert";
import { guidePages } from "./guide_pages.ts";
import { runFences, runPage } from "./run_page.ts";

Deno.test("commands of the guide that are marked run do what it shows", async (t) => {
  const pages = (await guidePages()).filter(({ text }) => runFences(text).length > 0);
  assert(pages.length > 0);
  for (const { path } of pages) {
    await t.step(path, async () => assertEquals(await runPage(path), []));
  }
});
