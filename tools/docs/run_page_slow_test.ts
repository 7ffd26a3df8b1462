import { assertEquals } from "@std/assert";
import { services } from "../../services.ts";
import { guidePages } from "./guide_pages.ts";
import { runFences, runPage } from "./run_page.ts";

/** Whether a page is about the whole project, or about a module that it has. */
function isServed(text: string): boolean {
  const [, module] = /^<!-- module: (\w+) -->$/m.exec(text) ?? [];
  return module === undefined || services.some(({ name }) => name === module);
}

const pages = (await guidePages()).filter(({ text }) => runFences(text).length > 0 && isServed(text));

for (const { path } of pages) {
  Deno.test(`commands of ${path} that are marked run do what it shows`, async () => {
    assertEquals(await runPage(path), []);
  });
}
